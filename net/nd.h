/* IPv6 neighbour solicitation and advertisement (RFC 4861 §4.3, §4.4) with link-layer address options (§4.6.1). */
#pragma once

#include "net/ethernet.h"
#include "net/ipv6.h"

G_BEGIN_DECLS

typedef enum
{
  NET_ND_SOLICITATION = 135,
  NET_ND_ADVERTISEMENT = 136
} NetNdType;

typedef struct
{
  guint8 type;
  gboolean router, solicited, override; /* advertisement */
  NetIpv6 target;
  gboolean has_link_address; /* source link-layer address in a solicitation, target's in an advertisement */
  NetMac link_address;
} NetNd;

/* `bytes` from the ICMPv6 type on; `ip` must have hop limit 255 (§7.1.1), which is checked here. */
NetDropReason net_nd_parse (const guint8 *bytes, gsize length, const NetIpv6Header *ip, NetNd *out);

/* A whole untagged frame; `ip` gives the addresses (hop limit is set to 255). */
NetFrame *net_nd_frame (NetFramePool *pool, const NetEthernet *ethernet, const NetIpv6Header *ip, const NetNd *nd);

G_END_DECLS

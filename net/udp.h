/* UDP (RFC 768; over IPv6 RFC 8200 §8.1). */
#pragma once

#include "net/ipv6.h"

G_BEGIN_DECLS

#define NET_UDP_HEADER 8u

typedef struct
{
  guint16 source_port, destination_port;
  guint length;      /* bytes with this header; parse only */
  gboolean checksum; /* parse: one was present (and correct); push: compute one */
} NetUdp;

/* `bytes` runs from the source port to the end of the IP payload; over IPv4 checksum 0 is accepted; a wrong one, and
 * over IPv6 none, is NET_DROP_BAD_CHECKSUM.  Over IPv6 push always computes it. */
NetDropReason net_udp_parse (const guint8 *bytes, gsize length, const NetIpv4Header *ip, NetUdp *out);
NetDropReason net_udp_parse_ipv6 (const guint8 *bytes, gsize length, const NetIpv6Header *ip, NetUdp *out);
void net_udp_push (NetFrame *frame, const NetIpv4Header *ip, const NetUdp *udp);
void net_udp_push_ipv6 (NetFrame *frame, const NetIpv6Header *ip, const NetUdp *udp);

G_END_DECLS

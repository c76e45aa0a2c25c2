/* IPv6 headers (RFC 8200), as far as guests that use them need: no extension header is entered. */
#pragma once

#include "net/ipv4.h"

G_BEGIN_DECLS

#define NET_IPV6_HEADER 40u

typedef struct
{
  guint8 traffic_class;
  guint8 hop_limit;
  guint8 next_header;
  guint32 flow_label;
  NetIpv6 source, destination;
  guint payload_length; /* parse only */
} NetIpv6Header;

NetDropReason net_ipv6_parse (const guint8 *bytes, gsize length, NetIpv6Header *out);
void net_ipv6_push (NetFrame *frame, const NetIpv6Header *header);

G_END_DECLS

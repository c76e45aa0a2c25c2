/* IPv6 headers. */
#include "net/ipv6.h"

#include "net/cursor.h"

NetDropReason
net_ipv6_parse (const guint8 *bytes, gsize length, NetIpv6Header *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint32 first;
  guint16 payload;

  if (!net_cursor_be32 (&cursor, &first) || !net_cursor_be16 (&cursor, &payload)
      || !net_cursor_u8 (&cursor, &out->next_header) || !net_cursor_u8 (&cursor, &out->hop_limit)
      || !net_cursor_copy (&cursor, &out->source, 16) || !net_cursor_copy (&cursor, &out->destination, 16))
    return NET_DROP_MALFORMED;
  out->traffic_class = (guint8) (first >> 20);
  out->flow_label = first & 0xfffff;
  out->payload_length = payload;
  if (first >> 28 != 6 || payload > net_cursor_left (&cursor))
    return NET_DROP_MALFORMED;
  return NET_DROP_NONE;
}

void
net_ipv6_push (NetFrame *frame, const NetIpv6Header *header)
{
  guint payload = frame->length;
  guint8 *at = net_frame_push (frame, NET_IPV6_HEADER);

  net_put_be32 (at, 6u << 28 | (guint32) header->traffic_class << 20 | (header->flow_label & 0xfffff));
  net_put_be16 (at + 4, payload);
  at[6] = header->next_header;
  at[7] = header->hop_limit;
  memcpy (at + 8, &header->source, 16);
  memcpy (at + 24, &header->destination, 16);
}

/* TCP headers. */
#include "net/tcp.h"

#include "net/cursor.h"

#define OPTION_END             0
#define OPTION_NOP             1
#define OPTION_MAXIMUM_SEGMENT 2
#define MAXIMUM_SEGMENT_LENGTH 4

static NetDropReason
parse_options (NetCursor cursor, NetTcp *out)
{
  guint8 kind, length;

  out->maximum_segment = 0;
  while (net_cursor_u8 (&cursor, &kind) && kind != OPTION_END)
    {
      const guint8 *value;

      if (kind == OPTION_NOP)
        continue;
      if (!net_cursor_u8 (&cursor, &length) || length < 2
          || !(value = net_cursor_take (&cursor, length - 2u)))
        return NET_DROP_MALFORMED;
      if (kind == OPTION_MAXIMUM_SEGMENT && length == MAXIMUM_SEGMENT_LENGTH)
        out->maximum_segment = net_get_be16 (value);
    }
  return NET_DROP_NONE;
}

NetDropReason
net_tcp_parse (const guint8 *bytes, gsize length, const NetIpv4Header *ip, NetTcp *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint32 pseudo = net_checksum_pseudo_ipv4 (ip->source, ip->destination, NET_IP_TCP, (guint) length);
  guint8 offset;
  guint16 checksum, urgent;

  if (!net_cursor_be16 (&cursor, &out->source_port) || !net_cursor_be16 (&cursor, &out->destination_port)
      || !net_cursor_be32 (&cursor, &out->sequence) || !net_cursor_be32 (&cursor, &out->acknowledgment)
      || !net_cursor_u8 (&cursor, &offset) || !net_cursor_u8 (&cursor, &out->flags)
      || !net_cursor_be16 (&cursor, &out->window) || !net_cursor_be16 (&cursor, &checksum)
      || !net_cursor_be16 (&cursor, &urgent))
    return NET_DROP_MALFORMED;
  out->header_length = (offset >> 4) * 4u;
  if (out->header_length < NET_TCP_HEADER || out->header_length > length)
    return NET_DROP_MALFORMED;
  if (net_checksum_finish (net_checksum_add (pseudo, bytes, length)) != 0)
    return NET_DROP_BAD_CHECKSUM;
  return parse_options (net_cursor (bytes + NET_TCP_HEADER, out->header_length - NET_TCP_HEADER), out);
}

void
net_tcp_push (NetFrame *frame, const NetIpv4Header *ip, const NetTcp *tcp)
{
  guint header = NET_TCP_HEADER + (tcp->maximum_segment ? MAXIMUM_SEGMENT_LENGTH : 0);
  guint8 *at = net_frame_push (frame, header);
  guint32 pseudo = net_checksum_pseudo_ipv4 (ip->source, ip->destination, NET_IP_TCP, frame->length);

  net_put_be16 (at, tcp->source_port);
  net_put_be16 (at + 2, tcp->destination_port);
  net_put_be32 (at + 4, tcp->sequence);
  net_put_be32 (at + 8, tcp->acknowledgment);
  at[12] = (guint8) (header / 4 << 4);
  at[13] = tcp->flags;
  net_put_be16 (at + 14, tcp->window);
  net_put_be32 (at + 16, 0); /* checksum, urgent pointer */
  if (tcp->maximum_segment)
    {
      at[20] = OPTION_MAXIMUM_SEGMENT;
      at[21] = MAXIMUM_SEGMENT_LENGTH;
      net_put_be16 (at + 22, tcp->maximum_segment);
    }
  net_put_be16 (at + 16, net_checksum_finish (net_checksum_add (pseudo, at, frame->length)));
}

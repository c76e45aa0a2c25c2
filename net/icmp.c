/* ICMP and ICMPv6 headers: one layout, two checksums. */
#include "net/icmp.h"

#include "net/cursor.h"

static NetDropReason
parse (const guint8 *bytes, gsize length, guint32 pseudo, NetIcmp *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  guint16 checksum;

  if (!net_cursor_u8 (&cursor, &out->type) || !net_cursor_u8 (&cursor, &out->code)
      || !net_cursor_be16 (&cursor, &checksum) || !net_cursor_be16 (&cursor, &out->id)
      || !net_cursor_be16 (&cursor, &out->sequence))
    return NET_DROP_MALFORMED;
  if (net_checksum_finish (net_checksum_add (pseudo, bytes, length)) != 0)
    return NET_DROP_BAD_CHECKSUM;
  return NET_DROP_NONE;
}

static void
push (NetFrame *frame, guint32 pseudo, const NetIcmp *icmp)
{
  guint8 *at = net_frame_push (frame, NET_ICMP_HEADER);

  at[0] = icmp->type;
  at[1] = icmp->code;
  net_put_be16 (at + 2, 0);
  net_put_be16 (at + 4, icmp->id);
  net_put_be16 (at + 6, icmp->sequence);
  net_put_be16 (at + 2, net_checksum_finish (net_checksum_add (pseudo, at, frame->length)));
}

NetDropReason
net_icmp_parse (const guint8 *bytes, gsize length, NetIcmp *out)
{
  return parse (bytes, length, 0, out);
}

NetDropReason
net_icmpv6_parse (const guint8 *bytes, gsize length, const NetIpv6Header *ip, NetIcmp *out)
{
  guint32 pseudo = net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_ICMPV6, (guint) length);
  return parse (bytes, length, pseudo, out);
}

void
net_icmp_push (NetFrame *frame, const NetIcmp *icmp)
{
  push (frame, 0, icmp);
}

void
net_icmpv6_push (NetFrame *frame, const NetIpv6Header *ip, const NetIcmp *icmp)
{
  guint length = frame->length + NET_ICMP_HEADER;
  push (frame, net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_ICMPV6, length), icmp);
}

/* UDP headers over IPv4 and IPv6. */
#include "net/udp.h"

#include "net/cursor.h"

/* A sum of zero is sent as its other form, since zero says that there is none (RFC 768). */
static guint16
udp_checksum (guint32 pseudo, const guint8 *bytes, guint length)
{
  guint16 checksum = net_checksum_finish (net_checksum_add (pseudo, bytes, length));
  return checksum ? checksum : 0xffff;
}

/* The header alone; bytes behind its length are padding. */
static NetDropReason
parse_header (const guint8 *bytes, gsize length, NetUdp *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  const guint8 *at = net_cursor_take (&cursor, NET_UDP_HEADER);
  guint16 udp_length;

  if (!at)
    return NET_DROP_MALFORMED;
  out->source_port = net_get_be16 (at);
  out->destination_port = net_get_be16 (at + 2);
  udp_length = net_get_be16 (at + 4);
  out->length = udp_length;
  out->checksum = net_get_be16 (at + 6) != 0;
  if (udp_length < NET_UDP_HEADER || udp_length > length)
    return NET_DROP_MALFORMED;
  return NET_DROP_NONE;
}

static guint8 *
push_header (NetFrame *frame, const NetUdp *udp)
{
  guint8 *at = net_frame_push (frame, NET_UDP_HEADER);

  net_put_be16 (at, udp->source_port);
  net_put_be16 (at + 2, udp->destination_port);
  net_put_be16 (at + 4, frame->length);
  net_put_be16 (at + 6, 0);
  return at;
}

NetDropReason
net_udp_parse (const guint8 *bytes, gsize length, const NetIpv4Header *ip, NetUdp *out)
{
  NetDropReason reason = parse_header (bytes, length, out);
  guint32 pseudo;

  if (reason != NET_DROP_NONE || !out->checksum)
    return reason;
  pseudo = net_checksum_pseudo_ipv4 (ip->source, ip->destination, NET_IP_UDP, out->length);
  if (net_checksum_finish (net_checksum_add (pseudo, bytes, out->length)) != 0)
    return NET_DROP_BAD_CHECKSUM;
  return NET_DROP_NONE;
}

NetDropReason
net_udp_parse_ipv6 (const guint8 *bytes, gsize length, const NetIpv6Header *ip, NetUdp *out)
{
  NetDropReason reason = parse_header (bytes, length, out);
  guint32 pseudo;

  if (reason != NET_DROP_NONE)
    return reason;
  pseudo = net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_UDP, out->length);
  if (!out->checksum || net_checksum_finish (net_checksum_add (pseudo, bytes, out->length)) != 0)
    return NET_DROP_BAD_CHECKSUM;
  return NET_DROP_NONE;
}

void
net_udp_push (NetFrame *frame, const NetIpv4Header *ip, const NetUdp *udp)
{
  guint8 *at = push_header (frame, udp);
  guint32 pseudo;

  if (!udp->checksum)
    return;
  pseudo = net_checksum_pseudo_ipv4 (ip->source, ip->destination, NET_IP_UDP, frame->length);
  net_put_be16 (at + 6, udp_checksum (pseudo, at, frame->length));
}

void
net_udp_push_ipv6 (NetFrame *frame, const NetIpv6Header *ip, const NetUdp *udp)
{
  guint8 *at = push_header (frame, udp);
  guint32 pseudo = net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_UDP, frame->length);

  net_put_be16 (at + 6, udp_checksum (pseudo, at, frame->length));
}

/* IPv4 headers and the Internet checksum with its pseudo headers. */
#include "net/ipv4.h"

#include "net/cursor.h"

#define OFFSET_MASK 0x1fff

static guint32
fold (guint64 sum)
{
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  return (guint32) sum;
}

/* 32-bit words add up to the same one's-complement sum as their 16-bit halves (RFC 1071 §2). */
guint32
net_checksum_add (guint32 sum, const guint8 *bytes, gsize length)
{
  guint64 total = sum;

  for (; length >= 4; bytes += 4, length -= 4)
    total += net_get_be32 (bytes);
  if (length >= 2)
    {
      total += net_get_be16 (bytes);
      bytes += 2;
      length -= 2;
    }
  if (length)
    total += (guint32) bytes[0] << 8;
  return fold (total);
}

guint16
net_checksum_finish (guint32 sum)
{
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) ~sum;
}

guint32
net_checksum_pseudo_ipv4 (NetIpv4 source, NetIpv4 destination, guint8 protocol, guint length)
{
  return fold ((guint64) source + destination + protocol + length);
}

guint32
net_checksum_pseudo_ipv6 (const NetIpv6 *source, const NetIpv6 *destination, guint8 protocol, guint length)
{
  guint32 sum = net_checksum_add (protocol, source->octet, 16);
  return fold ((guint64) net_checksum_add (sum, destination->octet, 16) + length);
}

NetDropReason
net_ipv4_parse (const guint8 *bytes, gsize length, NetIpv4Header *out)
{
  NetCursor cursor = net_cursor (bytes, length);
  const guint8 *at = net_cursor_take (&cursor, NET_IPV4_HEADER);
  guint8 version;
  guint16 total, fragment;
  guint64 sum;

  if (!at)
    return NET_DROP_MALFORMED;
  version = at[0];
  out->tos = at[1];
  total = net_get_be16 (at + 2);
  out->id = net_get_be16 (at + 4);
  fragment = net_get_be16 (at + 6);
  out->ttl = at[8];
  out->protocol = at[9];
  out->source = net_get_be32 (at + 12);
  out->destination = net_get_be32 (at + 16);
  out->header_length = (version & 15u) * 4;
  out->total_length = total;
  out->dont_fragment = (fragment & NET_IPV4_DONT_FRAGMENT) != 0;
  out->more_fragments = (fragment & NET_IPV4_MORE_FRAGMENTS) != 0;
  out->fragment_offset = (guint16) ((fragment & OFFSET_MASK) * 8);
  if (version >> 4 != 4 || out->header_length < NET_IPV4_HEADER || out->total_length < out->header_length
      || out->total_length > length)
    return NET_DROP_MALFORMED;
  sum = (guint64) net_get_be32 (at) + net_get_be32 (at + 4) + net_get_be32 (at + 8) + out->source
        + out->destination;
  if (G_UNLIKELY (out->header_length > NET_IPV4_HEADER))
    sum += net_checksum_add (0, bytes + NET_IPV4_HEADER, out->header_length - NET_IPV4_HEADER);
  return net_checksum_finish (fold (sum)) == 0 ? NET_DROP_NONE : NET_DROP_BAD_CHECKSUM;
}

void
net_ipv4_push (NetFrame *frame, const NetIpv4Header *header)
{
  guint8 *at = net_frame_push (frame, NET_IPV4_HEADER);

  net_ipv4_put (at, header, frame->length);
}

/* IPv4 headers and the Internet checksum with its pseudo headers. */
#include "net/ipv4.h"

#include "net/cursor.h"

#define DONT_FRAGMENT  0x4000
#define MORE_FRAGMENTS 0x2000
#define OFFSET_MASK    0x1fff

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
  guint8 version;
  guint16 total, fragment, checksum;
  guint32 sum;

  if (!net_cursor_u8 (&cursor, &version) || !net_cursor_u8 (&cursor, &out->tos)
      || !net_cursor_be16 (&cursor, &total) || !net_cursor_be16 (&cursor, &out->id)
      || !net_cursor_be16 (&cursor, &fragment) || !net_cursor_u8 (&cursor, &out->ttl)
      || !net_cursor_u8 (&cursor, &out->protocol) || !net_cursor_be16 (&cursor, &checksum)
      || !net_cursor_be32 (&cursor, &out->source) || !net_cursor_be32 (&cursor, &out->destination))
    return NET_DROP_MALFORMED;
  out->header_length = (version & 15u) * 4;
  out->total_length = total;
  out->dont_fragment = (fragment & DONT_FRAGMENT) != 0;
  out->more_fragments = (fragment & MORE_FRAGMENTS) != 0;
  out->fragment_offset = (guint16) ((fragment & OFFSET_MASK) * 8);
  if (version >> 4 != 4 || out->header_length < NET_IPV4_HEADER || out->total_length < out->header_length
      || out->total_length > length)
    return NET_DROP_MALFORMED;
  sum = (guint32) (version << 8 | out->tos) + total + out->id + fragment
        + (guint32) (out->ttl << 8 | out->protocol) + checksum + (out->source >> 16) + (out->source & 0xffff)
        + (out->destination >> 16) + (out->destination & 0xffff);
  if (G_UNLIKELY (out->header_length > NET_IPV4_HEADER))
    sum = net_checksum_add (sum, bytes + NET_IPV4_HEADER, out->header_length - NET_IPV4_HEADER);
  return net_checksum_finish (sum) == 0 ? NET_DROP_NONE : NET_DROP_BAD_CHECKSUM;
}

/* The words are summed before they are stored: a load that spans several stores of a moment ago would wait for them. */
void
net_ipv4_put (guint8 *at, const NetIpv4Header *header, guint total_length)
{
  guint32 fragment = header->fragment_offset / 8u | (header->dont_fragment ? DONT_FRAGMENT : 0u)
                     | (header->more_fragments ? MORE_FRAGMENTS : 0u);
  guint32 first = 0x45000000u | (guint32) header->tos << 16 | (guint16) total_length,
          second = (guint32) header->id << 16 | fragment,
          third = (guint32) header->ttl << 24 | (guint32) header->protocol << 16;
  guint32 sum = fold ((guint64) first + second + third + header->source + header->destination);

  net_put_be32 (at, first);
  net_put_be32 (at + 4, second);
  net_put_be32 (at + 8, third | net_checksum_finish (sum));
  net_put_be32 (at + 12, header->source);
  net_put_be32 (at + 16, header->destination);
}

void
net_ipv4_push (NetFrame *frame, const NetIpv4Header *header)
{
  guint8 *at = net_frame_push (frame, NET_IPV4_HEADER);

  net_ipv4_put (at, header, frame->length);
}

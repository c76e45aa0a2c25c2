/* IPv4 headers (RFC 791) and the Internet checksum (RFC 1071). */
#pragma once

#include "net/address.h"
#include "net/cursor.h"
#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define NET_IPV4_HEADER         20u
#define NET_IPV4_DONT_FRAGMENT  0x4000u
#define NET_IPV4_MORE_FRAGMENTS 0x2000u

typedef enum
{
  NET_IP_ICMP = 1,
  NET_IP_TCP = 6,
  NET_IP_UDP = 17,
  NET_IP_ICMPV6 = 58
} NetIpProtocol;

typedef struct
{
  guint8 tos; /* DSCP in bits 7-2, ECN in 1-0 */
  guint8 ttl;
  guint8 protocol;
  gboolean dont_fragment;
  gboolean more_fragments;
  guint16 fragment_offset; /* in bytes */
  guint16 id;
  NetIpv4 source, destination;
  guint header_length; /* bytes, options included; parse only */
  guint total_length;  /* bytes, header included; parse only */
} NetIpv4Header;

/* `bytes` begins at the version field; bytes after total_length are padding.  A wrong header checksum is
 * NET_DROP_BAD_CHECKSUM with *out filled. */
NetDropReason net_ipv4_parse (const guint8 *bytes, gsize length, NetIpv4Header *out);

static inline gboolean
net_ipv4_is_fragment (const NetIpv4Header *header)
{
  return header->more_fragments || header->fragment_offset != 0;
}

/* Puts a header without options before the frame's bytes; total length and checksum are computed. */
void net_ipv4_push (NetFrame *frame, const NetIpv4Header *header);

/* The checksum of a header from the sum of its 32-bit words: they add up to the same one's-complement sum as their
 * 16-bit halves (RFC 1071 §2).  0 of a received header whose checksum, among them, is right. */
static inline guint16
net_ipv4_header_checksum (guint64 sum)
{
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return (guint16) ~sum;
}

/* Of a received header without options. */
static inline gboolean
net_ipv4_header_is_right (const guint8 *header)
{
  return net_ipv4_header_checksum ((guint64) net_get_be32 (header) + net_get_be32 (header + 4)
                                   + net_get_be32 (header + 8) + net_get_be32 (header + 12)
                                   + net_get_be32 (header + 16))
         == 0;
}

/* The same at `at`, of a packet of this length.  The words are summed before they are stored: a load that spans several
 * stores of a moment ago would wait for them. */
static inline void
net_ipv4_put (guint8 *at, const NetIpv4Header *header, guint total_length)
{
  guint32 first = 0x45000000u | (guint32) header->tos << 16 | (guint16) total_length,
          second = (guint32) header->id << 16 | (header->dont_fragment ? NET_IPV4_DONT_FRAGMENT : 0u)
                   | (header->more_fragments ? NET_IPV4_MORE_FRAGMENTS : 0u) | header->fragment_offset / 8u,
          third = (guint32) header->ttl << 24 | (guint32) header->protocol << 16;
  guint64 sum = (guint64) first + second + third + header->source + header->destination;

  net_put_be32 (at, first);
  net_put_be32 (at + 4, second);
  net_put_be32 (at + 8, third | net_ipv4_header_checksum (sum));
  net_put_be32 (at + 12, header->source);
  net_put_be32 (at + 16, header->destination);
}

/* One's-complement sum of 16-bit words, an odd last byte padded with zero; chain calls by passing the sum on (each
 * but the last chunk of even length), and finish. */
guint32 net_checksum_add (guint32 sum, const guint8 *bytes, gsize length);
guint16 net_checksum_finish (guint32 sum);
/* The sum of the pseudo header of RFC 768 / RFC 9293 §3.1 and of RFC 8200 §8.1. */
guint32 net_checksum_pseudo_ipv4 (NetIpv4 source, NetIpv4 destination, guint8 protocol, guint length);
guint32
net_checksum_pseudo_ipv6 (const NetIpv6 *source, const NetIpv6 *destination, guint8 protocol, guint length);

G_END_DECLS

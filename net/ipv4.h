/* IPv4 headers (RFC 791) and the Internet checksum (RFC 1071). */
#pragma once

#include "net/address.h"
#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define NET_IPV4_HEADER 20u

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
/* The same at `at`, of a packet of this length. */
void net_ipv4_put (guint8 *at, const NetIpv4Header *header, guint total_length);

/* One's-complement sum of 16-bit words, an odd last byte padded with zero; chain calls by passing the sum on (each
 * but the last chunk of even length), and finish. */
guint32 net_checksum_add (guint32 sum, const guint8 *bytes, gsize length);
guint16 net_checksum_finish (guint32 sum);
/* The sum of the pseudo header of RFC 768 / RFC 9293 §3.1 and of RFC 8200 §8.1. */
guint32 net_checksum_pseudo_ipv4 (NetIpv4 source, NetIpv4 destination, guint8 protocol, guint length);
guint32 net_checksum_pseudo_ipv6 (const NetIpv6 *source, const NetIpv6 *destination, guint8 protocol, guint length);

G_END_DECLS

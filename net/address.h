/* MAC, IPv4 and IPv6 addresses: small values, their text, their classes. */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 octet[6];
} NetMac;

/* Host byte order: 10.0.0.1 is 0x0a000001. */
typedef guint32 NetIpv4;

typedef struct
{
  guint8 octet[16];
} NetIpv6;

/* Text buffers: NUL included. */
#define NET_MAC_TEXT 18
#define NET_IPV4_TEXT 16
#define NET_IPV6_TEXT 46

extern const NetMac net_mac_broadcast;

static inline gboolean
net_mac_equal (const NetMac *a, const NetMac *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

/* The group bit, IEEE 802-2014 §8.2: set for multicast and broadcast. */
static inline gboolean
net_mac_is_group (const NetMac *mac)
{
  return mac->octet[0] & 1;
}

static inline gboolean
net_mac_is_zero (const NetMac *mac)
{
  static const NetMac zero;
  return net_mac_equal (mac, &zero);
}

/* The address as a number below 2^48, first octet highest: a key that sorts as the text does.  It is loaded in the parts
 * in which compilers copy addresses: a load that spans two stores of a moment ago would wait for them. */
static inline guint64
net_mac_to_u64 (const NetMac *mac)
{
  guint32 high;
  guint16 low;

  memcpy (&high, mac->octet, sizeof high);
  memcpy (&low, mac->octet + sizeof high, sizeof low);
  return (guint64) GUINT32_FROM_BE (high) << 16 | GUINT16_FROM_BE (low);
}

NetMac net_mac_from_u64 (guint64 value);

/* Strict text: "aa:bb:cc:dd:ee:ff" in either case; dotted quad; RFC 4291 §2.2.  FALSE leaves *out alone. */
gboolean net_mac_from_text (const char *text, NetMac *out);
gboolean net_ipv4_from_text (const char *text, NetIpv4 *out);
gboolean net_ipv6_from_text (const char *text, NetIpv6 *out);
/* "10.0.0.0/24": the address as written and the prefix length 0..32. */
gboolean net_ipv4_prefix_from_text (const char *text, NetIpv4 *address, guint *prefix_length);

/* Lower-case canonical text (RFC 5952 for IPv6), written to `text`, which is returned. */
const char *net_mac_format (const NetMac *mac, char text[NET_MAC_TEXT]);
const char *net_ipv4_format (NetIpv4 address, char text[NET_IPV4_TEXT]);
const char *net_ipv6_format (const NetIpv6 *address, char text[NET_IPV6_TEXT]);

static inline NetIpv4
net_ipv4_mask (guint prefix_length)
{
  return prefix_length == 0 ? 0 : (NetIpv4) (~0u << (32 - prefix_length));
}

static inline gboolean
net_ipv6_equal (const NetIpv6 *a, const NetIpv6 *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

/* fe80::/64 from a MAC by modified EUI-64 (RFC 4291 appendix A). */
NetIpv6 net_ipv6_link_local (const NetMac *mac);
/* ff02::1:ffXX:XXXX of an address (RFC 4291 §2.7.1), and the group MAC 33:33:… (RFC 2464 §7). */
NetIpv6 net_ipv6_solicited_node (const NetIpv6 *address);
NetMac net_ipv6_group_mac (const NetIpv6 *group);

G_END_DECLS

/* What of the inner frame shows in the outer header: the source port that spreads flows over paths (RFC 7348 §5),
 * computed as Open vSwitch's userspace datapath computes it, and the ECN bits (RFC 6040 §4.1). */
#include "net/cursor.h"
#include "net/ipv6.h"
#include "net/vxlan.h"

#define PORT_BASE           32768u
#define PORT_RANGE          28232u
#define FINAL_CONSTANT      42u
#define IP_SCTP             132
#define IPV6_HOP_BY_HOP     0
#define IPV6_ROUTING        43
#define IPV6_FRAGMENT       44
#define IPV6_AUTHENTICATION 51
#define IPV6_DESTINATION    60

/* What enters the hash.  Whatever an inner header fails to give stays zero. */
typedef struct
{
  guint8 addresses[32];  /* source, then destination */
  guint n_address_bytes; /* of both: 8 for IPv4 and ARP, 32 for IPv6, 0 for everything else */
  guint8 protocol;
  guint8 ports[4];
} FlowKey;

/* ---- MurmurHash3, 32 bits ------------------------------------------------------------------------------------ */

static guint32
rotate (guint32 word, guint n)
{
  return word << n | word >> (32 - n);
}

static guint32
hash_add (guint32 hash, guint32 word)
{
  word = rotate (word * 0xcc9e2d51u, 15) * 0x1b873593u;
  return rotate (hash ^ word, 13) * 5 + 0xe6546b64u;
}

/* Words enter in memory order: little-endian reads of network bytes. */
static guint32
hash_add_bytes (guint32 hash, const guint8 *bytes, guint n)
{
  for (guint i = 0; i < n; i += 4)
    hash = hash_add (hash, GUINT32_SWAP_LE_BE (net_get_be32 (bytes + i)));
  return hash;
}

static guint32
hash_finish (guint32 hash)
{
  hash ^= FINAL_CONSTANT;
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  return hash ^ hash >> 16;
}

/* ---- the inner frame's key ----------------------------------------------------------------------------------- */

static gboolean
has_ports (guint8 protocol)
{
  return protocol == NET_IP_TCP || protocol == NET_IP_UDP || protocol == IP_SCTP || protocol == NET_IP_ICMP
         || protocol == NET_IP_ICMPV6;
}

/* A transport header that is cut short gives no ports; ICMP's type and code count as one 16-bit port each. */
static void
read_ports (NetCursor transport, FlowKey *key)
{
  gboolean icmp = key->protocol == NET_IP_ICMP || key->protocol == NET_IP_ICMPV6;
  guint header = key->protocol == NET_IP_TCP ? 20 : key->protocol == IP_SCTP ? 12 : 8;

  if (net_cursor_left (&transport) < header)
    return;
  if (!icmp)
    {
      net_cursor_copy (&transport, key->ports, 4);
      return;
    }
  net_cursor_u8 (&transport, &key->ports[1]);
  net_cursor_u8 (&transport, &key->ports[3]);
}

static void
read_ipv4 (NetCursor packet, FlowKey *key)
{
  const guint8 *at = packet.at;
  gsize left = net_cursor_left (&packet);
  guint header, total;

  key->n_address_bytes = 8;
  if (left < NET_IPV4_HEADER)
    return;
  header = (at[0] & 15u) * 4;
  total = net_get_be16 (at + 2);
  if (header < NET_IPV4_HEADER || total < header || total > left)
    return;
  memcpy (key->addresses, at + 12, 8);
  key->protocol = at[9];
  if ((net_get_be16 (at + 6) & 0x1fff) == 0)
    read_ports (net_cursor (at + header, total - header), key);
}

/* Walks to the transport protocol.  FALSE when the chain is broken. */
static gboolean
skip_ipv6_extensions (NetCursor *packet, guint8 *protocol, gboolean *later_fragment)
{
  while (*protocol == IPV6_HOP_BY_HOP || *protocol == IPV6_ROUTING || *protocol == IPV6_FRAGMENT
         || *protocol == IPV6_AUTHENTICATION || *protocol == IPV6_DESTINATION)
    {
      const guint8 *at = packet->at;
      guint length = 8;

      if (net_cursor_left (packet) < 8)
        return FALSE;
      if (*protocol == IPV6_AUTHENTICATION)
        length = (at[1] + 2u) * 4;
      else if (*protocol != IPV6_FRAGMENT)
        length = (at[1] + 1u) * 8;
      if (*protocol == IPV6_FRAGMENT && (net_get_be16 (at + 2) & 0xfff8) != 0)
        *later_fragment = TRUE;
      *protocol = at[0];
      if (!net_cursor_take (packet, length))
        return FALSE;
    }
  return TRUE;
}

static void
read_ipv6 (NetCursor packet, FlowKey *key)
{
  const guint8 *at = net_cursor_take (&packet, NET_IPV6_HEADER);
  gboolean later_fragment = FALSE;
  guint8 protocol;
  guint payload;

  key->n_address_bytes = 32;
  if (!at || (payload = net_get_be16 (at + 4)) > net_cursor_left (&packet))
    return;
  memcpy (key->addresses, at + 8, 32);
  protocol = at[6];
  packet = net_cursor (packet.at, payload);
  if (!skip_ipv6_extensions (&packet, &protocol, &later_fragment))
    return;
  key->protocol = protocol;
  if (!later_fragment)
    read_ports (packet, key);
}

static void
read_arp (NetCursor packet, FlowKey *key)
{
  static const guint8 ethernet_ipv4[] = { 0, 1, 8, 0, 6, 4 };
  const guint8 *at = net_cursor_take (&packet, 28);

  key->n_address_bytes = 8;
  if (!at || memcmp (at, ethernet_ipv4, sizeof ethernet_ipv4) != 0)
    return;
  memcpy (key->addresses, at + 14, 4);
  memcpy (key->addresses + 4, at + 24, 4);
  if (at[6] == 0)
    key->protocol = at[7];
}

static guint16
port_of (const FlowKey *key)
{
  guint32 hash = 0;

  if (key->n_address_bytes > 0)
    {
      hash = hash_add_bytes (hash, key->addresses, key->n_address_bytes);
      hash = hash_add (hash, key->protocol);
      if (has_ports (key->protocol))
        hash = hash_add_bytes (hash, key->ports, sizeof key->ports);
    }
  return (guint16) (PORT_BASE + (((guint64) hash_finish (hash) * PORT_RANGE) >> 32));
}

/* DSCP 0; CE becomes ECT(0). */
static guint8
tos_of (guint16 type, NetCursor packet)
{
  guint8 ecn;

  if (type == NET_ETHERTYPE_IPV4 && net_cursor_left (&packet) >= NET_IPV4_HEADER)
    ecn = packet.at[1] & 3;
  else if (type == NET_ETHERTYPE_IPV6 && net_cursor_left (&packet) >= NET_IPV6_HEADER)
    ecn = packet.at[1] >> 4 & 3;
  else
    return 0;
  return ecn == 3 ? 2 : ecn;
}

/* A frame that has a tag left when it is encapsulated came with two: the switch looked behind the first alone, so to it
 * this is not IP. */
void
net_vxlan_outer_fields (const NetEthernet *ethernet, guint n_popped, const guint8 *bytes, gsize length,
                        NetVxlan *out)
{
  NetCursor packet = net_cursor (bytes + ethernet->payload, length - ethernet->payload);
  FlowKey key = { .n_address_bytes = 0 };
  gboolean tagged = ethernet->n_tags > n_popped;

  if (ethernet->type == NET_ETHERTYPE_IPV4 && !tagged)
    read_ipv4 (packet, &key);
  else if (ethernet->type == NET_ETHERTYPE_IPV6 && !tagged)
    read_ipv6 (packet, &key);
  else if (ethernet->type == NET_ETHERTYPE_ARP && !tagged)
    read_arp (packet, &key);
  out->source_port = port_of (&key);
  out->tos = tos_of (ethernet->type, packet);
}

static NetVxlan
fields_of (const guint8 *inner, gsize length)
{
  NetVxlan out = { .source_port = port_of (&(FlowKey){ .n_address_bytes = 0 }) };
  NetEthernet ethernet;

  if (net_ethernet_parse (inner, length, &ethernet) == NET_DROP_NONE)
    net_vxlan_outer_fields (&ethernet, 0, inner, length, &out);
  return out;
}

guint16
net_vxlan_source_port (const guint8 *inner, gsize length)
{
  return fields_of (inner, length).source_port;
}

guint8
net_vxlan_outer_tos (const guint8 *inner, gsize length)
{
  return fields_of (inner, length).tos;
}

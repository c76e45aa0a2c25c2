/* Field extraction. */
#include "models/ovs/packet.h"

#include "net/ethernet.h"
#include "net/ipv4.h"
#include "net/nd.h"

#define TYPE_NOT_ETHERNET 0x05ff /* what Open vSwitch gives 802.3 frames that are no SNAP */
#define FRAGMENT_ANY      1
#define FRAGMENT_LATER    2
#define IP_SCTP           132

static guint64
get_be48 (const guint8 *at)
{
  return (guint64) net_get_be16 (at) << 32 | net_get_be32 (at + 2);
}

static guint64
get_be64 (const guint8 *at)
{
  return (guint64) net_get_be32 (at) << 32 | net_get_be32 (at + 4);
}

/* ---- transport ----------------------------------------------------------------------------------------------- */

static void
parse_neighbor_options (const guint8 *at, gsize left, guint8 type, OpenflowFields *fields)
{
  while (left >= 8)
    {
      gsize n = at[1] * 8u;
      if (n == 0 || n > left)
        return;
      if (at[0] == 1 && type == NET_ND_SOLICITATION)
        fields->nd_sll = get_be48 (at + 2);
      else if (at[0] == 2 && type == NET_ND_ADVERTISEMENT)
        fields->nd_tll = get_be48 (at + 2);
      at += n;
      left -= n;
    }
}

static void
parse_icmpv6 (const guint8 *at, gsize left, OpenflowFields *fields)
{
  fields->tp_src = at[0];
  fields->tp_dst = at[1];
  if ((at[0] == NET_ND_SOLICITATION || at[0] == NET_ND_ADVERTISEMENT) && at[1] == 0 && left >= 24)
    {
      fields->nd_target[0] = get_be64 (at + 8);
      fields->nd_target[1] = get_be64 (at + 16);
      parse_neighbor_options (at + 24, left - 24, at[0], fields);
    }
}

static void
parse_transport (const guint8 *at, gsize left, OvsPacket *out, guint l4_at)
{
  OpenflowFields *fields = &out->fields;
  guint8 protocol = fields->ip_proto;

  if (fields->ip_frag & FRAGMENT_LATER)
    return;
  if ((protocol == NET_IP_TCP && left >= 20) || (protocol == NET_IP_UDP && left >= 8)
      || (protocol == IP_SCTP && left >= 12))
    {
      fields->tp_src = net_get_be16 (at);
      fields->tp_dst = net_get_be16 (at + 2);
      if (protocol == NET_IP_TCP)
        fields->tcp_flags = net_get_be16 (at + 12) & 0x0fff;
    }
  else if (protocol == NET_IP_ICMP && fields->eth_type == NET_ETHERTYPE_IPV4 && left >= 8)
    {
      fields->tp_src = at[0];
      fields->tp_dst = at[1];
      out->icmp_id = net_get_be16 (at + 4);
    }
  else if (protocol == NET_IP_ICMPV6 && fields->eth_type == NET_ETHERTYPE_IPV6 && left >= 8)
    {
      parse_icmpv6 (at, left, fields);
      out->icmp_id = net_get_be16 (at + 4);
    }
  else
    return;
  out->l4_at = l4_at;
}

/* ---- network ------------------------------------------------------------------------------------------------- */

static gboolean
parse_arp (const guint8 *at, gsize left, OvsPacket *out)
{
  static const guint8 ethernet_ipv4[] = { 0, 1, 8, 0, 6, 4 };

  if (left < 28 || memcmp (at, ethernet_ipv4, sizeof ethernet_ipv4) != 0)
    return FALSE;
  out->fields.arp_op = at[6] ? 0 : at[7];
  out->fields.arp_sha = get_be48 (at + 8);
  out->fields.arp_spa = net_get_be32 (at + 14);
  out->fields.arp_tha = get_be48 (at + 18);
  out->fields.arp_tpa = net_get_be32 (at + 24);
  return TRUE;
}

static gboolean
parse_ipv4 (const guint8 *at, gsize left, OvsPacket *out)
{
  OpenflowFields *fields = &out->fields;
  guint header, total, fragment;

  if (left < NET_IPV4_HEADER || at[0] >> 4 != 4)
    return FALSE;
  header = (at[0] & 15u) * 4;
  total = net_get_be16 (at + 2);
  if (header < NET_IPV4_HEADER || header > total || total > left)
    return FALSE;
  fragment = net_get_be16 (at + 6);
  fields->ip_frag = fragment & 0x3fff ? FRAGMENT_ANY | (fragment & 0x1fff ? FRAGMENT_LATER : 0) : 0;
  fields->ip_tos = at[1];
  fields->ip_ttl = at[8];
  fields->ip_proto = at[9];
  fields->ip_src = net_get_be32 (at + 12);
  fields->ip_dst = net_get_be32 (at + 16);
  parse_transport (at + header, total - header, out, out->l3_at + header);
  return TRUE;
}

/* Steps over extension headers; FALSE when one is cut short. */
static gboolean
skip_extensions (const guint8 **at, gsize *left, OpenflowFields *fields)
{
  for (;;)
    {
      gsize n;
      switch (fields->ip_proto)
        {
        case 0:  /* hop by hop */
        case 43: /* routing */
        case 60: /* destination options */
          n = *left >= 8 ? ((*at)[1] + 1u) * 8 : 0;
          break;
        case 51: /* authentication */
          n = *left >= 8 ? ((*at)[1] + 2u) * 4 : 0;
          break;
        case 44: /* fragment */
          n = *left >= 8 ? 8 : 0;
          if (n && net_get_be16 (*at + 2) & 0xfff9)
            fields->ip_frag = FRAGMENT_ANY | (net_get_be16 (*at + 2) & 0xfff8 ? FRAGMENT_LATER : 0);
          break;
        default:
          return TRUE;
        }
      if (n == 0 || n > *left)
        return FALSE;
      fields->ip_proto = (*at)[0];
      *at += n;
      *left -= n;
      if (fields->ip_frag & FRAGMENT_LATER)
        return TRUE;
    }
}

static gboolean
parse_ipv6 (const guint8 *at, gsize left, OvsPacket *out)
{
  OpenflowFields *fields = &out->fields;
  const guint8 *payload = at + NET_IPV6_HEADER;
  gsize n;

  if (left < NET_IPV6_HEADER || at[0] >> 4 != 6)
    return FALSE;
  n = net_get_be16 (at + 4);
  if (n > left - NET_IPV6_HEADER)
    return FALSE;
  fields->ip_tos = (guint8) (at[0] << 4 | at[1] >> 4);
  fields->ipv6_label = net_get_be32 (at) & 0xfffff;
  fields->ip_proto = at[6];
  fields->ip_ttl = at[7];
  fields->ipv6_src[0] = get_be64 (at + 8);
  fields->ipv6_src[1] = get_be64 (at + 16);
  fields->ipv6_dst[0] = get_be64 (at + 24);
  fields->ipv6_dst[1] = get_be64 (at + 32);
  if (skip_extensions (&payload, &n, fields))
    parse_transport (payload, n, out, out->l3_at + (guint) (payload - at));
  return TRUE;
}

static gboolean
parse_network (const guint8 *at, gsize left, OvsPacket *out)
{
  switch (out->fields.eth_type)
    {
    case NET_ETHERTYPE_ARP:
      return parse_arp (at, left, out);
    case NET_ETHERTYPE_IPV4:
      return parse_ipv4 (at, left, out);
    case NET_ETHERTYPE_IPV6:
      return parse_ipv6 (at, left, out);
    default:
      return FALSE;
    }
}

/* ---- Ethernet ------------------------------------------------------------------------------------------------ */

/* The EtherType at `at`, behind the tag; 802.2 SNAP headers are looked through. */
static guint16
parse_type (const guint8 *bytes, guint length, OvsPacket *out)
{
  static const guint8 snap[] = { 0xaa, 0xaa, 0x03, 0, 0, 0 };
  guint16 type = net_get_be16 (bytes + out->type_at);

  out->l3_at = out->type_at + 2;
  if (type >= 1536)
    return type;
  if (length < out->l3_at + 8 || memcmp (bytes + out->l3_at, snap, sizeof snap) != 0
      || net_get_be16 (bytes + out->l3_at + 6) < 1536)
    return TYPE_NOT_ETHERNET;
  out->l3_at += 8;
  return net_get_be16 (bytes + out->l3_at - 2);
}

gboolean
ovs_packet_parse (const guint8 *bytes, guint length, OvsPacket *out)
{
  OpenflowFields *fields = &out->fields;
  guint16 type;

  memset (out, 0, sizeof *out);
  out->length = length;
  if (length < NET_ETHERNET_HEADER)
    return FALSE;
  fields->eth_dst = get_be48 (bytes);
  fields->eth_src = get_be48 (bytes + 6);
  type = net_get_be16 (bytes + 12);
  out->type_at = 12;
  if ((type == NET_ETHERTYPE_VLAN || type == NET_ETHERTYPE_QINQ)
      && length >= NET_ETHERNET_HEADER + NET_VLAN_TAG)
    {
      fields->vlan_tci = net_get_be16 (bytes + 14) | OPENFLOW_VLAN_PRESENT;
      out->tpid = type;
      out->type_at = 16;
    }
  fields->eth_type = parse_type (bytes, length, out);
  if (!parse_network (bytes + out->l3_at, length - out->l3_at, out))
    out->l3_at = 0;
  return TRUE;
}

/* Rewriting frames field by field. */
#include "models/ovs/rewrite.h"

#include "net/ethernet.h"
#include "net/ipv4.h"

typedef struct
{
  guint8 *l3, *l4; /* NULL: not there */
  guint8 *end;
  const OpenflowFields *old, *now;
} Edit;

static void
put_be48 (guint8 *to, guint64 value)
{
  net_put_be16 (to, (guint) (value >> 32));
  net_put_be32 (to + 2, (guint32) value);
}

/* RFC 1624 eq. 3: HC' = ~(~HC + ~m + m'). */
static void
adjust (guint8 *checksum, guint16 from, guint16 to)
{
  guint32 sum = (guint16) ~net_get_be16 (checksum) + (guint32) (guint16) ~from + to;

  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  net_put_be16 (checksum, (guint16) ~sum);
}

/* Stores `n` (even) bytes and lets each checksum that covers them follow; NULL where there is none. */
static void
store (guint8 *at, const guint8 *bytes, guint n, guint8 *checksum, guint8 *pseudo)
{
  for (guint i = 0; i < n; i += 2)
    {
      guint16 from = net_get_be16 (at + i), to = net_get_be16 (bytes + i);
      if (from == to)
        continue;
      if (checksum)
        adjust (checksum, from, to);
      if (pseudo)
        adjust (pseudo, from, to);
      net_put_be16 (at + i, to);
    }
}

/* The transport checksum, NULL where there is none: not understood, or a UDP datagram over IPv4 without
 * one. */
static guint8 *
transport_checksum (const Edit *edit)
{
  switch (edit->l4 ? edit->old->ip_proto : 0)
    {
    case NET_IP_TCP:
      return edit->l4 + 16;
    case NET_IP_UDP:
      return net_get_be16 (edit->l4 + 6) ? edit->l4 + 6 : NULL;
    case NET_IP_ICMP:
    case NET_IP_ICMPV6:
      return edit->l4 + 2;
    default:
      return NULL;
    }
}

static void
edit_arp (const Edit *edit)
{
  guint8 *arp = edit->l3;

  if (edit->now->arp_op != edit->old->arp_op)
    net_put_be16 (arp + 6, edit->now->arp_op);
  put_be48 (arp + 8, edit->now->arp_sha);
  net_put_be32 (arp + 14, edit->now->arp_spa);
  put_be48 (arp + 18, edit->now->arp_tha);
  net_put_be32 (arp + 24, edit->now->arp_tpa);
}

static void
edit_ipv4 (const Edit *edit)
{
  guint8 *ip = edit->l3, *pseudo = edit->old->ip_proto == NET_IP_ICMP ? NULL : transport_checksum (edit);
  guint8 bytes[4];

  bytes[0] = ip[0];
  bytes[1] = edit->now->ip_tos;
  store (ip, bytes, 2, ip + 10, NULL);
  bytes[0] = edit->now->ip_ttl;
  bytes[1] = ip[9];
  store (ip + 8, bytes, 2, ip + 10, NULL);
  net_put_be32 (bytes, edit->now->ip_src);
  store (ip + 12, bytes, 4, ip + 10, pseudo);
  net_put_be32 (bytes, edit->now->ip_dst);
  store (ip + 16, bytes, 4, ip + 10, pseudo);
}

static void
edit_ipv6 (const Edit *edit)
{
  guint8 *ip = edit->l3, *pseudo = transport_checksum (edit);
  guint8 bytes[32];

  ip[0] = (guint8) ((ip[0] & 0xf0) | edit->now->ip_tos >> 4);
  ip[1] = (guint8) ((ip[1] & 0x0f) | edit->now->ip_tos << 4);
  ip[7] = edit->now->ip_ttl;
  for (guint i = 0; i < 2; i++)
    {
      net_put_be64 (bytes + i * 8, edit->now->ipv6_src[i]);
      net_put_be64 (bytes + 16 + i * 8, edit->now->ipv6_dst[i]);
    }
  store (ip + 8, bytes, 32, NULL, pseudo);
}

static void
edit_ports (const Edit *edit)
{
  guint8 bytes[4];

  net_put_be16 (bytes, edit->now->tp_src);
  net_put_be16 (bytes + 2, edit->now->tp_dst);
  store (edit->l4, bytes, 4, transport_checksum (edit), NULL);
}

static void
edit_icmp (const Edit *edit)
{
  const guint8 bytes[2] = { (guint8) edit->now->tp_src, (guint8) edit->now->tp_dst };
  store (edit->l4, bytes, 2, edit->l4 + 2, NULL);
}

/* Target, and the link-layer address option where there is one of the right kind. */
static void
edit_neighbor (const Edit *edit)
{
  guint8 bytes[16], *option = edit->l4 + 24;
  gboolean is_source = edit->now->tp_src == 135;
  guint64 now = is_source ? edit->now->nd_sll : edit->now->nd_tll,
          old = is_source ? edit->old->nd_sll : edit->old->nd_tll;

  if (edit->end - edit->l4 < 24)
    return;
  net_put_be64 (bytes, edit->now->nd_target[0]);
  net_put_be64 (bytes + 8, edit->now->nd_target[1]);
  store (edit->l4 + 8, bytes, 16, edit->l4 + 2, NULL);
  while (now != old && edit->end - option >= 8 && option[1] && edit->end - option >= option[1] * 8)
    {
      if (option[0] == (is_source ? 1 : 2))
        {
          put_be48 (bytes, now);
          store (option + 2, bytes, 6, edit->l4 + 2, NULL);
        }
      option += option[1] * 8;
    }
}

static void
edit_transport (const Edit *edit)
{
  switch (edit->old->ip_proto)
    {
    case NET_IP_ICMP:
      edit_icmp (edit);
      break;
    case NET_IP_ICMPV6:
      edit_icmp (edit);
      if (edit->old->nd_target[0] || edit->old->nd_target[1])
        edit_neighbor (edit);
      break;
    default:
      edit_ports (edit);
    }
}

static void
edit_payload (const Edit *edit)
{
  if (!edit->l3)
    return;
  if (edit->old->eth_type == NET_ETHERTYPE_ARP)
    edit_arp (edit);
  else if (edit->old->eth_type == NET_ETHERTYPE_IPV4)
    edit_ipv4 (edit);
  else
    edit_ipv6 (edit);
  if (edit->l4)
    edit_transport (edit);
}

/* ---- Ethernet ------------------------------------------------------------------------------------------------ */

static gboolean
is_tagged (const OvsVersion *version)
{
  return (version->fields.vlan_tci & OPENFLOW_VLAN_PRESENT) != 0;
}

/* Fields of the pipeline do not show in the frame. */
static gboolean
is_unchanged (const OvsPacket *packet, const OvsVersion *version)
{
  OpenflowFields old = packet->fields;
  const OpenflowFields *now = &version->fields;

  old.metadata = now->metadata;
  old.tunnel_id = now->tunnel_id;
  old.tunnel_src = now->tunnel_src;
  old.tunnel_dst = now->tunnel_dst;
  old.in_port = now->in_port;
  memcpy (old.reg, now->reg, sizeof old.reg);
  return version->tpid == packet->tpid && version->below_tpid == 0 && memcmp (&old, now, sizeof old) == 0;
}

/* The tag as Open vSwitch writes it: bit 12 means "present" in the fields and is the drop-eligible bit of
 * the wire, where only a frame that came in with it keeps it. */
static guint16
wire_tci (const OvsPacket *packet, const guint8 *original, guint16 tci)
{
  gboolean eligible = packet->tpid && (original[14] & 0x10) && tci == packet->fields.vlan_tci;
  return (guint16) ((tci & ~OPENFLOW_VLAN_PRESENT) | (eligible ? OPENFLOW_VLAN_PRESENT : 0));
}

static void
put_head (guint8 *to, const OvsPacket *packet, const guint8 *original, const OvsVersion *version)
{
  put_be48 (to, version->fields.eth_dst);
  put_be48 (to + 6, version->fields.eth_src);
  to += 12;
  if (is_tagged (version))
    {
      net_put_be16 (to, version->tpid);
      net_put_be16 (to + 2, wire_tci (packet, original, version->fields.vlan_tci));
      to += NET_VLAN_TAG;
    }
  if (version->below_tpid)
    {
      net_put_be16 (to, version->below_tpid);
      net_put_be16 (to + 2, wire_tci (packet, original, version->below_tci));
    }
}

NetFrame *
ovs_rewrite (NetFrame *frame, const OvsPacket *packet, const OvsVersion *version)
{
  const guint8 *original = net_frame_bytes (frame);
  guint head = 12 + (is_tagged (version) ? NET_VLAN_TAG : 0) + (version->below_tpid ? NET_VLAN_TAG : 0);
  NetFrame *copy;
  guint8 *bytes;
  Edit edit;

  if (is_unchanged (packet, version))
    return net_frame_ref (frame);
  copy = net_frame_copy (frame, NET_FRAME_HEADROOM);
  net_frame_pull (copy, packet->type_at);
  bytes = net_frame_push (copy, head);
  put_head (bytes, packet, original, version);
  edit = (Edit){ .l3 = packet->l3_at ? bytes + head + (packet->l3_at - packet->type_at) : NULL,
                 .l4 = packet->l4_at ? bytes + head + (packet->l4_at - packet->type_at) : NULL,
                 .end = bytes + copy->length,
                 .old = &packet->fields,
                 .now = &version->fields };
  edit_payload (&edit);
  return copy;
}

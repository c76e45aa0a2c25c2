/* Matches as ovs-ofctl prints them. */
#include "openflow/text-print.h"

#include "net/ethernet.h"
#include "net/ipv4.h"

static const struct
{
  const char *word;
  guint16 eth_type;
  guint16 ip_proto; /* 256: any */
} keywords[] = {
  { "tcp", NET_ETHERTYPE_IPV4, NET_IP_TCP },
  { "udp", NET_ETHERTYPE_IPV4, NET_IP_UDP },
  { "icmp", NET_ETHERTYPE_IPV4, NET_IP_ICMP },
  { "sctp", NET_ETHERTYPE_IPV4, 132 },
  { "tcp6", NET_ETHERTYPE_IPV6, NET_IP_TCP },
  { "udp6", NET_ETHERTYPE_IPV6, NET_IP_UDP },
  { "icmp6", NET_ETHERTYPE_IPV6, NET_IP_ICMPV6 },
  { "sctp6", NET_ETHERTYPE_IPV6, 132 },
  { "ip", NET_ETHERTYPE_IPV4, 256 },
  { "ipv6", NET_ETHERTYPE_IPV6, 256 },
  { "arp", NET_ETHERTYPE_ARP, 256 },
};

gboolean
openflow_match_keyword (const char *word, OpenflowMatch *match)
{
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (strcmp (keywords[i].word, word) == 0)
      {
        openflow_match_set (match, OPENFLOW_FIELD_ETH_TYPE, keywords[i].eth_type);
        if (keywords[i].ip_proto < 256)
          openflow_match_set (match, OPENFLOW_FIELD_IP_PROTO, keywords[i].ip_proto);
        return TRUE;
      }
  return FALSE;
}

const char *const openflow_ct_state_names[OPENFLOW_N_CT_STATES]
    = { "new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat" };

static gboolean
is_ones (OpenflowFieldId field, OpenflowValue mask)
{
  OpenflowValue ones = openflow_field_all_ones (field);
  return mask.high == ones.high && mask.low == ones.low;
}

/* The length of a prefix mask in `bits` bits, or -1 when the mask has holes. */
static gint
prefix_length (OpenflowValue mask, guint bits)
{
  gint length = 0;

  for (guint i = bits; i-- > 0;)
    {
      gboolean one = (i < 64 ? mask.low >> i : mask.high >> (i - 64)) & 1;
      if (one && length != (gint) (bits - 1 - i))
        return -1;
      length += one;
    }
  return length;
}

static void
print_mask (OpenflowFieldId field, OpenflowValue mask, GString *out)
{
  const OpenflowField *info = openflow_field (field);
  gint length = prefix_length (mask, info->bits);

  g_string_append_c (out, '/');
  if ((info->show == OPENFLOW_SHOW_IPV4 || info->show == OPENFLOW_SHOW_IPV6) && length >= 0)
    g_string_append_printf (out, "%d", length);
  else if (info->show == OPENFLOW_SHOW_DECIMAL)
    openflow_print_hex (mask, out);
  else
    openflow_print_value (field, mask, out);
}

static void
print_named (const OpenflowMatch *match, OpenflowFieldId field, const char *name, GString *out)
{
  OpenflowValue mask = openflow_field_get (&match->mask, field),
                value = openflow_field_get (&match->value, field);

  if ((!mask.high && !mask.low) || !openflow_match_allows (match, field))
    return;
  g_string_append_printf (out, "%s=", name);
  if (is_ones (field, mask))
    openflow_print_value (field, value, out);
  else
    {
      if (openflow_field (field)->show == OPENFLOW_SHOW_DECIMAL)
        openflow_print_hex (value, out);
      else
        openflow_print_value (field, value, out);
      print_mask (field, mask, out);
    }
  g_string_append_c (out, ',');
}

static void
print_field (const OpenflowMatch *match, OpenflowFieldId field, GString *out)
{
  print_named (match, field, openflow_field (field)->name, out);
}

static void
print_vlan (const OpenflowMatch *match, GString *out)
{
  guint tci = match->value.vlan_tci, mask = match->mask.vlan_tci;
  guint vid_mask = mask & 0x0fff, pcp_mask = mask & 0xe000;

  if (!mask)
    return;
  if ((tci & OPENFLOW_VLAN_PRESENT) && (vid_mask == 0 || vid_mask == 0x0fff)
      && (pcp_mask == 0 || pcp_mask == 0xe000) && (vid_mask || pcp_mask))
    {
      if (vid_mask)
        g_string_append_printf (out, "dl_vlan=%u,", tci & 0x0fff);
      if (pcp_mask)
        g_string_append_printf (out, "dl_vlan_pcp=%u,", tci >> 13);
    }
  else if (mask == 0xffff)
    g_string_append_printf (out, "vlan_tci=0x%04x,", tci);
  else
    g_string_append_printf (out, "vlan_tci=0x%04x/0x%04x,", tci, mask);
}

static void
print_fragment (const OpenflowMatch *match, GString *out)
{
  static const struct
  {
    guint8 value, mask;
    const char *word;
  } words[] = { { 0, 3, "no" },    { 1, 1, "yes" },   { 1, 3, "first" },
                { 3, 3, "later" }, { 2, 2, "later" }, { 0, 2, "not_later" } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (match->mask.ip_frag == words[i].mask && match->value.ip_frag == words[i].value)
      {
        g_string_append_printf (out, "nw_frag=%s,", words[i].word);
        return;
      }
}

static void
print_tcp_flags (const OpenflowMatch *match, GString *out)
{
  static const char *const names[] = { "fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns" };
  guint mask = match->mask.tcp_flags;

  if (!mask)
    return;
  if (mask & ~0x1ffu)
    {
      print_field (match, OPENFLOW_FIELD_TCP_FLAGS, out);
      return;
    }
  g_string_append (out, "tcp_flags=");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (mask >> i & 1)
      g_string_append_printf (out, "%c%s", match->value.tcp_flags >> i & 1 ? '+' : '-', names[i]);
  g_string_append_c (out, ',');
}

/* Signed bits, or the names of those that are set when all eight are asked for. */
static void
print_ct_state (const OpenflowMatch *match, GString *out)
{
  guint mask = match->mask.ct_state, value = match->value.ct_state;
  const char *bar = "";

  if (!mask)
    return;
  g_string_append (out, value || mask != 0xff ? "ct_state=" : "ct_state=0");
  for (guint i = 0; i < OPENFLOW_N_CT_STATES; i++)
    if (mask != 0xff && mask >> i & 1)
      g_string_append_printf (out, "%c%s", value >> i & 1 ? '+' : '-', openflow_ct_state_names[i]);
    else if (mask == 0xff && value >> i & 1)
      {
        g_string_append_printf (out, "%s%s", bar, openflow_ct_state_names[i]);
        bar = "|";
      }
  g_string_append_c (out, ',');
}

static void
print_tracking (const OpenflowMatch *match, GString *out)
{
  print_ct_state (match, out);
  print_field (match, OPENFLOW_FIELD_CT_ZONE, out);
  print_field (match, OPENFLOW_FIELD_CT_MARK, out);
  print_field (match, OPENFLOW_FIELD_CT_LABEL, out);
}

/* The protocol's word; returns whether it says the IP protocol too. */
static gboolean
print_keyword (const OpenflowMatch *match, GString *out)
{
  if (match->mask.eth_type != 0xffff)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    {
      if (match->value.eth_type != keywords[i].eth_type)
        continue;
      if (keywords[i].ip_proto < 256
          && (match->mask.ip_proto != 0xff || match->value.ip_proto != keywords[i].ip_proto))
        continue;
      g_string_append_printf (out, "%s,", keywords[i].word);
      return keywords[i].ip_proto < 256;
    }
  return FALSE;
}

static gboolean
has_keyword (guint16 eth_type)
{
  return eth_type == NET_ETHERTYPE_IPV4 || eth_type == NET_ETHERTYPE_IPV6 || eth_type == NET_ETHERTYPE_ARP;
}

static void
print_network (const OpenflowMatch *match, gboolean proto_said, GString *out)
{
  static const OpenflowFieldId addresses[] = {
    OPENFLOW_FIELD_IPV4_SRC, OPENFLOW_FIELD_IPV4_DST, OPENFLOW_FIELD_IPV6_SRC,
    OPENFLOW_FIELD_IPV6_DST, OPENFLOW_FIELD_ARP_SPA,  OPENFLOW_FIELD_ARP_TPA,
    OPENFLOW_FIELD_ARP_OP,   OPENFLOW_FIELD_ARP_SHA,  OPENFLOW_FIELD_ARP_THA,
  };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    print_field (match, addresses[i], out);
  if (match->mask.ipv6_label == 0xfffff)
    g_string_append_printf (out, "ipv6_label=0x%05x,", match->value.ipv6_label);
  else
    print_field (match, OPENFLOW_FIELD_IPV6_LABEL, out);
  if (!proto_said)
    print_field (match, OPENFLOW_FIELD_IP_PROTO, out);
  if (match->mask.ip_tos & 0xfc)
    g_string_append_printf (out, "nw_tos=%u,", match->value.ip_tos & 0xfcu);
  print_field (match, OPENFLOW_FIELD_IP_ECN, out);
  print_field (match, OPENFLOW_FIELD_IP_TTL, out);
  if (match->mask.ip_frag)
    print_fragment (match, out);
}

static void
print_transport (const OpenflowMatch *match, GString *out)
{
  static const struct
  {
    OpenflowFieldId field;
    const char *name;
  } fields[] = {
    { OPENFLOW_FIELD_TCP_SRC, "tp_src" },        { OPENFLOW_FIELD_TCP_DST, "tp_dst" },
    { OPENFLOW_FIELD_UDP_SRC, "tp_src" },        { OPENFLOW_FIELD_UDP_DST, "tp_dst" },
    { OPENFLOW_FIELD_SCTP_SRC, "tp_src" },       { OPENFLOW_FIELD_SCTP_DST, "tp_dst" },
    { OPENFLOW_FIELD_ICMP_TYPE, "icmp_type" },   { OPENFLOW_FIELD_ICMP_CODE, "icmp_code" },
    { OPENFLOW_FIELD_ICMPV6_TYPE, "icmp_type" }, { OPENFLOW_FIELD_ICMPV6_CODE, "icmp_code" },
    { OPENFLOW_FIELD_ND_TARGET, "nd_target" },   { OPENFLOW_FIELD_ND_SLL, "nd_sll" },
    { OPENFLOW_FIELD_ND_TLL, "nd_tll" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    print_named (match, fields[i].field, fields[i].name, out);
  print_tcp_flags (match, out);
}

void
openflow_match_print (const OpenflowMatch *match, GString *out)
{
  static const OpenflowFieldId pipeline[]
      = { OPENFLOW_FIELD_TUNNEL_ID, OPENFLOW_FIELD_TUNNEL_SRC, OPENFLOW_FIELD_TUNNEL_DST,
          OPENFLOW_FIELD_METADATA, OPENFLOW_FIELD_IN_PORT };
  gsize begin = out->len;
  gboolean proto_said;

  print_tracking (match, out);
  proto_said = print_keyword (match, out);
  for (guint i = 0; i < OPENFLOW_REGISTERS; i++)
    print_field (match, OPENFLOW_FIELD_REG (i), out);
  for (guint i = 0; i < G_N_ELEMENTS (pipeline); i++)
    print_field (match, pipeline[i], out);
  print_vlan (match, out);
  print_field (match, OPENFLOW_FIELD_ETH_SRC, out);
  print_field (match, OPENFLOW_FIELD_ETH_DST, out);
  if (match->mask.eth_type == 0xffff && !has_keyword (match->value.eth_type))
    g_string_append_printf (out, "dl_type=0x%04x,", match->value.eth_type);
  print_network (match, proto_said, out);
  print_transport (match, out);
  if (out->len > begin)
    g_string_truncate (out, out->len - 1);
}

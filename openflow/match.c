/* Matches as sets of packets: what they ask for, and how they compare.  The wire form is in oxm.c. */
#include "openflow/match.h"

#include "net/ethernet.h"
#include "net/ipv4.h"
#include "net/nd.h"

#define IP_SCTP 132

void
openflow_match_set_wide (OpenflowMatch *match, OpenflowFieldId field, OpenflowValue value, OpenflowValue mask)
{
  openflow_field_set (&match->mask, field, mask);
  openflow_field_set (&match->value, field, (OpenflowValue){ value.high & mask.high, value.low & mask.low });
}

void
openflow_match_set_masked (OpenflowMatch *match, OpenflowFieldId field, guint64 value, guint64 mask)
{
  openflow_match_set_wide (match, field, (OpenflowValue){ 0, value }, (OpenflowValue){ 0, mask });
}

void
openflow_match_set (OpenflowMatch *match, OpenflowFieldId field, guint64 value)
{
  openflow_match_set_wide (match, field, (OpenflowValue){ 0, value }, openflow_field_all_ones (field));
}

void
openflow_match_set_mac (OpenflowMatch *match, OpenflowFieldId field, const NetMac *mac)
{
  openflow_match_set (match, field, net_mac_to_u64 (mac));
}

static gboolean
has_type (const OpenflowMatch *match, guint16 type)
{
  return match->mask.eth_type == 0xffff && match->value.eth_type == type;
}

static gboolean
has_protocol (const OpenflowMatch *match, guint8 protocol)
{
  return match->mask.ip_proto == 0xff && match->value.ip_proto == protocol;
}

static gboolean
has_ip (const OpenflowMatch *match)
{
  return has_type (match, NET_ETHERTYPE_IPV4) || has_type (match, NET_ETHERTYPE_IPV6);
}

static gboolean
has_icmpv6 (const OpenflowMatch *match)
{
  return has_type (match, NET_ETHERTYPE_IPV6) && has_protocol (match, NET_IP_ICMPV6);
}

static gboolean
has_nd (const OpenflowMatch *match, guint8 type)
{
  return has_icmpv6 (match) && (match->mask.tp_src & 0xff) == 0xff && match->value.tp_src == type;
}

gboolean
openflow_match_allows (const OpenflowMatch *match, OpenflowFieldId field)
{
  switch (openflow_field (field)->needs)
    {
    case OPENFLOW_NEEDS_NOTHING:
      return TRUE;
    case OPENFLOW_NEEDS_VLAN:
      return (match->value.vlan_tci & OPENFLOW_VLAN_PRESENT) != 0;
    case OPENFLOW_NEEDS_ARP:
      return has_type (match, NET_ETHERTYPE_ARP);
    case OPENFLOW_NEEDS_IP:
      return has_ip (match);
    case OPENFLOW_NEEDS_IPV4:
      return has_type (match, NET_ETHERTYPE_IPV4);
    case OPENFLOW_NEEDS_IPV6:
      return has_type (match, NET_ETHERTYPE_IPV6);
    case OPENFLOW_NEEDS_TCP:
      return has_ip (match) && has_protocol (match, NET_IP_TCP);
    case OPENFLOW_NEEDS_UDP:
      return has_ip (match) && has_protocol (match, NET_IP_UDP);
    case OPENFLOW_NEEDS_SCTP:
      return has_ip (match) && has_protocol (match, IP_SCTP);
    case OPENFLOW_NEEDS_ICMP:
      return has_type (match, NET_ETHERTYPE_IPV4) && has_protocol (match, NET_IP_ICMP);
    case OPENFLOW_NEEDS_ICMPV6:
      return has_icmpv6 (match);
    case OPENFLOW_NEEDS_ND:
      return has_nd (match, NET_ND_SOLICITATION) || has_nd (match, NET_ND_ADVERTISEMENT);
    case OPENFLOW_NEEDS_ND_SOLICITATION:
      return has_nd (match, NET_ND_SOLICITATION);
    case OPENFLOW_NEEDS_ND_ADVERTISEMENT:
      return has_nd (match, NET_ND_ADVERTISEMENT);
    }
  return FALSE;
}

/* Masked bits that no allowed field accounts for belong to a field whose protocol is not matched. */
gboolean
openflow_match_check (const OpenflowMatch *match, GError **error)
{
  static const OpenflowValue zero = { 0, 0 };
  OpenflowFields left = match->mask;

  left.vlan_tci = 0;
  for (guint id = 0; id < OPENFLOW_N_FIELDS; id++)
    if (openflow_match_allows (match, (OpenflowFieldId) id))
      openflow_field_set (&left, (OpenflowFieldId) id, zero);
  for (guint id = 0; id < OPENFLOW_N_FIELDS; id++)
    {
      OpenflowValue value = openflow_field_get (&left, (OpenflowFieldId) id);
      if (value.high || value.low)
        return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_PREREQUISITE,
                              "%s is matched without the protocol that has it",
                              openflow_field ((OpenflowFieldId) id)->name);
    }
  return TRUE;
}

gboolean
openflow_match_equal (const OpenflowMatch *a, const OpenflowMatch *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

gboolean
openflow_match_holds (const OpenflowMatch *match, const OpenflowFields *fields)
{
  const OpenflowWord *value = openflow_fields_words (&match->value),
                     *mask = openflow_fields_words (&match->mask);
  const OpenflowWord *packet = openflow_fields_words (fields);

  for (guint i = 0; i < OPENFLOW_FIELD_WORDS; i++)
    if ((packet[i] & mask[i]) != value[i])
      return FALSE;
  return TRUE;
}

gboolean
openflow_match_covers (const OpenflowMatch *wide, const OpenflowMatch *narrow)
{
  const OpenflowWord *wide_mask = openflow_fields_words (&wide->mask);
  const OpenflowWord *narrow_mask = openflow_fields_words (&narrow->mask);

  for (guint i = 0; i < OPENFLOW_FIELD_WORDS; i++)
    if (wide_mask[i] & ~narrow_mask[i])
      return FALSE;
  return openflow_match_holds (wide, &narrow->value);
}

gboolean
openflow_match_overlaps (const OpenflowMatch *a, const OpenflowMatch *b)
{
  const OpenflowWord *a_value = openflow_fields_words (&a->value), *a_mask = openflow_fields_words (&a->mask);
  const OpenflowWord *b_value = openflow_fields_words (&b->value), *b_mask = openflow_fields_words (&b->mask);

  for (guint i = 0; i < OPENFLOW_FIELD_WORDS; i++)
    if ((a_value[i] ^ b_value[i]) & a_mask[i] & b_mask[i])
      return FALSE;
  return TRUE;
}

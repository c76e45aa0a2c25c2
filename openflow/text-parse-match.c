/* Matches from the text form. */
#include "openflow/text-scan.h"

static gboolean
scan_vlan (const char *value, OpenflowMatch *match, GError **error)
{
  guint64 vid;

  if (g_str_equal (value, "0xffff"))
    {
      openflow_match_set_masked (match, OPENFLOW_FIELD_VLAN_VID, 0, 0x1fff);
      return TRUE;
    }
  if (!openflow_scan_number (value, 4095, "dl_vlan", &vid, error))
    return FALSE;
  openflow_match_set_masked (match, OPENFLOW_FIELD_VLAN_VID, vid | OPENFLOW_VLAN_PRESENT, 0x1fff);
  return TRUE;
}

static gboolean
scan_pcp (const char *value, OpenflowMatch *match, GError **error)
{
  guint64 pcp;

  if (!openflow_scan_number (value, 7, "dl_vlan_pcp", &pcp, error))
    return FALSE;
  match->value.vlan_tci |= OPENFLOW_VLAN_PRESENT;
  match->mask.vlan_tci |= OPENFLOW_VLAN_PRESENT;
  openflow_match_set (match, OPENFLOW_FIELD_VLAN_PCP, pcp);
  return TRUE;
}

static gboolean
scan_tos (const char *value, OpenflowMatch *match, GError **error)
{
  guint64 tos;

  if (!openflow_scan_number (value, 255, "nw_tos", &tos, error))
    return FALSE;
  if (tos & 3)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "nw_tos %s has ECN bits; use nw_ecn", value);
  openflow_match_set (match, OPENFLOW_FIELD_IP_DSCP, tos >> 2);
  return TRUE;
}

static gboolean
scan_fragment (const char *value, OpenflowMatch *match, GError **error)
{
  static const struct
  {
    const char *word;
    guint8 value, mask;
  } words[]
      = { { "no", 0, 3 }, { "yes", 1, 1 }, { "first", 1, 3 }, { "later", 3, 3 }, { "not_later", 0, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, value))
      {
        openflow_match_set_masked (match, OPENFLOW_FIELD_IP_FRAG, words[i].value, words[i].mask);
        return TRUE;
      }
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE,
                             "nw_frag '%s': no, yes, first, later or not_later", value);
}

static const char *const tcp_flag_names[] = { "fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns" };

/* The bit that a flag's name stands for; -1 when none has it. */
static gint
flag_bit (const char *const *names, guint n_names, const char *text, gsize length)
{
  for (guint i = 0; i < n_names; i++)
    if (strlen (names[i]) == length && strncmp (names[i], text, length) == 0)
      return (gint) i;
  return -1;
}

/* "+syn-ack" of a field whose bits have names. */
static gboolean
scan_signed_flags (OpenflowFieldId field, const char *const *names, guint n_names, const char *value,
                   OpenflowMatch *match, GError **error)
{
  guint flags = 0, mask = 0;

  while (*value)
    {
      char sign = *value++;
      gsize n = strcspn (value, "+-");
      gint bit = flag_bit (names, n_names, value, n);

      if (bit < 0)
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "%s has no flag '%.*s'",
                                   openflow_field (field)->name, (int) n, value);
      flags |= sign == '+' ? 1u << bit : 0;
      mask |= 1u << bit;
      value += n;
    }
  openflow_match_set_masked (match, field, flags, mask);
  return TRUE;
}

/* "new|trk": these, and none of the others. */
static gboolean
scan_ct_states (const char *value, OpenflowMatch *match, GError **error)
{
  guint flags = 0;

  while (*value)
    {
      gsize n = strcspn (value, "|");
      gint bit = flag_bit (openflow_ct_state_names, OPENFLOW_N_CT_STATES, value, n);

      if (bit < 0)
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "ct_state has no flag '%.*s'", (int) n,
                                   value);
      flags |= 1u << bit;
      value += n + (value[n] == '|');
    }
  openflow_match_set (match, OPENFLOW_FIELD_CT_STATE, flags);
  return TRUE;
}

/* Signed flags, or a number with or without mask. */
static gboolean
scan_flags (OpenflowFieldId field, const char *const *names, guint n_names, char *value, OpenflowMatch *match,
            GError **error)
{
  OpenflowValue number, mask;

  if (*value == '+' || *value == '-')
    return scan_signed_flags (field, names, n_names, value, match, error);
  if (field == OPENFLOW_FIELD_CT_STATE && g_ascii_isalpha (*value))
    return scan_ct_states (value, match, error);
  if (!openflow_scan_masked (field, value, &number, &mask, error))
    return FALSE;
  openflow_match_set_wide (match, field, number, mask);
  return TRUE;
}

/* tp_src, icmp_type and the like: their meaning is the protocol's, so any field that shares the member
 * will do. */
static const struct
{
  const char *name;
  OpenflowFieldId field, field_v6;
} shared_names[] = {
  { "tp_src", OPENFLOW_FIELD_TCP_SRC, OPENFLOW_FIELD_TCP_SRC },
  { "tp_dst", OPENFLOW_FIELD_TCP_DST, OPENFLOW_FIELD_TCP_DST },
  { "icmp_type", OPENFLOW_FIELD_ICMP_TYPE, OPENFLOW_FIELD_ICMPV6_TYPE },
  { "icmp_code", OPENFLOW_FIELD_ICMP_CODE, OPENFLOW_FIELD_ICMPV6_CODE },
};

static gint
shared_field (const char *name, const OpenflowMatch *match)
{
  for (guint i = 0; i < G_N_ELEMENTS (shared_names); i++)
    if (g_str_equal (shared_names[i].name, name))
      return (gint) (match->value.eth_type == 0x86dd ? shared_names[i].field_v6 : shared_names[i].field);
  return -1;
}

gboolean
openflow_match_scan (char *name, char *value, OpenflowMatch *match, GError **error)
{
  OpenflowValue number, mask;
  OpenflowFieldId field;
  gint shared;

  if (g_str_equal (name, "dl_vlan"))
    return scan_vlan (value, match, error);
  if (g_str_equal (name, "dl_vlan_pcp") || g_str_equal (name, "vlan_pcp"))
    return scan_pcp (value, match, error);
  if (g_str_equal (name, "nw_tos"))
    return scan_tos (value, match, error);
  if (g_str_equal (name, "nw_frag") || g_str_equal (name, "ip_frag"))
    return scan_fragment (value, match, error);
  if (g_str_equal (name, "tcp_flags"))
    return scan_flags (OPENFLOW_FIELD_TCP_FLAGS, tcp_flag_names, G_N_ELEMENTS (tcp_flag_names), value, match,
                       error);
  if (g_str_equal (name, "ct_state"))
    return scan_flags (OPENFLOW_FIELD_CT_STATE, openflow_ct_state_names, OPENFLOW_N_CT_STATES, value, match,
                       error);
  shared = shared_field (name, match);
  if (shared >= 0)
    field = (OpenflowFieldId) shared;
  else if (!openflow_scan_field (name, &field, error))
    return FALSE;
  if (!openflow_scan_masked (field, value, &number, &mask, error))
    return FALSE;
  if (openflow_field (field)->bits < 64 && (mask.low != openflow_field_all_ones (field).low)
      && !openflow_field (field)->maskable)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_RULE, "%s cannot be masked", name);
  openflow_match_set_wide (match, field, number, mask);
  return TRUE;
}

/* Prerequisites are checked at the end, so that "tp_src=68,udp" reads as "udp,tp_src=68" does. */
gboolean
openflow_match_parse (const char *text, OpenflowMatch *out, GError **error)
{
  g_autofree char *copy = g_strdup (text);
  char *at = copy, *item;
  g_autoptr (GError) cause = NULL;

  openflow_match_init (out);
  while ((item = openflow_scan_item (&at, TRUE)))
    {
      char *value = strchr (item, '=');
      if (value)
        {
          *value++ = '\0';
          if (!openflow_match_scan (item, value, out, error))
            return FALSE;
        }
      else if (!openflow_match_keyword (item, out))
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME, "'%s' is no protocol", item);
    }
  if (openflow_match_check (out, &cause))
    return TRUE;
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_RULE, "%s", cause->message);
}

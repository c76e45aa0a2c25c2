/* The learn action from the text form. */
#include "openflow/text-parse.h"

static gboolean
scan_load (char *text, OpenflowLearn *learn, GError **error)
{
  char *arrow = strstr (text, "->");
  OpenflowSubfield to, from;
  guint64 value;

  if (!arrow)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "load:'%s' has no '->'", text);
  *arrow = '\0';
  if (!openflow_scan_subfield (arrow + 2, &to, error))
    return FALSE;
  if (g_ascii_isdigit (*text))
    {
      if (!openflow_scan_number (text,
                                 to.n_bits < 64 ? (G_GUINT64_CONSTANT (1) << to.n_bits) - 1 : G_MAXUINT64,
                                 "load", &value, error))
        return FALSE;
      openflow_learn_load_value (learn, to, value);
      return TRUE;
    }
  if (!openflow_scan_subfield (text, &from, error))
    return FALSE;
  if (from.n_bits != to.n_bits)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "load of %u bits into %u", from.n_bits,
                               to.n_bits);
  openflow_learn_load_field (learn, to, from);
  return TRUE;
}

/* "A[]", "A[]=B[]", "A[]=5", "eth_type=0x806". */
static gboolean
scan_match (char *name, char *value, OpenflowLearn *learn, GError **error)
{
  OpenflowSubfield to, from;
  OpenflowValue number;
  OpenflowLearnSpec spec;

  if (!openflow_scan_subfield (name, &to, error))
    return FALSE;
  if (!value)
    {
      openflow_learn_match_same (learn, to);
      return TRUE;
    }
  if (strchr (value, '['))
    {
      if (!openflow_scan_subfield (value, &from, error))
        return FALSE;
      if (from.n_bits != to.n_bits)
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "%s has %u bits, %s has %u", name,
                                   to.n_bits, value, from.n_bits);
      openflow_learn_match_field (learn, to, from);
      return TRUE;
    }
  if (!openflow_scan_value (to.field, value, &number, error))
    return FALSE;
  spec = (OpenflowLearnSpec){
    .use = OPENFLOW_LEARN_MATCH, .immediate = TRUE, .value = number, .from = to, .to = to
  };
  g_array_append_val (learn->specs, spec);
  return TRUE;
}

static gboolean
scan_setting (const char *name, const char *value, OpenflowLearn *learn, gboolean *found, GError **error)
{
  const struct
  {
    const char *name;
    guint16 *to;
  } numbers[] = {
    { "idle_timeout", &learn->idle_timeout },
    { "hard_timeout", &learn->hard_timeout },
    { "fin_idle_timeout", &learn->fin_idle_timeout },
    { "fin_hard_timeout", &learn->fin_hard_timeout },
    { "priority", &learn->priority },
  };
  guint64 number;

  *found = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (numbers[i].name, name))
      {
        if (!openflow_scan_number (value, G_MAXUINT16, name, &number, error))
          return FALSE;
        *numbers[i].to = (guint16) number;
        return TRUE;
      }
  if (g_str_equal (name, "cookie"))
    return openflow_scan_number (value, G_MAXUINT64, name, &learn->cookie, error);
  if (g_str_equal (name, "table"))
    {
      if (!openflow_scan_number (value, 254, name, &number, error))
        return FALSE;
      learn->table = (guint8) number;
      return TRUE;
    }
  *found = FALSE;
  return TRUE;
}

static gboolean
scan_item (char *item, OpenflowLearn *learn, GError **error)
{
  char *value;
  gboolean found = FALSE;
  OpenflowSubfield from;

  if (g_str_has_prefix (item, "load:"))
    return scan_load (item + 5, learn, error);
  if (g_str_has_prefix (item, "output:"))
    {
      if (!openflow_scan_subfield (item + 7, &from, error))
        return FALSE;
      openflow_learn_output (learn, from);
      return TRUE;
    }
  if (g_str_equal (item, "send_flow_rem") || g_str_equal (item, "delete_learned"))
    {
      learn->flags |= *item == 's' ? OPENFLOW_LEARN_SEND_FLOW_REMOVED : OPENFLOW_LEARN_DELETE_LEARNED;
      return TRUE;
    }
  value = strchr (item, '=');
  if (value)
    *value++ = '\0';
  if (value && !scan_setting (item, value, learn, &found, error))
    return FALSE;
  return found || scan_match (item, value, learn, error);
}

OpenflowLearn *
openflow_learn_scan (char *text, GError **error)
{
  g_autoptr (OpenflowLearn) learn = openflow_learn_new (1, OPENFLOW_PRIORITY_DEFAULT);
  char *item;

  while ((item = openflow_scan_item (&text, FALSE)))
    if (!scan_item (item, learn, error))
      return NULL;
  return g_steal_pointer (&learn);
}

/* Flows and groups from the lines that ovs-ofctl reads. */
#include "openflow/text-scan.h"

/* Words of a dump that say nothing about the flow itself. */
static gboolean
is_statistics (const char *name)
{
  static const char *const names[] = { "duration", "n_packets", "n_bytes", "idle_age", "hard_age" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      return TRUE;
  return FALSE;
}

static guint16
flag_of (const char *word)
{
  static const struct
  {
    const char *word;
    guint16 flag;
  } flags[] = {
    { "send_flow_rem", OPENFLOW_FLOW_SEND_REMOVED },
    { "check_overlap", OPENFLOW_FLOW_CHECK_OVERLAP },
    { "reset_counts", OPENFLOW_FLOW_RESET_COUNTS },
    { "no_packet_counts", OPENFLOW_FLOW_NO_PACKET_COUNTS },
    { "no_byte_counts", OPENFLOW_FLOW_NO_BYTE_COUNTS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_str_equal (flags[i].word, word))
      return flags[i].flag;
  return 0;
}

static gboolean
scan_cookie (char *value, OpenflowFlowMod *out, GError **error)
{
  char *slash = strchr (value, '/');

  if (slash)
    *slash++ = '\0';
  return openflow_scan_number (value, G_MAXUINT64, "cookie", &out->cookie, error)
         && (!slash || openflow_scan_number (slash, G_MAXUINT64, "cookie mask", &out->cookie_mask, error));
}

static gboolean
scan_setting (char *name, char *value, OpenflowFlowMod *out, GError **error)
{
  guint64 number;
  guint16 *to = g_str_equal (name, "priority")       ? &out->priority
                : g_str_equal (name, "idle_timeout") ? &out->idle_timeout
                : g_str_equal (name, "hard_timeout") ? &out->hard_timeout
                                                     : NULL;

  if (to)
    {
      if (!openflow_scan_number (value, G_MAXUINT16, name, &number, error))
        return FALSE;
      *to = (guint16) number;
      return TRUE;
    }
  if (g_str_equal (name, "table"))
    {
      if (!openflow_scan_number (value, 255, name, &number, error))
        return FALSE;
      out->table = (guint8) number;
      return TRUE;
    }
  if (g_str_equal (name, "cookie"))
    return scan_cookie (value, out, error);
  if (g_str_equal (name, "out_port"))
    return openflow_scan_port (value, &out->out_port, error);
  return is_statistics (name) || openflow_match_scan (name, value, &out->match, error);
}

static gboolean
scan_head (char *text, OpenflowFlowMod *out, GError **error)
{
  char *item;

  while ((item = openflow_scan_item (&text, TRUE)))
    {
      char *value = strchr (item, '=');
      guint16 flag = flag_of (item);

      if (value)
        {
          *value++ = '\0';
          if (!scan_setting (item, value, out, error))
            return FALSE;
        }
      else if (flag)
        out->flags |= flag;
      else if (!openflow_match_keyword (item, &out->match))
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME, "'%s' is no protocol, field or flag",
                                   item);
    }
  return TRUE;
}

static gboolean
check_flow (const OpenflowFlowMod *flow, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (!openflow_match_check (&flow->match, &cause))
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_RULE, "%s", cause->message);
  if (flow->instructions.has_goto && flow->instructions.goto_table <= flow->table)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_RULE, "goto_table:%u from table %u goes back",
                               flow->instructions.goto_table, flow->table);
  return TRUE;
}

gboolean
openflow_flow_parse (const char *line, OpenflowFlowMod *out, GError **error)
{
  g_autofree char *copy = g_strdup (line);
  char *actions = strstr (copy, "actions=");

  openflow_flow_mod_init (out, OPENFLOW_FLOW_ADD, 0, OPENFLOW_PRIORITY_DEFAULT);
  if (!actions)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "'%s' has no actions=", line);
  actions[0] = '\0';
  if (!scan_head (copy, out, error)
      || !openflow_instructions_parse (actions + strlen ("actions="), &out->instructions, error))
    return FALSE;
  if (check_flow (out, error))
    return TRUE;
  openflow_flow_mod_clear (out);
  return FALSE;
}

/* ---- groups -------------------------------------------------------------------------------------------------- */

static gboolean
scan_group_item (char *name, char *value, OpenflowGroupMod *out, GError **error)
{
  static const char *const types[] = { "all", "select", "indirect", "ff" };
  guint64 number;

  if (g_str_equal (name, "group_id"))
    {
      if (!openflow_scan_number (value, OPENFLOW_GROUP_ID_MAX - 1, name, &number, error))
        return FALSE;
      out->id = (guint32) number;
      return TRUE;
    }
  if (!g_str_equal (name, "type"))
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME,
                               "a group has no '%s'; it has group_id, type, bucket", name);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i], value)
        || (i == OPENFLOW_GROUP_TYPE_FAST_FAILOVER && g_str_equal ("fast_failover", value)))
      {
        out->type = (OpenflowGroupType) i;
        return TRUE;
      }
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE,
                             "type '%s': all, select, indirect or fast_failover", value);
}

static gboolean
scan_bucket_item (char *item, OpenflowBucket *bucket, GError **error)
{
  char *value;
  guint64 number;

  if (!openflow_scan_call (item, &value, error))
    return FALSE;
  if (value && g_str_equal (item, "weight"))
    {
      if (!openflow_scan_number (value, G_MAXUINT16, item, &number, error))
        return FALSE;
      bucket->weight = (guint16) number;
      return TRUE;
    }
  if (value && g_str_equal (item, "watch_port"))
    return openflow_scan_port (value, &bucket->watch_port, error);
  if (value && g_str_equal (item, "watch_group"))
    {
      if (!openflow_scan_number (value, G_MAXUINT32, item, &number, error))
        return FALSE;
      bucket->watch_group = (guint32) number;
      return TRUE;
    }
  if (value && g_str_equal (item, "bucket_id"))
    return TRUE;
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME,
                             "a bucket has no '%s'; it has weight, watch_port, watch_group, actions", item);
}

/* "weight:5,watch_port:3,actions=…"; the word actions= may be left out. */
static gboolean
scan_bucket (char *text, OpenflowGroupMod *out, GError **error)
{
  OpenflowBucket *bucket = openflow_buckets_add (&out->buckets, out->type);
  char *actions = strstr (text, "actions="), *item;

  if (!actions)
    return openflow_actions_scan (text, &bucket->actions, error);
  actions[0] = '\0';
  while ((item = openflow_scan_item (&text, FALSE)))
    if (!scan_bucket_item (item, bucket, error))
      return FALSE;
  return openflow_actions_scan (actions + strlen ("actions="), &bucket->actions, error);
}

gboolean
openflow_group_parse (const char *line, OpenflowGroupMod *out, GError **error)
{
  g_autofree char *copy = g_strdup (line);
  g_auto (OpenflowGroupMod) mod = { 0 };
  char *at, *bucket = strstr (copy, "bucket="), *item;

  *out = (OpenflowGroupMod){ 0 };
  if (bucket)
    *bucket = '\0';
  at = copy;
  while ((item = openflow_scan_item (&at, TRUE)))
    {
      char *value = strchr (item, '=');
      if (!value)
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "'%s' in a group has no value", item);
      *value++ = '\0';
      if (!scan_group_item (item, value, &mod, error))
        return FALSE;
    }
  while (bucket)
    {
      char *text = bucket + strlen ("bucket=");
      bucket = strstr (text, "bucket=");
      if (bucket)
        *bucket = '\0';
      if (!scan_bucket (text, &mod, error))
        return FALSE;
    }
  *out = mod;
  mod = (OpenflowGroupMod){ 0 };
  return TRUE;
}

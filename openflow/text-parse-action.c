/* Actions and instructions from the text form. */
#include "openflow/text-parse.h"

typedef gboolean (*ActionScan) (char *argument, OpenflowAction *action, GError **error);

static gboolean
scan_u16 (const char *text, const char *what, guint16 *out, GError **error)
{
  guint64 number;

  if (!openflow_scan_number (text, G_MAXUINT16, what, &number, error))
    return FALSE;
  *out = (guint16) number;
  return TRUE;
}

static gboolean
scan_output (char *argument, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_OUTPUT;
  if (!strchr (argument, '['))
    return openflow_scan_port (argument, &action->output.port, error);
  action->type = OPENFLOW_ACTION_OUTPUT_REG;
  action->output_reg.max_len = OPENFLOW_MAX_LEN_NO_BUFFER;
  return openflow_scan_subfield (argument, &action->output_reg.from, error);
}

static gboolean
scan_group (char *argument, OpenflowAction *action, GError **error)
{
  guint64 id;

  action->type = OPENFLOW_ACTION_GROUP;
  if (!openflow_scan_number (argument, OPENFLOW_GROUP_ID_MAX - 1, "group", &id, error))
    return FALSE;
  action->group = (guint32) id;
  return TRUE;
}

static gboolean
scan_queue (char *argument, OpenflowAction *action, GError **error)
{
  guint64 id;

  action->type = OPENFLOW_ACTION_SET_QUEUE;
  if (!openflow_scan_number (argument, G_MAXUINT32, "set_queue", &id, error))
    return FALSE;
  action->queue = (guint32) id;
  return TRUE;
}

static gboolean
scan_push_vlan (char *argument, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_PUSH_VLAN;
  return scan_u16 (argument, "push_vlan", &action->push_ethertype, error);
}

static gboolean
cut_arrow (char *text, char **to, GError **error)
{
  *to = strstr (text, "->");
  if (!*to)
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "'%s' has no '->'", text);
  **to = '\0';
  *to += 2;
  return TRUE;
}

static gboolean
settable (OpenflowFieldId field, GError **error)
{
  return openflow_field (field)->writable
         || openflow_text_fail (error, OPENFLOW_TEXT_ERROR_RULE, "%s cannot be set",
                                openflow_field (field)->name);
}

static gboolean
scan_set_field (char *argument, OpenflowAction *action, GError **error)
{
  char *to;

  action->type = OPENFLOW_ACTION_SET_FIELD;
  return cut_arrow (argument, &to, error) && openflow_scan_field (to, &action->set_field.field, error)
         && settable (action->set_field.field, error)
         && openflow_scan_masked (action->set_field.field, argument, &action->set_field.value,
                                  &action->set_field.mask, error);
}

static gboolean
scan_load (char *argument, OpenflowAction *action, GError **error)
{
  char *to;
  guint n_bits;

  action->type = OPENFLOW_ACTION_LOAD;
  if (!cut_arrow (argument, &to, error) || !openflow_scan_subfield (to, &action->load.to, error)
      || !settable (action->load.to.field, error))
    return FALSE;
  n_bits = action->load.to.n_bits;
  return openflow_scan_number (argument, n_bits < 64 ? (G_GUINT64_CONSTANT (1) << n_bits) - 1 : G_MAXUINT64,
                               "load", &action->load.value, error);
}

static gboolean
scan_move (char *argument, OpenflowAction *action, GError **error)
{
  char *to;

  action->type = OPENFLOW_ACTION_MOVE;
  if (!cut_arrow (argument, &to, error) || !openflow_scan_subfield (argument, &action->move.from, error)
      || !openflow_scan_subfield (to, &action->move.to, error) || !settable (action->move.to.field, error))
    return FALSE;
  return action->move.from.n_bits == action->move.to.n_bits
         || openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "move of %u bits into %u",
                                action->move.from.n_bits, action->move.to.n_bits);
}

/* "PORT", ",TABLE", "PORT,TABLE". */
static gboolean
scan_resubmit (char *argument, OpenflowAction *action, GError **error)
{
  char *comma = strchr (argument, ',');
  guint64 table;

  action->type = OPENFLOW_ACTION_RESUBMIT;
  action->resubmit.in_port = OPENFLOW_RESUBMIT_IN_PORT;
  action->resubmit.table = OPENFLOW_RESUBMIT_TABLE;
  if (comma)
    *comma++ = '\0';
  if (*argument && g_ascii_strcasecmp (argument, "IN_PORT") != 0
      && !scan_u16 (argument, "resubmit port", &action->resubmit.in_port, error))
    return FALSE;
  if (!comma || !*comma)
    return TRUE;
  if (!openflow_scan_number (comma, 254, "resubmit table", &table, error))
    return FALSE;
  action->resubmit.table = (guint8) table;
  return TRUE;
}

static gboolean
scan_learn (char *argument, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_LEARN;
  action->learn = openflow_learn_scan (argument, error);
  return action->learn != NULL;
}

static gboolean
scan_controller_item (char *name, OpenflowAction *action, GError **error)
{
  static const char *const reasons[] = { "no_match", "action", "invalid_ttl" };
  char *value = strchr (name, '=');

  if (value)
    *value++ = '\0';
  if (value && g_str_equal (name, "max_len"))
    return scan_u16 (value, name, &action->controller.max_len, error);
  if (value && g_str_equal (name, "id"))
    return scan_u16 (value, name, &action->controller.controller_id, error);
  for (guint8 i = 0; value && g_str_equal (name, "reason") && i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reasons[i], value))
      {
        action->controller.reason = i;
        return TRUE;
      }
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME,
                             "controller() has no '%s'; it has reason, max_len, id", name);
}

/* "controller(reason=…,max_len=…,id=…)", "CONTROLLER:65535", "CONTROLLER". */
static gboolean
scan_controller (char *argument, OpenflowAction *action, GError **error)
{
  char *item;

  if (!argument || g_ascii_isdigit (*argument))
    {
      action->type = OPENFLOW_ACTION_OUTPUT;
      action->output.port = OPENFLOW_PORT_CONTROLLER;
      action->output.max_len = OPENFLOW_MAX_LEN_NO_BUFFER;
      return !argument || scan_u16 (argument, "CONTROLLER", &action->output.max_len, error);
    }
  action->type = OPENFLOW_ACTION_CONTROLLER;
  action->controller.max_len = OPENFLOW_MAX_LEN_NO_BUFFER;
  action->controller.reason = 1;
  while ((item = openflow_scan_item (&argument, FALSE)))
    if (!scan_controller_item (item, action, error))
      return FALSE;
  return TRUE;
}

static gboolean
scan_ct_zone (const char *value, OpenflowAction *action, GError **error)
{
  if (g_ascii_isdigit (*value))
    return scan_u16 (value, "ct zone", &action->ct.zone, error);
  action->ct.has_zone_from = TRUE;
  return openflow_scan_subfield (value, &action->ct.zone_from, error)
         && (action->ct.zone_from.n_bits == 16
             || openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "ct zone '%s' has %u bits; it needs 16",
                                    value, action->ct.zone_from.n_bits));
}

static gboolean
scan_ct_item (char *name, OpenflowAction *action, GError **error)
{
  char *value = strchr (name, '=');
  guint64 table;

  if (value)
    *value++ = '\0';
  if (!value && g_str_equal (name, "commit"))
    action->ct.flags |= OPENFLOW_CT_COMMIT;
  else if (!value && g_str_equal (name, "force"))
    action->ct.flags |= OPENFLOW_CT_FORCE;
  else if (value && g_str_equal (name, "zone"))
    return scan_ct_zone (value, action, error);
  else if (value && g_str_equal (name, "table"))
    {
      if (!openflow_scan_number (value, 254, "ct table", &table, error))
        return FALSE;
      action->ct.table = (guint8) table;
    }
  else
    return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME,
                               "ct() has no '%s'; it has commit, force, table, zone", name);
  return TRUE;
}

static gboolean
scan_ct (char *argument, OpenflowAction *action, GError **error)
{
  char *item;

  action->type = OPENFLOW_ACTION_CT;
  action->ct.table = OPENFLOW_CT_NO_RECIRCULATION;
  while ((item = openflow_scan_item (&argument, FALSE)))
    if (!scan_ct_item (item, action, error))
      return FALSE;
  return !(action->ct.flags & OPENFLOW_CT_FORCE) || (action->ct.flags & OPENFLOW_CT_COMMIT)
         || openflow_text_fail (error, OPENFLOW_TEXT_ERROR_RULE, "ct(force) needs commit");
}

static gboolean
scan_note (char *argument, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_NOTE;
  while (*argument)
    {
      gint high, low;
      if (*argument == '.')
        argument++;
      high = g_ascii_xdigit_value (argument[0]);
      low = high < 0 ? -1 : g_ascii_xdigit_value (argument[1]);
      if (low < 0 || action->note.n == sizeof action->note.bytes)
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_VALUE, "note: up to %u bytes as 01.02.…",
                                   (guint) sizeof action->note.bytes);
      action->note.bytes[action->note.n++] = (guint8) (high << 4 | low);
      argument += 2;
    }
  return TRUE;
}

static const struct
{
  const char *name;
  ActionScan scan;
  OpenflowActionType plain; /* without scan: the action is its name */
  gboolean optional;        /* the argument may be left out */
} action_names[] = {
  { "output", scan_output },
  { "group", scan_group },
  { "set_queue", scan_queue },
  { "push_vlan", scan_push_vlan },
  { "pop_vlan", NULL, OPENFLOW_ACTION_POP_VLAN },
  { "strip_vlan", NULL, OPENFLOW_ACTION_POP_VLAN },
  { "dec_ttl", NULL, OPENFLOW_ACTION_DEC_TTL },
  { "set_field", scan_set_field },
  { "load", scan_load },
  { "move", scan_move },
  { "resubmit", scan_resubmit },
  { "learn", scan_learn },
  { "controller", scan_controller, OPENFLOW_ACTION_CONTROLLER, TRUE },
  { "CONTROLLER", scan_controller, OPENFLOW_ACTION_CONTROLLER, TRUE },
  { "note", scan_note },
  { "ct", scan_ct, OPENFLOW_ACTION_CT, TRUE },
  { "ct_clear", NULL, OPENFLOW_ACTION_CT_CLEAR },
};

static gboolean
scan_action (char *name, char *argument, OpenflowAction *action, GError **error)
{
  guint32 port;

  *action = (OpenflowAction){ 0 };
  for (guint i = 0; i < G_N_ELEMENTS (action_names); i++)
    {
      if (strcmp (action_names[i].name, name) != 0)
        continue;
      if (!action_names[i].scan)
        {
          action->type = action_names[i].plain;
          return TRUE;
        }
      if (!argument && !action_names[i].optional)
        return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_SYNTAX, "%s needs an argument", name);
      return action_names[i].scan (argument, action, error);
    }
  if (!argument && openflow_scan_port (name, &port, NULL))
    {
      action->type = OPENFLOW_ACTION_OUTPUT;
      action->output.port = port;
      return TRUE;
    }
  return openflow_text_fail (error, OPENFLOW_TEXT_ERROR_NAME, "'%s' is no action", name);
}

gboolean
openflow_actions_scan (char *text, OpenflowActions *out, GError **error)
{
  g_auto (OpenflowActions) actions = { 0 };
  char *item, *argument;
  OpenflowAction action;

  *out = (OpenflowActions){ 0 };
  while ((item = openflow_scan_item (&text, FALSE)))
    {
      if (g_str_equal (item, "drop"))
        continue;
      if (!openflow_scan_call (item, &argument, error) || !scan_action (item, argument, &action, error))
        return FALSE;
      openflow_actions_add (&actions, &action);
    }
  *out = actions;
  actions = (OpenflowActions){ 0 };
  return TRUE;
}

gboolean
openflow_actions_parse (const char *text, OpenflowActions *out, GError **error)
{
  g_autofree char *copy = g_strdup (text);
  return openflow_actions_scan (copy, out, error);
}

/* ---- instructions -------------------------------------------------------------------------------------------- */

static gboolean
scan_write_metadata (char *argument, OpenflowInstructions *out, GError **error)
{
  OpenflowValue value, mask;

  if (!openflow_scan_masked (OPENFLOW_FIELD_METADATA, argument, &value, &mask, error))
    return FALSE;
  openflow_instructions_write_metadata (out, value.low, mask.low);
  return TRUE;
}

static gboolean
scan_write_actions (char *argument, OpenflowInstructions *out, GError **error)
{
  openflow_actions_clear (&out->write);
  return openflow_actions_scan (argument, openflow_instructions_write (out), error);
}

static gboolean
scan_instruction (const char *name, char *argument, OpenflowInstructions *out, gboolean *found,
                  GError **error)
{
  guint64 number;

  *found = TRUE;
  if (g_str_equal (name, "clear_actions"))
    {
      out->has_clear = TRUE;
      return TRUE;
    }
  if (argument && g_str_equal (name, "goto_table"))
    {
      if (!openflow_scan_number (argument, 254, name, &number, error))
        return FALSE;
      openflow_instructions_goto (out, (guint8) number);
      return TRUE;
    }
  if (argument && g_str_equal (name, "meter"))
    {
      if (!openflow_scan_number (argument, G_MAXUINT32, name, &number, error))
        return FALSE;
      out->has_meter = TRUE;
      out->meter = (guint32) number;
      return TRUE;
    }
  if (argument && g_str_equal (name, "write_metadata"))
    return scan_write_metadata (argument, out, error);
  if (argument && g_str_equal (name, "write_actions"))
    return scan_write_actions (argument, out, error);
  *found = FALSE;
  return TRUE;
}

gboolean
openflow_instructions_parse (char *text, OpenflowInstructions *out, GError **error)
{
  g_auto (OpenflowInstructions) instructions = { 0 };
  char *item, *argument;
  OpenflowAction action;
  gboolean found;

  *out = (OpenflowInstructions){ 0 };
  while ((item = openflow_scan_item (&text, FALSE)))
    {
      if (g_str_equal (item, "drop"))
        continue;
      if (!openflow_scan_call (item, &argument, error)
          || !scan_instruction (item, argument, &instructions, &found, error))
        return FALSE;
      if (found)
        continue;
      if (!scan_action (item, argument, &action, error))
        return FALSE;
      openflow_actions_add (openflow_instructions_apply (&instructions), &action);
    }
  *out = instructions;
  instructions = (OpenflowInstructions){ 0 };
  return TRUE;
}

/* Actions and instructions as ovs-ofctl prints them. */
#include "openflow/text-print.h"

static void
print_spec (const OpenflowLearnSpec *spec, GString *out)
{
  switch (spec->use)
    {
    case OPENFLOW_LEARN_OUTPUT:
      g_string_append (out, "output:");
      openflow_print_subfield (spec->from, out);
      return;
    case OPENFLOW_LEARN_LOAD:
      g_string_append (out, "load:");
      if (spec->immediate)
        openflow_print_hex (spec->value, out);
      else
        openflow_print_subfield (spec->from, out);
      g_string_append (out, "->");
      openflow_print_subfield (spec->to, out);
      return;
    case OPENFLOW_LEARN_MATCH:
      if (spec->immediate && spec->to.n_bits == openflow_field (spec->to.field)->bits)
        {
          g_string_append_printf (out, "%s=", openflow_field_set_name (spec->to.field));
          openflow_print_value (spec->to.field, spec->value, out);
          return;
        }
      openflow_print_subfield (spec->to, out);
      if (spec->immediate)
        {
          g_string_append_c (out, '=');
          openflow_print_hex (spec->value, out);
        }
      else if (spec->from.field != spec->to.field || spec->from.first != spec->to.first)
        {
          g_string_append_c (out, '=');
          openflow_print_subfield (spec->from, out);
        }
      return;
    }
}

static void
print_learn (const OpenflowLearn *learn, GString *out)
{
  g_string_append_printf (out, "learn(table=%u", learn->table);
  if (learn->idle_timeout)
    g_string_append_printf (out, ",idle_timeout=%u", learn->idle_timeout);
  if (learn->hard_timeout)
    g_string_append_printf (out, ",hard_timeout=%u", learn->hard_timeout);
  if (learn->fin_idle_timeout)
    g_string_append_printf (out, ",fin_idle_timeout=%u", learn->fin_idle_timeout);
  if (learn->fin_hard_timeout)
    g_string_append_printf (out, ",fin_hard_timeout=%u", learn->fin_hard_timeout);
  if (learn->priority != OPENFLOW_PRIORITY_DEFAULT)
    g_string_append_printf (out, ",priority=%u", learn->priority);
  if (learn->flags & OPENFLOW_LEARN_SEND_FLOW_REMOVED)
    g_string_append (out, ",send_flow_rem");
  if (learn->flags & OPENFLOW_LEARN_DELETE_LEARNED)
    g_string_append (out, ",delete_learned");
  if (learn->cookie)
    g_string_append_printf (out, ",cookie=0x%" G_GINT64_MODIFIER "x", learn->cookie);
  for (guint i = 0; i < learn->specs->len; i++)
    {
      g_string_append_c (out, ',');
      print_spec (&g_array_index (learn->specs, OpenflowLearnSpec, i), out);
    }
  g_string_append_c (out, ')');
}

static void
print_output (const OpenflowAction *action, GString *out)
{
  if (action->output.port == OPENFLOW_PORT_CONTROLLER)
    g_string_append_printf (out, "CONTROLLER:%u", action->output.max_len);
  else
    {
      if (action->output.port < OPENFLOW_PORT_MAX)
        g_string_append (out, "output:");
      openflow_print_port (action->output.port, out);
    }
}

static void
print_resubmit (const OpenflowAction *action, GString *out)
{
  if (action->resubmit.table == OPENFLOW_RESUBMIT_TABLE
      && action->resubmit.in_port != OPENFLOW_RESUBMIT_IN_PORT)
    {
      g_string_append_printf (out, "resubmit:%u", action->resubmit.in_port);
      return;
    }
  g_string_append (out, "resubmit(");
  if (action->resubmit.in_port != OPENFLOW_RESUBMIT_IN_PORT)
    g_string_append_printf (out, "%u", action->resubmit.in_port);
  g_string_append_c (out, ',');
  if (action->resubmit.table != OPENFLOW_RESUBMIT_TABLE)
    g_string_append_printf (out, "%u", action->resubmit.table);
  g_string_append_c (out, ')');
}

static void
print_controller (const OpenflowAction *action, GString *out)
{
  static const char *const reasons[] = { "no_match", "action", "invalid_ttl" };
  const char *comma = "";

  g_string_append (out, "controller(");
  if (action->controller.reason != 1 && action->controller.reason < G_N_ELEMENTS (reasons))
    {
      g_string_append_printf (out, "reason=%s", reasons[action->controller.reason]);
      comma = ",";
    }
  if (action->controller.max_len != OPENFLOW_MAX_LEN_NO_BUFFER)
    {
      g_string_append_printf (out, "%smax_len=%u", comma, action->controller.max_len);
      comma = ",";
    }
  if (action->controller.controller_id)
    g_string_append_printf (out, "%sid=%u", comma, action->controller.controller_id);
  g_string_append_c (out, ')');
}

static void
print_ct (const OpenflowAction *action, GString *out)
{
  gsize begin;

  g_string_append (out, "ct(");
  begin = out->len;
  if (action->ct.flags & OPENFLOW_CT_COMMIT)
    g_string_append (out, "commit,");
  if (action->ct.flags & OPENFLOW_CT_FORCE)
    g_string_append (out, "force,");
  if (action->ct.table != OPENFLOW_CT_NO_RECIRCULATION)
    g_string_append_printf (out, "table=%u,", action->ct.table);
  if (action->ct.has_zone_from)
    {
      g_string_append (out, "zone=");
      openflow_print_subfield (action->ct.zone_from, out);
      g_string_append_c (out, ',');
    }
  else if (action->ct.zone)
    g_string_append_printf (out, "zone=%u,", action->ct.zone);
  if (out->len > begin)
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, ')');
}

static void
print_note (const OpenflowAction *action, GString *out)
{
  g_string_append (out, "note:");
  for (guint i = 0; i < action->note.n; i++)
    g_string_append_printf (out, "%s%02x", i ? "." : "", action->note.bytes[i]);
}

static void
print_set_field (const OpenflowAction *action, GString *out)
{
  OpenflowFieldId field = action->set_field.field;
  OpenflowValue ones = openflow_field_all_ones (field), mask = action->set_field.mask;

  g_string_append (out, "set_field:");
  openflow_print_value (field, action->set_field.value, out);
  if (mask.high != ones.high || mask.low != ones.low)
    {
      g_string_append_c (out, '/');
      openflow_print_hex (mask, out);
    }
  g_string_append_printf (out, "->%s", openflow_field_set_name (field));
}

static void
print_action (const OpenflowAction *action, GString *out)
{
  switch (action->type)
    {
    case OPENFLOW_ACTION_OUTPUT:
      print_output (action, out);
      break;
    case OPENFLOW_ACTION_GROUP:
      g_string_append_printf (out, "group:%u", action->group);
      break;
    case OPENFLOW_ACTION_SET_FIELD:
      print_set_field (action, out);
      break;
    case OPENFLOW_ACTION_PUSH_VLAN:
      g_string_append_printf (out, "push_vlan:0x%04x", action->push_ethertype);
      break;
    case OPENFLOW_ACTION_POP_VLAN:
      g_string_append (out, "pop_vlan");
      break;
    case OPENFLOW_ACTION_SET_QUEUE:
      g_string_append_printf (out, "set_queue:%u", action->queue);
      break;
    case OPENFLOW_ACTION_DEC_TTL:
      g_string_append (out, "dec_ttl");
      break;
    case OPENFLOW_ACTION_LOAD:
      g_string_append (out, "load:");
      openflow_print_hex ((OpenflowValue){ 0, action->load.value }, out);
      g_string_append (out, "->");
      openflow_print_subfield (action->load.to, out);
      break;
    case OPENFLOW_ACTION_MOVE:
      g_string_append (out, "move:");
      openflow_print_subfield (action->move.from, out);
      g_string_append (out, "->");
      openflow_print_subfield (action->move.to, out);
      break;
    case OPENFLOW_ACTION_RESUBMIT:
      print_resubmit (action, out);
      break;
    case OPENFLOW_ACTION_LEARN:
      print_learn (action->learn, out);
      break;
    case OPENFLOW_ACTION_CONTROLLER:
      print_controller (action, out);
      break;
    case OPENFLOW_ACTION_OUTPUT_REG:
      g_string_append (out, "output:");
      openflow_print_subfield (action->output_reg.from, out);
      break;
    case OPENFLOW_ACTION_NOTE:
      print_note (action, out);
      break;
    case OPENFLOW_ACTION_CT:
      print_ct (action, out);
      break;
    case OPENFLOW_ACTION_CT_CLEAR:
      g_string_append (out, "ct_clear");
      break;
    }
}

static void
print_list (const OpenflowActions *actions, GString *out)
{
  for (guint i = 0; i < actions->n; i++)
    {
      if (i)
        g_string_append_c (out, ',');
      print_action (&actions->items[i], out);
    }
}

void
openflow_actions_print (const OpenflowActions *actions, GString *out)
{
  if (actions->n == 0)
    g_string_append (out, "drop");
  print_list (actions, out);
}

void
openflow_instructions_print (const OpenflowInstructions *instructions, GString *out)
{
  gsize begin = out->len;

  if (instructions->has_meter)
    g_string_append_printf (out, "meter:%u,", instructions->meter);
  if (instructions->has_apply && instructions->apply.n)
    {
      print_list (&instructions->apply, out);
      g_string_append_c (out, ',');
    }
  if (instructions->has_clear)
    g_string_append (out, "clear_actions,");
  if (instructions->has_write)
    {
      g_string_append (out, "write_actions(");
      openflow_actions_print (&instructions->write, out);
      g_string_append (out, "),");
    }
  if (instructions->has_metadata)
    {
      g_string_append_printf (out, "write_metadata:0x%" G_GINT64_MODIFIER "x", instructions->metadata);
      if (instructions->metadata_mask != G_MAXUINT64)
        g_string_append_printf (out, "/0x%" G_GINT64_MODIFIER "x", instructions->metadata_mask);
      g_string_append_c (out, ',');
    }
  if (instructions->has_goto)
    g_string_append_printf (out, "goto_table:%u,", instructions->goto_table);
  if (out->len > begin)
    g_string_truncate (out, out->len - 1);
  else
    g_string_append (out, "drop");
}

/* Lists of actions, and the short ways to write the usual ones. */
#include "openflow/action.h"

void
openflow_actions_clear (OpenflowActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    if (actions->items[i].type == OPENFLOW_ACTION_LEARN)
      openflow_learn_free (actions->items[i].learn);
  g_free (actions->items);
  *actions = (OpenflowActions){ 0 };
}

void
openflow_actions_copy (OpenflowActions *to, const OpenflowActions *from)
{
  *to = (OpenflowActions){ .items = g_memdup2 (from->items, from->n * sizeof *from->items),
                           .n = from->n,
                           .room = from->n };
  for (guint i = 0; i < to->n; i++)
    if (to->items[i].type == OPENFLOW_ACTION_LEARN)
      to->items[i].learn = openflow_learn_copy (to->items[i].learn);
}

/* Equal lists have equal wire forms. */
gboolean
openflow_actions_equal (const OpenflowActions *a, const OpenflowActions *b)
{
  g_autoptr (GByteArray) a_bytes = g_byte_array_new ();
  g_autoptr (GByteArray) b_bytes = g_byte_array_new ();

  if (a->n != b->n)
    return FALSE;
  openflow_actions_encode (a, a_bytes);
  openflow_actions_encode (b, b_bytes);
  return a_bytes->len == b_bytes->len
         && (a->n == 0 || memcmp (a_bytes->data, b_bytes->data, a_bytes->len) == 0);
}

void
openflow_actions_add (OpenflowActions *actions, const OpenflowAction *action)
{
  if (actions->n == actions->room)
    {
      actions->room = MAX (4, actions->room * 2);
      actions->items = g_renew (OpenflowAction, actions->items, actions->room);
    }
  actions->items[actions->n++] = *action;
}

static void
add_output (OpenflowActions *actions, guint32 port, guint16 max_len)
{
  OpenflowAction action = { .type = OPENFLOW_ACTION_OUTPUT };
  action.output.port = port;
  action.output.max_len = max_len;
  openflow_actions_add (actions, &action);
}

void
openflow_actions_output (OpenflowActions *actions, guint32 port)
{
  add_output (actions, port, 0);
}

void
openflow_actions_controller (OpenflowActions *actions)
{
  add_output (actions, OPENFLOW_PORT_CONTROLLER, OPENFLOW_MAX_LEN_NO_BUFFER);
}

void
openflow_actions_group (OpenflowActions *actions, guint32 group)
{
  OpenflowAction action = { .type = OPENFLOW_ACTION_GROUP };
  action.group = group;
  openflow_actions_add (actions, &action);
}

void
openflow_actions_set_field (OpenflowActions *actions, OpenflowFieldId field, guint64 value)
{
  OpenflowAction action = { .type = OPENFLOW_ACTION_SET_FIELD };
  action.set_field.field = field;
  action.set_field.value.low = value;
  action.set_field.mask = openflow_field_all_ones (field);
  openflow_actions_add (actions, &action);
}

void
openflow_actions_load (OpenflowActions *actions, OpenflowSubfield to, guint64 value)
{
  OpenflowAction action = { .type = OPENFLOW_ACTION_LOAD };
  action.load.to = to;
  action.load.value = value;
  openflow_actions_add (actions, &action);
}

void
openflow_actions_resubmit (OpenflowActions *actions, guint8 table)
{
  OpenflowAction action = { .type = OPENFLOW_ACTION_RESUBMIT };
  action.resubmit.in_port = OPENFLOW_RESUBMIT_IN_PORT;
  action.resubmit.table = table;
  openflow_actions_add (actions, &action);
}

void
openflow_actions_learn (OpenflowActions *actions, OpenflowLearn *learn)
{
  OpenflowAction action = { .type = OPENFLOW_ACTION_LEARN };
  action.learn = learn;
  openflow_actions_add (actions, &action);
}

/* Actions from the wire (1.3.5 §7.2.5), refused as the standard and Open vSwitch refuse them. */
#include "openflow/action-wire.h"

#include "net/ethernet.h"
#include "openflow/element.h"

/* What follows an action is padding, of fewer bytes than this. */
#define ACTION_ALIGNMENT 8u

gboolean
openflow_subfield_decode (guint32 header, guint first, guint n_bits, OpenflowSubfield *out, GError **error)
{
  gint id = openflow_field_from_header (header);

  if (id < 0 || (header & 0x100))
    return openflow_fail (error, OPENFLOW_ERROR_MATCH_BAD_FIELD, "no field has the header 0x%08x", header);
  if (n_bits == 0 || first + n_bits > openflow_field ((OpenflowFieldId) id)->bits)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT, "bits %u to %u of %s, which has %u",
                          first, first + n_bits - 1, openflow_field ((OpenflowFieldId) id)->name,
                          openflow_field ((OpenflowFieldId) id)->bits);
  *out = (OpenflowSubfield){ .field = (OpenflowFieldId) id,
                             .first = (guint8) first,
                             .n_bits = (guint8) n_bits };
  return TRUE;
}

static gboolean
cut_short (GError **error)
{
  return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_LENGTH, "an action is cut short");
}

static gboolean
writable (OpenflowFieldId field, GError **error)
{
  if (openflow_field (field)->writable)
    return TRUE;
  return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT, "%s cannot be set",
                        openflow_field (field)->name);
}

static gboolean
decode_set_field (NetCursor *body, OpenflowAction *action, GError **error)
{
  OpenflowFieldId field;
  OpenflowValue value, mask;
  gboolean has_mask;
  g_autoptr (GError) cause = NULL;

  if (!openflow_oxm_decode (body, &field, &value, &mask, &has_mask, &cause))
    {
      gint pair = g_error_matches (cause, OPENFLOW_ERROR, OPENFLOW_ERROR_MATCH_BAD_FIELD)
                      ? OPENFLOW_ERROR_ACTION_BAD_SET_TYPE
                  : g_error_matches (cause, OPENFLOW_ERROR, OPENFLOW_ERROR_MATCH_BAD_VALUE)
                      ? OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT
                      : OPENFLOW_ERROR_ACTION_BAD_SET_LENGTH;
      return openflow_fail (error, pair, "set_field: %s", cause->message);
    }
  if (has_mask)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_SET_TYPE, "set_field of %s with a mask",
                          openflow_field (field)->name);
  if (!writable (field, error))
    return FALSE;
  action->type = OPENFLOW_ACTION_SET_FIELD;
  action->set_field.field = field;
  action->set_field.value = value;
  action->set_field.mask = mask;
  return TRUE;
}

static gboolean
decode_push_vlan (NetCursor *body, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_PUSH_VLAN;
  if (!net_cursor_be16 (body, &action->push_ethertype))
    return cut_short (error);
  if (action->push_ethertype != NET_ETHERTYPE_VLAN && action->push_ethertype != NET_ETHERTYPE_QINQ)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_ARGUMENT, "push_vlan with EtherType 0x%04x",
                          action->push_ethertype);
  return TRUE;
}

static gboolean
decode_load (NetCursor *body, OpenflowAction *action, GError **error)
{
  guint16 place;
  guint32 header;

  action->type = OPENFLOW_ACTION_LOAD;
  if (!net_cursor_be16 (body, &place) || !net_cursor_be32 (body, &header)
      || !net_cursor_be64 (body, &action->load.value))
    return cut_short (error);
  if (!openflow_subfield_decode (header, place >> 6, (place & 63u) + 1, &action->load.to, error)
      || !writable (action->load.to.field, error))
    return FALSE;
  if (action->load.to.n_bits < 64 && action->load.value >> action->load.to.n_bits)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_ARGUMENT,
                          "load of 0x%" G_GINT64_MODIFIER "x into %u bits", action->load.value,
                          action->load.to.n_bits);
  return TRUE;
}

static gboolean
decode_move (NetCursor *body, OpenflowAction *action, GError **error)
{
  guint16 n_bits, from_first, to_first;
  guint32 from, to;

  action->type = OPENFLOW_ACTION_MOVE;
  if (!net_cursor_be16 (body, &n_bits) || !net_cursor_be16 (body, &from_first)
      || !net_cursor_be16 (body, &to_first) || !net_cursor_be32 (body, &from) || !net_cursor_be32 (body, &to))
    return cut_short (error);
  return openflow_subfield_decode (from, from_first, n_bits, &action->move.from, error)
         && openflow_subfield_decode (to, to_first, n_bits, &action->move.to, error)
         && writable (action->move.to.field, error);
}

static gboolean
decode_resubmit (NetCursor *body, gboolean with_table, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_RESUBMIT;
  action->resubmit.table = OPENFLOW_RESUBMIT_TABLE;
  if (!net_cursor_be16 (body, &action->resubmit.in_port)
      || (with_table && !net_cursor_u8 (body, &action->resubmit.table)))
    return cut_short (error);
  return TRUE;
}

static gboolean
decode_output_reg (NetCursor *body, OpenflowAction *action, GError **error)
{
  guint16 place;
  guint32 header;

  action->type = OPENFLOW_ACTION_OUTPUT_REG;
  if (!net_cursor_be16 (body, &place) || !net_cursor_be32 (body, &header)
      || !net_cursor_be16 (body, &action->output_reg.max_len))
    return cut_short (error);
  return openflow_subfield_decode (header, place >> 6, (place & 63u) + 1, &action->output_reg.from, error);
}

static gboolean
decode_controller (NetCursor *body, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_CONTROLLER;
  return (net_cursor_be16 (body, &action->controller.max_len)
          && net_cursor_be16 (body, &action->controller.controller_id)
          && net_cursor_u8 (body, &action->controller.reason))
         || cut_short (error);
}

static gboolean
decode_ct_zone (guint32 header, guint16 zone, OpenflowAction *action, GError **error)
{
  action->ct.zone = zone;
  action->ct.has_zone_from = header != 0;
  if (!header)
    return TRUE;
  if ((zone & 63u) + 1 != CT_ZONE_BITS)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_SET_LENGTH, "ct's zone is taken from %u bits",
                          (zone & 63u) + 1);
  return openflow_subfield_decode (header, zone >> 6, CT_ZONE_BITS, &action->ct.zone_from, error);
}

/* Nested actions and helpers change packets, which stateless tables do not ask for. */
static gboolean
decode_ct (NetCursor *body, OpenflowAction *action, GError **error)
{
  guint32 zone_header;
  guint16 zone, helper;

  action->type = OPENFLOW_ACTION_CT;
  if (!net_cursor_be16 (body, &action->ct.flags) || !net_cursor_be32 (body, &zone_header)
      || !net_cursor_be16 (body, &zone) || !net_cursor_u8 (body, &action->ct.table)
      || !net_cursor_take (body, 3) || !net_cursor_be16 (body, &helper))
    return cut_short (error);
  if (helper || net_cursor_left (body))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_ARGUMENT,
                          "ct with a helper or with actions of its own, which this switch does not have");
  if ((action->ct.flags & OPENFLOW_CT_FORCE) && !(action->ct.flags & OPENFLOW_CT_COMMIT))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_ARGUMENT, "ct with force, but without commit");
  return decode_ct_zone (zone_header, zone, action, error);
}

static gboolean
decode_note (NetCursor *body, OpenflowAction *action, GError **error)
{
  action->type = OPENFLOW_ACTION_NOTE;
  action->note.n = (guint8) MIN (net_cursor_left (body), sizeof action->note.bytes);
  return net_cursor_copy (body, action->note.bytes, action->note.n) || cut_short (error);
}

static gboolean
decode_nicira (NetCursor *body, OpenflowAction *action, GError **error)
{
  guint32 experimenter;
  guint16 subtype;

  if (!net_cursor_be32 (body, &experimenter))
    return cut_short (error);
  if (experimenter != OPENFLOW_EXPERIMENTER_NICIRA)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_EXPERIMENTER, "action of experimenter 0x%08x",
                          experimenter);
  if (!net_cursor_be16 (body, &subtype))
    return cut_short (error);
  switch (subtype)
    {
    case NICIRA_RESUBMIT:
    case NICIRA_RESUBMIT_TABLE:
      return decode_resubmit (body, subtype == NICIRA_RESUBMIT_TABLE, action, error);
    case NICIRA_REG_MOVE:
      return decode_move (body, action, error);
    case NICIRA_REG_LOAD:
      return decode_load (body, action, error);
    case NICIRA_NOTE:
      return decode_note (body, action, error);
    case NICIRA_OUTPUT_REG:
      return decode_output_reg (body, action, error);
    case NICIRA_LEARN:
      action->type = OPENFLOW_ACTION_LEARN;
      action->learn = openflow_learn_decode (body, error);
      return action->learn != NULL;
    case NICIRA_CT:
      return decode_ct (body, action, error);
    case NICIRA_CT_CLEAR:
      action->type = OPENFLOW_ACTION_CT_CLEAR;
      return TRUE;
    case NICIRA_CONTROLLER:
      return decode_controller (body, action, error);
    default:
      return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_EXPERIMENTER_TYPE,
                            "Nicira action %u is not known", subtype);
    }
}

static gboolean
decode_action (guint16 type, NetCursor *body, OpenflowAction *action, GError **error)
{
  switch (type)
    {
    case ACTION_TYPE_OUTPUT:
      action->type = OPENFLOW_ACTION_OUTPUT;
      return (net_cursor_be32 (body, &action->output.port) && net_cursor_be16 (body, &action->output.max_len))
             || cut_short (error);
    case ACTION_TYPE_GROUP:
      action->type = OPENFLOW_ACTION_GROUP;
      return net_cursor_be32 (body, &action->group) || cut_short (error);
    case ACTION_TYPE_SET_QUEUE:
      action->type = OPENFLOW_ACTION_SET_QUEUE;
      return net_cursor_be32 (body, &action->queue) || cut_short (error);
    case ACTION_TYPE_PUSH_VLAN:
      return decode_push_vlan (body, action, error);
    case ACTION_TYPE_POP_VLAN:
      action->type = OPENFLOW_ACTION_POP_VLAN;
      return TRUE;
    case ACTION_TYPE_DEC_TTL:
      action->type = OPENFLOW_ACTION_DEC_TTL;
      return TRUE;
    case ACTION_TYPE_SET_FIELD:
      return decode_set_field (body, action, error);
    case ACTION_TYPE_EXPERIMENTER:
      return decode_nicira (body, action, error);
    default:
      return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_TYPE, "action type %u is not known", type);
    }
}

gboolean
openflow_actions_decode (NetCursor *cursor, gsize length, OpenflowActions *out, GError **error)
{
  g_auto (OpenflowActions) actions = { 0 };
  NetCursor list;

  *out = (OpenflowActions){ 0 };
  if (net_cursor_left (cursor) < length)
    return cut_short (error);
  list = net_cursor (cursor->at, length);
  cursor->at += length;
  while (net_cursor_left (&list) > 0)
    {
      OpenflowAction action = { 0 };
      guint16 type;
      NetCursor body;

      if (!openflow_element_take (&list, &type, &body))
        return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_LENGTH, "an action's length is wrong");
      if (!decode_action (type, &body, &action, error))
        return FALSE;
      openflow_actions_add (&actions, &action);
      if (net_cursor_left (&body) >= ACTION_ALIGNMENT)
        return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_LENGTH, "an action is longer than it can be");
    }
  *out = actions;
  actions = (OpenflowActions){ 0 };
  return TRUE;
}

/* Actions onto the wire (1.3.5 §7.2.5). */
#include "openflow/action-wire.h"
#include "openflow/field-table.h"
#include "openflow/put.h"

/* Nicira's actions name fields by NXM headers where there is one, as their senders do. */
void
openflow_field_header_encode (OpenflowFieldId id, GByteArray *out)
{
  const OpenflowField *field = openflow_field (id);

  if (field->nxm_header != OPENFLOW_NO_HEADER)
    openflow_put_u32 (out, field->nxm_header | field->nxm_bytes);
  else
    openflow_put_u32 (out, field->oxm_header | field->oxm_bytes);
}

static guint
begin_action (ActionType type, GByteArray *out)
{
  guint begin = out->len;
  openflow_put_u16 (out, type);
  openflow_put_u16 (out, 0);
  return begin;
}

static guint
begin_nicira (NiciraAction subtype, GByteArray *out)
{
  guint begin = begin_action (ACTION_TYPE_EXPERIMENTER, out);
  openflow_put_u32 (out, OPENFLOW_EXPERIMENTER_NICIRA);
  openflow_put_u16 (out, subtype);
  return begin;
}

static void
end_action (GByteArray *out, guint begin)
{
  openflow_put_padding (out, begin);
  openflow_put_length (out, begin, 2);
}

static void
encode_load (OpenflowSubfield to, guint64 value, GByteArray *out)
{
  guint begin = begin_nicira (NICIRA_REG_LOAD, out);
  openflow_put_u16 (out, (guint) to.first << 6 | (to.n_bits - 1u));
  openflow_field_header_encode (to.field, out);
  openflow_put_u64 (out, value);
  end_action (out, begin);
}

static gboolean
value_bit (OpenflowValue value, guint bit)
{
  return (bit < 64 ? value.low >> bit : value.high >> (bit - 64)) & 1;
}

/* OpenFlow 1.3 has no masked set_field: each run of ones in the mask becomes a load, lowest first. */
static void
encode_masked_set (const OpenflowAction *action, GByteArray *out)
{
  guint bits = openflow_field (action->set_field.field)->bits;

  for (guint first = 0; first < bits; first++)
    {
      guint n = 0;
      guint64 value = 0;
      while (first + n < bits && n < 64 && value_bit (action->set_field.mask, first + n))
        {
          value |= (guint64) value_bit (action->set_field.value, first + n) << n;
          n++;
        }
      if (n == 0)
        continue;
      encode_load ((OpenflowSubfield){ action->set_field.field, (guint8) first, (guint8) n }, value, out);
      first += n - 1;
    }
}

static void
encode_set_field (const OpenflowAction *action, GByteArray *out)
{
  OpenflowValue ones = openflow_field_all_ones (action->set_field.field);
  guint begin;

  if (action->set_field.mask.high != ones.high || action->set_field.mask.low != ones.low)
    {
      encode_masked_set (action, out);
      return;
    }
  begin = begin_action (ACTION_TYPE_SET_FIELD, out);
  openflow_oxm_encode (action->set_field.field, action->set_field.value, NULL, out);
  end_action (out, begin);
}

static void
encode_plain (const OpenflowAction *action, GByteArray *out)
{
  guint begin;

  switch (action->type)
    {
    case OPENFLOW_ACTION_OUTPUT:
      begin = begin_action (ACTION_TYPE_OUTPUT, out);
      openflow_put_u32 (out, action->output.port);
      openflow_put_u16 (out, action->output.max_len);
      break;
    case OPENFLOW_ACTION_GROUP:
      begin = begin_action (ACTION_TYPE_GROUP, out);
      openflow_put_u32 (out, action->group);
      break;
    case OPENFLOW_ACTION_SET_QUEUE:
      begin = begin_action (ACTION_TYPE_SET_QUEUE, out);
      openflow_put_u32 (out, action->queue);
      break;
    case OPENFLOW_ACTION_PUSH_VLAN:
      begin = begin_action (ACTION_TYPE_PUSH_VLAN, out);
      openflow_put_u16 (out, action->push_ethertype);
      break;
    case OPENFLOW_ACTION_POP_VLAN:
      begin = begin_action (ACTION_TYPE_POP_VLAN, out);
      openflow_put_u32 (out, 0);
      break;
    default:
      begin = begin_action (ACTION_TYPE_DEC_TTL, out);
      openflow_put_u32 (out, 0);
    }
  end_action (out, begin);
}

static void
encode_ct (const OpenflowAction *action, GByteArray *out)
{
  guint begin = begin_nicira (NICIRA_CT, out);

  openflow_put_u16 (out, action->ct.flags);
  if (action->ct.has_zone_from)
    {
      openflow_field_header_encode (action->ct.zone_from.field, out);
      openflow_put_u16 (out, (guint) action->ct.zone_from.first << 6 | (CT_ZONE_BITS - 1));
    }
  else
    {
      openflow_put_u32 (out, 0);
      openflow_put_u16 (out, action->ct.zone);
    }
  openflow_put_u8 (out, action->ct.table);
  openflow_put_zero (out, 3);
  openflow_put_u16 (out, 0); /* no protocol's helper */
  end_action (out, begin);
}

static void
encode_nicira (const OpenflowAction *action, GByteArray *out)
{
  guint begin;

  switch (action->type)
    {
    case OPENFLOW_ACTION_MOVE:
      begin = begin_nicira (NICIRA_REG_MOVE, out);
      openflow_put_u16 (out, action->move.from.n_bits);
      openflow_put_u16 (out, action->move.from.first);
      openflow_put_u16 (out, action->move.to.first);
      openflow_field_header_encode (action->move.from.field, out);
      openflow_field_header_encode (action->move.to.field, out);
      break;
    case OPENFLOW_ACTION_RESUBMIT:
      begin = begin_nicira (NICIRA_RESUBMIT_TABLE, out);
      openflow_put_u16 (out, action->resubmit.in_port);
      openflow_put_u8 (out, action->resubmit.table);
      break;
    case OPENFLOW_ACTION_LEARN:
      begin = begin_nicira (NICIRA_LEARN, out);
      openflow_learn_encode (action->learn, out);
      break;
    case OPENFLOW_ACTION_CONTROLLER:
      begin = begin_nicira (NICIRA_CONTROLLER, out);
      openflow_put_u16 (out, action->controller.max_len);
      openflow_put_u16 (out, action->controller.controller_id);
      openflow_put_u8 (out, action->controller.reason);
      break;
    case OPENFLOW_ACTION_OUTPUT_REG:
      begin = begin_nicira (NICIRA_OUTPUT_REG, out);
      openflow_put_u16 (out,
                        (guint) action->output_reg.from.first << 6 | (action->output_reg.from.n_bits - 1u));
      openflow_field_header_encode (action->output_reg.from.field, out);
      openflow_put_u16 (out, action->output_reg.max_len);
      openflow_put_zero (out, 6);
      break;
    case OPENFLOW_ACTION_CT_CLEAR:
      begin = begin_nicira (NICIRA_CT_CLEAR, out);
      break;
    default:
      begin = begin_nicira (NICIRA_NOTE, out);
      openflow_put_bytes (out, action->note.bytes, action->note.n);
    }
  end_action (out, begin);
}

void
openflow_actions_encode (const OpenflowActions *actions, GByteArray *out)
{
  for (guint i = 0; i < actions->n; i++)
    {
      const OpenflowAction *action = &actions->items[i];
      switch (action->type)
        {
        case OPENFLOW_ACTION_OUTPUT:
        case OPENFLOW_ACTION_GROUP:
        case OPENFLOW_ACTION_SET_QUEUE:
        case OPENFLOW_ACTION_PUSH_VLAN:
        case OPENFLOW_ACTION_POP_VLAN:
        case OPENFLOW_ACTION_DEC_TTL:
          encode_plain (action, out);
          break;
        case OPENFLOW_ACTION_SET_FIELD:
          encode_set_field (action, out);
          break;
        case OPENFLOW_ACTION_LOAD:
          encode_load (action->load.to, action->load.value, out);
          break;
        case OPENFLOW_ACTION_CT:
          encode_ct (action, out);
          break;
        default:
          encode_nicira (action, out);
        }
    }
}

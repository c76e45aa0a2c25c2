/* Consistency of actions with matches, ports and groups. */
#include "models/ovs/check.h"

#include "models/ovs/tables.h"

#define LAST_PORT 0xfeffu /* numbers above are reserved ones */

/* What is known of a packet while the actions go on; NULL match: anything may be there (a bucket, a
 * packet-out). */
typedef struct
{
  OpenflowMatch match;
  gboolean anything;
  guint n_pushed;          /* tags beyond the one that the match speaks of */
  const OvsGroups *groups; /* NULL: not asked */
} Known;

static gboolean
check_port (guint32 port, GError **error)
{
  if ((port > 0 && port <= LAST_PORT) || (port >= OPENFLOW_PORT_IN_PORT && port < OPENFLOW_PORT_ANY))
    return TRUE;
  return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_OUT_PORT, "output to port 0x%x, which cannot be",
                        port);
}

static gboolean
check_has (const Known *known, OpenflowFieldId field, GError **error)
{
  gboolean needs_tag = field == OPENFLOW_FIELD_VLAN_VID || field == OPENFLOW_FIELD_VLAN_PCP;

  if (known->anything
      || (openflow_match_allows (&known->match, field)
          && (!needs_tag || (known->match.value.vlan_tci & OPENFLOW_VLAN_PRESENT))))
    return TRUE;
  return openflow_fail (error, OPENFLOW_ERROR_ACTION_MATCH_INCONSISTENT,
                        "an action uses %s, but the match does not say that packets have it",
                        openflow_field (field)->name);
}

/* Writing is like matching, except that vlan_vid needs a tag to be there. */
static gboolean
check_read (const Known *known, OpenflowFieldId field, GError **error)
{
  return field == OPENFLOW_FIELD_VLAN_VID || check_has (known, field, error);
}

static gboolean
check_set_field (const Known *known, const OpenflowAction *action, GError **error)
{
  if (action->set_field.field == OPENFLOW_FIELD_VLAN_VID
      && !(action->set_field.value.low & OPENFLOW_VLAN_PRESENT))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT,
                          "set_field of vlan_vid without its present bit");
  return check_has (known, action->set_field.field, error);
}

static gboolean
check_learn (const Known *known, const OpenflowLearn *learn, GError **error)
{
  OpenflowMatch learned;

  openflow_match_init (&learned);
  for (guint i = 0; i < learn->specs->len; i++)
    {
      const OpenflowLearnSpec *spec = &g_array_index (learn->specs, OpenflowLearnSpec, i);
      if (!spec->immediate && !check_read (known, spec->from.field, error))
        return FALSE;
      if (spec->use != OPENFLOW_LEARN_MATCH)
        continue;
      if (!openflow_match_allows (&learned, spec->to.field))
        return openflow_fail (error, OPENFLOW_ERROR_ACTION_MATCH_INCONSISTENT,
                              "learn would match %s without the protocol that has it",
                              openflow_field (spec->to.field)->name);
      openflow_subfield_set (&learned.mask, spec->to, (OpenflowValue){ G_MAXUINT64, G_MAXUINT64 });
      if (spec->immediate)
        openflow_subfield_set (&learned.value, spec->to, spec->value);
      else if (spec->to.field == spec->from.field && !known->anything)
        openflow_subfield_set (&learned.value, spec->to,
                               openflow_subfield_get (&known->match.value, spec->from));
    }
  return TRUE;
}

static gboolean
check_pop_vlan (Known *known, GError **error)
{
  if (!known->anything && !(known->match.value.vlan_tci & OPENFLOW_VLAN_PRESENT))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_MATCH_INCONSISTENT,
                          "pop_vlan, but the match asks for no tag");
  if (known->n_pushed)
    known->n_pushed--;
  else
    known->match.value.vlan_tci = 0;
  return TRUE;
}

/* Open vSwitch keeps two tags at most. */
static gboolean
check_push_vlan (Known *known, GError **error)
{
  if (!(known->match.value.vlan_tci & OPENFLOW_VLAN_PRESENT))
    known->match.value.vlan_tci = OPENFLOW_VLAN_PRESENT;
  else if (++known->n_pushed > 1)
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_TAG, "push_vlan on a packet that has two tags");
  return TRUE;
}

static gboolean
check_ct (const Known *known, const OpenflowAction *action, GError **error)
{
  gboolean commits_invalid
      = (action->ct.flags & OPENFLOW_CT_COMMIT) && (known->match.value.ct_state & OPENFLOW_CT_INVALID);

  if (!known->anything
      && (!openflow_match_allows (&known->match, OPENFLOW_FIELD_IP_PROTO) || commits_invalid))
    return openflow_fail (error, OPENFLOW_ERROR_ACTION_MATCH_INCONSISTENT,
                          "ct on packets that are no IP, or a commit of invalid ones");
  return !action->ct.has_zone_from || check_read (known, action->ct.zone_from.field, error);
}

static gboolean
check_action (Known *known, const OpenflowAction *action, GError **error)
{
  switch (action->type)
    {
    case OPENFLOW_ACTION_OUTPUT:
      return check_port (action->output.port, error);
    case OPENFLOW_ACTION_OUTPUT_REG:
      return check_read (known, action->output_reg.from.field, error);
    case OPENFLOW_ACTION_GROUP:
      if (!known->groups || ovs_groups_find (known->groups, action->group))
        return TRUE;
      return openflow_fail (error, OPENFLOW_ERROR_ACTION_BAD_GROUP, "there is no group %u", action->group);
    case OPENFLOW_ACTION_SET_FIELD:
      return check_set_field (known, action, error);
    case OPENFLOW_ACTION_LOAD:
      return check_has (known, action->load.to.field, error);
    case OPENFLOW_ACTION_MOVE:
      return check_read (known, action->move.from.field, error)
             && check_has (known, action->move.to.field, error);
    case OPENFLOW_ACTION_PUSH_VLAN:
      return check_push_vlan (known, error);
    case OPENFLOW_ACTION_POP_VLAN:
      return check_pop_vlan (known, error);
    case OPENFLOW_ACTION_DEC_TTL:
      return check_has (known, OPENFLOW_FIELD_IP_TTL, error);
    case OPENFLOW_ACTION_CT:
      return check_ct (known, action, error);
    case OPENFLOW_ACTION_LEARN:
      return check_learn (known, action->learn, error);
    default:
      return TRUE;
    }
}

static gboolean
check_list (Known *known, const OpenflowActions *actions, GError **error)
{
  for (guint i = 0; i < actions->n; i++)
    if (!check_action (known, &actions->items[i], error))
      return FALSE;
  return TRUE;
}

gboolean
ovs_check_flow (const OpenflowFlowMod *mod, const OvsGroups *groups, const OvsMeters *meters, GError **error)
{
  const OpenflowInstructions *i = &mod->instructions;
  Known known = { .match = mod->match, .groups = groups };

  if (mod->command == OPENFLOW_FLOW_DELETE || mod->command == OPENFLOW_FLOW_DELETE_STRICT)
    return TRUE;
  if (i->has_meter && (!meters || !ovs_meters_find (meters, i->meter)))
    return openflow_fail (error, OPENFLOW_ERROR_METER_INVALID, "there is no meter %u", i->meter);
  if (i->has_goto && (i->goto_table <= mod->table || i->goto_table >= OVS_N_TABLES))
    return openflow_fail (error, OPENFLOW_ERROR_INSTRUCTION_BAD_TABLE, "goto_table:%u from table %u",
                          i->goto_table, mod->table);
  return check_list (&known, &i->apply, error) && check_list (&known, &i->write, error);
}

gboolean
ovs_check_group (const OpenflowGroupMod *mod, GError **error)
{
  for (guint i = 0; i < mod->buckets.n; i++)
    {
      Known known = { .anything = TRUE };
      if (!check_list (&known, &mod->buckets.items[i].actions, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ovs_check_packet_out (const OpenflowActions *actions, const OvsGroups *groups, GError **error)
{
  Known known = { .anything = TRUE, .groups = groups };
  return check_list (&known, actions, error);
}

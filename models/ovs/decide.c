/* The pipeline. */
#include "models/ovs/decide.h"

#include "models/ovs/field-present.h"
#include "models/ovs/select.h"
#include "openflow/packet.h"
#include "openflow/text.h"

typedef struct
{
  const OvsPipeline *pipeline;
  OvsDecision *out;
  OvsVersion now;
  GPtrArray *set; /* the action set: of const OpenflowAction, in the order in which they were written */
  const OvsFlow *flow; /* whose actions run; NULL: a PACKET_OUT's */
  guint8 table;
  guint depth, resubmits;
  gboolean in_set; /* actions of the action set or of a bucket: punts are never misses */
  gboolean is_packet_out;
  gboolean failed; /* too deep: nothing is sent */
} Run;

static void run_table (Run *run, guint8 table, guint32 in_port);
static void run_group (Run *run, guint32 id);

/* ---- what is noted ------------------------------------------------------------------------------------------- */

static guint
note_version (Run *run)
{
  GArray *versions = run->out->versions;
  guint n = versions->len;

  if (n == 0 || memcmp (&g_array_index (versions, OvsVersion, n - 1), &run->now, sizeof run->now) != 0)
    {
      g_array_append_val (versions, run->now);
      return n;
    }
  return n - 1;
}

static void
note_end (Run *run, NetDropReason reason, guint32 port)
{
  run->out->end = (OvsEnd){ .reason = reason, .table = run->table, .flow = run->flow, .port = port };
}

static void
note_hop (Run *run, OvsHop hop)
{
  hop.table = run->table;
  hop.depth = (guint8) run->depth;
  g_array_append_val (run->out->path, hop);
}

/* FALSE when the packet has gone round too often. */
static gboolean
may_go_on (Run *run)
{
  if (!run->failed && run->depth < OVS_DEPTH_MAX && run->resubmits < OVS_RESUBMITS_MAX)
    return TRUE;
  if (!run->failed)
    note_end (run, NET_DROP_RECURSION, 0);
  run->failed = TRUE;
  return FALSE;
}

/* ---- output -------------------------------------------------------------------------------------------------- */

static void
output_to (Run *run, const OvsPort *port)
{
  OvsStep step = { .kind = OVS_STEP_OUTPUT };

  if (!ovs_port_forwards (port) || port->kind == OVS_PORT_LOCAL)
    {
      note_end (run, NET_DROP_LINK_DOWN, port->number);
      return;
    }
  step.version = note_version (run);
  step.port = port->number;
  g_array_append_val (run->out->steps, step);
}

static void
output_number (Run *run, guint32 number)
{
  const OvsPort *port = ovs_ports_find (run->pipeline->ports, number);

  if (port)
    output_to (run, port);
  else
    note_end (run, NET_DROP_PORT_GONE, number);
}

static void
output_all (Run *run)
{
  const OvsPorts *ports = run->pipeline->ports;
  guint before = run->out->steps->len;

  for (guint i = 0; i < ovs_ports_n (ports); i++)
    {
      const OvsPort *port = ovs_ports_at (ports, i);
      if (port->number != run->now.fields.in_port && port->kind != OVS_PORT_LOCAL)
        output_to (run, port);
    }
  if (run->out->steps->len == before)
    note_end (run, NET_DROP_NO_FLOOD_TARGET, OPENFLOW_PORT_ALL);
}

static void
punt (Run *run, guint16 max_len, guint8 reason)
{
  OvsStep step = { .kind = OVS_STEP_PUNT };

  if (reason == OPENFLOW_PACKET_IN_ACTION && !run->in_set && run->flow && ovs_flow_is_miss (run->flow))
    reason = OPENFLOW_PACKET_IN_NO_MATCH;
  step.version = note_version (run);
  step.punt.flow = run->flow;
  step.punt.max_len = max_len;
  step.punt.reason = reason;
  step.punt.table = run->table;
  g_array_append_val (run->out->steps, step);
}

static void
output (Run *run, guint32 port, guint16 max_len)
{
  switch (port)
    {
    case OPENFLOW_PORT_IN_PORT:
      output_number (run, run->now.fields.in_port);
      break;
    case OPENFLOW_PORT_TABLE:
      if (run->is_packet_out && may_go_on (run))
        run_table (run, 0, run->now.fields.in_port);
      break;
    case OPENFLOW_PORT_FLOOD:
    case OPENFLOW_PORT_ALL:
      output_all (run);
      break;
    case OPENFLOW_PORT_CONTROLLER:
      punt (run, max_len, OPENFLOW_PACKET_IN_ACTION);
      break;
    default:
      if (port == run->now.fields.in_port)
        note_end (run, NET_DROP_NO_OTHER_PORT, port);
      else
        output_number (run, port);
    }
}

/* ---- changing the packet ------------------------------------------------------------------------------------- */

static void
push_vlan (Run *run, guint16 ethertype)
{
  if (run->now.fields.vlan_tci & OPENFLOW_VLAN_PRESENT)
    {
      run->now.below_tpid = run->now.tpid;
      run->now.below_tci = run->now.fields.vlan_tci;
    }
  run->now.tpid = ethertype;
  run->now.fields.vlan_tci = OPENFLOW_VLAN_PRESENT;
}

static void
pop_vlan (Run *run)
{
  run->now.tpid = run->now.below_tpid;
  run->now.fields.vlan_tci = run->now.below_tpid ? run->now.below_tci : 0;
  run->now.below_tpid = run->now.below_tci = 0;
}

/* A tag that a set_field or load on the TCI brought about. */
static void
settle_vlan (Run *run)
{
  if (!(run->now.fields.vlan_tci & OPENFLOW_VLAN_PRESENT))
    run->now.tpid = 0;
  else if (run->now.tpid == 0)
    run->now.tpid = 0x8100;
}

static void
set_bits (Run *run, OpenflowSubfield to, OpenflowValue value)
{
  if (!ovs_field_present (&run->now.fields, to.field))
    return;
  openflow_subfield_set (&run->now.fields, to, value);
  settle_vlan (run);
}

static void
set_field (Run *run, const OpenflowAction *action)
{
  OpenflowFieldId field = action->set_field.field;
  OpenflowValue old = openflow_field_get (&run->now.fields, field), mask = action->set_field.mask;
  OpenflowValue value = { (old.high & ~mask.high) | (action->set_field.value.high & mask.high),
                          (old.low & ~mask.low) | (action->set_field.value.low & mask.low) };
  set_bits (run, openflow_subfield_whole (field), value);
}

/* FALSE when the packet's time is over: it goes to the controller instead. */
static gboolean
dec_ttl (Run *run)
{
  if (!ovs_field_present (&run->now.fields, OPENFLOW_FIELD_IP_TTL))
    return TRUE;
  if (run->now.fields.ip_ttl > 1)
    {
      run->now.fields.ip_ttl--;
      return TRUE;
    }
  punt (run, OPENFLOW_MAX_LEN_NO_BUFFER, OPENFLOW_PACKET_IN_INVALID_TTL);
  return FALSE;
}

/* ---- tables -------------------------------------------------------------------------------------------------- */

static void
resubmit (Run *run, const OpenflowAction *action)
{
  guint8 table = action->resubmit.table == OPENFLOW_RESUBMIT_TABLE ? run->table : action->resubmit.table;
  guint8 old_table = run->table;
  const OvsFlow *old_flow = run->flow;
  guint32 port = action->resubmit.in_port;
  gboolean old_in_set = run->in_set, deeper = table <= run->table;

  if (!may_go_on (run))
    return;
  run->resubmits++;
  run->depth += deeper;
  run->in_set = FALSE;
  run_table (run, table, port == OPENFLOW_RESUBMIT_IN_PORT ? run->now.fields.in_port : port);
  run->in_set = old_in_set;
  run->depth -= deeper;
  run->table = old_table;
  run->flow = old_flow;
}

static void
learn (Run *run, const OpenflowLearn *what)
{
  OvsStep step = { .kind = OVS_STEP_LEARN, .version = note_version (run) };
  step.learn = what;
  g_array_append_val (run->out->steps, step);
}

/* FALSE: the flow ends here, with its other instructions. */
static gboolean
run_action (Run *run, const OpenflowAction *action)
{
  switch (action->type)
    {
    case OPENFLOW_ACTION_OUTPUT:
      output (run, action->output.port, action->output.max_len);
      break;
    case OPENFLOW_ACTION_OUTPUT_REG:
      output (run, (guint32) openflow_subfield_get (&run->now.fields, action->output_reg.from).low,
              action->output_reg.max_len);
      break;
    case OPENFLOW_ACTION_CONTROLLER:
      punt (run, action->controller.max_len, action->controller.reason);
      break;
    case OPENFLOW_ACTION_GROUP:
      run_group (run, action->group);
      break;
    case OPENFLOW_ACTION_SET_FIELD:
      set_field (run, action);
      break;
    case OPENFLOW_ACTION_LOAD:
      set_bits (run, action->load.to, (OpenflowValue){ 0, action->load.value });
      break;
    case OPENFLOW_ACTION_MOVE:
      if (ovs_field_present (&run->now.fields, action->move.from.field))
        set_bits (run, action->move.to, openflow_subfield_get (&run->now.fields, action->move.from));
      break;
    case OPENFLOW_ACTION_PUSH_VLAN:
      push_vlan (run, action->push_ethertype);
      break;
    case OPENFLOW_ACTION_POP_VLAN:
      pop_vlan (run);
      break;
    case OPENFLOW_ACTION_DEC_TTL:
      return dec_ttl (run);
    case OPENFLOW_ACTION_RESUBMIT:
      resubmit (run, action);
      break;
    case OPENFLOW_ACTION_LEARN:
      learn (run, action->learn);
      break;
    case OPENFLOW_ACTION_SET_QUEUE:
    case OPENFLOW_ACTION_NOTE:
      break;
    }
  return !run->failed;
}

static gboolean
run_actions (Run *run, const OpenflowActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    if (!run_action (run, &actions->items[i]))
      return FALSE;
  return TRUE;
}

static void
write_actions (Run *run, const OpenflowActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    g_ptr_array_add (run->set, &actions->items[i]);
}

static gboolean
passes_on (const OpenflowActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    switch (actions->items[i].type)
      {
      case OPENFLOW_ACTION_OUTPUT:
      case OPENFLOW_ACTION_OUTPUT_REG:
      case OPENFLOW_ACTION_CONTROLLER:
      case OPENFLOW_ACTION_GROUP:
      case OPENFLOW_ACTION_RESUBMIT:
        return TRUE;
      default:
        break;
      }
  return FALSE;
}

/* A flow that neither sends nor passes on ends its branch. */
static void
note_flow_end (Run *run)
{
  const OpenflowInstructions *i = &run->flow->instructions;

  if (!i->has_goto && !i->write.n && !passes_on (&i->apply))
    note_end (run, i->apply.n ? NET_DROP_NO_OUTPUT : NET_DROP_FLOW_DROP, 0);
}

/* Unless matching by fragments was asked for, none of them shows its ports, not even the first, which has them. */
static OvsFlow *
look_up_fragment (Run *run, guint8 table, guint32 in_port)
{
  OpenflowFields fields = run->now.fields;

  fields.in_port = in_port;
  fields.tp_src = fields.tp_dst = 0;
  return ovs_tables_lookup (run->pipeline->tables, table, &fields);
}

/* A resubmit's port takes part in the look-up and in nothing else. */
static OvsFlow *
look_up (Run *run, guint8 table, guint32 in_port)
{
  guint32 real_port = run->now.fields.in_port;
  OvsFlow *flow;

  if (table >= OVS_N_TABLES)
    return NULL;
  if (run->now.fields.ip_frag && run->pipeline->fragments != OVS_FRAGMENTS_MATCH)
    return look_up_fragment (run, table, in_port);
  run->now.fields.in_port = in_port;
  flow = ovs_tables_lookup (run->pipeline->tables, table, &run->now.fields);
  run->now.fields.in_port = real_port;
  return flow;
}

static void
run_table (Run *run, guint8 table, guint32 in_port)
{
  for (;;)
    {
      const OpenflowInstructions *instructions;
      OvsFlow *flow = look_up (run, table, in_port);

      run->table = table;
      run->flow = flow;
      note_hop (run, (OvsHop){ .kind = flow ? OVS_HOP_MATCH : OVS_HOP_MISS, .flow = flow });
      if (!flow)
        {
          note_end (run, NET_DROP_TABLE_MISS, 0);
          return;
        }
      instructions = &flow->instructions;
      if (!run_actions (run, &instructions->apply))
        return;
      run->table = table;
      run->flow = flow;
      if (instructions->has_clear)
        g_ptr_array_set_size (run->set, 0);
      write_actions (run, &instructions->write);
      if (instructions->has_metadata)
        run->now.fields.metadata = (run->now.fields.metadata & ~instructions->metadata_mask)
                                   | (instructions->metadata & instructions->metadata_mask);
      note_flow_end (run);
      if (!instructions->has_goto || run->failed)
        return;
      table = instructions->goto_table;
      in_port = run->now.fields.in_port;
    }
}

/* ---- action sets and groups ---------------------------------------------------------------------------------- */

static const OpenflowAction *
last_of (const OpenflowAction *const *set, guint n, OpenflowActionType type)
{
  for (guint i = n; i-- > 0;)
    if (set[i]->type == type)
      return set[i];
  return NULL;
}

static gboolean
is_set (OpenflowActionType type)
{
  return type == OPENFLOW_ACTION_SET_FIELD || type == OPENFLOW_ACTION_LOAD || type == OPENFLOW_ACTION_MOVE;
}

/* §5.10: an order of kinds, not of writing; of each kind the last one, except that every set is done.  Group takes
 * precedence over output, and that over resubmit. */
static void
run_set (Run *run, const OpenflowAction *const *set, guint n)
{
  static const OpenflowActionType first[] = { OPENFLOW_ACTION_POP_VLAN, OPENFLOW_ACTION_PUSH_VLAN,
                                              OPENFLOW_ACTION_DEC_TTL };
  static const OpenflowActionType last[] = { OPENFLOW_ACTION_GROUP, OPENFLOW_ACTION_OUTPUT,
                                             OPENFLOW_ACTION_RESUBMIT };
  gboolean old_in_set = run->in_set, goes_on = TRUE;

  run->in_set = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (first) && goes_on; i++)
    {
      const OpenflowAction *action = last_of (set, n, first[i]);
      goes_on = !action || run_action (run, action);
    }
  for (guint i = 0; i < n; i++)
    if (is_set (set[i]->type))
      run_action (run, set[i]);
  for (guint i = 0; i < G_N_ELEMENTS (last) && goes_on; i++)
    {
      const OpenflowAction *action = last_of (set, n, last[i]);
      if (action)
        {
          run_action (run, action);
          break;
        }
    }
  run->in_set = old_in_set;
}

static void
run_bucket (Run *run, OvsGroup *group, guint index)
{
  const OpenflowActions *actions = &group->buckets.items[index].actions;
  OvsVersion before = run->now;
  g_autofree const OpenflowAction **set = g_new (const OpenflowAction *, MAX (actions->n, 1));

  for (guint i = 0; i < actions->n; i++)
    set[i] = &actions->items[i];
  note_hop (run, (OvsHop){ .kind = OVS_HOP_BUCKET, .bucket = (guint16) index, .group = group });
  run->depth++;
  run_set (run, set, actions->n);
  run->depth--;
  run->now = before;
}

static void
run_group (Run *run, guint32 id)
{
  OvsGroup *group = ovs_groups_find (run->pipeline->groups, id);
  guint chosen;

  if (!may_go_on (run))
    return;
  if (!group || group->buckets.n == 0)
    {
      note_end (run, NET_DROP_GROUP_EMPTY, id);
      run->out->end.group = group;
      return;
    }
  run->resubmits++;
  note_hop (run, (OvsHop){ .kind = OVS_HOP_GROUP, .group = group });
  if (group->type == OPENFLOW_GROUP_TYPE_ALL)
    for (guint i = 0; i < group->buckets.n && !run->failed; i++)
      run_bucket (run, group, i);
  else if (ovs_group_select (run->pipeline, group, &run->now.fields, &chosen))
    run_bucket (run, group, chosen);
  else
    {
      note_end (run, NET_DROP_GROUP_EMPTY, id);
      run->out->end.group = group;
    }
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

void
ovs_decision_init (OvsDecision *decision)
{
  decision->versions = g_array_new (FALSE, FALSE, sizeof (OvsVersion));
  decision->steps = g_array_new (FALSE, FALSE, sizeof (OvsStep));
  decision->path = g_array_new (FALSE, FALSE, sizeof (OvsHop));
  decision->set = g_ptr_array_new ();
}

void
ovs_decision_clear (OvsDecision *decision)
{
  g_array_unref (decision->versions);
  g_array_unref (decision->steps);
  g_array_unref (decision->path);
  g_ptr_array_unref (decision->set);
}

static void
begin (Run *run, const OvsPipeline *pipeline, const OvsPacket *packet, OvsDecision *out)
{
  g_array_set_size (out->versions, 0);
  g_array_set_size (out->steps, 0);
  g_array_set_size (out->path, 0);
  g_ptr_array_set_size (out->set, 0);
  out->end = (OvsEnd){ 0 };
  memset (run, 0, sizeof *run);
  run->pipeline = pipeline;
  run->out = out;
  run->set = out->set;
  run->now.fields = packet->fields;
  run->now.tpid = packet->tpid;
}

/* The action set runs last; learning is no delivery, so it does not save a packet from being dropped. */
static void
finish (Run *run)
{
  OvsDecision *out = run->out;
  gboolean delivered = FALSE;

  if (run->set->len && !run->failed)
    run_set (run, (const OpenflowAction *const *) run->set->pdata, run->set->len);
  if (run->failed)
    g_array_set_size (out->steps, 0);
  for (guint i = 0; i < out->steps->len; i++)
    delivered |= g_array_index (out->steps, OvsStep, i).kind != OVS_STEP_LEARN;
  if (delivered)
    out->end = (OvsEnd){ 0 };
  else if (out->end.reason == NET_DROP_NONE)
    note_end (run, NET_DROP_NO_OUTPUT, 0);
}

void
ovs_pipeline_decide (const OvsPipeline *pipeline, const OvsPacket *packet, OvsDecision *out)
{
  Run run;

  begin (&run, pipeline, packet, out);
  if (packet->fields.ip_frag && pipeline->fragments == OVS_FRAGMENTS_DROP)
    note_end (&run, NET_DROP_FRAGMENT, 0);
  else
    run_table (&run, 0, packet->fields.in_port);
  finish (&run);
}

void
ovs_pipeline_decide_actions (const OvsPipeline *pipeline, const OvsPacket *packet, const OpenflowActions *actions,
                             OvsDecision *out)
{
  Run run;

  begin (&run, pipeline, packet, out);
  run.is_packet_out = TRUE;
  run_actions (&run, actions);
  finish (&run);
}

void
ovs_end_place (const OvsEnd *end, GString *out)
{
  if (end->reason == NET_DROP_GROUP_EMPTY)
    g_string_append_printf (out, "group %u", end->port);
  else
    g_string_append_printf (out, "table %u", end->table);
}

void
ovs_end_rule (const OvsEnd *end, GString *out)
{
  if (end->flow)
    openflow_key_print (end->flow->table, end->flow->priority, &end->flow->match, out);
  else
    g_string_append_printf (out, "table=%u", end->table);
}

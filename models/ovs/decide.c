/* The pipeline: tables, their flows, and the whole way of a packet. */
#include "models/ovs/run.h"

#include "models/ovs/field-present.h"
#include "openflow/text.h"

/* ---- tables -------------------------------------------------------------------------------------------------- */

static void
resubmit (OvsRun *run, const OpenflowAction *action)
{
  guint8 table = action->resubmit.table == OPENFLOW_RESUBMIT_TABLE ? run->table : action->resubmit.table;
  guint8 old_table = run->table;
  const OvsFlow *old_flow = run->flow;
  guint32 port = action->resubmit.in_port;
  gboolean old_in_set = run->in_set, old_is_last_set = run->is_last_set, deeper = table <= run->table;

  if (!ovs_run_may_go_on (run))
    return;
  run->resubmits++;
  run->depth += deeper;
  run->in_set = run->is_last_set = FALSE;
  ovs_run_table (run, table, port == OPENFLOW_RESUBMIT_IN_PORT ? run->now.fields.in_port : port);
  run->in_set = old_in_set;
  run->is_last_set = old_is_last_set;
  run->depth -= deeper;
  run->table = old_table;
  run->flow = old_flow;
}

static void
learn (OvsRun *run, const OpenflowLearn *what)
{
  OvsStep step = { .kind = OVS_STEP_LEARN, .version = ovs_run_version (run) };
  step.learn = what;
  g_array_append_val (run->out->steps, step);
}

gboolean
ovs_run_action (OvsRun *run, const OpenflowAction *action)
{
  switch (action->type)
    {
    case OPENFLOW_ACTION_OUTPUT:
      ovs_run_output (run, action->output.port, action->output.max_len);
      break;
    case OPENFLOW_ACTION_OUTPUT_REG:
      ovs_run_output (run, (guint32) openflow_subfield_get (&run->now.fields, action->output_reg.from).low,
                      action->output_reg.max_len);
      break;
    case OPENFLOW_ACTION_CONTROLLER:
      ovs_run_punt (run, action->controller.max_len, action->controller.reason);
      break;
    case OPENFLOW_ACTION_GROUP:
      ovs_run_group (run, action->group);
      break;
    case OPENFLOW_ACTION_SET_FIELD:
      ovs_run_set_field (run, action);
      break;
    case OPENFLOW_ACTION_LOAD:
      ovs_run_set_bits (run, action->load.to, (OpenflowValue){ 0, action->load.value });
      break;
    case OPENFLOW_ACTION_MOVE:
      if (ovs_field_present (&run->now.fields, action->move.from.field))
        ovs_run_set_bits (run, action->move.to, openflow_subfield_get (&run->now.fields, action->move.from));
      break;
    case OPENFLOW_ACTION_PUSH_VLAN:
      ovs_run_push_vlan (run, action->push_ethertype);
      break;
    case OPENFLOW_ACTION_POP_VLAN:
      ovs_run_pop_vlan (run);
      break;
    case OPENFLOW_ACTION_DEC_TTL:
      return ovs_run_dec_ttl (run);
    case OPENFLOW_ACTION_RESUBMIT:
      resubmit (run, action);
      break;
    case OPENFLOW_ACTION_LEARN:
      learn (run, action->learn);
      break;
    case OPENFLOW_ACTION_CT:
      ovs_run_ct (run, action);
      break;
    case OPENFLOW_ACTION_CT_CLEAR:
      ovs_run_ct_clear (run);
      break;
    case OPENFLOW_ACTION_SET_QUEUE:
    case OPENFLOW_ACTION_NOTE:
      break;
    }
  return !run->failed && !run->stopped;
}

static gboolean
run_actions (OvsRun *run, const OpenflowActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    if (!ovs_run_action (run, &actions->items[i]))
      return FALSE;
  return TRUE;
}

static void
write_actions (OvsRun *run, const OpenflowActions *actions)
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
      case OPENFLOW_ACTION_CT:
        if (actions->items[i].ct.table != OPENFLOW_CT_NO_RECIRCULATION)
          return TRUE;
        break;
      default:
        break;
      }
  return FALSE;
}

/* A flow that neither sends nor passes on ends its branch. */
static void
note_flow_end (OvsRun *run)
{
  const OpenflowInstructions *i = &run->flow->instructions;

  if (!i->has_goto && !i->write.n && !passes_on (&i->apply))
    ovs_run_end (run, i->apply.n ? NET_DROP_NO_OUTPUT : NET_DROP_FLOW_DROP, 0);
}

/* Unless matching by fragments was asked for, none of them shows its ports, not even the first, which has
 * them. */
static OvsFlow *
look_up_fragment (OvsRun *run, guint8 table, guint32 in_port)
{
  OpenflowFields fields = run->now.fields;

  fields.in_port = in_port;
  fields.tp_src = fields.tp_dst = 0;
  return ovs_tables_lookup (run->pipeline->tables, table, &fields);
}

/* A resubmit's port takes part in the look-up and in nothing else. */
static OvsFlow *
look_up (OvsRun *run, guint8 table, guint32 in_port)
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

void
ovs_run_table (OvsRun *run, guint8 table, guint32 in_port)
{
  for (;;)
    {
      const OpenflowInstructions *instructions;
      OvsFlow *flow = look_up (run, table, in_port);

      run->table = table;
      run->flow = flow;
      ovs_run_hop (run, (OvsHop){ .kind = flow ? OVS_HOP_MATCH : OVS_HOP_MISS, .flow = flow });
      if (!flow)
        {
          ovs_run_end (run, NET_DROP_TABLE_MISS, 0);
          return;
        }
      instructions = &flow->instructions;
      if (instructions->has_meter && !ovs_run_meter (run, instructions->meter))
        return;
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
      if (!instructions->has_goto || run->failed || run->stopped)
        return;
      table = instructions->goto_table;
      in_port = run->now.fields.in_port;
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
begin (OvsRun *run, const OvsPipeline *pipeline, const OvsPacket *packet, OvsDecision *out)
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
  run->length = packet->length;
  run->icmp_id = packet->icmp_id;
}

/* The action set runs last; learning is no delivery, so it does not save a packet from being dropped. */
static void
finish (OvsRun *run)
{
  OvsDecision *out = run->out;
  gboolean delivered = FALSE;

  run->is_last_set = TRUE;
  if (out->path->len && !run->is_packet_out)
    run->entry = g_array_index (out->path, OvsHop, 0).flow;
  if (run->set->len && !run->failed && !run->stopped)
    ovs_run_set (run, (const OpenflowAction *const *) run->set->pdata, run->set->len);
  if (run->failed)
    g_array_set_size (out->steps, 0);
  for (guint i = 0; i < out->steps->len; i++)
    delivered |= g_array_index (out->steps, OvsStep, i).kind < OVS_STEP_LEARN;
  if (delivered)
    out->end = (OvsEnd){ 0 };
  else if (out->end.reason == NET_DROP_NONE)
    ovs_run_end (run, NET_DROP_NO_OUTPUT, 0);
}

void
ovs_pipeline_decide (const OvsPipeline *pipeline, const OvsPacket *packet, OvsDecision *out)
{
  OvsRun run;

  begin (&run, pipeline, packet, out);
  if (packet->fields.ip_frag && pipeline->fragments == OVS_FRAGMENTS_DROP)
    ovs_run_end (&run, NET_DROP_FRAGMENT, 0);
  else
    ovs_run_table (&run, 0, packet->fields.in_port);
  finish (&run);
}

void
ovs_pipeline_decide_actions (const OvsPipeline *pipeline, const OvsPacket *packet,
                             const OpenflowActions *actions, OvsDecision *out)
{
  OvsRun run;

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

/* ct(): the packet is tracked, and with a table a copy of it goes on there with its ct_state; the packet itself goes on
 * as it was. */
#include "models/ovs/run.h"

static guint16
zone_of (const OvsRun *run, const OpenflowAction *action)
{
  return action->ct.has_zone_from
             ? (guint16) openflow_subfield_get (&run->now.fields, action->ct.zone_from).low
             : action->ct.zone;
}

/* The copy has an action set of its own, which begins as the packet's is, and a meter stops it alone. */
static void
recirculate (OvsRun *run, guint8 table)
{
  OvsRun before = *run;
  g_autoptr (GPtrArray) set = g_ptr_array_new ();

  for (guint i = 0; i < run->set->len && !run->in_set; i++)
    g_ptr_array_add (set, run->set->pdata[i]);
  run->set = set;
  run->in_set = run->is_last_set = FALSE;
  run->depth++;
  run->resubmits++;
  ovs_run_table (run, table, run->now.fields.in_port);
  run->is_last_set = TRUE;
  if (set->len && !run->failed && !run->stopped)
    ovs_run_set (run, (const OpenflowAction *const *) set->pdata, set->len);
  before.resubmits = run->resubmits;
  before.failed = run->failed;
  *run = before;
}

void
ovs_run_ct (OvsRun *run, const OpenflowAction *action)
{
  OvsStep step = { .kind = OVS_STEP_TRACK, .version = ovs_run_version (run) };
  OvsVersion before = run->now;

  ovs_tracked_init (&step.tracked, &run->now.fields, run->icmp_id, zone_of (run, action));
  step.tracked.commit = (action->ct.flags & OPENFLOW_CT_COMMIT) != 0;
  step.tracked.force = (action->ct.flags & OPENFLOW_CT_FORCE) != 0;
  g_array_append_val (run->out->steps, step);
  if (action->ct.table == OPENFLOW_CT_NO_RECIRCULATION || !ovs_run_may_go_on (run))
    return;
  run->now.fields.ct_state
      = ovs_connections_state (run->pipeline->connections, &step.tracked, run->pipeline->now_ns);
  run->now.fields.ct_zone = zone_of (run, action);
  recirculate (run, action->ct.table);
  run->now = before;
}

/* As if it had never been tracked. */
void
ovs_run_ct_clear (OvsRun *run)
{
  run->now.fields.ct_state = 0;
  run->now.fields.ct_zone = 0;
}

/* The loop that moves time: to the next moment at which the timeline wants to act, or until something it may be waiting
 * for has happened. */
#include "lab/run.h"

#include <string.h>

#include "lab/agents.h"
#include "lab/director.h"
#include "lab/judge.h"
#include "lab/journal.h"
#include "lab/power.h"

struct _LabRun
{
  const LabScenario *scenario;
  SimTrace *trace;
  LabLedger *ledger;
  LabTally *tally;
  LabNet *net;
  LabDirector *director;
  LabJournal *journal;
  GPtrArray *refusals; /* sentences: what the controller, or a peer, did not accept */
  gboolean started;
  gint64 wake_ns; /* when the director wants to act; -1: the timeline is over */
  gint64 end_ns;  /* -1: not known yet */
  guint64 n_frames;
};

/* "odl: openflow 7: unasked: BARRIER_REPLY to xid 9". */
static void
note_misuse (LabRun *run, const SimTraceState *state)
{
  json_auto_t *details = state->json ? json_loads (state->json, 0, NULL) : NULL;
  const char *why = json_string_value (json_object_get (details, "why"));

  g_ptr_array_add (run->refusals, g_strdup_printf ("%s: %s: %s: %s", state->node, state->key, state->op,
                                                   why ? why : "no details"));
}

/* News that may let the timeline go on stop the clock. */
static void
hear (const SimTraceRecord *record, gpointer user)
{
  LabRun *run = user;
  static const char *const tables[] = { "ping", "arping", "dhcp", "controller", NULL };

  if (record->kind == SIM_TRACE_PACKET)
    run->n_frames += record->packet.drop == NET_DROP_NONE && record->packet.direction == SIM_TRACE_OUTBOUND;
  else if (record->kind == SIM_TRACE_STATE && run->net && g_strv_contains (tables, record->state.table))
    sim_clock_stop (sim_network_clock (run->net->network));
  else if (record->kind == SIM_TRACE_STATE && strcmp (record->state.table, "misuse") == 0)
    note_misuse (run, &record->state);
}

LabRun *
lab_run_new (const LabScenario *s, SimTrace *trace)
{
  LabRun *run = g_new0 (LabRun, 1);
  const SimTraceRecord section
      = { .kind = SIM_TRACE_SECTION,
          .section
          = { .scenario = s->name, .variant = s->variant, .seed = s->seed, .version = VTEPLAB_VERSION } };

  run->scenario = s;
  run->trace = trace;
  run->end_ns = -1;
  run->refusals = g_ptr_array_new_with_free_func (g_free);
  run->ledger = lab_ledger_new ();
  run->tally = lab_tally_new (s, run->ledger);
  sim_trace_subscribe (trace, lab_ledger_hear, run->ledger);
  sim_trace_subscribe (trace, lab_tally_hear, run->tally);
  sim_trace_subscribe (trace, hear, run);
  sim_trace_emit (trace, &section);
  run->net = lab_net_new (s, trace);
  run->journal = lab_journal_new (run->net);
  run->director = lab_director_new (run->net, run->ledger, run->refusals);
  return run;
}

void
lab_run_free (LabRun *run)
{
  if (!run)
    return;
  lab_director_free (run->director);
  lab_journal_free (run->journal);
  lab_net_free (g_steal_pointer (&run->net));
  lab_tally_free (run->tally);
  lab_ledger_free (run->ledger);
  g_ptr_array_unref (run->refusals);
  g_free (run);
}

gint64
lab_run_now (const LabRun *run)
{
  return sim_clock_now (sim_network_clock (run->net->network));
}

static void
start (LabRun *run)
{
  run->started = TRUE;
  lab_power_on_all (run->net);
  if (run->scenario->controller.lldp && run->net->controller)
    lab_agents_run (run->net);
}

/* Asks the director what to wait for, and fixes the end once the timeline is over. */
static void
direct (LabRun *run)
{
  gint64 now = lab_run_now (run);
  gint64 next_call = lab_journal_act (run->journal, now, run->refusals);

  run->wake_ns = lab_director_act (run->director, now);
  if (next_call >= 0)
    run->wake_ns = run->wake_ns < 0 ? next_call : MIN (run->wake_ns, next_call);
  if (run->wake_ns < 0 && run->end_ns < 0)
    run->end_ns = run->scenario->until_ns >= 0 ? run->scenario->until_ns : now + LAB_SETTLE;
}

gboolean
lab_run_advance (LabRun *run, gint64 limit_ns)
{
  SimClock *clock = sim_network_clock (run->net->network);
  gint64 last = run->scenario->until_ns >= 0 ? run->scenario->until_ns : LAB_LONGEST;

  if (!run->started)
    {
      start (run);
      direct (run);
    }
  while (lab_run_now (run) < limit_ns)
    {
      gint64 until = MIN (limit_ns, run->end_ns >= 0 ? run->end_ns : last);
      if (run->wake_ns >= 0)
        until = MIN (until, run->wake_ns);
      sim_clock_run (clock, until);
      if (lab_run_now (run) >= (run->end_ns >= 0 ? run->end_ns : last))
        return FALSE;
      if (run->wake_ns >= 0)
        direct (run);
    }
  return TRUE;
}

LabResult *
lab_run_conclude (LabRun *run)
{
  LabResult *result = lab_result_new (run->scenario);
  const char *stuck = lab_director_stuck (run->director);

  lab_judge (run->scenario, run->ledger, run->tally, run->refusals, result);
  if (stuck)
    g_ptr_array_add (result->notes, g_strdup (stuck));
  else if (run->wake_ns >= 0)
    g_ptr_array_add (result->notes, g_strdup ("the time was up before the timeline was through"));
  result->stuck = stuck != NULL;
  result->simulated_ns = lab_run_now (run);
  result->n_events = sim_clock_fired (sim_network_clock (run->net->network));
  result->n_frames = run->n_frames;
  result->n_drops = lab_ledger_drops (run->ledger, &(LabDropKind){ 0 });
  return result;
}

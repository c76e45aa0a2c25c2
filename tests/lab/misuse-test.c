/* A message against its protocol, as the trace tells of it, and the verdict on the run. */
#include "lab/run.h"

#include <string.h>

#include "tap.h"

static const char base[] = "scenario: small\n"
                           "networks:\n"
                           "  blue: { subnet: 10.0.0.0/24, segments: [ { vxlan: 5001 } ] }\n"
                           "nodes:\n"
                           "  underlay: { kind: switch }\n"
                           "  server1: { kind: compute, ip: 10.8.125.18, roles: [ controller ] }\n"
                           "links: [ server1/em2 -- underlay ]\n"
                           "vms:\n"
                           "  vm1: { on: server1, network: blue, ip: 10.0.0.2 }\n"
                           "timeline: [ { after: converged, vm1: ping vm1 } ]\n";

/* The verdicts on the scenario with these expectations; `misuse`: the trace tells of one. */
static LabResult *
judge (const char *expects, gboolean misuse)
{
  const SimTraceRecord record = { .kind = SIM_TRACE_STATE,
                                  .state = { .node = "odl",
                                             .table = "misuse",
                                             .op = "unasked",
                                             .key = "openflow 7",
                                             .json = "{\"n\":1,\"why\":\"BARRIER_REPLY to xid 9\"}" } };
  g_autoptr (LabProblems) problems = lab_problems_new ();
  g_autofree char *text = g_strconcat (base, "expect: [ ", expects, " ]\n", NULL);
  g_autoptr (LabScenario) s
      = lab_scenario_parse ("small.yaml", text, strlen (text), &(LabOverrides){ .until_ns = -1 }, problems);
  g_autofree char *mistakes = lab_problems_format (problems);
  g_autoptr (SimTrace) trace = sim_trace_new ();
  g_autoptr (LabRun) run = NULL;

  if (!s)
    printf ("# %s\n", mistakes);
  g_assert (s);
  run = lab_run_new (s, trace);
  if (misuse)
    sim_trace_emit (trace, &record);
  while (lab_run_advance (run, lab_run_now (run) + SIM_SEC))
    ;
  return lab_run_conclude (run);
}

static void
test_none (void)
{
  g_autoptr (LabResult) result = judge ("{ converged: true }", FALSE);

  CU_ASSERT_TRUE (lab_result_is_good (result));
}

static void
test_fails (void)
{
  g_autoptr (LabResult) result = judge ("{ converged: true }", TRUE);
  const LabVerdict *last = g_ptr_array_index (result->verdicts, result->verdicts->len - 1);

  CU_ASSERT_FALSE (lab_result_is_good (result));
  CU_ASSERT_FALSE (last->met);
  CU_ASSERT_STRING_EQUAL (last->text, "every call and message is accepted");
  CU_ASSERT_PTR_NOT_NULL (strstr (last->figure, "odl: openflow 7: unasked: BARRIER_REPLY to xid 9"));
}

static void
test_expected (void)
{
  g_autoptr (LabResult) result = judge ("{ refusal: 'BARRIER_REPLY to', exactly: 1 }", TRUE);

  CU_ASSERT_TRUE (lab_result_is_good (result));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a run in which everybody keeps to his protocol is good", test_none },
    { "a message against its protocol fails the run, with what it was", test_fails },
    { "unless its refusal is expected", test_expected },
    { NULL, NULL },
  };

  return tap_main ("lab-misuse", tests);
}

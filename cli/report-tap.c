/* TAP version 13: a test a run, its expectations as a subtest. */
#include "cli/report.h"

static guint n_done;

static void
begin (guint n_runs)
{
  n_done = 0;
  g_print ("TAP version 13\n1..%u\n", n_runs);
}

/* In TAP a '#' begins a directive. */
static char *
plain (const char *text)
{
  char *copy = g_strdup (text);
  return g_strdelimit (copy, "#\n", ' ');
}

static void
add (const CliOutcome *outcome)
{
  const LabResult *result = outcome->result;
  g_autofree char *name = cli_report_name (result);

  g_print ("    1..%u\n", result->verdicts->len);
  for (guint i = 0; i < result->verdicts->len; i++)
    {
      const LabVerdict *v = result->verdicts->pdata[i];
      g_autofree char *text = plain (v->text), *figure = plain (v->figure);
      g_autofree char *reason = cli_report_reason (outcome, v);
      g_print ("    %s %u - %s (%s)\n", v->met ? "ok" : "not ok", i + 1, text, figure);
      if (reason)
        {
          g_auto (GStrv) lines = g_strsplit (reason, "\n", -1);
          for (guint l = 0; lines[l]; l++)
            g_print ("    # %s\n", lines[l]);
        }
    }
  for (guint i = 0; i < result->notes->len; i++)
    g_print ("# %s\n", (const char *) result->notes->pdata[i]);
  g_print ("%s %u - %s\n", lab_result_is_good (result) ? "ok" : "not ok", ++n_done, name);
}

static void
end (guint n_runs, guint n_bad)
{
  (void) n_runs;
  (void) n_bad;
}

const CliReport cli_report_tap = { "tap", begin, add, end };

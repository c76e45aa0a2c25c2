/* vteplab view: a scenario as it runs, or a trace from its file, in the terminal. */
#include <glib.h>

#include "cli/commands.h"
#include "cli/source.h"
#include "lab/run.h"
#include "sim/pcapng.h"
#include "viz/live.h"

static gboolean
advance (gpointer user, gint64 until_ns)
{
  return lab_run_advance (user, until_ns);
}

static int
show (VizHistory *history, LabRun *run)
{
  g_autoptr (GError) error = NULL;

  if (viz_live_run (history, run ? advance : NULL, run, &error))
    return CLI_MET;
  g_printerr ("vteplab view: %s\n", error->message);
  return CLI_MISTAKE;
}

static int
view_trace (const char *path, const char *bytes, gsize length)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  g_autoptr (GError) error = NULL;

  if (sim_pcapng_read ((const guint8 *) bytes, length, viz_history_hear, history, &error))
    return show (history, NULL);
  if (viz_history_n (history) == 0)
    {
      g_printerr ("vteplab view: %s: %s\n", path, error->message);
      return CLI_MISTAKE;
    }
  g_printerr ("vteplab view: %s: %s; showing what stands before it\n", path, error->message);
  return show (history, NULL);
}

static int
view_scenario (const char *path, const char *variant, const LabOverrides *overrides)
{
  g_autoptr (CliSource) source = cli_source_load (path, variant);
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  g_autoptr (SimTrace) trace = sim_trace_new ();
  g_autoptr (LabScenario) scenario = NULL;
  LabRun *run;
  int status;

  if (!source)
    return CLI_MISTAKE;
  if (source->n_variants > 1)
    {
      g_autofree char *names = g_strjoinv (", ", source->variants);
      g_printerr ("vteplab view: %s has variants; name one with --variant: %s\n", path, names);
      return CLI_MISTAKE;
    }
  scenario = cli_source_parse (source, 0, overrides);
  if (!scenario)
    return CLI_MISTAKE;
  sim_trace_subscribe (trace, viz_history_hear, history);
  run = lab_run_new (scenario, trace);
  status = show (history, run);
  lab_run_free (run);
  return status;
}

int
cli_view (int argc, char **argv)
{
  static char *variant, **sets;
  const GOptionEntry entries[]
      = { { "variant", 0, 0, G_OPTION_ARG_STRING, &variant, "Which variant of a scenario", "NAME" },
          { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets, "Change a value of the file first", "KEY=VALUE" },
          { NULL } };
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!cli_parse_options (entries, "SCENARIO|TRACE", "Watches a scenario as it runs, or a trace.", &argc,
                          &argv))
    return CLI_MISTAKE;
  if (argc != 2)
    {
      g_printerr ("vteplab view: name one scenario or one trace\n");
      return CLI_MISTAKE;
    }
  if (g_str_has_suffix (argv[1], ".yaml") || g_str_has_suffix (argv[1], ".yml"))
    return view_scenario (argv[1], variant,
                          &(LabOverrides){ .sets = (const char *const *) sets, .until_ns = -1 });
  if (!g_file_get_contents (argv[1], &bytes, &length, &error))
    {
      g_printerr ("vteplab view: %s\n", error->message);
      return CLI_MISTAKE;
    }
  return view_trace (argv[1], bytes, length);
}

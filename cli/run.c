/* vteplab run: scenarios live, are judged, and leave their traces. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/source.h"
#include "lab/run.h"
#include "lab/units.h"

static struct
{
  char *out, *variant, *until, *junit, *format, *seed;
  char **sets;
  gboolean pcap;
} options;

static const GOptionEntry entries[] = {
  { "out", 'o', 0, G_OPTION_ARG_FILENAME, &options.out, "Where to write (default vteplab-out)", "DIR" },
  { "variant", 0, 0, G_OPTION_ARG_STRING, &options.variant, "Run this variant alone (default: every one)",
    "NAME" },
  { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, "Instead of the file's seed", "N" },
  { "until", 0, 0, G_OPTION_ARG_STRING, &options.until, "End at this simulated time", "TIME" },
  { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.sets, "Change a value of the file first", "KEY=VALUE" },
  { "pcap", 0, 0, G_OPTION_ARG_NONE, &options.pcap, "Also write a classic pcap for each link end", NULL },
  { "junit", 0, 0, G_OPTION_ARG_FILENAME, &options.junit, "Also write a JUnit report", "FILE" },
  { "format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text, tap, json or github (default text)",
    "FORMAT" },
  { NULL }
};

static gint64
clock_ns (clockid_t id)
{
  struct timespec t;
  clock_gettime (id, &t);
  return t.tv_sec * SIM_SEC + t.tv_nsec;
}

static const CliReport *
find_report (void)
{
  static const CliReport *const reports[]
      = { &cli_report_text, &cli_report_tap, &cli_report_json, &cli_report_github };

  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    if (strcmp (options.format ? options.format : "text", reports[i]->name) == 0)
      return reports[i];
  g_printerr ("vteplab run: there is no format '%s'; there is text, tap, json, github\n", options.format);
  return NULL;
}

static gboolean
read_overrides (LabOverrides *overrides)
{
  *overrides = (LabOverrides){ .sets = (const char *const *) options.sets, .until_ns = -1 };
  if (options.until
      && (!lab_units_duration (options.until, &overrides->until_ns) || overrides->until_ns > LAB_LONGEST))
    {
      g_printerr ("vteplab run: --until is '%s'; it must be a time with its unit, as 30s, 24h at most\n",
                  options.until);
      return FALSE;
    }
  overrides->has_seed = options.seed != NULL;
  if (options.seed && !g_ascii_string_to_unsigned (options.seed, 10, 0, G_MAXINT64, &overrides->seed, NULL))
    {
      g_printerr ("vteplab run: --seed is '%s'; it must be a whole number\n", options.seed);
      return FALSE;
    }
  return TRUE;
}

/* Long runs say on a terminal how far they are. */
static void
live (LabRun *run)
{
  gboolean shown = FALSE, tell = isatty (STDERR_FILENO);
  gint64 last = clock_ns (CLOCK_MONOTONIC);

  while (lab_run_advance (run, lab_run_now (run) + SIM_SEC))
    {
      gint64 now = clock_ns (CLOCK_MONOTONIC);
      g_autofree char *at = NULL;
      if (!tell || now - last < SIM_SEC / 2)
        continue;
      at = lab_units_format_duration (lab_run_now (run));
      g_printerr ("\r%s simulated \033[K", at);
      shown = TRUE;
      last = now;
    }
  if (shown)
    g_printerr ("\r\033[K");
}

/* CLI_MET or CLI_FAILED by its verdict, CLI_MISTAKE when a file cannot be written. */
static int
run_one (const char *path, const LabScenario *scenario, const CliReport *report, CliJunit *junit)
{
  g_autoptr (SimTrace) trace = sim_trace_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (CliOutput) output = NULL;
  g_autoptr (LabRun) run = NULL;
  g_autoptr (LabResult) result = NULL;
  gint64 wall = clock_ns (CLOCK_MONOTONIC), cpu = clock_ns (CLOCK_PROCESS_CPUTIME_ID);
  CliOutcome outcome;

  output = cli_output_new (options.out ? options.out : "vteplab-out", scenario, options.pcap, trace, &error);
  if (output)
    {
      run = lab_run_new (scenario, trace);
      live (run);
      result = lab_run_conclude (run);
      g_clear_pointer (&run, lab_run_free);
    }
  if (!output || !cli_output_finish (output, result, &error))
    {
      g_printerr ("vteplab run: %s\n", error->message);
      return CLI_MISTAKE;
    }
  outcome = (CliOutcome){ .result = result,
                          .scenario_path = path,
                          .trace_path = cli_output_trace_path (output),
                          .result_path = cli_output_result_path (output),
                          .pcap_path = cli_output_pcap_path (output),
                          .wall_ns = clock_ns (CLOCK_MONOTONIC) - wall,
                          .cpu_ns = clock_ns (CLOCK_PROCESS_CPUTIME_ID) - cpu };
  report->add (&outcome);
  if (junit)
    cli_junit_add (junit, &outcome);
  return lab_result_is_good (result) ? CLI_MET : CLI_FAILED;
}

static void
scenario_free (gpointer scenario)
{
  lab_scenario_free (scenario);
}

/* All files are read before the first run, so that a mistake in the last is told at once. */
static gboolean
load_all (int argc, char **argv, const LabOverrides *overrides, GPtrArray *sources, GPtrArray *scenarios,
          GPtrArray *paths)
{
  gboolean good = TRUE;

  for (int i = 1; i < argc; i++)
    {
      CliSource *source = cli_source_load (argv[i], options.variant);
      if (!source)
        {
          good = FALSE;
          continue;
        }
      g_ptr_array_add (sources, source);
      for (guint v = 0; v < source->n_variants; v++)
        {
          LabScenario *scenario = cli_source_parse (source, v, overrides);
          if (!scenario)
            {
              good = FALSE;
              break;
            }
          g_ptr_array_add (scenarios, scenario);
          g_ptr_array_add (paths, argv[i]);
        }
    }
  return good;
}

int
cli_run (int argc, char **argv)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify) cli_source_free);
  g_autoptr (GPtrArray) scenarios = g_ptr_array_new_with_free_func (scenario_free),
                        paths = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  const CliReport *report;
  LabOverrides overrides;
  CliJunit *junit;
  guint n_bad = 0;
  int status = CLI_MET;

  if (!cli_parse_options (entries, "SCENARIO…", "Runs scenarios and judges what they expect.", &argc, &argv)
      || !(report = find_report ()) || !read_overrides (&overrides))
    return CLI_MISTAKE;
  if (argc < 2)
    {
      g_printerr ("vteplab run: name at least one scenario file, as scenarios/use-case-2.yaml\n");
      return CLI_MISTAKE;
    }
  if (!load_all (argc, argv, &overrides, sources, scenarios, paths))
    return CLI_MISTAKE;
  junit = options.junit ? cli_junit_new () : NULL;
  report->begin (scenarios->len);
  for (guint i = 0; i < scenarios->len; i++)
    {
      int one = run_one (paths->pdata[i], scenarios->pdata[i], report, junit);
      n_bad += one != CLI_MET;
      status = MAX (status, one);
    }
  report->end (scenarios->len, n_bad);
  if (junit && !cli_junit_write (junit, options.junit, &error))
    {
      g_printerr ("vteplab run: %s\n", error->message);
      status = CLI_MISTAKE;
    }
  cli_junit_free (junit);
  return status;
}

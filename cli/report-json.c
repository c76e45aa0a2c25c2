/* One JSON object a line, as in the result file, with the files written. */
#include "cli/report.h"

#include <stdlib.h>

static void
begin (guint n_runs)
{
  (void) n_runs;
}

static void
add (const CliOutcome *outcome)
{
  json_t *json = lab_result_to_json (outcome->result);
  char *text;

  json_object_set_new (json, "trace", json_string (outcome->trace_path));
  json_object_set_new (json, "wall_ns", json_integer (outcome->wall_ns));
  json_object_set_new (json, "cpu_ns", json_integer (outcome->cpu_ns));
  text = json_dumps (json, JSON_COMPACT);
  g_print ("%s\n", text);
  free (text);
  json_decref (json);
}

static void
end (guint n_runs, guint n_bad)
{
  (void) n_runs;
  (void) n_bad;
}

const CliReport cli_report_json = { "json", begin, add, end };

/* The screen: each expectation with its figure, a failure with its reason. */
#include "cli/report.h"

#include <stdlib.h>
#include <unistd.h>

#include "lab/units.h"

#define REASON_WIDTH 104

static struct
{
  const char *good, *bad, *strong, *faint, *end;
} style = { "", "", "", "", "" };

static void
begin (guint n_runs)
{
  (void) n_runs;
  if (isatty (STDOUT_FILENO) && !getenv ("NO_COLOR") && g_strcmp0 (getenv ("TERM"), "dumb") != 0)
    {
      style.good = "\033[32m";
      style.bad = "\033[1;31m";
      style.strong = "\033[1m";
      style.faint = "\033[2m";
      style.end = "\033[0m";
    }
}

static glong
width_of (const LabResult *result)
{
  glong width = 20;
  for (guint i = 0; i < result->verdicts->len; i++)
    width = MAX (width, g_utf8_strlen (((const LabVerdict *) result->verdicts->pdata[i])->text, -1));
  return MIN (width, 64);
}

/* Breaks a line between words, and sets what follows further in. */
static void
print_wrapped (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  glong at = 0;

  for (guint i = 0; words[i]; i++)
    {
      glong width = g_utf8_strlen (words[i], -1);
      const char *before = i == 0 ? "        " : at + 1 + width > REASON_WIDTH ? "\n          " : " ";
      g_print ("%s%s", before, words[i]);
      at = *before == '\n' ? 2 + width : at + (i > 0) + width;
    }
  g_print ("\n");
}

static void
print_verdict (const CliOutcome *outcome, const LabVerdict *verdict, glong width)
{
  g_autofree char *command = cli_report_command (outcome, verdict);
  glong pad = width - g_utf8_strlen (verdict->text, -1);

  g_print ("  %s%s%s  %s%*s  %s\n", verdict->met ? style.good : style.bad, verdict->met ? "ok  " : "FAIL",
           style.end, verdict->text, (int) MAX (pad, 0), "", verdict->figure);
  if (verdict->met)
    return;
  if (verdict->reason)
    {
      g_auto (GStrv) lines = g_strsplit (verdict->reason, "\n", -1);
      for (guint i = 0; lines[i]; i++)
        print_wrapped (lines[i]);
    }
  if (command)
    g_print ("        %s%s%s\n", style.faint, command, style.end);
  g_print ("        %sexpected at %s:%u:%u%s\n", style.faint, verdict->file, verdict->line, verdict->column,
           style.end);
}

static void
add (const CliOutcome *outcome)
{
  const LabResult *result = outcome->result;
  g_autofree char *name = cli_report_name (result), *wall = lab_units_format_duration (outcome->wall_ns);
  g_autofree char *simulated = lab_units_format_duration (result->simulated_ns);
  guint n_failed = lab_result_n_failed (result);
  glong width = width_of (result);

  g_print ("%s%s%s  seed %" G_GUINT64_FORMAT "\n", style.strong, name, style.end, result->seed);
  if (result->about)
    g_print ("%s\n", result->about);
  g_print ("\n");
  for (guint i = 0; i < result->verdicts->len; i++)
    print_verdict (outcome, result->verdicts->pdata[i], width);
  for (guint i = 0; i < result->notes->len; i++)
    g_print ("  %snote%s  %s\n", style.bad, style.end, (const char *) result->notes->pdata[i]);
  g_print ("\n  %s%u of %u met%s; %s simulated in %s; %" G_GUINT64_FORMAT " frames, %" G_GUINT64_FORMAT
           " dropped\n",
           lab_result_is_good (result) ? style.good : style.bad, result->verdicts->len - n_failed,
           result->verdicts->len, style.end, simulated, wall, result->n_frames, result->n_drops);
  g_print ("  written: %s\n           %s\n", outcome->trace_path, outcome->result_path);
  if (outcome->pcap_path)
    g_print ("           %s/*.pcap\n", outcome->pcap_path);
  g_print ("\n");
}

static void
end (guint n_runs, guint n_bad)
{
  if (n_runs > 1)
    g_print ("%s%u of %u runs as expected%s\n", n_bad ? style.bad : style.good, n_runs - n_bad, n_runs,
             style.end);
}

const CliReport cli_report_text = { "text", begin, add, end };

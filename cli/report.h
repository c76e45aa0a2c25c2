/* What a person or a machine reads on stdout about runs; one file a format. */
#pragma once

#include "lab/result.h"

G_BEGIN_DECLS

/* A finished run and what it left on disk. */
typedef struct
{
  const LabResult *result;
  const char *scenario_path;
  const char *trace_path;
  const char *result_path;
  const char *pcap_path; /* a directory; NULL without --pcap */
  gint64 wall_ns;
  gint64 cpu_ns;
} CliOutcome;

typedef struct
{
  const char *name; /* of --format */
  void (*begin) (guint n_runs);
  void (*add) (const CliOutcome *outcome);
  void (*end) (guint n_runs, guint n_bad);
} CliReport;

extern const CliReport cli_report_text, cli_report_tap, cli_report_json, cli_report_github;

/* "use-case-2" or "use-case-2.broken". */
char *cli_report_name (const LabResult *result);
/* The command that shows the frame which a failed expectation is about; NULL without one. */
char *cli_report_command (const CliOutcome *outcome, const LabVerdict *verdict);
/* The reason of a failure with that command behind it, lines separated by \n; NULL when there is neither. */
char *cli_report_reason (const CliOutcome *outcome, const LabVerdict *verdict);

/* JUnit XML for many runs: a test suite a run, a test case an expectation.  Gathered, then written at once. */
typedef struct _CliJunit CliJunit;
CliJunit *cli_junit_new (void);
void cli_junit_add (CliJunit *junit, const CliOutcome *outcome);
gboolean cli_junit_write (CliJunit *junit, const char *path, GError **error);
void cli_junit_free (CliJunit *junit);

G_END_DECLS

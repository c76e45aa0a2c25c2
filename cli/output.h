/* The files that a run leaves: the trace, classic pcaps, the result. */
#pragma once

#include "lab/result.h"
#include "sim/trace.h"

G_BEGIN_DECLS

typedef struct _CliOutput CliOutput;

/* Opens DIR/<name>.pcapng (and DIR/<name>/ with pcaps) and subscribes to the trace. */
CliOutput *cli_output_new (const char *directory, const LabScenario *scenario, gboolean pcap, SimTrace *trace,
                           GError **error);
const char *cli_output_trace_path (const CliOutput *output);
const char *cli_output_result_path (const CliOutput *output);
const char *cli_output_pcap_path (const CliOutput *output); /* NULL without pcaps */
/* Writes the result and closes everything; FALSE with the first thing that could not be written. */
gboolean cli_output_finish (CliOutput *output, const LabResult *result, GError **error);
void cli_output_free (CliOutput *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliOutput, cli_output_free)

G_END_DECLS

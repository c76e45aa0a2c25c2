/* Classic nanosecond pcap files, one for each link end: a subscriber of the trace that writes
 * DIR/<node>-<port>.pcap.
 *
 * A file holds what its link end sent and received.  Drops are not repeated there: a discarded frame is in
 * the file of each end that it passed before. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

typedef struct _CliPcapDir CliPcapDir;

/* Makes the directory, and those above it, where they are missing.  G_FILE_ERROR. */
CliPcapDir *cli_pcap_dir_new (const char *path, GError **error);
/* A SimTraceFunc.  What fails is reported by cli_pcap_dir_close(). */
void cli_pcap_dir_hear (const SimTraceRecord *record, gpointer dir);
/* Writes out all files; FALSE with the first error of the whole run.  Files already written stay. */
gboolean cli_pcap_dir_close (CliPcapDir *dir, GError **error);
void cli_pcap_dir_free (CliPcapDir *dir);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliPcapDir, cli_pcap_dir_free)

G_END_DECLS

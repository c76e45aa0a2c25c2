/* The trace on disk: a pcapng file (draft-ietf-opsawg-pcapng) that Wireshark opens as it is.
 *
 * Section header (scenario, variant and seed in comments, version as shb_userappl), an interface block a link
 * end (if_name "tor1/em3", if_tsresol 9), enhanced packet blocks (epb_flags direction, epb_packetid, and on a
 * drop epb_verdict and opt_comment "drop vlan-unbound: … [table … rule …]"), a name resolution block for
 * every address, custom blocks for state changes.
 *
 * The verdict is of the hardware type, followed by the reason's word: frame.verdict.hw contains "vlan-unbound".
 * (tshark 4.0 shows it, but writes it wrongly: what it is to copy into another pcapng file should not hold
 * drops.)  Kind and peer of an interface, and the drop's reason, table and rule, are JSON in a custom option,
 * from which the reader has them. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

/* The Private Enterprise Number of our custom blocks: the one that RFC 5612 reserves for examples. */
#define SIM_PCAPNG_PEN 32473u

typedef struct _SimPcapngWriter SimPcapngWriter;

typedef enum
{
  SIM_PCAPNG_ERROR_IO,
  SIM_PCAPNG_ERROR_FORMAT
} SimPcapngError;

#define SIM_PCAPNG_ERROR (sim_pcapng_error_quark ())
GQuark sim_pcapng_error_quark (void);

/* Receives the bytes of the file, in pieces. */
typedef void (*SimPcapngSink) (const guint8 *bytes, gsize n, gpointer user);

/* A writer is a trace subscriber: pass sim_pcapng_writer_hear to sim_trace_subscribe(). */
SimPcapngWriter *sim_pcapng_writer_new (SimPcapngSink sink, gpointer user);
void sim_pcapng_writer_hear (const SimTraceRecord *record, gpointer writer);
/* Hands what is buffered to the sink. */
void sim_pcapng_writer_flush (SimPcapngWriter *writer);
/* The same, and frees. */
void sim_pcapng_writer_free (SimPcapngWriter *writer);

/* Reads a whole trace and replays its records.  Foreign pcapng files are read too, unknown blocks skipped;
 * both byte orders; a truncated or contradictory file is an error that names the offset, after the records
 * before it. */
gboolean sim_pcapng_read (const guint8 *bytes, gsize n, SimTraceFunc hear, gpointer user, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPcapngWriter, sim_pcapng_writer_free)

G_END_DECLS

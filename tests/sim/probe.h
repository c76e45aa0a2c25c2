/* A node that keeps what it receives, and a trace subscriber that keeps lines of text: for tests of links,
 * nodes and switches. */
#pragma once

#include "sim/link.h"
#include "sim/trace.h"

typedef struct
{
  gint64 at_ns;
  guint port;
  guint64 packet_id;
  guint8 bytes[128];
  guint length;
} ProbeFrame;

typedef struct
{
  SimNode node;     /* first */
  GArray *frames;   /* of ProbeFrame */
  GString *changes; /* "0 up, 0 down, " */
} Probe;

/* With ports "p0", "p1", … */
Probe *probe_new (SimNetwork *network, const char *name, guint n_ports);
const ProbeFrame *probe_frame (const Probe *probe, guint i);
void probe_send (Probe *probe, guint port, const guint8 *bytes, guint length);

/* Hears a trace as text, a line a record:
 *   "0 interface 0 a/p0 probe -> b/p0"
 *   "10 out 0 id 10000000001 len 60", " in", and of a drop " drop link-loss [table][rule]"
 *   "10 state a port down p0 JSON" */
typedef struct
{
  SimTrace *trace;
  GString *text;
} ProbeTrace;

ProbeTrace probe_trace_new (void);
void probe_trace_clear (ProbeTrace *heard);
/* How often the text occurs. */
guint probe_trace_count (const ProbeTrace *heard, const char *what);

/* What nodes and links tell the trace.  Private to sim/.  Without a trace that is heard each call does
 * nothing. */
#pragma once

#include "sim/link.h"
#include "sim/network.h"

G_BEGIN_DECLS

static inline gboolean
sim_record_wanted (const SimNetwork *network)
{
  return G_UNLIKELY (network->trace != NULL) && sim_trace_is_heard (network->trace);
}

/* Announces the interface of a port, with the peer that the port has now. */
void sim_record_interface (SimNode *node, guint port);

/* A frame at a port, or in the node itself with NET_PORT_NONE; `drop` is NULL when it was not discarded
 * there. */
void sim_record_packet (SimNode *node, guint port, SimTraceDirection direction, const NetFrame *frame,
                        const NetDrop *drop);

void sim_record_state (SimNode *node, const NetState *state);
/* A log line is a state record of table "log", keyed by module, with the level as op and {"message": …}. */
void sim_record_log (SimNode *node, NetLogLevel level, const char *module, const char *message);

G_END_DECLS

/* The inside of a network, shared by network.c, node.c, link.c and record.c.  Private to sim/; models use
 * node.h. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

struct _SimNetwork
{
  SimClock *clock;
  NetFramePool *frames;
  SimTrace *trace; /* borrowed; NULL without one */
  guint64 seed;
  guint n_interfaces;  /* announced to the trace */
  GPtrArray *nodes;    /* by index */
  GPtrArray *links;    /* in order of creation */
  GHashTable *by_name; /* of nodes; look-up only */
};

/* Gives a frame its packet id, at the first port or drop that sees it. */
static inline void
sim_node_stamp (SimNode *node, NetFrame *frame)
{
  if (frame->packet_id == 0)
    frame->packet_id = (guint64)(node->index + 1) << 40 | ++node->n_packets;
}

/* Counts and records a drop; borrows drop->frame. */
void sim_node_note_drop (SimNode *node, SimTraceDirection direction, const NetDrop *drop);

void sim_link_free (SimLink *link);
/* Releases the frames that are on their way on any link of the network. */
void sim_link_discard_flights (SimNetwork *network);

G_END_DECLS

/* Parts of a run that a view may leave out, so that the network's own frames are seen: what the management network
 * carries and sets up, and state changes. */
#pragma once

#include "viz/topology.h"

G_BEGIN_DECLS

typedef enum
{
  VIZ_PART_MANAGEMENT
  = 1, /* frames of the management network, and what a controller writes: rows, flows, groups */
  VIZ_PART_STATES = 2 /* state changes of any table */
} VizPart;

/* The parts, as a set of bits, that an event belongs to.  What is dropped belongs to none: it is never left out. */
guint viz_parts_of_packet (const VizTopology *topology, guint end, gboolean is_drop);
guint viz_parts_of_state (const VizTopology *topology, const SimTraceState *state);

G_END_DECLS

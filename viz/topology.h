/* Nodes, their link ends and the links between them, put together from the trace's interface records.
 * Everything stands in the order in which the trace told it, so that a picture is the same each time. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

#define VIZ_NONE G_MAXUINT

typedef struct
{
  char *name; /* "tor1" */
  char *kind; /* "tor"; "" where the trace has not said */
} VizNode;

typedef struct
{
  char *name; /* "tor1/em3" */
  guint node;
  guint link; /* VIZ_NONE: no cable */
} VizEnd;

typedef struct
{
  guint ends[2];
} VizLink;

typedef struct
{
  GArray *nodes;                            /* of VizNode */
  GArray *ends;                             /* of VizEnd */
  GArray *links;                            /* of VizLink */
  GArray *interfaces;                       /* of guint: the end of each interface id */
  GHashTable *nodes_by_name, *ends_by_name; /* name → index + 1; look-up only */
} VizTopology;

VizTopology *viz_topology_new (void);
void viz_topology_free (VizTopology *topology);
/* An end that is announced again keeps its place; a new peer moves its cable. */
void viz_topology_add (VizTopology *topology, const SimTraceInterface *interface);

static inline const VizNode *
viz_topology_node (const VizTopology *topology, guint node)
{
  return &g_array_index (topology->nodes, VizNode, node);
}

static inline const VizEnd *
viz_topology_end (const VizTopology *topology, guint end)
{
  return &g_array_index (topology->ends, VizEnd, end);
}

static inline const VizLink *
viz_topology_link (const VizTopology *topology, guint link)
{
  return &g_array_index (topology->links, VizLink, link);
}

/* The end behind an interface id of a packet record. */
static inline guint
viz_topology_end_of_interface (const VizTopology *topology, guint interface_id)
{
  return g_array_index (topology->interfaces, guint, interface_id);
}

/* The other end of an end's link; VIZ_NONE without one. */
guint viz_topology_peer (const VizTopology *topology, guint end);
/* By name; VIZ_NONE when there is none. */
guint viz_topology_find_end (const VizTopology *topology, const char *name);
guint viz_topology_find_node (const VizTopology *topology, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VizTopology, viz_topology_free)

G_END_DECLS

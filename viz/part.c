/* Which part an event belongs to, by the names that the lab gives the management network. */
#include "viz/part.h"

#include <string.h>

/* The name of the management network's switch, and of each node's port towards it. */
#define MANAGEMENT "mgmt"

/* Tables of what a controller has written into a node, and of its sessions. */
static const char *const written_tables[] = { "flow", "group", "session" };

static gboolean
is_management_end (const VizTopology *topology, guint end)
{
  const char *slash = strrchr (viz_topology_end (topology, end)->name, '/');
  return slash && strcmp (slash + 1, MANAGEMENT) == 0;
}

guint
viz_parts_of_packet (const VizTopology *topology, guint end, gboolean is_drop)
{
  guint peer = viz_topology_peer (topology, end);

  if (is_drop)
    return 0;
  return is_management_end (topology, end) || (peer != VIZ_NONE && is_management_end (topology, peer))
             ? VIZ_PART_MANAGEMENT
             : 0;
}

/* A controller's own notes; what it says of the whole run, in table "controller", is for everybody. */
static gboolean
is_controllers_note (const VizTopology *topology, const SimTraceState *state)
{
  guint node = viz_topology_find_node (topology, state->node);
  return node != VIZ_NONE && strcmp (viz_topology_node (topology, node)->kind, "controller") == 0
         && strcmp (state->table, "controller") != 0;
}

guint
viz_parts_of_state (const VizTopology *topology, const SimTraceState *state)
{
  gboolean is_management = g_str_has_prefix (state->table, "ovsdb/") || strcmp (state->node, MANAGEMENT) == 0
                           || is_controllers_note (topology, state);

  for (guint i = 0; i < G_N_ELEMENTS (written_tables); i++)
    is_management |= strcmp (state->table, written_tables[i]) == 0;
  return VIZ_PART_STATES | (is_management ? VIZ_PART_MANAGEMENT : 0);
}

/* The network as interface records tell it. */
#include "viz/topology.h"

#include <string.h>

static void
clear_node (gpointer node)
{
  g_free (((VizNode *) node)->name);
  g_free (((VizNode *) node)->kind);
}

static void
clear_end (gpointer end)
{
  g_free (((VizEnd *) end)->name);
}

VizTopology *
viz_topology_new (void)
{
  VizTopology *topology = g_new0 (VizTopology, 1);
  topology->nodes = g_array_new (FALSE, FALSE, sizeof (VizNode));
  topology->ends = g_array_new (FALSE, FALSE, sizeof (VizEnd));
  topology->links = g_array_new (FALSE, FALSE, sizeof (VizLink));
  topology->interfaces = g_array_new (FALSE, FALSE, sizeof (guint));
  topology->nodes_by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  topology->ends_by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_array_set_clear_func (topology->nodes, clear_node);
  g_array_set_clear_func (topology->ends, clear_end);
  return topology;
}

void
viz_topology_free (VizTopology *topology)
{
  if (!topology)
    return;
  g_hash_table_unref (topology->nodes_by_name);
  g_hash_table_unref (topology->ends_by_name);
  g_array_unref (topology->interfaces);
  g_array_unref (topology->links);
  g_array_unref (topology->ends);
  g_array_unref (topology->nodes);
  g_free (topology);
}

static guint
look_up (GHashTable *by_name, const char *name)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (by_name, name));
  return found ? found - 1 : VIZ_NONE;
}

guint
viz_topology_find_end (const VizTopology *topology, const char *name)
{
  return look_up (topology->ends_by_name, name);
}

guint
viz_topology_find_node (const VizTopology *topology, const char *name)
{
  return look_up (topology->nodes_by_name, name);
}

static guint
find_or_add_node (VizTopology *topology, const char *name)
{
  guint found = viz_topology_find_node (topology, name);
  VizNode node;

  if (found != VIZ_NONE)
    return found;
  node = (VizNode){ .name = g_strdup (name), .kind = g_strdup ("") };
  g_array_append_val (topology->nodes, node);
  g_hash_table_insert (topology->nodes_by_name, g_strdup (name), GUINT_TO_POINTER (topology->nodes->len));
  return topology->nodes->len - 1;
}

/* The node's name is what stands before the last slash. */
static guint
find_or_add_end (VizTopology *topology, const char *name)
{
  guint found = viz_topology_find_end (topology, name);
  const char *slash = strrchr (name, '/');
  g_autofree char *node_name = slash ? g_strndup (name, (gsize) (slash - name)) : g_strdup (name);
  VizEnd end;

  if (found != VIZ_NONE)
    return found;
  end = (VizEnd){ .name = g_strdup (name), .node = find_or_add_node (topology, node_name), .link = VIZ_NONE };
  g_array_append_val (topology->ends, end);
  g_hash_table_insert (topology->ends_by_name, g_strdup (name), GUINT_TO_POINTER (topology->ends->len));
  return topology->ends->len - 1;
}

guint
viz_topology_peer (const VizTopology *topology, guint end)
{
  guint link = viz_topology_end (topology, end)->link;
  const VizLink *ends;

  if (link == VIZ_NONE)
    return VIZ_NONE;
  ends = viz_topology_link (topology, link);
  return ends->ends[ends->ends[0] == end];
}

/* Takes the cable out of an end: the other end has none then either.  The link keeps its number and leads
 * nowhere. */
static void
unplug (VizTopology *topology, guint end)
{
  guint peer = viz_topology_peer (topology, end);
  guint link = viz_topology_end (topology, end)->link;

  if (link == VIZ_NONE)
    return;
  g_array_index (topology->ends, VizEnd, end).link = VIZ_NONE;
  g_array_index (topology->ends, VizEnd, peer).link = VIZ_NONE;
  g_array_index (topology->links, VizLink, link) = (VizLink){ { VIZ_NONE, VIZ_NONE } };
}

static void
plug (VizTopology *topology, guint a, guint b)
{
  VizLink link = { { a, b } };

  if (a == b || viz_topology_peer (topology, a) == b)
    return;
  unplug (topology, a);
  unplug (topology, b);
  g_array_append_val (topology->links, link);
  g_array_index (topology->ends, VizEnd, a).link = topology->links->len - 1;
  g_array_index (topology->ends, VizEnd, b).link = topology->links->len - 1;
}

void
viz_topology_add (VizTopology *topology, const SimTraceInterface *interface)
{
  guint end = find_or_add_end (topology, interface->name);
  VizNode *node = &g_array_index (topology->nodes, VizNode, viz_topology_end (topology, end)->node);

  g_array_append_val (topology->interfaces, end);
  g_free (node->kind);
  node->kind = g_strdup (interface->kind);
  if (interface->peer)
    plug (topology, end, find_or_add_end (topology, interface->peer));
}

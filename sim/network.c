/* The network: clock, frame pool, nodes by index and name, links; and in which order all of it ends. */
#include "sim/network.h"

SimNetwork *
sim_network_new (guint64 seed)
{
  SimNetwork *network = g_new0 (SimNetwork, 1);

  network->clock = sim_clock_new ();
  network->frames = net_frame_pool_new ();
  network->seed = seed;
  network->nodes = g_ptr_array_new ();
  network->links = g_ptr_array_new ();
  network->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return network;
}

void
sim_network_free (SimNetwork *network)
{
  if (!network)
    return;
  for (guint i = network->nodes->len; i--;)
    {
      SimNode *node = sim_network_node (network, i);
      node->klass->free (node);
    }
  /* After the nodes: what they sent when they ended is in flight too. */
  sim_link_discard_flights (network);
  for (guint i = 0; i < network->links->len; i++)
    sim_link_free (g_ptr_array_index (network->links, i));
  g_hash_table_unref (network->by_name);
  g_ptr_array_unref (network->links);
  g_ptr_array_unref (network->nodes);
  net_frame_pool_free (network->frames);
  sim_clock_free (network->clock);
  g_free (network);
}

SimClock *
sim_network_clock (SimNetwork *network)
{
  return network->clock;
}

NetFramePool *
sim_network_frames (SimNetwork *network)
{
  return network->frames;
}

SimNode *
sim_network_find (SimNetwork *network, const char *name)
{
  return g_hash_table_lookup (network->by_name, name);
}

guint
sim_network_n_nodes (const SimNetwork *network)
{
  return network->nodes->len;
}

SimNode *
sim_network_node (SimNetwork *network, guint index)
{
  return g_ptr_array_index (network->nodes, index);
}

void
sim_network_set_trace (SimNetwork *network, SimTrace *trace)
{
  g_assert (network->nodes->len == 0);
  network->trace = trace;
}

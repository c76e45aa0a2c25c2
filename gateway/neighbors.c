/* One entry a next hop. */
#include "gateway/neighbors.h"

#include "gateway/index.h"

typedef struct
{
  VtepNeighbor base;
  VtepNeighbors *table;
  NetIpv4 ip;
} Entry;

struct _VtepNeighbors
{
  NetWorld *world;
  VtepNeighborsConfig config;
  VtepIndex by_ip;    /* → place in entries */
  GPtrArray *entries; /* of Entry, in order of first use; few, and kept */
};

VtepNeighbors *
vtep_neighbors_new (NetWorld *world, const VtepNeighborsConfig *config)
{
  VtepNeighbors *neighbors = g_new0 (VtepNeighbors, 1);

  neighbors->world = world;
  neighbors->config = *config;
  neighbors->entries = g_ptr_array_new_with_free_func (g_free);
  vtep_index_init (&neighbors->by_ip, G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));
  return neighbors;
}

void
vtep_neighbors_free (VtepNeighbors *neighbors)
{
  if (!neighbors)
    return;
  for (guint i = 0; i < neighbors->entries->len; i++)
    vtep_neighbor_clear (&((Entry *) neighbors->entries->pdata[i])->base);
  g_ptr_array_unref (neighbors->entries);
  vtep_index_clear (&neighbors->by_ip);
  g_free (neighbors);
}

static Entry *
find (const VtepNeighbors *neighbors, NetIpv4 ip)
{
  const VtepIndexSlot *slot = vtep_index_find (&neighbors->by_ip, ip);
  return slot ? neighbors->entries->pdata[slot->value] : NULL;
}

/* ---- what a neighbour wants ---------------------------------------------------------------------------------- */

static const Entry *
entry_of (const VtepNeighbor *neighbor)
{
  return (const Entry *) neighbor;
}

static void
tell (const VtepNeighbor *neighbor, const char *op)
{
  char ip[NET_IPV4_TEXT], mac[NET_MAC_TEXT], json[48];

  if (!neighbor->world->detail)
    return;
  g_snprintf (json, sizeof json, "{\"mac\":\"%s\"}", net_mac_format (&neighbor->mac, mac));
  net_world_state (neighbor->world, &(NetState){ .table = "neighbor",
                                                 .op = op,
                                                 .key = net_ipv4_format (entry_of (neighbor)->ip, ip),
                                                 .json = json });
}

static void
drop (VtepNeighbor *neighbor, VtepWaiting packet, NetDropReason reason)
{
  char ip[NET_IPV4_TEXT];

  net_world_drop (neighbor->world, &(NetDrop){ .frame = packet.frame,
                                               .port = entry_of (neighbor)->table->config.port,
                                               .reason = reason,
                                               .table = "neighbor",
                                               .rule = net_ipv4_format (entry_of (neighbor)->ip, ip) });
  net_frame_unref (packet.frame);
}

static void
ask (VtepNeighbor *neighbor)
{
  const VtepNeighborsConfig *config = &entry_of (neighbor)->table->config;
  NetArp request = { .op = NET_ARP_REQUEST,
                     .sender_mac = config->mac,
                     .sender_ip = config->ip,
                     .target_ip = entry_of (neighbor)->ip };

  net_world_send (neighbor->world, config->port,
                  net_arp_frame (neighbor->world->frames, &net_mac_broadcast, &request));
}

static void
address_and_send (VtepNeighbor *neighbor, VtepWaiting packet)
{
  memcpy (net_frame_data (packet.frame), &neighbor->mac, sizeof neighbor->mac);
  net_world_send (neighbor->world, entry_of (neighbor)->table->config.port, packet.frame);
}

static const VtepNeighborClass entry_class = {
  .ask = ask, .send = address_and_send, .drop = drop, .tell = tell, .failed = NET_DROP_LOCATOR_UNRESOLVED
};

void
vtep_neighbors_move (VtepNeighbors *neighbors, const VtepNeighborsConfig *config)
{
  const VtepNeighborsConfig *was = &neighbors->config;

  if (was->port == config->port && was->ip == config->ip && net_mac_equal (&was->mac, &config->mac))
    return;
  for (guint i = 0; i < neighbors->entries->len; i++)
    vtep_neighbor_forget (&((Entry *) neighbors->entries->pdata[i])->base);
  neighbors->config = *config;
}

/* ---- what callers say ---------------------------------------------------------------------------------------- */

static Entry *
add (VtepNeighbors *neighbors, NetIpv4 ip)
{
  Entry *entry = g_new0 (Entry, 1);

  vtep_neighbor_init (&entry->base, &entry_class, neighbors->world);
  entry->table = neighbors;
  entry->ip = ip;
  vtep_index_put (&neighbors->by_ip, ip, neighbors->entries->len);
  g_ptr_array_add (neighbors->entries, entry);
  return entry;
}

VtepNeighbor *
vtep_neighbors_hop (VtepNeighbors *neighbors, NetIpv4 ip)
{
  Entry *entry = find (neighbors, ip);

  return &(entry ? entry : add (neighbors, ip))->base;
}

void
vtep_neighbors_heard (VtepNeighbors *neighbors, NetIpv4 ip, const NetMac *mac)
{
  Entry *entry = find (neighbors, ip);

  if (entry && !net_mac_is_group (mac) && !net_mac_is_zero (mac))
    vtep_neighbor_heard (&entry->base, mac);
}

/* One entry a next hop, with one timer: retries while a request is out. */
#include "gateway/neighbors.h"

#include "gateway/index.h"

typedef struct
{
  VtepNeighbors *table;
  NetTimer retry; /* pending: a request is out */
  NetIpv4 ip;
  NetMac mac;
  gboolean known;
  guint tries;         /* requests since the last answer */
  gint64 confirmed_ns; /* with known: the last answer */
  NetFrame *waiting[VTEP_NEIGHBOR_QUEUE];
  guint n_waiting;
} Neighbor;

struct _VtepNeighbors
{
  NetWorld *world;
  VtepNeighborsConfig config;
  VtepIndex by_ip;    /* → place in entries */
  GPtrArray *entries; /* of Neighbor, in order of first use; few, and kept */
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
    {
      Neighbor *neighbor = neighbors->entries->pdata[i];
      net_world_timer_cancel (neighbors->world, &neighbor->retry);
      for (guint k = 0; k < neighbor->n_waiting; k++)
        net_frame_unref (neighbor->waiting[k]);
    }
  g_ptr_array_unref (neighbors->entries);
  vtep_index_clear (&neighbors->by_ip);
  g_free (neighbors);
}

static Neighbor *
find (const VtepNeighbors *neighbors, NetIpv4 ip)
{
  const VtepIndexSlot *slot = vtep_index_find (&neighbors->by_ip, ip);
  return slot ? neighbors->entries->pdata[slot->value] : NULL;
}

/* ---- what is told -------------------------------------------------------------------------------------------- */

static void
tell (const Neighbor *neighbor, const char *op)
{
  char ip[NET_IPV4_TEXT], mac[NET_MAC_TEXT], json[48];

  if (!neighbor->table->world->detail)
    return;
  g_snprintf (json, sizeof json, "{\"mac\":\"%s\"}", net_mac_format (&neighbor->mac, mac));
  net_world_state (neighbor->table->world, &(NetState){ .table = "neighbor",
                                                        .op = op,
                                                        .key = net_ipv4_format (neighbor->ip, ip),
                                                        .json = neighbor->known ? json : NULL });
}

/* Takes the reference. */
static void
drop (const Neighbor *neighbor, NetFrame *frame, NetDropReason reason)
{
  char ip[NET_IPV4_TEXT];

  net_world_drop (neighbor->table->world, &(NetDrop){ .frame = frame,
                                                      .port = neighbor->table->config.port,
                                                      .reason = reason,
                                                      .table = "neighbor",
                                                      .rule = net_ipv4_format (neighbor->ip, ip) });
  net_frame_unref (frame);
}

/* ---- asking -------------------------------------------------------------------------------------------------- */

static void
ask (Neighbor *neighbor, gint64 now_ns)
{
  VtepNeighbors *table = neighbor->table;
  NetArp request = { .op = NET_ARP_REQUEST,
                     .sender_mac = table->config.mac,
                     .sender_ip = table->config.ip,
                     .target_ip = neighbor->ip };

  neighbor->tries++;
  net_world_timer_set (table->world, &neighbor->retry, now_ns + VTEP_NEIGHBOR_RETRY_NS);
  net_world_send (table->world, table->config.port,
                  net_arp_frame (table->world->frames, &net_mac_broadcast, &request));
}

static void
give_up (Neighbor *neighbor)
{
  guint n = neighbor->n_waiting;

  if (neighbor->known)
    tell (neighbor, "remove");
  neighbor->known = FALSE;
  neighbor->tries = 0;
  neighbor->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    drop (neighbor, neighbor->waiting[i], NET_DROP_LOCATOR_UNRESOLVED);
}

static void
retry (NetTimer *timer, gint64 now_ns)
{
  Neighbor *neighbor = timer->owner;

  if (neighbor->tries < VTEP_NEIGHBOR_TRIES)
    ask (neighbor, now_ns);
  else
    give_up (neighbor);
}

static Neighbor *
add (VtepNeighbors *neighbors, NetIpv4 ip)
{
  Neighbor *neighbor = g_new0 (Neighbor, 1);

  neighbor->table = neighbors;
  neighbor->ip = ip;
  net_timer_init (&neighbor->retry, retry, neighbor);
  vtep_index_put (&neighbors->by_ip, ip, neighbors->entries->len);
  g_ptr_array_add (neighbors->entries, neighbor);
  return neighbor;
}

/* ---- sending ------------------------------------------------------------------------------------------------- */

static void
address_and_send (Neighbor *neighbor, NetFrame *frame)
{
  memcpy (net_frame_data (frame), &neighbor->mac, sizeof neighbor->mac);
  net_world_send (neighbor->table->world, neighbor->table->config.port, frame);
}

void
vtep_neighbors_send (VtepNeighbors *neighbors, NetIpv4 next_hop, NetFrame *frame)
{
  Neighbor *neighbor = find (neighbors, next_hop);
  gint64 now_ns = net_world_now (neighbors->world);

  if (!neighbor)
    neighbor = add (neighbors, next_hop);
  if (G_LIKELY (neighbor->known))
    {
      if (G_UNLIKELY (now_ns - neighbor->confirmed_ns >= VTEP_NEIGHBOR_LIFE_NS && neighbor->tries == 0))
        ask (neighbor, now_ns);
      address_and_send (neighbor, frame);
      return;
    }
  if (neighbor->n_waiting == VTEP_NEIGHBOR_QUEUE)
    {
      drop (neighbor, frame, NET_DROP_NEIGHBOR_QUEUE_FULL);
      return;
    }
  neighbor->waiting[neighbor->n_waiting++] = frame;
  if (neighbor->tries == 0)
    ask (neighbor, now_ns);
}

void
vtep_neighbors_heard (VtepNeighbors *neighbors, NetIpv4 ip, const NetMac *mac)
{
  Neighbor *neighbor = find (neighbors, ip);
  gboolean was_known, changed;
  guint n;

  if (!neighbor || net_mac_is_group (mac) || net_mac_is_zero (mac))
    return;
  was_known = neighbor->known;
  changed = !was_known || !net_mac_equal (&neighbor->mac, mac);
  net_world_timer_cancel (neighbors->world, &neighbor->retry);
  neighbor->tries = 0;
  neighbor->known = TRUE;
  neighbor->mac = *mac;
  neighbor->confirmed_ns = net_world_now (neighbors->world);
  if (changed)
    tell (neighbor, was_known ? "change" : "add");
  n = neighbor->n_waiting;
  neighbor->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    address_and_send (neighbor, neighbor->waiting[i]);
}

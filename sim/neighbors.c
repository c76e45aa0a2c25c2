/* The neighbour table of a host. */
#include "sim/neighbors.h"

#include "net/world.h"

#define ASK_EVERY       (1 * NET_SEC) /* Linux's retrans_time_ms */
#define ASK_TIMES       3u            /* and mcast_solicit, ucast_solicit */
#define FRESH           (60 * NET_SEC)
#define MAXIMUM_WAITING 16u
#define MAXIMUM_ENTRIES 4096u

typedef struct
{
  NetIpv4 ip;
  gboolean known;
  NetMac mac;
  gint64 confirmed_ns;
  guint n_asked; /* 0: no question is open */
  gint64 ask_ns; /* when the open question is repeated or given up */
  GQueue waiting;
} Neighbor;

struct _SimNeighbors
{
  const SimNeighborsOwner *calls;
  gpointer owner;
  GPtrArray *entries; /* by address */
};

static void
free_neighbor (gpointer data)
{
  Neighbor *neighbor = data;
  NetFrame *packet;

  while ((packet = g_queue_pop_head (&neighbor->waiting)))
    net_frame_unref (packet);
  g_free (neighbor);
}

SimNeighbors *
sim_neighbors_new (const SimNeighborsOwner *calls, gpointer owner)
{
  SimNeighbors *neighbors = g_new0 (SimNeighbors, 1);

  neighbors->calls = calls;
  neighbors->owner = owner;
  neighbors->entries = g_ptr_array_new_with_free_func (free_neighbor);
  return neighbors;
}

void
sim_neighbors_free (SimNeighbors *neighbors)
{
  g_ptr_array_unref (neighbors->entries);
  g_free (neighbors);
}

/* The entry of an address, or with `make` a new one in its place; NULL when there is none, or no room. */
static Neighbor *
find (SimNeighbors *neighbors, NetIpv4 ip, gboolean make)
{
  guint low = 0, high = neighbors->entries->len;
  Neighbor *neighbor;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      neighbor = g_ptr_array_index (neighbors->entries, middle);
      if (neighbor->ip == ip)
        return neighbor;
      if (neighbor->ip < ip)
        low = middle + 1;
      else
        high = middle;
    }
  if (!make || neighbors->entries->len >= MAXIMUM_ENTRIES)
    return NULL;
  neighbor = g_new0 (Neighbor, 1);
  neighbor->ip = ip;
  g_queue_init (&neighbor->waiting);
  g_ptr_array_insert (neighbors->entries, (gint) low, neighbor);
  return neighbor;
}

static void
ask (SimNeighbors *neighbors, Neighbor *neighbor, gint64 now_ns)
{
  neighbor->n_asked++;
  neighbor->ask_ns = now_ns + ASK_EVERY;
  neighbors->calls->ask (neighbors->owner, neighbor->ip, neighbor->known ? &neighbor->mac : NULL);
}

void
sim_neighbors_send (SimNeighbors *neighbors, NetIpv4 ip, NetFrame *packet, gint64 now_ns)
{
  Neighbor *neighbor = find (neighbors, ip, TRUE);

  if (!neighbor || (!neighbor->known && neighbor->waiting.length >= MAXIMUM_WAITING))
    {
      neighbors->calls->drop (neighbors->owner, packet, NET_DROP_NEIGHBOR_QUEUE_FULL);
      return;
    }
  if (neighbor->n_asked == 0 && (!neighbor->known || now_ns - neighbor->confirmed_ns > FRESH))
    ask (neighbors, neighbor, now_ns);
  if (neighbor->known)
    neighbors->calls->send (neighbors->owner, packet, &neighbor->mac);
  else
    g_queue_push_tail (&neighbor->waiting, packet);
}

void
sim_neighbors_learn (SimNeighbors *neighbors, NetIpv4 ip, const NetMac *mac, gboolean for_us, gint64 now_ns)
{
  Neighbor *neighbor = find (neighbors, ip, for_us);
  NetFrame *packet;

  if (!neighbor)
    return;
  neighbor->known = TRUE;
  neighbor->mac = *mac;
  neighbor->confirmed_ns = now_ns;
  neighbor->n_asked = 0;
  while ((packet = g_queue_pop_head (&neighbor->waiting)))
    neighbors->calls->send (neighbors->owner, packet, mac);
}

gint64
sim_neighbors_deadline (const SimNeighbors *neighbors)
{
  gint64 deadline = G_MAXINT64;

  for (guint i = 0; i < neighbors->entries->len; i++)
    {
      const Neighbor *neighbor = g_ptr_array_index (neighbors->entries, i);
      if (neighbor->n_asked > 0)
        deadline = MIN (deadline, neighbor->ask_ns);
    }
  return deadline;
}

static void
give_up (SimNeighbors *neighbors, Neighbor *neighbor)
{
  NetFrame *packet;

  neighbor->known = FALSE;
  neighbor->n_asked = 0;
  while ((packet = g_queue_pop_head (&neighbor->waiting)))
    neighbors->calls->drop (neighbors->owner, packet, NET_DROP_NEIGHBOR_FAILED);
  neighbors->calls->failed (neighbors->owner, neighbor->ip);
}

void
sim_neighbors_expire (SimNeighbors *neighbors, gint64 now_ns)
{
  for (guint i = 0; i < neighbors->entries->len; i++)
    {
      Neighbor *neighbor = g_ptr_array_index (neighbors->entries, i);

      if (neighbor->n_asked == 0 || neighbor->ask_ns > now_ns)
        continue;
      if (neighbor->n_asked < ASK_TIMES)
        ask (neighbors, neighbor, now_ns);
      else
        give_up (neighbors, neighbor);
    }
}

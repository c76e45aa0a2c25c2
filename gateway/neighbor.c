/* One timer: retries while a question is out. */
#include "gateway/neighbor.h"

static void
ask (VtepNeighbor *neighbor, gint64 now_ns)
{
  neighbor->tries++;
  net_world_timer_set (neighbor->world, &neighbor->retry, now_ns + VTEP_NEIGHBOR_RETRY_NS);
  neighbor->klass->ask (neighbor);
}

void
vtep_neighbor_refuse (VtepNeighbor *neighbor, NetDropReason reason)
{
  g_autofree VtepWaiting *waiting = g_steal_pointer (&neighbor->waiting);
  guint n = neighbor->n_waiting;

  neighbor->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    neighbor->klass->drop (neighbor, waiting[i], reason);
}

void
vtep_neighbor_forget (VtepNeighbor *neighbor)
{
  net_world_timer_cancel (neighbor->world, &neighbor->retry);
  if (neighbor->known)
    neighbor->klass->tell (neighbor, "remove");
  neighbor->known = FALSE;
  neighbor->tries = 0;
  vtep_neighbor_refuse (neighbor, neighbor->klass->failed);
}

static void
retry (NetTimer *timer, gint64 now_ns)
{
  VtepNeighbor *neighbor = timer->owner;

  if (neighbor->tries < VTEP_NEIGHBOR_TRIES)
    ask (neighbor, now_ns);
  else
    vtep_neighbor_forget (neighbor);
}

void
vtep_neighbor_init (VtepNeighbor *neighbor, const VtepNeighborClass *klass, NetWorld *world)
{
  *neighbor = (VtepNeighbor){ .klass = klass, .world = world };
  net_timer_init (&neighbor->retry, retry, neighbor);
}

void
vtep_neighbor_clear (VtepNeighbor *neighbor)
{
  net_world_timer_cancel (neighbor->world, &neighbor->retry);
  for (guint i = 0; i < neighbor->n_waiting; i++)
    net_frame_unref (neighbor->waiting[i].frame);
  neighbor->n_waiting = 0;
  g_clear_pointer (&neighbor->waiting, g_free);
}

gboolean
vtep_neighbor_is_idle (const VtepNeighbor *neighbor)
{
  return !neighbor->known && !neighbor->retry.pending;
}

void
vtep_neighbor_send (VtepNeighbor *neighbor, VtepWaiting packet)
{
  gint64 now_ns = net_world_now (neighbor->world);

  if (G_LIKELY (neighbor->known))
    {
      if (G_UNLIKELY (now_ns - neighbor->confirmed_ns >= VTEP_NEIGHBOR_LIFE_NS && neighbor->tries == 0))
        ask (neighbor, now_ns);
      neighbor->klass->send (neighbor, packet);
      return;
    }
  if (neighbor->n_waiting == VTEP_NEIGHBOR_QUEUE)
    {
      neighbor->klass->drop (neighbor, packet, NET_DROP_NEIGHBOR_QUEUE_FULL);
      return;
    }
  if (!neighbor->waiting)
    neighbor->waiting = g_new (VtepWaiting, VTEP_NEIGHBOR_QUEUE);
  neighbor->waiting[neighbor->n_waiting++] = packet;
  if (neighbor->tries == 0)
    ask (neighbor, now_ns);
}

void
vtep_neighbor_heard (VtepNeighbor *neighbor, const NetMac *mac)
{
  g_autofree VtepWaiting *waiting = g_steal_pointer (&neighbor->waiting);
  gboolean was_known = neighbor->known, changed = !was_known || !net_mac_equal (&neighbor->mac, mac);
  guint n = neighbor->n_waiting;

  net_world_timer_cancel (neighbor->world, &neighbor->retry);
  neighbor->tries = 0;
  neighbor->known = TRUE;
  neighbor->mac = *mac;
  neighbor->confirmed_ns = net_world_now (neighbor->world);
  if (changed)
    neighbor->klass->tell (neighbor, was_known ? "change" : "add");
  neighbor->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    neighbor->klass->send (neighbor, waiting[i]);
}

/* A neighbour table at work: the edge between its states and the node's clock and chance. */
#include "models/guest/resolver.h"

#define REDRAW_NS (300 * NET_SEC)

/* Uniform between a half and three halves of the base (RFC 4861 §6.3.2), and again after a while (§6.3.4). */
static void
draw_reachable_time (GuestResolver *resolver)
{
  gint64 now_ns = sim_node_now (resolver->node);
  gint64 base_ns = resolver->base_reachable_ns;

  if (resolver->drawn_ns != GUEST_NEVER && now_ns - resolver->drawn_ns < REDRAW_NS)
    return;
  resolver->drawn_ns = now_ns;
  guest_neighbors_set_reachable (
      resolver->table, base_ns / 2 + (gint64) sim_random_below (&resolver->node->random, (guint64) base_ns));
}

/* A timer that is set earlier than needed fires for nothing and is set again. */
static void
arm (GuestResolver *resolver)
{
  gint64 due_ns = guest_neighbors_due (resolver->table);

  if (due_ns >= resolver->armed_ns)
    return;
  resolver->armed_ns = due_ns;
  net_world_timer_set (&resolver->node->world, &resolver->timer, due_ns);
}

static void
fire (NetTimer *timer, gint64 now_ns)
{
  GuestResolver *resolver = timer->owner;

  resolver->armed_ns = GUEST_NEVER;
  guest_neighbors_expire (resolver->table, now_ns);
  arm (resolver);
}

void
guest_resolver_init (GuestResolver *resolver, SimNode *node, const GuestNeighborConfig *config,
                     const GuestNeighborEvents *events, gpointer user)
{
  resolver->node = node;
  resolver->table = guest_neighbors_new (config, events, user);
  resolver->base_reachable_ns = config->reachable_ns;
  resolver->drawn_ns = GUEST_NEVER;
  resolver->armed_ns = GUEST_NEVER;
  net_timer_init (&resolver->timer, fire, resolver);
}

void
guest_resolver_clear (GuestResolver *resolver)
{
  net_world_timer_cancel (&resolver->node->world, &resolver->timer);
  guest_neighbors_free (resolver->table);
}

void
guest_resolver_send (GuestResolver *resolver, const GuestIp *to, NetFrame *packet, gboolean confirm)
{
  draw_reachable_time (resolver);
  guest_neighbors_send (resolver->table, to, packet, confirm, sim_node_now (resolver->node));
  arm (resolver);
}

void
guest_resolver_hear (GuestResolver *resolver, const GuestIp *from, const NetMac *mac, GuestHeard heard)
{
  draw_reachable_time (resolver);
  guest_neighbors_hear (resolver->table, from, mac, heard, sim_node_now (resolver->node));
  arm (resolver);
}

void
guest_resolver_put (GuestResolver *resolver, const GuestIp *ip, const NetMac *mac)
{
  draw_reachable_time (resolver);
  guest_neighbors_put (resolver->table, ip, mac, sim_node_now (resolver->node));
  arm (resolver);
}

void
guest_resolver_flush (GuestResolver *resolver, NetDropReason reason)
{
  guest_neighbors_flush (resolver->table, reason);
  net_world_timer_cancel (&resolver->node->world, &resolver->timer);
  resolver->armed_ns = GUEST_NEVER;
}

const GuestNeighbor *
guest_resolver_find (const GuestResolver *resolver, const GuestIp *ip)
{
  return guest_neighbors_find (resolver->table, ip);
}

/* A neighbour table at work on a node: with its timer, and with a reachable time that is drawn and drawn again. */
#pragma once

#include "models/guest/neighbor.h"
#include "sim/node.h"

G_BEGIN_DECLS

/* Lives inside its owner. */
typedef struct
{
  SimNode *node;
  GuestNeighbors *table;
  gint64 base_reachable_ns;
  gint64 drawn_ns; /* when the reachable time was drawn; GUEST_NEVER: not yet */
  NetTimer timer;
  gint64 armed_ns; /* GUEST_NEVER: the timer is not set */
} GuestResolver;

void guest_resolver_init (GuestResolver *resolver, SimNode *node, const GuestNeighborConfig *config,
                          const GuestNeighborEvents *events, gpointer user);
void guest_resolver_clear (GuestResolver *resolver);

/* As guest_neighbors_send, _hear, _put and _flush, at the node's time. */
void guest_resolver_send (GuestResolver *resolver, const GuestIp *to, NetFrame *packet, gboolean confirm);
void guest_resolver_hear (GuestResolver *resolver, const GuestIp *from, const NetMac *mac, GuestHeard heard);
void guest_resolver_put (GuestResolver *resolver, const GuestIp *ip, const NetMac *mac);
void guest_resolver_flush (GuestResolver *resolver, NetDropReason reason);
const GuestNeighbor *guest_resolver_find (const GuestResolver *resolver, const GuestIp *ip);

G_END_DECLS

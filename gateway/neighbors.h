/* The neighbour table of a tunnel end point: next hops, their MACs by ARP, and the packets that wait for them.
 *
 * A packet to an unresolved next hop waits; it is not lost.  A request goes out at once and then each second; after
 * three without an answer the waiting packets are dropped (locator-unresolved), and the next packet begins anew.  At
 * most VTEP_NEIGHBOR_QUEUE packets wait for one neighbour: the oldest stay, as they are what began the exchange, and
 * a newer one is refused (neighbor-queue-full).
 * An address is believed for 15 minutes, then asked for again while it is still used; it goes when three requests in
 * a row stay without an answer.  Only next hops that were asked for have entries: nobody else can fill the table. */
#pragma once

#include "net/arp.h"
#include "net/world.h"

G_BEGIN_DECLS

#define VTEP_NEIGHBOR_QUEUE    64u
#define VTEP_NEIGHBOR_TRIES    3u
#define VTEP_NEIGHBOR_RETRY_NS (1 * NET_SEC)
#define VTEP_NEIGHBOR_LIFE_NS  (900 * NET_SEC)

typedef struct _VtepNeighbors VtepNeighbors;

typedef struct
{
  guint port; /* the world's number */
  NetMac mac;
  NetIpv4 ip;
} VtepNeighborsConfig;

VtepNeighbors *vtep_neighbors_new (NetWorld *world, const VtepNeighborsConfig *config);
/* Releases what waits. */
void vtep_neighbors_free (VtepNeighbors *neighbors);

/* Sends an untagged frame whose destination MAC is yet to be filled in to its next hop: now, later or never.  Takes
 * the reference; the frame is the caller's alone. */
void vtep_neighbors_send (VtepNeighbors *neighbors, NetIpv4 next_hop, NetFrame *frame);

/* ARP was heard: a neighbour's address is (again) known, and what waited for it leaves in order. */
void vtep_neighbors_heard (VtepNeighbors *neighbors, NetIpv4 ip, const NetMac *mac);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepNeighbors, vtep_neighbors_free)

G_END_DECLS

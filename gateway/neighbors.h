/* The neighbour table of a tunnel end point: next hops, their MACs by ARP, and the packets that wait for them
 * (gateway/neighbor.h; those that wait in vain: locator-unresolved).
 * Only next hops that were asked for have entries: nobody else can fill the table. */
#pragma once

#include "gateway/neighbor.h"
#include "net/arp.h"

G_BEGIN_DECLS

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

/* This end is another now: all that was known through the old one is forgotten, and what waits is dropped. */
void vtep_neighbors_move (VtepNeighbors *neighbors, const VtepNeighborsConfig *config);

/* A next hop, made when it is not there; it stays as long as the table.  A packet that is sent to it is an untagged frame
 * whose destination MAC is yet to be filled in, and nobody else's. */
VtepNeighbor *vtep_neighbors_hop (VtepNeighbors *neighbors, NetIpv4 ip);

/* ARP was heard: a neighbour's address is (again) known, and what waited for it leaves in order. */
void vtep_neighbors_heard (VtepNeighbors *neighbors, NetIpv4 ip, const NetMac *mac);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepNeighbors, vtep_neighbors_free)

G_END_DECLS

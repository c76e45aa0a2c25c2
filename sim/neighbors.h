/* Which MAC address an IPv4 neighbour has: ARP with retries, packets that wait for the answer, and entries that are
 * asked again when they grow old.  A table: it sends nothing itself, but says what is to be sent.  Private to sim/. */
#pragma once

#include "net/arp.h"

G_BEGIN_DECLS

typedef struct _SimNeighbors SimNeighbors;

/* What the table asks of its owner. */
typedef struct
{
  /* Ask who has this address: everybody, or with `known` not NULL that one alone. */
  void (*ask) (gpointer owner, NetIpv4 ip, const NetMac *known);
  /* A packet's neighbour is known: send it there.  Takes the reference. */
  void (*send) (gpointer owner, NetFrame *packet, const NetMac *mac);
  /* A packet is given up; takes the reference. */
  void (*drop) (gpointer owner, NetFrame *packet, NetDropReason reason);
  /* The neighbour answers nobody; told after its packets are dropped. */
  void (*failed) (gpointer owner, NetIpv4 ip);
} SimNeighborsOwner;

SimNeighbors *sim_neighbors_new (const SimNeighborsOwner *calls, gpointer owner);
/* Releases waiting packets without a word. */
void sim_neighbors_free (SimNeighbors *neighbors);

/* Sends the packet now or when the neighbour has answered; takes the reference. */
void sim_neighbors_send (SimNeighbors *neighbors, NetIpv4 ip, NetFrame *packet, gint64 now_ns);
/* Somebody said so in an ARP packet; `for_us`: it was meant for us, so an entry may be made (RFC 826). */
void sim_neighbors_learn (SimNeighbors *neighbors, NetIpv4 ip, const NetMac *mac, gboolean for_us, gint64 now_ns);
/* The next time at which sim_neighbors_expire() has something to do; G_MAXINT64 when never. */
gint64 sim_neighbors_deadline (const SimNeighbors *neighbors);
void sim_neighbors_expire (SimNeighbors *neighbors, gint64 now_ns);

G_END_DECLS

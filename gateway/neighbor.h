/* One next hop: its MAC, and the packets that wait for it.  It knows no protocol: its owner asks, sends and drops.
 *
 * A packet to an unresolved next hop waits; it is not lost.  A question goes out at once and then each second; after
 * three without an answer the waiting packets are dropped, and the next packet begins anew.  At most
 * VTEP_NEIGHBOR_QUEUE packets wait for one neighbour: the oldest stay, as they are what began the exchange, and a newer
 * one is refused (neighbor-queue-full).
 * An address is believed for 15 minutes, then asked for again while it is still used; it goes when three questions in a
 * row stay without an answer. */
#pragma once

#include "net/address.h"
#include "net/world.h"

G_BEGIN_DECLS

#define VTEP_NEIGHBOR_QUEUE    64u
#define VTEP_NEIGHBOR_TRIES    3u
#define VTEP_NEIGHBOR_RETRY_NS (1 * NET_SEC)
#define VTEP_NEIGHBOR_LIFE_NS  (900 * NET_SEC)

typedef struct _VtepNeighbor VtepNeighbor;

/* A packet, and a word of its owner's that comes back with it. */
typedef struct
{
  NetFrame *frame;
  guint mark;
} VtepWaiting;

typedef struct
{
  void (*ask) (VtepNeighbor *neighbor);
  /* The address is known; takes the reference. */
  void (*send) (VtepNeighbor *neighbor, VtepWaiting packet);
  /* Takes the reference. */
  void (*drop) (VtepNeighbor *neighbor, VtepWaiting packet, NetDropReason reason);
  /* "add", "change", "remove": what is known of the address. */
  void (*tell) (const VtepNeighbor *neighbor, const char *op);
  NetDropReason failed; /* the reason for which those that waited in vain are dropped */
} VtepNeighborClass;

/* The beginning of its owner's entry. */
struct _VtepNeighbor
{
  const VtepNeighborClass *klass;
  NetWorld *world;
  NetTimer retry; /* pending: a question is out */
  NetMac mac;
  gboolean known;
  guint tries;         /* questions since the last answer */
  gint64 confirmed_ns; /* with known: the last answer */
  VtepWaiting *waiting;
  guint n_waiting;
};

void vtep_neighbor_init (VtepNeighbor *neighbor, const VtepNeighborClass *klass, NetWorld *world);
/* Drops what waits. */
void vtep_neighbor_refuse (VtepNeighbor *neighbor, NetDropReason reason);
/* Its address is not known any more, nor asked for; what waits is dropped as if it had waited in vain. */
void vtep_neighbor_forget (VtepNeighbor *neighbor);
/* Releases what waits. */
void vtep_neighbor_clear (VtepNeighbor *neighbor);

/* Now, later or never.  Takes the reference. */
void vtep_neighbor_send (VtepNeighbor *neighbor, VtepWaiting packet);
/* Known, and nothing is to be asked: a packet may go without vtep_neighbor_send(). */
static inline gboolean
vtep_neighbor_is_fresh (const VtepNeighbor *neighbor, gint64 now_ns)
{
  return neighbor->known && now_ns - neighbor->confirmed_ns < VTEP_NEIGHBOR_LIFE_NS;
}
/* Its address is (again) known, and what waited for it leaves in order. */
void vtep_neighbor_heard (VtepNeighbor *neighbor, const NetMac *mac);
/* Neither known nor asked for. */
gboolean vtep_neighbor_is_idle (const VtepNeighbor *neighbor);

G_END_DECLS

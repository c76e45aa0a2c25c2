/* The neighbour table of a host: which MAC an on-link IP address has, and the packets that wait to learn it.
 *
 * Reachability detection as RFC 4861 §7.3 states it and as Linux does it for ARP and for neighbour discovery alike.
 * The table knows no packet format: it says whom to ask, and is told what was heard.  Time is an argument; the owner
 * calls guest_neighbors_expire() at guest_neighbors_due(). */
#pragma once

#include "models/guest/ip.h"
#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define GUEST_NEVER G_MAXINT64

typedef enum
{
  GUEST_NEIGHBOR_INCOMPLETE, /* asked for, no answer yet; packets wait */
  GUEST_NEIGHBOR_REACHABLE,  /* confirmed lately */
  GUEST_NEIGHBOR_STALE,      /* known, not confirmed lately, not in use */
  GUEST_NEIGHBOR_DELAY,      /* in use again: a confirmation from above may spare the question */
  GUEST_NEIGHBOR_PROBE,      /* asked by unicast */
  GUEST_NEIGHBOR_FAILED      /* did not answer */
} GuestNeighborState;

typedef struct
{
  GuestIp ip;
  NetMac mac; /* zero unless it was learned */
  GuestNeighborState state;
  guint probes;  /* questions asked in this round */
  gint64 due_ns; /* when its state is looked at again */
  gint64 confirmed_ns, used_ns,
      updated_ns; /* last confirmation, last packet while unconfirmed, last change */
  GQueue waiting; /* of NetFrame, oldest first */
} GuestNeighbor;

/* What was heard from a neighbour. */
typedef enum
{
  GUEST_HEARD_QUESTION,    /* it asked for an address of ours: an entry is made */
  GUEST_HEARD_ANSWER,      /* it answered us: confirms reachability; makes no entry */
  GUEST_HEARD_PASSING,     /* it asked or told others: makes no entry, confirms nothing */
  GUEST_HEARD_ANNOUNCEMENT /* it announced itself: as PASSING, and overrides a MAC at once */
} GuestHeard;

typedef struct
{
  gint64 reachable_ns; /* how long a confirmation holds */
  gint64 delay_ns;     /* DELAY before the first unicast question */
  gint64 retransmit_ns;
  gint64
      lock_ns; /* a changed MAC younger than this is not overridden, except by an announcement or question */
  guint unicast_probes, multicast_probes;
  guint queue_packets; /* that wait for one neighbour; the oldest gives way */
  guint max_entries;
} GuestNeighborConfig;

/* Linux's defaults; reachable_ns is the base from which the owner draws (guest_neighbors_set_reachable). */
extern const GuestNeighborConfig guest_neighbor_arp;
extern const GuestNeighborConfig guest_neighbor_nd;

/* What the table asks of its owner.  The callee owns the packets. */
typedef struct
{
  void (*ask) (gpointer user, const GuestIp *ip, const NetMac *to); /* `to` NULL: by broadcast or multicast */
  void (*transmit) (gpointer user, NetFrame *packet, const NetMac *to);
  void (*refuse) (gpointer user, NetFrame *packet, NetDropReason reason);
  void (*changed) (gpointer user, const char *op,
                   const GuestNeighbor *neighbor); /* "add", "change", "remove" */
} GuestNeighborEvents;

typedef struct _GuestNeighbors GuestNeighbors;

GuestNeighbors *
guest_neighbors_new (const GuestNeighborConfig *config, const GuestNeighborEvents *events, gpointer user);
void guest_neighbors_free (GuestNeighbors *table);
void guest_neighbors_set_reachable (GuestNeighbors *table, gint64 reachable_ns);

/* Takes the packet (from the IP header on).  `confirm`: an upper layer had an answer from there just now. */
void guest_neighbors_send (GuestNeighbors *table, const GuestIp *to, NetFrame *packet, gboolean confirm,
                           gint64 now_ns);
void guest_neighbors_hear (GuestNeighbors *table, const GuestIp *from, const NetMac *mac, GuestHeard heard,
                           gint64 now_ns);
/* Sets an entry by hand, unconfirmed. */
void guest_neighbors_put (GuestNeighbors *table, const GuestIp *ip, const NetMac *mac, gint64 now_ns);
/* The earliest time at which an entry wants guest_neighbors_expire(); GUEST_NEVER. */
gint64 guest_neighbors_due (const GuestNeighbors *table);
void guest_neighbors_expire (GuestNeighbors *table, gint64 now_ns);
/* Forgets all; waiting packets are refused with `reason`. */
void guest_neighbors_flush (GuestNeighbors *table, NetDropReason reason);

const GuestNeighbor *guest_neighbors_find (const GuestNeighbors *table, const GuestIp *ip);
const char *guest_neighbor_state_word (GuestNeighborState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuestNeighbors, guest_neighbors_free)

G_END_DECLS

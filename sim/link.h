/* Links: two ends, each direction with its own rate, delay, queue and faults.
 *
 * The rate counts the frame's own bytes, from the destination MAC to the last of the payload: who wants preamble, FCS
 * and inter-frame gap counted (IEEE 802.3: 24 bytes) gives a rate that is lower by as much.  A frame arrives whole,
 * when its last bit has travelled. */
#pragma once

#include "sim/node.h"

G_BEGIN_DECLS

#define SIM_MBIT G_GUINT64_CONSTANT (1000000)
#define SIM_GBIT G_GUINT64_CONSTANT (1000000000)

typedef struct
{
  SimNode *node;
  guint port;
} SimEnd;

/* One direction.  Probabilities are parts per billion. */
typedef struct
{
  guint64 rate_bps; /* 0: no serialisation time */
  gint64 delay_ns;  /* propagation */
  guint32
      queue_bytes; /* limit of what waits for the transmitter, what it is sending included; an idle transmitter
                            takes any frame; 0: no limit */
  guint32 loss_ppb;      /* the frame vanishes */
  guint32 duplicate_ppb; /* it arrives twice */
  guint32 reorder_ppb;   /* it is held back by reorder_ns, so that later ones overtake it */
  gint64 reorder_ns;
  guint32 corrupt_ppb; /* one bit is turned; the receiver's FCS check drops it, unless keep_corrupt */
  gboolean keep_corrupt;
} SimLinkConfig;

/* Both ports must be free.  The network owns the link.  A configuration for each direction: [0] from a to b. */
SimLink *sim_link_new (SimEnd a, SimEnd b, const SimLinkConfig config[2]);

/* Frames in flight or queued when the link goes down are lost, and traced so (link-down) at the receiving end at the
 * time they would have arrived.  State records of table "port" tell both ends' change. */
void sim_link_set_up (SimLink *link, gboolean up);
gboolean sim_link_is_up (const SimLink *link);
/* For frames sent from then on. */
void sim_link_set_config (SimLink *link, guint direction, const SimLinkConfig *config);
const SimLinkConfig *sim_link_config (const SimLink *link, guint direction);
SimEnd sim_link_end (const SimLink *link, guint end);
/* Plugs one end out and into another port, which must be free: what is on the link is lost, as when it goes down. */
void sim_link_move (SimLink *link, guint end, SimEnd to);

typedef struct
{
  guint64 frames, bytes; /* put on the wire */
  guint64 dropped;       /* lost for want of room in the queue, on the wire, or by a wrong FCS at its end */
} SimLinkCounters;

const SimLinkCounters *sim_link_counters (const SimLink *link, guint direction);

G_END_DECLS

/* Nodes, ports, and the network they stand in.  Nodes meet only on links (sim/link.h): a node never calls another.
 *
 * A model embeds SimNode as its first member, gives it a class, and acts on frames it receives.  Each node is a
 * NetWorld (`node->world`), so protocol code runs inside it unchanged. */
#pragma once

#include "net/world.h"
#include "sim/event.h"
#include "sim/random.h"

G_BEGIN_DECLS

typedef struct _SimNetwork SimNetwork;
typedef struct _SimNode SimNode;
typedef struct _SimPort SimPort;
typedef struct _SimLink SimLink;
typedef struct _SimHost SimHost;
typedef struct _SimTrace SimTrace;
typedef struct _SimNodeBooks SimNodeBooks;

typedef struct
{
  const char *kind; /* "tor", "compute", …: shown by views */
  /* A frame arrived; the callee owns the reference. */
  void (*receive) (SimNode *node, guint port, NetFrame *frame);
  /* The link at a port went up or down, or one was connected (up).  May be NULL. */
  void (*port_changed) (SimNode *node, guint port, gboolean up);
  /* Releases what the model holds and then the node's own memory.  Other nodes may be gone already. */
  void (*free) (SimNode *node);
} SimNodeClass;

/* What a frame's way touches comes first. */
struct _SimNode
{
  NetWorld world; /* first: a NetWorld* of a node is the node */
  const SimNodeClass *klass;
  SimNetwork *network;
  SimPort *ports;     /* by number; sim_node_port() */
  guint64 next_order; /* of its events: SIM_ORDER (index, counter) */
  guint n_ports;
  guint host_port; /* the port that carries the host's streams, set by sim_host_new(); NET_PORT_NONE without one */

  guint index;
  guint local_interface; /* of the trace: what happens inside the node; SIM_NO_INTERFACE until it has one */
  char *name;
  guint64 n_packets;   /* the counter of packet ids: (index + 1) << 40 | counter */
  SimRandom random;    /* the stream named after the node */
  SimHost *host;       /* the TCP/IP end of the management port; NULL without one */
  SimNodeBooks *books; /* storage and drop counts; node.c's own */
};

/* A place where a link can be plugged.  Owned by the node; addressed by (node, number). */
struct _SimPort
{
  char *name; /* "em1": unique within its node */
  SimLink *link;
  guint end;             /* which end of the link: 0 or 1 */
  guint trace_interface; /* id of the interface block "node/port"; SIM_NO_INTERFACE until the trace has one */
};

#define SIM_NO_INTERFACE G_MAXUINT

typedef enum
{
  SIM_NODE_ERROR_NO_STREAMS,  /* the node has no management port */
  SIM_NODE_ERROR_STORAGE_FULL /* a stored value would grow out of bounds */
} SimNodeError;

#define SIM_NODE_ERROR (sim_node_error_quark ())
GQuark sim_node_error_quark (void);

/* ---- the network --------------------------------------------------------------------------------------------- */

SimNetwork *sim_network_new (guint64 seed);
/* Frees nodes and links, nodes in reverse order of creation. */
void sim_network_free (SimNetwork *network);
SimClock *sim_network_clock (SimNetwork *network);
NetFramePool *sim_network_frames (SimNetwork *network);
SimNode *sim_network_find (SimNetwork *network, const char *name);
guint sim_network_n_nodes (const SimNetwork *network);
SimNode *sim_network_node (SimNetwork *network, guint index);
/* The trace is set before the first node is made, or not at all; the network borrows it.  world.detail of a node says
 * whether somebody subscribed by the time the node was made. */
void sim_network_set_trace (SimNetwork *network, SimTrace *trace);

/* ---- nodes --------------------------------------------------------------------------------------------------- */

/* For models: sets up the embedded node and enters it in the network, which owns it from then on.  Names are unique
 * (asserted; lab/ has checked the user's). */
void sim_node_init (SimNode *node, SimNetwork *network, const SimNodeClass *klass, const char *name);
/* For klass->free: releases what sim_node_init() took. */
void sim_node_clear (SimNode *node);
/* Adds a port and returns its number, counted from 0. */
guint sim_node_add_port (SimNode *node, const char *name);
guint sim_node_n_ports (const SimNode *node);
/* NET_PORT_NONE when there is no such port. */
guint sim_node_find_port (const SimNode *node, const char *name);

static inline SimPort *
sim_node_port (SimNode *node, guint port)
{
  return &node->ports[port];
}

static inline SimNode *
sim_node_of_world (NetWorld *world)
{
  return (SimNode *) world;
}

static inline gint64
sim_node_now (SimNode *node)
{
  return net_world_now (&node->world);
}

/* Schedules on behalf of the node, in its order. */
SimEvent *sim_node_schedule (SimNode *node, gint64 at_ns, SimEventFunc fire, gpointer payload);

/* Sends by a port; takes the reference.  Without such a port, a link on it, or with the link down, the frame is
 * dropped and traced. */
void sim_node_send (SimNode *node, guint port, NetFrame *frame);

/* Drops with a reason: counts, traces, releases the reference. */
void sim_node_drop (SimNode *node, NetFrame *frame, const NetDrop *drop);
guint64 sim_node_drop_count (const SimNode *node, NetDropReason reason);

G_END_DECLS

/* The management port of a node: ARP, IPv4 and TCP on a link, as the NetWorld's byte streams.
 *
 * Streams are real TCP segments (handshake, windows, retransmission, reset, orderly close), so a management link can
 * be captured, delayed, lost or cut.  Targets: "tcp:IP:PORT" to dial, "ptcp:PORT[:IP]" to listen.  A host answers
 * pings; it can dial itself, and then its segments show at the trace's interface "node/local".
 *
 * Why a stream closed: "closed by the other end", "connection refused", "connection reset", "timed out",
 * "no route to host". */
#pragma once

#include "net/address.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct
{
  guint port; /* the node's port that carries the streams; its frames are taken before klass->receive sees them */
  NetMac mac;
  NetIpv4 ip;
  guint prefix_length;
} SimHostConfig;

typedef enum
{
  SIM_HOST_ERROR_TARGET, /* the target's text is wrong, or its kind not to be had here */
  SIM_HOST_ERROR_IN_USE, /* the port is listened on already */
  SIM_HOST_ERROR_NO_PORT /* every port of ours towards that target is in use */
} SimHostError;

#define SIM_HOST_ERROR (sim_host_error_quark ())
GQuark sim_host_error_quark (void);

/* Gives the node streams; once a node. */
void sim_host_new (SimNode *node, const SimHostConfig *config);
/* Streams not yet forgotten, those that only linger included; for tests and leak checks. */
guint sim_host_n_streams (const SimHost *host);

/* ---- for sim/node.c and sim/link.c --------------------------------------------------------------------------- */

/* All streams and listeners end without a word and without an event. */
void sim_host_free (SimHost *host);
/* A frame came in by the management port; takes the reference. */
void sim_host_receive (SimHost *host, NetFrame *frame);
NetStream *sim_host_connect (SimHost *host, const char *target, const NetStreamEvents *events, gpointer user,
                             GError **error);
NetListener *sim_host_listen (SimHost *host, const char *target, NetAcceptFunc accept, gpointer user,
                              GError **error);
void sim_host_unlisten (SimHost *host, NetListener *listener);

G_END_DECLS

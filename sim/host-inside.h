/* The parts of a host that host.c (ARP, IPv4, which segment goes where) and host-stream.c (streams and listeners)
 * share.  Private to sim/. */
#pragma once

#include "sim/host.h"
#include "sim/neighbors.h"
#include "sim/network.h"
#include "sim/tcp.h"

G_BEGIN_DECLS

struct _SimHost
{
  SimNode *node;
  SimHostConfig config;
  SimRandom random; /* of its own, named "node/host" */
  guint16 ip_id;

  SimNeighbors *neighbors;
  NetTimer neighbors_timer;
  GQueue loop; /* frames to ourselves, on their way */
  NetTimer loop_timer;

  GQueue streams;     /* in order of creation */
  GHashTable *by_key; /* of streams; look-up only */
  GQueue listeners;   /* NetListener */
  guint16 next_port;
};

/* A segment for us, checksum checked. */
typedef struct
{
  NetIpv4 from;
  NetTcp tcp;
  const guint8 *bytes;
  guint n;
} SimHostSegment;

/* ---- host.c -------------------------------------------------------------------------------------------------- */

void sim_host_send_tcp (SimHost *host, NetIpv4 to, const SimTcpSegment *segment);
/* Whether the address is ours, or a neighbour's. */
gboolean sim_host_reaches (const SimHost *host, NetIpv4 to);

/* ---- host-target.c ------------------------------------------------------------------------------------------- */

/* "tcp:IP:PORT"; "ptcp:PORT[:IP]" with this host's address, or 0.0.0.0, or none. */
gboolean sim_host_read_target (const char *target, NetIpv4 *ip, guint16 *port, GError **error);
gboolean sim_host_read_listen_target (const SimHost *host, const char *target, guint16 *port, GError **error);

/* ---- host-stream.c ------------------------------------------------------------------------------------------- */

void sim_host_streams_init (SimHost *host);
void sim_host_streams_clear (SimHost *host);
/* NET_DROP_NONE when a stream or listener took it; NET_DROP_UNKNOWN_PROTOCOL when there is none, and the owner answers
 * with a reset; NET_DROP_BACKLOG_FULL when the listener cannot take one more now, and who dials shall ask again. */
NetDropReason sim_host_streams_receive (SimHost *host, const SimHostSegment *segment);
/* A neighbour does not answer: who dials it is told. */
void sim_host_streams_unreachable (SimHost *host, NetIpv4 ip);

G_END_DECLS

/* The management port of a node: ARP, IPv4 and TCP on a link, as the NetWorld's byte streams.
 *
 * Streams are real TCP segments (handshake, windows, retransmission, reset, orderly close), so a management link can
 * be captured, delayed, lost or cut.  Targets: "tcp:IP:PORT" to dial, "ptcp:PORT[:IP]" to listen. */
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

/* Gives the node streams, by setting node->host and node->host_port; once a node. */
void sim_host_new (SimNode *node, const SimHostConfig *config);
NetIpv4 sim_host_ip (const SimHost *host);

/* For link.c: a frame arrived at the host's port; takes the reference. */
void sim_host_receive (SimHost *host, NetFrame *frame);

G_END_DECLS

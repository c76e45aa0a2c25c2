/* The underlay: a learning Ethernet bridge (IEEE 802.1Q-2018 §8) that carries every VLAN on every port.
 *
 * Independent learning by VLAN; broadcast, unknown and multicast frames go to all other ports that are up;
 * link-local group addresses (table 8-1) stay.  It speaks no spanning tree: in a ring of switches a frame
 * goes round until the same bytes of one packet have entered a port UNDERLAY_LOOP_LIMIT times within a
 * second, and is dropped then (loop).
 *
 * State records of table "fdb": op add, move, remove; key "MAC vlan VID"; json {"port": NAME}. */
#pragma once

#include "sim/node.h"

G_BEGIN_DECLS

#define UNDERLAY_MAX_MACS_DEFAULT 1000000u
#define UNDERLAY_AGEING_DEFAULT   (300 * SIM_SEC) /* table 8-6 */
#define UNDERLAY_LOOP_LIMIT       16u

typedef struct
{
  guint max_macs;   /* 0: UNDERLAY_MAX_MACS_DEFAULT; more are not learned, and so flooded to */
  gint64 ageing_ns; /* 0: UNDERLAY_AGEING_DEFAULT */
} UnderlayConfig;

/* A node of kind "switch"; ports are added with sim_node_add_port().  config may be NULL.  The network owns
 * it. */
SimNode *underlay_switch_new (SimNetwork *network, const char *name, const UnderlayConfig *config);

/* Addresses that the table holds, aged ones that were not yet swept out included. */
guint underlay_switch_n_macs (SimNode *node);

G_END_DECLS

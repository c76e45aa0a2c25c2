/* A compute on links, and a controller that the test speaks by hand.
 *
 * vm1 (p0 on tap1) and vm2 (p0 on tap2), peer (p0 on em2, the underlay), controller (p0 on mgmt, a host
 * that listens on ptcp:6653 when asked to). */
#pragma once

#include "models/ovs/ovs-node.h"
#include "openflow/text.h"
#include "probe.h"
#include "tap.h"

#define BENCH_TUNNEL_IP     0x0a087d12u /* 10.8.125.18 */
#define BENCH_PEER_IP       0x0a087d14u /* 10.8.125.20 */
#define BENCH_MGMT_IP       0x0a080012u
#define BENCH_CONTROLLER_IP 0x0a080001u

typedef struct
{
  ProbeTrace heard;
  SimNetwork *network;
  OvsNode *compute;
  Probe *vm1, *vm2, *peer, *controller;
  NetListener *listener;
  NetStream *stream; /* NULL while there is none */
  guint n_accepted, n_closed;
  gboolean silent;     /* does not answer the switch's HELLO and echoes */
  GPtrArray *messages; /* of GByteArray, in order of arrival */
  OpenflowSplitter splitter;
} OvsBench;

void ovs_bench_init (OvsBench *bench);
void ovs_bench_clear (OvsBench *bench);
/* The controller begins to listen: before the compute starts, or later. */
void ovs_bench_listen (OvsBench *bench);
void ovs_bench_run (OvsBench *bench, gint64 by_ns);
/* Listens, starts the compute, plugs tap1 and tap2, says HELLO; the messages so far are forgotten. */
void ovs_bench_up (OvsBench *bench);

/* Sends bytes (or a flow, a group by text) and waits 50 ms. */
void ovs_bench_send (OvsBench *bench, const guint8 *bytes, gsize n);
void ovs_bench_flow (OvsBench *bench, const char *text);
void ovs_bench_group (OvsBench *bench, const char *text);
void ovs_bench_forget (OvsBench *bench);
/* The i-th message of this type since the last ovs_bench_forget(); FALSE when there are fewer. */
gboolean ovs_bench_message (const OvsBench *bench, OpenflowType type, guint i, OpenflowMessage *out);
/* Sends requests to the compute's database and waits 70 ms; returns what it said, the caller's. */
char *ovs_bench_ask_database (OvsBench *bench, const char *request);
/* A controller adds the VXLAN port "tun1" to the peer, key=flow; it becomes port 3. */
void ovs_bench_plug_tunnel (OvsBench *bench);
/* The peer answers the compute's ARP request. */
void ovs_bench_answer_arp (OvsBench *bench);
/* The error of the last ERROR message, 0 when there was none. */
gint ovs_bench_error (const OvsBench *bench);

/* A TOR on links: its gateway forwards, its database answers on the management port, and it dials its managers. */
#include "models/tor/schema.h"
#include "models/tor/tor.h"

#include "ovsdb/database.h"
#include "probe.h"
#include "sim/host.h"
#include "tap.h"

#include <string.h>

#define TOR_MGMT        0x0a080014u /* 10.8.0.20 */
#define CONTROLLER_MGMT 0x0a080012u /* 10.8.0.18 */

/* host (p0 on em3), peer (p0 on uplink), and a controller (p0 on mgmt, with a host of its own). */
typedef struct
{
  ProbeTrace heard;
  SimNetwork *network;
  TorNode *tor;
  Probe *host, *peer, *controller;
  SimLink *trunk;
  GString *said; /* what the TOR's database said to the controller */
  NetStream *stream;
  gboolean started;
} Lab;

static const SimLinkConfig plain[2] = { { .delay_ns = 1000 }, { .delay_ns = 1000 } };

static SimLink *
plug (Lab *lab, Probe *probe, const char *port)
{
  SimNode *tor = tor_node (lab->tor);
  return sim_link_new ((SimEnd){ &probe->node, 0 }, (SimEnd){ tor, sim_node_find_port (tor, port) }, plain);
}

static void
lab_init (Lab *lab, const char *manager, const char *listen)
{
  static const char *const ports[] = { "em3", "em4" };
  const char *const managers[] = { manager };

  *lab = (Lab){ .heard = probe_trace_new (), .network = sim_network_new (7), .said = g_string_new (NULL) };
  sim_network_set_trace (lab->network, lab->heard.trace);
  lab->tor = tor_new (lab->network, "tor1",
                      &(TorConfig){ .ports = ports,
                                    .n_ports = G_N_ELEMENTS (ports),
                                    .management_ip = TOR_MGMT,
                                    .uplink_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } },
                                    .tunnel_ip = 0x0a087d14,
                                    .prefix_length = 24,
                                    .listen = listen,
                                    .managers = managers,
                                    .n_managers = manager ? 1 : 0 });
  lab->host = probe_new (lab->network, "host", 1);
  lab->peer = probe_new (lab->network, "peer", 1);
  lab->controller = probe_new (lab->network, "controller", 1);
  lab->trunk = plug (lab, lab->host, "em3");
  plug (lab, lab->peer, TOR_PORT_UPLINK);
  plug (lab, lab->controller, TOR_PORT_MGMT);
  sim_host_new (tor_node (lab->tor),
                &(SimHostConfig){ .port = sim_node_find_port (tor_node (lab->tor), TOR_PORT_MGMT),
                                  .mac = { { 2, 0, 0, 0, 0, 0x20 } },
                                  .ip = TOR_MGMT,
                                  .prefix_length = 24 });
  sim_host_new (&lab->controller->node, &(SimHostConfig){ .port = 0,
                                                          .mac = { { 2, 0, 0, 0, 0, 0x18 } },
                                                          .ip = CONTROLLER_MGMT,
                                                          .prefix_length = 24 });
  lab->started = tor_start (lab->tor, NULL);
}

static void
lab_clear (Lab *lab)
{
  sim_network_free (lab->network);
  probe_trace_clear (&lab->heard);
  g_string_free (lab->said, TRUE);
}

static void
run_for (Lab *lab, gint64 by_ns)
{
  SimClock *clock = sim_network_clock (lab->network);
  sim_clock_run (clock, sim_clock_now (clock) + by_ns);
}

/* ---- the controller's end of a stream ---------------------------------------------------------------------------- */

static void
heard (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  (void) stream;
  g_string_append_len (((Lab *) user)->said, (const char *) bytes, (gssize) n);
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  (void) stream;
  (void) why;
  ((Lab *) user)->stream = NULL;
}

static const NetStreamEvents events = { .received = heard, .closed = closed };

static void
accepted (NetStream *stream, gpointer user)
{
  ((Lab *) user)->stream = stream;
  net_stream_set_events (stream, &events, user);
}

/* Sends a request, and waits 100 ms for what comes. */
static void
ask (Lab *lab, const char *request)
{
  CU_ASSERT_PTR_NOT_NULL_FATAL (lab->stream);
  g_string_truncate (lab->said, 0);
  net_stream_send (lab->stream, (const guint8 *) request, strlen (request));
  run_for (lab, 100 * SIM_MSEC);
}

/* One logical switch, VNI 5001, bound to em3 vlan 2901, flooding to 10.8.125.18: what vtep-ctl would write. */
#define BIND                                                                                                 \
  "{\"id\":1,\"method\":\"transact\",\"params\":[\"hardware_vtep\","                                         \
  "{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"uuid-name\":\"ls\","                                    \
  "\"row\":{\"name\":\"ls-5001\",\"tunnel_key\":5001}},"                                                     \
  "{\"op\":\"update\",\"table\":\"Physical_Port\",\"where\":[[\"name\",\"==\",\"em3\"]],"                    \
  "\"row\":{\"vlan_bindings\":[\"map\",[[2901,[\"named-uuid\",\"ls\"]]]]}},"                                 \
  "{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"l\","                                   \
  "\"row\":{\"encapsulation_type\":\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.18\"}},"                        \
  "{\"op\":\"insert\",\"table\":\"Physical_Locator_Set\",\"uuid-name\":\"s\","                               \
  "\"row\":{\"locators\":[\"named-uuid\",\"l\"]}},"                                                          \
  "{\"op\":\"insert\",\"table\":\"Mcast_Macs_Remote\",\"row\":{\"MAC\":\"unknown-dst\","                     \
  "\"logical_switch\":[\"named-uuid\",\"ls\"],\"locator_set\":[\"named-uuid\",\"s\"]}}]}"

#define SELECT(table, columns)                                                                               \
  "{\"id\":2,\"method\":\"transact\",\"params\":[\"hardware_vtep\",{\"op\":\"select\",\"table\":\"" table    \
  "\",\"where\":[],\"columns\":[" columns "]}]}"

/* broadcast from VM2 on VLAN 2901: EtherType 88b5, two bytes */
static const guint8 from_vm2[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x16, 0x3e, 0x00,
                                   0x00, 0x12, 0x81, 0x00, 0x0b, 0x55, 0x88, 0xb5, 0xca, 0xfe };
/* ARP reply: 10.8.125.18 is at 02:0a:08:7d:00:18 */
static const guint8 arp_reply[]
    = { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18, 0x08, 0x06,
        0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18,
        0x0a, 0x08, 0x7d, 0x12, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x0a, 0x08, 0x7d, 0x14 };

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void
dial (Lab *lab)
{
  CU_ASSERT (lab->started);
  lab->stream = net_world_connect (&lab->controller->node.world, "tcp:10.8.0.20:6640", &events, lab, NULL);
  run_for (lab, 100 * SIM_MSEC);
}

static void
database_on_management_port (void)
{
  Lab lab;

  lab_init (&lab, NULL, NULL);
  dial (&lab);
  ask (&lab, SELECT ("Physical_Switch", "\"name\",\"tunnel_ips\",\"management_ips\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "\"tor1\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "\"10.8.125.20\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "\"10.8.0.20\""));
  ask (&lab, SELECT ("Physical_Port", "\"name\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "\"em3\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "\"em4\""));
  lab_clear (&lab);
}

static void
rows_move_frames_and_frames_rows (void)
{
  Lab lab;

  lab_init (&lab, NULL, NULL);
  dial (&lab);
  probe_send (lab.host, 0, from_vm2, sizeof from_vm2);
  run_for (&lab, SIM_MSEC);
  CU_ASSERT_EQUAL (probe_trace_count (&lab.heard, "drop vlan-unbound [vlan_bindings][em3 vlan 2901]"), 1);
  CU_ASSERT_EQUAL (lab.peer->frames->len, 0);
  ask (&lab, BIND);
  CU_ASSERT_PTR_NULL (strstr (lab.said->str, "\"details\""));
  probe_send (lab.host, 0, from_vm2, sizeof from_vm2);
  run_for (&lab, SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (lab.peer->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (lab.peer, 0)->length, 42); /* who has 10.8.125.18 */
  probe_send (lab.peer, 0, arp_reply, sizeof arp_reply);
  run_for (&lab, SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (lab.peer->frames->len, 2);
  CU_ASSERT_EQUAL (probe_frame (lab.peer, 1)->length, sizeof from_vm2 - 4 + 50);
  TAP_ASSERT_BYTES (probe_frame (lab.peer, 1)->bytes + 42, 8, 0x08, 0, 0, 0, 0x00, 0x13, 0x89,
                    0); /* VNI 5001 */
  ask (&lab, SELECT ("Ucast_Macs_Local", "\"MAC\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "fa:16:3e:00:00:12"));
  CU_ASSERT_EQUAL (probe_trace_count (&lab.heard, "state tor1 fdb add ls-5001 fa:16:3e:00:00:12"), 1);
  lab_clear (&lab);
}

/* The frame that is encapsulated is the frame that came: one packet id from host to peer, and not the ARP's. */
static void
packet_keeps_its_id (void)
{
  Lab lab;

  lab_init (&lab, NULL, NULL);
  dial (&lab);
  ask (&lab, BIND);
  probe_send (lab.host, 0, from_vm2, sizeof from_vm2);
  run_for (&lab, SIM_MSEC);
  probe_send (lab.peer, 0, arp_reply, sizeof arp_reply);
  run_for (&lab, SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (lab.peer->frames->len, 2);
  CU_ASSERT_EQUAL (probe_frame (lab.peer, 1)->packet_id >> 40, lab.host->node.index + 1);
  CU_ASSERT_EQUAL (probe_frame (lab.peer, 0)->packet_id >> 40, tor_node (lab.tor)->index + 1);
  lab_clear (&lab);
}

static void
link_down_forgets (void)
{
  Lab lab;

  lab_init (&lab, NULL, NULL);
  dial (&lab);
  ask (&lab, BIND);
  probe_send (lab.host, 0, from_vm2, sizeof from_vm2);
  run_for (&lab, SIM_SEC);
  sim_link_set_up (lab.trunk, FALSE);
  run_for (&lab, SIM_SEC);
  ask (&lab, SELECT ("Ucast_Macs_Local", "\"MAC\""));
  CU_ASSERT_PTR_NULL (strstr (lab.said->str, "fa:16:3e:00:00:12"));
  CU_ASSERT_EQUAL (probe_trace_count (&lab.heard, "state tor1 fdb remove ls-5001 fa:16:3e:00:00:12"), 1);
  lab_clear (&lab);
}

static void
dials_its_manager (void)
{
  Lab lab;
  NetListener *listener;

  lab_init (&lab, "tcp:10.8.0.18:6640", "");
  listener = net_world_listen (&lab.controller->node.world, "ptcp:6640", accepted, &lab, NULL);
  CU_ASSERT_PTR_NOT_NULL (listener);
  run_for (&lab, 20 * SIM_SEC);
  ask (&lab, SELECT ("Manager", "\"target\",\"is_connected\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "\"tcp:10.8.0.18:6640\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (lab.said->str, "true"));
  lab_clear (&lab);
}

static void
wrong_target_is_refused (void)
{
  Lab lab;

  lab_init (&lab, NULL, "ptcp:nowhere");
  CU_ASSERT_FALSE (lab.started);
  lab_clear (&lab);
}

static gboolean
has_column (const OvsdbSchema *schema, const char *table, const char *column)
{
  return ovsdb_table_schema_column (ovsdb_schema_table (schema, table), column) != NULL;
}

/* 1.4.0 brought ACL and ACL_entry, 1.5.0 the locators' tunnel_key and 1.6.0 replication_mode. */
static void
older_schemas (void)
{
  g_autoptr (OvsdbSchema) first = tor_schema_new ("1.3.0");
  g_autoptr (OvsdbSchema) second = tor_schema_new ("1.4.1");
  g_autoptr (OvsdbSchema) third = tor_schema_new ("1.7.0");

  CU_ASSERT_STRING_EQUAL (first->version, "1.3.0");
  CU_ASSERT_EQUAL (first->n_tables, 16);
  CU_ASSERT_EQUAL (second->n_tables, 18);
  CU_ASSERT_EQUAL (third->n_tables, 18);
  CU_ASSERT_FALSE (has_column (first, "Physical_Port", "acl_bindings"));
  CU_ASSERT_TRUE (has_column (second, "Physical_Port", "acl_bindings"));
  CU_ASSERT_FALSE (has_column (second, "Logical_Switch", "replication_mode"));
  CU_ASSERT_FALSE (has_column (second, "Physical_Locator", "tunnel_key"));
  CU_ASSERT_EQUAL (ovsdb_schema_table (second, "Physical_Locator")->indexes[0].n_columns, 2);
  CU_ASSERT_EQUAL (ovsdb_schema_table (third, "Physical_Locator")->indexes[0].n_columns, 3);
}

int
main (void)
{
  return tap_main ("tor",
                   (TapTest[]){
                       { "the database answers on the management port with the switch's own rows",
                         database_on_management_port },
                       { "a row that a controller writes moves frames, and a frame writes a row",
                         rows_move_frames_and_frames_rows },
                       { "an encapsulated packet keeps its id", packet_keeps_its_id },
                       { "a trunk that goes down takes its MACs with it", link_down_forgets },
                       { "the TOR dials its manager and says that it is connected", dials_its_manager },
                       { "a listening target that is wrong is refused", wrong_target_is_refused },
                       { "older schemas lack what came after them", older_schemas },
                       { NULL, NULL },
                   });
}

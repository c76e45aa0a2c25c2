/* The ways of Open vSwitch's VTEP emulator, as they were measured of the real one (docs/real-lab.md). */
#include "models/tor/tor.h"

#include "net/vxlan.h"
#include "ovsdb/database.h"
#include "probe.h"
#include "tap.h"

#include <jansson.h>
#include <string.h>

#define TURN  SIM_SEC
#define TEP18 0x0a087d12u /* 10.8.125.18 */
#define TEP21 0x0a087d15u /* 10.8.125.21 */
#define TEP20 0x0a087d14u /* 10.8.125.20: the emulator's own */

static const NetMac own_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } };
static const NetMac peer_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18 } };

/* host on em3, other on em4, peer on uplink: the last one stands for all far tunnel ends. */
typedef struct
{
  ProbeTrace heard;
  SimNetwork *network;
  TorNode *tor;
  Probe *host, *other, *peer;
} Bench;

static const SimLinkConfig plain[2] = { { .delay_ns = 1000 }, { .delay_ns = 1000 } };

static Probe *
plug (Bench *bench, const char *name, const char *port)
{
  SimNode *tor = tor_node (bench->tor);
  Probe *probe = probe_new (bench->network, name, 1);

  sim_link_new ((SimEnd){ &probe->node, 0 }, (SimEnd){ tor, sim_node_find_port (tor, port) }, plain);
  return probe;
}

static void
run_for (Bench *bench, gint64 by_ns)
{
  SimClock *clock = sim_network_clock (bench->network);
  sim_clock_run (clock, sim_clock_now (clock) + by_ns);
}

/* Half a second after a turn. */
static void
bench_init (Bench *bench, guint64 seed, EmulatorBugs bugs)
{
  static const char *const ports[] = { "em3", "em4" };

  *bench = (Bench){ .heard = probe_trace_new (), .network = sim_network_new (seed) };
  sim_network_set_trace (bench->network, bench->heard.trace);
  bench->tor = tor_new (bench->network, "tor1",
                        &(TorConfig){ .ports = ports,
                                      .n_ports = G_N_ELEMENTS (ports),
                                      .uplink_mac = own_mac,
                                      .tunnel_ip = TEP20,
                                      .prefix_length = 24,
                                      .listen = "",
                                      .emulated = TRUE,
                                      .emulator_bugs = bugs });
  bench->host = plug (bench, "host", "em3");
  bench->other = plug (bench, "other", "em4");
  bench->peer = plug (bench, "peer", TOR_PORT_UPLINK);
  CU_ASSERT (tor_start (bench->tor, NULL));
  run_for (bench, TURN / 2);
}

static void
bench_clear (Bench *bench)
{
  sim_network_free (bench->network);
  probe_trace_clear (&bench->heard);
}

/* ---- its database -------------------------------------------------------------------------------------------- */

static void
transact (Bench *bench, const char *operations)
{
  g_autoptr (GError) error = NULL;
  json_t *parsed = json_loads (operations, 0, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (parsed);
  if (!ovsdb_database_execute (tor_database (bench->tor), parsed, &error))
    CU_FAIL_FATAL ("the database refuses");
}

/* ls0 with key 5001, bound to em3 vlan 2901; its list holds 10.8.125.18 and .21, and no mode is set. */
static const char *const two_ends
    = "[{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"uuid-name\":\"ls\",\"row\":{\"name\":\"ls0\","
      "\"tunnel_key\":"
      "5001}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"a\",\"row\":{\"encapsulation_type\":"
      "\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.18\"}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"b\",\"row\":{\"encapsulation_type\":"
      "\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.21\"}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator_Set\",\"uuid-name\":\"set\",\"row\":{\"locators\":["
      "\"set\",[["
      "\"named-uuid\",\"a\"],[\"named-uuid\",\"b\"]]]}},"
      "{\"op\":\"insert\",\"table\":\"Mcast_Macs_Remote\",\"row\":{\"MAC\":\"unknown-dst\",\"logical_"
      "switch\":["
      "\"named-uuid\",\"ls\"],\"locator_set\":[\"named-uuid\",\"set\"]}},"
      "{\"op\":\"mutate\",\"table\":\"Physical_Port\",\"where\":[[\"name\",\"==\",\"em3\"]],\"mutations\":[["
      "\"vlan_bindings\",\"insert\",[\"map\",[[2901,[\"named-uuid\",\"ls\"]]]]]]}]";

/* The same, but 10.8.125.18 has a tunnel for fa:16:3e:00:00:18 only, and the list holds .21 alone. */
static const char *const end_outside_the_list
    = "[{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"uuid-name\":\"ls\",\"row\":{\"name\":\"ls0\","
      "\"tunnel_key\":"
      "5001}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"a\",\"row\":{\"encapsulation_type\":"
      "\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.18\"}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"b\",\"row\":{\"encapsulation_type\":"
      "\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.21\"}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator_Set\",\"uuid-name\":\"set\",\"row\":{\"locators\":["
      "\"named-uuid\","
      "\"b\"]}},"
      "{\"op\":\"insert\",\"table\":\"Mcast_Macs_Remote\",\"row\":{\"MAC\":\"unknown-dst\",\"logical_"
      "switch\":["
      "\"named-uuid\",\"ls\"],\"locator_set\":[\"named-uuid\",\"set\"]}},"
      "{\"op\":\"insert\",\"table\":\"Ucast_Macs_Remote\",\"row\":{\"MAC\":\"fa:16:3e:00:00:18\",\"logical_"
      "switch\":["
      "\"named-uuid\",\"ls\"],\"locator\":[\"named-uuid\",\"a\"]}},"
      "{\"op\":\"mutate\",\"table\":\"Physical_Port\",\"where\":[[\"name\",\"==\",\"em3\"]],\"mutations\":[["
      "\"vlan_bindings\",\"insert\",[\"map\",[[2901,[\"named-uuid\",\"ls\"]]]]]]}]";

static guint
n_rows (Bench *bench, const char *table)
{
  return ovsdb_table_n_rows (ovsdb_database_table (tor_database (bench->tor), table));
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

#define BROADCAST G_GUINT64_CONSTANT (0xffffffffffff)
#define VM(n)     (G_GUINT64_CONSTANT (0xfa163e000000) | (n))

/* EtherType 88b5 and two bytes, behind a tag when `tci` is not 0.  Returns the length. */
static guint
write_frame (guint64 to, guint64 from, guint tci, guint8 out[24])
{
  NetMac destination = net_mac_from_u64 (to), source = net_mac_from_u64 (from);
  guint at = 12;

  memcpy (out, destination.octet, 6);
  memcpy (out + 6, source.octet, 6);
  if (tci)
    {
      net_put_be16 (out + at, 0x8100);
      net_put_be16 (out + at + 2, tci);
      at += 4;
    }
  net_put_be16 (out + at, 0x88b5);
  net_put_be16 (out + at + 2, 0xcafe);
  return at + 4;
}

static void
send_tagged (Bench *bench, Probe *from_host, guint64 to, guint64 from, guint tci)
{
  guint8 bytes[24];

  probe_send (from_host, 0, bytes, write_frame (to, from, tci, bytes));
  run_for (bench, SIM_MSEC);
}

static void
send_from_tunnel (Bench *bench, NetIpv4 end, guint32 vni, guint64 to, guint64 from, guint tci)
{
  const NetVxlan outer = { .source_mac = peer_mac,
                           .destination_mac = own_mac,
                           .source_ip = end,
                           .destination_ip = TEP20,
                           .source_port = 50000,
                           .vni = vni };
  NetFrame *frame;
  guint8 bytes[24];
  guint length = write_frame (to, from, tci, bytes);

  frame = net_vxlan_encapsulate (net_frame_new_from (bench->peer->node.world.frames, bytes, length), &outer);
  sim_node_send (&bench->peer->node, 0, frame);
  run_for (bench, SIM_MSEC);
}

/* Answers what the uplink was asked by ARP, and forgets what every probe has got. */
static void
answer_arp (Bench *bench)
{
  for (guint i = 0; i < bench->peer->frames->len; i++)
    {
      const ProbeFrame *frame = probe_frame (bench->peer, i);
      guint8 reply[42]
          = { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18, 0x08, 0x06,
              0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18,
              0,    0,    0,    0,    0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x0a, 0x08, 0x7d, 0x14 };
      if (frame->bytes[12] != 0x08 || frame->bytes[13] != 0x06)
        continue;
      memcpy (reply + 28, frame->bytes + 38, 4);
      probe_send (bench->peer, 0, reply, sizeof reply);
    }
  run_for (bench, SIM_MSEC);
  g_array_set_size (bench->peer->frames, 0);
  g_array_set_size (bench->host->frames, 0);
  g_array_set_size (bench->other->frames, 0);
}

/* VXLAN packets that left for `end` with this VNI. */
static guint
n_sent (const Bench *bench, NetIpv4 end, guint32 vni)
{
  guint n = 0;

  for (guint i = 0; i < bench->peer->frames->len; i++)
    {
      const ProbeFrame *frame = probe_frame (bench->peer, i);
      n += frame->length > 50 && net_get_be32 (frame->bytes + 30) == end
           && net_get_be32 (frame->bytes + 46) >> 8 == vni;
    }
  return n;
}

/* Configured, in force, and with all tunnel ends known: vm 1 has sent a frame by each tunnel. */
static void
warm_up (Bench *bench, const char *operations)
{
  transact (bench, operations);
  run_for (bench, TURN);
  send_tagged (bench, bench->host, BROADCAST, VM (1), 2901);
  answer_arp (bench);
}

static void
set_source_node (Bench *bench)
{
  transact (bench,
            "[{\"op\":\"update\",\"table\":\"Logical_Switch\",\"where\":[],\"row\":{\"replication_mode\":"
            "\"source_node\"}}]");
  run_for (bench, TURN);
  send_tagged (bench, bench->host, BROADCAST, VM (1), 2901);
  answer_arp (bench);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void
rows_hold_from_the_next_turn (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  transact (&bench, two_ends);
  send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 0);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop table-miss [tor1 table 0][table=0]"), 1);
  run_for (&bench, TURN);
  send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 1); /* who has the tunnel's end */
  CU_ASSERT_EQUAL (n_rows (&bench, "Mcast_Macs_Local"), 1);
  bench_clear (&bench);
}

static void
learned_at_once_told_at_the_next_turn (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 0);
  send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 0);
  CU_ASSERT_EQUAL_FATAL (bench.host->frames->len, 1);
  TAP_ASSERT_BYTES (probe_frame (bench.host, 0)->bytes, 20, 0xfa, 0x16, 0x3e, 0, 0, 1, 0xfa, 0x16, 0x3e, 0, 0,
                    0x18, 0x81, 0x00, 0x0b, 0x55, 0x88, 0xb5, 0xca, 0xfe); /* VLAN 2901 */
  run_for (&bench, TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 1);
  CU_ASSERT_EQUAL (
      probe_trace_count (&bench.heard, "fdb add ls0 fa:16:3e:00:00:01 {\"port\":\"em3\",\"vlan\":2901}"), 1);
  bench_clear (&bench);
}

static void
frames_from_an_address_do_not_keep_it (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  run_for (&bench, 10 * SIM_SEC);
  send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
  run_for (&bench, 4 * SIM_SEC);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 1);
  run_for (&bench, 3 * SIM_SEC);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 0);
  bench_clear (&bench);
}

static void
frames_to_an_address_keep_it (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  run_for (&bench, 10 * SIM_SEC);
  send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 0);
  run_for (&bench, 13 * SIM_SEC);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 1);
  run_for (&bench, 4 * SIM_SEC);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 0);
  bench_clear (&bench);
}

static void
one_service_node_by_luck_all_by_source_node (void)
{
  guint n_first = 0;

  for (guint64 seed = 1; seed <= 16; seed++)
    {
      Bench bench;
      bench_init (&bench, seed, 0);
      warm_up (&bench, two_ends);
      send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
      send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
      CU_ASSERT_EQUAL (n_sent (&bench, TEP18, 5001) + n_sent (&bench, TEP21, 5001), 2);
      CU_ASSERT (n_sent (&bench, TEP18, 5001) != 1); /* one start keeps to one member */
      n_first += n_sent (&bench, TEP18, 5001) == 2;
      set_source_node (&bench);
      send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
      CU_ASSERT_EQUAL (n_sent (&bench, TEP18, 5001), 1);
      CU_ASSERT_EQUAL (n_sent (&bench, TEP21, 5001), 1);
      bench_clear (&bench);
    }
  CU_ASSERT (n_first > 0 && n_first < 16);
}

static void
floods_from_the_list_stay_here (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  set_source_node (&bench);
  send_from_tunnel (&bench, TEP18, 5001, BROADCAST, VM (0x18), 0);
  CU_ASSERT_EQUAL (bench.host->frames->len, 1);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 0);
  bench_clear (&bench);
}

static void
floods_from_outside_the_list_go_to_the_list (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, end_outside_the_list);
  send_from_tunnel (&bench, TEP18, 5001, BROADCAST, VM (0x18), 0);
  CU_ASSERT_EQUAL (bench.host->frames->len, 1);
  CU_ASSERT_EQUAL (n_sent (&bench, TEP21, 5001), 1);
  CU_ASSERT_EQUAL (n_sent (&bench, TEP18, 5001), 0);
  bench_clear (&bench);
}

static void
known_addresses_are_relayed_between_tunnels (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, end_outside_the_list);
  send_tagged (&bench, bench.host, VM (0x18), VM (1), 2901); /* so that .18 is asked for */
  answer_arp (&bench);
  send_from_tunnel (&bench, TEP21, 5001, VM (0x18), VM (0x21), 0);
  CU_ASSERT_EQUAL (n_sent (&bench, TEP18, 5001), 1);
  bench_clear (&bench);
}

/* Frames with a tag inside are not refused: the inner tag gives way to the binding's, and keeps its priority. */
static void
inner_tags_are_rewritten (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 3u << 13 | 55);
  CU_ASSERT_EQUAL_FATAL (bench.host->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (bench.host, 0)->length, 20);
  TAP_ASSERT_BYTES (probe_frame (bench.host, 0)->bytes + 12, 4, 0x81, 0x00, 0x6b,
                    0x55); /* priority 3, 2901 */
  send_tagged (&bench, bench.host, BROADCAST, VM (1), 3u << 13 | 2901);
  CU_ASSERT_EQUAL_FATAL (bench.peer->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (bench.peer, 0)->length, 50 + 16); /* priority and tag are gone */
  bench_clear (&bench);
}

static void
remote_rows_win_until_the_next_frame (void)
{
  static const char *const row = "[{\"op\":\"insert\",\"table\":\"Ucast_Macs_Remote\",\"row\":{\"MAC\":\"fa:"
                                 "16:3e:00:00:01\",\"logical_switch\":["
                                 "\"uuid\",\"%s\"],\"locator\":[\"uuid\",\"%s\"]}}]";
  char ls[OVSDB_UUID_TEXT], end[OVSDB_UUID_TEXT];
  g_autofree char *operations = NULL;
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  run_for (&bench, TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 1);
  ovsdb_uuid_format (
      ovsdb_row_uuid (ovsdb_table_first (ovsdb_database_table (tor_database (bench.tor), "Logical_Switch"))),
      ls);
  ovsdb_uuid_format (
      ovsdb_row_uuid (ovsdb_table_find_text (
          ovsdb_database_table (tor_database (bench.tor), "Physical_Locator"), "dst_ip", "10.8.125.18")),
      end);
  operations = g_strdup_printf (row, ls, end);
  transact (&bench, operations);
  run_for (&bench, 2 * TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 0);
  send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
  run_for (&bench, 40 * SIM_SEC); /* the flow has the remote one's timeouts: none */
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 1);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Remote"), 1);
  bench_clear (&bench);
}

static void
tunnels_keep_their_key (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  transact (&bench,
            "[{\"op\":\"update\",\"table\":\"Logical_Switch\",\"where\":[],\"row\":{\"tunnel_key\":6001}}]");
  run_for (&bench, 2 * TURN);
  send_tagged (&bench, bench.host, BROADCAST, VM (1), 2901);
  CU_ASSERT_EQUAL (n_sent (&bench, TEP18, 5001) + n_sent (&bench, TEP21, 5001), 1);
  bench_clear (&bench);
}

static void
one_tunnel_for_a_key_and_an_end (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  transact (
      &bench,
      "[{\"op\":\"insert\",\"table\":\"Logical_Switch\",\"uuid-name\":\"ls\",\"row\":{\"name\":\"ls1\","
      "\"tunnel_key\":"
      "5001}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator_Set\",\"uuid-name\":\"set\",\"row\":{\"locators\":["
      "\"named-uuid\",\"a\"]}},"
      "{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"a\",\"row\":{\"encapsulation_type\":"
      "\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.21\",\"tunnel_key\":9}},"
      "{\"op\":\"insert\",\"table\":\"Mcast_Macs_Remote\",\"row\":{\"MAC\":\"unknown-dst\",\"logical_"
      "switch\":["
      "\"named-uuid\",\"ls\"],\"locator_set\":[\"named-uuid\",\"set\"]}},"
      "{\"op\":\"mutate\",\"table\":\"Physical_Port\",\"where\":[[\"name\",\"==\",\"em4\"]],\"mutations\":[["
      "\"vlan_bindings\",\"insert\",[\"map\",[[2902,[\"named-uuid\",\"ls\"]]]]]]}]");
  run_for (&bench, TURN);
  send_tagged (&bench, bench.other, BROADCAST, VM (2), 2902);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 0);
  bench_clear (&bench);
}

static void
bridges_go_on_without_the_program (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  tor_stop_emulator (bench.tor);
  send_tagged (&bench, bench.host, BROADCAST, VM (2), 2901);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 1);
  run_for (&bench, 5 * TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 0);
  tor_start_emulator (bench.tor);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program stop ovs-vtep"), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program start ovs-vtep"), 2);
  run_for (&bench, TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 0); /* what was learned is lost */
  send_tagged (&bench, bench.host, BROADCAST, VM (2), 2901);
  run_for (&bench, TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local"), 1);
  bench_clear (&bench);
}

static void
needs_one_tunnel_address (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  tor_stop_emulator (bench.tor);
  transact (&bench, "[{\"op\":\"update\",\"table\":\"Physical_Switch\",\"where\":[],\"row\":{\"tunnel_ips\":["
                    "\"set\",[]]}}]");
  tor_start_emulator (bench.tor);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program died ovs-vtep"), 1);
  transact (&bench, "[{\"op\":\"update\",\"table\":\"Physical_Switch\",\"where\":[],\"row\":{\"tunnel_ips\":"
                    "\"10.8.125.20\"}}]");
  tor_start_emulator (bench.tor);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program died ovs-vtep"), 1);
  bench_clear (&bench);
}

static void
last_binding_takes_all_along (void)
{
  Bench bench;

  bench_init (&bench, 1, 0);
  warm_up (&bench, two_ends);
  run_for (&bench, TURN);
  transact (&bench, "[{\"op\":\"update\",\"table\":\"Physical_Port\",\"where\":[],\"row\":{\"vlan_bindings\":"
                    "[\"map\",[]]}}]");
  run_for (&bench, TURN);
  CU_ASSERT_EQUAL (n_rows (&bench, "Ucast_Macs_Local") + n_rows (&bench, "Mcast_Macs_Local"), 0);
  CU_ASSERT_EQUAL (n_rows (&bench, "Mcast_Macs_Remote"), 1);
  send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 0);
  CU_ASSERT_EQUAL (bench.host->frames->len, 0);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop tunnel-source-unknown"), 1);
  bench_clear (&bench);
}

static void
bugs_are_known_by_name (void)
{
  CU_ASSERT_EQUAL (emulator_bug_from_slug ("vtep-dash"), EMULATOR_BUG_DASH);
  CU_ASSERT_EQUAL (emulator_bug_from_slug ("vtep-dot"), EMULATOR_BUG_N);
  CU_ASSERT (emulator_bug_exists ("vtep-key-late"));
  CU_ASSERT_PTR_NOT_NULL (emulator_bug_about ("vtep-key-late"));
  CU_ASSERT_PTR_NULL (emulator_bug_about ("mp-index"));
  CU_ASSERT_EQUAL (g_strv_length ((char **) emulator_bug_names ()), EMULATOR_BUG_N);
}

int
main (void)
{
  return tap_main (
      "emulator",
      (TapTest[]){
          { "rows hold from the next turn on, not before", rows_hold_from_the_next_turn },
          { "an address is learned at once, and told with the next turn",
            learned_at_once_told_at_the_next_turn },
          { "frames from an address do not keep it: 15 s, and it is gone",
            frames_from_an_address_do_not_keep_it },
          { "frames to an address keep it", frames_to_an_address_keep_it },
          { "one service node gets a flood, a start's luck says which; source_node serves all",
            one_service_node_by_luck_all_by_source_node },
          { "a flood from a tunnel of the list goes to no tunnel", floods_from_the_list_stay_here },
          { "a flood from a tunnel outside the list goes to those of the list",
            floods_from_outside_the_list_go_to_the_list },
          { "a frame from a tunnel to an address behind another is sent on",
            known_addresses_are_relayed_between_tunnels },
          { "inner tags are rewritten outwards, priorities are lost inwards", inner_tags_are_rewritten },
          { "a remote row takes a learned address, and the next frame takes it back for good",
            remote_rows_win_until_the_next_frame },
          { "tunnels keep the key that they were made with", tunnels_keep_their_key },
          { "a key and a far end have one tunnel, whichever logical switch came first",
            one_tunnel_for_a_key_and_an_end },
          { "without the program the bridges go on, and a start begins anew",
            bridges_go_on_without_the_program },
          { "the program needs exactly one tunnel address", needs_one_tunnel_address },
          { "the last binding takes bridge, tunnels and local rows along", last_binding_takes_all_along },
          { "bugs are known by their names", bugs_are_known_by_name },
          { NULL, NULL },
      });
}

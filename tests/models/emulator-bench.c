/* A TOR with the emulator, its cables, its rows and its frames. */
#include "emulator-bench.h"

#include "net/vxlan.h"
#include "ovsdb/database.h"
#include "tap.h"

#include <jansson.h>
#include <string.h>

static const NetMac own_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } };
static const NetMac peer_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18 } };

static const SimLinkConfig plain[2] = { { .delay_ns = 1000 }, { .delay_ns = 1000 } };

static Probe *
plug (EmulatorBench *bench, const char *name, const char *port)
{
  SimNode *tor = tor_node (bench->tor);
  Probe *probe = probe_new (bench->network, name, 1);

  sim_link_new ((SimEnd){ &probe->node, 0 }, (SimEnd){ tor, sim_node_find_port (tor, port) }, plain);
  return probe;
}

void
emulator_bench_run (EmulatorBench *bench, gint64 by_ns)
{
  SimClock *clock = sim_network_clock (bench->network);
  sim_clock_run (clock, sim_clock_now (clock) + by_ns);
}

void
emulator_bench_init (EmulatorBench *bench, guint64 seed, EmulatorBugs bugs)
{
  static const char *const ports[] = { "em3", "em4" };

  *bench = (EmulatorBench){ .heard = probe_trace_new (), .network = sim_network_new (seed) };
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
  emulator_bench_run (bench, TURN / 2);
}

void
emulator_bench_clear (EmulatorBench *bench)
{
  sim_network_free (bench->network);
  probe_trace_clear (&bench->heard);
}

/* ---- its database -------------------------------------------------------------------------------------------- */

void
emulator_bench_transact (EmulatorBench *bench, const char *operations)
{
  g_autoptr (GError) error = NULL;
  json_t *parsed = json_loads (operations, 0, NULL);

  CU_ASSERT_PTR_NOT_NULL_FATAL (parsed);
  if (!ovsdb_database_execute (tor_database (bench->tor), parsed, &error))
    CU_FAIL_FATAL ("the database refuses");
}

const char *const emulator_bench_two_ends
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

const char *const emulator_bench_end_outside_the_list
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

guint
emulator_bench_n_rows (EmulatorBench *bench, const char *table)
{
  return ovsdb_table_n_rows (ovsdb_database_table (tor_database (bench->tor), table));
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

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

void
emulator_bench_send (EmulatorBench *bench, Probe *from_host, guint64 to, guint64 from, guint tci)
{
  guint8 bytes[24];

  probe_send (from_host, 0, bytes, write_frame (to, from, tci, bytes));
  emulator_bench_run (bench, SIM_MSEC);
}

void
emulator_bench_send_from_tunnel (EmulatorBench *bench, NetIpv4 end, guint32 vni, guint64 to, guint64 from,
                                 guint tci)
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
  emulator_bench_run (bench, SIM_MSEC);
}

void
emulator_bench_answer_arp (EmulatorBench *bench)
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
  emulator_bench_run (bench, SIM_MSEC);
  g_array_set_size (bench->peer->frames, 0);
  g_array_set_size (bench->host->frames, 0);
  g_array_set_size (bench->other->frames, 0);
}

guint
emulator_bench_n_sent (const EmulatorBench *bench, NetIpv4 end, guint32 vni)
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

void
emulator_bench_warm_up (EmulatorBench *bench, const char *operations)
{
  emulator_bench_transact (bench, operations);
  emulator_bench_run (bench, TURN);
  emulator_bench_send (bench, bench->host, BROADCAST, VM (1), 2901);
  emulator_bench_answer_arp (bench);
}

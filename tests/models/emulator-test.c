/* The ways of Open vSwitch's VTEP emulator, as they were measured of the real one (docs/real-lab.md). */
#include "emulator-bench.h"

#include "ovsdb/database.h"
#include "tap.h"

static void
set_source_node (EmulatorBench *bench)
{
  emulator_bench_transact (
      bench, "[{\"op\":\"update\",\"table\":\"Logical_Switch\",\"where\":[],\"row\":{\"replication_mode\":"
             "\"source_node\"}}]");
  emulator_bench_run (bench, TURN);
  emulator_bench_send (bench, bench->host, BROADCAST, VM (1), 2901);
  emulator_bench_answer_arp (bench);
}

static void
rows_hold_from_the_next_turn (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_transact (&bench, emulator_bench_two_ends);
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 0);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop table-miss [tor1 table 0][table=0]"), 1);
  emulator_bench_run (&bench, TURN);
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 1); /* who has the tunnel's end */
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Mcast_Macs_Local"), 1);
  emulator_bench_clear (&bench);
}

static void
learned_at_once_told_at_the_next_turn (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 0);
  emulator_bench_send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 0);
  CU_ASSERT_EQUAL_FATAL (bench.host->frames->len, 1);
  TAP_ASSERT_BYTES (probe_frame (bench.host, 0)->bytes, 20, 0xfa, 0x16, 0x3e, 0, 0, 1, 0xfa, 0x16, 0x3e, 0, 0,
                    0x18, 0x81, 0x00, 0x0b, 0x55, 0x88, 0xb5, 0xca, 0xfe); /* VLAN 2901 */
  emulator_bench_run (&bench, TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 1);
  CU_ASSERT_EQUAL (
      probe_trace_count (&bench.heard, "fdb add ls0 fa:16:3e:00:00:01 {\"port\":\"em3\",\"vlan\":2901}"), 1);
  emulator_bench_clear (&bench);
}

static void
frames_from_an_address_do_not_keep_it (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_run (&bench, 10 * SIM_SEC);
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
  emulator_bench_run (&bench, 4 * SIM_SEC);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 1);
  emulator_bench_run (&bench, 3 * SIM_SEC);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 0);
  emulator_bench_clear (&bench);
}

static void
frames_to_an_address_keep_it (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_run (&bench, 10 * SIM_SEC);
  emulator_bench_send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 0);
  emulator_bench_run (&bench, 13 * SIM_SEC);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 1);
  emulator_bench_run (&bench, 4 * SIM_SEC);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 0);
  emulator_bench_clear (&bench);
}

static void
one_service_node_by_luck_all_by_source_node (void)
{
  guint n_first = 0;

  for (guint64 seed = 1; seed <= 16; seed++)
    {
      EmulatorBench bench;
      emulator_bench_init (&bench, seed, 0);
      emulator_bench_warm_up (&bench, emulator_bench_two_ends);
      emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
      emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
      CU_ASSERT_EQUAL (
          emulator_bench_n_sent (&bench, TEP18, 5001) + emulator_bench_n_sent (&bench, TEP21, 5001), 2);
      CU_ASSERT (emulator_bench_n_sent (&bench, TEP18, 5001) != 1); /* one start keeps to one member */
      n_first += emulator_bench_n_sent (&bench, TEP18, 5001) == 2;
      set_source_node (&bench);
      emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
      CU_ASSERT_EQUAL (emulator_bench_n_sent (&bench, TEP18, 5001), 1);
      CU_ASSERT_EQUAL (emulator_bench_n_sent (&bench, TEP21, 5001), 1);
      emulator_bench_clear (&bench);
    }
  CU_ASSERT (n_first > 0 && n_first < 16);
}

static void
floods_from_the_list_stay_here (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  set_source_node (&bench);
  emulator_bench_send_from_tunnel (&bench, TEP18, 5001, BROADCAST, VM (0x18), 0);
  CU_ASSERT_EQUAL (bench.host->frames->len, 1);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 0);
  emulator_bench_clear (&bench);
}

static void
floods_from_outside_the_list_go_to_the_list (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_end_outside_the_list);
  emulator_bench_send_from_tunnel (&bench, TEP18, 5001, BROADCAST, VM (0x18), 0);
  CU_ASSERT_EQUAL (bench.host->frames->len, 1);
  CU_ASSERT_EQUAL (emulator_bench_n_sent (&bench, TEP21, 5001), 1);
  CU_ASSERT_EQUAL (emulator_bench_n_sent (&bench, TEP18, 5001), 0);
  emulator_bench_clear (&bench);
}

static void
known_addresses_are_relayed_between_tunnels (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_end_outside_the_list);
  emulator_bench_send (&bench, bench.host, VM (0x18), VM (1), 2901); /* so that .18 is asked for */
  emulator_bench_answer_arp (&bench);
  emulator_bench_send_from_tunnel (&bench, TEP21, 5001, VM (0x18), VM (0x21), 0);
  CU_ASSERT_EQUAL (emulator_bench_n_sent (&bench, TEP18, 5001), 1);
  emulator_bench_clear (&bench);
}

/* Frames with a tag inside are not refused: the inner tag gives way to the binding's, and keeps its priority. */
static void
inner_tags_are_rewritten (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 3u << 13 | 55);
  CU_ASSERT_EQUAL_FATAL (bench.host->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (bench.host, 0)->length, 20);
  TAP_ASSERT_BYTES (probe_frame (bench.host, 0)->bytes + 12, 4, 0x81, 0x00, 0x6b,
                    0x55); /* priority 3, 2901 */
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 3u << 13 | 2901);
  CU_ASSERT_EQUAL_FATAL (bench.peer->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (bench.peer, 0)->length, 50 + 16); /* priority and tag are gone */
  emulator_bench_clear (&bench);
}

static void
remote_rows_win_until_the_next_frame (void)
{
  static const char *const row = "[{\"op\":\"insert\",\"table\":\"Ucast_Macs_Remote\",\"row\":{\"MAC\":\"fa:"
                                 "16:3e:00:00:01\",\"logical_switch\":["
                                 "\"uuid\",\"%s\"],\"locator\":[\"uuid\",\"%s\"]}}]";
  char ls[OVSDB_UUID_TEXT], end[OVSDB_UUID_TEXT];
  g_autofree char *operations = NULL;
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_run (&bench, TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 1);
  ovsdb_uuid_format (
      ovsdb_row_uuid (ovsdb_table_first (ovsdb_database_table (tor_database (bench.tor), "Logical_Switch"))),
      ls);
  ovsdb_uuid_format (
      ovsdb_row_uuid (ovsdb_table_find_text (
          ovsdb_database_table (tor_database (bench.tor), "Physical_Locator"), "dst_ip", "10.8.125.18")),
      end);
  operations = g_strdup_printf (row, ls, end);
  emulator_bench_transact (&bench, operations);
  emulator_bench_run (&bench, 2 * TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 0);
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
  emulator_bench_run (&bench, 40 * SIM_SEC); /* the flow has the remote one's timeouts: none */
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 1);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Remote"), 1);
  emulator_bench_clear (&bench);
}

static void
tunnels_keep_their_key (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_transact (
      &bench,
      "[{\"op\":\"update\",\"table\":\"Logical_Switch\",\"where\":[],\"row\":{\"tunnel_key\":6001}}]");
  emulator_bench_run (&bench, 2 * TURN);
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (1), 2901);
  CU_ASSERT_EQUAL (emulator_bench_n_sent (&bench, TEP18, 5001) + emulator_bench_n_sent (&bench, TEP21, 5001),
                   1);
  emulator_bench_clear (&bench);
}

static void
one_tunnel_for_a_key_and_an_end (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_transact (
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
  emulator_bench_run (&bench, TURN);
  emulator_bench_send (&bench, bench.other, BROADCAST, VM (2), 2902);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 0);
  emulator_bench_clear (&bench);
}

static void
bridges_go_on_without_the_program (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  tor_stop_emulator (bench.tor);
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (2), 2901);
  CU_ASSERT_EQUAL (bench.peer->frames->len, 1);
  emulator_bench_run (&bench, 5 * TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 0);
  tor_start_emulator (bench.tor);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program stop ovs-vtep"), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program start ovs-vtep"), 2);
  emulator_bench_run (&bench, TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 0); /* what was learned is lost */
  emulator_bench_send (&bench, bench.host, BROADCAST, VM (2), 2901);
  emulator_bench_run (&bench, TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local"), 1);
  emulator_bench_clear (&bench);
}

static void
needs_one_tunnel_address (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  tor_stop_emulator (bench.tor);
  emulator_bench_transact (
      &bench, "[{\"op\":\"update\",\"table\":\"Physical_Switch\",\"where\":[],\"row\":{\"tunnel_ips\":["
              "\"set\",[]]}}]");
  tor_start_emulator (bench.tor);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program died ovs-vtep"), 1);
  emulator_bench_transact (
      &bench, "[{\"op\":\"update\",\"table\":\"Physical_Switch\",\"where\":[],\"row\":{\"tunnel_ips\":"
              "\"10.8.125.20\"}}]");
  tor_start_emulator (bench.tor);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program start ovs-vtep"), 3);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "program died ovs-vtep"), 1);
  emulator_bench_clear (&bench);
}

static void
last_binding_takes_all_along (void)
{
  EmulatorBench bench;

  emulator_bench_init (&bench, 1, 0);
  emulator_bench_warm_up (&bench, emulator_bench_two_ends);
  emulator_bench_run (&bench, TURN);
  emulator_bench_transact (
      &bench, "[{\"op\":\"update\",\"table\":\"Physical_Port\",\"where\":[],\"row\":{\"vlan_bindings\":"
              "[\"map\",[]]}}]");
  emulator_bench_run (&bench, TURN);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Ucast_Macs_Local")
                       + emulator_bench_n_rows (&bench, "Mcast_Macs_Local"),
                   0);
  CU_ASSERT_EQUAL (emulator_bench_n_rows (&bench, "Mcast_Macs_Remote"), 1);
  emulator_bench_send_from_tunnel (&bench, TEP18, 5001, VM (1), VM (0x18), 0);
  CU_ASSERT_EQUAL (bench.host->frames->len, 0);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop tunnel-source-unknown"), 1);
  emulator_bench_clear (&bench);
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

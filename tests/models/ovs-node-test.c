/* A compute on links: taps, tunnels, database, drops. */
#include "ovs-bench.h"

#include "net/arp.h"
#include "net/vxlan.h"
#include "openflow/packet.h"
#include "openflow/port.h"

/* A frame of 64 bytes of an EtherType that nobody knows. */
static void
send_frame (Probe *from, const guint8 destination[6], const guint8 source[6])
{
  guint8 bytes[64] = { 0 };

  memcpy (bytes, destination, 6);
  memcpy (bytes + 6, source, 6);
  bytes[12] = 0x12;
  bytes[13] = 0x34;
  probe_send (from, 0, bytes, sizeof bytes);
}

static const guint8 vm1_mac[6] = { 0xfa, 0x16, 0x3e, 0, 0, 1 }, vm2_mac[6] = { 0xfa, 0x16, 0x3e, 0, 0, 2 };

static void
frames_go_where_flows_say (void)
{
  OvsBench bench;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_flow (&bench, "in_port=1,actions=output:2");
  send_frame (bench.vm1, vm2_mac, vm1_mac);
  send_frame (bench.vm2, vm1_mac, vm2_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL (bench.vm2->frames->len, 1);
  CU_ASSERT_EQUAL (bench.vm1->frames->len, 0);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop table-miss [table 0][table=0]"), 1);
  ovs_bench_clear (&bench);
}

static void
drops_name_table_and_rule (void)
{
  OvsBench bench;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_flow (&bench, "priority=5,in_port=1,actions=resubmit(,51)");
  ovs_bench_flow (&bench, "table=51,priority=20,dl_dst=fa:16:3e:00:00:02,actions=drop");
  send_frame (bench.vm1, vm2_mac, vm1_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL (
      probe_trace_count (&bench.heard,
                         "drop flow-drop [table 51][table=51,priority=20,dl_dst=fa:16:3e:00:00:02]"),
      1);
  ovs_bench_clear (&bench);
}

static void
tunnels_carry_frames_both_ways (void)
{
  OvsBench bench;
  NetVxlan outer;
  guint inner, inner_length;
  const ProbeFrame *sent;
  guint8 back[114];

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_plug_tunnel (&bench);
  ovs_bench_flow (&bench, "in_port=1,actions=set_field:0x1389->tun_id,output:3");
  ovs_bench_flow (&bench, "in_port=3,tun_id=0x1389,tun_src=10.8.125.20,actions=output:1");
  send_frame (bench.vm1, vm2_mac, vm1_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (bench.peer->frames->len, 1); /* who has 10.8.125.20; the packet waits */
  ovs_bench_answer_arp (&bench);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (bench.peer->frames->len, 2);
  sent = probe_frame (bench.peer, 1);
  CU_ASSERT_EQUAL (sent->length, 64 + NET_VXLAN_OVERHEAD);
  CU_ASSERT_EQUAL (net_vxlan_parse (sent->bytes, sent->length, &outer, &inner, &inner_length), NET_DROP_NONE);
  CU_ASSERT_EQUAL (outer.vni, 0x1389);
  CU_ASSERT_EQUAL (outer.source_ip, BENCH_TUNNEL_IP);
  CU_ASSERT_EQUAL (outer.destination_ip, BENCH_PEER_IP);
  CU_ASSERT_EQUAL (inner_length, 64);
  /* The same packet sent back: outer addresses exchanged, which leaves the checksum as it is. */
  memcpy (back, sent->bytes, sizeof back);
  memcpy (back, sent->bytes + 6, 6);
  memcpy (back + 6, sent->bytes, 6);
  memcpy (back + 26, sent->bytes + 30, 4);
  memcpy (back + 30, sent->bytes + 26, 4);
  probe_send (bench.peer, 0, back, sizeof back);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (bench.vm1->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (bench.vm1, 0)->length, 64);
  /* From an address without a tunnel. */
  back[29]++;
  back[25]--;
  probe_send (bench.peer, 0, back, sizeof back);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop tunnel-source-unknown"), 1);
  ovs_bench_clear (&bench);
}

static void
rows_tell_what_became_of_them (void)
{
  OvsBench bench;
  g_autofree char *said = NULL;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_plug_tunnel (&bench);
  said = ovs_bench_ask_database (
      &bench, "{\"id\":2,\"method\":\"transact\",\"params\":[\"Open_vSwitch\","
              "{\"op\":\"select\",\"table\":\"Interface\",\"where\":[[\"name\",\"==\",\"tap1\"]],"
              "\"columns\":[\"ofport\",\"external_ids\",\"link_state\"]},"
              "{\"op\":\"select\",\"table\":\"Interface\",\"where\":[[\"name\",\"==\",\"tun1\"]],"
              "\"columns\":[\"ofport\",\"error\"]},"
              "{\"op\":\"select\",\"table\":\"Bridge\",\"where\":[],\"columns\":[\"datapath_id\"]},"
              "{\"op\":\"select\",\"table\":\"Controller\",\"where\":[],"
              "\"columns\":[\"is_connected\",\"target\"]}]}");
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "\"ofport\":1"));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "[\"attached-mac\",\"fa:16:3e:00:00:01\"]"));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "[\"iface-id\",\"port-1\"]"));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "[\"vm-uuid\",\"vm-1\"]"));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "\"link_state\":\"up\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "\"ofport\":3"));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "\"datapath_id\":\"000000000000002a\""));
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "\"is_connected\":true"));
  ovs_bench_clear (&bench);
}

static void
taps_go_with_their_rows (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowPortStatus status;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_node_remove_tap (bench.compute, "tap1");
  ovs_bench_run (&bench, 50 * SIM_MSEC);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_PORT_STATUS, 0, &message));
  CU_ASSERT (openflow_port_status_decode (&message, &status, NULL));
  CU_ASSERT_EQUAL (status.reason, OPENFLOW_PORT_DELETE);
  CU_ASSERT_STRING_EQUAL (status.port.name, "tap1");
  send_frame (bench.vm1, vm2_mac, vm1_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "drop no-cable"), 1);
  /* Plugged again it has a new number. */
  ovs_bench_forget (&bench);
  ovs_node_add_tap (bench.compute, "tap1", &(OvsTapConfig){ .iface_id = "port-1" });
  ovs_bench_run (&bench, 50 * SIM_MSEC);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_PORT_STATUS, 0, &message));
  CU_ASSERT (openflow_port_status_decode (&message, &status, NULL));
  CU_ASSERT_EQUAL (status.reason, OPENFLOW_PORT_ADD);
  CU_ASSERT_EQUAL (status.port.number, 3);
  ovs_bench_clear (&bench);
}

/* OpenFlow shows fifteen characters of a name. */
static void
long_names_have_one_port (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowPortStatus status;
  g_autofree char *said = NULL;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  said = ovs_bench_ask_database (
      &bench,
      "{\"id\":1,\"method\":\"transact\",\"params\":[\"Open_vSwitch\","
      "{\"op\":\"insert\",\"table\":\"Interface\",\"uuid-name\":\"i\",\"row\":{\"name\":\"a-tunnel-to-tor-"
      "1\","
      "\"type\":\"vxlan\",\"options\":[\"map\",[[\"remote_ip\",\"10.8.125.20\"]]]}},"
      "{\"op\":\"insert\",\"table\":\"Interface\",\"uuid-name\":\"k\",\"row\":{\"name\":\"a-tunnel-to-tor-"
      "2\","
      "\"type\":\"vxlan\",\"options\":[\"map\",[[\"remote_ip\",\"10.8.125.21\"]]]}},"
      "{\"op\":\"insert\",\"table\":\"Port\",\"uuid-name\":\"p\",\"row\":{\"name\":\"a-tunnel-to-tor-1\","
      "\"interfaces\":[\"set\",[[\"named-uuid\",\"i\"],[\"named-uuid\",\"k\"]]]}},"
      "{\"op\":\"mutate\",\"table\":\"Bridge\",\"where\":[],\"mutations\":[[\"ports\",\"insert\","
      "[\"named-uuid\",\"p\"]]]}]}");
  CU_ASSERT_PTR_NULL (strstr (said, "error\":\""));
  ovs_bench_run (&bench, SIM_SEC);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_PORT_STATUS, 0, &message));
  CU_ASSERT (openflow_port_status_decode (&message, &status, NULL));
  CU_ASSERT_STRING_EQUAL (status.port.name, "a-tunnel-to-tor");
  CU_ASSERT_EQUAL (status.port.number, 3);
  CU_ASSERT_FALSE (ovs_bench_message (&bench, OPENFLOW_PORT_STATUS, 1, &message));
  g_free (said);
  said = ovs_bench_ask_database (&bench, "{\"id\":2,\"method\":\"transact\",\"params\":[\"Open_vSwitch\","
                                         "{\"op\":\"select\",\"table\":\"Interface\",\"where\":[[\"ofport\","
                                         "\"==\",-1]],\"columns\":[\"error\"]}]}");
  CU_ASSERT_PTR_NOT_NULL (strstr (said, "another port's name begins as a-tunnel-to-tor-"));
  ovs_bench_clear (&bench);
}

static void
punts_carry_the_pipeline_s_fields (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowPacketIn packet_in;
  g_autoptr (GString) match = g_string_new (NULL);

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_flow (&bench,
                  "in_port=1,actions=load:0x4->NXM_NX_REG1[],write_metadata:0x40000000000,goto_table:50");
  ovs_bench_flow (&bench, "table=50,cookie=0x8050000,priority=0,actions=CONTROLLER:65535");
  send_frame (bench.vm1, vm2_mac, vm1_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_PACKET_IN, 0, &message));
  CU_ASSERT_FATAL (openflow_packet_in_decode (&message, &packet_in, NULL));
  openflow_match_print (&packet_in.match, match);
  CU_ASSERT_STRING_EQUAL (match->str, "reg1=0x4,metadata=0x40000000000,in_port=1");
  CU_ASSERT_EQUAL (packet_in.table, 50);
  CU_ASSERT_EQUAL (packet_in.cookie, 0x8050000);
  CU_ASSERT_EQUAL (packet_in.reason, OPENFLOW_PACKET_IN_NO_MATCH);
  CU_ASSERT_EQUAL (packet_in.length, 64);
  ovs_bench_clear (&bench);
}

static void
packet_outs_leave (void)
{
  OvsBench bench;
  guint8 frame[64] = { 0xfa, 0x16, 0x3e, 0, 0, 2, 0xfa, 0x16, 0x3e, 0, 0, 9, 0x12, 0x34 };
  g_auto (OpenflowPacketOut) packet_out = { 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  openflow_packet_out_init (&packet_out, frame, sizeof frame);
  openflow_actions_output (&packet_out.actions, 2);
  openflow_packet_out_encode (&packet_out, 3, out);
  ovs_bench_send (&bench, out->data, out->len);
  CU_ASSERT_EQUAL_FATAL (bench.vm2->frames->len, 1);
  CU_ASSERT_EQUAL (memcmp (probe_frame (bench.vm2, 0)->bytes, frame, sizeof frame), 0);
  ovs_bench_clear (&bench);
}

static void
learned_flows_expire_and_tell (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowFlowRemoved removed;
  g_autofree char *learned = NULL, *left = NULL;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_flow (&bench,
                  "table=0,actions=learn(table=1,idle_timeout=3,priority=7,send_flow_rem,NXM_OF_ETH_DST[]="
                  "NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),resubmit(,1)");
  send_frame (bench.vm1, vm2_mac, vm1_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  learned = ovs_node_dump_flows (bench.compute);
  CU_ASSERT_PTR_NOT_NULL (
      strstr (learned,
              "table=1,idle_timeout=3,send_flow_rem,priority=7,dl_dst=fa:16:3e:00:00:01,actions=output:1\n"));
  /* Used after two seconds, idle for three from then on. */
  ovs_bench_run (&bench, 2 * SIM_SEC);
  send_frame (bench.vm2, vm1_mac, vm2_mac);
  ovs_bench_run (&bench, SIM_MSEC);
  CU_ASSERT_EQUAL (bench.vm1->frames->len, 1);
  ovs_bench_run (&bench, 2900 * SIM_MSEC);
  CU_ASSERT_FALSE (ovs_bench_message (&bench, OPENFLOW_FLOW_REMOVED, 0, &message));
  ovs_bench_run (&bench, 1100 * SIM_MSEC);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_FLOW_REMOVED, 0, &message));
  CU_ASSERT (openflow_flow_removed_decode (&message, &removed, NULL));
  CU_ASSERT_EQUAL (removed.reason, OPENFLOW_REMOVED_IDLE_TIMEOUT);
  left = ovs_node_dump_flows (bench.compute);
  CU_ASSERT_PTR_NULL (strstr (left, "dl_dst=fa:16:3e"));
  ovs_bench_clear (&bench);
}

static void
flow_changes_are_in_the_trace (void)
{
  OvsBench bench;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_group (&bench, "group_id=9,type=all,bucket=actions=output:1");
  ovs_bench_flow (&bench, "table=52,cookie=0x87,priority=5,actions=write_actions(group:9)");
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "state server1 flow add table=52,priority=5 "), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "\"actions\":\"write_actions(group:9)\""), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "state server1 group add 9 "), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&bench.heard, "state server1 port add tap1 "), 1);
  ovs_bench_clear (&bench);
}

static const TapTest tests[] = {
  { "frames go where flows say, and a miss is a named drop", frames_go_where_flows_say },
  { "a drop names its table and rule", drops_name_table_and_rule },
  { "an Interface row makes a tunnel that carries frames both ways", tunnels_carry_frames_both_ways },
  { "rows are told ofport, link state and connection", rows_tell_what_became_of_them },
  { "an unplugged tap goes with its rows, its port is told, and comes back under a new number",
    taps_go_with_their_rows },
  { "of two rows whose names differ behind the fifteenth character one has the port, and keeps it",
    long_names_have_one_port },
  { "a punt carries in_port, metadata, registers, table and cookie", punts_carry_the_pipeline_s_fields },
  { "a packet-out leaves by its actions", packet_outs_leave },
  { "a learned flow forwards, expires when idle, and tells", learned_flows_expire_and_tell },
  { "flows, groups and ports that change are in the trace", flow_changes_are_in_the_trace },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-node", tests);
}

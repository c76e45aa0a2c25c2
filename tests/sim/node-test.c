/* Nodes as NetWorlds: timers, storage, drops, what is told to the trace, and names. */
#include "probe.h"
#include "tap.h"

#include <string.h>

typedef struct
{
  NetTimer timer;
  NetWorld *world;
  GArray *times;   /* of gint64 */
  gint64 again_ns; /* set anew when it fires, once; 0: not */
} Alarm;

static void
ring (NetTimer *timer, gint64 now_ns)
{
  Alarm *alarm = timer->owner;
  gint64 again_ns = alarm->again_ns;

  CU_ASSERT_PTR_NULL (timer->pending);
  g_array_append_val (alarm->times, now_ns);
  alarm->again_ns = 0;
  if (again_ns)
    net_world_timer_set (alarm->world, timer, again_ns);
}

static void
alarm_init (Alarm *alarm, NetWorld *world)
{
  *alarm = (Alarm){ .world = world, .times = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  net_timer_init (&alarm->timer, ring, alarm);
}

static void
a_timer_fires_once_when_it_was_last_set_for (void)
{
  SimNetwork *network = sim_network_new (1);
  NetWorld *world = &probe_new (network, "a", 0)->node.world;
  Alarm alarm;

  alarm_init (&alarm, world);
  net_world_timer_set (world, &alarm.timer, 5000);
  net_world_timer_set (world, &alarm.timer, 3000);
  sim_clock_run (sim_network_clock (network), 10000);
  CU_ASSERT_EQUAL_FATAL (alarm.times->len, 1);
  CU_ASSERT_EQUAL (g_array_index (alarm.times, gint64, 0), 3000);
  net_world_timer_set (world, &alarm.timer, 20000);
  net_world_timer_cancel (world, &alarm.timer);
  net_world_timer_cancel (world, &alarm.timer);
  sim_clock_run (sim_network_clock (network), 30000);
  CU_ASSERT_EQUAL (alarm.times->len, 1);
  g_array_unref (alarm.times);
  sim_network_free (network);
}

static void
a_time_that_has_passed_fires_at_once_and_a_timer_may_set_itself (void)
{
  SimNetwork *network = sim_network_new (1);
  NetWorld *world = &probe_new (network, "a", 0)->node.world;
  Alarm alarm;

  alarm_init (&alarm, world);
  sim_clock_run (sim_network_clock (network), 10000);
  alarm.again_ns = 10500;
  net_world_timer_set (world, &alarm.timer, 400);
  CU_ASSERT_EQUAL (alarm.times->len, 0);
  sim_clock_run (sim_network_clock (network), 20000);
  CU_ASSERT_EQUAL_FATAL (alarm.times->len, 2);
  CU_ASSERT_EQUAL (g_array_index (alarm.times, gint64, 0), 10000);
  CU_ASSERT_EQUAL (g_array_index (alarm.times, gint64, 1), 10500);
  CU_ASSERT_EQUAL (net_world_now (world), 20000);
  g_array_unref (alarm.times);
  sim_network_free (network);
}

static void
a_nodes_chance_does_not_depend_on_other_nodes (void)
{
  guint64 alone = 0, among = 0;
  SimNetwork *network = sim_network_new (5);

  net_world_random (&probe_new (network, "a", 0)->node.world, &alone, sizeof alone);
  sim_network_free (network);
  network = sim_network_new (5);
  net_world_random (&probe_new (network, "first", 0)->node.world, &among, sizeof among);
  CU_ASSERT_NOT_EQUAL (alone, among);
  net_world_random (&probe_new (network, "a", 0)->node.world, &among, sizeof among);
  CU_ASSERT_EQUAL (alone, among);
  sim_network_free (network);
}

static void
stored_bytes_are_appended_to_and_replaced_by_name (void)
{
  SimNetwork *network = sim_network_new (1);
  NetWorld *world = &probe_new (network, "a", 0)->node.world;
  NetWorld *other = &probe_new (network, "b", 0)->node.world;
  g_autoptr (GBytes) both = NULL, last = NULL;

  CU_ASSERT_PTR_NULL (net_world_load (world, "db", NULL));
  CU_ASSERT_TRUE (net_world_append (world, "db", (const guint8 *)"one", 3, NULL));
  CU_ASSERT_TRUE (net_world_append (world, "db", (const guint8 *)"two", 3, NULL));
  both = net_world_load (world, "db", NULL);
  CU_ASSERT_FATAL (both != NULL);
  TAP_ASSERT_BYTES (g_bytes_get_data (both, NULL), g_bytes_get_size (both), 'o', 'n', 'e', 't', 'w', 'o');
  CU_ASSERT_TRUE (net_world_replace (world, "db", (const guint8 *)"3", 1, NULL));
  last = net_world_load (world, "db", NULL);
  CU_ASSERT_FATAL (last != NULL);
  TAP_ASSERT_BYTES (g_bytes_get_data (last, NULL), g_bytes_get_size (last), '3');
  CU_ASSERT_PTR_NULL (net_world_load (world, "other", NULL));
  CU_ASSERT_PTR_NULL (net_world_load (other, "db", NULL));
  sim_network_free (network);
}

static void
a_drop_is_counted_and_told_at_its_port_or_inside_the_node (void)
{
  static const guint8 bytes[60] = { 0 };
  ProbeTrace heard = probe_trace_new ();
  SimNetwork *network = sim_network_new (1);
  SimNode *node;

  sim_network_set_trace (network, heard.trace);
  node = &probe_new (network, "tor1", 1)->node;
  CU_ASSERT_TRUE (node->world.detail);
  sim_node_drop (
      node, net_frame_new_from (node->world.frames, bytes, 60),
      &(NetDrop){ .port = 0, .reason = NET_DROP_VLAN_UNBOUND, .table = "vlan_bindings", .rule = "vlan 7" });
  for (guint i = 0; i < 2; i++)
    sim_node_drop (node, net_frame_new_from (node->world.frames, bytes, 60),
                   &(NetDrop){ .port = NET_PORT_NONE, .reason = NET_DROP_NO_ROUTE });
  CU_ASSERT_EQUAL (sim_node_drop_count (node, NET_DROP_VLAN_UNBOUND), 1);
  CU_ASSERT_EQUAL (sim_node_drop_count (node, NET_DROP_NO_ROUTE), 2);
  CU_ASSERT_STRING_EQUAL (heard.text->str,
                          "0 interface 0 tor1/p0 probe -> nothing\n"
                          "0 in 0 id 10000000001 len 60 drop vlan-unbound [vlan_bindings][vlan 7]\n"
                          "0 interface 1 tor1/local probe -> nothing\n"
                          "0 in 1 id 10000000002 len 60 drop no-route [][]\n"
                          "0 in 1 id 10000000003 len 60 drop no-route [][]\n");
  sim_network_free (network);
  probe_trace_clear (&heard);
}

static void
state_and_log_lines_go_to_the_trace (void)
{
  ProbeTrace heard = probe_trace_new ();
  SimNetwork *network = sim_network_new (1);
  NetWorld *world;

  sim_network_set_trace (network, heard.trace);
  world = &probe_new (network, "odl", 0)->node.world;
  net_world_state (world, &(NetState){ .table = "fdb", .op = "add", .key = "k", .json = "{}" });
  net_world_log (world, NET_LOG_WARNING, "elan", "no \"%s\"\nhere\xff", "tor1");
  CU_ASSERT_STRING_EQUAL (
      heard.text->str, "0 state odl fdb add k {}\n"
                       "0 state odl log warning elan {\"message\":\"no \\\"tor1\\\"\\nhere\xef\xbf\xbd\"}\n");
  sim_network_free (network);
  probe_trace_clear (&heard);
}

static void
without_a_listener_nothing_is_formatted (void)
{
  g_autoptr (SimTrace) trace = sim_trace_new ();
  SimNetwork *network = sim_network_new (1);

  sim_network_set_trace (network, trace);
  CU_ASSERT_FALSE (probe_new (network, "a", 0)->node.world.detail);
  sim_network_free (network);
  network = sim_network_new (1);
  CU_ASSERT_FALSE (probe_new (network, "a", 0)->node.world.detail);
  sim_network_free (network);
}

static void
nodes_and_ports_are_found_by_name (void)
{
  SimNetwork *network = sim_network_new (1);
  SimNode *a = &probe_new (network, "a", 2)->node, *b = &probe_new (network, "b", 1)->node;

  CU_ASSERT_PTR_EQUAL (sim_network_find (network, "a"), a);
  CU_ASSERT_PTR_EQUAL (sim_network_find (network, "b"), b);
  CU_ASSERT_PTR_NULL (sim_network_find (network, "c"));
  CU_ASSERT_EQUAL (sim_network_n_nodes (network), 2);
  CU_ASSERT_PTR_EQUAL (sim_network_node (network, 1), b);
  CU_ASSERT_EQUAL (sim_node_n_ports (a), 2);
  CU_ASSERT_EQUAL (sim_node_find_port (a, "p1"), 1);
  CU_ASSERT_EQUAL (sim_node_find_port (b, "p1"), NET_PORT_NONE);
  sim_network_free (network);
}

static void
a_node_without_a_management_port_says_so (void)
{
  SimNetwork *network = sim_network_new (1);
  NetWorld *world = &probe_new (network, "a", 1)->node.world;
  g_autoptr (GError) dial = NULL, listen = NULL;

  CU_ASSERT_PTR_NULL (net_world_connect (world, "tcp:10.0.0.1:6640", NULL, NULL, &dial));
  CU_ASSERT_FATAL (dial != NULL);
  CU_ASSERT_STRING_EQUAL (dial->message, "node 'a' has no management port");
  CU_ASSERT_PTR_NULL (net_world_listen (world, "ptcp:6640", NULL, NULL, &listen));
  CU_ASSERT_TRUE (g_error_matches (listen, SIM_NODE_ERROR, SIM_NODE_ERROR_NO_STREAMS));
  sim_network_free (network);
}

int
main (void)
{
  return tap_main (
      "sim/node",
      (const TapTest[]){
          { "a timer fires once, when it was last set for", a_timer_fires_once_when_it_was_last_set_for },
          { "a time that has passed fires at once, and a timer may set itself",
            a_time_that_has_passed_fires_at_once_and_a_timer_may_set_itself },
          { "a node's chance does not depend on other nodes", a_nodes_chance_does_not_depend_on_other_nodes },
          { "stored bytes are appended to and replaced, by name and node",
            stored_bytes_are_appended_to_and_replaced_by_name },
          { "a drop is counted, and told at its port or inside the node",
            a_drop_is_counted_and_told_at_its_port_or_inside_the_node },
          { "state and log lines go to the trace", state_and_log_lines_go_to_the_trace },
          { "without a listener nothing is formatted", without_a_listener_nothing_is_formatted },
          { "nodes and ports are found by name", nodes_and_ports_are_found_by_name },
          { "a node without a management port says so", a_node_without_a_management_port_says_so },
          { NULL, NULL },
      });
}

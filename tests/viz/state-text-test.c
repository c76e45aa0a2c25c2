/* State changes as a person reads them. */
#include "viz/part.h"
#include "viz/state-text.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

#define PORT   "f3132a43-1587-4567-bd6e-da4d67ea1310"
#define SWITCH "396567d3-b840-4309-98f5-a845eb390f45"

static void
expect_line (const VizStateText *state, const char *expected)
{
  g_autoptr (VizNames) names = viz_names_new (), rows = viz_names_new ();
  g_autoptr (GString) got = g_string_new (NULL);

  viz_names_add (names, "fa:16:3e:00:00:12", "vm2");
  viz_names_add (rows, PORT, "em3");
  viz_state_append (state, names, rows, got);
  CU_ASSERT_STRING_EQUAL (got->str, expected);
  if (strcmp (got->str, expected) != 0)
    printf ("# got %s\n", got->str);
}

static void
a_row_is_shown_by_its_name_and_without_its_empty_columns (void)
{
  expect_line (&(VizStateText){ "ovsdb/Physical_Port", "modify", PORT,
                                "{\"acl_bindings\":[\"map\",[]],\"description\":\"\",\"name\":\"em3\","
                                "\"port_fault_status\":[\"set\",[]],"
                                "\"vlan_bindings\":[\"map\",[[2901,[\"uuid\",\"" SWITCH "\"]]]]}" },
               "Physical_Port modify em3: vlan_bindings 2901=396567d3…");
  expect_line (&(VizStateText){ "ovsdb/Physical_Switch", "insert", SWITCH,
                                "{\"ports\":[\"set\",[[\"uuid\",\"" PORT "\"],[\"uuid\",\"" PORT "\"]]],"
                                "\"tunnel_ips\":\"10.8.125.20\",\"up\":true}" },
               "Physical_Switch insert 396567d3…: ports em3 em3, tunnel_ips 10.8.125.20, up yes");
}

static void
addresses_have_names_in_the_key_and_stay_in_the_values (void)
{
  expect_line (&(VizStateText){ "fdb", "add", "fa:16:3e:00:00:12 vlan 0", "{\"port\":\"em3\"}" },
               "fdb add vm2 vlan 0: port em3");
  expect_line (&(VizStateText){ "arp", "add", "10.0.0.12", "{\"mac\":\"fa:16:3e:00:00:12\"}" },
               "arp add 10.0.0.12: mac fa:16:3e:00:00:12");
  expect_line (&(VizStateText){ "guest", "started", "vm1", "{}" }, "guest started vm1");
  expect_line (&(VizStateText){ "port", "down", "em3", NULL }, "port down em3");
}

static void
any_text_in_the_place_of_json_gives_a_line (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  expect_line (&(VizStateText){ "x", "y", "", "no json" }, "x y  no json");
  expect_line (&(VizStateText){ "x", "y", "z", "{\"a\":[\"map\",[1,[]]]}" }, "x y z: a = =");
  for (guint i = 0; i < 100; i++)
    g_string_append_c (deep, '[');
  g_string_append_c (deep, '1');
  for (guint i = 0; i < 100; i++)
    g_string_append_c (deep, ']');
  g_string_append_c (deep, '}');
  expect_line (&(VizStateText){ "x", "y", "z", deep->str }, "x y z: a …");
}

static void
a_row_is_named_by_name_mac_or_address (void)
{
  g_autofree char *name = viz_state_row_name (PORT, "{\"name\":\"em3\"}");
  g_autofree char *mac = viz_state_row_name (PORT, "{\"ipaddr\":\"\",\"MAC\":\"fa:16:3e:00:00:12\"}");
  g_autofree char *address = viz_state_row_name (PORT, "{\"name\":\"\",\"dst_ip\":\"10.8.125.18\"}");

  CU_ASSERT_STRING_EQUAL (name, "em3");
  CU_ASSERT_STRING_EQUAL (mac, "fa:16:3e:00:00:12");
  CU_ASSERT_STRING_EQUAL (address, "10.8.125.18");
  CU_ASSERT_PTR_NULL (viz_state_row_name (PORT, "{\"switches\":[]}"));
  CU_ASSERT_PTR_NULL (viz_state_row_name ("em3", "{\"name\":\"em3\"}"));
  CU_ASSERT_PTR_NULL (viz_state_row_name (PORT, "["));
}

static VizTopology *
new_topology (void)
{
  static const SimTraceInterface ends[] = { { 0, "odl/mgmt", "controller", "mgmt/odl" },
                                            { 1, "mgmt/odl", "switch", "odl/mgmt" },
                                            { 2, "tor1/em3", "tor", "server2/em1" },
                                            { 3, "server2/em1", "sriov-compute", "tor1/em3" } };
  VizTopology *topology = viz_topology_new ();

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    viz_topology_add (topology, &ends[i]);
  return topology;
}

static void
management_is_what_its_network_carries_and_a_controller_writes (void)
{
  g_autoptr (VizTopology) topology = new_topology ();
  const guint state = VIZ_PART_STATES, written = VIZ_PART_STATES | VIZ_PART_MANAGEMENT;
  const struct
  {
    SimTraceState state;
    guint parts;
  } cases[] = {
    { { "tor1", "fdb", "add", "k", NULL }, state },
    { { "tor1", "ovsdb/Global", "insert", "k", NULL }, written },
    { { "tor1", "flow", "add", "k", NULL }, written },
    { { "mgmt", "fdb", "add", "k", NULL }, written },
    { { "odl", "elan-mac", "add", "k", NULL }, written },
    { { "odl", "controller", "converged", "k", NULL }, state },
    { { "nobody", "guest", "started", "k", NULL }, state },
  };

  for (guint end = 0; end < 4; end++)
    CU_ASSERT_EQUAL (viz_parts_of_packet (topology, end, FALSE), end < 2 ? VIZ_PART_MANAGEMENT : 0);
  CU_ASSERT_EQUAL (viz_parts_of_packet (topology, 0, TRUE), 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    CU_ASSERT_EQUAL (viz_parts_of_state (topology, &cases[i].state), cases[i].parts);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a row is shown by its name, and without its empty columns",
      a_row_is_shown_by_its_name_and_without_its_empty_columns },
    { "addresses have names in the key, and stay in the values",
      addresses_have_names_in_the_key_and_stay_in_the_values },
    { "any text in the place of JSON gives a line", any_text_in_the_place_of_json_gives_a_line },
    { "a row is named by name, MAC or address", a_row_is_named_by_name_mac_or_address },
    { "management is what its network carries and a controller writes",
      management_is_what_its_network_carries_and_a_controller_writes },
    { NULL, NULL },
  };
  return tap_main ("state-text", tests);
}

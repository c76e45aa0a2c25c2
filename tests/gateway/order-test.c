/* History never matters: the same database writes in any order, with detours, and read in one go by a gateway that
 * starts later, end in the same forwarding state. */
#include "forwarding-text.h"
#include "tap.h"

#include <stdio.h>

/* One write.  `needs` are the logical switches that must exist, a bit each: their places among the writes. */
typedef struct
{
  void (*run) (Fixture *f);
  guint needs;
} Write;

static void
switch_blue (Fixture *f)
{
  put_switch (f, "blue", 5001, "source_node");
}
static void
switch_green (Fixture *f)
{
  put_switch (f, "green", 5002, NULL);
}
static void
switch_twin (Fixture *f)
{
  put_switch (f, "twin", 5001, "source_node");
}
static void
switch_mute (Fixture *f)
{
  put_switch (f, "mute", -1, "service_node");
}
static void
bind_blue_2901 (Fixture *f)
{
  put_binding (f, "em3", 2901, "blue");
}
static void
bind_blue_2902 (Fixture *f)
{
  put_binding (f, "em3", 2902, "blue");
}
static void
bind_blue_untagged (Fixture *f)
{
  put_binding (f, "em4", 0, "blue");
}
static void
bind_green (Fixture *f)
{
  put_binding (f, "em3", 100, "green");
}
static void
bind_twin (Fixture *f)
{
  put_binding (f, "em4", 300, "twin");
}
static void
bind_mute (Fixture *f)
{
  put_binding (f, "em4", 400, "mute");
}
static void
remote_high (Fixture *f)
{
  put_remote (f, "blue", "fa:16:3e:00:00:11", "10.8.125.21");
}
static void
remote_low (Fixture *f)
{
  put_remote (f, "blue", "fa:16:3e:00:00:11", "10.8.125.18");
}
static void
remote_middle (Fixture *f)
{
  put_remote (f, "blue", "fa:16:3e:00:00:11", "10.8.125.19");
}
static void
remote_green (Fixture *f)
{
  put_remote (f, "green", "fa:16:3e:00:00:11", "10.8.125.21");
}
static void
remote_twin (Fixture *f)
{
  put_remote (f, "twin", "fa:16:3e:00:00:12", "10.8.125.18");
}
static void
flood_blue (Fixture *f)
{
  put_flood (f, "blue", "10.8.125.21 10.8.125.18");
}
static void
flood_green (Fixture *f)
{
  put_flood (f, "green", "10.8.125.21 10.8.125.19");
}
static void
flood_mute (Fixture *f)
{
  put_flood (f, "mute", "10.8.125.18");
}

/* ---- groups, lists, routers -------------------------------------------------------------------------------------- */

static json_t *
reference (Fixture *f, const char *table, const char *column, const char *text)
{
  return ovsdb_json_uuid (
      ovsdb_row_uuid (ovsdb_table_find_text (ovsdb_database_table (f->db, table), column, text)));
}

/* The row of the address, which an operation inserts when it is not there. */
static json_t *
locator (Fixture *f, const char *address, json_t *operations)
{
  if (ovsdb_table_find_text (ovsdb_database_table (f->db, "Physical_Locator"), "dst_ip", address))
    return reference (f, "Physical_Locator", "dst_ip", address);
  json_array_append_new (operations, ovsdb_op_insert ("Physical_Locator", "locator",
                                                      json_pack ("{s:s, s:s}", "encapsulation_type",
                                                                 "vxlan_over_ipv4", "dst_ip", address)));
  return ovsdb_json_named_uuid ("locator");
}

static void
put_group (Fixture *f, const char *logical_switch, const char *mac, const char *address)
{
  json_t *operations = json_array (), *member = locator (f, address, operations);

  json_array_append_new (
      operations, ovsdb_op_insert ("Physical_Locator_Set", "set", json_pack ("{s:o}", "locators", member)));
  json_array_append_new (operations,
                         ovsdb_op_insert ("Mcast_Macs_Remote", NULL,
                                          json_pack ("{s:s, s:o, s:o}", "MAC", mac, "logical_switch",
                                                     reference (f, "Logical_Switch", "name", logical_switch),
                                                     "locator_set", ovsdb_json_named_uuid ("set"))));
  fixture_execute (f, operations);
}

static void
drop_group (Fixture *f, const char *mac)
{
  fixture_execute (f, json_pack ("[o]", ovsdb_op_delete ("Mcast_Macs_Remote",
                                                         ovsdb_where_equal ("MAC", json_string (mac)))));
}

static void
put_arp_source (Fixture *f, const char *mac, const char *address)
{
  json_t *operations = json_array (), *row = locator (f, address, operations);

  json_array_append_new (
      operations,
      ovsdb_op_insert ("Arp_Sources_Remote", NULL, json_pack ("{s:s, s:o}", "src_mac", mac, "locator", row)));
  fixture_execute (f, operations);
}

/* A list that denies this protocol, bound to a port's VLAN. */
static void
put_list (Fixture *f, const char *name, const char *port, guint vlan, guint protocol)
{
  fixture_execute (
      f, json_pack ("[o, o, o]",
                    ovsdb_op_insert ("ACL_entry", "entry",
                                     json_pack ("{s:i, s:s, s:s, s:i}", "sequence", 1, "direction", "ingress",
                                                "action", "deny", "protocol", protocol)),
                    ovsdb_op_insert ("ACL", "list",
                                     json_pack ("{s:s, s:o}", "acl_name", name, "acl_entries",
                                                ovsdb_json_named_uuid ("entry"))),
                    ovsdb_op_mutate (
                        "Physical_Port", ovsdb_where_equal ("name", json_string (port)), "acl_bindings",
                        "insert", json_pack ("[s, [[i, o]]]", "map", vlan, ovsdb_json_named_uuid ("list")))));
}

/* Interfaces "10.0.1.1/24" in blue and `other` in green; a static route. */
static void
put_router (Fixture *f, const char *name, const char *other, const char *next_hop)
{
  fixture_execute (
      f, json_pack ("[o]", ovsdb_op_insert (
                               "Logical_Router", NULL,
                               json_pack ("{s:s, s:[s, [[s, o], [s, o]]], s:[s, [[s, s]]], s:[s, [[s, s]]]}",
                                          "name", name, "switch_binding", "map", "10.0.1.1/24",
                                          reference (f, "Logical_Switch", "name", "blue"), other,
                                          reference (f, "Logical_Switch", "name", "green"), "static_routes",
                                          "map", "10.0.3.0/24", next_hop, "other_config", "map", "mac",
                                          "fa:16:3e:00:00:14"))));
}

static void
drop_router (Fixture *f, const char *name)
{
  fixture_execute (f, json_pack ("[o]", ovsdb_op_delete ("Logical_Router",
                                                         ovsdb_where_equal ("name", json_string (name)))));
}

static void
drop_list (Fixture *f, const char *name, const char *port, guint vlan)
{
  fixture_execute (
      f, json_pack ("[o, o]",
                    ovsdb_op_mutate ("Physical_Port", ovsdb_where_equal ("name", json_string (port)),
                                     "acl_bindings", "delete", json_integer (vlan)),
                    ovsdb_op_delete ("ACL", ovsdb_where_equal ("acl_name", json_string (name)))));
}

static void
group_blue (Fixture *f)
{
  put_group (f, "blue", "33:33:00:00:00:fb", "10.8.125.19");
}
static void
group_blue_again (Fixture *f)
{
  put_group (f, "blue", "33:33:00:00:00:fb", "10.8.125.21");
}
static void
group_green (Fixture *f)
{
  put_group (f, "green", "33:33:00:00:00:fb", "10.8.125.18");
}
static void
twin_high (Fixture *f)
{
  put_arp_source (f, "fa:16:3e:00:00:13", "10.8.125.21");
}
static void
twin_low (Fixture *f)
{
  put_arp_source (f, "fa:16:3e:00:00:13", "10.8.125.19");
}
static void
list_vlan (Fixture *f)
{
  put_list (f, "web", "em3", 2902, 17);
}
static void
list_port (Fixture *f)
{
  put_list (f, "all", "em4", 0, 6);
}
static void
list_bad (Fixture *f)
{
  put_list (f, "bad", "em3", 100, 999);
}
static void
router_good (Fixture *f)
{
  put_router (f, "r1", "10.0.2.1/24", "10.0.2.254");
}
/* the same addresses, the same MAC, and a binding and a route that cannot be */
static void
router_bad (Fixture *f)
{
  put_router (f, "r0", "10.0.1.2/24", "10.0.9.254");
}

/* Detours, which leave nothing behind. */
static void
detour_key (Fixture *f)
{
  set_tunnel_key (f, "green", 5001);
  set_tunnel_key (f, "green", 5002);
}

static void
detour_remote (Fixture *f)
{
  put_remote (f, "green", "fa:16:3e:00:00:15", "10.8.125.77");
  drop_remote (f, "green", "fa:16:3e:00:00:15");
}

static void
detour_binding (Fixture *f)
{
  put_binding (f, "em4", 777, "green");
  put_binding (f, "em4", 777, NULL);
}

static void
detour_switch (Fixture *f)
{
  put_switch (f, "a passer-by", 5001, NULL);
  put_binding (f, "em4", 778, "a passer-by");
  put_flood (f, "a passer-by", "10.8.125.18 10.8.125.66");
  put_flood (f, "a passer-by", "");
  put_binding (f, "em4", 778, NULL);
  test_world_advance (f->world, NET_SEC); /* its local rows go */
  drop_switch (f, "a passer-by");
}

static void
detour_group (Fixture *f)
{
  put_group (f, "blue", "33:33:00:00:00:aa", "10.8.125.66");
  drop_group (f, "33:33:00:00:00:aa");
}

static void
detour_list (Fixture *f)
{
  put_list (f, "passing", "em4", 300, 17);
  drop_list (f, "passing", "em4", 300);
  fixture_execute (
      f, json_pack ("[o]", ovsdb_op_delete ("ACL_entry", json_pack ("[[s, s, i]]", "protocol", "==", 4))));
}

static void
detour_router (Fixture *f)
{
  put_router (f, "a passer-by", "10.0.2.7/24", "10.0.1.7");
  drop_router (f, "a passer-by");
}

/* A port that came, was bound, and went. */
static void
one_port_more (VtepGatewayConfig *config)
{
  static const VtepPortConfig ports[] = { { "em4", EM4 }, { "em7", 7 }, { "em3", EM3 } };

  config->ports = ports;
  config->n_ports = G_N_ELEMENTS (ports);
}

static void
detour_port (Fixture *f)
{
  fixture_change (f, one_port_more);
  put_binding (f, "em7", 2901, "blue");
  put_list (f, "at em7", "em7", 2901, 17);
  fixture_change (f, NULL);
  fixture_execute (
      f, json_pack ("[o, o]", ovsdb_op_delete ("ACL", ovsdb_where_equal ("acl_name", json_string ("at em7"))),
                    ovsdb_op_delete ("ACL_entry", json_pack ("[[s, s, i]]", "protocol", "==", 4))));
}

/* An address that remote rows name. */
static void
at_a_remote_end (VtepGatewayConfig *config)
{
  config->tunnel_ip = 0x0a087d15; /* 10.8.125.21 */
}

static void
detour_address (Fixture *f)
{
  fixture_change (f, at_a_remote_end);
  fixture_change (f, NULL);
}

#define BLUE  (1u << 0)
#define GREEN (1u << 1)
#define TWIN  (1u << 2)
#define MUTE  (1u << 3)

static const Write writes[] = {
  { switch_blue, 0 },
  { switch_green, 0 },
  { switch_twin, 0 },
  { switch_mute, 0 },
  { bind_blue_2901, BLUE },
  { bind_blue_2902, BLUE },
  { bind_green, GREEN },
  { bind_blue_untagged, BLUE },
  { bind_twin, TWIN },
  { bind_mute, MUTE },
  { remote_high, BLUE },
  { remote_low, BLUE },
  { remote_middle, BLUE },
  { remote_green, GREEN },
  { remote_twin, TWIN },
  { flood_blue, BLUE },
  { flood_green, GREEN },
  { flood_mute, MUTE },
  { detour_key, GREEN },
  { detour_remote, GREEN },
  { detour_binding, GREEN },
  { detour_switch, 0 },
  { group_blue, BLUE },
  { group_blue_again, BLUE },
  { group_green, GREEN },
  { twin_high, 0 },
  { twin_low, 0 },
  { list_vlan, 0 },
  { list_port, 0 },
  { list_bad, 0 },
  { router_good, BLUE | GREEN },
  { router_bad, BLUE | GREEN },
  { detour_group, BLUE },
  { detour_list, 0 },
  { detour_router, BLUE | GREEN },
  { detour_port, BLUE },
  { detour_address, 0 },
};

#define N          G_N_ELEMENTS (writes)
#define N_SWITCHES 4u /* the first writes */

/* ---- orders ------------------------------------------------------------------------------------------------------ */

/* A random order in which each write comes after the one it needs. */
static void
shuffle (guint64 seed, guint order[N])
{
  gboolean done[N] = { FALSE };
  guint there = 0;

  for (guint placed = 0; placed < N;)
    {
      guint i;
      seed = seed * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
      i = (guint) (seed >> 40) % N;
      if (done[i] || (writes[i].needs & ~there))
        continue;
      done[i] = TRUE;
      there |= i < N_SWITCHES ? 1u << i : 0;
      order[placed++] = i;
    }
}

static void
run_in_order (Fixture *f, guint64 seed)
{
  guint order[N];

  fixture_init (f, NULL);
  shuffle (seed, order);
  for (guint i = 0; i < N; i++)
    {
      writes[order[i]].run (f);
      if (seed & 1)
        test_world_advance (f->world, 7 * NET_MSEC);
    }
}

static void
any_order (void)
{
  Fixture f;
  g_autofree char *expected = NULL;

  run_in_order (&f, 1);
  expected = forwarding_text (&f);
  fixture_clear (&f);
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "0a087d12/5001"));
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "[r1 10.0.3.0/24 by 10.0.2.254 on green]"));
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "[r0 has no route to 10.0.3.9]"));
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "acl-deny"));
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "r0 unspecified_fault\n"));
  CU_ASSERT_PTR_NOT_NULL (strstr (expected, "bad invalid_acl\n"));
  for (guint64 seed = 2; seed <= 300; seed++)
    {
      g_autofree char *got = NULL;
      run_in_order (&f, seed);
      got = forwarding_text (&f);
      if (!g_str_equal (got, expected))
        {
          printf ("# seed %u\n", (guint) seed);
          CU_FAIL ("another order, another state");
        }
      fixture_clear (&f);
    }
}

static void
read_in_one_go (void)
{
  for (guint64 seed = 1; seed <= 20; seed++)
    {
      Fixture f;
      g_autofree char *grown = NULL, *read = NULL;

      run_in_order (&f, seed);
      grown = forwarding_text (&f);
      fixture_restart (&f, NULL);
      read = forwarding_text (&f);
      CU_ASSERT_STRING_EQUAL (grown, read);
      fixture_clear (&f);
    }
}

/* Everything is taken away again, in any order: nothing stays in force. */
static void
undone (void)
{
  Fixture f;
  g_autofree char *empty = NULL, *after = NULL;

  fixture_init (&f, NULL);
  empty = forwarding_text (&f);
  fixture_clear (&f);
  run_in_order (&f, 5);
  for (guint i = 0; i < 4; i++)
    {
      static const char *const names[] = { "blue", "green", "twin", "mute" };
      put_flood (&f, names[i], "");
      drop_remote (&f, names[i], "fa:16:3e:00:00:11");
      drop_remote (&f, names[i], "fa:16:3e:00:00:12");
    }
  drop_router (&f, "r0");
  drop_router (&f, "r1");
  drop_list (&f, "web", "em3", 2902);
  drop_list (&f, "all", "em4", 0);
  drop_list (&f, "bad", "em3", 100);
  drop_group (&f, "33:33:00:00:00:fb");
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_delete ("Arp_Sources_Remote", json_array ())));
  put_binding (&f, "em3", 2901, NULL);
  put_binding (&f, "em3", 2902, NULL);
  put_binding (&f, "em3", 100, NULL);
  put_binding (&f, "em4", 0, NULL);
  put_binding (&f, "em4", 300, NULL);
  put_binding (&f, "em4", 400, NULL);
  test_world_advance (f.world, NET_SEC);
  drop_switch (&f, "twin");
  drop_switch (&f, "blue");
  drop_switch (&f, "mute");
  drop_switch (&f, "green");
  after = forwarding_text (&f);
  CU_ASSERT_STRING_EQUAL (after, empty);
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main ("order",
                   (TapTest[]){
                       { "300 orders of the same writes end in one forwarding state", any_order },
                       { "a gateway that starts later reads the same forwarding state", read_in_one_go },
                       { "writes that are undone leave nothing behind", undone },
                       { NULL, NULL },
                   });
}

/* Sessions with a TOR's database, which is a real one here: its rows, event by event. */
#include "odl-rig.h"
#include "models/odl/elan.h"
#include "models/odl/l2gw.h"
#include "ovsdb/build.h"
#include "tap.h"

#define NEUTRON "/controller/nb/v2/neutron/"

/* ---- tests --------------------------------------------------------------------------------------------------- */

static void
test_rows (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  odl_rig_assert_complete (&rig);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (odl_rig_table (&rig, "Physical_Locator")), 2);
  odl_rig_end (&rig);
}

static void
test_order (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  const char *states, *at;

  odl_rig_dial (&rig);
  states = fake_world_states (rig.bench->fake);
  at = strstr (states, "ovsdb/Logical_Switch");
  CU_ASSERT_PTR_NOT_NULL_FATAL (at);
  at = strstr (at, "ovsdb/Physical_Port");
  CU_ASSERT_PTR_NOT_NULL_FATAL (at);
  at = strstr (at, "ovsdb/Mcast_Macs_Remote");
  CU_ASSERT_PTR_NOT_NULL_FATAL (at);
  at = strstr (at, "ovsdb/Ucast_Macs_Remote");
  CU_ASSERT_PTR_NOT_NULL (at);
  odl_rig_end (&rig);
}

static void
test_replication_bug (void)
{
  OdlRig rig = odl_rig_begin ("repl-mode-unset");

  odl_rig_dial (&rig);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "n1 100 unset");
  odl_rig_end (&rig);
}

static void
test_connection_deleted (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (rig.bench, 10 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth2"), "");
  ODL_ASSERT_TEXT (odl_rig_floods (&rig), "");
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), "");
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "n1 100 source_node");
  odl_bench_run (rig.bench, 11 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "");
  odl_rig_end (&rig);
}

/* Somebody else bound another VLAN to the switch; nothing tells the controller's wanted content of it. */
static void
test_foreign_binding (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  const OvsdbRow *row;
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *op = NULL;

  odl_rig_dial (&rig);
  row = ovsdb_table_first (odl_rig_table (&rig, "Logical_Switch"));
  op = g_strdup_printf ("[{'op':'update','table':'Physical_Port','where':[['name','==','eth3']],'row':"
                        "{'vlan_bindings':['map',[[7,['uuid','%s']]]]}}]",
                        ovsdb_uuid_format (ovsdb_row_uuid (row), uuid));
  odl_rig_execute (&rig, op);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (rig.bench, 22 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "n1 100 source_node");
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth3"), "7=n1");
  odl_bench_run (rig.bench, 5 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "");
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth3"), "");
  odl_rig_end (&rig);
}

static void
test_reconnect (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  odl_bench_unplug (rig.bench, "vm1", 1);
  odl_rig_execute (
      &rig, "[{'op':'delete','table':'Mcast_Macs_Remote','where':[]},"
            "{'op':'insert','table':'Logical_Switch','uuid-name':'ls','row':{'name':'old','tunnel_key':9}},"
            "{'op':'update','table':'Physical_Port','where':[['name','==','eth3']],'row':"
            "{'vlan_bindings':['map',[[5,['named-uuid','ls']]]]}},"
            "{'op':'insert','table':'Physical_Locator','uuid-name':'l','row':"
            "{'encapsulation_type':'vxlan_over_ipv4','dst_ip':'192.168.10.9'}},"
            "{'op':'insert','table':'Ucast_Macs_Remote','row':{'MAC':'02:00:00:00:00:01','logical_switch':"
            "['named-uuid','ls'],'locator':['named-uuid','l']}}]");
  odl_bench_run (rig.bench, 5 * NET_SEC);
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 10 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_floods (&rig), "n1 unknown-dst 192.168.10.2");
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), "n1 fa:16:3e:00:00:02 192.168.10.2");
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "n1 100 source_node, old 9 unset");
  odl_bench_run (rig.bench, 900 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), "n1 100 source_node");
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth3"), "");
  odl_rig_end (&rig);
}

static void
check_port_again (const char *bugs, const char *expected)
{
  OdlRig rig = odl_rig_begin (bugs);

  odl_rig_dial (&rig);
  odl_rig_execute (&rig, "[{'op':'update','table':'Physical_Switch','where':[],'row':{'ports':['set',[]]}}]");
  odl_bench_run (rig.bench, NET_SEC);
  odl_rig_execute (
      &rig, "[{'op':'insert','table':'Physical_Port','uuid-name':'p','row':{'name':'eth2'}},"
            "{'op':'update','table':'Physical_Switch','where':[],'row':{'ports':['named-uuid','p']}}]");
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth2"), expected);
  odl_rig_end (&rig);
}

static void
test_port_again (void)
{
  check_port_again (NULL, "2901=n1");
  check_port_again ("bindings-port", "");
}

/* A VM goes while the TOR is away, and a network that nobody knows is in its database. */
static void
check_away (const char *bugs, const char *ucast_rows, const char *later_switches)
{
  OdlRig rig = odl_rig_begin (bugs);

  odl_rig_dial (&rig);
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  odl_bench_unplug (rig.bench, "vm1", 1);
  odl_rig_execute (&rig, "[{'op':'insert','table':'Logical_Switch','row':{'name':'old','tunnel_key':9}}]");
  odl_bench_run (rig.bench, 5 * NET_SEC);
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 10 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), ucast_rows);
  odl_bench_run (rig.bench, 900 * NET_SEC);
  ODL_ASSERT_TEXT (odl_rig_switches (&rig), later_switches);
  odl_rig_end (&rig);
}

static void
test_away_bugs (void)
{
  check_away (NULL, "n1 fa:16:3e:00:00:02 192.168.10.2", "n1 100 source_node");
  check_away ("reconcile", ODL_RIG_UCASTS, "n1 100 source_node");
  check_away ("stale-conn", "n1 fa:16:3e:00:00:02 192.168.10.2", "n1 100 source_node, old 9 unset");
}

static void
report (OdlRig *rig, const char *mac)
{
  g_autofree char *op = NULL;
  char uuid[OVSDB_UUID_TEXT];

  ovsdb_uuid_format (
      ovsdb_row_uuid (ovsdb_table_find_text (odl_rig_table (rig, "Logical_Switch"), "name", "n1")), uuid);
  op = g_strdup_printf (
      "[{'op':'insert','table':'Physical_Locator','uuid-name':'l','row':"
      "{'encapsulation_type':'vxlan_over_ipv4','dst_ip':'192.168.10.50'}},"
      "{'op':'insert','table':'Ucast_Macs_Local','row':{'MAC':'%s','logical_switch':['uuid','%s'],"
      "'locator':['named-uuid','l']}}]",
      mac, uuid);
  odl_rig_execute (rig, op);
  odl_bench_run (rig->bench, NET_SEC);
}

static gboolean
is_behind_tor (OdlRig *rig, const char *mac)
{
  const OdlElanTor *tor = odl_elan_tor (odl_elan_find (rig->bench->odl, "n1"), "tor1");

  return odl_registry_find (&tor->macs, mac) != NULL;
}

static void
test_stale_macs (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  report (&rig, "FA:16:3E:00:00:03");
  CU_ASSERT_TRUE (is_behind_tor (&rig, "fa:16:3e:00:00:03"));
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  odl_rig_execute (&rig, "[{'op':'delete','table':'Ucast_Macs_Local','where':[]}]");
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 500 * NET_SEC);
  CU_ASSERT_TRUE (is_behind_tor (&rig, "fa:16:3e:00:00:03"));
  odl_bench_run (rig.bench, 120 * NET_SEC);
  CU_ASSERT_FALSE (is_behind_tor (&rig, "fa:16:3e:00:00:03"));
  report (&rig, "fa:16:3e:00:00:04");
  odl_rig_execute (&rig, "[{'op':'delete','table':'Ucast_Macs_Local','where':[]}]");
  odl_bench_run (rig.bench, NET_SEC);
  CU_ASSERT_FALSE (is_behind_tor (&rig, "fa:16:3e:00:00:04"));
  odl_rig_end (&rig);
}

/* The TOR dials: the node is named after its Global row, and stays the same when it dials again. */
static void
test_tor_dials (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  g_autofree char *node_id = NULL;
  char uuid[OVSDB_UUID_TEXT];

  g_assert (ovsdb_server_add_remote (rig.server, "tcp:127.0.0.1:6640", NULL, NULL));
  odl_bench_run (rig.bench, 3 * NET_SEC);
  odl_rig_assert_complete (&rig);
  node_id = g_strconcat (
      "hwvtep://uuid/",
      ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_first (odl_rig_table (&rig, "Global"))), uuid), NULL);
  CU_ASSERT_PTR_NOT_NULL (odl_hwvtep_find (rig.bench->odl, node_id));
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  odl_rig_execute (&rig, "[{'op':'delete','table':'Ucast_Macs_Remote','where':[]}]");
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 20 * NET_SEC);
  CU_ASSERT_EQUAL (odl_registry_n (&rig.bench->odl->hwvteps), 1);
  odl_rig_assert_complete (&rig);
  odl_rig_end (&rig);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a connection gives the TOR its switch, binding, flood list and remote addresses", test_rows },
    { "rows are written in the order switch, port, multicast, unicast", test_order },
    { "bug repl-mode-unset: the logical switch has no replication mode", test_replication_bug },
    { "a deleted connection takes its rows along at once, and its switch 20 s later",
      test_connection_deleted },
    { "a switch that somebody else bound is freed of the binding at the second attempt",
      test_foreign_binding },
    { "a TOR that comes back is reconciled; content of unknown networks goes after 900 s", test_reconnect },
    { "a port that is removed and added again gets its bindings again; bug bindings-port: it does not",
      test_port_again },
    { "bugs reconcile and stale-conn: what changed while a TOR was away is not made good", test_away_bugs },
    { "addresses that a reconnect does not bring back go after 600 s, deleted ones at once",
      test_stale_macs },
    { "a TOR may dial, and is the same node when it dials again", test_tor_dials },
    { NULL, NULL },
  };

  return tap_main ("odl-hwvtep", tests);
}

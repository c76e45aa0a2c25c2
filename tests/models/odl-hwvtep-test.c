/* Sessions with a TOR's database, which is a real one here: its rows, event by event. */
#include "odl-bench.h"
#include "models/odl/elan.h"
#include "models/odl/l2gw.h"
#include "ovsdb/build.h"
#include "ovsdb/server.h"
#include "tap.h"

#define NEUTRON  "/controller/nb/v2/neutron/"
#define TOPOLOGY "/restconf/config/network-topology:network-topology/topology/hwvtep:1/"

typedef struct
{
  OdlBench *bench;
  OvsdbDatabase *db;
  OvsdbServer *server;
} Rig;

static void
execute (Rig *rig, const char *operations)
{
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (rig->db, json_of (operations), &error))
    g_error ("%s: %s", operations, error->message);
}

static OvsdbDatabase *
make_database (NetWorld *world)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, length, NULL);

  return ovsdb_database_new (schema, world);
}

/* A controller, and the database of "tor1" with ports eth2 and eth3, which waits at port 7640. */
static Rig
begin (const char *bugs)
{
  Rig rig = { .bench = odl_bench_new (bugs) };
  NetWorld *world = fake_world (rig.bench->fake);

  rig.db = make_database (world);
  execute (&rig, "[{'op':'insert','table':'Physical_Port','uuid-name':'p2','row':{'name':'eth2'}},"
                 "{'op':'insert','table':'Physical_Port','uuid-name':'p3','row':{'name':'eth3'}},"
                 "{'op':'insert','table':'Physical_Switch','uuid-name':'ps','row':{'name':'tor1',"
                 "'tunnel_ips':'192.168.10.50','ports':['set',[['named-uuid','p2'],['named-uuid','p3']]]}},"
                 "{'op':'insert','table':'Global','row':{'switches':['named-uuid','ps']}}]");
  rig.server = ovsdb_server_new (world);
  ovsdb_server_add_database (rig.server, rig.db);
  g_assert (ovsdb_server_add_remote (rig.server, "ptcp:7640", NULL, NULL));
  g_assert (odl_start (rig.bench->odl, NULL));
  odl_bench_zone (rig.bench, "1 192.168.10.1 2 192.168.10.2");
  odl_bench_network (rig.bench, "n1", 100);
  odl_bench_post (
      rig.bench, "l2-gateways",
      "{'l2_gateway': {'id': 'g1', 'devices': [{'device_name': 'tor1', 'interfaces': [{'name': 'eth2'}]}]}}");
  odl_bench_post (rig.bench, "l2gateway-connections",
                  "{'l2gateway_connection': {'id': 'c1', 'network_id': 'n1', 'gateway_id': 'g1',"
                  " 'segmentation_id': 2901}}");
  odl_bench_port (rig.bench, "vm1", "n1", "FA:16:3E:00:00:01", "normal");
  odl_bench_plug (rig.bench, "vm1", 1, 3);
  odl_bench_port (rig.bench, "vm2", "n1", "fa:16:3e:00:00:02", "normal");
  odl_bench_plug (rig.bench, "vm2", 2, 3);
  return rig;
}

static void
dial (Rig *rig)
{
  CU_ASSERT_EQUAL (
      odl_bench_request (rig->bench, "POST", TOPOLOGY,
                         "{'network-topology:node': [{'node-id': 'hwvtep://tor1',"
                         " 'hwvtep:connection-info': {'remote-ip': '127.0.0.1', 'remote-port': 7640}}]}"),
      204);
  odl_bench_run (rig->bench, 2 * NET_SEC);
}

static void
end (Rig *rig)
{
  odl_bench_run (rig->bench, 0);
  odl_free (g_steal_pointer (&rig->bench->odl));
  ovsdb_server_free (rig->server);
  ovsdb_database_free (rig->db);
  odl_bench_free (rig->bench);
}

/* ---- reading the database ------------------------------------------------------------------------------------ */

static const OvsdbTable *
table (Rig *rig, const char *name)
{
  return ovsdb_database_table (rig->db, name);
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* "n1 fa:16:3e:00:00:01 192.168.10.1" of every row, in order. */
static char *
ucasts (Rig *rig)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  char *text;

  for (const OvsdbRow *row = ovsdb_table_first (table (rig, "Ucast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    g_ptr_array_add (lines, g_strdup_printf ("%s %s %s%s",
                                             ovsdb_row_text (ovsdb_row_ref (row, "logical_switch"), "name"),
                                             ovsdb_row_text (row, "MAC"),
                                             ovsdb_row_text (ovsdb_row_ref (row, "locator"), "dst_ip"),
                                             ovsdb_row_text (row, "ipaddr")));
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv (", ", (char **) lines->pdata);
  g_ptr_array_unref (lines);
  return text;
}

/* "n1 unknown-dst 192.168.10.1 192.168.10.2". */
static char *
floods (Rig *rig)
{
  GString *text = g_string_new (NULL);

  for (const OvsdbRow *row = ovsdb_table_first (table (rig, "Mcast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    {
      const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");
      GPtrArray *ips = g_ptr_array_new ();

      for (guint i = 0; i < ovsdb_row_get (set, "locators")->n; i++)
        g_ptr_array_add (ips, (gpointer) ovsdb_row_text (ovsdb_row_ref_at (set, "locators", i), "dst_ip"));
      g_ptr_array_sort (ips, compare_texts);
      g_string_append_printf (text, "%s %s", ovsdb_row_text (ovsdb_row_ref (row, "logical_switch"), "name"),
                              ovsdb_row_text (row, "MAC"));
      for (guint i = 0; i < ips->len; i++)
        g_string_append_printf (text, " %s", (const char *) g_ptr_array_index (ips, i));
      g_ptr_array_unref (ips);
    }
  return g_string_free (text, FALSE);
}

/* "2901=n1" of a port. */
static char *
bindings (Rig *rig, const char *port)
{
  const OvsdbRow *row = ovsdb_table_find_text (table (rig, "Physical_Port"), "name", port);
  const OvsdbDatum *map = ovsdb_row_get (row, "vlan_bindings");
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < map->n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "=%s", i ? " " : "",
                            ovsdb_datum_keys (map)[i].integer,
                            ovsdb_row_text (ovsdb_row_ref_at (row, "vlan_bindings", i), "name"));
  return g_string_free (text, FALSE);
}

/* "n1 100 source_node" of every logical switch. */
static char *
switches (Rig *rig)
{
  GString *text = g_string_new (NULL);

  for (const OvsdbRow *row = ovsdb_table_first (table (rig, "Logical_Switch")); row;
       row = ovsdb_table_next (row))
    {
      const char *mode = ovsdb_row_text (row, "replication_mode");

      g_string_append_printf (text, "%s%s %" G_GINT64_FORMAT " %s", text->len ? ", " : "",
                              ovsdb_row_text (row, "name"), ovsdb_row_integer (row, "tunnel_key", -1),
                              mode ? mode : "unset");
    }
  return g_string_free (text, FALSE);
}

#define ASSERT_TEXT(call, expected)                                                                          \
  do                                                                                                         \
    {                                                                                                        \
      g_autofree char *assert_text = call;                                                                   \
      if (g_strcmp0 (assert_text, expected) != 0)                                                            \
        printf ("# got '%s'\n", assert_text);                                                                \
      CU_ASSERT_STRING_EQUAL (assert_text, expected);                                                        \
    }                                                                                                        \
  while (0)

#define ALL_UCASTS "n1 fa:16:3e:00:00:01 192.168.10.1, n1 fa:16:3e:00:00:02 192.168.10.2"
#define ALL_FLOODS "n1 unknown-dst 192.168.10.1 192.168.10.2"

static void
assert_complete (Rig *rig)
{
  ASSERT_TEXT (switches (rig), "n1 100 source_node");
  ASSERT_TEXT (bindings (rig, "eth2"), "2901=n1");
  ASSERT_TEXT (floods (rig), ALL_FLOODS);
  ASSERT_TEXT (ucasts (rig), ALL_UCASTS);
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

static void
test_rows (void)
{
  Rig rig = begin (NULL);

  dial (&rig);
  assert_complete (&rig);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (table (&rig, "Physical_Locator")), 2);
  end (&rig);
}

static void
test_order (void)
{
  Rig rig = begin (NULL);
  const char *states, *at;

  dial (&rig);
  states = fake_world_states (rig.bench->fake);
  at = strstr (states, "ovsdb/Logical_Switch");
  CU_ASSERT_PTR_NOT_NULL_FATAL (at);
  at = strstr (at, "ovsdb/Physical_Port");
  CU_ASSERT_PTR_NOT_NULL_FATAL (at);
  at = strstr (at, "ovsdb/Mcast_Macs_Remote");
  CU_ASSERT_PTR_NOT_NULL_FATAL (at);
  at = strstr (at, "ovsdb/Ucast_Macs_Remote");
  CU_ASSERT_PTR_NOT_NULL (at);
  end (&rig);
}

static void
test_replication_bug (void)
{
  Rig rig = begin ("repl-mode-unset");

  dial (&rig);
  ASSERT_TEXT (switches (&rig), "n1 100 unset");
  end (&rig);
}

static void
test_connection_deleted (void)
{
  Rig rig = begin (NULL);

  dial (&rig);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (rig.bench, 10 * NET_SEC);
  ASSERT_TEXT (bindings (&rig, "eth2"), "");
  ASSERT_TEXT (floods (&rig), "");
  ASSERT_TEXT (ucasts (&rig), "");
  ASSERT_TEXT (switches (&rig), "n1 100 source_node");
  odl_bench_run (rig.bench, 11 * NET_SEC);
  ASSERT_TEXT (switches (&rig), "");
  end (&rig);
}

/* Somebody else bound another VLAN to the switch; nothing tells the controller's wanted content of it. */
static void
test_foreign_binding (void)
{
  Rig rig = begin (NULL);
  const OvsdbRow *row;
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *op = NULL;

  dial (&rig);
  row = ovsdb_table_first (table (&rig, "Logical_Switch"));
  op = g_strdup_printf ("[{'op':'update','table':'Physical_Port','where':[['name','==','eth3']],'row':"
                        "{'vlan_bindings':['map',[[7,['uuid','%s']]]]}}]",
                        ovsdb_uuid_format (ovsdb_row_uuid (row), uuid));
  execute (&rig, op);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (rig.bench, 22 * NET_SEC);
  ASSERT_TEXT (switches (&rig), "n1 100 source_node");
  ASSERT_TEXT (bindings (&rig, "eth3"), "7=n1");
  odl_bench_run (rig.bench, 5 * NET_SEC);
  ASSERT_TEXT (switches (&rig), "");
  ASSERT_TEXT (bindings (&rig, "eth3"), "");
  end (&rig);
}

static void
test_reconnect (void)
{
  Rig rig = begin (NULL);

  dial (&rig);
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  odl_bench_unplug (rig.bench, "vm1", 1);
  execute (&rig,
           "[{'op':'delete','table':'Mcast_Macs_Remote','where':[]},"
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
  ASSERT_TEXT (floods (&rig), "n1 unknown-dst 192.168.10.2");
  ASSERT_TEXT (ucasts (&rig), "n1 fa:16:3e:00:00:02 192.168.10.2");
  ASSERT_TEXT (switches (&rig), "n1 100 source_node, old 9 unset");
  odl_bench_run (rig.bench, 900 * NET_SEC);
  ASSERT_TEXT (switches (&rig), "n1 100 source_node");
  ASSERT_TEXT (bindings (&rig, "eth3"), "");
  end (&rig);
}

static void
check_port_again (const char *bugs, const char *expected)
{
  Rig rig = begin (bugs);

  dial (&rig);
  execute (&rig, "[{'op':'update','table':'Physical_Switch','where':[],'row':{'ports':['set',[]]}}]");
  odl_bench_run (rig.bench, NET_SEC);
  execute (&rig, "[{'op':'insert','table':'Physical_Port','uuid-name':'p','row':{'name':'eth2'}},"
                 "{'op':'update','table':'Physical_Switch','where':[],'row':{'ports':['named-uuid','p']}}]");
  odl_bench_run (rig.bench, NET_SEC);
  ASSERT_TEXT (bindings (&rig, "eth2"), expected);
  end (&rig);
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
  Rig rig = begin (bugs);

  dial (&rig);
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  odl_bench_unplug (rig.bench, "vm1", 1);
  execute (&rig, "[{'op':'insert','table':'Logical_Switch','row':{'name':'old','tunnel_key':9}}]");
  odl_bench_run (rig.bench, 5 * NET_SEC);
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 10 * NET_SEC);
  ASSERT_TEXT (ucasts (&rig), ucast_rows);
  odl_bench_run (rig.bench, 900 * NET_SEC);
  ASSERT_TEXT (switches (&rig), later_switches);
  end (&rig);
}

static void
test_away_bugs (void)
{
  check_away (NULL, "n1 fa:16:3e:00:00:02 192.168.10.2", "n1 100 source_node");
  check_away ("reconcile", ALL_UCASTS, "n1 100 source_node");
  check_away ("stale-conn", "n1 fa:16:3e:00:00:02 192.168.10.2", "n1 100 source_node, old 9 unset");
}

static void
report (Rig *rig, const char *mac)
{
  g_autofree char *op = NULL;
  char uuid[OVSDB_UUID_TEXT];

  ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_find_text (table (rig, "Logical_Switch"), "name", "n1")),
                     uuid);
  op = g_strdup_printf (
      "[{'op':'insert','table':'Physical_Locator','uuid-name':'l','row':"
      "{'encapsulation_type':'vxlan_over_ipv4','dst_ip':'192.168.10.50'}},"
      "{'op':'insert','table':'Ucast_Macs_Local','row':{'MAC':'%s','logical_switch':['uuid','%s'],"
      "'locator':['named-uuid','l']}}]",
      mac, uuid);
  execute (rig, op);
  odl_bench_run (rig->bench, NET_SEC);
}

static gboolean
is_behind_tor (Rig *rig, const char *mac)
{
  const OdlElanTor *tor = odl_elan_tor (odl_elan_find (rig->bench->odl, "n1"), "tor1");

  return odl_registry_find (&tor->macs, mac) != NULL;
}

static void
test_stale_macs (void)
{
  Rig rig = begin (NULL);

  dial (&rig);
  report (&rig, "FA:16:3E:00:00:03");
  CU_ASSERT_TRUE (is_behind_tor (&rig, "fa:16:3e:00:00:03"));
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  execute (&rig, "[{'op':'delete','table':'Ucast_Macs_Local','where':[]}]");
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 500 * NET_SEC);
  CU_ASSERT_TRUE (is_behind_tor (&rig, "fa:16:3e:00:00:03"));
  odl_bench_run (rig.bench, 120 * NET_SEC);
  CU_ASSERT_FALSE (is_behind_tor (&rig, "fa:16:3e:00:00:03"));
  report (&rig, "fa:16:3e:00:00:04");
  execute (&rig, "[{'op':'delete','table':'Ucast_Macs_Local','where':[]}]");
  odl_bench_run (rig.bench, NET_SEC);
  CU_ASSERT_FALSE (is_behind_tor (&rig, "fa:16:3e:00:00:04"));
  end (&rig);
}

/* The TOR dials: the node is named after its Global row, and stays the same when it dials again. */
static void
test_tor_dials (void)
{
  Rig rig = begin (NULL);
  g_autofree char *node_id = NULL;
  char uuid[OVSDB_UUID_TEXT];

  g_assert (ovsdb_server_add_remote (rig.server, "tcp:127.0.0.1:6640", NULL, NULL));
  odl_bench_run (rig.bench, 3 * NET_SEC);
  assert_complete (&rig);
  node_id = g_strconcat (
      "hwvtep://uuid/", ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_first (table (&rig, "Global"))), uuid),
      NULL);
  CU_ASSERT_PTR_NOT_NULL (odl_hwvtep_find (rig.bench->odl, node_id));
  fake_world_cut (rig.bench->fake, TRUE);
  odl_bench_run (rig.bench, NET_SEC);
  execute (&rig, "[{'op':'delete','table':'Ucast_Macs_Remote','where':[]}]");
  fake_world_cut (rig.bench->fake, FALSE);
  odl_bench_run (rig.bench, 20 * NET_SEC);
  CU_ASSERT_EQUAL (odl_registry_n (&rig.bench->odl->hwvteps), 1);
  assert_complete (&rig);
  end (&rig);
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

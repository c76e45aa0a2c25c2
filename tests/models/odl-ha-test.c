/* HA pairs: two databases, each with a switch "tor1" of the same tunnel address, whose Manager rows say ha_id "pair1". */
#include "odl-rig.h"
#include "models/odl/elan.h"
#include "models/odl/l2gw.h"
#include "models/odl/northbound.h"
#include "models/tor/schema.h"
#include "tap.h"

/* A UUID of version 3 of "pair1", as Java's UUID.nameUUIDFromBytes() makes it. */
#define PARENT   "hwvtep://uuid/6500e42b-491f-3be9-b782-b059641bc59a"
#define CONFIG   "/restconf/config/network-topology:network-topology/topology/hwvtep:1/node/"
#define SWITCHES "n1 100 source_node"
#define BINDINGS "2901=n1"
#define FLOODS   "n1 unknown-dst 192.168.10.1"
#define UCASTS   "n1 fa:16:3e:00:00:01 192.168.10.1"
#define HA       "'other_config':['map',[['ha_enabled','true'],['ha_id','pair1']]]"

typedef struct
{
  OdlBench *bench;
  OvsdbDatabase *dbs[2];
  OvsdbServer *servers[2]; /* NULL while it does not dial */
} Pair;

static OdlRig
rig_of (const Pair *pair, guint i)
{
  return (OdlRig){ .bench = pair->bench, .db = pair->dbs[i], .server = pair->servers[i] };
}

static void
execute (Pair *pair, guint i, const char *operations)
{
  OdlRig rig = rig_of (pair, i);

  odl_rig_execute (&rig, operations);
}

static void
make_database (Pair *pair, guint i, const char *version, const char *manager)
{
  g_autoptr (OvsdbSchema) schema = tor_schema_new (version);
  g_autofree char *operations = g_strdup_printf (
      "[{'op':'insert','table':'Physical_Port','uuid-name':'p2','row':{'name':'eth2'}},"
      "{'op':'insert','table':'Physical_Switch','uuid-name':'ps','row':{'name':'tor1',"
      "'tunnel_ips':'192.168.10.50','ports':['named-uuid','p2']}},"
      "{'op':'insert','table':'Manager','uuid-name':'m','row':{'target':'tcp:127.0.0.1:6640'%s%s}},"
      "{'op':'insert','table':'Global','row':{'switches':['named-uuid','ps'],'managers':['named-uuid','m']}}"
      "]",
      *manager ? "," : "", manager);

  pair->dbs[i] = ovsdb_database_new (schema, fake_world (pair->bench->fake));
  execute (pair, i, operations);
}

/* It dials, and all that follows is done. */
static void
join (Pair *pair, guint i)
{
  pair->servers[i] = ovsdb_server_new (fake_world (pair->bench->fake));
  ovsdb_server_add_database (pair->servers[i], pair->dbs[i]);
  ovsdb_server_follow_managers (pair->servers[i], pair->dbs[i]);
  odl_bench_run (pair->bench, 5 * NET_SEC);
}

static void
leave (Pair *pair, guint i)
{
  g_clear_pointer (&pair->servers[i], ovsdb_server_free);
  odl_bench_run (pair->bench, 5 * NET_SEC);
}

/* A network of VNI 100 with vm1 on compute 1 and a connection to tor1/eth2; the databases are there, and wait. */
static Pair
begin (const char *bugs, const char *version)
{
  Pair pair = { .bench = odl_bench_new (bugs) };

  g_assert (odl_start (pair.bench->odl, NULL));
  odl_bench_zone (pair.bench, "1 192.168.10.1");
  odl_bench_network (pair.bench, "n1", 100);
  odl_bench_gateway (pair.bench);
  odl_bench_connect (pair.bench, 2901);
  odl_bench_port (pair.bench, "vm1", "n1", "fa:16:3e:00:00:01", "normal");
  odl_bench_plug (pair.bench, "vm1", 1, 3);
  make_database (&pair, 0, version, HA);
  make_database (&pair, 1, version, HA);
  return pair;
}

static void
end (Pair *pair)
{
  odl_bench_run (pair->bench, 0);
  odl_free (g_steal_pointer (&pair->bench->odl));
  for (guint i = 0; i < 2; i++)
    {
      ovsdb_server_free (pair->servers[i]);
      ovsdb_database_free (pair->dbs[i]);
    }
  odl_bench_free (pair->bench);
}

static void
assert_holds (Pair *pair, guint i, const char *switches, const char *bindings, const char *floods,
              const char *ucasts)
{
  OdlRig rig = rig_of (pair, i);

  ODL_ASSERT_TEXT (odl_rig_switches (&rig), switches);
  ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth2"), bindings);
  ODL_ASSERT_TEXT (odl_rig_floods (&rig), floods);
  ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), ucasts);
}

static void
test_parent (void)
{
  Pair pair = begin (NULL, "1.7.0");
  OdlHwvtep *parent;

  join (&pair, 0);
  parent = odl_hwvtep_find (pair.bench->odl, PARENT);
  CU_ASSERT_PTR_NOT_NULL_FATAL (parent);
  CU_ASSERT_EQUAL (odl_hwvtep_n_members (parent), 1);
  join (&pair, 1);
  CU_ASSERT_EQUAL (odl_hwvtep_n_members (parent), 2);
  CU_ASSERT_EQUAL (odl_registry_n (&pair.bench->odl->hwvteps), 3);
  CU_ASSERT_PTR_EQUAL (odl_device_find (pair.bench->odl, "tor1")->hwvtep, parent);
  end (&pair);
}

static void
test_copies (void)
{
  Pair pair = begin (NULL, "1.7.0");

  join (&pair, 0);
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, UCASTS);
  assert_holds (&pair, 1, "", "", "", "");
  join (&pair, 1);
  assert_holds (&pair, 1, SWITCHES, BINDINGS, FLOODS, UCASTS);
  odl_bench_unplug (pair.bench, "vm1", 1);
  odl_bench_run (pair.bench, NET_SEC);
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, "");
  assert_holds (&pair, 1, SWITCHES, BINDINGS, FLOODS, "");
  end (&pair);
}

static void
test_away (void)
{
  Pair pair = begin (NULL, "1.7.0");

  join (&pair, 0);
  join (&pair, 1);
  leave (&pair, 1);
  odl_bench_request (pair.bench, "DELETE", "/controller/nb/v2/neutron/l2gateway-connections/c1", NULL);
  odl_bench_run (pair.bench, 30 * NET_SEC);
  assert_holds (&pair, 0, "", "", "", "");
  assert_holds (&pair, 1, SWITCHES, BINDINGS, FLOODS, UCASTS);
  join (&pair, 1);
  /* Its logical switch and its own binding wait for the cleaner, 900 s. */
  odl_bench_run (pair.bench, 1000 * NET_SEC);
  assert_holds (&pair, 1, "", "", "", "");
  end (&pair);
}

static gboolean
is_known (Pair *pair, const char *mac)
{
  const OdlElanTor *tor = odl_elan_tor (odl_elan_find (pair->bench->odl, "n1"), "tor1");

  return odl_registry_find (&tor->macs, mac) != NULL;
}

static void
report (Pair *pair, guint i)
{
  OdlRig rig = rig_of (pair, i);
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *operations = NULL;

  ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_first (odl_rig_table (&rig, "Logical_Switch"))), uuid);
  operations = g_strdup_printf (
      "[{'op':'insert','table':'Physical_Locator','uuid-name':'l','row':{'encapsulation_type':"
      "'vxlan_over_ipv4','dst_ip':'192.168.10.50'}},"
      "{'op':'insert','table':'Ucast_Macs_Local','row':{'MAC':'fa:16:3e:00:00:03','locator':['named-uuid',"
      "'l'],'logical_switch':['uuid','%s']}}]",
      uuid);
  execute (pair, i, operations);
  odl_bench_run (pair->bench, NET_SEC);
}

static void
withdraw (Pair *pair, guint i)
{
  execute (pair, i, "[{'op':'delete','table':'Ucast_Macs_Local','where':[]}]");
  odl_bench_run (pair->bench, NET_SEC);
}

static void
test_reports (void)
{
  Pair pair = begin (NULL, "1.7.0");

  join (&pair, 0);
  join (&pair, 1);
  report (&pair, 0);
  report (&pair, 1);
  CU_ASSERT_TRUE (is_known (&pair, "fa:16:3e:00:00:03"));
  withdraw (&pair, 0);
  CU_ASSERT_TRUE (is_known (&pair, "fa:16:3e:00:00:03"));
  withdraw (&pair, 1);
  CU_ASSERT_FALSE (is_known (&pair, "fa:16:3e:00:00:03"));
  end (&pair);
}

/* The operator writes other_config into the Manager row of a switch that is connected already. */
static void
test_becomes_child (void)
{
  Pair pair = begin (NULL, "1.7.0");

  execute (&pair, 0, "[{'op':'update','table':'Manager','where':[],'row':{'other_config':['map',[]]}}]");
  join (&pair, 0);
  CU_ASSERT_PTR_NULL (odl_hwvtep_find (pair.bench->odl, PARENT));
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, UCASTS);
  execute (&pair, 0, "[{'op':'update','table':'Manager','where':[],'row':{" HA "}}]");
  odl_bench_run (pair.bench, 30 * NET_SEC);
  CU_ASSERT_PTR_EQUAL (odl_device_find (pair.bench->odl, "tor1")->hwvtep,
                       odl_hwvtep_find (pair.bench->odl, PARENT));
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, UCASTS);
  join (&pair, 1);
  assert_holds (&pair, 1, SWITCHES, BINDINGS, FLOODS, UCASTS);
  end (&pair);
}

/* Its children would be left with a parent that is no more. */
static void
test_parent_stays (void)
{
  Pair pair = begin (NULL, "1.7.0");
  g_autofree char *path = NULL;

  join (&pair, 0);
  join (&pair, 1);
  CU_ASSERT_EQUAL (odl_bench_request (pair.bench, "DELETE", CONFIG PARENT, NULL), 404);
  path
      = g_strconcat (CONFIG, odl_hwvtep_member (odl_hwvtep_find (pair.bench->odl, PARENT), 0)->node_id, NULL);
  CU_ASSERT_EQUAL (odl_bench_request (pair.bench, "DELETE", path, NULL), 200);
  CU_ASSERT_EQUAL (odl_hwvtep_n_members (odl_hwvtep_find (pair.bench->odl, PARENT)), 1);
  odl_bench_unplug (pair.bench, "vm1", 1);
  odl_bench_run (pair.bench, NET_SEC);
  assert_holds (&pair, 1, SWITCHES, BINDINGS, FLOODS, "");
  end (&pair);
}

/* A TOR whose own UUID makes the id of the pair's parent. */
static void
test_id_taken (void)
{
  Pair pair = begin (NULL, "1.7.0");
  OdlHwvtep *taken = odl_hwvtep_add (pair.bench->odl, PARENT);

  join (&pair, 0);
  CU_ASSERT_PTR_NULL (taken->children);
  CU_ASSERT_PTR_NOT_NULL_FATAL (odl_device_find (pair.bench->odl, "tor1")->hwvtep);
  CU_ASSERT_PTR_NULL (odl_device_find (pair.bench->odl, "tor1")->hwvtep->parent);
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, UCASTS);
  end (&pair);
}

/* The node's JSON; to be freed. */
static json_t *
show (Pair *pair, const char *node_id)
{
  g_autofree char *path = g_strdup_printf (
      "/restconf/operational/network-topology:network-topology/topology/hwvtep:1/node/%s", node_id);
  json_t *reply = NULL, *node;

  CU_ASSERT_EQUAL (odl_northbound_request (pair->bench->odl, "GET", path, NULL, &reply), 200);
  node = json_incref (json_array_get (json_object_get (reply, "node"), 0));
  json_decref (reply);
  return node;
}

static void
test_shown (void)
{
  Pair pair = begin (NULL, "1.7.0");
  const json_t *manager, *config;
  g_autofree char *children = NULL;
  json_t *node;
  OdlHwvtep *parent;

  join (&pair, 0);
  join (&pair, 1);
  parent = odl_hwvtep_find (pair.bench->odl, PARENT);
  children = g_strconcat (odl_hwvtep_member (parent, 0)->node_id, ",", odl_hwvtep_member (parent, 1)->node_id,
                          NULL);
  node = show (&pair, PARENT);
  CU_ASSERT_EQUAL (json_array_size (json_object_get (node, "hwvtep:logical-switches")), 1);
  CU_ASSERT_EQUAL (json_array_size (json_object_get (node, "hwvtep:remote-ucast-macs")), 1);
  manager = json_array_get (json_object_get (node, "hwvtep:managers"), 0);
  config = json_array_get (json_object_get (manager, "manager-other-configs"), 0);
  CU_ASSERT_STRING_EQUAL (json_string_value (json_object_get (config, "other-config-key")), "ha_children");
  CU_ASSERT_STRING_EQUAL (json_string_value (json_object_get (config, "other-config-value")), children);
  json_decref (node);
  node = show (&pair, PARENT "/physicalswitch/tor1");
  CU_ASSERT_STRING_EQUAL (json_string_value (json_object_get (node, "hwvtep:hwvtep-node-name")), "tor1");
  json_decref (node);
  node = show (&pair, odl_hwvtep_member (parent, 1)->node_id);
  manager = json_array_get (json_object_get (node, "hwvtep:managers"), 0);
  CU_ASSERT_EQUAL (json_array_size (json_object_get (manager, "manager-other-configs")), 2);
  json_decref (node);
  end (&pair);
}

static void
test_older (void)
{
  Pair pair = begin (NULL, "1.3.0");

  join (&pair, 0);
  join (&pair, 1);
  for (guint i = 0; i < 2; i++)
    {
      OdlRig rig = rig_of (&pair, i);

      ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth2"), BINDINGS);
      ODL_ASSERT_TEXT (odl_rig_floods (&rig), FLOODS);
      ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), UCASTS);
    }
  end (&pair);
}

static void
test_repl_mode_null (void)
{
  Pair pair = begin ("repl-mode-null", "1.3.0");

  join (&pair, 0);
  join (&pair, 1);
  for (guint i = 0; i < 2; i++)
    {
      OdlRig rig = rig_of (&pair, i);

      CU_ASSERT_PTR_NULL (ovsdb_table_first (odl_rig_table (&rig, "Logical_Switch")));
      ODL_ASSERT_TEXT (odl_rig_bindings (&rig, "eth2"), "");
      ODL_ASSERT_TEXT (odl_rig_floods (&rig), "");
      ODL_ASSERT_TEXT (odl_rig_ucasts (&rig), "");
    }
  end (&pair);
  pair = begin ("repl-mode-null", "1.7.0");
  join (&pair, 0);
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, UCASTS);
  end (&pair);
}

static void
test_bindings_ha (void)
{
  Pair pair = begin ("bindings-ha", "1.7.0");

  join (&pair, 0);
  assert_holds (&pair, 0, SWITCHES, BINDINGS, FLOODS, UCASTS);
  join (&pair, 1);
  odl_bench_run (pair.bench, 200 * NET_SEC);
  assert_holds (&pair, 1, SWITCHES, "", FLOODS, UCASTS);
  end (&pair);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "TORs of one ha_id are one node, which is named after it", test_parent },
    { "what is wanted of the pair is in both databases, and in one that joins later", test_copies },
    { "one that was away is made equal when it comes back", test_away },
    { "an address is withdrawn when neither of the pair reports it", test_reports },
    { "a TOR that becomes one of a pair while it is connected keeps its rows", test_becomes_child },
    { "a parent cannot be deleted, a child can", test_parent_stays },
    { "where another node has the parent's id, a TOR stays one by itself", test_id_taken },
    { "RESTCONF shows the parent with its children, and what they hold once", test_shown },
    { "a pair of schema 1.3.0 gets all but the replication mode", test_older },
    { "bug repl-mode-null: without the column nothing is copied; with it all is", test_repl_mode_null },
    { "bug bindings-ha: one that joins later gets no bindings", test_bindings_ha },
    { NULL, NULL },
  };

  return tap_main ("odl-ha", tests);
}

/* What RESTCONF shows of TORs and tunnels. */
#include "odl-rig.h"
#include "models/odl/northbound.h"
#include "tap.h"

#define OPERATIONAL "/restconf/operational/network-topology:network-topology/topology/"
#define NODE_PATH                                                                                            \
  "/network-topology:network-topology/network-topology:topology[network-topology:topology-id='hwvtep:1']"    \
  "/network-topology:node[network-topology:node-id='hwvtep://tor1']"
#define SWITCH_REF NODE_PATH "/hwvtep:logical-switches[hwvtep:hwvtep-node-name='n1']"
#define LOCATOR_REF(ip)                                                                                      \
  NODE_PATH "/network-topology:termination-point[network-topology:tp-id='vxlan_over_ipv4:" ip "']"

static json_t *
get (OdlBench *bench, const char *path)
{
  json_t *reply = NULL;

  CU_ASSERT_EQUAL (odl_northbound_request (bench->odl, "GET", path, NULL, &reply), 200);
  return reply;
}

/* A member by names and indices: "node 0 hwvtep:switches 0 switch-ref". */
static const json_t *
at (const json_t *json, const char *way)
{
  g_auto (GStrv) steps = g_strsplit (way, " ", -1);

  for (guint i = 0; steps[i] && json; i++)
    json = json_is_array (json) ? json_array_get (json, (gsize) g_ascii_strtoull (steps[i], NULL, 10))
                                : json_object_get (json, steps[i]);
  return json;
}

static void
assert_at (const json_t *json, const char *way, const char *expected)
{
  const char *text = json_string_value (at (json, way));

  if (g_strcmp0 (text, expected) != 0)
    printf ("# %s is '%s'\n", way, text ? text : "(none)");
  CU_ASSERT_PTR_NOT_NULL_FATAL (text);
  CU_ASSERT_STRING_EQUAL (text, expected);
}

static void
test_global_node (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  json_t *reply;

  odl_rig_dial (&rig);
  reply = get (rig.bench, OPERATIONAL "hwvtep:1/node/hwvtep%3A%2F%2Ftor1");
  assert_at (reply, "node 0 node-id", "hwvtep://tor1");
  assert_at (reply, "node 0 hwvtep:db-version", "1.7.0");
  assert_at (reply, "node 0 hwvtep:logical-switches 0 hwvtep-node-name", "n1");
  assert_at (reply, "node 0 hwvtep:logical-switches 0 tunnel-key", "100");
  assert_at (reply, "node 0 hwvtep:logical-switches 0 replication-mode", "source_node");
  assert_at (reply, "node 0 hwvtep:remote-mcast-macs 0 mac-entry-key", "00:00:00:00:00:00");
  assert_at (reply, "node 0 hwvtep:remote-mcast-macs 0 logical-switch-ref", SWITCH_REF);
  CU_ASSERT_EQUAL (json_array_size (at (reply, "node 0 hwvtep:remote-mcast-macs 0 locator-set")), 2);
  CU_ASSERT_EQUAL (json_array_size (at (reply, "node 0 hwvtep:remote-ucast-macs")), 2);
  CU_ASSERT_EQUAL (json_array_size (at (reply, "node 0 termination-point")), 2);
  CU_ASSERT_PTR_NULL (at (reply, "node 0 hwvtep:local-ucast-macs"));
  json_decref (reply);
  odl_rig_end (&rig);
}

static void
test_local_macs (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *op = NULL;
  json_t *reply;

  odl_rig_dial (&rig);
  ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_first (odl_rig_table (&rig, "Logical_Switch"))), uuid);
  op = g_strdup_printf ("[{'op':'insert','table':'Physical_Locator','uuid-name':'l','row':"
                        "{'encapsulation_type':'vxlan_over_ipv4','dst_ip':'192.168.10.50'}},"
                        "{'op':'insert','table':'Ucast_Macs_Local','row':{'MAC':'fa:16:3e:00:00:03',"
                        "'logical_switch':['uuid','%s'],'locator':['named-uuid','l']}}]",
                        uuid);
  odl_rig_execute (&rig, op);
  odl_bench_run (rig.bench, NET_SEC);
  reply = get (rig.bench, OPERATIONAL "hwvtep:1/node/hwvtep://tor1");
  assert_at (reply, "node 0 hwvtep:local-ucast-macs 0 mac-entry-key", "fa:16:3e:00:00:03");
  assert_at (reply, "node 0 hwvtep:local-ucast-macs 0 locator-ref", LOCATOR_REF ("192.168.10.50"));
  json_decref (reply);
  odl_rig_end (&rig);
}

static void
test_switch_node (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  const json_t *bound = NULL;
  json_t *reply;

  odl_rig_dial (&rig);
  reply = get (rig.bench, OPERATIONAL "hwvtep:1");
  assert_at (reply, "topology 0 topology-id", "hwvtep:1");
  assert_at (reply, "topology 0 node 0 node-id", "hwvtep://tor1");
  assert_at (reply, "topology 0 node 1 node-id", "hwvtep://tor1/physicalswitch/tor1");
  assert_at (reply, "topology 0 node 1 hwvtep:managed-by", NODE_PATH);
  assert_at (reply, "topology 0 node 1 hwvtep:tunnel-ips 0 tunnel-ips-key", "192.168.10.50");
  for (gsize i = 0; i < 2; i++)
    {
      const json_t *port = json_array_get (at (reply, "topology 0 node 1 termination-point"), i);

      if (g_strcmp0 (json_string_value (json_object_get (port, "tp-id")), "eth2") == 0)
        bound = port;
    }
  CU_ASSERT_EQUAL (json_integer_value (at (bound, "hwvtep:vlan-bindings 0 vlan-id-key")), 2901);
  assert_at (bound, "hwvtep:vlan-bindings 0 logical-switch-ref", SWITCH_REF);
  json_decref (reply);
  odl_rig_end (&rig);
}

static void
test_tunnels (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  json_t *reply;

  odl_rig_dial (&rig);
  odl_bench_tunnel_up (rig.bench, 1, "2", 10);
  odl_bench_run (rig.bench, NET_SEC);
  reply = get (rig.bench, "/restconf/operational/itm-state:tunnels_state");
  assert_at (reply, "tunnels_state state-tunnel-list 0 src-info tep-device-id", "1");
  assert_at (reply, "tunnels_state state-tunnel-list 0 src-info tep-ip", "192.168.10.1");
  assert_at (reply, "tunnels_state state-tunnel-list 0 dst-info tep-device-id", "2");
  assert_at (reply, "tunnels_state state-tunnel-list 0 oper-state", "up");
  assert_at (reply, "tunnels_state state-tunnel-list 1 dst-info tep-device-id", "hwvtep://tor1");
  assert_at (reply, "tunnels_state state-tunnel-list 1 oper-state", "down");
  json_decref (reply);
  reply = get (rig.bench, "/restconf/config/itm-state:external-tunnel-list/");
  CU_ASSERT_EQUAL (json_array_size (at (reply, "external-tunnel-list external-tunnel")), 2);
  json_decref (reply);
  reply = get (rig.bench, "/restconf/config/itm-state:dpn-endpoints");
  CU_ASSERT_EQUAL (json_integer_value (at (reply, "dpn-endpoints DPN-TEPs-info 1 DPN-ID")), 2);
  assert_at (reply, "dpn-endpoints DPN-TEPs-info 1 tunnel-end-points 0 ip-address", "192.168.10.2");
  json_decref (reply);
  odl_rig_end (&rig);
}

static void
test_refusals (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", OPERATIONAL "hwvtep:1/node/hwvtep://tor9", NULL),
                   404);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", OPERATIONAL "hwvtep:2", NULL), 404);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", OPERATIONAL "hwvtep:1", NULL), 405);
  CU_ASSERT_EQUAL (
      odl_bench_request (rig.bench, "PUT", "/restconf/operational/itm-state:tunnels_state", NULL), 405);
  odl_rig_end (&rig);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a TOR's global node shows its switches, addresses and locators", test_global_node },
    { "addresses that the TOR reports are there, too", test_local_macs },
    { "a physical switch's node shows its ports and bindings", test_switch_node },
    { "tunnels are shown with both ends and their state", test_tunnels },
    { "what is not there is 404, and nothing can be written here", test_refusals },
    { NULL, NULL },
  };

  return tap_main ("odl-restconf", tests);
}

/* Monitoring of tunnels: what computes and TORs are asked to do, and what follows from what they report. */
#include "odl-rig.h"
#include "models/odl/compute.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"
#include "models/odl/ovs-session.h"
#include "models/odl/restart.h"
#include "tap.h"

#include <string.h>

#define PARAMS   "/restconf/config/itm-config:tunnel-monitor-params"
#define INTERVAL "/restconf/config/itm-config:tunnel-monitor-interval"
#define STATES   "/restconf/operational/itm-state:tunnels_state"
#define ENABLE   "{'tunnel-monitor-params': {'enabled': true, 'monitor-protocol': 'bfd'}}"

/* A row from the TOR to compute 1, as a switch makes it. */
#define TUNNEL_TO_1                                                                                          \
  "[{'op':'insert','table':'Physical_Locator','uuid-name':'own','row':{'encapsulation_type':"                \
  "'vxlan_over_ipv4','dst_ip':'192.168.10.50'}},"                                                            \
  "{'op':'insert','table':'Tunnel','uuid-name':'t','row':{'local':['named-uuid','own'],'remote':['uuid','%"  \
  "s']}},"                                                                                                   \
  "{'op':'mutate','table':'Physical_Switch','where':[],'mutations':[['tunnels','insert',['named-uuid','t']]" \
  "]}]"

static void
make_tunnel (OdlRig *rig)
{
  const OvsdbRow *locator
      = ovsdb_table_find_text (odl_rig_table (rig, "Physical_Locator"), "dst_ip", "192.168.10.1");
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *ops = NULL;

  CU_ASSERT_PTR_NOT_NULL_FATAL (locator);
  ops = g_strdup_printf (TUNNEL_TO_1, ovsdb_uuid_format (ovsdb_row_uuid (locator), uuid));
  odl_rig_execute (rig, ops);
  odl_bench_run (rig->bench, NET_SEC);
}

static char *
param (OdlRig *rig, const char *key)
{
  const OvsdbRow *row = ovsdb_table_first (odl_rig_table (rig, "Tunnel"));
  const char *text = row ? ovsdb_row_map_text (row, "bfd_params", key) : NULL;

  return g_strdup (text ? text : "none");
}

static void
report (OdlRig *rig, const char *state)
{
  g_autofree char *ops = g_strdup_printf ("[{'op':'update','table':'Tunnel','where':[],'row':{'bfd_status':"
                                          "['map',[['enabled','true'],['state','%s']]]}}]",
                                          state);

  odl_rig_execute (rig, ops);
  odl_bench_run (rig->bench, NET_SEC);
}

/* "up" or "down" of the tunnel from one end to the other; "none" when it is not shown. */
static char *
oper_state (OdlRig *rig, const char *from, const char *to)
{
  json_t *reply = NULL, *item;
  const json_t *list;
  const char *state = "none";
  char *out;
  gsize i;

  CU_ASSERT_EQUAL (odl_northbound_request (rig->bench->odl, "GET", STATES, NULL, &reply), 200);
  list = json_object_get (json_object_get (reply, "tunnels_state"), "state-tunnel-list");
  json_array_foreach (list, i, item)
  {
    const char *source
        = json_string_value (json_object_get (json_object_get (item, "src-info"), "tep-device-id"));
    const char *destination
        = json_string_value (json_object_get (json_object_get (item, "dst-info"), "tep-device-id"));

    if (g_strcmp0 (source, from) == 0 && g_strcmp0 (destination, to) == 0)
      state = json_string_value (json_object_get (item, "oper-state"));
  }
  out = g_strdup (state);
  json_decref (reply);
  return out;
}

static void
test_asked (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  make_tunnel (&rig);
  ODL_ASSERT_TEXT (param (&rig, "enable"), "none");
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (param (&rig, "enable"), "true");
  ODL_ASSERT_TEXT (param (&rig, "min_tx"), "1000");
  CU_ASSERT_EQUAL (
      odl_bench_request (rig.bench, "PUT", INTERVAL, "{'tunnel-monitor-interval': {'interval': 5000}}"), 204);
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (param (&rig, "min_tx"), "5000");
  ODL_ASSERT_TEXT (param (&rig, "min_rx"), "5000");
  CU_ASSERT_EQUAL (
      odl_bench_request (rig.bench, "PUT", PARAMS, "{'tunnel-monitor-params': {'enabled': false}}"), 204);
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (param (&rig, "enable"), "false");
  odl_rig_end (&rig);
}

static void
test_asked_later (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  odl_rig_dial (&rig);
  make_tunnel (&rig);
  ODL_ASSERT_TEXT (param (&rig, "enable"), "true");
  odl_rig_end (&rig);
}

static void
test_kept (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  rig.bench->odl = odl_restart (rig.bench->odl);
  CU_ASSERT_TRUE (rig.bench->odl->monitor.enabled);
  odl_rig_dial (&rig);
  odl_bench_run (rig.bench, 20 * NET_SEC);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", PARAMS, NULL), 200);
  odl_rig_end (&rig);
}

static void
test_tor_state (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  odl_rig_dial (&rig);
  make_tunnel (&rig);
  report (&rig, "down");
  ODL_ASSERT_TEXT (oper_state (&rig, "hwvtep://tor1", "1"), "up"); /* nobody watches */
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (oper_state (&rig, "hwvtep://tor1", "1"), "down");
  report (&rig, "up");
  ODL_ASSERT_TEXT (oper_state (&rig, "hwvtep://tor1", "1"), "up");
  CU_ASSERT_PTR_NOT_NULL (strstr (fake_world_states (rig.bench->fake), "hwvtep://tor1 1"));
  odl_rig_end (&rig);
}

/* Flood lists go by which tunnels there are, not by whether they work. */
static void
test_flood_list_stays (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  odl_rig_dial (&rig);
  make_tunnel (&rig);
  report (&rig, "down");
  odl_rig_assert_complete (&rig);
  odl_rig_end (&rig);
}

/* ---- computes ------------------------------------------------------------------------------------------------ */

static void
execute (OvsdbDatabase *db, const char *ops)
{
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (db, json_of (ops), &error))
    g_error ("%s: %s", ops, error->message);
}

/* Compute 1's database, which the controller dials. */
static OvsdbDatabase *
add_compute (OdlRig *rig)
{
  gsize length;
  const char *text = ovsdb_schema_open_vswitch (&length);
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, length, NULL);
  OvsdbDatabase *db = ovsdb_database_new (schema, fake_world (rig->bench->fake));

  execute (db, "[{'op':'insert','table':'Bridge','uuid-name':'b','row':{'name':'br-int','other_config':"
               "['map',[['datapath-id','0000000000000001']]]}},"
               "{'op':'insert','table':'Open_vSwitch','row':{'bridges':['named-uuid','b']}}]");
  ovsdb_server_add_database (rig->server, db);
  CU_ASSERT_EQUAL (
      odl_bench_request (rig->bench, "POST",
                         "/restconf/config/network-topology:network-topology/topology/ovsdb:1/",
                         "{'network-topology:node': [{'node-id': 'ovsdb://server1',"
                         " 'ovsdb:connection-info': {'remote-ip': '127.0.0.1', 'remote-port': 7640}}]}"),
      204);
  odl_bench_run (rig->bench, NET_SEC);
  return db;
}

/* Compute 1's tunnel to compute 2. */
static char *
interface_bfd (OdlRig *rig, OvsdbDatabase *db, const char *key)
{
  const OdlTunnel *tunnel = odl_itm_internal_tunnel (rig->bench->odl, 1, 2);
  const OvsdbRow *row
      = ovsdb_table_find_text (ovsdb_database_table (db, "Interface"), "name", tunnel->port_name);
  const char *text = row ? ovsdb_row_map_text (row, "bfd", key) : NULL;

  return g_strdup (text ? text : "none");
}

static void
test_compute (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  OvsdbDatabase *db = add_compute (&rig);

  odl_bench_tunnel_up (rig.bench, 1, "2", 10);
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (interface_bfd (&rig, db, "enable"), "none");
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (interface_bfd (&rig, db, "enable"), "true");
  ODL_ASSERT_TEXT (interface_bfd (&rig, db, "min_tx"), "1000");
  ODL_ASSERT_TEXT (oper_state (&rig, "1", "2"), "up"); /* nothing is said of BFD yet */
  execute (
      db, "[{'op':'update','table':'Interface','where':[],'row':{'bfd_status':['map',[['state','down']]]}}]");
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (oper_state (&rig, "1", "2"), "down");
  execute (db,
           "[{'op':'update','table':'Interface','where':[],'row':{'bfd_status':['map',[['state','up']]]}}]");
  odl_bench_run (rig.bench, NET_SEC);
  ODL_ASSERT_TEXT (oper_state (&rig, "1", "2"), "up");
  odl_rig_end (&rig);
  ovsdb_database_free (db);
}

/* Its tunnels' ports are made with what is asked. */
static void
test_new_port (void)
{
  OdlRig rig = odl_rig_begin (NULL);
  OvsdbDatabase *db;

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, ENABLE), 204);
  db = add_compute (&rig);
  ODL_ASSERT_TEXT (interface_bfd (&rig, db, "enable"), "true");
  odl_rig_end (&rig);
  ovsdb_database_free (db);
}

static void
test_refusals (void)
{
  OdlRig rig = odl_rig_begin (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "PUT", PARAMS, "{'enabled': true}"), 400);
  CU_ASSERT_STRING_EQUAL (odl_bench_refusal (rig.bench),
                          "the body must hold an object 'tunnel-monitor-params'");
  CU_ASSERT_EQUAL (
      odl_bench_request (rig.bench, "PUT", PARAMS,
                         "{'tunnel-monitor-params': {'enabled': true, 'monitor-protocol': 'lldp'}}"),
      400);
  CU_ASSERT_EQUAL (
      odl_bench_request (rig.bench, "PUT", INTERVAL, "{'tunnel-monitor-interval': {'interval': 999}}"), 400);
  CU_ASSERT_EQUAL (
      odl_bench_request (rig.bench, "PUT", INTERVAL, "{'tunnel-monitor-interval': {'interval': 30001}}"),
      400);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "DELETE", PARAMS, NULL), 405);
  CU_ASSERT_EQUAL (odl_bench_request (rig.bench, "GET", PARAMS "/enabled", NULL), 404);
  CU_ASSERT_FALSE (rig.bench->odl->monitor.is_set);
  odl_rig_end (&rig);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "monitoring asks BFD of a TOR's tunnels, follows the interval, and switches it off again", test_asked },
    { "a tunnel that a TOR makes later is asked for BFD, too", test_asked_later },
    { "monitoring outlives a restart of the controller", test_kept },
    { "with monitoring a tunnel is as its end reports it, without it is up", test_tor_state },
    { "monitoring asks BFD of a compute's tunnel ports, and takes their state from its database",
      test_compute },
    { "a tunnel port that is made later is asked for BFD, too", test_new_port },
    { "a tunnel that is down stays in the flood list", test_flood_list_stays },
    { "intervals beyond 1 s to 30 s, other protocols and other bodies are refused", test_refusals },
    { NULL, NULL },
  };

  return tap_main ("odl-monitor", tests);
}

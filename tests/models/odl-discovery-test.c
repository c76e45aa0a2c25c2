/* Cables that agents report: what the controller refuses, keeps, compares and fills in. */
#include "odl-bench.h"
#include "models/odl/discovery.h"
#include "tap.h"

#include <string.h>

#define NEIGHBORS "/restconf/config/lldp-discovery:neighbors"

static guint
report (OdlBench *bench, const char *card, const char *port, guint ttl)
{
  g_autofree char *body = g_strdup_printf (
      "{'neighbor': {'host': 'server2', 'interface': '%s', 'physical-network': 'physnet1', 'chassis-id': "
      "'02:0a:08:7d:00:14', 'system-name': 'tor1', 'port-id': '%s', 'ttl': %u}}",
      card, port, ttl);

  return odl_bench_request (bench, "PUT", NEIGHBORS, body);
}

/* A network with a VF port on server2, connected by a gateway of these interfaces of tor1. */
static OdlBench *
begin (const char *interfaces)
{
  OdlBench *bench = odl_bench_new (NULL);

  odl_bench_network (bench, "n1", 100);
  odl_bench_post (bench, "ports",
                  "{'port': {'id': 'p1', 'network_id': 'n1', 'mac_address': 'fa:16:3e:00:00:03', "
                  "'binding:vnic_type': 'direct', 'binding:host_id': 'server2', "
                  "'binding:profile': '{\\\"physical_network\\\": \\\"physnet1\\\"}'}}");
  odl_bench_post (bench, "l2-gateways",
                  "{'l2_gateway': {'id': 'g1', 'devices': [{'device_name': 'tor1', 'interfaces': [%s]}]}}",
                  interfaces);
  odl_bench_connect (bench, 7);
  return bench;
}

static gboolean
gateway_has (OdlBench *bench, const char *port)
{
  const OdlGateway *gateway = odl_neutron_gateway (&bench->odl->neutron, "g1");
  g_autofree char *word = g_strdup_printf ("\"name\":\"%s\"", port);
  char *text = json_dumps (gateway->object.json, JSON_COMPACT);
  gboolean found = strstr (text, word) != NULL;

  free (text);
  return found;
}

static const OdlCable *
cable (OdlBench *bench, const char *key)
{
  return odl_registry_find (&bench->odl->cables, key);
}

static void
bad_reports_are_refused (void)
{
  g_autoptr (OdlBench) bench = begin ("{'name': 'em3'}");
  static const char *const bodies[] = {
    "{}", "{'neighbor': []}", "{'neighbor': {'host': 'server2'}}",
    "{'neighbor': {'host': 'a', 'interface': 'b', 'chassis-id': 'none', 'system-name': 'c', 'port-id': "
    "'d'}}",
    "{'neighbor': {'host': 'a', 'interface': 'b', 'chassis-id': '02:00:00:00:00:01', 'system-name': 'c', "
    "'port-id': 'd', 'ttl': 65536}}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NEIGHBORS, bodies[i]), 400);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "POST", NEIGHBORS, bodies[0]), 405);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEIGHBORS "/x", NULL), 404);
  CU_ASSERT_EQUAL (odl_registry_n (&bench->odl->cables), 0);
}

static void
contradiction_is_seen_and_ends (void)
{
  g_autoptr (OdlBench) bench = begin ("{'name': 'em3'}");

  CU_ASSERT_EQUAL (report (bench, "em1", "em4", 121), 204);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (cable (bench, "server2/em1")->contradicts);
  CU_ASSERT_FALSE (gateway_has (bench, "em4")); /* what a person says is not changed */
  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", "/controller/nb/v2/neutron/l2-gateways/g1",
                                      "{'l2_gateway': {'devices': [{'device_name': 'tor1', 'interfaces': "
                                      "[{'name': 'em4'}]}]}}"),
                   200);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_FALSE (cable (bench, "server2/em1")->contradicts);
}

static void
bond_needs_one_of_two (void)
{
  g_autoptr (OdlBench) bench = begin ("{'name': 'em3'}");

  report (bench, "em1", "em3", 121);
  report (bench, "em2", "em4", 121);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_FALSE (cable (bench, "server2/em1")->contradicts);
  CU_ASSERT_FALSE (cable (bench, "server2/em2")->contradicts);
}

static void
gateway_is_filled_and_emptied (void)
{
  g_autoptr (OdlBench) bench = begin ("");

  report (bench, "em1", "em4", 121);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (gateway_has (bench, "em4"));
  report (bench, "em1", "em5", 121); /* plugged over */
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (gateway_has (bench, "em5"));
  CU_ASSERT_FALSE (gateway_has (bench, "em4"));
  odl_bench_run (bench, 122 * NET_SEC); /* not said again */
  CU_ASSERT_FALSE (gateway_has (bench, "em5"));
  CU_ASSERT_PTR_NULL (cable (bench, "server2/em1"));
}

static void
report_of_no_time_takes_it_back (void)
{
  g_autoptr (OdlBench) bench = begin ("");

  report (bench, "em1", "em4", 121);
  odl_bench_run (bench, NET_SEC);
  report (bench, "em1", "em4", 0);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_PTR_NULL (cable (bench, "server2/em1"));
  CU_ASSERT_FALSE (gateway_has (bench, "em4"));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a report that cannot be is refused", bad_reports_are_refused },
    { "a cable that contradicts the gateway is told, until the gateway is right",
      contradiction_is_seen_and_ends },
    { "of two cables to one physical network one is enough", bond_needs_one_of_two },
    { "an empty gateway is filled, follows the cable, and is emptied when nobody says it any more",
      gateway_is_filled_and_emptied },
    { "a time to live of 0 takes the report back", report_of_no_time_takes_it_back },
    { NULL, NULL },
  };

  return tap_main ("odl-discovery", tests);
}

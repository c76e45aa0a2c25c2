/* The northbound door: what is accepted, what is refused and how, and what a network's segments make of its elan. */
#include "odl-bench.h"
#include "models/odl/elan.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"
#include "models/odl/odl.h"
#include "tap.h"

#define NEUTRON "/controller/nb/v2/neutron/"

/* The body as networking-odl sends a multi-provider network: no top-level provider keys, a list of segments. */
#define MULTI_PROVIDER                                                                                       \
  "{'network': {'id': 'n1', 'name': 'mpn', 'admin_state_up': true, 'shared': false, 'router:external': "     \
  "false,"                                                                                                   \
  " 'mtu': 1450, 'port_security_enabled': true, 'vlan_transparent': null, 'tenant_id': 't1', 'project_id': " \
  "'t1',"                                                                                                    \
  " 'segments': [{'provider:network_type': 'vxlan', 'provider:physical_network': null, "                     \
  "'provider:segmentation_id': 100},"                                                                        \
  " {'provider:network_type': 'vlan', 'provider:physical_network': 'physnet1', 'provider:segmentation_id': " \
  "2901}]}}"

/* And an SR-IOV port that Nova has bound. */
#define DIRECT_PORT                                                                                          \
  "{'port': {'id': 'p3', 'network_id': 'n1', 'mac_address': 'fa:16:3e:00:00:03',"                            \
  " 'fixed_ips': [{'subnet_id': 's1', 'ip_address': '10.0.0.13'}], 'device_owner': 'compute:nova',"          \
  " 'admin_state_up': true, 'security_groups': [], 'binding:vnic_type': 'direct', 'binding:host_id': "       \
  "'server2',"                                                                                               \
  " 'binding:vif_type': 'hw_veb', 'binding:vif_details': {'port_filter': false, 'vlan': '2901'},"            \
  " 'binding:profile': '{}', 'tenant_id': 't1'}}"

static void
assert_refused (OdlBench *bench, const char *method, const char *path, const char *body, guint status,
                const char *sentence)
{
  CU_ASSERT_EQUAL (odl_bench_request (bench, method, path, body), status);
  CU_ASSERT_STRING_EQUAL (odl_bench_refusal (bench), sentence);
}

static void
test_verbs (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (bench, "POST", NEUTRON "networks", MULTI_PROVIDER), 201);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "POST", NEUTRON "subnets",
                                      "{'subnet': {'id': 's1', 'network_id': 'n1', 'ip_version': 4, 'cidr':"
                                      " '10.0.0.0/24', 'gateway_ip': '10.0.0.1', 'enable_dhcp': true}}"),
                   201);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "POST", NEUTRON "ports", DIRECT_PORT), 201);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEUTRON "ports/p3", NULL), 200);
  CU_ASSERT_EQUAL (
      odl_bench_request (bench, "PUT", NEUTRON "ports/p3", "{'port': {'admin_state_up': false}}"), 200);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEUTRON "ports", NULL), 200);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "ports/p3", NULL), 204);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "networks/n1", NULL), 204);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEUTRON "networks/n1", NULL), 404);
}

static void
test_update_merges (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  json_t *reply = NULL;

  odl_bench_network (bench, "n1", 100);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NEUTRON "networks/n1", "{'network': {'name': 'red'}}"),
                   200);
  CU_ASSERT_EQUAL (odl_northbound_request (bench->odl, "GET", NEUTRON "networks/n1", NULL, &reply), 200);
  CU_ASSERT_STRING_EQUAL (text_of (reply),
                          "{'network':{'id':'n1','name':'red','provider:network_type':'vxlan',"
                          "'provider:segmentation_id':100}}");
  json_decref (reply);
}

static void
test_refusals (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  assert_refused (bench, "POST", NEUTRON "networks", "{'network': {'name': 'x'}}", 400,
                  "network: 'id' is missing");
  assert_refused (bench, "POST", NEUTRON "networks", "{'net': {}}", 400,
                  "the body must hold 'network' or a list 'networks'");
  assert_refused (bench, "POST", NEUTRON "networks",
                  "{'network': {'id': 'n', 'segments': [{'provider:network_type': 'vlan',"
                  " 'provider:segmentation_id': 4095}]}}",
                  400, "network: segment 1: 'provider:segmentation_id' must be a number from 0 to 4094");
  assert_refused (bench, "POST", NEUTRON "ports",
                  "{'port': {'id': 'p', 'network_id': 'n9', 'mac_address': 'fa:16:3e:00:00:01'}}", 404,
                  "port: there is no network n9; it must be sent first");
  odl_bench_network (bench, "n1", 100);
  assert_refused (bench, "POST", NEUTRON "networks", "{'network': {'id': 'n1'}}", 409,
                  "network n1 exists already");
  assert_refused (bench, "POST", NEUTRON "ports",
                  "{'port': {'id': 'p', 'network_id': 'n1', 'mac_address': 'fa:16:3e:00:00'}}", 400,
                  "port: 'mac_address' is no station's address: 'fa:16:3e:00:00'");
  odl_bench_port (bench, "p1", "n1", "fa:16:3e:00:00:01", "normal");
  assert_refused (bench, "DELETE", NEUTRON "networks/n1", NULL, 409, "network n1 is in use by port p1");
  assert_refused (bench, "DELETE", NEUTRON "ports/p2", NULL, 404, "there is no port p2");
  assert_refused (bench, "PATCH", NEUTRON "ports/p1", NULL, 405, "PATCH is not possible here");
  assert_refused (bench, "GET", "/controller/nb/v3", NULL, 404, "there is nothing at /controller/nb/v3");
  assert_refused (
      bench, "POST", NEUTRON "l2gateway-connections",
      "{'l2gateway_connection': {'id': 'c', 'network_id': 'n1', 'gateway_id': 'g', 'segmentation_id': 4095}}",
      400, "l2gateway_connection: 'segmentation_id' must be a number from 0 to 4094");
}

static void
test_restconf (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  const char *topology = "/restconf/config/network-topology:network-topology/topology/hwvtep:1/";

  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2");
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", "/restconf/config/itm:transport-zones", NULL), 200);
  CU_ASSERT_PTR_NOT_NULL (odl_itm_internal_tunnel (bench->odl, 1, 2));
  CU_ASSERT_PTR_NOT_NULL (odl_itm_internal_tunnel (bench->odl, 2, 1));
  CU_ASSERT_EQUAL (
      odl_bench_request (bench, "POST", topology,
                         "{'network-topology:node': [{'node-id': 'hwvtep://192.168.1.50:6640',"
                         " 'hwvtep:connection-info': {'remote-ip': '192.168.1.50', 'remote-port': 6640}}]}"),
      204);
  assert_refused (bench, "POST", topology,
                  "{'network-topology:node': [{'node-id': 'hwvtep://192.168.1.50:6640',"
                  " 'hwvtep:connection-info': {'remote-ip': '192.168.1.50', 'remote-port': 6640}}]}",
                  409, "node hwvtep://192.168.1.50:6640 exists already");
  assert_refused (
      bench, "POST", topology,
      "{'network-topology:node': [{'node-id': 'x', 'hwvtep:connection-info': {'remote-ip': 'tor1'}}]}", 400,
      "hwvtep:connection-info: 'remote-ip' is no IPv4 address: 'tor1'");
  CU_ASSERT_EQUAL (
      odl_bench_request (bench, "DELETE",
                         "/restconf/config/network-topology:network-topology/topology/hwvtep:1/node/"
                         "hwvtep:%2F%2F192.168.1.50:6640",
                         NULL),
      200);
  assert_refused (
      bench, "POST", "/restconf/config/itm:transport-zones/",
      "{'transport-zone': [{'zone-name': 'T', 'vteps': [{'dpn-id': 0, 'ip-address': '1.2.3.4'}]}]}", 400,
      "vtep: 'dpn-id' must be a number from 1 to 9223372036854775807");
}

/* ---- elans --------------------------------------------------------------------------------------------------- */

static const OdlElan *
elan_of (OdlBench *bench, const char *id, const char *provider)
{
  odl_bench_post (bench, "networks", "{'network': {'id': '%s'%s%s}}", id, *provider ? ", " : "", provider);
  return odl_elan_find (bench->odl, id);
}

static void
test_multi_provider (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  const OdlNetwork *network;
  const OdlElan *elan;

  CU_ASSERT_EQUAL (odl_bench_request (bench, "POST", NEUTRON "networks", MULTI_PROVIDER), 201);
  network = odl_neutron_network (&bench->odl->neutron, "n1");
  CU_ASSERT_EQUAL (network->type, ODL_NETWORK_FLAT);
  CU_ASSERT_FALSE (network->has_id);
  CU_ASSERT_EQUAL (network->segments->len, 2);
  CU_ASSERT_EQUAL (g_array_index (network->segments, OdlSegment, 1).index, 2);
  elan = odl_elan_find (bench->odl, "n1");
  CU_ASSERT_EQUAL (elan->tag, 5000);
  CU_ASSERT_TRUE (elan->has_vni);
  CU_ASSERT_EQUAL (elan->vni, 100);
}

static void
test_vni_choice (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  const char *two = "'segments': [{'provider:network_type': 'vxlan', 'provider:segmentation_id': 11},"
                    " {'provider:network_type': 'vlan', 'provider:segmentation_id': 12},"
                    " {'provider:network_type': 'vxlan', 'provider:segmentation_id': 13}]";

  CU_ASSERT_EQUAL (elan_of (bench, "last", two)->vni, 13);
  CU_ASSERT_EQUAL (
      elan_of (bench, "top", "'provider:network_type': 'vxlan', 'provider:segmentation_id': '77'")->vni, 77);
  CU_ASSERT_FALSE (
      elan_of (bench, "vlan", "'provider:network_type': 'vlan', 'provider:segmentation_id': 5")->has_vni);
  CU_ASSERT_FALSE (elan_of (bench, "flat", "")->has_vni);
  CU_ASSERT_PTR_NULL (
      elan_of (bench, "geneve", "'provider:network_type': 'geneve', 'provider:segmentation_id': 5"));
}

static void
test_tags (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  CU_ASSERT_EQUAL (elan_of (bench, "n1", "")->tag, 5000);
  CU_ASSERT_EQUAL (elan_of (bench, "n2", "")->tag, 5001);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "networks/n1", NULL), 204);
  CU_ASSERT_EQUAL (elan_of (bench, "n3", "")->tag, 5002);
}

static void
test_bugs (void)
{
  CU_ASSERT_TRUE (odl_bug_exists ("dhcp-punt-off"));
  CU_ASSERT_FALSE (odl_bug_exists ("dhcp-punt"));
  for (const char *const *slug = odl_bug_names (); *slug; slug++)
    CU_ASSERT_PTR_NOT_NULL (odl_bug_about (*slug));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "objects are created, read, updated and deleted with Neutron's verbs and statuses", test_verbs },
    { "an update changes the members that it names and keeps the others", test_update_merges },
    { "what cannot be is refused with its status and a sentence that names the place", test_refusals },
    { "transport zones mesh tunnels, and topology nodes are dialled and forgotten", test_restconf },
    { "a network with segments has a flat top level and the VNI of its vxlan segment", test_multi_provider },
    { "the VNI is the top level's, else the last vxlan segment's; an unknown type gets no elan",
      test_vni_choice },
    { "ELAN tags count from 5000, and a deleted network's tag is not given to the next one", test_tags },
    { "every bug has a name and a sentence, and unknown names are known as such", test_bugs },
    { NULL, NULL },
  };

  return tap_main ("odl-northbound", tests);
}

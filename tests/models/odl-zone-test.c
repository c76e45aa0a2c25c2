/* Zones that computes enter by what their databases say: external_ids:transport-zone and other_config:local_ip. */
#include "odl-bench.h"
#include "models/odl/compute.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"
#include "tap.h"

#define CONFIG     "/restconf/config/itm-config:itm-config"
#define ZONES      "/restconf/config/itm:transport-zones"
#define NOT_HOSTED "/restconf/operational/itm:not-hosted-transport-zones"

static void
compute_says (OdlBench *bench, guint64 dpid, const char *zone, const char *local_ip)
{
  NetIpv4 ip;

  g_assert (net_ipv4_from_text (local_ip, &ip));
  odl_itm_compute_says (bench->odl, dpid, zone, ip);
}

static void
switch_default_zone (OdlBench *bench, const char *state)
{
  g_autofree char *body = g_strdup_printf ("{'itm-config': {'def-tz-enabled': %s}}", state);

  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", CONFIG, body), 204);
}

static gboolean
have_tunnels (OdlBench *bench)
{
  return odl_itm_internal_tunnel (bench->odl, 1, 2) && odl_itm_internal_tunnel (bench->odl, 2, 1);
}

static void
assert_shown (OdlBench *bench, const char *path, const char *expected)
{
  json_t *reply = NULL;
  g_autofree char *text = NULL;

  CU_ASSERT_EQUAL (odl_northbound_request (bench->odl, "GET", path, NULL, &reply), 200);
  text = json_dumps (reply, JSON_COMPACT);
  CU_ASSERT_STRING_EQUAL (text, expected);
  json_decref (reply);
}

static void
test_default_zone (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  compute_says (bench, 1, NULL, "192.168.10.1");
  compute_says (bench, 2, NULL, "192.168.10.2");
  CU_ASSERT_FALSE (have_tunnels (bench));
  assert_shown (bench, CONFIG,
                "{\"itm-config\":{\"def-tz-enabled\":false,\"def-tz-tunnel-type\":\"vxlan\"}}");
  switch_default_zone (bench, "true");
  CU_ASSERT_TRUE (have_tunnels (bench));
  CU_ASSERT_TRUE (odl_compute_find (bench->odl, 1)->in_zone);
  switch_default_zone (bench, "false");
  CU_ASSERT_FALSE (have_tunnels (bench));
  CU_ASSERT_FALSE (odl_compute_find (bench->odl, 1)->in_zone);
}

static void
test_late (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  switch_default_zone (bench, "true");
  compute_says (bench, 1, NULL, "192.168.10.1");
  compute_says (bench, 2, NULL, "192.168.10.2");
  CU_ASSERT_TRUE (have_tunnels (bench));
  compute_says (bench, 2, NULL, "192.168.10.3");
  CU_ASSERT_TRUE (have_tunnels (bench));
  CU_ASSERT_EQUAL (odl_itm_internal_tunnel (bench->odl, 1, 2)->remote_ip, 0xc0a80a03); /* 192.168.10.3 */
  CU_ASSERT_EQUAL (odl_itm_internal_tunnel (bench->odl, 2, 1)->local_ip, 0xc0a80a03);
}

static void
test_not_hosted (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  switch_default_zone (bench, "true");
  compute_says (bench, 1, "TZB", "192.168.10.1");
  compute_says (bench, 2, "TZB", "192.168.10.2");
  CU_ASSERT_FALSE (have_tunnels (bench));
  assert_shown (bench, NOT_HOSTED,
                "{\"not-hosted-transport-zones\":{\"tepsInNotHostedTransportZone\":[{\"zone-name\":\"TZB\","
                "\"unknown-vteps\":[{\"dpn-id\":1,\"ip-address\":\"192.168.10.1\"},"
                "{\"dpn-id\":2,\"ip-address\":\"192.168.10.2\"}]}]}}");
  CU_ASSERT_EQUAL (odl_bench_request (bench, "POST", ZONES,
                                      "{'transport-zone': [{'zone-name': 'TZB', 'tunnel-type': "
                                      "'odl-interface:tunnel-type-vxlan'}]}"),
                   204);
  CU_ASSERT_TRUE (have_tunnels (bench));
  assert_shown (bench, NOT_HOSTED, "{\"not-hosted-transport-zones\":{\"tepsInNotHostedTransportZone\":[]}}");
}

static void
test_named_by_a_person (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2");
  compute_says (bench, 1, NULL, "192.168.99.1");
  CU_ASSERT_TRUE (have_tunnels (bench));
  CU_ASSERT_EQUAL (odl_itm_internal_tunnel (bench->odl, 1, 2)->local_ip, 0xc0a80a01); /* 192.168.10.1 */
}

/* A gateway's TOR has tunnels from the computes of the default zone. */
static gboolean
meshes_tor (const char *bugs)
{
  g_autoptr (OdlBench) bench = odl_bench_new (bugs);
  const OdlHwvtep *tor;

  switch_default_zone (bench, "true");
  compute_says (bench, 1, NULL, "192.168.10.1");
  odl_bench_gateway (bench);
  tor = odl_bench_tor (bench, "tor1", "192.168.10.50");
  odl_bench_run (bench, NET_SEC);
  return odl_itm_external_tunnel (bench->odl, 1, tor->node_id) != NULL;
}

static void
test_tor (void)
{
  CU_ASSERT_TRUE (meshes_tor (NULL));
  CU_ASSERT_FALSE (meshes_tor ("itm-default-tz"));
}

static void
test_refusals (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", CONFIG, "{'itm-config': {'def-tz-enabled': 7}}"), 400);
  CU_ASSERT_EQUAL (
      odl_bench_request (bench, "PUT", CONFIG,
                         "{'itm-config': {'def-tz-enabled': true, 'def-tz-tunnel-type': 'gre'}}"),
      400);
  CU_ASSERT_FALSE (bench->odl->default_zone);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", CONFIG "/more", "{}"), 404);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", CONFIG, NULL), 405);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NOT_HOSTED, "{}"), 405);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "computes are in the default zone while it is on", test_default_zone },
    { "one that comes later is in it, and moves with its address", test_late },
    { "one whose zone is not there is not hosted until it is", test_not_hosted },
    { "where a person names it, that address counts", test_named_by_a_person },
    { "a TOR has tunnels from the default zone; bug itm-default-tz: it has none", test_tor },
    { "what cannot be set is refused and changes nothing", test_refusals },
    { NULL, NULL },
  };

  return tap_main ("odl-zone", tests);
}

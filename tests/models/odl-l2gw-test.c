/* What gateways and connections make TORs hold: logical switches, bindings, flood lists, remote addresses. */
#include "odl-bench.h"
#include "models/odl/elan.h"
#include "models/odl/hwvtep.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw-rows.h"
#include "tap.h"

#define NEUTRON "/controller/nb/v2/neutron/"

static void
gateway (OdlBench *bench, const char *id, const char *device, const char *interfaces)
{
  odl_bench_post (bench, "l2-gateways",
                  "{'l2_gateway': {'id': '%s', 'devices': [{'device_name': '%s', 'interfaces': [%s]}]}}", id,
                  device, interfaces);
}

static void
connection (OdlBench *bench, const char *id, const char *gateway_id, const char *vlan)
{
  odl_bench_post (
      bench, "l2gateway-connections",
      "{'l2gateway_connection': {'id': '%s', 'network_id': 'n1', 'gateway_id': '%s', 'segmentation_id': %s}}",
      id, gateway_id, vlan);
}

/* The wanted flood list of the network as text. */
static char *
flood_text (const OdlHwvtep *hwvtep)
{
  const GArray *list = odl_hwvtep_flood (hwvtep, "n1");
  GString *text = g_string_new (list ? NULL : "none");
  char ip[NET_IPV4_TEXT];

  for (guint i = 0; list && i < list->len; i++)
    g_string_append_printf (text, "%s%s", i ? " " : "",
                            net_ipv4_format (g_array_index (list, NetIpv4, i), ip));
  return g_string_free (text, FALSE);
}

static void
assert_flood (const OdlHwvtep *hwvtep, const char *expected)
{
  g_autofree char *text = flood_text (hwvtep);

  CU_ASSERT_STRING_EQUAL (text, expected);
}

static void
assert_ucast (const OdlHwvtep *hwvtep, const char *mac, const char *expected)
{
  g_autofree char *key = odl_hwvtep_ucast_key ("n1", mac);
  const OdlUcastConfig *config = odl_registry_find (&hwvtep->ucasts, key);
  char ip[NET_IPV4_TEXT] = "none";

  if (config)
    net_ipv4_format (config->locator, ip);
  CU_ASSERT_STRING_EQUAL (ip, expected);
}

static void
assert_binding (const OdlHwvtep *hwvtep, const char *device, const char *port, guint16 vlan,
                const char *expected)
{
  g_autofree char *key = odl_hwvtep_port_key (device, port);
  const OdlPortConfig *config = odl_registry_find (&hwvtep->ports, key);
  const char *found = "none";

  for (guint i = 0; config && i < config->bindings->len; i++)
    {
      const OdlBinding *binding = g_ptr_array_index (config->bindings, i);

      if (binding->vlan == vlan)
        found = binding->logical_switch;
    }
  CU_ASSERT_STRING_EQUAL (found, expected);
}

/* Two computes, two TORs, one network; vm1 on compute 1. */
static OdlBench *
begin (OdlHwvtep **tor1, OdlHwvtep **tor2)
{
  OdlBench *bench = odl_bench_new (NULL);

  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2");
  odl_bench_network (bench, "n1", 100);
  *tor1 = odl_bench_tor (bench, "tor1", "192.168.10.50");
  *tor2 = odl_bench_tor (bench, "tor2", "192.168.10.51");
  gateway (bench, "g1", "tor1", "{'name': 'eth2'}");
  gateway (bench, "g2", "tor2", "{'name': 'eth2'}");
  odl_bench_port (bench, "vm1", "n1", "fa:16:3e:00:00:01", "normal");
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, NET_SEC);
  return bench;
}

static void
test_flood_lists (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);

  connection (bench, "c1", "g1", "2901");
  odl_bench_run (bench, NET_SEC);
  assert_flood (tor1, "192.168.10.1");
  connection (bench, "c2", "g2", "2901");
  odl_bench_run (bench, NET_SEC);
  assert_flood (tor1, "192.168.10.1 192.168.10.51");
  assert_flood (tor2, "192.168.10.1 192.168.10.50");
  odl_bench_port (bench, "vm2", "n1", "fa:16:3e:00:00:02", "normal");
  odl_bench_plug (bench, "vm2", 2, 3);
  odl_bench_run (bench, NET_SEC);
  assert_flood (tor1, "192.168.10.1 192.168.10.2 192.168.10.51");
  odl_bench_unplug (bench, "vm1", 1);
  odl_bench_run (bench, NET_SEC);
  assert_flood (tor1, "192.168.10.2 192.168.10.51");
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "l2gateway-connections/c2", NULL), 204);
  odl_bench_run (bench, NET_SEC);
  assert_flood (tor1, "192.168.10.2");
  assert_flood (tor2, "none");
}

/* Compute 3 is in no zone, so that no tunnel goes from it to the TOR. */
static void
test_no_tunnel (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);

  connection (bench, "c1", "g1", "2901");
  odl_bench_port (bench, "vm3", "n1", "fa:16:3e:00:00:03", "normal");
  odl_bench_plug (bench, "vm3", 3, 3);
  odl_bench_run (bench, NET_SEC);
  assert_flood (tor1, "192.168.10.1");
  assert_ucast (tor1, "fa:16:3e:00:00:03", "none");
}

static void
test_unicast (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);
  NetMac mac;

  connection (bench, "c1", "g1", "2901");
  connection (bench, "c2", "g2", "2901");
  odl_bench_run (bench, NET_SEC);
  assert_ucast (tor1, "fa:16:3e:00:00:01", "192.168.10.1");
  net_mac_from_text ("FA:16:3E:00:00:09", &mac);
  odl_l2gw_mac_reported (bench->odl, tor1, "n1", &mac);
  odl_bench_run (bench, NET_SEC);
  assert_ucast (tor2, "fa:16:3e:00:00:09", "192.168.10.50");
  assert_ucast (tor1, "fa:16:3e:00:00:09", "none");
  odl_l2gw_mac_withdrawn (bench->odl, tor1, "n1", &mac);
  odl_bench_unplug (bench, "vm1", 1);
  odl_bench_run (bench, NET_SEC);
  assert_ucast (tor2, "fa:16:3e:00:00:09", "none");
  assert_ucast (tor1, "fa:16:3e:00:00:01", "none");
}

static void
test_mac_move (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);
  NetMac mac;

  connection (bench, "c1", "g1", "2901");
  connection (bench, "c2", "g2", "2901");
  net_mac_from_text ("fa:16:3e:00:00:09", &mac);
  odl_bench_run (bench, NET_SEC);
  odl_l2gw_mac_reported (bench->odl, tor1, "n1", &mac);
  odl_bench_run (bench, NET_SEC);
  odl_l2gw_mac_reported (bench->odl, tor2, "n1", &mac);
  odl_bench_run (bench, 14 * NET_SEC);
  assert_ucast (tor2, "fa:16:3e:00:00:09", "none");
  assert_ucast (tor1, "fa:16:3e:00:00:09", "none");
  odl_bench_run (bench, 2 * NET_SEC);
  assert_ucast (tor1, "fa:16:3e:00:00:09", "192.168.10.51");
}

static void
test_bindings (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);

  gateway (bench, "g3", "tor1",
           "{'name': 'eth3', 'segmentation_id': [7, 0]}, {'name': 'eth4', 'segmentation_id': [9]}");
  connection (bench, "c1", "g1", "2901");
  connection (bench, "c3", "g3", "null");
  odl_bench_run (bench, NET_SEC);
  assert_binding (tor1, "tor1", "eth2", 2901, "n1");
  assert_binding (tor1, "tor1", "eth3", 7, "n1");
  assert_binding (tor1, "tor1", "eth3", 0, "n1");
  assert_binding (tor1, "tor1", "eth4", 9, "n1");
  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NEUTRON "l2-gateways/g3",
                                      "{'l2_gateway': {'devices': [{'device_name': 'tor1', 'interfaces':"
                                      " [{'name': 'eth3', 'segmentation_id': [7]}]}]}}"),
                   200);
  odl_bench_run (bench, NET_SEC);
  assert_binding (tor1, "tor1", "eth3", 7, "n1");
  assert_binding (tor1, "tor1", "eth3", 0, "none");
  assert_binding (tor1, "tor1", "eth4", 9, "none");
}

static void
test_switch_delay (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);

  connection (bench, "c1", "g1", "2901");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (bench, 10 * NET_SEC);
  assert_binding (tor1, "tor1", "eth2", 2901, "none");
  assert_ucast (tor1, "fa:16:3e:00:00:01", "none");
  CU_ASSERT_PTR_NOT_NULL (odl_registry_find (&tor1->switches, "n1"));
  connection (bench, "c1", "g1", "2901");
  odl_bench_run (bench, 15 * NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (odl_registry_find (&tor1->switches, "n1"));
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "l2gateway-connections/c1", NULL), 204);
  odl_bench_run (bench, 21 * NET_SEC);
  CU_ASSERT_PTR_NULL (odl_registry_find (&tor1->switches, "n1"));
}

static void
test_tunnel_ip (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);
  NetIpv4 ip;

  connection (bench, "c1", "g1", "2901");
  connection (bench, "c2", "g2", "2901");
  odl_bench_run (bench, NET_SEC);
  g_assert (net_ipv4_from_text ("192.168.10.60", &ip));
  odl_l2gw_switch_up (bench->odl, "tor1", tor1, ip);
  CU_ASSERT_PTR_NULL (odl_itm_external_tunnel (bench->odl, 1, tor1->node_id));
  odl_bench_run (bench, 11 * NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (odl_itm_external_tunnel (bench->odl, 1, tor1->node_id));
  assert_flood (tor2, "192.168.10.1 192.168.10.50");
  odl_bench_run (bench, 20 * NET_SEC);
  assert_flood (tor2, "192.168.10.1 192.168.10.60");
}

static void
test_gateway_deleted (void)
{
  OdlHwvtep *tor1, *tor2;
  g_autoptr (OdlBench) bench = begin (&tor1, &tor2);

  connection (bench, "c1", "g1", "2901");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_PTR_NOT_NULL (odl_itm_external_tunnel (bench->odl, 1, tor1->node_id));
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "l2-gateways/g1", NULL), 204);
  odl_bench_run (bench, NET_SEC);
  assert_binding (tor1, "tor1", "eth2", 2901, "none");
  assert_flood (tor1, "none");
  CU_ASSERT_PTR_NULL (odl_itm_external_tunnel (bench->odl, 1, tor1->node_id));
  CU_ASSERT_PTR_NOT_NULL (odl_itm_external_tunnel (bench->odl, 1, tor2->node_id));
}

/* Network, gateway, connection, TOR and port in every order: the TOR ends with the same content. */
static void
test_any_order (void)
{
  for (guint order = 0; order < 120; order++)
    {
      g_autoptr (OdlBench) bench = odl_bench_new (NULL);
      GArray *left = g_array_new (FALSE, FALSE, sizeof (guint));
      OdlHwvtep *tor = NULL;
      guint number = order;
      char *flood;

      odl_bench_zone (bench, "1 192.168.10.1");
      for (guint i = 0; i < 5; i++)
        g_array_append_val (left, i);
      for (guint n = 5; n > 0; n--)
        {
          guint pick = g_array_index (left, guint, number % n);

          g_array_remove_index (left, number % n);
          number /= n;
          if (pick == 0)
            odl_bench_network (bench, "n1", 100);
          else if (pick == 1)
            gateway (bench, "g1", "tor1", "{'name': 'eth2'}");
          else if (pick == 2)
            connection (bench, "c1", "g1", "2901");
          else if (pick == 3)
            tor = odl_bench_tor (bench, "tor1", "192.168.10.50");
          else
            odl_bench_plug (bench, "vm1", 1, 3);
          odl_bench_run (bench, NET_SEC);
        }
      odl_bench_port (bench, "vm1", "n1", "fa:16:3e:00:00:01", "normal");
      odl_bench_run (bench, NET_SEC);
      flood = flood_text (tor);
      CU_ASSERT_STRING_EQUAL (flood, "192.168.10.1");
      assert_ucast (tor, "fa:16:3e:00:00:01", "192.168.10.1");
      assert_binding (tor, "tor1", "eth2", 2901, "n1");
      g_free (flood);
      g_array_unref (left);
    }
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a flood list is the other TORs and the computes of the network, never itself", test_flood_lists },
    { "a compute without a tunnel to the TOR is left out of its flood list", test_no_tunnel },
    { "VM addresses go to every TOR, a TOR's reported ones to the others, in lower case", test_unicast },
    { "an address that moves between TORs is withdrawn at once and entered 15 s later", test_mac_move },
    { "VLANs stand on the interfaces or on the connection, and a gateway's update moves them",
      test_bindings },
    { "a logical switch goes 20 s after its last connection, unless one comes back", test_switch_delay },
    { "a changed tunnel address: tunnels go, come after 10 s, and are told to the others 20 s later",
      test_tunnel_ip },
    { "a deleted gateway takes its connections along, and its TOR leaves the mesh", test_gateway_deleted },
    { "network, gateway, connection, TOR and VM may come in any order", test_any_order },
    { NULL, NULL },
  };

  return tap_main ("odl-l2gw", tests);
}

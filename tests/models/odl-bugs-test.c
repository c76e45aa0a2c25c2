/* Bug switches: the same events with the switch off and on, and what differs.  Those of the database sessions are in
 * odl-hwvtep-test.c. */
#include "odl-bench.h"
#include "models/odl/compute.h"
#include "models/odl/forwarding.h"
#include "models/odl/l2gw.h"
#include "tap.h"

#define NEUTRON "/controller/nb/v2/neutron/"
#define MULTI                                                                                                \
  "{'network': {'id': 'n1', 'segments': [{'provider:network_type': 'vxlan', 'provider:segmentation_id': "    \
  "100},"                                                                                                    \
  " {'provider:network_type': 'vlan', 'provider:segmentation_id': 2901}]}}"
#define DMAC_VM2                                                                                             \
  "cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/0xffff000000,dl_dst=fa:16:3e:00:00:02,"
#define TO_COMPUTE_2 "actions=set_field:0x64->tun_id,load:0x100->NXM_NX_REG6[],resubmit(,220)"

static OdlHwvtep *tor;

/* A network of two segments, two computes, one TOR with a connection; vm1 on compute 1, vm2 on compute 2, and every
 * tunnel up: lports 1 and 2 from compute 1 to compute 2 and the TOR, 3 and 4 from compute 2 back and to the TOR. */
static OdlBench *
begin (const char *bugs)
{
  OdlBench *bench = odl_bench_new (bugs);

  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2");
  g_assert_cmpuint (odl_bench_request (bench, "POST", NEUTRON "networks", MULTI), ==, 201);
  tor = odl_bench_tor (bench, "tor1", "192.168.10.50");
  odl_bench_gateway (bench);
  odl_bench_connect (bench, 7);
  odl_bench_tunnel_up (bench, 1, "2", 10);
  odl_bench_run (bench, NET_MSEC);
  odl_bench_tunnel_up (bench, 1, tor->node_id, 11);
  odl_bench_run (bench, NET_MSEC);
  odl_bench_tunnel_up (bench, 2, "1", 10);
  odl_bench_run (bench, NET_MSEC);
  odl_bench_tunnel_up (bench, 2, tor->node_id, 11);
  odl_bench_port (bench, "vm1", "n1", "fa:16:3e:00:00:01", "normal");
  odl_bench_port (bench, "vm2", "n1", "fa:16:3e:00:00:02", "normal");
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_plug (bench, "vm2", 2, 3);
  odl_bench_run (bench, NET_SEC);
  return bench;
}

static gboolean
is_bound (const char *port)
{
  g_autofree char *key = odl_hwvtep_port_key ("tor1", port);
  const OdlPortConfig *config = odl_registry_find (&tor->ports, key);

  return config && config->bindings->len > 0;
}

static gboolean
floods_to (const char *text)
{
  const GArray *list = odl_hwvtep_flood (tor, "n1");
  NetIpv4 ip;

  g_assert (net_ipv4_from_text (text, &ip));
  for (guint i = 0; list && i < list->len; i++)
    if (g_array_index (list, NetIpv4, i) == ip)
      return TRUE;
  return FALSE;
}

/* Each says whether things are right. */

static gboolean
joins_segments (OdlBench *bench)
{
  (void) bench;
  return is_bound ("eth2");
}

static gboolean
sends_to_compute (OdlBench *bench)
{
  return odl_bench_compute_has (bench, 1, DMAC_VM2 TO_COMPUTE_2);
}

static gboolean
leaves_itself_out (OdlBench *bench)
{
  odl_bench_tor (bench, "tor2", "192.168.10.50");
  odl_bench_request (bench, "PUT", NEUTRON "l2-gateways/g1",
                     "{'l2_gateway': {'devices': [{'device_name': 'tor1', 'interfaces': [{'name': 'eth2'}]},"
                     " {'device_name': 'tor2', 'interfaces': [{'name': 'eth2'}]}]}}");
  odl_bench_run (bench, NET_SEC);
  return floods_to ("192.168.10.1") && !floods_to ("192.168.10.50");
}

static gboolean
buckets_use_own_tunnels (OdlBench *bench)
{
  return odl_bench_compute_has (
      bench, 1,
      "group_id=210000,type=all,bucket=actions=group:209999,"
      "bucket=actions=set_field:0x64->tun_id,load:0x100->NXM_NX_REG6[],resubmit(,220),"
      "bucket=actions=set_field:0x64->tun_id,load:0x200->NXM_NX_REG6[],resubmit(,220)");
}

static gboolean
gateway_deletion_unbinds (OdlBench *bench)
{
  odl_bench_request (bench, "DELETE", NEUTRON "l2-gateways/g1", NULL);
  odl_bench_run (bench, NET_SEC);
  return !is_bound ("eth2");
}

static gboolean
gateway_update_binds (OdlBench *bench)
{
  odl_bench_request (bench, "PUT", NEUTRON "l2-gateways/g1",
                     "{'l2_gateway': {'devices': [{'device_name': 'tor1', 'interfaces': [{'name': 'eth2'},"
                     " {'name': 'eth3'}]}]}}");
  odl_bench_run (bench, NET_SEC);
  return is_bound ("eth2") && is_bound ("eth3");
}

static gboolean
network_deletion_unbinds (OdlBench *bench)
{
  odl_bench_request (bench, "DELETE", NEUTRON "ports/vm1", NULL);
  odl_bench_request (bench, "DELETE", NEUTRON "ports/vm2", NULL);
  odl_bench_request (bench, "DELETE", NEUTRON "networks/n1", NULL);
  odl_bench_run (bench, NET_SEC);
  return !is_bound ("eth2") && odl_elan_find (bench->odl, "n1") == NULL;
}

/* A second TOR, whose gateway and connection are older than it. */
static gboolean
late_tor_is_bound (OdlBench *bench)
{
  OdlHwvtep *late;

  odl_bench_post (
      bench, "l2-gateways",
      "{'l2_gateway': {'id': 'g2', 'devices': [{'device_name': 'tor2', 'interfaces': [{'name': 'eth2'}]}]}}");
  odl_bench_post (
      bench, "l2gateway-connections",
      "{'l2gateway_connection': {'id': 'c2', 'network_id': 'n1', 'gateway_id': 'g2', 'segmentation_id': 7}}");
  odl_bench_run (bench, NET_SEC);
  late = odl_bench_tor (bench, "tor2", "192.168.10.51");
  odl_bench_run (bench, NET_SEC);
  return odl_registry_n (&late->switches) > 0;
}

/* A third compute, whose tunnel comes up when its VM is known already. */
static gboolean
late_tunnel_is_used (OdlBench *bench)
{
  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2 3 192.168.10.3");
  odl_bench_port (bench, "vm3", "n1", "fa:16:3e:00:00:03", "normal");
  odl_bench_plug (bench, "vm3", 3, 3);
  odl_bench_run (bench, NET_SEC);
  odl_bench_tunnel_up (bench, 1, "3", 12);
  odl_bench_run (bench, NET_SEC);
  return odl_bench_compute_has (bench, 1,
                                "cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/0xffff000000,"
                                "dl_dst=fa:16:3e:00:00:03,actions=set_field:0x64->tun_id,"
                                "load:0x800->NXM_NX_REG6[],resubmit(,220)");
}

static void
compare (const char *bug, gboolean (*is_right) (OdlBench *bench))
{
  OdlBench *bench = begin (NULL);

  CU_ASSERT_TRUE (is_right (bench));
  odl_bench_free (bench);
  bench = begin (bug);
  CU_ASSERT_FALSE (is_right (bench));
  odl_bench_free (bench);
}

static void
test_mp_unsupported (void)
{
  compare ("mp-unsupported", joins_segments);
}

static void
test_mp_t51_drop (void)
{
  compare ("mp-t51-drop", sends_to_compute);
}

static void
test_self_locator (void)
{
  compare ("self-locator", leaves_itself_out);
}

static void
test_wrong_dpn_buckets (void)
{
  compare ("wrong-dpn-buckets", buckets_use_own_tunnels);
}

static void
test_l2gw_delete (void)
{
  compare ("l2gw-delete", gateway_deletion_unbinds);
}

static void
test_l2gw_update (void)
{
  compare ("l2gw-update", gateway_update_binds);
}

static void
test_net_delete (void)
{
  compare ("net-delete", network_deletion_unbinds);
}

static void
test_preprovision (void)
{
  compare ("preprovision", late_tor_is_bound);
}

static void
test_dmac_drop (void)
{
  compare ("dmac-drop", late_tunnel_is_used);
}

/* The same flows with another VNI, 200 = 0xc8 for 100 = 0x64, and none of the old ones. */
static void
test_mp_boot (void)
{
  OdlBench *bench = begin ("-mp-boot");
  g_autofree char *before = odl_forwarding_dump (odl_compute_find (bench->odl, 1)), *after = NULL;
  g_auto (GStrv) parts = g_strsplit (before, "0x64", -1);
  g_autofree char *expected = g_strjoinv ("0xc8", parts);
  const OdlSwitchConfig *config;

  CU_ASSERT_TRUE (g_strv_length (parts) > 4);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NEUTRON "networks/n1",
                                      "{'network': {'segments': [{'provider:network_type': 'vxlan', "
                                      "'provider:segmentation_id': 200}]}}"),
                   200);
  odl_bench_run (bench, NET_SEC);
  after = odl_forwarding_dump (odl_compute_find (bench->odl, 1));
  CU_ASSERT_STRING_EQUAL (after, expected);
  config = odl_registry_find (&tor->switches, "n1");
  CU_ASSERT_TRUE (config && config->vni == 200);
  CU_ASSERT_TRUE (is_bound ("eth2"));
  odl_bench_free (bench);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "mp-unsupported: a network with segments is not joined", test_mp_unsupported },
    { "mp-t51-drop: what goes to the other compute is dropped", test_mp_t51_drop },
    { "self-locator: a TOR with a peer of its own address floods to itself", test_self_locator },
    { "wrong-dpn-buckets: the TOR's bucket names the other compute's tunnel", test_wrong_dpn_buckets },
    { "l2gw-delete: the deleted gateway's ports stay bound", test_l2gw_delete },
    { "l2gw-update: the gateway's new port is not bound", test_l2gw_update },
    { "net-delete: the deleted network's port stays bound", test_net_delete },
    { "preprovision: the TOR that comes last gets nothing", test_preprovision },
    { "dmac-drop: the tunnel that comes last is not used", test_dmac_drop },
    { "mp-boot: with its correction a network's new VNI takes the old one's place everywhere", test_mp_boot },
    { NULL, NULL },
  };

  return tap_main ("odl-bugs", tests);
}

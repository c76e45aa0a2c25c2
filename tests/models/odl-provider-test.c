/* VLAN and flat networks on a compute's provider port.  Network "green" is VLAN 2901 of physnet1, which compute 1 reaches by
 * em1, OpenFlow port 7; it has ELAN tag 5000 = 0x1388, groups 209999 and 210000.  The provider port's lport tag is 1, that of
 * vm1 (OpenFlow port 3) 2, of vm4 on compute 2 its own. */
#include "models/odl/compute.h"
#include "models/odl/elan-outside.h"
#include "models/odl/interface.h"
#include "models/odl/learning.h"
#include "models/odl/pipeline.h"
#include "models/odl/provider.h"
#include "odl-bench.h"
#include "tap.h"

#define STRANGER_FLOW                                                                                        \
  "cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/0xffff000000,dl_dst=02:00:00:00:00:09,"       \
  "actions=load:0x100->NXM_NX_REG6[],resubmit(,220)"
#define VM4_BY_PROVIDER                                                                                      \
  "cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/0xffff000000,dl_dst=fa:16:3e:00:00:04,"       \
  "actions=load:0x100->NXM_NX_REG6[],resubmit(,220)"
#define FULL_GROUP                                                                                           \
  "group_id=210000,type=all,bucket=actions=group:209999,"                                                    \
  "bucket=actions=load:0x100->NXM_NX_REG6[],resubmit(,220)"

static const char *const provider_flows[] = {
  "cookie=0x8000000,table=0,priority=10,in_port=7,dl_vlan=2901,"
  "actions=pop_vlan,write_metadata:0x10000000001/0xffffff0000000001,goto_table:17",
  "cookie=0x8040000,table=17,priority=10,metadata=0x10000000000/0xffffff0000000000,"
  "actions=load:0x1->NXM_NX_REG1[0..19],load:0x1388->NXM_NX_REG7[0..15],"
  "write_metadata:0xc000011388000000/0xfffffffffffffffe,goto_table:43",
  "cookie=0x8701388,table=52,priority=5,metadata=0x1388000000/0xffff000001,"
  "actions=write_actions(group:210000)",
  "cookie=0x8701388,table=52,priority=5,metadata=0x1388000001/0xffff000001,"
  "actions=write_actions(group:209999)",
  "cookie=0x8800001,table=55,priority=12,tun_id=0x1,metadata=0x10000000000/0xfffff0000000000,actions=drop",
  "cookie=0x8800001,table=55,priority=11,tun_id=0x1,actions=load:0x100->NXM_NX_REG6[],resubmit(,220)",
  "cookie=0x8000007,table=220,priority=10,reg6=0x100,metadata=0x1/0x1,actions=drop",
  "cookie=0x8000007,table=220,priority=9,reg6=0x100,"
  "actions=push_vlan:0x8100,set_field:6997->vlan_vid,output:7", /* 0x1000 + 2901 */
  "group_id=209999,type=all",
  FULL_GROUP,
};

static void
post_network (OdlBench *bench, const char *type, const char *id)
{
  odl_bench_post (bench, "networks",
                  "{'network': {'id': 'green', 'provider:network_type': '%s', 'provider:physical_network': "
                  "'physnet1', 'provider:segmentation_id': %s}}",
                  type, id);
}

static void
map_port (OdlBench *bench, guint64 dpid)
{
  odl_provider_mappings_changed (bench->odl, odl_compute_get (bench->odl, dpid), "physnet1:em1");
  odl_interface_of_port_added (bench->odl, dpid, "em1", 7);
  odl_bench_run (bench, NET_SEC);
}

static OdlBench *
begin (const char *bugs)
{
  OdlBench *bench = odl_bench_new (bugs);

  post_network (bench, "vlan", "2901");
  map_port (bench, 1);
  return bench;
}

static void
add_vm (OdlBench *bench, const char *id, const char *mac, guint64 dpid)
{
  odl_bench_port (bench, id, "green", mac, "normal");
  odl_bench_plug (bench, id, dpid, 3);
  odl_bench_run (bench, NET_SEC);
}

/* A frame of this source that table 50 did not know, from that lport. */
static void
packet_in (OdlBench *bench, guint64 dpid, guint32 lport, guint64 source)
{
  guint8 frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  OpenflowPacketIn message = { 0 };

  net_put_be16 (frame + 6, (guint) (source >> 32));
  net_put_be32 (frame + 8, (guint32) source);
  net_put_be16 (frame + 12, 0x88b5);
  message.table = ODL_TABLE_SMAC;
  message.match.value.metadata = odl_meta_lport (lport) | odl_meta_elan (5000);
  message.frame = frame;
  message.length = sizeof frame;
  odl_learning_packet_in (bench->odl, odl_compute_get (bench->odl, dpid), &message);
  odl_bench_run (bench, NET_SEC);
}

static void
flow_removed (OdlBench *bench, guint64 dpid, guint32 lport, guint64 source)
{
  OpenflowFlowRemoved message
      = { .table = ODL_TABLE_SMAC, .priority = 20, .reason = OPENFLOW_REMOVED_IDLE_TIMEOUT };

  openflow_match_set_masked (&message.match, OPENFLOW_FIELD_METADATA,
                             odl_meta_lport (lport) | odl_meta_elan (5000), ODL_META_LPORT_ELAN_MASK);
  openflow_match_set (&message.match, OPENFLOW_FIELD_ETH_SRC, source);
  odl_learning_flow_removed (bench->odl, odl_compute_get (bench->odl, dpid), &message);
  odl_bench_run (bench, NET_SEC);
}

/* -------------------------------------------------------------------------------------------------------------- */

static void
test_vlan (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, provider_flows, G_N_ELEMENTS (provider_flows)));
}

static void
test_flat (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  post_network (bench, "flat", "null");
  map_port (bench, 1);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8000000,table=0,priority=1,in_port=7,"
                                         "actions=write_metadata:0x10000000001/"
                                         "0xffffff0000000001,goto_table:17"));
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1, "cookie=0x8000007,table=220,priority=9,reg6=0x100,actions=output:7"));
}

/* VLANs 2901 and 2902 and a flat network, all by em1. */
static void
test_shared_port (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  odl_bench_post (bench, "networks",
                  "{'network': {'id': 'red', 'provider:network_type': 'vlan', 'provider:physical_network': "
                  "'physnet1', 'provider:segmentation_id': 2902}}");
  odl_bench_post (bench, "networks",
                  "{'network': {'id': 'plain', 'provider:network_type': 'flat', 'provider:physical_network': "
                  "'physnet1'}}");
  odl_bench_post (bench, "networks",
                  "{'network': {'id': 'far', 'provider:network_type': 'vlan', 'provider:physical_network': "
                  "'physnet9', 'provider:segmentation_id': 2903}}");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, provider_flows[0]));
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1,
                             "cookie=0x8000000,table=0,priority=10,in_port=7,dl_vlan=2902,actions="
                             "pop_vlan,write_metadata:0x20000000001/0xffffff0000000001,goto_table:17"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8000000,table=0,priority=1,in_port=7,actions="
                                         "write_metadata:0x30000000001/0xffffff0000000001,goto_table:17"));
  CU_ASSERT_EQUAL (odl_elan_find (bench->odl, "far")->computes->len, 0);
}

static void
test_members (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  map_port (bench, 2); /* lport 2 */
  add_vm (bench, "vm1", "fa:16:3e:00:00:01", 1);
  add_vm (bench, "vm4", "fa:16:3e:00:00:04", 2);
  CU_ASSERT_TRUE (odl_bench_compute_has (
      bench, 1, "group_id=209999,type=all,bucket=actions=set_field:0x3->tun_id,resubmit(,55)"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, FULL_GROUP));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, VM4_BY_PROVIDER));
}

static void
test_late_mapping (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  post_network (bench, "vlan", "2901");
  map_port (bench, 2); /* lport 1 */
  add_vm (bench, "vm4", "fa:16:3e:00:00:04", 2);
  add_vm (bench, "vm1", "fa:16:3e:00:00:01", 1);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, "group_id=210000,type=all,bucket=actions=group:209999"));
  map_port (bench, 1); /* lport 4 */
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "group_id=210000,type=all,bucket=actions=group:209999,"
                                         "bucket=actions=load:0x400->NXM_NX_REG6[],resubmit(,220)"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/"
                                         "0xffff000000,dl_dst=fa:16:3e:00:00:04,"
                                         "actions=load:0x400->NXM_NX_REG6[],resubmit(,220)"));
}

static void
test_leaving (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);
  static const char *const other_port[] = { NULL };

  packet_in (bench, 1, 1, 0x020000000009);
  odl_provider_mappings_changed (bench->odl, odl_compute_get (bench->odl, 1), "physnet2:em1");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, other_port, 0));
  odl_provider_mappings_changed (bench->odl, odl_compute_get (bench->odl, 1), "physnet1:em1");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, "group_id=209999,type=all"));
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", "/controller/nb/v2/neutron/networks/green", NULL),
                   204);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, other_port, 0));
  CU_ASSERT_EQUAL (odl_registry_n (&bench->odl->interfaces), 0);
  CU_ASSERT_EQUAL (odl_registry_n (&bench->odl->elans), 0);
}

static void
test_bad_mappings (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  OdlCompute *compute = odl_compute_get (bench->odl, 1);

  odl_provider_mappings_changed (bench->odl, compute, "nonsense,:em1,physnet9:, physnet1:em1 ,physnet2:a:b");
  CU_ASSERT_EQUAL (odl_registry_n (&compute->providers), 2);
  CU_ASSERT_STRING_EQUAL (odl_registry_find (&compute->providers, "physnet1"), "em1");
  CU_ASSERT_STRING_EQUAL (odl_registry_find (&compute->providers, "physnet2"), "a:b");
}

static void
test_outside (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  packet_in (bench, 1, 1, 0x020000000009);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, STRANGER_FLOW));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8051388,table=50,priority=20,idle_timeout=300,"
                                         "send_flow_rem,metadata=0x11388000000/0xfffffffff000000,"
                                         "dl_src=02:00:00:00:00:09,actions=goto_table:51"));
  CU_ASSERT_TRUE (odl_registry_n (&odl_elan_find (bench->odl, "green")->macs) == 0);
  flow_removed (bench, 1, 1, 0x020000000009);
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, provider_flows, G_N_ELEMENTS (provider_flows)));
}

/* vm4's frames come by compute 1's provider port; its own flow stays when they stop coming. */
static void
test_other_compute (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);
  const OdlElan *elan = odl_elan_find (bench->odl, "green");
  NetMac vm4 = net_mac_from_u64 (0xfa163e000004);

  map_port (bench, 2);
  add_vm (bench, "vm4", "fa:16:3e:00:00:04", 2);
  packet_in (bench, 1, 1, 0xfa163e000004);
  CU_ASSERT_TRUE (odl_elan_is_outside (elan, 1, &vm4));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, VM4_BY_PROVIDER));
  flow_removed (bench, 1, 1, 0xfa163e000004);
  CU_ASSERT_FALSE (odl_elan_is_outside (elan, 1, &vm4));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, VM4_BY_PROVIDER));
}

/* Deleted in Neutron while its frames still come from beyond. */
static void
test_vm_gone (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  map_port (bench, 2);
  add_vm (bench, "vm4", "fa:16:3e:00:00:04", 2);
  packet_in (bench, 1, 1, 0xfa163e000004);
  odl_bench_unplug (bench, "vm4", 2);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, VM4_BY_PROVIDER));
  flow_removed (bench, 1, 1, 0xfa163e000004);
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, provider_flows, G_N_ELEMENTS (provider_flows)));
}

static void
test_own_vm (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);
  const OdlElan *elan = odl_elan_find (bench->odl, "green");
  NetMac stranger = net_mac_from_u64 (0x020000000009), vm1 = net_mac_from_u64 (0xfa163e000001);

  add_vm (bench, "vm1", "fa:16:3e:00:00:01", 1); /* lport 2 */
  packet_in (bench, 1, 1, 0xfa163e000001);
  CU_ASSERT_FALSE (odl_elan_is_outside (elan, 1, &vm1)); /* a port's own address is never moved by a frame */
  packet_in (bench, 1, 2, 0x020000000009);
  packet_in (bench, 1, 1, 0x020000000009);
  CU_ASSERT_TRUE (odl_elan_is_outside (elan, 1, &stranger)); /* one that was learnt is */
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, STRANGER_FLOW));
  packet_in (bench, 1, 2, 0x020000000009);
  CU_ASSERT_FALSE (odl_elan_is_outside (elan, 1, &stranger));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8031388,table=51,priority=20,metadata=0x1388000000/"
                                         "0xffff000000,dl_dst=02:00:00:00:00:09,"
                                         "actions=load:0x200->NXM_NX_REG6[],resubmit(,220)"));
}

static void
test_groups_bug (void)
{
  g_autoptr (OdlBench) bench = begin ("vlan-groups");

  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, "group_id=210000,type=all,bucket=actions=group:209999"));
  packet_in (bench, 1, 1, 0x030000000001);
  packet_in (bench, 1, 1, 0x020000000009);
  CU_ASSERT_EQUAL (odl_registry_n (&odl_elan_compute (odl_elan_find (bench->odl, "green"), 1)->outside), 0);
}

static void
test_bad_source (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  packet_in (bench, 1, 1, 0x030000000001);
  packet_in (bench, 1, 1, 0x020000000009);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, STRANGER_FLOW));
}

/* The network has lport 2 on its new VLAN. */
static void
test_changed_vlan (void)
{
  g_autoptr (OdlBench) bench = begin ("-mp-boot");

  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", "/controller/nb/v2/neutron/networks/green",
                                      "{'network': {'provider:segmentation_id': 2902}}"),
                   200);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (
      bench, 1,
      "cookie=0x8000000,table=0,priority=10,in_port=7,dl_vlan=2902,"
      "actions=pop_vlan,write_metadata:0x20000000001/0xffffff0000000001,goto_table:17"));
  CU_ASSERT_FALSE (odl_bench_compute_has (bench, 1, provider_flows[0]));
}

/* The second network has lport 2; its request comes while the first one's port is still leaving. */
static void
test_tag_taken_over (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", "/controller/nb/v2/neutron/networks/green", NULL),
                   204);
  odl_bench_post (bench, "networks",
                  "{'network': {'id': 'red', 'provider:network_type': 'vlan', 'provider:physical_network': "
                  "'physnet1', 'provider:segmentation_id': 2901}}");
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (
      bench, 1,
      "cookie=0x8000000,table=0,priority=10,in_port=7,dl_vlan=2901,"
      "actions=pop_vlan,write_metadata:0x20000000001/0xffffff0000000001,goto_table:17"));
  CU_ASSERT_FALSE (odl_bench_compute_has (bench, 1, provider_flows[0]));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a VLAN network's provider port takes its tag off and puts it on, and floods with split horizon",
      test_vlan },
    { "a flat network takes whatever no VLAN of the port takes, and sends it untagged", test_flat },
    { "networks share a provider port by their tags; one of another physical network is not on it",
      test_shared_port },
    { "the provider port stands in the full group only, and other computes' VMs are reached by it",
      test_members },
    { "a provider port that comes after the network's VMs opens the way out", test_late_mapping },
    { "with its mapping, or with the network, a provider port's flows and groups go", test_leaving },
    { "a network that comes as another one of the same VLAN goes has the provider port when that is gone",
      test_tag_taken_over },
    { "what is no mapping in provider_mappings is left out", test_bad_mappings },
    { "an address that comes by the provider port is known on that compute only, until it is idle",
      test_outside },
    { "another compute's VM that is heard by the provider port keeps its flow when it falls silent",
      test_other_compute },
    { "the address of a deleted VM that is heard by the provider port is one from outside", test_vm_gone },
    { "learnt addresses move between a VM's port and the provider port; a port's own does not", test_own_vm },
    { "a frame from a group address is not learnt from, and harms nothing", test_bad_source },
    { "fix mp-boot: a provider network that gets another VLAN takes its port along", test_changed_vlan },
    { "bug vlan-groups: no bucket leads out, and after a bad frame nothing is learnt", test_groups_bug },
    { NULL, NULL },
  };

  return tap_main ("odl-provider", tests);
}

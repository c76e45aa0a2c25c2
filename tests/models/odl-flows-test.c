/* The worked example: compute A carries network N (tag 5002 = 0x138a, VNI 100 = 0x64); VM1 on port 3 with lport 4, a
 * tunnel to compute B (VM2) on port 4 with lport 14 = 0xe, one to a TOR (VM3 behind it) on port 5 with lport 18 = 0x12. */
#include "odl-bench.h"
#include "models/odl/compute.h"
#include "models/odl/l2gw.h"
#include "tap.h"

#define NETWORK "aaaaaaaa-0000-0000-0000-000000000001"

static const char *const worked_example[] = {
  "cookie=0x8000000,table=0,priority=4,in_port=3,vlan_tci=0x0000/0x1fff,"
  "actions=write_metadata:0x40000000000/0xffffff0000000001,goto_table:17",
  "cookie=0x8000001,table=0,priority=5,in_port=4,"
  "actions=write_metadata:0xe0000000001/0xfffff0000000001,goto_table:36",
  "cookie=0x8000001,table=0,priority=5,in_port=5,"
  "actions=write_metadata:0x120000000001/0xfffff0000000001,goto_table:18",
  "cookie=0x8040000,table=17,priority=10,metadata=0x40000000000/0xffffff0000000000,"
  "actions=load:0x4->NXM_NX_REG1[0..19],load:0x138a->NXM_NX_REG7[0..15],"
  "write_metadata:0xc00004138a000000/0xfffffffffffffffe,goto_table:43",
  "cookie=0x6800000,table=18,priority=0,actions=goto_table:38",
  "cookie=0x900138a,table=36,priority=5,tun_id=0x64,"
  "actions=write_metadata:0x138a000000/0xfffffffff000000,goto_table:51",
  "cookie=0x905138a,table=38,priority=5,tun_id=0x64,"
  "actions=write_metadata:0x138a000000/0xfffffffff000000,goto_table:51",
  "cookie=0x8220000,table=43,priority=100,arp,arp_op=1,"
  "actions=group:5000,resubmit(,195),resubmit(,196),resubmit(,48)",
  "cookie=0x8220000,table=43,priority=100,arp,arp_op=2,actions=resubmit(,195),resubmit(,196),resubmit(,48)",
  "cookie=0x8220000,table=43,priority=0,actions=goto_table:48",
  "cookie=0x8500000,table=48,priority=100,arp,reg4=0x101/0xffff,"
  "actions=load:0->NXM_NX_REG4[],CONTROLLER:65535,resubmit(,49),resubmit(,50)",
  "cookie=0x8500000,table=48,priority=100,arp,reg4=0x1/0xffff,"
  "actions=load:0->NXM_NX_REG4[],resubmit(,49),resubmit(,50)",
  "cookie=0x8500000,table=48,priority=0,actions=resubmit(,49),resubmit(,50)",
  "cookie=0x805138a,table=50,priority=20,metadata=0x4138a000000/0xfffffffff000000,dl_src=fa:16:3e:00:00:01,"
  "actions=goto_table:51",
  "cookie=0x8050000,table=50,priority=10,reg4=0x1,actions=goto_table:51",
  "cookie=0x8050000,table=50,priority=0,actions=CONTROLLER:65535,learn(table=49,hard_timeout=10,priority=0,"
  "cookie=0x8600000,NXM_OF_ETH_SRC[],NXM_NX_REG1[0..19],load:0x1->NXM_NX_REG4[0..7]),goto_table:51",
  "cookie=0x803138a,table=51,priority=20,metadata=0x138a000000/0xffff000000,dl_dst=fa:16:3e:00:00:01,"
  "actions=load:0x400->NXM_NX_REG6[],resubmit(,220)",
  "cookie=0x803138a,table=51,priority=20,metadata=0x138a000000/0xffff000000,dl_dst=fa:16:3e:00:00:02,"
  "actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220)",
  "cookie=0x803138a,table=51,priority=20,metadata=0x138a000000/0xffff000001,dl_dst=fa:16:3e:00:00:03,"
  "actions=set_field:0x64->tun_id,load:0x1200->NXM_NX_REG6[],resubmit(,220)",
  "cookie=0x803138a,table=51,priority=20,metadata=0x138a000001/"
  "0xffff000001,dl_dst=fa:16:3e:00:00:03,actions=drop",
  "cookie=0x8030000,table=51,priority=15,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0,actions=drop",
  "cookie=0x8030000,table=51,priority=0,actions=goto_table:52",
  "cookie=0x870138a,table=52,priority=5,metadata=0x138a000000/"
  "0xffff000001,actions=write_actions(group:210004)",
  "cookie=0x870138a,table=52,priority=5,metadata=0x138a000001/"
  "0xffff000001,actions=write_actions(group:210003)",
  "cookie=0x8800004,table=55,priority=12,tun_id=0x4,metadata=0x40000000000/0xfffff0000000000,actions=drop",
  "cookie=0x8800004,table=55,priority=11,tun_id=0x4,actions=load:0x400->NXM_NX_REG6[],resubmit(,220)",
  "cookie=0x8220000,table=81,priority=0,actions=drop",
  "cookie=0x88880000,table=195,priority=0,arp,actions=CONTROLLER:65535,"
  "learn(table=195,hard_timeout=5,priority=10,cookie=0x88880000,eth_type=0x806,NXM_OF_ARP_OP[],NXM_OF_ARP_"
  "TPA[],"
  "OXM_OF_METADATA[24..39],load:0x1->NXM_NX_REG4[0..7]),"
  "learn(table=196,hard_timeout=5,priority=10,cookie=0x88880000,eth_type=0x806,NXM_OF_ARP_OP[],"
  "NXM_OF_ARP_SPA[]=NXM_OF_ARP_TPA[],OXM_OF_METADATA[24..39],load:0x1->NXM_NX_REG4[8..15])",
  "cookie=0x8000007,table=220,priority=9,reg6=0x400,actions=output:3",
  "cookie=0x8000007,table=220,priority=9,reg6=0xe00,actions=output:4",
  "cookie=0x8000007,table=220,priority=9,reg6=0x1200,actions=output:5",
  "group_id=210003,type=all,bucket=actions=set_field:0x4->tun_id,resubmit(,55)",
  "group_id=210004,type=all,bucket=actions=group:210003,"
  "bucket=actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220),"
  "bucket=actions=set_field:0x64->tun_id,load:0x1200->NXM_NX_REG6[],resubmit(,220)",
  "group_id=5000,type=all,bucket=actions=resubmit(,81)",
};

/* Ports of another network on a compute outside the zone: they take the lport tags up to `last`. */
static void
use_lports (OdlBench *bench, guint first, guint last)
{
  for (guint i = first; i <= last; i++)
    {
      g_autofree char *id = g_strdup_printf ("other%u", i);
      g_autofree char *mac = g_strdup_printf ("fa:16:3e:ff:00:%02x", i);

      odl_bench_port (bench, id, "elsewhere", mac, "normal");
      odl_bench_plug (bench, id, 9, i);
    }
  odl_bench_run (bench, NET_SEC);
}

/* Tags 5000 and 5001 go to other networks. */
static OdlBench *
begin (const char *bugs)
{
  OdlBench *bench = odl_bench_new (bugs);

  odl_bench_network (bench, "elsewhere", 7);
  odl_bench_network (bench, "nowhere", 8);
  odl_bench_network (bench, NETWORK, 100);
  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2");
  odl_bench_post (bench, "l2-gateways",
                  "{'l2_gateway': {'id': 'gw1', 'devices': [{'device_name': 'tor1', 'interfaces': [{'name': "
                  "'eth2'}]}]}}");
  odl_bench_post (bench, "l2gateway-connections",
                  "{'l2gateway_connection': {'id': 'c1', 'network_id': '" NETWORK
                  "', 'gateway_id': 'gw1', 'segmentation_id': 2901}}");
  return bench;
}

static OdlHwvtep *
build_example (OdlBench *bench)
{
  OdlHwvtep *tor = odl_bench_tor (bench, "tor1", "192.168.10.50");
  NetMac vm3;

  odl_bench_port (bench, "vm1", NETWORK, "fa:16:3e:00:00:01", "normal");
  odl_bench_port (bench, "vm2", NETWORK, "fa:16:3e:00:00:02", "normal");
  odl_bench_port (bench, "vm3", NETWORK, "fa:16:3e:00:00:03", "direct");
  use_lports (bench, 1, 3);
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, NET_SEC);
  use_lports (bench, 5, 13);
  odl_bench_tunnel_up (bench, 1, "2", 4);
  odl_bench_run (bench, NET_SEC);
  use_lports (bench, 15, 17);
  odl_bench_tunnel_up (bench, 1, tor->node_id, 5);
  odl_bench_run (bench, NET_SEC);
  odl_bench_plug (bench, "vm2", 2, 3);
  net_mac_from_text ("fa:16:3e:00:00:03", &vm3);
  odl_l2gw_mac_reported (bench->odl, tor, NETWORK, &vm3);
  odl_bench_run (bench, NET_SEC);
  return tor;
}

static void
test_worked_example (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);

  build_example (bench);
  odl_compute_write_defaults (bench->odl, odl_compute_get (bench->odl, 1));
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, worked_example, G_N_ELEMENTS (worked_example)));
}

static void
test_last_interface (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);
  static const char *const rest[] = {
    "cookie=0x8000001,table=0,priority=5,in_port=4,"
    "actions=write_metadata:0xe0000000001/0xfffff0000000001,goto_table:36",
    "cookie=0x8000001,table=0,priority=5,in_port=5,"
    "actions=write_metadata:0x120000000001/0xfffff0000000001,goto_table:18",
    "cookie=0x6800000,table=18,priority=0,actions=goto_table:38",
    "cookie=0x8000007,table=220,priority=9,reg6=0xe00,actions=output:4",
    "cookie=0x8000007,table=220,priority=9,reg6=0x1200,actions=output:5",
  };

  build_example (bench);
  odl_bench_unplug (bench, "vm1", 1);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, rest, G_N_ELEMENTS (rest)));
}

static void
test_tor_bucket_bug (void)
{
  g_autoptr (OdlBench) bench = begin ("tor-bucket-ip");

  build_example (bench);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "group_id=210004,type=all,bucket=actions=group:210003,"
                                         "bucket=actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],"
                                         "resubmit(,220)"));
}

static void
test_first_interface_delay (void)
{
  g_autoptr (OdlBench) bench = begin (NULL);
  static const char *const early[] = {
    ("cookie=0x8000000,table=0,priority=4,in_port=3,vlan_tci=0x0000/0x1fff,"
     "actions=write_metadata:0x10000000000/0xffffff0000000001,goto_table:17"),
    "cookie=0x8000007,table=220,priority=9,reg6=0x100,actions=output:3",
    "group_id=210003,type=all,bucket=actions=set_field:0x1->tun_id,resubmit(,55)",
  };

  odl_bench_port (bench, "vm1", NETWORK, "fa:16:3e:00:00:01", "normal");
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, 299 * NET_MSEC);
  CU_ASSERT_TRUE (odl_bench_compute_holds (bench, 1, early, G_N_ELEMENTS (early)));
  odl_bench_run (bench, 2 * NET_MSEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, "group_id=210004,type=all,bucket=actions=group:210003"));
}

static void
test_punt_bug (void)
{
  g_autoptr (OdlBench) bench = begin ("dhcp-punt-off");

  build_example (bench);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x6800000,table=18,priority=50,udp,dl_src=fa:16:3e:00:00:03,"
                                         "tp_src=68,tp_dst=67,actions=CONTROLLER:65535"));
  CU_ASSERT_TRUE (odl_bench_compute_has (
      bench, 2,
      "cookie=0x6800000,table=18,priority=50,udp,dl_src=fa:16:3e:00:00:03,tp_src=68,tp_dst=67,actions=drop"));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "the flows of the worked example come out, flow by flow, and no others", test_worked_example },
    { "with the last interface everything of the network leaves a compute, and the tunnels stay",
      test_last_interface },
    { "the full group of a network's first interface follows its local group after 300 ms",
      test_first_interface_delay },
    { "bug tor-bucket-ip: the full group has no bucket to the TOR", test_tor_bucket_bug },
    { "bug dhcp-punt-off: one compute punts a TOR client's DHCP, the others drop it, though nobody answers",
      test_punt_bug },
    { NULL, NULL },
  };

  return tap_main ("odl-flows", tests);
}

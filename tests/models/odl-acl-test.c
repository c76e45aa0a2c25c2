/* Port security on a compute.  vm1 of network n1 (VNI 100, ELAN tag 5000 = 0x1388) is on compute 1, OpenFlow port 3, with
 * lport tag 1, fa:16:3e:00:00:01 and 10.0.0.11. */
#include "models/odl/compute.h"
#include "models/odl/interface.h"
#include "models/odl/restart.h"
#include "odl-bench.h"
#include "tap.h"

#define NEUTRON "/controller/nb/v2/neutron/"
#define L1      "metadata=0x10000000000/0xfffff0000000000"

/* What the ACL adds, and what it puts in the place of the services' own flows. */
static const char *const secured[] = {
  "cookie=0x8000000,table=0,priority=4,in_port=3,vlan_tci=0x0000/0x1fff,"
  "actions=write_metadata:0x10000000000/0xffffff0000000001,goto_table:17",
  "cookie=0x8000000,table=17,priority=10,metadata=0x10000000000/0xffffff0000000000,"
  "actions=write_metadata:0xb000010000000000/0xfffffffffffffffe,goto_table:210",
  "cookie=0x8040000,table=17,priority=10,metadata=0xb000010000000000/0xffffff0000000000,"
  "actions=load:0x1->NXM_NX_REG1[0..19],load:0x1388->NXM_NX_REG7[0..15],"
  "write_metadata:0xc000011388000000/0xfffffffffffffffe,goto_table:43",
  "cookie=0x6900000,table=210,priority=63010,arp," L1
  ",dl_src=fa:16:3e:00:00:01,arp_spa=10.0.0.11,arp_sha=fa:16:3e:00:00:01,actions=resubmit(,17)",
  "cookie=0x6900000,table=210,priority=63010,udp," L1 ",tp_src=68,tp_dst=67,actions=resubmit(,17)",
  "cookie=0x6900000,table=210,priority=63010,udp," L1 ",tp_src=67,tp_dst=68,actions=drop",
  "cookie=0x6900000,table=210,priority=63009,arp," L1 ",actions=drop",
  "cookie=0x6900000,table=210,priority=61010,ip," L1
  ",dl_src=fa:16:3e:00:00:01,nw_src=10.0.0.11,actions=resubmit(,17)",
  "cookie=0x6900000,table=210,priority=61005," L1
  ",dl_src=fa:16:3e:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,actions=resubmit(,17)",
  "cookie=0x6900000,table=210,priority=0,actions=drop",
  "cookie=0x6900000,table=220,priority=6,reg6=0x100,actions=load:0x90000100->NXM_NX_REG6[],"
  "write_metadata:0x10000000000/0xfffff0000000000,goto_table:239",
  "cookie=0x8000007,table=220,priority=9,reg6=0x90000100,actions=output:3",
  "cookie=0x6900000,table=239,priority=0,actions=goto_table:240",
  "cookie=0x6900000,table=240,priority=63010,arp," L1 ",actions=resubmit(,220)",
  "cookie=0x6900000,table=240,priority=63010,udp," L1 ",tp_src=67,tp_dst=68,actions=resubmit(,220)",
  "cookie=0x6900000,table=240,priority=61010,ip," L1
  ",dl_dst=fa:16:3e:00:00:01,nw_dst=10.0.0.11,actions=resubmit(,220)",
  "cookie=0x6900000,table=240,priority=61005," L1 ",dl_dst=ff:ff:ff:ff:ff:ff,actions=resubmit(,220)",
  "cookie=0x6900000,table=240,priority=0,actions=drop",
};
#define N_MISSES 3

static void
post_port (OdlBench *bench, const char *more)
{
  odl_bench_post (bench, "ports",
                  "{'port': {'id': 'vm1', 'network_id': 'n1', 'mac_address': 'fa:16:3e:00:00:01',"
                  " 'fixed_ips': [{'subnet_id': 's1', 'ip_address': '10.0.0.11'},"
                  " {'subnet_id': 's6', 'ip_address': 'fd00::11'}]%s}}",
                  more);
}

static OdlBench *
begin (const char *more)
{
  OdlBench *bench = odl_bench_new (NULL);

  odl_bench_network (bench, "n1", 100);
  post_port (bench, more);
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, NET_SEC);
  return bench;
}

#define SECURITY ", 'port_security_enabled': true"

static void
put_port (OdlBench *bench, const char *members)
{
  g_autofree char *body = g_strdup_printf ("{'port': {%s}}", members);

  CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NEUTRON "ports/vm1", body), 200);
  odl_bench_run (bench, NET_SEC);
}

static gboolean
has_all (OdlBench *bench)
{
  for (guint i = 0; i < G_N_ELEMENTS (secured); i++)
    if (!odl_bench_compute_has (bench, 1, secured[i]))
      return FALSE;
  return TRUE;
}

static guint
n_in_table (OdlBench *bench, const char *table)
{
  const OdlRegistry *flows = &odl_compute_get (bench->odl, 1)->flows;
  guint n = 0;

  for (guint i = 0; i < odl_registry_n (flows); i++)
    n += g_str_has_prefix (odl_registry_key (flows, i), table);
  return n;
}

static void
test_flows (void)
{
  g_autoptr (OdlBench) bench = begin (SECURITY);

  CU_ASSERT_TRUE (has_all (bench));
  CU_ASSERT_EQUAL (n_in_table (bench, "210 "), 7);
  CU_ASSERT_EQUAL (n_in_table (bench, "220 "), 2);
  CU_ASSERT_EQUAL (n_in_table (bench, "240 "), 5);
  CU_ASSERT_EQUAL (n_in_table (bench, "017 "), 2);
}

static void
test_off (void)
{
  g_autoptr (OdlBench) bench = begin (", 'port_security_enabled': false"), absent = begin ("");

  CU_ASSERT_EQUAL (n_in_table (bench, "210 ") + n_in_table (bench, "239 ") + n_in_table (bench, "240 "), 0);
  CU_ASSERT_EQUAL (n_in_table (absent, "210 "), 0);
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1, "cookie=0x8000007,table=220,priority=9,reg6=0x100,actions=output:3"));
}

static void
test_switching (void)
{
  g_autoptr (OdlBench) bench = begin ("");

  put_port (bench, "'port_security_enabled': true");
  CU_ASSERT_TRUE (has_all (bench));
  CU_ASSERT_EQUAL (n_in_table (bench, "017 "), 2);
  put_port (bench, "'port_security_enabled': false");
  CU_ASSERT_EQUAL (n_in_table (bench, "210 ") + n_in_table (bench, "239 ") + n_in_table (bench, "240 "),
                   N_MISSES);
  CU_ASSERT_EQUAL (n_in_table (bench, "220 "), 1);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8040000,table=17,priority=10,metadata=0x10000000000/"
                                         "0xffffff0000000000,actions=load:0x1->NXM_NX_REG1[0..19],"
                                         "load:0x1388->NXM_NX_REG7[0..15],write_metadata:0xc000011388000000/"
                                         "0xfffffffffffffffe,goto_table:43"));
}

static void
test_allowed (void)
{
  g_autoptr (OdlBench) bench = begin (SECURITY);

  put_port (bench,
            "'allowed_address_pairs': [{'ip_address': '10.0.1.7/24'},"
            " {'ip_address': '10.0.0.50', 'mac_address': '00:00:5e:00:01:01'}, {'ip_address': 'fd00::1'}]");
  CU_ASSERT_TRUE (has_all (bench));
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1,
                             "cookie=0x6900000,table=210,priority=61010,ip," L1
                             ",dl_src=fa:16:3e:00:00:01,nw_src=10.0.1.0/24,actions=resubmit(,17)"));
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1,
                             "cookie=0x6900000,table=210,priority=63010,arp," L1
                             ",dl_src=00:00:5e:00:01:01,arp_spa=10.0.0.50,arp_sha=00:00:5e:00:01:01,"
                             "actions=resubmit(,17)"));
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1,
                             "cookie=0x6900000,table=240,priority=61010,ip," L1
                             ",dl_dst=00:00:5e:00:01:01,nw_dst=10.0.0.50,actions=resubmit(,220)"));
  put_port (bench, "'allowed_address_pairs': []");
  CU_ASSERT_TRUE (has_all (bench));
  CU_ASSERT_EQUAL (n_in_table (bench, "210 "), 7);
}

static void
test_leaving (void)
{
  g_autoptr (OdlBench) bench = begin (SECURITY);

  odl_bench_unplug (bench, "vm1", 1);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_EQUAL (odl_registry_n (&odl_compute_get (bench->odl, 1)->flows), N_MISSES);
}

/* ACL, DHCP (5), ELAN (11): each names the next. */
static void
test_dhcp_chain (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  bench->odl->options.dhcp_enabled = TRUE;
  odl_bench_network (bench, "n1", 100);
  post_port (bench, SECURITY);
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8000000,table=17,priority=10,metadata=0x10000000000/"
                                         "0xffffff0000000000,actions=write_metadata:0x5000010000000000/"
                                         "0xfffffffffffffffe,goto_table:210"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x8000000,table=17,priority=10,metadata=0x5000010000000000/"
                                         "0xffffff0000000000,actions=write_metadata:0xb000010000000000/"
                                         "0xfffffffffffffffe,goto_table:60"));
}

#define TO_SERVER "cookie=0x6900000,table=240,priority=63010,"

/* The agent's port hears what its server has to, and says what it likes. */
static void
test_server (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  bench->odl->options.limit_bum = TRUE;
  odl_bench_network (bench, "n1", 100);
  post_port (bench, ", 'device_owner': 'network:dhcp'");
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1, TO_SERVER "udp," L1 ",tp_src=68,tp_dst=67,actions=resubmit(,220)"));
  CU_ASSERT_TRUE (
      odl_bench_compute_has (bench, 1, TO_SERVER "udp6," L1 ",tp_src=546,tp_dst=547,actions=resubmit(,220)"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, TO_SERVER "arp," L1 ",actions=resubmit(,220)"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1,
                                         "cookie=0x6900000,table=240,priority=61010,icmp," L1
                                         ",nw_dst=10.0.0.11,actions=resubmit(,220)"));
  CU_ASSERT_EQUAL (n_in_table (bench, "240 "), 5);
  CU_ASSERT_EQUAL (n_in_table (bench, "210 "), 1);
  CU_ASSERT_EQUAL (n_in_table (bench, "017 "), 1);
  odl_bench_unplug (bench, "vm1", 1);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_EQUAL (odl_registry_n (&odl_compute_get (bench->odl, 1)->flows), N_MISSES);
}

static void
test_server_unlimited (void)
{
  g_autoptr (OdlBench) bench = begin (", 'device_owner': 'network:dhcp'");

  CU_ASSERT_EQUAL (n_in_table (bench, "240 "), 0);
}

/* ---- objects ------------------------------------------------------------------------------------------------- */

static guint
post (OdlBench *bench, const char *path, const char *body)
{
  g_autofree char *whole = g_strconcat (NEUTRON, path, NULL);

  return odl_bench_request (bench, "POST", whole, body);
}

static void
test_groups (void)
{
  g_autoptr (OdlBench) bench = begin (SECURITY ", 'security_groups': ['g1']");

  CU_ASSERT_EQUAL (post (bench, "security-group-rules",
                         "{'security_group_rule': {'id': 'r1', 'security_group_id': 'g1'}}"),
                   404);
  CU_ASSERT_EQUAL (post (bench, "security-groups", "{'security_group': {'id': 'g1', 'name': 'web'}}"), 201);
  CU_ASSERT_EQUAL (post (bench, "security-groups", "{'security_group': {'id': 'g1'}}"), 409);
  CU_ASSERT_EQUAL (
      post (bench, "security-group-rules",
            "{'security_group_rule': {'id': 'r1', 'security_group_id': 'g1', 'direction': 'ingress',"
            " 'ethertype': 'IPv4', 'protocol': 'tcp', 'port_range_min': 80, 'port_range_max': 81,"
            " 'remote_ip_prefix': '10.0.0.0/24', 'remote_group_id': null}}"),
      201);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEUTRON "security-group-rules/r1", NULL), 200);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "security-groups/g1", NULL), 409);
  CU_ASSERT_STRING_EQUAL (odl_bench_refusal (bench), "security group g1 is in use by port vm1");
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "security-group-rules/r1", NULL), 204);
  put_port (bench, "'security_groups': []");
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "security-groups/g1", NULL), 204);
}

static void
test_restart (void)
{
  g_autoptr (OdlBench) bench = begin (SECURITY ", 'security_groups': ['g1']");

  post (bench, "security-groups", "{'security_group': {'id': 'g1'}}");
  post (bench, "security-group-rules", "{'security_group_rule': {'id': 'r1', 'security_group_id': 'g1'}}");
  bench->odl = odl_restart (bench->odl);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEUTRON "security-groups/g1", NULL), 200);
  CU_ASSERT_EQUAL (odl_bench_request (bench, "GET", NEUTRON "security-group-rules/r1", NULL), 200);
  odl_bench_plug (bench, "vm1", 1, 3);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (has_all (bench));
}

static void
test_bad_rules (void)
{
  static const struct
  {
    const char *members, *sentence;
  } bad[] = {
    { "'direction': 'sideways'",
      "security_group_rule: 'direction' must be ingress or egress, not 'sideways'" },
    { "'ethertype': 'IPX'", "security_group_rule: 'ethertype' must be IPv4 or IPv6, not 'IPX'" },
    { "'port_range_min': 90, 'port_range_max': 80",
      "security_group_rule: port_range_min 90 is above port_range_max 80" },
    { "'remote_ip_prefix': 'here'",
      "security_group_rule: 'remote_ip_prefix' must be like 10.0.0.0/24, not 'here'" },
  };
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  post (bench, "security-groups", "{'security_group': {'id': 'g1'}}");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *body = g_strdup_printf (
          "{'security_group_rule': {'id': 'r1', 'security_group_id': 'g1', %s}}", bad[i].members);

      CU_ASSERT_EQUAL (post (bench, "security-group-rules", body), 400);
      CU_ASSERT_STRING_EQUAL (odl_bench_refusal (bench), bad[i].sentence);
    }
}

static void
test_bad_ports (void)
{
  static const char *const bad[] = {
    "'port_security_enabled': 'yes'",
    "'security_groups': [7]",
    "'allowed_address_pairs': [{}]",
    "'allowed_address_pairs': [{'ip_address': 'everywhere'}]",
    "'allowed_address_pairs': [{'ip_address': '10.0.0.1', 'mac_address': 'mine'}]",
  };
  g_autoptr (OdlBench) bench = begin ("");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *body = g_strdup_printf ("{'port': {%s}}", bad[i]);

      CU_ASSERT_EQUAL (odl_bench_request (bench, "PUT", NEUTRON "ports/vm1", body), 400);
    }
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a secured port's ARP, IP, broadcasts and DHCP pass as its own, and nothing else does", test_flows },
    { "without port security there is no ACL", test_off },
    { "port security goes on and off while the port is in use", test_switching },
    { "allowed pairs are addresses like the port's own, for as long as they stand there", test_allowed },
    { "with its port the ACL goes, but for the tables' misses", test_leaving },
    { "the ACL comes before the controller's DHCP, and that before the ELAN", test_dhcp_chain },
    { "limited, the DHCP agent's port hears DHCP, ARP and pings, and nothing stops what it says",
      test_server },
    { "unless it is asked for, nothing limits the DHCP agent's port", test_server_unlimited },
    { "security groups and rules are kept; a rule needs its group, and a group in use stays", test_groups },
    { "after a restart groups, rules and the port's ACL are there again", test_restart },
    { "a rule that cannot be is refused with the reason", test_bad_rules },
    { "a port whose security cannot be read is refused", test_bad_ports },
    { NULL, NULL },
  };

  return tap_main ("odl-acl", tests);
}

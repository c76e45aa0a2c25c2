/* The controller with real computes and a real TOR, on a simulated network: management over TCP, tunnels over the
 * underlay.  server1 (datapath 1) holds vm1 and the DHCP server, server2 (datapath 2) vm2, tor1/em3 vm3, untagged. */
#include "guest-bench.h"
#include "models/dhcp/dhcp-server.h"
#include "models/guest/guest.h"
#include "models/odl/odl.h"
#include "models/ovs/ovs-node.h"
#include "models/tor/tor.h"
#include "models/underlay/switch.h"
#include "ovsdb/database.h"
#include "sim/host.h"

#define NET "11111111-0000-0000-0000-000000000001"

typedef struct
{
  Bench *bench;
  OdlController *odl;
  OvsNode *server1, *server2;
  TorNode *tor;
  SimNode *management, *underlay;
  Guest *vm1, *vm2, *vm3;
  DhcpServer *dhcp;
  SimLink *tor_management, *server2_underlay;
  gint64 now_ns;
} Lab;

static NetMac
mac_of (guint64 value)
{
  return net_mac_from_u64 (value);
}

static void
run (Lab *lab, gint64 by_ns)
{
  lab->now_ns += by_ns;
  bench_run (lab->bench, lab->now_ns);
}

/* Management is slow beside the underlay: what a TOR forwards has arrived before its report has. */
#define UNDERLAY_DELAY   (10 * SIM_USEC)
#define MANAGEMENT_DELAY SIM_MSEC

static SimLink *
uplink (SimNode *sw, SimNode *node, guint port, gint64 delay_ns)
{
  g_autofree char *name = g_strconcat (node->name, "-", sim_node_port (node, port)->name, NULL);
  guint at = sim_node_add_port (sw, name);

  return bench_link (sw, at, node, port, delay_ns);
}

static void
give_management (Lab *lab, SimNode *node, guint last_octet)
{
  guint port = sim_node_find_port (node, "mgmt");

  if (port == NET_PORT_NONE)
    port = sim_node_add_port (node, "mgmt");
  sim_host_new (node, &(SimHostConfig){ .port = port,
                                        .mac = mac_of (0x020000000000 | last_octet),
                                        .ip = 0x0a000000 | last_octet,
                                        .prefix_length = 24 });
  lab->tor_management = uplink (lab->management, node, port, MANAGEMENT_DELAY); /* the last one stays */
}

static OvsNode *
add_compute (Lab *lab, const char *name, guint64 dpid, guint last_octet)
{
  OvsNode *node = ovs_node_new (lab->bench->network, name,
                                &(OvsConfig){ .datapath_id = dpid,
                                              .tunnel_ip = 0x0a087d00 | last_octet,
                                              .underlay_port = "em2",
                                              .controller = "tcp:10.0.0.1:6653",
                                              .manager = "tcp:10.0.0.1:6640" });
  SimNode *sim = ovs_node_sim (node);

  give_management (lab, sim, last_octet);
  lab->server2_underlay
      = uplink (lab->underlay, sim, sim_node_find_port (sim, "em2"), UNDERLAY_DELAY); /* the last one stays */
  ovs_node_start (node);
  return node;
}

static void
add_tor (Lab *lab)
{
  static const char *const ports[] = { "em3" };

  lab->tor = tor_new (lab->bench->network, "tor1",
                      &(TorConfig){ .ports = ports,
                                    .n_ports = 1,
                                    .uplink_mac = mac_of (0x020a087d0020),
                                    .tunnel_ip = 0x0a087d14,
                                    .prefix_length = 24 });
  give_management (lab, tor_node (lab->tor), 20);
  uplink (lab->underlay, tor_node (lab->tor), sim_node_find_port (tor_node (lab->tor), TOR_PORT_UPLINK),
          UNDERLAY_DELAY);
  g_assert (tor_start (lab->tor, NULL));
}

static void
request (Lab *lab, const char *method, const char *path, const char *body, guint expected)
{
  g_autofree char *text = g_strdelimit (g_strdup (body ? body : "null"), "'", '"');
  json_t *json = json_loads (text, JSON_DECODE_ANY, NULL), *reply = NULL;
  guint status;

  g_assert (json);
  status = odl_northbound (lab->odl, method, path, json, &reply);
  if (status != expected)
    g_error ("%s %s: %u", path, body, status);
  json_decref (json);
  json_decref (reply);
}

static void
neutron (Lab *lab, const char *kind, const char *body)
{
  g_autofree char *path = g_strconcat ("/controller/nb/v2/neutron/", kind, NULL);

  request (lab, "POST", path, body, 201);
}

static void
post_objects (Lab *lab)
{
  request (lab, "POST", "/restconf/config/itm:transport-zones/",
           "{'transport-zone': [{'zone-name': 'TZA', 'vteps': [{'dpn-id': 1, 'ip-address': '10.8.125.18'},"
           " {'dpn-id': 2, 'ip-address': '10.8.125.19'}]}]}",
           204);
  request (lab, "POST", "/restconf/config/network-topology:network-topology/topology/hwvtep:1/",
           "{'network-topology:node': [{'node-id': 'hwvtep://10.0.0.20:6640', 'hwvtep:connection-info':"
           " {'remote-ip': '10.0.0.20', 'remote-port': 6640}}]}",
           204);
  neutron (lab, "networks",
           "{'network': {'id': '" NET "', 'segments': [{'provider:network_type': 'vxlan',"
           " 'provider:segmentation_id': 5001}, {'provider:network_type': 'vlan', "
           "'provider:segmentation_id': 2901}]}}");
  neutron (lab, "subnets",
           "{'subnet': {'id': 's1', 'network_id': '" NET "', 'cidr': '10.0.0.0/24', 'enable_dhcp': true}}");
  neutron (
      lab, "ports",
      "{'ports': [{'id': 'port-vm1', 'network_id': '" NET "', 'mac_address': 'fa:16:3e:00:00:01'},"
      " {'id': 'port-vm2', 'network_id': '" NET "', 'mac_address': 'fa:16:3e:00:00:02'},"
      " {'id': 'port-dhcp', 'network_id': '" NET "', 'mac_address': 'fa:16:3e:00:00:05',"
      "  'device_owner': 'network:dhcp', 'fixed_ips': [{'subnet_id': 's1', 'ip_address': '10.0.0.5'}]},"
      " {'id': 'port-vm3', 'network_id': '" NET "', 'mac_address': 'fa:16:3e:00:00:03',"
      "  'binding:vnic_type': 'direct', 'fixed_ips': [{'subnet_id': 's1', 'ip_address': '10.0.0.13'}]}]}");
  neutron (
      lab, "l2-gateways",
      "{'l2_gateway': {'id': 'gw1', 'devices': [{'device_name': 'tor1', 'interfaces': [{'name': 'em3'}]}]}}");
  neutron (lab, "l2gateway-connections",
           "{'l2gateway_connection': {'id': 'c1', 'network_id': '" NET
           "', 'gateway_id': 'gw1', 'segmentation_id': 0}}");
}

static Guest *
add_guest (const Lab *lab, const char *name, guint64 mac, NetIpv4 ip)
{
  Guest *guest = guest_new (lab->bench->network, name,
                            &(GuestConfig){ .mac = mac_of (mac), .ipv4 = ip, .prefix_length = 24 });

  guest_start (guest);
  return guest;
}

static void
plug (OvsNode *server, const char *port_id, const char *tap, guint64 mac, SimNode *guest)
{
  guint port
      = ovs_node_add_tap (server, tap, &(OvsTapConfig){ .iface_id = port_id, .attached_mac = mac_of (mac) });

  bench_link (ovs_node_sim (server), port, guest, 0, 0);
}

static Lab
begin (const OdlConfig *config)
{
  Lab lab = { .bench = bench_new (1) };
  NetMac vm3 = mac_of (0xfa163e000003);

  lab.management = underlay_switch_new (lab.bench->network, "management", NULL);
  lab.underlay = underlay_switch_new (lab.bench->network, "underlay", NULL);
  lab.odl = odl_controller_new (lab.bench->network, "odl1", config);
  give_management (&lab, odl_controller_node (lab.odl), 1);
  lab.server1 = add_compute (&lab, "server1", 1, 18);
  lab.server2 = add_compute (&lab, "server2", 2, 19);
  add_tor (&lab);
  post_objects (&lab);
  run (&lab, 2 * SIM_SEC);
  lab.vm1 = add_guest (&lab, "vm1", 0xfa163e000001, 0x0a00000b);
  lab.vm2 = add_guest (&lab, "vm2", 0xfa163e000002, 0x0a00000c);
  lab.vm3 = add_guest (&lab, "vm3", 0xfa163e000003, 0);
  lab.dhcp = dhcp_server_new (
      lab.bench->network, "dhcp1",
      &(DhcpServerConfig){ .mac = mac_of (0xfa163e000005), .ip = 0x0a000005, .prefix_length = 24 });
  dhcp_server_set_host (lab.dhcp, &vm3, 0x0a00000d);
  plug (lab.server1, "port-vm1", "tap1", 0xfa163e000001, guest_node (lab.vm1));
  plug (lab.server1, "port-dhcp", "tap5", 0xfa163e000005, dhcp_server_node (lab.dhcp));
  plug (lab.server2, "port-vm2", "tap2", 0xfa163e000002, guest_node (lab.vm2));
  bench_link (tor_node (lab.tor), 0, guest_node (lab.vm3), 0, 0);
  run (&lab, 3 * SIM_SEC);
  return lab;
}

static void
end (Lab *lab)
{
  bench_free (lab->bench);
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

static guint
n_rows (Lab *lab, const char *table)
{
  return ovsdb_table_n_rows (ovsdb_database_table (tor_database (lab->tor), table));
}

static void
test_converges (void)
{
  Lab lab = begin (&(OdlConfig){ 0 });

  CU_ASSERT_TRUE (bench_n_states (lab.bench, "odl1 session up openflow") == 2);
  CU_ASSERT_TRUE (bench_n_states (lab.bench, "odl1 session up ovsdb") == 2);
  CU_ASSERT_TRUE (bench_n_states (lab.bench, "odl1 session up hwvtep tor1") == 1);
  CU_ASSERT_TRUE (bench_n_states (lab.bench, "odl1 controller converged odl1") >= 1);
  CU_ASSERT_EQUAL (n_rows (&lab, "Logical_Switch"), 1);
  CU_ASSERT_EQUAL (n_rows (&lab, "Ucast_Macs_Remote"), 3);
  CU_ASSERT_EQUAL (n_rows (&lab, "Mcast_Macs_Remote"), 1);
  end (&lab);
}

/* The lines of a dump that hold the text. */
static guint
n_lines (const char *dump, const char *text)
{
  guint n = 0;

  for (const char *at = strstr (dump, text); at; at = strstr (at + 1, text))
    n++;
  return n;
}

static void
test_flows (void)
{
  Lab lab = begin (&(OdlConfig){ 0 });
  g_autofree char *flows = ovs_node_dump_flows (lab.server1), *groups = ovs_node_dump_groups (lab.server1);

  CU_ASSERT_EQUAL (n_lines (flows, "table=0,"), 4);   /* vm1, dhcp, two tunnels */
  CU_ASSERT_EQUAL (n_lines (flows, "table=220,"), 4); /* the same */
  CU_ASSERT_EQUAL (n_lines (flows, "goto_table:36"), 1);
  CU_ASSERT_EQUAL (n_lines (flows, "goto_table:18"), 1);
  CU_ASSERT_EQUAL (n_lines (flows, "table=38,"), 1);
  CU_ASSERT_EQUAL (n_lines (groups, "group_id="), 3);
  end (&lab);
}

static void
ping (Lab *lab, Guest *from, NetIpv4 to)
{
  guest_ping (
      from,
      &(GuestPing){ .to = guest_ip_v4 (to), .count = 3, .interval_ns = 100 * SIM_MSEC, .payload_bytes = 56 });
  run (lab, 2 * SIM_SEC);
}

static void
test_traffic (void)
{
  Lab lab = begin (&(OdlConfig){ 0 });

  guest_set_ipv4 (lab.vm3, 0x0a00000d, 24, 0);
  ping (&lab, lab.vm1, 0x0a00000c);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm1 ping reply 10.0.0.12"), 3);
  ping (&lab, lab.vm3, 0x0a00000b);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm3 ping reply 10.0.0.11"), 3);
  ping (&lab, lab.vm2, 0x0a00000d);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm2 ping reply 10.0.0.13"), 3);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "odl1 elan-mac add " NET " fa:16:3e:00:00:03"), 1);
  end (&lab);
}

static void
test_agent_lease (void)
{
  Lab lab = begin (&(OdlConfig){ 0 });

  guest_dhcp_start (lab.vm3, NULL);
  run (&lab, 5 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm3 dhcp bound"), 1);
  end (&lab);
}

static void
test_punt_bug (void)
{
  const char *const bugs[] = { "dhcp-punt-off", NULL };
  Lab lab = begin (&(OdlConfig){ .bugs = bugs });

  guest_announce (lab.vm3);
  guest_dhcp_start (lab.vm3, NULL);
  run (&lab, 4 * SIM_SEC);
  bench_forget (lab.bench);
  guest_dhcp_start (lab.vm3, NULL); /* by now the TOR has reported it */
  run (&lab, 30 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm3 dhcp bound"), 0);
  end (&lab);
}

/* The agent's server is away; the controller answers instead of it, from the second request on. */
static void
test_controller_lease (void)
{
  Lab lab = begin (&(OdlConfig){ .dhcp_enabled = TRUE });

  dhcp_server_stop (lab.dhcp);
  guest_dhcp_start (lab.vm3, NULL);
  run (&lab, 100 * SIM_MSEC);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm3 dhcp bound"), 0);
  run (&lab, 60 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm3 dhcp bound"), 1);
  CU_ASSERT_PTR_NOT_NULL (strstr (bench_state (lab.bench, "vm3 dhcp bound"), "10.0.0.13"));
  end (&lab);
}

static void
test_tor_away (void)
{
  Lab lab = begin (&(OdlConfig){ 0 });

  guest_set_ipv4 (lab.vm3, 0x0a00000d, 24, 0);
  ping (&lab, lab.vm1, 0x0a00000d);
  sim_link_set_up (lab.tor_management, FALSE);
  run (&lab, 90 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "odl1 session down hwvtep tor1"), 1);
  ovs_node_remove_tap (lab.server2, "tap2");
  run (&lab, SIM_SEC);
  CU_ASSERT_EQUAL (n_rows (&lab, "Ucast_Macs_Remote"), 3);
  bench_forget (lab.bench);
  sim_link_set_up (lab.tor_management, TRUE);
  run (&lab, 90 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "odl1 session up hwvtep tor1"), 1);
  CU_ASSERT_EQUAL (n_rows (&lab, "Ucast_Macs_Remote"), 2);
  ping (&lab, lab.vm1, 0x0a00000d);
  CU_ASSERT_EQUAL (bench_n_states (lab.bench, "vm1 ping reply 10.0.0.13"), 3);
  end (&lab);
}

/* Tunnels with this oper-state that the controller shows. */
static guint
n_tunnels (Lab *lab, const char *oper_state)
{
  json_t *reply = NULL, *item;
  gsize i;
  guint n = 0;

  CU_ASSERT_EQUAL (
      odl_northbound (lab->odl, "GET", "/restconf/operational/itm-state:tunnels_state", NULL, &reply), 200);
  json_array_foreach (json_object_get (json_object_get (reply, "tunnels_state"), "state-tunnel-list"), i,
                      item)
  {
    n += g_strcmp0 (json_string_value (json_object_get (item, "oper-state")), oper_state) == 0;
  }
  json_decref (reply);
  return n;
}

/* Both computes and the TOR run BFD themselves; nothing but packets tells the controller of the cable. */
static void
test_monitoring (void)
{
  Lab lab = begin (&(OdlConfig){ 0 });

  request (&lab, "PUT", "/restconf/config/itm-config:tunnel-monitor-params",
           "{'tunnel-monitor-params': {'enabled': true, 'monitor-protocol': 'bfd'}}", 204);
  run (&lab, 10 * SIM_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&lab, "up"), 6);
  CU_ASSERT (bench_n_states (lab.bench, "server1 bfd change tun") >= 4); /* two sessions */
  sim_link_set_up (lab.server2_underlay, FALSE);
  run (&lab, 5 * SIM_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&lab, "up"), 2); /* server1 and the TOR */
  CU_ASSERT_EQUAL (n_tunnels (&lab, "down"), 4);
  sim_link_set_up (lab.server2_underlay, TRUE);
  run (&lab, 10 * SIM_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&lab, "up"), 6);
  end (&lab);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "computes and TOR come up, get their rows, and the controller is converged", test_converges },
    { "a compute's switch holds the network's flows, tunnels and groups", test_flows },
    { "VMs on both computes and behind the TOR reach each other", test_traffic },
    { "a VM behind the TOR gets its lease from the server on a compute", test_agent_lease },
    { "bug dhcp-punt-off: once the TOR has reported it, it gets no lease", test_punt_bug },
    { "the controller's own DHCP answers a VM behind the TOR, from its second request on",
      test_controller_lease },
    { "a TOR that was away is made as wanted when it comes back", test_tor_away },
    { "monitoring: every tunnel runs BFD, and those behind a cut cable are down until it is mended",
      test_monitoring },
    { NULL, NULL },
  };

  return tap_main ("odl-lab", tests);
}

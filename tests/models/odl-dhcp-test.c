/* The controller's own DHCP: whom it answers, with what, and which compute it listens on. */
#include "odl-bench.h"
#include "models/odl/dhcp-answer.h"
#include "models/odl/dhcp.h"
#include "models/odl/interface.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw.h"
#include "tap.h"

#define NEUTRON "/controller/nb/v2/neutron/"

static const NetMac client = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x03 } };
static const OdlLease lease = { .server_mac = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x05 } },
                                .server_ip = 0x0a000005,
                                .your_ip = 0x0a00000d,
                                .mask = 0xffffff00,
                                .router = 0x0a000001 };

/* A message of this type with up to two options; parsed from bytes, as one that came. */
static NetDhcp
message_of (OdlBench *bench, NetDhcpType type, NetIpv4 requested, NetIpv4 server, NetFrame **frame)
{
  NetDhcp fixed = { .op = 1, .type = type, .xid = 0x11223344, .client_mac = client }, parsed;
  NetDhcpBuilder builder;

  net_dhcp_begin (&builder, &fixed);
  if (requested)
    net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_REQUESTED_IP, requested);
  if (server)
    net_dhcp_add_be32 (&builder, NET_DHCP_OPTION_SERVER_ID, server);
  *frame = net_dhcp_finish (&builder, bench->odl->world->frames);
  g_assert (net_dhcp_parse (net_frame_bytes (*frame), (*frame)->length, &parsed) == NET_DROP_NONE);
  return parsed;
}

/* The answer's DHCP type, 0 without an answer. */
static guint
answer_type (OdlBench *bench, NetDhcpType type, NetIpv4 requested, NetIpv4 server)
{
  NetFrame *asked;
  NetDhcp message = message_of (bench, type, requested, server, &asked);
  NetFrame *answer = odl_dhcp_answer (&lease, &message, bench->odl->world->frames);
  guint got = answer ? net_frame_bytes (answer)[14 + 20 + 8 + 236 + 4 + 2] : 0; /* option 53 comes first */

  net_frame_unref (answer);
  net_frame_unref (asked);
  return got;
}

static void
test_decisions (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);

  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_DISCOVER, 0, 0), NET_DHCP_OFFER);
  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_REQUEST, 0x0a00000d, 0x0a000005), NET_DHCP_ACK);
  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_REQUEST, 0x0a000063, 0x0a000005), NET_DHCP_NAK);
  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_REQUEST, 0x0a00000d, 0x0a000006), 0);
  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_INFORM, 0, 0), NET_DHCP_ACK);
  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_RELEASE, 0, 0), 0);
  CU_ASSERT_EQUAL (answer_type (bench, NET_DHCP_DECLINE, 0x0a00000d, 0x0a000005), 0);
}

static void
test_offer_bytes (void)
{
  g_autoptr (OdlBench) bench = odl_bench_new (NULL);
  NetFrame *asked;
  NetDhcp message = message_of (bench, NET_DHCP_DISCOVER, 0, 0, &asked);
  NetFrame *answer = odl_dhcp_answer (&lease, &message, bench->odl->world->frames);
  const guint8 *bytes = net_frame_bytes (answer);

  TAP_ASSERT_BYTES (bytes, 14,                           /* Ethernet */
                    0xfa, 0x16, 0x3e, 0x00, 0x00, 0x03,  /* to the client */
                    0xfa, 0x16, 0x3e, 0x00, 0x00, 0x05,  /* from the server */
                    0x08, 0x00);                         /* IPv4 */
  TAP_ASSERT_BYTES (bytes + 26, 8,                       /* IPv4 addresses */
                    10, 0, 0, 5, 10, 0, 0, 13);          /* server, yiaddr: no broadcast flag */
  TAP_ASSERT_BYTES (bytes + 34, 4, 0, 67, 0, 68);        /* UDP ports */
  TAP_ASSERT_BYTES (bytes + 42, 8,                       /* BOOTP */
                    2, 1, 6, 0, 0x11, 0x22, 0x33, 0x44); /* reply, Ethernet, xid */
  TAP_ASSERT_BYTES (bytes + 42 + 12, 16,                 /* ciaddr, yiaddr, siaddr, giaddr */
                    0, 0, 0, 0, 10, 0, 0, 13, 10, 0, 0, 5, 0, 0, 0, 0);
  TAP_ASSERT_BYTES (bytes + 42 + 236, 4 + 3 + 6 * 7 + 1, /* */
                    0x63, 0x82, 0x53, 0x63,              /* magic cookie */
                    53, 1, 2,                            /* OFFER */
                    54, 4, 10, 0, 0, 5,                  /* server identifier */
                    51, 4, 0x00, 0x01, 0x51, 0x80,       /* lease 86,400 s */
                    58, 4, 0x00, 0x00, 0xa8, 0xc0,       /* T1 43,200 s */
                    59, 4, 0x00, 0x01, 0x27, 0x50,       /* T2 75,600 s */
                    1, 4, 255, 255, 255, 0,              /* subnet mask */
                    28, 4, 10, 0, 0, 255,                /* broadcast address */
                    3, 4, 10, 0, 0, 1,                   /* router */
                    255);                                /* end */
  net_frame_unref (answer);
  net_frame_unref (asked);
}

/* ---- leases -------------------------------------------------------------------------------------------------- */

static OdlBench *
begin_network (const char *bugs, const char *subnet)
{
  OdlBench *bench = odl_bench_new (bugs);

  odl_bench_network (bench, "n1", 100);
  odl_bench_post (bench, "subnets", "{'subnet': {'id': 's1', 'network_id': 'n1', 'cidr': '10.0.0.0/24', %s}}",
                  subnet);
  odl_bench_post (
      bench, "ports",
      "{'port': {'id': 'p3', 'network_id': 'n1', 'mac_address': 'fa:16:3e:00:00:03',"
      " 'binding:vnic_type': 'direct', 'fixed_ips': [{'subnet_id': 's1', 'ip_address': '10.0.0.13'}]}}");
  return bench;
}

static gboolean
find_lease (OdlBench *bench, OdlLease *out)
{
  return odl_dhcp_find_lease (&bench->odl->neutron, odl_neutron_port (&bench->odl->neutron, "p3"), out);
}

static void
test_leases (void)
{
  g_autoptr (OdlBench) bench = begin_network (NULL, "'gateway_ip': '10.0.0.1', 'enable_dhcp': true");
  g_autoptr (OdlBench) disabled = begin_network (NULL, "'gateway_ip': '10.0.0.1', 'enable_dhcp': false");
  OdlLease found;

  CU_ASSERT_TRUE (find_lease (bench, &found));
  CU_ASSERT_EQUAL (found.server_ip, 0x0a000001);
  CU_ASSERT_EQUAL (found.your_ip, 0x0a00000d);
  odl_bench_post (
      bench, "ports",
      "{'port': {'id': 'dhcp', 'network_id': 'n1', 'mac_address': 'fa:16:3e:00:00:05', 'device_owner':"
      " 'network:dhcp', 'fixed_ips': [{'subnet_id': 's1', 'ip_address': '10.0.0.5'}]}}");
  CU_ASSERT_TRUE (find_lease (bench, &found));
  CU_ASSERT_EQUAL (found.server_ip, 0x0a000005);
  CU_ASSERT_EQUAL (net_mac_to_u64 (&found.server_mac), G_GUINT64_CONSTANT (0xfa163e000005));
  CU_ASSERT_FALSE (find_lease (disabled, &found));
}

/* ---- designated computes ------------------------------------------------------------------------------------- */

#define PUNT "cookie=0x6800000,table=18,priority=50,udp,dl_src=fa:16:3e:00:00:03,tp_src=68,tp_dst=67,"

static OdlBench *
begin_designation (const char *bugs, OdlHwvtep **tor)
{
  OdlBench *bench = begin_network (bugs, "'gateway_ip': '10.0.0.1'");
  NetMac mac = client;

  bench->odl->options.dhcp_enabled = TRUE;
  odl_bench_zone (bench, "1 192.168.10.1 2 192.168.10.2");
  *tor = odl_bench_tor (bench, "tor1", "192.168.10.50");
  odl_bench_gateway (bench);
  odl_bench_tunnel_up (bench, 1, (*tor)->node_id, 11);
  odl_bench_tunnel_up (bench, 2, (*tor)->node_id, 11);
  odl_bench_run (bench, NET_SEC);
  odl_bench_connect (bench, 7);
  odl_bench_run (bench, NET_SEC);
  odl_l2gw_mac_reported (bench->odl, *tor, "n1", &mac);
  odl_bench_run (bench, NET_SEC);
  return bench;
}

/* No compute has an interface of the network: one is designated all the same, and TORs flood to it. */
static void
test_designation (void)
{
  OdlHwvtep *tor;
  g_autoptr (OdlBench) bench = begin_designation (NULL, &tor);
  const GArray *flood = odl_hwvtep_flood (tor, "n1");
  const OdlTunnel *tunnel = odl_itm_external_tunnel (bench->odl, 1, tor->node_id);

  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, PUNT "actions=CONTROLLER:65535"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 2, PUNT "actions=drop"));
  CU_ASSERT_EQUAL (flood->len, 1);
  CU_ASSERT_EQUAL (g_array_index (flood, NetIpv4, 0), 0xc0a80a01);
  odl_interface_of_port_removed (bench->odl, 1, tunnel->port_name);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, PUNT "actions=drop"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 2, PUNT "actions=CONTROLLER:65535"));
  odl_interface_of_port_added (bench->odl, 1, tunnel->port_name, 11);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 2, PUNT "actions=CONTROLLER:65535"));
}

static void
test_port_deleted (void)
{
  OdlHwvtep *tor;
  g_autoptr (OdlBench) bench = begin_designation (NULL, &tor);

  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "ports/p3", NULL), 204);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_FALSE (odl_bench_compute_has (bench, 1, PUNT "actions=CONTROLLER:65535"));
  CU_ASSERT_FALSE (odl_bench_compute_has (bench, 2, PUNT "actions=drop"));
}

/* A client of the same address on network n2 (VNI 200), behind the same TOR, for which the other compute is designated. */
static void
add_namesake (OdlBench *bench, OdlHwvtep *tor)
{
  NetMac mac = client;

  odl_bench_network (bench, "n2", 200);
  odl_bench_post (bench, "ports",
                  "{'port': {'id': 'p4', 'network_id': 'n2', 'mac_address': 'fa:16:3e:00:00:03',"
                  " 'binding:vnic_type': 'direct'}}");
  odl_bench_post (
      bench, "l2gateway-connections",
      "{'l2gateway_connection': {'id': 'c2', 'network_id': 'n2', 'gateway_id': 'g1', 'segmentation_id': 8}}");
  odl_bench_run (bench, NET_SEC);
  odl_l2gw_mac_reported (bench->odl, tor, "n2", &mac);
  odl_bench_run (bench, NET_SEC);
}

#define OF_N1                                                                                                \
  "cookie=0x6800000,table=18,priority=50,udp,tun_id=0x64,dl_src=fa:16:3e:00:00:03,tp_src=68,tp_dst=67,"
#define OF_N2                                                                                                \
  "cookie=0x6800000,table=18,priority=50,udp,tun_id=0xc8,dl_src=fa:16:3e:00:00:03,tp_src=68,tp_dst=67,"

static void
test_same_mac (void)
{
  OdlHwvtep *tor;
  g_autoptr (OdlBench) bench = begin_designation (NULL, &tor);

  add_namesake (bench, tor);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, PUNT "actions=drop"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 2, PUNT "actions=CONTROLLER:65535"));
}

static void
test_same_mac_fixed (void)
{
  OdlHwvtep *tor;
  g_autoptr (OdlBench) bench = begin_designation ("-dhcp-same-mac", &tor);

  add_namesake (bench, tor);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, OF_N1 "actions=CONTROLLER:65535"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 2, OF_N1 "actions=drop"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, OF_N2 "actions=drop"));
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 2, OF_N2 "actions=CONTROLLER:65535"));
  CU_ASSERT_EQUAL (odl_bench_request (bench, "DELETE", NEUTRON "ports/p4", NULL), 204);
  odl_bench_run (bench, NET_SEC);
  CU_ASSERT_TRUE (odl_bench_compute_has (bench, 1, OF_N1 "actions=CONTROLLER:65535"));
  CU_ASSERT_FALSE (odl_bench_compute_has (bench, 2, OF_N2 "actions=CONTROLLER:65535"));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a discover is offered, the own address acknowledged, another refused, another server's left alone",
      test_decisions },
    { "an offer is a whole frame with lease, mask and router", test_offer_bytes },
    { "the server is the subnet's DHCP port, or else its gateway; no DHCP, no lease", test_leases },
    { "one compute punts for a TOR and network, the others drop; it changes only when its tunnel goes",
      test_designation },
    { "with the port its punting flows go", test_port_deleted },
    { "bug dhcp-same-mac: of two networks' clients of one address the last has table 18's flow",
      test_same_mac },
    { "without it each network's client has a flow of its own", test_same_mac_fixed },
    { NULL, NULL },
  };

  return tap_main ("odl-dhcp", tests);
}

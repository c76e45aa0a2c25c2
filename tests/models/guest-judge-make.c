/* Writes a trace for outside judges: the actions of use case 2's reference run, by guests on SR-IOV cards that are
 * joined back to back, and some that the reference has not (IPv6, UDP, a renewed lease). */
#include "models/dhcp/dhcp-server.h"
#include "models/guest/guest.h"
#include "models/nic/nic.h"
#include "sim/link.h"
#include "sim/pcapng.h"

#include <stdio.h>

static const NetIpv4 ip_vm1 = 0x0a00000b, ip_vm2 = 0x0a00000c;

typedef struct
{
  SimNetwork *network;
  NicHost *near, *far;
  NicPf *near_pf, *far_pf;
  Guest *vm1, *vm2, *vm3;
} Lab;

static NetMac
mac_of (guint8 last)
{
  return (NetMac){ { 0xfa, 0x16, 0x3e, 0, 0, last } };
}

static void
plug (NicHost *host, NicPf *pf, guint vf, SimNode *node, guint8 last)
{
  NetMac mac = mac_of (last);
  g_autoptr (GError) error = NULL;

  sim_link_new ((SimEnd){ nic_host_node (host), nic_pf_vf_port (pf, vf) }, (SimEnd){ node, 0 },
                (SimLinkConfig[2]){ { 0 }, { 0 } });
  if (!nic_vf_set_mac (pf, vf, &mac, &error) || !nic_vf_set_vlan (pf, vf, 2901, 0, &error)
      || !nic_vf_load_driver (pf, vf, &mac, &error))
    g_error ("%s", error->message);
}

static Guest *
guest (Lab *lab, const char *name, guint8 last, NetIpv4 ip)
{
  GuestConfig config = { .mac = mac_of (last),
                         .ipv4 = ip,
                         .prefix_length = 24,
                         .has_ipv6 = TRUE,
                         .ipv6 = { .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = last } },
                         .ipv6_prefix_length = 64 };
  Guest *made = guest_new (lab->network, name, &config);
  guest_start (made);
  return made;
}

static void
join_groups (NicPf *pf, guint vf, Guest *made)
{
  NetMac groups[GUEST_GROUPS_MAX];
  for (guint i = 0; i < guest_groups (made, groups); i++)
    nic_vf_request_group (pf, vf, &groups[i], NULL);
}

static void
build (Lab *lab)
{
  DhcpServer *server;
  NetMac mac = mac_of (0x12);
  SimLinkConfig wire = { .rate_bps = 10 * SIM_GBIT, .delay_ns = 1 * SIM_USEC };

  lab->near = nic_host_new (lab->network, "server2");
  lab->near_pf = nic_host_add_pf (lab->near, "em1", &(NicPfConfig){ .n_vfs = 2 });
  lab->far = nic_host_new (lab->network, "server3");
  lab->far_pf = nic_host_add_pf (lab->far, "em1", &(NicPfConfig){ .n_vfs = 2 });
  lab->vm1 = guest (lab, "vm1", 0x11, ip_vm1);
  lab->vm2 = guest (lab, "vm2", 0x12, 0);
  lab->vm3 = guest (lab, "vm3", 0x13, 0x0a00000d);
  server = dhcp_server_new (
      lab->network, "qdhcp",
      &(DhcpServerConfig){ .mac = mac_of (0x02), .ip = 0x0a000002, .prefix_length = 24, .mtu = 1450 });
  dhcp_server_set_host (server, &mac, ip_vm2);
  plug (lab->near, lab->near_pf, 0, guest_node (lab->vm2), 0x12);
  plug (lab->near, lab->near_pf, 1, guest_node (lab->vm3), 0x13);
  plug (lab->far, lab->far_pf, 0, guest_node (lab->vm1), 0x11);
  plug (lab->far, lab->far_pf, 1, dhcp_server_node (server), 0x02);
  join_groups (lab->far_pf, 0, lab->vm1);
  sim_link_new ((SimEnd){ nic_host_node (lab->near), nic_pf_wire_port (lab->near_pf) },
                (SimEnd){ nic_host_node (lab->far), nic_pf_wire_port (lab->far_pf) },
                (SimLinkConfig[2]){ wire, wire });
}

static void
until (Lab *lab, gint64 time_ns)
{
  sim_clock_run (sim_network_clock (lab->network), time_ns);
}

/* Times as in the reference run. */
static void
act (Lab *lab)
{
  GuestPing ping = { .count = 3, .interval_ns = 300 * SIM_MSEC, .payload_bytes = 56 };
  NetIpv6 ip6 = { .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x11 } };

  until (lab, 5006 * SIM_MSEC);
  guest_dhcp_start (lab->vm2, NULL);
  until (lab, 6280 * SIM_MSEC);
  ping.to = guest_ip_v4 (ip_vm2);
  guest_ping (lab->vm1, &ping);
  until (lab, 6905 * SIM_MSEC);
  guest_flush_neighbors (lab->vm2);
  ping.to = guest_ip_v4 (ip_vm1);
  guest_ping (lab->vm2, &ping);
  until (lab, 8467 * SIM_MSEC);
  guest_arping (lab->vm2, &(GuestArping){ .to = ip_vm1, .count = 2, .padding = 16 });
  until (lab, 9900 * SIM_MSEC);
  ping.to = guest_ip_v6 (&ip6);
  guest_ping (lab->vm2, &ping);
  guest_udp_send (lab->vm2, &(GuestUdp){ .to = guest_ip_v4 (ip_vm1),
                                         .source_port = 5000,
                                         .destination_port = 7,
                                         .payload_bytes = 10 });
  until (lab, 50000 * SIM_SEC);
}

static void
write_bytes (const guint8 *bytes, gsize n, gpointer user)
{
  fwrite (bytes, 1, n, user);
}

int
main (int argc, char **argv)
{
  FILE *file = argc == 2 ? fopen (argv[1], "wb") : NULL;
  g_autoptr (SimTrace) trace = sim_trace_new ();
  SimPcapngWriter *writer;
  Lab lab = { 0 };

  if (!file)
    return 2;
  writer = sim_pcapng_writer_new (write_bytes, file);
  sim_trace_subscribe (trace, sim_pcapng_writer_hear, writer);
  sim_trace_emit (trace, &(SimTraceRecord){ .kind = SIM_TRACE_SECTION,
                                            .section = { .scenario = "guest-judge", .version = "test" } });
  lab.network = sim_network_new (1);
  sim_network_set_trace (lab.network, trace);
  build (&lab);
  act (&lab);
  sim_network_free (lab.network);
  sim_pcapng_writer_free (writer);
  return fclose (file) == 0 ? 0 : 1;
}

/* SR-IOV servers with guests on their VFs: frames on the wire and at the guests. */
#include "guest-bench.h"
#include "models/guest/guest.h"
#include "models/nic/nic.h"

#include <string.h>

static const NetMac mac_vm3 = { { 0xfa, 0x16, 0x3e, 0, 0, 0x13 } };
static const NetIpv4 ip_vm3 = 0x0a00000d;

typedef struct
{
  Bench *bench;
  NicPf *em1;
  Guest *vm2, *vm3; /* on VFs 0 and 1 */
  Guest *vm1;       /* at the other end of the wire */
} Server;

static Guest *
guest_at (Bench *bench, const char *name, const NetMac *mac, NetIpv4 ip)
{
  Guest *guest
      = guest_new (bench->network, name, &(GuestConfig){ .mac = *mac, .ipv4 = ip, .prefix_length = 24 });
  guest_start (guest);
  return guest;
}

static Guest *
guest_on_vf (Bench *bench, NicPf *pf, guint vf, SimNode *host, const char *name, const NetMac *mac,
             NetIpv4 ip)
{
  Guest *guest = guest_at (bench, name, mac, ip);
  bench_link (host, nic_pf_vf_port (pf, vf), guest_node (guest), 0, 0);
  CU_ASSERT_TRUE (nic_vf_set_mac (pf, vf, mac, NULL));
  CU_ASSERT_TRUE (nic_vf_load_driver (pf, vf, mac, NULL));
  return guest;
}

/* Without port VLANs, so that the guest on the wire, which knows no tags, is in their network. */
static Server
server_new (NicMode mode)
{
  Server server = { .bench = bench_new (1) };
  NicHost *host = nic_host_new (server.bench->network, "server2");
  SimNode *node = nic_host_node (host);

  server.em1 = nic_host_add_pf (host, "em1", &(NicPfConfig){ .n_vfs = 3, .mode = mode });
  CU_ASSERT_PTR_EQUAL (nic_host_find_pf (host, "em1"), server.em1);
  CU_ASSERT_EQUAL (sim_node_find_port (node, "em1v2"), nic_pf_vf_port (server.em1, 2));
  server.vm2 = guest_on_vf (server.bench, server.em1, 0, node, "vm2", &mac_vm2, ip_vm2);
  server.vm3 = guest_on_vf (server.bench, server.em1, 1, node, "vm3", &mac_vm3, ip_vm3);
  server.vm1 = guest_at (server.bench, "vm1", &mac_vm1, ip_vm1);
  bench_link (node, nic_pf_wire_port (server.em1), guest_node (server.vm1), 0, 1 * SIM_USEC);
  return server;
}

static void
ping (Guest *guest, NetIpv4 to)
{
  guest_ping (guest, &(GuestPing){ .to = guest_ip_v4 (to), .count = 1, .payload_bytes = 56 });
}

static void
neighbours_on_one_card_talk_inside_it (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;

  ping (server.vm2, ip_vm3);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply 10.0.0.13 1 "), 1);
  /* Only the broadcast question reaches the wire. */
  CU_ASSERT_EQUAL (bench_n_sent (bench, "server2/em1"), 1);
  CU_ASSERT_EQUAL (bench_sent (bench, "server2/em1", 0)->length, 42);
}

static void
the_wire_is_reached_and_answers (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;

  ping (server.vm2, ip_vm1);
  ping (server.vm1, ip_vm3);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply 10.0.0.11 1 "), 1);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping reply 10.0.0.13 1 "), 1);
}

static void
the_port_vlan_is_on_the_wire_and_nowhere_else (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;

  CU_ASSERT_TRUE (nic_vf_set_vlan (server.em1, 0, 2901, 0, NULL));
  CU_ASSERT_TRUE (nic_vf_set_vlan (server.em1, 1, 2901, 0, NULL));
  ping (server.vm2, ip_vm3);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply 10.0.0.13 1 "), 1);
  bench_expect (bench, "server2/em1", 0, FALSE,
                "ffffffffffff fa163e000012 8100 0b55 0806" /* VLAN 2901, priority 0 */
                "0001 0800 06 04 0001 fa163e000012 0a00000c 000000000000 0a00000d");
  bench_expect (bench, "server2/em1v1", 0, FALSE,
                "ffffffffffff fa163e000012 0806"
                "0001 0800 06 04 0001 fa163e000012 0a00000c 000000000000 0a00000d");
  CU_ASSERT_EQUAL (bench_n_sent (bench, "server2/em1v2"), 0);
}

static void
vepa_neighbours_need_a_reflecting_bridge (void)
{
  Server server = server_new (NIC_VEPA);
  g_autoptr (Bench) bench = server.bench;

  ping (server.vm2, ip_vm3);
  bench_run (bench, 5 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping unreachable"), 1);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "server2/em1"), 3);
  nic_pf_set_mode (server.em1, NIC_VEB);
  ping (server.vm2, ip_vm3);
  bench_run (bench, 6 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply"), 1);
}

static void
a_refused_frame_is_dropped_at_the_vf_it_came_from (void)
{
  static const guint8 forged[] = { 0xfa, 0x16, 0x3e, 0, 0, 0x13, 2, 0, 0, 0, 0, 9, 0x08, 0x00, 1, 2, 3, 4 };
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;

  guest_send_frame (server.vm2, forged, sizeof forged);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "server2/em1v0", NET_DROP_SPOOF_MAC), 1);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "server2/em1v1"), 0);
}

static void
a_limited_vf_sends_at_its_rate (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;
  guint8 bytes[1250] = { 0xfa, 0x16, 0x3e, 0, 0, 0x11, 0xfa, 0x16, 0x3e, 0, 0, 0x12, 0x88, 0xb5 };

  CU_ASSERT_TRUE (nic_vf_set_rate (server.em1, 0, 0, 100, NULL));
  bench_run (bench, 1 * SIM_SEC);
  for (guint i = 0; i < 600; i++)
    guest_send_frame (server.vm2, bytes, sizeof bytes);
  bench_run (bench, 2 * SIM_SEC);
  /* 1250 bytes take 100 us at 100 Mbit/s; one goes at once and 512 wait. */
  CU_ASSERT_EQUAL (bench_n_sent (bench, "server2/em1"), 513);
  CU_ASSERT_EQUAL (bench_sent (bench, "server2/em1", 0)->time_ns, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_sent (bench, "server2/em1", 512)->time_ns, 1 * SIM_SEC + 512 * 100 * SIM_USEC);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "server2/em1v0", NET_DROP_QUEUE_FULL), 87);
}

static void
a_cable_pulled_silences_the_vfs_and_lifts_the_limits (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;
  SimLink *wire = sim_node_port (guest_node (server.vm1), 0)->link;

  CU_ASSERT_TRUE (nic_vf_set_rate (server.em1, 0, 0, 100, NULL));
  sim_link_set_up (wire, FALSE);
  ping (server.vm2, ip_vm3);
  bench_run (bench, 100 * SIM_MSEC);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "server2/em1v0", NET_DROP_LINK_DOWN), 1);
  CU_ASSERT_EQUAL (nic_pf_vf (server.em1, 0)->max_tx_mbps, 0);
  sim_link_set_up (wire, TRUE);
  bench_run (bench, 2 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply 10.0.0.13 1 "), 1);
}

static void
no_bytes_do_harm (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;
  SimRandom random;
  guint8 bytes[64];

  CU_ASSERT_TRUE (nic_vf_set_spoofchk (server.em1, 0, FALSE, NULL));
  CU_ASSERT_TRUE (nic_vf_set_vlan (server.em1, 1, 0, 3, NULL)); /* priority tags alone */
  sim_random_init (&random, 1, "bytes");
  for (guint i = 0; i < 5000; i++)
    {
      guint length = 14 + (guint) sim_random_below (&random, sizeof bytes - 13);
      sim_random_bytes (&random, bytes, sizeof bytes);
      if (i % 2)
        memcpy (bytes, &mac_vm3, 6);
      if (i % 3)
        {
          bytes[12] = i % 2 ? 0x81 : 0x88;
          bytes[13] = i % 2 ? 0x00 : 0xa8;
        }
      guest_send_frame (i % 5 ? server.vm2 : server.vm1, bytes, length);
      bench_run (bench, (gint64) i * SIM_USEC);
    }
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_TRUE (bench_n_sent (bench, "server2/em1v1") > 100);
}

static void
ipv6_works_for_who_joined_its_groups (void)
{
  g_autoptr (Bench) bench = bench_new (1);
  NicHost *host = nic_host_new (bench->network, "server2");
  NicPf *em1 = nic_host_add_pf (host, "em1", &(NicPfConfig){ .n_vfs = 2 });
  Guest *wire = guest_new (bench->network, "wire", &(GuestConfig){ .mac = mac_vm1 });
  NetMac groups[GUEST_GROUPS_MAX];
  Guest *guests[2];
  GuestIp to;

  bench_link (nic_host_node (host), nic_pf_wire_port (em1), guest_node (wire), 0, 0);
  for (guint i = 0; i < 2; i++)
    {
      GuestConfig config = { .mac = i ? mac_vm3 : mac_vm2, .has_ipv6 = TRUE, .ipv6_prefix_length = 64 };
      CU_ASSERT_TRUE (net_ipv6_from_text (i ? "2001:db8::13" : "2001:db8::12", &config.ipv6));
      guests[i] = guest_new (bench->network, i ? "vm3" : "vm2", &config);
      bench_link (nic_host_node (host), nic_pf_vf_port (em1, i), guest_node (guests[i]), 0, 0);
      CU_ASSERT_TRUE (nic_vf_load_driver (em1, i, &config.mac, NULL));
      guest_start (guests[i]);
    }
  CU_ASSERT_TRUE (guest_ip_from_text ("2001:db8::13", &to));
  guest_ping (guests[0], &(GuestPing){ .to = to, .count = 1 });
  bench_run (bench, 5 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping unreachable"), 1);
  for (guint i = 0; i < guest_groups (guests[1], groups); i++)
    CU_ASSERT_TRUE (nic_vf_request_group (em1, 1, &groups[i], NULL));
  guest_ping (guests[0], &(GuestPing){ .to = to, .count = 1 });
  bench_run (bench, 6 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply"), 1);
}

static void
settings_are_told_as_ip_link_shows_them (void)
{
  Server server = server_new (NIC_VEB);
  g_autoptr (Bench) bench = server.bench;

  bench_forget (bench);
  CU_ASSERT_TRUE (nic_vf_set_vlan (server.em1, 0, 2901, 3, NULL));
  CU_ASSERT_STRING_EQUAL (bench_state (bench, "server2 vf change em1v0"),
                          "server2 vf change em1v0 {\"mac\":\"fa:16:3e:00:00:12\",\"vlan\":2901,\"qos\":3,"
                          "\"spoofchk\":\"on\",\"trust\":\"off\",\"link_state\":\"auto\",\"max_tx_rate\":0,"
                          "\"min_tx_rate\":0}");
  CU_ASSERT_FALSE (nic_vf_set_vlan (server.em1, 0, 5000, 0, NULL));
  CU_ASSERT_EQUAL (bench_n_states (bench, "server2 vf change"), 1);
}

static void
two_cards_do_not_mix (void)
{
  g_autoptr (Bench) bench = bench_new (1);
  NicHost *host = nic_host_new (bench->network, "server2");
  NicPf *em1 = nic_host_add_pf (host, "em1", &(NicPfConfig){ .n_vfs = 2 });
  NicPf *em2 = nic_host_add_pf (host, "em2", &(NicPfConfig){ .n_vfs = 2, .host_port = TRUE });
  Guest *vm2 = guest_on_vf (bench, em1, 0, nic_host_node (host), "vm2", &mac_vm2, ip_vm2);
  Guest *vm3 = guest_on_vf (bench, em2, 0, nic_host_node (host), "vm3", &mac_vm3, ip_vm3);

  (void) vm3;
  CU_ASSERT_EQUAL (nic_pf_host_port (em1), NET_PORT_NONE);
  CU_ASSERT_EQUAL (sim_node_find_port (nic_host_node (host), "em2host"), nic_pf_host_port (em2));
  bench_link (nic_host_node (host), nic_pf_wire_port (em1), nic_host_node (host), nic_pf_wire_port (em2), 0);
  ping (vm2, ip_vm3);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply 10.0.0.13 1 "), 1);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "server2/em1"), 2);
  /* The broadcast is for the PF too, where nobody is plugged in. */
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "server2/em2host", NET_DROP_NO_CABLE), 1);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "neighbours on one card talk inside it; only the broadcast leaves",
      neighbours_on_one_card_talk_inside_it },
    { "the wire is reached and reaches in", the_wire_is_reached_and_answers },
    { "the port VLAN is on the wire and nowhere else", the_port_vlan_is_on_the_wire_and_nowhere_else },
    { "VEPA neighbours need a reflecting bridge", vepa_neighbours_need_a_reflecting_bridge },
    { "a refused frame is dropped at the VF it came from",
      a_refused_frame_is_dropped_at_the_vf_it_came_from },
    { "a limited VF sends at its rate, and its ring is finite", a_limited_vf_sends_at_its_rate },
    { "a pulled cable silences the VFs and lifts their limits",
      a_cable_pulled_silences_the_vfs_and_lifts_the_limits },
    { "no bytes do harm", no_bytes_do_harm },
    { "IPv6 works for guests whose groups the card was told", ipv6_works_for_who_joined_its_groups },
    { "settings are told as ip link shows them", settings_are_told_as_ip_link_shows_them },
    { "two cards of a server do not mix", two_cards_do_not_mix },
    { NULL, NULL },
  };
  return tap_main ("nic", tests);
}

/* What a guest takes, refuses and says by itself: IPv4 routes and sizes, UDP, IPv6, announcements, and its end. */
#include "guest-bench.h"

#include <string.h>

static void
what_is_not_for_a_guest_is_dropped_with_a_reason (void)
{
  static const guint8 to_another[] = { 2, 0, 0, 0, 0, 9, 0xfa, 0x16, 0x3e, 0, 0, 0x11, 0x08, 0x00, 0x45, 0 };
  static const guint8 cut[]
      = { 0xfa, 0x16, 0x3e, 0, 0, 0x12, 0xfa, 0x16, 0x3e, 0, 0, 0x11, 0x08, 0x00, 0x45, 0 };
  static const guint8 tagged[] = { 0xfa, 0x16, 0x3e, 0,    0,    0x12, 0xfa, 0x16, 0x3e, 0,
                                   0,    0x11, 0x81, 0x00, 0x0b, 0x55, 0x08, 0x00, 0x45 };
  static const guint8 lldp[] = { 1, 0x80, 0xc2, 0, 0, 0x0e, 0xfa, 0x16, 0x3e, 0, 0, 0x11, 0x88, 0xcc, 0, 0 };
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_send_frame (pair.vm1, to_another, sizeof to_another);
  guest_send_frame (pair.vm1, cut, sizeof cut);
  guest_send_frame (pair.vm1, tagged, sizeof tagged);
  guest_send_frame (pair.vm1, lldp, sizeof lldp);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm2/eth0", NET_DROP_NOT_FOR_US), 1);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm2/eth0", NET_DROP_MALFORMED), 1);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm2/eth0", NET_DROP_UNKNOWN_PROTOCOL), 2);
}

static void
off_link_destinations_go_to_the_gateway_or_nowhere (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  ping_once (pair.vm1, 0xc0a80001);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping unreachable 192.168.0.1 1 "), 1);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm1/eth0", NET_DROP_NO_ROUTE), 1);
  guest_set_ipv4 (pair.vm1, ip_vm1, 24, ip_vm2);
  ping_once (pair.vm1, 0xc0a80001);
  bench_run (bench, 1 * SIM_SEC);
  bench_expect (bench, "vm1/eth0", 0, FALSE,
                "ffffffffffff fa163e000011 0806 0001 0800 06 04 0001"
                "fa163e000011 0a00000b 000000000000 0a00000c");
}

static void
a_packet_above_the_mtu_is_refused (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .count = 1, .payload_bytes = 1423 });
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .count = 1, .payload_bytes = 1422 });
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .count = 1, .payload_bytes = G_MAXUINT });
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm1/eth0", NET_DROP_FRAME_TOO_LONG), 2);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping reply"), 1);
  CU_ASSERT_EQUAL (bench_sent (bench, "vm2/eth0", 1)->length, 14 + 1450);
}

static void
a_closed_udp_port_answers_unreachable_and_an_open_one_receives (void)
{
  GuestUdp udp
      = { .to = guest_ip_v4 (ip_vm2), .source_port = 5000, .destination_port = 7, .payload_bytes = 3 };
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();
  const BenchFrame *error;

  bench = pair.bench;
  guest_udp_send (pair.vm1, &udp);
  bench_run (bench, 1 * SIM_SEC);
  error = bench_sent (bench, "vm2/eth0", 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL (error);
  CU_ASSERT_EQUAL (error->length, 14 + 20 + 8 + 31);
  CU_ASSERT_EQUAL (error->bytes[15], 0xc0);      /* TOS */
  TAP_ASSERT_BYTES (error->bytes + 34, 2, 3, 3); /* destination unreachable, port */
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 icmp unreachable 10.0.0.12 {\"type\":3,\"code\":3}"), 1);
  guest_udp_listen (pair.vm2, 7);
  guest_udp_send (pair.vm1, &udp);
  bench_run (bench, 2 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 udp received 10.0.0.11:5000 > 7 {\"bytes\":3}"), 1);
}

static void
ipv6_guests_find_and_answer_each_other (void)
{
  g_autoptr (Bench) bench = bench_new (1);
  GuestConfig config = { .mac = mac_vm1, .has_ipv6 = TRUE, .ipv6_prefix_length = 64 };
  GuestIp to;
  Guest *vm1, *vm2;

  g_assert_true (net_ipv6_from_text ("2001:db8::11", &config.ipv6));
  vm1 = guest_new (bench->network, "vm1", &config);
  config.mac = mac_vm2;
  g_assert_true (net_ipv6_from_text ("2001:db8::12", &config.ipv6));
  vm2 = guest_new (bench->network, "vm2", &config);
  bench_link (guest_node (vm1), 0, guest_node (vm2), 0, 0);
  guest_start (vm1);
  guest_start (vm2);
  g_assert_true (guest_ip_from_text ("2001:db8::12", &to));
  guest_ping (vm1, &(GuestPing){ .to = to, .count = 1, .payload_bytes = 56 });
  bench_run (bench, 1 * SIM_SEC);
  bench_expect (bench, "vm1/eth0", 0, FALSE,
                "3333ff000012 fa163e000011 86dd" /* solicited-node group */
                "60000000 0020 3a ff"            /* ICMPv6, hop limit 255 */
                "20010db8000000000000000000000011"
                "ff0200000000000000000001ff000012"
                "87 00 e5cf 00000000" /* neighbour solicitation */
                "20010db8000000000000000000000012"
                "01 01 fa163e000011"); /* source link-layer address */
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping reply 2001:db8::12 1 "), 1);
  CU_ASSERT_EQUAL (bench_sent (bench, "vm1/eth0", 1)->length, 118);
  CU_ASSERT_EQUAL (
      bench_n_states (bench,
                      "vm1 nd change 2001:db8::12 {\"mac\":\"fa:16:3e:00:00:12\",\"state\":\"reachable\"}"),
      1);
}

static void
a_guest_that_speaks_no_ipv6_says_nothing_in_it (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();
  GuestIp to;

  bench = pair.bench;
  g_assert_true (guest_ip_from_text ("fe80::1", &to));
  guest_ping (pair.vm1, &(GuestPing){ .to = to, .count = 1 });
  bench_run (bench, 5 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 0);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping unreachable"), 1);
}

static void
an_announcement_asks_for_its_own_address (void)
{
  g_autoptr (Bench) bench = bench_new (1);
  GuestConfig config = {
    .mac = mac_vm1, .ipv4 = ip_vm1, .prefix_length = 24, .announce = TRUE, .announce_every_ns = 10 * SIM_SEC
  };
  Guest *vm1 = guest_new (bench->network, "vm1", &config);
  Guest *vm2 = guest_new (bench->network, "vm2", &(GuestConfig){ .mac = mac_vm2 });

  bench_link (guest_node (vm1), 0, guest_node (vm2), 0, 0);
  guest_start (vm1);
  bench_run (bench, 25 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 3);
  bench_expect (bench, "vm1/eth0", 2, FALSE,
                "ffffffffffff fa163e000011 0806 0001 0800 06 04 0001"
                "fa163e000011 0a00000b 000000000000 0a00000b");
}

static void
a_stopped_guest_does_nothing (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .interval_ns = 100 * SIM_MSEC });
  guest_dhcp_start (pair.vm1, NULL);
  bench_run (bench, 1 * SIM_SEC);
  guest_stop (pair.vm1);
  bench_forget (bench);
  bench_run (bench, 60 * SIM_SEC);
  ping_once (pair.vm1, ip_vm2);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 0);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 guest refused"), 1);
  CU_ASSERT_EQUAL (guest_ipv4 (pair.vm1), 0);
  guest_start (pair.vm1);
  CU_ASSERT_EQUAL (guest_ipv4 (pair.vm1), ip_vm1);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "what is not for a guest is dropped with a reason", what_is_not_for_a_guest_is_dropped_with_a_reason },
    { "destinations off the link go to the gateway, or are unreachable without one",
      off_link_destinations_go_to_the_gateway_or_nowhere },
    { "a packet above the MTU is refused, one of the MTU is not", a_packet_above_the_mtu_is_refused },
    { "a closed UDP port answers unreachable, an open one receives",
      a_closed_udp_port_answers_unreachable_and_an_open_one_receives },
    { "IPv6 guests find each other by solicitation and answer echo", ipv6_guests_find_and_answer_each_other },
    { "a guest without an IPv6 address says nothing in it", a_guest_that_speaks_no_ipv6_says_nothing_in_it },
    { "an announcement is a request for its own address, repeated as told",
      an_announcement_asks_for_its_own_address },
    { "a stopped guest sends nothing and forgets its address", a_stopped_guest_does_nothing },
    { NULL, NULL },
  };
  return tap_main ("guest-ip", tests);
}

/* A guest and its DHCP server.  The literal frames are those of ISC dhclient and dnsmasq, as captured; of them only the
 * transaction id, drawn at random, and with it the UDP checksum are ours. */
#include "guest-bench.h"
#include "models/dhcp/dhcp-server.h"
#include "models/guest/guest.h"

#include <string.h>

static const NetMac mac_dhcp = { { 0xfa, 0x16, 0x3e, 0, 0, 0x02 } };
static const NetIpv4 ip_dhcp = 0x0a000002;

typedef struct
{
  Bench *bench;
  Guest *vm2;
  DhcpServer *server;
} Served;

static Served
served_new (void)
{
  Served served = { .bench = bench_new (1) };

  served.vm2 = guest_new (served.bench->network, "vm2", &(GuestConfig){ .mac = mac_vm2, .mtu = 1500 });
  served.server = dhcp_server_new (
      served.bench->network, "qdhcp",
      &(DhcpServerConfig){ .mac = mac_dhcp, .ip = ip_dhcp, .prefix_length = 24, .mtu = 1450 });
  dhcp_server_set_host (served.server, &mac_vm2, ip_vm2);
  bench_link (guest_node (served.vm2), 0, dhcp_server_node (served.server), 0, 10 * SIM_USEC);
  guest_start (served.vm2);
  return served;
}

/* BOOTP fields from chaddr's padding to the cookie: zero. */
#define ZEROS_16 "00000000000000000000000000000000"
#define ZEROS_192                                                                                            \
  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
#define UNNAMED "00000000000000000000" ZEROS_192 "63825363"

/* The xid and, as it enters, the UDP checksum are ours. */
static char *
with_xid (const BenchFrame *frame, const char *format)
{
  guint32 xid = (guint32) frame->bytes[46] << 24 | (guint32) frame->bytes[47] << 16
                | (guint32) frame->bytes[48] << 8 | frame->bytes[49];
  guint checksum = (guint) frame->bytes[40] << 8 | frame->bytes[41];
  return g_strdup_printf (format, checksum, xid);
}

static void
expect_message (const Bench *bench, const char *at, guint n, const char *format)
{
  const BenchFrame *frame = bench_sent (bench, at, n);
  g_autofree char *hex = NULL;

  CU_ASSERT_PTR_NOT_NULL_FATAL (frame);
  CU_ASSERT_EQUAL_FATAL (frame->length, 342);
  hex = with_xid (frame, format);
  bench_expect (bench, at, n, strcmp (at, "qdhcp/eth0") == 0, hex);
}

static void
the_dhcp_exchange_is_that_of_the_capture (void)
{
  g_autoptr (Bench) bench = NULL;
  Served served = served_new ();

  bench = served.bench;
  guest_dhcp_start (served.vm2, NULL);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm2/eth0"), 2);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "qdhcp/eth0"), 2);
  expect_message (bench, "vm2/eth0", 0, /* DISCOVER */
                  "ffffffffffff fa163e000012 0800 45 10 0148 0000 0000 80 11 3996 00000000 ffffffff"
                  "0044 0043 0134 %04x 01 01 06 00 %08x 0000 0000 00000000 00000000 00000000 00000000"
                  "fa163e000012" UNNAMED "350101 3704011c031a ff" ZEROS_16 ZEROS_16 ZEROS_16 "00 00");
  expect_message (bench, "qdhcp/eth0", 0, /* OFFER */
                  "fa163e000012 fa163e000002 0800 45 c0 0148 e807 0000 40 11 7cd0 0a000002 0a00000c"
                  "0043 0044 0134 %04x 02 01 06 00 %08x 0000 0000 00000000 0a00000c 0a000002 00000000"
                  "fa163e000012" UNNAMED "350102 36040a000002 330400015180 3a040000a8c0 3b0400012750"
                  "0104ffffff00 1c040a0000ff 03040a000002 1a0205aa ff 00000000000000000000");
  expect_message (bench, "vm2/eth0", 1, /* REQUEST */
                  "ffffffffffff fa163e000012 0800 45 10 0148 0000 0000 80 11 3996 00000000 ffffffff"
                  "0044 0043 0134 %04x 01 01 06 00 %08x 0000 0000 00000000 00000000 00000000 00000000"
                  "fa163e000012" UNNAMED "350103 36040a000002 32040a00000c 3704011c031a ff" ZEROS_16 ZEROS_16
                  "000000000000");
  expect_message (bench, "qdhcp/eth0", 1, /* ACK */
                  "fa163e000012 fa163e000002 0800 45 c0 0148 e808 0000 40 11 7ccf 0a000002 0a00000c"
                  "0043 0044 0134 %04x 02 01 06 00 %08x 0000 0000 00000000 0a00000c 0a000002 00000000"
                  "fa163e000012" UNNAMED "350105 36040a000002 330400015180 3a040000a8c0 3b0400012750"
                  "0104ffffff00 1c040a0000ff 03040a000002 1a0205aa ff 00000000000000000000");
  CU_ASSERT_EQUAL (memcmp (bench_sent (bench, "vm2/eth0", 0)->bytes + 46,
                           bench_sent (bench, "vm2/eth0", 1)->bytes + 46, 4),
                   0);
  CU_ASSERT_EQUAL (guest_ipv4 (served.vm2), ip_vm2);
  CU_ASSERT_EQUAL (guest_mtu (served.vm2), 1450);
  CU_ASSERT_EQUAL (
      bench_n_states (bench, "vm2 address add 10.0.0.12/24 {\"dev\":\"eth0\",\"origin\":\"dhcp\"}"), 1);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 dhcp bound fa:16:3e:00:00:12 "), 1);
}

static void
a_host_name_stands_before_the_wanted_options (void)
{
  g_autoptr (Bench) bench = bench_new (1);
  Guest *vm2 = guest_new (bench->network, "vm2", &(GuestConfig){ .mac = mac_vm2, .hostname = "blue" });
  Guest *vm1 = guest_new (bench->network, "vm1", &(GuestConfig){ .mac = mac_vm1 });

  bench_link (guest_node (vm1), 0, guest_node (vm2), 0, 0);
  guest_start (vm2);
  guest_dhcp_start (vm2, NULL);
  TAP_ASSERT_BYTES (bench_sent (bench, "vm2/eth0", 0)->bytes + 282, 16, 53, 1, 1, 12, 4, 'b', 'l', 'u', 'e',
                    55, 4, 1, 28, 3, 26, 255);
}

static void
the_server_is_a_host_too (void)
{
  g_autoptr (Bench) bench = NULL;
  Served served = served_new ();

  bench = served.bench;
  guest_dhcp_start (served.vm2, NULL);
  bench_run (bench, 4 * SIM_SEC);
  ping_once (served.vm2, ip_dhcp);
  bench_run (bench, 4 * SIM_SEC + 500 * SIM_MSEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply 10.0.0.2 1 "), 1);
  /* It took the client's MAC from the DISCOVER, unconfirmed: five seconds after the OFFER it asks. */
  bench_run (bench, 5 * SIM_SEC + 1 * SIM_MSEC);
  bench_expect (bench, "qdhcp/eth0", bench_n_sent (bench, "qdhcp/eth0") - 1, FALSE,
                "fa163e000012 fa163e000002 0806 0001 0800 06 04 0001"
                "fa163e000002 0a000002 000000000000 0a00000c");
  dhcp_server_stop (served.server);
  ping_once (served.vm2, ip_dhcp);
  bench_run (bench, 6 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply"), 1);
  dhcp_server_start (served.server);
  ping_once (served.vm2, ip_dhcp);
  bench_run (bench, 7 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 ping reply"), 2);
}

static void
the_server_ignores_a_mac_it_was_not_told_of (void)
{
  g_autoptr (Bench) bench = NULL;
  Served served = served_new ();

  bench = served.bench;
  dhcp_server_remove_host (served.server, &mac_vm2);
  guest_dhcp_start (served.vm2, NULL);
  bench_run (bench, 5 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "qdhcp/eth0"), 0);
  CU_ASSERT_EQUAL (bench_n_states (bench, "qdhcp dhcp ignored fa:16:3e:00:00:12 "), 1);
}

static void
a_lease_is_renewed_by_unicast_after_an_arp_question (void)
{
  g_autoptr (Bench) bench = NULL;
  Served served = served_new ();
  const BenchFrame *renewal;

  bench = served.bench;
  guest_dhcp_start (served.vm2, NULL);
  bench_run (bench, 60 * SIM_SEC);
  bench_forget (bench);
  bench_run (bench, 43201 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 dhcp renew"), 1);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 dhcp bound"), 1);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 address"), 0);
  renewal = bench_sent (bench, "vm2/eth0", 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL (renewal);
  if (renewal->length == 42) /* the server's address was forgotten meanwhile */
    renewal = bench_sent (bench, "vm2/eth0", 1);
  CU_ASSERT_EQUAL (renewal->length, 342);
  TAP_ASSERT_BYTES (renewal->bytes, 6, 0xfa, 0x16, 0x3e, 0, 0, 2);
  TAP_ASSERT_BYTES (renewal->bytes + 20, 4, 0x40, 0, 64, 17); /* DF, TTL 64: an ordinary socket */
  TAP_ASSERT_BYTES (renewal->bytes + 26, 8, 10, 0, 0, 12, 10, 0, 0, 2);
  TAP_ASSERT_BYTES (renewal->bytes + 54, 4, 10, 0, 0, 12); /* ciaddr */
  TAP_ASSERT_BYTES (renewal->bytes + 282, 10, 53, 1, 3, 55, 4, 1, 28, 3, 26, 255);
}

static void
a_changed_host_entry_is_refused_and_the_client_starts_over (void)
{
  g_autoptr (Bench) bench = NULL;
  Served served = served_new ();

  bench = served.bench;
  guest_dhcp_start (served.vm2, NULL);
  bench_run (bench, 60 * SIM_SEC);
  dhcp_server_set_host (served.server, &mac_vm2, 0x0a00000d);
  bench_run (bench, 43201 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 dhcp nak"), 1);
  CU_ASSERT_EQUAL (bench_n_states (bench, "qdhcp dhcp nak"), 1);
  CU_ASSERT_EQUAL (guest_ipv4 (served.vm2), 0x0a00000d);
}

static void
a_released_address_is_gone (void)
{
  g_autoptr (Bench) bench = NULL;
  Served served = served_new ();

  bench = served.bench;
  guest_dhcp_start (served.vm2, NULL);
  bench_run (bench, 1 * SIM_SEC);
  guest_dhcp_release (served.vm2);
  bench_run (bench, 100 * SIM_SEC);
  CU_ASSERT_EQUAL (guest_ipv4 (served.vm2), 0);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 dhcp release"), 1);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "the DHCP exchange is the captured one", the_dhcp_exchange_is_that_of_the_capture },
    { "a host name stands before the wanted options", a_host_name_stands_before_the_wanted_options },
    { "the DHCP server answers echo, and asks who its client is after five seconds",
      the_server_is_a_host_too },
    { "the server ignores a MAC that it was not told of", the_server_ignores_a_mac_it_was_not_told_of },
    { "a lease is renewed by unicast from an ordinary socket",
      a_lease_is_renewed_by_unicast_after_an_arp_question },
    { "a client whose static entry changed is refused and starts over",
      a_changed_host_entry_is_refused_and_the_client_starts_over },
    { "a released address is gone", a_released_address_is_gone },
    { NULL, NULL },
  };
  return tap_main ("guest-lease", tests);
}

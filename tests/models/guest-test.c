/* Guests on one cable.  The literal frames are those of real Linux guests and ping, as captured; of them only the IP Identification, drawn at random, and the time stamp in a ping are ours. */
#include "guest-bench.h"
#include "models/guest/guest.h"

#include <string.h>

/* ---- ARP and ping -------------------------------------------------------------------------------------------- */

/* Echo data: seconds 5 and microseconds 7 of the simulated clock, then 10 11 … 37. */
#define PATTERN "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"

static void
sends_what_linux_sends (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();
  const BenchFrame *echo;

  bench = pair.bench;
  bench_run (bench, 5 * SIM_SEC + 7 * SIM_USEC);
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 6 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 2);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm2/eth0"), 2);
  bench_expect (bench, "vm1/eth0", 0, FALSE,
                "ffffffffffff fa163e000011 0806" /* to everybody, ARP */
                "0001 0800 06 04 0001"           /* request */
                "fa163e000011 0a00000b"          /* sender */
                "000000000000 0a00000c");        /* target */
  bench_expect (bench, "vm2/eth0", 0, FALSE,
                "fa163e000011 fa163e000012 0806"
                "0001 0800 06 04 0002"
                "fa163e000012 0a00000c"
                "fa163e000011 0a00000b");
  echo = bench_sent (bench, "vm1/eth0", 1);
  CU_ASSERT_EQUAL_FATAL (echo->length, 98);
  TAP_ASSERT_BYTES (echo->bytes, 18, 0xfa, 0x16, 0x3e, 0, 0, 0x12, 0xfa, 0x16, 0x3e, 0, 0, 0x11, 0x08, 0x00,
                    0x45, 0x00, 0x00, 0x54);
  TAP_ASSERT_BYTES (echo->bytes + 20, 4, 0x40, 0x00, 64, 1); /* DF, TTL, ICMP */
  TAP_ASSERT_BYTES (echo->bytes + 26, 10, 10, 0, 0, 11, 10, 0, 0, 12, 8, 0);
  TAP_ASSERT_BYTES (echo->bytes + 40, 20, 0, 1, /* sequence */
                    5, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x11);
  CU_ASSERT_EQUAL (echo->bytes[97], 0x37);
}

static void
answers_an_echo_as_linux_does (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();
  const BenchFrame *request, *reply;

  bench = pair.bench;
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 1 * SIM_SEC);
  request = bench_sent (bench, "vm1/eth0", 1);
  reply = bench_sent (bench, "vm2/eth0", 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL (request);
  CU_ASSERT_PTR_NOT_NULL_FATAL (reply);
  CU_ASSERT_EQUAL_FATAL (reply->length, 98);
  TAP_ASSERT_BYTES (reply->bytes + 20, 4, 0x00, 0x00, 64, 1); /* DF is clear */
  TAP_ASSERT_BYTES (reply->bytes + 26, 10, 10, 0, 0, 12, 10, 0, 0, 11, 0, 0);
  CU_ASSERT_EQUAL (memcmp (reply->bytes + 38, request->bytes + 38, 60), 0); /* id, sequence, data */
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping sent 10.0.0.12 1 "), 1);
  CU_ASSERT_PTR_NOT_NULL (strstr (bench_state (bench, "vm1 ping reply 10.0.0.12 1 "),
                                  "\"rtt_ns\":400000,\"ttl\":64,\"bytes\":64}"));
}

/* A real echo request of VM1 to VM2 from the capture, byte for byte. */
static void
answers_a_captured_request_with_the_captured_reply (void)
{
  static const guint8 request[] = {
    0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11, 0x08, 0x00, 0x45, 0x00, 0x00,
    0x54, 0x9f, 0x93, 0x40, 0x00, 0x40, 0x01, 0x86, 0xff, 0x0a, 0x00, 0x00, 0x0b, 0x0a, 0x00, 0x00, 0x0c,
    0x08, 0x00, 0x96, 0xac, 0x22, 0x60, 0x00, 0x01, 0x11, 0xde, 0x02, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x62,
    0xd6, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19,
    0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a,
    0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37,
  };
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_send_frame (pair.vm1, request, sizeof request);
  bench_run (bench, 1 * SIM_SEC);
  /* Frame 0 of vm2 is its question for vm1's MAC, which a frame alone does not teach. */
  bench_expect (bench, "vm2/eth0", 1, TRUE,
                "fa163e000011 fa163e000012 0800 4500 0054 2fe6 0000 40 01 36ad 0a00000c 0a00000b"
                "00 00 9eac 2260 0001 11de026b00000000 62d6090000000000" PATTERN);
}

static void
an_unanswered_question_is_asked_three_times_and_fails_after_three_seconds (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_stop (pair.vm2);
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .count = 2, .payload_bytes = 56 });
  bench_run (bench, 2 * SIM_SEC + 999 * SIM_MSEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 3);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping unreachable"), 0);
  bench_run (bench, 30 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 3);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping unreachable"), 2);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping timeout"), 0);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm1/eth0", NET_DROP_NEIGHBOR_FAILED), 2);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm2/eth0", NET_DROP_NODE_STOPPED), 3);
}

static void
a_lost_reply_times_out (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();
  SimLink *link;

  bench = pair.bench;
  link = sim_node_port (guest_node (pair.vm1), 0)->link;
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 1 * SIM_SEC);
  sim_link_set_up (link, FALSE);
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .count = 1, .timeout_ns = 2 * SIM_SEC });
  bench_run (bench, 2 * SIM_SEC + 999 * SIM_MSEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping timeout 10.0.0.12 1 "), 0);
  bench_run (bench, 3 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping timeout 10.0.0.12 1 "), 1);
}

static void
after_five_seconds_an_unconfirmed_neighbour_is_asked_by_unicast (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 4 * SIM_SEC + 900 * SIM_MSEC);
  /* vm2 learned vm1 from its question and has had no confirmation since. */
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm2/eth0"), 2);
  bench_run (bench, 6 * SIM_SEC);
  bench_expect (bench, "vm2/eth0", 2, FALSE,
                "fa163e000011 fa163e000012 0806"
                "0001 0800 06 04 0001"
                "fa163e000012 0a00000c"
                "000000000000 0a00000b");
  CU_ASSERT_EQUAL (
      bench_n_states (bench, "vm2 arp change 10.0.0.11 {\"mac\":\"fa:16:3e:00:00:11\",\"state\":\"probe\"}"),
      1);
  bench_run (bench, 10 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm2/eth0"), 3);
}

/* How often a guest came to ask a neighbour by unicast. */
static guint
n_probes (const Bench *bench, const char *guest, const char *neighbor)
{
  g_autofree char *prefix = g_strdup_printf ("%s arp change %s ", guest, neighbor);
  guint n = 0;

  for (guint i = 0; i < bench->states->len; i++)
    {
      const char *state = g_ptr_array_index (bench->states, i);
      n += g_str_has_prefix (state, prefix) && g_str_has_suffix (state, "\"state\":\"probe\"}");
    }
  return n;
}

static void
replies_to_a_ping_spare_the_arp_questions (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_ping (pair.vm1, &(GuestPing){ .to = guest_ip_v4 (ip_vm2), .count = 100, .payload_bytes = 56 });
  bench_run (bench, 99 * SIM_SEC + 500 * SIM_MSEC);
  /* One question and a hundred echoes; vm2, to whom nothing confirms vm1, asks now and then. */
  CU_ASSERT_EQUAL (n_probes (bench, "vm1", "10.0.0.12"), 0);
  CU_ASSERT_TRUE (n_probes (bench, "vm2", "10.0.0.11") >= 2);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 101 + n_probes (bench, "vm2", "10.0.0.11"));
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping reply"), 100);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping duplicate"), 0);
}

static void
duplicates_are_told_from_replies (void)
{
  SimLinkConfig twice = { .duplicate_ppb = 1000000000 };
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  sim_link_set_config (sim_node_port (guest_node (pair.vm1), 0)->link, 1, &twice);
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping reply 10.0.0.12 1 "), 1);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 ping duplicate 10.0.0.12 1 "), 1);
}

static void
a_flushed_table_asks_again (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 1 * SIM_SEC);
  guest_flush_neighbors (pair.vm1);
  ping_once (pair.vm1, ip_vm2);
  bench_run (bench, 2 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_sent (bench, "vm1/eth0", 2)->length, 42);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 4);
}

static void
a_probe_is_answered_and_teaches_nothing (void)
{
  static const guint8 probe[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x16, 0x3e, 0, 0,
                                  0x11, 0x08, 0x06, 0,    1,    8,    0,    6,    4,    0, 1,
                                  0xfa, 0x16, 0x3e, 0,    0,    0x11, 0,    0,    0,    0, 0,
                                  0,    0,    0,    0,    0,    10,   0,    0,    12 };
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_send_frame (pair.vm1, probe, sizeof probe);
  bench_run (bench, 1 * SIM_SEC);
  bench_expect (bench, "vm2/eth0", 0, FALSE,
                "fa163e000011 fa163e000012 0806 0001 0800 06 04 0002"
                "fa163e000012 0a00000c fa163e000011 00000000");
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 arp"), 0);
}

static void
an_own_announcement_that_comes_back_is_no_conflict (void)
{
  static const guint8 announcement[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x16, 0x3e, 0,  0,
                                         0x11, 0x08, 0x06, 0,    1,    8,    0,    6,    4,    0,  1,
                                         0xfa, 0x16, 0x3e, 0,    0,    0x11, 10,   0,    0,    11, 0,
                                         0,    0,    0,    0,    0,    10,   0,    0,    11 };
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_send_frame (pair.vm2, announcement, sizeof announcement);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm1 address conflict"), 0);
  CU_ASSERT_EQUAL (bench_n_dropped (bench, "vm1/eth0", NET_DROP_NOT_FOR_US), 1);
}

static void
an_address_claimed_twice_is_told (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_set_ipv4 (pair.vm1, ip_vm2, 24, 0);
  guest_announce (pair.vm1);
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 address conflict 10.0.0.12 {\"mac\":\"fa:16:3e:00:00:11\"}"),
                   1);
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm2/eth0"), 0);
}

/* Frames of any bytes, half of them with an Ethernet header that gets them past the first check. */
static void
no_bytes_do_harm (void)
{
  static const guint16 types[] = { 0x0800, 0x0806, 0x86dd, 0x8100 };
  g_autoptr (Bench) bench = bench_new (7);
  GuestConfig config = { .mac = mac_vm2, .ipv4 = ip_vm2, .prefix_length = 24, .has_ipv6 = TRUE };
  Guest *vm1 = guest_new (bench->network, "vm1", &(GuestConfig){ .mac = mac_vm1 });
  Guest *vm2 = guest_new (bench->network, "vm2", &config);
  SimRandom random;
  guint8 bytes[200];

  bench_link (guest_node (vm1), 0, guest_node (vm2), 0, 0);
  guest_start (vm1);
  guest_start (vm2);
  guest_dhcp_start (vm2, NULL);
  sim_random_init (&random, 1, "bytes");
  for (guint i = 0; i < 20000; i++)
    {
      guint length = 14 + (guint) sim_random_below (&random, sizeof bytes - 13);
      sim_random_bytes (&random, bytes, sizeof bytes);
      if (i % 2)
        {
          guint16 type = types[sim_random_below (&random, G_N_ELEMENTS (types))];
          memcpy (bytes, &mac_vm2, 6);
          bytes[12] = (guint8) (type >> 8);
          bytes[13] = (guint8) type;
          bytes[14] = type == 0x86dd ? 0x60 : 0x45;
        }
      guest_send_frame (vm1, bytes, length);
      bench_run (bench, (gint64) i * SIM_USEC);
    }
  bench_run (bench, 1 * SIM_SEC);
  CU_ASSERT_TRUE (guest_is_running (vm2));
}

static void
arping_pads_as_the_reference_does (void)
{
  g_autoptr (Bench) bench = NULL;
  Pair pair = pair_new ();

  bench = pair.bench;
  guest_arping (pair.vm2, &(GuestArping){ .to = ip_vm1, .count = 2, .padding = 16 });
  bench_run (bench, 5 * SIM_SEC);
  bench_expect (bench, "vm2/eth0", 0, FALSE,
                "ffffffffffff fa163e000012 0806 0001 0800 06 04 0001"
                "fa163e000012 0a00000c 000000000000 0a00000b"
                "00000000000000000000000000000000");
  CU_ASSERT_EQUAL (bench_n_sent (bench, "vm1/eth0"), 2);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 arping reply"), 2);
  CU_ASSERT_EQUAL (bench_n_states (bench, "vm2 arping timeout"), 0);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a guest sends the ARP question, answer and echo that Linux sends", sends_what_linux_sends },
    { "an echo reply has DF clear and the request's data", answers_an_echo_as_linux_does },
    { "a captured echo request gets the captured reply", answers_a_captured_request_with_the_captured_reply },
    { "an unanswered question is asked three times and fails after three seconds",
      an_unanswered_question_is_asked_three_times_and_fails_after_three_seconds },
    { "a request whose reply is lost times out", a_lost_reply_times_out },
    { "five seconds after use an unconfirmed neighbour is asked by unicast",
      after_five_seconds_an_unconfirmed_neighbour_is_asked_by_unicast },
    { "replies to a ping spare its sender further ARP questions", replies_to_a_ping_spare_the_arp_questions },
    { "a second reply is a duplicate", duplicates_are_told_from_replies },
    { "a flushed neighbour table asks again", a_flushed_table_asks_again },
    { "an ARP probe is answered and teaches nothing", a_probe_is_answered_and_teaches_nothing },
    { "an own announcement that comes back is no conflict",
      an_own_announcement_that_comes_back_is_no_conflict },
    { "an address claimed twice is told and not answered", an_address_claimed_twice_is_told },
    { "no bytes do harm", no_bytes_do_harm },
    { "arping sends 58 bytes as the reference does", arping_pads_as_the_reference_does },
    { NULL, NULL },
  };
  return tap_main ("guest", tests);
}

/* Links: when frames arrive, what is lost and why, and what the trace and the counters say. */
#include "probe.h"
#include "tap.h"

#include <string.h>

#define N_MANY 10000u

static const guint8 bytes_100[100] = { 0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x00 };

typedef struct
{
  ProbeTrace heard;
  SimNetwork *network;
  Probe *a, *b;
  SimLink *link;
} Pair;

/* a/p0 -- b/p0; `there` from a to b, the way back the same without faults. */
static Pair
pair_new (const SimLinkConfig *there)
{
  SimLinkConfig config[2] = { *there, { .rate_bps = there->rate_bps, .delay_ns = there->delay_ns } };
  Pair pair = { .heard = probe_trace_new (), .network = sim_network_new (7) };

  sim_network_set_trace (pair.network, pair.heard.trace);
  pair.a = probe_new (pair.network, "a", 2);
  pair.b = probe_new (pair.network, "b", 2);
  pair.link = sim_link_new ((SimEnd){ &pair.a->node, 0 }, (SimEnd){ &pair.b->node, 0 }, config);
  return pair;
}

static void
pair_clear (Pair *pair)
{
  sim_network_free (pair->network);
  probe_trace_clear (&pair->heard);
}

static void
send_n (Pair *pair, guint n)
{
  for (guint i = 0; i < n; i++)
    probe_send (pair->a, 0, bytes_100, 100);
}

static void
run (Pair *pair)
{
  sim_clock_run (sim_network_clock (pair->network), sim_node_now (&pair->a->node) + SIM_SEC);
}

static void
frames_arrive_after_their_time_on_the_wire_and_the_delay (void)
{
  /* 100 bytes at 1 Gbit/s: 800 ns. */
  Pair pair = pair_new (&(SimLinkConfig){ .rate_bps = SIM_GBIT, .delay_ns = 1000 });

  send_n (&pair, 3);
  run (&pair);
  CU_ASSERT_EQUAL_FATAL (pair.b->frames->len, 3);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 0)->at_ns, 1800);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 1)->at_ns, 2600); /* waited for the first */
  CU_ASSERT_EQUAL (probe_frame (pair.b, 2)->at_ns, 3400);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 0)->packet_id, G_GUINT64_CONSTANT (0x10000000001));
  CU_ASSERT_EQUAL (probe_frame (pair.b, 2)->packet_id, G_GUINT64_CONSTANT (0x10000000003));
  TAP_ASSERT_BYTES (probe_frame (pair.b, 0)->bytes, 14, 0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01, 0x08,
                    0x00);
  pair_clear (&pair);
}

static void
time_on_the_wire_is_rounded_up (void)
{
  /* 100 bytes at 3 Gbit/s: 266.67 ns. */
  Pair pair = pair_new (&(SimLinkConfig){ .rate_bps = 3 * SIM_GBIT });

  send_n (&pair, 1);
  run (&pair);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 0)->at_ns, 267);
  pair_clear (&pair);
}

static void
without_rate_and_delay_a_frame_arrives_at_once_but_not_within_the_call (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ 0 });

  send_n (&pair, 1);
  CU_ASSERT_EQUAL (pair.b->frames->len, 0);
  run (&pair);
  CU_ASSERT_EQUAL_FATAL (pair.b->frames->len, 1);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 0)->at_ns, 0);
  pair_clear (&pair);
}

static void
a_full_queue_drops_and_an_idle_transmitter_takes_any_frame (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .rate_bps = SIM_GBIT, .queue_bytes = 300 });

  send_n (&pair, 5); /* the one being sent and two that wait: 300 bytes */
  CU_ASSERT_EQUAL (sim_node_drop_count (&pair.a->node, NET_DROP_QUEUE_FULL), 2);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "out 0 id 10000000004 len 100 drop queue-full [][]\n"), 1);
  run (&pair);
  CU_ASSERT_EQUAL (pair.b->frames->len, 3);
  CU_ASSERT_EQUAL (sim_link_counters (pair.link, 0)->frames, 3);
  CU_ASSERT_EQUAL (sim_link_counters (pair.link, 0)->bytes, 300);
  CU_ASSERT_EQUAL (sim_link_counters (pair.link, 0)->dropped, 2);
  sim_link_set_config (pair.link, 0, &(SimLinkConfig){ .rate_bps = SIM_GBIT, .queue_bytes = 50 });
  send_n (&pair, 2);
  run (&pair);
  CU_ASSERT_EQUAL (pair.b->frames->len, 4);
  pair_clear (&pair);
}

static void
the_trace_tells_interfaces_then_each_frame_out_and_in (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .rate_bps = SIM_GBIT, .delay_ns = 1000 });

  send_n (&pair, 1);
  run (&pair);
  CU_ASSERT_STRING_EQUAL (pair.heard.text->str, "0 interface 0 a/p0 probe -> b/p0\n"
                                                "0 interface 1 b/p0 probe -> a/p0\n"
                                                "0 out 0 id 10000000001 len 100\n"
                                                "1800 in 1 id 10000000001 len 100\n");
  pair_clear (&pair);
}

static void
a_lost_frame_is_told_once_at_the_sender (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .loss_ppb = 1000000000 });

  send_n (&pair, 1);
  run (&pair);
  CU_ASSERT_EQUAL (pair.b->frames->len, 0);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, " id "), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "0 out 0 id 10000000001 len 100 drop link-loss [][]\n"),
                   1);
  CU_ASSERT_EQUAL (sim_node_drop_count (&pair.a->node, NET_DROP_LINK_LOSS), 1);
  pair_clear (&pair);
}

static void
faults_come_as_often_as_configured_and_the_same_in_every_run (void)
{
  guint n_received[2];

  for (guint i = 0; i < 2; i++)
    {
      Pair pair = pair_new (&(SimLinkConfig){ .loss_ppb = 100000000, .duplicate_ppb = 200000000 });
      send_n (&pair, N_MANY);
      run (&pair);
      n_received[i] = pair.b->frames->len;
      /* 90 % arrive, a fifth of them twice: 10800, give or take five standard deviations. */
      CU_ASSERT (n_received[i] > 10500 && n_received[i] < 11100);
      CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, " out 0 "), N_MANY);
      CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, " in 1 "), n_received[i]);
      CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, " drop link-loss "),
                       sim_link_counters (pair.link, 0)->dropped);
      pair_clear (&pair);
    }
  CU_ASSERT_EQUAL (n_received[0], n_received[1]);
}

static void
a_frame_held_back_is_overtaken (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .delay_ns = 100, .reorder_ppb = 1000000000, .reorder_ns = 5000 });

  send_n (&pair, 1);
  sim_link_set_config (pair.link, 0, &(SimLinkConfig){ .delay_ns = 100 });
  send_n (&pair, 1);
  run (&pair);
  CU_ASSERT_EQUAL_FATAL (pair.b->frames->len, 2);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 0)->packet_id, G_GUINT64_CONSTANT (0x10000000002));
  CU_ASSERT_EQUAL (probe_frame (pair.b, 1)->at_ns, 5100);
  pair_clear (&pair);
}

static guint
n_bits_changed (const ProbeFrame *frame)
{
  guint n = 0;

  for (guint i = 0; i < sizeof bytes_100; i++)
    n += (guint)__builtin_popcount (frame->bytes[i] ^ bytes_100[i]);
  return n;
}

static void
a_corrupted_frame_is_dropped_by_the_receivers_fcs_check (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .corrupt_ppb = 1000000000 });

  send_n (&pair, 1);
  run (&pair);
  CU_ASSERT_EQUAL (pair.b->frames->len, 0);
  CU_ASSERT_EQUAL (sim_node_drop_count (&pair.b->node, NET_DROP_CORRUPT_FCS), 1);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "in 1 id 10000000001 len 100 drop corrupt-fcs [][]\n"), 1);
  pair_clear (&pair);
}

static void
keep_corrupt_delivers_a_copy_with_one_bit_turned (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .corrupt_ppb = 1000000000, .keep_corrupt = TRUE });
  NetFrame *frame = net_frame_new_from (sim_network_frames (pair.network), bytes_100, 100);

  sim_node_send (&pair.a->node, 0, net_frame_ref (frame));
  run (&pair);
  CU_ASSERT_EQUAL_FATAL (pair.b->frames->len, 1);
  CU_ASSERT_EQUAL (n_bits_changed (probe_frame (pair.b, 0)), 1);
  CU_ASSERT_EQUAL (memcmp (net_frame_bytes (frame), bytes_100, 100), 0); /* others' frame is untouched */
  net_frame_unref (frame);
  pair_clear (&pair);
}

static void
what_is_in_flight_when_the_link_goes_down_is_lost (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .rate_bps = SIM_GBIT, .delay_ns = 1000 });

  send_n (&pair, 3);
  sim_clock_run (sim_network_clock (pair.network), 1800);
  CU_ASSERT_EQUAL (pair.b->frames->len, 1);
  sim_link_set_up (pair.link, FALSE);
  CU_ASSERT_FALSE (sim_link_is_up (pair.link));
  send_n (&pair, 1);
  sim_link_set_up (pair.link, TRUE); /* at once: what was cut stays cut */
  send_n (&pair, 1);
  run (&pair);
  CU_ASSERT_EQUAL_FATAL (pair.b->frames->len, 2);
  CU_ASSERT_EQUAL (probe_frame (pair.b, 1)->packet_id, G_GUINT64_CONSTANT (0x10000000005));
  CU_ASSERT_EQUAL (probe_frame (pair.b, 1)->at_ns, 3600); /* the queue was gone too */
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "2600 in 1 id 10000000002 len 100 drop link-down [][]\n"),
                   1);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "3400 in 1 id 10000000003 len 100 drop link-down [][]\n"),
                   1);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "1800 out 0 id 10000000004 len 100 drop link-down [][]\n"),
                   1);
  CU_ASSERT_EQUAL (
      probe_trace_count (&pair.heard, "1800 state a port down p0 -\n1800 state b port down p0 -\n"), 1);
  CU_ASSERT_STRING_EQUAL (pair.a->changes->str, "0 up, 0 down, 0 up, ");
  CU_ASSERT_STRING_EQUAL (pair.b->changes->str, "0 up, 0 down, 0 up, ");
  pair_clear (&pair);
}

static void
a_port_without_a_cable_drops (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ 0 });

  probe_send (pair.a, 1, bytes_100, 100);
  probe_send (pair.a, 9, bytes_100, 100);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "0 interface 2 a/p1 probe -> nothing\n"
                                                   "0 out 2 id 10000000001 len 100 drop no-cable [][]\n"),
                   1);
  CU_ASSERT_EQUAL (probe_trace_count (&pair.heard, "0 interface 3 a/local probe -> nothing\n"
                                                   "0 out 3 id 10000000002 len 100 drop port-gone [][]\n"),
                   1);
  pair_clear (&pair);
}

static void
a_network_that_ends_early_releases_what_is_in_flight (void)
{
  Pair pair = pair_new (&(SimLinkConfig){ .delay_ns = SIM_SEC });

  send_n (&pair, 10);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (sim_network_frames (pair.network)), 10);
  pair_clear (&pair); /* the pool asserts that nothing is left */
}

int
main (void)
{
  return tap_main (
      "sim/link",
      (const TapTest[]){
          { "frames arrive after their time on the wire and the delay, one behind the other",
            frames_arrive_after_their_time_on_the_wire_and_the_delay },
          { "time on the wire is rounded up", time_on_the_wire_is_rounded_up },
          { "without rate and delay a frame arrives at once, but not within the call",
            without_rate_and_delay_a_frame_arrives_at_once_but_not_within_the_call },
          { "a full queue drops, and an idle transmitter takes any frame",
            a_full_queue_drops_and_an_idle_transmitter_takes_any_frame },
          { "the trace tells interfaces with their peers, then each frame out and in",
            the_trace_tells_interfaces_then_each_frame_out_and_in },
          { "a lost frame is told once, at the sender", a_lost_frame_is_told_once_at_the_sender },
          { "faults come as often as configured, and the same in every run",
            faults_come_as_often_as_configured_and_the_same_in_every_run },
          { "a frame held back is overtaken", a_frame_held_back_is_overtaken },
          { "a corrupted frame is dropped by the receiver's FCS check",
            a_corrupted_frame_is_dropped_by_the_receivers_fcs_check },
          { "keep_corrupt delivers a copy with one bit turned",
            keep_corrupt_delivers_a_copy_with_one_bit_turned },
          { "what is in flight when the link goes down is lost, and stays lost when it comes up again",
            what_is_in_flight_when_the_link_goes_down_is_lost },
          { "a port without a cable drops, and so does a port that does not exist",
            a_port_without_a_cable_drops },
          { "a network that ends early releases what is in flight",
            a_network_that_ends_early_releases_what_is_in_flight },
          { NULL, NULL },
      });
}

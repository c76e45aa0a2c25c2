/* Two BFD sessions over a wire of our own. */
#include "gateway/bfd.h"
#include "tap.h"

#include <stdio.h>

#define MSEC G_GINT64_CONSTANT (1000000)
#define SEC  (1000 * MSEC)

static const VtepBfdConfig defaults = { .min_tx_ms = 100, .min_rx_ms = 1000 };

typedef struct
{
  gint64 at_ns;
  NetBfd packet;
} Flying;

/* a's and b's packets reach the other after DELAY, unless cut. */
#define DELAY (5 * MSEC)

typedef struct
{
  VtepBfd *end[2];
  guint64 n_data[2];
  GArray *flying[2]; /* of Flying, towards end i */
  gboolean cut[2];   /* towards end i */
  guint n_sent[2];
  gint64 now_ns;
  guint64 random;
} Pair;

static void
pair_init (Pair *pair, const VtepBfdConfig *a, const VtepBfdConfig *b)
{
  *pair = (Pair){ .random = 88172645463325252, .now_ns = 77 * MSEC };
  pair->end[0] = vtep_bfd_new (a, 0x0a, pair->now_ns);
  pair->end[1] = vtep_bfd_new (b, 0x0b, pair->now_ns);
  for (guint i = 0; i < 2; i++)
    pair->flying[i] = g_array_new (FALSE, FALSE, sizeof (Flying));
}

static void
pair_clear (Pair *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      vtep_bfd_free (pair->end[i]);
      g_array_unref (pair->flying[i]);
    }
}

static guint32
draw (Pair *pair)
{
  pair->random ^= pair->random << 13;
  pair->random ^= pair->random >> 7;
  pair->random ^= pair->random << 17;
  return (guint32) (pair->random >> 32);
}

static void
run_end (Pair *pair, guint i)
{
  NetBfd packet;

  while (vtep_bfd_run (pair->end[i], pair->n_data[i], draw (pair), pair->now_ns, &packet))
    {
      Flying flying = { .at_ns = pair->now_ns + DELAY, .packet = packet };
      pair->n_sent[i]++;
      if (!pair->cut[1 - i])
        g_array_append_val (pair->flying[1 - i], flying);
    }
}

static void
land (Pair *pair, guint i)
{
  while (pair->flying[i]->len && g_array_index (pair->flying[i], Flying, 0).at_ns <= pair->now_ns)
    {
      NetBfd packet = g_array_index (pair->flying[i], Flying, 0).packet;
      g_array_remove_index (pair->flying[i], 0);
      CU_ASSERT_EQUAL (vtep_bfd_received (pair->end[i], &packet, pair->now_ns), NET_DROP_NONE);
    }
}

static gint64
next_event (const Pair *pair)
{
  gint64 next_ns = G_MAXINT64;

  for (guint i = 0; i < 2; i++)
    {
      next_ns = MIN (next_ns, vtep_bfd_next (pair->end[i]));
      if (pair->flying[i]->len)
        next_ns = MIN (next_ns, g_array_index (pair->flying[i], Flying, 0).at_ns);
    }
  return next_ns;
}

static void
advance (Pair *pair, gint64 by_ns)
{
  gint64 limit_ns = pair->now_ns + by_ns;

  for (guint i = 0; i < 2; i++)
    run_end (pair, i);
  for (gint64 next_ns; (next_ns = next_event (pair)) <= limit_ns;)
    {
      pair->now_ns = MAX (pair->now_ns, next_ns);
      for (guint i = 0; i < 2; i++)
        land (pair, i);
      for (guint i = 0; i < 2; i++)
        run_end (pair, i);
    }
  pair->now_ns = limit_ns;
}

static VtepBfdStatus
status (const Pair *pair, guint i)
{
  VtepBfdStatus out;
  vtep_bfd_status (pair->end[i], pair->now_ns, &out);
  return out;
}

static gboolean
both_up (const Pair *pair)
{
  return status (pair, 0).state == NET_BFD_UP && status (pair, 1).state == NET_BFD_UP;
}

static void
comes_up (void)
{
  Pair pair;

  pair_init (&pair, &defaults, &defaults);
  CU_ASSERT_EQUAL (status (&pair, 0).state, NET_BFD_DOWN);
  CU_ASSERT_FALSE (status (&pair, 0).forwarding);
  advance (&pair, 2 * SEC);
  CU_ASSERT (both_up (&pair));
  CU_ASSERT (status (&pair, 0).forwarding && status (&pair, 1).forwarding);
  CU_ASSERT_EQUAL (status (&pair, 0).remote_state, NET_BFD_UP);
  CU_ASSERT_EQUAL (status (&pair, 0).diagnostic, NET_BFD_NO_DIAGNOSTIC);
  pair_clear (&pair);
}

/* max (our min_tx 100, their min_rx 1000) less up to a quarter: 8 to 10.7 packets in 8 s. */
static void
rates_are_negotiated (void)
{
  Pair pair;
  const VtepBfdConfig quick = { .min_tx_ms = 50, .min_rx_ms = 200 };
  guint before[2];

  pair_init (&pair, &defaults, &quick);
  advance (&pair, 3 * SEC);
  CU_ASSERT (both_up (&pair));
  before[0] = pair.n_sent[0];
  before[1] = pair.n_sent[1];
  advance (&pair, 8 * SEC);
  /* end 0 sends each 200 ms, as end 1 wants it: 40 to 54; end 1 each 1000 ms: 8 to 11 */
  CU_ASSERT (pair.n_sent[0] - before[0] >= 40 && pair.n_sent[0] - before[0] <= 54);
  CU_ASSERT (pair.n_sent[1] - before[1] >= 8 && pair.n_sent[1] - before[1] <= 11);
  pair_clear (&pair);
}

static void
silence_is_detected (void)
{
  Pair pair;
  gint64 cut_ns;

  pair_init (&pair, &defaults, &defaults);
  advance (&pair, 10 * SEC);
  pair.cut[0] = TRUE; /* end 0 hears nothing any more, end 1 does */
  cut_ns = pair.now_ns;
  while (status (&pair, 0).state == NET_BFD_UP && pair.now_ns < cut_ns + 20 * SEC)
    advance (&pair, MSEC);
  /* three intervals of 1000 ms after the last packet, which was at most one interval old */
  CU_ASSERT (pair.now_ns - cut_ns >= 2 * SEC && pair.now_ns - cut_ns <= 3 * SEC + 10 * MSEC);
  CU_ASSERT_EQUAL (status (&pair, 0).diagnostic, NET_BFD_DETECTION_TIME_EXPIRED);
  CU_ASSERT_FALSE (status (&pair, 0).forwarding);
  advance (&pair, 50 * MSEC); /* and tells the end that still hears */
  CU_ASSERT_NOT_EQUAL (status (&pair, 1).state, NET_BFD_UP);
  CU_ASSERT_EQUAL (status (&pair, 1).diagnostic, NET_BFD_NEIGHBOR_DOWN);
  CU_ASSERT_EQUAL (status (&pair, 1).remote_diagnostic, NET_BFD_DETECTION_TIME_EXPIRED);
  pair.cut[0] = FALSE;
  advance (&pair, 5 * SEC);
  CU_ASSERT (both_up (&pair));
  CU_ASSERT_EQUAL (status (&pair, 1).diagnostic, NET_BFD_NO_DIAGNOSTIC);
  pair_clear (&pair);
}

static void
restarted_peer (void)
{
  Pair pair;

  pair_init (&pair, &defaults, &defaults);
  advance (&pair, 5 * SEC);
  vtep_bfd_free (pair.end[1]);
  g_array_set_size (pair.flying[1], 0);
  pair.end[1] = vtep_bfd_new (&defaults, 0x0c, pair.now_ns);
  advance (&pair, 10 * MSEC);
  CU_ASSERT_NOT_EQUAL (status (&pair, 0).state, NET_BFD_UP);
  g_array_set_size (pair.flying[1], 0); /* what was meant for the dead */
  advance (&pair, 5 * SEC);
  CU_ASSERT (both_up (&pair));
  pair_clear (&pair);
}

static void
passive_role (void)
{
  Pair pair;
  VtepBfdConfig passive = defaults;
  g_autoptr (VtepBfd) alone = NULL;
  NetBfd out;

  passive.passive = TRUE;
  alone = vtep_bfd_new (&passive, 1, 0);
  CU_ASSERT_FALSE (vtep_bfd_run (alone, 0, 0, 100 * SEC, &out));
  CU_ASSERT_EQUAL (vtep_bfd_next (alone), G_MAXINT64);
  pair_init (&pair, &passive, &defaults);
  advance (&pair, 3 * SEC);
  CU_ASSERT (both_up (&pair));
  pair_clear (&pair);
  pair_init (&pair, &passive, &passive);
  advance (&pair, 30 * SEC);
  CU_ASSERT_EQUAL (pair.n_sent[0] + pair.n_sent[1], 0);
  pair_clear (&pair);
}

static void
concatenated_path (void)
{
  Pair pair;
  VtepBfdConfig broken = defaults;

  pair_init (&pair, &defaults, &defaults);
  advance (&pair, 3 * SEC);
  broken.cpath_down = TRUE;
  vtep_bfd_configure (pair.end[1], &broken, pair.now_ns);
  advance (&pair, 10 * MSEC); /* at once, not an interval later */
  CU_ASSERT (both_up (&pair));
  CU_ASSERT_FALSE (status (&pair, 0).forwarding);
  CU_ASSERT (status (&pair, 1).forwarding);
  CU_ASSERT_EQUAL (status (&pair, 0).remote_diagnostic, NET_BFD_CONCATENATED_PATH_DOWN);
  CU_ASSERT_EQUAL (status (&pair, 1).diagnostic, NET_BFD_CONCATENATED_PATH_DOWN);
  vtep_bfd_configure (pair.end[1], &defaults, pair.now_ns);
  advance (&pair, 10 * MSEC);
  CU_ASSERT (status (&pair, 0).forwarding);
  pair_clear (&pair);
}

/* BFD is silent, data is not: forwarding for as long as data comes and BFD was heard within 100 intervals. */
static void
data_counts (void)
{
  Pair pair;
  VtepBfdConfig config = defaults;

  config.forwarding_if_rx = TRUE;
  pair_init (&pair, &config, &defaults);
  advance (&pair, 5 * SEC);
  pair.cut[0] = TRUE;
  for (guint i = 0; i < 80; i++)
    {
      pair.n_data[0]++;
      advance (&pair, SEC);
      CU_ASSERT (status (&pair, 0).forwarding);
    }
  CU_ASSERT_EQUAL (status (&pair, 0).state, NET_BFD_DOWN);
  for (guint i = 0; i < 25; i++)
    {
      pair.n_data[0]++;
      advance (&pair, SEC);
    }
  CU_ASSERT_FALSE (status (&pair, 0).forwarding); /* 105 s without BFD */
  pair.cut[0] = FALSE;
  advance (&pair, 10 * SEC);
  CU_ASSERT (status (&pair, 0).forwarding);
  pair_clear (&pair);
}

static void
data_that_stops (void)
{
  Pair pair;
  VtepBfdConfig config = defaults;

  config.forwarding_if_rx = TRUE;
  pair_init (&pair, &config, &defaults);
  pair.n_data[0] = 1000; /* of an earlier time */
  advance (&pair, 5 * SEC);
  pair.cut[0] = TRUE;
  pair.n_data[0]++;
  advance (&pair, 2500 * MSEC);
  CU_ASSERT (status (&pair, 0).forwarding);
  advance (&pair, 2 * SEC);
  CU_ASSERT_FALSE (status (&pair, 0).forwarding);
  pair_clear (&pair);
}

static void
idle_tunnel_decays (void)
{
  Pair pair;
  VtepBfdConfig config = defaults;
  guint before;

  config.min_rx_ms = 200;
  config.decay_min_rx_ms = 3000;
  pair_init (&pair, &config, &defaults);
  advance (&pair, 2 * SEC);
  before = pair.n_sent[1];
  for (guint i = 0; i < 20; i++) /* data comes in: 200 ms */
    {
      pair.n_data[0]++;
      advance (&pair, 500 * MSEC);
    }
  CU_ASSERT (pair.n_sent[1] - before >= 49);
  advance (&pair, 7 * SEC); /* idle */
  before = pair.n_sent[1];
  advance (&pair, 12 * SEC);
  CU_ASSERT (pair.n_sent[1] - before >= 3 && pair.n_sent[1] - before <= 7);
  CU_ASSERT (both_up (&pair));
  pair.n_data[0]++; /* a frame ends it */
  advance (&pair, SEC);
  before = pair.n_sent[1];
  advance (&pair, 2 * SEC);
  CU_ASSERT (pair.n_sent[1] - before >= 9);
  CU_ASSERT (both_up (&pair));
  pair_clear (&pair);
}

static void
shut_session_says_so (void)
{
  Pair pair;

  pair_init (&pair, &defaults, &defaults);
  advance (&pair, 3 * SEC);
  vtep_bfd_shut (pair.end[0], pair.now_ns);
  CU_ASSERT_FALSE (vtep_bfd_is_over (pair.end[0], pair.now_ns));
  advance (&pair, 20 * MSEC);
  CU_ASSERT_EQUAL (status (&pair, 1).state, NET_BFD_DOWN);
  CU_ASSERT_EQUAL (status (&pair, 1).diagnostic, NET_BFD_NEIGHBOR_DOWN);
  CU_ASSERT_EQUAL (status (&pair, 1).remote_state, NET_BFD_ADMIN_DOWN);
  CU_ASSERT_EQUAL (status (&pair, 1).remote_diagnostic, NET_BFD_ADMINISTRATIVELY_DOWN);
  advance (&pair, 3 * SEC);
  CU_ASSERT (vtep_bfd_is_over (pair.end[0], pair.now_ns));
  vtep_bfd_configure (pair.end[0], &defaults, pair.now_ns);
  CU_ASSERT_FALSE (vtep_bfd_is_over (pair.end[0], pair.now_ns));
  advance (&pair, 3 * SEC);
  CU_ASSERT (both_up (&pair));
  pair_clear (&pair);
}

/* Whatever packets come in whatever order: answers are well-formed, time goes on, and honest ends come up after it. */
static void
any_packets (void)
{
  for (guint seed = 1; seed <= 300; seed++)
    {
      Pair pair;

      pair_init (&pair, &defaults, &defaults);
      pair.random = seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      for (guint i = 0; i < 200; i++)
        {
          guint32 chance = draw (&pair);
          NetBfd packet = { .diagnostic = chance & 31,
                            .state = (NetBfdState) (chance >> 5 & 3),
                            .poll = chance >> 7 & 1,
                            .final = chance >> 8 & 1,
                            .demand = chance >> 9 & 1,
                            .multiplier = (guint8) (chance >> 10 | 1),
                            .my_discriminator = draw (&pair) | 1,
                            .your_discriminator = chance >> 20 & 1 ? 0x0a : 0,
                            .desired_min_tx_us = draw (&pair) >> (chance >> 21 & 31),
                            .required_min_rx_us = draw (&pair) >> (chance >> 26 & 31) };
          NetBfd out;
          guint n = 0;

          if (packet.your_discriminator == 0)
            packet.state = (NetBfdState) (packet.state & 1);
          vtep_bfd_received (pair.end[0], &packet, pair.now_ns);
          while (vtep_bfd_run (pair.end[0], 0, chance, pair.now_ns, &out))
            n++;
          CU_ASSERT_FATAL (n <= 2);
          CU_ASSERT_FATAL (vtep_bfd_next (pair.end[0]) > pair.now_ns);
          pair.now_ns += chance % (50 * MSEC);
        }
      vtep_bfd_shut (pair.end[0], pair.now_ns); /* ends what those packets had settled */
      vtep_bfd_configure (pair.end[0], &defaults, pair.now_ns);
      pair.now_ns += 255 * 4294968 * MSEC;
      advance (&pair, 10 * SEC);
      if (!both_up (&pair))
        printf ("# seed %u\n", seed);
      CU_ASSERT_FATAL (both_up (&pair));
      pair_clear (&pair);
    }
}

int
main (void)
{
  return tap_main (
      "bfd-pair",
      (const TapTest[]){
          { "two ends find each other", comes_up },
          { "each end sends as quickly as both allow", rates_are_negotiated },
          { "three intervals of silence bring a session down, and it heals", silence_is_detected },
          { "a peer that begins anew is noticed", restarted_peer },
          { "a passive end speaks when spoken to", passive_role },
          { "a concatenated path that is down takes forwarding from the other end", concatenated_path },
          { "with forwarding_if_rx data stands for BFD, for 100 intervals", data_counts },
          { "data that stops, or came before the session, shows nothing", data_that_stops },
          { "an idle tunnel is watched at decay_min_rx until data comes", idle_tunnel_decays },
          { "a session that is shut tells its peer", shut_session_says_so },
          { "no packets confuse a session for good", any_packets },
          { NULL, NULL } });
}

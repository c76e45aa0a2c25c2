/* A BFD session by itself, and two of them over a wire of our own. */
#include "gateway/bfd-frame.h"
#include "gateway/bfd.h"
#include "tap.h"

#include <stdio.h>

#define MSEC G_GINT64_CONSTANT (1000000)
#define SEC  (1000 * MSEC)

static const VtepBfdConfig defaults = { .min_tx_ms = 100, .min_rx_ms = 1000 };

/* ---- two ends ------------------------------------------------------------------------------------------------ */

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

/* ---- one end, packets by hand -------------------------------------------------------------------------------- */

static NetBfd
from_peer (NetBfdState state)
{
  return (NetBfd){ .state = state,
                   .multiplier = 3,
                   .my_discriminator = 0x77,
                   .your_discriminator = state == NET_BFD_DOWN ? 0 : 0x0a,
                   .desired_min_tx_us = 300000,
                   .required_min_rx_us = 300000 };
}

static NetBfdState
state_of (const VtepBfd *bfd, gint64 now_ns)
{
  VtepBfdStatus out;
  vtep_bfd_status (bfd, now_ns, &out);
  return out.state;
}

/* Runs until nothing is due; returns the number of packets, the last one in *out. */
static guint
run (VtepBfd *bfd, gint64 now_ns, NetBfd *out)
{
  guint n = 0;

  while (vtep_bfd_run (bfd, 0, 0, now_ns, out))
    n++;
  return n;
}

/* RFC 5880 §6.8.6: from each state by each state that the other end may tell. */
static void
state_table (void)
{
  static const NetBfdState told[] = { NET_BFD_ADMIN_DOWN, NET_BFD_DOWN, NET_BFD_INIT, NET_BFD_UP };
  static const NetBfdState expected[3][4] = {
    { NET_BFD_DOWN, NET_BFD_INIT, NET_BFD_UP, NET_BFD_DOWN }, /* from Down */
    { NET_BFD_DOWN, NET_BFD_INIT, NET_BFD_UP, NET_BFD_UP },   /* from Init */
    { NET_BFD_DOWN, NET_BFD_DOWN, NET_BFD_UP, NET_BFD_UP },   /* from Up */
  };

  for (guint from = 0; from < 3; from++)
    for (guint i = 0; i < G_N_ELEMENTS (told); i++)
      {
        g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
        NetBfd down = from_peer (NET_BFD_DOWN), up = from_peer (NET_BFD_UP), packet = from_peer (told[i]);

        if (from > 0)
          vtep_bfd_received (bfd, &down, 0);
        if (from > 1)
          vtep_bfd_received (bfd, &up, 0);
        vtep_bfd_received (bfd, &packet, 0);
        CU_ASSERT_EQUAL (state_of (bfd, 0), expected[from][i]);
      }
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
jitter_bounds (void)
{
  static const guint32 chances[] = { 0, G_MAXUINT32 / 2, G_MAXUINT32 };
  static const gint64 intervals_ms[] = { 1000, 876, 751 }; /* rounded up */

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
      NetBfd out;

      CU_ASSERT (vtep_bfd_run (bfd, 0, chances[i], 0, &out));
      CU_ASSERT_FALSE (vtep_bfd_run (bfd, 0, chances[i], 0, &out));
      CU_ASSERT_EQUAL ((vtep_bfd_next (bfd) + MSEC - 1) / MSEC, intervals_ms[i]);
    }
}

/* Not Up: no faster than one a second, whatever is configured (RFC 5880 §6.8.3). */
static void
slow_while_down (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd out;

  CU_ASSERT_EQUAL (run (bfd, 0, &out), 1);
  CU_ASSERT_EQUAL (out.desired_min_tx_us, 1000000);
  CU_ASSERT_EQUAL (out.required_min_rx_us, 1000000);
  CU_ASSERT_EQUAL (out.multiplier, 3);
  CU_ASSERT_EQUAL (out.my_discriminator, 0x0a);
  CU_ASSERT_EQUAL (out.your_discriminator, 0);
  CU_ASSERT_EQUAL (run (bfd, 999 * MSEC, &out), 0);
  CU_ASSERT_EQUAL (run (bfd, 1000 * MSEC, &out), 1);
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

/* A poll: the answer comes at once, with F and without P, besides the periodic packets. */
static void
poll_is_answered (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd packet = from_peer (NET_BFD_DOWN), out;

  vtep_bfd_received (bfd, &packet, 0);
  run (bfd, 0, &out);
  packet.poll = TRUE;
  vtep_bfd_received (bfd, &packet, 10 * MSEC);
  CU_ASSERT_EQUAL (vtep_bfd_next (bfd), 0);
  CU_ASSERT (vtep_bfd_run (bfd, 0, 0, 10 * MSEC, &out));
  CU_ASSERT (out.final && !out.poll);
  CU_ASSERT_FALSE (vtep_bfd_run (bfd, 0, 0, 10 * MSEC, &out));
}

/* RFC 5880 §6.8.3: until the other end has confirmed, sending stays as quick, and detection as slow, as it was. */
static void
changes_wait_for_confirmation (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd packet = from_peer (NET_BFD_DOWN), out;
  const VtepBfdConfig slower = { .min_tx_ms = 5000, .min_rx_ms = 500 };

  vtep_bfd_received (bfd, &packet, 0);
  packet = from_peer (NET_BFD_UP);
  vtep_bfd_received (bfd, &packet, 0);
  CU_ASSERT_EQUAL (state_of (bfd, 0), NET_BFD_UP);
  run (bfd, 0, &out);
  CU_ASSERT (out.poll); /* 1 s became 100 ms */
  packet.final = TRUE;
  vtep_bfd_received (bfd, &packet, 0);
  run (bfd, 400 * MSEC, &out);
  CU_ASSERT_FALSE (out.poll);
  vtep_bfd_configure (bfd, &slower, 400 * MSEC);
  CU_ASSERT_EQUAL (run (bfd, 700 * MSEC, &out), 1); /* still each 300 ms */
  CU_ASSERT (out.poll);
  CU_ASSERT_EQUAL (out.desired_min_tx_us, 5000000);
  CU_ASSERT_EQUAL (out.required_min_rx_us, 500000);
  run (bfd, 3000 * MSEC - 1, &out); /* still three times 1000 ms after the packet at 0 */
  CU_ASSERT_EQUAL (state_of (bfd, 3000 * MSEC - 1), NET_BFD_UP);
  vtep_bfd_received (bfd, &packet, 3000 * MSEC - 1); /* confirms */
  CU_ASSERT_EQUAL (vtep_bfd_next (bfd), 3000 * MSEC - 1 + 3 * 500 * MSEC);
  CU_ASSERT_EQUAL (run (bfd, 4499 * MSEC, &out), 0);
  run (bfd, 4500 * MSEC, &out);
  CU_ASSERT_EQUAL (state_of (bfd, 4500 * MSEC), NET_BFD_DOWN);
}

/* What changes during a poll sequence needs one of its own. */
static void
change_while_polling (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd packet = from_peer (NET_BFD_DOWN), out;
  VtepBfdConfig other = { .min_tx_ms = 100, .min_rx_ms = 2000 };

  vtep_bfd_received (bfd, &packet, 0);
  packet = from_peer (NET_BFD_UP);
  vtep_bfd_received (bfd, &packet, 0);
  run (bfd, 0, &out);
  CU_ASSERT (out.poll);
  vtep_bfd_configure (bfd, &other, 0);
  packet.final = TRUE;
  vtep_bfd_received (bfd, &packet, 0); /* answers the first */
  run (bfd, 300 * MSEC, &out);
  CU_ASSERT (out.poll);
  vtep_bfd_received (bfd, &packet, 300 * MSEC);
  run (bfd, 600 * MSEC, &out);
  CU_ASSERT_FALSE (out.poll);
}

static void
strangers (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd packet = from_peer (NET_BFD_UP);

  packet.your_discriminator = 0x0b;
  CU_ASSERT_EQUAL (vtep_bfd_received (bfd, &packet, 0), NET_DROP_BFD_SESSION);
  packet.state = NET_BFD_DOWN;
  CU_ASSERT_EQUAL (vtep_bfd_received (bfd, &packet, 0), NET_DROP_BFD_SESSION);
  CU_ASSERT_EQUAL (state_of (bfd, 0), NET_BFD_DOWN);
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
  CU_ASSERT_EQUAL (run (alone, 100 * SEC, &out), 0);
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
silent_peers (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd packet = from_peer (NET_BFD_DOWN), out;

  packet.required_min_rx_us = 0; /* wants to hear nothing */
  vtep_bfd_received (bfd, &packet, 0);
  CU_ASSERT_EQUAL (run (bfd, 2 * SEC, &out), 0);
  packet.poll = TRUE; /* but asks */
  vtep_bfd_received (bfd, &packet, 2 * SEC);
  CU_ASSERT_EQUAL (run (bfd, 2 * SEC, &out), 1);
  packet = from_peer (NET_BFD_UP);
  packet.demand = packet.final = TRUE;
  vtep_bfd_received (bfd, &packet, 2 * SEC); /* Init → Up; the poll for 100 ms is still to come */
  CU_ASSERT_EQUAL (run (bfd, 2 * SEC, &out), 1);
  CU_ASSERT (out.poll);
  vtep_bfd_received (bfd, &packet, 2 * SEC);
  CU_ASSERT_EQUAL (run (bfd, 4 * SEC, &out), 0); /* Up at both ends, and it demands silence */
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

static void
shut_session_that_nobody_heard (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd out;

  vtep_bfd_shut (bfd, SEC);
  vtep_bfd_shut (bfd, SEC);
  CU_ASSERT (vtep_bfd_is_over (bfd, SEC));
  CU_ASSERT_EQUAL (run (bfd, SEC, &out), 0);
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

/* Ethernet, IPv4 and UDP to port 3784, 24 bytes of BFD behind them; and the checksum of IPv4 right. */
static const guint8 whole[66] = {
  0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18, 0x08, 0x00, /* Ethernet: IPv4 */
  0x45, 0x00, 0x00, 0x34, 0x00, 0x00, 0x00, 0x00, 0xff, 0x11, 0xad, 0x82, /* 52 bytes, TTL 255, UDP, checksum */
  10,   8,    125,  18,   10,   8,    125,  20,                           /* from, to */
  0xc0, 0x01, 0x0e, 0xc8, 0x00, 0x20, 0x00, 0x00,                         /* ports, 32 bytes, no checksum */
  0x20, 0x40, 0x03, 0x18, 0,    0,    0,    5,    0,    0,    0,    0, /* Down, multiplier 3, discriminators */
  0,    1,    0x86, 0xa0, 0,    1,    0x86, 0xa0, 0,    0,    0,    0  /* intervals */
};

/* `at` of the frame is changed to `value` before it is read; 0: nothing is. */
static NetDropReason
read_frame (guint at, guint8 value, guint length, gboolean *is_bfd)
{
  guint8 bytes[sizeof whole];
  NetEthernet ethernet;
  NetIpv4 destination;
  NetBfd packet;

  memcpy (bytes, whole, sizeof bytes);
  if (at)
    bytes[at] = value;
  CU_ASSERT_EQUAL_FATAL (net_ethernet_parse (bytes, length, &ethernet), NET_DROP_NONE);
  *is_bfd = vtep_bfd_frame_is (&ethernet, bytes, length);
  return vtep_bfd_frame_parse (&ethernet, bytes, length, &destination, &packet);
}

static void
frames_of_bfd (void)
{
  gboolean is_bfd;

  CU_ASSERT_EQUAL (read_frame (0, 0, 66, &is_bfd), NET_DROP_NONE);
  CU_ASSERT_TRUE (is_bfd);
  CU_ASSERT_EQUAL (read_frame (25, 0, 66, &is_bfd), NET_DROP_BAD_CHECKSUM); /* of IPv4 */
  CU_ASSERT_FALSE (is_bfd);
  CU_ASSERT_EQUAL (read_frame (0, 0, 30, &is_bfd), NET_DROP_MALFORMED); /* cut in IPv4 */
  CU_ASSERT_FALSE (is_bfd);
  CU_ASSERT_EQUAL (read_frame (39, 4, 66, &is_bfd), NET_DROP_MALFORMED); /* UDP of four bytes */
  CU_ASSERT_FALSE (is_bfd);
  read_frame (37, 0xc9, 66, &is_bfd); /* another port */
  CU_ASSERT_FALSE (is_bfd);
  read_frame (13, 0x06, 66, &is_bfd); /* ARP's EtherType */
  CU_ASSERT_FALSE (is_bfd);
}

int
main (void)
{
  return tap_main (
      "bfd",
      (TapTest[]){
          { "each state answers each state as the standard says", state_table },
          { "two ends find each other", comes_up },
          { "each end sends as quickly as both allow", rates_are_negotiated },
          { "intervals are shortened by up to a quarter", jitter_bounds },
          { "a session that is not up sends once a second", slow_while_down },
          { "three intervals of silence bring a session down, and it heals", silence_is_detected },
          { "a peer that begins anew is noticed", restarted_peer },
          { "a poll is answered at once", poll_is_answered },
          { "slower sending and quicker detection wait for confirmation", changes_wait_for_confirmation },
          { "a change while polling is polled for again", change_while_polling },
          { "packets for another session change nothing", strangers },
          { "a passive end speaks when spoken to", passive_role },
          { "a peer that wants no packets gets none", silent_peers },
          { "a concatenated path that is down takes forwarding from the other end", concatenated_path },
          { "with forwarding_if_rx data stands for BFD, for 100 intervals", data_counts },
          { "data that stops, or came before the session, shows nothing", data_that_stops },
          { "an idle tunnel is watched at decay_min_rx until data comes", idle_tunnel_decays },
          { "a session that is shut tells its peer", shut_session_says_so },
          { "a session that nobody heard ends silently", shut_session_that_nobody_heard },
          { "no packets confuse a session for good", any_packets },
          { "a frame is for BFD when its headers are whole and name BFD's port", frames_of_bfd },
          { NULL, NULL },
      });
}

/* A BFD session by itself: packets by hand. */
#include "gateway/bfd.h"
#include "tap.h"

#define MSEC G_GINT64_CONSTANT (1000000)
#define SEC  (1000 * MSEC)

static const VtepBfdConfig defaults = { .min_tx_ms = 100, .min_rx_ms = 1000 };

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
shut_session_that_nobody_heard (void)
{
  g_autoptr (VtepBfd) bfd = vtep_bfd_new (&defaults, 0x0a, 0);
  NetBfd out;

  vtep_bfd_shut (bfd, SEC);
  vtep_bfd_shut (bfd, SEC);
  CU_ASSERT (vtep_bfd_is_over (bfd, SEC));
  CU_ASSERT_EQUAL (run (bfd, SEC, &out), 0);
}

int
main (void)
{
  return tap_main ("bfd", (const TapTest[]){
                              { "each state answers each state as the standard says", state_table },
                              { "intervals are shortened by up to a quarter", jitter_bounds },
                              { "a session that is not up sends once a second", slow_while_down },
                              { "a poll is answered at once", poll_is_answered },
                              { "slower sending and quicker detection wait for confirmation",
                                changes_wait_for_confirmation },
                              { "a change while polling is polled for again", change_while_polling },
                              { "packets for another session change nothing", strangers },
                              { "a peer that wants no packets gets none", silent_peers },
                              { "a session that nobody heard ends silently", shut_session_that_nobody_heard },
                              { NULL, NULL } });
}

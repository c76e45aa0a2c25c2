/* The tunnel ends that rows name. */
#include "gateway/peers.h"
#include "tap.h"

#define A 0x0a087d12u
#define B 0x0a087d15u

static void
rows_of_switches (void)
{
  g_autoptr (VtepPeers) peers = vtep_peers_new (7);

  vtep_peers_add (peers, 1, A);
  vtep_peers_add (peers, 1, A);
  vtep_peers_add (peers, 2, A);
  CU_ASSERT_PTR_EQUAL (vtep_peers_of_switch (peers, 1, A), vtep_peers_find (peers, A));
  CU_ASSERT_PTR_EQUAL (vtep_peers_of_switch (peers, 2, A), vtep_peers_find (peers, A));
  CU_ASSERT_PTR_NULL (vtep_peers_of_switch (peers, 3, A));
  CU_ASSERT_PTR_NULL (vtep_peers_of_switch (peers, 1, B));
  CU_ASSERT_EQUAL (vtep_peers_find (peers, A)->rows, 3);
  vtep_peers_remove (peers, 1, A);
  CU_ASSERT_PTR_NOT_NULL (vtep_peers_of_switch (peers, 1, A));
  vtep_peers_remove (peers, 1, A);
  CU_ASSERT_PTR_NULL (vtep_peers_of_switch (peers, 1, A));
  CU_ASSERT_PTR_NOT_NULL (vtep_peers_of_switch (peers, 2, A));
  vtep_peers_remove (peers, 1, A); /* no such row */
  CU_ASSERT_EQUAL (vtep_peers_find (peers, A)->rows, 1);
}

static void
changes_are_told_once (void)
{
  g_autoptr (VtepPeers) peers = vtep_peers_new (7);

  vtep_peers_add (peers, 1, B);
  vtep_peers_add (peers, 1, A);
  vtep_peers_add (peers, 2, A);
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), B);
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), A);
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), 0);
  vtep_peers_remove (peers, 2, A);
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), 0);
  vtep_peers_remove (peers, 1, A);
  vtep_peers_add (peers, 1, A); /* came and went: one look will do */
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), A);
  CU_ASSERT_EQUAL (vtep_peers_find (peers, A)->rows, 1);
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), 0);
  vtep_peers_remove (peers, 1, A);
  CU_ASSERT_EQUAL (vtep_peers_next_changed (peers), A);
  CU_ASSERT_PTR_NULL (vtep_peers_find (peers, A));
}

static void
count (gpointer user)
{
  ++*(guint *) user;
}

static void
listener_hears_the_first (void)
{
  g_autoptr (VtepPeers) peers = vtep_peers_new (7);
  guint n = 0;

  vtep_peers_add (peers, 1, A);
  vtep_peers_listen (peers, count, &n);
  CU_ASSERT_EQUAL (n, 1); /* of what was there */
  vtep_peers_add (peers, 1, B);
  CU_ASSERT_EQUAL (n, 1);
  while (vtep_peers_next_changed (peers))
    continue;
  vtep_peers_remove (peers, 1, A);
  vtep_peers_remove (peers, 1, B);
  CU_ASSERT_EQUAL (n, 2);
}

static void
held_peer_stays (void)
{
  g_autoptr (VtepPeers) peers = vtep_peers_new (7);
  VtepPeer *peer = vtep_peers_hold (peers, A);

  vtep_peers_add (peers, 1, A);
  CU_ASSERT_PTR_EQUAL (vtep_peers_of_switch (peers, 1, A), peer);
  vtep_counter_add (&peer->in, 60);
  vtep_peers_remove (peers, 1, A);
  while (vtep_peers_next_changed (peers))
    continue;
  CU_ASSERT_EQUAL (vtep_peers_find (peers, A)->in.bytes, 60);
  CU_ASSERT_EQUAL (vtep_peers_find (peers, A)->in.packets, 1);
  vtep_peers_release (peers, A);
  CU_ASSERT_PTR_NULL (vtep_peers_find (peers, A));
}

static void
places_are_reused (void)
{
  g_autoptr (VtepPeers) peers = vtep_peers_new (7);

  for (guint i = 0; i < 1000; i++)
    {
      vtep_peers_add (peers, 1, A + i);
      vtep_peers_add (peers, 2, A + i);
      vtep_peers_remove (peers, 1, A + i);
      if (i % 2)
        vtep_peers_remove (peers, 2, A + i);
      while (vtep_peers_next_changed (peers))
        continue;
    }
  for (guint i = 0; i < 1000; i++)
    CU_ASSERT_EQUAL (vtep_peers_of_switch (peers, 2, A + i) != NULL, i % 2 == 0);
}

int
main (void)
{
  return tap_main (
      "peers", (TapTest[]){
                   { "a tunnel end belongs to the logical switches whose rows name it", rows_of_switches },
                   { "an address that rows begin or cease to name is told once", changes_are_told_once },
                   { "a listener hears that there is something to look at", listener_hears_the_first },
                   { "an end that is held stays, and keeps its counters", held_peer_stays },
                   { "a thousand ends that come and go leave the others alone", places_are_reused },
                   { NULL, NULL },
               });
}

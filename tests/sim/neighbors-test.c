/* The neighbour table by itself: what it asks, sends, drops and when. */
#include "sim/neighbors.h"
#include "net/world.h"
#include "tap.h"

static const NetMac there = { { 2, 0, 0, 0, 0, 2 } }, elsewhere = { { 2, 0, 0, 0, 0, 3 } };
#define IP 0xc0000202u

/* What the table asked for. */
typedef struct
{
  guint n_broadcast, n_unicast, n_sent, n_dropped, n_failed;
  NetDropReason reason;
  NetMac sent_to;
} Owner;

static void
ask (gpointer data, NetIpv4 ip, const NetMac *known)
{
  Owner *owner = data;
  CU_ASSERT_EQUAL (ip, IP);
  owner->n_broadcast += known == NULL;
  owner->n_unicast += known != NULL;
}

static void
send_packet (gpointer data, NetFrame *packet, const NetMac *mac)
{
  Owner *owner = data;
  owner->n_sent++;
  owner->sent_to = *mac;
  net_frame_unref (packet);
}

static void
drop_packet (gpointer data, NetFrame *packet, NetDropReason reason)
{
  Owner *owner = data;
  owner->n_dropped++;
  owner->reason = reason;
  net_frame_unref (packet);
}

static void
failed (gpointer data, NetIpv4 ip)
{
  CU_ASSERT_EQUAL (ip, IP);
  ((Owner *) data)->n_failed++;
}

static const SimNeighborsOwner calls
    = { .ask = ask, .send = send_packet, .drop = drop_packet, .failed = failed };

static void
packets_wait_for_the_answer_and_go_in_order (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  Owner owner = { 0 };
  SimNeighbors *table = sim_neighbors_new (&calls, &owner);

  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 0);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 0);
  CU_ASSERT_EQUAL (owner.n_broadcast, 1); /* one question for both */
  CU_ASSERT_EQUAL (owner.n_sent, 0);
  sim_neighbors_learn (table, IP, &there, TRUE, NET_MSEC);
  CU_ASSERT_EQUAL (owner.n_sent, 2);
  CU_ASSERT_TRUE (net_mac_equal (&owner.sent_to, &there));
  CU_ASSERT_EQUAL (sim_neighbors_deadline (table), G_MAXINT64);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 2 * NET_MSEC);
  CU_ASSERT_EQUAL (owner.n_sent, 3);
  CU_ASSERT_EQUAL (owner.n_broadcast, 1);
  sim_neighbors_free (table);
}

static void
three_questions_without_answer_drop_what_waits (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  Owner owner = { 0 };
  SimNeighbors *table = sim_neighbors_new (&calls, &owner);

  for (guint i = 0; i < 20; i++)
    sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 0);
  CU_ASSERT_EQUAL (owner.n_dropped, 4); /* sixteen may wait */
  CU_ASSERT_EQUAL (owner.reason, NET_DROP_NEIGHBOR_QUEUE_FULL);
  for (gint64 second = 1; second <= 3; second++)
    {
      CU_ASSERT_EQUAL (owner.n_broadcast, second);
      CU_ASSERT_EQUAL (sim_neighbors_deadline (table), second * NET_SEC);
      sim_neighbors_expire (table, second * NET_SEC);
    }
  CU_ASSERT_EQUAL (owner.n_broadcast, 3);
  CU_ASSERT_EQUAL (owner.n_dropped, 20);
  CU_ASSERT_EQUAL (owner.reason, NET_DROP_NEIGHBOR_FAILED);
  CU_ASSERT_EQUAL (owner.n_failed, 1);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 10 * NET_SEC); /* it starts anew */
  CU_ASSERT_EQUAL (owner.n_broadcast, 4);
  sim_neighbors_free (table);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 0);
}

static void
old_entry_is_used_while_it_is_asked_again (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  Owner owner = { 0 };
  SimNeighbors *table = sim_neighbors_new (&calls, &owner);

  sim_neighbors_learn (table, IP, &there, TRUE, 0);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 60 * NET_SEC);
  CU_ASSERT_EQUAL (owner.n_unicast, 0);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 61 * NET_SEC);
  CU_ASSERT_EQUAL (owner.n_unicast, 1);
  CU_ASSERT_EQUAL (owner.n_sent, 2);
  for (gint64 second = 62; second <= 64; second++)
    sim_neighbors_expire (table, second * NET_SEC);
  CU_ASSERT_EQUAL (owner.n_unicast, 3);
  CU_ASSERT_EQUAL (owner.n_failed, 1);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 65 * NET_SEC);
  CU_ASSERT_EQUAL (owner.n_broadcast, 1); /* it is forgotten */
  CU_ASSERT_EQUAL (owner.n_sent, 2);
  sim_neighbors_free (table);
}

static void
what_is_overheard_changes_an_entry_but_makes_none (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  Owner owner = { 0 };
  SimNeighbors *table = sim_neighbors_new (&calls, &owner);

  sim_neighbors_learn (table, IP, &there, FALSE, 0);
  sim_neighbors_send (table, IP, net_frame_new (pool, 0, 60), 0);
  CU_ASSERT_EQUAL (owner.n_broadcast, 1);
  sim_neighbors_learn (table, IP, &elsewhere, FALSE, 0);
  CU_ASSERT_TRUE (net_mac_equal (&owner.sent_to, &elsewhere));
  sim_neighbors_free (table);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "packets wait for the answer and go in order", packets_wait_for_the_answer_and_go_in_order },
    { "three questions without answer drop what waits", three_questions_without_answer_drop_what_waits },
    { "an old entry is used while it is asked again", old_entry_is_used_while_it_is_asked_again },
    { "what is overheard changes an entry but makes none",
      what_is_overheard_changes_an_entry_but_makes_none },
    { NULL, NULL },
  };
  return tap_main ("neighbors", tests);
}

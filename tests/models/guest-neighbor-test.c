/* The neighbour table's states and times, with time as an argument. */
#include "models/guest/neighbor.h"

#include "tap.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define MSEC   G_GINT64_CONSTANT (1000000)

static const NetMac mac_1 = { { 2, 0, 0, 0, 0, 1 } };
static const NetMac mac_2 = { { 2, 0, 0, 0, 0, 2 } };

/* What the table asked for, in words: "ask", "ask-unicast", "send LAST-OCTET", "refuse REASON". */
typedef struct
{
  NetFramePool *pool;
  GuestNeighbors *table;
  GString *log;
  GuestIp peer;
} Fixture;

static void note (Fixture *fixture, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
note (Fixture *fixture, const char *format, ...)
{
  va_list arguments;

  if (fixture->log->len)
    g_string_append (fixture->log, ", ");
  va_start (arguments, format);
  g_string_append_vprintf (fixture->log, format, arguments);
  va_end (arguments);
}

static void
ask (gpointer user, const GuestIp *ip, const NetMac *to)
{
  (void) ip;
  note (user, to ? "ask-unicast" : "ask");
}

static void
transmit (gpointer user, NetFrame *packet, const NetMac *to)
{
  note (user, "send %u", to->octet[5]);
  net_frame_unref (packet);
}

static void
refuse (gpointer user, NetFrame *packet, NetDropReason reason)
{
  note (user, "refuse %s", net_drop_word (reason));
  net_frame_unref (packet);
}

static void
changed (gpointer user, const char *op, const GuestNeighbor *neighbor)
{
  (void) user;
  (void) op;
  (void) neighbor;
}

static const GuestNeighborEvents events = { ask, transmit, refuse, changed };

static void
fixture_init (Fixture *fixture, const GuestNeighborConfig *config)
{
  fixture->pool = net_frame_pool_new ();
  fixture->table = guest_neighbors_new (config, &events, fixture);
  fixture->log = g_string_new (NULL);
  fixture->peer = guest_ip_v4 (0x0a00000b);
}

static void
fixture_clear (Fixture *fixture)
{
  guest_neighbors_free (fixture->table);
  net_frame_pool_free (fixture->pool);
  g_string_free (fixture->log, TRUE);
}

static void
expect_line (int line, Fixture *fixture, const char *expected)
{
  if (strcmp (fixture->log->str, expected) != 0)
    g_printerr ("# line %d: got \"%s\", expected \"%s\"\n", line, fixture->log->str, expected);
  CU_ASSERT_STRING_EQUAL (fixture->log->str, expected);
  g_string_truncate (fixture->log, 0);
}

#define EXPECT(text) expect_line (__LINE__, &fixture, (text))
#define STATE(word)                                                                                          \
  CU_ASSERT_STRING_EQUAL (                                                                                   \
      guest_neighbor_state_word (guest_neighbors_find (fixture.table, &fixture.peer)->state), (word))

static void
send (Fixture *fixture, gboolean confirm, gint64 now_ns)
{
  guest_neighbors_send (fixture->table, &fixture->peer, net_frame_new (fixture->pool, 0, 60), confirm,
                        now_ns);
}

static void
hear (Fixture *fixture, const NetMac *mac, GuestHeard heard, gint64 now_ns)
{
  guest_neighbors_hear (fixture->table, &fixture->peer, mac, heard, now_ns);
}

static void
packets_wait_for_the_answer (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  send (&fixture, FALSE, 0);
  EXPECT ("ask");
  send (&fixture, FALSE, 10 * MSEC);
  EXPECT ("");
  hear (&fixture, &mac_1, GUEST_HEARD_ANSWER, 20 * MSEC);
  EXPECT ("send 1, send 1");
  STATE ("reachable");
  CU_ASSERT_EQUAL (guest_neighbors_due (fixture.table), 1 * SECOND); /* early: nothing happens then */
  guest_neighbors_expire (fixture.table, 1 * SECOND);
  STATE ("reachable");
  CU_ASSERT_EQUAL (guest_neighbors_due (fixture.table), 30 * SECOND + 20 * MSEC);
  fixture_clear (&fixture);
}

static void
three_questions_then_failure (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  send (&fixture, FALSE, 0);
  guest_neighbors_expire (fixture.table, 1 * SECOND);
  guest_neighbors_expire (fixture.table, 2 * SECOND);
  EXPECT ("ask, ask, ask");
  guest_neighbors_expire (fixture.table, 3 * SECOND);
  EXPECT ("refuse neighbor-failed");
  STATE ("failed");
  CU_ASSERT_EQUAL (guest_neighbors_due (fixture.table), GUEST_NEVER);
  send (&fixture, FALSE, 4 * SECOND); /* starts over */
  EXPECT ("ask");
  STATE ("incomplete");
  fixture_clear (&fixture);
}

static void
the_oldest_packet_gives_way (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  for (guint i = 0; i < 101; i++)
    send (&fixture, FALSE, 0);
  EXPECT ("ask");
  send (&fixture, FALSE, 0);
  EXPECT ("refuse neighbor-queue-full");
  fixture_clear (&fixture);
}

static void
reachable_goes_stale_then_delay_then_probe (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  send (&fixture, FALSE, 0);
  hear (&fixture, &mac_1, GUEST_HEARD_ANSWER, 0);
  EXPECT ("ask, send 1");
  guest_neighbors_expire (fixture.table, 30 * SECOND);
  STATE ("stale");
  send (&fixture, FALSE, 40 * SECOND);
  EXPECT ("send 1"); /* used at once; the question comes only if nothing confirms it */
  STATE ("delay");
  guest_neighbors_expire (fixture.table, 45 * SECOND);
  EXPECT ("ask-unicast");
  STATE ("probe");
  send (&fixture, FALSE, 45 * SECOND);
  EXPECT ("send 1");
  guest_neighbors_expire (fixture.table, 46 * SECOND);
  guest_neighbors_expire (fixture.table, 47 * SECOND);
  EXPECT ("ask-unicast, ask-unicast");
  guest_neighbors_expire (fixture.table, 48 * SECOND);
  EXPECT ("");
  STATE ("failed");
  fixture_clear (&fixture);
}

static void
a_confirmation_from_above_spares_the_question (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  hear (&fixture, &mac_1, GUEST_HEARD_QUESTION, 0);
  STATE ("stale");
  send (&fixture, FALSE, 1 * SECOND);
  send (&fixture, TRUE, 2 * SECOND);
  EXPECT ("send 1, send 1");
  guest_neighbors_expire (fixture.table, 6 * SECOND);
  EXPECT ("");
  STATE ("reachable");
  CU_ASSERT_EQUAL (guest_neighbors_due (fixture.table), 32 * SECOND);
  send (&fixture, TRUE, 31 * SECOND);
  guest_neighbors_expire (fixture.table, 32 * SECOND);
  STATE ("reachable");
  fixture_clear (&fixture);
}

static void
only_questions_to_us_make_entries (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  hear (&fixture, &mac_1, GUEST_HEARD_PASSING, 0);
  hear (&fixture, &mac_1, GUEST_HEARD_ANSWER, 0);
  hear (&fixture, &mac_1, GUEST_HEARD_ANNOUNCEMENT, 0);
  CU_ASSERT_PTR_NULL (guest_neighbors_find (fixture.table, &fixture.peer));
  hear (&fixture, &mac_1, GUEST_HEARD_QUESTION, 0);
  CU_ASSERT_PTR_NOT_NULL (guest_neighbors_find (fixture.table, &fixture.peer));
  STATE ("stale");
  fixture_clear (&fixture);
}

static void
a_passing_question_resolves_who_waits (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  send (&fixture, FALSE, 0);
  hear (&fixture, &mac_1, GUEST_HEARD_PASSING, 10 * MSEC);
  EXPECT ("ask, send 1");
  STATE ("delay");
  fixture_clear (&fixture);
}

static void
a_fresh_mac_is_locked_for_a_second (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  send (&fixture, FALSE, 0);
  hear (&fixture, &mac_1, GUEST_HEARD_ANSWER, 0);
  hear (&fixture, &mac_2, GUEST_HEARD_ANSWER, 500 * MSEC); /* a second answer to the same question */
  send (&fixture, FALSE, 500 * MSEC);
  EXPECT ("ask, send 1, send 1");
  hear (&fixture, &mac_2, GUEST_HEARD_ANSWER, 1001 * MSEC);
  send (&fixture, FALSE, 1002 * MSEC);
  EXPECT ("send 2");
  STATE ("reachable");
  hear (&fixture, &mac_1, GUEST_HEARD_ANNOUNCEMENT, 1003 * MSEC); /* overrides at once, confirms nothing */
  STATE ("stale");
  send (&fixture, FALSE, 1004 * MSEC);
  EXPECT ("send 1");
  fixture_clear (&fixture);
}

static void
a_full_table_gives_up_the_oldest_idle_entry (void)
{
  Fixture fixture;
  GuestNeighborConfig small = guest_neighbor_arp;
  GuestIp first = guest_ip_v4 (1), second = guest_ip_v4 (2), third = guest_ip_v4 (3);

  small.max_entries = 2;
  fixture_init (&fixture, &small);
  guest_neighbors_hear (fixture.table, &first, &mac_1, GUEST_HEARD_QUESTION, 1);
  guest_neighbors_hear (fixture.table, &second, &mac_1, GUEST_HEARD_QUESTION, 2);
  guest_neighbors_hear (fixture.table, &third, &mac_1, GUEST_HEARD_QUESTION, 3);
  CU_ASSERT_PTR_NULL (guest_neighbors_find (fixture.table, &first));
  CU_ASSERT_PTR_NOT_NULL (guest_neighbors_find (fixture.table, &third));
  fixture.peer = second;
  send (&fixture, FALSE, 4);
  fixture.peer = third;
  send (&fixture, FALSE, 5);
  EXPECT ("send 1, send 1");
  fixture.peer = first; /* both others are in use */
  send (&fixture, FALSE, 6);
  EXPECT ("refuse neighbor-queue-full");
  fixture_clear (&fixture);
}

static void
a_flush_refuses_what_waits (void)
{
  Fixture fixture;

  fixture_init (&fixture, &guest_neighbor_arp);
  send (&fixture, FALSE, 0);
  guest_neighbors_flush (fixture.table, NET_DROP_NODE_STOPPED);
  EXPECT ("ask, refuse node-stopped");
  CU_ASSERT_PTR_NULL (guest_neighbors_find (fixture.table, &fixture.peer));
  fixture_clear (&fixture);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "packets wait for the answer and leave with it", packets_wait_for_the_answer },
    { "three questions a second apart, then failure, then over again", three_questions_then_failure },
    { "of 102 waiting packets the oldest gives way", the_oldest_packet_gives_way },
    { "reachable goes stale, delay, probe with three unicast questions, failed",
      reachable_goes_stale_then_delay_then_probe },
    { "a confirmation from above spares the question", a_confirmation_from_above_spares_the_question },
    { "only questions to us make entries", only_questions_to_us_make_entries },
    { "a passing question resolves who waits", a_passing_question_resolves_who_waits },
    { "a fresh MAC is locked for a second, except to an announcement", a_fresh_mac_is_locked_for_a_second },
    { "a full table gives up the oldest idle entry", a_full_table_gives_up_the_oldest_idle_entry },
    { "a flush refuses what waits", a_flush_refuses_what_waits },
    { NULL, NULL },
  };
  return tap_main ("guest-neighbor", tests);
}

/* The TCP state machine by itself: segments and times in, segments and news out. */
#include "sim/tcp.h"
#include "tap.h"

#define FIRST  1000u /* our first sequence number */
#define THEIRS 5000u

/* ---- helpers ------------------------------------------------------------------------------------------------- */

static NetTcp
segment (guint32 sequence, guint32 acknowledgment, guint8 flags)
{
  return (NetTcp){ .source_port = 6640,
                   .destination_port = 49152,
                   .sequence = sequence,
                   .acknowledgment = acknowledgment,
                   .flags = flags,
                   .window = 65535 };
}

static guint
give (SimTcp *tcp, gint64 now_ns, NetTcp header, const char *text)
{
  return sim_tcp_receive (tcp, &header, (const guint8 *) text, (guint) strlen (text), now_ns);
}

/* The segments that are due, written down: "A 1001 +1460" is an ACK at 1001 with so many bytes. */
static char *
take (SimTcp *tcp, gint64 now_ns)
{
  GString *all = g_string_new (NULL);
  SimTcpSegment out;

  while (sim_tcp_output (tcp, now_ns, &out))
    {
      if (all->len > 0)
        g_string_append (all, ", ");
      for (guint i = 0; i < 5; i++)
        if (out.header.flags >> i & 1)
          g_string_append_c (all, "FSRPA"[i]);
      g_string_append_printf (all, " %u", out.header.sequence);
      if (out.n > 0)
        g_string_append_printf (all, " +%u", out.n);
      if (out.header.flags & NET_TCP_ACK)
        g_string_append_printf (all, " ack %u", out.header.acknowledgment);
    }
  return g_string_free (all, FALSE);
}

#define ASSERT_OUT(tcp, now_ns, expected)                                                                    \
  do                                                                                                         \
    {                                                                                                        \
      g_autofree char *text = take (tcp, now_ns);                                                            \
      if (g_strcmp0 (text, expected) != 0)                                                                   \
        g_print ("# line %d: sent \"%s\"\n", __LINE__, text);                                                \
      CU_ASSERT_STRING_EQUAL (text, expected);                                                               \
    }                                                                                                        \
  while (0)

static const SimTcpStart start = { .local_port = 49152, .peer_port = 6640, .sequence = FIRST };

static void
connect_at (SimTcp *tcp, gint64 now_ns)
{
  NetTcp answer = segment (THEIRS, FIRST + 1, NET_TCP_SYN | NET_TCP_ACK);

  answer.maximum_segment = 1460;
  sim_tcp_dial (tcp, &start);
  ASSERT_OUT (tcp, now_ns, "S 1000");
  CU_ASSERT_EQUAL (give (tcp, now_ns + NET_MSEC, answer, ""), SIM_TCP_CONNECTED);
  ASSERT_OUT (tcp, now_ns + NET_MSEC, "A 1001 ack 5001");
  CU_ASSERT_EQUAL (tcp->state, SIM_TCP_ESTABLISHED);
}

static void
send_bytes (SimTcp *tcp, guint n)
{
  g_autofree guint8 *bytes = g_malloc0 (n);
  sim_tcp_send (tcp, bytes, n);
}

/* ---- sending again ------------------------------------------------------------------------------------------- */

static void
unanswered_syn_is_repeated_with_doubled_pauses_and_given_up (void)
{
  static const gint64 repeated_s[] = { 1, 3, 7, 15, 31, 63 };
  SimTcp tcp;

  sim_tcp_dial (&tcp, &start);
  ASSERT_OUT (&tcp, 0, "S 1000");
  for (guint i = 0; i < G_N_ELEMENTS (repeated_s); i++)
    {
      CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), repeated_s[i] * NET_SEC);
      CU_ASSERT_EQUAL (sim_tcp_expire (&tcp, repeated_s[i] * NET_SEC), 0);
      ASSERT_OUT (&tcp, repeated_s[i] * NET_SEC, "S 1000");
    }
  /* The pauses are capped at a minute: 63 + 60. */
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), 123 * NET_SEC);
  CU_ASSERT_EQUAL (sim_tcp_expire (&tcp, 123 * NET_SEC), SIM_TCP_TIMED_OUT);
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_CLOSED);
  sim_tcp_clear (&tcp);
}

static void
data_is_repeated_after_the_timeout_that_round_trips_taught (void)
{
  SimTcp tcp;

  connect_at (&tcp, 0); /* round trip 1 ms: the timeout is the least one */
  send_bytes (&tcp, 100);
  ASSERT_OUT (&tcp, NET_SEC, "PA 1001 +100 ack 5001");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), NET_SEC + 200 * NET_MSEC);
  CU_ASSERT_EQUAL (sim_tcp_expire (&tcp, NET_SEC + 200 * NET_MSEC), 0);
  ASSERT_OUT (&tcp, NET_SEC + 200 * NET_MSEC, "PA 1001 +100 ack 5001");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), NET_SEC + 600 * NET_MSEC);
  give (&tcp, NET_SEC + 300 * NET_MSEC, segment (THEIRS + 1, 1101, NET_TCP_ACK), "");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), G_MAXINT64);
  CU_ASSERT_EQUAL (tcp.pace.timeout_ns,
                   200 * NET_MSEC); /* the back-off is over, Karn's rule kept 300 ms out */
  sim_tcp_clear (&tcp);
}

static void
third_duplicate_brings_the_lost_segment_at_once (void)
{
  SimTcp tcp;

  connect_at (&tcp, 0);
  send_bytes (&tcp, 5 * 1460);
  ASSERT_OUT (&tcp, NET_SEC,
              "A 1001 +1460 ack 5001, A 2461 +1460 ack 5001, A 3921 +1460 ack 5001, A 5381 +1460 ack 5001, "
              "PA 6841 +1460 ack 5001");
  for (guint i = 0; i < 2; i++)
    {
      give (&tcp, NET_SEC + NET_MSEC, segment (THEIRS + 1, 1001, NET_TCP_ACK), "");
      ASSERT_OUT (&tcp, NET_SEC + NET_MSEC, "");
    }
  give (&tcp, NET_SEC + NET_MSEC, segment (THEIRS + 1, 1001, NET_TCP_ACK), "");
  ASSERT_OUT (&tcp, NET_SEC + NET_MSEC, "A 1001 +1460 ack 5001");
  /* A part is acknowledged: the next hole follows without waiting for duplicates. */
  give (&tcp, NET_SEC + 2 * NET_MSEC, segment (THEIRS + 1, 3921, NET_TCP_ACK), "");
  ASSERT_OUT (&tcp, NET_SEC + 2 * NET_MSEC, "A 3921 +1460 ack 5001");
  give (&tcp, NET_SEC + 3 * NET_MSEC, segment (THEIRS + 1, 8301, NET_TCP_ACK), "");
  CU_ASSERT_EQUAL (tcp.pace.smooth_ns, NET_MSEC); /* no round trip is measured by what was sent twice */
  ASSERT_OUT (&tcp, NET_SEC + 3 * NET_MSEC, "");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), G_MAXINT64);
  sim_tcp_clear (&tcp);
}

static void
silence_for_100_s_ends_the_connection (void)
{
  SimTcp tcp;
  gint64 now_ns = NET_SEC;
  guint news = 0, rounds = 0;

  connect_at (&tcp, 0);
  send_bytes (&tcp, 1);
  for (; !news && rounds < 100; rounds++)
    {
      g_autofree char *sent = take (&tcp, now_ns);
      CU_ASSERT_STRING_EQUAL (sent, "PA 1001 +1 ack 5001");
      now_ns = sim_tcp_deadline (&tcp);
      news = sim_tcp_expire (&tcp, now_ns);
    }
  CU_ASSERT_EQUAL (news, SIM_TCP_TIMED_OUT);
  CU_ASSERT_EQUAL (rounds, 9); /* pauses of 0.2, 0.4 … 51.2 s */
  CU_ASSERT (now_ns >= 101 * NET_SEC && now_ns < 110 * NET_SEC);
  sim_tcp_clear (&tcp);
}

static void
closed_window_is_probed_and_does_not_time_out_while_it_answers (void)
{
  NetTcp shut = segment (THEIRS + 1, 1001, NET_TCP_ACK);
  gint64 now_ns = NET_SEC;
  SimTcp tcp;

  connect_at (&tcp, 0);
  shut.window = 0;
  give (&tcp, now_ns, shut, "");
  send_bytes (&tcp, 10);
  ASSERT_OUT (&tcp, now_ns, "");
  for (guint i = 0; i < 20; i++)
    {
      now_ns = sim_tcp_deadline (&tcp);
      CU_ASSERT_EQUAL (sim_tcp_expire (&tcp, now_ns), 0);
      ASSERT_OUT (&tcp, now_ns, "A 1001 +1 ack 5001");
      give (&tcp, now_ns, shut, "");
    }
  CU_ASSERT (now_ns > 600 * NET_SEC);
  shut.window = 100;
  give (&tcp, now_ns, shut, "");
  ASSERT_OUT (&tcp, now_ns, "PA 1002 +9 ack 5001");
  sim_tcp_clear (&tcp);
}

/* ---- receiving ----------------------------------------------------------------------------------------------- */

static void
bytes_out_of_order_are_handed_over_in_order_and_once (void)
{
  SimTcp tcp;

  connect_at (&tcp, 0);
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1 + 6, 1001, NET_TCP_ACK), "world"), 0);
  ASSERT_OUT (&tcp, NET_SEC, "A 1001 ack 5001"); /* a duplicate, at once */
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1 + 4, 1001, NET_TCP_ACK), "o wor"), 0);
  ASSERT_OUT (&tcp, NET_SEC, "A 1001 ack 5001");
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1, 1001, NET_TCP_ACK), "hello"), SIM_TCP_ARRIVED);
  ASSERT_OUT (&tcp, NET_SEC, "A 1001 ack 5012");
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1, 1001, NET_TCP_ACK), "hello world!"),
                   SIM_TCP_ARRIVED);
  TAP_ASSERT_BYTES (tcp.in->data, tcp.in->len, 'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd', '!');
  sim_tcp_clear (&tcp);
}

static void
sequence_numbers_wrap (void)
{
  NetTcp answer = segment (0xfffffffd, 0xffffffff, NET_TCP_SYN | NET_TCP_ACK);
  SimTcp tcp;

  sim_tcp_dial (&tcp, &(SimTcpStart){ .local_port = 49152, .peer_port = 6640, .sequence = 0xfffffffe });
  ASSERT_OUT (&tcp, 0, "S 4294967294");
  answer.maximum_segment = 1460;
  CU_ASSERT_EQUAL (give (&tcp, 0, answer, ""), SIM_TCP_CONNECTED);
  send_bytes (&tcp, 4);
  ASSERT_OUT (&tcp, 0, "PA 4294967295 +4 ack 4294967294");
  CU_ASSERT_EQUAL (give (&tcp, 0, segment (0, 0xffffffff, NET_TCP_ACK), "cd"), 0);
  CU_ASSERT_EQUAL (give (&tcp, 0, segment (0xfffffffe, 3, NET_TCP_ACK), "ab"), SIM_TCP_ARRIVED);
  ASSERT_OUT (&tcp, 0, "A 3 ack 2");
  TAP_ASSERT_BYTES (tcp.in->data, tcp.in->len, 'a', 'b', 'c', 'd');
  sim_tcp_clear (&tcp);
}

static void
acknowledgment_waits_40_ms_or_for_two_segments (void)
{
  g_autofree char *full = g_strnfill (1460, 'x');
  SimTcp tcp;

  connect_at (&tcp, 0);
  give (&tcp, NET_SEC, segment (THEIRS + 1, 1001, NET_TCP_ACK), full);
  ASSERT_OUT (&tcp, NET_SEC, "");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), NET_SEC + 40 * NET_MSEC);
  sim_tcp_expire (&tcp, NET_SEC + 40 * NET_MSEC);
  ASSERT_OUT (&tcp, NET_SEC + 40 * NET_MSEC, "A 1001 ack 6461");
  give (&tcp, 2 * NET_SEC, segment (6461, 1001, NET_TCP_ACK), full);
  give (&tcp, 2 * NET_SEC, segment (7921, 1001, NET_TCP_ACK), full);
  ASSERT_OUT (&tcp, 2 * NET_SEC, "A 1001 ack 9381");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), G_MAXINT64);
  sim_tcp_clear (&tcp);
}

static void
reset_counts_only_in_its_place (void)
{
  SimTcp tcp;

  connect_at (&tcp, 0);
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 100, 0, NET_TCP_RST), ""), 0);
  ASSERT_OUT (&tcp, NET_SEC, "A 1001 ack 5001"); /* RFC 5961: say it again, if you mean it */
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1000000, 0, NET_TCP_RST), ""), 0);
  ASSERT_OUT (&tcp, NET_SEC, "");
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1, 0, NET_TCP_RST), ""), SIM_TCP_RESET);
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_CLOSED);
  sim_tcp_clear (&tcp);
}

static void
segments_out_of_place_are_not_answered_for_ever (void)
{
  guint n_answers = 0;
  SimTcp tcp;

  connect_at (&tcp, 0);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *sent = NULL;
      give (&tcp, NET_SEC + i * NET_MSEC, segment (THEIRS - 1000, 1001, NET_TCP_ACK), "");
      sent = take (&tcp, NET_SEC + i * NET_MSEC);
      n_answers += *sent != '\0';
    }
  CU_ASSERT_EQUAL (n_answers, 2); /* one in half a second */
  sim_tcp_clear (&tcp);
}

/* ---- the ends ------------------------------------------------------------------------------------------------ */

static void
fin_follows_the_last_byte_and_lingers (void)
{
  SimTcp tcp;

  connect_at (&tcp, 0);
  send_bytes (&tcp, 10);
  sim_tcp_finish (&tcp);
  ASSERT_OUT (&tcp, NET_SEC, "FPA 1001 +10 ack 5001");
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_FIN_WAIT_1);
  give (&tcp, NET_SEC, segment (THEIRS + 1, 1011, NET_TCP_ACK), ""); /* the bytes, not the FIN */
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_FIN_WAIT_1);
  give (&tcp, NET_SEC, segment (THEIRS + 1, 1012, NET_TCP_ACK), "");
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_FIN_WAIT_2);
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1, 1012, NET_TCP_ACK | NET_TCP_FIN), ""),
                   SIM_TCP_PEER_CLOSED);
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_TIME_WAIT);
  ASSERT_OUT (&tcp, NET_SEC, "A 1012 ack 5002");
  /* Their FIN again: our answer was lost. */
  CU_ASSERT_EQUAL (give (&tcp, NET_SEC, segment (THEIRS + 1, 1012, NET_TCP_ACK | NET_TCP_FIN), ""), 0);
  ASSERT_OUT (&tcp, NET_SEC, "A 1012 ack 5002");
  CU_ASSERT_EQUAL (sim_tcp_deadline (&tcp), 61 * NET_SEC);
  sim_tcp_expire (&tcp, 61 * NET_SEC);
  CU_ASSERT_EQUAL (tcp.state, SIM_TCP_CLOSED);
  sim_tcp_clear (&tcp);
}

static void
answered_syn_becomes_a_connection_and_a_stray_one_nothing (void)
{
  NetTcp syn = segment (THEIRS, 0, NET_TCP_SYN), answer;
  SimTcp tcp;

  sim_tcp_answer (&tcp, &start, &syn);
  ASSERT_OUT (&tcp, 0, "SA 1000 ack 5001");
  CU_ASSERT_EQUAL (tcp.pace.segment, 536); /* they named no size */
  CU_ASSERT_EQUAL (give (&tcp, 0, syn, ""), 0);
  ASSERT_OUT (&tcp, 0, "SA 1000 ack 5001");
  CU_ASSERT_EQUAL (give (&tcp, 0, segment (THEIRS + 1, 999, NET_TCP_ACK), ""), 0);
  ASSERT_OUT (&tcp, 0, "R 999");
  CU_ASSERT_EQUAL (give (&tcp, 0, segment (THEIRS + 1, 1001, NET_TCP_ACK), "hi"),
                   SIM_TCP_CONNECTED | SIM_TCP_ARRIVED);
  sim_tcp_clear (&tcp);

  CU_ASSERT_TRUE (sim_tcp_reset_for (&syn, 0, &answer));
  CU_ASSERT_EQUAL (answer.flags, NET_TCP_RST | NET_TCP_ACK);
  CU_ASSERT_EQUAL (answer.acknowledgment, THEIRS + 1);
  syn.flags = NET_TCP_RST;
  CU_ASSERT_FALSE (sim_tcp_reset_for (&syn, 0, &answer));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "an unanswered SYN is repeated with doubled pauses, and given up",
      unanswered_syn_is_repeated_with_doubled_pauses_and_given_up },
    { "data is repeated after the timeout that round trips taught",
      data_is_repeated_after_the_timeout_that_round_trips_taught },
    { "the third duplicate brings the lost segment at once",
      third_duplicate_brings_the_lost_segment_at_once },
    { "silence for 100 s ends the connection", silence_for_100_s_ends_the_connection },
    { "a closed window is probed, and does not time out while it answers",
      closed_window_is_probed_and_does_not_time_out_while_it_answers },
    { "bytes out of order are handed over in order and once",
      bytes_out_of_order_are_handed_over_in_order_and_once },
    { "sequence numbers wrap", sequence_numbers_wrap },
    { "an acknowledgment waits 40 ms or for two segments", acknowledgment_waits_40_ms_or_for_two_segments },
    { "a reset counts only in its place", reset_counts_only_in_its_place },
    { "segments out of place are not answered for ever", segments_out_of_place_are_not_answered_for_ever },
    { "a FIN follows the last byte, and lingers", fin_follows_the_last_byte_and_lingers },
    { "an answered SYN becomes a connection, a stray one nothing",
      answered_syn_becomes_a_connection_and_a_stray_one_nothing },
    { NULL, NULL },
  };
  return tap_main ("tcp", tests);
}

/* Streams when things go wrong: links that lose, double, reorder and are cut, neighbours that are not there, and
 * frames from outsiders. */
#include "host-lab.h"
#include "net/ethernet.h"
#include "net/tcp.h"
#include "tap.h"

/* ---- cut links and absent neighbours -------------------------------------------------------------------------- */

static void
cut_link_times_out_who_has_something_to_say (void)
{
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 1 * SIM_SEC);
  sim_link_set_up (lab.link, FALSE);
  net_stream_send (client.stream, (const guint8 *) "anybody?", 8);
  host_lab_run (&lab, 600 * SIM_SEC);
  CU_ASSERT_EQUAL (client.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (client.why, "timed out");
  CU_ASSERT (client.closed_ns >= 101 * SIM_SEC && client.closed_ns < 110 * SIM_SEC);
  CU_ASSERT_EQUAL (server.n_closed, 0); /* it said nothing, so it knows nothing */
  /* The link comes back: the half that is left hears of it when it speaks. */
  sim_link_set_up (lab.link, TRUE);
  net_stream_send (server.stream, (const guint8 *) "hello?", 6);
  host_lab_run (&lab, 610 * SIM_SEC);
  CU_ASSERT_STRING_EQUAL (server.why, "connection reset");
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
link_that_comes_back_loses_nothing (void)
{
  g_autofree guint8 *bytes = host_pattern (100000);
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 1 * SIM_SEC);
  net_stream_send (client.stream, bytes, 100000);
  host_lab_run (&lab, 1 * SIM_SEC + 300 * SIM_USEC); /* in the middle of it */
  sim_link_set_up (lab.link, FALSE);
  host_lab_run (&lab, 20 * SIM_SEC);
  CU_ASSERT (server.received->len < 100000);
  sim_link_set_up (lab.link, TRUE);
  host_lab_run (&lab, 60 * SIM_SEC);
  CU_ASSERT_TRUE (host_end_holds (&server, bytes, 100000));
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
absent_neighbor_is_asked_three_times_and_then_there_is_no_route (void)
{
  HostLab lab;
  HostEnd client, far;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&client, lab.client);
  host_end_init (&far, lab.client);
  host_end_dial (&client, lab.client, "tcp:192.0.2.77:6640");
  host_end_dial (&far, lab.client, "tcp:203.0.113.1:6640"); /* beyond the prefix, and there is no gateway */
  host_lab_run (&lab, 10 * SIM_SEC);
  CU_ASSERT_EQUAL (lab.n_arp, 3);
  CU_ASSERT_STRING_EQUAL (client.why, "no route to host");
  CU_ASSERT_EQUAL (client.closed_ns, 3 * SIM_SEC);
  CU_ASSERT_STRING_EQUAL (far.why, "no route to host");
  CU_ASSERT_EQUAL (far.closed_ns, 0);
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.client, NET_DROP_NEIGHBOR_FAILED), 3); /* the SYN, sent thrice */
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&far);
}

/* ---- bad links ----------------------------------------------------------------------------------------------- */

static void
expect_exact_echo_over (const SimLinkConfig *config, gint64 until_ns)
{
  g_autofree guint8 *bytes = host_pattern (MEGABYTE);
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, config);
  host_lab_meet (&lab, &client, &server);
  server.echoes = TRUE;
  net_stream_send (client.stream, bytes, MEGABYTE);
  host_lab_run (&lab, until_ns);
  CU_ASSERT_TRUE (host_end_holds (&server, bytes, MEGABYTE));
  CU_ASSERT_TRUE (host_end_holds (&client, bytes, MEGABYTE));
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
bytes_arrive_exactly_over_a_lossy_link (void)
{
  expect_exact_echo_over (
      &(SimLinkConfig){ .rate_bps = 100 * SIM_MBIT, .delay_ns = SIM_MSEC, .loss_ppb = 50000000 },
      300 * SIM_SEC);
}

static void
bytes_arrive_exactly_over_a_link_that_does_everything_wrong (void)
{
  expect_exact_echo_over (&(SimLinkConfig){ .rate_bps = 100 * SIM_MBIT,
                                            .delay_ns = SIM_MSEC,
                                            .loss_ppb = 50000000,
                                            .duplicate_ppb = 50000000,
                                            .reorder_ppb = 50000000,
                                            .reorder_ns = 3 * SIM_MSEC,
                                            .corrupt_ppb = 20000000,
                                            .keep_corrupt = TRUE },
                          600 * SIM_SEC);
}

static void
bytes_arrive_exactly_through_a_short_queue (void)
{
  expect_exact_echo_over (
      &(SimLinkConfig){ .rate_bps = 10 * SIM_MBIT, .delay_ns = 10 * SIM_MSEC, .queue_bytes = 8000 },
      300 * SIM_SEC);
}

/* ---- outsiders ----------------------------------------------------------------------------------------------- */

/* Hands the server a segment as if the client's address had sent it. */
static void
forge (HostLab *lab, NetTcp *tcp)
{
  NetIpv4Header ip = { .ttl = 64, .protocol = NET_IP_TCP, .source = 0xc0000201, .destination = 0xc0000202 };
  NetEthernet ethernet = { .destination = { { 2, 0, 0, 0, 0, 2 } },
                           .source = { { 2, 0, 0, 0, 0, 1 } },
                           .type = NET_ETHERTYPE_IPV4 };
  NetFrame *frame = net_frame_new (sim_network_frames (lab->network), 128, 0);

  net_tcp_push (frame, &ip, tcp);
  net_ipv4_push (frame, &ip);
  net_ethernet_push (frame, &ethernet);
  sim_node_send (lab->client, 0, frame);
}

static void
who_shakes_hands_when_listening_ends_is_sent_away (void)
{
  HostLab lab;
  HostEnd server;
  NetListener *listener;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&server, lab.server);
  listener = host_end_listen (&server, lab.server);
  forge (&lab,
         &(NetTcp){ .source_port = 1234, .destination_port = 6640, .flags = NET_TCP_SYN, .window = 1000 });
  host_lab_run (&lab,
                60 * SIM_USEC); /* arrived, not yet answered: the server asks for the client's address */
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.server->host), 1);
  net_world_unlisten (&lab.server->world, listener);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.server->host), 0);
  host_lab_run (&lab, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_RST | NET_TCP_ACK], 1);
  CU_ASSERT_PTR_NULL (server.stream);
  host_lab_end (&lab);
  host_end_clear (&server);
}

static void
forged_segments_do_not_end_a_stream (void)
{
  HostLab lab;
  HostEnd client, server;
  static const guint8 flags[] = { NET_TCP_RST,
                                  NET_TCP_RST | NET_TCP_ACK,
                                  NET_TCP_SYN,
                                  NET_TCP_SYN | NET_TCP_ACK,
                                  NET_TCP_FIN | NET_TCP_ACK,
                                  NET_TCP_ACK,
                                  0 };

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 10 * SIM_MSEC);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    for (guint32 sequence = 0; sequence < 4; sequence++)
      forge (&lab, &(NetTcp){ .source_port = 49152,
                              .destination_port = 6640,
                              .sequence = sequence << 30 | 7,
                              .acknowledgment = sequence << 29,
                              .flags = flags[i],
                              .window = 0 });
  host_lab_run (&lab, 5 * SIM_SEC);
  net_stream_send (client.stream, (const guint8 *) "fine", 4);
  net_stream_send (server.stream, (const guint8 *) "too", 3);
  host_lab_run (&lab, 10 * SIM_SEC);
  CU_ASSERT_TRUE (host_end_holds (&server, (const guint8 *) "fine", 4));
  CU_ASSERT_TRUE (host_end_holds (&client, (const guint8 *) "too", 3));
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  CU_ASSERT (lab.n_segments < 100); /* no war of acknowledgments */
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
random_frames_are_dropped_with_a_reason (void)
{
  HostLab lab;
  HostEnd client, server;
  guint64 before, after = 0;
  SimRandom random;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 10 * SIM_MSEC);
  before = sim_link_counters (lab.link, 0)->frames;
  sim_random_init (&random, 1, "frames");
  for (guint i = 0; i < 10000; i++)
    {
      guint8 bytes[200] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 9, 0x08, 0x00, 0x45 };
      guint known = (guint) sim_random_below (&random, 16);
      sim_random_bytes (&random, bytes + known, sizeof bytes - known);
      sim_node_send (lab.client, 0,
                     net_frame_new_from (sim_network_frames (lab.network), bytes,
                                         (guint) sim_random_below (&random, sizeof bytes)));
    }
  host_lab_run (&lab, 1 * SIM_SEC);
  for (guint reason = 1; reason < NET_DROP_N; reason++)
    after += sim_node_drop_count (lab.server, (NetDropReason) reason);
  CU_ASSERT_EQUAL (after, 10000);
  CU_ASSERT_EQUAL (sim_link_counters (lab.link, 0)->frames, before + 10000);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
two_runs_send_the_same_frames (void)
{
  guint64 bytes[2], frames[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autofree guint8 *data = host_pattern (200000);
      HostLab lab;
      HostEnd client, server;

      host_lab_begin (&lab, &(SimLinkConfig){ .rate_bps = 100 * SIM_MBIT, .loss_ppb = 50000000 });
      host_lab_meet (&lab, &client, &server);
      net_stream_send (client.stream, data, 200000);
      host_lab_run (&lab, 60 * SIM_SEC);
      bytes[i] = sim_link_counters (lab.link, 0)->bytes;
      frames[i] = sim_clock_fired (sim_network_clock (lab.network));
      host_lab_end (&lab);
      host_end_clear (&client);
      host_end_clear (&server);
    }
  CU_ASSERT_EQUAL (bytes[0], bytes[1]);
  CU_ASSERT_EQUAL (frames[0], frames[1]);
}

/* ---- many streams -------------------------------------------------------------------------------------------- */

#define MANY 5000u /* more than the 4096 that may shake hands at a time */

static void
count_accepted (NetStream *stream, gpointer user)
{
  (void) stream;
  ++*(guint *) user;
}

/* Some find the backlog full: they are not sent away, and come again. */
static void
thousands_who_dial_at_once_are_all_accepted (void)
{
  HostLab lab;
  guint n_accepted = 0;

  host_lab_begin (&lab, &host_clean_link);
  net_world_listen (&lab.server->world, "ptcp:6640", count_accepted, &n_accepted, NULL);
  for (guint i = 0; i < MANY; i++)
    net_world_connect (&lab.client->world, "tcp:192.0.2.2:6640", NULL, NULL, NULL);
  host_lab_run (&lab, 60 * SIM_SEC);
  CU_ASSERT_EQUAL (n_accepted, MANY);
  CU_ASSERT (sim_node_drop_count (lab.server, NET_DROP_BACKLOG_FULL) > 0);
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.server, NET_DROP_UNKNOWN_PROTOCOL), 0);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), MANY);
  host_lab_end (&lab);
}

/* RFC 6335 §6: the dynamic ports are 49152 to 65535. */
static void
who_has_no_port_left_is_told (void)
{
  HostLab lab;
  HostEnd client;
  g_autoptr (GError) error = NULL;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&client, lab.client);
  for (guint i = 49152; i <= 65535; i++)
    host_end_dial (&client, lab.client, "tcp:192.0.2.2:6640");
  CU_ASSERT_PTR_NULL (net_world_connect (&lab.client->world, "tcp:192.0.2.2:6640", NULL, NULL, &error));
  CU_ASSERT_TRUE (g_error_matches (error, SIM_HOST_ERROR, SIM_HOST_ERROR_NO_PORT));
  CU_ASSERT_STRING_EQUAL (error->message,
                          "cannot dial 'tcp:192.0.2.2:6640': all 16384 ports towards it are in "
                          "use; close some streams first");
  CU_ASSERT_PTR_NOT_NULL (host_end_dial (&client, lab.client, "tcp:192.0.2.2:6653"));
  host_lab_end (&lab);
  host_end_clear (&client);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a cut link times out who has something to say", cut_link_times_out_who_has_something_to_say },
    { "a link that comes back loses nothing", link_that_comes_back_loses_nothing },
    { "an absent neighbour is asked three times, and then there is no route",
      absent_neighbor_is_asked_three_times_and_then_there_is_no_route },
    { "bytes arrive exactly over a lossy link", bytes_arrive_exactly_over_a_lossy_link },
    { "bytes arrive exactly over a link that does everything wrong",
      bytes_arrive_exactly_over_a_link_that_does_everything_wrong },
    { "bytes arrive exactly through a short queue", bytes_arrive_exactly_through_a_short_queue },
    { "who shakes hands when listening ends is sent away",
      who_shakes_hands_when_listening_ends_is_sent_away },
    { "forged segments do not end a stream", forged_segments_do_not_end_a_stream },
    { "random frames are dropped with a reason", random_frames_are_dropped_with_a_reason },
    { "thousands who dial at once are all accepted", thousands_who_dial_at_once_are_all_accepted },
    { "who has no port left is told", who_has_no_port_left_is_told },
    { "two runs send the same frames", two_runs_send_the_same_frames },
    { NULL, NULL },
  };
  return tap_main ("host-faults", tests);
}

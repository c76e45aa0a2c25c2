/* Streams between two hosts on a clean link: how they begin and end, and what their users may do. */
#include "host-lab.h"
#include "net/tcp.h"
#include "tap.h"

/* ---- a clean link -------------------------------------------------------------------------------------------- */

static void
stream_connects_by_arp_and_three_segments (void)
{
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  CU_ASSERT_EQUAL (client.n_connected, 0);
  host_lab_run (&lab, 10 * SIM_MSEC);
  CU_ASSERT_EQUAL (client.n_connected, 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL (server.stream);
  CU_ASSERT_STRING_EQUAL (client.stream->peer, "tcp:192.0.2.2:6640");
  CU_ASSERT_STRING_EQUAL (server.stream->peer, "tcp:192.0.2.1:49152");
  CU_ASSERT_EQUAL (lab.n_arp, 2);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_SYN], 1);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_SYN | NET_TCP_ACK], 1);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK], 1);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
megabyte_is_echoed (void)
{
  g_autofree guint8 *bytes = host_pattern (MEGABYTE);
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  server.echoes = TRUE;
  net_stream_send (client.stream, bytes, MEGABYTE); /* before it is connected: queued */
  CU_ASSERT_EQUAL (net_stream_pending (client.stream), MEGABYTE);
  host_lab_run (&lab, 2 * SIM_SEC);
  CU_ASSERT_TRUE (host_end_holds (&server, bytes, MEGABYTE));
  CU_ASSERT_TRUE (host_end_holds (&client, bytes, MEGABYTE));
  CU_ASSERT (client.n_drained >= 1);
  CU_ASSERT_EQUAL (net_stream_pending (client.stream), 0);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
small_writes_of_one_instant_travel_together (void)
{
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 10 * SIM_MSEC);
  net_stream_send (client.stream, (const guint8 *) "{\"id\":", 6);
  net_stream_send (client.stream, (const guint8 *) "1}", 2);
  host_lab_run (&lab, 20 * SIM_MSEC);
  CU_ASSERT_TRUE (host_end_holds (&server, (const guint8 *) "{\"id\":1}", 8));
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_PSH], 1);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
host_dials_itself (void)
{
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&client, lab.server);
  host_end_init (&server, lab.server);
  host_end_listen (&server, lab.server);
  server.echoes = TRUE;
  net_stream_send (host_end_dial (&client, lab.server, "tcp:192.0.2.2:6640"), (const guint8 *) "self", 4);
  host_lab_run (&lab, 1 * SIM_SEC);
  CU_ASSERT_TRUE (host_end_holds (&client, (const guint8 *) "self", 4));
  CU_ASSERT_EQUAL (lab.n_arp, 0);
  CU_ASSERT (lab.n_flagged[NET_TCP_ACK | NET_TCP_PSH] == 2); /* on record at "server/local" */
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

/* ---- endings ------------------------------------------------------------------------------------------------- */

static void
close_ends_both_ways_in_order (void)
{
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 10 * SIM_MSEC);
  net_stream_send (client.stream, (const guint8 *) "bye", 3);
  net_stream_close (client.stream);
  host_lab_run (&lab, 1 * SIM_SEC);
  CU_ASSERT_TRUE (host_end_holds (&server, (const guint8 *) "bye", 3));
  CU_ASSERT_EQUAL (server.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (server.why, "closed by the other end");
  CU_ASSERT_EQUAL (client.n_closed, 0);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_PSH | NET_TCP_FIN], 1);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_FIN], 1);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.server->host), 0);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), 1); /* TIME_WAIT */
  host_lab_run (&lab, 62 * SIM_SEC);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), 0);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
close_lets_pending_data_out (void)
{
  g_autofree guint8 *bytes = host_pattern (MEGABYTE);
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (
      &lab, &(SimLinkConfig){ .rate_bps = 10 * SIM_MBIT, .delay_ns = 5 * SIM_MSEC, .loss_ppb = 20000000 });
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 2 * SIM_SEC);
  net_stream_send (client.stream, bytes, MEGABYTE);
  net_stream_close (client.stream);
  host_lab_run (&lab, 120 * SIM_SEC);
  CU_ASSERT_TRUE (host_end_holds (&server, bytes, MEGABYTE));
  CU_ASSERT_EQUAL (server.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (server.why, "closed by the other end");
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
both_ends_may_close_at_once (void)
{
  HostLab lab;
  HostEnd client, server;

  host_lab_begin (&lab, &host_clean_link);
  host_lab_meet (&lab, &client, &server);
  host_lab_run (&lab, 10 * SIM_MSEC);
  net_stream_close (client.stream);
  net_stream_close (server.stream);
  host_lab_run (&lab, 70 * SIM_SEC);
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_FIN], 2);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host) + sim_host_n_streams (lab.server->host), 0);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&server);
}

static void
port_nobody_listens_on_refuses (void)
{
  HostLab lab;
  HostEnd client;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&client, lab.client);
  host_end_dial (&client, lab.client, "tcp:192.0.2.2:1");
  host_lab_run (&lab, 10 * SIM_MSEC);
  CU_ASSERT_EQUAL (client.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (client.why, "connection refused");
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.server, NET_DROP_UNKNOWN_PROTOCOL), 1);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), 0);
  host_lab_end (&lab);
  host_end_clear (&client);
}

static void
unlisten_refuses_new_streams_and_leaves_accepted_ones (void)
{
  HostLab lab;
  HostEnd client, late, server;
  NetListener *listener;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&client, lab.client);
  host_end_init (&late, lab.client);
  host_end_init (&server, lab.server);
  listener = host_end_listen (&server, lab.server);
  host_end_dial (&client, lab.client, "tcp:192.0.2.2:6640");
  host_lab_run (&lab, 10 * SIM_MSEC);
  net_world_unlisten (&lab.server->world, listener);
  host_end_dial (&late, lab.client, "tcp:192.0.2.2:6640");
  net_stream_send (client.stream, (const guint8 *) "still here", 10);
  host_lab_run (&lab, 1 * SIM_SEC);
  CU_ASSERT_STRING_EQUAL (late.why, "connection refused");
  CU_ASSERT_TRUE (host_end_holds (&server, (const guint8 *) "still here", 10));
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&late);
  host_end_clear (&server);
}

/* ---- targets ------------------------------------------------------------------------------------------------- */

static void
wrong_targets_end_in_a_sentence (void)
{
  static const char *const dials[] = { "",
                                       "tcp:",
                                       "tcp:192.0.2.2",
                                       "tcp:192.0.2.2:",
                                       "tcp::6640",
                                       "tcp:x:6640",
                                       "tcp:192.0.2.2:0",
                                       "tcp:192.0.2.2:65536",
                                       "tcp:192.0.2.2:6640x",
                                       "ssl:192.0.2.2:6640",
                                       "unix:/run/db.sock",
                                       "192.0.2.2:6640" };
  static const char *const listens[]
      = { "",          "ptcp:",  "ptcp:x", "ptcp:0", "ptcp:65536", "ptcp:6640:", "ptcp:6640:192.0.2.9",
          "pssl:6640", "punix:x" };
  HostLab lab;
  HostEnd e;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&e, lab.server);
  for (guint i = 0; i < G_N_ELEMENTS (dials); i++)
    {
      g_autoptr (GError) error = NULL;
      CU_ASSERT_PTR_NULL (net_world_connect (&lab.client->world, dials[i], &host_end_events, &e, &error));
      CU_ASSERT_TRUE (g_error_matches (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET));
    }
  for (guint i = 0; i < G_N_ELEMENTS (listens); i++)
    {
      g_autoptr (GError) error = NULL;
      CU_ASSERT_PTR_NULL (net_world_listen (&lab.server->world, listens[i], host_end_accept, &e, &error));
      CU_ASSERT_TRUE (g_error_matches (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET));
    }
  host_end_listen (&e, lab.server);
  g_autoptr (GError) error = NULL;
  CU_ASSERT_PTR_NULL (
      net_world_listen (&lab.server->world, "ptcp:6640:192.0.2.2", host_end_accept, &e, &error));
  CU_ASSERT_STRING_EQUAL (error->message, "cannot listen on 'ptcp:6640:192.0.2.2': port 6640 is taken");
  host_lab_end (&lab);
  host_end_clear (&e);
}

static void
host_answers_a_ping (void)
{
  static const guint8 request[] = {
    2,    0, 0,    0,    0,   2, 2, 0, 0,   0,   0,    1,    0x08, 0x00, /* Ethernet */
    0x45, 0, 0,    30,   0,   0, 0, 0, 64,  1,   0xf6, 0xdb,             /* IPv4, ICMP */
    192,  0, 2,    1,    192, 0, 2, 2,                                   /* addresses */
    8,    0, 0x8f, 0x8c, 0,   9, 0, 1, 'h', 'i',                         /* echo request 9, 1 */
  };
  HostLab lab;

  host_lab_begin (&lab, &host_clean_link);
  sim_node_send (lab.client, 0,
                 net_frame_new_from (sim_network_frames (lab.network), request, sizeof request));
  host_lab_run (&lab, 1 * SIM_SEC);
  /* ARP both ways and the reply of 44 bytes */
  CU_ASSERT_EQUAL (sim_link_counters (lab.link, 1)->frames, 2);
  CU_ASSERT_EQUAL (sim_link_counters (lab.link, 1)->bytes, 42 + 44);
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.client, NET_DROP_UNKNOWN_PROTOCOL), 1); /* nobody here asked */
  host_lab_end (&lab);
}

/* ---- the user's calls within events -------------------------------------------------------------------------- */

static void
close_in_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  (void) bytes, (void) n;
  ((HostEnd *) user)->n_drained++;
  net_stream_send (stream, (const guint8 *) "enough", 6);
  net_stream_close (stream);
}

static void
accept_and_close (NetStream *stream, gpointer user)
{
  ((HostEnd *) user)->n_connected++;
  net_stream_close (stream);
}

static void
accept_to_close_on_data (NetStream *stream, gpointer user)
{
  static const NetStreamEvents closing = { .received = close_in_received };
  net_stream_set_events (stream, &closing, user);
}

static void
stream_may_be_closed_in_any_callback (void)
{
  HostLab lab;
  HostEnd client, server, other;
  g_autoptr (GError) error = NULL;

  host_lab_begin (&lab, &host_clean_link);
  host_end_init (&client, lab.client);
  host_end_init (&other, lab.client);
  host_end_init (&server, lab.server);
  net_world_listen (&lab.server->world, "ptcp:1", accept_and_close, &server, &error);
  net_world_listen (&lab.server->world, "ptcp:2", accept_to_close_on_data, &server, &error);
  host_end_dial (&client, lab.client, "tcp:192.0.2.2:1");
  net_stream_send (host_end_dial (&other, lab.client, "tcp:192.0.2.2:2"), (const guint8 *) "first", 5);
  host_lab_run (&lab, 100 * SIM_SEC);
  CU_ASSERT_EQUAL (server.n_connected, 1);
  CU_ASSERT_STRING_EQUAL (client.why, "closed by the other end");
  CU_ASSERT_EQUAL (server.n_drained, 1);
  CU_ASSERT_TRUE (host_end_holds (&other, (const guint8 *) "enough", 6));
  CU_ASSERT_STRING_EQUAL (other.why, "closed by the other end");
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host) + sim_host_n_streams (lab.server->host), 0);
  host_lab_end (&lab);
  host_end_clear (&client);
  host_end_clear (&other);
  host_end_clear (&server);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a stream connects by ARP and three segments", stream_connects_by_arp_and_three_segments },
    { "a megabyte is echoed", megabyte_is_echoed },
    { "small writes of one instant travel together", small_writes_of_one_instant_travel_together },
    { "a host dials itself", host_dials_itself },
    { "close ends both ways in order", close_ends_both_ways_in_order },
    { "close lets pending data out", close_lets_pending_data_out },
    { "both ends may close at once", both_ends_may_close_at_once },
    { "a port nobody listens on refuses", port_nobody_listens_on_refuses },
    { "unlisten refuses new streams and leaves accepted ones",
      unlisten_refuses_new_streams_and_leaves_accepted_ones },
    { "wrong targets end in a sentence", wrong_targets_end_in_a_sentence },
    { "a host answers a ping", host_answers_a_ping },
    { "a stream may be closed in any callback", stream_may_be_closed_in_any_callback },
    { NULL, NULL },
  };
  return tap_main ("host", tests);
}

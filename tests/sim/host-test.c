/* Streams between two hosts on a link: that bytes arrive exactly and in order whatever the link does, how connections
 * begin and end, and what an outsider's frames can do. */
#include "net/ethernet.h"
#include "net/ipv4.h"
#include "net/tcp.h"
#include "sim/host.h"
#include "sim/link.h"
#include "sim/trace.h"
#include "tap.h"

#define MEGABYTE    (1024 * 1024)
#define SERVER_PORT "6640"

/* ---- a lab of two hosts -------------------------------------------------------------------------------------- */

typedef struct
{
  SimTrace *trace;
  SimNetwork *network;
  SimNode *client, *server;
  SimLink *link;
  guint n_segments[2]; /* arrived at client, server */
  guint n_flagged[64]; /* by TCP flags, sent by anybody */
  guint n_arp;
} Lab;

static void
never_receive (SimNode *node, guint port, NetFrame *frame)
{
  (void) node, (void) port;
  CU_FAIL ("a frame of the management port reached the model");
  net_frame_unref (frame);
}

static void
free_node (SimNode *node)
{
  sim_node_clear (node);
  g_free (node);
}

static const SimNodeClass plain = { .kind = "plain", .receive = never_receive, .free = free_node };

static SimNode *
new_host (SimNetwork *network, const char *name, guint8 last)
{
  SimNode *node = g_new0 (SimNode, 1);
  SimHostConfig config = { .mac = { { 2, 0, 0, 0, 0, last } },
                           .ip = 0xc0000200u | last,
                           .prefix_length = 24 }; /* 192.0.2.last */

  sim_node_init (node, network, &plain, name);
  config.port = sim_node_add_port (node, "mgmt");
  sim_host_new (node, &config);
  return node;
}

static void
hear (const SimTraceRecord *record, gpointer user)
{
  Lab *lab = user;
  const guint8 *bytes = record->packet.bytes;

  if (record->kind != SIM_TRACE_PACKET || record->packet.direction != SIM_TRACE_OUTBOUND
      || record->packet.length < 54)
    {
      lab->n_arp += record->kind == SIM_TRACE_PACKET && record->packet.direction == SIM_TRACE_OUTBOUND;
      return;
    }
  lab->n_segments[record->packet.interface_id & 1]++;
  lab->n_flagged[bytes[47] & 63]++;
}

static void
begin (Lab *lab, const SimLinkConfig *config)
{
  SimLinkConfig both[2] = { *config, *config };

  *lab = (Lab){ .trace = sim_trace_new () };
  sim_trace_subscribe (lab->trace, hear, lab);
  lab->network = sim_network_new (2901);
  sim_network_set_trace (lab->network, lab->trace);
  lab->client = new_host (lab->network, "client", 1);
  lab->server = new_host (lab->network, "server", 2);
  lab->link = sim_link_new ((SimEnd){ lab->client, 0 }, (SimEnd){ lab->server, 0 }, both);
}

static void
run_until (Lab *lab, gint64 time_ns)
{
  sim_clock_run (sim_network_clock (lab->network), time_ns);
}

static void
end (Lab *lab)
{
  sim_network_free (lab->network);
  sim_trace_free (lab->trace);
}

static const SimLinkConfig clean = { .rate_bps = SIM_GBIT, .delay_ns = 50 * SIM_USEC };

/* ---- users of streams ---------------------------------------------------------------------------------------- */

/* One end of a stream, and what happened to it. */
typedef struct
{
  NetStream *stream;
  GByteArray *received;
  guint n_connected, n_drained, n_closed;
  gint64 closed_ns;
  char why[64];
  gboolean echoes;
  SimNode *node;
} End;

static void
on_connected (NetStream *stream, gpointer user)
{
  End *e = user;
  CU_ASSERT_PTR_EQUAL (stream, e->stream);
  e->n_connected++;
}

static void
on_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  End *e = user;
  g_byte_array_append (e->received, bytes, (guint) n);
  if (e->echoes)
    net_stream_send (stream, bytes, n);
}

static void
on_drained (NetStream *stream, gpointer user)
{
  CU_ASSERT_EQUAL (net_stream_pending (stream), 0);
  ((End *) user)->n_drained++;
}

static void
on_closed (NetStream *stream, const char *why, gpointer user)
{
  End *e = user;
  (void) stream;
  e->n_closed++;
  e->closed_ns = sim_node_now (e->node);
  e->stream = NULL;
  g_strlcpy (e->why, why, sizeof e->why);
}

static const NetStreamEvents events = { on_connected, on_received, on_drained, on_closed };

static void
end_init (End *e, SimNode *node)
{
  *e = (End){ .received = g_byte_array_new (), .node = node };
}

static void
end_clear (End *e)
{
  g_byte_array_unref (e->received);
}

static void
on_accept (NetStream *stream, gpointer user)
{
  End *e = user;
  CU_ASSERT_PTR_NULL (e->stream);
  e->stream = stream;
  net_stream_set_events (stream, &events, e);
}

static NetStream *
dial (End *e, SimNode *node, const char *target)
{
  g_autoptr (GError) error = NULL;
  NetStream *stream = net_world_connect (&node->world, target, &events, e, &error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (stream);
  return e->stream = stream;
}

static NetListener *
listen_for (End *e, SimNode *node)
{
  g_autoptr (GError) error = NULL;
  NetListener *listener = net_world_listen (&node->world, "ptcp:" SERVER_PORT, on_accept, e, &error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (listener);
  return listener;
}

/* A client that dials and a server that accepts. */
static void
meet (Lab *lab, End *client, End *server)
{
  end_init (client, lab->client);
  end_init (server, lab->server);
  listen_for (server, lab->server);
  dial (client, lab->client, "tcp:192.0.2.2:" SERVER_PORT);
}

static guint8 *
pattern (gsize n)
{
  guint8 *bytes = g_malloc (n);
  guint32 state = 12345;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u;
      bytes[i] = (guint8) (state >> 24);
    }
  return bytes;
}

static gboolean
holds (const End *e, const guint8 *bytes, gsize n)
{
  return e->received->len == n && memcmp (e->received->data, bytes, n) == 0;
}

/* ---- a clean link -------------------------------------------------------------------------------------------- */

static void
stream_connects_by_arp_and_three_segments (void)
{
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  CU_ASSERT_EQUAL (client.n_connected, 0);
  run_until (&lab, 10 * SIM_MSEC);
  CU_ASSERT_EQUAL (client.n_connected, 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL (server.stream);
  CU_ASSERT_STRING_EQUAL (client.stream->peer, "tcp:192.0.2.2:6640");
  CU_ASSERT_STRING_EQUAL (server.stream->peer, "tcp:192.0.2.1:49152");
  CU_ASSERT_EQUAL (lab.n_arp, 2);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_SYN], 1);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_SYN | NET_TCP_ACK], 1);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK], 1);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
megabyte_is_echoed (void)
{
  g_autofree guint8 *bytes = pattern (MEGABYTE);
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  server.echoes = TRUE;
  net_stream_send (client.stream, bytes, MEGABYTE); /* before it is connected: queued */
  CU_ASSERT_EQUAL (net_stream_pending (client.stream), MEGABYTE);
  run_until (&lab, 2 * SIM_SEC);
  CU_ASSERT_TRUE (holds (&server, bytes, MEGABYTE));
  CU_ASSERT_TRUE (holds (&client, bytes, MEGABYTE));
  CU_ASSERT (client.n_drained >= 1);
  CU_ASSERT_EQUAL (net_stream_pending (client.stream), 0);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
small_writes_of_one_instant_travel_together (void)
{
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 10 * SIM_MSEC);
  net_stream_send (client.stream, (const guint8 *) "{\"id\":", 6);
  net_stream_send (client.stream, (const guint8 *) "1}", 2);
  run_until (&lab, 20 * SIM_MSEC);
  CU_ASSERT_TRUE (holds (&server, (const guint8 *) "{\"id\":1}", 8));
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_PSH], 1);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
host_dials_itself (void)
{
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  end_init (&client, lab.server);
  end_init (&server, lab.server);
  listen_for (&server, lab.server);
  server.echoes = TRUE;
  net_stream_send (dial (&client, lab.server, "tcp:192.0.2.2:6640"), (const guint8 *) "self", 4);
  run_until (&lab, 1 * SIM_SEC);
  CU_ASSERT_TRUE (holds (&client, (const guint8 *) "self", 4));
  CU_ASSERT_EQUAL (lab.n_arp, 0);
  CU_ASSERT (lab.n_flagged[NET_TCP_ACK | NET_TCP_PSH] == 2); /* on record at "server/local" */
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

/* ---- endings ------------------------------------------------------------------------------------------------- */

static void
close_ends_both_ways_in_order (void)
{
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 10 * SIM_MSEC);
  net_stream_send (client.stream, (const guint8 *) "bye", 3);
  net_stream_close (client.stream);
  run_until (&lab, 1 * SIM_SEC);
  CU_ASSERT_TRUE (holds (&server, (const guint8 *) "bye", 3));
  CU_ASSERT_EQUAL (server.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (server.why, "closed by the other end");
  CU_ASSERT_EQUAL (client.n_closed, 0);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_PSH | NET_TCP_FIN], 1);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_FIN], 1);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.server->host), 0);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), 1); /* TIME_WAIT */
  run_until (&lab, 62 * SIM_SEC);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), 0);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
close_lets_pending_data_out (void)
{
  g_autofree guint8 *bytes = pattern (MEGABYTE);
  Lab lab;
  End client, server;

  begin (&lab, &(SimLinkConfig){ .rate_bps = 10 * SIM_MBIT, .delay_ns = 5 * SIM_MSEC, .loss_ppb = 20000000 });
  meet (&lab, &client, &server);
  run_until (&lab, 2 * SIM_SEC);
  net_stream_send (client.stream, bytes, MEGABYTE);
  net_stream_close (client.stream);
  run_until (&lab, 120 * SIM_SEC);
  CU_ASSERT_TRUE (holds (&server, bytes, MEGABYTE));
  CU_ASSERT_EQUAL (server.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (server.why, "closed by the other end");
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
both_ends_may_close_at_once (void)
{
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 10 * SIM_MSEC);
  net_stream_close (client.stream);
  net_stream_close (server.stream);
  run_until (&lab, 70 * SIM_SEC);
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_ACK | NET_TCP_FIN], 2);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host) + sim_host_n_streams (lab.server->host), 0);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
port_nobody_listens_on_refuses (void)
{
  Lab lab;
  End client;

  begin (&lab, &clean);
  end_init (&client, lab.client);
  dial (&client, lab.client, "tcp:192.0.2.2:1");
  run_until (&lab, 10 * SIM_MSEC);
  CU_ASSERT_EQUAL (client.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (client.why, "connection refused");
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.server, NET_DROP_UNKNOWN_PROTOCOL), 1);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host), 0);
  end (&lab);
  end_clear (&client);
}

static void
unlisten_refuses_new_streams_and_leaves_accepted_ones (void)
{
  Lab lab;
  End client, late, server;
  NetListener *listener;

  begin (&lab, &clean);
  end_init (&client, lab.client);
  end_init (&late, lab.client);
  end_init (&server, lab.server);
  listener = listen_for (&server, lab.server);
  dial (&client, lab.client, "tcp:192.0.2.2:6640");
  run_until (&lab, 10 * SIM_MSEC);
  net_world_unlisten (&lab.server->world, listener);
  dial (&late, lab.client, "tcp:192.0.2.2:6640");
  net_stream_send (client.stream, (const guint8 *) "still here", 10);
  run_until (&lab, 1 * SIM_SEC);
  CU_ASSERT_STRING_EQUAL (late.why, "connection refused");
  CU_ASSERT_TRUE (holds (&server, (const guint8 *) "still here", 10));
  end (&lab);
  end_clear (&client);
  end_clear (&late);
  end_clear (&server);
}

static void
cut_link_times_out_who_has_something_to_say (void)
{
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 1 * SIM_SEC);
  sim_link_set_up (lab.link, FALSE);
  net_stream_send (client.stream, (const guint8 *) "anybody?", 8);
  run_until (&lab, 600 * SIM_SEC);
  CU_ASSERT_EQUAL (client.n_closed, 1);
  CU_ASSERT_STRING_EQUAL (client.why, "timed out");
  CU_ASSERT (client.closed_ns >= 101 * SIM_SEC && client.closed_ns < 110 * SIM_SEC);
  CU_ASSERT_EQUAL (server.n_closed, 0); /* it said nothing, so it knows nothing */
  /* The link comes back: the half that is left hears of it when it speaks. */
  sim_link_set_up (lab.link, TRUE);
  net_stream_send (server.stream, (const guint8 *) "hello?", 6);
  run_until (&lab, 610 * SIM_SEC);
  CU_ASSERT_STRING_EQUAL (server.why, "connection reset");
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
link_that_comes_back_loses_nothing (void)
{
  g_autofree guint8 *bytes = pattern (100000);
  Lab lab;
  End client, server;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 1 * SIM_SEC);
  net_stream_send (client.stream, bytes, 100000);
  run_until (&lab, 1 * SIM_SEC + 300 * SIM_USEC); /* in the middle of it */
  sim_link_set_up (lab.link, FALSE);
  run_until (&lab, 20 * SIM_SEC);
  CU_ASSERT (server.received->len < 100000);
  sim_link_set_up (lab.link, TRUE);
  run_until (&lab, 60 * SIM_SEC);
  CU_ASSERT_TRUE (holds (&server, bytes, 100000));
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
absent_neighbor_is_asked_three_times_and_then_there_is_no_route (void)
{
  Lab lab;
  End client, far;

  begin (&lab, &clean);
  end_init (&client, lab.client);
  end_init (&far, lab.client);
  dial (&client, lab.client, "tcp:192.0.2.77:6640");
  dial (&far, lab.client, "tcp:203.0.113.1:6640"); /* beyond the prefix, and there is no gateway */
  run_until (&lab, 10 * SIM_SEC);
  CU_ASSERT_EQUAL (lab.n_arp, 3);
  CU_ASSERT_STRING_EQUAL (client.why, "no route to host");
  CU_ASSERT_EQUAL (client.closed_ns, 3 * SIM_SEC);
  CU_ASSERT_STRING_EQUAL (far.why, "no route to host");
  CU_ASSERT_EQUAL (far.closed_ns, 0);
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.client, NET_DROP_NEIGHBOR_FAILED), 3); /* the SYN, sent thrice */
  end (&lab);
  end_clear (&client);
  end_clear (&far);
}

/* ---- bad links ----------------------------------------------------------------------------------------------- */

static void
expect_exact_echo_over (const SimLinkConfig *config, gint64 until_ns)
{
  g_autofree guint8 *bytes = pattern (MEGABYTE);
  Lab lab;
  End client, server;

  begin (&lab, config);
  meet (&lab, &client, &server);
  server.echoes = TRUE;
  net_stream_send (client.stream, bytes, MEGABYTE);
  run_until (&lab, until_ns);
  CU_ASSERT_TRUE (holds (&server, bytes, MEGABYTE));
  CU_ASSERT_TRUE (holds (&client, bytes, MEGABYTE));
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
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
  Lab lab;
  End e;

  begin (&lab, &clean);
  end_init (&e, lab.server);
  for (guint i = 0; i < G_N_ELEMENTS (dials); i++)
    {
      g_autoptr (GError) error = NULL;
      CU_ASSERT_PTR_NULL (net_world_connect (&lab.client->world, dials[i], &events, &e, &error));
      CU_ASSERT_TRUE (g_error_matches (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET));
    }
  for (guint i = 0; i < G_N_ELEMENTS (listens); i++)
    {
      g_autoptr (GError) error = NULL;
      CU_ASSERT_PTR_NULL (net_world_listen (&lab.server->world, listens[i], on_accept, &e, &error));
      CU_ASSERT_TRUE (g_error_matches (error, SIM_HOST_ERROR, SIM_HOST_ERROR_TARGET));
    }
  listen_for (&e, lab.server);
  g_autoptr (GError) error = NULL;
  CU_ASSERT_PTR_NULL (net_world_listen (&lab.server->world, "ptcp:6640:192.0.2.2", on_accept, &e, &error));
  CU_ASSERT_STRING_EQUAL (error->message, "cannot listen on 'ptcp:6640:192.0.2.2': port 6640 is taken");
  end (&lab);
  end_clear (&e);
}

/* ---- outsiders ----------------------------------------------------------------------------------------------- */

/* Hands the server a segment as if the client's address had sent it. */
static void
forge (Lab *lab, NetTcp *tcp)
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
  Lab lab;
  End server;
  NetListener *listener;

  begin (&lab, &clean);
  end_init (&server, lab.server);
  listener = listen_for (&server, lab.server);
  forge (&lab,
         &(NetTcp){ .source_port = 1234, .destination_port = 6640, .flags = NET_TCP_SYN, .window = 1000 });
  run_until (&lab, 60 * SIM_USEC); /* arrived, not yet answered: the server asks for the client's address */
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.server->host), 1);
  net_world_unlisten (&lab.server->world, listener);
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.server->host), 0);
  run_until (&lab, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (lab.n_flagged[NET_TCP_RST | NET_TCP_ACK], 1);
  CU_ASSERT_PTR_NULL (server.stream);
  end (&lab);
  end_clear (&server);
}

static void
forged_segments_do_not_end_a_stream (void)
{
  Lab lab;
  End client, server;
  static const guint8 flags[] = { NET_TCP_RST,
                                  NET_TCP_RST | NET_TCP_ACK,
                                  NET_TCP_SYN,
                                  NET_TCP_SYN | NET_TCP_ACK,
                                  NET_TCP_FIN | NET_TCP_ACK,
                                  NET_TCP_ACK,
                                  0 };

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 10 * SIM_MSEC);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    for (guint32 sequence = 0; sequence < 4; sequence++)
      forge (&lab, &(NetTcp){ .source_port = 49152,
                              .destination_port = 6640,
                              .sequence = sequence << 30 | 7,
                              .acknowledgment = sequence << 29,
                              .flags = flags[i],
                              .window = 0 });
  run_until (&lab, 5 * SIM_SEC);
  net_stream_send (client.stream, (const guint8 *) "fine", 4);
  net_stream_send (server.stream, (const guint8 *) "too", 3);
  run_until (&lab, 10 * SIM_SEC);
  CU_ASSERT_TRUE (holds (&server, (const guint8 *) "fine", 4));
  CU_ASSERT_TRUE (holds (&client, (const guint8 *) "too", 3));
  CU_ASSERT_EQUAL (client.n_closed + server.n_closed, 0);
  CU_ASSERT (lab.n_segments[0] + lab.n_segments[1] < 100); /* no war of acknowledgments */
  end (&lab);
  end_clear (&client);
  end_clear (&server);
}

static void
random_frames_are_dropped_with_a_reason (void)
{
  Lab lab;
  End client, server;
  guint64 before, after = 0;
  SimRandom random;

  begin (&lab, &clean);
  meet (&lab, &client, &server);
  run_until (&lab, 10 * SIM_MSEC);
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
  run_until (&lab, 1 * SIM_SEC);
  for (guint reason = 1; reason < NET_DROP_N; reason++)
    after += sim_node_drop_count (lab.server, (NetDropReason) reason);
  CU_ASSERT_EQUAL (after, 10000);
  CU_ASSERT_EQUAL (sim_link_counters (lab.link, 0)->frames, before + 10000);
  end (&lab);
  end_clear (&client);
  end_clear (&server);
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
  Lab lab;

  begin (&lab, &clean);
  sim_node_send (lab.client, 0,
                 net_frame_new_from (sim_network_frames (lab.network), request, sizeof request));
  run_until (&lab, 1 * SIM_SEC);
  /* ARP both ways and the reply of 44 bytes */
  CU_ASSERT_EQUAL (sim_link_counters (lab.link, 1)->frames, 2);
  CU_ASSERT_EQUAL (sim_link_counters (lab.link, 1)->bytes, 42 + 44);
  CU_ASSERT_EQUAL (sim_node_drop_count (lab.client, NET_DROP_UNKNOWN_PROTOCOL), 1); /* nobody here asked */
  end (&lab);
}

/* ---- the user's calls within events -------------------------------------------------------------------------- */

static void
close_in_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  (void) bytes, (void) n;
  ((End *) user)->n_drained++;
  net_stream_send (stream, (const guint8 *) "enough", 6);
  net_stream_close (stream);
}

static void
accept_and_close (NetStream *stream, gpointer user)
{
  ((End *) user)->n_connected++;
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
  Lab lab;
  End client, server, other;
  g_autoptr (GError) error = NULL;

  begin (&lab, &clean);
  end_init (&client, lab.client);
  end_init (&other, lab.client);
  end_init (&server, lab.server);
  net_world_listen (&lab.server->world, "ptcp:1", accept_and_close, &server, &error);
  net_world_listen (&lab.server->world, "ptcp:2", accept_to_close_on_data, &server, &error);
  dial (&client, lab.client, "tcp:192.0.2.2:1");
  net_stream_send (dial (&other, lab.client, "tcp:192.0.2.2:2"), (const guint8 *) "first", 5);
  run_until (&lab, 100 * SIM_SEC);
  CU_ASSERT_EQUAL (server.n_connected, 1);
  CU_ASSERT_STRING_EQUAL (client.why, "closed by the other end");
  CU_ASSERT_EQUAL (server.n_drained, 1);
  CU_ASSERT_TRUE (holds (&other, (const guint8 *) "enough", 6));
  CU_ASSERT_STRING_EQUAL (other.why, "closed by the other end");
  CU_ASSERT_EQUAL (sim_host_n_streams (lab.client->host) + sim_host_n_streams (lab.server->host), 0);
  end (&lab);
  end_clear (&client);
  end_clear (&other);
  end_clear (&server);
}

static void
two_runs_send_the_same_frames (void)
{
  guint64 bytes[2], frames[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autofree guint8 *data = pattern (200000);
      Lab lab;
      End client, server;

      begin (&lab, &(SimLinkConfig){ .rate_bps = 100 * SIM_MBIT, .loss_ppb = 50000000 });
      meet (&lab, &client, &server);
      net_stream_send (client.stream, data, 200000);
      run_until (&lab, 60 * SIM_SEC);
      bytes[i] = sim_link_counters (lab.link, 0)->bytes;
      frames[i] = sim_clock_fired (sim_network_clock (lab.network));
      end (&lab);
      end_clear (&client);
      end_clear (&server);
    }
  CU_ASSERT_EQUAL (bytes[0], bytes[1]);
  CU_ASSERT_EQUAL (frames[0], frames[1]);
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
    { "a cut link times out who has something to say", cut_link_times_out_who_has_something_to_say },
    { "a link that comes back loses nothing", link_that_comes_back_loses_nothing },
    { "an absent neighbour is asked three times, and then there is no route",
      absent_neighbor_is_asked_three_times_and_then_there_is_no_route },
    { "bytes arrive exactly over a lossy link", bytes_arrive_exactly_over_a_lossy_link },
    { "bytes arrive exactly over a link that does everything wrong",
      bytes_arrive_exactly_over_a_link_that_does_everything_wrong },
    { "bytes arrive exactly through a short queue", bytes_arrive_exactly_through_a_short_queue },
    { "wrong targets end in a sentence", wrong_targets_end_in_a_sentence },
    { "who shakes hands when listening ends is sent away",
      who_shakes_hands_when_listening_ends_is_sent_away },
    { "forged segments do not end a stream", forged_segments_do_not_end_a_stream },
    { "random frames are dropped with a reason", random_frames_are_dropped_with_a_reason },
    { "a host answers a ping", host_answers_a_ping },
    { "a stream may be closed in any callback", stream_may_be_closed_in_any_callback },
    { "two runs send the same frames", two_runs_send_the_same_frames },
    { NULL, NULL },
  };
  return tap_main ("host", tests);
}

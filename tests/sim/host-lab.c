/* The lab of two hosts. */
#include "host-lab.h"
#include "tap.h"

#include <string.h>

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
  HostLab *lab = user;
  const guint8 *bytes = record->packet.bytes;

  if (record->kind != SIM_TRACE_PACKET || record->packet.direction != SIM_TRACE_OUTBOUND
      || record->packet.length < 54)
    {
      lab->n_arp += record->kind == SIM_TRACE_PACKET && record->packet.direction == SIM_TRACE_OUTBOUND;
      return;
    }
  lab->n_segments++;
  lab->n_flagged[bytes[47] & 63]++;
}

void
host_lab_begin (HostLab *lab, const SimLinkConfig *config)
{
  SimLinkConfig both[2] = { *config, *config };

  *lab = (HostLab){ .trace = sim_trace_new () };
  sim_trace_subscribe (lab->trace, hear, lab);
  lab->network = sim_network_new (2901);
  sim_network_set_trace (lab->network, lab->trace);
  lab->client = new_host (lab->network, "client", 1);
  lab->server = new_host (lab->network, "server", 2);
  lab->link = sim_link_new ((SimEnd){ lab->client, 0 }, (SimEnd){ lab->server, 0 }, both);
}

void
host_lab_run (HostLab *lab, gint64 time_ns)
{
  sim_clock_run (sim_network_clock (lab->network), time_ns);
}

void
host_lab_end (HostLab *lab)
{
  sim_network_free (lab->network);
  sim_trace_free (lab->trace);
}

const SimLinkConfig host_clean_link = { .rate_bps = SIM_GBIT, .delay_ns = 50 * SIM_USEC };

/* ---- users of streams ---------------------------------------------------------------------------------------- */

static void
on_connected (NetStream *stream, gpointer user)
{
  HostEnd *e = user;
  CU_ASSERT_PTR_EQUAL (stream, e->stream);
  e->n_connected++;
}

static void
on_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  HostEnd *e = user;
  g_byte_array_append (e->received, bytes, (guint) n);
  if (e->echoes)
    net_stream_send (stream, bytes, n);
}

static void
on_drained (NetStream *stream, gpointer user)
{
  CU_ASSERT_EQUAL (net_stream_pending (stream), 0);
  ((HostEnd *) user)->n_drained++;
}

static void
on_closed (NetStream *stream, const char *why, gpointer user)
{
  HostEnd *e = user;
  (void) stream;
  e->n_closed++;
  e->closed_ns = sim_node_now (e->node);
  e->stream = NULL;
  g_strlcpy (e->why, why, sizeof e->why);
}

const NetStreamEvents host_end_events = { on_connected, on_received, on_drained, on_closed };

void
host_end_init (HostEnd *e, SimNode *node)
{
  *e = (HostEnd){ .received = g_byte_array_new (), .node = node };
}

void
host_end_clear (HostEnd *e)
{
  g_byte_array_unref (e->received);
}

void
host_end_accept (NetStream *stream, gpointer user)
{
  HostEnd *e = user;
  CU_ASSERT_PTR_NULL (e->stream);
  e->stream = stream;
  net_stream_set_events (stream, &host_end_events, e);
}

NetStream *
host_end_dial (HostEnd *e, SimNode *node, const char *target)
{
  g_autoptr (GError) error = NULL;
  NetStream *stream = net_world_connect (&node->world, target, &host_end_events, e, &error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (stream);
  return e->stream = stream;
}

NetListener *
host_end_listen (HostEnd *e, SimNode *node)
{
  g_autoptr (GError) error = NULL;
  NetListener *listener = net_world_listen (&node->world, "ptcp:6640", host_end_accept, e, &error);
  CU_ASSERT_PTR_NOT_NULL_FATAL (listener);
  return listener;
}

void
host_lab_meet (HostLab *lab, HostEnd *client, HostEnd *server)
{
  host_end_init (client, lab->client);
  host_end_init (server, lab->server);
  host_end_listen (server, lab->server);
  host_end_dial (client, lab->client, "tcp:192.0.2.2:6640");
}

guint8 *
host_pattern (gsize n)
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

gboolean
host_end_holds (const HostEnd *e, const guint8 *bytes, gsize n)
{
  return e->received->len == n && memcmp (e->received->data, bytes, n) == 0;
}

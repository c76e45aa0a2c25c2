/* Streams and listeners of a host: the edge between TCP connections and the users of NetStream.  Time and timers are
 * asked here; what TCP does about them is in tcp.c. */
#include "sim/host-inside.h"

#define FIRST_PORT 49152u /* dynamic ports, RFC 6335 §6 */
#define BACKLOG    4096u /* connections of one listener that shake hands; Linux's default (net.core.somaxconn) */

typedef struct
{
  NetStream stream; /* first: the user's handle */
  SimHost *host;
  NetIpv4 peer_ip;
  guint64 key;
  SimTcp tcp;
  NetTimer timer;
  GList in_streams; /* its place in host->streams */

  NetListener *listener; /* until it is accepted */
  gboolean held;         /* the user has it and hears events */
  gboolean unreachable;  /* to be closed as soon as the caller has returned */
  gboolean undrained;    /* something was sent since the last `drained` */
  gboolean stirred;      /* the user did something in a callback */
  guint n_inside;        /* calls on the stack that still need it */
} Stream;

struct _NetListener
{
  guint16 port;
  NetAcceptFunc accept;
  gpointer user;
  guint n_waiting;
};

static const NetStreamEvents no_events = { NULL, NULL, NULL, NULL };

/* ---- the books ----------------------------------------------------------------------------------------------- */

static guint64
make_key (NetIpv4 peer_ip, guint16 peer_port, guint16 local_port)
{
  return (guint64) peer_ip << 32 | (guint64) peer_port << 16 | local_port;
}

static Stream *
find_stream (SimHost *host, guint64 key)
{
  return g_hash_table_lookup (host->by_key, &key);
}

static NetListener *
find_listener (SimHost *host, guint16 port)
{
  for (GList *at = host->listeners.head; at; at = at->next)
    if (((NetListener *) at->data)->port == port)
      return at->data;
  return NULL;
}

static NetWorld *
world_of (const Stream *stream)
{
  return &stream->host->node->world;
}

static void
forget (Stream *stream)
{
  SimHost *host = stream->host;

  if (stream->listener)
    stream->listener->n_waiting--;
  net_world_timer_cancel (world_of (stream), &stream->timer);
  g_queue_unlink (&host->streams, &stream->in_streams);
  g_hash_table_remove (host->by_key, &stream->key);
  sim_tcp_clear (&stream->tcp);
  g_free (stream->stream.peer);
  g_free (stream);
}

/* ---- from TCP to the user ------------------------------------------------------------------------------------ */

/* The user hears the end once, and no longer has the stream. */
static void
tell_closed (Stream *stream, const char *why)
{
  if (!stream->held)
    return;
  stream->held = FALSE;
  if (stream->stream.events->closed)
    stream->stream.events->closed (&stream->stream, why, stream->stream.user);
}

static void
tell_connected (Stream *stream)
{
  NetListener *listener = stream->listener;

  if (listener)
    {
      stream->listener = NULL;
      listener->n_waiting--;
      stream->held = TRUE;
      listener->accept (&stream->stream, listener->user);
    }
  else if (stream->held && stream->stream.events->connected)
    stream->stream.events->connected (&stream->stream, stream->stream.user);
}

/* The bytes are handed over with the buffer's ownership here, so that a user who sends or closes meanwhile disturbs
 * nothing. */
static void
tell_received (Stream *stream)
{
  GByteArray *bytes = stream->tcp.in;

  stream->tcp.in = g_byte_array_new ();
  if (stream->held && stream->stream.events->received)
    stream->stream.events->received (&stream->stream, bytes->data, bytes->len, stream->stream.user);
  g_byte_array_unref (bytes);
}

static void
tell (Stream *stream, guint news)
{
  if (news & SIM_TCP_CONNECTED)
    tell_connected (stream);
  if (news & SIM_TCP_ARRIVED)
    tell_received (stream);
  if (news & SIM_TCP_PEER_CLOSED)
    {
      sim_tcp_finish (&stream->tcp);
      tell_closed (stream, "closed by the other end");
    }
  if (news & SIM_TCP_REFUSED)
    tell_closed (stream, "connection refused");
  if (news & SIM_TCP_RESET)
    tell_closed (stream, "connection reset");
  if (news & SIM_TCP_TIMED_OUT)
    tell_closed (stream, "timed out");
}

static void
send_due (Stream *stream, gint64 now_ns)
{
  SimTcpSegment segment;

  while (sim_tcp_output (&stream->tcp, now_ns, &segment))
    sim_host_send_tcp (stream->host, stream->peer_ip, &segment);
}

static void
tell_drained (Stream *stream)
{
  if (!stream->undrained || sim_tcp_shaking_hands (&stream->tcp) || sim_tcp_unsent (&stream->tcp) > 0)
    return;
  stream->undrained = FALSE;
  if (stream->held && stream->stream.events->drained)
    stream->stream.events->drained (&stream->stream, stream->stream.user);
}

static void
set_timer (Stream *stream, gint64 at_ns)
{
  if (at_ns == G_MAXINT64)
    net_world_timer_cancel (world_of (stream), &stream->timer);
  else
    net_world_timer_set (world_of (stream), &stream->timer, at_ns);
}

/* What follows on each change: the user is told, segments go out, the next deadline is set, and a connection that is
 * over is forgotten, unless a call further up the stack still works on it.  What the user sends meanwhile goes out
 * with the acknowledgment. */
static void
digest (Stream *stream, guint news)
{
  gint64 now_ns = net_world_now (world_of (stream));

  stream->n_inside++;
  tell (stream, news);
  send_due (stream, now_ns);
  stream->stirred = FALSE;
  tell_drained (stream);
  stream->n_inside--;
  if (stream->n_inside > 0)
    return;
  if (stream->tcp.state == SIM_TCP_CLOSED)
    forget (stream);
  else
    set_timer (stream, stream->stirred ? now_ns : sim_tcp_deadline (&stream->tcp));
}

static void
timer_fired (NetTimer *timer, gint64 now_ns)
{
  Stream *stream = timer->owner;

  stream->n_inside++;
  if (stream->unreachable)
    {
      stream->tcp.state = SIM_TCP_CLOSED;
      tell_closed (stream, "no route to host");
    }
  stream->n_inside--;
  digest (stream, sim_tcp_expire (&stream->tcp, now_ns));
}

/* ---- from the user to TCP ------------------------------------------------------------------------------------ */

/* Sends as soon as the caller has returned: what a caller writes in pieces travels together. */
static void
stir (Stream *stream)
{
  stream->stirred = TRUE;
  if (stream->n_inside == 0)
    set_timer (stream, net_world_now (world_of (stream)));
}

static void
stream_send (NetStream *handle, const guint8 *bytes, gsize n)
{
  Stream *stream = (Stream *) handle;

  if (n == 0)
    return;
  sim_tcp_send (&stream->tcp, bytes, n);
  stream->undrained = TRUE;
  stir (stream);
}

static gsize
stream_pending (const NetStream *handle)
{
  return sim_tcp_unsent (&((const Stream *) handle)->tcp);
}

static void
stream_close (NetStream *handle)
{
  Stream *stream = (Stream *) handle;

  stream->held = FALSE;
  if (stream->tcp.state == SIM_TCP_SYN_SENT && sim_tcp_unsent (&stream->tcp) == 0)
    stream->tcp.state = SIM_TCP_CLOSED;
  else
    sim_tcp_finish (&stream->tcp);
  stir (stream);
}

static const NetStreamClass stream_class
    = { .send = stream_send, .pending = stream_pending, .close = stream_close };

static Stream *
new_stream (SimHost *host, NetIpv4 peer_ip, const SimTcpStart *start)
{
  Stream *stream = g_new0 (Stream, 1);
  char text[NET_IPV4_TEXT];

  stream->stream.klass = &stream_class;
  stream->stream.events = &no_events;
  stream->stream.peer = g_strdup_printf ("tcp:%s:%u", net_ipv4_format (peer_ip, text), start->peer_port);
  stream->host = host;
  stream->peer_ip = peer_ip;
  stream->key = make_key (peer_ip, start->peer_port, start->local_port);
  stream->in_streams.data = stream;
  net_timer_init (&stream->timer, timer_fired, stream);
  g_queue_push_tail_link (&host->streams, &stream->in_streams);
  g_hash_table_insert (host->by_key, &stream->key, stream);
  return stream;
}

/* ---- dialling and listening ---------------------------------------------------------------------------------- */

/* Ports are taken in turn, so that a port is not used again while its last connection lingers.  0: none is free. */
static guint16
choose_port (SimHost *host, NetIpv4 peer_ip, guint16 peer_port)
{
  for (guint i = FIRST_PORT; i <= G_MAXUINT16; i++)
    {
      guint16 port = host->next_port;
      host->next_port = (guint16) (port == G_MAXUINT16 ? FIRST_PORT : port + 1u);
      if (!find_stream (host, make_key (peer_ip, peer_port, port)) && !find_listener (host, port))
        return port;
    }
  return 0;
}

NetStream *
sim_host_connect (SimHost *host, const char *target, const NetStreamEvents *events, gpointer user,
                  GError **error)
{
  SimTcpStart start;
  NetIpv4 ip;
  Stream *stream;

  if (!sim_host_read_target (target, &ip, &start.peer_port, error))
    return NULL;
  start.local_port = choose_port (host, ip, start.peer_port);
  if (start.local_port == 0)
    {
      g_set_error (error, SIM_HOST_ERROR, SIM_HOST_ERROR_NO_PORT,
                   "cannot dial '%s': all %u ports towards it are in use; close some streams first", target,
                   G_MAXUINT16 - FIRST_PORT + 1);
      return NULL;
    }
  start.sequence = (guint32) sim_random_u64 (&host->random);
  stream = new_stream (host, ip, &start);
  net_stream_set_events (&stream->stream, events ? events : &no_events, user);
  stream->held = TRUE;
  stream->unreachable = !sim_host_reaches (host, ip);
  sim_tcp_dial (&stream->tcp, &start);
  stir (stream);
  return &stream->stream;
}

NetListener *
sim_host_listen (SimHost *host, const char *target, NetAcceptFunc accept, gpointer user, GError **error)
{
  NetListener *listener;
  guint16 port;

  if (!sim_host_read_listen_target (host, target, &port, error))
    return NULL;
  if (find_listener (host, port))
    {
      g_set_error (error, SIM_HOST_ERROR, SIM_HOST_ERROR_IN_USE, "cannot listen on '%s': port %u is taken",
                   target, port);
      return NULL;
    }
  listener = g_new0 (NetListener, 1);
  *listener = (NetListener){ .port = port, .accept = accept, .user = user };
  g_queue_push_tail (&host->listeners, listener);
  return listener;
}

/* Who was still shaking hands is sent away; streams that were accepted live on. */
void
sim_host_unlisten (SimHost *host, NetListener *listener)
{
  GList *next;

  for (GList *at = host->streams.head; at; at = next)
    {
      Stream *stream = at->data;
      SimTcpSegment reset = { .header = { .source_port = stream->tcp.local_port,
                                          .destination_port = stream->tcp.peer_port,
                                          .sequence = stream->tcp.next,
                                          .acknowledgment = stream->tcp.expected,
                                          .flags = NET_TCP_RST | NET_TCP_ACK } };
      next = at->next;
      if (stream->listener != listener)
        continue;
      sim_host_send_tcp (host, stream->peer_ip, &reset);
      forget (stream);
    }
  g_queue_remove (&host->listeners, listener);
  g_free (listener);
}

/* ---- from the net -------------------------------------------------------------------------------------------- */

static void
answer_syn (SimHost *host, NetListener *listener, const SimHostSegment *segment)
{
  SimTcpStart start = { .local_port = segment->tcp.destination_port, .peer_port = segment->tcp.source_port };
  Stream *stream;

  start.sequence = (guint32) sim_random_u64 (&host->random);
  stream = new_stream (host, segment->from, &start);
  stream->listener = listener;
  listener->n_waiting++;
  sim_tcp_answer (&stream->tcp, &start, &segment->tcp);
  digest (stream, 0);
}

NetDropReason
sim_host_streams_receive (SimHost *host, const SimHostSegment *segment)
{
  const NetTcp *tcp = &segment->tcp;
  Stream *stream = find_stream (host, make_key (segment->from, tcp->source_port, tcp->destination_port));
  NetListener *listener;

  if (stream)
    {
      gint64 now_ns = net_world_now (world_of (stream));
      digest (stream, sim_tcp_receive (&stream->tcp, tcp, segment->bytes, segment->n, now_ns));
      return NET_DROP_NONE;
    }
  listener = find_listener (host, tcp->destination_port);
  if (!listener || (tcp->flags & (NET_TCP_SYN | NET_TCP_ACK | NET_TCP_RST)) != NET_TCP_SYN)
    return NET_DROP_UNKNOWN_PROTOCOL;
  if (listener->n_waiting >= BACKLOG)
    return NET_DROP_BACKLOG_FULL;
  answer_syn (host, listener, segment);
  return NET_DROP_NONE;
}

/* Who is connected waits for its own timeout; the neighbour may come back. */
void
sim_host_streams_unreachable (SimHost *host, NetIpv4 ip)
{
  for (GList *at = host->streams.head; at; at = at->next)
    {
      Stream *stream = at->data;
      if (stream->peer_ip != ip || !sim_tcp_shaking_hands (&stream->tcp))
        continue;
      stream->unreachable = TRUE;
      stir (stream);
    }
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

void
sim_host_streams_init (SimHost *host)
{
  g_queue_init (&host->streams);
  host->by_key = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&host->listeners);
  host->next_port = FIRST_PORT;
}

void
sim_host_streams_clear (SimHost *host)
{
  while (host->streams.head)
    forget (host->streams.head->data);
  g_queue_clear_full (&host->listeners, g_free);
  g_hash_table_unref (host->by_key);
}

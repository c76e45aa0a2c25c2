/* Byte streams on non-blocking sockets.
 *
 * A stream is first dialled or accepted, then open, then ending: nobody holds it any more, and it only sends its rest,
 * tells the other end so, and waits a bounded time for the other end to close too, because a socket closed with unread
 * input makes the kernel throw away what it has yet to send.  All that can end or tell anything happens in turns of
 * the loop, never within a call of the user. */
#include "gateway/linux/inside.h"
#include "gateway/linux/outbox.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define DIAL_NS       (10 * NET_SEC)
#define LINGER_NS     (5 * NET_SEC)
#define MAX_ENDING    256u       /* beyond that the oldest is cut off */
#define MAX_DISCARDED (1u << 20) /* bytes that an ending stream reads and forgets */
#define MAX_PARTS     16u
#define MAX_WRITES    16u /* in one turn */

typedef struct
{
  NetStream stream;
  LinuxWorld *world;
  LinuxWatch watch;
  LinuxTask task;    /* to flush, and to tell how dialling went when that was known at once */
  NetTimer deadline; /* of dialling, later of ending */
  GList link;        /* in world->streams or world->ending */
  LinuxOutbox out;
  const char *failed; /* dialling did, and it is not yet told */
  gsize n_discarded;
  guint n_inside; /* calls on the stack that still need it */
  gboolean up;
  gboolean secret;     /* dialled with TLS */
  gboolean held;       /* the user has it and hears events */
  gboolean undrained;  /* something was sent since the last `drained` */
  gboolean broken;     /* nothing can be written any more; reading will say why */
  gboolean peer_ended; /* nothing more will come */
  gboolean shut;       /* we said that nothing more will come from here */
  gboolean dead;       /* there is nothing to wait for */
} Stream;

static const NetStreamEvents no_events = { NULL, NULL, NULL, NULL };

/* ---- ending ------------------------------------------------------------------------------------------------------ */

static void
forget (Stream *stream)
{
  linux_tls_forget (stream->world->tls, stream);
  linux_loop_unwatch (stream->world->loop, &stream->watch);
  linux_loop_forget (stream->world->loop, &stream->task);
  net_world_timer_cancel (&stream->world->world, &stream->deadline);
  g_queue_unlink (stream->held ? &stream->world->streams : &stream->world->ending, &stream->link);
  if (stream->watch.fd >= 0)
    close (stream->watch.fd);
  linux_outbox_clear (&stream->out);
  g_free (stream->stream.peer);
  g_free (stream);
}

/* The user no longer has it. */
static void
begin_to_end (Stream *stream)
{
  LinuxWorld *world = stream->world;

  stream->held = FALSE;
  g_queue_unlink (&world->streams, &stream->link);
  g_queue_push_tail_link (&world->ending, &stream->link);
  net_world_timer_set (&world->world, &stream->deadline, linux_now () + LINGER_NS);
  linux_loop_defer (world->loop, &stream->task);
  if (world->ending.length > MAX_ENDING)
    {
      Stream *oldest = world->ending.head->data;
      oldest->dead = TRUE;
      linux_loop_defer (world->loop, &oldest->task);
    }
}

static void
tell_closed (Stream *stream, const char *why)
{
  if (!stream->held)
    return;
  begin_to_end (stream);
  if (stream->stream.events->closed)
    stream->stream.events->closed (&stream->stream, why, stream->stream.user);
}

static void
fail (Stream *stream, const char *why)
{
  stream->dead = TRUE;
  tell_closed (stream, why);
}

/* ---- in and out -------------------------------------------------------------------------------------------------- */

static void
take_input (Stream *stream, const guint8 *bytes, gsize n)
{
  if (!stream->held)
    {
      stream->n_discarded += n;
      stream->dead |= stream->n_discarded > MAX_DISCARDED;
    }
  else if (stream->stream.events->received)
    stream->stream.events->received (&stream->stream, bytes, n, stream->stream.user);
}

static void
read_some (Stream *stream)
{
  gssize n = recv (stream->watch.fd, stream->world->read_buffer, LINUX_READ_BYTES, 0);

  if (n > 0)
    take_input (stream, stream->world->read_buffer, (gsize) n);
  else if (n == 0)
    {
      stream->peer_ended = TRUE;
      tell_closed (stream, "closed by the other end");
    }
  else if (errno != EAGAIN && errno != EINTR)
    fail (stream, linux_error_words (errno));
}

/* FALSE: the kernel takes no more now. */
static gboolean
write_some (Stream *stream)
{
  struct iovec parts[MAX_PARTS];
  struct msghdr message = { .msg_iov = parts };
  gssize n;

  message.msg_iovlen = linux_outbox_front (&stream->out, parts, MAX_PARTS);
  n = sendmsg (stream->watch.fd, &message, MSG_NOSIGNAL);
  if (n >= 0)
    {
      linux_outbox_drop (&stream->out, (gsize) n);
      return TRUE;
    }
  if (errno == EAGAIN || errno == EINTR)
    return FALSE;
  stream->broken = TRUE;
  linux_outbox_clear (&stream->out);
  return FALSE;
}

static void
flush (Stream *stream)
{
  if (!stream->up)
    return;
  linux_world_write_out (stream->world);
  for (guint i = 0; stream->out.n && i < MAX_WRITES; i++)
    if (!write_some (stream))
      break;
  if (stream->out.n || stream->broken || !stream->undrained)
    return;
  stream->undrained = FALSE;
  if (stream->held && stream->stream.events->drained)
    stream->stream.events->drained (&stream->stream, stream->stream.user);
}

/* ---- turns ------------------------------------------------------------------------------------------------------- */

static guint32
wanted_events (const Stream *stream)
{
  if (!stream->up)
    return EPOLLOUT;
  return (stream->peer_ended ? 0 : EPOLLIN) | (stream->out.n ? EPOLLOUT : 0);
}

/* An ending stream's next step. */
static void
go_on_ending (Stream *stream)
{
  if (stream->broken || (!stream->up && !stream->out.n))
    stream->dead = TRUE;
  if (!stream->up || stream->out.n || stream->shut || stream->dead)
    return;
  shutdown (stream->watch.fd, SHUT_WR);
  stream->shut = TRUE;
}

/* What follows on everything that happened. */
static void
settle (Stream *stream)
{
  if (stream->n_inside)
    return;
  if (!stream->held)
    {
      go_on_ending (stream);
      if (stream->dead || (stream->shut && stream->peer_ended))
        {
          forget (stream);
          return;
        }
    }
  if (stream->watch.fd >= 0
      && !linux_loop_watch (stream->world->loop, &stream->watch, wanted_events (stream)))
    {
      stream->failed = linux_error_words (errno);
      linux_loop_defer (stream->world->loop, &stream->task);
    }
}

static void
come_up (Stream *stream)
{
  stream->up = TRUE;
  if (!stream->held)
    return;
  net_world_timer_cancel (&stream->world->world, &stream->deadline);
  if (stream->stream.events->connected)
    stream->stream.events->connected (&stream->stream, stream->stream.user);
}

static void
on_tls (int fd, const char *peer, const char *why, gpointer user)
{
  Stream *stream = user;

  (void) peer;
  stream->n_inside++;
  stream->watch.fd = fd;
  if (fd >= 0)
    come_up (stream);
  else
    fail (stream, why);
  stream->n_inside--;
  settle (stream);
}

/* The handshake has the socket, and gives another for it. */
static void
begin_tls (Stream *stream)
{
  int fd = stream->watch.fd;

  linux_loop_unwatch (stream->world->loop, &stream->watch);
  stream->watch.fd = -1;
  linux_tls_begin (stream->world->tls, fd, FALSE, g_strdup (stream->stream.peer), on_tls, stream);
}

static void
finish_dialling (Stream *stream)
{
  int error = 0;
  socklen_t length = sizeof error;

  getsockopt (stream->watch.fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error)
    fail (stream, linux_error_words (error));
  else if (stream->secret)
    begin_tls (stream);
  else
    come_up (stream);
}

static void
on_ready (LinuxWatch *watch, guint32 events)
{
  Stream *stream = watch->owner;
  gboolean gone = events & (EPOLLERR | EPOLLHUP);

  stream->n_inside++;
  if (!stream->up)
    finish_dialling (stream);
  else if (stream->peer_ended && gone)
    stream->dead = TRUE;
  else if (gone || (events & EPOLLIN))
    read_some (stream);
  flush (stream);
  stream->n_inside--;
  settle (stream);
}

static void
on_task (LinuxTask *task)
{
  Stream *stream = task->owner;

  stream->n_inside++;
  if (stream->failed)
    fail (stream, stream->failed);
  flush (stream);
  stream->n_inside--;
  settle (stream);
}

static void
on_deadline (NetTimer *timer, gint64 now_ns)
{
  Stream *stream = timer->owner;

  (void) now_ns;
  stream->n_inside++;
  fail (stream, "timed out");
  stream->n_inside--;
  settle (stream);
}

/* ---- the user's calls -------------------------------------------------------------------------------------------- */

/* What a caller writes in pieces travels together, at the end of the turn. */
static void
stream_send (NetStream *handle, const guint8 *bytes, gsize n)
{
  Stream *stream = (Stream *) handle;

  if (n == 0 || stream->broken || !stream->held)
    return;
  linux_outbox_add (&stream->out, bytes, n);
  stream->undrained = TRUE;
  linux_loop_defer (stream->world->loop, &stream->task);
}

static void
stream_send_shared (NetStream *handle, GBytes *bytes)
{
  Stream *stream = (Stream *) handle;

  if (stream->broken || !stream->held)
    return;
  linux_outbox_add_shared (&stream->out, bytes);
  stream->undrained = TRUE;
  linux_loop_defer (stream->world->loop, &stream->task);
}

static gsize
stream_pending (const NetStream *handle)
{
  return ((const Stream *) handle)->out.n;
}

static void
stream_close (NetStream *handle)
{
  Stream *stream = (Stream *) handle;

  if (stream->held)
    begin_to_end (stream);
}

static const NetStreamClass stream_class = {
  .send = stream_send, .pending = stream_pending, .close = stream_close, .send_shared = stream_send_shared
};

/* ---- life -------------------------------------------------------------------------------------------------------- */

static Stream *
new_stream (LinuxWorld *world, int fd, char *peer)
{
  Stream *stream = g_new0 (Stream, 1);
  const int yes = 1;

  stream->stream = (NetStream){ .klass = &stream_class, .events = &no_events, .peer = peer };
  stream->world = world;
  stream->watch = (LinuxWatch){ .fd = fd, .ready = on_ready, .owner = stream };
  stream->task = (LinuxTask){ .run = on_task, .owner = stream };
  net_timer_init (&stream->deadline, on_deadline, stream);
  stream->held = TRUE;
  stream->link.data = stream;
  g_queue_push_tail_link (&world->streams, &stream->link);
  if (g_str_has_prefix (peer, "tcp:") && fd >= 0)
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return stream;
}

NetStream *
linux_stream_dial (LinuxWorld *world, const LinuxAddress *address, const NetStreamEvents *events,
                   gpointer user)
{
  int fd = socket (address->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int error
      = fd < 0 || connect (fd, (const struct sockaddr *) &address->address, address->length) < 0 ? errno : 0;
  Stream *stream = new_stream (world, fd, linux_address_as_peer (address));

  stream->secret = address->tls;
  net_stream_set_events (&stream->stream, events ? events : &no_events, user);
  if (error && error != EINPROGRESS)
    {
      stream->failed = linux_error_words (error);
      linux_loop_defer (world->loop, &stream->task);
      return &stream->stream;
    }
  net_world_timer_set (&world->world, &stream->deadline, linux_now () + DIAL_NS);
  settle (stream);
  return &stream->stream;
}

NetStream *
linux_stream_accepted (LinuxWorld *world, int fd, char *peer)
{
  Stream *stream = new_stream (world, fd, peer);

  stream->up = TRUE;
  settle (stream);
  return &stream->stream;
}

void
linux_streams_clear (LinuxWorld *world)
{
  while (world->ending.head)
    {
      Stream *stream = world->ending.head->data;
      flush (stream);
      forget (stream);
    }
  while (world->streams.head)
    {
      Stream *stream = world->streams.head->data;
      stream->stream.events = &no_events;
      flush (stream);
      forget (stream);
    }
}

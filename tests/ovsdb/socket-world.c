/* The socket world. */
#include "socket-world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_BYTES 65536

typedef struct
{
  NetStream stream;
  SocketWorld *world;
  int fd;
  GByteArray *out;
  gboolean connecting, closing, dead;
} Socket;

struct _NetListener
{
  int fd;
  char *path;
  NetAcceptFunc accept;
  gpointer user;
};

struct _SocketWorld
{
  NetWorld world;
  char *directory;
  GPtrArray *sockets, *listeners, *timers; /* timers: of NetTimer, `pending` is a GINT64 on the heap */
  volatile sig_atomic_t stopped;
};

static SocketWorld *
self (NetWorld *world)
{
  return (SocketWorld *) world;
}

/* ---- time, chance, storage ----------------------------------------------------------------------------------------- */

static gint64
world_now (NetWorld *world)
{
  (void) world;
  return g_get_monotonic_time () * 1000;
}

static void
world_timer_cancel (NetWorld *world, NetTimer *timer)
{
  g_ptr_array_remove (self (world)->timers, timer);
  g_free (timer->pending);
  timer->pending = NULL;
}

static void
world_timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  net_world_timer_cancel (world, timer);
  timer->pending = g_memdup2 (&at_ns, sizeof at_ns);
  g_ptr_array_add (self (world)->timers, timer);
}

static void
world_random (NetWorld *world, gpointer bytes, gsize n)
{
  (void) world;
  g_assert (getrandom (bytes, n, 0) == (ssize_t) n);
}

static GBytes *
world_load (NetWorld *world, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (self (world)->directory, name, NULL);
  char *contents;
  gsize length;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return g_file_get_contents (path, &contents, &length, error) ? g_bytes_new_take (contents, length) : NULL;
}

static gboolean
world_append (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  g_autofree char *path = g_build_filename (self (world)->directory, name, NULL);
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  gboolean done = fd >= 0 && write (fd, bytes, n) == (ssize_t) n;

  if (fd >= 0)
    close (fd);
  if (!done)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  return done;
}

static gboolean
world_replace (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  g_autofree char *path = g_build_filename (self (world)->directory, name, NULL);
  return g_file_set_contents (path, (const char *) bytes, (gssize) n, error);
}

static void
world_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  (void) world;
  if (level >= NET_LOG_WARNING)
    fprintf (stderr, "%s: %s\n", module, message);
}

static void
world_state (NetWorld *world, const NetState *state)
{
  (void) world;
  (void) state;
}

/* ---- streams ------------------------------------------------------------------------------------------------------- */

static void
stream_send (NetStream *stream, const guint8 *bytes, gsize n)
{
  g_byte_array_append (((Socket *) stream)->out, bytes, (guint) n);
}

static gsize
stream_pending (const NetStream *stream)
{
  return ((const Socket *) stream)->out->len;
}

static void
stream_close (NetStream *stream)
{
  ((Socket *) stream)->closing = TRUE;
}

static const NetStreamClass stream_class = { stream_send, stream_pending, stream_close };

static Socket *
socket_new (SocketWorld *world, int fd, const char *peer)
{
  Socket *end = g_new0 (Socket, 1);

  fcntl (fd, F_SETFL, O_NONBLOCK);
  end->stream.klass = &stream_class;
  end->stream.peer = g_strdup (peer);
  end->world = world;
  end->fd = fd;
  end->out = g_byte_array_new ();
  g_ptr_array_add (world->sockets, end);
  return end;
}

static void
socket_free (gpointer data)
{
  Socket *end = data;

  close (end->fd);
  g_byte_array_unref (end->out);
  g_free (end->stream.peer);
  g_free (end);
}

static void
socket_ended (Socket *end, const char *why)
{
  end->dead = TRUE;
  if (!end->closing && end->stream.events && end->stream.events->closed)
    end->stream.events->closed (&end->stream, why, end->stream.user);
}

/* The address of a target without its kind: "PATH", "IP:PORT", "PORT" or "PORT:IP". */
static int
open_socket (const char *target, gboolean listens, struct sockaddr_storage *address, socklen_t *length)
{
  const char *rest = strchr (target, ':') + 1;
  g_auto (GStrv) parts = g_strsplit (rest, ":", 2);

  memset (address, 0, sizeof *address);
  if (strstr (target, "unix:"))
    {
      struct sockaddr_un *local = (struct sockaddr_un *) address;
      local->sun_family = AF_UNIX;
      g_strlcpy (local->sun_path, rest, sizeof local->sun_path);
      *length = sizeof *local;
    }
  else
    {
      struct sockaddr_in *inet = (struct sockaddr_in *) address;
      const char *port = listens || !parts[1] ? parts[0] : parts[1], *ip = listens ? parts[1] : parts[0];
      inet->sin_family = AF_INET;
      inet->sin_port = htons ((guint16) atoi (port));
      inet->sin_addr.s_addr = ip ? inet_addr (ip) : htonl (INADDR_LOOPBACK);
      *length = sizeof *inet;
    }
  return socket (address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static NetStream *
world_connect (NetWorld *world, const char *target, const NetStreamEvents *events, gpointer user,
               GError **error)
{
  struct sockaddr_storage address;
  socklen_t length;
  Socket *end;

  (void) error;
  end = socket_new (self (world), open_socket (target, FALSE, &address, &length), target);
  net_stream_set_events (&end->stream, events, user);
  end->connecting = TRUE;
  if (connect (end->fd, (struct sockaddr *) &address, length) < 0 && errno != EINPROGRESS)
    shutdown (end->fd, SHUT_RDWR);
  return &end->stream;
}

static NetListener *
world_listen (NetWorld *world, const char *target, NetAcceptFunc accept_func, gpointer user, GError **error)
{
  struct sockaddr_storage address;
  socklen_t length;
  int fd = open_socket (target, TRUE, &address, &length), on = 1;
  NetListener *listener;
  const char *path = address.ss_family == AF_UNIX ? ((struct sockaddr_un *) &address)->sun_path : NULL;

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (path)
    unlink (path);
  if (bind (fd, (struct sockaddr *) &address, length) < 0 || listen (fd, 64) < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", target,
                   g_strerror (errno));
      close (fd);
      return NULL;
    }
  fcntl (fd, F_SETFL, O_NONBLOCK);
  listener = g_new0 (NetListener, 1);
  *listener = (struct _NetListener){ fd, g_strdup (path), accept_func, user };
  g_ptr_array_add (self (world)->listeners, listener);
  return listener;
}

static void
world_unlisten (NetWorld *world, NetListener *listener)
{
  g_ptr_array_remove (self (world)->listeners, listener);
  close (listener->fd);
  if (listener->path)
    unlink (listener->path);
  g_free (listener->path);
  g_free (listener);
}

static const NetWorldClass world_class = { .now = world_now,
                                           .timer_set = world_timer_set,
                                           .timer_cancel = world_timer_cancel,
                                           .random = world_random,
                                           .connect = world_connect,
                                           .listen = world_listen,
                                           .unlisten = world_unlisten,
                                           .load = world_load,
                                           .append = world_append,
                                           .replace = world_replace,
                                           .log = world_log,
                                           .state = world_state };

/* ---- the loop ------------------------------------------------------------------------------------------------------ */

static void
read_socket (Socket *end)
{
  guint8 bytes[READ_BYTES];
  ssize_t n = read (end->fd, bytes, sizeof bytes);

  if (n > 0 && end->stream.events && end->stream.events->received)
    end->stream.events->received (&end->stream, bytes, (gsize) n, end->stream.user);
  else if (n == 0 || (n < 0 && errno != EAGAIN))
    socket_ended (end, n == 0 ? "connection closed by peer" : g_strerror (errno));
}

static void
write_socket (Socket *end)
{
  ssize_t n = end->out->len ? send (end->fd, end->out->data, end->out->len, MSG_NOSIGNAL) : 0;

  if (n > 0)
    g_byte_array_remove_range (end->out, 0, (guint) n);
  else if (n < 0 && errno != EAGAIN)
    socket_ended (end, g_strerror (errno));
}

static void
finish_connect (Socket *end)
{
  int problem = 0;
  socklen_t length = sizeof problem;
  struct sockaddr_storage peer;
  socklen_t peer_length = sizeof peer;

  end->connecting = FALSE;
  getsockopt (end->fd, SOL_SOCKET, SO_ERROR, &problem, &length);
  if (problem || getpeername (end->fd, (struct sockaddr *) &peer, &peer_length) < 0)
    socket_ended (end, problem ? g_strerror (problem) : "connection refused");
  else if (!end->closing && end->stream.events->connected)
    end->stream.events->connected (&end->stream, end->stream.user);
}

static void
serve_socket (Socket *end, short events)
{
  if (end->connecting && events)
    finish_connect (end);
  if (!end->dead && !end->closing && (events & (POLLIN | POLLHUP | POLLERR)))
    read_socket (end);
  if (!end->dead && !end->connecting)
    write_socket (end);
  if (end->closing && (end->out->len == 0 || end->connecting))
    end->dead = TRUE;
}

static void
accept_one (SocketWorld *world, NetListener *listener)
{
  int fd = accept (listener->fd, NULL, NULL);

  if (fd >= 0)
    listener->accept (&socket_new (world, fd, listener->path ? "unix:" : "tcp:")->stream, listener->user);
}

/* Fires one timer that is due; else says in how many milliseconds the next is. */
static gboolean
fire_timer (SocketWorld *world, int *wait_ms)
{
  NetTimer *first = NULL;
  gint64 now_ns = world_now (&world->world), at_ns;

  for (guint i = 0; i < world->timers->len; i++)
    {
      NetTimer *timer = g_ptr_array_index (world->timers, i);
      if (!first || *(gint64 *) timer->pending < *(gint64 *) first->pending)
        first = timer;
    }
  *wait_ms = 1000;
  if (!first)
    return FALSE;
  at_ns = *(gint64 *) first->pending;
  if (at_ns > now_ns)
    {
      *wait_ms = (int) MIN (1000, (at_ns - now_ns) / NET_MSEC + 1);
      return FALSE;
    }
  world_timer_cancel (&world->world, first);
  first->fire (first, now_ns);
  return TRUE;
}

static void
turn (SocketWorld *world, int wait_ms)
{
  guint n_listeners = world->listeners->len, n_sockets = world->sockets->len;
  g_autofree struct pollfd *polled = g_new0 (struct pollfd, n_listeners + n_sockets + 1);

  for (guint i = 0; i < n_listeners; i++)
    polled[i] = (struct pollfd){ ((NetListener *) g_ptr_array_index (world->listeners, i))->fd, POLLIN, 0 };
  for (guint i = 0; i < n_sockets; i++)
    {
      const Socket *end = g_ptr_array_index (world->sockets, i);
      polled[n_listeners + i]
          = (struct pollfd){ end->fd, (short) (POLLIN | (end->connecting || end->out->len ? POLLOUT : 0)),
                             0 };
    }
  poll (polled, n_listeners + n_sockets, wait_ms);
  for (guint i = 0; i < n_sockets; i++)
    serve_socket (g_ptr_array_index (world->sockets, i), polled[n_listeners + i].revents);
  for (guint i = 0; i < n_listeners && i < world->listeners->len; i++)
    if (polled[i].revents & POLLIN)
      accept_one (world, g_ptr_array_index (world->listeners, i));
  for (guint i = world->sockets->len; i > 0; i--)
    {
      Socket *end = g_ptr_array_index (world->sockets, i - 1);
      if (!end->dead && !end->connecting)
        write_socket (end);
      if (end->dead)
        g_ptr_array_remove_index (world->sockets, i - 1);
    }
}

void
socket_world_run (SocketWorld *world)
{
  while (!world->stopped)
    {
      int wait_ms;
      while (fire_timer (world, &wait_ms))
        ;
      turn (world, wait_ms);
    }
}

void
socket_world_stop (SocketWorld *world)
{
  world->stopped = TRUE;
}

SocketWorld *
socket_world_new (const char *directory)
{
  SocketWorld *world = g_new0 (SocketWorld, 1);

  world->world.klass = &world_class;
  world->directory = g_strdup (directory);
  world->sockets = g_ptr_array_new_with_free_func (socket_free);
  world->listeners = g_ptr_array_new ();
  world->timers = g_ptr_array_new ();
  return world;
}

NetWorld *
socket_world (SocketWorld *world)
{
  return &world->world;
}

void
socket_world_free (SocketWorld *world)
{
  turn (world, 0);
  g_ptr_array_unref (world->sockets);
  g_ptr_array_unref (world->listeners);
  g_ptr_array_unref (world->timers);
  g_free (world->directory);
  g_free (world);
}

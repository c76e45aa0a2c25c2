/* The bench of the stream tests. */
#include "linux-bench.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Bench bench;

/* ---- events ------------------------------------------------------------------------------------------------------ */

static void
on_connected (NetStream *stream, gpointer user)
{
  CU_ASSERT_PTR_EQUAL (stream, ((End *) user)->stream);
  g_string_append (((End *) user)->heard, "connected ");
}

static void
on_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  End *end = user;

  CU_ASSERT_PTR_EQUAL (stream, end->stream);
  if (end->bytes->len == 0)
    end->first_had = bench.server.bytes->len;
  g_string_append_len (end->bytes, (const char *) bytes, (gssize) n);
  if (g_strcmp0 (end->on_bytes, "send") == 0)
    net_stream_send (stream, bytes, n);
  else if (g_strcmp0 (end->on_bytes, "flood") == 0)
    {
      g_autofree guint8 *many = g_malloc0 (MANY_BYTES);
      net_stream_send (stream, many, MANY_BYTES);
    }
  else if (g_strcmp0 (end->on_bytes, "unlisten") == 0)
    {
      net_world_unlisten (bench.seam, bench.listener);
      bench.listener = NULL;
    }
  else if (g_strcmp0 (end->on_bytes, "close") == 0)
    {
      end->stream = NULL;
      net_stream_send (stream, (const guint8 *) "bye", 3);
      net_stream_close (stream);
    }
}

static void
on_drained (NetStream *stream, gpointer user)
{
  CU_ASSERT_EQUAL (net_stream_pending (stream), 0);
  g_string_append (((End *) user)->heard, "drained ");
}

static void
on_closed (NetStream *stream, const char *why, gpointer user)
{
  /* Sending after the end does nothing. */
  net_stream_send (stream, (const guint8 *) "x", 1);
  ((End *) user)->stream = NULL;
  g_string_append_printf (((End *) user)->heard, "closed: %s ", why);
}

const NetStreamEvents bench_events
    = { .connected = on_connected, .received = on_received, .drained = on_drained, .closed = on_closed };

void
on_accept (NetStream *stream, gpointer user)
{
  End *end = bench.n_accepted++ ? &bench.second : &bench.server;

  (void) user;
  if (bench.unlisten_at_once)
    {
      net_world_unlisten (bench.seam, bench.listener);
      bench.listener = NULL;
    }
  if (bench.refuse)
    {
      net_stream_close (stream);
      return;
    }
  end->stream = stream;
  net_stream_set_events (stream, &bench_events, end);
}

/* ---- the bench --------------------------------------------------------------------------------------------------- */

static void
on_listening (LinuxWorld *world, const char *target, gpointer user)
{
  g_auto (GStrv) parts = g_strsplit (target, ":", 3);

  (void) world;
  (void) user;
  g_free (bench.target);
  bench.target = strcmp (parts[0], "punix") == 0
                     ? g_strdup_printf ("unix:%s", parts[1])
                     : g_strdup_printf ("%s:%s:%s", parts[0] + 1, parts[2], parts[1]);
}

static void
on_log (LinuxWorld *world, NetLogLevel level, const char *module, const char *message, gpointer user)
{
  (void) world;
  (void) level;
  (void) module;
  (void) user;
  g_string_append_printf (bench.log, "(%s) ", message);
}

void
setup_world (void)
{
  const LinuxWorldConfig config = { .log_level = NET_LOG_INFO, .log = on_log, .listening = on_listening };

  bench = (Bench){ .world = linux_world_new (&config, NULL) };
  bench.seam = linux_world_seam (bench.world);
  bench.log = g_string_new (NULL);
  bench.client = (End){ .heard = g_string_new (NULL), .bytes = g_string_new (NULL) };
  bench.server = (End){ .heard = g_string_new (NULL), .bytes = g_string_new (NULL) };
  bench.second = (End){ .heard = g_string_new (NULL), .bytes = g_string_new (NULL) };
}

void
setup (const char *listen)
{
  setup_world ();
  setup_listener (listen);
}

void
setup_listener (const char *listen)
{
  bench.listener = net_world_listen (bench.seam, listen, on_accept, NULL, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (bench.listener);
}

void
teardown (void)
{
  net_world_timer_cancel (bench.seam, &bench.tick);
  linux_world_free (bench.world);
  g_string_free (bench.client.heard, TRUE);
  g_string_free (bench.client.bytes, TRUE);
  g_string_free (bench.server.heard, TRUE);
  g_string_free (bench.server.bytes, TRUE);
  g_string_free (bench.second.heard, TRUE);
  g_string_free (bench.second.bytes, TRUE);
  g_string_free (bench.log, TRUE);
  g_free (bench.target);
}

static void
on_tick (NetTimer *timer, gint64 now_ns)
{
  bench.good = bench.done ();
  if (bench.good || now_ns > bench.end_ns)
    linux_world_quit (bench.world);
  else
    net_world_timer_set (bench.seam, timer, now_ns + NET_MSEC);
}

gboolean
run_until (gboolean (*done) (void))
{
  bench.done = done;
  bench.end_ns = net_world_now (bench.seam) + PATIENCE_NS;
  net_timer_init (&bench.tick, on_tick, NULL);
  net_world_timer_set (bench.seam, &bench.tick, 0);
  linux_world_run (bench.world);
  return bench.good;
}

static gint64 wait_end_ns;

static gboolean
waited (void)
{
  return net_world_now (bench.seam) >= wait_end_ns;
}

void
run_for (gint64 ns)
{
  wait_end_ns = net_world_now (bench.seam) + ns;
  run_until (waited);
}

void
dial (void)
{
  bench.client.stream = net_world_connect (bench.seam, bench.target, &bench_events, &bench.client, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (bench.client.stream);
}

gboolean
both_up (void)
{
  return bench.n_accepted && strstr (bench.client.heard->str, "connected");
}

gboolean
client_over (void)
{
  return !bench.client.stream;
}

gboolean
server_over (void)
{
  return bench.n_accepted && !bench.server.stream;
}

gboolean
server_heard_hello (void)
{
  return strcmp (bench.server.bytes->str, "hello") == 0;
}

void
send_text (NetStream *stream, const char *text)
{
  net_stream_send (stream, (const guint8 *) text, strlen (text));
}

/* A plain socket connected to the bench's TCP listener. */
int
plain_socket (void)
{
  struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const struct timeval patience = { .tv_sec = PATIENCE_NS / NET_SEC };

  in.sin_port = htons ((guint16) atoi (strrchr (bench.target, ':') + 1));
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  CU_ASSERT_EQUAL_FATAL (connect (fd, (struct sockaddr *) &in, sizeof in), 0);
  return fd;
}

char *
temporary_path (const char *name)
{
  g_autofree char *directory = g_dir_make_tmp ("linux-stream-XXXXXX", NULL);
  return g_build_filename (directory, name, NULL);
}

void
remove_path (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_unlink (path);
  g_rmdir (directory);
}

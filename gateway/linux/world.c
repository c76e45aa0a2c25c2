/* The seam's functions on Linux, and the life of a world. */
#include "gateway/linux/inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define STORE_AGAIN_NS (1 * NET_SEC)

G_DEFINE_QUARK (linux - world - error - quark, linux_world_error)

/* ---- time and chance --------------------------------------------------------------------------------------------- */

static gint64
world_now (NetWorld *world)
{
  (void) world;
  return linux_now ();
}

static gint64
world_date (NetWorld *world)
{
  (void) world;
  return g_get_real_time () * (NET_SEC / G_USEC_PER_SEC);
}

/* The past is moved to now: what is long due must not starve what is due just a little longer. */
static void
world_timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  linux_timers_set (&linux_world_of (world)->timers, timer, MAX (at_ns, linux_now ()));
}

static void
world_timer_cancel (NetWorld *world, NetTimer *timer)
{
  linux_timers_cancel (&linux_world_of (world)->timers, timer);
}

/* getrandom() fails only when a signal comes before the kernel has gathered enough. */
static void
get_random (gpointer bytes, gsize n)
{
  guint8 *at = bytes;

  while (n)
    {
      gssize got = getrandom (at, n, 0);
      g_assert (got > 0 || errno == EINTR);
      at += MAX (got, 0);
      n -= (gsize) MAX (got, 0);
    }
}

/* From a stock: a row's uuids cost no system call.  What was given away is not kept. */
static void
world_random (NetWorld *world, gpointer bytes, gsize n)
{
  LinuxRandom *stock = &linux_world_of (world)->random;

  if (n > sizeof stock->bytes)
    {
      get_random (bytes, n);
      return;
    }
  if (n > stock->left)
    {
      get_random (stock->bytes, sizeof stock->bytes);
      stock->left = sizeof stock->bytes;
    }
  stock->left -= n;
  memcpy (bytes, stock->bytes + stock->left, n);
  memset (stock->bytes + stock->left, 0, n);
}

/* ---- what happened ----------------------------------------------------------------------------------------------- */

static void
world_drop (NetWorld *world, const NetDrop *drop)
{
  LinuxWorld *linux_world = linux_world_of (world);

  linux_world->n_drops[drop->reason]++;
  if (linux_world->config.dropped)
    linux_world->config.dropped (linux_world, drop, linux_world->config.user);
}

static void
world_send (NetWorld *world, guint port, NetFrame *frame)
{
  LinuxWorld *linux_world = linux_world_of (world);

  if (linux_world->config.sending)
    linux_world->config.sending (linux_world, port, frame, linux_world->config.user);
  linux_ports_send (linux_world, port, frame);
}

static void
world_state (NetWorld *world, const NetState *state)
{
  LinuxWorld *linux_world = linux_world_of (world);

  if (linux_world->config.state)
    linux_world->config.state (linux_world, state, linux_world->config.user);
}

static void
log_to_stderr (NetLogLevel level, const char *module, const char *message)
{
  static const char *const words[] = { "debug", "info", "warning", "error" };
  g_autofree char *line = g_strdup_printf ("%s: %s: %s\n", module, words[level], message);

  fputs (line, stderr);
}

/* One line whatever the message holds: a part of it may come from a peer. */
static void
world_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  LinuxWorld *linux_world = linux_world_of (world);
  g_autofree char *line = NULL;

  if (level < linux_world->config.log_level)
    return;
  line = g_strdup (message);
  for (char *at = line; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = '?';
  if (linux_world->config.log)
    linux_world->config.log (linux_world, level, module, line, linux_world->config.user);
  else
    log_to_stderr (level, module, line);
}

/* ---- streams and storage ----------------------------------------------------------------------------------------- */

static gboolean
check_tls (const LinuxWorld *world, const char *target, const LinuxAddress *address, GError **error)
{
  if (!address->tls || world->tls)
    return TRUE;
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_TARGET,
               "'%s': TLS needs a private key, a certificate and the authorities' certificates", target);
  return FALSE;
}

static NetStream *
world_connect (NetWorld *world, const char *target, const NetStreamEvents *events, gpointer user,
               GError **error)
{
  LinuxAddress address;

  if (!linux_target_to_dial (target, &address, error)
      || !check_tls (linux_world_of (world), target, &address, error))
    return NULL;
  return linux_stream_dial (linux_world_of (world), &address, events, user);
}

static NetListener *
world_listen (NetWorld *world, const char *target, NetAcceptFunc accept, gpointer user, GError **error)
{
  LinuxAddress address;

  if (!linux_target_to_listen (target, &address, error)
      || !check_tls (linux_world_of (world), target, &address, error))
    return NULL;
  return linux_listener_new (linux_world_of (world), &address, accept, user, error);
}

static void
world_unlisten (NetWorld *world, NetListener *listener)
{
  (void) world;
  linux_listener_free (listener);
}

static guint16
world_listener_port (NetWorld *world, const NetListener *listener)
{
  (void) world;
  return linux_listener_port (listener);
}

static GBytes *
world_load (NetWorld *world, const char *name, GError **error)
{
  return linux_storage_load (linux_world_of (world)->storage, name, error);
}

static gboolean
world_append (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return linux_storage_append (linux_world_of (world)->storage, name, bytes, n, error);
}

void
linux_world_write_out (LinuxWorld *world)
{
  g_autoptr (GError) error = NULL;

  if (linux_storage_write_out (world->storage, &error))
    world->cannot_store = FALSE;
  else if (!world->cannot_store)
    {
      world->cannot_store = TRUE;
      net_world_log (&world->world, NET_LOG_WARNING, "storage", "what was to be stored waits: %s",
                     error->message);
    }
}

static void
on_write_out (NetTimer *timer, gint64 now_ns)
{
  LinuxWorld *world = timer->owner;

  linux_world_write_out (world);
  if (world->cannot_store)
    net_world_timer_set (&world->world, timer, now_ns + STORE_AGAIN_NS);
}

static gboolean
world_append_soon (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  NetTimer *write_out = &linux_world_of (world)->write_out;

  if (!write_out->pending)
    net_world_timer_set (world, write_out, linux_now ());
  return linux_storage_append_soon (linux_world_of (world)->storage, name, bytes, n, error);
}

static gboolean
world_replace_step (NetWorld *world, const char *name, NetReplaceStep step, const guint8 *bytes, gsize n,
                    GError **error)
{
  return linux_storage_replace_step (linux_world_of (world)->storage, name, step, bytes, n, error);
}

static gboolean
world_replace (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return linux_storage_replace (linux_world_of (world)->storage, name, bytes, n, error);
}

static const NetWorldClass world_class = {
  .now = world_now,
  .date = world_date,
  .timer_set = world_timer_set,
  .timer_cancel = world_timer_cancel,
  .random = world_random,
  .send = world_send,
  .connect = world_connect,
  .listen = world_listen,
  .unlisten = world_unlisten,
  .listener_port = world_listener_port,
  .load = world_load,
  .append = world_append,
  .replace = world_replace,
  .append_soon = world_append_soon,
  .replace_step = world_replace_step,
  .log = world_log,
  .drop = world_drop,
  .state = world_state,
};

/* ---- the program's side ------------------------------------------------------------------------------------------ */

NetWorld *
linux_world_seam (LinuxWorld *world)
{
  return &world->world;
}

void
linux_world_set_log_level (LinuxWorld *world, NetLogLevel level)
{
  world->config.log_level = level;
}

void
linux_world_run (LinuxWorld *world)
{
  linux_loop_run (world->loop);
}

void
linux_world_quit (LinuxWorld *world)
{
  linux_loop_quit (world->loop);
}

void
linux_world_store_in (LinuxWorld *world, const char *directory)
{
  linux_storage_set_directory (world->storage, directory);
}

void
linux_world_store_file (LinuxWorld *world, const char *name, const char *path)
{
  linux_storage_set_file (world->storage, name, path);
}

guint64
linux_world_n_drops (const LinuxWorld *world, NetDropReason reason)
{
  return world->n_drops[reason];
}

LinuxWorld *
linux_world_new (const LinuxWorldConfig *config, GError **error)
{
  LinuxWorld *world = g_new0 (LinuxWorld, 1);

  world->config = config ? *config : (LinuxWorldConfig){ .log_level = NET_LOG_WARNING };
  world->signals.fd = -1;
  g_queue_init (&world->streams);
  g_queue_init (&world->ending);
  g_queue_init (&world->listeners);
  world->loop = linux_loop_new (&world->timers, error);
  if (!world->loop)
    {
      g_free (world);
      return NULL;
    }
  world->ports = g_ptr_array_new ();
  world->world.klass = &world_class;
  world->world.frames = net_frame_pool_new ();
  world->storage = linux_storage_new ();
  net_timer_init (&world->write_out, on_write_out, world);
  world->read_buffer = g_malloc (LINUX_READ_BYTES);
  return world;
}

/* The last time: nobody will try again. */
static void
store_the_rest (LinuxWorld *world)
{
  g_autoptr (GError) error = NULL;

  if (!linux_storage_write_out (world->storage, &error))
    net_world_log (&world->world, NET_LOG_ERROR, "storage", "what was to be stored is lost: %s",
                   error->message);
}

void
linux_world_free (LinuxWorld *world)
{
  if (!world)
    return;
  while (world->listeners.head)
    linux_listener_free (world->listeners.head->data);
  linux_streams_clear (world);
  linux_tls_free (world->tls);
  linux_ports_clear (world);
  linux_signals_release (world);
  store_the_rest (world);
  linux_storage_free (world->storage);
  linux_timers_clear (&world->timers);
  linux_loop_free (world->loop);
  net_frame_pool_free (world->world.frames);
  g_free (world->read_buffer);
  g_free (world);
}

/* The test world. */
#include "fake-world.h"
#include "fake-storage.h"

#include <string.h>

typedef struct _FakeStream FakeStream;
struct _FakeStream
{
  NetStream stream;
  FakeWorld *fake;
  FakeStream *peer;
  GByteArray *queue;               /* sent, not yet at the peer */
  gboolean connect_due, close_due; /* to be told: connected; the peer closed */
  gboolean gone;                   /* nobody here uses it any more */
  const char *why;
};

struct _NetListener
{
  char *target;
  NetAcceptFunc accept;
  gpointer user;
};

typedef struct
{
  NetTimer *timer;
  gint64 at_ns;
  guint64 order;
} Pending;

struct _FakeWorld
{
  NetWorld world;
  gint64 now_ns;
  guint64 n_timers, seed;
  GPtrArray *timers;    /* of Pending */
  GPtrArray *streams;   /* of FakeStream */
  GPtrArray *listeners; /* of NetListener */
  FakeStorage *storage;
  gsize chop;
  gboolean cut, hold, unreadable;
  char *warning;
  GString *states;
};

static FakeWorld *
self (NetWorld *world)
{
  return (FakeWorld *) world;
}

/* ---- time and chance --------------------------------------------------------------------------------------------- */

static gint64
world_now (NetWorld *world)
{
  return self (world)->now_ns;
}

static void
world_timer_cancel (NetWorld *world, NetTimer *timer)
{
  g_ptr_array_remove (self (world)->timers, timer->pending);
  timer->pending = NULL;
}

static void
world_timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  Pending *pending = g_new (Pending, 1);

  net_world_timer_cancel (world, timer);
  *pending = (Pending){ timer, at_ns, self (world)->n_timers++ };
  g_ptr_array_add (self (world)->timers, pending);
  timer->pending = pending;
}

static void
world_random (NetWorld *world, gpointer bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      self (world)->seed
          = self (world)->seed * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407u;
      ((guint8 *) bytes)[i] = (guint8) (self (world)->seed >> 56);
    }
}

/* ---- streams ----------------------------------------------------------------------------------------------------- */

static void
stream_send (NetStream *stream, const guint8 *bytes, gsize n)
{
  g_byte_array_append (((FakeStream *) stream)->queue, bytes, (guint) n);
}

static gsize
stream_pending (const NetStream *stream)
{
  return ((const FakeStream *) stream)->queue->len;
}

static void
stream_close (NetStream *stream)
{
  FakeStream *end = (FakeStream *) stream;

  end->gone = TRUE;
  if (end->peer)
    {
      end->peer->close_due = TRUE;
      end->peer->why = "connection closed by peer";
    }
}

static const NetStreamClass stream_class = { stream_send, stream_pending, stream_close };

static FakeStream *
stream_new (FakeWorld *fake, const char *peer)
{
  FakeStream *end = g_new0 (FakeStream, 1);

  end->stream.klass = &stream_class;
  end->stream.peer = g_strdup (peer);
  end->fake = fake;
  end->queue = g_byte_array_new ();
  g_ptr_array_add (fake->streams, end);
  return end;
}

static void
stream_free (gpointer data)
{
  FakeStream *end = data;

  if (end->peer)
    end->peer->peer = NULL;
  g_byte_array_unref (end->queue);
  g_free (end->stream.peer);
  g_free (end);
}

/* "tcp:1.2.3.4:6640" and "ptcp:6640" meet by their port, "unix:x" and "punix:x" by their path. */
static char *
place_of (const char *target)
{
  g_auto (GStrv) parts = g_strsplit (target, ":", 3);
  gboolean listens = target[0] == 'p';

  if (g_str_has_suffix (parts[0], "unix"))
    return g_strdup (parts[1]);
  return g_strdup (listens || !parts[2] ? parts[1] : parts[2]);
}

static NetListener *
find_listener (FakeWorld *fake, const char *target)
{
  g_autofree char *wanted = place_of (target);

  for (guint i = 0; i < fake->listeners->len; i++)
    {
      NetListener *listener = g_ptr_array_index (fake->listeners, i);
      g_autofree char *place = place_of (listener->target);
      if (strcmp (place, wanted) == 0)
        return listener;
    }
  return NULL;
}

static NetStream *
world_connect (NetWorld *world, const char *target, const NetStreamEvents *events, gpointer user,
               GError **error)
{
  FakeWorld *fake = self (world);
  FakeStream *near;
  NetListener *listener;

  if (!strchr (target, ':'))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: not a target", target);
      return NULL;
    }
  near = stream_new (fake, target);
  net_stream_set_events (&near->stream, events, user);
  listener = fake->cut ? NULL : find_listener (fake, target);
  if (listener)
    {
      FakeStream *far = stream_new (fake, "tcp:127.0.0.1:40000");
      near->peer = far;
      far->peer = near;
      near->connect_due = TRUE;
      listener->accept (&far->stream, listener->user);
    }
  else
    {
      near->close_due = TRUE;
      near->why = "connection refused";
    }
  return &near->stream;
}

static void
listener_free (gpointer data)
{
  g_free (((NetListener *) data)->target);
  g_free (data);
}

static NetListener *
world_listen (NetWorld *world, const char *target, NetAcceptFunc accept, gpointer user, GError **error)
{
  NetListener *listener;

  if (target[0] != 'p' || find_listener (self (world), target))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: cannot listen there", target);
      return NULL;
    }
  listener = g_new0 (NetListener, 1);
  *listener = (struct _NetListener){ g_strdup (target), accept, user };
  g_ptr_array_add (self (world)->listeners, listener);
  return listener;
}

static void
world_unlisten (NetWorld *world, NetListener *listener)
{
  g_ptr_array_remove (self (world)->listeners, listener);
}

/* Port 0 is one of its own choice. */
static guint16
world_listener_port (NetWorld *world, const NetListener *listener)
{
  g_autofree char *place = place_of (listener->target);
  guint16 port = (guint16) g_ascii_strtoull (place, NULL, 10);

  (void) world;
  return port ? port : 32768;
}

/* ---- storage and logs ---------------------------------------------------------------------------------------------- */

static GBytes *
world_load (NetWorld *world, const char *name, GError **error)
{
  if (!self (world)->unreadable)
    return fake_storage_load (self (world)->storage, name);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_IO, "%s: input/output error", name);
  return NULL;
}

static gboolean
world_append (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return fake_storage_append (self (world)->storage, name, bytes, n, TRUE, error);
}

static gboolean
world_append_soon (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return fake_storage_append (self (world)->storage, name, bytes, n, FALSE, error);
}

static gboolean
world_replace (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return fake_storage_step (self (world)->storage, name, NET_REPLACE_BEGIN, NULL, 0, error)
         && fake_storage_step (self (world)->storage, name, NET_REPLACE_ADD, bytes, n, error)
         && fake_storage_step (self (world)->storage, name, NET_REPLACE_END, NULL, 0, error);
}

static gboolean
world_replace_step (NetWorld *world, const char *name, NetReplaceStep step, const guint8 *bytes, gsize n,
                    GError **error)
{
  return fake_storage_step (self (world)->storage, name, step, bytes, n, error);
}

static void
world_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  (void) module;
  if (level < NET_LOG_WARNING)
    return;
  g_free (self (world)->warning);
  self (world)->warning = g_strdup (message);
}

static void
world_state (NetWorld *world, const NetState *state)
{
  g_string_append_printf (self (world)->states, "%s %s %s %s\n", state->table, state->op, state->key,
                          state->json ? state->json : "-");
}

static const NetWorldClass world_class = { .now = world_now,
                                           .timer_set = world_timer_set,
                                           .timer_cancel = world_timer_cancel,
                                           .random = world_random,
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
                                           .state = world_state };

/* The same where storage knows nothing but whole values and durable appends: the simulator's is such. */
static NetWorldClass plain_class;

/* ---- the test's side ----------------------------------------------------------------------------------------------- */

FakeWorld *
fake_world_new (void)
{
  FakeWorld *fake = g_new0 (FakeWorld, 1);

  fake->world.klass = &world_class;
  fake->seed = 1;
  fake->timers = g_ptr_array_new_with_free_func (g_free);
  fake->streams = g_ptr_array_new_with_free_func (stream_free);
  fake->listeners = g_ptr_array_new_with_free_func (listener_free);
  fake->storage = fake_storage_new ();
  fake->states = g_string_new (NULL);
  return fake;
}

void
fake_world_free (FakeWorld *fake)
{
  if (!fake)
    return;
  g_ptr_array_unref (fake->timers);
  g_ptr_array_unref (fake->streams);
  g_ptr_array_unref (fake->listeners);
  fake_storage_free (fake->storage);
  g_string_free (fake->states, TRUE);
  g_free (fake->warning);
  g_free (fake);
}

NetWorld *
fake_world (FakeWorld *fake)
{
  return &fake->world;
}

/* One thing that is due on this stream end; TRUE when there was one. */
static gboolean
step_stream (FakeWorld *fake, FakeStream *end)
{
  const NetStreamEvents *events = end->stream.events;
  FakeStream *from = end->peer;

  if (end->gone && (!end->peer || end->queue->len == 0))
    return g_ptr_array_remove (fake->streams, end);
  if (end->gone)
    return FALSE;
  if (end->connect_due)
    {
      end->connect_due = FALSE;
      if (events && events->connected)
        events->connected (&end->stream, end->stream.user);
      return TRUE;
    }
  if (from && from->queue->len && !fake->hold)
    {
      gsize n = fake->chop ? MIN (fake->chop, from->queue->len) : from->queue->len;
      g_autofree guint8 *bytes = g_memdup2 (from->queue->data, n);
      g_byte_array_remove_range (from->queue, 0, (guint) n);
      if (events && events->received)
        events->received (&end->stream, bytes, n, end->stream.user);
      return TRUE;
    }
  if (end->close_due && (!from || from->queue->len == 0))
    {
      end->gone = TRUE;
      if (end->peer)
        end->peer->peer = NULL;
      end->peer = NULL;
      if (events && events->closed)
        events->closed (&end->stream, end->why, end->stream.user);
      return TRUE;
    }
  return FALSE;
}

static gboolean
step_streams (FakeWorld *fake)
{
  for (guint i = 0; i < fake->streams->len; i++)
    if (step_stream (fake, g_ptr_array_index (fake->streams, i)))
      return TRUE;
  return FALSE;
}

static gboolean
step_timer (FakeWorld *fake, gint64 until_ns)
{
  Pending *first = NULL;
  NetTimer *timer;

  for (guint i = 0; i < fake->timers->len; i++)
    {
      Pending *pending = g_ptr_array_index (fake->timers, i);
      if (!first || pending->at_ns < first->at_ns
          || (pending->at_ns == first->at_ns && pending->order < first->order))
        first = pending;
    }
  if (!first || first->at_ns > until_ns)
    return FALSE;
  timer = first->timer;
  fake->now_ns = MAX (fake->now_ns, first->at_ns);
  timer->pending = NULL;
  g_ptr_array_remove (fake->timers, first);
  timer->fire (timer, fake->now_ns);
  return TRUE;
}

gboolean
fake_world_step (FakeWorld *fake)
{
  return step_streams (fake) || step_timer (fake, fake->now_ns);
}

void
fake_world_run (FakeWorld *fake, gint64 ns)
{
  gint64 until_ns = fake->now_ns + ns;

  while (step_streams (fake) || step_timer (fake, until_ns))
    ;
  fake->now_ns = until_ns;
}

void
fake_world_chop (FakeWorld *fake, gsize bytes)
{
  fake->chop = bytes;
}

void
fake_world_cut (FakeWorld *fake, gboolean cut)
{
  fake->cut = cut;
  for (guint i = 0; cut && i < fake->streams->len; i++)
    {
      FakeStream *end = g_ptr_array_index (fake->streams, i);
      if (end->peer)
        g_byte_array_set_size (end->peer->queue, 0);
      g_byte_array_set_size (end->queue, 0);
      end->close_due = !end->gone;
      end->connect_due = FALSE;
      end->why = "connection reset";
    }
}

void
fake_world_hold (FakeWorld *fake, gboolean hold)
{
  fake->hold = hold;
}

void
fake_world_disk_limit (FakeWorld *fake, gsize bytes)
{
  fake_storage_limit (fake->storage, bytes);
}

void
fake_world_disk_unreadable (FakeWorld *fake)
{
  fake->unreadable = TRUE;
}

void
fake_world_power_off (FakeWorld *fake)
{
  fake_storage_power_off (fake->storage);
}

void
fake_world_plain_storage (FakeWorld *fake)
{
  plain_class = world_class;
  plain_class.append_soon = NULL;
  plain_class.replace_step = NULL;
  fake->world.klass = &plain_class;
}

const char *
fake_world_last_warning (FakeWorld *fake)
{
  return fake->warning;
}

void
fake_world_set_detail (FakeWorld *fake, gboolean detail)
{
  fake->world.detail = detail;
}

const char *
fake_world_states (FakeWorld *fake)
{
  return fake->states->str;
}

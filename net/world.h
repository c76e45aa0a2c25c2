/* The seam: all that protocol code may ask of the outside.
 *
 * Gateway, OVSDB server and client, OpenFlow switch and controller reach time, timers, chance, frame ports, byte
 * streams, storage and the event log through a NetWorld alone.  The simulator implements one for each node, vtepd
 * one for Linux; the same object code runs on both.  One world serves one thread. */
#pragma once

#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

typedef struct _NetWorld NetWorld;
typedef struct _NetTimer NetTimer;
typedef struct _NetStream NetStream;
typedef struct _NetListener NetListener;

#define NET_MSEC      G_GINT64_CONSTANT (1000000)
#define NET_SEC       G_GINT64_CONSTANT (1000000000)
#define NET_PORT_NONE G_MAXUINT

/* ---- timers -------------------------------------------------------------------------------------------------- */

/* Lives inside its owner; one shot.  `fire` runs with the timer no longer pending, so it may set it again. */
struct _NetTimer
{
  void (*fire) (NetTimer *timer, gint64 now_ns);
  gpointer owner;
  gpointer pending; /* the world's; NULL when not set */
};

static inline void
net_timer_init (NetTimer *timer, void (*fire) (NetTimer *timer, gint64 now_ns), gpointer owner)
{
  *timer = (NetTimer){ .fire = fire, .owner = owner };
}

/* ---- byte streams -------------------------------------------------------------------------------------------- */

/* What a stream tells its user.  Any member may be NULL. */
typedef struct
{
  void (*connected) (NetStream *stream, gpointer user); /* a dialled stream is up */
  void (*received) (NetStream *stream, const guint8 *bytes, gsize n, gpointer user);
  void (*drained) (NetStream *stream, gpointer user); /* all that was sent has left the queue */
  /* The other end or the transport ended it; `why` is one sentence ("connection refused").  After this call the
   * stream no longer exists. */
  void (*closed) (NetStream *stream, const char *why, gpointer user);
} NetStreamEvents;

typedef struct
{
  void (*send) (NetStream *stream, const guint8 *bytes, gsize n);
  gsize (*pending) (const NetStream *stream);
  void (*close) (NetStream *stream);
  /* May be NULL: see net_stream_send_shared(). */
  void (*send_shared) (NetStream *stream, GBytes *bytes);
} NetStreamClass;

/* A world's stream begins with this. */
struct _NetStream
{
  const NetStreamClass *klass;
  const NetStreamEvents *events;
  gpointer user;
  char *peer; /* "tcp:10.8.125.20:6640", "unix:" …: for messages and logs */
};

/* A listener hands over each stream it accepted; the callee must call net_stream_set_events() before it returns,
 * or net_stream_close(). */
typedef void (*NetAcceptFunc) (NetStream *stream, gpointer user);

/* ---- storage ------------------------------------------------------------------------------------------------- */
/* Named byte strings that outlive a restart of the node.  append is durable when it returns TRUE. */

/* A large value may be replaced in parts, so that its owner does other things in between.  Until END it is as if
 * nothing had begun; a world that ends before forgets the parts. */
typedef enum
{
  NET_REPLACE_BEGIN,  /* what was begun before is forgotten */
  NET_REPLACE_ADD,    /* the bytes come behind those of before */
  NET_REPLACE_END,    /* the parts take the value's place, at once and durably */
  NET_REPLACE_GIVE_UP /* never fails */
} NetReplaceStep;

/* ---- what happened ------------------------------------------------------------------------------------------- */

typedef enum
{
  NET_LOG_DEBUG,
  NET_LOG_INFO,
  NET_LOG_WARNING,
  NET_LOG_ERROR
} NetLogLevel;

/* A frame is discarded here.  Texts may be NULL; they are borrowed for the call. */
typedef struct
{
  NetFrame *frame; /* borrowed */
  guint port;      /* the port it came in by, or would have left by; NET_PORT_NONE */
  NetDropReason reason;
  const char *table; /* where: "vlan_bindings", "table 51" */
  const char *rule;  /* which: "priority=20,dl_dst=…" */
} NetDrop;

/* Something a person may want to see as of a time changed: a MAC table entry, a database row, a flow, a port. */
typedef struct
{
  const char *table; /* "fdb", "ovsdb/Ucast_Macs_Local", "flow", "port", "dhcp", "ping", … */
  const char *op;    /* "add", "change", "remove", or the event's own word */
  const char *key;   /* what names the entry in its table */
  const char *json;  /* an object with the details, or NULL; no newlines */
} NetState;

/* ---- the world ----------------------------------------------------------------------------------------------- */

typedef struct
{
  gint64 (*now) (NetWorld *world);
  /* May be NULL: see net_world_date(). */
  gint64 (*date) (NetWorld *world);
  void (*timer_set) (NetWorld *world, NetTimer *timer, gint64 at_ns);
  void (*timer_cancel) (NetWorld *world, NetTimer *timer);
  void (*random) (NetWorld *world, gpointer bytes, gsize n);
  void (*send) (NetWorld *world, guint port, NetFrame *frame);
  NetStream *(*connect) (NetWorld *world, const char *target, const NetStreamEvents *events, gpointer user,
                         GError **error);
  NetListener *(*listen) (NetWorld *world, const char *target, NetAcceptFunc accept, gpointer user,
                          GError **error);
  void (*unlisten) (NetWorld *world, NetListener *listener);
  GBytes *(*load) (NetWorld *world, const char *name, GError **error);
  gboolean (*append) (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error);
  gboolean (*replace) (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error);
  /* May be NULL: see net_world_listener_port(). */
  guint16 (*listener_port) (NetWorld *world, const NetListener *listener);
  /* Both may be NULL: see net_world_append_soon() and net_world_can_replace_in_parts(). */
  gboolean (*append_soon) (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error);
  gboolean (*replace_step) (NetWorld *world, const char *name, NetReplaceStep step, const guint8 *bytes,
                            gsize n, GError **error);
  void (*log) (NetWorld *world, NetLogLevel level, const char *module, const char *message);
  void (*drop) (NetWorld *world, const NetDrop *drop);
  void (*state) (NetWorld *world, const NetState *state);
} NetWorldClass;

/* A world begins with this. */
struct _NetWorld
{
  const NetWorldClass *klass;
  NetFramePool *frames;
  gboolean detail; /* somebody reads texts: only then is it worth formatting them for drop() and state() */
};

/* Nanoseconds; the origin is the world's, and it never goes back. */
static inline gint64
net_world_now (NetWorld *world)
{
  return world->klass->now (world);
}

/* Nanoseconds since 1970-01-01 UTC, to write down for people; it may go back, and nothing is decided by it.  A world
 * without a calendar, as the simulator's, says its now, so that two runs write the same. */
static inline gint64
net_world_date (NetWorld *world)
{
  return world->klass->date ? world->klass->date (world) : net_world_now (world);
}

/* Sets or moves the timer.  A time that has passed fires as soon as the caller has returned. */
static inline void
net_world_timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  world->klass->timer_set (world, timer, at_ns);
}

static inline void
net_world_timer_cancel (NetWorld *world, NetTimer *timer)
{
  if (timer->pending)
    world->klass->timer_cancel (world, timer);
}

static inline void
net_world_random (NetWorld *world, gpointer bytes, gsize n)
{
  world->klass->random (world, bytes, n);
}

/* Hands the frame (and the caller's reference) to a frame port of this world. */
static inline void
net_world_send (NetWorld *world, guint port, NetFrame *frame)
{
  world->klass->send (world, port, frame);
}

/* Dials "tcp:IP:PORT", "ssl:IP:PORT" or "unix:PATH".  The stream answers later, by connected or closed; NULL with an
 * error only when the target's text is wrong or its kind not to be had here. */
static inline NetStream *
net_world_connect (NetWorld *world, const char *target, const NetStreamEvents *events, gpointer user,
                   GError **error)
{
  return world->klass->connect (world, target, events, user, error);
}

/* Listens on "ptcp:PORT[:IP]", "pssl:PORT[:IP]" or "punix:PATH". */
static inline NetListener *
net_world_listen (NetWorld *world, const char *target, NetAcceptFunc accept, gpointer user, GError **error)
{
  return world->klass->listen (world, target, accept, user, error);
}

/* The port that a "ptcp:" or "pssl:" listener got, which matters when it asked for port 0; 0 when this world does not
 * tell. */
static inline guint16
net_world_listener_port (NetWorld *world, const NetListener *listener)
{
  return world->klass->listener_port ? world->klass->listener_port (world, listener) : 0;
}

static inline void
net_world_unlisten (NetWorld *world, NetListener *listener)
{
  if (listener)
    world->klass->unlisten (world, listener);
}

/* The whole value, NULL without error when there is none; append to it; put another in its place at once. */
static inline GBytes *
net_world_load (NetWorld *world, const char *name, GError **error)
{
  return world->klass->load (world, name, error);
}

static inline gboolean
net_world_append (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return world->klass->append (world, name, bytes, n, error);
}

static inline gboolean
net_world_replace (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return world->klass->replace (world, name, bytes, n, error);
}

/* An append that outlives this program before anything leaves it that was sent later; but the machine only when it has
 * had time, or after the next append or replacement of the name.  That it could not be stored may show only after TRUE:
 * the world then logs it and keeps the bytes, and the next append fails if it still cannot. */
static inline gboolean
net_world_append_soon (NetWorld *world, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  gboolean (*append) (NetWorld *, const char *, const guint8 *, gsize, GError **)
      = world->klass->append_soon ? world->klass->append_soon : world->klass->append;
  return append (world, name, bytes, n, error);
}

static inline gboolean
net_world_can_replace_in_parts (const NetWorld *world)
{
  return world->klass->replace_step != NULL;
}

static inline gboolean
net_world_replace_step (NetWorld *world, const char *name, NetReplaceStep step, const guint8 *bytes, gsize n,
                        GError **error)
{
  return world->klass->replace_step (world, name, step, bytes, n, error);
}

void net_world_log (NetWorld *world, NetLogLevel level, const char *module, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static inline void
net_world_drop (NetWorld *world, const NetDrop *drop)
{
  world->klass->drop (world, drop);
}

static inline void
net_world_state (NetWorld *world, const NetState *state)
{
  world->klass->state (world, state);
}

/* Queues the bytes (copied).  Never fails: a stream that ended says so by `closed`. */
static inline void
net_stream_send (NetStream *stream, const guint8 *bytes, gsize n)
{
  stream->klass->send (stream, bytes, n);
}

/* The same for bytes that many streams are sent: one that can keeps a reference until they have left, not a copy. */
static inline void
net_stream_send_shared (NetStream *stream, GBytes *bytes)
{
  gsize n;
  const guint8 *at = g_bytes_get_data (bytes, &n);

  if (stream->klass->send_shared)
    stream->klass->send_shared (stream, bytes);
  else
    net_stream_send (stream, at, n);
}

/* Bytes sent that have not left yet: what bounds a slow reader. */
static inline gsize
net_stream_pending (const NetStream *stream)
{
  return stream->klass->pending (stream);
}

/* Ends the stream in order: what was sent still goes out.  No event follows, and the caller must not use the stream
 * again.  Allowed in any callback. */
static inline void
net_stream_close (NetStream *stream)
{
  stream->klass->close (stream);
}

static inline void
net_stream_set_events (NetStream *stream, const NetStreamEvents *events, gpointer user)
{
  stream->events = events;
  stream->user = user;
}

G_END_DECLS

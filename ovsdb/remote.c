/* Where a server's sessions come from: a place where it listens, or a peer that it dials again and again. */
#include "ovsdb/backoff.h"
#include "ovsdb/session.h"

#include <string.h>

#define MIN_BACKOFF_NS (1 * NET_SEC)
#define MAX_BACKOFF_NS (8 * NET_SEC)

struct _OvsdbRemote
{
  OvsdbServer *server;
  char *target;
  gint64 probe_ns;
  NetListener *listener; /* of a listening remote */
  GPtrArray *accepted;   /* its sessions */
  NetStream *dialling;   /* of a dialling one: not yet connected */
  OvsdbSession *session; /* connected */
  NetTimer redial;
  OvsdbBackoff backoff;
  char *last_error;
  gint64 connected_ns, disconnected_ns; /* when a session last began and ended; -1: never */
  OvsdbRemoteChanged changed;
  gpointer user;
};

static void
tell (OvsdbRemote *remote)
{
  if (remote->changed)
    remote->changed (remote, remote->user);
}

/* Local sockets need no probe: the kernel tells when their other end is gone. */
static gint64
probe_for (const OvsdbRemote *remote)
{
  gboolean local = g_str_has_prefix (remote->target, "unix:") || g_str_has_prefix (remote->target, "punix:");
  return remote->probe_ns < 0 && local ? 0 : remote->probe_ns;
}

/* ---- listening --------------------------------------------------------------------------------------------------- */

static void
on_accepted_ended (OvsdbSession *session, const char *why, gpointer owner)
{
  OvsdbRemote *remote = owner;

  (void) why;
  g_ptr_array_remove (remote->accepted, session);
  remote->disconnected_ns = net_world_now (remote->server->world);
  tell (remote);
}

static void
on_accept (NetStream *stream, gpointer user)
{
  OvsdbRemote *remote = user;
  OvsdbSession *session = ovsdb_server_take (remote->server, stream, probe_for (remote));

  if (!session)
    return;
  session->ended = on_accepted_ended;
  session->owner = remote;
  g_ptr_array_add (remote->accepted, session);
  remote->connected_ns = net_world_now (remote->server->world);
  tell (remote);
}

/* ---- dialling ---------------------------------------------------------------------------------------------------- */

static void
dial_later (OvsdbRemote *remote, const char *why)
{
  NetWorld *world = remote->server->world;

  g_free (remote->last_error);
  remote->last_error = g_strdup (why);
  net_world_timer_set (world, &remote->redial,
                       net_world_now (world) + ovsdb_backoff_failed (&remote->backoff));
  tell (remote);
}

static void
on_session_ended (OvsdbSession *session, const char *why, gpointer owner)
{
  OvsdbRemote *remote = owner;

  (void) session;
  remote->session = NULL;
  remote->disconnected_ns = net_world_now (remote->server->world);
  dial_later (remote, why);
}

static void
on_connected (NetStream *stream, gpointer user)
{
  OvsdbRemote *remote = user;

  remote->dialling = NULL;
  remote->session = ovsdb_server_take (remote->server, stream, probe_for (remote));
  if (!remote->session)
    {
      dial_later (remote, "the server has too many sessions");
      return;
    }
  ovsdb_backoff_worked (&remote->backoff);
  remote->session->was_called = TRUE;
  remote->session->ended = on_session_ended;
  remote->session->owner = remote;
  remote->connected_ns = net_world_now (remote->server->world);
  tell (remote);
}

static void
on_dial_failed (NetStream *stream, const char *why, gpointer user)
{
  OvsdbRemote *remote = user;

  (void) stream;
  remote->dialling = NULL;
  dial_later (remote, why);
}

static const NetStreamEvents dial_events = { .connected = on_connected, .closed = on_dial_failed };

static gboolean
dial (OvsdbRemote *remote, GError **error)
{
  remote->dialling = net_world_connect (remote->server->world, remote->target, &dial_events, remote, error);
  return remote->dialling != NULL;
}

static void
on_redial (NetTimer *timer, gint64 now_ns)
{
  OvsdbRemote *remote = timer->owner;
  g_autoptr (GError) error = NULL;

  (void) now_ns;
  if (dial (remote, &error))
    tell (remote);
  else
    dial_later (remote, error->message);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static gint64
max_backoff_of (const OvsdbRemoteConfig *config)
{
  return config && config->max_backoff_ns > 0 ? config->max_backoff_ns : MAX_BACKOFF_NS;
}

OvsdbRemote *
ovsdb_remote_new (OvsdbServer *server, const char *target, const OvsdbRemoteConfig *config, GError **error)
{
  OvsdbRemote *remote = g_new0 (OvsdbRemote, 1);
  gboolean up;

  remote->server = server;
  remote->target = g_strdup (target);
  remote->probe_ns = config ? config->probe_ns : -1;
  remote->accepted = g_ptr_array_new ();
  remote->connected_ns = remote->disconnected_ns = -1;
  net_timer_init (&remote->redial, on_redial, remote);
  ovsdb_backoff_init (&remote->backoff, MIN_BACKOFF_NS, max_backoff_of (config));
  if (*target == 'p')
    {
      remote->listener = net_world_listen (server->world, target, on_accept, remote, error);
      up = remote->listener != NULL;
    }
  else
    up = dial (remote, error);
  if (up)
    return remote;
  ovsdb_remote_free (remote);
  return NULL;
}

void
ovsdb_remote_free (OvsdbRemote *remote)
{
  net_world_timer_cancel (remote->server->world, &remote->redial);
  net_world_unlisten (remote->server->world, remote->listener);
  for (guint i = 0; i < remote->accepted->len; i++)
    ovsdb_session_free (g_ptr_array_index (remote->accepted, i));
  if (remote->dialling)
    net_stream_close (remote->dialling);
  if (remote->session)
    ovsdb_session_free (remote->session);
  g_ptr_array_unref (remote->accepted);
  g_free (remote->last_error);
  g_free (remote->target);
  g_free (remote);
}

void
ovsdb_remote_configure (OvsdbRemote *remote, const OvsdbRemoteConfig *config)
{
  remote->probe_ns = config->probe_ns;
  ovsdb_backoff_limit (&remote->backoff, MIN_BACKOFF_NS, max_backoff_of (config));
  for (guint i = 0; i < remote->accepted->len; i++)
    ovsdb_session_set_probe (g_ptr_array_index (remote->accepted, i), probe_for (remote));
  if (remote->session)
    ovsdb_session_set_probe (remote->session, probe_for (remote));
}

void
ovsdb_remote_watch (OvsdbRemote *remote, OvsdbRemoteChanged changed, gpointer user)
{
  remote->changed = changed;
  remote->user = user;
}

/* The world knows which one it chose for port 0. */
static guint16
port_of (const OvsdbRemote *remote)
{
  guint16 port = net_world_listener_port (remote->server->world, remote->listener);
  guint64 named = 0;

  if (!port && (g_str_has_prefix (remote->target, "ptcp:") || g_str_has_prefix (remote->target, "pssl:")))
    named = g_ascii_strtoull (remote->target + strlen ("ptcp:"), NULL, 10);
  return port || named > G_MAXUINT16 ? port : (guint16) named;
}

static const char *
state_of (const OvsdbRemote *remote, const OvsdbSession *session)
{
  if (session)
    return "ACTIVE";
  if (remote->listener)
    return NULL;
  return remote->dialling ? "CONNECTING" : "BACKOFF";
}

OvsdbRemoteStatus
ovsdb_remote_status (const OvsdbRemote *remote)
{
  const OvsdbSession *session
      = remote->accepted->len ? g_ptr_array_index (remote->accepted, 0) : remote->session;

  return (OvsdbRemoteStatus){ .state = state_of (remote, session),
                              .last_error = remote->last_error,
                              .n_connections = remote->accepted->len + (remote->session != NULL),
                              .probing = session && ovsdb_rpc_is_probing (session->rpc),
                              .port = remote->listener ? port_of (remote) : 0,
                              .connected_ns = session ? session->since_ns : remote->connected_ns,
                              .disconnected_ns = remote->disconnected_ns,
                              .session = session };
}

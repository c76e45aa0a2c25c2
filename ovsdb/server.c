/* A server: its databases, its sessions, and what a commit means to them. */
#include "ovsdb/session.h"

#include <string.h>

/* Rows and elements that waiting transactions look at before others are served: a few milliseconds. */
#define WORK_A_TURN 100000u

#define MIB ((gsize) 1024 * 1024)

const OvsdbServerLimits ovsdb_server_default_limits = {
  .max_message_bytes = 32 * MIB,
  .max_depth = 100,
  .max_values = 4 * 1000 * 1000,
  .max_pending_bytes = 64 * MIB,
  .max_messages_per_second = 200000,
  .max_monitors = 64,
  .max_clauses = 20000,
  .max_waiting = 64,
  .max_locks = 64,
  .probe_ns = 5 * NET_SEC,
  .transaction = { .max_work = 100 * 1000 * 1000,
                   .max_string_bytes = 1 * MIB,
                   .max_reply_bytes = 64 * MIB,
                   .max_changed_bytes = 128 * MIB,
                   .max_database_bytes = 1024 * MIB,
                   .max_rows = 2000000 },
  .max_past_transactions = 1000,
  .max_past_bytes = 16 * MIB,
  .max_sessions = 1024,
  .max_held_bytes = 512 * MIB,
};

/* ---- commits ----------------------------------------------------------------------------------------------------- */

static void
on_commit (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  OvsdbServed *served = user;
  OvsdbServer *server = served->server;
  gboolean waiting = FALSE;

  (void) db;
  ovsdb_history_add (&served->history, changes, n_changes, server->limits.max_past_transactions,
                     server->limits.max_past_bytes);
  if (served->views.views->len)
    ovsdb_views_render (&served->views, changes, n_changes);
  for (guint i = 0; i < server->sessions->len; i++)
    {
      OvsdbSession *session = g_ptr_array_index (server->sessions, i);
      waiting |= session->waiting->len > 0;
      if (session->monitors->len)
        ovsdb_session_notify (session, served);
    }
  server->n_commits++;
  /* Once this transaction is over, those that waited for it may run. */
  if (waiting && !server->retry.pending)
    net_world_timer_set (server->world, &server->retry, net_world_now (server->world));
  ovsdb_server_weigh (server);
}

/* Others are served between one bunch and the next. */
static void
on_retry (NetTimer *timer, gint64 now_ns)
{
  OvsdbServer *server = timer->owner;
  guint64 work = 0;

  for (guint i = 0; i < server->sessions->len; i++)
    {
      ovsdb_session_retry (g_ptr_array_index (server->sessions, i), WORK_A_TURN, &work);
      if (work < WORK_A_TURN)
        continue;
      net_world_timer_set (server->world, timer, now_ns);
      return;
    }
}

/* ---- what is held for peers ----------------------------------------------------------------------------------------- */

void
ovsdb_server_weigh (OvsdbServer *server)
{
  OvsdbSession *heaviest = NULL;
  gsize total = 0, most = 0;

  for (guint i = 0; i < server->sessions->len; i++)
    {
      OvsdbSession *session = g_ptr_array_index (server->sessions, i);
      gsize weight = ovsdb_rpc_weight (session->rpc) + session->kept_bytes;
      total += weight;
      if (weight <= most)
        continue;
      most = weight;
      heaviest = session;
    }
  if (total > server->limits.max_held_bytes)
    ovsdb_rpc_end_soon (heaviest->rpc,
                        "more is held for it than for anybody else, and all together too much");
}

static void
on_lock_event (gpointer holder, const char *event, const char *name)
{
  ovsdb_session_send_lock_event (holder, event, name);
}

/* ---- databases --------------------------------------------------------------------------------------------------- */

static OvsdbServed *
served_new (OvsdbServer *server, OvsdbDatabase *db, gboolean read_only)
{
  OvsdbServed *served = g_new0 (OvsdbServed, 1);

  served->server = server;
  served->db = db;
  served->read_only = read_only;
  ovsdb_views_init (&served->views, db);
  ovsdb_history_init (&served->history, &server->id);
  ovsdb_database_listen (db, on_commit, served);
  return served;
}

static void
served_free (OvsdbServed *served)
{
  ovsdb_database_unlisten (served->db, on_commit, served);
  ovsdb_views_clear (&served->views);
  ovsdb_history_clear (&served->history);
  g_free (served);
}

void
ovsdb_server_add_database (OvsdbServer *server, OvsdbDatabase *db)
{
  guint before_meta = server->served->len - 1;

  g_ptr_array_insert (server->served, (gint) before_meta, served_new (server, db, FALSE));
  ovsdb_meta_add (server->meta->db, db->schema);
}

void
ovsdb_server_let_convert (OvsdbServer *server, OvsdbDatabase *db)
{
  ovsdb_server_find (server, db->schema->name)->may_convert = TRUE;
}

OvsdbServed *
ovsdb_server_find (OvsdbServer *server, const char *name)
{
  for (guint i = 0; i < server->served->len; i++)
    {
      OvsdbServed *served = g_ptr_array_index (server->served, i);
      if (strcmp (served->db->schema->name, name) == 0)
        return served;
    }
  return NULL;
}

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

/* One that has not said anything, and that nobody here has called, may be a half-open connection. */
static OvsdbSession *
find_silent (OvsdbServer *server)
{
  for (guint i = 0; i < server->sessions->len; i++)
    {
      OvsdbSession *session = g_ptr_array_index (server->sessions, i);
      if (!ovsdb_rpc_has_spoken (session->rpc) && !session->was_called && !session->must_go)
        return session;
    }
  return NULL;
}

/* Whether there is room for one more, if need be by taking it from a silent one. */
static gboolean
make_room (OvsdbServer *server)
{
  OvsdbSession *silent;

  if (server->sessions->len < server->limits.max_sessions)
    return TRUE;
  silent = find_silent (server);
  if (!silent)
    return FALSE;
  silent->must_go = TRUE;
  ovsdb_rpc_end_soon (silent->rpc, "others need its place, and it has said nothing");
  return TRUE;
}

OvsdbSession *
ovsdb_server_take (OvsdbServer *server, NetStream *stream, gint64 probe_ns)
{
  OvsdbRpcLimits limits = { .max_message_bytes = server->limits.max_message_bytes,
                            .max_depth = server->limits.max_depth,
                            .max_values = server->limits.max_values,
                            .max_pending_bytes = server->limits.max_pending_bytes,
                            .max_messages_per_second = server->limits.max_messages_per_second,
                            .probe_ns = probe_ns < 0 ? server->limits.probe_ns : probe_ns };

  if (make_room (server))
    return ovsdb_session_new (server, stream, &limits);
  net_world_log (server->world, NET_LOG_WARNING, "ovsdb",
                 "a connection from %s is refused: there are %u sessions", stream->peer,
                 server->sessions->len);
  net_stream_close (stream);
  return NULL;
}

guint
ovsdb_server_n_sessions (const OvsdbServer *server)
{
  return server->sessions->len;
}

void
ovsdb_server_set_limits (OvsdbServer *server, const OvsdbServerLimits *limits)
{
  server->limits = *limits;
}

OvsdbRemote *
ovsdb_server_add_remote (OvsdbServer *server, const char *target, const OvsdbRemoteConfig *config,
                         GError **error)
{
  OvsdbRemote *remote = ovsdb_remote_new (server, target, config, error);

  if (remote)
    g_ptr_array_add (server->remotes, remote);
  return remote;
}

void
ovsdb_server_remove_remote (OvsdbServer *server, OvsdbRemote *remote)
{
  g_ptr_array_remove (server->remotes, remote);
  ovsdb_remote_free (remote);
}

void
ovsdb_server_follow_managers (OvsdbServer *server, OvsdbDatabase *db)
{
  g_ptr_array_add (server->managers, ovsdb_managers_new (server, db));
}

void
ovsdb_server_refresh_managers (OvsdbServer *server, gint64 every_ns)
{
  for (guint i = 0; i < server->managers->len; i++)
    ovsdb_managers_refresh (g_ptr_array_index (server->managers, i), every_ns);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

OvsdbServer *
ovsdb_server_new (NetWorld *world)
{
  OvsdbServer *server = g_new0 (OvsdbServer, 1);

  server->world = world;
  server->limits = ovsdb_server_default_limits;
  server->id = ovsdb_uuid_random (world);
  server->served = g_ptr_array_new ();
  server->sessions = g_ptr_array_new ();
  server->remotes = g_ptr_array_new ();
  server->managers = g_ptr_array_new ();
  server->locks = ovsdb_locks_new (on_lock_event);
  net_timer_init (&server->retry, on_retry, server);
  server->meta = served_new (server, ovsdb_meta_new (world), TRUE);
  ovsdb_meta_add (server->meta->db, server->meta->db->schema);
  g_ptr_array_add (server->served, server->meta);
  return server;
}

void
ovsdb_server_free (OvsdbServer *server)
{
  OvsdbDatabase *meta;

  if (!server)
    return;
  for (guint i = 0; i < server->managers->len; i++)
    ovsdb_managers_free (g_ptr_array_index (server->managers, i));
  while (server->remotes->len)
    ovsdb_server_remove_remote (server, g_ptr_array_index (server->remotes, server->remotes->len - 1));
  while (server->sessions->len)
    ovsdb_session_free (g_ptr_array_index (server->sessions, server->sessions->len - 1));
  meta = server->meta->db;
  for (guint i = 0; i < server->served->len; i++)
    served_free (g_ptr_array_index (server->served, i));
  ovsdb_database_free (meta);
  net_world_timer_cancel (server->world, &server->retry);
  ovsdb_locks_free (server->locks);
  g_ptr_array_unref (server->served);
  g_ptr_array_unref (server->sessions);
  g_ptr_array_unref (server->remotes);
  g_ptr_array_unref (server->managers);
  g_free (server);
}

/* A server's side of one connection: which methods it answers (RFC 7047 §4.1), its monitors, its blocked
 * transactions. */
#pragma once

#include "ovsdb/execute.h"
#include "ovsdb/history.h"
#include "ovsdb/lock.h"
#include "ovsdb/rpc.h"
#include "ovsdb/server.h"
#include "ovsdb/view.h"

G_BEGIN_DECLS

typedef struct _OvsdbSession OvsdbSession;
typedef struct _OvsdbServed OvsdbServed;

/* A database as a server has it. */
struct _OvsdbServed
{
  OvsdbServer *server;
  OvsdbDatabase *db;
  OvsdbViews views;
  OvsdbHistory history;
  gboolean read_only; /* _Server */
  gboolean may_convert;
};

/* A monitor that a session asked for. */
typedef struct
{
  OvsdbSession *session;
  OvsdbServed *served;
  char *id; /* JSON text */
  OvsdbView *view;
} OvsdbMonitor;

/* A transaction that waits for a "wait" to hold. */
typedef struct
{
  OvsdbSession *session;
  OvsdbServed *served;
  char *id;     /* JSON text */
  char *params; /* JSON text */
  gint64 since_ns;
  guint64 tried_at; /* n_commits at the last attempt */
  NetTimer timeout;
} OvsdbWaiting;

struct _OvsdbSession
{
  OvsdbServer *server;
  OvsdbRpc *rpc;
  GPtrArray *monitors; /* of OvsdbMonitor */
  GPtrArray *waiting;  /* of OvsdbWaiting, oldest first */
  guint n_locks;       /* held or awaited */
  guint n_clauses;     /* of all its monitors */
  gsize kept_bytes;    /* texts of monitors and waiting transactions */
  gint64 since_ns;
  gboolean change_aware;
  gboolean was_called; /* the server dialled */
  gboolean must_go;    /* it makes room for others */
  GString *out;        /* the message being written */
  /* A remote that dialled hears of the session's life; NULL for accepted ones. */
  void (*ended) (OvsdbSession *session, const char *why, gpointer owner);
  gpointer owner;
};

/* ---- what the server gives to sessions (server.c) ----------------------------------------------------------------- */

struct _OvsdbServer
{
  NetWorld *world;
  OvsdbServerLimits limits;
  OvsdbUuid id;
  GPtrArray *served;   /* of OvsdbServed, in the order in which they were added; _Server last */
  GPtrArray *sessions; /* of OvsdbSession, oldest first */
  GPtrArray *remotes;  /* of OvsdbRemote */
  GPtrArray *managers; /* of OvsdbManagers */
  OvsdbLocks *locks;
  NetTimer retry; /* blocked transactions are to be tried again */
  guint64 n_commits;
  OvsdbServed *meta; /* _Server */
};

/* The _Server database (server-meta.c): a row for each database. */
OvsdbDatabase *ovsdb_meta_new (NetWorld *world);
void ovsdb_meta_add (OvsdbDatabase *meta, const OvsdbSchema *schema);
/* The database of the schema's name has this one now. */
void ovsdb_meta_change (OvsdbDatabase *meta, const OvsdbSchema *schema);

OvsdbServed *ovsdb_server_find (OvsdbServer *server, const char *name);
/* Ends the session for which most is held, when all together is too much. */
void ovsdb_server_weigh (OvsdbServer *server);
/* Takes a connected stream; closes it when there are too many.  NULL then. */
OvsdbSession *ovsdb_server_take (OvsdbServer *server, NetStream *stream, gint64 probe_ns);

/* Remotes (remote.c).  `changed`, which may be NULL, is told of every change of what ovsdb_remote_status() says. */
typedef void (*OvsdbRemoteChanged) (OvsdbRemote *remote, gpointer user);
OvsdbRemote *
ovsdb_remote_new (OvsdbServer *server, const char *target, const OvsdbRemoteConfig *config, GError **error);
/* Also takes it out of the server's. */
void ovsdb_remote_free (OvsdbRemote *remote);
void ovsdb_remote_watch (OvsdbRemote *remote, OvsdbRemoteChanged changed, gpointer user);
/* Takes effect at once, on its sessions too. */
void ovsdb_remote_configure (OvsdbRemote *remote, const OvsdbRemoteConfig *config);
typedef struct
{
  const char *state; /* as Manager rows have it, "ACTIVE" …; NULL: a listener that nobody has connected to */
  const char *last_error; /* NULL: none */
  guint n_connections;
  gboolean probing;            /* the other end was silent, and has not yet answered */
  guint16 port;                /* of a listener on TCP; 0: none, or not known */
  gint64 connected_ns;         /* when `session`, or the last one, began; -1: there was none */
  gint64 disconnected_ns;      /* when a session of this remote last ended; -1: none did */
  const OvsdbSession *session; /* the oldest; NULL: none */
} OvsdbRemoteStatus;
OvsdbRemoteStatus ovsdb_remote_status (const OvsdbRemote *remote);

/* Managers (manager.c). */
typedef struct _OvsdbManagers OvsdbManagers;
OvsdbManagers *ovsdb_managers_new (OvsdbServer *server, OvsdbDatabase *db);
void ovsdb_managers_refresh (OvsdbManagers *managers, gint64 every_ns);
/* A Manager row's status (manager-status.c), "state" and the rest: a new reference.  With `now_ns` -1 nothing is said
 * that time alone would change. */
json_t *ovsdb_manager_status (const OvsdbRemoteStatus *status, gint64 now_ns);
/* The database has been converted: its tables are others. */
void ovsdb_managers_rebind (OvsdbManagers *managers);
void ovsdb_managers_free (OvsdbManagers *managers);

/* ---- the session's life (session.c) -------------------------------------------------------------------------------- */

OvsdbSession *ovsdb_session_new (OvsdbServer *server, NetStream *stream, const OvsdbRpcLimits *limits);
/* Ends the connection; `ended` is not called. */
void ovsdb_session_free (OvsdbSession *session);
/* Silence after which an echo is asked; 0: never; -1: the server's. */
void ovsdb_session_set_probe (OvsdbSession *session, gint64 probe_ns);
void ovsdb_session_send_lock_event (OvsdbSession *session, const char *event, const char *name);

/* Appends to session->out; a method that answers later appends nothing. */
typedef void (*OvsdbMethod) (OvsdbSession *session, const OvsdbMessage *message);
void ovsdb_session_refuse (OvsdbSession *session, const OvsdbMessage *message, const GError *error);
/* Names that peers choose and the server keeps: a monitor's, a lock's. */
#define OVSDB_SESSION_MAX_NAME_BYTES 1024u

/* ---- monitors (session-monitor.c) ------------------------------------------------------------------------------------ */

void ovsdb_session_monitor (OvsdbSession *session, const OvsdbMessage *message);
void ovsdb_session_monitor_change (OvsdbSession *session, const OvsdbMessage *message);
void ovsdb_session_monitor_cancel (OvsdbSession *session, const OvsdbMessage *message);
void ovsdb_monitor_free (OvsdbMonitor *monitor);
/* Sends what ovsdb_views_render() made to every monitor of the database. */
void ovsdb_session_notify (OvsdbSession *session, const OvsdbServed *served);

/* ---- another schema (session-convert.c) ---------------------------------------------------------------------------- */

void ovsdb_session_convert (OvsdbSession *session, const OvsdbMessage *message);

/* ---- transactions (session-transact.c) -------------------------------------------------------------------------------- */

void ovsdb_session_transact (OvsdbSession *session, const OvsdbMessage *message);
void ovsdb_session_cancel (OvsdbSession *session, const OvsdbMessage *message);
/* Tries blocked transactions again that have not been since the last commit, until `*work` reaches `most`. */
void ovsdb_session_retry (OvsdbSession *session, guint64 most, guint64 *work);
void ovsdb_waiting_free (OvsdbWaiting *waiting);

G_END_DECLS

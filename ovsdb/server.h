/* An OVSDB server (RFC 7047 §4): databases, and sessions on byte streams that it accepted or dialled. */
#pragma once

#include "ovsdb/database.h"
#include "ovsdb/quota.h"

G_BEGIN_DECLS

typedef struct _OvsdbServer OvsdbServer;
typedef struct _OvsdbRemote OvsdbRemote;

OvsdbServer *ovsdb_server_new (NetWorld *world);
/* Ends all sessions; the databases are their owners'. */
void ovsdb_server_free (OvsdbServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbServer, ovsdb_server_free)

/* The database must outlive the server.  Its name is its schema's. */
void ovsdb_server_add_database (OvsdbServer *server, OvsdbDatabase *db);
/* Lets clients give the database, which was added, another schema by "convert".  Pointers to its tables and rows, and to
 * its schema, end with that: it is for programs that keep none. */
void ovsdb_server_let_convert (OvsdbServer *server, OvsdbDatabase *db);

/* What peers may cost.  Whoever exceeds a limit of a message or of a session loses the connection; whoever exceeds one
 * of a number or of a transaction is answered "resources exhausted"; whoever asks too fast waits. */
typedef struct
{
  /* a message */
  gsize max_message_bytes; /* one JSON text */
  guint max_depth;         /* nested arrays and objects */
  guint max_values;        /* in one JSON text; 0: any number */
  /* a session */
  gsize max_pending_bytes;       /* output that its peer has not read, beside one long answer */
  guint max_messages_per_second; /* 0: unbounded */
  guint max_monitors;
  guint max_clauses; /* of all its monitors, elements of their arguments included */
  guint max_waiting; /* blocked transactions */
  guint max_locks;
  gint64 probe_ns; /* silence after which an echo is asked, and again until the session is ended; 0: never */
  /* a transaction */
  OvsdbQuota transaction;
  /* a database: what is kept for monitors that come back */
  guint max_past_transactions;
  gsize max_past_bytes;
  /* the server */
  guint max_sessions; /* beyond that, one that never said anything makes room, or the new one is refused */
  gsize
      max_held_bytes; /* for all peers together: unfinished messages, unread output, what waits or is monitored;
                           beyond that the session goes for which most is held */
} OvsdbServerLimits;

extern const OvsdbServerLimits ovsdb_server_default_limits;
void ovsdb_server_set_limits (OvsdbServer *server, const OvsdbServerLimits *limits);

/* A remote is "ptcp:PORT[:IP]", "pssl:…", "punix:PATH" (listens) or "tcp:IP:PORT", "ssl:…", "unix:PATH" (dials, and
 * dials again with a growing pause, 1 s to 8 s, when it ends). */
typedef struct
{
  gint64 probe_ns;       /* -1: the server's */
  gint64 max_backoff_ns; /* 0: 8 s */
} OvsdbRemoteConfig;

/* `config` may be NULL.  NULL with an error when the text is wrong or the place is taken. */
OvsdbRemote *ovsdb_server_add_remote (OvsdbServer *server, const char *target,
                                      const OvsdbRemoteConfig *config, GError **error);
void ovsdb_server_remove_remote (OvsdbServer *server, OvsdbRemote *remote);

/* Keeps the server's remotes equal to the rows of the database's Manager table, and writes back their is_connected
 * and status. */
void ovsdb_server_follow_managers (OvsdbServer *server, OvsdbDatabase *db);

/* Writes the status anew every so often, with the seconds since the last connect and disconnect.  Unasked, status is
 * written when something happens, and says nothing that time alone would change. */
void ovsdb_server_refresh_managers (OvsdbServer *server, gint64 every_ns);

guint ovsdb_server_n_sessions (const OvsdbServer *server);

G_END_DECLS

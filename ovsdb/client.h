/* An OVSDB client (RFC 7047): keeps a replica of a remote database's tables, hears of changes, sends transactions.
 * It dials and dials again, or lives on a stream that its owner accepted. */
#pragma once

#include "net/misuse.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _OvsdbClient OvsdbClient;

typedef struct
{
  /* The replica is complete: after the first monitor reply on this connection.  Differences from what the replica
   * held before a reconnect were reported by `changed` just before. */
  void (*ready) (OvsdbClient *client, gpointer user);
  /* One update of the server, already applied to the replica. */
  void (*changed) (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user);
  /* The connection ended; the replica stays as it was.  A dialling client dials again by itself.  Transactions
   * without an answer have been answered with the error "disconnected" before this. */
  void (*disconnected) (OvsdbClient *client, const char *why, gpointer user);
  /* The server did something against the protocol: passed over, answered with an error, or the reason of the end that
   * follows.  For counting; the client may not be freed here.  May be NULL, as all of these. */
  void (*misused) (OvsdbClient *client, NetMisuse misuse, const char *why, gpointer user);
} OvsdbClientEvents;

/* Texts are copied. */
typedef struct
{
  const char *database; /* "hardware_vtep" */
  OvsdbSchema *schema;  /* what the client knows; a reference is taken.  NULL: the server's, by get_schema */
  const char *const
      *tables;     /* to monitor, NULL-terminated; NULL: all.  Tables and columns that the server's schema
                                    lacks are left out */
  gint64 probe_ns; /* silence after which an echo is asked; 0: 5 s; negative: never */
  gint64 min_backoff_ns, max_backoff_ns; /* 0: 1 s and 8 s */
  gboolean
      plain_monitor; /* asks by "monitor" (RFC 7047) only, as OpenDaylight does; else by the best that the
                                    server has */
} OvsdbClientConfig;

/* "tcp:IP:PORT", "ssl:…", "unix:PATH". */
OvsdbClient *ovsdb_client_dial (NetWorld *world, const char *target, const OvsdbClientConfig *config,
                                const OvsdbClientEvents *events, gpointer user, GError **error);
/* On an accepted stream, which becomes the client's. */
OvsdbClient *ovsdb_client_accept (NetWorld *world, NetStream *stream, const OvsdbClientConfig *config,
                                  const OvsdbClientEvents *events, gpointer user);
/* Goes on over another accepted stream, with the replica it has: for a peer that dialled again. */
void ovsdb_client_resume (OvsdbClient *client, NetStream *stream);
/* No event follows.  Allowed in an event. */
void ovsdb_client_free (OvsdbClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbClient, ovsdb_client_free)

gboolean ovsdb_client_is_ready (const OvsdbClient *client);
/* "tcp:10.8.125.20:6640": the other end, for messages. */
const char *ovsdb_client_peer (const OvsdbClient *client);
/* To be read only; NULL until the schema is known (at once when the config gave one).  Columns that are not monitored
 * have their default value. */
OvsdbDatabase *ovsdb_client_replica (OvsdbClient *client);

/* What the server's schema calls its version ("1.7.0"), whatever schema the replica has; NULL before it was heard. */
const char *ovsdb_client_server_version (const OvsdbClient *client);

/* `results` is the reply's array, borrowed, or NULL with an error (not ready, disconnected, the server refused the
 * request as a whole).  Errors of single operations are in the array: ovsdb_results_check(). */
typedef void (*OvsdbReplyFunc) (OvsdbClient *client, const json_t *results, const GError *error,
                                gpointer user);
/* Takes the reference to `operations`; `reply` may be NULL.  The answer comes later, never within the call. */
void ovsdb_client_transact (OvsdbClient *client, json_t *operations, OvsdbReplyFunc reply, gpointer user);
/* Any request: lock, steal, get_schema … `params` is taken; `result` is what the reply's "result" holds. */
void ovsdb_client_request (OvsdbClient *client, const char *method, json_t *params, OvsdbReplyFunc reply,
                           gpointer user);

G_END_DECLS

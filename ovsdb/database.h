/* A database: rows under a schema, changed by transactions (RFC 7047 §5.2).  This is the side for users in the same
 * process: the gateway's agent, a model, a server. */
#pragma once

#include "ovsdb/row.h"

G_BEGIN_DECLS

/* Empty and in memory. Takes a reference to the schema; the world gives uuids and hears of row changes. */
OvsdbDatabase *ovsdb_database_new (OvsdbSchema *schema, NetWorld *world);
/* The same with storage: what the world keeps under `name` is read, and every committed transaction is appended there
 * before its answer.  A torn end of the journal is cut off and logged; any other damage is an error. */
OvsdbDatabase *ovsdb_database_open (OvsdbSchema *schema, NetWorld *world, const char *name, GError **error);
void ovsdb_database_free (OvsdbDatabase *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbDatabase, ovsdb_database_free)

const OvsdbSchema *ovsdb_database_schema (const OvsdbDatabase *db);
/* NULL when the schema has no such table. */
OvsdbTable *ovsdb_database_table (OvsdbDatabase *db, const char *name);

/* Runs the operations (an array as in RFC 7047 §4.1.3, without the database's name; borrowed) as one transaction and
 * returns the array of results: a new reference.  A `wait` never blocks here: it fails at once with "timed out". */
json_t *ovsdb_database_transact (OvsdbDatabase *db, json_t *operations);
/* The same for callers that need no results; takes the caller's reference to `operations`.  FALSE: nothing was
 * changed, and the error carries the failed operation's code and details. */
gboolean ovsdb_database_execute (OvsdbDatabase *db, json_t *operations, GError **error);

/* Called once for each transaction that changed something, after it is committed and before its answer; rows come in
 * the order in which the transaction first touched them.  The listener must not change this database before it has
 * returned. */
typedef void (*OvsdbListener) (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user);
/* Listeners are called in the order in which they came. */
void ovsdb_database_listen (OvsdbDatabase *db, OvsdbListener listener, gpointer user);
void ovsdb_database_unlisten (OvsdbDatabase *db, OvsdbListener listener, gpointer user);

G_END_DECLS

/* A client's copy of a remote database's rows: the server's word is taken for everything but the shape of values. */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

OvsdbDatabase *ovsdb_replica_new (OvsdbSchema *schema, NetWorld *world);

/* The columns that can be monitored: known here, and there with the same kinds and sizes.  Appends
 * <monitor-requests>; `tables` is NULL for all. */
void ovsdb_replica_append_requests (GString *to, const OvsdbSchema *here, const OvsdbSchema *there,
                                    const char *const *tables);

typedef enum
{
  OVSDB_REPLICA_VALUES,     /* "update": old and new values (RFC 7047 §4.1.6) */
  OVSDB_REPLICA_DIFFERENCES /* "update2" and "update3" (ovsdb-server(7)) */
} OvsdbReplicaForm;

/* Applies <table-updates>.  `complete`: they are all there is, rows that they do not mention are gone.  Listeners hear
 * of what differs.  FALSE: they make no sense; nothing was changed. */
gboolean ovsdb_replica_update (OvsdbDatabase *replica, const OvsdbJson *updates, OvsdbReplicaForm form,
                               gboolean complete, GError **error);

G_END_DECLS

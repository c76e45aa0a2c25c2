/* What one transaction of a peer may cost: the peer's to bear, as an error, and not everybody's. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 0: any. */
typedef struct
{
  guint64 max_work;         /* rows, clauses and elements that are looked at */
  gsize max_string_bytes;   /* one string */
  gsize max_reply_bytes;    /* all results */
  gsize max_changed_bytes;  /* new values, all rows together */
  gsize max_database_bytes; /* all values of all rows, afterwards */
  guint max_rows;           /* of all tables, afterwards */
} OvsdbQuota;

typedef struct _OvsdbTxn OvsdbTxn;
typedef struct _OvsdbRow OvsdbRow;

/* At commit, when all changes are known: counts the database's bytes, and refuses ("resources exhausted") growth beyond
 * the transaction's quota.  What makes a database smaller is always allowed.  *growth goes to n_bytes when the
 * transaction is sure. */
gboolean ovsdb_quota_check (OvsdbTxn *txn, gssize *growth, GError **error);

/* A row and its values. */
gsize ovsdb_row_bytes (const OvsdbRow *row);

G_END_DECLS

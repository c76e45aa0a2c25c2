/* A transaction: rows changed in place, with what they were kept beside until commit or abort (RFC 7047 §3.1: atomic,
 * consistent, isolated).  One runs at a time in a database. */
#pragma once

#include "ovsdb/quota.h"
#include "ovsdb/store.h"

G_BEGIN_DECLS

/* What the transaction did to one row. */
typedef struct
{
  OvsdbRow *row;    /* `dead` when deleted */
  OvsdbRow *before; /* NULL: inserted; `row` itself: deleted untouched */
  gboolean changed; /* commit found a difference */
  gboolean pruned;  /* of weak references to what is gone */
} OvsdbTxnRow;

typedef struct
{
  OvsdbRow *row;
  gint delta;
} OvsdbRefDelta;

struct _OvsdbTxn
{
  OvsdbDatabase *db;
  GArray *rows;            /* of OvsdbTxnRow, in the order of first touch */
  GArray *ref_deltas;      /* of OvsdbRefDelta: what to take back on an abort */
  GString *comment;        /* NULL: none */
  const OvsdbQuota *quota; /* NULL: none */
  gboolean durable;
  gboolean indexed; /* unique indexes have been changed to the new values */
};

OvsdbTxn *ovsdb_txn_begin (OvsdbDatabase *db);

/* A row with defaults; the caller knows that the uuid is free: ovsdb_table_find(). */
OvsdbRow *ovsdb_txn_insert (OvsdbTxn *txn, OvsdbTable *table, const OvsdbUuid *uuid);
/* Takes the datum. */
void ovsdb_txn_set (OvsdbTxn *txn, OvsdbRow *row, guint column, OvsdbDatum datum);
void ovsdb_txn_delete (OvsdbTxn *txn, OvsdbRow *row);
void ovsdb_txn_add_comment (OvsdbTxn *txn, const char *comment);

static inline OvsdbTxnRow *
ovsdb_txn_row (OvsdbTxn *txn, guint i)
{
  return &g_array_index (txn->rows, OvsdbTxnRow, i);
}

/* Both end the transaction.  FALSE: the commit broke a constraint or could not be stored, and was taken back. */
gboolean ovsdb_txn_commit (OvsdbTxn *txn, GError **error);
void ovsdb_txn_abort (OvsdbTxn *txn);

G_END_DECLS

/* One operation of a transaction: what all of them share, and the table of them. */
#pragma once

#include "ovsdb/condition.h"
#include "ovsdb/execute.h"
#include "ovsdb/txn.h"

G_BEGIN_DECLS

typedef struct
{
  OvsdbRequest *request;
  OvsdbTxn *txn;
  OvsdbSymbols symbols;
  OvsdbMembers members; /* of the operation that runs */
  GString *reply;
  gboolean blocked;
} OvsdbExecution;

/* Reads its members and does its work; on success it has appended its result. */
typedef gboolean (*OvsdbOperation) (OvsdbExecution *x, GError **error);

gboolean ovsdb_operation_insert (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_select (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_update (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_mutate (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_delete (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_wait (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_commit (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_abort (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_comment (OvsdbExecution *x, GError **error);
gboolean ovsdb_operation_assert (OvsdbExecution *x, GError **error);

/* ---- members that several operations have ----------------------------------------------------------------------- */

/* NULL with the mistake. */
OvsdbTable *ovsdb_operation_table (OvsdbExecution *x, GError **error);
/* The rows that "where" selects, or NULL. */
GPtrArray *ovsdb_operation_where (OvsdbExecution *x, OvsdbTable *table, GError **error);
/* "columns": places of columns, all when the member is absent; NULL with the mistake. */
GArray *ovsdb_operation_columns (OvsdbExecution *x, OvsdbTable *table, GError **error);
/* So much more is about to be looked at.  FALSE: it is more than the transaction may cost. */
gboolean ovsdb_operation_charge (OvsdbExecution *x, guint64 work, GError **error);
/* FALSE: the results are longer than the transaction's may be. */
gboolean ovsdb_operation_reply_fits (OvsdbExecution *x, GError **error);
/* TRUE unless reading members has failed so far. */
gboolean ovsdb_operation_members_fine (OvsdbExecution *x, GError **error);

/* An object of columns and values. */
typedef struct
{
  guint column;
  OvsdbDatum datum;
} OvsdbColumnValue;

/* NULL with the mistake; what comes back knows how to free itself. */
typedef struct
{
  const OvsdbTableSchema *table;
  OvsdbColumnValue *values;
  guint n;
} OvsdbRowValues;

OvsdbRowValues *ovsdb_row_values_parse (const OvsdbTableSchema *table, const OvsdbJson *json,
                                        OvsdbSymbols *symbols, GError **error);
void ovsdb_row_values_free (OvsdbRowValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbRowValues, ovsdb_row_values_free)

G_END_DECLS

/* The order of the steps of a commit. */
#include "ovsdb/commit.h"
#include "ovsdb/journal.h"
#include "ovsdb/unique.h"
#include "ovsdb/weak.h"

/* ---- what changed -------------------------------------------------------------------------------------------- */

static gboolean
modified (const OvsdbTxnRow *entry)
{
  for (guint i = OVSDB_N_STANDARD; i < entry->row->table->schema->n_columns; i++)
    if (ovsdb_row_differs (entry->before, entry->row, i))
      return TRUE;
  return FALSE;
}

static gboolean
find_changes (OvsdbTxn *txn)
{
  gboolean any = FALSE;

  for (guint i = 0; i < txn->rows->len; i++)
    {
      OvsdbTxnRow *entry = ovsdb_txn_row (txn, i);
      if (entry->row->dead)
        entry->changed = entry->before != NULL; /* an insert that was deleted again never was */
      else
        entry->changed = !entry->before || modified (entry);
      any |= entry->changed;
    }
  return any;
}

static void
list_changes (OvsdbTxn *txn, GArray *changes)
{
  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbTxnRow *entry = ovsdb_txn_row (txn, i);
      OvsdbChange change = { entry->row->table, *ovsdb_row_id (entry->row), entry->before,
                             entry->row->dead ? NULL : entry->row };
      if (entry->changed)
        g_array_append_val (changes, change);
    }
}

/* ---- checks -------------------------------------------------------------------------------------------------- */

static gboolean
check_max_rows (OvsdbTxn *txn, GError **error)
{
  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbTable *table = ovsdb_txn_row (txn, i)->row->table;
      if (table->n_rows > table->schema->max_rows)
        {
          g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_CONSTRAINT,
                       "table \"%s\" would hold %u rows; the schema allows %u", table->schema->name,
                       table->n_rows, table->schema->max_rows);
          return FALSE;
        }
    }
  return TRUE;
}

static void
renew_versions (OvsdbTxn *txn)
{
  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbTxnRow *entry = ovsdb_txn_row (txn, i);
      if (entry->changed && !entry->row->dead)
        entry->row->column[OVSDB_COLUMN_VERSION].one.uuid = ovsdb_database_new_uuid (txn->db);
    }
}

static gboolean
store (OvsdbTxn *txn, const GArray *changes, GError **error)
{
  OvsdbJournal *journal = txn->db->journal;

  return !journal
         || ovsdb_journal_append (journal, (const OvsdbChange *) (gpointer) changes->data, changes->len,
                                  txn->comment ? txn->comment->str : NULL, txn->durable, error);
}

gboolean
ovsdb_commit_prepare (OvsdbTxn *txn, GArray *changes, GError **error)
{
  OvsdbDatabase *db = txn->db;
  gssize growth;

  if (!find_changes (txn))
    return store (txn, changes, error);
  if (!db->is_replica)
    {
      if (!ovsdb_strong_settle (txn, error) || !ovsdb_weak_prune (txn, error) || !check_max_rows (txn, error)
          || !ovsdb_unique_apply (txn, error))
        return FALSE;
      find_changes (txn);
      renew_versions (txn);
    }
  list_changes (txn, changes);
  if (!ovsdb_quota_check (txn, &growth, error) || !store (txn, changes, error))
    return FALSE;
  db->n_bytes += (gsize) growth;
  if (!db->is_replica)
    ovsdb_weak_relink (txn);
  return TRUE;
}

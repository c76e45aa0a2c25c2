/* Changing rows, and taking changes back. */
#include "ovsdb/commit.h"
#include "ovsdb/journal.h"
#include "ovsdb/txn.h"
#include "ovsdb/unique.h"

OvsdbTxn *
ovsdb_txn_begin (OvsdbDatabase *db)
{
  OvsdbTxn *txn = g_new0 (OvsdbTxn, 1);

  g_assert (!db->running); /* a listener must not write */
  ovsdb_journal_mend (db->journal);
  db->running = txn;
  txn->db = db;
  txn->rows = g_array_new (FALSE, FALSE, sizeof (OvsdbTxnRow));
  txn->ref_deltas = g_array_new (FALSE, FALSE, sizeof (OvsdbRefDelta));
  return txn;
}

static void
touch (OvsdbTxn *txn, OvsdbRow *row, OvsdbRow *before)
{
  OvsdbTxnRow entry = { .row = row, .before = before };

  g_array_append_val (txn->rows, entry);
  row->change = txn->rows->len & 0x3fffffff;
}

OvsdbRow *
ovsdb_txn_insert (OvsdbTxn *txn, OvsdbTable *table, const OvsdbUuid *uuid)
{
  OvsdbRow *row = ovsdb_row_new (table, uuid);

  ovsdb_table_link (table, row);
  table->n_rows++;
  touch (txn, row, NULL);
  return row;
}

void
ovsdb_txn_set (OvsdbTxn *txn, OvsdbRow *row, guint column, OvsdbDatum datum)
{
  if (!row->change)
    touch (txn, row, ovsdb_row_snapshot (row));
  ovsdb_datum_clear (&row->column[column], &row->table->schema->columns[column]->type);
  row->column[column] = datum;
}

void
ovsdb_txn_delete (OvsdbTxn *txn, OvsdbRow *row)
{
  if (!row->change)
    touch (txn, row, row);
  row->dead = TRUE;
  row->table->n_rows--;
}

void
ovsdb_txn_add_comment (OvsdbTxn *txn, const char *comment)
{
  if (!txn->comment)
    txn->comment = g_string_new (comment);
  else
    g_string_append_printf (txn->comment, "\n%s", comment);
}

/* ---- taking back --------------------------------------------------------------------------------------------- */

static void
restore (const OvsdbTxnRow *entry)
{
  OvsdbRow *row = entry->row;

  row->change = 0;
  if (row->dead)
    row->table->n_rows++;
  row->dead = FALSE;
  if (!entry->before)
    {
      row->table->n_rows--;
      ovsdb_table_unlink (row->table, row);
      ovsdb_row_free (row);
    }
  else if (entry->before != row)
    {
      ovsdb_row_clear_columns (row);
      memcpy (row->column, entry->before->column, row->table->schema->n_columns * sizeof row->column[0]);
      g_free (entry->before);
    }
}

static void
txn_free (OvsdbTxn *txn)
{
  g_array_unref (txn->rows);
  g_array_unref (txn->ref_deltas);
  if (txn->comment)
    g_string_free (txn->comment, TRUE);
  g_free (txn);
}

void
ovsdb_txn_abort (OvsdbTxn *txn)
{
  if (txn->indexed)
    ovsdb_unique_restore (txn);
  for (guint i = txn->ref_deltas->len; i > 0; i--)
    {
      const OvsdbRefDelta *delta = &g_array_index (txn->ref_deltas, OvsdbRefDelta, i - 1);
      delta->row->n_refs = (guint) ((gint) delta->row->n_refs - delta->delta);
    }
  for (guint i = txn->rows->len; i > 0; i--)
    restore (ovsdb_txn_row (txn, i - 1));
  txn->db->running = NULL;
  txn_free (txn);
}

/* ---- keeping ------------------------------------------------------------------------------------------------- */

static void
settle (OvsdbTxnRow *entry)
{
  entry->row->change = 0;
  if (entry->before != entry->row)
    ovsdb_row_free (entry->before);
  if (entry->row->dead)
    ovsdb_row_free (entry->row);
}

gboolean
ovsdb_txn_commit (OvsdbTxn *txn, GError **error)
{
  OvsdbDatabase *db = txn->db;
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (OvsdbChange));

  if (!ovsdb_commit_prepare (txn, changes, error))
    {
      ovsdb_txn_abort (txn);
      return FALSE;
    }
  for (guint i = 0; i < txn->rows->len; i++)
    if (ovsdb_txn_row (txn, i)->row->dead)
      ovsdb_table_unlink (ovsdb_txn_row (txn, i)->row->table, ovsdb_txn_row (txn, i)->row);
  if (changes->len)
    ovsdb_database_announce (db, &g_array_index (changes, OvsdbChange, 0), changes->len);
  for (guint i = 0; i < txn->rows->len; i++)
    settle (ovsdb_txn_row (txn, i));
  db->running = NULL;
  txn_free (txn);
  return TRUE;
}

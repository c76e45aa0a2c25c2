/* Rows are copied by their wire form, as if somebody had sent them anew. */
#include "ovsdb/convert.h"
#include "ovsdb/journal.h"
#include "ovsdb/txn.h"

static gboolean
convert_column (OvsdbTxn *txn, OvsdbRow *row, const OvsdbColumn *to, const OvsdbRow *old,
                const OvsdbColumn *from, GError **error)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  char uuid[OVSDB_UUID_TEXT];
  OvsdbDatum datum;

  ovsdb_datum_append (text, &old->column[from->index], &from->type);
  if (!ovsdb_datum_parse (ovsdb_json_parse (arena, text->str, text->len, G_MAXUINT, NULL), &to->type, NULL,
                          &datum, error))
    {
      g_prefix_error (error, "column \"%s\" of row %s in table \"%s\": ", from->name,
                      ovsdb_uuid_format (ovsdb_row_id (old), uuid), old->table->schema->name);
      return FALSE;
    }
  ovsdb_txn_set (txn, row, to->index, datum);
  return TRUE;
}

static gboolean
convert_row (OvsdbTxn *txn, OvsdbTable *to, const OvsdbRow *old, GError **error)
{
  OvsdbRow *row = ovsdb_txn_insert (txn, to, ovsdb_row_id (old));

  for (guint i = OVSDB_N_STANDARD; i < to->schema->n_columns; i++)
    {
      const OvsdbColumn *column = to->schema->columns[i],
                        *from = ovsdb_table_schema_column (old->table->schema, column->name);
      if (from && !convert_column (txn, row, column, old, from, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
convert_rows (OvsdbDatabase *to, const OvsdbDatabase *from, GError **error)
{
  OvsdbTxn *txn = ovsdb_txn_begin (to);

  for (guint i = 0; i < from->schema->n_tables; i++)
    {
      OvsdbTable *table = ovsdb_database_table (to, from->schema->tables[i]->name);
      for (const OvsdbRow *row = table ? from->tables[i]->first : NULL; row; row = row->next)
        if (!convert_row (txn, table, row, error))
          {
            ovsdb_txn_abort (txn);
            return FALSE;
          }
    }
  return ovsdb_txn_commit (txn, error);
}

OvsdbDatabase *
ovsdb_convert_prepare (OvsdbDatabase *db, OvsdbSchema *schema, GError **error)
{
  g_autoptr (OvsdbDatabase) prepared = ovsdb_database_new (schema, db->world);

  if (!convert_rows (prepared, db, error)
      || (db->journal && !ovsdb_journal_restart (db->journal, prepared, error)))
    return NULL;
  return g_steal_pointer (&prepared);
}

static void
own_tables (OvsdbDatabase *db)
{
  for (guint i = 0; i < db->schema->n_tables; i++)
    db->tables[i]->db = db;
}

void
ovsdb_convert_finish (OvsdbDatabase *db, OvsdbDatabase *prepared)
{
  OvsdbDatabase old = *db;

  g_assert (!db->running);
  db->schema = prepared->schema;
  db->tables = prepared->tables;
  db->hash_key = prepared->hash_key;
  db->n_bytes = prepared->n_bytes;
  db->mark = prepared->mark;
  prepared->schema = old.schema;
  prepared->tables = old.tables;
  prepared->hash_key = old.hash_key;
  own_tables (db);
  own_tables (prepared);
  ovsdb_database_free (prepared);
}

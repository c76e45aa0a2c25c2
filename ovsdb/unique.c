/* Unique indexes as hash sets of rows. */
#include "ovsdb/unique.h"

/* ---- keys ---------------------------------------------------------------------------------------------------- */

static guint32
key_hash (const OvsdbRow *row, const OvsdbIndexSchema *index)
{
  guint32 hash = 0;

  for (guint i = 0; i < index->n_columns; i++)
    hash = hash * 31
           + ovsdb_datum_hash (&row->column[index->columns[i]->index], &index->columns[i]->type,
                               row->table->db->hash_key);
  return hash;
}

typedef struct
{
  const OvsdbRow *row;
  const OvsdbIndexSchema *index;
} Key;

static gboolean
same_key (gconstpointer item, gconstpointer key)
{
  const OvsdbRow *row = item;
  const Key *wanted = key;

  for (guint i = 0; i < wanted->index->n_columns; i++)
    if (ovsdb_row_differs (row, wanted->row, wanted->index->columns[i]->index))
      return FALSE;
  return TRUE;
}

/* ---- moving -------------------------------------------------------------------------------------------------- */

/* Whether the row leaves its place in the index or takes one. */
static gboolean
moves (const OvsdbTxnRow *entry, const OvsdbIndexSchema *index)
{
  Key key = { entry->row, index };

  if (!entry->before)
    return !entry->row->dead;
  return entry->row->dead || !same_key (entry->before, &key);
}

static void
take_out (const OvsdbTxnRow *entry, guint i)
{
  OvsdbTable *table = entry->row->table;

  if (entry->before && moves (entry, &table->schema->indexes[i]))
    ovsdb_hash_remove (&table->indexes[i], key_hash (entry->before, &table->schema->indexes[i]), entry->row);
}

static void
describe_key (GString *to, const OvsdbRow *row, const OvsdbIndexSchema *index)
{
  for (guint i = 0; i < index->n_columns; i++)
    {
      g_string_append (to, i ? ", " : "");
      ovsdb_row_append_column (to, row, index->columns[i]->index);
    }
}

static gboolean
put_in (const OvsdbTxnRow *entry, guint i, GError **error)
{
  OvsdbTable *table = entry->row->table;
  const OvsdbIndexSchema *index = &table->schema->indexes[i];
  Key key = { entry->row, index };
  guint32 hash;
  const OvsdbRow *other;
  g_autoptr (GString) text = NULL;
  char a[OVSDB_UUID_TEXT], b[OVSDB_UUID_TEXT];

  if (entry->row->dead || !moves (entry, index))
    return TRUE;
  hash = key_hash (entry->row, index);
  other = ovsdb_hash_find (&table->indexes[i], hash, same_key, &key);
  if (!other)
    {
      ovsdb_hash_add (&table->indexes[i], hash, entry->row);
      return TRUE;
    }
  text = g_string_new (NULL);
  describe_key (text, entry->row, index);
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_CONSTRAINT,
               "rows %s and %s of table \"%s\" would both have %s",
               ovsdb_uuid_format (ovsdb_row_id (other), a), ovsdb_uuid_format (ovsdb_row_id (entry->row), b),
               table->schema->name, text->str);
  return FALSE;
}

gboolean
ovsdb_unique_apply (OvsdbTxn *txn, GError **error)
{
  txn->indexed = TRUE;
  for (guint r = 0; r < txn->rows->len; r++)
    for (guint i = 0; i < ovsdb_txn_row (txn, r)->row->table->schema->n_indexes; i++)
      take_out (ovsdb_txn_row (txn, r), i);
  for (guint r = 0; r < txn->rows->len; r++)
    for (guint i = 0; i < ovsdb_txn_row (txn, r)->row->table->schema->n_indexes; i++)
      if (!put_in (ovsdb_txn_row (txn, r), i, error))
        return FALSE;
  return TRUE;
}

void
ovsdb_unique_restore (OvsdbTxn *txn)
{
  for (guint r = 0; r < txn->rows->len; r++)
    {
      const OvsdbTxnRow *entry = ovsdb_txn_row (txn, r);
      OvsdbTable *table = entry->row->table;
      for (guint i = 0; i < table->schema->n_indexes; i++)
        {
          const OvsdbIndexSchema *index = &table->schema->indexes[i];
          if (!moves (entry, index))
            continue;
          if (!entry->row->dead)
            ovsdb_hash_remove (&table->indexes[i], key_hash (entry->row, index), entry->row);
          if (entry->before)
            ovsdb_hash_add (&table->indexes[i], key_hash (entry->before, index), entry->row);
        }
    }
}

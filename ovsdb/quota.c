/* Bytes of values, as a measure of what they cost to keep, to store and to tell. */
#include "ovsdb/quota.h"
#include "ovsdb/txn.h"

static gsize
bytes_of_atoms (const OvsdbAtom *atoms, guint n, OvsdbKind kind)
{
  gsize bytes = (gsize) n * sizeof *atoms;

  if (kind == OVSDB_STRING)
    for (guint i = 0; i < n; i++)
      bytes += strlen (atoms[i].text);
  return bytes;
}

static gsize
bytes_of (const OvsdbDatum *datum, const OvsdbType *type)
{
  gsize bytes = bytes_of_atoms (ovsdb_datum_keys (datum), datum->n, type->key.kind);

  if (datum->is_map)
    bytes += bytes_of_atoms (ovsdb_datum_values (datum), datum->n, type->value.kind);
  return bytes;
}

typedef struct
{
  gsize before, after;
} Measure;

/* A row itself counts too, or a database of empty rows would weigh nothing. */
static void
measure_row (Measure *measure, const OvsdbRow *before, const OvsdbRow *after)
{
  const OvsdbTableSchema *schema = (after ? after : before)->table->schema;
  gsize bare = sizeof (OvsdbRow) + schema->n_columns * sizeof (OvsdbDatum);

  if (!before)
    measure->after += bare;
  if (!after)
    measure->before += bare;
  for (guint i = OVSDB_N_STANDARD; i < schema->n_columns; i++)
    {
      const OvsdbType *type = &schema->columns[i]->type;
      if (before && after && ovsdb_datum_same (&before->column[i], &after->column[i]))
        continue;
      if (before)
        measure->before += bytes_of (&before->column[i], type);
      if (after)
        measure->after += bytes_of (&after->column[i], type);
    }
}

gsize
ovsdb_row_bytes (const OvsdbRow *row)
{
  Measure measure = { 0, 0 };

  measure_row (&measure, NULL, row);
  return measure.after;
}

static gboolean
refuse (GError **error, const char *what, guint64 would_be, guint64 most)
{
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_RESOURCES,
               "%s: %" G_GUINT64_FORMAT "; this server allows %" G_GUINT64_FORMAT, what, would_be, most);
  return FALSE;
}

static guint
count_rows (const OvsdbDatabase *db)
{
  guint n = 0;

  for (guint i = 0; i < db->schema->n_tables; i++)
    n += db->tables[i]->n_rows;
  return n;
}

static gboolean
grows_by_rows (const OvsdbTxn *txn)
{
  gint n = 0;

  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbTxnRow *entry = &g_array_index (txn->rows, OvsdbTxnRow, i);
      n += (entry->row->dead ? 0 : 1) - (entry->before ? 1 : 0);
    }
  return n > 0;
}

gboolean
ovsdb_quota_check (OvsdbTxn *txn, gssize *growth, GError **error)
{
  const OvsdbQuota *quota = txn->quota;
  Measure measure = { 0, 0 };
  gsize bytes;

  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbTxnRow *entry = ovsdb_txn_row (txn, i);
      if (entry->changed)
        measure_row (&measure, entry->before, entry->row->dead ? NULL : entry->row);
    }
  *growth = (gssize) (measure.after - measure.before);
  if (!quota)
    return TRUE;
  bytes = txn->db->n_bytes + (gsize) *growth;
  if (quota->max_changed_bytes && measure.after > quota->max_changed_bytes)
    return refuse (error, "bytes of new values", measure.after, quota->max_changed_bytes);
  if (quota->max_database_bytes && *growth > 0 && bytes > quota->max_database_bytes)
    return refuse (error, "bytes in the database", bytes, quota->max_database_bytes);
  if (quota->max_rows && count_rows (txn->db) > quota->max_rows && grows_by_rows (txn))
    return refuse (error, "rows in the database", count_rows (txn->db), quota->max_rows);
  return TRUE;
}

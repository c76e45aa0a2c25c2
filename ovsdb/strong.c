/* Strong references: each row counts those that other rows hold to it.  A row's references to itself do not count.
 * (Open vSwitch's server also takes a reference to another table's row with the own uuid for one, and lets it dangle.) */
#include "ovsdb/commit.h"

typedef struct
{
  OvsdbTxn *txn;
  GPtrArray *unreferenced; /* rows whose count came to zero: candidates */
  GError **error;
} Settling;

static gboolean
adjust (Settling *s, const OvsdbRow *from, const OvsdbColumn *column, const OvsdbTableSchema *to,
        const OvsdbUuid *uuid, gint delta)
{
  OvsdbRefDelta done = { .delta = delta };
  char a[OVSDB_UUID_TEXT], b[OVSDB_UUID_TEXT];

  if (from->table->schema == to && ovsdb_uuid_equal (uuid, ovsdb_row_id (from)))
    return TRUE;
  done.row = ovsdb_table_find (ovsdb_table_of (s->txn->db, to), uuid);
  if (!done.row)
    {
      g_set_error (
          s->error, OVSDB_ERROR, OVSDB_ERROR_REFERENTIAL,
          "column \"%s\" of row %s in table \"%s\" refers to row %s, which table \"%s\" does not have",
          column->name, ovsdb_uuid_format (ovsdb_row_id (from), a), from->table->schema->name,
          ovsdb_uuid_format (uuid, b), to->name);
      return FALSE;
    }
  done.row->n_refs = (guint) ((gint) done.row->n_refs + delta);
  g_array_append_val (s->txn->ref_deltas, done);
  if (done.row->n_refs == 0 && !to->is_root)
    g_ptr_array_add (s->unreferenced, done.row);
  return TRUE;
}

/* Counts what is in `now` and not in `then`, both sorted.  Either may be NULL. */
static gboolean
adjust_difference (Settling *s, const OvsdbRow *from, const OvsdbColumn *column, const OvsdbDatum *now,
                   const OvsdbDatum *then, gint delta)
{
  const OvsdbBaseType *base = &column->type.key;
  guint j = 0;

  for (guint i = 0; now && i < now->n; i++)
    {
      const OvsdbUuid *uuid = &ovsdb_datum_keys (now)[i].uuid;
      gint order = 1;
      while (then && j < then->n && (order = ovsdb_uuid_compare (&ovsdb_datum_keys (then)[j].uuid, uuid)) < 0)
        j++;
      if ((!then || j == then->n || order != 0) && !adjust (s, from, column, base->ref, uuid, delta))
        return FALSE;
    }
  return TRUE;
}

static gboolean
adjust_values (Settling *s, const OvsdbRow *from, const OvsdbColumn *column, const OvsdbDatum *datum,
               gint delta)
{
  for (guint i = 0; datum && i < datum->n; i++)
    if (!adjust (s, from, column, column->type.value.ref, &ovsdb_datum_values (datum)[i].uuid, delta))
      return FALSE;
  return TRUE;
}

static gboolean
is_strong (const OvsdbBaseType *base)
{
  return ovsdb_base_is_reference (base) && !base->weak;
}

/* Either datum may be NULL. */
static gboolean
adjust_column (Settling *s, const OvsdbRow *from, const OvsdbColumn *column, const OvsdbDatum *then,
               const OvsdbDatum *now)
{
  if (then && now && ovsdb_datum_same (then, now))
    return TRUE;
  if (is_strong (&column->type.key)
      && (!adjust_difference (s, from, column, now, then, 1)
          || !adjust_difference (s, from, column, then, now, -1)))
    return FALSE;
  return !is_strong (&column->type.value)
         || (adjust_values (s, from, column, now, 1) && adjust_values (s, from, column, then, -1));
}

static gboolean
adjust_row (Settling *s, const OvsdbTxnRow *entry)
{
  const OvsdbRow *then = entry->before, *now = entry->row->dead ? NULL : entry->row;
  const OvsdbTable *table = entry->row->table;

  for (guint i = 0; i < table->n_strong; i++)
    {
      guint c = table->strong[i];
      if (!adjust_column (s, entry->row, table->schema->columns[c], then ? &then->column[c] : NULL,
                          now ? &now->column[c] : NULL))
        return FALSE;
    }
  if (!then && now && now->n_refs == 0 && !table->schema->is_root)
    g_ptr_array_add (s->unreferenced, entry->row);
  return TRUE;
}

static gboolean
check_deleted (OvsdbTxn *txn, GError **error)
{
  char uuid[OVSDB_UUID_TEXT];

  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbRow *row = ovsdb_txn_row (txn, i)->row;
      if (row->dead && row->n_refs > 0)
        {
          g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_REFERENTIAL,
                       "cannot delete row %s of table \"%s\": %u references to it remain",
                       ovsdb_uuid_format (ovsdb_row_id (row), uuid), row->table->schema->name, row->n_refs);
          return FALSE;
        }
    }
  return TRUE;
}

/* Each deletion may leave others without a reference: the list grows while it is worked off. */
static gboolean
collect_garbage (Settling *s)
{
  for (guint i = 0; i < s->unreferenced->len; i++)
    {
      OvsdbRow *row = g_ptr_array_index (s->unreferenced, i);
      if (row->dead || row->n_refs > 0)
        continue;
      ovsdb_txn_delete (s->txn, row);
      for (guint c = 0; c < row->table->n_strong; c++)
        {
          guint column = row->table->strong[c];
          if (!adjust_column (s, row, row->table->schema->columns[column], &row->column[column], NULL))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
ovsdb_strong_settle (OvsdbTxn *txn, GError **error)
{
  g_autoptr (GPtrArray) unreferenced = g_ptr_array_new ();
  Settling s = { txn, unreferenced, error };

  for (guint i = 0; i < txn->rows->len; i++)
    if (!adjust_row (&s, ovsdb_txn_row (txn, i)))
      return FALSE;
  return check_deleted (txn, error) && collect_garbage (&s);
}

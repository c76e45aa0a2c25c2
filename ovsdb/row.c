/* Rows: making them, and reading their columns by name. */
#include "ovsdb/put.h"
#include "ovsdb/store.h"
#include "ovsdb/weak.h"

/* ---- making -------------------------------------------------------------------------------------------------- */

static OvsdbRow *
row_alloc (OvsdbTable *table)
{
  OvsdbRow *row = g_malloc0 (sizeof *row + table->schema->n_columns * sizeof row->column[0]);
  row->table = table;
  row->mark = table->db->mark != 0;
  return row;
}

OvsdbRow *
ovsdb_row_new (OvsdbTable *table, const OvsdbUuid *uuid)
{
  OvsdbRow *row = row_alloc (table);

  row->column[OVSDB_COLUMN_UUID] = ovsdb_datum_from_uuid (uuid);
  for (guint i = OVSDB_COLUMN_VERSION; i < table->schema->n_columns; i++)
    row->column[i] = ovsdb_datum_default (&table->schema->columns[i]->type);
  return row;
}

OvsdbRow *
ovsdb_row_snapshot (const OvsdbRow *row)
{
  OvsdbRow *copy = row_alloc (row->table);

  for (guint i = 0; i < row->table->schema->n_columns; i++)
    copy->column[i] = ovsdb_datum_copy (&row->column[i], &row->table->schema->columns[i]->type);
  return copy;
}

void
ovsdb_row_clear_columns (OvsdbRow *row)
{
  for (guint i = 0; i < row->table->schema->n_columns; i++)
    ovsdb_datum_clear (&row->column[i], &row->table->schema->columns[i]->type);
}

void
ovsdb_row_free (OvsdbRow *row)
{
  if (!row)
    return;
  ovsdb_weak_forget (row);
  ovsdb_row_clear_columns (row);
  g_free (row);
}

gboolean
ovsdb_row_differs (const OvsdbRow *a, const OvsdbRow *b, guint column)
{
  return !ovsdb_datum_same (&a->column[column], &b->column[column])
         && !ovsdb_datum_equal (&a->column[column], &b->column[column],
                                &a->table->schema->columns[column]->type);
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static const OvsdbColumn *
column_named (const OvsdbRow *row, const char *name)
{
  const OvsdbColumn *column = ovsdb_table_schema_column (row->table->schema, name);

  if (G_UNLIKELY (!column))
    g_error ("table \"%s\" has no column \"%s\"", row->table->schema->name, name);
  return column;
}

/* The column's only element, which is of this kind, or NULL. */
static const OvsdbAtom *
single (const OvsdbRow *row, const char *name, OvsdbKind kind)
{
  const OvsdbColumn *column = column_named (row, name);
  const OvsdbDatum *datum = &row->column[column->index];

  g_assert (column->type.key.kind == kind && !datum->is_map);
  return datum->n ? ovsdb_datum_keys (datum) : NULL;
}

const OvsdbTable *
ovsdb_row_table (const OvsdbRow *row)
{
  return row->table;
}

const OvsdbUuid *
ovsdb_row_uuid (const OvsdbRow *row)
{
  return ovsdb_row_id (row);
}

const OvsdbDatum *
ovsdb_row_get (const OvsdbRow *row, const char *column)
{
  return &row->column[column_named (row, column)->index];
}

const OvsdbDatum *
ovsdb_row_datum (const OvsdbRow *row, const OvsdbColumn *column)
{
  return &row->column[column->index];
}

const char *
ovsdb_row_text (const OvsdbRow *row, const char *column)
{
  const OvsdbAtom *atom = single (row, column, OVSDB_STRING);
  return atom ? atom->text : NULL;
}

gint64
ovsdb_row_integer (const OvsdbRow *row, const char *column, gint64 fallback)
{
  const OvsdbAtom *atom = single (row, column, OVSDB_INTEGER);
  return atom ? atom->integer : fallback;
}

gboolean
ovsdb_row_boolean (const OvsdbRow *row, const char *column, gboolean fallback)
{
  const OvsdbAtom *atom = single (row, column, OVSDB_BOOLEAN);
  return atom ? atom->boolean : fallback;
}

const OvsdbUuid *
ovsdb_row_uuid_value (const OvsdbRow *row, const char *column)
{
  const OvsdbAtom *atom = single (row, column, OVSDB_UUID);
  return atom ? &atom->uuid : NULL;
}

const OvsdbRow *
ovsdb_row_ref (const OvsdbRow *row, const char *column)
{
  return ovsdb_row_ref_at (row, column, 0);
}

const OvsdbRow *
ovsdb_row_ref_at (const OvsdbRow *row, const char *column, guint i)
{
  const OvsdbColumn *schema = column_named (row, column);
  const OvsdbDatum *datum = &row->column[schema->index];
  const OvsdbBaseType *base = datum->is_map ? &schema->type.value : &schema->type.key;
  const OvsdbAtom *atoms = datum->is_map ? ovsdb_datum_values (datum) : ovsdb_datum_keys (datum);

  g_assert (ovsdb_base_is_reference (base));
  return i < datum->n ? ovsdb_table_lookup (ovsdb_table_of (row->table->db, base->ref), &atoms[i].uuid)
                      : NULL;
}

const char *
ovsdb_row_map_text (const OvsdbRow *row, const char *column, const char *key)
{
  const OvsdbColumn *schema = column_named (row, column);

  g_assert (schema->type.key.kind == OVSDB_STRING && schema->type.value.kind == OVSDB_STRING);
  return ovsdb_datum_lookup_text (&row->column[schema->index], key);
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

void
ovsdb_row_append_column (GString *to, const OvsdbRow *row, guint column)
{
  const OvsdbColumn *schema = row->table->schema->columns[column];

  ovsdb_put_member (to, schema->name);
  ovsdb_datum_append (to, &row->column[column], &schema->type);
}

json_t *
ovsdb_row_to_json (const OvsdbRow *row)
{
  json_t *object = json_object ();

  for (guint i = 0; i < row->table->schema->n_columns; i++)
    {
      const OvsdbColumn *column = row->table->schema->columns[i];
      json_object_set_new (object, column->name, ovsdb_datum_to_json (&row->column[i], &column->type));
    }
  return object;
}

gboolean
ovsdb_change_touches (const OvsdbChange *change, const char *column)
{
  if (!change->before || !change->after)
    return TRUE;
  return ovsdb_row_differs (change->before, change->after, column_named (change->after, column)->index);
}

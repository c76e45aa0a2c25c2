/* Tables: the list of rows and its index by uuid. */
#include "ovsdb/store.h"
#include "ovsdb/unique.h"

/* ---- making -------------------------------------------------------------------------------------------------- */

static gboolean
has_reference (const OvsdbType *type, gboolean weak)
{
  return (ovsdb_base_is_reference (&type->key) && type->key.weak == weak)
         || (ovsdb_base_is_reference (&type->value) && type->value.weak == weak);
}

static guint *
columns_with (const OvsdbTableSchema *schema, gboolean weak, guint *n)
{
  guint *columns = g_new0 (guint, schema->n_columns);

  *n = 0;
  for (guint i = 0; i < schema->n_columns; i++)
    if (has_reference (&schema->columns[i]->type, weak))
      columns[(*n)++] = i;
  return columns;
}

OvsdbTable *
ovsdb_table_new (OvsdbDatabase *db, const OvsdbTableSchema *schema)
{
  OvsdbTable *table = g_new0 (OvsdbTable, 1);

  table->schema = schema;
  table->db = db;
  table->indexes = g_new0 (OvsdbHash, schema->n_indexes + 1);
  table->strong = columns_with (schema, FALSE, &table->n_strong);
  table->weak = columns_with (schema, TRUE, &table->n_weak);
  return table;
}

void
ovsdb_table_free (OvsdbTable *table)
{
  while (table->first)
    {
      OvsdbRow *row = table->first;
      table->first = row->next;
      ovsdb_row_free (row);
    }
  for (guint i = 0; i < table->schema->n_indexes; i++)
    ovsdb_hash_clear (&table->indexes[i]);
  ovsdb_hash_clear (&table->by_uuid);
  g_free (table->indexes);
  g_free (table->strong);
  g_free (table->weak);
  g_free (table);
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

static guint32
hash_uuid (const OvsdbTable *table, const OvsdbUuid *uuid)
{
  return ovsdb_hash_bytes (uuid, sizeof *uuid, table->db->hash_key);
}

static gboolean
row_has_uuid (gconstpointer item, gconstpointer key)
{
  return ovsdb_uuid_equal (ovsdb_row_id (item), key);
}

OvsdbRow *
ovsdb_table_find (const OvsdbTable *table, const OvsdbUuid *uuid)
{
  return ovsdb_hash_find (&table->by_uuid, hash_uuid (table, uuid), row_has_uuid, uuid);
}

void
ovsdb_table_link (OvsdbTable *table, OvsdbRow *row)
{
  row->previous = table->last;
  row->next = NULL;
  *(table->last ? &table->last->next : &table->first) = row;
  table->last = row;
  ovsdb_hash_add (&table->by_uuid, hash_uuid (table, ovsdb_row_id (row)), row);
}

void
ovsdb_table_unlink (OvsdbTable *table, OvsdbRow *row)
{
  *(row->previous ? &row->previous->next : &table->first) = row->next;
  *(row->next ? &row->next->previous : &table->last) = row->previous;
  row->previous = row->next = NULL;
  ovsdb_hash_remove (&table->by_uuid, hash_uuid (table, ovsdb_row_id (row)), row);
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

const OvsdbTableSchema *
ovsdb_table_schema (const OvsdbTable *table)
{
  return table->schema;
}

const char *
ovsdb_table_name (const OvsdbTable *table)
{
  return table->schema->name;
}

guint
ovsdb_table_n_rows (const OvsdbTable *table)
{
  return table->n_rows;
}

static const OvsdbRow *
skip_dead (const OvsdbRow *row)
{
  while (row && row->dead)
    row = row->next;
  return row;
}

const OvsdbRow *
ovsdb_table_first (const OvsdbTable *table)
{
  return skip_dead (table->first);
}

const OvsdbRow *
ovsdb_table_next (const OvsdbRow *row)
{
  return skip_dead (row->next);
}

const OvsdbRow *
ovsdb_table_lookup (const OvsdbTable *table, const OvsdbUuid *uuid)
{
  const OvsdbRow *row = ovsdb_table_find (table, uuid);
  return row && !row->dead ? row : NULL;
}

const OvsdbRow *
ovsdb_table_find_text (const OvsdbTable *table, const char *column, const char *text)
{
  const OvsdbColumn *schema = ovsdb_table_schema_column (table->schema, column);

  g_assert (schema && schema->type.key.kind == OVSDB_STRING && !ovsdb_type_is_map (&schema->type));
  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const OvsdbDatum *datum = &row->column[schema->index];
      if (datum->n == 1 && strcmp (datum->one.text, text) == 0)
        return row;
    }
  return NULL;
}

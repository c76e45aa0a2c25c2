/* Updates of a server into rows here. */
#include "ovsdb/replica.h"
#include "ovsdb/txn.h"

#include <string.h>

OvsdbDatabase *
ovsdb_replica_new (OvsdbSchema *schema, NetWorld *world)
{
  OvsdbDatabase *replica = ovsdb_database_new (schema, world);

  replica->is_replica = TRUE;
  return replica;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static gboolean
same_shape (const OvsdbType *a, const OvsdbType *b)
{
  return a->key.kind == b->key.kind && a->value.kind == b->value.kind && a->n_min == b->n_min
         && (a->n_max == 1) == (b->n_max == 1);
}

static void
append_columns (GString *to, const OvsdbTableSchema *here, const OvsdbTableSchema *there)
{
  gboolean first = TRUE;

  g_string_append (to, "{\"columns\":[");
  for (guint i = OVSDB_N_STANDARD; i < here->n_columns; i++)
    {
      const OvsdbColumn *column = here->columns[i], *other = ovsdb_table_schema_column (there, column->name);
      if (!other || !same_shape (&column->type, &other->type))
        continue;
      g_string_append_printf (to, "%s\"%s\"", first ? "" : ",", column->name);
      first = FALSE;
    }
  g_string_append (to, "]}");
}

static gboolean
is_wanted (const char *name, const char *const *tables)
{
  return !tables || g_strv_contains (tables, name);
}

void
ovsdb_replica_append_requests (GString *to, const OvsdbSchema *here, const OvsdbSchema *there,
                               const char *const *tables)
{
  gboolean first = TRUE;

  g_string_append_c (to, '{');
  for (guint i = 0; i < here->n_tables; i++)
    {
      const OvsdbTableSchema *table = here->tables[i], *other = ovsdb_schema_table (there, table->name);
      if (!other || !is_wanted (table->name, tables))
        continue;
      g_string_append_printf (to, "%s\"%s\":", first ? "" : ",", table->name);
      append_columns (to, table, other);
      first = FALSE;
    }
  g_string_append_c (to, '}');
}

/* ---- applying ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  OvsdbTxn *txn;
  GHashTable *mentioned; /* rows; looked up only */
  GError **error;
} Applying;

static gboolean
refuse (Applying *applying, const char *what, const char *where)
{
  g_set_error (applying->error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "an update is of no use: %s \"%s\"", what,
               where);
  return FALSE;
}

static gboolean
set_column (Applying *applying, OvsdbRow *row, const OvsdbJson *member)
{
  const OvsdbColumn *column = ovsdb_table_schema_column (row->table->schema, member->key);
  OvsdbType type;
  OvsdbDatum datum;

  if (!column)
    return refuse (applying, "unknown column", member->key);
  if (column->index == OVSDB_COLUMN_UUID)
    return TRUE;
  type = ovsdb_type_unconstrained (&column->type);
  if (type.n_max > 1)
    type.n_max = OVSDB_UNLIMITED;
  if (!ovsdb_datum_parse (member, &type, NULL, &datum, applying->error))
    {
      g_prefix_error (applying->error, "an update is of no use: column \"%s\": ", column->name);
      return FALSE;
    }
  if (ovsdb_datum_equal (&row->column[column->index], &datum, &column->type))
    ovsdb_datum_clear (&datum, &column->type);
  else
    ovsdb_txn_set (applying->txn, row, column->index, datum);
  return TRUE;
}

/* A row update has "new", "old" or both (RFC 7047 §4.1.6). */
static gboolean
apply_row (Applying *applying, OvsdbTable *table, const OvsdbJson *member)
{
  const OvsdbJson *now = ovsdb_json_member (member, "new");
  OvsdbUuid uuid;
  OvsdbRow *row;

  if (member->kind != OVSDB_JSON_OBJECT || !ovsdb_uuid_from_text (member->key, &uuid)
      || (now && now->kind != OVSDB_JSON_OBJECT))
    return refuse (applying, "row", member->key);
  row = ovsdb_table_find (table, &uuid);
  if (row && row->dead)
    return refuse (applying, "row mentioned twice", member->key);
  if (!now)
    {
      if (row)
        ovsdb_txn_delete (applying->txn, row);
      return TRUE;
    }
  if (!row)
    row = ovsdb_txn_insert (applying->txn, table, &uuid);
  if (applying->mentioned)
    g_hash_table_add (applying->mentioned, row);
  for (const OvsdbJson *column = now->first; column; column = column->next)
    if (!set_column (applying, row, column))
      return FALSE;
  return TRUE;
}

static gboolean
apply_tables (Applying *applying, const OvsdbJson *updates)
{
  if (!ovsdb_json_is (updates, OVSDB_JSON_OBJECT))
    return refuse (applying, "not an object", "table-updates");
  for (const OvsdbJson *member = updates->first; member; member = member->next)
    {
      OvsdbTable *table = ovsdb_database_table (applying->txn->db, member->key);
      if (!table || member->kind != OVSDB_JSON_OBJECT)
        return refuse (applying, "table", member->key);
      for (const OvsdbJson *row = member->first; row; row = row->next)
        if (!apply_row (applying, table, row))
          return FALSE;
    }
  return TRUE;
}

static void
delete_unmentioned (Applying *applying)
{
  OvsdbDatabase *replica = applying->txn->db;

  for (guint i = 0; i < replica->schema->n_tables; i++)
    for (OvsdbRow *row = replica->tables[i]->first; row; row = row->next)
      if (!row->dead && !g_hash_table_contains (applying->mentioned, row))
        ovsdb_txn_delete (applying->txn, row);
}

gboolean
ovsdb_replica_update (OvsdbDatabase *replica, const OvsdbJson *updates, gboolean complete, GError **error)
{
  g_autoptr (GHashTable) mentioned = complete ? g_hash_table_new (NULL, NULL) : NULL;
  Applying applying = { ovsdb_txn_begin (replica), mentioned, error };

  if (!apply_tables (&applying, updates))
    {
      ovsdb_txn_abort (applying.txn);
      return FALSE;
    }
  if (complete)
    delete_unmentioned (&applying);
  return ovsdb_txn_commit (applying.txn, error);
}

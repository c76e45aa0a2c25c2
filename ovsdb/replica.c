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
  OvsdbReplicaForm form;
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

/* A server may constrain values in another way than is known here; their shape must be the same. */
static OvsdbType
shape_of (const OvsdbColumn *column)
{
  OvsdbType type = ovsdb_type_unconstrained (&column->type);

  if (type.n_max > 1)
    type.n_max = OVSDB_UNLIMITED;
  return type;
}

static gboolean
set_column (Applying *applying, OvsdbRow *row, const OvsdbJson *member, gboolean is_difference)
{
  const OvsdbColumn *column = ovsdb_table_schema_column (row->table->schema, member->key);
  OvsdbType type;
  OvsdbDatum datum;

  if (!column)
    return refuse (applying, "unknown column", member->key);
  if (column->index == OVSDB_COLUMN_UUID)
    return TRUE;
  type = shape_of (column);
  if (!(is_difference ? ovsdb_datum_parse_difference (member, &row->column[column->index], &type, &datum,
                                                      applying->error)
                      : ovsdb_datum_parse (member, &type, NULL, &datum, applying->error)))
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

/* Columns that "initial" and "insert" leave out have their default. */
static void
reset_columns (Applying *applying, OvsdbRow *row, const OvsdbJson *columns)
{
  const OvsdbTableSchema *schema = row->table->schema;

  for (guint i = OVSDB_N_STANDARD; i < schema->n_columns; i++)
    {
      const OvsdbType *type = &schema->columns[i]->type;
      OvsdbDatum plain;
      if (ovsdb_json_member (columns, schema->columns[i]->name))
        continue;
      plain = ovsdb_datum_default (type);
      if (ovsdb_datum_equal (&row->column[i], &plain, type))
        ovsdb_datum_clear (&plain, type);
      else
        ovsdb_txn_set (applying->txn, row, i, plain);
    }
}

/* What is to become of a row. */
typedef struct
{
  const OvsdbJson *columns; /* an object; NULL: the row goes */
  gboolean whole;           /* columns that are not there have their default */
  gboolean differences;     /* the row is there, and they say what changes */
} RowUpdate;

/* "new", "old" or both (RFC 7047 §4.1.6); or one of "initial", "insert", "modify" and "delete". */
static gboolean
read_row_update (const Applying *applying, const OvsdbJson *json, RowUpdate *update)
{
  const OvsdbJson *whole = ovsdb_json_member (json, "initial"), *modify = ovsdb_json_member (json, "modify");

  *update = (RowUpdate){ .columns = ovsdb_json_member (json, "new") };
  if (json->kind != OVSDB_JSON_OBJECT)
    return FALSE;
  if (applying->form == OVSDB_REPLICA_DIFFERENCES)
    {
      if (!whole)
        whole = ovsdb_json_member (json, "insert");
      *update = (RowUpdate){ whole ? whole : modify, whole != NULL, !whole && modify };
      if (!update->columns && !ovsdb_json_member (json, "delete"))
        return FALSE;
    }
  return !update->columns || update->columns->kind == OVSDB_JSON_OBJECT;
}

static gboolean
apply_row (Applying *applying, OvsdbTable *table, const OvsdbJson *member)
{
  RowUpdate update;
  OvsdbUuid uuid;
  OvsdbRow *row;

  if (!ovsdb_uuid_from_text (member->key, &uuid) || !read_row_update (applying, member, &update))
    return refuse (applying, "row", member->key);
  row = ovsdb_table_find (table, &uuid);
  if (row && row->dead)
    return refuse (applying, "row mentioned twice", member->key);
  if (!update.columns)
    {
      if (row)
        ovsdb_txn_delete (applying->txn, row);
      return TRUE;
    }
  if (!row && update.differences)
    return refuse (applying, "a row that is not here is modified:", member->key);
  if (!row)
    row = ovsdb_txn_insert (applying->txn, table, &uuid);
  else if (update.whole)
    reset_columns (applying, row, update.columns);
  if (applying->mentioned)
    g_hash_table_add (applying->mentioned, row);
  for (const OvsdbJson *column = update.columns->first; column; column = column->next)
    if (!set_column (applying, row, column, update.differences))
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
ovsdb_replica_update (OvsdbDatabase *replica, const OvsdbJson *updates, OvsdbReplicaForm form,
                      gboolean complete, GError **error)
{
  g_autoptr (GHashTable) mentioned = complete ? g_hash_table_new (NULL, NULL) : NULL;
  Applying applying = { ovsdb_txn_begin (replica), form, mentioned, error };

  if (!apply_tables (&applying, updates))
    {
      ovsdb_txn_abort (applying.txn);
      return FALSE;
    }
  if (complete)
    delete_unmentioned (&applying);
  return ovsdb_txn_commit (applying.txn, error);
}

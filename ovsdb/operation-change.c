/* The operations that change rows: insert, update, mutate, delete (RFC 7047 §5.2.1, §5.2.3 to §5.2.5). */
#include "ovsdb/mutation.h"
#include "ovsdb/operation.h"
#include "ovsdb/put.h"

static void
append_count (OvsdbExecution *x, guint count)
{
  OVSDB_PUT (x->reply, "{\"count\":");
  ovsdb_json_append_integer (x->reply, count);
  g_string_append_c (x->reply, '}');
}

/* ---- insert -------------------------------------------------------------------------------------------------- */

/* The caller's choice of a uuid, else a new one; a name given to it must be new. */
static gboolean
choose_uuid (OvsdbExecution *x, OvsdbTable *table, OvsdbUuid *uuid, GError **error)
{
  const OvsdbJson *name = ovsdb_members_may (&x->members, "uuid-name", OVSDB_ANY_STRING),
                  *given = ovsdb_members_may (&x->members, "uuid", OVSDB_ANY_STRING);
  OvsdbSymbol *symbol;

  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  if ((name && !ovsdb_is_id (name->text)) || (given && !ovsdb_uuid_from_text (given->text, uuid)))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX,
                   "\"uuid-name\" must be letters, digits and '_', and \"uuid\" a UUID's text");
      return FALSE;
    }
  if (given && ovsdb_table_find (table, uuid))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_DUPLICATE_UUID,
                   "table \"%s\" has a row %s already, or had one before this transaction",
                   table->schema->name, given->text);
      return FALSE;
    }
  if (!name)
    {
      *uuid = given ? *uuid : ovsdb_database_new_uuid (x->txn->db);
      return TRUE;
    }
  symbol = ovsdb_symbols_get (&x->symbols, name->text);
  if (symbol->created)
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_DUPLICATE_UUID_NAME, "\"%s\" names an earlier insert",
                   name->text);
      return FALSE;
    }
  symbol->created = TRUE;
  if (given)
    symbol->uuid = *uuid;
  *uuid = symbol->uuid;
  return TRUE;
}

/* Values that were left to their default may break a constraint too. */
static gboolean
check_row (const OvsdbRow *row, GError **error)
{
  for (guint i = OVSDB_N_STANDARD; i < row->table->schema->n_columns; i++)
    {
      const OvsdbColumn *column = row->table->schema->columns[i];
      if (!ovsdb_datum_check (&row->column[i], &column->type, error))
        {
          g_prefix_error (error, "column \"%s\": ", column->name);
          return FALSE;
        }
    }
  return TRUE;
}

static void
set_values (OvsdbTxn *txn, OvsdbRow *row, const OvsdbRowValues *values)
{
  for (guint i = 0; i < values->n; i++)
    {
      const OvsdbColumnValue *value = &values->values[i];
      if (value->column >= OVSDB_N_STANDARD)
        ovsdb_txn_set (txn, row, value->column,
                       ovsdb_datum_copy (&value->datum, &values->table->columns[value->column]->type));
    }
}

gboolean
ovsdb_operation_insert (OvsdbExecution *x, GError **error)
{
  OvsdbTable *table = ovsdb_operation_table (x, error);
  g_autoptr (OvsdbRowValues) values = NULL;
  const OvsdbJson *row_json;
  OvsdbUuid uuid;
  OvsdbRow *row;
  OvsdbAtom atom;

  if (!table || !choose_uuid (x, table, &uuid, error))
    return FALSE;
  row_json = ovsdb_members_need (&x->members, "row", OVSDB_ANY_OBJECT);
  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  values = ovsdb_row_values_parse (table->schema, row_json, &x->symbols, error);
  if (!values)
    return FALSE;
  row = ovsdb_txn_insert (x->txn, table, &uuid);
  set_values (x->txn, row, values);
  if (!check_row (row, error))
    return FALSE;
  atom.uuid = uuid;
  OVSDB_PUT (x->reply, "{\"uuid\":");
  ovsdb_atom_append (x->reply, &atom, OVSDB_UUID);
  g_string_append_c (x->reply, '}');
  return TRUE;
}

/* ---- update -------------------------------------------------------------------------------------------------- */

static gboolean
check_mutable (const OvsdbRowValues *values, GError **error)
{
  for (guint i = 0; i < values->n; i++)
    {
      const OvsdbColumn *column = values->table->columns[values->values[i].column];
      if (column->immutable)
        {
          g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_CONSTRAINT,
                       "column \"%s\" of table \"%s\" is immutable", column->name, values->table->name);
          return FALSE;
        }
    }
  return TRUE;
}

static guint64
count_elements (const OvsdbRowValues *values)
{
  guint64 n = 1;

  for (guint i = 0; i < values->n; i++)
    n += values->values[i].datum.n;
  return n;
}

gboolean
ovsdb_operation_update (OvsdbExecution *x, GError **error)
{
  OvsdbTable *table = ovsdb_operation_table (x, error);
  g_autoptr (OvsdbRowValues) values = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const OvsdbJson *row_json;

  if (!table)
    return FALSE;
  row_json = ovsdb_members_need (&x->members, "row", OVSDB_ANY_OBJECT);
  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  values = ovsdb_row_values_parse (table->schema, row_json, &x->symbols, error);
  if (!values || !check_mutable (values, error))
    return FALSE;
  rows = ovsdb_operation_where (x, table, error);
  if (!rows || !ovsdb_operation_charge (x, rows->len * count_elements (values), error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    set_values (x->txn, g_ptr_array_index (rows, i), values);
  append_count (x, rows->len);
  return TRUE;
}

/* ---- mutate -------------------------------------------------------------------------------------------------- */

static gboolean
mutate_row (OvsdbExecution *x, OvsdbRow *row, const OvsdbMutations *mutations, GError **error)
{
  for (guint i = 0; i < ovsdb_mutations_count (mutations); i++)
    {
      guint column;
      OvsdbDatum datum;
      if (!ovsdb_operation_charge (x, ovsdb_mutation_cost (mutations, i, row), error)
          || !ovsdb_mutation_apply (mutations, i, row, &column, &datum, error))
        return FALSE;
      ovsdb_txn_set (x->txn, row, column, datum);
    }
  return TRUE;
}

gboolean
ovsdb_operation_mutate (OvsdbExecution *x, GError **error)
{
  OvsdbTable *table = ovsdb_operation_table (x, error);
  g_autoptr (OvsdbMutations) mutations = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const OvsdbJson *json;

  if (!table)
    return FALSE;
  json = ovsdb_members_need (&x->members, "mutations", OVSDB_ANY_ARRAY);
  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  mutations = ovsdb_mutations_parse (table->schema, json, &x->symbols, error);
  rows = mutations ? ovsdb_operation_where (x, table, error) : NULL;
  if (!rows)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!mutate_row (x, g_ptr_array_index (rows, i), mutations, error))
      return FALSE;
  append_count (x, rows->len);
  return TRUE;
}

/* ---- delete -------------------------------------------------------------------------------------------------- */

gboolean
ovsdb_operation_delete (OvsdbExecution *x, GError **error)
{
  OvsdbTable *table = ovsdb_operation_table (x, error);
  g_autoptr (GPtrArray) rows = table ? ovsdb_operation_where (x, table, error) : NULL;

  if (!rows)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    ovsdb_txn_delete (x->txn, g_ptr_array_index (rows, i));
  append_count (x, rows->len);
  return TRUE;
}

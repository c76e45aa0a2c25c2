/* Members that several operations have. */
#include "ovsdb/operation.h"

gboolean
ovsdb_operation_members_fine (OvsdbExecution *x, GError **error)
{
  if (!x->members.error)
    return TRUE;
  g_propagate_error (error, g_error_copy (x->members.error));
  return FALSE;
}

gboolean
ovsdb_operation_charge (OvsdbExecution *x, guint64 work, GError **error)
{
  const OvsdbQuota *quota = x->request->quota;

  x->request->work += work;
  if (!quota || !quota->max_work || x->request->work <= quota->max_work)
    return TRUE;
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_RESOURCES,
               "the transaction looks at more rows and elements than this server allows: %" G_GUINT64_FORMAT,
               quota->max_work);
  return FALSE;
}

gboolean
ovsdb_operation_reply_fits (OvsdbExecution *x, GError **error)
{
  const OvsdbQuota *quota = x->request->quota;

  if (!quota || !quota->max_reply_bytes || x->reply->len <= quota->max_reply_bytes)
    return TRUE;
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_RESOURCES,
               "the results have more than the %zu bytes that this server allows", quota->max_reply_bytes);
  return FALSE;
}

OvsdbTable *
ovsdb_operation_table (OvsdbExecution *x, GError **error)
{
  const OvsdbJson *name = ovsdb_members_need (&x->members, "table", OVSDB_ANY_STRING);
  OvsdbTable *table;

  if (!name)
    {
      ovsdb_operation_members_fine (x, error);
      return NULL;
    }
  table = ovsdb_database_table (x->txn->db, name->text);
  if (!table)
    g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "there is no table \"%s\"", name->text);
  return table;
}

GPtrArray *
ovsdb_operation_where (OvsdbExecution *x, OvsdbTable *table, GError **error)
{
  const OvsdbJson *where = ovsdb_members_need (&x->members, "where", OVSDB_ANY_ARRAY);
  g_autoptr (OvsdbCondition) condition = NULL;

  if (!ovsdb_operation_members_fine (x, error))
    return NULL;
  condition = ovsdb_condition_parse (table->schema, where, &x->symbols, error);
  if (!condition || !ovsdb_operation_charge (x, ovsdb_condition_cost (condition, table), error))
    return NULL;
  return ovsdb_condition_select (condition, table);
}

static gboolean
add_column (GArray *columns, const OvsdbTableSchema *table, const OvsdbJson *name, GError **error)
{
  const OvsdbColumn *column
      = name->kind == OVSDB_JSON_STRING ? ovsdb_table_schema_column (table, name->text) : NULL;
  gboolean repeated = FALSE;

  for (guint i = 0; column && i < columns->len; i++)
    repeated |= g_array_index (columns, guint, i) == column->index;
  if (!column || repeated)
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX,
                   "\"columns\" must be an array of distinct names of columns of table \"%s\"", table->name);
      return FALSE;
    }
  g_array_append_val (columns, column->index);
  return TRUE;
}

GArray *
ovsdb_operation_columns (OvsdbExecution *x, OvsdbTable *table, GError **error)
{
  const OvsdbJson *names = ovsdb_members_may (&x->members, "columns", OVSDB_ANY_ARRAY);
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (guint));

  if (!ovsdb_operation_members_fine (x, error))
    return NULL;
  for (guint i = 0; !names && i < table->schema->n_columns; i++)
    g_array_append_val (columns, i);
  for (const OvsdbJson *name = names ? names->first : NULL; name; name = name->next)
    if (!add_column (columns, table->schema, name, error))
      return NULL;
  return g_steal_pointer (&columns);
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

OvsdbRowValues *
ovsdb_row_values_parse (const OvsdbTableSchema *table, const OvsdbJson *json, OvsdbSymbols *symbols,
                        GError **error)
{
  g_autoptr (OvsdbRowValues) values = g_new0 (OvsdbRowValues, 1);

  values->table = table;
  if (!ovsdb_json_is (json, OVSDB_JSON_OBJECT))
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "a row must be a JSON object");
      return NULL;
    }
  values->values = g_new (OvsdbColumnValue, json->n + 1);
  for (const OvsdbJson *member = json->first; member; member = member->next)
    {
      const OvsdbColumn *column = ovsdb_table_schema_column (table, member->key);
      OvsdbColumnValue *value = &values->values[values->n];
      if (!column)
        {
          g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_UNKNOWN_COLUMN, "table \"%s\" has no column \"%s\"",
                       table->name, member->key);
          return NULL;
        }
      if (!ovsdb_datum_parse (member, &column->type, symbols, &value->datum, error))
        {
          g_prefix_error (error, "column \"%s\": ", column->name);
          return NULL;
        }
      value->column = column->index;
      values->n++;
    }
  return g_steal_pointer (&values);
}

void
ovsdb_row_values_free (OvsdbRowValues *values)
{
  if (!values)
    return;
  for (guint i = 0; i < values->n; i++)
    ovsdb_datum_clear (&values->values[i].datum, &values->table->columns[values->values[i].column]->type);
  g_free (values->values);
  g_free (values);
}

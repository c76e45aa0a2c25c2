/* The operations that only look: select and wait (RFC 7047 §5.2.2, §5.2.6). */
#include "ovsdb/operation.h"

#include <string.h>

/* ---- select -------------------------------------------------------------------------------------------------- */

typedef struct
{
  const OvsdbRow *row;
  const GArray *columns;
} Shown;

static gboolean
looks_like (gconstpointer item, gconstpointer key)
{
  const Shown *shown = key;

  for (guint i = 0; i < shown->columns->len; i++)
    if (ovsdb_row_differs (item, shown->row, g_array_index (shown->columns, guint, i)))
      return FALSE;
  return TRUE;
}

static gboolean
has_uuid (const GArray *columns)
{
  for (guint i = 0; i < columns->len; i++)
    if (g_array_index (columns, guint, i) < OVSDB_N_STANDARD)
      return TRUE;
  return FALSE;
}

/* Rows that agree in all columns shown are shown once. */
static void
drop_repeated (GPtrArray *rows, const GArray *columns, guint64 hash_key)
{
  OvsdbHash seen = { 0 };
  guint n = 0;

  if (has_uuid (columns))
    return;
  for (guint i = 0; i < rows->len; i++)
    {
      OvsdbRow *row = g_ptr_array_index (rows, i);
      Shown shown = { row, columns };
      guint32 hash = 0;
      for (guint c = 0; c < columns->len; c++)
        {
          guint column = g_array_index (columns, guint, c);
          hash = hash * 31
                 + ovsdb_datum_hash (&row->column[column], &row->table->schema->columns[column]->type,
                                     hash_key);
        }
      if (ovsdb_hash_find (&seen, hash, looks_like, &shown))
        continue;
      ovsdb_hash_add (&seen, hash, row);
      rows->pdata[n++] = row;
    }
  g_ptr_array_set_size (rows, (gint) n);
  ovsdb_hash_clear (&seen);
}

gboolean
ovsdb_operation_select (OvsdbExecution *x, GError **error)
{
  OvsdbTable *table = ovsdb_operation_table (x, error);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GArray) columns = NULL;

  columns = table ? ovsdb_operation_columns (x, table, error) : NULL;
  rows = columns ? ovsdb_operation_where (x, table, error) : NULL;
  if (!rows)
    return FALSE;
  drop_repeated (rows, columns, table->db->hash_key);
  g_string_append (x->reply, "{\"rows\":[");
  for (guint i = 0; i < rows->len; i++)
    {
      g_string_append (x->reply, i ? ",{" : "{");
      for (guint c = 0; c < columns->len; c++)
        {
          if (c)
            g_string_append_c (x->reply, ',');
          ovsdb_row_append_column (x->reply, g_ptr_array_index (rows, i), g_array_index (columns, guint, c));
        }
      g_string_append_c (x->reply, '}');
      if (!ovsdb_operation_reply_fits (x, error))
        return FALSE;
    }
  g_string_append (x->reply, "]}");
  return TRUE;
}

/* ---- wait ---------------------------------------------------------------------------------------------------- */

/* What a row in "rows" costs, which may be no more than "{}" in the message. */
#define WORK_OF_EXPECTED_ROW 100u

static gint
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const OvsdbRow *row_a = *(const OvsdbRow *const *) a, *row_b = *(const OvsdbRow *const *) b;
  const GArray *columns = data;
  gint order = 0;

  for (guint i = 0; order == 0 && i < columns->len; i++)
    {
      guint c = g_array_index (columns, guint, i);
      order = ovsdb_datum_compare (&row_a->column[c], &row_b->column[c],
                                   &row_a->table->schema->columns[c]->type);
    }
  return order;
}

/* Sorts, and keeps one of those that agree in the columns. */
static void
make_set (GPtrArray *rows, GArray *columns)
{
  guint n = 0;

  g_ptr_array_sort_with_data (rows, compare_rows, columns);
  for (guint i = 0; i < rows->len; i++)
    if (n == 0 || compare_rows (&rows->pdata[n - 1], &rows->pdata[i], columns) != 0)
      {
        gpointer kept = rows->pdata[i];
        rows->pdata[i] = rows->pdata[n];
        rows->pdata[n++] = kept;
      }
  g_ptr_array_set_size (rows, (gint) n);
}

static gboolean
same_sets (GPtrArray *a, GPtrArray *b, GArray *columns)
{
  make_set (a, columns);
  make_set (b, columns);
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (compare_rows (&a->pdata[i], &b->pdata[i], columns) != 0)
      return FALSE;
  return TRUE;
}

static void
free_row (gpointer row)
{
  ovsdb_row_free (row);
}

/* "rows" as rows in no table: what is not mentioned has its default. */
static GPtrArray *
expected_rows (OvsdbExecution *x, OvsdbTable *table, const OvsdbJson *json, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  const OvsdbUuid none = { { 0 } };

  for (const OvsdbJson *element = json->first; element; element = element->next)
    {
      g_autoptr (OvsdbRowValues) values = ovsdb_row_values_parse (table->schema, element, &x->symbols, error);
      OvsdbRow *row;
      if (!values)
        return NULL;
      row = ovsdb_row_new (table, &none);
      g_ptr_array_add (rows, row);
      for (guint i = 0; i < values->n; i++)
        {
          guint c = values->values[i].column;
          const OvsdbType *type = &table->schema->columns[c]->type;
          ovsdb_datum_clear (&row->column[c], type);
          row->column[c] = ovsdb_datum_copy (&values->values[i].datum, type);
        }
    }
  return g_steal_pointer (&rows);
}

/* The rows do not hold what is waited for. */
static gboolean
wait_or_fail (OvsdbExecution *x, const OvsdbJson *timeout, GError **error)
{
  OvsdbRequest *request = x->request;
  gint64 limit = timeout ? timeout->integer : G_MAXINT64;

  if (!request->may_block || (timeout && request->waited_ms >= limit))
    {
      if (timeout && limit > 0)
        g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_TIMED_OUT,
                     "the rows waited for did not come within %" G_GINT64_FORMAT " ms", limit);
      else
        g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_TIMED_OUT, "the rows are not those waited for");
      return FALSE;
    }
  x->blocked = TRUE;
  request->timeout_ms = MIN (request->timeout_ms, limit);
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_TIMED_OUT, "waiting");
  return FALSE;
}

gboolean
ovsdb_operation_wait (OvsdbExecution *x, GError **error)
{
  OvsdbTable *table = ovsdb_operation_table (x, error);
  const OvsdbJson *timeout, *until, *rows_json;
  g_autoptr (GPtrArray) rows = NULL, expected = NULL;
  g_autoptr (GArray) columns = NULL;
  gboolean want_equal;

  if (!table)
    return FALSE;
  timeout = ovsdb_members_may (&x->members, "timeout", OVSDB_ANY_INTEGER);
  until = ovsdb_members_need (&x->members, "until", OVSDB_ANY_STRING);
  rows_json = ovsdb_members_need (&x->members, "rows", OVSDB_ANY_ARRAY);
  if (!ovsdb_operation_members_fine (x, error))
    return FALSE;
  want_equal = strcmp (until->text, "==") == 0;
  if (!want_equal && strcmp (until->text, "!=") != 0)
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "\"until\" must be \"==\" or \"!=\"");
      return FALSE;
    }
  columns = ovsdb_operation_columns (x, table, error);
  rows = columns ? ovsdb_operation_where (x, table, error) : NULL;
  if (!rows || !ovsdb_operation_charge (x, (guint64) rows_json->n * WORK_OF_EXPECTED_ROW, error))
    return FALSE;
  expected = expected_rows (x, table, rows_json, error);
  if (!expected)
    return FALSE;
  if (same_sets (rows, expected, columns) != want_equal)
    return wait_or_fail (x, timeout, error);
  g_string_append (x->reply, "{}");
  return TRUE;
}

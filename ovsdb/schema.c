/* Schema text to tables, columns and indexes; references resolved, mistakes named with their place. */
#include "ovsdb/value.h"

#include <string.h>

#define MAX_DEPTH 64u

/* ---- columns ------------------------------------------------------------------------------------------------- */

static void
column_free (OvsdbColumn *column)
{
  if (!column)
    return;
  ovsdb_type_clear (&column->type);
  g_free (column->name);
  g_free (column);
}

static OvsdbColumn *
column_new_standard (const char *name, guint index)
{
  OvsdbColumn *column = g_new0 (OvsdbColumn, 1);

  column->name = g_strdup (name);
  column->index = index;
  column->type = (OvsdbType){ .key = { .kind = OVSDB_UUID }, .n_min = 1, .n_max = 1 };
  column->immutable = TRUE;
  return column;
}

static OvsdbColumn *
column_parse (const OvsdbJson *json, GError **error)
{
  OvsdbColumn *column = g_new0 (OvsdbColumn, 1);
  OvsdbMembers members;
  const OvsdbJson *type, *is_mutable, *ephemeral;
  g_autofree char *what = g_strdup_printf ("column \"%s\"", json->key);

  ovsdb_members_begin (&members, json, what);
  type = ovsdb_members_need (&members, "type", OVSDB_ANY_STRING | OVSDB_ANY_OBJECT);
  is_mutable = ovsdb_members_may (&members, "mutable", OVSDB_ANY_BOOLEAN);
  ephemeral = ovsdb_members_may (&members, "ephemeral", OVSDB_ANY_BOOLEAN);
  column->name = g_strdup (json->key);
  column->immutable = is_mutable && is_mutable->kind == OVSDB_JSON_FALSE;
  column->ephemeral = ephemeral && ephemeral->kind == OVSDB_JSON_TRUE;
  if (ovsdb_members_end (&members, error))
    {
      if (*json->key == '_' || !ovsdb_is_id (json->key))
        ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "%s: not a name that a column may have", what);
      else if (ovsdb_type_parse (type, &column->type, error))
        return column;
      else
        g_prefix_error (error, "%s: ", what);
    }
  column_free (column);
  return NULL;
}

static gint
compare_columns (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(OvsdbColumn *const *) a)->name, (*(OvsdbColumn *const *) b)->name);
}

/* Drops NULLs' owner: frees what a failed parse gathered. */
static void
columns_free (OvsdbColumn **columns, guint n)
{
  for (guint i = 0; i < n; i++)
    column_free (columns[i]);
  g_free (columns);
}

/* Sorted by name behind the two standard ones. */
static gboolean
columns_parse (const OvsdbJson *json, OvsdbTableSchema *table, GError **error)
{
  guint n = OVSDB_N_STANDARD;
  OvsdbColumn **columns = g_new0 (OvsdbColumn *, n + json->n);

  columns[OVSDB_COLUMN_UUID] = column_new_standard ("_uuid", OVSDB_COLUMN_UUID);
  columns[OVSDB_COLUMN_VERSION] = column_new_standard ("_version", OVSDB_COLUMN_VERSION);
  for (const OvsdbJson *member = json->first; member; member = member->next)
    {
      columns[n] = column_parse (member, error);
      if (!columns[n])
        {
          columns_free (columns, n);
          return FALSE;
        }
      n++;
    }
  qsort (columns + OVSDB_N_STANDARD, n - OVSDB_N_STANDARD, sizeof columns[0], compare_columns);
  table->columns = columns;
  table->n_columns = n;
  for (guint i = 0; i < n; i++)
    {
      columns[i]->index = i;
      if (i > 0 && strcmp (columns[i]->name, columns[i - 1]->name) == 0)
        return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "column \"%s\" stands twice", columns[i]->name);
    }
  return TRUE;
}

/* ---- indexes ------------------------------------------------------------------------------------------------- */

static gboolean
index_parse (const OvsdbJson *json, const OvsdbTableSchema *table, OvsdbIndexSchema *index, GError **error)
{
  if (!ovsdb_json_is (json, OVSDB_JSON_ARRAY) || json->n == 0)
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "an index must be an array of at least one column name");
  index->columns = g_new0 (OvsdbColumn *, json->n);
  for (const OvsdbJson *name = json->first; name; name = name->next)
    {
      const OvsdbColumn *column
          = name->kind == OVSDB_JSON_STRING ? ovsdb_table_schema_column (table, name->text) : NULL;
      if (!column || column->index < OVSDB_N_STANDARD)
        return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "an index names a column that the table lacks: %s",
                             name->kind == OVSDB_JSON_STRING ? name->text : "(not a string)");
      if (column->ephemeral)
        return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX,
                             "column \"%s\" is ephemeral and cannot be in an index", column->name);
      index->columns[index->n_columns++] = table->columns[column->index];
    }
  qsort (index->columns, index->n_columns, sizeof index->columns[0], compare_columns);
  for (guint i = 1; i < index->n_columns; i++)
    if (index->columns[i] == index->columns[i - 1])
      return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "an index names column \"%s\" twice",
                           index->columns[i]->name);
  return TRUE;
}

static gboolean
indexes_parse (const OvsdbJson *json, OvsdbTableSchema *table, GError **error)
{
  if (!json)
    return TRUE;
  table->indexes = g_new0 (OvsdbIndexSchema, json->n);
  for (const OvsdbJson *index = json->first; index; index = index->next)
    if (!index_parse (index, table, &table->indexes[table->n_indexes++], error))
      return FALSE;
  return TRUE;
}

/* ---- tables -------------------------------------------------------------------------------------------------- */

static void
table_free (OvsdbTableSchema *table)
{
  if (!table)
    return;
  for (guint i = 0; i < table->n_indexes; i++)
    g_free (table->indexes[i].columns);
  g_free (table->indexes);
  columns_free (table->columns, table->n_columns);
  g_free (table->name);
  g_free (table);
}

static gboolean
table_fill (OvsdbTableSchema *table, const OvsdbJson *json, GError **error)
{
  OvsdbMembers members;
  const OvsdbJson *columns, *max_rows, *is_root, *indexes;

  ovsdb_members_begin (&members, json, "table");
  columns = ovsdb_members_need (&members, "columns", OVSDB_ANY_OBJECT);
  max_rows = ovsdb_members_may (&members, "maxRows", OVSDB_ANY_INTEGER);
  is_root = ovsdb_members_may (&members, "isRoot", OVSDB_ANY_BOOLEAN);
  indexes = ovsdb_members_may (&members, "indexes", OVSDB_ANY_ARRAY);
  if (!ovsdb_members_end (&members, error))
    return FALSE;
  if (*table->name == '_' || !ovsdb_is_id (table->name))
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "not a name that a table may have");
  if (max_rows && max_rows->integer < 1)
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "\"maxRows\" must be at least 1");
  if (columns->n == 0)
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "a table needs at least one column");
  table->max_rows = max_rows ? (guint) MIN (max_rows->integer, (gint64) OVSDB_UNLIMITED) : OVSDB_UNLIMITED;
  table->is_root = is_root && is_root->kind == OVSDB_JSON_TRUE;
  return columns_parse (columns, table, error) && indexes_parse (indexes, table, error);
}

static gint
compare_tables (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(OvsdbTableSchema *const *) a)->name, (*(OvsdbTableSchema *const *) b)->name);
}

static gboolean
tables_parse (OvsdbSchema *schema, const OvsdbJson *json, GError **error)
{
  schema->tables = g_new0 (OvsdbTableSchema *, json->n + 1);
  for (const OvsdbJson *member = json->first; member; member = member->next)
    {
      OvsdbTableSchema *table = g_new0 (OvsdbTableSchema, 1);
      schema->tables[schema->n_tables++] = table;
      table->schema = schema;
      table->name = g_strdup (member->key);
      if (!table_fill (table, member, error))
        {
          g_prefix_error (error, "table \"%s\": ", member->key);
          return FALSE;
        }
    }
  qsort (schema->tables, schema->n_tables, sizeof schema->tables[0], compare_tables);
  for (guint i = 0; i < schema->n_tables; i++)
    {
      schema->tables[i]->index = i;
      if (i > 0 && strcmp (schema->tables[i]->name, schema->tables[i - 1]->name) == 0)
        return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "table \"%s\" stands twice", schema->tables[i]->name);
    }
  return TRUE;
}

/* ---- what concerns the whole ----------------------------------------------------------------------------------- */

static gboolean
resolve_base (OvsdbSchema *schema, OvsdbBaseType *base, GError **error)
{
  if (!base->ref_table)
    return TRUE;
  base->ref = (OvsdbTableSchema *) ovsdb_schema_table (schema, base->ref_table);
  return base->ref
         || ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "it refers to table \"%s\", which does not exist",
                          base->ref_table);
}

static gboolean
is_strong (const OvsdbBaseType *base)
{
  return ovsdb_base_is_reference (base) && !base->weak;
}

static gboolean
resolve_table (OvsdbSchema *schema, OvsdbTableSchema *table, GError **error)
{
  for (guint i = OVSDB_N_STANDARD; i < table->n_columns; i++)
    {
      OvsdbColumn *column = table->columns[i];
      if (!resolve_base (schema, &column->type.key, error)
          || !resolve_base (schema, &column->type.value, error))
        {
          g_prefix_error (error, "table \"%s\": column \"%s\": ", table->name, column->name);
          return FALSE;
        }
      /* A column that keeps rows alive must be stored with them. */
      if (is_strong (&column->type.key) || is_strong (&column->type.value))
        column->ephemeral = FALSE;
    }
  return TRUE;
}

static gboolean
resolve (OvsdbSchema *schema, GError **error)
{
  gboolean any_root = FALSE;

  for (guint i = 0; i < schema->n_tables; i++)
    {
      any_root |= schema->tables[i]->is_root;
      if (!resolve_table (schema, schema->tables[i], error))
        return FALSE;
    }
  /* A schema of before root sets: every table is one (RFC 7047 §3.2). */
  for (guint i = 0; !any_root && i < schema->n_tables; i++)
    schema->tables[i]->is_root = TRUE;
  return TRUE;
}

/* "x.y.z" of decimal digits. */
static gboolean
is_version (const char *text)
{
  for (int part = 0; part < 3; part++)
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;
      while (g_ascii_isdigit (*text))
        text++;
      if (*text != (part < 2 ? '.' : '\0'))
        return FALSE;
      text++;
    }
  return TRUE;
}

static gboolean
schema_fill (OvsdbSchema *schema, const OvsdbJson *json, GError **error)
{
  OvsdbMembers members;
  const OvsdbJson *name, *version, *cksum, *tables;

  ovsdb_members_begin (&members, json, "a schema");
  name = ovsdb_members_need (&members, "name", OVSDB_ANY_STRING);
  version = ovsdb_members_may (&members, "version", OVSDB_ANY_STRING);
  cksum = ovsdb_members_may (&members, "cksum", OVSDB_ANY_STRING);
  tables = ovsdb_members_need (&members, "tables", OVSDB_ANY_OBJECT);
  ovsdb_members_may (&members, "$schema", OVSDB_ANY_VALUE);
  if (!ovsdb_members_end (&members, error))
    return FALSE;
  if (!ovsdb_is_id (name->text))
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "\"%s\" is not a name that a database may have",
                         name->text);
  if (version && !is_version (version->text))
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "schema version \"%s\" is not of the form x.y.z",
                         version->text);
  schema->name = g_strdup (name->text);
  schema->version = g_strdup (version ? version->text : "");
  schema->cksum = cksum ? g_strdup (cksum->text) : NULL;
  return tables_parse (schema, tables, error) && resolve (schema, error);
}

OvsdbSchema *
ovsdb_schema_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  g_autoptr (OvsdbSchema) schema = g_new0 (OvsdbSchema, 1);
  g_autoptr (GString) canonical = g_string_new (NULL);
  const OvsdbJson *json = ovsdb_json_parse (arena, text, length, MAX_DEPTH, error);

  schema->ref_count = 1;
  if (!json || !schema_fill (schema, json, error))
    return NULL;
  ovsdb_json_append (canonical, json);
  schema->json = g_strdup (canonical->str);
  return g_steal_pointer (&schema);
}

OvsdbSchema *
ovsdb_schema_ref (OvsdbSchema *schema)
{
  g_atomic_int_inc (&schema->ref_count);
  return schema;
}

void
ovsdb_schema_unref (OvsdbSchema *schema)
{
  if (!schema || !g_atomic_int_dec_and_test (&schema->ref_count))
    return;
  for (guint i = 0; i < schema->n_tables; i++)
    table_free (schema->tables[i]);
  g_free (schema->tables);
  g_free (schema->name);
  g_free (schema->version);
  g_free (schema->cksum);
  g_free (schema->json);
  g_free (schema);
}

/* ---- looking up ---------------------------------------------------------------------------------------------- */

const OvsdbTableSchema *
ovsdb_schema_table (const OvsdbSchema *schema, const char *name)
{
  guint low = 0, high = schema->n_tables;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      gint order = strcmp (name, schema->tables[middle]->name);
      if (order == 0)
        return schema->tables[middle];
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

const OvsdbColumn *
ovsdb_table_schema_column (const OvsdbTableSchema *table, const char *name)
{
  guint low = OVSDB_N_STANDARD, high = table->n_columns;

  for (guint i = 0; *name == '_' && i < OVSDB_N_STANDARD; i++)
    if (strcmp (name, table->columns[i]->name) == 0)
      return table->columns[i];
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      gint order = strcmp (name, table->columns[middle]->name);
      if (order == 0)
        return table->columns[middle];
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

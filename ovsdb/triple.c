/* A column, a word, a value. */
#include "ovsdb/triple.h"

#include <string.h>

gboolean
ovsdb_triple_parse (const OvsdbTableSchema *table, const OvsdbJson *json, const char *form,
                    OvsdbTriple *triple, GError **error)
{
  const OvsdbJson *column = ovsdb_json_at (json, 0), *word = ovsdb_json_at (json, 1),
                  *value = ovsdb_json_at (json, 2);

  if (!value || json->n != 3 || column->kind != OVSDB_JSON_STRING || word->kind != OVSDB_JSON_STRING)
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "%s", form);
  *triple = (OvsdbTriple){ ovsdb_table_schema_column (table, column->text), word->text, value };
  return triple->column
         || ovsdb_refuse (error, OVSDB_ERROR_UNKNOWN_COLUMN, "table \"%s\" has no column \"%s\"", table->name,
                          column->text);
}

gint
ovsdb_triple_find (const OvsdbTriple *triple, const char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (triple->word, words[i]) == 0)
      return (gint) i;
  return -1;
}

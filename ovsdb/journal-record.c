/* Records of the journal: transactions as JSON, {"_date": …, "_is_diff": true, "<table>": {"<uuid>": {"<column>": …}}};
 * null in the place of a row says that it was deleted. */
#include "ovsdb/journal-record.h"
#include "ovsdb/put.h"
#include "ovsdb/txn.h"

#include <string.h>

/* ---- writing ------------------------------------------------------------------------------------------------- */

static gboolean
is_default (const OvsdbDatum *datum, const OvsdbType *type)
{
  OvsdbDatum plain = ovsdb_datum_default (type);
  gboolean same = ovsdb_datum_equal (datum, &plain, type);

  ovsdb_datum_clear (&plain, type);
  return same;
}

/* What leads from the value of before to the one of now: of a large set or map, little. */
static void
append_difference (GString *to, const OvsdbRow *row, const OvsdbRow *before, guint i)
{
  const OvsdbColumn *column = row->table->schema->columns[i];
  OvsdbDatum diff = ovsdb_datum_diff (&before->column[i], &row->column[i], &column->type);

  ovsdb_put_member (to, column->name);
  ovsdb_datum_append (to, &diff, &column->type);
  ovsdb_datum_clear (&diff, &column->type);
}

/* "uuid": {…}, with what makes it of `before`, or else the columns that do not have their defaults.  FALSE: nothing
 * does. */
static gboolean
append_row (GString *to, const OvsdbRow *row, const OvsdbRow *before)
{
  const OvsdbTableSchema *schema = row->table->schema;
  gsize length = to->len;
  guint n = 0;

  OVSDB_PUT (to, "\"");
  ovsdb_put_uuid (to, ovsdb_row_id (row));
  OVSDB_PUT (to, "\":{");
  for (guint i = OVSDB_N_STANDARD; i < schema->n_columns; i++)
    {
      const OvsdbColumn *column = schema->columns[i];
      if (column->ephemeral
          || !(before ? ovsdb_row_differs (before, row, i) : !is_default (&row->column[i], &column->type)))
        continue;
      if (n++)
        g_string_append_c (to, ',');
      if (before)
        append_difference (to, row, before, i);
      else
        ovsdb_row_append_column (to, row, i);
    }
  g_string_append_c (to, '}');
  if (n == 0 && before)
    g_string_truncate (to, length);
  return n > 0 || !before;
}

void
ovsdb_record_append_row (GString *to, const OvsdbRow *row)
{
  append_row (to, row, NULL);
}

void
ovsdb_record_begin (GString *to, OvsdbDatabase *db, const char *comment)
{
  OVSDB_PUT (to, "{\"_date\":");
  ovsdb_json_append_integer (to, net_world_date (db->world) / NET_MSEC);
  if (comment)
    {
      OVSDB_PUT (to, ",\"_comment\":");
      ovsdb_json_append_text (to, comment, strlen (comment));
    }
}

static gboolean
append_change (GString *to, const OvsdbChange *change)
{
  if (change->after)
    return append_row (to, change->after, change->before);
  OVSDB_PUT (to, "\"");
  ovsdb_put_uuid (to, &change->uuid);
  OVSDB_PUT (to, "\":null");
  return TRUE;
}

/* The changes of one table. */
static gboolean
append_table (GString *to, const OvsdbTable *table, const OvsdbChange *changes, guint n_changes)
{
  gsize length = to->len, inner;
  gboolean any = FALSE;

  OVSDB_PUT (to, ",");
  ovsdb_put_member (to, table->schema->name);
  OVSDB_PUT (to, "{");
  for (guint i = 0; i < n_changes; i++)
    {
      inner = to->len;
      if (changes[i].table != table)
        continue;
      if (any)
        g_string_append_c (to, ',');
      if (append_change (to, &changes[i]))
        any = TRUE;
      else
        g_string_truncate (to, inner);
    }
  g_string_append_c (to, '}');
  if (!any)
    g_string_truncate (to, length);
  return any;
}

gboolean
ovsdb_record_append_changes (GString *to, OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes,
                             const char *comment)
{
  g_autofree gboolean *touched = g_new0 (gboolean, db->schema->n_tables + 1);
  gboolean any = FALSE;

  for (guint i = 0; i < n_changes; i++)
    touched[changes[i].table->schema->index] = TRUE;
  ovsdb_record_begin (to, db, comment);
  OVSDB_PUT (to, ",\"_is_diff\":true");
  for (guint i = 0; i < db->schema->n_tables; i++)
    if (touched[i])
      any |= append_table (to, db->tables[i], changes, n_changes);
  g_string_append_c (to, '}');
  return any;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static gboolean
replay_column (OvsdbTxn *txn, OvsdbRow *row, const OvsdbJson *member, gboolean is_diff, GError **error)
{
  const OvsdbTableSchema *schema = row->table->schema;
  const OvsdbColumn *column = ovsdb_table_schema_column (schema, member->key);
  OvsdbDatum datum;

  if (!column)
    return ovsdb_refuse (error, OVSDB_ERROR_IO, "table \"%s\" has no column \"%s\"", schema->name,
                         member->key);
  if (!(is_diff
            ? ovsdb_datum_parse_difference (member, &row->column[column->index], &column->type, &datum, error)
            : ovsdb_datum_parse (member, &column->type, NULL, &datum, error)))
    return FALSE;
  if (column->index < OVSDB_N_STANDARD || column->ephemeral)
    ovsdb_datum_clear (&datum, &column->type);
  else
    ovsdb_txn_set (txn, row, column->index, datum);
  return TRUE;
}

static gboolean
replay_row (OvsdbTxn *txn, OvsdbTable *table, const OvsdbJson *member, gboolean is_diff, GError **error)
{
  OvsdbUuid uuid;
  OvsdbRow *row;

  if (!ovsdb_uuid_from_text (member->key, &uuid))
    return ovsdb_refuse (error, OVSDB_ERROR_IO, "\"%s\" in table \"%s\" is not a UUID", member->key,
                         table->schema->name);
  row = ovsdb_table_find (table, &uuid);
  if (member->kind == OVSDB_JSON_NULL)
    {
      if (!row || row->dead)
        return ovsdb_refuse (error, OVSDB_ERROR_IO, "row %s to delete is not in table \"%s\"", member->key,
                             table->schema->name);
      ovsdb_txn_delete (txn, row);
      return TRUE;
    }
  if (member->kind != OVSDB_JSON_OBJECT || (row && row->dead))
    return ovsdb_refuse (error, OVSDB_ERROR_IO, "row %s of table \"%s\" is not an object, or was deleted",
                         member->key, table->schema->name);
  is_diff = is_diff && row;
  if (!row)
    row = ovsdb_txn_insert (txn, table, &uuid);
  for (const OvsdbJson *column = member->first; column; column = column->next)
    if (!replay_column (txn, row, column, is_diff, error))
      {
        g_prefix_error (error, "row %s of table \"%s\": ", member->key, table->schema->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
replay_tables (OvsdbTxn *txn, const OvsdbJson *record, GError **error)
{
  gboolean is_diff = ovsdb_json_is (ovsdb_json_member (record, "_is_diff"), OVSDB_JSON_TRUE);

  for (const OvsdbJson *member = record->first; member; member = member->next)
    {
      OvsdbTable *table = ovsdb_database_table (txn->db, member->key);
      if (*member->key == '_')
        continue;
      if (!table || member->kind != OVSDB_JSON_OBJECT)
        return ovsdb_refuse (error, OVSDB_ERROR_IO, "\"%s\" is not a table of the schema", member->key);
      for (const OvsdbJson *row = member->first; row; row = row->next)
        if (!replay_row (txn, table, row, is_diff, error))
          return FALSE;
    }
  return TRUE;
}

gboolean
ovsdb_record_replay (OvsdbDatabase *db, const OvsdbJson *record, GError **error)
{
  OvsdbTxn *txn;

  if (record->kind != OVSDB_JSON_OBJECT)
    return ovsdb_refuse (error, OVSDB_ERROR_IO, "a transaction must be a JSON object");
  txn = ovsdb_txn_begin (db);
  if (replay_tables (txn, record, error))
    return ovsdb_txn_commit (txn, error);
  ovsdb_txn_abort (txn);
  return FALSE;
}

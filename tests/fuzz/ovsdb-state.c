/* The rules of RFC 7047 §3.2 and §4, checked by reading all rows. */
#include "ovsdb-state.h"
#include "fuzz.h"

#include "ovsdb/store.h"

/* ---- dump -------------------------------------------------------------------------------------------------------- */

static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  return ovsdb_uuid_compare (ovsdb_row_uuid (*(OvsdbRow *const *) a),
                             ovsdb_row_uuid (*(OvsdbRow *const *) b));
}

static GPtrArray *
sorted_rows (const OvsdbTable *table)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    g_ptr_array_add (rows, (gpointer) row);
  g_ptr_array_sort (rows, compare_rows);
  return rows;
}

static void
dump_row (GString *to, const OvsdbRow *row, DumpWhat what)
{
  const OvsdbTableSchema *schema = row->table->schema;

  g_string_append_printf (to, "%s:", schema->name);
  for (guint i = 0; i < schema->n_columns; i++)
    if (what == DUMP_ALL || (i != OVSDB_COLUMN_VERSION && !schema->columns[i]->ephemeral))
      {
        g_string_append_c (to, ' ');
        ovsdb_row_append_column (to, row, i);
      }
  g_string_append_c (to, '\n');
}

char *
ovsdb_state_dump (OvsdbDatabase *db, DumpWhat what)
{
  GString *to = g_string_new (NULL);

  for (guint i = 0; i < db->schema->n_tables; i++)
    {
      g_autoptr (GPtrArray) rows = sorted_rows (db->tables[i]);
      for (guint j = 0; j < rows->len; j++)
        dump_row (to, g_ptr_array_index (rows, j), what);
    }
  return g_string_free (to, FALSE);
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

/* References of keys or of values. */
static void
check_references (const OvsdbRow *row, const OvsdbColumn *column, const OvsdbBaseType *base,
                  const OvsdbAtom *atoms, guint n, GHashTable *held)
{
  for (guint i = 0; ovsdb_base_is_reference (base) && i < n; i++)
    {
      const OvsdbRow *target
          = ovsdb_table_lookup (ovsdb_table_of (row->table->db, base->ref), &atoms[i].uuid);
      FUZZ_CHECK (target, "a reference in column \"%s\" of table \"%s\" leads to a row of table \"%s\"",
                  column->name, row->table->schema->name, base->ref->name);
      if (!base->weak && target != row)
        g_hash_table_add (held, (gpointer) target);
    }
}

static void
check_row (const OvsdbRow *row, GHashTable *held)
{
  const OvsdbTableSchema *schema = row->table->schema;

  for (guint i = OVSDB_N_STANDARD; i < schema->n_columns; i++)
    {
      const OvsdbColumn *column = schema->columns[i];
      const OvsdbDatum *datum = &row->column[i];
      g_autoptr (GError) error = NULL;
      FUZZ_CHECK (ovsdb_datum_check (datum, &column->type, &error),
                  "column \"%s\" of table \"%s\" is within its type: %s", column->name, schema->name,
                  error->message);
      for (guint j = 1; j < datum->n; j++)
        FUZZ_CHECK (ovsdb_atom_compare (&ovsdb_datum_keys (datum)[j - 1], &ovsdb_datum_keys (datum)[j],
                                        column->type.key.kind)
                        < 0,
                    "the elements of column \"%s\" are sorted, each once", column->name);
      check_references (row, column, &column->type.key, ovsdb_datum_keys (datum), datum->n, held);
      if (datum->is_map)
        check_references (row, column, &column->type.value, ovsdb_datum_values (datum), datum->n, held);
    }
}

static gboolean
equal_in (const OvsdbRow *a, const OvsdbRow *b, const OvsdbIndexSchema *index)
{
  for (guint i = 0; i < index->n_columns; i++)
    if (ovsdb_row_differs (a, b, index->columns[i]->index))
      return FALSE;
  return TRUE;
}

static void
check_index (const OvsdbTable *table, const OvsdbIndexSchema *index)
{
  for (const OvsdbRow *a = table->first; a; a = a->next)
    for (const OvsdbRow *b = a->next; b; b = b->next)
      FUZZ_CHECK (!equal_in (a, b, index), "no two rows of table \"%s\" are equal in an index",
                  table->schema->name);
}

static void
check_table (const OvsdbTable *table, GHashTable *held)
{
  guint n = 0;

  for (const OvsdbRow *row = table->first; row; row = row->next, n++)
    {
      FUZZ_CHECK (ovsdb_table_lookup (table, ovsdb_row_uuid (row)) == row, "a row is found by its uuid");
      check_row (row, held);
    }
  FUZZ_CHECK (n == ovsdb_table_n_rows (table), "table \"%s\" knows how many rows it has",
              table->schema->name);
  FUZZ_CHECK (n <= table->schema->max_rows, "table \"%s\" has no more rows than its schema allows",
              table->schema->name);
  for (guint i = 0; i < table->schema->n_indexes; i++)
    check_index (table, &table->schema->indexes[i]);
}

void
ovsdb_state_check (OvsdbDatabase *db)
{
  g_autoptr (GHashTable) held = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < db->schema->n_tables; i++)
    check_table (db->tables[i], held);
  for (guint i = 0; i < db->schema->n_tables; i++)
    for (const OvsdbRow *row = db->tables[i]->first; row; row = row->next)
      FUZZ_CHECK (db->schema->tables[i]->is_root || g_hash_table_contains (held, row),
                  "a row of table \"%s\" that nobody refers to is gone", db->schema->tables[i]->name);
}

void
ovsdb_state_check_stored (OvsdbDatabase *db, NetWorld *world, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OvsdbDatabase) read = ovsdb_database_open (db->schema, world, name, &error);
  g_autofree char *ours = NULL, *theirs = NULL;

  FUZZ_CHECK (read, "what was written can be read: %s", error->message);
  ours = ovsdb_state_dump (db, DUMP_STORED);
  theirs = ovsdb_state_dump (read, DUMP_STORED);
  FUZZ_CHECK (g_str_equal (ours, theirs), "a database comes back as it was:\n%s--- from its journal\n%s",
              ours, theirs);
  ovsdb_state_check (read);
}

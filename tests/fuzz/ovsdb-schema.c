/* Schema files: what is accepted can be printed, read again and used.
 *
 * Input: the file's text. */
#include "fuzz.h"
#include "ovsdb-state.h"

#include "fake-world.h"

#include "ovsdb/build.h"

#include <string.h>

#define MAX_TABLES 8u

/* Every table is found by its name, and so is every column. */
static void
check_names (const OvsdbSchema *schema)
{
  for (guint i = 0; i < schema->n_tables; i++)
    {
      const OvsdbTableSchema *table = schema->tables[i];
      FUZZ_CHECK (ovsdb_schema_table (schema, table->name) == table && table->index == i,
                  "table \"%s\" is found", table->name);
      for (guint j = 0; j < table->n_columns; j++)
        FUZZ_CHECK (ovsdb_table_schema_column (table, table->columns[j]->name) == table->columns[j]
                        && table->columns[j]->index == j,
                    "column \"%s\" is found", table->columns[j]->name);
    }
}

/* A row of defaults in each table, and back from the journal. */
static void
check_use (OvsdbSchema *schema)
{
  g_autoptr (FakeWorld) fake = fake_world_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (OvsdbDatabase) db = ovsdb_database_open (schema, fake_world (fake), "s.db", &error);

  FUZZ_CHECK (db, "a database of an accepted schema can be made: %s", error->message);
  for (guint i = 0; i < MIN (schema->n_tables, MAX_TABLES); i++)
    {
      ovsdb_database_execute (
          db, json_pack ("[o]", ovsdb_op_insert (schema->tables[i]->name, NULL, json_object ())), NULL);
      ovsdb_state_check (db);
    }
  ovsdb_state_check_stored (db, fake_world (fake), "s.db");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL, again_error = NULL;
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse ((const char *) data, size, &error), again = NULL;

  FUZZ_CHECK (!schema == !!error, "a schema is read, or refused with a sentence");
  if (!schema)
    return 0;
  check_names (schema);
  again = ovsdb_schema_parse (schema->json, strlen (schema->json), &again_error);
  FUZZ_CHECK (again, "a schema that was printed can be read: %s", again_error->message);
  FUZZ_CHECK (strcmp (again->json, schema->json) == 0, "printing is a fixpoint:\n%s\n%s", schema->json,
              again->json);
  check_use (schema);
  return 0;
}

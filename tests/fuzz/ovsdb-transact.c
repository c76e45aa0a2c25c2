/* Transactions as programs (ovsdb-program.h): after each the database keeps its schema's rules and equals what its
 * journal says; one that failed has changed nothing.
 *
 * Before a transaction "@" and a digit leave so many tens of bytes on the disk, and "^" takes the power away. */
#include "fuzz.h"
#include "ovsdb-program.h"
#include "ovsdb-state.h"

#include "fake-world.h"

#include "ovsdb/build.h"

#include <string.h>

#define NAME             "f.db"
#define MAX_TRANSACTIONS 16u

typedef struct
{
  FakeWorld *fake;
  OvsdbSchema *schema;
  OvsdbDatabase *db;
  GPtrArray *since_durable; /* dumps: what may come back after a loss of power */
} Run;

static void
open_database (Run *run)
{
  g_autoptr (GError) error = NULL;

  run->db = ovsdb_database_open (run->schema, fake_world (run->fake), NAME, &error);
  FUZZ_CHECK (run->db, "a journal that was written can be opened: %s", error->message);
}

static void
lose_power (Run *run)
{
  g_autofree char *dump = NULL;

  ovsdb_database_free (run->db);
  fake_world_power_off (run->fake);
  open_database (run);
  dump = ovsdb_state_dump (run->db, DUMP_STORED);
  FUZZ_CHECK (g_ptr_array_find_with_equal_func (run->since_durable, dump, g_str_equal, NULL),
              "a loss of power leaves a state that was, not older than the last durable one:\n%s", dump);
}

/* One result an operation, null behind the first error; an error of the commit comes behind all (RFC 7047 §4.1.3). */
static gboolean
check_results (const json_t *results, gsize n_operations)
{
  gboolean failed = FALSE;
  json_t *result;
  gsize i;

  json_array_foreach (results, i, result)
  {
    FUZZ_CHECK (failed == json_is_null (result), "null stands behind the first error, and only there");
    failed |= json_object_get (result, "error") != NULL;
  }
  FUZZ_CHECK (json_array_size (results) == n_operations
                  || (failed && json_array_size (results) == n_operations + 1),
              "%zu operations have %zu results", n_operations, json_array_size (results));
  FUZZ_CHECK (failed == !ovsdb_results_check (results, NULL),
              "the results say whether the transaction failed");
  return !failed;
}

static void
remember (Run *run, gboolean durable)
{
  if (durable)
    g_ptr_array_set_size (run->since_durable, 0);
  g_ptr_array_add (run->since_durable, ovsdb_state_dump (run->db, DUMP_STORED));
}

static void
transact (Run *run, const char *text, gboolean disk_is_full)
{
  json_t *operations = json_loads (text, 0, NULL), *results;
  g_autofree char *before = NULL, *after = NULL;

  if (!operations)
    return;
  before = ovsdb_state_dump (run->db, DUMP_ALL);
  results = ovsdb_database_transact (run->db, operations);
  fake_world_disk_limit (run->fake, G_MAXSIZE);
  after = ovsdb_state_dump (run->db, DUMP_ALL);
  if (check_results (results, json_array_size (operations)))
    {
      ovsdb_state_check (run->db);
      remember (run, strstr (text, "\"durable\":true") != NULL);
    }
  else
    FUZZ_CHECK (strcmp (before, after) == 0,
                "a transaction that failed has changed nothing:\n%s--- after\n%s", before, after);
  if (disk_is_full)
    fake_world_run (run->fake, 2 * NET_SEC); /* a journal that was hurt is mended by the next transaction */
  else
    ovsdb_state_check_stored (run->db, fake_world (run->fake), NAME);
  json_decref (operations);
  json_decref (results);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, data + size };
  Run run = { fake_world_new (), ovsdb_program_schema (), NULL, g_ptr_array_new_with_free_func (g_free) };

  open_database (&run);
  remember (&run, TRUE);
  for (guint n = 0; n < MAX_TRANSACTIONS && !fuzz_ended (&input); n++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gboolean disk_is_full = fuzz_take (&input, '@');
      if (disk_is_full)
        fake_world_disk_limit (run.fake, 10 * fuzz_choose (&input, "0123456789"));
      else if (fuzz_take (&input, '^'))
        lose_power (&run);
      ovsdb_program_append_transaction (text, &input, run.schema);
      transact (&run, text->str, disk_is_full);
    }
  ovsdb_database_free (run.db);
  ovsdb_schema_unref (run.schema);
  g_ptr_array_unref (run.since_durable);
  fake_world_free (run.fake);
  return 0;
}

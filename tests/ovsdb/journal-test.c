/* The journal: what comes back after a restart, a crash at any byte, a full disk. */
#include "bench.h"
#include "tap.h"

#include "ovsdb/journal-record.h"

#include <string.h>

#define NAME "t.db"

typedef struct
{
  FakeWorld *fake;
  OvsdbSchema *schema;
  OvsdbDatabase *db;
} Stored;

static OvsdbDatabase *
open_db (Stored *s, GError **error)
{
  ovsdb_database_free (s->db);
  return s->db = ovsdb_database_open (s->schema, fake_world (s->fake), NAME, error);
}

static void
begin (Stored *s)
{
  *s = (Stored){ fake_world_new (), test_schema (), NULL };
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (s, NULL));
}

static void
end (Stored *s)
{
  ovsdb_database_free (s->db);
  ovsdb_schema_unref (s->schema);
  fake_world_free (s->fake);
}

static char *
run (Stored *s, const char *operations)
{
  Bench bench = { .db = s->db };
  json_t *results = bench_run (&bench, operations);
  char *text = g_strdup (text_of (results));

  json_decref (results);
  return text;
}

static void
check (Stored *s, int line, const char *operations, const char *expected)
{
  g_autofree char *got = run (s, operations);

  if (strcmp (got, expected) != 0)
    printf ("# line %d: %s, expected %s\n", line, got, expected);
  CU_ASSERT_STRING_EQUAL (got, expected);
}
#define CHECK(operations, expected) check (&s, __LINE__, operations, expected)

static void
rows_survive (void)
{
  Stored s;
  begin (&s);
  CHECK ("{'op':'insert','table':'A','uuid':'11111111-1111-1111-1111-111111111111','row':{'i':1,'eph':'gone',"
         "'st':['named-uuid','c'],'w':['named-uuid','b'],'m':['map',[['k',2]]]}},"
         "{'op':'insert','table':'C','uuid-name':'c','row':{'n':3}},{'op':'insert','table':'B','uuid-name':'"
         "b','row':{'n':4}},{'op':'comment','comment':'a \\\"quoted\\\" one'}",
         "['uuid','uuid','uuid',{}]");
  CHECK ("{'op':'update','table':'C','where':[],'row':{'n':5}}", "[{'count':1}]");
  CHECK ("{'op':'insert','table':'B','row':{'n':6}}", "['uuid']");
  CHECK ("{'op':'delete','table':'B','where':[['n','==',6]]}", "[{'count':1}]");
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'A','where':[['_uuid','==',['uuid','11111111-1111-1111-1111-111111111111']]]"
         ",'columns':['i','eph','m']}",
         "[{'rows':[{'eph':'','i':1,'m':['map',[['k',2]]]}]}]");
  CHECK ("{'op':'select','table':'C','where':[],'columns':['n']},{'op':'select','table':'B','where':[],'"
         "columns':['n']}",
         "[{'rows':[{'n':5}]},{'rows':[{'n':4}]}]");
  /* References, weak ones and indexes work on as before. */
  CHECK ("{'op':'insert','table':'B','row':{'n':4}}", "['uuid','constraint violation']");
  CHECK ("{'op':'delete','table':'C','where':[]}", "[{'count':1},'referential integrity violation']");
  CHECK ("{'op':'delete','table':'B','where':[]}", "[{'count':1}]");
  CHECK ("{'op':'select','table':'A','where':[],'columns':['w']}", "[{'rows':[{'w':['set',[]]}]}]");
  CHECK ("{'op':'update','table':'A','where':[],'row':{'st':['set',[]]}}", "[{'count':1}]");
  CHECK ("{'op':'select','table':'C','where':[],'columns':['n']}", "[{'rows':[]}]");
  end (&s);
}

/* Cuts the journal at every byte: what comes back is what some number of whole transactions made. */
static void
any_crash (void)
{
  Stored s;
  g_autoptr (GBytes) whole = NULL;
  const guint8 *bytes;
  gsize length, header;
  begin (&s);
  for (int i = 0; i < 3; i++)
    g_free (run (&s, "{'op':'insert','table':'A','row':{'i':1}}"));
  whole = net_world_load (fake_world (s.fake), NAME, NULL);
  bytes = g_bytes_get_data (whole, &length);
  header = (gsize) (strchr (strchr ((const char *) bytes, '\n') + 1, '\n') + 1 - (const char *) bytes);
  for (gsize cut = header; cut <= length; cut++)
    {
      guint n;
      net_world_replace (fake_world (s.fake), NAME, bytes, cut, NULL);
      if (!open_db (&s, NULL))
        {
          CU_FAIL ("a torn journal opens");
          break;
        }
      n = ovsdb_table_n_rows (ovsdb_database_table (s.db, "A"));
      CU_ASSERT_TRUE (n <= 3 && (cut < length || n == 3));
      g_free (run (&s, "{'op':'insert','table':'A','row':{'i':2}}"));
      CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
      CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (s.db, "A")), n + 1);
    }
  CU_ASSERT_PTR_NOT_NULL (strstr (fake_world_last_warning (s.fake), "cut off"));
  end (&s);
}

static void
damage_is_told (void)
{
  Stored s;
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length;
  begin (&s);
  for (int i = 0; i < 3; i++)
    g_free (run (&s, "{'op':'insert','table':'A','row':{'i':1}}"));
  whole = net_world_load (fake_world (s.fake), NAME, NULL);
  length = g_bytes_get_size (whole);
  bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
  bytes[length / 2] ^= 1;
  net_world_replace (fake_world (s.fake), NAME, bytes, length, NULL);
  CU_ASSERT_PTR_NULL (open_db (&s, &error));
  CU_ASSERT_PTR_NOT_NULL (strstr (error->message, "damaged"));
  end (&s);
}

static void
another_schema (void)
{
  Stored s;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  begin (&s);
  ovsdb_schema_unref (s.schema);
  s.schema = ovsdb_schema_parse (text, length, NULL);
  CU_ASSERT_PTR_NULL (open_db (&s, &error));
  CU_ASSERT_PTR_NOT_NULL (strstr (error->message, "another schema than \"hardware_vtep\""));
  end (&s);
}

/* Nothing is taken for an empty database. */
static void
unreadable (void)
{
  Stored s;
  g_autoptr (GError) error = NULL;
  begin (&s);
  fake_world_disk_unreadable (s.fake);
  CU_ASSERT_PTR_NULL (open_db (&s, &error));
  CU_ASSERT_STRING_EQUAL (error->message, "t.db: input/output error");
  end (&s);
}

/* The value that a difference makes must be within its column's type: "si" takes five elements. */
static void
difference_out_of_type (void)
{
  static const char *const records[]
      = { "{\"A\":{\"11111111-1111-1111-1111-111111111111\":{\"si\":[\"set\",[1,2,3]]}}}",
          "{\"_is_diff\":true,\"A\":{\"11111111-1111-1111-1111-111111111111\":"
          "{\"si\":[\"set\",[4,5,6]]}}}" };
  Stored s;
  g_autoptr (GString) frames = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  begin (&s);
  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autoptr (GString) record = g_string_new (records[i]);
      ovsdb_frame_append (frames, record);
    }
  net_world_append (fake_world (s.fake), NAME, (const guint8 *) frames->str, frames->len, NULL);
  CU_ASSERT_PTR_NULL (open_db (&s, &error));
  CU_ASSERT_PTR_NOT_NULL (strstr (error->message, "6 elements"));
  end (&s);
}

/* Cutting off what is torn needs to write. */
static void
torn_on_a_full_disk (void)
{
  Stored s;
  g_autoptr (GError) error = NULL;
  begin (&s);
  net_world_append (fake_world (s.fake), NAME, (const guint8 *) "OVSDB", 5, NULL);
  fake_world_disk_limit (s.fake, 3);
  CU_ASSERT_PTR_NULL (open_db (&s, &error));
  CU_ASSERT_STRING_EQUAL (error->message, "no space left");
  end (&s);
}

static void
full_disk (void)
{
  Stored s;
  begin (&s);
  CHECK ("{'op':'insert','table':'A','row':{'i':1}}", "['uuid']");
  fake_world_disk_limit (s.fake, 20);
  CHECK ("{'op':'insert','table':'A','row':{'i':2}}", "['uuid','I/O error']");
  CHECK ("{'op':'insert','table':'A','row':{'i':2}}", "['uuid','I/O error']");
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':1}]}]");
  fake_world_disk_limit (s.fake, G_MAXSIZE);
  /* Mending is not tried again at once: on a large database it is dear. */
  CHECK ("{'op':'insert','table':'A','row':{'i':2}}", "['uuid','I/O error']");
  fake_world_run (s.fake, 1 * NET_SEC);
  CHECK ("{'op':'insert','table':'A','row':{'i':3}}", "['uuid']");
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':1},{'i':3}]}]");
  end (&s);
}

/* ---- power ------------------------------------------------------------------------------------------------------- */

static void
durable_ones_outlive_the_machine (void)
{
  Stored s;
  begin (&s);
  CHECK ("{'op':'insert','table':'A','row':{'i':1}},{'op':'commit','durable':true}", "['uuid',{}]");
  CHECK ("{'op':'insert','table':'A','row':{'i':2}},{'op':'commit','durable':false}", "['uuid',{}]");
  fake_world_power_off (s.fake);
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':1}]}]");
  /* All that was committed before a durable one is durable with it, even when that one changes nothing. */
  CHECK ("{'op':'insert','table':'A','row':{'i':3}}", "['uuid']");
  CHECK ("{'op':'commit','durable':true}", "[{}]");
  CHECK ("{'op':'insert','table':'A','row':{'i':4}}", "['uuid']");
  CHECK ("{'op':'update','table':'A','where':[['i','==',1]],'row':{'i':1}},{'op':'commit','durable':true}",
         "[{'count':1},{}]");
  fake_world_power_off (s.fake);
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':1},{'i':3},{'i':4}]}]");
  end (&s);
}

/* ---- compacting -------------------------------------------------------------------------------------------------- */

static gsize
stored_bytes (const Stored *s)
{
  g_autoptr (GBytes) stored = net_world_load (fake_world (s->fake), NAME, NULL);
  return g_bytes_get_size (stored);
}

/* Changes one row until the journal has outgrown it by far. */
static void
grow (Stored *s)
{
  g_autofree char *comment
      = g_strnfill (20000, 'x'),
      *operations = g_strdup_printf (
          "{'op':'mutate','table':'A','where':[['imm','==','counts']],'mutations':[['i','+=',1]]},"
          "{'op':'comment','comment':'%s'}",
          comment);

  while (stored_bytes (s) < 1200000)
    g_free (run (s, operations));
}

static void
compacts (void)
{
  for (int plain = 0; plain < 2; plain++)
    {
      Stored s;
      g_autofree char *before = NULL, *after = NULL;
      begin (&s);
      if (plain)
        fake_world_plain_storage (s.fake);
      CHECK ("{'op':'insert','table':'A','row':{'i':0,'imm':'counts'}}", "['uuid']");
      grow (&s);
      fake_world_run (s.fake, 1 * NET_SEC);
      CU_ASSERT_TRUE (stored_bytes (&s) > 1000000); /* not often */
      fake_world_run (s.fake, 600 * NET_SEC);
      before = run (
          &s, "{'op':'mutate','table':'A','where':[],'mutations':[['i','+=',1]]},{'op':'select','table':'A'"
              ",'where':[],'columns':['i']}");
      fake_world_run (s.fake, 0);
      CU_ASSERT_TRUE (stored_bytes (&s) < 10000);
      CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
      after = run (
          &s, "{'op':'mutate','table':'A','where':[],'mutations':[['i','+=',0]]},{'op':'select','table':'A',"
              "'where':[],'columns':['i']}");
      CU_ASSERT_STRING_EQUAL (before, after);
      end (&s);
    }
}

/* ---- compacting while serving ------------------------------------------------------------------------------------ */

#define ALL                                                                                                  \
  "{'op':'select','table':'A','where':[],'columns':['_uuid','i','m','w','st']},"                             \
  "{'op':'select','table':'B','where':[],'columns':['_uuid','n']},"                                          \
  "{'op':'select','table':'C','where':[],'columns':['_uuid','n']}"

static json_t *
contents (Stored *s)
{
  json_t *operations = json_of ("[" ALL "]"), *results = ovsdb_database_transact (s->db, operations);

  json_decref (operations);
  return results;
}

static gint
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Rows come back in another order. */
static char *
contents_sorted (Stored *s)
{
  json_t *results = contents (s), *rows, *row;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);
  gsize i, j;

  json_array_foreach (results, i, rows) json_array_foreach (json_object_get (rows, "rows"), j, row)
      g_ptr_array_add (lines, g_strdup_printf ("%zu %s", i, text_of (row)));
  g_ptr_array_sort (lines, compare_text);
  for (i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (lines, i));
  json_decref (results);
  return g_string_free (text, FALSE);
}

/* A transaction that changes, adds and deletes rows that a walk may or may not have come to. */
static void
stir (Stored *s, guint step)
{
  g_autofree char *operations = g_strdup_printf (
      "{'op':'delete','table':'A','where':[['i','>=',%u],['i','<=',%u]]},"
      "{'op':'update','table':'B','where':[],'row':{'n':%u}},"
      "{'op':'update','table':'C','where':[['n','<=',1]],'row':{'n':%u}},"
      "{'op':'update','table':'A','where':[['i','==',%u]],'row':{'m':['map',[['step',%u]]]}},"
      "{'op':'delete','table':'A','where':[['i','==',%u]]},"
      "{'op':'insert','table':'A','row':{'i':%u,'st':['named-uuid','c']}},"
      "{'op':'insert','table':'C','uuid-name':'c','row':{'n':%u}},"
      "{'op':'insert','table':'A','uuid-name':'gone','row':{'i':-1}},{'op':'delete','table':'A','where':[['i'"
      ",'==',-1]]}",
      step * 256, step * 256 + 3, step, step % 2, step * 7 % 1200, step, step * 11 % 1200, 1200 + step, step);

  g_free (run (s, operations));
}

static void
fill (Stored *s)
{
  for (guint i = 0; i < 1200; i += 100)
    {
      g_autoptr (GString) operations = g_string_new (NULL);
      for (guint j = i; j < i + 100; j++)
        g_string_append_printf (operations, "%s{'op':'insert','table':'A','row':{'i':%u}}", j > i ? "," : "",
                                j);
      g_free (run (s, operations->str));
    }
  g_free (run (s, "{'op':'insert','table':'A','row':{'i':5000,'imm':'counts','st':['named-uuid','c']}},"
                  "{'op':'insert','table':'C','uuid-name':'c','row':{'n':0}},"
                  "{'op':'insert','table':'B','row':{'n':77}}"));
}

/* Compacts from a journal of its own begin: the timer of a slice fires when the world runs without time passing. */
static void
compacts_while_serving (void)
{
  /* The machine stops after so many slices. */
  for (guint stop = 0; stop < 14; stop++)
    {
      Stored s;
      g_autofree char *before = NULL, *after = NULL;
      begin (&s);
      fill (&s);
      grow (&s);
      fake_world_run (s.fake, 601 * NET_SEC);
      for (guint step = 0; step < stop; step++)
        {
          stir (&s, step);
          fake_world_step (s.fake);
        }
      CHECK ("{'op':'commit','durable':true}", "[{}]");
      before = contents_sorted (&s);
      fake_world_power_off (s.fake);
      CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
      after = contents_sorted (&s);
      CU_ASSERT_STRING_EQUAL (before, after);
      CU_ASSERT_TRUE (stored_bytes (&s) > 1000000 || stop > 5);
      CU_ASSERT_TRUE (stored_bytes (&s) < 300000 || stop < 10);
      end (&s);
    }
}

static void
compacting_fails (void)
{
  Stored s;
  gsize grown;
  begin (&s);
  fill (&s);
  grow (&s);
  grown = stored_bytes (&s);
  fake_world_run (s.fake, 601 * NET_SEC);
  fake_world_disk_limit (s.fake, 5000);
  CHECK ("{'op':'insert','table':'B','row':{'n':1}}", "['uuid']");
  fake_world_run (s.fake, 0);
  CU_ASSERT_PTR_NOT_NULL (strstr (fake_world_last_warning (s.fake), "could not be compacted"));
  CU_ASSERT_TRUE (stored_bytes (&s) > grown);
  fake_world_disk_limit (s.fake, G_MAXSIZE);
  fake_world_run (s.fake, 1 * NET_SEC);
  CHECK ("{'op':'insert','table':'B','row':{'n':2}}", "['uuid']");
  fake_world_run (s.fake, 0);
  CU_ASSERT_TRUE (stored_bytes (&s) < grown);
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'B','where':[],'columns':['n']}", "[{'rows':[{'n':77},{'n':1},{'n':2}]}]");
  end (&s);
}

int
main (void)
{
  const TapTest tests[] = {
    { "rows, references and indexes come back after a restart, ephemeral columns do not", rows_survive },
    { "a journal cut at any byte opens with the whole transactions in it", any_crash },
    { "a journal of another schema is refused", another_schema },
    { "a journal that cannot be read is an error, not an empty database", unreadable },
    { "a difference that leads out of a column's type is refused", difference_out_of_type },
    { "a torn journal that cannot be cut is an error", torn_on_a_full_disk },
    { "damage that no crash makes is told, not repaired", damage_is_told },
    { "a transaction that cannot be stored is refused, and the journal mends itself", full_disk },
    { "a durable transaction and all before it outlive the machine, any other the program",
      durable_ones_outlive_the_machine },
    { "a journal does not grow without end", compacts },
    { "a journal is compacted while transactions go on, and the machine may stop at any moment",
      compacts_while_serving },
    { "a journal that cannot be compacted goes on, and is compacted later", compacting_fails },
    { NULL, NULL },
  };
  return tap_main ("journal", tests);
}

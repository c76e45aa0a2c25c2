/* The journal: what comes back after a restart, a crash at any byte, a full disk. */
#include "bench.h"
#include "tap.h"

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
  CHECK ("{'op':'insert','table':'A','row':{'i':3}}", "['uuid']");
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':1},{'i':3}]}]");
  end (&s);
}

static void
compacts (void)
{
  Stored s;
  g_autoptr (GBytes) stored = NULL;
  begin (&s);
  CHECK ("{'op':'insert','table':'A','row':{'i':0}}", "['uuid']");
  for (int i = 0; i < 6000; i++)
    g_free (run (&s, "{'op':'mutate','table':'A','where':[],'mutations':[['i','+=',1]]}"));
  stored = net_world_load (fake_world (s.fake), NAME, NULL);
  CU_ASSERT_TRUE (g_bytes_get_size (stored) < 400000);
  CU_ASSERT_PTR_NOT_NULL_FATAL (open_db (&s, NULL));
  CHECK ("{'op':'select','table':'A','where':[],'columns':['i']}", "[{'rows':[{'i':6000}]}]");
  end (&s);
}

int
main (void)
{
  const TapTest tests[] = {
    { "rows, references and indexes come back after a restart, ephemeral columns do not", rows_survive },
    { "a journal cut at any byte opens with the whole transactions in it", any_crash },
    { "damage that no crash makes is told, not repaired", damage_is_told },
    { "a transaction that cannot be stored is refused, and the journal mends itself", full_disk },
    { "a journal does not grow without end", compacts },
    { NULL, NULL },
  };
  return tap_main ("journal", tests);
}

/* Reading rows by column names, and the short hands that write operations. */
#include "bench.h"
#include "tap.h"

#include "ovsdb/build.h"

#include <string.h>

#define UUID_A "11111111-1111-1111-1111-111111111111"
#define UUID_B "22222222-2222-2222-2222-222222222222"
#define UUID_C "33333333-3333-3333-3333-333333333333"

#define BEGIN                                                                                                \
  Bench bench;                                                                                               \
  bench_begin (&bench)
#define RUN(operations) json_decref (bench_run (&bench, operations))

static const OvsdbRow *
first_of (Bench *bench, const char *table)
{
  return ovsdb_table_first (ovsdb_database_table (bench->db, table));
}

static const char *
uuid_text (const OvsdbUuid *uuid)
{
  static char text[OVSDB_UUID_TEXT];
  return ovsdb_uuid_format (uuid, text);
}

static void
scalars (void)
{
  BEGIN;
  const OvsdbRow *row;
  RUN ("{'op':'insert','table':'A','row':{'i':7,'oi':8,'b':true,'s':'text','u':['uuid','" UUID_B "']}},"
       "{'op':'insert','table':'A','row':{'s':'other'}}");
  row = first_of (&bench, "A");
  CU_ASSERT_EQUAL (ovsdb_row_integer (row, "i", 1), 7);
  CU_ASSERT_EQUAL (ovsdb_row_integer (row, "oi", 1), 8);
  CU_ASSERT_TRUE (ovsdb_row_boolean (row, "b", FALSE));
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "s"), "text");
  CU_ASSERT_STRING_EQUAL (uuid_text (ovsdb_row_uuid_value (row, "u")), UUID_B);
  CU_ASSERT_EQUAL (ovsdb_row_get (row, "i")->one.integer, 7);
  CU_ASSERT_STRING_EQUAL (ovsdb_table_schema (ovsdb_row_table (row))->name, "A");
  CU_ASSERT_PTR_EQUAL (
      ovsdb_row_datum (row, ovsdb_table_schema_column (ovsdb_table_schema (ovsdb_row_table (row)), "i")),
      ovsdb_row_get (row, "i"));
  /* An empty optional column has the reader's own value. */
  row = ovsdb_table_next (row);
  CU_ASSERT_EQUAL (ovsdb_row_integer (row, "oi", 1), 1);
  CU_ASSERT_PTR_NULL (ovsdb_row_uuid_value (row, "st"));
  CU_ASSERT_PTR_NULL (ovsdb_table_next (row));
  CU_ASSERT_PTR_EQUAL (ovsdb_table_find_text (ovsdb_row_table (row), "s", "other"), row);
  CU_ASSERT_PTR_NULL (ovsdb_table_find_text (ovsdb_row_table (row), "s", "nobody"));
  bench_end (&bench);
}

static void
optional_texts_and_maps (void)
{
  Bench bench;
  const OvsdbRow *row;

  bench_begin_vtep (&bench);
  RUN ("{'op':'insert','table':'Logical_Switch','row':{'name':'blue','replication_mode':'source_node',"
       "'other_config':['map',[['b','2'],['a','1']]]}},"
       "{'op':'insert','table':'Logical_Switch','row':{'name':'red'}},"
       "{'op':'insert','table':'Ucast_Macs_Local','row':{'MAC':'x','logical_switch':['named-uuid','g'],"
       "'locator':['named-uuid','l']}},"
       "{'op':'insert','table':'Logical_Switch','uuid-name':'g','row':{'name':'green'}},"
       "{'op':'insert','table':'Physical_Locator','uuid-name':'l','row':{'dst_ip':'10.0.0.1',"
       "'encapsulation_type':'vxlan_over_ipv4'}}");
  row = first_of (&bench, "Logical_Switch");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "replication_mode"), "source_node");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_map_text (row, "other_config", "a"), "1");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_map_text (row, "other_config", "b"), "2");
  CU_ASSERT_PTR_NULL (ovsdb_row_map_text (row, "other_config", "c"));
  CU_ASSERT_PTR_NULL (ovsdb_row_text (ovsdb_table_next (row), "replication_mode"));
  CU_ASSERT_PTR_NULL (ovsdb_row_map_text (ovsdb_table_next (row), "other_config", "a"));
  CU_ASSERT_STRING_EQUAL (
      ovsdb_row_text (ovsdb_row_ref (first_of (&bench, "Ucast_Macs_Local"), "logical_switch"), "name"),
      "green");
  bench_end (&bench);
}

static void
references (void)
{
  BEGIN;
  const OvsdbRow *row;
  RUN ("{'op':'insert','table':'A','row':{'st':['named-uuid','c'],'mc':['map',[[1,['named-uuid','c']],[2,['"
       "named-uuid',"
       "'d']]]]}},{'op':'insert','table':'C','uuid-name':'c','row':{'n':1}},"
       "{'op':'insert','table':'C','uuid-name':'d','row':{'n':2}}");
  row = first_of (&bench, "A");
  CU_ASSERT_EQUAL (ovsdb_row_integer (ovsdb_row_ref (row, "st"), "n", 0), 1);
  CU_ASSERT_PTR_NULL (ovsdb_row_ref_at (row, "st", 1));
  CU_ASSERT_PTR_NULL (ovsdb_row_ref (row, "w"));
  CU_ASSERT_EQUAL (ovsdb_row_integer (ovsdb_row_ref_at (row, "mc", 0), "n", 0), 1);
  CU_ASSERT_EQUAL (ovsdb_row_integer (ovsdb_row_ref_at (row, "mc", 1), "n", 0), 2);
  bench_end (&bench);
}

/* ---- within a listener ------------------------------------------------------------------------------------------- */

typedef struct
{
  guint n_heard, n_rows;
  gboolean touches_i, touches_s;
} Heard;

static void
on_changes (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  Heard *heard = user;

  heard->n_heard += n_changes;
  heard->touches_i = ovsdb_change_touches (&changes[0], "i");
  heard->touches_s = ovsdb_change_touches (&changes[0], "s");
  heard->n_rows = 0;
  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (db, "A")); row;
       row = ovsdb_table_next (row))
    heard->n_rows++;
}

static void
listeners (void)
{
  BEGIN;
  Heard heard = { 0 }, other = { 0 };
  ovsdb_database_listen (bench.db, on_changes, &heard);
  ovsdb_database_listen (bench.db, on_changes, &other);
  RUN ("{'op':'insert','table':'A','row':{'i':1}},{'op':'insert','table':'A','row':{'i':2}}");
  CU_ASSERT_TRUE (heard.n_heard == 2 && heard.touches_i && heard.touches_s);
  RUN ("{'op':'update','table':'A','where':[['i','==',1]],'row':{'i':5}}");
  CU_ASSERT_TRUE (heard.n_heard == 3 && heard.touches_i && !heard.touches_s);
  /* Rows that are going are not met any more, wherever they stand. */
  RUN ("{'op':'delete','table':'A','where':[['i','==',5]]}");
  CU_ASSERT_TRUE (heard.n_heard == 4 && heard.touches_s);
  CU_ASSERT_EQUAL (heard.n_rows, 1);
  RUN ("{'op':'insert','table':'A','row':{'i':3}},{'op':'delete','table':'A','where':[['i','==',2]]}");
  CU_ASSERT_EQUAL (heard.n_rows, 1);
  ovsdb_database_unlisten (bench.db, on_changes, &heard);
  ovsdb_database_unlisten (bench.db, on_changes, &bench);
  RUN ("{'op':'delete','table':'A','where':[]}");
  CU_ASSERT_EQUAL (heard.n_heard, 6);
  CU_ASSERT_EQUAL (other.n_heard, 7);
  bench_end (&bench);
}

/* ---- writing operations ------------------------------------------------------------------------------------------ */

static void
check_text (int line, json_t *json, const char *expected)
{
  check_json (__FILE__, line, json, expected);
  json_decref (json);
}
#define WRITES(json, expected) check_text (__LINE__, json, expected)

static void
short_hands (void)
{
  OvsdbUuid uuid;
  CU_ASSERT_TRUE_FATAL (ovsdb_uuid_from_text (UUID_C, &uuid));
  WRITES (ovsdb_json_uuid (&uuid), "['uuid','" UUID_C "']");
  WRITES (ovsdb_json_named_uuid ("n"), "['named-uuid','n']");
  WRITES (ovsdb_json_set (json_pack ("[ii]", 1, 2)), "['set',[1,2]]");
  WRITES (ovsdb_json_map (json_pack ("{ss}", "a", "b")), "['map',[['a','b']]]");
  WRITES (ovsdb_where_equal ("n", json_integer (1)), "[['n','==',1]]");
  WRITES (ovsdb_where_uuid (&uuid), "[['_uuid','==',['uuid','" UUID_C "']]]");
  WRITES (ovsdb_op_insert ("B", "new", json_object ()),
          "{'op':'insert','row':{},'table':'B','uuid-name':'new'}");
  WRITES (ovsdb_op_insert ("B", NULL, json_object ()), "{'op':'insert','row':{},'table':'B'}");
  WRITES (ovsdb_op_mutate ("B", json_array (), "n", "+=", json_integer (1)),
          "{'mutations':[['n','+=',1]],'op':'mutate','table':'B','where':[]}");
}

static void
check_result (const char *results, const char *message)
{
  g_autoptr (GError) error = NULL;
  json_t *json = json_of (results);

  CU_ASSERT_FALSE (ovsdb_results_check (json, &error));
  CU_ASSERT_STRING_EQUAL (error ? error->message : "none", message);
  json_decref (json);
}

static void
results (void)
{
  static const char *const wrong[]
      = { "{}", "{'uuid':5}", "{'uuid':['uuid']}", "{'uuid':['set',[]]}", "{'uuid':['uuid','x']}" };
  OvsdbUuid uuid;
  json_t *json = json_of ("{'uuid':['uuid','" UUID_A "']}");

  CU_ASSERT_TRUE (ovsdb_result_uuid (json, &uuid));
  CU_ASSERT_STRING_EQUAL (uuid_text (&uuid), UUID_A);
  json_decref (json);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      json = json_of (wrong[i]);
      CU_ASSERT_FALSE (ovsdb_result_uuid (json, &uuid));
      json_decref (json);
    }
  check_result ("[{},{'error':'timed out'},null]", "operation 2: timed out");
  check_result ("[{'error':'of tomorrow','details':'not known yet'}]",
                "operation 1: of tomorrow: not known yet");
  json = json_of ("[{},{'uuid':['uuid','" UUID_A "']}]");
  CU_ASSERT_TRUE (ovsdb_results_check (json, NULL));
  json_decref (json);
}

int
main (void)
{
  const TapTest tests[] = {
    { "columns are read by their names, with the reader's value for an empty one", scalars },
    { "optional texts and maps of texts are read by name and key", optional_texts_and_maps },
    { "references lead to rows, also those in maps", references },
    { "a listener hears of each change once, sees what it touches, and meets only rows that stay",
      listeners },
    { "short hands write the operations of RFC 7047", short_hands },
    { "results are read: a uuid, or the first error with its number", results },
    { NULL, NULL },
  };
  return tap_main ("reading", tests);
}

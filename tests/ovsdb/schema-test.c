/* Schemas: what is refused and where; the two that the library carries. */
#include "bench.h"
#include "tap.h"

#include <string.h>

#define TABLE(columns) "{'name':'T','version':'1.0.0','tables':{'A':{'columns':{" columns "}}}}"
#define COLUMN(type)   TABLE ("'c':{'type':" type "}")

static const struct
{
  const char *schema, *message;
} broken[] = {
  { "5", "a schema must be a JSON object" },
  { "{'name':'T'}", "a schema: member \"tables\" is missing" },
  { "{'name':'9','tables':{}}", "\"9\" is not a name that a database may have" },
  { "{'name':'T','version':'1','tables':{}}", "schema version \"1\" is not of the form x.y.z" },
  { "{'name':'T','tables':{},'x':1}", "a schema: member \"x\" is not allowed here" },
  { "{'name':'T','tables':{'A':{}}}", "table \"A\": table: member \"columns\" is missing" },
  { "{'name':'T','tables':{'A':{'columns':{}}}}", "table \"A\": a table needs at least one column" },
  { "{'name':'T','tables':{'_A':{'columns':{'c':{'type':'integer'}}}}}",
    "table \"_A\": not a name that a table may have" },
  { "{'name':'T','tables':{'A':{'maxRows':0,'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": \"maxRows\" must be at least 1" },
  { "{'name':'T','tables':{'A':{'indexes':[['x']],'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": an index names a column that the table lacks: x" },
  { "{'name':'T','tables':{'A':{'indexes':[['c','c']],'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": an index names column \"c\" twice" },
  { "{'name':'T','tables':{'A':{'indexes':[['c']],'columns':{'c':{'type':'integer','ephemeral':true}}}}}",
    "table \"A\": column \"c\" is ephemeral and cannot be in an index" },
  { "{'name':'T','version':'1.x.0','tables':{}}", "schema version \"1.x.0\" is not of the form x.y.z" },
  { "{'name':'T','tables':{'9':{'columns':{'c':{'type':'integer'}}}}}",
    "table \"9\": not a name that a table may have" },
  { "{'name':'T','tables':{'A':{'columns':{'c':{'type':'integer'}}},'A':{'columns':{'c':{'type':'integer'}}}}"
    "}",
    "table \"A\" stands twice" },
  { "{'name':'T','tables':{'A':{'indexes':[5],'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": an index must be an array of at least one column name" },
  { "{'name':'T','tables':{'A':{'indexes':[[]],'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": an index must be an array of at least one column name" },
  { "{'name':'T','tables':{'A':{'indexes':[[5]],'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": an index names a column that the table lacks: (not a string)" },
  { "{'name':'T','tables':{'A':{'indexes':[['_uuid']],'columns':{'c':{'type':'integer'}}}}}",
    "table \"A\": an index names a column that the table lacks: _uuid" },
  { TABLE ("'9':{'type':'integer'}"), "table \"A\": column \"9\": not a name that a column may have" },
  { COLUMN ("{'key':{'type':'text'}}"),
    "table \"A\": column \"c\": a type must be one of integer, real, boolean, string, uuid" },
  { COLUMN ("{'key':'integer','value':'text'}"),
    "table \"A\": column \"c\": a type must be one of integer, real, boolean, string, uuid" },
  { COLUMN ("{'key':'integer','max':4294967295}"), "table \"A\": column \"c\": \"max\" must be at least 1" },
  { COLUMN ("{'key':{'type':'real','minReal':0.5,'maxReal':0.25}}"),
    "table \"A\": column \"c\": the minimum exceeds the maximum" },
  { COLUMN ("{'key':{'type':'string','minLength':3,'maxLength':2}}"),
    "table \"A\": column \"c\": the minimum exceeds the maximum" },
  { COLUMN ("{'key':{'type':'string','minLength':4294967296}}"),
    "table \"A\": column \"c\": a length is out of range" },
  { COLUMN ("{'key':{'type':'string','maxLength':-1}}"),
    "table \"A\": column \"c\": a length is out of range" },
  { COLUMN ("{'key':{'type':'integer','enum':5,'maxInteger':9}}"),
    "table \"A\": column \"c\": \"enum\" and a range exclude each other" },
  { COLUMN ("{'key':'integer','value':{'type':'uuid','refTable':'Z'}}"),
    "table \"A\": column \"c\": it refers to table \"Z\", which does not exist" },
  { TABLE ("'_c':{'type':'integer'}"), "table \"A\": column \"_c\": not a name that a column may have" },
  { TABLE ("'c':{}"), "table \"A\": column \"c\": member \"type\" is missing" },
  { TABLE ("'c':{'type':'integer'},'c':{'type':'integer'}"), "table \"A\": column \"c\" stands twice" },
  { COLUMN ("'text'"),
    "table \"A\": column \"c\": a type must be one of integer, real, boolean, string, uuid" },
  { COLUMN ("{'key':{}}"), "table \"A\": column \"c\": a base type: member \"type\" is missing" },
  { COLUMN ("{'value':'integer'}"), "table \"A\": column \"c\": a type: member \"key\" is missing" },
  { COLUMN ("{'key':'integer','min':2}"), "table \"A\": column \"c\": \"min\" must be 0 or 1" },
  { COLUMN ("{'key':'integer','max':0}"), "table \"A\": column \"c\": \"max\" must be at least 1" },
  { COLUMN ("{'key':'integer','max':'many'}"),
    "table \"A\": column \"c\": \"max\" must be a number or \"unlimited\"" },
  { COLUMN ("{'key':{'type':'integer','minInteger':5,'maxInteger':4}}"),
    "table \"A\": column \"c\": the minimum exceeds the maximum" },
  { COLUMN ("{'key':{'type':'string','minLength':-1}}"),
    "table \"A\": column \"c\": a length is out of range" },
  { COLUMN ("{'key':{'type':'string','minInteger':1}}"),
    "table \"A\": column \"c\": a base type: member \"minInteger\" is not allowed here" },
  { COLUMN ("{'key':{'type':'integer','enum':5,'minInteger':1}}"),
    "table \"A\": column \"c\": \"enum\" and a range exclude each other" },
  { COLUMN ("{'key':{'type':'integer','enum':'x'}}"), "table \"A\": column \"c\": an integer is expected" },
  { COLUMN ("{'key':{'type':'uuid','refTable':'Z'}}"),
    "table \"A\": column \"c\": it refers to table \"Z\", which does not exist" },
  { COLUMN ("{'key':{'type':'uuid','refTable':'A','refType':'loose'}}"),
    "table \"A\": column \"c\": \"refType\" must be \"strong\" or \"weak\"" },
};

static void
mistakes_have_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup (broken[i].schema);
      OvsdbSchema *schema;
      for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
      schema = ovsdb_schema_parse (text, strlen (text), &error);
      CU_ASSERT_PTR_NULL (schema);
      if (schema || strcmp (error->message, broken[i].message) != 0)
        printf ("# %s: %s\n", text, schema ? "was taken" : error->message);
      CU_ASSERT_TRUE (!schema && strcmp (error->message, broken[i].message) == 0);
      ovsdb_schema_unref (schema);
    }
}

static void
carried_schemas (void)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  g_autoptr (OvsdbSchema) vtep = ovsdb_schema_parse (text, length, NULL), ovs = NULL;
  const OvsdbTableSchema *table;

  CU_ASSERT_PTR_NOT_NULL_FATAL (vtep);
  CU_ASSERT_STRING_EQUAL (vtep->name, "hardware_vtep");
  CU_ASSERT_STRING_EQUAL (vtep->version, "1.7.0");
  CU_ASSERT_EQUAL (vtep->n_tables, 18);
  table = ovsdb_schema_table (vtep, "Physical_Locator");
  CU_ASSERT_EQUAL (table->n_indexes, 1);
  CU_ASSERT_EQUAL (table->indexes[0].n_columns, 3);
  CU_ASSERT_FALSE (table->is_root);
  CU_ASSERT_TRUE (ovsdb_table_schema_column (table, "dst_ip")->immutable);
  CU_ASSERT_EQUAL (ovsdb_schema_table (vtep, "Global")->max_rows, 1);
  CU_ASSERT_TRUE (ovsdb_table_schema_column (ovsdb_schema_table (vtep, "Tunnel"), "bfd_status")->ephemeral);
  CU_ASSERT_PTR_NULL (ovsdb_schema_table (vtep, "Bridge"));

  text = ovsdb_schema_open_vswitch (&length);
  ovs = ovsdb_schema_parse (text, length, NULL);
  CU_ASSERT_PTR_NOT_NULL_FATAL (ovs);
  CU_ASSERT_STRING_EQUAL (ovs->name, "Open_vSwitch");
  CU_ASSERT_TRUE (
      ovsdb_table_schema_column (ovsdb_schema_table (ovs, "Mirror"), "output_port")->type.key.weak);
}

#define LIMITED                                                                                              \
  "{'name':'T','version':'1.0.0','tables':{'A':{'isRoot':false,'maxRows':4294967296,'columns':{"             \
  "'r':{'type':{'key':{'type':'real','minReal':-1,'maxReal':0.5}}},"                                         \
  "'low':{'type':{'key':{'type':'integer','minInteger':5}}},"                                                \
  "'s':{'mutable':true,'ephemeral':false,'type':{'key':{'type':'string','minLength':2,'maxLength':"          \
  "4294967296}}},"                                                                                           \
  "'e':{'type':{'key':{'type':'integer','enum':['set',[7,3]]}}},"                                            \
  "'m':{'type':{'key':'string','value':'integer'}},"                                                         \
  "'ref':{'type':{'key':{'type':'uuid','refTable':'A','refType':'strong'},'min':0}}}}}}"

static void
expect_insert (OvsdbDatabase *db, const char *row, const char *expected)
{
  g_autofree char *text = g_strdup_printf ("[{'op':'insert','table':'A','row':%s}]", row);
  g_autoptr (GError) error = NULL;
  gboolean done = ovsdb_database_execute (db, json_of (text), &error);

  if (g_strcmp0 (done ? NULL : error->message, expected) != 0)
    printf ("# %s: %s\n", row, done ? "was taken" : error->message);
  CU_ASSERT_STRING_EQUAL (done ? "taken" : error->message, expected ? expected : "taken");
}

/* A root set that no table belongs to is all of them: the row stays. */
static void
limits_hold (void)
{
  g_autoptr (FakeWorld) fake = fake_world_new ();
  g_autofree char *text = g_strdelimit (g_strdup (LIMITED), "'", '"');
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, strlen (text), NULL);
  g_autoptr (OvsdbDatabase) db = NULL;

  CU_ASSERT_PTR_NOT_NULL_FATAL (schema);
  db = ovsdb_database_new (schema, fake_world (fake));
#define WRONG "operation 1: constraint violation: "
  expect_insert (db, "{'low':5,'s':'ab','e':3}", NULL);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (db, "A")), 1);
  expect_insert (db, "{'s':'ab','e':3}",
                 WRONG "column \"low\": 0 is not in the range 5 to 9223372036854775807");
  expect_insert (db, "{'low':5,'e':3}",
                 WRONG "column \"s\": \"\" has 0 characters, fewer than the 2 that are required");
  expect_insert (db, "{'low':5,'s':'ab'}", WRONG "column \"e\": 0 is none of the allowed values 3, 7");
  expect_insert (db, "{'low':5,'s':'ab','e':7,'r':-1.5}",
                 WRONG "column \"r\": -1.5 is not in the range -1 to 0.5");
  expect_insert (db, "{'low':5,'s':'ab','e':7,'r':0.75}",
                 WRONG "column \"r\": 0.75 is not in the range -1 to 0.5");
  /* A map that must have a pair has one of defaults. */
  CU_ASSERT_EQUAL (ovsdb_row_get (ovsdb_table_first (ovsdb_database_table (db, "A")), "m")->n, 1);
}

int
main (void)
{
  const TapTest tests[] = {
    { "a mistake in a schema is told with its place", mistakes_have_places },
    { "values outside their limits are refused, defaults too", limits_hold },
    { "the library carries hardware_vtep and Open_vSwitch", carried_schemas },
    { NULL, NULL },
  };
  return tap_main ("schema", tests);
}

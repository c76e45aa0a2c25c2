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

int
main (void)
{
  const TapTest tests[] = {
    { "a mistake in a schema is told with its place", mistakes_have_places },
    { "the library carries hardware_vtep and Open_vSwitch", carried_schemas },
    { NULL, NULL },
  };
  return tap_main ("schema", tests);
}

/* An older version is today's without what came later.  (Which columns a switch keeps on disk has changed, too; here
 * there is no disk.) */
#include "models/tor/schema.h"

#include <jansson.h>
#include <string.h>

const char *const tor_schema_versions[] = { "1.3.0", "1.4.1", "1.7.0", NULL };

/* What came with which version; no column: the table. */
static const struct
{
  const char *since, *table, *column;
} additions[] = {
  { "1.4.0", "ACL", NULL },
  { "1.4.0", "ACL_entry", NULL },
  { "1.4.0", "Physical_Port", "acl_bindings" },
  { "1.4.0", "Logical_Router", "acl_binding" },
  { "1.5.0", "Physical_Locator", "tunnel_key" },
  { "1.5.1", "Physical_Switch", "other_config" },
  { "1.5.1", "Physical_Port", "other_config" },
  { "1.5.1", "Logical_Switch", "other_config" },
  { "1.5.1", "Logical_Router", "other_config" },
  { "1.6.0", "Logical_Switch", "replication_mode" },
  { "1.7.0", "Global", "other_config" },
};

/* An index without the column. */
static void
remove_from_indexes (json_t *table, const char *column)
{
  json_t *index, *name;
  gsize i, n;

  json_array_foreach (json_object_get (table, "indexes"), i, index)
  {
    json_array_foreach (index, n, name) if (g_str_equal (json_string_value (name), column))
    {
      json_array_remove (index, n);
      break;
    }
  }
}

static void
remove_addition (json_t *tables, const char *table_name, const char *column)
{
  json_t *table = json_object_get (tables, table_name);

  if (!column)
    {
      json_object_del (tables, table_name);
      return;
    }
  json_object_del (json_object_get (table, "columns"), column);
  remove_from_indexes (table, column);
}

OvsdbSchema *
tor_schema_new (const char *version)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  json_t *json = json_loadb (text, length, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *older = NULL;
  OvsdbSchema *schema;

  for (guint i = 0; i < G_N_ELEMENTS (additions); i++)
    if (strcmp (additions[i].since, version) > 0) /* each number has one digit */
      remove_addition (json_object_get (json, "tables"), additions[i].table, additions[i].column);
  json_object_set_new (json, "version", json_string (version));
  older = json_dumps (json, JSON_COMPACT);
  json_decref (json);
  schema = ovsdb_schema_parse (older, strlen (older), &error);
  g_assert_no_error (error); /* it is our own text */
  return schema;
}

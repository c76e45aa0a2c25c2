/* Operations as JSON. */
#include "ovsdb/build.h"
#include "ovsdb/error.h"

#include <string.h>

json_t *
ovsdb_json_uuid (const OvsdbUuid *uuid)
{
  char text[OVSDB_UUID_TEXT];
  return json_pack ("[ss]", "uuid", ovsdb_uuid_format (uuid, text));
}

json_t *
ovsdb_json_named_uuid (const char *name)
{
  return json_pack ("[ss]", "named-uuid", name);
}

json_t *
ovsdb_json_set (json_t *elements)
{
  return json_pack ("[so]", "set", elements);
}

json_t *
ovsdb_json_map (json_t *object)
{
  json_t *pairs = json_array (), *value;
  const char *key;

  json_object_foreach (object, key, value) json_array_append_new (pairs, json_pack ("[sO]", key, value));
  json_decref (object);
  return json_pack ("[so]", "map", pairs);
}

json_t *
ovsdb_where_equal (const char *column, json_t *value)
{
  return json_pack ("[[sso]]", column, "==", value);
}

json_t *
ovsdb_where_uuid (const OvsdbUuid *uuid)
{
  return ovsdb_where_equal ("_uuid", ovsdb_json_uuid (uuid));
}

json_t *
ovsdb_op_insert (const char *table, const char *uuid_name, json_t *row)
{
  json_t *operation = json_pack ("{ssssso}", "op", "insert", "table", table, "row", row);

  if (uuid_name)
    json_object_set_new (operation, "uuid-name", json_string (uuid_name));
  return operation;
}

json_t *
ovsdb_op_update (const char *table, json_t *where, json_t *row)
{
  return json_pack ("{sssssoso}", "op", "update", "table", table, "where", where, "row", row);
}

json_t *
ovsdb_op_delete (const char *table, json_t *where)
{
  return json_pack ("{ssssso}", "op", "delete", "table", table, "where", where);
}

json_t *
ovsdb_op_mutate (const char *table, json_t *where, const char *column, const char *mutator, json_t *value)
{
  return json_pack ("{sssssos[[sso]]}", "op", "mutate", "table", table, "where", where, "mutations", column,
                    mutator, value);
}

gboolean
ovsdb_result_uuid (const json_t *result, OvsdbUuid *out)
{
  const json_t *pair = json_object_get (result, "uuid");
  const char *tag = json_string_value (json_array_get (pair, 0)),
             *text = json_string_value (json_array_get (pair, 1));

  return tag && text && strcmp (tag, "uuid") == 0 && ovsdb_uuid_from_text (text, out);
}

static OvsdbErrorCode
code_of (const char *name)
{
  for (guint code = 0; code <= OVSDB_ERROR_DISCONNECTED; code++)
    if (strcmp (ovsdb_error_name ((OvsdbErrorCode) code), name) == 0)
      return (OvsdbErrorCode) code;
  return OVSDB_ERROR_GENERIC;
}

gboolean
ovsdb_results_check (const json_t *results, GError **error)
{
  gsize i;
  json_t *result;

  json_array_foreach ((json_t *) results, i, result)
  {
    const char *name = json_string_value (json_object_get (result, "error")),
               *details = json_string_value (json_object_get (result, "details"));
    if (!name)
      continue;
    g_set_error (error, OVSDB_ERROR, (gint) code_of (name), "operation %zu: %s%s%s", i + 1, name,
                 details ? ": " : "", details ? details : "");
    return FALSE;
  }
  return TRUE;
}

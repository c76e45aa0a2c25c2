/* What tests of databases and servers share. */
#include "bench.h"
#include "schema-of-tests.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

OvsdbSchema *
test_schema (void)
{
  json_t *json = json_of (TEST_SCHEMA);
  char *text = json_dumps (json, 0);
  g_autoptr (GError) error = NULL;
  OvsdbSchema *schema = ovsdb_schema_parse (text, strlen (text), &error);

  if (!schema)
    g_error ("%s", error->message);
  free (text);
  json_decref (json);
  return schema;
}

static void
begin (Bench *bench, OvsdbSchema *schema)
{
  *bench = (Bench){ .fake = fake_world_new (), .schema = schema };
  bench->db = ovsdb_database_new (bench->schema, fake_world (bench->fake));
}

void
bench_begin (Bench *bench)
{
  begin (bench, test_schema ());
}

void
bench_begin_vtep (Bench *bench)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);

  begin (bench, ovsdb_schema_parse (text, length, NULL));
}

void
bench_serve (Bench *bench)
{
  bench->server = ovsdb_server_new (fake_world (bench->fake));
  ovsdb_server_add_database (bench->server, bench->db);
  ovsdb_server_add_remote (bench->server, "ptcp:6640", NULL, NULL);
}

void
bench_end (Bench *bench)
{
  ovsdb_server_free (bench->server);
  ovsdb_database_free (bench->db);
  ovsdb_schema_unref (bench->schema);
  fake_world_run (bench->fake, 0);
  fake_world_free (bench->fake);
}

json_t *
bench_run (Bench *bench, const char *operations)
{
  g_autofree char *array = g_strdup_printf ("[%s]", operations);
  json_t *json = json_of (array), *results = ovsdb_database_transact (bench->db, json);

  json_decref (json);
  mask_results (results);
  return results;
}

void
mask_results (json_t *results)
{
  gsize i;
  json_t *result;

  json_array_foreach (results, i, result)
  {
    if (json_object_get (result, "error"))
      json_array_set (results, i, json_object_get (result, "error"));
    else if (json_object_get (result, "uuid"))
      json_array_set_new (results, i, json_string ("uuid"));
  }
}

static void
compare (const char *file, int line, const char *got, const char *expected)
{
  if (strcmp (got, expected) != 0)
    printf ("# %s:%d\n#   got      %s\n#   expected %s\n", file, line, got, expected);
  CU_assertImplementation (strcmp (got, expected) == 0, (unsigned) line, "the JSON is as expected", file, "",
                           CU_FALSE);
}

void
check_json (const char *file, int line, const json_t *got, const char *expected)
{
  compare (file, line, text_of (got), expected);
}

static gboolean
is_uuid (const char *text)
{
  OvsdbUuid uuid;
  g_autofree char *copy = g_strndup (text, OVSDB_UUID_TEXT - 1);

  return ovsdb_uuid_from_text (copy, &uuid);
}

/* "U1" for the first uuid in the text, and so on. */
static char *
number_uuids (const char *text)
{
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  GString *out = g_string_new (NULL);

  while (*text)
    {
      guint i;
      g_autofree char *uuid = NULL;
      if (!is_uuid (text))
        {
          g_string_append_c (out, *text++);
          continue;
        }
      uuid = g_strndup (text, OVSDB_UUID_TEXT - 1);
      if (!g_ptr_array_find_with_equal_func (seen, uuid, g_str_equal, &i))
        {
          i = seen->len;
          g_ptr_array_add (seen, g_strdup (uuid));
        }
      g_string_append_printf (out, "U%u", i + 1);
      text += OVSDB_UUID_TEXT - 1;
    }
  return g_string_free (out, FALSE);
}

void
check_message (const char *file, int line, FakePeer *peer, const char *expected)
{
  json_t *message = fake_peer_take (peer);
  g_autofree char *text = NULL;

  if (!message || !expected)
    {
      compare (file, line, message ? text_of (message) : "nothing", expected ? expected : "nothing");
      if (message)
        json_decref (message);
      return;
    }
  /* What is said about an error is for people. */
  if (json_is_object (json_object_get (message, "error")))
    json_object_set (message, "error", json_object_get (json_object_get (message, "error"), "error"));
  if (json_is_array (json_object_get (message, "result")))
    mask_results (json_object_get (message, "result"));
  text = number_uuids (text_of (message));
  compare (file, line, text, expected);
  json_decref (message);
}

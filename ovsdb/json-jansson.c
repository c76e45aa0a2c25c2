/* Between the engine's JSON tree and jansson's values, for callers of the library. */
#include "ovsdb/json.h"

#include <string.h>

json_t *
ovsdb_json_to_jansson (const OvsdbJson *json)
{
  json_t *made;

  switch ((OvsdbJsonKind) json->kind)
    {
    case OVSDB_JSON_NULL:
      return json_null ();
    case OVSDB_JSON_FALSE:
      return json_false ();
    case OVSDB_JSON_TRUE:
      return json_true ();
    case OVSDB_JSON_INTEGER:
      return json_integer (json->integer);
    case OVSDB_JSON_REAL:
      return json_real (json->real);
    case OVSDB_JSON_STRING:
      made = json_stringn (json->text, json->n);
      return made ? made : json_string ("");
    case OVSDB_JSON_ARRAY:
      made = json_array ();
      for (const OvsdbJson *child = json->first; child; child = child->next)
        json_array_append_new (made, ovsdb_json_to_jansson (child));
      return made;
    case OVSDB_JSON_OBJECT:
      made = json_object ();
      for (const OvsdbJson *child = json->first; child; child = child->next)
        json_object_set_new (made, child->key, ovsdb_json_to_jansson (child));
      return made;
    }
  return json_null ();
}

static const char *
arena_text (OvsdbArena *arena, const char *text, gsize length)
{
  char *copy = ovsdb_arena_alloc (arena, length + 1);
  memcpy (copy, text, length);
  copy[length] = '\0';
  return copy;
}

static void
append_child (OvsdbJson *parent, OvsdbJson ***tail, OvsdbJson *child, const char *key)
{
  child->key = key;
  **tail = child;
  *tail = &child->next;
  parent->n++;
}

static void
fill_container (OvsdbArena *arena, OvsdbJson *made, const json_t *json)
{
  OvsdbJson **tail = &made->first;
  gsize i;
  const json_t *child;
  const char *key;

  if (json_is_array (json))
    {
      made->kind = OVSDB_JSON_ARRAY;
      for (i = 0; i < json_array_size (json); i++)
        append_child (made, &tail, ovsdb_json_from_jansson (arena, json_array_get (json, i)), NULL);
      return;
    }
  made->kind = OVSDB_JSON_OBJECT;
  /* jansson keeps members in the order in which they were set. */
  json_object_foreach ((json_t *) json, key, child) append_child (
      made, &tail, ovsdb_json_from_jansson (arena, child), arena_text (arena, key, strlen (key)));
}

OvsdbJson *
ovsdb_json_from_jansson (OvsdbArena *arena, const json_t *json)
{
  OvsdbJson *made = ovsdb_arena_alloc (arena, sizeof *made);

  memset (made, 0, sizeof *made);
  switch (json_typeof (json))
    {
    case JSON_NULL:
      break;
    case JSON_FALSE:
      made->kind = OVSDB_JSON_FALSE;
      break;
    case JSON_TRUE:
      made->kind = OVSDB_JSON_TRUE;
      break;
    case JSON_INTEGER:
      made->kind = OVSDB_JSON_INTEGER;
      made->integer = json_integer_value (json);
      break;
    case JSON_REAL:
      made->kind = OVSDB_JSON_REAL;
      made->real = json_real_value (json);
      break;
    case JSON_STRING:
      made->kind = OVSDB_JSON_STRING;
      made->n = (guint32) json_string_length (json);
      made->text = arena_text (arena, json_string_value (json), made->n);
      break;
    case JSON_ARRAY:
    case JSON_OBJECT:
      fill_container (arena, made, json);
      break;
    }
  return made;
}

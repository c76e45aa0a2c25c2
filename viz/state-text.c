/* JSON to words.  OVSDB's notation for sets, maps and references (RFC 7047 §5.1) is known, nothing else. */
#include "viz/state-text.h"

#include <jansson.h>
#include <string.h>

#define UUID_LENGTH 36u
#define UUID_SHOWN  8
#define NESTED_MAX  8u
#define DATABASE    "ovsdb/"
#define VALUES_MAX  32u /* of one set or map that are shown */

typedef struct
{
  GString *out;
  const VizNames *names, *rows;
  guint depth;
} Writer;

static void append_value (Writer *writer, const json_t *value);

/* ---- texts --------------------------------------------------------------------------------------------------- */

static gboolean
is_uuid (const char *text)
{
  for (guint i = 0; i < UUID_LENGTH; i++)
    if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !g_ascii_isxdigit (text[i]))
      return FALSE;
  return text[UUID_LENGTH] == '\0';
}

/* A UUID as the row's name.  A row may be named by another UUID, as a logical switch is by its network's. */
static void
append_row (Writer *writer, const char *uuid)
{
  const char *shown = viz_names_of (writer->rows, uuid);

  if (is_uuid (shown))
    g_string_append_printf (writer->out, "%.*s…", UUID_SHOWN, shown);
  else
    g_string_append (writer->out, viz_names_of (writer->names, shown));
}

/* Keys are words with blanks between them, "02:00:00:00:00:0b vlan 0". */
static void
append_key (Writer *writer, const char *key)
{
  g_auto (GStrv) words = g_strsplit (key, " ", -1);

  for (guint i = 0; words[i]; i++)
    {
      g_string_append (writer->out, i ? " " : "");
      if (is_uuid (words[i]))
        append_row (writer, words[i]);
      else
        g_string_append (writer->out, viz_names_of (writer->names, words[i]));
    }
}

/* Addresses among the values stay addresses: they are what the change is about. */
static void
append_text (Writer *writer, const char *text)
{
  if (is_uuid (text))
    append_row (writer, text);
  else
    g_string_append (writer->out, text);
}

/* ---- values -------------------------------------------------------------------------------------------------- */

/* The elements of ["set",[…]] or ["map",[…]]; NULL when it is none. */
static const json_t *
elements_of (const json_t *value, const char *notation)
{
  const char *word = json_string_value (json_array_get (value, 0));
  const json_t *elements = json_array_get (value, 1);
  return word && strcmp (word, notation) == 0 && json_is_array (elements) ? elements : NULL;
}

static gboolean
is_empty (const json_t *value)
{
  const json_t *set = elements_of (value, "set"), *map = elements_of (value, "map");
  const char *text = json_string_value (value);

  return json_is_null (value) || (set && json_array_size (set) == 0) || (map && json_array_size (map) == 0)
         || (text && *text == '\0');
}

static void
append_set (Writer *writer, const json_t *elements)
{
  for (gsize i = 0; i < MIN (json_array_size (elements), VALUES_MAX); i++)
    {
      g_string_append (writer->out, i ? " " : "");
      append_value (writer, json_array_get (elements, i));
    }
}

static void
append_map (Writer *writer, const json_t *pairs)
{
  for (gsize i = 0; i < MIN (json_array_size (pairs), VALUES_MAX); i++)
    {
      const json_t *pair = json_array_get (pairs, i);
      g_string_append (writer->out, i ? " " : "");
      append_value (writer, json_array_get (pair, 0));
      g_string_append_c (writer->out, '=');
      append_value (writer, json_array_get (pair, 1));
    }
}

static void
append_array (Writer *writer, const json_t *value)
{
  const json_t *set = elements_of (value, "set"), *map = elements_of (value, "map");
  const char *word = json_string_value (json_array_get (value, 0));

  if (map)
    append_map (writer, map);
  else if (word && strcmp (word, "uuid") == 0 && json_array_size (value) == 2)
    append_value (writer, json_array_get (value, 1));
  else
    append_set (writer, set ? set : value);
}

static void
append_value (Writer *writer, const json_t *value)
{
  if (++writer->depth > NESTED_MAX)
    g_string_append (writer->out, "…");
  else if (json_is_array (value))
    append_array (writer, value);
  else if (json_is_string (value))
    append_text (writer, json_string_value (value));
  else if (json_is_integer (value))
    g_string_append_printf (writer->out, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
  else if (json_is_boolean (value))
    g_string_append (writer->out, json_is_true (value) ? "yes" : "no");
  else
    {
      g_autofree char *text = value ? json_dumps (value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
      g_string_append (writer->out, text ? text : "");
    }
  writer->depth--;
}

/* ---- the line ------------------------------------------------------------------------------------------------ */

/* Whether the key says it already. */
static gboolean
is_said (const Writer *writer, const char *key, const json_t *value)
{
  const char *text = json_string_value (value);
  g_auto (GStrv) words = text ? g_strsplit (viz_names_of (writer->rows, key), " ", -1) : NULL;

  return words && g_strv_contains ((const char *const *) words, text);
}

static void
append_members (Writer *writer, const char *key, const char *json)
{
  json_auto_t *object = json_loads (json, 0, NULL);
  const char *front = ": ", *name;
  json_t *value;

  if (!json_is_object (object))
    {
      g_string_append_printf (writer->out, " %s", json);
      return;
    }
  json_object_foreach (object, name, value)
  {
    if (is_empty (value) || is_said (writer, key, value))
      continue;
    g_string_append_printf (writer->out, "%s%s ", front, name);
    append_value (writer, value);
    front = ", ";
  }
}

void
viz_state_append (const VizStateText *state, const VizNames *names, const VizNames *rows, GString *out)
{
  gboolean is_row = g_str_has_prefix (state->table, DATABASE);
  Writer writer = { .out = out, .names = names, .rows = rows };

  g_string_append_printf (out, "%s %s ", state->table + (is_row ? strlen (DATABASE) : 0), state->op);
  append_key (&writer, state->key);
  if (state->json)
    append_members (&writer, state->key, state->json);
}

char *
viz_state_row_name (const char *key, const char *json)
{
  static const char *const naming[] = { "name", "MAC", "dst_ip", "target" };
  json_auto_t *row = json && is_uuid (key) ? json_loads (json, 0, NULL) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (naming); i++)
    {
      const char *name = json_string_value (json_object_get (row, naming[i]));
      if (name && *name)
        return g_strdup (name);
    }
  return NULL;
}

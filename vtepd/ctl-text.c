/* Results for people: lists as columns, explanations as sentences. */
#include "vtepd/ctl.h"

#include <stdio.h>
#include <string.h>

#define MAX_COLUMNS 16u
#define MAX_CELL    60u

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static char *
cell_text (const json_t *value)
{
  GString *text;

  if (json_is_string (value))
    return g_strdup (*json_string_value (value) ? json_string_value (value) : "-");
  if (json_is_integer (value))
    return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
  if (json_is_boolean (value))
    return g_strdup (json_is_true (value) ? "yes" : "no");
  if (!json_is_array (value) || json_array_size (value) == 0)
    return g_strdup ("-");
  text = g_string_new (NULL);
  for (size_t i = 0; i < json_array_size (value); i++)
    {
      g_autofree char *item = cell_text (json_array_get (value, i));
      g_string_append_printf (text, "%s%s", i ? " " : "", item);
    }
  return g_string_free (text, FALSE);
}

/* A dropped frame's bytes are too long for a column: they are for JSON. */
static guint
columns_of (const json_t *rows, const char *names[MAX_COLUMNS])
{
  const char *key;
  json_t *value;
  guint n = 0;

  json_object_foreach (json_array_get (rows, 0), key, value)
  {
    if (n < MAX_COLUMNS && strcmp (key, "frame") != 0)
      names[n++] = key;
  }
  return n;
}

static guint
width_of (const json_t *rows, const char *name)
{
  gsize width = strlen (name);

  for (size_t i = 0; i < json_array_size (rows); i++)
    {
      g_autofree char *cell = cell_text (json_object_get (json_array_get (rows, i), name));
      width = MAX (width, strlen (cell));
    }
  return (guint) MIN (width, MAX_CELL);
}

static void
print_rows (const json_t *rows)
{
  const char *names[MAX_COLUMNS];
  guint widths[MAX_COLUMNS], n = columns_of (rows, names);

  for (guint column = 0; column < n; column++)
    {
      g_autofree char *name = g_ascii_strup (names[column], -1);
      widths[column] = width_of (rows, names[column]);
      printf ("%-*s%s", column + 1 < n ? (int) widths[column] : 0, name, column + 1 < n ? "  " : "\n");
    }
  for (size_t i = 0; i < json_array_size (rows); i++)
    for (guint column = 0; column < n; column++)
      {
        g_autofree char *cell = cell_text (json_object_get (json_array_get (rows, i), names[column]));
        printf ("%-*s%s", column + 1 < n ? (int) widths[column] : 0, cell, column + 1 < n ? "  " : "\n");
      }
}

static void
print_members (const json_t *result)
{
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *) result, key, value)
  {
    if (json_is_array (value) && json_array_size (value))
      print_rows (value);
    else if (strcmp (key, "more") != 0)
      {
        g_autofree char *cell = cell_text (value);
        printf ("%s: %s\n", key, json_is_array (value) ? "none" : cell);
      }
    else if (json_integer_value (value))
      printf ("… and %" JSON_INTEGER_FORMAT " more; --limit N shows more\n", json_integer_value (value));
  }
}

/* ---- explanations ------------------------------------------------------------------------------------------------ */

static const char *
text_at (const json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text ? text : "";
}

static void
print_decision (const json_t *result)
{
  static const struct
  {
    const char *rule, *sentence;
  } sentences[] = {
    { "local", "its destination was learned at a port" },
    { "remote", "its destination has a row in Ucast_Macs_Remote" },
    { "unknown", "its destination is unknown: it is flooded" },
    { "group", "its destination is a group: it is flooded" },
    { "router", "its destination is a router of the logical switch" },
    { "arp-source", "its destination has a row in Arp_Sources_Remote" },
    { "refused", "it is refused before any look-up" },
  };

  printf ("frame from %s", text_at (result, "from"));
  if (*text_at (result, "source"))
    printf (", %s to %s", text_at (result, "source"), text_at (result, "destination"));
  printf ("\n");
  if (*text_at (result, "switch"))
    printf ("  logical switch %s\n", text_at (result, "switch"));
  if (json_is_true (json_object_get (result, "learn")))
    printf ("  its source is learned at %s\n", text_at (result, "from"));
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (strcmp (sentences[i].rule, text_at (result, "rule")) == 0)
      printf ("  %s\n", sentences[i].sentence);
}

static void
print_action (const json_t *action)
{
  if (*text_at (action, "output"))
    printf ("  -> out of %s\n", text_at (action, "output"));
  else if (*text_at (action, "router"))
    printf ("  -> router: %s\n", text_at (action, "router"));
  else if (*text_at (action, "tunnel"))
    printf ("  -> tunnel to %s, vni %" JSON_INTEGER_FORMAT "\n", text_at (action, "tunnel"),
            json_integer_value (json_object_get (action, "vni")));
  else
    printf ("  -> dropped, %s: %s [%s%s%s]\n", text_at (action, "drop"), text_at (action, "meaning"),
            text_at (action, "table"), *text_at (action, "rule") ? ": " : "", text_at (action, "rule"));
}

static void
print_explanation (const json_t *result)
{
  const json_t *actions = json_object_get (result, "actions");

  print_decision (result);
  for (size_t i = 0; i < json_array_size (actions); i++)
    print_action (json_array_get (actions, i));
}

void
vtepd_ctl_print (const char *command, const json_t *result)
{
  if (strcmp (command, "explain") == 0)
    print_explanation (result);
  else
    print_members (result);
}

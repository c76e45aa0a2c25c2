/* Tree and values to JSON text. */
#include "ovsdb/json.h"
#include "ovsdb/put.h"

#include <math.h>
#include <string.h>

/* What must not stand in a string as it is. */
static gboolean
is_plain (char c)
{
  return (guint8) c >= 0x20 && c != '"' && c != '\\';
}

static void
append_escaped (GString *to, char c)
{
  static const char from[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
  const char *found = c ? strchr (from, c) : NULL;

  if (found)
    {
      g_string_append_c (to, '\\');
      g_string_append_c (to, letter[found - from]);
    }
  else
    g_string_append_printf (to, "\\u%04x", (guint8) c);
}

void
ovsdb_json_append_text (GString *to, const char *text, gsize length)
{
  const char *end = text + length;

  g_string_append_c (to, '"');
  while (text < end)
    {
      const char *run = text;
      while (text < end && is_plain (*text))
        text++;
      ovsdb_put (to, run, (gsize) (text - run));
      if (text < end)
        append_escaped (to, *text++);
    }
  g_string_append_c (to, '"');
}

void
ovsdb_json_append_integer (GString *to, gint64 value)
{
  char text[24], *at = text + sizeof text;
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--at = (char) ('0' + magnitude % 10);
  while ((magnitude /= 10) > 0);
  if (value < 0)
    *--at = '-';
  ovsdb_put (to, at, (gsize) (text + sizeof text - at));
}

/* The shortest of 15 to 17 digits that reads back as the same value. */
void
ovsdb_json_append_real (GString *to, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 15; digits <= 17; digits++)
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (to, text);
}

static void
append_container (GString *to, const OvsdbJson *json)
{
  gboolean object = json->kind == OVSDB_JSON_OBJECT;

  g_string_append_c (to, object ? '{' : '[');
  for (const OvsdbJson *child = json->first; child; child = child->next)
    {
      if (child != json->first)
        g_string_append_c (to, ',');
      if (object)
        {
          ovsdb_json_append_text (to, child->key, strlen (child->key));
          g_string_append_c (to, ':');
        }
      ovsdb_json_append (to, child);
    }
  g_string_append_c (to, object ? '}' : ']');
}

void
ovsdb_json_append (GString *to, const OvsdbJson *json)
{
  switch ((OvsdbJsonKind) json->kind)
    {
    case OVSDB_JSON_NULL:
      g_string_append (to, "null");
      break;
    case OVSDB_JSON_FALSE:
      g_string_append (to, "false");
      break;
    case OVSDB_JSON_TRUE:
      g_string_append (to, "true");
      break;
    case OVSDB_JSON_INTEGER:
      ovsdb_json_append_integer (to, json->integer);
      break;
    case OVSDB_JSON_REAL:
      ovsdb_json_append_real (to, json->real);
      break;
    case OVSDB_JSON_STRING:
      ovsdb_json_append_text (to, json->text, json->n);
      break;
    case OVSDB_JSON_ARRAY:
    case OVSDB_JSON_OBJECT:
      append_container (to, json);
      break;
    }
}

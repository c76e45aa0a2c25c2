/* JSON text to tree: recursive descent, its depth and size bounded by the caller. */
#include "ovsdb/json.h"
#include "ovsdb/error.h"

#include <math.h>
#include <string.h>

typedef struct
{
  OvsdbArena *arena;
  const char *begin, *at, *end;
  guint depth_left;
  guint values_left; /* 0: any number */
  GError **error;
} Parser;

static OvsdbJson *parse_value (Parser *p);

static gpointer
fail (Parser *p, const char *what)
{
  if (p->error && !*p->error)
    g_set_error (p->error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "JSON offset %zu: %s", (gsize) (p->at - p->begin),
                 what);
  return NULL;
}

static void
skip_space (Parser *p)
{
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
    p->at++;
}

static OvsdbJson *
node_new (Parser *p, OvsdbJsonKind kind)
{
  OvsdbJson *json = ovsdb_arena_alloc (p->arena, sizeof *json);
  memset (json, 0, sizeof *json);
  json->kind = (guint8) kind;
  return json;
}

/* ---- strings ------------------------------------------------------------------------------------------------- */

/* Four hexadecimal digits behind "\u", or -1. */
static int
parse_hex4 (Parser *p)
{
  int value = 0;

  if (p->end - p->at < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p->at[i]);
      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  p->at += 4;
  return value;
}

/* `at` stands behind "\u".  Returns the bytes written, 0 on a mistake. */
static int
parse_unicode (Parser *p, char *to)
{
  int unit = parse_hex4 (p), low;

  if (unit <= 0)
    return fail (p, unit == 0 ? "U+0000 is not allowed in a string" : "\\u needs four hexadecimal digits"), 0;
  if (unit < 0xd800 || unit > 0xdfff)
    return g_unichar_to_utf8 ((gunichar) unit, to);
  if (unit > 0xdbff || p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u')
    return fail (p, "a surrogate without its other half"), 0;
  p->at += 2;
  low = parse_hex4 (p);
  if (low < 0xdc00 || low > 0xdfff)
    return fail (p, "a surrogate without its other half"), 0;
  return g_unichar_to_utf8 (0x10000u + (((gunichar) unit & 0x3ff) << 10) + ((gunichar) low & 0x3ff), to);
}

/* `at` stands behind the backslash. */
static int
parse_escape (Parser *p, char *to)
{
  static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
  const char *found;
  char c;

  if (p->at == p->end)
    return fail (p, "the text ends within a string"), 0;
  c = *p->at++;
  if (c == 'u')
    return parse_unicode (p, to);
  found = c ? strchr (from, c) : NULL;
  if (!found)
    return fail (p, "unknown escape in a string"), 0;
  *to = plain[found - from];
  return 1;
}

/* `at` stands behind the opening quote. An escape never becomes longer, so the distance to the closing quote is room
 * enough. */
static const char *
parse_string (Parser *p, guint32 *length)
{
  const char *close = p->at;
  char *text, *to;

  while (close < p->end && *close != '"')
    {
      if ((guint8) *close < 0x20)
        return p->at = close, fail (p, "a control character in a string must be escaped");
      close += *close == '\\' ? 2 : 1;
    }
  if (close >= p->end || close - p->at >= (gssize) G_MAXUINT32)
    return fail (p, "the text ends within a string");
  to = text = ovsdb_arena_alloc (p->arena, (gsize) (close - p->at) + 1);
  while (p->at < close)
    {
      const char *escape = memchr (p->at, '\\', (gsize) (close - p->at));
      gsize n = (gsize) ((escape ? escape : close) - p->at);
      memcpy (to, p->at, n);
      to += n;
      p->at += n;
      if (escape)
        {
          int written;
          p->at++;
          written = parse_escape (p, to);
          if (written == 0)
            return NULL;
          to += written;
        }
    }
  p->at = close + 1;
  *to = '\0';
  *length = (guint32) (to - text);
  return text;
}

/* ---- numbers ------------------------------------------------------------------------------------------------- */

static const char *
digits_end (const char *at, const char *end)
{
  while (at < end && g_ascii_isdigit (*at))
    at++;
  return at;
}

/* The end of a number (RFC 8259 §6), or NULL. */
static const char *
number_end (const char *at, const char *end, gboolean *plain)
{
  const char *digits = at + (at < end && *at == '-');

  at = digits_end (digits, end);
  if (at == digits || (*digits == '0' && at - digits > 1))
    return NULL;
  *plain = TRUE;
  if (at < end && *at == '.')
    {
      const char *fraction = at + 1;
      *plain = FALSE;
      at = digits_end (fraction, end);
      if (at == fraction)
        return NULL;
    }
  if (at < end && (*at == 'e' || *at == 'E'))
    {
      const char *power = at + 1;
      *plain = FALSE;
      power += power < end && (*power == '+' || *power == '-');
      at = digits_end (power, end);
      if (at == power)
        return NULL;
    }
  return at;
}

/* A whole number within 64 bits, however it was written; else a real. */
static OvsdbJson *
parse_number (Parser *p)
{
  gboolean plain;
  const char *end = number_end (p->at, p->end, &plain);
  OvsdbJson *json;
  char text[64];
  g_autofree char *longer = NULL;
  char *number = text;

  if (!end)
    return fail (p, "not a number");
  if ((gsize) (end - p->at) < sizeof text)
    {
      memcpy (text, p->at, (gsize) (end - p->at));
      text[end - p->at] = '\0';
    }
  else
    number = longer = g_strndup (p->at, (gsize) (end - p->at));
  json = node_new (p, OVSDB_JSON_INTEGER);
  if (!plain || !g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, &json->integer, NULL))
    {
      double value = g_ascii_strtod (number, NULL);
      if (!isfinite (value))
        return fail (p, "the number is out of range");
      if (value == trunc (value) && value >= -0x1p63 && value < 0x1p63)
        json->integer = (gint64) value;
      else
        {
          json->kind = OVSDB_JSON_REAL;
          json->real = value;
        }
    }
  p->at = end;
  return json;
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static OvsdbJson *
parse_word (Parser *p, const char *word, OvsdbJsonKind kind)
{
  gsize n = strlen (word);

  if ((gsize) (p->end - p->at) < n || memcmp (p->at, word, n) != 0)
    return fail (p, "a value is expected");
  p->at += n;
  return node_new (p, kind);
}

/* `at` stands before a member's name. */
static const char *
parse_key (Parser *p)
{
  const char *key;
  guint32 length;

  if (p->at == p->end || *p->at != '"')
    return fail (p, "a member's name is expected");
  p->at++;
  key = parse_string (p, &length);
  if (!key)
    return NULL;
  skip_space (p);
  if (p->at == p->end || *p->at != ':')
    return fail (p, "':' is expected");
  p->at++;
  return key;
}

/* An array or an object; `at` stands on its bracket. */
static OvsdbJson *
parse_container (Parser *p, OvsdbJsonKind kind)
{
  char closing = kind == OVSDB_JSON_ARRAY ? ']' : '}';
  OvsdbJson *json = node_new (p, kind), **tail = &json->first;

  if (p->depth_left == 0)
    return fail (p, "nested too deeply");
  p->depth_left--;
  p->at++;
  skip_space (p);
  while (json->n || p->at == p->end || *p->at != closing)
    {
      const char *key = NULL;
      if (kind == OVSDB_JSON_OBJECT && !(key = parse_key (p)))
        return NULL;
      *tail = parse_value (p);
      if (!*tail)
        return NULL;
      (*tail)->key = key;
      tail = &(*tail)->next;
      json->n++;
      skip_space (p);
      if (p->at < p->end && *p->at == closing)
        break;
      if (p->at == p->end || *p->at != ',')
        return fail (p, "',' or the closing bracket is expected");
      p->at++;
      skip_space (p);
    }
  p->at++;
  p->depth_left++;
  return json;
}

static OvsdbJson *
parse_value (Parser *p)
{
  OvsdbJson *json;

  skip_space (p);
  if (p->at == p->end)
    return fail (p, "a value is expected");
  if (p->values_left && --p->values_left == 0)
    return fail (p, "too many values");
  switch (*p->at)
    {
    case '{':
      return parse_container (p, OVSDB_JSON_OBJECT);
    case '[':
      return parse_container (p, OVSDB_JSON_ARRAY);
    case '"':
      p->at++;
      json = node_new (p, OVSDB_JSON_STRING);
      json->text = parse_string (p, &json->n);
      return json->text ? json : NULL;
    case 'n':
      return parse_word (p, "null", OVSDB_JSON_NULL);
    case 't':
      return parse_word (p, "true", OVSDB_JSON_TRUE);
    case 'f':
      return parse_word (p, "false", OVSDB_JSON_FALSE);
    default:
      return parse_number (p);
    }
}

OvsdbJson *
ovsdb_json_parse_within (OvsdbArena *arena, const char *text, gsize length, const OvsdbJsonLimits *limits,
                         GError **error)
{
  GError *local = NULL;
  Parser p = { .arena = arena,
               .begin = text,
               .at = text,
               .end = text + length,
               .depth_left = limits->max_depth,
               .values_left = limits->max_values ? limits->max_values + 1 : 0,
               .error = &local };
  OvsdbJson *json = parse_value (&p);

  if (json)
    {
      skip_space (&p);
      if (p.at < p.end)
        json = fail (&p, "something follows the value");
    }
  if (local)
    g_propagate_error (error, local);
  return json;
}

OvsdbJson *
ovsdb_json_parse (OvsdbArena *arena, const char *text, gsize length, guint max_depth, GError **error)
{
  return ovsdb_json_parse_within (arena, text, length, &(OvsdbJsonLimits){ .max_depth = max_depth }, error);
}

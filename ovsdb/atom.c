/* Single values: order, hash, constraints, JSON. */
#include "ovsdb/hash.h"
#include "ovsdb/put.h"
#include "ovsdb/value.h"

#include <string.h>

const char *
ovsdb_kind_name (OvsdbKind kind)
{
  static const char *const names[] = { "void", "integer", "real", "boolean", "string", "uuid" };
  return names[kind];
}

OvsdbAtom
ovsdb_atom_default (OvsdbKind kind)
{
  OvsdbAtom atom;

  memset (&atom, 0, sizeof atom);
  if (kind == OVSDB_STRING)
    atom.text = ovsdb_text_new ("", 0);
  return atom;
}

gint
ovsdb_atom_compare (const OvsdbAtom *a, const OvsdbAtom *b, OvsdbKind kind)
{
  switch (kind)
    {
    case OVSDB_INTEGER:
      return (a->integer > b->integer) - (a->integer < b->integer);
    case OVSDB_REAL:
      return (a->real > b->real) - (a->real < b->real);
    case OVSDB_BOOLEAN:
      return !!a->boolean - !!b->boolean;
    case OVSDB_STRING:
      return a->text == b->text ? 0 : strcmp (a->text, b->text);
    case OVSDB_UUID:
      return ovsdb_uuid_compare (&a->uuid, &b->uuid);
    case OVSDB_VOID:
      break;
    }
  g_assert_not_reached ();
}

guint32
ovsdb_atom_hash (const OvsdbAtom *atom, OvsdbKind kind, guint64 key)
{
  guint8 boolean;

  switch (kind)
    {
    case OVSDB_INTEGER:
      return ovsdb_hash_bytes (&atom->integer, sizeof atom->integer, key);
    case OVSDB_REAL:
      return ovsdb_hash_bytes (&atom->real, sizeof atom->real, key);
    case OVSDB_BOOLEAN:
      boolean = !!atom->boolean;
      return ovsdb_hash_bytes (&boolean, 1, key);
    case OVSDB_STRING:
      return ovsdb_hash_bytes (atom->text, strlen (atom->text), key);
    case OVSDB_UUID:
      return ovsdb_hash_bytes (&atom->uuid, sizeof atom->uuid, key);
    case OVSDB_VOID:
      break;
    }
  g_assert_not_reached ();
}

/* ---- constraints --------------------------------------------------------------------------------------------- */

static gboolean violation (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
violation (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *message = NULL;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, OVSDB_ERROR, OVSDB_ERROR_CONSTRAINT, message);
  return FALSE;
}

static gboolean
check_real (double value, const OvsdbBaseType *base, GError **error)
{
  g_autoptr (GString) message = NULL;

  if (value >= base->min_real && value <= base->max_real)
    return TRUE;
  message = g_string_new (NULL);
  ovsdb_json_append_real (message, value);
  OVSDB_PUT (message, " is not in the range ");
  ovsdb_json_append_real (message, base->min_real);
  OVSDB_PUT (message, " to ");
  ovsdb_json_append_real (message, base->max_real);
  return violation (error, "%s", message->str);
}

static gboolean
check_string (const char *text, const OvsdbBaseType *base, GError **error)
{
  gsize n = strlen (text);

  if (base->max_length < n || base->min_length > 0)
    n = (gsize) g_utf8_strlen (text, (gssize) n);
  if (n < base->min_length)
    return violation (error, "\"%s\" has %zu characters, fewer than the %u that are required", text, n,
                      base->min_length);
  if (n > base->max_length)
    return violation (error, "\"%s\" has %zu characters, more than the %u that are allowed", text, n,
                      base->max_length);
  return TRUE;
}

static gboolean
check_choice (const OvsdbAtom *atom, const OvsdbBaseType *base, GError **error)
{
  g_autoptr (GString) message = NULL;

  if (ovsdb_datum_find (base->choices, atom, base->kind) >= 0)
    return TRUE;
  message = g_string_new (NULL);
  ovsdb_atom_append (message, atom, base->kind);
  OVSDB_PUT (message, " is none of the allowed values ");
  for (guint i = 0; i < base->choices->n; i++)
    {
      g_string_append (message, i ? ", " : "");
      ovsdb_atom_append (message, &ovsdb_datum_keys (base->choices)[i], base->kind);
    }
  return violation (error, "%s", message->str);
}

gboolean
ovsdb_atom_check (const OvsdbAtom *atom, const OvsdbBaseType *base, GError **error)
{
  if (base->choices)
    return check_choice (atom, base, error);
  switch (base->kind)
    {
    case OVSDB_INTEGER:
      return (atom->integer >= base->min_integer && atom->integer <= base->max_integer)
             || violation (
                 error, "%" G_GINT64_FORMAT " is not in the range %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 atom->integer, base->min_integer, base->max_integer);
    case OVSDB_REAL:
      return check_real (atom->real, base, error);
    case OVSDB_STRING:
      return check_string (atom->text, base, error);
    case OVSDB_BOOLEAN:
    case OVSDB_UUID:
    case OVSDB_VOID:
      break;
    }
  return TRUE;
}

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

static gboolean
wrong (GError **error, const char *expected)
{
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "%s is expected", expected);
  return FALSE;
}

static gboolean
parse_uuid (const OvsdbJson *json, OvsdbSymbols *symbols, OvsdbUuid *out, GError **error)
{
  const OvsdbJson *tag = ovsdb_json_at (json, 0), *text = ovsdb_json_at (json, 1);

  if (!ovsdb_json_is (tag, OVSDB_JSON_STRING) || !ovsdb_json_is (text, OVSDB_JSON_STRING) || json->n != 2)
    return wrong (error, "[\"uuid\", <string>]");
  if (strcmp (tag->text, "uuid") == 0)
    return ovsdb_uuid_from_text (text->text, out) || wrong (error, "a UUID's text");
  if (!symbols || strcmp (tag->text, "named-uuid") != 0)
    return wrong (error, "[\"uuid\", <string>]");
  if (!ovsdb_is_id (text->text))
    return wrong (error, "a name of letters, digits and '_' in \"named-uuid\"");
  *out = ovsdb_symbols_get (symbols, text->text)->uuid;
  return TRUE;
}

static gboolean
parse_text (const OvsdbJson *json, const OvsdbSymbols *symbols, const char **out, GError **error)
{
  if (json->kind != OVSDB_JSON_STRING)
    return wrong (error, "a string");
  if (symbols && symbols->max_string_bytes && json->n > symbols->max_string_bytes)
    {
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_RESOURCES, "a string of %u bytes; this server allows %zu",
                   json->n, symbols->max_string_bytes);
      return FALSE;
    }
  if (!g_utf8_validate_len (json->text, json->n, NULL))
    return violation (error, "the string is not valid UTF-8");
  *out = ovsdb_text_new (json->text, json->n);
  return TRUE;
}

static gboolean
parse_kind (const OvsdbJson *json, OvsdbKind kind, OvsdbSymbols *symbols, OvsdbAtom *out, GError **error)
{
  memset (out, 0, sizeof *out);
  switch (kind)
    {
    case OVSDB_INTEGER:
      out->integer = json->kind == OVSDB_JSON_INTEGER ? json->integer : 0;
      return json->kind == OVSDB_JSON_INTEGER || wrong (error, "an integer");
    case OVSDB_REAL:
      if (json->kind == OVSDB_JSON_INTEGER)
        out->real = (double) json->integer;
      else if (json->kind == OVSDB_JSON_REAL)
        out->real = json->real + 0.0; /* one zero: -0 would print as what is read as 0 */
      else
        return wrong (error, "a number");
      return TRUE;
    case OVSDB_BOOLEAN:
      out->boolean = json->kind == OVSDB_JSON_TRUE;
      return json->kind == OVSDB_JSON_TRUE || json->kind == OVSDB_JSON_FALSE || wrong (error, "a boolean");
    case OVSDB_STRING:
      return parse_text (json, symbols, &out->text, error);
    case OVSDB_UUID:
      return parse_uuid (json, symbols, &out->uuid, error);
    case OVSDB_VOID:
      break;
    }
  g_assert_not_reached ();
}

gboolean
ovsdb_atom_parse (const OvsdbJson *json, const OvsdbBaseType *base, OvsdbSymbols *symbols, OvsdbAtom *out,
                  GError **error)
{
  OvsdbAtom atom;

  if (!parse_kind (json, base->kind, symbols, &atom, error))
    return FALSE;
  if (!ovsdb_atom_check (&atom, base, error))
    {
      ovsdb_atom_clear (&atom, base->kind);
      return FALSE;
    }
  *out = atom;
  return TRUE;
}

void
ovsdb_atom_append (GString *to, const OvsdbAtom *atom, OvsdbKind kind)
{
  switch (kind)
    {
    case OVSDB_INTEGER:
      ovsdb_json_append_integer (to, atom->integer);
      break;
    case OVSDB_REAL:
      ovsdb_json_append_real (to, atom->real);
      break;
    case OVSDB_BOOLEAN:
      g_string_append (to, atom->boolean ? "true" : "false");
      break;
    case OVSDB_STRING:
      ovsdb_json_append_text (to, atom->text, strlen (atom->text));
      break;
    case OVSDB_UUID:
      OVSDB_PUT (to, "[\"uuid\",\"");
      ovsdb_put_uuid (to, &atom->uuid);
      OVSDB_PUT (to, "\"]");
      break;
    case OVSDB_VOID:
      break;
    }
}

/* Data on the wire: <value> of RFC 7047 §5.1. */
#include "ovsdb/value.h"
#include "ovsdb/put.h"

#include <string.h>

static gboolean
wrong (GError **error, const char *expected)
{
  g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, "%s is expected", expected);
  return FALSE;
}

static gboolean
is_tagged (const OvsdbJson *json, const char *tag)
{
  const OvsdbJson *first = ovsdb_json_at (json, 0);
  return ovsdb_json_is (first, OVSDB_JSON_STRING) && strcmp (first->text, tag) == 0;
}

/* What ["set", [...]] or ["map", [...]] holds, or NULL. */
static const OvsdbJson *
unwrap (const OvsdbJson *json, const char *tag)
{
  const OvsdbJson *inner = ovsdb_json_at (json, 1);

  if (!is_tagged (json, tag) || json->n != 2 || !ovsdb_json_is (inner, OVSDB_JSON_ARRAY))
    return NULL;
  return inner;
}

static gboolean
gather_element (OvsdbGather *gather, const OvsdbJson *json, OvsdbSymbols *symbols, GError **error)
{
  const OvsdbType *type = gather->type;
  gboolean is_map = ovsdb_type_is_map (type);
  OvsdbAtom key, value;

  if (is_map && (!ovsdb_json_is (json, OVSDB_JSON_ARRAY) || json->n != 2))
    return wrong (error, "a pair of key and value");
  if (!ovsdb_atom_parse (is_map ? json->first : json, &type->key, symbols, &key, error))
    return FALSE;
  if (is_map && !ovsdb_atom_parse (json->first->next, &type->value, symbols, &value, error))
    {
      ovsdb_atom_clear (&key, type->key.kind);
      return FALSE;
    }
  ovsdb_gather_add (gather, key, is_map ? &value : NULL);
  return TRUE;
}

static gboolean
parse_many (const OvsdbJson *inner, const OvsdbType *type, OvsdbSymbols *symbols, OvsdbDatum *out,
            GError **error)
{
  const char *class = ovsdb_type_is_map (type) ? "map" : "set";
  OvsdbGather gather;

  if (inner->n < type->n_min || inner->n > type->n_max)
    {
      g_autofree char *size = ovsdb_type_size (type);
      return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "a %s of %u elements; the column takes %s", class,
                           inner->n, size);
    }
  ovsdb_gather_begin (&gather, type, inner->n);
  for (const OvsdbJson *element = inner->first; element; element = element->next)
    if (!gather_element (&gather, element, symbols, error))
      {
        ovsdb_gather_clear (&gather);
        return FALSE;
      }
  if (ovsdb_gather_end (&gather, out) > 0)
    {
      ovsdb_datum_clear (out, type);
      g_set_error (error, OVSDB_ERROR, OVSDB_ERROR_GENERIC, "a %s contains a %s twice", class,
                   ovsdb_type_is_map (type) ? "key" : "value");
      return FALSE;
    }
  return TRUE;
}

gboolean
ovsdb_datum_parse (const OvsdbJson *json, const OvsdbType *type, OvsdbSymbols *symbols, OvsdbDatum *out,
                   GError **error)
{
  gboolean is_map = ovsdb_type_is_map (type);
  const OvsdbJson *inner;
  OvsdbAtom atom;

  if (is_map || is_tagged (json, "set"))
    {
      inner = unwrap (json, is_map ? "map" : "set");
      if (!inner)
        return wrong (error, is_map ? "[\"map\", <array>]" : "[\"set\", <array>]");
      return parse_many (inner, type, symbols, out, error);
    }
  /* A set of one may stand as its only element. */
  if (!ovsdb_atom_parse (json, &type->key, symbols, &atom, error))
    return FALSE;
  *out = (OvsdbDatum){ .n = 1, .one = atom };
  return TRUE;
}

void
ovsdb_datum_append (GString *to, const OvsdbDatum *datum, const OvsdbType *type)
{
  const OvsdbAtom *keys = ovsdb_datum_keys (datum);

  if (datum->n == 1 && !datum->is_map)
    {
      ovsdb_atom_append (to, keys, type->key.kind);
      return;
    }
  g_string_append (to, datum->is_map ? "[\"map\",[" : "[\"set\",[");
  for (guint i = 0; i < datum->n; i++)
    {
      if (i)
        g_string_append_c (to, ',');
      if (datum->is_map)
        g_string_append_c (to, '[');
      ovsdb_atom_append (to, &keys[i], type->key.kind);
      if (datum->is_map)
        {
          g_string_append_c (to, ',');
          ovsdb_atom_append (to, &ovsdb_datum_values (datum)[i], type->value.kind);
          g_string_append_c (to, ']');
        }
    }
  OVSDB_PUT (to, "]]");
}

gboolean
ovsdb_datum_check_size (const OvsdbDatum *datum, const OvsdbType *type, GError **error)
{
  g_autofree char *size = NULL;

  if (datum->n >= type->n_min && datum->n <= type->n_max)
    return TRUE;
  size = ovsdb_type_size (type);
  return ovsdb_refuse (error, OVSDB_ERROR_CONSTRAINT, "the column would hold %u elements; it takes %s",
                       datum->n, size);
}

gboolean
ovsdb_datum_check (const OvsdbDatum *datum, const OvsdbType *type, GError **error)
{
  const OvsdbAtom *keys = ovsdb_datum_keys (datum),
                  *values = datum->is_map ? ovsdb_datum_values (datum) : NULL;

  for (guint i = 0; i < datum->n; i++)
    if (!ovsdb_atom_check (&keys[i], &type->key, error)
        || (values && !ovsdb_atom_check (&values[i], &type->value, error)))
      return FALSE;
  return ovsdb_datum_check_size (datum, type, error);
}

gboolean
ovsdb_datum_parse_difference (const OvsdbJson *json, const OvsdbDatum *before, const OvsdbType *type,
                              OvsdbDatum *out, GError **error)
{
  OvsdbType free_type = ovsdb_type_unconstrained (type);
  OvsdbDatum diff;

  free_type.n_min = 0;
  free_type.n_max = OVSDB_UNLIMITED;
  if (!ovsdb_datum_parse (json, &free_type, NULL, &diff, error))
    return FALSE;
  *out = ovsdb_datum_apply (before, &diff, type);
  ovsdb_datum_clear (&diff, &free_type);
  if (ovsdb_datum_check (out, type, error))
    return TRUE;
  ovsdb_datum_clear (out, type);
  return FALSE;
}

/* ---- for callers with jansson values --------------------------------------------------------------------------- */

json_t *
ovsdb_datum_to_json (const OvsdbDatum *datum, const OvsdbType *type)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_datum_append (text, datum, type);
  return json_loadb (text->str, text->len, JSON_DECODE_ANY, NULL);
}

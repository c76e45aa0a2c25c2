/* Column types: <base-type> and <type> of RFC 7047 §3.2. */
#include "ovsdb/value.h"

#include <float.h>
#include <string.h>

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error_literal (error, OVSDB_ERROR, OVSDB_ERROR_SYNTAX, what);
  return FALSE;
}

static gboolean
parse_kind (const OvsdbJson *json, OvsdbKind *kind, GError **error)
{
  for (OvsdbKind k = OVSDB_INTEGER; k <= OVSDB_UUID; k++)
    if (ovsdb_json_is (json, OVSDB_JSON_STRING) && strcmp (json->text, ovsdb_kind_name (k)) == 0)
      {
        *kind = k;
        return TRUE;
      }
  return refuse (error, "a type must be one of integer, real, boolean, string, uuid");
}

static void
base_init (OvsdbBaseType *base, OvsdbKind kind)
{
  *base = (OvsdbBaseType){ .kind = kind,
                           .min_integer = G_MININT64,
                           .max_integer = G_MAXINT64,
                           .min_real = -DBL_MAX,
                           .max_real = DBL_MAX,
                           .max_length = G_MAXUINT };
}

static void
base_clear (OvsdbBaseType *base)
{
  OvsdbType of_choices = { .key = { .kind = base->kind } };

  if (base->choices)
    {
      ovsdb_datum_clear (base->choices, &of_choices);
      g_free (base->choices);
    }
  g_free (base->ref_table);
  *base = (OvsdbBaseType){ 0 };
}

/* ---- what restricts a base type ------------------------------------------------------------------------------- */

static gboolean
parse_choices (const OvsdbJson *json, OvsdbBaseType *base, GError **error)
{
  OvsdbType type = { .n_min = 1, .n_max = OVSDB_UNLIMITED };
  OvsdbDatum choices;

  base_init (&type.key, base->kind);
  if (!ovsdb_datum_parse (json, &type, NULL, &choices, error))
    return FALSE;
  base->choices = g_memdup2 (&choices, sizeof choices);
  return TRUE;
}

static double
number (const OvsdbJson *json)
{
  return json->kind == OVSDB_JSON_INTEGER ? (double) json->integer : json->real;
}

static gboolean
parse_ranges (OvsdbMembers *members, OvsdbBaseType *base, GError **error)
{
  const OvsdbJson *low = NULL, *high = NULL;

  if (base->kind == OVSDB_INTEGER)
    {
      low = ovsdb_members_may (members, "minInteger", OVSDB_ANY_INTEGER);
      high = ovsdb_members_may (members, "maxInteger", OVSDB_ANY_INTEGER);
      base->min_integer = low ? low->integer : base->min_integer;
      base->max_integer = high ? high->integer : base->max_integer;
    }
  else if (base->kind == OVSDB_REAL)
    {
      low = ovsdb_members_may (members, "minReal", OVSDB_ANY_NUMBER);
      high = ovsdb_members_may (members, "maxReal", OVSDB_ANY_NUMBER);
      base->min_real = low ? number (low) : base->min_real;
      base->max_real = high ? number (high) : base->max_real;
    }
  else if (base->kind == OVSDB_STRING)
    {
      low = ovsdb_members_may (members, "minLength", OVSDB_ANY_INTEGER);
      high = ovsdb_members_may (members, "maxLength", OVSDB_ANY_INTEGER);
      if ((low && (low->integer < 0 || low->integer > G_MAXUINT)) || (high && high->integer < 0))
        return refuse (error, "a length is out of range");
      base->min_length = low ? (guint) low->integer : 0;
      base->max_length = high ? (guint) MIN (high->integer, (gint64) G_MAXUINT) : G_MAXUINT;
    }
  if (base->min_integer > base->max_integer || base->min_real > base->max_real
      || base->min_length > base->max_length)
    return refuse (error, "the minimum exceeds the maximum");
  if (base->choices && (low || high))
    return refuse (error, "\"enum\" and a range exclude each other");
  return TRUE;
}

static gboolean
parse_reference (OvsdbMembers *members, OvsdbBaseType *base, GError **error)
{
  const OvsdbJson *table, *strength;

  if (base->kind != OVSDB_UUID)
    return TRUE;
  table = ovsdb_members_may (members, "refTable", OVSDB_ANY_STRING);
  if (!table)
    return TRUE;
  strength = ovsdb_members_may (members, "refType", OVSDB_ANY_STRING);
  if (strength && strcmp (strength->text, "weak") != 0 && strcmp (strength->text, "strong") != 0)
    return refuse (error, "\"refType\" must be \"strong\" or \"weak\"");
  base->ref_table = g_strdup (table->text);
  base->weak = strength && strcmp (strength->text, "weak") == 0;
  return TRUE;
}

static gboolean
parse_base (const OvsdbJson *json, OvsdbBaseType *base, GError **error)
{
  OvsdbMembers members;
  const OvsdbJson *name, *choices;
  OvsdbKind kind;

  if (json->kind == OVSDB_JSON_STRING)
    {
      gboolean known = parse_kind (json, &kind, error);
      base_init (base, known ? kind : OVSDB_VOID);
      return known;
    }
  ovsdb_members_begin (&members, json, "a base type");
  name = ovsdb_members_need (&members, "type", OVSDB_ANY_STRING);
  if (!name)
    return ovsdb_members_end (&members, error);
  if (!parse_kind (name, &kind, error))
    return FALSE;
  base_init (base, kind);
  choices = ovsdb_members_may (&members, "enum", OVSDB_ANY_VALUE);
  if ((choices && !parse_choices (choices, base, error)) || !parse_ranges (&members, base, error)
      || !parse_reference (&members, base, error))
    {
      g_clear_error (&members.error);
      return FALSE;
    }
  return ovsdb_members_end (&members, error);
}

/* ---- types --------------------------------------------------------------------------------------------------- */

/* "min" and "max". */
static gboolean
parse_counts (OvsdbMembers *members, OvsdbType *type, GError **error)
{
  const OvsdbJson *low = ovsdb_members_may (members, "min", OVSDB_ANY_INTEGER),
                  *high = ovsdb_members_may (members, "max", OVSDB_ANY_INTEGER | OVSDB_ANY_STRING);

  if (low && low->integer != 0 && low->integer != 1)
    return refuse (error, "\"min\" must be 0 or 1");
  type->n_min = low ? (guint) low->integer : 1;
  if (high && high->kind == OVSDB_JSON_STRING)
    {
      if (strcmp (high->text, "unlimited") != 0)
        return refuse (error, "\"max\" must be a number or \"unlimited\"");
      type->n_max = OVSDB_UNLIMITED;
      return TRUE;
    }
  if (high && (high->integer < 1 || high->integer >= OVSDB_UNLIMITED))
    return refuse (error, "\"max\" must be at least 1");
  type->n_max = high ? (guint) high->integer : 1;
  return TRUE;
}

gboolean
ovsdb_type_parse (const OvsdbJson *json, OvsdbType *out, GError **error)
{
  OvsdbMembers members;
  const OvsdbJson *key, *value;

  *out = (OvsdbType){ .n_min = 1, .n_max = 1 };
  if (json->kind == OVSDB_JSON_STRING)
    return parse_base (json, &out->key, error);
  ovsdb_members_begin (&members, json, "a type");
  key = ovsdb_members_need (&members, "key", OVSDB_ANY_STRING | OVSDB_ANY_OBJECT);
  value = ovsdb_members_may (&members, "value", OVSDB_ANY_STRING | OVSDB_ANY_OBJECT);
  if ((key && !parse_base (key, &out->key, error)) || (value && !parse_base (value, &out->value, error))
      || !parse_counts (&members, out, error))
    {
      g_clear_error (&members.error);
      ovsdb_type_clear (out);
      return FALSE;
    }
  if (!ovsdb_members_end (&members, error))
    {
      ovsdb_type_clear (out);
      return FALSE;
    }
  return TRUE;
}

void
ovsdb_type_clear (OvsdbType *type)
{
  base_clear (&type->key);
  base_clear (&type->value);
}

OvsdbType
ovsdb_type_unconstrained (const OvsdbType *type)
{
  OvsdbType free_type = { .n_min = type->n_min, .n_max = type->n_max };

  base_init (&free_type.key, type->key.kind);
  base_init (&free_type.value, type->value.kind);
  free_type.key.ref = type->key.ref;
  free_type.value.ref = type->value.ref;
  free_type.key.weak = type->key.weak;
  free_type.value.weak = type->value.weak;
  return free_type;
}

char *
ovsdb_type_size (const OvsdbType *type)
{
  if (type->n_max == OVSDB_UNLIMITED)
    return g_strdup_printf ("%u or more", type->n_min);
  return g_strdup_printf ("%u to %u", type->n_min, type->n_max);
}

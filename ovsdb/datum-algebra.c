/* Sets against sets and maps against maps: inclusion, union, difference.  Both sides are sorted. */
#include "ovsdb/value.h"

/* The place of element `i` of `part` in `whole`, by key and, in a map, by value too; -1. */
static gint
find_element (const OvsdbDatum *whole, const OvsdbDatum *part, guint i, const OvsdbType *type,
              gboolean with_value)
{
  gint at = ovsdb_datum_find (whole, &ovsdb_datum_keys (part)[i], type->key.kind);

  if (at >= 0 && with_value
      && ovsdb_atom_compare (&ovsdb_datum_values (whole)[at], &ovsdb_datum_values (part)[i], type->value.kind)
             != 0)
    return -1;
  return at;
}

gboolean
ovsdb_datum_includes (const OvsdbDatum *whole, const OvsdbDatum *part, const OvsdbType *type)
{
  for (guint i = 0; i < part->n; i++)
    if (find_element (whole, part, i, type, ovsdb_type_is_map (type)) < 0)
      return FALSE;
  return TRUE;
}

gboolean
ovsdb_datum_excludes (const OvsdbDatum *whole, const OvsdbDatum *part, const OvsdbType *type)
{
  for (guint i = 0; i < part->n; i++)
    if (find_element (whole, part, i, type, ovsdb_type_is_map (type)) >= 0)
      return FALSE;
  return TRUE;
}

static void
add_copy (OvsdbGather *gather, const OvsdbDatum *from, guint i)
{
  const OvsdbType *type = gather->type;
  OvsdbAtom key = ovsdb_atom_copy (&ovsdb_datum_keys (from)[i], type->key.kind), value;

  if (!gather->values)
    {
      ovsdb_gather_add (gather, key, NULL);
      return;
    }
  value = ovsdb_atom_copy (&ovsdb_datum_values (from)[i], type->value.kind);
  ovsdb_gather_add (gather, key, &value);
}

OvsdbDatum
ovsdb_datum_union (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type)
{
  OvsdbGather gather;
  OvsdbDatum result;
  guint i = 0, j = 0;

  ovsdb_gather_begin (&gather, type, a->n + b->n);
  while (i < a->n || j < b->n)
    {
      gint order = i == a->n   ? 1
                   : j == b->n ? -1
                               : ovsdb_atom_compare (&ovsdb_datum_keys (a)[i], &ovsdb_datum_keys (b)[j],
                                                     type->key.kind);
      if (order <= 0)
        add_copy (&gather, a, i++);
      else
        add_copy (&gather, b, j);
      if (order >= 0)
        j++;
    }
  ovsdb_gather_end (&gather, &result);
  return result;
}

OvsdbDatum
ovsdb_datum_minus (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type)
{
  gboolean pairs = a->is_map && b->is_map;
  OvsdbGather gather;
  OvsdbDatum result;

  ovsdb_gather_begin (&gather, type, a->n);
  for (guint i = 0; i < a->n; i++)
    {
      gint at = ovsdb_datum_find (b, &ovsdb_datum_keys (a)[i], type->key.kind);
      if (at < 0
          || (pairs
              && ovsdb_atom_compare (&ovsdb_datum_values (a)[i], &ovsdb_datum_values (b)[at],
                                     type->value.kind)
                     != 0))
        add_copy (&gather, a, i);
    }
  ovsdb_gather_end (&gather, &result);
  return result;
}

/* ---- differences ----------------------------------------------------------------------------------------------- */

/* How key `i` of `a` and key `j` of `b` are ordered; the end of either comes last. */
static gint
order_at (const OvsdbDatum *a, guint i, const OvsdbDatum *b, guint j, OvsdbKind kind)
{
  if (i == a->n || j == b->n)
    return (i == a->n) - (j == b->n);
  return ovsdb_atom_compare (&ovsdb_datum_keys (a)[i], &ovsdb_datum_keys (b)[j], kind);
}

static gboolean
same_value (const OvsdbDatum *a, guint i, const OvsdbDatum *b, guint j, const OvsdbType *type)
{
  return !ovsdb_type_is_map (type)
         || ovsdb_atom_compare (&ovsdb_datum_values (a)[i], &ovsdb_datum_values (b)[j], type->value.kind)
                == 0;
}

/* Elements of only one side; where both have a key with different values, `b`'s pair. Its own inverse. */
static OvsdbDatum
exclusive (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type)
{
  OvsdbGather gather;
  OvsdbDatum result;
  guint i = 0, j = 0;

  ovsdb_gather_begin (&gather, type, a->n + b->n);
  while (i < a->n || j < b->n)
    {
      gint order = order_at (a, i, b, j, type->key.kind);
      if (order < 0)
        add_copy (&gather, a, i);
      else if (order > 0 || !same_value (a, i, b, j, type))
        add_copy (&gather, b, j);
      i += order <= 0;
      j += order >= 0;
    }
  ovsdb_gather_end (&gather, &result);
  return result;
}

OvsdbDatum
ovsdb_datum_diff (const OvsdbDatum *before, const OvsdbDatum *after, const OvsdbType *type)
{
  return type->n_max == 1 ? ovsdb_datum_copy (after, type) : exclusive (before, after, type);
}

OvsdbDatum
ovsdb_datum_apply (const OvsdbDatum *before, const OvsdbDatum *diff, const OvsdbType *type)
{
  return type->n_max == 1 ? ovsdb_datum_copy (diff, type) : exclusive (before, diff, type);
}

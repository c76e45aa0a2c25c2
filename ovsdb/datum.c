/* Sets and maps of atoms: making, sharing, comparing. */
#include "ovsdb/value.h"

#include <string.h>

/* ---- making -------------------------------------------------------------------------------------------------- */

static OvsdbAtoms *
atoms_new (guint n_atoms)
{
  OvsdbAtoms *atoms = g_malloc (sizeof *atoms + n_atoms * sizeof atoms->atom[0]);
  atoms->ref_count = 1;
  atoms->n_atoms = n_atoms;
  return atoms;
}

void
ovsdb_gather_begin (OvsdbGather *gather, const OvsdbType *type, guint room)
{
  *gather = (OvsdbGather){ .type = type, .room = MAX (room, 1u) };
  gather->keys = g_new (OvsdbAtom, gather->room);
  if (ovsdb_type_is_map (type))
    gather->values = g_new (OvsdbAtom, gather->room);
}

void
ovsdb_gather_add (OvsdbGather *gather, OvsdbAtom key, const OvsdbAtom *value)
{
  g_assert (gather->n < gather->room);
  gather->keys[gather->n] = key;
  if (gather->values)
    gather->values[gather->n] = *value;
  gather->n++;
}

static void
drop_element (const OvsdbGather *gather, guint i)
{
  ovsdb_atom_clear (&gather->keys[i], gather->type->key.kind);
  if (gather->values)
    ovsdb_atom_clear (&gather->values[i], gather->type->value.kind);
}

void
ovsdb_gather_clear (OvsdbGather *gather)
{
  for (guint i = 0; i < gather->n; i++)
    drop_element (gather, i);
  g_free (gather->keys);
  g_free (gather->values);
  *gather = (OvsdbGather){ 0 };
}

static gboolean
is_strictly_sorted (const OvsdbGather *gather)
{
  for (guint i = 1; i < gather->n; i++)
    if (ovsdb_atom_compare (&gather->keys[i - 1], &gather->keys[i], gather->type->key.kind) >= 0)
      return FALSE;
  return TRUE;
}

static gint
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const OvsdbGather *gather = data;
  guint i = *(const guint *) a, j = *(const guint *) b;
  gint order = ovsdb_atom_compare (&gather->keys[i], &gather->keys[j], gather->type->key.kind);
  return order ? order : (i > j) - (i < j);
}

/* Puts the elements in order and leaves out repeated keys. */
static guint
sort_and_merge (OvsdbGather *gather)
{
  g_autofree guint *places = g_new (guint, gather->n);
  OvsdbGather sorted;
  guint repeated = 0;

  ovsdb_gather_begin (&sorted, gather->type, gather->n);
  for (guint i = 0; i < gather->n; i++)
    places[i] = i;
  g_qsort_with_data (places, (gint) gather->n, sizeof places[0], compare_places, gather);
  for (guint i = 0; i < gather->n; i++)
    {
      guint at = places[i];
      if (sorted.n
          && ovsdb_atom_compare (&sorted.keys[sorted.n - 1], &gather->keys[at], gather->type->key.kind) == 0)
        {
          drop_element (gather, at);
          repeated++;
        }
      else
        ovsdb_gather_add (&sorted, gather->keys[at], gather->values ? &gather->values[at] : NULL);
    }
  g_free (gather->keys);
  g_free (gather->values);
  *gather = sorted;
  return repeated;
}

guint
ovsdb_gather_end (OvsdbGather *gather, OvsdbDatum *out)
{
  guint repeated = is_strictly_sorted (gather) ? 0 : sort_and_merge (gather), n = gather->n;
  gboolean is_map = ovsdb_type_is_map (gather->type);

  memset (out, 0, sizeof *out);
  out->n = n;
  out->is_map = is_map;
  if (n == 1 && !is_map)
    out->one = gather->keys[0];
  else if (n > 0)
    {
      out->many = atoms_new (is_map ? 2 * n : n);
      memcpy (out->many->atom, gather->keys, n * sizeof gather->keys[0]);
      if (is_map)
        memcpy (out->many->atom + n, gather->values, n * sizeof gather->values[0]);
    }
  gather->n = 0;
  ovsdb_gather_clear (gather);
  return repeated;
}

OvsdbDatum
ovsdb_datum_default (const OvsdbType *type)
{
  OvsdbDatum datum = { .is_map = ovsdb_type_is_map (type) };
  OvsdbGather gather;
  OvsdbAtom value;

  if (type->n_min == 0)
    return datum;
  if (!datum.is_map)
    {
      datum.n = 1;
      datum.one = ovsdb_atom_default (type->key.kind);
      return datum;
    }
  ovsdb_gather_begin (&gather, type, 1);
  value = ovsdb_atom_default (type->value.kind);
  ovsdb_gather_add (&gather, ovsdb_atom_default (type->key.kind), &value);
  ovsdb_gather_end (&gather, &datum);
  return datum;
}

/* ---- sharing ------------------------------------------------------------------------------------------------- */

OvsdbDatum
ovsdb_datum_copy (const OvsdbDatum *datum, const OvsdbType *type)
{
  if (datum->n == 1 && !datum->is_map)
    ovsdb_atom_copy (&datum->one, type->key.kind);
  else if (datum->n)
    datum->many->ref_count++;
  return *datum;
}

void
ovsdb_datum_clear (OvsdbDatum *datum, const OvsdbType *type)
{
  if (datum->n == 1 && !datum->is_map)
    ovsdb_atom_clear (&datum->one, type->key.kind);
  else if (datum->n && --datum->many->ref_count == 0)
    {
      OvsdbAtom *atom = datum->many->atom;
      for (guint i = 0; type->key.kind == OVSDB_STRING && i < datum->n; i++)
        ovsdb_text_unref (atom[i].text);
      for (guint i = datum->n; type->value.kind == OVSDB_STRING && i < datum->many->n_atoms; i++)
        ovsdb_text_unref (atom[i].text);
      g_free (datum->many);
    }
  datum->n = 0;
  datum->many = NULL;
}

/* ---- comparing ----------------------------------------------------------------------------------------------- */

gint
ovsdb_datum_find (const OvsdbDatum *datum, const OvsdbAtom *key, OvsdbKind kind)
{
  const OvsdbAtom *keys = ovsdb_datum_keys (datum);
  guint low = 0, high = datum->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      gint order = ovsdb_atom_compare (key, &keys[middle], kind);
      if (order == 0)
        return (gint) middle;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return -1;
}

static gint
compare_atoms (const OvsdbAtom *a, const OvsdbAtom *b, guint n, OvsdbKind kind)
{
  for (guint i = 0; i < n; i++)
    {
      gint order = ovsdb_atom_compare (&a[i], &b[i], kind);
      if (order)
        return order;
    }
  return 0;
}

gint
ovsdb_datum_compare (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type)
{
  gint order;

  if (ovsdb_datum_same (a, b))
    return 0;
  if (a->n != b->n)
    return a->n < b->n ? -1 : 1;
  order = compare_atoms (ovsdb_datum_keys (a), ovsdb_datum_keys (b), a->n, type->key.kind);
  if (order == 0 && ovsdb_type_is_map (type))
    order = compare_atoms (ovsdb_datum_values (a), ovsdb_datum_values (b), a->n, type->value.kind);
  return order;
}

gboolean
ovsdb_datum_equal (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type)
{
  return ovsdb_datum_compare (a, b, type) == 0;
}

guint32
ovsdb_datum_hash (const OvsdbDatum *datum, const OvsdbType *type, guint64 key)
{
  guint32 hash = datum->n;

  for (guint i = 0; i < datum->n; i++)
    hash = hash * 31 + ovsdb_atom_hash (&ovsdb_datum_keys (datum)[i], type->key.kind, key);
  for (guint i = 0; ovsdb_type_is_map (type) && i < datum->n; i++)
    hash = hash * 31 + ovsdb_atom_hash (&ovsdb_datum_values (datum)[i], type->value.kind, key);
  return hash;
}

const char *
ovsdb_datum_lookup_text (const OvsdbDatum *datum, const char *key)
{
  OvsdbAtom atom = { .text = key };
  gint at = ovsdb_datum_find (datum, &atom, OVSDB_STRING);
  return at < 0 ? NULL : ovsdb_datum_values (datum)[at].text;
}

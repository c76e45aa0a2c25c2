/* Typed values: an atom, and a datum, which is a set of atoms or a map from atoms to atoms (RFC 7047 §3.2, §5.1).
 *
 * A datum is a small value.  Its atoms are sorted and shared: copying one never copies atoms, and a datum is not
 * changed after it was made.  What kind its atoms are is said by the type that goes with it. */
#pragma once

#include "ovsdb/uuid.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef enum
{
  OVSDB_VOID,
  OVSDB_INTEGER,
  OVSDB_REAL,
  OVSDB_BOOLEAN,
  OVSDB_STRING,
  OVSDB_UUID
} OvsdbKind;

typedef struct _OvsdbType OvsdbType;

typedef union
{
  gint64 integer;
  double real;
  gboolean boolean;
  const char *text; /* counted (ovsdb/text.h); UTF-8, NUL-terminated, without NUL inside */
  OvsdbUuid uuid;
} OvsdbAtom;

/* n > 1, or a map: keys, and behind them as many values. */
typedef struct
{
  guint ref_count;
  guint n_atoms;
  OvsdbAtom atom[];
} OvsdbAtoms;

typedef struct
{
  guint n; /* elements, or pairs */
  gboolean is_map;
  union
  {
    OvsdbAtom one;    /* a set of one */
    OvsdbAtoms *many; /* all else; NULL when n is 0 */
  };
} OvsdbDatum;

static inline const OvsdbAtom *
ovsdb_datum_keys (const OvsdbDatum *datum)
{
  if (datum->n == 1 && !datum->is_map)
    return &datum->one;
  return datum->n ? datum->many->atom : NULL;
}

/* Maps only. */
static inline const OvsdbAtom *
ovsdb_datum_values (const OvsdbDatum *datum)
{
  return datum->n ? datum->many->atom + datum->n : NULL;
}

/* Order of atoms: numbers, false before true, strings by code point, uuids as their text.  <0, 0, >0. */
gint ovsdb_atom_compare (const OvsdbAtom *a, const OvsdbAtom *b, OvsdbKind kind);

/* The place of a key, or -1. */
gint ovsdb_datum_find (const OvsdbDatum *datum, const OvsdbAtom *key, OvsdbKind kind);
gint ovsdb_datum_compare (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type);
gboolean ovsdb_datum_equal (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type);

/* The value of a string key in a map from strings to strings, or NULL. */
const char *ovsdb_datum_lookup_text (const OvsdbDatum *datum, const char *key);

/* The wire form (RFC 7047 §5.1): a new reference. */
json_t *ovsdb_datum_to_json (const OvsdbDatum *datum, const OvsdbType *type);
/* A copy shares the atoms; whoever holds a datum clears it. */
OvsdbDatum ovsdb_datum_copy (const OvsdbDatum *datum, const OvsdbType *type);
void ovsdb_datum_clear (OvsdbDatum *datum, const OvsdbType *type);

G_END_DECLS

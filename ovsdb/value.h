/* Atoms and data as the engine makes, combines, reads and writes them.  (Readers outside need datum.h only.) */
#pragma once

#include "ovsdb/json.h"
#include "ovsdb/schema.h"
#include "ovsdb/text.h"

G_BEGIN_DECLS

/* ---- named uuids of one transaction (RFC 7047 §5.1, §5.2.1) ---------------------------------------------------- */

typedef struct
{
  OvsdbUuid uuid;
  gboolean created; /* an insert has claimed the name */
} OvsdbSymbol;

/* What values of one transaction are read with. */
typedef struct
{
  gsize max_string_bytes; /* 0: any */
  GHashTable *by_name;    /* looked up only */
  OvsdbUuid (*new_uuid) (gpointer owner);
  gpointer owner;
} OvsdbSymbols;

/* The symbol of this name: a name may be referred to before it is created. */
OvsdbSymbol *ovsdb_symbols_get (OvsdbSymbols *symbols, const char *name);
void ovsdb_symbols_clear (OvsdbSymbols *symbols);
/* <id> of RFC 7047 §3.1. */
gboolean ovsdb_is_id (const char *text);

/* ---- atoms --------------------------------------------------------------------------------------------------- */

const char *ovsdb_kind_name (OvsdbKind kind);
OvsdbAtom ovsdb_atom_default (OvsdbKind kind);
guint32 ovsdb_atom_hash (const OvsdbAtom *atom, OvsdbKind kind, guint64 key);

static inline OvsdbAtom
ovsdb_atom_copy (const OvsdbAtom *atom, OvsdbKind kind)
{
  if (kind == OVSDB_STRING)
    ovsdb_text_ref (atom->text);
  return *atom;
}

static inline void
ovsdb_atom_clear (OvsdbAtom *atom, OvsdbKind kind)
{
  if (kind == OVSDB_STRING)
    ovsdb_text_unref (atom->text);
}

/* Kind and constraints are the base type's; `symbols` may be NULL (no named-uuid then). */
gboolean ovsdb_atom_parse (const OvsdbJson *json, const OvsdbBaseType *base, OvsdbSymbols *symbols,
                           OvsdbAtom *out, GError **error);
void ovsdb_atom_append (GString *to, const OvsdbAtom *atom, OvsdbKind kind);
gboolean ovsdb_atom_check (const OvsdbAtom *atom, const OvsdbBaseType *base, GError **error);

/* ---- data ---------------------------------------------------------------------------------------------------- */

/* One for each element that the type's minimum asks for. */
OvsdbDatum ovsdb_datum_default (const OvsdbType *type);
static inline OvsdbDatum
ovsdb_datum_from_uuid (const OvsdbUuid *uuid)
{
  return (OvsdbDatum){ .n = 1, .one.uuid = *uuid };
}

/* What is gathered here becomes a datum: atoms in any order, `values` for maps only.  Owns its atoms. */
typedef struct
{
  const OvsdbType *type;
  OvsdbAtom *keys, *values;
  guint n, room;
} OvsdbGather;

/* `room` is the most that will be added. */
void ovsdb_gather_begin (OvsdbGather *gather, const OvsdbType *type, guint room);
/* Takes the atoms; `value` is NULL for sets. */
void ovsdb_gather_add (OvsdbGather *gather, OvsdbAtom key, const OvsdbAtom *value);
void ovsdb_gather_clear (OvsdbGather *gather);
/* Sorts; of elements with equal keys the first stays.  Returns how many others there were. */
guint ovsdb_gather_end (OvsdbGather *gather, OvsdbDatum *out);

gboolean ovsdb_datum_parse (const OvsdbJson *json, const OvsdbType *type, OvsdbSymbols *symbols,
                            OvsdbDatum *out, GError **error);
void ovsdb_datum_append (GString *to, const OvsdbDatum *datum, const OvsdbType *type);
/* Every atom within the base types, and the number of elements within the type's. */
gboolean ovsdb_datum_check (const OvsdbDatum *datum, const OvsdbType *type, GError **error);
/* The number of its elements alone. */
gboolean ovsdb_datum_check_size (const OvsdbDatum *datum, const OvsdbType *type, GError **error);
/* Reads what ovsdb_datum_diff() makes, and says what it makes of `before`. */
gboolean ovsdb_datum_parse_difference (const OvsdbJson *json, const OvsdbDatum *before, const OvsdbType *type,
                                       OvsdbDatum *out, GError **error);
guint32 ovsdb_datum_hash (const OvsdbDatum *datum, const OvsdbType *type, guint64 key);

/* Whether every element of `part` (pair, in a map) is in `whole`; whether none is. */
gboolean ovsdb_datum_includes (const OvsdbDatum *whole, const OvsdbDatum *part, const OvsdbType *type);
gboolean ovsdb_datum_excludes (const OvsdbDatum *whole, const OvsdbDatum *part, const OvsdbType *type);
/* a ∪ b; a key of `a` keeps its value. */
OvsdbDatum ovsdb_datum_union (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type);
/* Elements of `a` that are not in `b`.  In maps pairs are compared, or keys alone when `b` is a set of keys. */
OvsdbDatum ovsdb_datum_minus (const OvsdbDatum *a, const OvsdbDatum *b, const OvsdbType *type);

/* What leads from `before` to `after`, as "update2" and journals of Open vSwitch have it: the new value where there is
 * room for one element; of sets the elements in only one of them; of maps those pairs, with the new value of a key
 * that stays.  apply() goes from `before` to `after`. */
OvsdbDatum ovsdb_datum_diff (const OvsdbDatum *before, const OvsdbDatum *after, const OvsdbType *type);
OvsdbDatum ovsdb_datum_apply (const OvsdbDatum *before, const OvsdbDatum *diff, const OvsdbType *type);

/* Equal without looking at atoms: how most unchanged columns are known. */
static inline gboolean
ovsdb_datum_same (const OvsdbDatum *a, const OvsdbDatum *b)
{
  return a->n == b->n && memcmp (&a->one, &b->one, sizeof a->one) == 0;
}

/* ---- types --------------------------------------------------------------------------------------------------- */

gboolean ovsdb_type_parse (const OvsdbJson *json, OvsdbType *out, GError **error);
void ovsdb_type_clear (OvsdbType *type);
/* The same kinds with no limits on values: for conditions and mutations. Borrows; not to be cleared. */
OvsdbType ovsdb_type_unconstrained (const OvsdbType *type);

static inline gboolean
ovsdb_base_is_reference (const OvsdbBaseType *base)
{
  return base->kind == OVSDB_UUID && base->ref;
}

G_END_DECLS

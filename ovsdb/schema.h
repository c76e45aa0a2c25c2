/* Database schemas (RFC 7047 §3.2): parsed once, read-only afterwards, shared by reference count.  Open structs: who
 * reads a database reads these. */
#pragma once

#include "ovsdb/error.h"
#include "ovsdb/datum.h"

G_BEGIN_DECLS

typedef struct _OvsdbSchema OvsdbSchema;
typedef struct _OvsdbTableSchema OvsdbTableSchema;

/* What an atom may be.  A kind of OVSDB_VOID as a value type says that the column is no map. */
typedef struct
{
  OvsdbKind kind;
  OvsdbDatum *choices; /* "enum": a set of atoms of this kind, or NULL */
  gint64 min_integer, max_integer;
  double min_real, max_real;
  guint min_length, max_length; /* strings, in characters */
  char *ref_table;              /* uuids: the table referred to, or NULL */
  OvsdbTableSchema *ref;        /* the same, resolved */
  gboolean weak;
} OvsdbBaseType;

struct _OvsdbType
{
  OvsdbBaseType key, value;
  guint n_min, n_max; /* n_max is OVSDB_UNLIMITED for "unlimited" */
};

#define OVSDB_UNLIMITED G_MAXUINT

static inline gboolean
ovsdb_type_is_map (const OvsdbType *type)
{
  return type->value.kind != OVSDB_VOID;
}

/* Exactly one atom. */
static inline gboolean
ovsdb_type_is_scalar (const OvsdbType *type)
{
  return type->n_min == 1 && type->n_max == 1 && !ovsdb_type_is_map (type);
}

/* How many elements it takes, for people: "0 to 1", "1 or more"; the caller frees it. */
char *ovsdb_type_size (const OvsdbType *type);

typedef struct
{
  char *name;
  guint index; /* place in a row */
  OvsdbType type;
  gboolean immutable; /* "mutable": false */
  gboolean ephemeral;
} OvsdbColumn;

/* Columns 0 and 1 of every table. */
#define OVSDB_COLUMN_UUID    0u
#define OVSDB_COLUMN_VERSION 1u
#define OVSDB_N_STANDARD     2u

/* The columns of a unique index. */
typedef struct
{
  OvsdbColumn **columns; /* sorted by name */
  guint n_columns;
} OvsdbIndexSchema;

struct _OvsdbTableSchema
{
  const OvsdbSchema *schema;
  char *name;
  guint index;           /* place in the schema's tables */
  OvsdbColumn **columns; /* _uuid, _version, then the schema's, sorted by name */
  guint n_columns;
  OvsdbIndexSchema *indexes;
  guint n_indexes;
  guint max_rows; /* OVSDB_UNLIMITED */
  gboolean is_root;
};

struct _OvsdbSchema
{
  gint ref_count;
  char *name, *version, *cksum; /* cksum may be NULL */
  OvsdbTableSchema **tables;    /* sorted by name */
  guint n_tables;
  char *json; /* as text, one line, in canonical form: what get_schema answers */
};

/* An error names the place: `table "Manager": column "target": …`. */
OvsdbSchema *ovsdb_schema_parse (const char *text, gsize length, GError **error);
OvsdbSchema *ovsdb_schema_ref (OvsdbSchema *schema);
void ovsdb_schema_unref (OvsdbSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbSchema, ovsdb_schema_unref)

/* NULL when there is none of that name. */
const OvsdbTableSchema *ovsdb_schema_table (const OvsdbSchema *schema, const char *name);
const OvsdbColumn *ovsdb_table_schema_column (const OvsdbTableSchema *table, const char *name);

/* The two schemas that the library carries, as text: hardware_vtep 1.7.0 and Open_vSwitch 8.3.0. */
const char *ovsdb_schema_hardware_vtep (gsize *length);
const char *ovsdb_schema_open_vswitch (gsize *length);

G_END_DECLS

/* Reading tables and rows, of a database in this process or of a client's replica of a remote one.
 *
 * What is returned is borrowed and valid until the next transaction (or, in a replica, the next update).  A column
 * name that the table lacks is a programmer's error. */
#pragma once

#include "ovsdb/schema.h"

G_BEGIN_DECLS

typedef struct _OvsdbDatabase OvsdbDatabase;
typedef struct _OvsdbTable OvsdbTable;
typedef struct _OvsdbRow OvsdbRow;

const OvsdbTableSchema *ovsdb_table_schema (const OvsdbTable *table);
const char *ovsdb_table_name (const OvsdbTable *table);
guint ovsdb_table_n_rows (const OvsdbTable *table);
/* In the order in which rows were inserted.  NULL ends. */
const OvsdbRow *ovsdb_table_first (const OvsdbTable *table);
const OvsdbRow *ovsdb_table_next (const OvsdbRow *row);
const OvsdbRow *ovsdb_table_lookup (const OvsdbTable *table, const OvsdbUuid *uuid);
/* The first row whose string column `column` is `text`: a walk over the table, for small ones. */
const OvsdbRow *ovsdb_table_find_text (const OvsdbTable *table, const char *column, const char *text);

const OvsdbTable *ovsdb_row_table (const OvsdbRow *row);
const OvsdbUuid *ovsdb_row_uuid (const OvsdbRow *row);
const OvsdbDatum *ovsdb_row_get (const OvsdbRow *row, const char *column);
/* The same without looking up the name. */
const OvsdbDatum *ovsdb_row_datum (const OvsdbRow *row, const OvsdbColumn *column);

/* One value of a scalar or optional column; NULL or `fallback` when the column is empty. */
const char *ovsdb_row_text (const OvsdbRow *row, const char *column);
gint64 ovsdb_row_integer (const OvsdbRow *row, const char *column, gint64 fallback);
gboolean ovsdb_row_boolean (const OvsdbRow *row, const char *column, gboolean fallback);
const OvsdbUuid *ovsdb_row_uuid_value (const OvsdbRow *row, const char *column);
/* The row that a scalar or optional reference points at; NULL when empty or when the replica does not hold it. */
const OvsdbRow *ovsdb_row_ref (const OvsdbRow *row, const char *column);
/* Element `i` of a set of references, value `i` of a map to references. */
const OvsdbRow *ovsdb_row_ref_at (const OvsdbRow *row, const char *column, guint i);
/* A value of a map from strings to strings, NULL when the key is absent. */
const char *ovsdb_row_map_text (const OvsdbRow *row, const char *column, const char *key);

/* The row as an object of all its columns, `_uuid` included: a new reference. */
json_t *ovsdb_row_to_json (const OvsdbRow *row);

/* ---- changes ------------------------------------------------------------------------------------------------- */

/* Exactly what a committed transaction did to a row; both rows can be read as above (references of the old one
 * resolve to rows of now). */
typedef struct
{
  const OvsdbTable *table;
  OvsdbUuid uuid;
  const OvsdbRow *before; /* NULL: inserted */
  const OvsdbRow *after;  /* NULL: deleted */
} OvsdbChange;

/* Whether this column's value differs (for an insert or delete: always). */
gboolean ovsdb_change_touches (const OvsdbChange *change, const char *column);

G_END_DECLS

/* Databases of an older version of the schema: it has grown from 1.3.0 to 1.7.0 by tables and columns, and one that lacks
 * some is served as if they were empty. */
#pragma once

#include "ovsdb/row.h"

G_BEGIN_DECLS

static inline gboolean
vtep_row_has (const OvsdbRow *row, const char *column)
{
  return ovsdb_table_schema_column (ovsdb_table_schema (ovsdb_row_table (row)), column) != NULL;
}

/* How many elements the column holds. */
static inline guint
vtep_row_n (const OvsdbRow *row, const char *column)
{
  return vtep_row_has (row, column) ? ovsdb_row_get (row, column)->n : 0;
}

G_END_DECLS

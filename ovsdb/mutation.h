/* Mutations: changing a column by what it holds (RFC 7047 §5.1 <mutation>). */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

typedef struct _OvsdbMutations OvsdbMutations;

OvsdbMutations *ovsdb_mutations_parse (const OvsdbTableSchema *table, const OvsdbJson *json,
                                       OvsdbSymbols *symbols, GError **error);
void ovsdb_mutations_free (OvsdbMutations *mutations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbMutations, ovsdb_mutations_free)

guint ovsdb_mutations_count (const OvsdbMutations *mutations);
/* How many elements mutation `i` has to look at. */
guint64 ovsdb_mutation_cost (const OvsdbMutations *mutations, guint i, const OvsdbRow *row);
/* What mutation `i` makes of the row's column: the column in *column, its new value, within its constraints, in *out. */
gboolean ovsdb_mutation_apply (const OvsdbMutations *mutations, guint i, const OvsdbRow *row, guint *column,
                               OvsdbDatum *out, GError **error);

G_END_DECLS

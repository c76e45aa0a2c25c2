/* Conditions: which rows of a table an operation is about, or a monitor shows (RFC 7047 §5.1 <condition>). */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

typedef struct _OvsdbCondition OvsdbCondition;

/* An array of clauses that must all hold (an operation's "where"), or of which one must (a monitor's); true and false
 * may stand as clauses.  `symbols` may be NULL. */
OvsdbCondition *ovsdb_condition_parse (const OvsdbTableSchema *table, const OvsdbJson *json,
                                       OvsdbSymbols *symbols, GError **error);
void ovsdb_condition_free (OvsdbCondition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbCondition, ovsdb_condition_free)

gboolean ovsdb_condition_all (const OvsdbCondition *condition, const OvsdbRow *row);
/* No clause at all holds for every row. */
gboolean ovsdb_condition_any (const OvsdbCondition *condition, const OvsdbRow *row);

/* Clauses, and the elements of their arguments: how much a row costs. */
guint ovsdb_condition_weight (const OvsdbCondition *condition);
/* How much a selection has to look at: rows, times clauses with the elements of their arguments. */
guint64 ovsdb_condition_cost (const OvsdbCondition *condition, const OvsdbTable *table);
/* The rows for which all clauses hold, in the table's order: by uuid when a clause names it, else by a walk. */
GPtrArray *ovsdb_condition_select (const OvsdbCondition *condition, OvsdbTable *table);

G_END_DECLS

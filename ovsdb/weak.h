/* Weak references: they vanish with their target (RFC 7047 §3.2).  Each is a link that the target knows of, so that a
 * deletion costs what refers to the row and not a walk over tables. */
#pragma once

#include "ovsdb/txn.h"

G_BEGIN_DECLS

/* Drops references to rows that are gone, in changed rows and in rows that refer to deleted ones. */
gboolean ovsdb_weak_prune (OvsdbTxn *txn, GError **error);
/* Makes the links of changed rows anew: the last step, nothing may fail afterwards. */
void ovsdb_weak_relink (OvsdbTxn *txn);
/* Takes the row out of all links. */
void ovsdb_weak_forget (OvsdbRow *row);

G_END_DECLS

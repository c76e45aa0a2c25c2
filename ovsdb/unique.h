/* Unique indexes: no two rows of a table may agree in all columns of one (RFC 7047 §3.2). */
#pragma once

#include "ovsdb/txn.h"

G_BEGIN_DECLS

/* Takes the old keys of all changed rows out before the new ones come in, so that rows may swap keys.  After a FALSE
 * the abort puts the indexes back. */
gboolean ovsdb_unique_apply (OvsdbTxn *txn, GError **error);
void ovsdb_unique_restore (OvsdbTxn *txn);

G_END_DECLS

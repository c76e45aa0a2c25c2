/* What must hold when a transaction commits (RFC 7047 §3.2, §4.1.3): references, garbage, row limits, unique indexes. */
#pragma once

#include "ovsdb/txn.h"

G_BEGIN_DECLS

/* Checks everything, deletes garbage, drops weak references to what is gone, gives changed rows new versions, writes
 * the journal.  `changes` (of OvsdbChange) becomes what listeners hear.  FALSE: the caller must abort. */
gboolean ovsdb_commit_prepare (OvsdbTxn *txn, GArray *changes, GError **error);

/* Strong references: counts them, refuses dangling ones, deletes rows of non-root tables that none is left to. */
gboolean ovsdb_strong_settle (OvsdbTxn *txn, GError **error);

G_END_DECLS

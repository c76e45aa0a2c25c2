/* Another schema for a database that has rows (ovsdb-server(7), "convert").  It is done in two steps, so that whoever
 * knows tables and rows of the old schema can let go of them between one that may fail and one that cannot. */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

/* A database of the new schema with the rows of `db`, stored in the place of its journal.  Tables and columns that the
 * schema lacks are left out; new columns have their defaults.  NULL: a value or a reference does not fit, or it could
 * not be stored; nothing has happened. */
OvsdbDatabase *ovsdb_convert_prepare (OvsdbDatabase *db, OvsdbSchema *schema, GError **error);
/* Takes what was prepared.  Pointers to tables and rows of `db` are of no use any more. */
void ovsdb_convert_finish (OvsdbDatabase *db, OvsdbDatabase *prepared);

G_END_DECLS

/* The journal: what a database needs to come back after a restart, in the file format of Open vSwitch (ovsdb(5),
 * "OVSDB JSON <length> <sha1>" before each record), so that ovsdb-tool reads it.
 *
 * One record a transaction, appended before its answer; when the journal has outgrown what it holds, one record with
 * all rows takes the place of everything. */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

/* Fills the database, which is empty, from what the world stores under `name`; begins a journal when there is none. */
OvsdbJournal *ovsdb_journal_open (OvsdbDatabase *db, const char *name, GError **error);
gboolean ovsdb_journal_append (OvsdbJournal *journal, const OvsdbChange *changes, guint n_changes,
                               const char *comment, GError **error);
/* Compacts when it is time to; between transactions.  NULL is allowed. */
void ovsdb_journal_tidy (OvsdbJournal *journal);
void ovsdb_journal_free (OvsdbJournal *journal);

/* ---- records (journal-record.c) -------------------------------------------------------------------------------- */

/* A transaction as JSON; FALSE when nothing of it is to be stored. */
gboolean ovsdb_record_append_changes (GString *to, OvsdbDatabase *db, const OvsdbChange *changes,
                                      guint n_changes, const char *comment);
/* All rows as one transaction. */
void ovsdb_record_append_snapshot (GString *to, OvsdbDatabase *db);
/* Runs a record as a transaction. */
gboolean ovsdb_record_replay (OvsdbDatabase *db, const OvsdbJson *record, GError **error);

G_END_DECLS

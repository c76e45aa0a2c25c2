/* The journal: what a database needs to come back after a restart, in the file format of Open vSwitch (ovsdb(5),
 * "OVSDB JSON <length> <sha1>" before each record), so that ovsdb-tool reads it.
 *
 * One record a transaction, appended before its answer: one that asked to be durable is then on the disk, any other
 * outlives the program.  When the journal has outgrown what it holds, it is made small while transactions go on
 * (journal-compact.h). */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

/* Fills the database, which is empty, from what the world stores under `name`; begins a journal when there is none. */
OvsdbJournal *ovsdb_journal_open (OvsdbDatabase *db, const char *name, GError **error);
/* Nothing may fail afterwards.  `changes` may be none: "durable" holds for what came before. */
gboolean ovsdb_journal_append (OvsdbJournal *journal, const OvsdbChange *changes, guint n_changes,
                               const char *comment, gboolean durable, GError **error);
/* Replaces the stored database by another one's rows and schema, which is to take its place in memory too.  FALSE: all
 * is as it was. */
gboolean ovsdb_journal_restart (OvsdbJournal *journal, OvsdbDatabase *with, GError **error);
/* Mends what a failed append has left, between transactions.  NULL is allowed. */
void ovsdb_journal_mend (OvsdbJournal *journal);
void ovsdb_journal_free (OvsdbJournal *journal);

G_END_DECLS

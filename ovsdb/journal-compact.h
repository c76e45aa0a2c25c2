/* Making a journal small: the schema, one record with all rows as they are now, and what is appended meanwhile, in the
 * place of everything.  It is done in slices, while transactions go on: a row that one of them is about to change is
 * taken first. */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

typedef struct _OvsdbCompaction OvsdbCompaction;

/* The rows of this moment; one at a time in a database.  `name` is borrowed. */
OvsdbCompaction *ovsdb_compaction_new (OvsdbDatabase *db, const char *name);
/* When it has not ended, nothing has happened. */
void ovsdb_compaction_free (OvsdbCompaction *compaction);

/* Before a transaction's changes are final: its rows are taken as they were. */
void ovsdb_compaction_take (OvsdbCompaction *compaction, const OvsdbChange *changes, guint n_changes);
/* A record that was appended to the journal of before. */
void ovsdb_compaction_follow (OvsdbCompaction *compaction, const GString *frame);

typedef enum
{
  OVSDB_COMPACTION_GOES_ON,
  OVSDB_COMPACTION_DONE, /* the new journal is in its place */
  OVSDB_COMPACTION_FAILED
} OvsdbCompactionState;

/* A slice, about a millisecond long. */
OvsdbCompactionState ovsdb_compaction_step (OvsdbCompaction *compaction, GError **error);
/* Bytes of the new journal, when it is done. */
gsize ovsdb_compaction_size (const OvsdbCompaction *compaction);

G_END_DECLS

/* What rows were before the last transactions of a database, so that who monitored it and comes back is told only what
 * it missed (ovsdb-server(7), "monitor_cond_since").  It is bounded, lives in memory, and begins when somebody asks. */
#pragma once

#include "ovsdb/store.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 base;        /* what the ids of this history begin with, in the machine's order */
  gboolean keeps;      /* somebody has asked */
  guint64 n_commits;   /* transactions so far */
  guint64 kept_since;  /* those behind this one are kept */
  gsize n_bytes;       /* of what is kept */
  GQueue transactions; /* oldest first */
} OvsdbHistory;

/* Two histories have different ids when their `base` has. */
void ovsdb_history_init (OvsdbHistory *history, const OvsdbUuid *base);
void ovsdb_history_clear (OvsdbHistory *history);
/* From now on transactions are kept. */
void ovsdb_history_begin (OvsdbHistory *history);
/* A transaction was committed.  The oldest ones make room. */
void ovsdb_history_add (OvsdbHistory *history, const OvsdbChange *changes, guint n_changes,
                        guint max_transactions, gsize max_bytes);
/* The id of the last transaction. */
OvsdbUuid ovsdb_history_now (const OvsdbHistory *history);
/* What became of rows after the transaction of that id, each row once: an array of OvsdbChange, to be freed before the
 * next transaction.  NULL: nobody knows any more, or there never was such a transaction. */
GArray *ovsdb_history_since (const OvsdbHistory *history, const OvsdbUuid *id);

G_END_DECLS

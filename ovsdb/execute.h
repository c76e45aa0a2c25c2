/* Running the operations of a "transact" (RFC 7047 §4.1.3, §5.2) as one transaction. */
#pragma once

#include "ovsdb/quota.h"
#include "ovsdb/store.h"

G_BEGIN_DECLS

typedef struct
{
  const OvsdbJson *operations; /* the first; the others are its siblings */
  guint n;
  gboolean read_only; /* operations that change rows are refused */
  gboolean may_block; /* FALSE: a "wait" that does not hold fails at once */
  gint64 waited_ms;   /* since the request came, for the timeouts of "wait" */
  gboolean (*holds_lock) (gpointer owner, const char *name); /* NULL: holds none */
  gpointer owner;
  const OvsdbQuota *quota; /* NULL: none */
  guint64 work;            /* out: what was looked at */
  gint64 timeout_ms;       /* out, when blocked: since the request came; G_MAXINT64: never */
} OvsdbRequest;

typedef enum
{
  OVSDB_EXECUTED, /* committed or failed: the reply says which */
  OVSDB_BLOCKED   /* a "wait" does not hold yet: nothing was done, and there is no reply */
} OvsdbOutcome;

/* Appends the array of results to `reply`. */
OvsdbOutcome ovsdb_execute (OvsdbDatabase *db, OvsdbRequest *request, GString *reply);

/* {"error": …, "details": …} */
void ovsdb_error_append (GString *to, const GError *error);

G_END_DECLS

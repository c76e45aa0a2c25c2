/* Locks of a server (RFC 7047 §4.1.8 to §4.1.10): a name, an owner, and those who wait in line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _OvsdbLocks OvsdbLocks;

/* "locked" or "stolen" is to be sent to this holder; called outside of the request that caused it. */
typedef void (*OvsdbLockNotify) (gpointer holder, const char *event, const char *name);

OvsdbLocks *ovsdb_locks_new (OvsdbLockNotify notify);
void ovsdb_locks_free (OvsdbLocks *locks);

typedef enum
{
  OVSDB_LOCK_TAKEN,
  OVSDB_LOCK_WAITS,
  OVSDB_LOCK_REFUSED /* the holder has asked for it already */
} OvsdbLockAnswer;

OvsdbLockAnswer ovsdb_locks_take (OvsdbLocks *locks, gpointer holder, const char *name);
/* The owner of before waits first in line. */
OvsdbLockAnswer ovsdb_locks_steal (OvsdbLocks *locks, gpointer holder, const char *name);
/* FALSE: it neither has it nor waits for it. */
gboolean ovsdb_locks_give (OvsdbLocks *locks, gpointer holder, const char *name);
gboolean ovsdb_locks_holds (OvsdbLocks *locks, gconstpointer holder, const char *name);
/* Names that the holder owns, or waits for, with commas: to be freed. */
char *ovsdb_locks_names (OvsdbLocks *locks, gconstpointer holder, gboolean owned);
/* The holder is gone. */
void ovsdb_locks_forget (OvsdbLocks *locks, gpointer holder);

G_END_DECLS

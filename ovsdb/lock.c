/* Locks as queues; the first in a queue owns the lock. */
#include "ovsdb/lock.h"

#include <string.h>

typedef struct
{
  char *name;
  GQueue holders;
} Lock;

struct _OvsdbLocks
{
  GPtrArray *locks; /* of Lock, in the order in which they were first asked for */
  OvsdbLockNotify notify;
};

static void
lock_free (gpointer data)
{
  Lock *lock = data;

  g_queue_clear (&lock->holders);
  g_free (lock->name);
  g_free (lock);
}

OvsdbLocks *
ovsdb_locks_new (OvsdbLockNotify notify)
{
  OvsdbLocks *locks = g_new0 (OvsdbLocks, 1);

  locks->locks = g_ptr_array_new_with_free_func (lock_free);
  locks->notify = notify;
  return locks;
}

void
ovsdb_locks_free (OvsdbLocks *locks)
{
  if (!locks)
    return;
  g_ptr_array_unref (locks->locks);
  g_free (locks);
}

static Lock *
find (OvsdbLocks *locks, const char *name)
{
  for (guint i = 0; i < locks->locks->len; i++)
    if (strcmp (((Lock *) g_ptr_array_index (locks->locks, i))->name, name) == 0)
      return g_ptr_array_index (locks->locks, i);
  return NULL;
}

static Lock *
find_or_make (OvsdbLocks *locks, const char *name)
{
  Lock *lock = find (locks, name);

  if (!lock)
    {
      lock = g_new0 (Lock, 1);
      lock->name = g_strdup (name);
      g_queue_init (&lock->holders);
      g_ptr_array_add (locks->locks, lock);
    }
  return lock;
}

OvsdbLockAnswer
ovsdb_locks_take (OvsdbLocks *locks, gpointer holder, const char *name)
{
  Lock *lock = find_or_make (locks, name);

  if (g_queue_find (&lock->holders, holder))
    return OVSDB_LOCK_REFUSED;
  g_queue_push_tail (&lock->holders, holder);
  return lock->holders.length == 1 ? OVSDB_LOCK_TAKEN : OVSDB_LOCK_WAITS;
}

OvsdbLockAnswer
ovsdb_locks_steal (OvsdbLocks *locks, gpointer holder, const char *name)
{
  Lock *lock = find_or_make (locks, name);
  gpointer victim = g_queue_peek_head (&lock->holders);

  if (g_queue_find (&lock->holders, holder))
    return OVSDB_LOCK_REFUSED;
  g_queue_push_head (&lock->holders, holder);
  if (victim)
    locks->notify (victim, "stolen", name);
  return OVSDB_LOCK_TAKEN;
}

/* TRUE when the holder was in the queue.  A lock that nobody wants is no more. */
static gboolean
leave (OvsdbLocks *locks, Lock *lock, gpointer holder)
{
  gboolean owned = g_queue_peek_head (&lock->holders) == holder;

  if (!g_queue_remove (&lock->holders, holder))
    return FALSE;
  if (lock->holders.length == 0)
    g_ptr_array_remove (locks->locks, lock);
  else if (owned)
    locks->notify (g_queue_peek_head (&lock->holders), "locked", lock->name);
  return TRUE;
}

gboolean
ovsdb_locks_give (OvsdbLocks *locks, gpointer holder, const char *name)
{
  Lock *lock = find (locks, name);
  return lock && leave (locks, lock, holder);
}

gboolean
ovsdb_locks_holds (OvsdbLocks *locks, gconstpointer holder, const char *name)
{
  Lock *lock = find (locks, name);
  return lock && g_queue_peek_head (&lock->holders) == holder;
}

char *
ovsdb_locks_names (OvsdbLocks *locks, gconstpointer holder, gboolean owned)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < locks->locks->len; i++)
    {
      Lock *lock = g_ptr_array_index (locks->locks, i);
      if (g_queue_find (&lock->holders, holder) && (g_queue_peek_head (&lock->holders) == holder) == owned)
        g_string_append_printf (names, "%s%s", names->len ? "," : "", lock->name);
    }
  return g_string_free (names, FALSE);
}

void
ovsdb_locks_forget (OvsdbLocks *locks, gpointer holder)
{
  for (guint i = locks->locks->len; i > 0; i--)
    leave (locks, g_ptr_array_index (locks->locks, i - 1), holder);
}

/* The heap of timers. */
#include "gateway/linux/timers.h"

#define FIRST_SIZE 64u

/* ---- the heap ---------------------------------------------------------------------------------------------------- */

static gboolean
is_before (const LinuxTimerEntry *a, const LinuxTimerEntry *b)
{
  return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

static guint
place_of (const NetTimer *timer)
{
  return GPOINTER_TO_UINT (timer->pending) - 1;
}

static void
put (LinuxTimers *timers, guint place, const LinuxTimerEntry *entry)
{
  timers->entries[place] = *entry;
  entry->timer->pending = GUINT_TO_POINTER (place + 1);
}

/* Puts the entry where it belongs, given that `place` is free. */
static void
sift (LinuxTimers *timers, guint place, LinuxTimerEntry entry)
{
  guint child;

  for (; place > 0 && is_before (&entry, &timers->entries[(place - 1) / 2]); place = (place - 1) / 2)
    put (timers, place, &timers->entries[(place - 1) / 2]);
  while ((child = 2 * place + 1) < timers->n)
    {
      if (child + 1 < timers->n && is_before (&timers->entries[child + 1], &timers->entries[child]))
        child++;
      if (!is_before (&timers->entries[child], &entry))
        break;
      put (timers, place, &timers->entries[child]);
      place = child;
    }
  put (timers, place, &entry);
}

static void
take_out (LinuxTimers *timers, guint place)
{
  timers->entries[place].timer->pending = NULL;
  timers->n--;
  if (place < timers->n)
    sift (timers, place, timers->entries[timers->n]);
}

/* ---- the timers -------------------------------------------------------------------------------------------------- */

void
linux_timers_set (LinuxTimers *timers, NetTimer *timer, gint64 at_ns)
{
  LinuxTimerEntry entry = { .at_ns = at_ns, .order = timers->next_order++, .timer = timer };

  if (timer->pending)
    {
      sift (timers, place_of (timer), entry);
      return;
    }
  if (timers->n == timers->size)
    {
      timers->size = timers->size ? 2 * timers->size : FIRST_SIZE;
      timers->entries = g_renew (LinuxTimerEntry, timers->entries, timers->size);
    }
  timers->n++;
  sift (timers, timers->n - 1, entry);
}

void
linux_timers_cancel (LinuxTimers *timers, NetTimer *timer)
{
  take_out (timers, place_of (timer));
}

gint64
linux_timers_next (const LinuxTimers *timers)
{
  return timers->n ? timers->entries[0].at_ns : G_MAXINT64;
}

void
linux_timers_fire (LinuxTimers *timers, gint64 now_ns)
{
  guint64 first_new = timers->next_order;

  while (timers->n && timers->entries[0].at_ns <= now_ns && timers->entries[0].order < first_new)
    {
      NetTimer *timer = timers->entries[0].timer;
      take_out (timers, 0);
      timer->fire (timer, now_ns);
    }
}

void
linux_timers_clear (LinuxTimers *timers)
{
  for (guint i = 0; i < timers->n; i++)
    timers->entries[i].timer->pending = NULL;
  g_free (timers->entries);
  *timers = (LinuxTimers){ NULL };
}

/* The pending timers of a world: a binary heap by (time, order of setting).  A timer's `pending` is its place in the
 * heap, so that moving and cancelling need no search.  Knows no clock. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 at_ns;
  guint64 order;
  NetTimer *timer;
} LinuxTimerEntry;

/* All zero is empty. */
typedef struct
{
  LinuxTimerEntry *entries;
  guint n, size;
  guint64 next_order;
} LinuxTimers;

void linux_timers_set (LinuxTimers *timers, NetTimer *timer, gint64 at_ns);
/* Of a pending timer. */
void linux_timers_cancel (LinuxTimers *timers, NetTimer *timer);
/* When the first is due; G_MAXINT64 when there is none. */
gint64 linux_timers_next (const LinuxTimers *timers);
/* Fires what is due, except what is set meanwhile: a timer that sets itself again for now cannot hold up the rest. */
void linux_timers_fire (LinuxTimers *timers, gint64 now_ns);
/* The timers stay as they are, no longer pending. */
void linux_timers_clear (LinuxTimers *timers);

G_END_DECLS

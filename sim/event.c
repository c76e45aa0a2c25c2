/* The clock: time, and the running of events.  Which event is next is the wheel's knowledge (sim/wheel.h);
 * what events mean is nobody's here. */
#include "sim/event.h"

#include "sim/wheel.h"

struct _SimClock
{
  gint64 now_ns; /* the wheel's cursor, or later */
  gboolean stopped;
  guint64 n_added, n_cancelled, n_fired;
  SimWheel wheel;
};

SimClock *
sim_clock_new (void)
{
  SimClock *clock = g_new0 (SimClock, 1);
  sim_wheel_init (&clock->wheel);
  return clock;
}

void
sim_clock_free (SimClock *clock)
{
  if (!clock)
    return;
  sim_wheel_clear (&clock->wheel);
  g_free (clock);
}

gint64
sim_clock_now (const SimClock *clock)
{
  return clock->now_ns;
}

gsize
sim_clock_pending (const SimClock *clock)
{
  return clock->n_added - clock->n_cancelled - clock->n_fired;
}

guint64
sim_clock_fired (const SimClock *clock)
{
  return clock->n_fired;
}

SimEvent *
sim_clock_add (SimClock *clock, gint64 at_ns, guint64 order, SimEventFunc fire, gpointer target,
               gpointer payload)
{
  SimEvent *event = sim_wheel_allocate (&clock->wheel);

  g_assert (at_ns >= clock->now_ns && fire);
  event->at_ns = at_ns;
  event->order = order;
  event->fire = fire;
  event->target = target;
  event->payload = payload;
  sim_wheel_file (&clock->wheel, event);
  clock->n_added++;
  return event;
}

void
sim_clock_cancel (SimClock *clock, SimEvent *event)
{
  sim_wheel_remove (&clock->wheel, event);
  clock->n_cancelled++;
}

gint64
sim_clock_next (SimClock *clock)
{
  return sim_wheel_next (&clock->wheel);
}

/* ---- running ------------------------------------------------------------------------------------------- */

static inline gboolean
step (SimClock *clock, gint64 limit_ns)
{
  SimEvent *event = sim_wheel_take (&clock->wheel, limit_ns);
  SimEventFunc fire;
  gpointer target, payload;

  if (!event)
    {
      clock->now_ns = MAX (clock->now_ns, limit_ns);
      return FALSE;
    }
  fire = event->fire;
  target = event->target;
  payload = event->payload;
  sim_wheel_release (&clock->wheel, event); /* first, so that what it adds finds it warm */
  clock->now_ns = clock->wheel.cursor_ns;
  clock->n_fired++;
  fire (target, payload, clock->now_ns);
  return TRUE;
}

gboolean
sim_clock_step (SimClock *clock, gint64 limit_ns)
{
  return step (clock, limit_ns);
}

void
sim_clock_run (SimClock *clock, gint64 limit_ns)
{
  clock->stopped = FALSE;
  while (!clock->stopped && step (clock, limit_ns))
    continue;
}

void
sim_clock_stop (SimClock *clock)
{
  clock->stopped = TRUE;
}

/* ---- all that is pending ------------------------------------------------------------------------------- */

typedef struct
{
  SimClock *clock;
  SimEventFunc fire; /* of the events that are meant */
  gconstpointer target;
  SimEventFunc instead;
  void (*release) (gpointer target, gpointer payload);
} Request;

static void
redirect (SimWheel *wheel, SimEvent *event, gpointer user)
{
  const Request *request = user;

  (void)wheel;
  if (event->fire == request->fire && event->target == request->target)
    event->fire = request->instead;
}

void
sim_clock_redirect (SimClock *clock, SimEventFunc fire, gconstpointer target, SimEventFunc instead)
{
  sim_wheel_visit (&clock->wheel, redirect, &(Request){ .fire = fire, .target = target, .instead = instead });
}

static void
discard (SimWheel *wheel, SimEvent *event, gpointer user)
{
  const Request *request = user;

  (void)wheel;
  if (event->fire != request->fire)
    return;
  request->release (event->target, event->payload);
  sim_clock_cancel (request->clock, event);
}

void
sim_clock_discard (SimClock *clock, SimEventFunc fire, void (*release) (gpointer target, gpointer payload))
{
  sim_wheel_visit (&clock->wheel, discard, &(Request){ .clock = clock, .fire = fire, .release = release });
}

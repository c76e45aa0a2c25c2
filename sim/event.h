/* The virtual clock and the pending-event set: a hierarchical timing wheel of one-nanosecond ticks.
 *
 * Events fire in the order (time, order), where order is (source node, the source's counter): a rule that does not
 * depend on how a lab is partitioned or in which sequence events were put in.  Time only moves forward; an event may
 * be put at the present instant, and fires in this order among those still pending there. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SimClock SimClock;
typedef struct _SimEvent SimEvent;

/* Must not free the event. */
typedef void (*SimEventFunc) (gpointer target, gpointer payload, gint64 now_ns);

#define SIM_USEC G_GINT64_CONSTANT (1000)
#define SIM_MSEC G_GINT64_CONSTANT (1000000)
#define SIM_SEC G_GINT64_CONSTANT (1000000000)
#define SIM_ORDER(node_index, counter) ((guint64) (node_index) << 40 | (counter))

SimClock *sim_clock_new (void);
void sim_clock_free (SimClock *clock);

gint64 sim_clock_now (const SimClock *clock);
/* Events put in and neither fired nor cancelled; events fired since the start. */
gsize sim_clock_pending (const SimClock *clock);
guint64 sim_clock_fired (const SimClock *clock);

/* at_ns >= now.  The event belongs to the clock; the pointer is good until it fires or is cancelled. */
SimEvent *sim_clock_add (SimClock *clock, gint64 at_ns, guint64 order, SimEventFunc fire, gpointer target,
                         gpointer payload);
/* O(1). */
void sim_clock_cancel (SimClock *clock, SimEvent *event);
/* Makes the pending events of one function and target call another, when and in the order they would have fired.
 * Looks at everything that is pending: for what happens rarely. */
void sim_clock_redirect (SimClock *clock, SimEventFunc fire, gconstpointer target, SimEventFunc instead);
/* Takes out, unfired, all pending events of one function, so that what they hold can be released. */
void sim_clock_discard (SimClock *clock, SimEventFunc fire, void (*release) (gpointer target, gpointer payload));

/* The time of the next event, or -1. */
gint64 sim_clock_next (SimClock *clock);
/* Fires one event; FALSE when there is none at or before limit_ns, and then the time is limit_ns. */
gboolean sim_clock_step (SimClock *clock, gint64 limit_ns);
/* Fires all events up to and including limit_ns, or until sim_clock_stop() is called from one of them. */
void sim_clock_run (SimClock *clock, gint64 limit_ns);
void sim_clock_stop (SimClock *clock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimClock, sim_clock_free)

G_END_DECLS

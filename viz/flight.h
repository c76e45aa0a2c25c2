/* Frames on their way at an instant, and the way that one frame has come: pure functions of the history. */
#pragma once

#include "viz/history.h"

G_BEGIN_DECLS

/* A moment of a view: so many events have happened, and it is now_ns, between the last of them and the next.
 */
typedef struct
{
  guint64 n_done;
  gint64 now_ns;
} VizMoment;

/* The event that happened last; NULL at the start. */
static inline const VizEvent *
viz_moment_event (const VizHistory *history, const VizMoment *moment)
{
  return moment->n_done ? viz_history_event (history, moment->n_done - 1) : NULL;
}

typedef struct
{
  guint64 event;  /* that sent it */
  guint from;     /* end */
  guint permille; /* of the way to the other end */
} VizFlight;

/* Frames that have left one end and not reached the other, the one sent last first; a frame that arrives
 * right now is among them, with 1000 permille.  An array of VizFlight. */
GArray *viz_flights_at (const VizHistory *history, const VizMoment *moment);

/* The links that a frame has passed until the moment, a guint each, without repetition. */
GArray *viz_trail_of (const VizHistory *history, const VizMoment *moment, guint64 packet_id);

G_END_DECLS

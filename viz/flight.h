/* Frames on their way at an instant, and the way that one frame has come: pure functions of the history. */
#pragma once

#include "viz/history.h"

G_BEGIN_DECLS

/* A moment of a view: so many events have happened, and it is now_ns, between the last of them and the next.  Events
 * of the hidden parts happen too, and are not shown. */
typedef struct
{
  guint64 n_done;
  gint64 now_ns;
  guint hidden; /* a set of VizPart */
} VizMoment;

/* The event in view: what happened last of all that is shown; NULL at the start. */
static inline const VizEvent *
viz_moment_event (const VizHistory *history, const VizMoment *moment)
{
  return viz_history_event (history, viz_history_last (history, moment->n_done, moment->hidden));
}

typedef struct
{
  guint64 event;  /* that sent it */
  guint from;     /* end */
  guint permille; /* of the way to the other end */
} VizFlight;

/* Frames that have left one end and not reached the other, the one sent last first; a frame that arrives
 * right now is among them, with 1000 permille; those of hidden parts are not.  An array of VizFlight. */
GArray *viz_flights_at (const VizHistory *history, const VizMoment *moment);

/* The links that a frame has passed until the moment, a guint each, without repetition. */
GArray *viz_trail_of (const VizHistory *history, const VizMoment *moment, guint64 packet_id);

G_END_DECLS

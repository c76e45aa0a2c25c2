/* What a view knows of a run: a subscriber of the trace that keeps copies of its events, with the topology
 * and the names.  Events are numbered from 0 on; when there are too many bytes of them, the oldest are
 * forgotten. */
#pragma once

#include "viz/decode.h"
#include "viz/part.h"

G_BEGIN_DECLS

/* Bytes of events that a view keeps, unless it is told otherwise. */
#define VIZ_HISTORY_BYTES (256u * 1024 * 1024)

/* A packet or a state change.  Texts and bytes belong to the event. */
typedef struct
{
  gint64 time_ns;
  gboolean is_packet;
  guint parts; /* of the run, a set of VizPart */
  guint end;   /* packet: where */
  SimTraceDirection direction;
  guint64 packet_id;
  VizFrame frame;
  NetDropReason drop;
  const char *table, *rule;           /* of a drop; may be NULL.  `table` is also a state change's */
  const char *node, *op, *key, *json; /* state change; json may be NULL */
} VizEvent;

/* A link end went up or down. */
typedef struct
{
  guint64 event;
  guint end;
  gboolean up;
} VizPortChange;

typedef struct
{
  VizTopology *topology;
  VizNames *names;
  VizNames *rows;       /* of database rows, by UUID */
  char *title;          /* "use-case-2 [broken], seed 2901" */
  GPtrArray *events;    /* of VizEvent, the oldest first */
  guint64 n_forgotten;  /* events before them */
  GArray *port_changes; /* of VizPortChange */
  gsize bytes, max_bytes;
} VizHistory;

VizHistory *viz_history_new (gsize max_bytes);
void viz_history_free (VizHistory *history);
/* A SimTraceFunc. */
void viz_history_hear (const SimTraceRecord *record, gpointer history);

/* The number of events so far, the forgotten ones counted. */
static inline guint64
viz_history_n (const VizHistory *history)
{
  return history->n_forgotten + history->events->len;
}

/* NULL for an event that is forgotten or has not come yet. */
static inline const VizEvent *
viz_history_event (const VizHistory *history, guint64 number)
{
  if (number < history->n_forgotten || number >= viz_history_n (history))
    return NULL;
  return g_ptr_array_index (history->events, number - history->n_forgotten);
}

#define VIZ_NO_EVENT G_MAXUINT64

/* The first event from number `from` on, and the last one before number `before`, that belongs to none of the parts
 * in the set `hidden`; VIZ_NO_EVENT when none is known. */
guint64 viz_history_next (const VizHistory *history, guint64 from, guint hidden);
guint64 viz_history_last (const VizHistory *history, guint64 before, guint hidden);

/* Whether an end's link was up when event `number` had happened. */
gboolean viz_history_is_up (const VizHistory *history, guint end, guint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VizHistory, viz_history_free)

G_END_DECLS

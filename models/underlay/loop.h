/* The storm guard: notices that the same bytes of one packet enter the same port again and again.
 *
 * Ethernet has no hop limit, so the guard watches a sample of the frames instead.  Each place of a small
 * table has one suspect, a (packet, port) that came in; who meets a suspect that is somebody else makes it
 * less interesting, and after UNDERLAY_LOOP_PATIENCE such meetings takes its place.  A frame that goes round
 * becomes the suspect after a few rounds and is counted from then on; one that does not costs a look and a
 * store.  Only when some five hundred frames go round at once may one escape, as long as the others last. */
#pragma once

#include "net/frame.h"

G_BEGIN_DECLS

#define UNDERLAY_LOOP_PLACES   64u
#define UNDERLAY_LOOP_PATIENCE 8u

typedef struct
{
  guint64 packet_id;
  guint32 port;
  guint32 n_others; /* met since the suspect was last seen */
} UnderlaySuspect;

/* What is known of a suspect that was met again. */
typedef struct
{
  gint64 since_ns;
  guint64 digest; /* of its bytes */
  guint n_seen;   /* with this digest, since then */
} UnderlayEvidence;

typedef struct
{
  UnderlaySuspect suspects[UNDERLAY_LOOP_PLACES];
  UnderlayEvidence evidence[UNDERLAY_LOOP_PLACES];
} UnderlayLoopGuard;

void underlay_loop_init (UnderlayLoopGuard *guard);

/* A suspect itself: TRUE when it came in more than `limit` times within a second. */
gboolean underlay_loop_suspect_seen (UnderlayLoopGuard *guard, guint place, const NetFrame *frame,
                                     guint limit, gint64 now_ns);
void underlay_loop_suspect_new (UnderlayLoopGuard *guard, guint place, guint32 port, const NetFrame *frame);

/* A frame comes in: TRUE when it goes round.  `limit` counts from when it became the suspect. */
static inline gboolean
underlay_loop_seen (UnderlayLoopGuard *guard, guint32 port, const NetFrame *frame, guint limit, gint64 now_ns)
{
  guint place = (guint)(frame->packet_id ^ frame->packet_id >> 40 ^ port * 37u) % UNDERLAY_LOOP_PLACES;
  UnderlaySuspect *suspect = &guard->suspects[place];

  if (G_UNLIKELY (suspect->packet_id == frame->packet_id && suspect->port == port))
    return underlay_loop_suspect_seen (guard, place, frame, limit, now_ns);
  if (++suspect->n_others > UNDERLAY_LOOP_PATIENCE)
    underlay_loop_suspect_new (guard, place, port, frame);
  return FALSE;
}

G_END_DECLS

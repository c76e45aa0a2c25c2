/* The storm guard: notices that the same bytes of one packet enter the same port again and again.
 *
 * Ethernet has no hop limit, so the guard watches a sample of the frames instead.  Each place of a small table has one
 * suspect, a (packet, port) that came in; who meets a suspect that is somebody else makes it less interesting, and
 * after UNDERLAY_LOOP_PATIENCE such meetings takes its place.  A frame that goes round becomes the suspect after a few
 * rounds and is counted from then on; one that does not costs a look and a store.  Only when about two thousand frames
 * go round at once may some escape, as long as the others last. */
#pragma once

#include "net/frame.h"

G_BEGIN_DECLS

#define UNDERLAY_LOOP_PLACES 256u
#define UNDERLAY_LOOP_PATIENCE 8u

typedef struct
{
  guint64 packet_id;
  guint32 port;
  guint16 n_others; /* met since the suspect was last seen */
  guint16 n_seen;   /* the suspect itself, since since_ns */
  gint64 since_ns;
  guint64 digest; /* of its bytes */
} UnderlaySuspect;

typedef struct
{
  UnderlaySuspect suspects[UNDERLAY_LOOP_PLACES];
} UnderlayLoopGuard;

void underlay_loop_init (UnderlayLoopGuard *guard);

/* The suspect itself: TRUE when it came in more than `limit` times within a second. */
gboolean underlay_loop_suspect_seen (UnderlaySuspect *suspect, const NetFrame *frame, guint limit, gint64 now_ns);

/* A frame comes in: TRUE when it goes round.  `limit` counts from when it became the suspect. */
static inline gboolean
underlay_loop_seen (UnderlayLoopGuard *guard, guint32 port, const NetFrame *frame, guint limit, gint64 now_ns)
{
  guint place = (guint) (frame->packet_id ^ frame->packet_id >> 40 ^ port * 37u) % UNDERLAY_LOOP_PLACES;
  UnderlaySuspect *suspect = &guard->suspects[place];

  if (G_UNLIKELY (suspect->packet_id == frame->packet_id && suspect->port == port))
    return underlay_loop_suspect_seen (suspect, frame, limit, now_ns);
  if (++suspect->n_others > UNDERLAY_LOOP_PATIENCE)
    *suspect = (UnderlaySuspect){ .packet_id = frame->packet_id, .port = port };
  return FALSE;
}

G_END_DECLS

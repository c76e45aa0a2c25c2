/* What is known of a suspect.  Copies of one packet that differ (head-end replication to many tunnel end points) are
 * no loop, so its bytes count too. */
#include "models/underlay/loop.h"

#define WINDOW_NS G_GINT64_CONSTANT (1000000000)

void
underlay_loop_init (UnderlayLoopGuard *guard)
{
  for (guint i = 0; i < UNDERLAY_LOOP_PLACES; i++)
    guard->suspects[i] = (UnderlaySuspect){ .n_others = UNDERLAY_LOOP_PATIENCE }; /* the first comer is the suspect */
}

/* FNV-1a. */
static guint64
digest (const NetFrame *frame)
{
  const guint8 *bytes = net_frame_bytes (frame);
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (guint i = 0; i < frame->length; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

gboolean
underlay_loop_suspect_seen (UnderlaySuspect *suspect, const NetFrame *frame, guint limit, gint64 now_ns)
{
  guint64 bytes = digest (frame);

  suspect->n_others = 0;
  if (suspect->n_seen == 0 || suspect->digest != bytes || now_ns - suspect->since_ns >= WINDOW_NS)
    {
      suspect->digest = bytes;
      suspect->n_seen = 1;
      suspect->since_ns = now_ns;
      return FALSE;
    }
  if (suspect->n_seen < limit)
    {
      suspect->n_seen++;
      return FALSE;
    }
  return TRUE;
}

/* What is known of a suspect.  Copies of one packet that differ (head-end replication to many tunnel end
 * points) are no loop, so its bytes count too. */
#include "models/underlay/loop.h"

#define WINDOW_NS G_GINT64_CONSTANT (1000000000)

void
underlay_loop_init (UnderlayLoopGuard *guard)
{
  for (guint i = 0; i < UNDERLAY_LOOP_PLACES; i++)
    guard->suspects[i]
        = (UnderlaySuspect){ .n_others = UNDERLAY_LOOP_PATIENCE }; /* the first comer is the suspect */
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

void
underlay_loop_suspect_new (UnderlayLoopGuard *guard, guint place, guint32 port, const NetFrame *frame)
{
  guard->suspects[place] = (UnderlaySuspect){ .packet_id = frame->packet_id, .port = port };
  guard->evidence[place] = (UnderlayEvidence){ .n_seen = 0 };
}

gboolean
underlay_loop_suspect_seen (UnderlayLoopGuard *guard, guint place, const NetFrame *frame, guint limit,
                            gint64 now_ns)
{
  UnderlayEvidence *evidence = &guard->evidence[place];
  guint64 bytes = digest (frame);

  guard->suspects[place].n_others = 0;
  if (evidence->n_seen == 0 || evidence->digest != bytes || now_ns - evidence->since_ns >= WINDOW_NS)
    {
      *evidence = (UnderlayEvidence){ .since_ns = now_ns, .digest = bytes, .n_seen = 1 };
      return FALSE;
    }
  if (evidence->n_seen < limit)
    {
      evidence->n_seen++;
      return FALSE;
    }
  return TRUE;
}

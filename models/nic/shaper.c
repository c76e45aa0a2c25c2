/* A transmit limit as a point in time from which the next frame may leave. */
#include "models/nic/shaper.h"

#define BITS_NS (8 * G_GUINT64_CONSTANT (1000000000))

void
nic_shaper_init (NicShaper *shaper)
{
  *shaper = (NicShaper){ 0 };
  g_queue_init (&shaper->ring);
}

void
nic_shaper_clear (NicShaper *shaper)
{
  g_queue_clear_full (&shaper->ring, (GDestroyNotify) net_frame_unref);
}

static void
charge (NicShaper *shaper, const NetFrame *frame, gint64 now_ns)
{
  if (shaper->rate_bps)
    shaper->free_ns = MAX (now_ns, shaper->free_ns)
                      + (gint64) ((frame->length * BITS_NS + shaper->rate_bps - 1) / shaper->rate_bps);
}

NicShaperVerdict
nic_shaper_offer (NicShaper *shaper, NetFrame *frame, gint64 now_ns)
{
  if (g_queue_is_empty (&shaper->ring) && (shaper->rate_bps == 0 || shaper->free_ns <= now_ns))
    {
      charge (shaper, frame, now_ns);
      return NIC_SHAPER_PASS;
    }
  if (g_queue_get_length (&shaper->ring) == NIC_RING_FRAMES)
    return NIC_SHAPER_FULL;
  g_queue_push_tail (&shaper->ring, frame);
  return NIC_SHAPER_WAIT;
}

NetFrame *
nic_shaper_next (NicShaper *shaper, gint64 now_ns)
{
  NetFrame *frame;

  if (g_queue_is_empty (&shaper->ring) || (shaper->rate_bps && shaper->free_ns > now_ns))
    return NULL;
  frame = g_queue_pop_head (&shaper->ring);
  charge (shaper, frame, now_ns);
  return frame;
}

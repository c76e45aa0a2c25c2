/* The frame pool: frames of one size class come from slabs and return to a free list, larger ones from the heap. */
#include "net/frame.h"

#include <string.h>

/* Fits headroom and a full-size Ethernet frame with tags and tunnel headers. */
#define POOLED_CAPACITY 1728u
#define FRAMES_PER_SLAB 64u

struct _NetFramePool
{
  NetFrame *free;
  GPtrArray *slabs;
  guint outstanding;
};

#define POOLED_STRIDE ((sizeof (NetFrame) + POOLED_CAPACITY + 63) & ~(gsize) 63)

NetFramePool *
net_frame_pool_new (void)
{
  NetFramePool *pool = g_new0 (NetFramePool, 1);
  pool->slabs = g_ptr_array_new_with_free_func (g_free);
  return pool;
}

void
net_frame_pool_free (NetFramePool *pool)
{
  if (!pool)
    return;
  g_assert (pool->outstanding == 0);
  g_ptr_array_unref (pool->slabs);
  g_free (pool);
}

guint
net_frame_pool_outstanding (const NetFramePool *pool)
{
  return pool->outstanding;
}

static void
grow (NetFramePool *pool)
{
  guint8 *slab = g_malloc (POOLED_STRIDE * FRAMES_PER_SLAB);
  g_ptr_array_add (pool->slabs, slab);
  for (guint i = FRAMES_PER_SLAB; i--;)
    {
      NetFrame *frame = (NetFrame *) (gpointer) (slab + i * POOLED_STRIDE);
      frame->pool = pool;
      frame->capacity = POOLED_CAPACITY;
      frame->next_free = pool->free;
      pool->free = frame;
    }
}

NetFrame *
net_frame_new (NetFramePool *pool, guint headroom, guint length)
{
  guint need = headroom + length;
  NetFrame *frame;

  g_assert (length <= NET_FRAME_MAX && headroom <= NET_FRAME_MAX);
  if (G_LIKELY (need <= POOLED_CAPACITY))
    {
      if (!pool->free)
        grow (pool);
      frame = pool->free;
      pool->free = frame->next_free;
    }
  else
    {
      frame = g_malloc (sizeof *frame + need);
      frame->pool = pool;
      frame->capacity = need;
    }
  frame->refs = 1;
  frame->start = headroom;
  frame->length = length;
  frame->packet_id = 0;
  pool->outstanding++;
  return frame;
}

NetFrame *
net_frame_new_from (NetFramePool *pool, const guint8 *bytes, guint length)
{
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, length);
  memcpy (net_frame_data (frame), bytes, length);
  return frame;
}

NetFrame *
net_frame_copy (const NetFrame *frame, guint headroom)
{
  NetFrame *copy = net_frame_new (frame->pool, headroom, frame->length);
  memcpy (net_frame_data (copy), net_frame_bytes (frame), frame->length);
  copy->packet_id = frame->packet_id;
  return copy;
}

void
net_frame_unref (NetFrame *frame)
{
  if (!frame || --frame->refs)
    return;
  frame->pool->outstanding--;
  if (G_UNLIKELY (frame->capacity != POOLED_CAPACITY))
    {
      g_free (frame);
      return;
    }
  frame->next_free = frame->pool->free;
  frame->pool->free = frame;
}

NetFrame *
net_frame_own (NetFrame *frame, guint headroom)
{
  NetFrame *copy = net_frame_copy (frame, MAX (headroom, NET_FRAME_HEADROOM));

  net_frame_unref (frame);
  return copy;
}

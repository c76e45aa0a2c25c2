/* Frames: reference-counted packets with headroom, taken from a pool.
 *
 * A frame that was handed to a port is immutable: holders share it by reference, and who wants to change it
 * asks net_frame_writable() for a version of its own.  This file knows bytes, not protocols. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Room before the first byte that fits an outer Ethernet, 802.1Q, IPv4, UDP and VXLAN header (54 bytes) and more. */
#define NET_FRAME_HEADROOM 64u
/* Longest frame accepted anywhere (a jumbo frame with every header); longer input is refused at the edge. */
#define NET_FRAME_MAX 16384u

typedef struct _NetFramePool NetFramePool;
typedef struct _NetFrame NetFrame;

/* Open for speed; only this file and frame.c write the fields before packet_id. */
struct _NetFrame
{
  NetFramePool *pool;
  NetFrame *next_free;
  guint32 refs;
  guint32 capacity;  /* bytes in buffer */
  guint32 start;     /* offset of the frame's first byte in buffer */
  guint32 length;    /* bytes in the frame, from the destination MAC; no FCS */
  guint64 packet_id; /* the same for all copies, tagged and encapsulated ones too; 0 until the first port sends it */
  guint8 buffer[];
};

/* A pool serves one thread.  Freeing it with frames outstanding is a programmer's error. */
NetFramePool *net_frame_pool_new (void);
void net_frame_pool_free (NetFramePool *pool);
/* Frames taken and not given back; for tests and leak checks. */
guint net_frame_pool_outstanding (const NetFramePool *pool);

/* A frame of `length` undefined bytes with `headroom` before them; the caller owns the one reference.
 * headroom + length must not exceed NET_FRAME_MAX + NET_FRAME_HEADROOM. */
NetFrame *net_frame_new (NetFramePool *pool, guint headroom, guint length);
/* The same, filled from `bytes`, with NET_FRAME_HEADROOM. */
NetFrame *net_frame_new_from (NetFramePool *pool, const guint8 *bytes, guint length);
/* A private copy with the same packet id and at least `headroom` before the bytes. */
NetFrame *net_frame_copy (const NetFrame *frame, guint headroom);

void net_frame_unref (NetFrame *frame); /* accepts NULL */

static inline NetFrame *
net_frame_ref (NetFrame *frame)
{
  frame->refs++;
  return frame;
}

/* A copy in place of the caller's reference: what net_frame_writable() falls back on. */
NetFrame *net_frame_own (NetFrame *frame, guint headroom);

/* Takes the caller's reference and returns a frame with the same bytes that the caller alone holds and that has
 * at least `headroom` bytes before the first one: the same frame where it already is so, else a copy. */
static inline NetFrame *
net_frame_writable (NetFrame *frame, guint headroom)
{
  return G_LIKELY (frame->refs == 1 && frame->start >= headroom) ? frame : net_frame_own (frame, headroom);
}


/* Asks the cache for the headers of a frame that will be looked at soon: where they lie when the frame was made with
 * NET_FRAME_HEADROOM, so that it need not wait for the frame's own fields to tell. */
static inline void
net_frame_prefetch (const NetFrame *frame)
{
  __builtin_prefetch (frame, 1);
  __builtin_prefetch (frame->buffer + NET_FRAME_HEADROOM - 32, 1);
  __builtin_prefetch (frame->buffer + NET_FRAME_HEADROOM + 32, 1);
}

static inline guint8 *
net_frame_data (NetFrame *frame)
{
  return frame->buffer + frame->start;
}

static inline const guint8 *
net_frame_bytes (const NetFrame *frame)
{
  return frame->buffer + frame->start;
}

/* On a writable frame: grow by `n` bytes at the front (returns the new first byte; contents undefined),
 * cut `n` from the front, or set the length (bytes added at the end are undefined; bounded by capacity). */
static inline guint8 *
net_frame_push (NetFrame *frame, guint n)
{
  g_assert (frame->refs == 1 && frame->start >= n);
  frame->start -= n;
  frame->length += n;
  return net_frame_data (frame);
}

static inline void
net_frame_pull (NetFrame *frame, guint n)
{
  g_assert (frame->refs == 1 && frame->length >= n);
  frame->start += n;
  frame->length -= n;
}

static inline void
net_frame_set_length (NetFrame *frame, guint length)
{
  g_assert (frame->refs == 1 && frame->start + length <= frame->capacity);
  frame->length = length;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetFramePool, net_frame_pool_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetFrame, net_frame_unref)

G_END_DECLS

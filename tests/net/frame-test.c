/* Frames: headroom, sharing, copies, the pool's account; and the drop-reason table. */
#include "net/drop.h"
#include "net/frame.h"
#include "tap.h"

#include <string.h>

static void
new_frame_has_the_headroom_asked_for (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "payload", 7);

  memcpy (net_frame_push (frame, NET_FRAME_HEADROOM), "0123456789", 10);
  CU_ASSERT_EQUAL (frame->length, 7 + NET_FRAME_HEADROOM);
  CU_ASSERT (memcmp (net_frame_bytes (frame) + NET_FRAME_HEADROOM, "payload", 7) == 0);
  net_frame_pull (frame, NET_FRAME_HEADROOM);
  TAP_ASSERT_BYTES (net_frame_bytes (frame), frame->length, 'p', 'a', 'y', 'l', 'o', 'a', 'd');
  net_frame_unref (frame);
}

static void
sole_holder_writes_in_place (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, 8, 20);

  CU_ASSERT_PTR_EQUAL (net_frame_writable (frame, 8), frame);
  net_frame_unref (frame);
}

static void
shared_frame_is_copied_and_the_other_holder_sees_no_change (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "abc", 3);
  NetFrame *other = net_frame_ref (frame), *mine;

  frame->packet_id = 77;
  mine = net_frame_writable (frame, 0);
  CU_ASSERT_PTR_NOT_EQUAL (mine, other);
  net_frame_data (mine)[0] = 'x';
  TAP_ASSERT_BYTES (net_frame_bytes (other), other->length, 'a', 'b', 'c');
  TAP_ASSERT_BYTES (net_frame_bytes (mine), mine->length, 'x', 'b', 'c');
  CU_ASSERT_EQUAL (mine->packet_id, 77);
  CU_ASSERT_EQUAL (mine->refs, 1);
  CU_ASSERT_EQUAL (other->refs, 1);
  net_frame_unref (mine);
  net_frame_unref (other);
}

static void
too_little_headroom_makes_a_copy_with_enough (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, 2, 3);

  memcpy (net_frame_data (frame), "abc", 3);
  frame = net_frame_writable (frame, 100);
  CU_ASSERT (frame->start >= 100);
  TAP_ASSERT_BYTES (net_frame_bytes (frame), frame->length, 'a', 'b', 'c');
  net_frame_unref (frame);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 0);
}

static void
largest_frame_fits (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, NET_FRAME_MAX);

  memset (net_frame_data (frame), 0x5a, frame->length);
  net_frame_push (frame, NET_FRAME_HEADROOM);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 1);
  net_frame_unref (frame);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 0);
}

static void
pool_counts_frames_not_references (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frames[200];

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    frames[i] = net_frame_ref (net_frame_new (pool, 0, 64));
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 200);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    net_frame_unref (frames[i]);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 200);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    net_frame_unref (frames[i]);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 0);
}

static void
returned_frame_starts_afresh (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, 10, 10);

  frame->packet_id = 5;
  net_frame_unref (frame);
  frame = net_frame_new (pool, 20, 30);
  CU_ASSERT_EQUAL (frame->packet_id, 0);
  CU_ASSERT_EQUAL (frame->start, 20);
  CU_ASSERT_EQUAL (frame->length, 30);
  net_frame_unref (frame);
}

static void
each_drop_reason_is_found_by_its_word (void)
{
  for (guint i = 1; i < NET_DROP_N; i++)
    CU_ASSERT_EQUAL (net_drop_from_word (net_drop_word ((NetDropReason) i)), i);
  CU_ASSERT_EQUAL (net_drop_from_word ("vlan-unbound"), NET_DROP_VLAN_UNBOUND);
  CU_ASSERT_EQUAL (net_drop_from_word ("no such word"), NET_DROP_NONE);
  CU_ASSERT_STRING_EQUAL (net_drop_text (NET_DROP_LINK_DOWN), "the link or port is down");
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a new frame has the headroom asked for", new_frame_has_the_headroom_asked_for },
    { "a sole holder writes in place", sole_holder_writes_in_place },
    { "a shared frame is copied and the other holder sees no change",
      shared_frame_is_copied_and_the_other_holder_sees_no_change },
    { "too little headroom makes a copy with enough", too_little_headroom_makes_a_copy_with_enough },
    { "the largest frame fits", largest_frame_fits },
    { "the pool counts frames, not references", pool_counts_frames_not_references },
    { "a returned frame starts afresh", returned_frame_starts_afresh },
    { "each drop reason is found by its word", each_drop_reason_is_found_by_its_word },
    { NULL, NULL },
  };
  return tap_main ("frame", tests);
}

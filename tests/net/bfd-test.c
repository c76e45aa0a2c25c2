/* BFD control packets: one literal packet, read and built, and what RFC 5880 §6.8.6 refuses. */
#include "net/bfd.h"
#include "tap.h"

/* 20: version 1, no diagnostic; c0: Up; 03: multiplier; 18: 24 bytes; discriminators 0x01020304 and 0xa0b0c0d0;
 * desired 100 ms, required 1 s, echo none. */
static const guint8 up[] = { 0x20, 0xc0, 0x03, 0x18, 0x01, 0x02, 0x03, 0x04, 0xa0, 0xb0, 0xc0, 0xd0,
                             0x00, 0x01, 0x86, 0xa0, 0x00, 0x0f, 0x42, 0x40, 0x00, 0x00, 0x00, 0x00 };

static void
packet_is_read (void)
{
  NetBfd bfd;

  CU_ASSERT_EQUAL (net_bfd_parse (up, sizeof up, &bfd), NET_DROP_NONE);
  CU_ASSERT_EQUAL (bfd.diagnostic, NET_BFD_NO_DIAGNOSTIC);
  CU_ASSERT_EQUAL (bfd.state, NET_BFD_UP);
  CU_ASSERT_FALSE (bfd.poll || bfd.final || bfd.control_plane_independent || bfd.demand);
  CU_ASSERT_EQUAL (bfd.multiplier, 3);
  CU_ASSERT_EQUAL (bfd.my_discriminator, 0x01020304);
  CU_ASSERT_EQUAL (bfd.your_discriminator, 0xa0b0c0d0);
  CU_ASSERT_EQUAL (bfd.desired_min_tx_us, 100000);
  CU_ASSERT_EQUAL (bfd.required_min_rx_us, 1000000);
  CU_ASSERT_EQUAL (bfd.required_min_echo_rx_us, 0);
}

static void
packet_is_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, 0);

  net_bfd_push (frame, &(NetBfd){ .state = NET_BFD_UP,
                                  .multiplier = 3,
                                  .my_discriminator = 0x01020304,
                                  .your_discriminator = 0xa0b0c0d0,
                                  .desired_min_tx_us = 100000,
                                  .required_min_rx_us = 1000000 });
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, up, sizeof up);
  net_frame_unref (frame);
  frame = net_frame_new (pool, NET_FRAME_HEADROOM, 0);
  net_bfd_push (frame, &(NetBfd){ .diagnostic = NET_BFD_CONCATENATED_PATH_DOWN,
                                  .state = NET_BFD_DOWN,
                                  .poll = TRUE,
                                  .final = TRUE,
                                  .control_plane_independent = TRUE,
                                  .demand = TRUE,
                                  .multiplier = 5,
                                  .my_discriminator = 1,
                                  .required_min_echo_rx_us = 7 });
  TAP_ASSERT_BYTES (net_frame_bytes (frame), frame->length, 0x26, 0x7a, 5, 24, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
  net_frame_unref (frame);
}

static NetDropReason
parse_changed (guint at, guint8 value)
{
  guint8 bytes[sizeof up];
  NetBfd bfd;

  memcpy (bytes, up, sizeof up);
  bytes[at] = value;
  return net_bfd_parse (bytes, sizeof bytes, &bfd);
}

static void
refused_packets (void)
{
  guint8 bytes[sizeof up];
  NetBfd bfd;

  CU_ASSERT_EQUAL (parse_changed (0, 0x00), NET_DROP_UNKNOWN_PROTOCOL); /* version 0 */
  CU_ASSERT_EQUAL (parse_changed (0, 0x40), NET_DROP_UNKNOWN_PROTOCOL); /* version 2 */
  CU_ASSERT_EQUAL (parse_changed (1, 0xc4), NET_DROP_UNKNOWN_PROTOCOL); /* authenticated */
  CU_ASSERT_EQUAL (parse_changed (1, 0xc1), NET_DROP_MALFORMED);        /* multipoint */
  CU_ASSERT_EQUAL (parse_changed (2, 0), NET_DROP_MALFORMED);           /* multiplier 0 */
  CU_ASSERT_EQUAL (parse_changed (3, 23), NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (parse_changed (3, 25), NET_DROP_MALFORMED); /* longer than what is there */
  CU_ASSERT_EQUAL (parse_changed (0, 0x3f), NET_DROP_NONE);    /* a reserved diagnostic */
  memcpy (bytes, up, sizeof up);
  memset (bytes + 4, 0, 4); /* nobody's */
  CU_ASSERT_EQUAL (net_bfd_parse (bytes, sizeof bytes, &bfd), NET_DROP_MALFORMED);
  memcpy (bytes, up, sizeof up);
  memset (bytes + 8, 0, 4); /* Up, and does not know us */
  CU_ASSERT_EQUAL (net_bfd_parse (bytes, sizeof bytes, &bfd), NET_DROP_MALFORMED);
  bytes[1] = 0x80; /* Init */
  CU_ASSERT_EQUAL (net_bfd_parse (bytes, sizeof bytes, &bfd), NET_DROP_MALFORMED);
  bytes[1] = 0x40; /* Down may */
  CU_ASSERT_EQUAL (net_bfd_parse (bytes, sizeof bytes, &bfd), NET_DROP_NONE);
  bytes[1] = 0x00; /* AdminDown too */
  CU_ASSERT_EQUAL (net_bfd_parse (bytes, sizeof bytes, &bfd), NET_DROP_NONE);
}

static void
any_length (void)
{
  guint8 padded[sizeof up + 8] = { 0 };
  NetBfd bfd;

  for (gsize length = 0; length < sizeof up; length++)
    {
      g_autofree guint8 *bytes = g_memdup2 (up, length);
      CU_ASSERT_EQUAL (net_bfd_parse (bytes, length, &bfd), NET_DROP_MALFORMED);
    }
  memcpy (padded, up, sizeof up);
  CU_ASSERT_EQUAL (net_bfd_parse (padded, sizeof padded, &bfd), NET_DROP_NONE);
}

static void
every_byte_may_be_anything (void)
{
  for (guint at = 0; at < sizeof up; at++)
    for (guint value = 0; value < 256; value++)
      {
        guint8 bytes[sizeof up];
        NetBfd bfd;

        memcpy (bytes, up, sizeof up);
        bytes[at] = (guint8) value;
        if (net_bfd_parse (bytes, sizeof bytes, &bfd) != NET_DROP_NONE)
          continue;
        CU_ASSERT (bfd.multiplier > 0 && bfd.my_discriminator > 0
                   && bfd.diagnostic <= NET_BFD_DIAGNOSTIC_MAX);
        CU_ASSERT_PTR_NOT_NULL (net_bfd_state_text (bfd.state));
        CU_ASSERT_PTR_NOT_NULL (net_bfd_diagnostic_text (bfd.diagnostic));
      }
}

static void
words (void)
{
  CU_ASSERT_STRING_EQUAL (net_bfd_state_text (NET_BFD_ADMIN_DOWN), "admin_down");
  CU_ASSERT_STRING_EQUAL (net_bfd_state_text (NET_BFD_UP), "up");
  CU_ASSERT_STRING_EQUAL (net_bfd_diagnostic_text (1), "Control Detection Time Expired");
  CU_ASSERT_STRING_EQUAL (net_bfd_diagnostic_text (8), "Reverse Concatenated Path Down");
  CU_ASSERT_STRING_EQUAL (net_bfd_diagnostic_text (9), "Reserved");
}

int
main (void)
{
  return tap_main (
      "bfd",
      (TapTest[]){
          { "a control packet is read", packet_is_read },
          { "a control packet is built", packet_is_built },
          { "what contradicts itself, is authenticated or of another version is refused", refused_packets },
          { "a cut packet is refused at every length, and what follows is left out", any_length },
          { "every byte may be anything", every_byte_may_be_anything },
          { "states and diagnostics have the standard's words", words },
          { NULL, NULL },
      });
}

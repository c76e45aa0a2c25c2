/* Filters on outer and inner frames, on bytes of a real lab. */
#include "lab/filter.h"

#include "tap.h"

/* An ARP request of 10.0.0.12 for 10.0.0.11 in VXLAN 5001, 10.8.125.20 to 10.8.125.18. */
static const guint8 tunnelled[] = {
  0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18, 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20, 0x08, 0x00, /* Ethernet */
  0x45, 0x00, 0x00, 0x4e, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x2c, 0x69, 0x0a, 0x08, 0x7d, 0x14, /* IPv4 */
  0x0a, 0x08, 0x7d, 0x12,                                                             /* destination */
  0xd8, 0xca, 0x12, 0xb5, 0x00, 0x3a, 0x00, 0x00,                                     /* UDP 55498 > 4789 */
  0x08, 0x00, 0x00, 0x00, 0x00, 0x13, 0x89, 0x00,                                     /* VXLAN 5001 */
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12, 0x08, 0x06, /* Ethernet */
  0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12, 0x0a, 0x00, /* ARP */
  0x00, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x00, 0x00, 0x0b,
};

static gboolean
matches (const char *outer, const char *inner, gint64 vni)
{
  g_autoptr (LabFilter) filter = lab_filter_new (outer, inner, vni);
  return lab_filter_matches (filter, tunnelled, sizeof tunnelled, sizeof tunnelled);
}

static void
the_outer_filter_sees_the_wire (void)
{
  CU_ASSERT_TRUE (matches ("udp port 4789", NULL, -1));
  CU_ASSERT_FALSE (matches ("arp", NULL, -1));
}

static void
the_inner_filter_sees_the_frame_inside (void)
{
  CU_ASSERT_TRUE (matches (NULL, "arp", -1));
  CU_ASSERT_TRUE (matches ("udp", "ether src fa:16:3e:00:00:12", 5001));
  CU_ASSERT_FALSE (matches (NULL, "icmp", -1));
}

static void
the_vni_must_be_the_same (void)
{
  CU_ASSERT_TRUE (matches (NULL, NULL, 5001));
  CU_ASSERT_FALSE (matches (NULL, NULL, 5002));
}

static void
what_is_no_vxlan_has_no_inside (void)
{
  g_autoptr (LabFilter) filter = lab_filter_new (NULL, "arp", -1);
  CU_ASSERT_FALSE (lab_filter_matches (filter, tunnelled + 50, sizeof tunnelled - 50, sizeof tunnelled - 50));
}

static void
a_frame_cut_short_matches_no_inner_filter (void)
{
  g_autoptr (LabFilter) filter = lab_filter_new (NULL, "arp", -1);
  for (guint n = 0; n < 64; n++)
    CU_ASSERT_FALSE (lab_filter_matches (filter, tunnelled, n, sizeof tunnelled));
}

int
main (void)
{
  static const TapTest tests[]
      = { { "the outer filter sees the frame on the wire", the_outer_filter_sees_the_wire },
          { "the inner filter sees the frame inside the tunnel", the_inner_filter_sees_the_frame_inside },
          { "the VNI must be the same", the_vni_must_be_the_same },
          { "what is no VXLAN has no inside", what_is_no_vxlan_has_no_inside },
          { "a frame cut short matches no inner filter", a_frame_cut_short_matches_no_inner_filter },
          { NULL, NULL } };
  return tap_main ("filter", tests);
}

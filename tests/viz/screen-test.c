/* The screen of the live view as text. */
#include "sample.h"
#include "viz/screen.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static char *
draw (guint width, guint height, const VizView *view)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  g_autoptr (VizCanvas) canvas = viz_canvas_new (width, height);
  g_autoptr (VizLayout) layout = NULL;

  view_sample_emit (viz_history_hear, history);
  layout = viz_layout_new (history->topology, width, viz_screen_map_height (height));
  viz_screen_draw (canvas, history, layout, view);
  return viz_canvas_to_text (canvas);
}

static void
expect_screen (const char *got, const char *expected)
{
  CU_ASSERT_STRING_EQUAL (got, expected);
  if (strcmp (got, expected) != 0)
    {
      g_autofree char *quoted = g_strescape (got, "\"");
      printf ("# got %s\n", quoted);
    }
}

static void
a_drop_shows_place_reason_and_rule (void)
{
  const VizView view = { .moment = { 14, 2 * NET_SEC + 1000 }, .paused = TRUE, .ended = TRUE, .rate = 8 };
  g_autofree char *got = draw (80, 24, &view);

  expect_screen (got,
                      " vteplab  use-case-2, seed 2901                    2.000001000 s  14/16  PAUSED\n"
                      "                                  [ underlay ]\n"
                      "                             +--------+p1 +----------+\n"
                      "                             |em2                    |uplink\n"
                      "                        [ server1 ]              [ tor1 ]X vlan-unbound\n"
                      "                             |tap2                   |em3\n"
                      "                             |eth0                   |em1\n"
                      "                          [ vm2 ]               [ server2 ]\n"
                      "                                                     |vf0\n"
                      "                                                     |eth0\n"
                      "                                                  [ vm1 ]\n"
                      "      time (s) where          what\n"
                      "   1.000002000 tor1/uplink    out  VXLAN vni 5001 10.8.125.20>10.8.125.18 | ARP\n"
                      "   1.000003000 underlay/p2    in   VXLAN vni 5001 10.8.125.20>10.8.125.18 | ARP\n"
                      "   1.000003000 underlay/p1    out  VXLAN vni 5001 10.8.125.20>10.8.125.18 | ARP\n"
                      "   1.000004000 server1/em2    in   VXLAN vni 5001 10.8.125.20>10.8.125.18 | ARP\n"
                      "   1.000004000 server1/tap2   out  ARP who-has 10.0.0.12 tell 10.0.0.11 (42)\n"
                      "   1.000005000 vm2/eth0       in   ARP who-has 10.0.0.12 tell 10.0.0.11 (42)\n"
                      "   2.000000000 server2/em1    out  802.1Q 5 | ARP who-has 10.0.0.12 tell 10.0.0.\n"
                      "   2.000001000 tor1/em3       in   802.1Q 5 | ARP who-has 10.0.0.12 tell 10.0.0.\n"
                      ">X 2.000001000 tor1/em3       DROP vlan-unbound [vlan_bindings, port em3 vlan 5]\n"
                      "tor1/em3: no logical switch is bound to this port and VLAN. DROP vlan-unbound [v\n"
                      "lan_bindings, port em3 vlan 5] 802.1Q 5 | ARP who-has 10.0.0.12 tell 10.0.0.11 (\n"
                      " space play  s step  +- speed  d drop  m mgmt  t tables  n names  h help  q quit\n");
}

static void
a_frame_is_seen_on_its_link (void)
{
  const VizView view = { .moment = { 6, NET_SEC + 2500 }, .ended = TRUE, .rate = 8, .names = TRUE };
  g_autofree char *got = draw (80, 24, &view);

  expect_screen (got,
                      " vteplab  use-case-2, seed 2901                        1.000002500 s  6/16  8/s\n"
                      "                                  [ underlay ]\n"
                      "                             +--------+p1 +-----<ARP-+\n"
                      "                             |em2                    |uplink\n"
                      "                        [ server1 ]              [ tor1 ]\n"
                      "                             |tap2                   |em3\n"
                      "                             |eth0                   |em1\n"
                      "                          [ vm2 ]               [ server2 ]\n"
                      "                                                     |vf0\n"
                      "                                                     |eth0\n"
                      "                                                  [ vm1 ]\n"
                      "      time (s) where          what\n"
                      "\n"
                      "\n"
                      "\n"
                      "   1.000000000 vm1/eth0       out  ARP who-has vm2 tell vm1 (42)\n"
                      "   1.000001000 server2/vf0    in   ARP who-has vm2 tell vm1 (42)\n"
                      "   1.000001000 server2/em1    out  802.1Q 2901 | ARP who-has vm2 tell vm1 (46)\n"
                      "   1.000002000 tor1/em3       in   802.1Q 2901 | ARP who-has vm2 tell vm1 (46)\n"
                      "   1.000002000 tor1           fdb add 02:00:00:00:00:0b: port em3, vlan 2901\n"
                      ">  1.000002000 tor1/uplink    out  VXLAN vni 5001 tor1>server1 | ARP who-has vm2\n"
                      "out  VXLAN vni 5001 tor1>server1 | ARP who-has vm2 tell vm1 (92) packet 6.1\n"
                      "\n"
                      " space play  s step  +- speed  d drop  m mgmt  t tables  n names  h help  q quit\n");
}

static void
a_link_that_is_down_has_a_mark (void)
{
  const VizView view = { .moment = { 16, 3 * NET_SEC }, .ended = TRUE, .rate = 8 };
  g_autofree char *got = draw (80, 24, &view);

  CU_ASSERT_PTR_NOT_NULL (strstr (got, "\n                             |tap2                   xem3\n"));
}

static void
a_large_screen_frames_the_nodes (void)
{
  const VizView view = { .moment = { 14, 2 * NET_SEC + 1000 }, .paused = TRUE, .ended = TRUE, .rate = 8 };
  g_autofree char *got = draw (100, 40, &view);

  CU_ASSERT_PTR_NOT_NULL (strstr (got, "| server1 |"));
  CU_ASSERT_PTR_NOT_NULL (strstr (got, "X vlan-unbound"));
}

static void
help_lies_over_the_screen (void)
{
  const VizView view = { .help = TRUE, .ended = TRUE, .rate = 8 };
  g_autofree char *got = draw (80, 24, &view);

  CU_ASSERT_PTR_NOT_NULL (strstr (got, "|  space      play or pause                  |"));
}

static void
any_size_can_be_drawn (void)
{
  for (guint width = 1; width < 130; width += 3)
    for (guint height = 1; height < 60; height += 2)
      for (guint64 n_done = 0; n_done <= 16; n_done += 4)
        {
          const VizView view = { .moment = { n_done, 0 }, .rate = 8, .help = n_done == 4 };
          g_free (draw (width, height, &view));
        }
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a drop shows place, reason and rule", a_drop_shows_place_reason_and_rule },
    { "a frame is seen on its link", a_frame_is_seen_on_its_link },
    { "a link that is down has a mark", a_link_that_is_down_has_a_mark },
    { "a large screen frames the nodes", a_large_screen_frames_the_nodes },
    { "help lies over the screen", help_lies_over_the_screen },
    { "any size can be drawn", any_size_can_be_drawn },
    { NULL, NULL },
  };
  return tap_main ("screen", tests);
}

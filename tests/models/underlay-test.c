/* The underlay switch: learning by VLAN, flooding, ageing, what it keeps to itself, bounds, and rings. */
#include "probe.h"
#include "models/underlay/switch.h"
#include "net/cursor.h"
#include "tap.h"

#include <string.h>

#define N_PROBES  3u
#define BROADCAST G_GUINT64_CONSTANT (0xffffffffffff)
#define MAC(n)    (G_GUINT64_CONSTANT (0x020000000000) + (n))

/* Three probes around one switch; probe i is on the switch's port i, with MAC(i + 1). */
typedef struct
{
  ProbeTrace heard;
  SimNetwork *network;
  SimNode *bridge;
  Probe *probes[N_PROBES];
  SimLink *links[N_PROBES];
} Star;

static const SimLinkConfig plain[2] = { { .delay_ns = 1000 }, { .delay_ns = 1000 } };

static Star
star_new (const UnderlayConfig *config)
{
  Star star = { .heard = probe_trace_new (), .network = sim_network_new (3) };

  sim_network_set_trace (star.network, star.heard.trace);
  star.bridge = underlay_switch_new (star.network, "sw", config);
  for (guint i = 0; i < N_PROBES; i++)
    {
      g_autofree char *name = g_strdup_printf ("h%u", i);
      star.probes[i] = probe_new (star.network, name, 1);
      star.links[i] = sim_link_new ((SimEnd){ &star.probes[i]->node, 0 },
                                    (SimEnd){ star.bridge, sim_node_add_port (star.bridge, name) }, plain);
    }
  return star;
}

static void
star_clear (Star *star)
{
  sim_network_free (star->network);
  probe_trace_clear (&star->heard);
}

/* vid 0: untagged. */
static void
send (Star *star, guint probe, guint64 to, guint64 from, guint vid)
{
  guint8 bytes[64] = { 0 };

  net_put_be16 (bytes, (guint)(to >> 32));
  net_put_be32 (bytes + 2, (guint32)to);
  net_put_be16 (bytes + 6, (guint)(from >> 32));
  net_put_be32 (bytes + 8, (guint32)from);
  net_put_be16 (bytes + 12, vid ? 0x8100 : 0x0800);
  net_put_be16 (bytes + 14, vid);
  net_put_be16 (bytes + 16, 0x0800);
  probe_send (star->probes[probe], 0, bytes, sizeof bytes);
}

/* Sends, lets it travel, and says who got it: "1,2". */
static char *
reached (Star *star, guint probe, guint64 to, guint64 from, guint vid)
{
  GString *who = g_string_new (NULL);
  guint before[N_PROBES];

  for (guint i = 0; i < N_PROBES; i++)
    before[i] = star->probes[i]->frames->len;
  send (star, probe, to, from, vid);
  sim_clock_run (sim_network_clock (star->network), sim_node_now (star->bridge) + 10000);
  for (guint i = 0; i < N_PROBES; i++)
    for (guint n = before[i]; n < star->probes[i]->frames->len; n++)
      g_string_append_printf (who, "%s%u", who->len ? "," : "", i);
  return g_string_free (who, FALSE);
}

static void
expect (Star *star, guint probe, guint64 to, guint64 from, guint vid, const char *whom)
{
  g_autofree char *who = reached (star, probe, to, from, vid);
  CU_ASSERT_STRING_EQUAL (who, whom);
}

static void
unknown_and_group_frames_flood_and_known_ones_go_to_their_port (void)
{
  Star star = star_new (NULL);

  expect (&star, 0, MAC (2), MAC (1), 0, "1,2"); /* unknown */
  expect (&star, 1, MAC (1), MAC (2), 0, "0");
  expect (&star, 0, MAC (2), MAC (1), 0, "1");
  expect (&star, 0, BROADCAST, MAC (1), 0, "1,2");
  expect (&star, 1, G_GUINT64_CONSTANT (0x01005e000005), MAC (2), 0, "0,2");
  CU_ASSERT_EQUAL (underlay_switch_n_macs (star.bridge), 2);
  CU_ASSERT_EQUAL (
      probe_trace_count (&star.heard, "1000 state sw fdb add 02:00:00:00:00:01 vlan 0 {\"port\":\"h0\"}\n"),
      1);
  star_clear (&star);
}

static void
each_vlan_learns_for_itself (void)
{
  Star star = star_new (NULL);

  expect (&star, 0, BROADCAST, MAC (1), 10, "1,2");
  expect (&star, 1, MAC (1), MAC (2), 20, "0,2");
  expect (&star, 1, MAC (1), MAC (2), 10, "0");
  star_clear (&star);
}

static void
a_station_that_moves_is_found_at_its_new_port (void)
{
  Star star = star_new (NULL);

  expect (&star, 0, BROADCAST, MAC (1), 0, "1,2");
  expect (&star, 2, BROADCAST, MAC (1), 0, "0,1");
  expect (&star, 1, MAC (1), MAC (2), 0, "2");
  CU_ASSERT_EQUAL (
      probe_trace_count (&star.heard, "state sw fdb move 02:00:00:00:00:01 vlan 0 {\"port\":\"h2\"}\n"), 1);
  star_clear (&star);
}

static void
what_may_not_be_forwarded_is_dropped_with_its_reason (void)
{
  Star star = star_new (NULL);
  static const guint8 runt[10] = { 0 };
  /* Complete addresses, the type of a tag, and no room for one. */
  static const guint8 cut_tag[14] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00 };

  expect (&star, 0, G_GUINT64_CONSTANT (0x0180c2000000), MAC (1), 0, "");
  expect (&star, 0, G_GUINT64_CONSTANT (0x0180c200000e), MAC (1), 0, ""); /* LLDP */
  expect (&star, 0, G_GUINT64_CONSTANT (0x0180c2000010), MAC (1), 0,
          "1,2"); /* the first behind the reserved */
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_RESERVED_MAC), 2);
  expect (&star, 0, MAC (2), BROADCAST, 0, "");
  expect (&star, 0, MAC (2), 0, 0, "");
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_BAD_SOURCE_MAC), 2);
  expect (&star, 0, MAC (1), MAC (1), 0, "");
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_NO_OTHER_PORT), 1);
  probe_send (star.probes[0], 0, runt, sizeof runt);
  probe_send (star.probes[0], 0, cut_tag, sizeof cut_tag);
  sim_clock_run (sim_network_clock (star.network), SIM_SEC);
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_MALFORMED), 2);
  star_clear (&star);
}

static void
addresses_age_out_unless_they_are_seen (void)
{
  Star star = star_new (&(UnderlayConfig){ .ageing_ns = 10 * SIM_SEC });

  expect (&star, 0, BROADCAST, MAC (1), 0, "1,2");
  expect (&star, 1, BROADCAST, MAC (2), 0, "0,2");
  sim_clock_run (sim_network_clock (star.network), 6 * SIM_SEC);
  expect (&star, 0, MAC (2), MAC (1), 0, "1"); /* refreshes the first */
  sim_clock_run (sim_network_clock (star.network), 12 * SIM_SEC);
  CU_ASSERT_EQUAL (underlay_switch_n_macs (star.bridge), 1);
  CU_ASSERT_EQUAL (
      probe_trace_count (&star.heard, "state sw fdb remove 02:00:00:00:00:02 vlan 0 {\"port\":\"h1\"}\n"), 1);
  expect (&star, 2, MAC (2), MAC (3), 0, "0,1");
  expect (&star, 2, MAC (1), MAC (3), 0, "0");
  sim_clock_run (sim_network_clock (star.network), 60 * SIM_SEC);
  CU_ASSERT_EQUAL (underlay_switch_n_macs (star.bridge), 0);
  CU_ASSERT_EQUAL (sim_clock_next (sim_network_clock (star.network)), -1); /* an empty table sets no timer */
  star_clear (&star);
}

static void
a_port_that_goes_down_forgets_its_addresses_and_gets_no_floods (void)
{
  Star star = star_new (NULL);

  expect (&star, 0, BROADCAST, MAC (1), 0, "1,2");
  expect (&star, 1, BROADCAST, MAC (2), 0, "0,2");
  sim_link_set_up (star.links[1], FALSE);
  CU_ASSERT_EQUAL (underlay_switch_n_macs (star.bridge), 1);
  expect (&star, 0, MAC (2), MAC (1), 0, "2");
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_LINK_DOWN), 0);
  sim_link_set_up (star.links[2], FALSE);
  expect (&star, 0, BROADCAST, MAC (1), 0, "");
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_NO_OTHER_PORT), 1);
  sim_link_set_up (star.links[1], TRUE);
  expect (&star, 0, BROADCAST, MAC (1), 0, "1");
  star_clear (&star);
}

static void
a_full_table_floods_what_it_could_not_learn (void)
{
  Star star = star_new (&(UnderlayConfig){ .max_macs = 100 });

  for (guint i = 0; i < 150; i++)
    send (&star, 0, BROADCAST, MAC (1000 + i), 0);
  sim_clock_run (sim_network_clock (star.network), SIM_MSEC);
  CU_ASSERT_EQUAL (underlay_switch_n_macs (star.bridge), 100);
  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *who = reached (&star, 1, MAC (1000 + i), MAC (5), 0);
      CU_ASSERT_STRING_EQUAL (who, i < 100 ? "0" : "0,2");
    }
  star_clear (&star);
}

/* ---- rings --------------------------------------------------------------------------------------------- */

/* Two switches with `n_cables` between them, and a probe at each. */
static SimNetwork *
ring_new (guint n_cables, const SimLinkConfig config[2], Probe **left, Probe **right)
{
  SimNetwork *network = sim_network_new (4);
  SimNode *a = underlay_switch_new (network, "a", NULL), *b = underlay_switch_new (network, "b", NULL);

  *left = probe_new (network, "left", 1);
  *right = probe_new (network, "right", 1);
  sim_link_new ((SimEnd){ &(*left)->node, 0 }, (SimEnd){ a, sim_node_add_port (a, "left") }, config);
  sim_link_new ((SimEnd){ &(*right)->node, 0 }, (SimEnd){ b, sim_node_add_port (b, "right") }, config);
  for (guint i = 0; i < n_cables; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%u", i);
      sim_link_new ((SimEnd){ a, sim_node_add_port (a, name) }, (SimEnd){ b, sim_node_add_port (b, name) },
                    config);
    }
  return network;
}

static const guint8 broadcast[64]
    = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x06 };

static guint64
n_loop_drops (SimNetwork *network)
{
  return sim_node_drop_count (sim_network_find (network, "a"), NET_DROP_LOOP)
         + sim_node_drop_count (sim_network_find (network, "b"), NET_DROP_LOOP);
}

static void
a_storm_in_a_ring_ends_even_where_time_stands_still (void)
{
  static const SimLinkConfig no_time[2] = { { 0 }, { 0 } };
  Probe *left, *right;
  SimNetwork *network = ring_new (4, no_time, &left, &right); /* each round makes three of one */

  probe_send (left, 0, broadcast, sizeof broadcast);
  sim_clock_run (sim_network_clock (network), SIM_SEC);
  CU_ASSERT_EQUAL (sim_clock_now (sim_network_clock (network)), SIM_SEC);
  CU_ASSERT (n_loop_drops (network) > 0);
  CU_ASSERT (right->frames->len > 16); /* it was a storm */
  CU_ASSERT (right->frames->len < 200);
  sim_network_free (network);
}

static void
many_frames_that_go_round_at_once_are_all_found (void)
{
  Probe *left, *right;
  SimNetwork *network = ring_new (2, plain, &left, &right);
  guint64 fired;

  for (guint i = 0; i < 200; i++)
    probe_send (left, 0, broadcast, sizeof broadcast);
  sim_clock_run (sim_network_clock (network), SIM_SEC);
  fired = sim_clock_fired (sim_network_clock (network));
  CU_ASSERT (n_loop_drops (network) >= 200);
  sim_clock_run (sim_network_clock (network), 2 * SIM_SEC);
  CU_ASSERT_EQUAL (sim_clock_fired (sim_network_clock (network)), fired); /* nothing goes round any more */
  sim_network_free (network);
}

static void
copies_that_differ_are_no_loop (void)
{
  Star star = star_new (NULL);
  NetFrame *frame;
  guint8 bytes[64];

  memcpy (bytes, broadcast, sizeof bytes);
  for (guint i = 0; i < 100; i++)
    {
      bytes[33] = (guint8)i; /* one packet to a hundred tunnel end points */
      frame = net_frame_new_from (sim_network_frames (star.network), bytes, sizeof bytes);
      frame->packet_id = 77;
      sim_node_send (&star.probes[0]->node, 0, frame);
    }
  sim_clock_run (sim_network_clock (star.network), SIM_MSEC);
  CU_ASSERT_EQUAL (star.probes[1]->frames->len, 100);
  CU_ASSERT_EQUAL (sim_node_drop_count (star.bridge, NET_DROP_LOOP), 0);
  star_clear (&star);
}

int
main (void)
{
  return tap_main (
      "models/underlay",
      (const TapTest[]){
          { "unknown and group frames flood, and known ones go to their port",
            unknown_and_group_frames_flood_and_known_ones_go_to_their_port },
          { "each VLAN learns for itself", each_vlan_learns_for_itself },
          { "a station that moves is found at its new port", a_station_that_moves_is_found_at_its_new_port },
          { "what may not be forwarded is dropped with its reason",
            what_may_not_be_forwarded_is_dropped_with_its_reason },
          { "addresses age out unless they are seen", addresses_age_out_unless_they_are_seen },
          { "a port that goes down forgets its addresses and gets no floods",
            a_port_that_goes_down_forgets_its_addresses_and_gets_no_floods },
          { "a full table floods what it could not learn", a_full_table_floods_what_it_could_not_learn },
          { "a storm in a ring ends, even where time stands still",
            a_storm_in_a_ring_ends_even_where_time_stands_still },
          { "many frames that go round at once are all found",
            many_frames_that_go_round_at_once_are_all_found },
          { "copies of one packet that differ are no loop", copies_that_differ_are_no_loop },
          { NULL, NULL },
      });
}

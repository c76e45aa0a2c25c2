/* What a view remembers, and the topology that it puts together. */
#include "sample.h"
#include "viz/flight.h"
#include "tap.h"

#include <string.h>

static void
hear_state (VizHistory *history, const char *table, const char *op, const char *key)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE, .time_ns = 5 };
  record.state = (SimTraceState){ "tor1", table, op, key, NULL };
  viz_history_hear (&record, history);
}

static void
events_are_copies (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  char key[] = "aa";
  const VizEvent *event;

  hear_state (history, "fdb", "add", key);
  key[0] = 'x';
  event = viz_history_event (history, 0);
  CU_ASSERT_STRING_EQUAL (event->key, "aa");
  CU_ASSERT_STRING_EQUAL (event->node, "tor1");
  CU_ASSERT_PTR_NULL (event->json);
  CU_ASSERT_PTR_NULL (viz_history_event (history, 1));
}

static void
the_oldest_events_are_forgotten_and_the_others_keep_their_numbers (void)
{
  g_autoptr (VizHistory) history = viz_history_new (20000);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);
      hear_state (history, "fdb", "add", key);
    }
  CU_ASSERT_EQUAL (viz_history_n (history), 1000);
  CU_ASSERT_TRUE (history->n_forgotten > 500 && history->n_forgotten < 1000);
  CU_ASSERT_TRUE (history->bytes <= 20000);
  CU_ASSERT_PTR_NULL (viz_history_event (history, 0));
  CU_ASSERT_STRING_EQUAL (viz_history_event (history, 999)->key, "key999");
}

static void
ends_nodes_and_links_come_from_the_interfaces (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  guint tor1;

  view_sample_emit (viz_history_hear, history);
  CU_ASSERT_EQUAL (history->topology->nodes->len, 6);
  CU_ASSERT_EQUAL (history->topology->links->len, 5);
  tor1 = viz_topology_find_node (history->topology, "tor1");
  CU_ASSERT_STRING_EQUAL (viz_topology_node (history->topology, tor1)->kind, "tor");
  CU_ASSERT_EQUAL (
      viz_topology_peer (history->topology, viz_topology_find_end (history->topology, "tor1/em3")),
      viz_topology_find_end (history->topology, "server2/em1"));
  CU_ASSERT_STRING_EQUAL (history->title, "use-case-2, seed 2901");
}

static void
a_port_is_up_or_down_as_of_an_event (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  guint end;

  view_sample_emit (viz_history_hear, history);
  end = viz_topology_find_end (history->topology, "tor1/em3");
  hear_state (history, "port", "up", "em3");
  CU_ASSERT_TRUE (viz_history_is_up (history, end, 13));
  CU_ASSERT_FALSE (viz_history_is_up (history, end, 14));
  CU_ASSERT_FALSE (viz_history_is_up (history, end, 15));
  CU_ASSERT_TRUE (viz_history_is_up (history, end, 16));
}

/* The first event of the sample is vm1's question leaving, the second its arrival. */
static void
a_frame_flies_from_its_sending_to_its_arrival (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  static const struct
  {
    VizMoment moment;
    guint n, permille;
  } cases[] = {
    { { 0, 0 }, 0, 0 },                 /* not sent */
    { { 1, NET_SEC }, 1, 0 },           /* just sent */
    { { 1, NET_SEC + 250 }, 1, 250 },   /* a quarter of a microsecond later */
    { { 2, NET_SEC + 1000 }, 1, 1000 }, /* arriving */
    { { 5, NET_SEC + 2000 }, 0, 0 },    /* a state change later */
  };

  view_sample_emit (viz_history_hear, history);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) flights = viz_flights_at (history, &cases[i].moment);
      CU_ASSERT_EQUAL_FATAL (flights->len, cases[i].n);
      if (flights->len)
        CU_ASSERT_EQUAL (g_array_index (flights, VizFlight, 0).permille, cases[i].permille);
    }
}

static void
a_trail_has_the_links_that_a_frame_passed (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  const VizMoment early = { 2, 0 }, late = { 16, 0 };
  g_autoptr (GArray) first = NULL, whole = NULL;

  view_sample_emit (viz_history_hear, history);
  first = viz_trail_of (history, &early, (guint64) 6 << 40 | 1);
  whole = viz_trail_of (history, &late, (guint64) 6 << 40 | 1);
  CU_ASSERT_EQUAL (first->len, 1);
  CU_ASSERT_EQUAL (whole->len, 5);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "events are copies", events_are_copies },
    { "the oldest events are forgotten, and the others keep their numbers",
      the_oldest_events_are_forgotten_and_the_others_keep_their_numbers },
    { "ends, nodes and links come from the interfaces", ends_nodes_and_links_come_from_the_interfaces },
    { "a port is up or down as of an event", a_port_is_up_or_down_as_of_an_event },
    { "a frame flies from its sending to its arrival", a_frame_flies_from_its_sending_to_its_arrival },
    { "a trail has the links that a frame passed", a_trail_has_the_links_that_a_frame_passed },
    { NULL, NULL },
  };
  return tap_main ("history", tests);
}

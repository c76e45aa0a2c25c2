/* Play, step and scroll, and how far the run is let ahead. */
#include "viz/player.h"
#include "tap.h"

/* A run that makes an event every 10 ms, and ends after a second. */
typedef struct
{
  VizHistory *history;
  gint64 now_ns;
  guint n_asked;
} Run;

static void
emit_state (VizHistory *history, gint64 time_ns, const char *table)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE, .time_ns = time_ns };
  record.state = (SimTraceState){ "tor1", table, "add", "k", NULL };
  viz_history_hear (&record, history);
}

/* A frame that arrives at tor1/em3. */
static void
emit (VizHistory *history, gint64 time_ns)
{
  static const guint8 bytes[64];
  SimTraceRecord interface = { .kind = SIM_TRACE_INTERFACE };
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .time_ns = time_ns };

  interface.interface = (SimTraceInterface){ .id = 0, .name = "tor1/em3", .kind = "tor" };
  record.packet
      = (SimTracePacket){ .direction = SIM_TRACE_INBOUND, .bytes = bytes, .captured = 64, .length = 64 };
  if (history->topology->interfaces->len == 0)
    viz_history_hear (&interface, history);
  viz_history_hear (&record, history);
}

static gboolean
advance (gpointer user, gint64 until_ns)
{
  Run *run = user;

  run->n_asked++;
  CU_ASSERT_TRUE (until_ns > run->now_ns);
  for (gint64 t = run->now_ns / (10 * NET_MSEC) + 1; t * 10 * NET_MSEC <= MIN (until_ns, NET_SEC); t++)
    emit (run->history, t * 10 * NET_MSEC);
  run->now_ns = until_ns;
  return until_ns < NET_SEC;
}

static VizHistory *
new_history (guint n)
{
  VizHistory *history = viz_history_new (VIZ_HISTORY_BYTES);
  for (guint i = 1; i <= n; i++)
    emit (history, i * NET_SEC);
  return history;
}

static void
play_goes_event_by_event_and_time_in_proportion (void)
{
  g_autoptr (VizHistory) history = new_history (3);
  VizPlayer player;

  viz_player_init (&player, history, NULL, NULL);
  viz_player_pass (&player, 125000); /* 8 events a second */
  CU_ASSERT_EQUAL (player.view.moment.n_done, 1);
  CU_ASSERT_EQUAL (player.view.moment.now_ns, NET_SEC);
  viz_player_pass (&player, 62500);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 1);
  CU_ASSERT_EQUAL (player.view.moment.now_ns, NET_SEC + NET_SEC / 2);
  viz_player_pass (&player, 1000000);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 3);
}

static void
nothing_moves_while_it_is_paused (void)
{
  g_autoptr (VizHistory) history = new_history (3);
  VizPlayer player;

  viz_player_init (&player, history, NULL, NULL);
  viz_player_key (&player, VIZ_KEY_PAUSE);
  viz_player_pass (&player, 1000000);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 0);
  viz_player_key (&player, VIZ_KEY_PAUSE);
  viz_player_pass (&player, 1000000);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 3);
}

static void
steps_and_pages_stop_at_both_ends_and_pause (void)
{
  g_autoptr (VizHistory) history = new_history (25);
  VizPlayer player;

  viz_player_init (&player, history, NULL, NULL);
  player.page = 10;
  viz_player_key (&player, VIZ_KEY_STEP);
  CU_ASSERT_TRUE (player.view.paused);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 1);
  viz_player_key (&player, VIZ_KEY_PAGE_ON);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 11);
  viz_player_key (&player, VIZ_KEY_LAST);
  viz_player_key (&player, VIZ_KEY_STEP);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 25);
  viz_player_key (&player, VIZ_KEY_PAGE_BACK);
  viz_player_key (&player, VIZ_KEY_BACK);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 14);
  viz_player_key (&player, VIZ_KEY_FIRST);
  viz_player_key (&player, VIZ_KEY_BACK);
  viz_player_key (&player, VIZ_KEY_BACK);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 0);
}

static void
speed_has_a_slowest_and_a_fastest (void)
{
  g_autoptr (VizHistory) history = new_history (1);
  VizPlayer player;

  viz_player_init (&player, history, NULL, NULL);
  viz_player_key (&player, VIZ_KEY_FASTER);
  CU_ASSERT_EQUAL (player.view.rate, 16);
  for (guint i = 0; i < 50; i++)
    viz_player_key (&player, VIZ_KEY_SLOWER);
  CU_ASSERT_EQUAL (player.view.rate, 1);
  for (guint i = 0; i < 50; i++)
    viz_player_key (&player, VIZ_KEY_FASTER);
  CU_ASSERT_EQUAL (player.view.rate, 20000);
}

static void
a_run_is_let_ahead_of_the_view_and_no_farther (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  Run run = { .history = history };
  VizPlayer player;

  viz_player_init (&player, history, advance, &run);
  while (!viz_player_look_ahead (&player))
    ;
  CU_ASSERT_EQUAL (viz_history_n (history), 64 + 1);
  CU_ASSERT_FALSE (player.view.ended);
  viz_player_key (&player, VIZ_KEY_STEP);
  CU_ASSERT_EQUAL (viz_history_n (history), 64 + 1);
  viz_player_key (&player, VIZ_KEY_LAST);
  while (!viz_player_look_ahead (&player))
    ;
  CU_ASSERT_TRUE (player.view.ended);
  CU_ASSERT_EQUAL (viz_history_n (history), 100);
}

static void
an_idle_run_is_passed_over_quickly (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  Run run = { .history = history, .now_ns = 0 };
  VizPlayer player;

  viz_player_init (&player, history, advance, &run);
  viz_player_key (&player, VIZ_KEY_NEXT_DROP); /* there is none: the whole second is looked through */
  CU_ASSERT_TRUE (player.view.ended);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 100);
  CU_ASSERT_TRUE (run.n_asked < 600);
}

static void
state_changes_take_less_time_than_frames (void)
{
  g_autoptr (VizHistory) history = viz_history_new (VIZ_HISTORY_BYTES);
  VizPlayer player;

  for (guint i = 0; i < 20; i++)
    emit_state (history, 0, "fdb");
  viz_player_init (&player, history, NULL, NULL);
  viz_player_pass (&player, 125000); /* of a frame: one */
  CU_ASSERT_EQUAL (player.view.moment.n_done, 8);
}

/* Events 0, 3 and 4 are frames, 1 a row of a database, 2 learning at a TOR, 5 a row again. */
static void
what_is_hidden_is_passed_over (void)
{
  g_autoptr (VizHistory) history = new_history (1);
  VizPlayer player;

  emit_state (history, 2 * NET_SEC, "ovsdb/Physical_Port");
  emit_state (history, 2 * NET_SEC, "fdb");
  emit (history, 3 * NET_SEC);
  emit (history, 4 * NET_SEC);
  emit_state (history, 5 * NET_SEC, "ovsdb/Physical_Port");
  viz_player_init (&player, history, NULL, NULL);
  viz_player_key (&player, VIZ_KEY_FIRST);
  viz_player_key (&player, VIZ_KEY_STEP); /* from frame 0 to the learning: rows belong to the management */
  CU_ASSERT_EQUAL (player.view.moment.n_done, 3);
  viz_player_key (&player, VIZ_KEY_BACK);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 1);
  viz_player_key (&player, VIZ_KEY_MANAGEMENT);
  viz_player_key (&player, VIZ_KEY_STEP);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 2);
  viz_player_key (&player, VIZ_KEY_STATES); /* the row is not shown any more: frame 0 is in view */
  CU_ASSERT_TRUE (viz_moment_event (history, &player.view.moment)->is_packet);
  viz_player_key (&player, VIZ_KEY_STEP);
  viz_player_key (&player, VIZ_KEY_STEP);
  CU_ASSERT_EQUAL (player.view.moment.n_done, 5);
  viz_player_key (&player, VIZ_KEY_STEP); /* what is left is hidden: the run ends */
  CU_ASSERT_EQUAL (player.view.moment.n_done, 6);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "play goes event by event, and time in proportion", play_goes_event_by_event_and_time_in_proportion },
    { "nothing moves while it is paused", nothing_moves_while_it_is_paused },
    { "steps and pages stop at both ends, and pause", steps_and_pages_stop_at_both_ends_and_pause },
    { "speed has a slowest and a fastest", speed_has_a_slowest_and_a_fastest },
    { "a run is let ahead of the view, and no farther", a_run_is_let_ahead_of_the_view_and_no_farther },
    { "an idle run is passed over quickly", an_idle_run_is_passed_over_quickly },
    { "state changes take less time than frames", state_changes_take_less_time_than_frames },
    { "what is hidden is passed over", what_is_hidden_is_passed_over },
    { NULL, NULL },
  };
  return tap_main ("player", tests);
}

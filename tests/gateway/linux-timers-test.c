/* The heap of timers, without a clock. */
#include "gateway/linux/timers.h"
#include "gateway/linux/world.h"
#include "tap.h"

#define N_TIMERS 5000u

typedef struct
{
  NetTimer timer;
  gint64 at_ns;
  guint n_fired;
} Numbered;

static LinuxTimers timers;
static gint64 last_ns;
static gboolean in_order;
static GString *order;

static void
note (NetTimer *timer, gint64 now_ns)
{
  Numbered *numbered = timer->owner;

  (void) now_ns;
  in_order &= numbered->at_ns >= last_ns && !timer->pending;
  last_ns = numbered->at_ns;
  numbered->n_fired++;
}

static void
note_name (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  g_string_append (order, timer->owner);
}

static void
set_again (NetTimer *timer, gint64 now_ns)
{
  note_name (timer, now_ns);
  linux_timers_set (&timers, timer, now_ns);
}

/* The same places every time. */
static gint64
scatter (guint i)
{
  return (gint64) (i * 2654435761u % 100003u);
}

static void
thousands_fire_once_each_in_order (void)
{
  g_autofree Numbered *numbered = g_new0 (Numbered, N_TIMERS);
  guint n_once = 0, n_never = 0;

  last_ns = 0;
  in_order = TRUE;
  for (guint i = 0; i < N_TIMERS; i++)
    {
      net_timer_init (&numbered[i].timer, note, &numbered[i]);
      numbered[i].at_ns = scatter (i);
      linux_timers_set (&timers, &numbered[i].timer, scatter (N_TIMERS + i));
    }
  /* Every one is moved, every third cancelled. */
  for (guint i = 0; i < N_TIMERS; i++)
    linux_timers_set (&timers, &numbered[i].timer, numbered[i].at_ns);
  for (guint i = 0; i < N_TIMERS; i += 3)
    linux_timers_cancel (&timers, &numbered[i].timer);
  for (gint64 now_ns = 0; now_ns <= 100003; now_ns += 997)
    {
      linux_timers_fire (&timers, now_ns);
      CU_ASSERT (linux_timers_next (&timers) > now_ns);
    }
  linux_timers_fire (&timers, G_MAXINT64);
  for (guint i = 0; i < N_TIMERS; i++)
    {
      n_once += i % 3 != 0 && numbered[i].n_fired == 1;
      n_never += i % 3 == 0 && numbered[i].n_fired == 0;
    }
  CU_ASSERT (in_order);
  CU_ASSERT_EQUAL (n_once + n_never, N_TIMERS);
  CU_ASSERT_EQUAL (linux_timers_next (&timers), G_MAXINT64);
  linux_timers_clear (&timers);
}

static void
equal_times_fire_in_the_order_of_setting (void)
{
  NetTimer a, b, c;

  order = g_string_new (NULL);
  net_timer_init (&a, note_name, (gpointer) "a");
  net_timer_init (&b, note_name, (gpointer) "b");
  net_timer_init (&c, note_name, (gpointer) "c");
  linux_timers_set (&timers, &b, 7);
  linux_timers_set (&timers, &c, 7);
  linux_timers_set (&timers, &a, 7);
  linux_timers_fire (&timers, 6);
  CU_ASSERT_STRING_EQUAL (order->str, "");
  linux_timers_fire (&timers, 7);
  CU_ASSERT_STRING_EQUAL (order->str, "bca");
  g_string_free (order, TRUE);
  linux_timers_clear (&timers);
}

static void
a_timer_that_sets_itself_for_now_waits_for_the_next_turn (void)
{
  NetTimer again, other;

  order = g_string_new (NULL);
  net_timer_init (&again, set_again, (gpointer) "A");
  net_timer_init (&other, note_name, (gpointer) "o");
  linux_timers_set (&timers, &again, 5);
  linux_timers_set (&timers, &other, 5);
  linux_timers_fire (&timers, 5);
  CU_ASSERT_STRING_EQUAL (order->str, "Ao");
  linux_timers_fire (&timers, 5);
  CU_ASSERT_STRING_EQUAL (order->str, "AoA");
  CU_ASSERT_PTR_NOT_NULL (again.pending);
  linux_timers_clear (&timers);
  CU_ASSERT_PTR_NULL (again.pending);
  g_string_free (order, TRUE);
}

/* ---- in a world -------------------------------------------------------------------------------------------------- */

static gint64 fired_ns;

static void
note_and_quit (NetTimer *timer, gint64 now_ns)
{
  fired_ns = now_ns;
  linux_world_quit (timer->owner);
}

static void
a_timer_fires_when_it_is_due_and_hardly_later (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  NetWorld *seam = linux_world_seam (world);
  gint64 begin_ns = net_world_now (seam);
  NetTimer timer;

  net_timer_init (&timer, note_and_quit, world);
  net_world_timer_set (seam, &timer, begin_ns + 20 * NET_MSEC);
  linux_world_run (world);
  CU_ASSERT (fired_ns >= begin_ns + 20 * NET_MSEC);
  CU_ASSERT (fired_ns < begin_ns + 2 * NET_SEC);
  /* Sooner than what the alarm was set for. */
  net_world_timer_set (seam, &timer, begin_ns + 3600 * NET_SEC);
  net_world_timer_set (seam, &timer, net_world_now (seam) + 1 * NET_MSEC);
  linux_world_run (world);
  CU_ASSERT (fired_ns < begin_ns + 3 * NET_SEC);
}

static void
a_time_that_has_passed_fires_at_once (void)
{
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, NULL);
  NetTimer timer;

  fired_ns = 0;
  net_timer_init (&timer, note_and_quit, world);
  net_world_timer_set (linux_world_seam (world), &timer, 0);
  CU_ASSERT_EQUAL (fired_ns, 0);
  linux_world_run (world);
  CU_ASSERT (fired_ns > 0);
}

static LinuxWorld *busy_world;
static guint n_turns;

static void
set_for_the_past (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  net_world_timer_set (linux_world_seam (busy_world), timer, 0);
  if (++n_turns > 10000000)
    linux_world_quit (busy_world);
}

static void
a_timer_set_for_the_past_over_and_over_does_not_hold_up_another (void)
{
  NetTimer eager, other;

  busy_world = linux_world_new (NULL, NULL);
  fired_ns = 0;
  net_timer_init (&eager, set_for_the_past, NULL);
  net_timer_init (&other, note_and_quit, busy_world);
  net_world_timer_set (linux_world_seam (busy_world), &eager, 0);
  net_world_timer_set (linux_world_seam (busy_world), &other,
                       net_world_now (linux_world_seam (busy_world)) + NET_MSEC);
  linux_world_run (busy_world);
  CU_ASSERT (fired_ns > 0);
  linux_world_free (busy_world);
}

int
main (void)
{
  return tap_main (
      "linux-timers",
      (const TapTest[]){
          { "thousands of timers, moved and cancelled, fire once each in order",
            thousands_fire_once_each_in_order },
          { "equal times fire in the order of setting", equal_times_fire_in_the_order_of_setting },
          { "a timer that sets itself for now waits for the next turn",
            a_timer_that_sets_itself_for_now_waits_for_the_next_turn },
          { "a timer fires when it is due, and hardly later", a_timer_fires_when_it_is_due_and_hardly_later },
          { "a time that has passed fires at once", a_time_that_has_passed_fires_at_once },
          { "a timer set for the past over and over does not hold up another",
            a_timer_set_for_the_past_over_and_over_does_not_hold_up_another },
          { NULL } });
}

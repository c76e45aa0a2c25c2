/* The clock: order, time, cancelling, and agreement with a plain sorted list under random load. */
#include "sim/event.h"
#include "tap.h"

#include "sim/random.h"

/* What fired, in order. */
typedef struct
{
  SimClock *clock;
  GArray *fired; /* of Firing */
  SimRandom random;
  guint n_to_add;
} Recorder;

typedef struct
{
  gint64 at_ns;
  guint64 order;
} Firing;

static void
record (gpointer target, gpointer payload, gint64 now_ns)
{
  Recorder *recorder = target;
  Firing firing = { now_ns, GPOINTER_TO_SIZE (payload) };
  g_array_append_val (recorder->fired, firing);
}

static Recorder
recorder_new (void)
{
  return (Recorder){ .clock = sim_clock_new (), .fired = g_array_new (FALSE, FALSE, sizeof (Firing)) };
}

static void
recorder_clear (Recorder *recorder)
{
  sim_clock_free (recorder->clock);
  g_array_unref (recorder->fired);
}

static SimEvent *
add (Recorder *recorder, gint64 at_ns, guint64 order)
{
  return sim_clock_add (recorder->clock, at_ns, order, record, recorder, GSIZE_TO_POINTER (order));
}

static const Firing *
fired (const Recorder *recorder, guint i)
{
  return &g_array_index (recorder->fired, Firing, i);
}

static void
events_fire_in_order_of_time (void)
{
  /* One for each level of the wheel, the last time there is, and both sides of level borders. */
  static const gint64 times[] = { 0,
                                  1,
                                  4095,
                                  4096,
                                  4097,
                                  16777215,
                                  16777216,
                                  G_GINT64_CONSTANT (68719476736),
                                  G_GINT64_CONSTANT (281474976710656),
                                  G_GINT64_CONSTANT (1152921504606846976),
                                  G_MAXINT64 - 1,
                                  G_MAXINT64 };
  Recorder recorder = recorder_new ();

  for (guint i = G_N_ELEMENTS (times); i--;)
    add (&recorder, times[i], i);
  sim_clock_run (recorder.clock, G_MAXINT64);
  CU_ASSERT_EQUAL_FATAL (recorder.fired->len, G_N_ELEMENTS (times));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    CU_ASSERT_EQUAL (fired (&recorder, i)->at_ns, times[i]);
  CU_ASSERT_EQUAL (sim_clock_now (recorder.clock), G_MAXINT64);
  CU_ASSERT_EQUAL (sim_clock_fired (recorder.clock), G_N_ELEMENTS (times));
  recorder_clear (&recorder);
}

static void
events_of_one_instant_fire_by_order (void)
{
  static const guint64 orders[] = { 5, 1, 9, 0, 7, 3, 8, 2, 6, 4 };
  Recorder recorder = recorder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    add (&recorder, 100000, orders[i]);
  sim_clock_run (recorder.clock, 100000);
  CU_ASSERT_EQUAL_FATAL (recorder.fired->len, G_N_ELEMENTS (orders));
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    CU_ASSERT_EQUAL (fired (&recorder, i)->order, i);
  recorder_clear (&recorder);
}

static void
add_three_now (gpointer target, gpointer payload, gint64 now_ns)
{
  record (target, payload, now_ns);
  add (target, now_ns, 7);
  add (target, now_ns, 3);
  add (target, now_ns, 1); /* below what fires now: still in this instant, and first of what is left */
}

static void
an_event_put_at_the_present_instant_takes_its_place_among_those_pending (void)
{
  static const guint64 expected[] = { 2, 1, 3, 4, 6, 7 };
  Recorder recorder = recorder_new ();

  add (&recorder, 50, 6);
  add (&recorder, 50, 4);
  sim_clock_add (recorder.clock, 50, 2, add_three_now, &recorder, GSIZE_TO_POINTER (2));
  sim_clock_run (recorder.clock, 50);
  CU_ASSERT_EQUAL_FATAL (recorder.fired->len, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      CU_ASSERT_EQUAL (fired (&recorder, i)->order, expected[i]);
      CU_ASSERT_EQUAL (fired (&recorder, i)->at_ns, 50);
    }
  recorder_clear (&recorder);
}

static void
a_cancelled_event_does_not_fire_wherever_it_waits (void)
{
  Recorder recorder = recorder_new ();
  SimEvent *now = add (&recorder, 0, 1), *near = add (&recorder, 10, 2), *far = add (&recorder, 5000000, 3);
  SimEvent *middle;

  add (&recorder, 10, 4);
  middle = add (&recorder, 10, 5);
  add (&recorder, 10, 6);
  CU_ASSERT_EQUAL (sim_clock_pending (recorder.clock), 6);
  sim_clock_cancel (recorder.clock, now);
  sim_clock_cancel (recorder.clock, near);
  sim_clock_cancel (recorder.clock, far);
  sim_clock_cancel (recorder.clock, middle);
  CU_ASSERT_EQUAL (sim_clock_pending (recorder.clock), 2);
  CU_ASSERT_EQUAL (sim_clock_next (recorder.clock), 10);
  sim_clock_run (recorder.clock, G_MAXINT64);
  CU_ASSERT_EQUAL_FATAL (recorder.fired->len, 2);
  CU_ASSERT_EQUAL (fired (&recorder, 0)->order, 4);
  CU_ASSERT_EQUAL (fired (&recorder, 1)->order, 6);
  CU_ASSERT_EQUAL (sim_clock_next (recorder.clock), -1);
  recorder_clear (&recorder);
}

static void
time_stands_at_the_limit_when_nothing_is_left_before_it (void)
{
  Recorder recorder = recorder_new ();

  add (&recorder, 20000000, 1);
  CU_ASSERT_EQUAL (sim_clock_next (recorder.clock), 20000000);
  CU_ASSERT_FALSE (sim_clock_step (recorder.clock, 19999999));
  CU_ASSERT_EQUAL (sim_clock_now (recorder.clock), 19999999);
  CU_ASSERT_FALSE (sim_clock_step (recorder.clock, 5));
  CU_ASSERT_EQUAL (sim_clock_now (recorder.clock), 19999999);
  /* Earlier than the next event and later than where the wheel has been. */
  add (&recorder, 19999999, 2);
  CU_ASSERT_EQUAL (sim_clock_next (recorder.clock), 19999999);
  CU_ASSERT_TRUE (sim_clock_step (recorder.clock, G_MAXINT64));
  CU_ASSERT_EQUAL (fired (&recorder, 0)->order, 2);
  CU_ASSERT_TRUE (sim_clock_step (recorder.clock, G_MAXINT64));
  CU_ASSERT_EQUAL (fired (&recorder, 1)->at_ns, 20000000);
  recorder_clear (&recorder);
}

static void
stop (gpointer target, gpointer payload, gint64 now_ns)
{
  record (target, payload, now_ns);
  sim_clock_stop (((Recorder *)target)->clock);
}

static void
a_stopped_run_leaves_the_rest_and_the_time (void)
{
  Recorder recorder = recorder_new ();

  sim_clock_add (recorder.clock, 10, 1, stop, &recorder, GSIZE_TO_POINTER (1));
  add (&recorder, 10, 2);
  sim_clock_run (recorder.clock, 1000);
  CU_ASSERT_EQUAL (recorder.fired->len, 1);
  CU_ASSERT_EQUAL (sim_clock_now (recorder.clock), 10);
  sim_clock_run (recorder.clock, 1000);
  CU_ASSERT_EQUAL (recorder.fired->len, 2);
  CU_ASSERT_EQUAL (sim_clock_now (recorder.clock), 1000);
  recorder_clear (&recorder);
}

static void
count_release (gpointer target, gpointer payload)
{
  (void)payload;
  ((Recorder *)target)->n_to_add++;
}

static void
discarding_takes_out_one_function_and_leaves_the_others (void)
{
  Recorder recorder = recorder_new ();

  for (guint i = 0; i < 10; i++)
    {
      add (&recorder, i * 1000, i);
      sim_clock_add (recorder.clock, i * 1000, 100 + i, stop, &recorder, NULL);
    }
  sim_clock_discard (recorder.clock, stop, count_release);
  CU_ASSERT_EQUAL (recorder.n_to_add, 10);
  CU_ASSERT_EQUAL (sim_clock_pending (recorder.clock), 10);
  sim_clock_run (recorder.clock, G_MAXINT64);
  CU_ASSERT_EQUAL (recorder.fired->len, 10);
  recorder_clear (&recorder);
}

/* ---- against a model ----------------------------------------------------------------------------------- */

#define N_RANDOM 20000u

/* Times of every magnitude, and often the same. */
static gint64
draw_delay (SimRandom *random)
{
  guint bits = (guint)sim_random_below (random, 40);
  return sim_random_below (random, 4) == 0
             ? 0
             : (gint64)sim_random_below (random, G_GUINT64_CONSTANT (1) << bits);
}

typedef struct
{
  Firing when;
  SimEvent *event; /* NULL once fired or cancelled */
} Expected;

static gint
compare (gconstpointer a, gconstpointer b)
{
  const Firing *left = a, *right = b;
  if (left->at_ns != right->at_ns)
    return left->at_ns < right->at_ns ? -1 : 1;
  return left->order < right->order ? -1 : left->order > right->order;
}

static void
random_load_fires_as_a_sorted_list_would (void)
{
  Recorder recorder = recorder_new ();
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (Expected));
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (Firing));
  SimRandom random;

  sim_random_init (&random, 1, "event-test");
  for (guint i = 0; i < N_RANDOM; i++)
    {
      guint64 order = sim_random_u64 (&random) >> 8 << 16 | (i & 0xffff);
      Expected entry = { { sim_clock_now (recorder.clock) + 1 + draw_delay (&random), order }, NULL };
      entry.event = add (&recorder, entry.when.at_ns, order);
      g_array_append_val (expected, entry);
      if (sim_random_below (&random, 3) == 0)
        {
          /* Only what is surely pending: later than the present. */
          Expected *victim
              = &g_array_index (expected, Expected, (guint)sim_random_below (&random, expected->len));
          if (victim->event && victim->when.at_ns > sim_clock_now (recorder.clock))
            {
              sim_clock_cancel (recorder.clock, victim->event);
              g_array_remove_index_fast (expected, (guint)(victim - (Expected *)(gpointer)expected->data));
            }
        }
      if (sim_random_below (&random, 50) == 0)
        sim_clock_run (recorder.clock, sim_clock_now (recorder.clock) + draw_delay (&random) / 16);
    }
  sim_clock_run (recorder.clock, G_MAXINT64);
  for (guint i = 0; i < expected->len; i++)
    g_array_append_val (kept, g_array_index (expected, Expected, i).when);
  g_array_sort (kept, compare);
  CU_ASSERT_EQUAL_FATAL (recorder.fired->len, kept->len);
  CU_ASSERT_EQUAL (memcmp (recorder.fired->data, kept->data, kept->len * sizeof (Firing)), 0);
  recorder_clear (&recorder);
}

static void
add_again (gpointer target, gpointer payload, gint64 now_ns)
{
  Recorder *recorder = target;

  record (target, payload, now_ns);
  for (guint i = 0; i < 2 && recorder->n_to_add > 0; i++)
    {
      guint64 order = GPOINTER_TO_SIZE (payload) + 1 + sim_random_below (&recorder->random, 1000);
      recorder->n_to_add--;
      sim_clock_add (recorder->clock, now_ns + draw_delay (&recorder->random), order, add_again, recorder,
                     GSIZE_TO_POINTER (order));
    }
}

static void
events_that_add_events_never_go_back_in_time_or_order (void)
{
  Recorder recorder = recorder_new ();
  guint n_wrong = 0;

  recorder.n_to_add = N_RANDOM;
  sim_random_init (&recorder.random, 2, "event-test");
  sim_clock_add (recorder.clock, 0, 0, add_again, &recorder, NULL);
  sim_clock_run (recorder.clock, G_MAXINT64);
  CU_ASSERT_EQUAL_FATAL (recorder.fired->len, N_RANDOM + 1);
  for (guint i = 1; i < recorder.fired->len; i++)
    n_wrong += compare (fired (&recorder, i - 1), fired (&recorder, i)) > 0;
  CU_ASSERT_EQUAL (n_wrong, 0);
  recorder_clear (&recorder);
}

int
main (void)
{
  return tap_main (
      "sim/event",
      (const TapTest[]){
          { "events fire in order of time, at every magnitude of 63 bits", events_fire_in_order_of_time },
          { "events of one instant fire by order", events_of_one_instant_fire_by_order },
          { "an event put at the present instant takes its place among those pending there",
            an_event_put_at_the_present_instant_takes_its_place_among_those_pending },
          { "a cancelled event does not fire, wherever it waits",
            a_cancelled_event_does_not_fire_wherever_it_waits },
          { "time stands at the limit when nothing is left before it",
            time_stands_at_the_limit_when_nothing_is_left_before_it },
          { "a stopped run leaves the rest of the instant, and the time",
            a_stopped_run_leaves_the_rest_and_the_time },
          { "discarding takes out one function's events and leaves the others",
            discarding_takes_out_one_function_and_leaves_the_others },
          { "random load with cancelling fires exactly as a sorted list would",
            random_load_fires_as_a_sorted_list_would },
          { "events that add events never go back in time or order",
            events_that_add_events_never_go_back_in_time_or_order },
          { NULL, NULL },
      });
}

/* The trace's list of subscribers. */
#include "sim/trace.h"
#include "tap.h"

static void
append_digit (GString *out, char digit, const SimTraceRecord *record)
{
  g_string_append_printf (out, "%c@%" G_GINT64_FORMAT " ", digit, record->time_ns);
}

static void
first (const SimTraceRecord *record, gpointer user)
{
  append_digit (user, '1', record);
}

static void
second (const SimTraceRecord *record, gpointer user)
{
  append_digit (user, '2', record);
}

static void
emit_at (SimTrace *trace, gint64 time_ns)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE, .time_ns = time_ns };
  sim_trace_emit (trace, &record);
}

static void
subscribers_hear_in_order_and_from_then_on (void)
{
  g_autoptr (SimTrace) trace = sim_trace_new ();
  g_autoptr (GString) heard = g_string_new (NULL);

  emit_at (trace, 5);
  sim_trace_subscribe (trace, first, heard);
  emit_at (trace, 6);
  sim_trace_subscribe (trace, second, heard);
  emit_at (trace, 7);
  CU_ASSERT_STRING_EQUAL (heard->str, "1@6 1@7 2@7 ");
}

static void
a_trace_says_whether_somebody_hears_it (void)
{
  g_autoptr (SimTrace) trace = sim_trace_new ();
  g_autoptr (GString) heard = g_string_new (NULL);

  CU_ASSERT_FALSE (sim_trace_is_heard (trace));
  sim_trace_subscribe (trace, first, heard);
  CU_ASSERT_TRUE (sim_trace_is_heard (trace));
}

int
main (void)
{
  static const TapTest tests[] = {
    { "subscribers hear in order, and from their subscription on",
      subscribers_hear_in_order_and_from_then_on },
    { "a trace says whether somebody hears it", a_trace_says_whether_somebody_hears_it },
    { NULL, NULL },
  };
  return tap_main ("trace", tests);
}

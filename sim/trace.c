/* The list of those who hear the trace.  It knows nothing of what the records mean. */
#include "sim/trace.h"

typedef struct
{
  SimTraceFunc hear;
  gpointer user;
} Subscriber;

struct _SimTrace
{
  GArray *subscribers; /* of Subscriber */
};

SimTrace *
sim_trace_new (void)
{
  SimTrace *trace = g_new0 (SimTrace, 1);
  trace->subscribers = g_array_new (FALSE, FALSE, sizeof (Subscriber));
  return trace;
}

void
sim_trace_free (SimTrace *trace)
{
  if (!trace)
    return;
  g_array_unref (trace->subscribers);
  g_free (trace);
}

void
sim_trace_subscribe (SimTrace *trace, SimTraceFunc hear, gpointer user)
{
  Subscriber subscriber = { hear, user };
  g_array_append_val (trace->subscribers, subscriber);
}

gboolean
sim_trace_is_heard (const SimTrace *trace)
{
  return trace->subscribers->len > 0;
}

void
sim_trace_emit (SimTrace *trace, const SimTraceRecord *record)
{
  for (guint i = 0; i < trace->subscribers->len; i++)
    {
      const Subscriber *subscriber = &g_array_index (trace->subscribers, Subscriber, i);
      subscriber->hear (record, subscriber->user);
    }
}

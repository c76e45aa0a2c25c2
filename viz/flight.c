/* A frame on its way is an event "sent" whose "arrived" lies ahead. */
#include "viz/flight.h"

/* How far back a frame may have been sent, how far ahead it may arrive, and how long one is shown whose
 * arrival is not known: in events. */
#define LOOK_BACK    256u
#define LOOK_AHEAD   1024u
#define SHOW_UNKNOWN 8u

#define NOT_FOUND G_MAXUINT64

/* The event with which a sent frame's journey over its link ends: it arrives, or is lost at either end. */
static guint64
find_landing (const VizHistory *history, guint64 sent)
{
  const VizEvent *event = viz_history_event (history, sent);
  guint peer = viz_topology_peer (history->topology, event->end);
  guint64 limit = MIN (viz_history_n (history), sent + LOOK_AHEAD);

  for (guint64 i = sent + 1; i < limit; i++)
    {
      const VizEvent *other = viz_history_event (history, i);
      if (!other->is_packet || other->packet_id != event->packet_id)
        continue;
      if (other->end == peer && other->direction == SIM_TRACE_INBOUND)
        return i;
      if (other->end == event->end && other->direction == SIM_TRACE_OUTBOUND && other->drop != NET_DROP_NONE)
        return i;
    }
  return NOT_FOUND;
}

static guint
part_of_way (gint64 start, gint64 now, gint64 end)
{
  guint64 whole, passed;

  if (now <= start || end <= start)
    return 0;
  whole = (guint64) (end - start);
  passed = MIN ((guint64) (now - start), whole);
  return (guint) (whole > 1000000 ? passed / (whole / 1000) : passed * 1000 / whole);
}

/* FALSE when the frame is no longer, or not, on its way. */
static gboolean
find_flight (const VizHistory *history, const VizMoment *moment, guint64 sent, VizFlight *flight)
{
  const VizEvent *event = viz_history_event (history, sent);
  guint64 landing;

  if (!event->is_packet || event->parts & moment->hidden || event->direction != SIM_TRACE_OUTBOUND
      || event->drop != NET_DROP_NONE || viz_topology_peer (history->topology, event->end) == VIZ_NONE)
    return FALSE;
  *flight = (VizFlight){ .event = sent, .from = event->end };
  landing = find_landing (history, sent);
  if (landing == NOT_FOUND)
    {
      flight->permille = sent + 1 == moment->n_done ? 0 : 500;
      return sent + SHOW_UNKNOWN >= moment->n_done;
    }
  if (landing < moment->n_done)
    {
      flight->permille = 1000;
      return landing + 1 == moment->n_done && viz_history_event (history, landing)->drop == NET_DROP_NONE;
    }
  flight->permille = MIN (
      part_of_way (event->time_ns, moment->now_ns, viz_history_event (history, landing)->time_ns), 999);
  return TRUE;
}

static guint64
first_within (const VizHistory *history, const VizMoment *moment, guint back)
{
  return MAX (history->n_forgotten, moment->n_done - MIN (moment->n_done, back));
}

GArray *
viz_flights_at (const VizHistory *history, const VizMoment *moment)
{
  GArray *flights = g_array_new (FALSE, FALSE, sizeof (VizFlight));
  guint64 first = first_within (history, moment, LOOK_BACK);

  for (guint64 i = MIN (moment->n_done, viz_history_n (history)); i-- > first;)
    {
      VizFlight flight;
      if (find_flight (history, moment, i, &flight))
        g_array_append_val (flights, flight);
    }
  return flights;
}

GArray *
viz_trail_of (const VizHistory *history, const VizMoment *moment, guint64 packet_id)
{
  GArray *links = g_array_new (FALSE, FALSE, sizeof (guint));
  guint64 first = first_within (history, moment, LOOK_AHEAD);

  for (guint64 i = MIN (moment->n_done, viz_history_n (history)); i-- > first;)
    {
      const VizEvent *event = viz_history_event (history, i);
      gboolean known = FALSE;
      guint link;
      if (!event->is_packet || event->packet_id != packet_id || event->direction != SIM_TRACE_INBOUND)
        continue;
      link = viz_topology_end (history->topology, event->end)->link;
      for (guint k = 0; k < links->len; k++)
        known |= g_array_index (links, guint, k) == link;
      if (link != VIZ_NONE && !known)
        g_array_append_val (links, link);
    }
  return links;
}

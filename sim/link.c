/* Links: when a frame leaves, when and whether it arrives, and what is told about it.  One event a frame-hop:
 * the arrival; the transmitter's queue is a point in time, until when it is busy.  Knows no protocol. */
#include "sim/link.h"
#include "sim/host.h"
#include "sim/record.h"

#include <stdlib.h>
#include <string.h>

/* A byte takes this many nanoseconds, over the rate in bit/s. */
#define BYTE_NS_BPS    (8 * G_GUINT64_CONSTANT (1000000000))
#define CACHE_LINE     64
#define MAX_BACKLOG_NS (G_GINT64_CONSTANT (1) << 60) /* far beyond any lab, and sums stay below 2^63 */

/* What a frame's way touches is the first cache line, but for the count of what was lost. */
typedef struct
{
  _Alignas(CACHE_LINE) SimEnd to;
  gint64 busy_ns; /* the transmitter is free from then on */
  gint64 delay_ns;
  gint64 last_ns;    /* the time of the last frame on the wire: */
  guint last_length; /* most are as long as the one before */
  guint8 up, has_faults;
  SimLinkCounters counters;
  gint64 queue_ns; /* the configured queue as time on the wire */
  SimEnd from;
  SimLinkConfig config;
  SimRandom random;
} Direction;

struct _SimLink
{
  Direction directions[2]; /* [0] from end 0 to end 1 */
};

/* ---- time on the wire ---------------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 Wide; /* bits of a queue times nanoseconds of a second */

/* Rounded up, so that a link is never faster than its rate. */
static gint64
frame_ns (const SimLinkConfig *config, guint length)
{
  if (config->rate_bps == 0)
    return 0;
  return (gint64) ((length * BYTE_NS_BPS + config->rate_bps - 1) / config->rate_bps);
}

static gint64
queue_ns (const SimLinkConfig *config)
{
  Wide ns;

  if (config->rate_bps == 0 || config->queue_bytes == 0)
    return MAX_BACKLOG_NS;
  ns = (Wide) config->queue_bytes * BYTE_NS_BPS / config->rate_bps;
  return ns < (Wide) MAX_BACKLOG_NS ? (gint64) ns : MAX_BACKLOG_NS;
}

static void
configure (Direction *direction, const SimLinkConfig *config)
{
  g_assert (config->delay_ns >= 0 && config->delay_ns < MAX_BACKLOG_NS);
  g_assert (config->reorder_ns >= 0 && config->reorder_ns < MAX_BACKLOG_NS);
  direction->config = *config;
  direction->delay_ns = config->delay_ns;
  direction->queue_ns = queue_ns (config);
  direction->has_faults
      = config->loss_ppb || config->duplicate_ppb || config->reorder_ppb || config->corrupt_ppb;
  direction->last_length = 0;
  direction->last_ns = 0;
}

/* ---- arriving ------------------------------------------------------------------------------------------ */

static void
lose_at_receiver (Direction *direction, NetFrame *frame, NetDropReason reason)
{
  direction->counters.dropped++;
  sim_node_note_drop (direction->to.node, SIM_TRACE_INBOUND,
                      &(NetDrop){ .frame = frame, .port = direction->to.port, .reason = reason });
  net_frame_unref (frame);
}

static void
arrive (gpointer target, gpointer payload, gint64 now_ns)
{
  const Direction *direction = target;
  SimNode *node = direction->to.node;
  NetFrame *frame = payload;

  (void) now_ns;
  if (sim_record_wanted (node->network))
    sim_record_packet (node, direction->to.port, SIM_TRACE_INBOUND, frame, NULL);
  if (G_UNLIKELY (direction->to.port == node->host_port))
    sim_host_receive (node->host, frame);
  else
    node->klass->receive (node, direction->to.port, frame);
}

/* The link went down while the frame was on it. */
static void
arrive_lost (gpointer target, gpointer payload, gint64 now_ns)
{
  (void) now_ns;
  lose_at_receiver (target, payload, NET_DROP_LINK_DOWN);
}

/* A bit of the frame was turned, and the receiver's FCS check finds it. */
static void
arrive_corrupted (gpointer target, gpointer payload, gint64 now_ns)
{
  (void) now_ns;
  lose_at_receiver (target, payload, NET_DROP_CORRUPT_FCS);
}

static void
release_flight (gpointer target, gpointer payload)
{
  (void) target;
  net_frame_unref (payload);
}

void
sim_link_discard_flights (SimNetwork *network)
{
  sim_clock_discard (network->clock, arrive, release_flight);
  sim_clock_discard (network->clock, arrive_lost, release_flight);
  sim_clock_discard (network->clock, arrive_corrupted, release_flight);
}

/* ---- sending ------------------------------------------------------------------------------------------- */

static inline void
fly (Direction *direction, SimNode *from, gint64 arrival_ns, SimEventFunc fire, NetFrame *frame)
{
  sim_clock_add (from->network->clock, arrival_ns, from->next_order++, fire, direction, frame);
}

static void
lose_at_sender (SimNode *node, guint port, NetFrame *frame, NetDropReason reason)
{
  sim_node_note_drop (node, SIM_TRACE_OUTBOUND, &(NetDrop){ .frame = frame, .port = port, .reason = reason });
  net_frame_unref (frame);
}

static NetFrame *
turn_a_bit (Direction *direction, NetFrame *frame)
{
  NetFrame *copy = net_frame_copy (frame, NET_FRAME_HEADROOM);
  guint64 bit = sim_random_below (&direction->random, (guint64) MAX (copy->length, 1) * 8);

  if (copy->length > 0)
    net_frame_data (copy)[bit / 8] ^= (guint8) (1u << bit % 8);
  net_frame_unref (frame);
  return copy;
}

/* The same as the path without faults, with chance asked at each step, always in the same order. */
static void
send_with_faults (Direction *direction, NetFrame *frame, gint64 arrival_ns)
{
  const SimLinkConfig *config = &direction->config;
  SimNode *node = direction->from.node;
  guint port = direction->from.port;
  SimEventFunc fire = arrive;

  if (sim_random_chance (&direction->random, config->loss_ppb))
    {
      direction->counters.dropped++;
      lose_at_sender (node, port, frame, NET_DROP_LINK_LOSS);
      return;
    }
  sim_record_packet (node, port, SIM_TRACE_OUTBOUND, frame, NULL);
  if (sim_random_chance (&direction->random, config->duplicate_ppb))
    fly (direction, node, arrival_ns, arrive, net_frame_ref (frame));
  if (sim_random_chance (&direction->random, config->corrupt_ppb))
    {
      frame = turn_a_bit (direction, frame);
      fire = config->keep_corrupt ? arrive : arrive_corrupted;
    }
  if (sim_random_chance (&direction->random, config->reorder_ppb))
    arrival_ns += config->reorder_ns;
  fly (direction, node, arrival_ns, fire, frame);
}

/* Puts a frame in the transmitter's queue, and its last bit leaves at *sent_ns; FALSE without room. */
static inline gboolean
enqueue (Direction *direction, guint length, gint64 now_ns, gint64 *sent_ns)
{
  gint64 backlog_ns = direction->busy_ns - now_ns;

  if (G_UNLIKELY (length != direction->last_length))
    {
      direction->last_length = length;
      direction->last_ns = frame_ns (&direction->config, length);
    }
  if (backlog_ns <= 0)
    backlog_ns = 0;
  else if (backlog_ns + direction->last_ns > direction->queue_ns)
    return FALSE;
  *sent_ns = direction->busy_ns = now_ns + backlog_ns + direction->last_ns;
  return TRUE;
}

void
sim_node_send (SimNode *node, guint number, NetFrame *frame)
{
  const SimPort *port = number < node->n_ports ? &node->ports[number] : NULL;
  Direction *direction = port && port->link ? &port->link->directions[port->end] : NULL;
  gint64 sent_ns;

  if (G_UNLIKELY (!direction || !direction->up))
    {
      lose_at_sender (node, number, frame,
                      !port        ? NET_DROP_PORT_GONE
                      : !direction ? NET_DROP_NO_CABLE
                                   : NET_DROP_LINK_DOWN);
      return;
    }
  sim_node_stamp (node, frame);
  if (G_UNLIKELY (!enqueue (direction, frame->length, sim_clock_now (node->network->clock), &sent_ns)))
    {
      direction->counters.dropped++;
      lose_at_sender (node, number, frame, NET_DROP_QUEUE_FULL);
      return;
    }
  direction->counters.frames++;
  direction->counters.bytes += frame->length;
  if (G_UNLIKELY (direction->has_faults))
    {
      send_with_faults (direction, frame, sent_ns + direction->delay_ns);
      return;
    }
  if (sim_record_wanted (node->network))
    sim_record_packet (node, number, SIM_TRACE_OUTBOUND, frame, NULL);
  fly (direction, node, sent_ns + direction->delay_ns, arrive, frame);
}

/* ---- links --------------------------------------------------------------------------------------------- */

static char *
end_name (SimEnd end)
{
  return g_strdup_printf ("%s/%s", end.node->name, sim_node_port (end.node, end.port)->name);
}

static void
plug (SimLink *link, guint end)
{
  SimEnd at = sim_link_end (link, end);
  SimPort *port = sim_node_port (at.node, at.port);

  g_assert (!port->link);
  port->link = link;
  port->end = end;
}

static void
tell_port (SimLink *link, guint end)
{
  SimEnd at = sim_link_end (link, end);

  if (at.node->klass->port_changed)
    at.node->klass->port_changed (at.node, at.port, sim_link_is_up (link));
}

static SimLink *
new_link (void)
{
  SimLink *link = aligned_alloc (CACHE_LINE, sizeof *link);

  if (!link)
    g_error ("out of memory: no room for a link");
  memset (link, 0, sizeof *link);
  return link;
}

SimLink *
sim_link_new (SimEnd a, SimEnd b, const SimLinkConfig config[2])
{
  SimLink *link = new_link ();
  g_autofree char *a_name = end_name (a), *b_name = end_name (b);

  for (guint i = 0; i < 2; i++)
    {
      Direction *direction = &link->directions[i];
      g_autofree char *name = g_strdup_printf ("%s--%s:%u", a_name, b_name, i);

      direction->from = i == 0 ? a : b;
      direction->to = i == 0 ? b : a;
      direction->up = TRUE;
      sim_random_init (&direction->random, a.node->network->seed, name);
      configure (direction, &config[i]);
    }
  g_ptr_array_add (a.node->network->links, link);
  plug (link, 0);
  plug (link, 1);
  for (guint end = 0; end < 2; end++)
    sim_record_interface (sim_link_end (link, end).node, sim_link_end (link, end).port);
  for (guint end = 0; end < 2; end++)
    tell_port (link, end);
  return link;
}

void
sim_link_free (SimLink *link)
{
  free (link);
}

static void
set_direction_up (Direction *direction, gboolean up)
{
  direction->up = up != FALSE;
  if (up)
    return;
  direction->busy_ns = 0;
  sim_clock_redirect (direction->from.node->network->clock, arrive, direction, arrive_lost);
  sim_clock_redirect (direction->from.node->network->clock, arrive_corrupted, direction, arrive_lost);
}

void
sim_link_set_up (SimLink *link, gboolean up)
{
  if (sim_link_is_up (link) == (up != FALSE))
    return;
  for (guint i = 0; i < 2; i++)
    set_direction_up (&link->directions[i], up);
  for (guint end = 0; end < 2; end++)
    {
      SimEnd at = sim_link_end (link, end);
      const char *port = sim_node_port (at.node, at.port)->name;
      sim_record_state (at.node, &(NetState){ .table = "port", .op = up ? "up" : "down", .key = port });
    }
  for (guint end = 0; end < 2; end++)
    tell_port (link, end);
}

gboolean
sim_link_is_up (const SimLink *link)
{
  return link->directions[0].up;
}

void
sim_link_set_config (SimLink *link, guint direction, const SimLinkConfig *config)
{
  g_assert (direction < 2);
  configure (&link->directions[direction], config);
}

const SimLinkConfig *
sim_link_config (const SimLink *link, guint direction)
{
  g_assert (direction < 2);
  return &link->directions[direction].config;
}

SimEnd
sim_link_end (const SimLink *link, guint end)
{
  g_assert (end < 2);
  return link->directions[end].from;
}

void
sim_link_move (SimLink *link, guint end, SimEnd to)
{
  SimEnd from = sim_link_end (link, end);

  g_assert (end < 2);
  sim_link_set_up (link, FALSE);
  sim_node_port (from.node, from.port)->link = NULL;
  link->directions[end].from = to;
  link->directions[!end].to = to;
  plug (link, end);
  for (guint i = 0; i < 2; i++)
    sim_record_interface (sim_link_end (link, i).node, sim_link_end (link, i).port);
  sim_link_set_up (link, TRUE);
}

const SimLinkCounters *
sim_link_counters (const SimLink *link, guint direction)
{
  g_assert (direction < 2);
  return &link->directions[direction].counters;
}

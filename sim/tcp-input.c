/* TCP, the receiving half: what an arriving segment says and does (RFC 9293 §3.10.7, with the answers to segments out
 * of place that RFC 5961 asks for). */
#include "sim/tcp.h"

#define ANSWER_DELAY   (40 * NET_MSEC)
#define CHALLENGE_REST (500 * NET_MSEC)
#define DUPLICATES     3

/* An arriving segment; sequence and length shrink as parts turn out to be known. */
typedef struct
{
  const NetTcp *header;
  guint32 sequence;
  const guint8 *bytes;
  guint n;
  gboolean fin;
} Arrival;

/* ---- out of place -------------------------------------------------------------------------------------------- */

/* An acknowledgment says what is expected.  Not more than one in a while where no data asked for it, or two ends that
 * disagree would tell each other for ever. */
static void
challenge (SimTcp *tcp, const Arrival *arrival, gint64 now_ns)
{
  if (arrival->n == 0 && !arrival->fin)
    {
      if (now_ns - tcp->challenged_ns < CHALLENGE_REST)
        return;
      tcp->challenged_ns = now_ns;
    }
  tcp->answer = TRUE;
}

/* RFC 9293 §3.10.7.4, table 6, for a window that is never closed. */
static gboolean
is_acceptable (const SimTcp *tcp, const Arrival *arrival)
{
  guint length = arrival->n + (arrival->fin ? 1 : 0);

  if (arrival->sequence - tcp->expected < SIM_TCP_WINDOW)
    return TRUE;
  return length > 0 && arrival->sequence + length - 1 - tcp->expected < SIM_TCP_WINDOW;
}

static guint
end_by_reset (SimTcp *tcp, SimTcpNews news)
{
  tcp->state = SIM_TCP_CLOSED;
  return news;
}

static void
send_reset (SimTcp *tcp, guint32 sequence)
{
  tcp->reset = TRUE;
  tcp->reset_sequence = sequence;
}

/* ---- the handshake ------------------------------------------------------------------------------------------- */

static void
establish (SimTcp *tcp, const NetTcp *header, gint64 now_ns)
{
  tcp->unacknowledged = tcp->next = tcp->highest = header->acknowledgment;
  tcp->peer_window = header->window;
  tcp->state = tcp->finishing ? SIM_TCP_FIN_WAIT_1 : SIM_TCP_ESTABLISHED;
  tcp->n_timeouts = 0;
  tcp->waiting_ns = now_ns;
  tcp->retransmit_ns = SIM_TCP_NEVER;
  if (tcp->measuring)
    sim_tcp_pace_measured (&tcp->pace, now_ns - tcp->measured_ns);
  tcp->measuring = FALSE;
}

/* §3.10.7.3.  A SYN alone, both ends dialling each other, is ignored: our ends dial from ports nobody listens on. */
static guint
receive_dialling (SimTcp *tcp, const NetTcp *header, gint64 now_ns)
{
  gboolean acknowledges = (header->flags & NET_TCP_ACK) != 0;

  if (acknowledges && header->acknowledgment != tcp->unacknowledged + 1)
    {
      if (!(header->flags & NET_TCP_RST))
        send_reset (tcp, header->acknowledgment);
      return 0;
    }
  if (header->flags & NET_TCP_RST)
    return acknowledges ? end_by_reset (tcp, SIM_TCP_REFUSED) : 0;
  if (!acknowledges || !(header->flags & NET_TCP_SYN))
    return 0;
  tcp->pace.segment = sim_tcp_segment_size (header);
  tcp->expected = header->sequence + 1;
  establish (tcp, header, now_ns);
  tcp->answer = TRUE;
  return SIM_TCP_CONNECTED;
}

/* ---- acknowledgments ----------------------------------------------------------------------------------------- */

/* Duplicates of what was on its way before the last loss are its echo, not another one (RFC 6582 §3.2). */
static void
note_duplicate (SimTcp *tcp)
{
  if (++tcp->n_duplicates != DUPLICATES || sim_tcp_before (tcp->unacknowledged, tcp->recover))
    return;
  tcp->recovering = TRUE;
  tcp->recover = tcp->highest;
  tcp->resend = TRUE;
  sim_tcp_pace_lost (&tcp->pace, tcp->next - tcp->unacknowledged);
}

/* A partial acknowledgment during recovery tells of the next loss (RFC 6582 §3.2). */
static void
note_progress (SimTcp *tcp, guint bytes)
{
  tcp->n_duplicates = 0;
  tcp->n_timeouts = 0;
  if (tcp->recovering && sim_tcp_before (tcp->unacknowledged, tcp->recover))
    {
      tcp->resend = TRUE;
      return;
    }
  tcp->recovering = FALSE;
  sim_tcp_pace_acknowledged (&tcp->pace, bytes);
}

/* Takes acknowledged bytes off the buffer; TRUE when the FIN is acknowledged too. */
static gboolean
acknowledge (SimTcp *tcp, guint32 acknowledgment, gint64 now_ns)
{
  guint acknowledged = acknowledgment - tcp->unacknowledged, buffered = sim_tcp_buffered (tcp);

  tcp->out_start += MIN (acknowledged, buffered);
  tcp->unacknowledged = acknowledgment;
  if (sim_tcp_before (tcp->next, acknowledgment))
    tcp->next = acknowledgment;
  if (tcp->measuring && !sim_tcp_before (acknowledgment, tcp->measured))
    {
      sim_tcp_pace_measured (&tcp->pace, now_ns - tcp->measured_ns);
      tcp->measuring = FALSE;
    }
  note_progress (tcp, acknowledged);
  tcp->waiting_ns = now_ns;
  sim_tcp_rearm (tcp, now_ns);
  return acknowledged > buffered;
}

static void
enter_after_fin (SimTcp *tcp, gint64 now_ns)
{
  switch (tcp->state)
    {
    case SIM_TCP_FIN_WAIT_1:
      tcp->state = SIM_TCP_FIN_WAIT_2;
      break;
    case SIM_TCP_CLOSING:
      tcp->state = SIM_TCP_TIME_WAIT;
      break;
    default:
      tcp->state = SIM_TCP_CLOSED;
      return;
    }
  tcp->linger_ns = now_ns + SIM_TCP_LINGER;
}

static void
receive_acknowledgment (SimTcp *tcp, const Arrival *arrival, gint64 now_ns)
{
  const NetTcp *header = arrival->header;
  gboolean same_window = header->window == tcp->peer_window;

  if (sim_tcp_before (header->acknowledgment, tcp->unacknowledged))
    return;
  tcp->peer_window = header->window;
  if (header->acknowledgment != tcp->unacknowledged)
    {
      if (acknowledge (tcp, header->acknowledgment, now_ns))
        enter_after_fin (tcp, now_ns);
    }
  else if (tcp->peer_window == 0)
    tcp->waiting_ns = now_ns; /* it keeps us waiting, but it is there */
  else if (!same_window)
    sim_tcp_rearm (tcp, now_ns);
  else if (arrival->n == 0 && !arrival->fin && tcp->next != tcp->unacknowledged)
    note_duplicate (tcp);
}

/* ---- data ---------------------------------------------------------------------------------------------------- */

static void
trim (const SimTcp *tcp, Arrival *arrival)
{
  guint known, room;

  if (sim_tcp_before (arrival->sequence, tcp->expected))
    {
      known = MIN (tcp->expected - arrival->sequence, arrival->n);
      arrival->sequence += known;
      arrival->bytes += known;
      arrival->n -= known;
    }
  room = tcp->expected + SIM_TCP_WINDOW - arrival->sequence;
  if (arrival->n > room)
    {
      arrival->n = room;
      arrival->fin = FALSE;
    }
}

static void
receive_data (SimTcp *tcp, const Arrival *arrival, gint64 now_ns)
{
  gboolean had_holes = tcp->holes.pieces.length > 0;

  if (arrival->n == 0)
    return;
  if (arrival->sequence != tcp->expected)
    {
      sim_tcp_holes_put (&tcp->holes, tcp->expected, arrival->sequence, arrival->bytes, arrival->n);
      tcp->answer = TRUE;
      return;
    }
  g_byte_array_append (tcp->in, arrival->bytes, arrival->n);
  tcp->expected = sim_tcp_holes_take (&tcp->holes, tcp->expected + arrival->n, tcp->in);
  tcp->unanswered += arrival->n;
  if (had_holes || tcp->unanswered >= 2 * SIM_TCP_SEGMENT)
    tcp->answer = TRUE;
  else if (tcp->answer_ns == SIM_TCP_NEVER)
    tcp->answer_ns = now_ns + ANSWER_DELAY;
}

/* A FIN behind a hole comes again. */
static guint
receive_fin (SimTcp *tcp, const Arrival *arrival, gint64 now_ns)
{
  if (!arrival->fin || arrival->sequence + arrival->n != tcp->expected)
    return 0;
  tcp->expected++;
  tcp->answer = TRUE;
  if (tcp->state == SIM_TCP_ESTABLISHED)
    tcp->state = SIM_TCP_CLOSE_WAIT;
  else if (tcp->state == SIM_TCP_FIN_WAIT_1)
    tcp->state = SIM_TCP_CLOSING;
  else
    {
      tcp->state = SIM_TCP_TIME_WAIT;
      tcp->linger_ns = now_ns + SIM_TCP_LINGER;
    }
  return SIM_TCP_PEER_CLOSED;
}

static gboolean
may_receive_data (const SimTcp *tcp)
{
  return tcp->state == SIM_TCP_ESTABLISHED || tcp->state == SIM_TCP_FIN_WAIT_1
         || tcp->state == SIM_TCP_FIN_WAIT_2;
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

/* What need not be in order: resets, stray SYNs, acknowledgments of what was never sent.  TRUE: the segment is dealt
 * with. */
static gboolean
refuse (SimTcp *tcp, const Arrival *arrival, gint64 now_ns, guint *news)
{
  const NetTcp *header = arrival->header;

  if (tcp->state == SIM_TCP_SYN_RECEIVED && (header->flags & NET_TCP_SYN)
      && header->sequence + 1 == tcp->expected)
    tcp->next = tcp->unacknowledged; /* our answer was lost: say it again */
  else if (!is_acceptable (tcp, arrival))
    {
      if (!(header->flags & NET_TCP_RST))
        challenge (tcp, arrival, now_ns);
    }
  else if (header->flags & NET_TCP_RST)
    {
      if (header->sequence == tcp->expected)
        *news = end_by_reset (tcp, SIM_TCP_RESET);
      else
        challenge (tcp, arrival, now_ns);
    }
  else if (header->flags & NET_TCP_SYN)
    challenge (tcp, arrival, now_ns);
  else if (!(header->flags & NET_TCP_ACK))
    return TRUE;
  else if (tcp->state == SIM_TCP_SYN_RECEIVED && header->acknowledgment != tcp->unacknowledged + 1)
    send_reset (tcp, header->acknowledgment);
  else if (sim_tcp_before (tcp->highest, header->acknowledgment))
    challenge (tcp, arrival, now_ns);
  else
    return FALSE;
  return TRUE;
}

guint
sim_tcp_receive (SimTcp *tcp, const NetTcp *segment, const guint8 *bytes, guint n, gint64 now_ns)
{
  Arrival arrival = { .header = segment,
                      .sequence = segment->sequence,
                      .bytes = bytes,
                      .n = n,
                      .fin = (segment->flags & NET_TCP_FIN) != 0 };
  guint news = 0;

  if (tcp->state == SIM_TCP_CLOSED)
    return 0;
  if (tcp->state == SIM_TCP_SYN_SENT)
    return receive_dialling (tcp, segment, now_ns);
  if (refuse (tcp, &arrival, now_ns, &news))
    return news;
  if (tcp->state == SIM_TCP_SYN_RECEIVED)
    {
      establish (tcp, segment, now_ns);
      news |= SIM_TCP_CONNECTED;
    }
  else
    receive_acknowledgment (tcp, &arrival, now_ns);
  trim (tcp, &arrival);
  if (may_receive_data (tcp))
    {
      receive_data (tcp, &arrival, now_ns);
      news |= receive_fin (tcp, &arrival, now_ns);
    }
  return news | (tcp->in->len > 0 ? SIM_TCP_ARRIVED : 0);
}

gboolean
sim_tcp_reset_for (const NetTcp *segment, guint n, NetTcp *out)
{
  if (segment->flags & NET_TCP_RST)
    return FALSE;
  *out = (NetTcp){ .source_port = segment->destination_port,
                   .destination_port = segment->source_port,
                   .flags = NET_TCP_RST };
  if (segment->flags & NET_TCP_ACK)
    out->sequence = segment->acknowledgment;
  else
    {
      out->flags |= NET_TCP_ACK;
      out->acknowledgment = segment->sequence + n + ((segment->flags & NET_TCP_SYN) ? 1 : 0)
                            + ((segment->flags & NET_TCP_FIN) ? 1 : 0);
    }
  return TRUE;
}

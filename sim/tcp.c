/* TCP, the sending half: the life of a connection, the segments that are due, and what a deadline brings. */
#include "sim/tcp.h"

#define SYN_TIMEOUTS 7u              /* six retransmissions, as Linux has it; 123 s in all */
#define GIVE_UP      (100 * NET_SEC) /* R2 of RFC 9293 §3.8.3 */
#define COMPACT      65536u          /* acknowledged bytes are cut off in pieces of this size */

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
begin (SimTcp *tcp, SimTcpState state, const SimTcpStart *start)
{
  *tcp = (SimTcp){ .state = state,
                   .local_port = start->local_port,
                   .peer_port = start->peer_port,
                   .out = g_byte_array_new (),
                   .unacknowledged = start->sequence,
                   .next = start->sequence,
                   .highest = start->sequence,
                   .recover = start->sequence,
                   .in = g_byte_array_new (),
                   .challenged_ns = -NET_SEC,
                   .retransmit_ns = SIM_TCP_NEVER,
                   .answer_ns = SIM_TCP_NEVER,
                   .linger_ns = SIM_TCP_NEVER };
  sim_tcp_holes_init (&tcp->holes);
  sim_tcp_pace_init (&tcp->pace, SIM_TCP_SEGMENT);
}

void
sim_tcp_dial (SimTcp *tcp, const SimTcpStart *start)
{
  begin (tcp, SIM_TCP_SYN_SENT, start);
}

void
sim_tcp_answer (SimTcp *tcp, const SimTcpStart *start, const NetTcp *syn)
{
  begin (tcp, SIM_TCP_SYN_RECEIVED, start);
  tcp->expected = syn->sequence + 1;
  tcp->peer_window = syn->window;
  sim_tcp_pace_init (&tcp->pace, sim_tcp_segment_size (syn));
}

void
sim_tcp_clear (SimTcp *tcp)
{
  g_byte_array_unref (tcp->out);
  g_byte_array_unref (tcp->in);
  sim_tcp_holes_clear (&tcp->holes);
}

void
sim_tcp_send (SimTcp *tcp, const guint8 *bytes, gsize n)
{
  if (tcp->out_start >= COMPACT)
    {
      g_byte_array_remove_range (tcp->out, 0, tcp->out_start);
      tcp->out_start = 0;
    }
  g_byte_array_append (tcp->out, bytes, (guint) n);
}

void
sim_tcp_finish (SimTcp *tcp)
{
  tcp->finishing = TRUE;
  if (tcp->state == SIM_TCP_ESTABLISHED)
    tcp->state = SIM_TCP_FIN_WAIT_1;
  else if (tcp->state == SIM_TCP_CLOSE_WAIT)
    tcp->state = SIM_TCP_LAST_ACK;
}

gsize
sim_tcp_unsent (const SimTcp *tcp)
{
  guint buffered = sim_tcp_buffered (tcp);
  return sim_tcp_shaking_hands (tcp) ? buffered
                                     : buffered - MIN (buffered, tcp->highest - tcp->unacknowledged);
}

/* ---- segments ------------------------------------------------------------------------------------------------ */

void
sim_tcp_rearm (SimTcp *tcp, gint64 now_ns)
{
  gboolean shut_out = tcp->peer_window == 0 && sim_tcp_buffered (tcp) > 0;
  gboolean waits = tcp->next != tcp->unacknowledged || (shut_out && !sim_tcp_shaking_hands (tcp));

  tcp->retransmit_ns = waits ? now_ns + tcp->pace.timeout_ns : SIM_TCP_NEVER;
}

/* Books what a segment of `length` in sequence space, SYN and FIN counted, sets going. */
static void
note_sent (SimTcp *tcp, guint32 sequence, guint length, gint64 now_ns)
{
  guint32 end = sequence + length;

  if (length == 0)
    return;
  if (sim_tcp_before (sequence, tcp->highest))
    tcp->measuring = FALSE; /* Karn: an answer to either copy says nothing */
  else if (!tcp->measuring)
    {
      tcp->measuring = TRUE;
      tcp->measured = end;
      tcp->measured_ns = now_ns;
    }
  if (tcp->next == tcp->unacknowledged && tcp->n_timeouts == 0)
    tcp->waiting_ns = now_ns;
  if (sim_tcp_before (tcp->next, end))
    tcp->next = end;
  if (sim_tcp_before (tcp->highest, end))
    tcp->highest = end;
  if (tcp->retransmit_ns == SIM_TCP_NEVER)
    sim_tcp_rearm (tcp, now_ns);
}

/* Every segment but the first carries an acknowledgment, and so settles what was owed. */
static void
fill (SimTcp *tcp, guint8 flags, guint32 sequence, SimTcpSegment *out)
{
  *out = (SimTcpSegment){ .header = { .source_port = tcp->local_port,
                                      .destination_port = tcp->peer_port,
                                      .sequence = sequence,
                                      .flags = flags,
                                      .window = SIM_TCP_WINDOW } };
  if (!(flags & NET_TCP_ACK))
    return;
  out->header.acknowledgment = tcp->expected;
  tcp->unanswered = 0;
  tcp->answer = FALSE;
  tcp->answer_ns = SIM_TCP_NEVER;
}

static gboolean
output_syn (SimTcp *tcp, gint64 now_ns, SimTcpSegment *out)
{
  if (tcp->next != tcp->unacknowledged)
    return FALSE;
  fill (tcp, tcp->state == SIM_TCP_SYN_SENT ? NET_TCP_SYN : NET_TCP_SYN | NET_TCP_ACK, tcp->next, out);
  out->header.maximum_segment = SIM_TCP_SEGMENT;
  note_sent (tcp, tcp->next, 1, now_ns);
  return TRUE;
}

static void
output_stream (SimTcp *tcp, guint offset, guint n, gboolean fin, gint64 now_ns, SimTcpSegment *out)
{
  guint32 sequence = tcp->unacknowledged + offset;
  guint8 flags = NET_TCP_ACK;

  if (n > 0 && offset + n == sim_tcp_buffered (tcp))
    flags |= NET_TCP_PSH;
  if (fin)
    flags |= NET_TCP_FIN;
  fill (tcp, flags, sequence, out);
  out->bytes = tcp->out->data + tcp->out_start + offset;
  out->n = n;
  note_sent (tcp, sequence, n + (fin ? 1 : 0), now_ns);
}

/* How many bytes may go out at `offset`: windows allow it, and no dribble is sent while more waits (RFC 9293
 * §3.8.6.2.1). */
static guint
sendable (SimTcp *tcp, guint offset, guint unsent)
{
  guint window = MIN (tcp->peer_window, tcp->pace.window);
  guint n = MIN (MIN (unsent, tcp->pace.segment), window > offset ? window - offset : 0);

  if (n < unsent && n < tcp->pace.segment && offset > 0)
    n = 0;
  if (n == 0 && tcp->probe)
    n = MIN (unsent, 1);
  return n;
}

static gboolean
output_data (SimTcp *tcp, gint64 now_ns, SimTcpSegment *out)
{
  guint buffered = sim_tcp_buffered (tcp), offset = tcp->next - tcp->unacknowledged, n;
  gboolean fin;

  if (tcp->resend)
    {
      tcp->resend = FALSE;
      n = MIN (buffered, tcp->pace.segment);
      fin = n == buffered && tcp->highest - tcp->unacknowledged > buffered;
      if (n > 0 || fin)
        {
          output_stream (tcp, 0, n, fin, now_ns, out);
          return TRUE;
        }
    }
  if (offset > buffered)
    return FALSE; /* the FIN is out */
  n = sendable (tcp, offset, buffered - offset);
  fin = tcp->finishing && offset + n == buffered;
  if (n == 0 && !fin)
    {
      /* Shut out by the peer's window: the deadline is when to knock. */
      if (offset == 0 && buffered > 0 && tcp->retransmit_ns == SIM_TCP_NEVER)
        {
          tcp->waiting_ns = now_ns;
          sim_tcp_rearm (tcp, now_ns);
        }
      return FALSE;
    }
  tcp->probe = FALSE;
  output_stream (tcp, offset, n, fin, now_ns, out);
  return TRUE;
}

static gboolean
may_send_data (const SimTcp *tcp)
{
  switch (tcp->state)
    {
    case SIM_TCP_ESTABLISHED:
    case SIM_TCP_CLOSE_WAIT:
    case SIM_TCP_FIN_WAIT_1:
    case SIM_TCP_CLOSING:
    case SIM_TCP_LAST_ACK:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
sim_tcp_output (SimTcp *tcp, gint64 now_ns, SimTcpSegment *out)
{
  if (tcp->reset)
    {
      tcp->reset = FALSE;
      fill (tcp, NET_TCP_RST, tcp->reset_sequence, out);
      out->header.window = 0;
      return TRUE;
    }
  if (tcp->state == SIM_TCP_CLOSED)
    return FALSE;
  if (sim_tcp_shaking_hands (tcp))
    return output_syn (tcp, now_ns, out);
  if (may_send_data (tcp) && output_data (tcp, now_ns, out))
    return TRUE;
  if (!tcp->answer)
    return FALSE;
  fill (tcp, NET_TCP_ACK, tcp->next, out);
  return TRUE;
}

/* ---- deadlines ----------------------------------------------------------------------------------------------- */

gint64
sim_tcp_deadline (const SimTcp *tcp)
{
  return MIN (tcp->retransmit_ns, MIN (tcp->answer_ns, tcp->linger_ns));
}

/* All that is on its way is taken for lost and sent again from the first byte, as fast as acknowledgments come. */
static guint
time_out (SimTcp *tcp, gint64 now_ns)
{
  gboolean too_often = sim_tcp_shaking_hands (tcp) && tcp->n_timeouts + 1 >= SYN_TIMEOUTS;
  gboolean too_long = !sim_tcp_shaking_hands (tcp) && now_ns - tcp->waiting_ns >= GIVE_UP;

  if (too_often || too_long)
    {
      tcp->state = SIM_TCP_CLOSED;
      return SIM_TCP_TIMED_OUT;
    }
  tcp->n_timeouts++;
  tcp->probe = tcp->peer_window == 0;
  sim_tcp_pace_timed_out (&tcp->pace, tcp->next - tcp->unacknowledged);
  tcp->next = tcp->unacknowledged;
  tcp->resend = FALSE;
  tcp->recovering = FALSE;
  tcp->recover = tcp->highest;
  tcp->n_duplicates = 0;
  tcp->measuring = FALSE;
  tcp->retransmit_ns = now_ns + tcp->pace.timeout_ns;
  return 0;
}

guint
sim_tcp_expire (SimTcp *tcp, gint64 now_ns)
{
  if (tcp->linger_ns <= now_ns)
    tcp->state = SIM_TCP_CLOSED;
  if (tcp->state == SIM_TCP_CLOSED)
    return 0;
  if (tcp->answer_ns <= now_ns)
    {
      tcp->answer = TRUE;
      tcp->answer_ns = SIM_TCP_NEVER;
    }
  return tcp->retransmit_ns <= now_ns ? time_out (tcp, now_ns) : 0;
}

/* A TCP connection (RFC 9293) as a state machine: segments and deadlines go in with the time, segments and news come
 * out.  It knows no addresses, frames, timers or users; sim/host-stream.c is its edge.  Private to sim/.
 *
 * After each call that may change something, the owner takes the segments that are due (sim_tcp_output() until it says
 * FALSE) and asks for the next deadline. */
#pragma once

#include "net/tcp.h"
#include "net/world.h"
#include "sim/tcp-holes.h"
#include "sim/tcp-pace.h"

G_BEGIN_DECLS

#define SIM_TCP_SEGMENT 1460u
#define SIM_TCP_WINDOW  65535u

/* RFC 9293 §3.3.2, without LISTEN, which is the owner's. */
typedef enum
{
  SIM_TCP_CLOSED,
  SIM_TCP_SYN_SENT,
  SIM_TCP_SYN_RECEIVED,
  SIM_TCP_ESTABLISHED,
  SIM_TCP_CLOSE_WAIT,
  SIM_TCP_FIN_WAIT_1,
  SIM_TCP_FIN_WAIT_2,
  SIM_TCP_CLOSING,
  SIM_TCP_LAST_ACK,
  SIM_TCP_TIME_WAIT
} SimTcpState;

/* What became known; several at once are possible. */
typedef enum
{
  SIM_TCP_CONNECTED = 1 << 0,
  SIM_TCP_ARRIVED = 1 << 1,     /* bytes wait in `in` */
  SIM_TCP_PEER_CLOSED = 1 << 2, /* no more bytes will arrive; the owner finishes too */
  /* The connection is over, state CLOSED. */
  SIM_TCP_REFUSED = 1 << 3,
  SIM_TCP_RESET = 1 << 4,
  SIM_TCP_TIMED_OUT = 1 << 5
} SimTcpNews;

typedef struct
{
  SimTcpState state;
  guint16 local_port, peer_port;

  /* Sending.  `out` holds, from out_start on, the bytes from `unacknowledged` on. */
  GByteArray *out;
  guint out_start;
  guint32 unacknowledged; /* SND.UNA */
  guint32 next;           /* SND.NXT: set back on a retransmission */
  guint32 highest;        /* the highest that was ever sent */
  guint32 peer_window;
  gboolean finishing;  /* a FIN follows the last byte */
  gboolean resend;     /* the first unacknowledged segment is to go out again at once */
  gboolean probe;      /* one byte may be sent into a closed window */
  guint n_duplicates;  /* duplicate acknowledgments in a row */
  gboolean recovering; /* from a loss that duplicates told of, until `recover` is acknowledged */
  guint32 recover;     /* the highest that had been sent when the last loss was noticed */
  SimTcpPace pace;
  gboolean measuring; /* the round trip of `measured`, sent at measured_ns */
  guint32 measured;
  gint64 measured_ns;
  gint64 waiting_ns; /* since when the peer gave no sign of progress */
  guint n_timeouts;  /* in a row */

  /* Receiving. */
  GByteArray *in;   /* in order; the owner empties it */
  guint32 expected; /* RCV.NXT */
  guint unanswered; /* bytes that were not acknowledged yet */
  gboolean answer;  /* an acknowledgment is due now */
  SimTcpHoles holes;
  gint64 challenged_ns; /* when a segment out of place was last answered */

  gboolean reset; /* a reset is due, with this sequence number */
  guint32 reset_sequence;

  /* Deadlines; G_MAXINT64 when not set. */
  gint64 retransmit_ns, answer_ns, linger_ns;
} SimTcp;

/* The ports of a new connection, and its first sequence number (§3.4.1). */
typedef struct
{
  guint16 local_port, peer_port;
  guint32 sequence;
} SimTcpStart;

void sim_tcp_dial (SimTcp *tcp, const SimTcpStart *start);
/* Answers a SYN that came to a listening port. */
void sim_tcp_answer (SimTcp *tcp, const SimTcpStart *start, const NetTcp *syn);
void sim_tcp_clear (SimTcp *tcp);

/* Queues bytes; ends the stream behind them. */
void sim_tcp_send (SimTcp *tcp, const guint8 *bytes, gsize n);
void sim_tcp_finish (SimTcp *tcp);
/* Bytes that were never sent yet. */
gsize sim_tcp_unsent (const SimTcp *tcp);

/* A segment of this connection, or a deadline that came; SimTcpNews. */
guint sim_tcp_receive (SimTcp *tcp, const NetTcp *segment, const guint8 *bytes, guint n, gint64 now_ns);
guint sim_tcp_expire (SimTcp *tcp, gint64 now_ns);

/* The next segment that is due; `bytes` points into the connection and is good until the next call.  Acknowledgment
 * and window are filled in. */
typedef struct
{
  NetTcp header;
  const guint8 *bytes;
  guint n;
} SimTcpSegment;

gboolean sim_tcp_output (SimTcp *tcp, gint64 now_ns, SimTcpSegment *out);
/* The earliest time at which sim_tcp_expire() has something to do; G_MAXINT64 when never. */
gint64 sim_tcp_deadline (const SimTcp *tcp);

/* ---- for tcp.c and tcp-input.c ------------------------------------------------------------------------------- */

#define SIM_TCP_NEVER  G_MAXINT64
#define SIM_TCP_LINGER (60 * NET_SEC) /* in FIN_WAIT_2 and TIME_WAIT */

static inline gboolean
sim_tcp_before (guint32 a, guint32 b)
{
  return (gint32) (a - b) < 0;
}

static inline guint
sim_tcp_buffered (const SimTcp *tcp)
{
  return tcp->out->len - tcp->out_start;
}

static inline gboolean
sim_tcp_shaking_hands (const SimTcp *tcp)
{
  return tcp->state == SIM_TCP_SYN_SENT || tcp->state == SIM_TCP_SYN_RECEIVED;
}

/* RFC 9293 §3.7.1: 536 where the peer names none; a mean one is not taken at its word. */
static inline guint
sim_tcp_segment_size (const NetTcp *syn)
{
  return syn->maximum_segment ? CLAMP (syn->maximum_segment, 64u, SIM_TCP_SEGMENT) : 536u;
}

/* Sets the retransmission deadline anew, if there is something to wait for. */
void sim_tcp_rearm (SimTcp *tcp, gint64 now_ns);

/* ---- without a connection ------------------------------------------------------------------------------------ */

/* What answers a segment that belongs to no connection (§3.5.2); FALSE when nothing may. */
gboolean sim_tcp_reset_for (const NetTcp *segment, guint n, NetTcp *out);

G_END_DECLS

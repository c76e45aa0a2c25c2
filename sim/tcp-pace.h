/* When TCP sends again and how much at a time: the retransmission timeout (RFC 6298) and the congestion window
 * (RFC 5681).  Numbers only; knows neither segments nor timers.  Private to sim/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint segment;     /* maximum segment size, bytes */
  guint window;      /* congestion window, bytes */
  guint threshold;   /* slow start below it */
  gint64 smooth_ns;  /* smoothed round-trip time; 0 before the first measurement */
  gint64 varies_ns;  /* its mean deviation */
  gint64 timeout_ns; /* the retransmission timeout, back-off included */
} SimTcpPace;

void sim_tcp_pace_init (SimTcpPace *pace, guint segment);
/* A round trip of a segment that was sent once (Karn's rule is the caller's to keep). */
void sim_tcp_pace_measured (SimTcpPace *pace, gint64 round_trip_ns);
/* `bytes` were acknowledged for the first time. */
void sim_tcp_pace_acknowledged (SimTcpPace *pace, guint bytes);
/* The timeout fired, or three duplicate acknowledgments came, with this much on its way. */
void sim_tcp_pace_timed_out (SimTcpPace *pace, guint in_flight);
void sim_tcp_pace_lost (SimTcpPace *pace, guint in_flight);

G_END_DECLS

/* Retransmission timeout and congestion window. */
#include "sim/tcp-pace.h"

#include "net/world.h"

#define INITIAL_TIMEOUT  (1 * NET_SEC)
#define MINIMUM_TIMEOUT  (200 * NET_MSEC)
#define MAXIMUM_TIMEOUT  (60 * NET_SEC)
#define INITIAL_SEGMENTS 10 /* RFC 6928 */
#define LARGEST_WINDOW   (1u << 20)

void
sim_tcp_pace_init (SimTcpPace *pace, guint segment)
{
  *pace = (SimTcpPace){ .segment = segment,
                        .window = INITIAL_SEGMENTS * segment,
                        .threshold = LARGEST_WINDOW,
                        .timeout_ns = INITIAL_TIMEOUT };
}

/* The timeout without back-off. */
static gint64
base_timeout (const SimTcpPace *pace)
{
  if (pace->smooth_ns == 0)
    return INITIAL_TIMEOUT;
  return CLAMP (pace->smooth_ns + 4 * pace->varies_ns, MINIMUM_TIMEOUT, MAXIMUM_TIMEOUT);
}

/* RFC 6298 §2, with alpha 1/8, beta 1/4, K 4. */
void
sim_tcp_pace_measured (SimTcpPace *pace, gint64 round_trip_ns)
{
  if (pace->smooth_ns == 0)
    {
      pace->smooth_ns = MAX (round_trip_ns, 1);
      pace->varies_ns = round_trip_ns / 2;
    }
  else
    {
      pace->varies_ns += (ABS (pace->smooth_ns - round_trip_ns) - pace->varies_ns) / 4;
      pace->smooth_ns += (round_trip_ns - pace->smooth_ns) / 8;
    }
  pace->timeout_ns = base_timeout (pace);
}

/* RFC 5681 §3.1: a segment more for each one acknowledged, then one a window. */
void
sim_tcp_pace_acknowledged (SimTcpPace *pace, guint bytes)
{
  if (pace->window < pace->threshold)
    pace->window += MIN (bytes, pace->segment);
  else
    pace->window += MAX (pace->segment * pace->segment / pace->window, 1);
  pace->window = MIN (pace->window, LARGEST_WINDOW);
  pace->timeout_ns = base_timeout (pace); /* progress ends a back-off */
}

static guint
half (const SimTcpPace *pace, guint in_flight)
{
  return MAX (in_flight / 2, 2 * pace->segment);
}

void
sim_tcp_pace_timed_out (SimTcpPace *pace, guint in_flight)
{
  pace->threshold = half (pace, in_flight);
  pace->window = pace->segment;
  pace->timeout_ns = MIN (pace->timeout_ns * 2, MAXIMUM_TIMEOUT);
}

void
sim_tcp_pace_lost (SimTcpPace *pace, guint in_flight)
{
  pace->threshold = pace->window = half (pace, in_flight);
}

/* W3, the hold model: n events are pending, and each that fires puts itself in again after an exponentially
 * distributed time of 2^20 ticks in the mean, taken from a table. */
#pragma once

#include "bench.h"

#include <math.h>

#define HOLD_MEAN  1048576.0
#define HOLD_TABLE 65536u

static guint32 hold_increments[HOLD_TABLE];

static inline void
hold_fill (void)
{
  guint64 state = BENCH_SEED;

  for (guint i = 0; i < HOLD_TABLE; i++)
    {
      double uniform = ((double)(bench_random (&state) >> 11) + 0.5) / 9007199254740992.0;
      hold_increments[i] = 1 + (guint32)(-log (uniform) * HOLD_MEAN);
    }
}

/* Where in the table event i of the first n starts. */
static inline guint32
hold_first (guint32 i)
{
  return hold_increments[(i * 2654435761u) >> 16];
}

/* Firings before the clock starts. */
static inline guint64
hold_warm_up (guint64 n)
{
  return MAX (3 * n, 200000);
}

/* `check` sums (time ^ event): equal where the order was. */
static inline void
hold_print (const char *queue, guint64 n, guint64 n_ops, double cpu_s, double wall_s, guint64 check)
{
  g_print ("hold queue=%s n=%" G_GUINT64_FORMAT " ops=%" G_GUINT64_FORMAT
           " wall_s=%.4f cpu_s=%.4f ns_per_event=%.2f "
           "events_per_s=%.0f rss_kb=%ld check=%016" G_GINT64_MODIFIER "x\n",
           queue, n, n_ops, wall_s, cpu_s, cpu_s * 1e9 / (double)n_ops, (double)n_ops / cpu_s,
           bench_peak_kb (), check);
}

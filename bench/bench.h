/* What the benchmarks share: CPU and wall time, peak memory, random increments. */
#pragma once

#include <glib.h>
#include <sys/resource.h>
#include <time.h>

static inline double
bench_seconds (clockid_t which)
{
  struct timespec time;
  clock_gettime (which, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline double
bench_cpu_seconds (void)
{
  return bench_seconds (CLOCK_PROCESS_CPUTIME_ID);
}

static inline double
bench_wall_seconds (void)
{
  return bench_seconds (CLOCK_MONOTONIC);
}

static inline long
bench_peak_kb (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Marsaglia's xorshift64: cheap, and the same sequence in every program that starts from BENCH_SEED. */
#define BENCH_SEED G_GUINT64_CONSTANT (88172645463325252)

static inline guint64
bench_random (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static inline guint64
bench_argument (int argc, char **argv, int i, guint64 fallback)
{
  return i < argc ? g_ascii_strtoull (argv[i], NULL, 10) : fallback;
}

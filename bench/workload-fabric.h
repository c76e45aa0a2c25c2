/* W1, the fabric: a spine, leaves, and hosts under each leaf, all learning bridges; 10 Gbit/s and 1 µs a
 * link.  Each host says hello once to host 0 (host 0 to everybody), host after host, so that the bridges
 * learn; then sends frames of 256 bytes to its partner under the neighbour leaf, one each 20 µs. */
#pragma once

#include "bench.h"

#define FABRIC_INTERVAL_NS 20000
#define FABRIC_DELAY_NS    1000
#define FABRIC_RATE_BPS    G_GUINT64_CONSTANT (10000000000)
#define FABRIC_HELLO_NS    4000
#define FABRIC_LENGTH      256u

typedef struct
{
  guint32 n_leaves, n_hosts_a_leaf, n_frames; /* n_frames: of each host, without the hello */
  guint32 n_hosts;
} FabricSize;

static inline FabricSize
fabric_size (int argc, char **argv)
{
  FabricSize size = { .n_leaves = (guint32)bench_argument (argc, argv, 1, 8),
                      .n_hosts_a_leaf = (guint32)bench_argument (argc, argv, 2, 32),
                      .n_frames = (guint32)bench_argument (argc, argv, 3, 800) };

  size.n_hosts = size.n_leaves * size.n_hosts_a_leaf;
  if (size.n_leaves < 2 || size.n_leaves % 2 || size.n_hosts_a_leaf == 0 || size.n_hosts > 60000
      || !size.n_frames)
    g_error ("LEAVES is even, HOSTS a leaf and FRAMES at least 1, and there are at most 60000 hosts");
  return size;
}

/* 02:00:00:00:00:00 and the host's number, from 1. */
static inline guint64
fabric_mac (guint32 host)
{
  return G_GUINT64_CONSTANT (0x020000000000) + host + 1;
}

static inline guint32
fabric_partner (const FabricSize *size, guint32 host)
{
  return (host / size->n_hosts_a_leaf ^ 1u) * size->n_hosts_a_leaf + host % size->n_hosts_a_leaf;
}

/* When a host's hello goes out, and its first frame. */
static inline gint64
fabric_hello_ns (guint32 host)
{
  return (gint64)host * FABRIC_HELLO_NS;
}

static inline gint64
fabric_first_ns (const FabricSize *size, guint32 host)
{
  return (gint64)(size->n_hosts + 10) * FABRIC_HELLO_NS + (host * 2654435761u >> 8) % FABRIC_INTERVAL_NS;
}

typedef struct
{
  guint64 n_sent, n_delivered, n_hops, n_events;
  gint64 end_ns;
  double build_s, cpu_s, wall_s;
} FabricResult;

static inline void
fabric_print (const char *engine, const FabricSize *size, const FabricResult *result)
{
  g_print ("fabric engine=%s hosts=%u leaves=%u frames=%" G_GUINT64_FORMAT " delivered=%" G_GUINT64_FORMAT
           " hops=%" G_GUINT64_FORMAT " events=%" G_GUINT64_FORMAT
           " sim_us=%.1f build_s=%.4f wall_s=%.4f cpu_s=%.4f "
           "ns_per_hop=%.2f hops_per_s=%.0f rss_kb=%ld\n",
           engine, size->n_hosts, size->n_leaves, result->n_sent, result->n_delivered, result->n_hops,
           result->n_events, (double)result->end_ns / 1e3, result->build_s, result->wall_s, result->cpu_s,
           result->cpu_s * 1e9 / (double)result->n_hops, (double)result->n_hops / result->cpu_s,
           bench_peak_kb ());
}

/* A flow table's look-ups: nanoseconds by number of flows and of mask shapes, beside the least that such a search can
 * cost and beside a table without a classifier, in the same run.
 *
 * usage: bench-classifier [LOOKUPS] */
#include "bench.h"
#include "limit/classifier.h"

#include "models/ovs/classifier.h"

#include <stdio.h>

#define N_FRAMES        4096u
#define LINEAR_FRACTION 200u /* of the look-ups are made in the linear search, which takes that much longer */

typedef struct
{
  guint n_flows, n_masks;
  OpenflowMatch *matches;
  guint16 *priorities; /* all different: the answers can be compared */
  OpenflowFields *frames;
} Workload;

/* ---- the workload ------------------------------------------------------------------------------------------------ */

/* The network and the destination always; the source's address, port and so on by the bits of `shape`. */
static void
add_fields (OpenflowMatch *match, guint shape, guint64 *chance)
{
  static const OpenflowFieldId optional[]
      = { OPENFLOW_FIELD_ETH_SRC, OPENFLOW_FIELD_IN_PORT, OPENFLOW_FIELD_REG (1), OPENFLOW_FIELD_TUNNEL_ID,
          OPENFLOW_FIELD_REG (6) };

  openflow_match_init (match);
  openflow_match_set (match, OPENFLOW_FIELD_METADATA, bench_random (chance) % 64);
  openflow_match_set (match, OPENFLOW_FIELD_ETH_DST, bench_random (chance) & 0xffffffffffff);
  for (guint i = 0; i < G_N_ELEMENTS (optional); i++)
    if (shape >> i & 1)
      openflow_match_set (match, optional[i], bench_random (chance) & 0xffff);
}

static Workload
workload_new (guint n_flows, guint n_masks)
{
  Workload w = { .n_flows = n_flows, .n_masks = n_masks };
  guint64 chance = BENCH_SEED;

  w.matches = g_new0 (OpenflowMatch, n_flows);
  w.priorities = g_new (guint16, n_flows);
  w.frames = g_new0 (OpenflowFields, N_FRAMES);
  for (guint i = 0; i < n_flows; i++)
    {
      add_fields (&w.matches[i], i % n_masks, &chance);
      w.priorities[i] = (guint16) (1 + (i * 7919u) % 65521u);
    }
  for (guint i = 0; i < N_FRAMES; i++)
    w.frames[i] = w.matches[bench_random (&chance) % n_flows].value;
  return w;
}

static void
workload_clear (Workload *w)
{
  g_free (w->matches);
  g_free (w->priorities);
  g_free (w->frames);
}

/* ---- measuring --------------------------------------------------------------------------------------------------- */

typedef guint (*LookUp) (gconstpointer table, const OpenflowFields *fields);

static guint
look_up_ours (gconstpointer table, const OpenflowFields *fields)
{
  const OvsFlow *flow = ovs_classifier_lookup (table, fields);
  return flow ? flow->priority : 0;
}

static const guint16 *limit_priorities;

static guint
look_up_hash (gconstpointer table, const OpenflowFields *fields)
{
  gint found = limit_classifier_hash (table, fields);
  return found < 0 ? 0 : limit_priorities[found];
}

static guint
look_up_linear (gconstpointer table, const OpenflowFields *fields)
{
  gint found = limit_classifier_linear (table, fields);
  return found < 0 ? 0 : limit_priorities[found];
}

/* Nanoseconds a look-up; *sum is of the priorities found, the same whoever looks. */
static double
measure (LookUp look_up, gconstpointer table, const Workload *w, guint64 n, guint64 *sum)
{
  double begin = bench_cpu_seconds ();

  *sum = 0;
  for (guint64 i = 0; i < n; i++)
    *sum += look_up (table, &w->frames[i % N_FRAMES]);
  return (bench_cpu_seconds () - begin) * 1e9 / (double) n;
}

static gboolean
run (guint n_flows, guint n_masks, guint64 n)
{
  Workload w = workload_new (n_flows, n_masks);
  LimitClassifier *limit = limit_classifier_new (w.matches, w.priorities, n_flows);
  OvsClassifier classifier = { 0 };
  OvsFlow *flows = g_new0 (OvsFlow, n_flows);
  guint64 n_linear = MAX (n / LINEAR_FRACTION, N_FRAMES / 4), sums[4];
  double ours, hash, linear;

  limit_priorities = w.priorities;
  for (guint i = 0; i < n_flows; i++)
    {
      flows[i].match = w.matches[i];
      flows[i].priority = w.priorities[i];
      ovs_classifier_insert (&classifier, &flows[i]);
    }
  hash = measure (look_up_hash, limit, &w, n, &sums[0]);
  ours = measure (look_up_ours, &classifier, &w, n, &sums[1]);
  linear = measure (look_up_linear, limit, &w, n_linear, &sums[2]);
  measure (look_up_ours, &classifier, &w, n_linear, &sums[3]);
  printf ("classifier flows=%u masks=%u ns_per_lookup=%.1f limit_hash=%.1f ratio=%.2f linear=%.0f "
          "times_faster=%.0f%s\n",
          n_flows, n_masks, ours, hash, ours / hash, linear, linear / ours,
          sums[0] == sums[1] && sums[2] == sums[3] ? "" : "  BUT OTHER FLOWS WERE FOUND");
  ovs_classifier_clear (&classifier);
  g_free (flows);
  limit_classifier_free (limit);
  workload_clear (&w);
  return sums[0] == sums[1] && sums[2] == sums[3];
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 10, 100, 1000, 10000, 50000 }, masks[] = { 1, 4, 8, 32 };
  guint64 n = bench_argument (argc, argv, 1, 1000000);
  gboolean same = TRUE;

  for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      same = run (sizes[s], masks[m], n) && same;
  return same ? 0 : 1;
}

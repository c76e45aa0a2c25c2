/* W3 on the lab's clock.  usage: hold N OPS */
#include "sim/event.h"
#include "workload-hold.h"

static SimClock *clock_;
static guint32 next_increment;
static guint64 check, n_left;

static void
fire (gpointer target, gpointer payload, gint64 now_ns)
{
  guint64 i = GPOINTER_TO_SIZE (payload);

  check += (guint64)now_ns ^ i;
  sim_clock_add (clock_, now_ns + hold_increments[next_increment++ % HOLD_TABLE], i, fire, target, payload);
  if (--n_left == 0)
    sim_clock_stop (clock_);
}

static void
run (guint64 n)
{
  n_left = n;
  sim_clock_run (clock_, G_MAXINT64);
}

int
main (int argc, char **argv)
{
  guint64 n = bench_argument (argc, argv, 1, 100000), n_ops = bench_argument (argc, argv, 2, 5000000);
  double cpu_s, wall_s;

  hold_fill ();
  clock_ = sim_clock_new ();
  for (guint32 i = 0; i < n; i++)
    sim_clock_add (clock_, hold_first (i), i, fire, NULL, GSIZE_TO_POINTER (i));
  run (hold_warm_up (n));
  check = 0;
  cpu_s = bench_cpu_seconds ();
  wall_s = bench_wall_seconds ();
  run (n_ops);
  cpu_s = bench_cpu_seconds () - cpu_s;
  wall_s = bench_wall_seconds () - wall_s;
  hold_print ("vteplab", n, n_ops, cpu_s, wall_s, check);
  sim_clock_free (clock_);
  return 0;
}

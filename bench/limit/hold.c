/* W3 on the least wheel.  usage: limit-hold N OPS */
#include "wheel.h"
#include "workload-hold.h"

int
main (int argc, char **argv)
{
  guint64 n = bench_argument (argc, argv, 1, 100000), n_ops = bench_argument (argc, argv, 2, 5000000),
          check = 0;
  guint32 next_increment = 0;
  double cpu_s = 0, wall_s = 0;
  guint64 warm_up = hold_warm_up (n);
  Wheel *wheel = wheel_new ((guint32)n);

  hold_fill ();
  for (guint32 i = 0; i < n; i++)
    wheel_add (wheel, i, hold_first (i));
  for (guint64 i = 0; i < warm_up + n_ops; i++)
    {
      guint32 event;

      if (i == warm_up)
        {
          check = 0;
          cpu_s = bench_cpu_seconds ();
          wall_s = bench_wall_seconds ();
        }
      event = wheel_take (wheel);
      check += wheel->now ^ event;
      wheel_add (wheel, event, wheel->now + hold_increments[next_increment++ % HOLD_TABLE]);
    }
  cpu_s = bench_cpu_seconds () - cpu_s;
  wall_s = bench_wall_seconds () - wall_s;
  hold_print ("limit", n, n_ops, cpu_s, wall_s, check);
  free (wheel->nodes);
  free (wheel);
  return 0;
}

/* What each way to receive and to send frames costs, between the two ends of a veth pair.
 * usage: bench-frames SENDER-END RECEIVER-END LENGTH FRAMES
 *
 * One thread sends a burst and then receives it, so that no figure depends on who gets a processor when: the kernel
 * carries a frame over a veth pair, and into the receiver's ring, in the name of who sends it.  Each line has the CPU
 * time a frame of either part, frames a second of wall time for both, and what a lone frame waits. */
#include "bench.h"
#include "ways.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ALONE     101u
#define PATIENCE_MS 1000

const WayClass *const way_receivers[]
    = { &way_recvmmsg, &way_ring_v2, &way_ring_v3, &way_xdp_driver, &way_xdp_generic, NULL };
const WayClass *const way_senders[]
    = { &way_sendmmsg, &way_sendmmsg_bypass, &way_transmit_ring, &way_xdp_driver, &way_xdp_generic, NULL };

typedef struct
{
  const char *from, *to; /* interfaces */
  guint length;
  guint64 n;
  guint8 *frame;
} Task;

static Way *
open_way (const WayClass *klass, const char *interface, const char *what)
{
  Way *way = klass->open (interface);

  if (!way)
    printf ("%s %s not offered here: %s\n", what, klass->name, g_strerror (errno));
  else
    way->klass = klass;
  return way;
}

/* As /proc tells, which goes by the process's network namespace; /sys goes by who mounted it. */
static guint64
came_in (const char *interface)
{
  g_autofree char *text = NULL, *begin = g_strdup_printf (" %s:", interface);
  const char *line;

  if (!g_file_get_contents ("/proc/net/dev", &text, NULL, NULL))
    return 0;
  line = strstr (text, begin);
  line = line ? strchr (line, ':') + 1 : "";
  line += strspn (line, " ");
  return g_ascii_strtoull (line + strcspn (line, " "), NULL, 10); /* packets come after bytes */
}

/* FALSE: nothing more came. */
static gboolean
receive_all (Way *way, guint n)
{
  struct pollfd ready = { .fd = way->fd, .events = POLLIN };

  for (guint have = 0, some; have < n; have += some)
    {
      some = way->klass->receive (way);
      if (some == 0 && poll (&ready, 1, PATIENCE_MS) == 0)
        return FALSE;
    }
  return TRUE;
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Microseconds from the call that sends a lone frame until it has been received. */
static double
wait_alone (Way *sender, Way *receiver, const Task *task)
{
  double waits[N_ALONE];

  for (guint i = 0; i < N_ALONE; i++)
    {
      double begin = bench_wall_seconds ();
      sender->klass->send (sender, task->frame, task->length, 1);
      receive_all (receiver, 1);
      waits[i] = (bench_wall_seconds () - begin) * 1e6;
    }
  qsort (waits, N_ALONE, sizeof *waits, compare_doubles);
  return waits[N_ALONE / 2];
}

static void
measure_receiver (const WayClass *klass, const Task *task)
{
  Way *receiver = open_way (klass, task->to, "receive"), *sender = way_sendmmsg.open (task->from);
  double kernel_s = 0, process_s = 0, wall_s = -bench_wall_seconds ();
  guint64 n;

  if (!receiver)
    return;
  sender->klass = &way_sendmmsg;
  for (n = 0; n < task->n; n += WAY_BURST)
    {
      double begin = bench_cpu_seconds (), sent;
      sender->klass->send (sender, task->frame, task->length, WAY_BURST);
      sent = bench_cpu_seconds ();
      if (!receive_all (receiver, WAY_BURST))
        break;
      kernel_s += sent - begin;
      process_s += bench_cpu_seconds () - sent;
    }
  wall_s += bench_wall_seconds ();
  if (n < task->n)
    printf ("receive %s lost frames\n", klass->name);
  else
    printf ("receive %s frame=%u send_ns=%.0f receive_ns=%.0f frames_per_s=%.0f alone_us=%.1f\n", klass->name,
            task->length, kernel_s * 1e9 / (double) n, process_s * 1e9 / (double) n, (double) n / wall_s,
            wait_alone (sender, receiver, task));
  sender->klass->close (sender);
  klass->close (receiver);
}

/* Nobody receives: the kernel looks for a protocol, finds none, and lets the frame go. */
static void
measure_sender (const WayClass *klass, const Task *task)
{
  Way *sender = open_way (klass, task->from, "send");
  guint64 before = came_in (task->to), n = 0, taken = 1;
  double cpu_s = -bench_cpu_seconds (), wall_s = -bench_wall_seconds ();

  if (!sender)
    return;
  for (; n < task->n && taken > 0; n += taken)
    taken = klass->send (sender, task->frame, task->length, WAY_BURST);
  cpu_s += bench_cpu_seconds ();
  wall_s += bench_wall_seconds ();
  printf ("send %s frame=%u send_ns=%.0f frames_per_s=%.0f came_out=%.1f%%\n", klass->name, task->length,
          cpu_s * 1e9 / (double) n, (double) n / wall_s,
          100 * (double) (came_in (task->to) - before) / (double) n);
  klass->close (sender);
}

/* So that what the kernel defers runs where it is counted. */
static void
stay_on_one_cpu (void)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET ((gsize) sched_getcpu (), &set);
  sched_setaffinity (0, sizeof set, &set);
}

int
main (int argc, char **argv)
{
  Task task
      = { .length = (guint) bench_argument (argc, argv, 3, 60), .n = bench_argument (argc, argv, 4, 200000) };

  if (argc < 3 || task.length < 14 || task.length > 1514)
    {
      fprintf (stderr, "usage: bench-frames SENDER-END RECEIVER-END [LENGTH [FRAMES]]\n");
      return 2;
    }
  task.from = argv[1];
  task.to = argv[2];
  task.frame = g_malloc0 (task.length);
  memset (task.frame, 0xff, 6);
  task.frame[6] = 2;
  task.frame[12] = 0x88;
  task.frame[13] = 0xb5;
  stay_on_one_cpu ();
  for (guint i = 0; way_receivers[i]; i++)
    measure_receiver (way_receivers[i], &task);
  for (guint i = 0; way_senders[i]; i++)
    measure_sender (way_senders[i], &task);
  g_free (task.frame);
  return 0;
}

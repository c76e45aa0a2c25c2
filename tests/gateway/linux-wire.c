/* A wire between two interfaces, made of frame ports: what arrives at one leaves by the other, unchanged.  For tests
 * and measurements in network namespaces.
 * usage: linux-wire METHOD INTERFACE INTERFACE
 *
 * Prints "ready" when both are open, a line for each change of carrier, and the counters when SIGTERM ends it. */
#include "gateway/linux/ports.h"

#include <stdio.h>
#include <stdlib.h>

static guint numbers[2];
static const char *const methods[] = { "auto", "ring", "socket", "pcap" };

static void
received (LinuxWorld *world, guint port, NetFrame *frame, gpointer user)
{
  (void) user;
  net_world_send (linux_world_seam (world), numbers[port == numbers[0]], frame);
}

static void
carrier (LinuxWorld *world, guint port, gboolean up, gpointer user)
{
  LinuxPortFacts facts;

  (void) user;
  linux_world_port_facts (world, port, &facts);
  printf ("carrier %s %s\n", facts.interface, up ? "up" : "down");
  fflush (stdout);
}

static void
caught (LinuxWorld *world, int signal, gpointer user)
{
  (void) signal;
  (void) user;
  linux_world_quit (world);
}

static void
print_counters (LinuxWorld *world, guint port)
{
  LinuxPortFacts facts;
  LinuxPortCounters counters;

  linux_world_port_facts (world, port, &facts);
  linux_world_port_counters (world, port, &counters);
  printf ("counters %s received=%" G_GUINT64_FORMAT " sent=%" G_GUINT64_FORMAT " missed=%" G_GUINT64_FORMAT
          " not-sent=%" G_GUINT64_FORMAT " segmented=%" G_GUINT64_FORMAT " checksummed=%" G_GUINT64_FORMAT
          "\n",
          facts.interface, counters.received, counters.sent, counters.missed, counters.not_sent,
          counters.segmented, counters.checksummed);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, &error);
  LinuxPortConfig config = { .promiscuous = TRUE, .received = received, .carrier = carrier };

  if (argc != 4)
    {
      fprintf (stderr, "usage: linux-wire METHOD INTERFACE INTERFACE\n");
      return 2;
    }
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (argv[1], methods[i]))
      config.method = (LinuxPortMethod) i;
  if (!world || !linux_world_catch_signals (world, caught, NULL, &error)
      || !linux_world_open_port (world, argv[2], &config, &numbers[0], &error)
      || !linux_world_open_port (world, argv[3], &config, &numbers[1], &error))
    {
      fprintf (stderr, "linux-wire: %s\n", error->message);
      return 1;
    }
  printf ("ready\n");
  fflush (stdout);
  linux_world_run (world);
  print_counters (world, numbers[0]);
  print_counters (world, numbers[1]);
  for (guint reason = 1; reason < NET_DROP_N; reason++)
    if (linux_world_n_drops (world, reason))
      printf ("drops %s %" G_GUINT64_FORMAT "\n", net_drop_word (reason),
              linux_world_n_drops (world, reason));
  return 0;
}

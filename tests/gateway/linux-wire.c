/* A wire between two frame ports: what arrives at one leaves by the other, unchanged.  For tests and measurements in
 * network namespaces.
 * usage: linux-wire METHOD RING_BYTES PORT PORT
 * PORT is INTERFACE, or shared:IP:INTERFACE for an underlay port that shares the kernel's address, or udp:IP for the
 * kernel's UDP stack.
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

static gboolean
open_port (LinuxWorld *world, const char *text, LinuxPortConfig config, guint *number, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 3);
  guint n = g_strv_length (parts);

  if (n == 2 && g_str_equal (parts[0], "udp") && net_ipv4_from_text (parts[1], &config.tunnel_ip))
    return linux_world_open_tunnel_port (world, &config, number, error);
  if (n == 3 && g_str_equal (parts[0], "shared") && net_ipv4_from_text (parts[1], &config.tunnel_ip))
    {
      config.kind = LINUX_PORT_UNDERLAY_SHARED;
      config.promiscuous = FALSE;
      return linux_world_open_port (world, parts[2], &config, number, error);
    }
  return linux_world_open_port (world, text, &config, number, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, &error);
  LinuxPortConfig config = { .promiscuous = TRUE, .received = received, .carrier = carrier };

  if (argc != 5)
    {
      fprintf (stderr, "usage: linux-wire METHOD RING_BYTES PORT PORT\n");
      return 2;
    }
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (argv[1], methods[i]))
      config.method = (LinuxPortMethod) i;
  config.ring_bytes = (guint) atoi (argv[2]);
  if (!world || !linux_world_catch_signals (world, caught, NULL, &error)
      || !open_port (world, argv[3], config, &numbers[0], &error)
      || !open_port (world, argv[4], config, &numbers[1], &error))
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

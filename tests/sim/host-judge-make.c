/* Writes the trace of streams between two hosts to a file, for tshark to judge: a dial, 200 kB echoed over a clean
 * link, a refusal, orderly ends.  Usage: host-judge-make FILE */
#include "sim/host.h"
#include "sim/link.h"
#include "sim/pcapng.h"

#include <stdio.h>

#define N_BYTES 200000

static void
release (SimNode *node, guint port, NetFrame *frame)
{
  (void) node, (void) port;
  net_frame_unref (frame);
}

static void
free_node (SimNode *node)
{
  sim_node_clear (node);
  g_free (node);
}

static const SimNodeClass plain = { .kind = "plain", .receive = release, .free = free_node };

static SimNode *
new_host (SimNetwork *network, const char *name, guint8 last)
{
  SimNode *node = g_new0 (SimNode, 1);
  SimHostConfig config
      = { .mac = { { 2, 0, 0, 0, 0, last } }, .ip = 0xc0000200u | last, .prefix_length = 24 };

  sim_node_init (node, network, &plain, name);
  config.port = sim_node_add_port (node, "mgmt");
  sim_host_new (node, &config);
  return node;
}

static void
echo (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  (void) user;
  net_stream_send (stream, bytes, n);
}

static void
count (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  gsize *total = user;

  (void) bytes;
  *total += n;
  if (*total == N_BYTES)
    net_stream_close (stream);
}

static void
accept_echo (NetStream *stream, gpointer user)
{
  static const NetStreamEvents echoing = { .received = echo };
  net_stream_set_events (stream, &echoing, user);
}

static void
write_bytes (const guint8 *bytes, gsize n, gpointer user)
{
  fwrite (bytes, 1, n, user);
}

int
main (int argc, char **argv)
{
  static const NetStreamEvents counting = { .received = count };
  static guint8 data[N_BYTES];
  FILE *file = argc == 2 ? fopen (argv[1], "wb") : NULL;
  SimLinkConfig config = { .rate_bps = SIM_GBIT, .delay_ns = 50 * SIM_USEC };
  g_autoptr (SimTrace) trace = sim_trace_new ();
  SimPcapngWriter *writer;
  SimNetwork *network;
  SimNode *client, *server;
  gsize total = 0;

  if (!file)
    return 2;
  writer = sim_pcapng_writer_new (write_bytes, file);
  sim_trace_subscribe (trace, sim_pcapng_writer_hear, writer);
  sim_trace_emit (trace, &(SimTraceRecord){ .kind = SIM_TRACE_SECTION,
                                            .section = { .scenario = "host-judge", .version = "test" } });
  network = sim_network_new (1);
  sim_network_set_trace (network, trace);
  client = new_host (network, "client", 1);
  server = new_host (network, "server", 2);
  sim_link_new ((SimEnd){ client, 0 }, (SimEnd){ server, 0 }, (SimLinkConfig[2]){ config, config });
  net_world_listen (&server->world, "ptcp:6640", accept_echo, NULL, NULL);
  net_stream_send (net_world_connect (&client->world, "tcp:192.0.2.2:6640", &counting, &total, NULL), data,
                   N_BYTES);
  net_world_connect (&client->world, "tcp:192.0.2.2:1", NULL, NULL, NULL);
  sim_clock_run (sim_network_clock (network), 100 * SIM_SEC);
  sim_network_free (network);
  sim_pcapng_writer_free (writer);
  return fclose (file) == 0 && total == N_BYTES ? 0 : 1;
}

/* W1 on the lab: nodes, links and underlay switches as scenarios use them, nobody listening to the trace.
 * usage: fabric LEAVES HOSTS_A_LEAF FRAMES */
#include "models/underlay/switch.h"
#include "net/cursor.h"
#include "sim/link.h"
#include "workload-fabric.h"

#include <string.h>

typedef struct
{
  SimNode node; /* first */
  guint32 number;
  guint32 n_left; /* frames to send, the hello included */
} Host;

static FabricSize size;
static FabricResult result;

/* ---- hosts --------------------------------------------------------------------------------------------- */

static void
write_mac (guint8 *to, guint64 mac)
{
  net_put_be16 (to, (guint)(mac >> 32));
  net_put_be32 (to + 2, (guint32)mac);
}

static void
send_frame (gpointer target, gpointer payload, gint64 now_ns)
{
  Host *host = target;
  gboolean hello = host->n_left > size.n_frames;
  guint64 to = !hello              ? fabric_mac (fabric_partner (&size, host->number))
               : host->number == 0 ? G_GUINT64_CONSTANT (0xffffffffffff)
                                   : fabric_mac (0);
  NetFrame *frame = net_frame_new (host->node.world.frames, NET_FRAME_HEADROOM, FABRIC_LENGTH);
  guint8 *bytes = net_frame_data (frame);

  write_mac (bytes, to);
  write_mac (bytes + 6, fabric_mac (host->number));
  net_put_be16 (bytes + 12, 0x0800);
  bytes[14] = (guint8)hello;
  memset (bytes + 15, (int)host->number & 0xff, FABRIC_LENGTH - 15);
  net_put_be32 (bytes + 42, host->n_left);
  net_put_be64 (bytes + 46, (guint64)now_ns);
  result.n_sent += !hello;
  sim_node_send (&host->node, 0, frame);
  if (--host->n_left > 0)
    sim_node_schedule (&host->node,
                       hello ? fabric_first_ns (&size, host->number) : now_ns + FABRIC_INTERVAL_NS,
                       send_frame, payload);
}

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  const guint8 *bytes = net_frame_bytes (frame);
  guint64 to = (guint64)net_get_be16 (bytes) << 32 | net_get_be32 (bytes + 2);

  (void)port;
  result.n_delivered += to == fabric_mac (((Host *)node)->number) && bytes[14] == 0;
  net_frame_unref (frame);
}

static void
free_host (SimNode *node)
{
  sim_node_clear (node);
  g_free (node);
}

static const SimNodeClass host_class = { .kind = "host", .receive = receive, .free = free_host };

static Host *
host_new (SimNetwork *network, guint32 number)
{
  Host *host = g_new0 (Host, 1);
  g_autofree char *name = g_strdup_printf ("h%u", number);

  sim_node_init (&host->node, network, &host_class, name);
  sim_node_add_port (&host->node, "eth0");
  host->number = number;
  host->n_left = size.n_frames + 1;
  sim_node_schedule (&host->node, fabric_hello_ns (number), send_frame, NULL);
  return host;
}

/* ---- the fabric ---------------------------------------------------------------------------------------- */

static void
connect (SimNode *a, const char *a_port, SimNode *b, const char *b_port)
{
  static const SimLinkConfig config[2] = { { .rate_bps = FABRIC_RATE_BPS, .delay_ns = FABRIC_DELAY_NS },
                                           { .rate_bps = FABRIC_RATE_BPS, .delay_ns = FABRIC_DELAY_NS } };
  guint at = sim_node_find_port (a, a_port);

  sim_link_new ((SimEnd){ a, at != NET_PORT_NONE ? at : sim_node_add_port (a, a_port) },
                (SimEnd){ b, sim_node_add_port (b, b_port) }, config);
}

static SimNetwork *
build (void)
{
  SimNetwork *network = sim_network_new (1);
  SimNode *spine = underlay_switch_new (network, "spine", NULL);

  for (guint32 l = 0; l < size.n_leaves; l++)
    {
      g_autofree char *name = g_strdup_printf ("leaf%u", l);
      SimNode *leaf = underlay_switch_new (network, name, NULL);

      for (guint32 h = 0; h < size.n_hosts_a_leaf; h++)
        {
          Host *host = host_new (network, l * size.n_hosts_a_leaf + h);
          connect (&host->node, "eth0", leaf, host->node.name);
        }
      connect (leaf, "uplink", spine, name);
    }
  return network;
}

static void
count_hops (SimNetwork *network)
{
  for (guint i = 0; i < sim_network_n_nodes (network); i++)
    {
      SimNode *node = sim_network_node (network, i);
      for (guint p = 0; p < sim_node_n_ports (node); p++)
        result.n_hops
            += sim_link_counters (sim_node_port (node, p)->link, sim_node_port (node, p)->end)->frames;
    }
}

/* Until the last frame has certainly arrived; the switches' ageing comes much later. */
static gint64
last_ns (void)
{
  return fabric_first_ns (&size, 0) + (gint64)(size.n_frames + 2) * FABRIC_INTERVAL_NS + SIM_MSEC;
}

int
main (int argc, char **argv)
{
  double start_s = bench_wall_seconds ();
  SimNetwork *network;

  size = fabric_size (argc, argv);
  network = build ();
  result.wall_s = bench_wall_seconds ();
  result.build_s = result.wall_s - start_s;
  result.cpu_s = bench_cpu_seconds ();
  sim_clock_run (sim_network_clock (network), last_ns ());
  result.cpu_s = bench_cpu_seconds () - result.cpu_s;
  result.wall_s = bench_wall_seconds () - result.wall_s;
  result.n_events = sim_clock_fired (sim_network_clock (network));
  result.end_ns = sim_clock_now (sim_network_clock (network));
  count_hops (network);
  fabric_print ("vteplab", &size, &result);
  sim_network_free (network);
  return 0;
}

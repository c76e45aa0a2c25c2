/* W1 in as few instructions as an honest frame-hop can have: one event, 64 bytes of a frame read and written,
 * the source looked up and refreshed, the destination looked up, and the time at which the output is free.
 * Frames, ports and table entries are numbers in arrays; a flood copies. usage: limit-fabric LEAVES
 * HOSTS_A_LEAF FRAMES */
#include "wheel.h"
#include "workload-fabric.h"

#define NOWHERE G_MAXUINT32

/* A frame's first bytes, and where it is going; one cache line. */
typedef struct
{
  guint64 to, from;
  guint32 hello, number;
  guint32 port; /* at which it arrives */
  guint32 next_free;
  guint8 rest[32];
} Frame;

typedef struct
{
  guint64 busy;
  guint32 node, peer; /* the port at the other end */
  guint64 n_sent;
} Port;

typedef struct
{
  guint64 mac, seen;
  guint32 port;
} Entry;

/* Nodes: hosts, then leaves, then the spine. */
typedef struct
{
  guint32 first_port, n_ports;
  Entry *entries; /* NULL: a host */
  guint32 mask, shift;
} Node;

static FabricSize size;
static FabricResult result;
static Wheel *wheel;
static Frame *frames;
static Port *ports;
static Node *nodes;
static guint32 free_frame = NOWHERE, *n_left;
static guint64 n_busy; /* hosts that will send, and frames that are on their way */

static inline guint32
frame_take (void)
{
  guint32 f = free_frame;

  if (f == NOWHERE)
    g_error ("more frames are on their way than there is room for");
  free_frame = frames[f].next_free;
  n_busy++;
  return f;
}

static inline void
frame_drop (guint32 f)
{
  frames[f].next_free = free_frame;
  free_frame = f;
  n_busy--;
}

static inline Entry *
find (const Node *node, guint64 mac)
{
  guint32 i = (guint32)(mac * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> node->shift);

  while (node->entries[i].mac != mac && node->entries[i].mac != 0)
    i = (i + 1) & node->mask;
  return &node->entries[i];
}

static inline void
transmit (guint32 p, guint32 f)
{
  Port *port = &ports[p];

  port->busy = MAX (port->busy, wheel->now) + (FABRIC_LENGTH * 8 + 9) / 10; /* 10 bits a nanosecond */
  port->n_sent++;
  frames[f].port = port->peer;
  wheel_add (wheel, size.n_hosts + f, port->busy + FABRIC_DELAY_NS);
}

static inline void
bridge (const Node *node, guint32 in, guint32 f)
{
  Entry *entry = find (node, frames[f].from);

  *entry = (Entry){ .mac = frames[f].from, .seen = wheel->now, .port = in };
  entry = frames[f].to >> 40 & 1 ? NULL : find (node, frames[f].to);
  if (entry && entry->mac)
    {
      if (entry->port == in)
        frame_drop (f);
      else
        transmit (entry->port, f);
      return;
    }
  for (guint32 p = node->first_port; p < node->first_port + node->n_ports; p++)
    if (p != in)
      {
        guint32 copy = frame_take ();
        frames[copy] = frames[f];
        transmit (p, copy);
      }
  frame_drop (f);
}

static inline void
arrive (guint32 f)
{
  guint32 p = frames[f].port;
  const Node *node = &nodes[ports[p].node];

  result.n_hops++;
  if (node->entries)
    {
      bridge (node, p, f);
      return;
    }
  result.n_delivered += frames[f].to == fabric_mac (ports[p].node) && !frames[f].hello;
  frame_drop (f);
}

static inline void
send_frame (guint32 host)
{
  gboolean hello = n_left[host] > size.n_frames;
  guint32 f = frame_take ();

  frames[f].to = !hello      ? fabric_mac (fabric_partner (&size, host))
                 : host == 0 ? G_GUINT64_CONSTANT (0xffffffffffff)
                             : fabric_mac (0);
  frames[f].from = fabric_mac (host);
  frames[f].hello = (guint32)hello;
  frames[f].number = n_left[host];
  result.n_sent += !hello;
  transmit (host, f);
  if (--n_left[host] > 0)
    wheel_add (wheel, host, hello ? (guint64)fabric_first_ns (&size, host) : wheel->now + FABRIC_INTERVAL_NS);
  else
    n_busy--;
}

/* ---- building ------------------------------------------------------------------------------------------ */

static void
make_table (Node *node, guint32 n_macs)
{
  guint log2 = 4;

  while (1u << log2 < 2 * n_macs)
    log2++;
  node->mask = (1u << log2) - 1;
  node->shift = 64 - log2;
  node->entries = limit_alloc (sizeof (Entry) << log2);
}

static void
plug (guint32 a, guint32 b)
{
  ports[a].peer = b;
  ports[b].peer = a;
}

static guint32
add_node (guint32 n, guint32 first_port, guint32 n_ports)
{
  nodes[n] = (Node){ .first_port = first_port, .n_ports = n_ports };
  for (guint32 p = first_port; p < first_port + n_ports; p++)
    ports[p].node = n;
  return first_port + n_ports;
}

static void
build (void)
{
  guint32 n = size.n_hosts, l_ports = size.n_hosts_a_leaf + 1, n_frames = 40 * n + 65536, next = 0;
  guint32 spine_port = n + size.n_leaves * l_ports;

  nodes = limit_alloc ((n + size.n_leaves + 1) * sizeof *nodes);
  ports = limit_alloc ((spine_port + size.n_leaves) * sizeof *ports);
  frames = limit_alloc (n_frames * sizeof *frames);
  n_left = limit_alloc (n * sizeof *n_left);
  wheel = wheel_new (n + n_frames);
  for (guint32 host = 0; host < n; host++)
    next = add_node (host, next, 1);
  for (guint32 leaf = 0; leaf < size.n_leaves; leaf++)
    {
      guint32 first = next;

      next = add_node (n + leaf, first, l_ports);
      make_table (&nodes[n + leaf], leaf ? 4 * size.n_hosts_a_leaf : n + 16);
      for (guint32 h = 0; h < size.n_hosts_a_leaf; h++)
        plug (first + h, leaf * size.n_hosts_a_leaf + h);
      plug (next - 1, spine_port + leaf);
    }
  add_node (n + size.n_leaves, spine_port, size.n_leaves);
  make_table (&nodes[n + size.n_leaves], n);
  for (guint32 f = n_frames; f--;)
    {
      frames[f].next_free = free_frame;
      free_frame = f;
    }
  for (guint32 host = 0; host < n; host++)
    {
      n_left[host] = size.n_frames + 1;
      wheel_add (wheel, host, (guint64)fabric_hello_ns (host));
    }
  n_busy = n;
}

int
main (int argc, char **argv)
{
  double start_s = bench_wall_seconds ();

  size = fabric_size (argc, argv);
  build ();
  result.wall_s = bench_wall_seconds ();
  result.build_s = result.wall_s - start_s;
  result.cpu_s = bench_cpu_seconds ();
  while (n_busy > 0)
    {
      guint32 event = wheel_take (wheel);

      result.n_events++;
      if (event < size.n_hosts)
        send_frame (event);
      else
        arrive (event - size.n_hosts);
    }
  result.cpu_s = bench_cpu_seconds () - result.cpu_s;
  result.wall_s = bench_wall_seconds () - result.wall_s;
  result.end_ns = (gint64)wheel->now;
  fabric_print ("limit", &size, &result);
  return 0;
}

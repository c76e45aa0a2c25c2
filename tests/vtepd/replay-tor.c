/* The laboratory's TOR is given what a vtepd was given, and must answer the same:
 *
 *   replay-tor CAPTURE ROWS MAC ADDRESS/PREFIX UNDERLAY PORT…
 *
 * CAPTURE is what `vtepd ctl capture all` wrote; ROWS a file with the operations, as in RFC 7047 section 4.1.3, that
 * filled its database; MAC and ADDRESS those of its tunnel end, on the interface UNDERLAY; PORT… its access ports.
 * Frames go in when they went in there; those that come out of each port are compared byte by byte.  Speaks TAP. */
#include "models/tor/tor.h"
#include "ovsdb/database.h"
#include "sim/link.h"
#include "sim/pcapng.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* What passed a port of the recorded vtepd, or of the TOR. */
typedef struct
{
  gint64 at_ns;
  guint port; /* the TOR's number */
  GBytes *bytes;
} Frame;

typedef struct
{
  SimTrace *trace;
  SimNetwork *network;
  TorNode *tor;
  SimNode *outside;          /* its port N is plugged into the TOR's port N */
  GArray *in, *wanted, *got; /* of Frame */
  const char *const *names;  /* of the ports there, by the TOR's number */
  guint n_ports;
  GArray *by_interface; /* of guint: the port of the capture's interface, or NET_PORT_NONE */
} Replay;

static void
clear_frame (gpointer frame)
{
  g_bytes_unref (((Frame *) frame)->bytes);
}

static GArray *
frames_new (void)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_array_set_clear_func (frames, clear_frame);
  return frames;
}

static void
keep (GArray *frames, gint64 at_ns, guint port, const SimTracePacket *packet)
{
  Frame frame = { .at_ns = at_ns, .port = port, .bytes = g_bytes_new (packet->bytes, packet->captured) };
  g_array_append_val (frames, frame);
}

/* ---- the recorded side ------------------------------------------------------------------------------------------- */

static guint
port_named (const Replay *replay, const char *interface)
{
  const char *slash = strrchr (interface, '/');

  for (guint i = 0; i < replay->n_ports; i++)
    if (strcmp (slash ? slash + 1 : interface, replay->names[i]) == 0)
      return i;
  return NET_PORT_NONE;
}

static void
on_recorded (const SimTraceRecord *record, gpointer user)
{
  Replay *replay = user;
  guint port;

  if (record->kind == SIM_TRACE_INTERFACE)
    {
      port = port_named (replay, record->interface.name);
      g_array_append_val (replay->by_interface, port);
    }
  if (record->kind != SIM_TRACE_PACKET || record->packet.interface_id >= replay->by_interface->len)
    return;
  port = g_array_index (replay->by_interface, guint, record->packet.interface_id);
  if (port != NET_PORT_NONE)
    keep (record->packet.direction == SIM_TRACE_INBOUND ? replay->in : replay->wanted, record->time_ns, port,
          &record->packet);
}

static gboolean
read_capture (Replay *replay, const char *path, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize n;

  return g_file_get_contents (path, &bytes, &n, error)
         && sim_pcapng_read ((const guint8 *) bytes, n, on_recorded, replay, error);
}

/* ---- the laboratory's side --------------------------------------------------------------------------------------- */

static void
outside_receive (SimNode *node, guint port, NetFrame *frame)
{
  (void) node;
  (void) port;
  net_frame_unref (frame);
}

static void
outside_free (SimNode *node)
{
  sim_node_clear (node);
  g_free (node);
}

static const SimNodeClass outside_class
    = { .kind = "outside", .receive = outside_receive, .free = outside_free };

static void
on_replayed (const SimTraceRecord *record, gpointer user)
{
  Replay *replay = user;

  if (record->kind == SIM_TRACE_PACKET && record->packet.direction == SIM_TRACE_OUTBOUND
      && record->packet.drop == NET_DROP_NONE)
    for (guint i = 0; i < replay->n_ports; i++)
      if (sim_node_port (tor_node (replay->tor), i)->trace_interface == record->packet.interface_id)
        keep (replay->got, record->time_ns, i, &record->packet);
}

static gboolean
build (Replay *replay, const char *mac, const char *address)
{
  TorConfig config = { .ports = replay->names, .n_ports = replay->n_ports - 1, .listen = "" };

  if (!net_mac_from_text (mac, &config.uplink_mac)
      || !net_ipv4_prefix_from_text (address, &config.tunnel_ip, &config.prefix_length))
    return FALSE;
  replay->trace = sim_trace_new ();
  sim_trace_subscribe (replay->trace, on_replayed, replay);
  replay->network = sim_network_new (1);
  sim_network_set_trace (replay->network, replay->trace);
  replay->tor = tor_new (replay->network, "tor1", &config);
  replay->outside = g_new0 (SimNode, 1);
  sim_node_init (replay->outside, replay->network, &outside_class, "outside");
  for (guint i = 0; i < replay->n_ports; i++)
    {
      guint port = sim_node_add_port (replay->outside, replay->names[i]);
      sim_link_new ((SimEnd){ replay->outside, port }, (SimEnd){ tor_node (replay->tor), i },
                    (SimLinkConfig[2]){ { .rate_bps = 0 }, { .rate_bps = 0 } });
    }
  return TRUE;
}

static gboolean
write_rows (Replay *replay, const char *path, GError **error)
{
  json_error_t where;
  json_t *operations = json_load_file (path, 0, &where);

  if (operations)
    return ovsdb_database_execute (tor_database (replay->tor), operations, error);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%d: %s", path, where.line, where.text);
  return FALSE;
}

/* The first frame finds the rows at work: they were written long before it. */
static void
play (Replay *replay)
{
  SimClock *clock = sim_network_clock (replay->network);
  gint64 start_ns = replay->in->len ? g_array_index (replay->in, Frame, 0).at_ns : 0;

  for (guint i = 0; i < replay->in->len; i++)
    {
      const Frame *frame = &g_array_index (replay->in, Frame, i);
      gsize n;
      const guint8 *bytes = g_bytes_get_data (frame->bytes, &n);
      sim_clock_run (clock, NET_SEC + frame->at_ns - start_ns);
      sim_node_send (replay->outside, frame->port,
                     net_frame_new_from (sim_network_frames (replay->network), bytes, (guint) n));
    }
  sim_clock_run (clock, sim_clock_now (clock) + NET_MSEC);
}

/* ---- the comparison ---------------------------------------------------------------------------------------------- */

static GPtrArray *
of_port (const GArray *frames, guint port)
{
  GPtrArray *of = g_ptr_array_new ();

  for (guint i = 0; i < frames->len; i++)
    if (g_array_index (frames, Frame, i).port == port)
      g_ptr_array_add (of, g_array_index (frames, Frame, i).bytes);
  return of;
}

static void
print_frame (const char *who, const GPtrArray *frames, guint i)
{
  gsize n;
  const guint8 *bytes;

  printf ("# %s, frame %u:", who, i);
  if (i < frames->len)
    {
      bytes = g_bytes_get_data (g_ptr_array_index (frames, i), &n);
      for (gsize at = 0; at < n; at++)
        printf ("%s%02x", at % 16 ? "" : " ", bytes[at]);
    }
  puts (i < frames->len ? "" : " none");
}

static gboolean
compare (const Replay *replay, guint port)
{
  g_autoptr (GPtrArray) wanted = of_port (replay->wanted, port), got = of_port (replay->got, port);
  guint same = 0;

  while (same < wanted->len && same < got->len
         && g_bytes_equal (g_ptr_array_index (wanted, same), g_ptr_array_index (got, same)))
    same++;
  if (wanted->len > 0 && same == wanted->len && same == got->len)
    {
      printf ("ok %u - the TOR sends the %u frames by %s that vtepd sent\n", port + 1, same,
              replay->names[port]);
      return TRUE;
    }
  printf ("not ok %u - the TOR sends the frames by %s that vtepd sent: %u there, %u here, the first %u are "
          "equal\n",
          port + 1, replay->names[port], wanted->len, got->len, same);
  print_frame ("vtepd", wanted, same);
  print_frame ("the TOR", got, same);
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  Replay replay = { .in = frames_new (), .wanted = frames_new (), .got = frames_new () };
  gboolean good = TRUE;

  if (argc < 7)
    {
      fputs ("usage: replay-tor CAPTURE ROWS MAC ADDRESS/PREFIX UNDERLAY PORT…\n", stderr);
      return 2;
    }
  for (int i = 6; i < argc; i++)
    g_ptr_array_add (names, argv[i]);
  g_ptr_array_add (names, argv[5]); /* the TOR's uplink comes behind its access ports */
  replay.names = (const char *const *) names->pdata;
  replay.n_ports = names->len;
  replay.by_interface = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!build (&replay, argv[3], argv[4]))
    {
      printf ("Bail out! no MAC and address with a prefix: %s %s\n", argv[3], argv[4]);
      return 1;
    }
  if (!read_capture (&replay, argv[1], &error) || !write_rows (&replay, argv[2], &error))
    {
      printf ("Bail out! %s\n", error->message);
      return 1;
    }
  play (&replay);
  for (guint i = 0; i < replay.n_ports; i++)
    good &= compare (&replay, i);
  printf ("1..%u\n", replay.n_ports);
  sim_network_free (replay.network);
  sim_trace_free (replay.trace);
  g_array_unref (replay.in);
  g_array_unref (replay.wanted);
  g_array_unref (replay.got);
  g_array_unref (replay.by_interface);
  return good ? 0 : 1;
}

/* vteplab switch: an OpenFlow switch on real sockets, until it is told to stop.  Its ports have no cable: what leaves by
 * them is counted and dropped. */
#include "cli/commands.h"
#include "cli/serving.h"
#include "models/ovs/controller.h"

#define N_PORTS_DEFAULT 4
#define N_PORTS_MAX     1024
#define SESSIONS_MAX    256
#define PROBE_SECONDS   60 /* of those who dial us; a controller that we dial is asked as Open vSwitch does */
#define DATAPATH_ID     1

typedef struct
{
  char **listen, **snoop, **controllers;
  char *datapath_id;
  gint n_ports;
  gint probe_seconds;
} Options;

typedef struct
{
  OvsSwitch *sw;
  OvsSessions *sessions;
  GPtrArray *controllers; /* of OvsController */
  gint64 probe_ns;
} Server;

static gboolean
refuse (const char *sentence)
{
  g_printerr ("vteplab switch: %s\n", sentence);
  return FALSE;
}

/* ---- who talks to it --------------------------------------------------------------------------------------------- */

static void
accept_with (NetStream *stream, Server *server, OvsSession *(*begin) (OvsSessions *, NetStream *, gint64))
{
  if (ovs_sessions_n (server->sessions) < SESSIONS_MAX)
    begin (server->sessions, stream, server->probe_ns);
  else
    {
      net_world_log (ovs_switch_world (server->sw), NET_LOG_WARNING, "openflow", "%s: %u sessions are enough",
                     stream->peer, SESSIONS_MAX);
      net_stream_close (stream);
    }
}

static OvsSession *
begin_session (OvsSessions *sessions, NetStream *stream, gint64 probe_ns)
{
  return ovs_session_begin (sessions, stream, probe_ns, NULL, NULL);
}

static void
accept_session (NetStream *stream, gpointer user)
{
  accept_with (stream, user, begin_session);
}

static void
accept_snooper (NetStream *stream, gpointer user)
{
  accept_with (stream, user, ovs_session_begin_snooping);
}

static void
hear_controller (OvsController *controller, gboolean connected, const char *why, gpointer user)
{
  Server *server = user;
  NetWorld *world = ovs_switch_world (server->sw);

  if (connected)
    net_world_log (world, NET_LOG_INFO, "openflow", "%s: connected", ovs_controller_target (controller));
  else
    net_world_log (world, NET_LOG_WARNING, "openflow", "%s: %s", ovs_controller_target (controller), why);
}

static gboolean
listen_on (Server *server, char **targets, NetAcceptFunc accept)
{
  for (char **target = targets; target && *target; target++)
    {
      g_autoptr (GError) error = NULL;
      if (!net_world_listen (ovs_switch_world (server->sw), *target, accept, server, &error))
        return refuse (error->message);
    }
  return TRUE;
}

static gboolean
dial (Server *server, char **targets)
{
  const OvsControllerConfig config = { .probe_ns = OVS_PROBE_DEFAULT_NS };

  for (char **target = targets; target && *target; target++)
    {
      g_autoptr (GError) error = NULL;
      OvsController *controller = ovs_controller_new (server->sessions, ovs_switch_world (server->sw),
                                                      *target, &config, hear_controller, server, &error);
      if (!controller)
        return refuse (error->message);
      g_ptr_array_add (server->controllers, controller);
    }
  return TRUE;
}

/* ---- the switch -------------------------------------------------------------------------------------------------- */

static void
add_ports (OvsSwitch *sw, guint n_ports)
{
  for (guint i = 1; i <= n_ports; i++)
    {
      OvsPort port = { .number = i, .world_port = i, .link_up = TRUE, .mac = { { 0x02, 0, 0, 0 } } };
      g_snprintf (port.name, sizeof port.name, "p%u", i);
      net_put_be16 (port.mac.octet + 4, i);
      ovs_switch_add_port (sw, &port);
    }
}

static int
serve (LinuxWorld *world, const Options *options, guint64 datapath_id)
{
  const OvsSwitchConfig config = { .datapath_id = datapath_id };
  g_autoptr (OvsSwitch) sw = ovs_switch_new (linux_world_seam (world), &config);
  g_autoptr (OvsSessions) sessions = ovs_sessions_new (sw);
  g_autoptr (GPtrArray) controllers = g_ptr_array_new_with_free_func ((GDestroyNotify) ovs_controller_free);
  Server server = {
    .sw = sw, .sessions = sessions, .controllers = controllers, .probe_ns = options->probe_seconds * NET_SEC
  };

  add_ports (sw, (guint) options->n_ports);
  if (!listen_on (&server, options->listen, accept_session)
      || !listen_on (&server, options->snoop, accept_snooper) || !dial (&server, options->controllers))
    return CLI_MISTAKE;
  linux_world_run (world);
  return CLI_MET;
}

static int
run (const Options *options, guint64 datapath_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LinuxWorld) world = cli_serving_world (&error);

  if (!world)
    {
      refuse (error->message);
      return CLI_INTERNAL;
    }
  return serve (world, options, datapath_id);
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

static gboolean
check_options (const Options *options, int argc, char **argv)
{
  g_autofree char *sentence = NULL;

  if (argc > 1)
    sentence = g_strdup_printf ("'%s' is not understood; where to listen follows --listen", argv[1]);
  else if ((!options->listen || !*options->listen) && (!options->controllers || !*options->controllers))
    sentence = g_strdup ("say where to listen, as --listen=ptcp:6653:127.0.0.1, or whom to dial, as "
                         "--controller=tcp:127.0.0.1:6653");
  else if (options->n_ports < 0 || options->n_ports > N_PORTS_MAX)
    sentence = g_strdup_printf ("--ports=%d: a switch has 0 to %d of them", options->n_ports, N_PORTS_MAX);
  else if (options->probe_seconds < 0 || options->probe_seconds > G_MAXINT16)
    sentence
        = g_strdup_printf ("--probe=%d: seconds are 0, for never, to %d", options->probe_seconds, G_MAXINT16);
  return !sentence || refuse (sentence);
}

static gboolean
read_datapath_id (const char *text, guint64 *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  *id = DATAPATH_ID;
  if (!text || g_ascii_string_to_unsigned (text, 16, 1, G_MAXUINT64, id, &error))
    return TRUE;
  sentence = g_strdup_printf ("--datapath-id=%s: it has 1 to 16 hexadecimal digits that are not all 0", text);
  return refuse (sentence);
}

int
cli_switch (int argc, char **argv)
{
  static Options options = { .n_ports = N_PORTS_DEFAULT, .probe_seconds = PROBE_SECONDS };
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &options.listen,
      "Serve OpenFlow on ptcp:PORT[:IP] or punix:PATH; repeatable", "REMOTE" },
    { "controller", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &options.controllers,
      "Dial tcp:IP:PORT or unix:PATH, and again when it ends; repeatable", "REMOTE" },
    { "snoop", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.snoop,
      "Show every session's messages to 'ovs-ofctl snoop' here; repeatable", "REMOTE" },
    { "ports", 'p', 0, G_OPTION_ARG_INT, &options.n_ports, "How many ports: 1 … N, named p1 … (4)", "N" },
    { "datapath-id", 0, 0, G_OPTION_ARG_STRING, &options.datapath_id, "The switch's number (1)", "HEX" },
    { "probe", 0, 0, G_OPTION_ARG_INT, &options.probe_seconds,
      "Silence after which a client is asked, and again until it is cut off; 0: never (60)", "SECONDS" },
    { NULL }
  };
  guint64 datapath_id;

  if (!cli_parse_options (entries, NULL,
                          "Serves an OpenFlow 1.3 switch with Open vSwitch's semantics until SIGTERM.", &argc,
                          &argv)
      || !check_options (&options, argc, argv) || !read_datapath_id (options.datapath_id, &datapath_id))
    return CLI_MISTAKE;
  return run (&options, datapath_id);
}

/* A bridge is a switch of models/ovs in a world of its own, which knows the patch ports; everything else it passes
 * on to the node's.  What crosses a patch waits until the bridge that sent it is done with its packet. */
#include "models/emulator/bridges.h"

#include "openflow/text.h"

#define PATCH_FIRST 0x10000u /* world port numbers from here on are patch ports' */

struct _EmulatorBridge
{
  NetWorld world; /* first */
  EmulatorBridges *bridges;
  char *name;
  OvsSwitch *sw;
  guint32 last_number;
};

/* An end of a patch cable. */
typedef struct
{
  EmulatorBridge *bridge; /* NULL: gone */
  guint32 number;
  guint peer; /* index */
} End;

typedef struct
{
  guint end; /* where it comes in */
  NetFrame *frame;
} Crossing;

struct _EmulatorBridges
{
  EmulatorBridgesConfig config;
  GPtrArray *bridges; /* of EmulatorBridge */
  GArray *ends;       /* of End; never shrinks before everything is cleared */
  GQueue *crossings;  /* of Crossing */
  gboolean busy;      /* somewhere below in the stack they are worked off */
};

/* ---- a bridge's world ---------------------------------------------------------------------------------------- */

static NetWorld *
outer (NetWorld *world)
{
  return ((EmulatorBridge *) world)->bridges->config.world;
}

static gint64
now (NetWorld *world)
{
  return net_world_now (outer (world));
}

static void
timer_set (NetWorld *world, NetTimer *timer, gint64 at_ns)
{
  net_world_timer_set (outer (world), timer, at_ns);
}

static void
timer_cancel (NetWorld *world, NetTimer *timer)
{
  net_world_timer_cancel (outer (world), timer);
}

static void
draw (NetWorld *world, gpointer bytes, gsize n)
{
  net_world_random (outer (world), bytes, n);
}

static void
cross (EmulatorBridges *bridges, guint end, NetFrame *frame)
{
  Crossing *crossing = g_new (Crossing, 1);

  *crossing = (Crossing){ .end = end, .frame = frame };
  g_queue_push_tail (bridges->crossings, crossing);
}

static void
send (NetWorld *world, guint port, NetFrame *frame)
{
  EmulatorBridges *bridges = ((EmulatorBridge *) world)->bridges;

  if (port < PATCH_FIRST)
    net_world_send (bridges->config.world, port, frame);
  else
    cross (bridges, g_array_index (bridges->ends, End, port - PATCH_FIRST).peer, frame);
}

static void
tell_log (NetWorld *world, NetLogLevel level, const char *module, const char *message)
{
  net_world_log (outer (world), level, module, "%s: %s", ((EmulatorBridge *) world)->name, message);
}

static void
tell_drop (NetWorld *world, const NetDrop *drop)
{
  NetDrop named = *drop;
  g_autofree char *table = NULL;

  if (world->detail)
    named.table = table = g_strdup_printf ("%s %s", ((EmulatorBridge *) world)->name, drop->table);
  if (drop->port >= PATCH_FIRST)
    named.port = NET_PORT_NONE;
  net_world_drop (outer (world), &named);
}

static void
tell_state (NetWorld *world, const NetState *state)
{
  NetState named = *state;
  g_autofree char *key = g_strdup_printf ("%s %s", ((EmulatorBridge *) world)->name, state->key);

  named.key = key;
  net_world_state (outer (world), &named);
}

/* A bridge without controllers needs no streams and no storage. */
static const NetWorldClass bridge_world = { .now = now,
                                            .timer_set = timer_set,
                                            .timer_cancel = timer_cancel,
                                            .random = draw,
                                            .send = send,
                                            .log = tell_log,
                                            .drop = tell_drop,
                                            .state = tell_state };

/* ---- bridges ------------------------------------------------------------------------------------------------- */

static void
bridge_free (gpointer data)
{
  EmulatorBridge *bridge = data;

  ovs_switch_free (bridge->sw);
  g_free (bridge->name);
  g_free (bridge);
}

EmulatorBridges *
emulator_bridges_new (const EmulatorBridgesConfig *config)
{
  EmulatorBridges *bridges = g_new0 (EmulatorBridges, 1);

  bridges->config = *config;
  bridges->bridges = g_ptr_array_new_with_free_func (bridge_free);
  bridges->ends = g_array_new (FALSE, TRUE, sizeof (End));
  bridges->crossings = g_queue_new ();
  return bridges;
}

void
emulator_bridges_clear (EmulatorBridges *bridges)
{
  while (bridges->bridges->len)
    emulator_bridge_remove (bridges->bridges->pdata[bridges->bridges->len - 1]);
  g_array_set_size (bridges->ends, 0);
}

void
emulator_bridges_free (EmulatorBridges *bridges)
{
  if (!bridges)
    return;
  g_ptr_array_unref (bridges->bridges);
  g_array_unref (bridges->ends);
  g_assert (g_queue_is_empty (bridges->crossings));
  g_queue_free (bridges->crossings);
  g_free (bridges);
}

EmulatorBridge *
emulator_bridge_add (EmulatorBridges *bridges, const char *name)
{
  EmulatorBridge *bridge = g_new0 (EmulatorBridge, 1);
  NetWorld *world = bridges->config.world;

  bridge->world = (NetWorld){ .klass = &bridge_world, .frames = world->frames, .detail = world->detail };
  bridge->bridges = bridges;
  bridge->name = g_strdup (name);
  bridge->sw
      = ovs_switch_new (&bridge->world, &(OvsSwitchConfig){ .underlay = bridges->config.underlay,
                                                            .underlay_port = bridges->config.underlay_port,
                                                            .underlay_mtu = bridges->config.underlay_mtu });
  g_ptr_array_add (bridges->bridges, bridge);
  return bridge;
}

static void
delete_in_table (EmulatorBridge *bridge, OpenflowFlowCommand command, guint8 table, guint16 priority,
                 const char *match)
{
  g_auto (OpenflowFlowMod) mod;
  g_autoptr (GError) error = NULL;

  openflow_flow_mod_init (&mod, command, table, priority);
  if (!openflow_match_parse (match, &mod.match, &error) || !ovs_switch_flow_mod (bridge->sw, &mod, &error))
    g_error ("'%s': %s", match, error->message);
}

/* Flows and ports are told to go, so that the trace has an end for each. */
void
emulator_bridge_remove (EmulatorBridge *bridge)
{
  const OvsPorts *ports = ovs_switch_ports (bridge->sw);

  delete_in_table (bridge, OPENFLOW_FLOW_DELETE, OPENFLOW_TABLE_ALL, 0, "");
  while (ovs_ports_n (ports))
    emulator_bridge_remove_port (bridge, ovs_ports_at (ports, 0)->number);
  g_ptr_array_remove (bridge->bridges->bridges, bridge);
}

const OvsTables *
emulator_bridge_tables (const EmulatorBridge *bridge)
{
  return ovs_switch_tables (bridge->sw);
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

static guint32
add_port (EmulatorBridge *bridge, const char *name, OvsPort port)
{
  port.number = ++bridge->last_number;
  port.link_up = TRUE;
  g_strlcpy (port.name, name, sizeof port.name);
  ovs_switch_add_port (bridge->sw, &port);
  return port.number;
}

guint32
emulator_bridge_add_device (EmulatorBridge *bridge, const char *name, guint world_port)
{
  return add_port (bridge, name, (OvsPort){ .kind = OVS_PORT_PLAIN, .world_port = world_port });
}

static EmulatorBridge *
find_tunnel (EmulatorBridges *bridges, NetIpv4 remote, guint32 key)
{
  for (guint i = 0; i < bridges->bridges->len; i++)
    {
      EmulatorBridge *bridge = bridges->bridges->pdata[i];
      if (ovs_ports_find_tunnel (ovs_switch_ports (bridge->sw), remote, key))
        return bridge;
    }
  return NULL;
}

guint32
emulator_bridge_add_tunnel (EmulatorBridge *bridge, const char *name, NetIpv4 remote, guint32 key)
{
  if (find_tunnel (bridge->bridges, remote, key))
    return 0;
  return add_port (bridge, name,
                   (OvsPort){ .kind = OVS_PORT_VXLAN, .tunnel = { .remote = remote, .key = key } });
}

static void
add_end (EmulatorPatch *patch, guint index, guint peer)
{
  EmulatorBridges *bridges = patch->bridge->bridges;

  patch->number = emulator_bridge_add_device (patch->bridge, patch->name, PATCH_FIRST + index);
  g_array_index (bridges->ends, End, index)
      = (End){ .bridge = patch->bridge, .number = patch->number, .peer = peer };
}

void
emulator_bridges_patch (EmulatorPatch *a, EmulatorPatch *b)
{
  GArray *ends = a->bridge->bridges->ends;
  guint first = ends->len;

  g_array_set_size (ends, first + 2);
  add_end (a, first, first + 1);
  add_end (b, first + 1, first);
}

void
emulator_bridge_remove_port (EmulatorBridge *bridge, guint32 number)
{
  const OvsPort *port = ovs_ports_find (ovs_switch_ports (bridge->sw), number);

  if (port && port->kind == OVS_PORT_PLAIN && port->world_port >= PATCH_FIRST)
    g_array_index (bridge->bridges->ends, End, port->world_port - PATCH_FIRST).bridge = NULL;
  ovs_switch_remove_port (bridge->sw, number);
}

/* ---- flows --------------------------------------------------------------------------------------------------- */

void
emulator_bridge_add_flow (EmulatorBridge *bridge, const char *format, ...)
{
  g_auto (OpenflowFlowMod) mod;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  openflow_flow_mod_init (&mod, OPENFLOW_FLOW_ADD, 0, 0);
  if (!openflow_flow_parse (text, &mod, &error))
    g_error ("'%s': %s", text, error->message);
  if (!ovs_switch_flow_mod (bridge->sw, &mod, &error)) /* the table is full */
    net_world_log (&bridge->world, NET_LOG_WARNING, "emulator", "'%s' is refused: %s", text, error->message);
}

void
emulator_bridge_delete_flows (EmulatorBridge *bridge, guint8 table, const char *format, ...)
{
  g_autofree char *match = NULL;
  va_list arguments;

  va_start (arguments, format);
  match = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  delete_in_table (bridge, OPENFLOW_FLOW_DELETE, table, 0, match);
}

void
emulator_bridge_delete_flow_strict (EmulatorBridge *bridge, guint8 table, guint16 priority,
                                    const char *format, ...)
{
  g_autofree char *match = NULL;
  va_list arguments;

  va_start (arguments, format);
  match = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  delete_in_table (bridge, OPENFLOW_FLOW_DELETE_STRICT, table, priority, match);
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void
drop (EmulatorBridges *bridges, guint port, NetFrame *frame, NetDropReason reason, const char *table)
{
  net_world_drop (bridges->config.world,
                  &(NetDrop){ .frame = frame, .port = port, .reason = reason, .table = table });
  net_frame_unref (frame);
}

/* Patches lead from the switch's own bridge to logical switches' and back, and nothing comes back by the patch that it
 * went by: a frame crosses two of them at most. */
static void
work_off (EmulatorBridges *bridges)
{
  Crossing *crossing;

  if (bridges->busy)
    return;
  bridges->busy = TRUE;
  while ((crossing = g_queue_pop_head (bridges->crossings)))
    {
      const End *end = &g_array_index (bridges->ends, End, crossing->end);
      if (end->bridge)
        ovs_switch_receive (end->bridge->sw, PATCH_FIRST + crossing->end, crossing->frame);
      else
        drop (bridges, NET_PORT_NONE, crossing->frame, NET_DROP_PORT_GONE, "patch");
      g_free (crossing);
    }
  bridges->busy = FALSE;
}

static EmulatorBridge *
find_device (EmulatorBridges *bridges, guint world_port)
{
  for (guint i = 0; i < bridges->bridges->len; i++)
    {
      EmulatorBridge *bridge = bridges->bridges->pdata[i];
      if (ovs_ports_find_world (ovs_switch_ports (bridge->sw), world_port))
        return bridge;
    }
  return NULL;
}

void
emulator_bridges_receive (EmulatorBridges *bridges, guint world_port, NetFrame *frame)
{
  EmulatorBridge *bridge = find_device (bridges, world_port);

  if (!bridge)
    {
      drop (bridges, world_port, frame, NET_DROP_NOT_FOR_US, "bridges");
      return;
    }
  ovs_switch_receive (bridge->sw, world_port, frame);
  work_off (bridges);
}

void
emulator_bridges_receive_tunnel (EmulatorBridges *bridges, NetFrame *frame, const VtepArrival *arrival)
{
  EmulatorBridge *bridge = find_tunnel (bridges, arrival->outer.source_ip, arrival->outer.vni);

  if (!bridge)
    {
      drop (bridges, bridges->config.underlay_port, frame, NET_DROP_TUNNEL_SOURCE_UNKNOWN, "tunnels");
      return;
    }
  ovs_switch_receive_tunnel (bridge->sw, frame, arrival);
  work_off (bridges);
}

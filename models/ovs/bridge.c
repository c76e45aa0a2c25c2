/* br-int follows its rows. */
#include "models/ovs/bridge.h"

#include "models/ovs/interface.h"
#include "models/ovs/rows.h"
#include "ovsdb/build.h"

#include <jansson.h>

/* A Controller row and the connection that it asks for. */
typedef struct
{
  OvsBridge *bridge;
  OvsdbUuid uuid;
  OvsController *controller;
  gboolean wanted; /* while the rows are walked */
} Wanted;

struct _OvsBridge
{
  OvsBridgeConfig config;
  gboolean started;
  guint32 last_ofport;
  GPtrArray *controllers; /* of Wanted */
  NetTimer look;
};

static void
look_later (OvsBridge *bridge)
{
  NetWorld *world = bridge->config.world;

  if (!bridge->look.pending)
    net_world_timer_set (world, &bridge->look, net_world_now (world) + OVS_BRIDGE_LAG_NS);
}

static const OvsdbRow *
bridge_row (const OvsBridge *bridge)
{
  return ovsdb_table_find_text (ovsdb_database_table (bridge->config.db, "Bridge"), "name", OVS_BRIDGE);
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

/* The Interface rows of br-int, in the order of its ports. */
static GPtrArray *
interface_rows (const OvsdbRow *bridge)
{
  GPtrArray *rows = g_ptr_array_new ();
  guint n_ports = bridge ? ovsdb_row_get (bridge, "ports")->n : 0;

  for (guint i = 0; i < n_ports; i++)
    {
      const OvsdbRow *port = ovsdb_row_ref_at (bridge, "ports", i);
      guint n = port ? ovsdb_row_get (port, "interfaces")->n : 0;
      for (guint k = 0; k < n; k++)
        {
          const OvsdbRow *row = ovsdb_row_ref_at (port, "interfaces", k);
          if (row)
            g_ptr_array_add (rows, (gpointer) row);
        }
    }
  return rows;
}

/* Requested where it is free, else the next number after the one given out last. */
static guint32
choose_number (OvsBridge *bridge, const OvsInterface *interface)
{
  const OvsPorts *ports = ovs_switch_ports (bridge->config.sw);

  if (interface->port.kind == OVS_PORT_LOCAL)
    return OPENFLOW_PORT_LOCAL;
  if (interface->requested && interface->requested < 0xff00 && !ovs_ports_find (ports, interface->requested))
    return interface->requested;
  do
    bridge->last_ofport = bridge->last_ofport % 0xfeff + 1;
  while (ovs_ports_find (ports, bridge->last_ofport));
  return bridge->last_ofport;
}

/* The device's own address for taps; for tunnels one of the bridge's, told apart by the port number. */
static void
give_mac (OvsBridge *bridge, OvsPort *port)
{
  if (port->kind != OVS_PORT_VXLAN)
    return;
  port->mac = bridge->config.mac;
  port->mac.octet[0] = 0x0a;
  net_put_be16 (port->mac.octet + 1, (guint) port->number);
}

static gboolean
same_port (const OvsPort *port, const OvsPort *wanted)
{
  return port->kind == wanted->kind && port->world_port == wanted->world_port
         && port->tunnel.remote == wanted->tunnel.remote && port->tunnel.key_flow == wanted->tunnel.key_flow
         && port->tunnel.key == wanted->tunnel.key;
}

/* Makes the switch's port what the row wants; NULL when it cannot be had. */
static const OvsPort *
follow_interface (OvsBridge *bridge, OvsInterface *interface)
{
  OvsSwitch *sw = bridge->config.sw;
  const OvsPort *port = ovs_ports_find_name (ovs_switch_ports (sw), interface->port.name);

  if (port && (interface->error || !same_port (port, &interface->port)))
    {
      ovs_switch_remove_port (sw, port->number);
      port = NULL;
    }
  if (interface->error)
    return NULL;
  if (port)
    {
      ovs_switch_set_link (sw, port->number, interface->port.link_up);
      return port;
    }
  interface->port.number = choose_number (bridge, interface);
  give_mac (bridge, &interface->port);
  ovs_switch_add_port (sw, &interface->port);
  return ovs_ports_find_name (ovs_switch_ports (sw), interface->port.name);
}

/* The row whose port has this name: a switch's names are shorter than a database's, and of rows that differ behind that only
 * the first one has the port. */
static const OvsdbRow *
find_named (const GPtrArray *rows, const char *name)
{
  for (guint i = 0; i < rows->len; i++)
    if (strncmp (ovsdb_row_text (rows->pdata[i], "name"), name, OPENFLOW_PORT_NAME - 1) == 0)
      return rows->pdata[i];
  return NULL;
}

static void
read_interface (const OvsBridge *bridge, const GPtrArray *rows, guint i, OvsInterface *out)
{
  ovs_interface_read (&bridge->config, rows->pdata[i], out);
  if (find_named (rows, out->port.name) == rows->pdata[i])
    return;
  g_free (out->error);
  out->error
      = g_strdup_printf ("another port's name begins as %s does", ovsdb_row_text (rows->pdata[i], "name"));
  out->is_shadowed = TRUE;
}

static void
follow_ports (OvsBridge *bridge, const OvsdbRow *row, json_t *operations)
{
  g_autoptr (GPtrArray) rows = interface_rows (row);
  OvsPorts *ports = ovs_switch_ports (bridge->config.sw);

  for (guint i = ovs_ports_n (ports); i-- > 0;)
    if (!find_named (rows, ovs_ports_at (ports, i)->name))
      ovs_switch_remove_port (bridge->config.sw, ovs_ports_at (ports, i)->number);
  for (guint i = 0; i < rows->len; i++)
    {
      g_auto (OvsInterface) interface = { 0 };
      const OvsPort *port;
      const OvsBfdStatus *bfd = NULL;
      json_t *status;

      read_interface (bridge, rows, i, &interface);
      port = interface.is_shadowed ? NULL : follow_interface (bridge, &interface);
      if (port)
        {
          ovs_switch_set_bfd (bridge->config.sw, port->number, interface.has_bfd ? &interface.bfd : NULL);
          bfd = ovs_switch_bfd_status (bridge->config.sw, port->number);
        }
      status = ovs_interface_status (rows->pdata[i], port, bfd, interface.error);
      if (status)
        json_array_append_new (operations, status);
    }
}

/* ---- controllers --------------------------------------------------------------------------------------------- */

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;
  ovs_controller_free (wanted->controller);
  g_free (wanted);
}

static void
hear_controller (OvsController *controller, gboolean connected, const char *why, gpointer user)
{
  Wanted *wanted = user;
  NetWorld *world = wanted->bridge->config.world;

  if (connected)
    net_world_log (world, NET_LOG_INFO, "ovs", "%s: connected", ovs_controller_target (controller));
  else
    net_world_log (world, NET_LOG_WARNING, "ovs", "%s: %s", ovs_controller_target (controller), why);
  look_later (wanted->bridge);
}

static Wanted *
find_wanted (const OvsBridge *bridge, const OvsdbRow *row)
{
  for (guint i = 0; i < bridge->controllers->len; i++)
    {
      Wanted *wanted = bridge->controllers->pdata[i];
      if (ovsdb_uuid_equal (&wanted->uuid, ovsdb_row_uuid (row))
          && strcmp (ovs_controller_target (wanted->controller), ovsdb_row_text (row, "target")) == 0)
        return wanted;
    }
  return NULL;
}

static Wanted *
dial_row (OvsBridge *bridge, const OvsdbRow *row)
{
  gint64 probe_ms = ovsdb_row_integer (row, "inactivity_probe", OVS_PROBE_DEFAULT_NS / NET_MSEC);
  gint64 backoff_ms = ovsdb_row_integer (row, "max_backoff", 0);
  const OvsControllerConfig config = { .probe_ns = CLAMP (probe_ms, 0, G_MAXINT32) * NET_MSEC,
                                       .max_backoff_ns = CLAMP (backoff_ms, 0, G_MAXINT32) * NET_MSEC };
  g_autofree Wanted *wanted = g_new0 (Wanted, 1);
  g_autoptr (GError) error = NULL;

  wanted->bridge = bridge;
  wanted->uuid = *ovsdb_row_uuid (row);
  wanted->controller
      = ovs_controller_new (bridge->config.sessions, bridge->config.world, ovsdb_row_text (row, "target"),
                            &config, hear_controller, wanted, &error);
  if (!wanted->controller)
    {
      net_world_log (bridge->config.world, NET_LOG_WARNING, "ovs", "Controller: %s", error->message);
      return NULL;
    }
  g_ptr_array_add (bridge->controllers, wanted);
  return g_steal_pointer (&wanted);
}

static void
tell_controller (const Wanted *wanted, const OvsdbRow *row, json_t *operations)
{
  gboolean connected = wanted && ovs_controller_is_connected (wanted->controller);

  if (ovsdb_row_boolean (row, "is_connected", FALSE) != connected)
    json_array_append_new (
        operations, ovsdb_op_update ("Controller", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                     json_pack ("{s:b, s:s}", "is_connected", connected, "role", "other")));
}

static void
follow_controllers (OvsBridge *bridge, const OvsdbRow *row, json_t *operations)
{
  guint n = row ? ovsdb_row_get (row, "controller")->n : 0;

  for (guint i = 0; i < bridge->controllers->len; i++)
    ((Wanted *) bridge->controllers->pdata[i])->wanted = FALSE;
  for (guint i = 0; i < n; i++)
    {
      const OvsdbRow *controller = ovsdb_row_ref_at (row, "controller", i);
      Wanted *wanted;
      if (!controller)
        continue;
      wanted = find_wanted (bridge, controller);
      if (!wanted)
        wanted = dial_row (bridge, controller);
      if (wanted)
        wanted->wanted = TRUE;
      tell_controller (wanted, controller, operations);
    }
  for (guint i = bridge->controllers->len; i-- > 0;)
    if (!((Wanted *) bridge->controllers->pdata[i])->wanted)
      g_ptr_array_remove_index (bridge->controllers, i);
}

/* ---- the whole ----------------------------------------------------------------------------------------------- */

static void
tell_datapath_id (OvsBridge *bridge, const OvsdbRow *row, json_t *operations)
{
  char text[17];

  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", ovs_switch_datapath_id (bridge->config.sw));
  if (row && g_strcmp0 (ovsdb_row_text (row, "datapath_id"), text) != 0)
    json_array_append_new (operations, ovsdb_op_update ("Bridge", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                                        json_pack ("{s:s}", "datapath_id", text)));
}

static void
look (NetTimer *timer, gint64 now_ns)
{
  OvsBridge *bridge = timer->owner;
  const OvsdbRow *row = bridge_row (bridge);
  json_t *operations = json_array ();
  g_autoptr (GError) error = NULL;

  (void) now_ns;
  follow_ports (bridge, row, operations);
  if (bridge->started)
    follow_controllers (bridge, row, operations);
  tell_datapath_id (bridge, row, operations);
  if (json_array_size (operations) == 0)
    json_decref (operations);
  else if (!ovsdb_database_execute (bridge->config.db, operations, &error))
    net_world_log (bridge->config.world, NET_LOG_WARNING, "ovs", "cannot write status: %s", error->message);
}

/* Columns that are only status do not call for another look. */
static void
hear_rows (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  static const struct
  {
    const char *table;
    const char *columns[6];
  } watched[] = {
    { "Open_vSwitch", { "bridges" } },
    { "Bridge", { "ports", "controller", "name" } },
    { "Port", { "interfaces", "name" } },
    { "Interface", { "name", "type", "options", "ofport_request", "bfd" } },
    { "Controller", { "target", "inactivity_probe", "max_backoff" } },
  };
  OvsBridge *bridge = user;

  (void) db;
  for (guint i = 0; i < n_changes; i++)
    for (guint w = 0; w < G_N_ELEMENTS (watched); w++)
      for (guint c = 0; watched[w].columns[c]; c++)
        if (strcmp (ovsdb_table_name (changes[i].table), watched[w].table) == 0
            && ovsdb_change_touches (&changes[i], watched[w].columns[c]))
          {
            look_later (bridge);
            return;
          }
}

static void
hear_port_status (const OpenflowPortStatus *status, gpointer user)
{
  (void) status;
  look_later (user);
}

static void
hear_bfd (guint32 port, gpointer user)
{
  (void) port;
  look_later (user);
}

static const OvsSwitchEvents switch_events = { .port_status = hear_port_status, .bfd_changed = hear_bfd };

OvsBridge *
ovs_bridge_new (const OvsBridgeConfig *config)
{
  OvsBridge *bridge = g_new0 (OvsBridge, 1);

  bridge->config = *config;
  bridge->controllers = g_ptr_array_new_with_free_func (wanted_free);
  net_timer_init (&bridge->look, look, bridge);
  ovsdb_database_listen (config->db, hear_rows, bridge);
  ovs_switch_listen (config->sw, &switch_events, bridge);
  look (&bridge->look, net_world_now (config->world));
  return bridge;
}

void
ovs_bridge_start (OvsBridge *bridge)
{
  bridge->started = TRUE;
  look_later (bridge);
}

void
ovs_bridge_free (OvsBridge *bridge)
{
  if (!bridge)
    return;
  net_world_timer_cancel (bridge->config.world, &bridge->look);
  ovsdb_database_unlisten (bridge->config.db, hear_rows, bridge);
  ovs_switch_unlisten (bridge->config.sw, bridge);
  g_ptr_array_unref (bridge->controllers);
  g_free (bridge);
}

void
ovs_bridge_devices_changed (OvsBridge *bridge)
{
  look_later (bridge);
}

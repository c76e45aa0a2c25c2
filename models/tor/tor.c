/* The node around the gateway or the emulator: ports, database, server. */
#include "models/tor/tor.h"
#include "models/tor/schema.h"

#include "net/lldp.h"
#include "ovsdb/build.h"
#include "ovsdb/server.h"
#include "sim/link.h"

#define DEFAULT_LISTEN     "ptcp:6640"
#define DEFAULT_SCHEMA     "1.7.0"
#define LLDP_INTERVAL_NS   (30 * NET_SEC)
#define LLDP_FAST_START_NS (1 * NET_SEC)

struct _TorNode
{
  SimNode node;
  OvsdbDatabase *database;
  OvsdbServer *server;  /* NULL until tor_start() */
  VtepGateway *gateway; /* either this */
  Emulator *emulator;   /* or that */
  char *listen, *switch_name;
  guint n_access_ports; /* the first ones of the node */
  NetMac mac;           /* of the uplink, and of the chassis */
  gboolean lldp;
  NetTimer lldp_timer;
};

static TorNode *
tor_of (SimNode *node)
{
  return (TorNode *) node;
}

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  if (tor_of (node)->emulator)
    emulator_receive (tor_of (node)->emulator, port, frame);
  else
    vtep_gateway_receive (tor_of (node)->gateway, port, frame);
}

/* ---- LLDP ---------------------------------------------------------------------------------------------------- */

static void
announce_port (TorNode *tor, guint port)
{
  NetLldp lldp = { .chassis = tor->mac, .ttl_s = NET_LLDP_TTL };

  if (!sim_node_port (&tor->node, port)->link || !sim_link_is_up (sim_node_port (&tor->node, port)->link))
    return;
  g_strlcpy (lldp.port, sim_node_port (&tor->node, port)->name, sizeof lldp.port);
  g_strlcpy (lldp.system, tor->switch_name, sizeof lldp.system);
  sim_node_send (&tor->node, port, net_lldp_frame (tor->node.world.frames, &tor->mac, &lldp));
}

static void
announce_ports (NetTimer *timer, gint64 now_ns)
{
  TorNode *tor = timer->owner;

  for (guint port = 0; port < tor->n_access_ports; port++)
    announce_port (tor, port);
  net_world_timer_set (&tor->node.world, timer, now_ns + LLDP_INTERVAL_NS);
}

static void
start_lldp (TorNode *tor)
{
  if (!tor->lldp || tor->lldp_timer.pending)
    return;
  net_timer_init (&tor->lldp_timer, announce_ports, tor);
  net_world_timer_set (&tor->node.world, &tor->lldp_timer,
                       net_world_now (&tor->node.world) + LLDP_FAST_START_NS);
}

/* ---- the node ------------------------------------------------------------------------------------------------ */

static void
port_changed (SimNode *node, guint port, gboolean up)
{
  if (up && tor_of (node)->lldp_timer.pending && port < tor_of (node)->n_access_ports)
    announce_port (tor_of (node), port);
  if (tor_of (node)->gateway)
    vtep_gateway_port_changed (tor_of (node)->gateway, port, up);
}

static void
tor_free (SimNode *node)
{
  TorNode *tor = tor_of (node);

  net_world_timer_cancel (&node->world, &tor->lldp_timer);
  ovsdb_server_free (tor->server);
  vtep_gateway_free (tor->gateway);
  emulator_free (tor->emulator);
  ovsdb_database_free (tor->database);
  g_free (tor->switch_name);
  g_free (tor->listen);
  sim_node_clear (node);
  g_free (tor);
}

static const SimNodeClass tor_class
    = { .kind = "tor", .receive = receive, .port_changed = port_changed, .free = tor_free };

static OvsdbDatabase *
make_database (NetWorld *world, const char *version)
{
  g_autoptr (OvsdbSchema) schema = tor_schema_new (version ? version : DEFAULT_SCHEMA);

  return ovsdb_database_new (schema, world);
}

static void
make_switch (TorNode *tor, const TorConfig *config)
{
  g_autofree VtepPortConfig *ports = g_new (VtepPortConfig, config->n_ports);
  VtepGatewayConfig gateway;

  for (guint i = 0; i < config->n_ports; i++)
    ports[i] = (VtepPortConfig){ .name = config->ports[i],
                                 .world_port = sim_node_add_port (&tor->node, config->ports[i]) };
  gateway = (VtepGatewayConfig){ .switch_name = tor->switch_name,
                                 .description = config->description,
                                 .management_ip = config->management_ip,
                                 .ports = ports,
                                 .n_ports = config->n_ports,
                                 .underlay_port = sim_node_add_port (&tor->node, TOR_PORT_UPLINK),
                                 .underlay_mac = config->uplink_mac,
                                 .tunnel_ip = config->tunnel_ip,
                                 .prefix_length = config->prefix_length,
                                 .underlay_gateway = config->underlay_gateway,
                                 .mtu = config->mtu,
                                 .mac_age_ns = config->mac_age_ns,
                                 .max_macs = config->max_macs,
                                 .inner_vlan = config->inner_vlan };
  if (config->emulated)
    tor->emulator = emulator_new (&tor->node.world, tor->database, &gateway, config->emulator_bugs);
  else
    tor->gateway = vtep_gateway_new (&tor->node.world, tor->database, &gateway);
}

/* One manager's columns. */
static json_t *
manager_columns (const char *target, const char *ha_id)
{
  json_t *columns = json_pack ("{s:s}", "target", target);

  if (ha_id)
    json_object_set_new (columns, "other_config",
                         ovsdb_json_map (json_pack ("{s:s, s:s}", "ha_enabled", "true", "ha_id", ha_id)));
  return columns;
}

/* Rows of Manager that the Global row refers to. */
static void
write_managers (TorNode *tor, const TorConfig *config)
{
  const OvsdbRow *global = ovsdb_table_first (ovsdb_database_table (tor->database, "Global"));
  json_t *operations = json_array (), *references = json_array ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < config->n_managers; i++)
    {
      g_autofree char *name = g_strdup_printf ("manager_%u", i);
      json_array_append_new (
          operations,
          ovsdb_op_insert ("Manager", name, manager_columns (config->managers[i], config->ha_id)));
      json_array_append_new (references, ovsdb_json_named_uuid (name));
    }
  json_array_append_new (operations, ovsdb_op_mutate ("Global", ovsdb_where_uuid (ovsdb_row_uuid (global)),
                                                      "managers", "insert", ovsdb_json_set (references)));
  if (!ovsdb_database_execute (tor->database, operations, &error))
    net_world_log (&tor->node.world, NET_LOG_ERROR, "tor", "cannot enter the managers: %s", error->message);
}

TorNode *
tor_new (SimNetwork *network, const char *name, const TorConfig *config)
{
  TorNode *tor = g_new0 (TorNode, 1);

  sim_node_init (&tor->node, network, &tor_class, name);
  tor->listen = g_strdup (config->listen ? config->listen : DEFAULT_LISTEN);
  tor->switch_name = g_strdup (config->switch_name ? config->switch_name : name);
  tor->n_access_ports = config->n_ports;
  tor->mac = config->uplink_mac;
  tor->lldp = config->lldp;
  tor->database = make_database (&tor->node.world, config->schema);
  make_switch (tor, config);
  sim_node_add_port (&tor->node, TOR_PORT_MGMT);
  if (config->n_managers > 0)
    write_managers (tor, config);
  return tor;
}

static gboolean
start_server (TorNode *tor, GError **error)
{
  tor->server = ovsdb_server_new (&tor->node.world);
  ovsdb_server_add_database (tor->server, tor->database);
  if (tor->listen[0] && !ovsdb_server_add_remote (tor->server, tor->listen, NULL, error))
    return FALSE;
  ovsdb_server_follow_managers (tor->server, tor->database);
  return TRUE;
}

gboolean
tor_start (TorNode *tor, GError **error)
{
  g_assert (!tor->server);
  tor_start_emulator (tor);
  if (!start_server (tor, error))
    return FALSE;
  start_lldp (tor);
  return TRUE;
}

void
tor_restart_server (TorNode *tor)
{
  g_autoptr (GError) error = NULL;

  if (!tor->server)
    return;
  g_clear_pointer (&tor->server, ovsdb_server_free);
  if (!start_server (tor, &error))
    net_world_log (&tor->node.world, NET_LOG_ERROR, "tor", "cannot listen again: %s", error->message);
}

void
tor_stop_emulator (TorNode *tor)
{
  if (tor->emulator)
    emulator_stop (tor->emulator);
}

void
tor_start_emulator (TorNode *tor)
{
  if (tor->emulator)
    emulator_start (tor->emulator);
}

SimNode *
tor_node (TorNode *tor)
{
  return &tor->node;
}

VtepGateway *
tor_gateway (TorNode *tor)
{
  return tor->gateway;
}

OvsdbDatabase *
tor_database (TorNode *tor)
{
  return tor->database;
}

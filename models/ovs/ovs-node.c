/* The node around the switch: underlay, taps, database server. */
#include "models/ovs/ovs-node.h"

#include "models/ovs/bridge.h"
#include "models/ovs/dump.h"
#include "models/ovs/rows.h"
#include "ovsdb/server.h"
#include "sim/link.h"

#define OVSDB_LISTEN          "ptcp:6640"
#define DEFAULT_PREFIX_LENGTH 24

/* What a port of br-int can stand on: a tap, or a card of the host, which is always there. */
typedef struct
{
  char *name;
  guint port;
  NetMac mac;
  gboolean plugged;
} Tap;

struct _OvsNode
{
  SimNode node; /* first */
  guint underlay_port;
  VtepUnderlay *underlay;
  OvsSwitch *sw;
  OvsSessions *sessions;
  OvsdbDatabase *db;
  OvsdbServer *server; /* NULL until the start */
  OvsBridge *bridge;
  guint64 datapath_id;
  GArray *taps; /* of Tap */
};

static OvsNode *
node_of (SimNode *node)
{
  return (OvsNode *) node;
}

SimNode *
ovs_node_sim (OvsNode *node)
{
  return &node->node;
}

OvsdbDatabase *
ovs_node_database (OvsNode *node)
{
  return node->db;
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void
receive (SimNode *sim, guint port, NetFrame *frame)
{
  OvsNode *node = node_of (sim);
  VtepArrival arrival;

  if (port != node->underlay_port)
    ovs_switch_receive (node->sw, port, frame);
  else if (vtep_underlay_receive (node->underlay, frame, &arrival))
    ovs_switch_receive_tunnel (node->sw, frame, &arrival);
}

static void
port_changed (SimNode *sim, guint port, gboolean up)
{
  OvsNode *node = node_of (sim);

  (void) up;
  if (port != node->underlay_port && node->bridge)
    ovs_bridge_devices_changed (node->bridge);
}

/* ---- taps ---------------------------------------------------------------------------------------------------- */

static Tap *
find_tap (OvsNode *node, const char *name)
{
  for (guint i = 0; i < node->taps->len; i++)
    {
      Tap *tap = &g_array_index (node->taps, Tap, i);
      if (strcmp (tap->name, name) == 0)
        return tap;
    }
  return NULL;
}

static gboolean
find_device (const char *name, OvsDevice *out, gpointer user)
{
  OvsNode *node = user;
  const Tap *tap = find_tap (node, name);
  const SimLink *link;

  if (!tap || !tap->plugged)
    return FALSE;
  link = sim_node_port (&node->node, tap->port)->link;
  *out = (OvsDevice){ .world_port = tap->port, .mac = tap->mac, .up = link && sim_link_is_up (link) };
  return TRUE;
}

static Tap *
add_device (OvsNode *node, const char *name)
{
  Tap made = { .name = g_strdup (name), .port = sim_node_add_port (&node->node, name), .plugged = TRUE };

  g_array_append_val (node->taps, made);
  return &g_array_index (node->taps, Tap, node->taps->len - 1);
}

/* 02:c0, then the host's number and the card's. */
static void
add_cards (OvsNode *node, const OvsConfig *config)
{
  for (guint i = 0; config->devices && config->devices[i]; i++)
    add_device (node, config->devices[i])->mac = net_mac_from_u64 (
        G_GUINT64_CONSTANT (0x02c000000000) | (config->datapath_id & 0xffffff) << 8 | (i & 0xff));
}

guint
ovs_node_add_tap (OvsNode *node, const char *port_name, const OvsTapConfig *config)
{
  Tap *tap = find_tap (node, port_name);

  if (!tap)
    tap = add_device (node, port_name);
  tap->plugged = TRUE;
  tap->mac = config->attached_mac;
  tap->mac.octet[0] = 0xfe; /* as libvirt marks the host's end */
  ovs_rows_add_tap (node->db, &node->node.world, port_name, config);
  return tap->port;
}

void
ovs_node_remove_tap (OvsNode *node, const char *port_name)
{
  Tap *tap = find_tap (node, port_name);

  if (!tap)
    return;
  tap->plugged = FALSE;
  ovs_rows_remove_port (node->db, &node->node.world, port_name);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
clear_tap (gpointer data)
{
  g_free (((Tap *) data)->name);
}

static void
free_switch (OvsNode *node)
{
  g_clear_pointer (&node->bridge, ovs_bridge_free);
  g_clear_pointer (&node->sessions, ovs_sessions_free);
  g_clear_pointer (&node->sw, ovs_switch_free);
}

static void
node_free (SimNode *sim)
{
  OvsNode *node = node_of (sim);

  ovsdb_server_free (node->server);
  free_switch (node);
  vtep_underlay_free (node->underlay);
  ovsdb_database_free (node->db);
  g_array_unref (node->taps);
  sim_node_clear (sim);
  g_free (node);
}

static const SimNodeClass node_class
    = { .kind = "compute", .receive = receive, .port_changed = port_changed, .free = node_free };

static VtepUnderlay *
make_underlay (OvsNode *node, const OvsConfig *config)
{
  VtepUnderlayConfig underlay = { .port = node->underlay_port,
                                  .mac = config->tunnel_mac,
                                  .ip = config->tunnel_ip,
                                  .prefix_length = config->tunnel_prefix_length ? config->tunnel_prefix_length
                                                                                : DEFAULT_PREFIX_LENGTH };
  if (net_mac_is_zero (&underlay.mac))
    underlay.mac
        = net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) | (config->datapath_id & 0xffffffffff));
  return vtep_underlay_new (&node->node.world, &underlay);
}

/* The daemon: a switch without flows, and br-int on it, as the rows want it. */
static void
make_switch (OvsNode *node)
{
  NetWorld *world = &node->node.world;

  node->sw = ovs_switch_new (world, &(OvsSwitchConfig){ .datapath_id = node->datapath_id,
                                                        .underlay = node->underlay,
                                                        .underlay_port = node->underlay_port });
  node->sessions = ovs_sessions_new (node->sw);
  node->bridge = ovs_bridge_new (
      &(OvsBridgeConfig){ .world = world,
                          .db = node->db,
                          .sw = node->sw,
                          .sessions = node->sessions,
                          .mac = net_mac_from_u64 (node->datapath_id & G_GUINT64_CONSTANT (0xffffffffffff)),
                          .find_device = find_device,
                          .user = node });
}

OvsNode *
ovs_node_new (SimNetwork *network, const char *name, const OvsConfig *config)
{
  OvsNode *node = g_new0 (OvsNode, 1);
  NetWorld *world = &node->node.world;

  sim_node_init (&node->node, network, &node_class, name);
  node->taps = g_array_new (FALSE, FALSE, sizeof (Tap));
  g_array_set_clear_func (node->taps, clear_tap);
  node->underlay_port = sim_node_add_port (&node->node, config->underlay_port);
  add_cards (node, config);
  node->underlay = make_underlay (node, config);
  node->db = ovs_rows_database (world);
  node->datapath_id = config->datapath_id;
  ovs_rows_begin (node->db, config->host_name ? config->host_name : name, config);
  make_switch (node);
  return node;
}

void
ovs_node_start (OvsNode *node)
{
  g_autoptr (GError) error = NULL;

  g_assert (!node->server);
  node->server = ovsdb_server_new (&node->node.world);
  ovsdb_server_add_database (node->server, node->db);
  if (!ovsdb_server_add_remote (node->server, OVSDB_LISTEN, NULL, &error))
    net_world_log (&node->node.world, NET_LOG_ERROR, "ovs", "%s: %s", OVSDB_LISTEN, error->message);
  ovsdb_server_follow_managers (node->server, node->db);
  ovs_bridge_start (node->bridge);
}

void
ovs_node_restart (OvsNode *node)
{
  if (!node->server)
    return;
  g_clear_pointer (&node->server, ovsdb_server_free);
  free_switch (node);
  make_switch (node);
  ovs_node_start (node);
}

/* ---- dumps --------------------------------------------------------------------------------------------------- */

char *
ovs_node_dump_flows (OvsNode *node)
{
  GString *text = g_string_new (NULL);

  ovs_dump_flows (ovs_switch_tables (node->sw), text);
  return g_string_free (text, FALSE);
}

char *
ovs_node_dump_groups (OvsNode *node)
{
  GString *text = g_string_new (NULL);

  ovs_dump_groups (ovs_switch_groups (node->sw), text);
  return g_string_free (text, FALSE);
}

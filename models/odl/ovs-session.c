/* A session with a compute's Open_vSwitch database. */
#include "models/odl/ovs-session.h"
#include "models/odl/core.h"
#include "models/odl/error.h"
#include "models/odl/ovs-plugs.h"
#include "models/odl/ovs-provider.h"
#include "ovsdb/build.h"
#include "ovsdb/client.h"

#define DATABASE "Open_vSwitch"
#define BRIDGE   "br-int"
#define PROBE_NS (30 * NET_SEC)

struct _OdlOvsSession
{
  Odl *odl;
  char *node_id; /* of RESTCONF; NULL when the compute dialled us */
  OvsdbClient *client;
  gboolean ready;
  guint n_unanswered;
  guint64 dpid; /* of br-int; 0 while it is not known */
  NetMisuses misuses;
};

static const char *const tables[] = { "Open_vSwitch", "Bridge", "Port", "Interface", NULL };

static OvsdbClientConfig
client_config (const Odl *odl)
{
  return (OvsdbClientConfig){ .database = DATABASE,
                              .schema = odl->ovs_schema,
                              .tables = tables,
                              .probe_ns = PROBE_NS,
                              .plain_monitor = TRUE };
}

static OvsdbTable *
table_of (const OdlOvsSession *session, const char *name)
{
  return ovsdb_database_table (ovsdb_client_replica (session->client), name);
}

static const OvsdbRow *
find_bridge (const OdlOvsSession *session)
{
  return ovsdb_table_find_text (table_of (session, "Bridge"), "name", BRIDGE);
}

/* ---- tunnel ports -------------------------------------------------------------------------------------------- */

static void
answered (OvsdbClient *client, const json_t *results, const GError *error, gpointer user)
{
  OdlOvsSession *session = user;
  g_autoptr (GError) failure = NULL;

  if (error)
    failure = g_error_copy (error);
  else
    ovsdb_results_check (results, &failure);
  if (failure)
    net_world_log (session->odl->world, NET_LOG_WARNING, "ovsdb", "%s: transaction refused: %s",
                   ovsdb_client_peer (client), failure->message);
  session->n_unanswered--;
  odl_converge_changed (session->odl);
}

static void
transact (OdlOvsSession *session, json_t *ops)
{
  session->n_unanswered++;
  ovsdb_client_transact (session->client, ops, answered, session);
  odl_converge_changed (session->odl);
}

static void
insert_tunnel_port (OdlOvsSession *session, const OvsdbRow *bridge, const OdlTunnel *tunnel)
{
  char local[NET_IPV4_TEXT], remote[NET_IPV4_TEXT];
  json_t *options
      = json_pack ("{s:s, s:s, s:s}", "key", "flow", "local_ip", net_ipv4_format (tunnel->local_ip, local),
                   "remote_ip", net_ipv4_format (tunnel->remote_ip, remote));
  json_t *interface = json_pack ("{s:s, s:s, s:o}", "name", tunnel->port_name, "type", "vxlan", "options",
                                 ovsdb_json_map (options));
  json_t *bfd = odl_monitor_params (session->odl, ODL_MONITOR_COMPUTE), *ops = json_array ();

  if (bfd)
    json_object_set_new (interface, "bfd", ovsdb_json_map (bfd));
  json_array_append_new (ops, ovsdb_op_insert ("Interface", "tunnel_interface", interface));
  json_array_append_new (ops,
                         ovsdb_op_insert ("Port", "tunnel_port",
                                          json_pack ("{s:s, s:o}", "name", tunnel->port_name, "interfaces",
                                                     ovsdb_json_named_uuid ("tunnel_interface"))));
  json_array_append_new (ops, ovsdb_op_mutate ("Bridge", ovsdb_where_uuid (ovsdb_row_uuid (bridge)), "ports",
                                               "insert", ovsdb_json_named_uuid ("tunnel_port")));
  transact (session, ops);
}

static const OvsdbRow *
find_interface (const OdlOvsSession *session, const OdlTunnel *tunnel)
{
  return ovsdb_table_find_text (table_of (session, "Interface"), "name", tunnel->port_name);
}

/* One that is there from before monitoring was asked for. */
static void
ensure_monitoring (OdlOvsSession *session, const OdlTunnel *tunnel)
{
  const OvsdbRow *row = find_interface (session, tunnel);
  json_t *params;

  if (!row || !odl_monitor_differs (session->odl, ODL_MONITOR_COMPUTE, row))
    return;
  params = ovsdb_json_map (odl_monitor_params (session->odl, ODL_MONITOR_COMPUTE));
  transact (session, json_pack ("[o]", ovsdb_op_update ("Interface", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                                        json_pack ("{s:o}", "bfd", params))));
}

static void
ensure_tunnel_port (OdlOvsSession *session, const OdlTunnel *tunnel)
{
  const OvsdbRow *bridge = find_bridge (session);

  if (bridge && !ovsdb_table_find_text (table_of (session, "Port"), "name", tunnel->port_name))
    insert_tunnel_port (session, bridge, tunnel);
  else
    ensure_monitoring (session, tunnel);
}

static void
ensure_tunnel_ports (OdlOvsSession *session)
{
  for (guint i = 0; i < odl_registry_n (&session->odl->tunnels); i++)
    {
      const OdlTunnel *tunnel = odl_registry_at (&session->odl->tunnels, i);

      if (tunnel->source == session->dpid)
        ensure_tunnel_port (session, tunnel);
    }
}

static OdlOvsSession *
session_of (const Odl *odl, guint64 dpid)
{
  const OdlCompute *compute = odl_compute_find (odl, dpid);

  return compute && compute->ovs && compute->ovs->ready ? compute->ovs : NULL;
}

void
odl_ovs_tunnel_added (Odl *odl, const OdlTunnel *tunnel)
{
  OdlOvsSession *session = session_of (odl, tunnel->source);

  if (session)
    ensure_tunnel_port (session, tunnel);
}

void
odl_ovs_monitor_changed (Odl *odl)
{
  for (guint i = 0; i < odl_registry_n (&odl->tunnels); i++)
    odl_ovs_tunnel_added (odl, odl_registry_at (&odl->tunnels, i));
}

const OvsdbRow *
odl_ovs_tunnel_interface (const Odl *odl, const OdlTunnel *tunnel)
{
  const OdlOvsSession *session = session_of (odl, tunnel->source);

  return session ? find_interface (session, tunnel) : NULL;
}

void
odl_ovs_tunnel_removed (Odl *odl, const OdlTunnel *tunnel)
{
  OdlOvsSession *session = session_of (odl, tunnel->source);
  const OvsdbRow *bridge = session ? find_bridge (session) : NULL;
  const OvsdbRow *port
      = session ? ovsdb_table_find_text (table_of (session, "Port"), "name", tunnel->port_name) : NULL;
  json_t *ops;

  if (!bridge || !port)
    return;
  ops = json_array ();
  json_array_append_new (ops, ovsdb_op_mutate ("Bridge", ovsdb_where_uuid (ovsdb_row_uuid (bridge)), "ports",
                                               "delete", ovsdb_json_uuid (ovsdb_row_uuid (port))));
  transact (session, ops);
}

/* ---- which compute it is -------------------------------------------------------------------------------------- */

/* The datapath id is sixteen hexadecimal digits; until the switch has written it, what was asked for counts. */
static guint64
read_datapath_id (const OvsdbRow *bridge)
{
  const char *text = ovsdb_row_text (bridge, "datapath_id");
  guint64 dpid = 0;

  if (!text || !*text)
    text = ovsdb_row_map_text (bridge, "other_config", "datapath-id");
  return text && g_ascii_string_to_unsigned (text, 16, 1, G_MAXUINT64, &dpid, NULL) ? dpid : 0;
}

static void
record (OdlOvsSession *session, const OdlCompute *compute, const char *op, const char *name,
        const char *value)
{
  g_autofree char *key = g_strconcat ("ovsdb ", compute->key, NULL);

  odl_record (session->odl, "session", op, key, json_pack ("{s:s}", name, value));
}

/* Becomes the compute's session once the bridge says which compute it is. */
static void
identify (OdlOvsSession *session)
{
  const OvsdbRow *bridge = session->dpid ? NULL : find_bridge (session);
  OdlCompute *compute;

  if (!bridge)
    return;
  session->dpid = read_datapath_id (bridge);
  if (session->dpid == 0)
    return;
  compute = odl_compute_get (session->odl, session->dpid);
  compute->ovs = session;
  record (session, compute, "up", "peer", ovsdb_client_peer (session->client));
  ensure_tunnel_ports (session);
}

static void
look_at_zone (OdlOvsSession *session)
{
  const OvsdbRow *root = ovsdb_table_first (table_of (session, "Open_vSwitch"));
  const char *zone = root ? ovsdb_row_map_text (root, "external_ids", "transport-zone") : NULL;
  const char *text = root ? ovsdb_row_map_text (root, "other_config", "local_ip") : NULL;
  NetIpv4 ip;

  odl_itm_compute_says (session->odl, session->dpid, zone && *zone ? zone : NULL,
                        text && net_ipv4_from_text (text, &ip) ? ip : 0);
}

static void
look_at_providers (OdlOvsSession *session)
{
  OdlCompute *compute = odl_compute_get (session->odl, session->dpid);
  json_t *ops = odl_ovs_provider_look (session->odl, compute, ovsdb_client_replica (session->client),
                                       find_bridge (session));

  if (ops)
    transact (session, ops);
}

/* The compute is known from here on: all of it is compared. */
static void
look (OdlOvsSession *session)
{
  identify (session);
  if (session->dpid)
    {
      look_at_zone (session);
      odl_ovs_compare_plugs (session->odl, session->dpid, ovsdb_client_replica (session->client));
      look_at_providers (session);
    }
  odl_converge_changed (session->odl);
}

static void
bfd_changed (OdlOvsSession *session, const OvsdbChange *change)
{
  const char *before = change->before ? ovsdb_row_map_text (change->before, "bfd_status", "state") : NULL;

  if (change->after && g_strcmp0 (before, ovsdb_row_map_text (change->after, "bfd_status", "state")) != 0)
    odl_monitor_compute_reported (session->odl, ovsdb_row_text (change->after, "name"));
}

static void
changed (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  OdlOvsSession *session = user;

  (void) client;
  if (!session->ready)
    return;
  if (session->dpid == 0)
    look (session);
  for (guint i = 0; session->dpid && i < n_changes; i++)
    if (g_str_equal (ovsdb_table_name (changes[i].table), "Interface"))
      {
        odl_ovs_interface_changed (session->odl, session->dpid, &changes[i]);
        bfd_changed (session, &changes[i]);
      }
    else if (g_str_equal (ovsdb_table_name (changes[i].table), "Open_vSwitch")
             && (ovsdb_change_touches (&changes[i], "other_config")
                 || ovsdb_change_touches (&changes[i], "external_ids")))
      {
        look_at_zone (session);
        look_at_providers (session);
      }
}

/* ---- up and down --------------------------------------------------------------------------------------------- */

static void
ready (OvsdbClient *client, gpointer user)
{
  OdlOvsSession *session = user;

  (void) client;
  session->ready = TRUE;
  session->dpid = 0;
  look (session);
}

/* What was plugged in stays so: the compute's VMs do not go when its database cannot be heard. */
static void
let_go (OdlOvsSession *session, const char *why)
{
  OdlCompute *compute = session->dpid ? odl_compute_find (session->odl, session->dpid) : NULL;

  if (compute && compute->ovs == session)
    {
      compute->ovs = NULL;
      record (session, compute, "down", "why", why);
    }
  session->ready = FALSE;
}

static void
disconnected (OvsdbClient *client, const char *why, gpointer user)
{
  OdlOvsSession *session = user;
  Odl *odl = session->odl;

  (void) client;
  let_go (session, why);
  if (!session->node_id) /* the compute dials again, as a new session */
    g_ptr_array_remove (odl->ovs_sessions, session);
  odl_converge_changed (odl);
}

/* By the compute's key, or before that is known by the peer's address. */
static void
misused (OvsdbClient *client, NetMisuse misuse, const char *why, gpointer user)
{
  OdlOvsSession *session = user;
  OdlCompute *compute = session->dpid ? odl_compute_find (session->odl, session->dpid) : NULL;
  g_autofree char *title = g_strconcat ("ovsdb ", compute ? compute->key : ovsdb_client_peer (client), NULL);

  net_misuse_count (&session->misuses, session->odl->world, misuse, title, why);
}

static const OvsdbClientEvents events
    = { .ready = ready, .changed = changed, .disconnected = disconnected, .misused = misused };

static OdlOvsSession *
add_session (Odl *odl, const char *node_id)
{
  OdlOvsSession *session = g_new0 (OdlOvsSession, 1);

  session->odl = odl;
  session->node_id = g_strdup (node_id);
  g_ptr_array_add (odl->ovs_sessions, session);
  return session;
}

void
odl_ovs_session_free (gpointer data)
{
  OdlOvsSession *session = data;

  ovsdb_client_free (session->client);
  g_free (session->node_id);
  g_free (session);
}

static OdlOvsSession *
find_node (const Odl *odl, const char *node_id)
{
  for (guint i = 0; i < odl->ovs_sessions->len; i++)
    {
      OdlOvsSession *session = g_ptr_array_index (odl->ovs_sessions, i);

      if (g_strcmp0 (session->node_id, node_id) == 0)
        return session;
    }
  return NULL;
}

gboolean
odl_ovs_dial (Odl *odl, const char *node_id, const char *target, GError **error)
{
  OvsdbClientConfig config = client_config (odl);
  OdlOvsSession *session;

  if (find_node (odl, node_id))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_CONFLICT, "node %s exists already", node_id);
      return FALSE;
    }
  session = add_session (odl, node_id);
  session->client = ovsdb_client_dial (odl->world, target, &config, &events, session, error);
  if (!session->client)
    g_ptr_array_remove (odl->ovs_sessions, session);
  odl_converge_changed (odl);
  return find_node (odl, node_id) != NULL;
}

const char *
odl_ovs_session_node (const OdlOvsSession *session, const char **target)
{
  *target = ovsdb_client_peer (session->client);
  return session->node_id;
}

gboolean
odl_ovs_hang_up (Odl *odl, const char *node_id)
{
  OdlOvsSession *session = find_node (odl, node_id);

  if (!session)
    return FALSE;
  let_go (session, "the node was deleted");
  g_ptr_array_remove (odl->ovs_sessions, session);
  odl_converge_changed (odl);
  return TRUE;
}

void
odl_ovs_accept (Odl *odl, NetStream *stream)
{
  OvsdbClientConfig config = client_config (odl);
  OdlOvsSession *session = add_session (odl, NULL);

  session->client = ovsdb_client_accept (odl->world, stream, &config, &events, session);
}

gboolean
odl_ovs_session_idle (const OdlOvsSession *session)
{
  return session->ready && session->n_unanswered == 0;
}

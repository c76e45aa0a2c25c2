/* Sessions with TORs' databases: dialled or accepted, which node they are, and what the TOR reports. */
#include "models/odl/core.h"
#include "models/odl/error.h"
#include "models/odl/hwvtep.h"
#include "models/odl/l2gw.h"

#define DATABASE "hardware_vtep"
#define PROBE_NS (30 * NET_SEC)
#define LATE_NS  (5 * NET_SEC) /* flap: from the end of a connection to its handling */

struct _OdlHwvtepSession
{
  Odl *odl;
  OvsdbClient *client;
  OdlHwvtep *hwvtep; /* NULL until the replica of a TOR that dialled us is complete */
  gboolean ready;
  char *title; /* "hwvtep tor1", before it is known with the peer's address: for the trace */
  NetMisuses misuses;
};

static const char *const tables[] = { "Global",
                                      "Physical_Switch",
                                      "Physical_Port",
                                      "Logical_Switch",
                                      "Physical_Locator",
                                      "Physical_Locator_Set",
                                      "Ucast_Macs_Local",
                                      "Ucast_Macs_Remote",
                                      "Mcast_Macs_Local",
                                      "Mcast_Macs_Remote",
                                      "Tunnel",
                                      "Manager",
                                      NULL };

static OvsdbClientConfig
client_config (const Odl *odl)
{
  return (OvsdbClientConfig){ .database = DATABASE,
                              .schema = odl->hwvtep_schema,
                              .tables = tables,
                              .probe_ns = PROBE_NS,
                              .plain_monitor = TRUE };
}

/* ---- nodes --------------------------------------------------------------------------------------------------- */

OdlHwvtep *
odl_hwvtep_find (const Odl *odl, const char *node_id)
{
  return odl_registry_find (&odl->hwvteps, node_id);
}

OdlHwvtep *
odl_hwvtep_add (Odl *odl, const char *node_id)
{
  OdlHwvtep *hwvtep = g_new0 (OdlHwvtep, 1);

  hwvtep->odl = odl;
  hwvtep->node_id = g_strdup (node_id);
  hwvtep->keeps = odl->restarted && net_world_now (odl->world) - odl->started_ns < ODL_HWVTEP_KEEP_NS;
  odl_hwvtep_config_init (hwvtep);
  g_queue_init (&hwvtep->batches);
  odl_registry_put (&odl->hwvteps, node_id, hwvtep);
  return hwvtep;
}

void
odl_hwvtep_free (gpointer data)
{
  OdlHwvtep *hwvtep = data;

  odl_hwvtep_session_free (g_steal_pointer (&hwvtep->session));
  odl_hwvtep_abandon (hwvtep);
  odl_hwvtep_config_clear (hwvtep);
  if (hwvtep->children)
    g_ptr_array_unref (hwvtep->children);
  g_free (hwvtep->node_id);
  g_free (hwvtep);
}

void
odl_hwvtep_session_free (OdlHwvtepSession *session)
{
  if (!session)
    return;
  ovsdb_client_free (session->client);
  g_free (session->title);
  g_free (session);
}

static OdlHwvtepSession *
session_new (Odl *odl, const char *peer)
{
  OdlHwvtepSession *session = g_new0 (OdlHwvtepSession, 1);

  session->odl = odl;
  session->title = g_strconcat ("hwvtep ", peer, NULL);
  return session;
}

OvsdbClient *
odl_hwvtep_client (const OdlHwvtep *hwvtep)
{
  return hwvtep->session ? hwvtep->session->client : NULL;
}

OvsdbDatabase *
odl_hwvtep_replica (const OdlHwvtep *hwvtep)
{
  return hwvtep->session && hwvtep->session->ready ? ovsdb_client_replica (hwvtep->session->client) : NULL;
}

/* ---- what the TOR says --------------------------------------------------------------------------------------- */

static void
report_switch (OdlHwvtepSession *session, const OvsdbRow *row)
{
  const OvsdbDatum *tunnel_ips = ovsdb_row_get (row, "tunnel_ips");
  const char *name = ovsdb_row_text (row, "name");
  NetIpv4 ip = 0;

  if (tunnel_ips->n > 0)
    net_ipv4_from_text (ovsdb_datum_keys (tunnel_ips)[0].text, &ip);
  if (name && *name)
    odl_l2gw_switch_up (session->odl, name, odl_hwvtep_face (session->hwvtep), ip);
}

gboolean
odl_hwvtep_read_local_mac (const OvsdbRow *row, const char **logical_switch, NetMac *mac)
{
  const OvsdbRow *its_switch = ovsdb_row_ref (row, "logical_switch");
  const char *text = ovsdb_row_text (row, "MAC");

  if (!its_switch || !text || !net_mac_from_text (text, mac))
    return FALSE;
  *logical_switch = ovsdb_row_text (its_switch, "name");
  return *logical_switch != NULL;
}

static void
local_mac_changed (OdlHwvtepSession *session, const OvsdbChange *change)
{
  OdlHwvtep *face = odl_hwvtep_face (session->hwvtep);
  const char *logical_switch;
  NetMac mac;

  if (change->before && odl_hwvtep_read_local_mac (change->before, &logical_switch, &mac)
      && (!change->after || ovsdb_change_touches (change, "MAC")
          || ovsdb_change_touches (change, "logical_switch"))
      && (face == session->hwvtep || !odl_hwvtep_reports (face, logical_switch, &mac)))
    odl_l2gw_mac_withdrawn (session->odl, face, logical_switch, &mac);
  if (change->after && odl_hwvtep_read_local_mac (change->after, &logical_switch, &mac))
    odl_l2gw_mac_reported (session->odl, face, logical_switch, &mac);
}

/* Reports count once the row says another state than before. */
static void
tunnel_changed (OdlHwvtepSession *session, const OvsdbChange *change)
{
  const char *before = change->before ? ovsdb_row_map_text (change->before, "bfd_status", "state") : NULL;

  if (!change->after)
    return;
  if (!change->before)
    odl_hwvtep_touch_tunnels (session->hwvtep);
  if (g_strcmp0 (before, ovsdb_row_map_text (change->after, "bfd_status", "state")) != 0)
    odl_monitor_tor_reported (session->odl, session->hwvtep, change->after);
}

static void
report_all (OdlHwvtepSession *session)
{
  const OvsdbTable *table = ovsdb_database_table (ovsdb_client_replica (session->client), "Physical_Switch");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    report_switch (session, row);
  odl_l2gw_node_up (session->odl, odl_hwvtep_face (session->hwvtep));
}

/* A TOR that becomes one of a pair while it is here is another node's from now on. */
static void
manager_changed (OdlHwvtepSession *session)
{
  if (!odl_hwvtep_ha_look (session->hwvtep))
    return;
  odl_hwvtep_reconcile (session->hwvtep);
  report_all (session);
}

/* A port that came (back) gets its bindings. */
static void
port_added (OdlHwvtepSession *session, const OvsdbRow *port)
{
  const OvsdbTable *switches
      = ovsdb_database_table (ovsdb_client_replica (session->client), "Physical_Switch");

  /* A port of a known name counts as the one that has its bindings, though its row is a new one. */
  if (odl_has_bug (session->odl, ODL_BUG_BINDINGS_PORT))
    return;

  for (const OvsdbRow *row = ovsdb_table_first (switches); row; row = ovsdb_table_next (row))
    for (guint i = 0; i < ovsdb_row_get (row, "ports")->n; i++)
      if (ovsdb_row_ref_at (row, "ports", i) == port)
        odl_hwvtep_touch_port (session->hwvtep, ovsdb_row_text (row, "name"), ovsdb_row_text (port, "name"));
}

static void
changed (OvsdbClient *client, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  OdlHwvtepSession *session = user;

  (void) client;
  if (!session->ready) /* all of it is looked at when it is complete */
    return;
  for (guint i = 0; i < n_changes; i++)
    {
      const OvsdbChange *change = &changes[i];
      const char *table = ovsdb_table_name (change->table);

      if (g_str_equal (table, "Ucast_Macs_Local"))
        local_mac_changed (session, change);
      else if (g_str_equal (table, "Physical_Switch") && change->after)
        report_switch (session, change->after);
      else if (g_str_equal (table, "Tunnel"))
        tunnel_changed (session, change);
      else if (g_str_equal (table, "Physical_Port") && change->after && !change->before)
        port_added (session, change->after);
      else if (g_str_equal (table, "Manager") && change->after)
        manager_changed (session);
    }
  odl_hwvtep_commit (session->hwvtep);
  odl_hwvtep_wake (session->hwvtep);
}

/* ---- up and down --------------------------------------------------------------------------------------------- */

static char *
node_id_of (OdlHwvtepSession *session)
{
  const OvsdbRow *global
      = ovsdb_table_first (ovsdb_database_table (ovsdb_client_replica (session->client), "Global"));
  char uuid[OVSDB_UUID_TEXT];

  return global ? g_strconcat ("hwvtep://uuid/", ovsdb_uuid_format (ovsdb_row_uuid (global), uuid), NULL)
                : NULL;
}

/* Finds the node of a TOR that dialled us.  A session that the node still has is the half-open rest of one; its peer has
 * rebooted, and is not kept waiting until that is noticed. */
static gboolean
identify (OdlHwvtepSession *session)
{
  g_autofree char *node_id = node_id_of (session);
  OdlHwvtep *hwvtep = node_id ? odl_hwvtep_find (session->odl, node_id) : NULL;

  if (!node_id || (hwvtep && hwvtep->children)) /* a parent's id is no TOR's */
    return FALSE;
  if (!hwvtep)
    hwvtep = odl_hwvtep_add (session->odl, node_id);
  if (hwvtep->session
      && odl_has_bug (session->odl, ODL_BUG_HALF_OPEN)) /* there is one, so this one is refused */
    return FALSE;
  if (hwvtep->session)
    {
      odl_hwvtep_session_free (g_steal_pointer (&hwvtep->session));
      odl_hwvtep_abandon (hwvtep);
    }
  hwvtep->session = session;
  session->hwvtep = hwvtep;
  return TRUE;
}

/* By its first switch's name, as people know it. */
static void
set_title (OdlHwvtepSession *session)
{
  const OvsdbRow *row
      = ovsdb_table_first (ovsdb_database_table (ovsdb_client_replica (session->client), "Physical_Switch"));
  const char *name = row ? ovsdb_row_text (row, "name") : NULL;

  g_free (session->title);
  session->title = g_strconcat ("hwvtep ", name ? name : session->hwvtep->node_id, NULL);
}

static void
reconcile_later (Odl *odl, gpointer data)
{
  OdlHwvtep *hwvtep = odl_hwvtep_find (odl, data);

  if (hwvtep && odl_hwvtep_replica (hwvtep))
    odl_hwvtep_reconcile (hwvtep);
}

/* With the bug only a TOR's first session is given what is wanted.  After a restart it takes a while until that is
 * known, and the TOR's rows are good until then. */
static void
reconcile (OdlHwvtep *hwvtep)
{
  g_autofree char *key = g_strconcat ("reconcile ", hwvtep->node_id, NULL);

  if (hwvtep->keeps)
    odl_delay_set (hwvtep->odl, key, ODL_HWVTEP_KEEP_NS, reconcile_later, g_strdup (hwvtep->node_id), g_free);
  else if (!hwvtep->was_up || !odl_has_bug (hwvtep->odl, ODL_BUG_RECONCILE))
    odl_hwvtep_reconcile (hwvtep);
  hwvtep->keeps = FALSE;
  hwvtep->was_up = TRUE;
}

/* What is sent depends on the version of the TOR's schema. */
static gboolean
compares_versions (const OdlHwvtepSession *session)
{
  /* A version that is no later than what it is compared with throws, and nobody catches. */
  if (!odl_has_bug (session->odl, ODL_BUG_DB_VERSION) || odl_hwvtep_has_replication_mode (session->hwvtep))
    return TRUE;
  net_world_log (session->odl->world, NET_LOG_ERROR, "hwvtep", "%s: exception while comparing version %s",
                 session->hwvtep->node_id, ovsdb_client_server_version (session->client));
  return FALSE;
}

static void
ready (OvsdbClient *client, gpointer user)
{
  OdlHwvtepSession *session = user;

  if (!session->hwvtep)
    {
      g_ptr_array_remove (session->odl->strangers, session);
      if (!identify (session))
        {
          net_world_log (session->odl->world, NET_LOG_WARNING, "hwvtep",
                         "%s is not taken: it has no Global row, or its node is connected",
                         ovsdb_client_peer (client));
          odl_hwvtep_session_free (session);
          return;
        }
    }
  if (!compares_versions (session))
    return;
  session->ready = TRUE;
  set_title (session);
  odl_record (session->odl, "session", "up", session->title,
              json_pack ("{s:s, s:s}", "node", session->hwvtep->node_id, "peer", ovsdb_client_peer (client)));
  odl_hwvtep_ha_look (session->hwvtep);
  reconcile (session->hwvtep);
  report_all (session);
  odl_converge_changed (session->odl);
}

/* With the bug the end of a connection is handled when there may be another one already, and that is what is forgotten. */
static void
forget_late (Odl *odl, gpointer data)
{
  OdlHwvtep *hwvtep = odl_hwvtep_find (odl, data);

  if (!hwvtep || !hwvtep->session)
    return;
  hwvtep->session->ready = FALSE;
  odl_hwvtep_abandon (hwvtep);
  odl_l2gw_node_down (odl, odl_hwvtep_face (hwvtep));
  odl_converge_changed (odl);
}

static void
forget_later (const OdlHwvtep *hwvtep)
{
  g_autofree char *key = g_strconcat ("forget ", hwvtep->node_id, NULL);

  odl_delay_set (hwvtep->odl, key, LATE_NS, forget_late, g_strdup (hwvtep->node_id), g_free);
}

static void
disconnected (OvsdbClient *client, const char *why, gpointer user)
{
  OdlHwvtepSession *session = user;
  OdlHwvtep *hwvtep = session->hwvtep;
  Odl *odl = session->odl;

  net_world_log (odl->world, NET_LOG_INFO, "hwvtep", "%s: %s", ovsdb_client_peer (client), why);
  if (hwvtep && session->ready)
    {
      session->ready = FALSE;
      odl_record (odl, "session", "down", session->title, json_pack ("{s:s}", "why", why));
      odl_hwvtep_abandon (hwvtep);
      odl_l2gw_node_down (odl, odl_hwvtep_face (hwvtep));
      if (odl_has_bug (odl, ODL_BUG_FLAP))
        forget_later (hwvtep);
    }
  if (!hwvtep)
    {
      g_ptr_array_remove (odl->strangers, session);
      odl_hwvtep_session_free (session);
    }
  else if (!hwvtep->dialled) /* the TOR dials again, as a new session */
    odl_hwvtep_session_free (g_steal_pointer (&hwvtep->session));
  odl_converge_changed (odl);
}

static void
misused (OvsdbClient *client, NetMisuse misuse, const char *why, gpointer user)
{
  OdlHwvtepSession *session = user;

  (void) client;
  net_misuse_count (&session->misuses, session->odl->world, misuse, session->title, why);
}

static const OvsdbClientEvents events
    = { .ready = ready, .changed = changed, .disconnected = disconnected, .misused = misused };

gboolean
odl_hwvtep_dial (Odl *odl, const char *node_id, const char *target, GError **error)
{
  OvsdbClientConfig config = client_config (odl);
  OdlHwvtepSession *session;
  OdlHwvtep *hwvtep;

  if (odl_hwvtep_find (odl, node_id))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_CONFLICT, "node %s exists already", node_id);
      return FALSE;
    }
  session = session_new (odl, target);
  session->client = ovsdb_client_dial (odl->world, target, &config, &events, session, error);
  if (!session->client)
    {
      odl_hwvtep_session_free (session);
      return FALSE;
    }
  hwvtep = odl_hwvtep_add (odl, node_id);
  hwvtep->dialled = TRUE;
  hwvtep->session = session;
  session->hwvtep = hwvtep;
  odl_converge_changed (odl);
  return TRUE;
}

const char *
odl_hwvtep_target (const OdlHwvtep *hwvtep)
{
  return ovsdb_client_peer (hwvtep->session->client);
}

gboolean
odl_hwvtep_hang_up (Odl *odl, const char *node_id)
{
  OdlHwvtep *hwvtep = odl_hwvtep_find (odl, node_id);

  if (!hwvtep || hwvtep->children) /* a parent goes with its last child */
    return FALSE;
  odl_l2gw_node_forgotten (odl, hwvtep);
  odl_hwvtep_ha_leave (hwvtep);
  odl_registry_remove (&odl->hwvteps, node_id);
  odl_converge_changed (odl);
  return TRUE;
}

void
odl_hwvtep_accept (Odl *odl, NetStream *stream)
{
  OvsdbClientConfig config = client_config (odl);
  OdlHwvtepSession *session = session_new (odl, stream->peer);

  g_ptr_array_add (odl->strangers, session);
  session->client = ovsdb_client_accept (odl->world, stream, &config, &events, session);
}

void
odl_hwvtep_close_all (Odl *odl)
{
  while (odl->strangers->len > 0)
    odl_hwvtep_session_free (g_ptr_array_steal_index (odl->strangers, 0));
}

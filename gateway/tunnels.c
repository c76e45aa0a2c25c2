/* A tunnel an address, each with a timer of its own for its session, and one timer for what the database is to hear. */
#include "gateway/tunnels.h"

#include "gateway/bfd-frame.h"
#include "gateway/bfd-status.h"
#include "gateway/refs.h"
#include "gateway/report.h"
#include "gateway/tunnel-config.h"
#include "gateway/tunnel-rows.h"
#include "ovsdb/build.h"

typedef struct
{
  VtepTunnels *owner;
  NetIpv4 remote;
  gboolean has_row;
  OvsdbUuid row;
  VtepTunnelConfig config; /* of the row */
  VtepPeer *peer;          /* held while there is a session */
  VtepBfd *session;        /* NULL: none */
  guint16 source_port;
  VtepBfdStatus status; /* as last looked at */
  NetTimer timer;
  gboolean queued; /* the database may have to hear of it */
} Tunnel;

struct _VtepTunnels
{
  VtepTunnelsConfig config;
  char own_address[NET_IPV4_TEXT];
  VtepIndex by_remote; /* → place in tunnels */
  GPtrArray *tunnels;  /* of Tunnel, kept for the gateway's life */
  VtepRefs rows;       /* its locators: row of Tunnel → far end */
  guint n_sessions;
  guint32 salt; /* of discriminators */
  NetTimer timer;
  gint64 next_ns;   /* not before */
  GPtrArray *queue; /* of Tunnel */
};

static Tunnel *
find (const VtepTunnels *tunnels, NetIpv4 remote)
{
  const VtepIndexSlot *slot = vtep_index_find (&tunnels->by_remote, remote);
  return slot ? tunnels->tunnels->pdata[slot->value] : NULL;
}

static void
set_work (VtepTunnels *tunnels)
{
  NetWorld *world = tunnels->config.world;

  if (!tunnels->timer.pending)
    net_world_timer_set (world, &tunnels->timer, MAX (net_world_now (world), tunnels->next_ns));
}

static void
enqueue (Tunnel *tunnel)
{
  if (tunnel->queued)
    return;
  tunnel->queued = TRUE;
  g_ptr_array_add (tunnel->owner->queue, tunnel);
  set_work (tunnel->owner);
}

/* ---- sessions ------------------------------------------------------------------------------------------------ */

static void
send (Tunnel *tunnel, const NetBfd *packet)
{
  const VtepTunnelsConfig *config = &tunnel->owner->config;
  VtepBfdPath path = { .destination = tunnel->config.remote_mac,
                       .source = config->mac,
                       .destination_ip = tunnel->config.remote_ip,
                       .source_ip = tunnel->config.local_ip,
                       .source_port = tunnel->source_port };
  NetFrame *frame = vtep_bfd_frame (config->world->frames, &path, packet);

  vtep_underlay_send (
      config->underlay, frame,
      &(VtepTunnel){ .destination = tunnel->remote,
                     .source_port = net_vxlan_source_port (net_frame_bytes (frame), frame->length),
                     .tos = net_vxlan_outer_tos (net_frame_bytes (frame), frame->length) });
}

static void
tell (const Tunnel *tunnel)
{
  char key[NET_IPV4_TEXT];

  vtep_bfd_status_tell (tunnel->owner->config.world, net_ipv4_format (tunnel->remote, key), &tunnel->status);
}

/* What the session has come to, for the tables and the database. */
static void
follow_status (Tunnel *tunnel, gint64 now_ns)
{
  VtepBfdStatus status;

  vtep_bfd_status (tunnel->session, now_ns, &status);
  if (vtep_bfd_status_equal (&status, &tunnel->status))
    return;
  tunnel->status = status;
  if (tunnel->config.enabled)
    vtep_tables_set_down (tunnel->owner->config.tables, tunnel->remote, !status.forwarding);
  tell (tunnel);
  enqueue (tunnel);
}

static void
end_session (Tunnel *tunnel)
{
  net_world_timer_cancel (tunnel->owner->config.world, &tunnel->timer);
  g_clear_pointer (&tunnel->session, vtep_bfd_free);
  vtep_peers_release (vtep_tables_peers_writable (tunnel->owner->config.tables), tunnel->remote);
  tunnel->peer = NULL;
  tunnel->owner->n_sessions--;
}

/* Whatever happened to the session: sends what is due, and looks what it has come to. */
static void
run_session (Tunnel *tunnel, gint64 now_ns)
{
  NetWorld *world = tunnel->owner->config.world;
  guint32 chance;
  NetBfd packet;
  gint64 next_ns;

  net_world_random (world, &chance, sizeof chance);
  while (vtep_bfd_run (tunnel->session, tunnel->peer->in.packets, chance, now_ns, &packet))
    send (tunnel, &packet);
  follow_status (tunnel, now_ns);
  if (vtep_bfd_is_over (tunnel->session, now_ns))
    {
      end_session (tunnel);
      return;
    }
  next_ns = vtep_bfd_next (tunnel->session);
  if (next_ns == G_MAXINT64)
    net_world_timer_cancel (world, &tunnel->timer);
  else
    net_world_timer_set (world, &tunnel->timer, next_ns);
}

static void
session_due (NetTimer *timer, gint64 now_ns)
{
  run_session (timer->owner, now_ns);
}

/* A different one for each place, and not zero: an odd factor makes it a permutation of the 32-bit numbers. */
static guint32
discriminator (const VtepTunnels *tunnels, guint32 place)
{
  guint32 number = (place * 2654435761u) ^ tunnels->salt;
  return number ? number : (G_MAXUINT32 * 2654435761u) ^ tunnels->salt;
}

static void
begin_session (Tunnel *tunnel, gint64 now_ns)
{
  VtepTunnels *tunnels = tunnel->owner;
  guint32 place = vtep_index_get (&tunnels->by_remote, tunnel->remote, 0);
  guint16 chance;

  net_world_random (tunnels->config.world, &chance, sizeof chance);
  tunnel->source_port = (guint16) (NET_BFD_SOURCE_PORT_MIN | chance);
  tunnel->peer = vtep_peers_hold (vtep_tables_peers_writable (tunnels->config.tables), tunnel->remote);
  tunnel->session = vtep_bfd_new (&tunnel->config.bfd, discriminator (tunnels, place), now_ns);
  tunnels->n_sessions++;
}

/* The row's settings changed, or the row went. */
static void
follow_config (Tunnel *tunnel)
{
  VtepTables *tables = tunnel->owner->config.tables;
  gint64 now_ns = net_world_now (tunnel->owner->config.world);

  if (tunnel->config.enabled && !tunnel->session)
    begin_session (tunnel, now_ns);
  else if (tunnel->config.enabled)
    vtep_bfd_configure (tunnel->session, &tunnel->config.bfd, now_ns);
  else if (tunnel->session)
    vtep_bfd_shut (tunnel->session, now_ns);
  if (!tunnel->session)
    return;
  vtep_bfd_status (tunnel->session, now_ns, &tunnel->status);
  vtep_tables_set_down (tables, tunnel->remote, tunnel->config.enabled && !tunnel->status.forwarding);
  tell (tunnel);
  /* From the timer: this is a commit, and frames that it causes belong behind it. */
  net_world_timer_set (tunnel->owner->config.world, &tunnel->timer, now_ns);
}

/* ---- rows that changed --------------------------------------------------------------------------------------- */

static Tunnel *
ensure (VtepTunnels *tunnels, NetIpv4 remote)
{
  Tunnel *tunnel = find (tunnels, remote);

  if (tunnel)
    return tunnel;
  tunnel = g_new0 (Tunnel, 1);
  tunnel->owner = tunnels;
  tunnel->remote = remote;
  net_timer_init (&tunnel->timer, session_due, tunnel);
  vtep_index_put (&tunnels->by_remote, remote, tunnels->tunnels->len);
  g_ptr_array_add (tunnels->tunnels, tunnel);
  return tunnel;
}

static NetIpv4
locator_of (const OvsdbRow *row, const char *column)
{
  const OvsdbRow *locator = ovsdb_row_ref (row, column);
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;
  NetIpv4 address;

  return text && net_ipv4_from_text (text, &address) ? address : 0;
}

/* The far end of a row that begins at our tunnel address; 0: it does not, or is no address. */
static NetIpv4
remote_of (const VtepTunnels *tunnels, const OvsdbRow *row)
{
  NetIpv4 remote = locator_of (row, "remote");

  if (locator_of (row, "local") != tunnels->config.tunnel_ip || remote == tunnels->config.tunnel_ip)
    return 0;
  return remote;
}

/* The first row for this far end that is there. */
static const OvsdbRow *
first_row (const VtepTunnels *tunnels, NetIpv4 remote)
{
  const OvsdbTable *table = ovsdb_database_table (tunnels->config.database, "Tunnel");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    if (remote_of (tunnels, row) == remote)
      return row;
  return NULL;
}

/* NULL: there is no row any more. */
static void
adopt (Tunnel *tunnel, const OvsdbRow *row)
{
  tunnel->has_row = row != NULL;
  tunnel->config = (VtepTunnelConfig){ .enabled = FALSE };
  if (row)
    {
      tunnel->row = *ovsdb_row_uuid (row);
      vtep_tunnel_config_read (row, &tunnel->config);
    }
  follow_config (tunnel);
  enqueue (tunnel);
}

static void
row_appeared (VtepTunnels *tunnels, const OvsdbUuid *uuid, const OvsdbRow *row)
{
  NetIpv4 remote = remote_of (tunnels, row);
  Tunnel *tunnel;

  if (!remote)
    return;
  tunnel = ensure (tunnels, remote);
  vtep_refs_add_locator (&tunnels->rows, uuid, remote);
  if (!tunnel->has_row || ovsdb_uuid_equal (&tunnel->row, uuid))
    adopt (tunnel, row);
}

static void
row_went (VtepTunnels *tunnels, const OvsdbUuid *uuid)
{
  NetIpv4 remote = vtep_refs_locator (&tunnels->rows, uuid);
  Tunnel *tunnel = remote ? find (tunnels, remote) : NULL;

  vtep_refs_remove (&tunnels->rows, uuid);
  if (tunnel && tunnel->has_row && ovsdb_uuid_equal (&tunnel->row, uuid))
    adopt (tunnel, first_row (tunnels, remote));
}

void
vtep_tunnels_row_changed (VtepTunnels *tunnels, const OvsdbChange *change)
{
  NetIpv4 was = vtep_refs_locator (&tunnels->rows, &change->uuid);
  gboolean moved = change->before && change->after && remote_of (tunnels, change->after) != was;

  if (!change->after || moved)
    row_went (tunnels, &change->uuid);
  if (!change->after)
    return;
  if (moved || ovsdb_change_touches (change, "bfd_params")
      || ovsdb_change_touches (change, "bfd_config_local")
      || ovsdb_change_touches (change, "bfd_config_remote"))
    row_appeared (tunnels, &change->uuid, change->after);
  else if (ovsdb_change_touches (change, "bfd_status") && find (tunnels, was))
    enqueue (find (tunnels, was));
}

void
vtep_tunnels_move (VtepTunnels *tunnels, guint underlay_port, const NetMac *mac, NetIpv4 tunnel_ip)
{
  tunnels->config.underlay_port = underlay_port;
  tunnels->config.mac = *mac;
  tunnels->config.tunnel_ip = tunnel_ip;
  net_ipv4_format (tunnel_ip, tunnels->own_address);
}

/* Rows that were moved along are no news; others begin here now, or do not any more. */
void
vtep_tunnels_moved (VtepTunnels *tunnels)
{
  const OvsdbTable *table = ovsdb_database_table (tunnels->config.database, "Tunnel");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      NetIpv4 was = vtep_refs_locator (&tunnels->rows, ovsdb_row_uuid (row));
      if (remote_of (tunnels, row) == was)
        continue;
      if (was)
        row_went (tunnels, ovsdb_row_uuid (row));
      row_appeared (tunnels, ovsdb_row_uuid (row), row);
    }
  for (guint i = 0; i < tunnels->tunnels->len; i++)
    enqueue (tunnels->tunnels->pdata[i]);
}

/* ---- what the database hears --------------------------------------------------------------------------------- */

static void
settle (Tunnel *tunnel, VtepTunnelRows *rows)
{
  const VtepTunnels *tunnels = tunnel->owner;
  const VtepPeer *peer = vtep_peers_find (vtep_tables_peers (tunnels->config.tables), tunnel->remote);
  gboolean named = peer && peer->rows > 0;
  const OvsdbRow *row = NULL;

  if (tunnel->has_row)
    row = ovsdb_table_lookup (ovsdb_database_table (tunnels->config.database, "Tunnel"), &tunnel->row);
  if (!row && named)
    vtep_tunnel_rows_insert (rows, tunnel->remote);
  else if (row && !named && !tunnel->config.enabled)
    vtep_tunnel_rows_remove (rows, &tunnel->row);
  else if (row)
    vtep_tunnel_rows_update (rows, row, tunnel->config.enabled ? &tunnel->status : NULL, tunnel->config.info);
}

static void
take_changed_peers (VtepTunnels *tunnels)
{
  VtepPeers *peers = vtep_tables_peers_writable (tunnels->config.tables);

  for (NetIpv4 remote; (remote = vtep_peers_next_changed (peers));)
    enqueue (ensure (tunnels, remote));
}

static void
work (NetTimer *timer, gint64 now_ns)
{
  VtepTunnels *tunnels = timer->owner;
  const VtepTunnelsConfig *config = &tunnels->config;
  json_t *operations = json_array ();
  g_autoptr (GError) error = NULL;
  VtepTunnelRows rows;
  guint n = 0;

  vtep_tunnel_rows_init (&rows, config->database, config->switch_name, tunnels->own_address, operations);
  take_changed_peers (tunnels);
  for (; n < tunnels->queue->len && json_array_size (operations) < VTEP_REPORT_ROWS; n++)
    {
      Tunnel *tunnel = tunnels->queue->pdata[n];
      tunnel->queued = FALSE;
      settle (tunnel, &rows);
    }
  g_ptr_array_remove_range (tunnels->queue, 0, n);
  vtep_tunnel_rows_clear (&rows);
  tunnels->next_ns = now_ns + VTEP_REPORT_INTERVAL_NS;
  if (tunnels->queue->len)
    set_work (tunnels);
  if (json_array_size (operations) == 0)
    json_decref (operations);
  else if (!ovsdb_database_execute (config->database, operations, &error))
    net_world_log (config->world, NET_LOG_ERROR, "gateway", "the database refused to hear of tunnels: %s",
                   error->message);
}

/* ---- packets ------------------------------------------------------------------------------------------------- */

static NetDropReason
receive (Tunnel *tunnel, const VtepView *view, const guint8 *inner)
{
  gint64 now_ns = net_world_now (tunnel->owner->config.world);
  NetIpv4 destination;
  NetBfd packet;
  NetDropReason reason = vtep_bfd_frame_parse (&view->ethernet, inner, view->length, &destination, &packet);

  if (reason != NET_DROP_NONE)
    return reason;
  /* What a loop at the far end sends back would bring the session up with itself. */
  if (net_mac_equal (&view->ethernet.source, &tunnel->owner->config.mac))
    return NET_DROP_BFD_SESSION;
  if (!vtep_tunnel_config_expects (&tunnel->config, destination)
      || (tunnel->config.check_key && view->vni != 0))
    return NET_DROP_BFD_SESSION;
  reason = vtep_bfd_received (tunnel->session, &packet, now_ns);
  run_session (tunnel, now_ns);
  return reason;
}

gboolean
vtep_tunnels_receive (VtepTunnels *tunnels, NetFrame *frame, const VtepView *view, const guint8 *inner)
{
  Tunnel *tunnel = tunnels->n_sessions ? find (tunnels, view->source) : NULL;
  char text[NET_IPV4_TEXT];
  NetDropReason reason;

  if (!tunnel || !tunnel->session || !net_mac_equal (&view->ethernet.destination, &tunnel->config.local_mac)
      || !vtep_bfd_frame_is (&view->ethernet, inner, view->length))
    return FALSE;
  reason = receive (tunnel, view, inner);
  if (reason != NET_DROP_NONE)
    net_world_drop (tunnels->config.world, &(NetDrop){ .frame = frame,
                                                       .port = tunnels->config.underlay_port,
                                                       .reason = reason,
                                                       .table = "Tunnel",
                                                       .rule = net_ipv4_format (tunnel->remote, text) });
  net_frame_unref (frame);
  return TRUE;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
peers_changed (gpointer user)
{
  set_work (user);
}

VtepTunnels *
vtep_tunnels_new (const VtepTunnelsConfig *config)
{
  VtepTunnels *tunnels = g_new0 (VtepTunnels, 1);

  tunnels->config = *config;
  net_ipv4_format (config->tunnel_ip, tunnels->own_address);
  net_world_random (config->world, &tunnels->salt, sizeof tunnels->salt);
  vtep_index_init (&tunnels->by_remote, tunnels->salt);
  tunnels->tunnels = g_ptr_array_new_with_free_func (g_free);
  tunnels->queue = g_ptr_array_new ();
  vtep_refs_init (&tunnels->rows);
  net_timer_init (&tunnels->timer, work, tunnels);
  vtep_peers_listen (vtep_tables_peers_writable (config->tables), peers_changed, tunnels);
  return tunnels;
}

void
vtep_tunnels_free (VtepTunnels *tunnels)
{
  if (!tunnels)
    return;
  vtep_peers_listen (vtep_tables_peers_writable (tunnels->config.tables), NULL, NULL);
  net_world_timer_cancel (tunnels->config.world, &tunnels->timer);
  for (guint i = 0; i < tunnels->tunnels->len; i++)
    if (((Tunnel *) tunnels->tunnels->pdata[i])->session)
      end_session (tunnels->tunnels->pdata[i]);
  g_ptr_array_unref (tunnels->tunnels);
  g_ptr_array_unref (tunnels->queue);
  vtep_refs_clear (&tunnels->rows);
  vtep_index_clear (&tunnels->by_remote);
  g_free (tunnels);
}

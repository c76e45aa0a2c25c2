/* A compute on this host: ovs-linux-run INTERFACE ADDRESS FOLDER.  What lives on a simulated node lives on the Linux
 * world: tunnels end at ADDRESS behind INTERFACE; the database listens on FOLDER/db.sock, OpenFlow on FOLDER/br-int.mgmt. */
#include "gateway/linux/ports.h"
#include "models/ovs/bridge.h"
#include "models/ovs/rows.h"
#include "ovsdb/server.h"

#include <stdio.h>

#define DATAPATH_ID   0x2a
#define PREFIX_LENGTH 24

typedef struct
{
  LinuxWorld *linux_world;
  NetWorld *world;
  guint port;
  VtepUnderlay *underlay;
  OvsdbDatabase *db;
  OvsdbServer *server;
  OvsSwitch *sw;
  OvsSessions *sessions;
  OvsBridge *bridge;
} Compute;

static void
received (LinuxWorld *world, guint port, NetFrame *frame, gpointer user)
{
  Compute *compute = user;
  VtepArrival arrival;

  (void) world, (void) port;
  if (vtep_underlay_receive (compute->underlay, frame, &arrival))
    ovs_switch_receive_tunnel (compute->sw, frame, &arrival);
}

static gboolean
open_underlay (Compute *compute, const char *interface, NetIpv4 ip, GError **error)
{
  LinuxPortConfig config = { .kind = LINUX_PORT_UNDERLAY, .received = received, .user = compute };
  LinuxPortFacts facts;

  if (!linux_world_open_port (compute->linux_world, interface, &config, &compute->port, error))
    return FALSE;
  linux_world_port_facts (compute->linux_world, compute->port, &facts);
  compute->underlay = vtep_underlay_new (
      compute->world,
      &(VtepUnderlayConfig){
          .port = compute->port, .mac = facts.mac, .ip = ip, .prefix_length = PREFIX_LENGTH });
  return TRUE;
}

/* There are no taps. */
static gboolean
find_device (const char *name, OvsDevice *out, gpointer user)
{
  (void) name, (void) out, (void) user;
  return FALSE;
}

static void
accept_session (NetStream *stream, gpointer user)
{
  ovs_session_begin (((Compute *) user)->sessions, stream, 0, NULL, NULL);
}

static gboolean
start (Compute *compute, NetIpv4 ip, const char *folder, GError **error)
{
  g_autofree char *database = g_strdup_printf ("punix:%s/db.sock", folder),
                  *openflow = g_strdup_printf ("punix:%s/br-int.mgmt", folder);

  compute->db = ovs_rows_database (compute->world);
  ovs_rows_begin (compute->db, "linux", &(OvsConfig){ .datapath_id = DATAPATH_ID, .tunnel_ip = ip });
  compute->sw = ovs_switch_new (compute->world, &(OvsSwitchConfig){ .datapath_id = DATAPATH_ID,
                                                                    .underlay = compute->underlay,
                                                                    .underlay_port = compute->port });
  compute->sessions = ovs_sessions_new (compute->sw);
  compute->bridge = ovs_bridge_new (&(OvsBridgeConfig){ .world = compute->world,
                                                        .db = compute->db,
                                                        .sw = compute->sw,
                                                        .sessions = compute->sessions,
                                                        .mac = net_mac_from_u64 (DATAPATH_ID),
                                                        .find_device = find_device });
  compute->server = ovsdb_server_new (compute->world);
  ovsdb_server_add_database (compute->server, compute->db);
  ovs_bridge_start (compute->bridge);
  return ovsdb_server_add_remote (compute->server, database, NULL, error)
         && net_world_listen (compute->world, openflow, accept_session, compute, error);
}

static void
end (Compute *compute)
{
  ovsdb_server_free (compute->server);
  ovs_bridge_free (compute->bridge);
  ovs_sessions_free (compute->sessions);
  ovs_switch_free (compute->sw);
  vtep_underlay_free (compute->underlay);
  ovsdb_database_free (compute->db);
}

static void
on_signal (LinuxWorld *world, int signal, gpointer user)
{
  (void) signal, (void) user;
  linux_world_quit (world);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LinuxWorld) world = NULL;
  Compute compute = { 0 };
  NetIpv4 ip;
  gboolean runs;

  if (argc != 4 || !net_ipv4_from_text (argv[2], &ip))
    return 2;
  world = linux_world_new (NULL, &error);
  if (!world || !linux_world_catch_signals (world, on_signal, NULL, &error))
    g_error ("%s", error->message);
  compute.linux_world = world;
  compute.world = linux_world_seam (world);
  runs = open_underlay (&compute, argv[1], ip, &error) && start (&compute, ip, argv[3], &error);
  if (runs)
    linux_world_run (world);
  else
    fprintf (stderr, "%s\n", error->message);
  end (&compute);
  return runs ? 0 : 1;
}

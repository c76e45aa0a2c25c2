/* The controller in two worlds: `linux` serves on this host's ports until it is told to stop; `simulated` runs it with a
 * simulated compute and TOR, and prints what these hold in the end.  Both are told the same requests: lines of a file,
 * "METHOD PATH BODY". */
#include "gateway/linux/world.h"
#include "guest-bench.h"
#include "models/odl/core.h"
#include "models/odl/odl.h"
#include "models/ovs/ovs-node.h"
#include "models/tor/tor.h"
#include "models/underlay/switch.h"
#include "ovsdb/database.h"
#include "sim/host.h"

#include <stdio.h>
#include <string.h>

/* ---- the Linux world ----------------------------------------------------------------------------------------- */

static void
on_signal (LinuxWorld *world, int signal, gpointer user)
{
  (void) signal, (void) user;
  linux_world_quit (world);
}

static int
serve (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LinuxWorld) world = linux_world_new (NULL, &error);
  g_autoptr (Odl) odl = NULL;

  if (world && linux_world_catch_signals (world, on_signal, NULL, &error))
    odl = odl_new (linux_world_seam (world), "odl", &(OdlOptions){ 0 });
  if (!odl || !odl_start (odl, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  printf ("ready\n");
  fflush (stdout);
  linux_world_run (world);
  return 0;
}

/* ---- the simulated world ------------------------------------------------------------------------------------- */

static void
give_management (Bench *bench, SimNode *node, guint last_octet)
{
  SimNode *management = sim_network_find (bench->network, "management");
  guint port = sim_node_find_port (node, "mgmt");

  if (port == NET_PORT_NONE)
    port = sim_node_add_port (node, "mgmt");
  sim_host_new (node, &(SimHostConfig){ .port = port,
                                        .mac = net_mac_from_u64 (0x020000000000 | last_octet),
                                        .ip = 0x0a000000 | last_octet,
                                        .prefix_length = 24 });
  bench_link (management, sim_node_add_port (management, node->name), node, port, SIM_MSEC);
}

static void
tell (OdlController *controller, const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    g_error ("cannot read %s", path);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] && *lines[i]; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 3);
      json_t *body = json_loads (words[2], 0, NULL);

      if (odl_northbound (controller, words[0], words[1], body, NULL) >= 300)
        g_error ("refused: %s", lines[i]);
      json_decref (body);
    }
}

static const char *
name_of_switch (const OvsdbRow *row)
{
  return ovsdb_row_text (ovsdb_row_ref (row, "logical_switch"), "name");
}

static void
print_rows (OvsdbDatabase *db)
{
  const OvsdbRow *row;

  for (row = ovsdb_table_first (ovsdb_database_table (db, "Logical_Switch")); row;
       row = ovsdb_table_next (row))
    printf ("row switch %s %d %s\n", ovsdb_row_text (row, "name"),
            (int) ovsdb_row_integer (row, "tunnel_key", -1), ovsdb_row_text (row, "replication_mode"));
  for (row = ovsdb_table_first (ovsdb_database_table (db, "Physical_Port")); row;
       row = ovsdb_table_next (row))
    for (guint i = 0; i < ovsdb_row_get (row, "vlan_bindings")->n; i++)
      printf ("row binding %s %d %s\n", ovsdb_row_text (row, "name"),
              (int) ovsdb_datum_keys (ovsdb_row_get (row, "vlan_bindings"))[i].integer,
              ovsdb_row_text (ovsdb_row_ref_at (row, "vlan_bindings", i), "name"));
  for (row = ovsdb_table_first (ovsdb_database_table (db, "Mcast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    {
      const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");

      for (guint i = 0; i < ovsdb_row_get (set, "locators")->n; i++)
        printf ("row flood %s %s %s\n", name_of_switch (row), ovsdb_row_text (row, "MAC"),
                ovsdb_row_text (ovsdb_row_ref_at (set, "locators", i), "dst_ip"));
    }
  for (row = ovsdb_table_first (ovsdb_database_table (db, "Ucast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    printf ("row remote %s %s %s\n", name_of_switch (row), ovsdb_row_text (row, "MAC"),
            ovsdb_row_text (ovsdb_row_ref (row, "locator"), "dst_ip"));
}

static TorNode *
make_tor (Bench *bench, SimNode *underlay)
{
  static const char *const ports[] = { "em3" };
  TorNode *tor = tor_new (bench->network, "tor1",
                          &(TorConfig){ .ports = ports,
                                        .n_ports = 1,
                                        .uplink_mac = net_mac_from_u64 (0x020a087d0014),
                                        .tunnel_ip = 0x0a087d14,
                                        .prefix_length = 24 });

  give_management (bench, tor_node (tor), 20);
  bench_link (underlay, sim_node_add_port (underlay, "tor1"), tor_node (tor),
              sim_node_find_port (tor_node (tor), TOR_PORT_UPLINK), SIM_USEC);
  g_assert (tor_start (tor, NULL));
  return tor;
}

static OvsNode *
make_compute (Bench *bench, SimNode *underlay, SimNode *vm)
{
  static const char *const cards[] = { "em1", NULL };
  OvsNode *compute = ovs_node_new (bench->network, "server1",
                                   &(OvsConfig){ .datapath_id = 1,
                                                 .tunnel_ip = 0x0a087d12,
                                                 .underlay_port = "em2",
                                                 .devices = cards,
                                                 .controller = "tcp:10.0.0.1:6653",
                                                 .manager = "tcp:10.0.0.1:6640" });
  guint tap = ovs_node_add_tap (
      compute, "tap1",
      &(OvsTapConfig){ .iface_id = "port-vm1", .attached_mac = net_mac_from_u64 (0xfa163e000001) });

  bench_link (ovs_node_sim (compute), tap, vm, 0, 0);
  give_management (bench, ovs_node_sim (compute), 18);
  bench_link (underlay, sim_node_add_port (underlay, "server1"), ovs_node_sim (compute),
              sim_node_find_port (ovs_node_sim (compute), "em2"), SIM_USEC);
  ovs_node_start (compute);
  return compute;
}

/* ovs-vsctl set Open_vSwitch . other_config:provider_mappings=physnet1:em1 */
static void
map_card (OvsNode *compute)
{
  g_autoptr (GError) error = NULL;
  json_t *operations = json_pack ("[{s:s, s:s, s:[], s:[[s, s, [s, [[s, s]]]]]}]", "op", "mutate", "table",
                                  "Open_vSwitch", "where", "mutations", "other_config", "insert", "map",
                                  "provider_mappings", "physnet1:em1");

  ovsdb_database_execute (ovs_node_database (compute), operations, &error);
  g_assert_no_error (error);
}

static Guest *
make_guest (Bench *bench, const char *name, guint64 mac, NetIpv4 ip)
{
  Guest *guest = guest_new (bench->network, name,
                            &(GuestConfig){ .mac = net_mac_from_u64 (mac), .ipv4 = ip, .prefix_length = 24 });

  guest_start (guest);
  return guest;
}

static int
simulate (const char *requests)
{
  g_autoptr (Bench) bench = bench_new (1);
  SimNode *underlay = underlay_switch_new (bench->network, "underlay", NULL);
  Guest *vm1, *vm3;
  OdlController *controller;
  OvsNode *compute;
  TorNode *tor;
  g_autofree char *flows = NULL, *groups = NULL;

  underlay_switch_new (bench->network, "management", NULL);
  controller = odl_controller_new (bench->network, "odl", &(OdlConfig){ 0 });
  give_management (bench, odl_controller_node (controller), 1);
  vm1 = make_guest (bench, "vm1", 0xfa163e000001, 0x0a00000b);
  vm3 = make_guest (bench, "vm3", 0xfa163e000003, 0x0a00000d);
  compute = make_compute (bench, underlay, guest_node (vm1));
  tor = make_tor (bench, underlay);
  bench_link (tor_node (tor), 0, guest_node (vm3), 0, 0);
  tell (controller, requests);
  bench_run (bench, 10 * SIM_SEC);
  map_card (compute);
  bench_run (bench, 15 * SIM_SEC);
  guest_arping (vm3, &(GuestArping){ .to = 0x0a000063, .count = 1, .interval_ns = SIM_SEC });
  bench_run (bench, 25 * SIM_SEC);
  print_rows (tor_database (tor));
  flows = ovs_node_dump_flows (compute);
  groups = ovs_node_dump_groups (compute);
  printf ("%s%s", flows, groups);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "linux") == 0)
    return serve ();
  return argc == 3 && strcmp (argv[1], "simulated") == 0 ? simulate (argv[2]) : 2;
}

/* The machine: its tunnel end, its bridges, and the program while it runs. */
#include "models/emulator/emulator.h"

#include "gateway/inventory.h"
#include "gateway/underlay.h"
#include "models/emulator/process.h"

struct _Emulator
{
  NetWorld *world;
  OvsdbDatabase *database;
  VtepUnderlay *underlay;
  EmulatorBridges *bridges;
  EmulatorProcess *process; /* NULL: it does not run */
  EmulatorBugs bugs;
  char *switch_name;
  char **port_names;
  guint *world_ports;
  guint n_ports;
  guint underlay_port;
};

static void
copy_ports (Emulator *emulator, const VtepGatewayConfig *config)
{
  emulator->n_ports = config->n_ports;
  emulator->port_names = g_new0 (char *, config->n_ports + 1);
  emulator->world_ports = g_new (guint, config->n_ports);
  for (guint i = 0; i < config->n_ports; i++)
    {
      emulator->port_names[i] = g_strdup (config->ports[i].name);
      emulator->world_ports[i] = config->ports[i].world_port;
    }
}

Emulator *
emulator_new (NetWorld *world, OvsdbDatabase *database, const VtepGatewayConfig *config, EmulatorBugs bugs)
{
  Emulator *emulator = g_new0 (Emulator, 1);
  g_autoptr (GError) error = NULL;

  emulator->world = world;
  emulator->database = database;
  emulator->bugs = bugs;
  emulator->switch_name = g_strdup (config->switch_name);
  emulator->underlay_port = config->underlay_port;
  copy_ports (emulator, config);
  emulator->underlay
      = vtep_underlay_new (world, &(VtepUnderlayConfig){ .port = config->underlay_port,
                                                         .mac = config->underlay_mac,
                                                         .ip = config->tunnel_ip,
                                                         .prefix_length = config->prefix_length,
                                                         .gateway = config->underlay_gateway });
  emulator->bridges = emulator_bridges_new (&(EmulatorBridgesConfig){ .world = world,
                                                                      .underlay = emulator->underlay,
                                                                      .underlay_port = config->underlay_port,
                                                                      .underlay_mtu = config->mtu });
  if (!vtep_inventory_write (database, config, &error))
    net_world_log (world, NET_LOG_ERROR, "emulator", "cannot write the switch's own rows: %s",
                   error->message);
  return emulator;
}

void
emulator_free (Emulator *emulator)
{
  if (!emulator)
    return;
  emulator_process_free (emulator->process);
  emulator_bridges_free (emulator->bridges);
  vtep_underlay_free (emulator->underlay);
  g_strfreev (emulator->port_names);
  g_free (emulator->world_ports);
  g_free (emulator->switch_name);
  g_free (emulator);
}

void
emulator_start (Emulator *emulator)
{
  if (emulator->process && emulator_process_is_dead (emulator->process))
    emulator_stop (emulator);
  if (emulator->process)
    return;
  emulator->process = emulator_process_new (
      &(EmulatorProcessConfig){ .world = emulator->world,
                                .database = emulator->database,
                                .bridges = emulator->bridges,
                                .switch_name = emulator->switch_name,
                                .port_names = (const char *const *) emulator->port_names,
                                .world_ports = emulator->world_ports,
                                .n_ports = emulator->n_ports,
                                .bugs = emulator->bugs });
}

void
emulator_stop (Emulator *emulator)
{
  g_clear_pointer (&emulator->process, emulator_process_end);
}

void
emulator_receive (Emulator *emulator, guint world_port, NetFrame *frame)
{
  VtepArrival arrival;

  if (world_port != emulator->underlay_port)
    emulator_bridges_receive (emulator->bridges, world_port, frame);
  else if (vtep_underlay_receive (emulator->underlay, frame, &arrival))
    emulator_bridges_receive_tunnel (emulator->bridges, frame, &arrival);
}

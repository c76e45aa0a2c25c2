/* Arrays by place and by the world's number. */
#include "gateway/access-ports.h"

VtepAccessPorts *
vtep_access_ports_new (void)
{
  VtepAccessPorts *ports = g_new0 (VtepAccessPorts, 1);

  ports->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return ports;
}

void
vtep_access_ports_free (VtepAccessPorts *ports)
{
  if (!ports)
    return;
  g_hash_table_unref (ports->by_name);
  g_free (ports->by_world);
  g_free (ports);
}

VtepPort
vtep_access_ports_find (const VtepAccessPorts *ports, const char *name)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (ports->by_name, name));
  return place ? (VtepPort) (place - 1) : VTEP_PORT_NO;
}

/* ---- numbers of the world ------------------------------------------------------------------------------------ */

static void
appear_at (VtepAccessPorts *ports, VtepPort port, guint world_port)
{
  if (world_port >= ports->n_by_world)
    {
      ports->by_world = g_renew (VtepPort, ports->by_world, world_port + 1);
      while (ports->n_by_world <= world_port)
        ports->by_world[ports->n_by_world++] = VTEP_PORT_NO;
    }
  ports->by_world[world_port] = port;
  ports->world_ports[port] = world_port;
}

/* Unless another one is there already. */
static void
leave (VtepAccessPorts *ports, VtepPort port)
{
  VtepPort *there = &ports->by_world[ports->world_ports[port]];

  if (*there == port)
    *there = VTEP_PORT_NO;
}

void
vtep_access_ports_move (VtepAccessPorts *ports, VtepPort port, guint world_port)
{
  leave (ports, port);
  appear_at (ports, port, world_port);
}

/* ---- coming and going ---------------------------------------------------------------------------------------- */

VtepPort
vtep_access_ports_add (VtepAccessPorts *ports, const VtepPortConfig *config)
{
  char *name = g_strdup (config->name);
  VtepPort port = 0;

  while (port < ports->n && ports->names[port])
    port++;
  g_assert (port < VTEP_PORTS_MAX);
  g_hash_table_insert (ports->by_name, name, GUINT_TO_POINTER (port + 1u));
  ports->names[port] = name;
  ports->n = MAX (ports->n, port + 1u);
  appear_at (ports, port, config->world_port);
  return port;
}

void
vtep_access_ports_remove (VtepAccessPorts *ports, VtepPort port)
{
  leave (ports, port);
  g_hash_table_remove (ports->by_name, ports->names[port]);
  ports->names[port] = NULL;
  while (ports->n > 0 && !ports->names[ports->n - 1])
    ports->n--;
}

/* The port table: an array by number. */
#include "models/ovs/ports.h"

#include "models/ovs/numbered.h"

struct _OvsPorts
{
  GPtrArray *by_number; /* of OvsPort */
};

OvsPorts *
ovs_ports_new (void)
{
  OvsPorts *ports = g_new0 (OvsPorts, 1);
  ports->by_number = g_ptr_array_new_with_free_func (g_free);
  return ports;
}

void
ovs_ports_free (OvsPorts *ports)
{
  if (!ports)
    return;
  g_ptr_array_unref (ports->by_number);
  g_free (ports);
}

OvsPorts *
ovs_ports_copy (const OvsPorts *ports)
{
  OvsPorts *copy = ovs_ports_new ();

  for (guint i = 0; i < ports->by_number->len; i++)
    ovs_ports_add (copy, ports->by_number->pdata[i]);
  return copy;
}

guint
ovs_ports_n (const OvsPorts *ports)
{
  return ports->by_number->len;
}

OvsPort *
ovs_ports_at (const OvsPorts *ports, guint index)
{
  return ports->by_number->pdata[index];
}

OvsPort *
ovs_ports_find (const OvsPorts *ports, guint32 number)
{
  return ovs_numbered_find (ports->by_number, number);
}

OvsPort *
ovs_ports_find_name (const OvsPorts *ports, const char *name)
{
  for (guint i = 0; i < ports->by_number->len; i++)
    if (strcmp (ovs_ports_at (ports, i)->name, name) == 0)
      return ovs_ports_at (ports, i);
  return NULL;
}

OvsPort *
ovs_ports_find_world (const OvsPorts *ports, guint world_port)
{
  for (guint i = 0; i < ports->by_number->len; i++)
    {
      OvsPort *port = ovs_ports_at (ports, i);
      if (port->kind == OVS_PORT_PLAIN && port->world_port == world_port)
        return port;
    }
  return NULL;
}

OvsPort *
ovs_ports_find_tunnel (const OvsPorts *ports, NetIpv4 remote, guint32 vni)
{
  OvsPort *best = NULL;
  gint best_rank = -1;

  for (guint i = 0; i < ports->by_number->len; i++)
    {
      OvsPort *port = ovs_ports_at (ports, i);
      gint rank;

      if (port->kind != OVS_PORT_VXLAN || (port->tunnel.remote && port->tunnel.remote != remote)
          || (!port->tunnel.key_flow && port->tunnel.key != vni))
        continue;
      rank = (port->tunnel.key_flow ? 0 : 2) + (port->tunnel.remote ? 1 : 0);
      if (rank > best_rank)
        {
          best = port;
          best_rank = rank;
        }
    }
  return best;
}

OvsPort *
ovs_ports_add (OvsPorts *ports, const OvsPort *port)
{
  OvsPort *copy = g_memdup2 (port, sizeof *port);

  g_assert (!ovs_ports_find (ports, port->number));
  g_ptr_array_insert (ports->by_number, (gint) ovs_numbered_place (ports->by_number, port->number), copy);
  return copy;
}

void
ovs_ports_remove (OvsPorts *ports, guint32 number)
{
  if (ovs_ports_find (ports, number))
    g_ptr_array_remove_index (ports->by_number, ovs_numbered_place (ports->by_number, number));
}

void
ovs_port_describe (const OvsPort *port, OpenflowPort *out)
{
  *out = (OpenflowPort){ .number = port->number,
                         .mac = port->mac,
                         .config = port->config,
                         .state = (ovs_port_has_link (port) ? 0 : OPENFLOW_PORT_STATE_LINK_DOWN)
                                  | (ovs_port_is_live (port) ? OPENFLOW_PORT_STATE_LIVE : 0) };
  memcpy (out->name, port->name, sizeof out->name);
}

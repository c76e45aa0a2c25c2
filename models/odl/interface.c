/* Finds out where each interface is, from what Neutron, databases and switches told, and starts the jobs. */
#include "models/odl/interface.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/elan-interface.h"
#include "models/odl/provider.h"
#include "models/odl/tunnel-interface.h"

void
odl_interface_free (gpointer data)
{
  OdlInterface *interface = data;

  g_free (interface->name);
  g_free (interface->network_id);
  g_free (interface->tunnel);
  odl_acl_free (interface->acl);
  g_free (interface);
}

void
odl_plug_free (gpointer data)
{
  OdlPlug *plug = data;

  g_free (plug->port_name);
  g_free (plug);
}

OdlInterface *
odl_interface_find (const Odl *odl, const char *name)
{
  return odl_registry_find (&odl->interfaces, name);
}

guint32
odl_interface_new_lport (Odl *odl, const char *name)
{
  guint32 lport = odl_take_kept_id (odl, "lport", name);

  return lport ? lport : odl->next_lport++;
}

OdlInterface *
odl_interface_by_lport (const Odl *odl, guint32 lport)
{
  for (guint i = 0; i < odl_registry_n (&odl->interfaces); i++)
    {
      OdlInterface *interface = odl_registry_at (&odl->interfaces, i);

      if (interface->lport == lport)
        return interface;
    }
  return NULL;
}

static OdlInterface *
add_interface (Odl *odl, const char *name)
{
  OdlInterface *interface = odl_interface_find (odl, name);

  if (interface)
    return interface;
  interface = g_new0 (OdlInterface, 1);
  interface->name = g_strdup (name);
  odl_registry_put (&odl->interfaces, name, interface);
  return interface;
}

/* ---- where it is --------------------------------------------------------------------------------------------- */

static OdlPlace
place_of (const Odl *odl, guint64 dpid, const char *port_name)
{
  const OdlCompute *compute = odl_compute_find (odl, dpid);
  guint32 of_port = compute ? GPOINTER_TO_UINT (odl_registry_find (&compute->ports, port_name)) : 0;

  return of_port ? (OdlPlace){ dpid, of_port } : (OdlPlace){ 0, 0 };
}

static OdlPlace
find_vm_place (const Odl *odl, const OdlInterface *interface)
{
  const OdlPort *port = odl_neutron_port (&odl->neutron, interface->name);
  const OdlPlug *plug = odl_registry_find (&odl->plugs, interface->name);

  if (!port || port->behind_tor || !plug)
    return (OdlPlace){ 0, 0 };
  return place_of (odl, plug->dpid, plug->port_name);
}

static OdlPlace
find_tunnel_place (const Odl *odl, const OdlInterface *interface)
{
  const OdlTunnel *tunnel = odl_registry_find (&odl->tunnels, interface->tunnel);

  return tunnel ? place_of (odl, tunnel->source, tunnel->port_name) : (OdlPlace){ 0, 0 };
}

static OdlPlace
find_provider_place (const Odl *odl, const OdlInterface *interface)
{
  const char *port_name = odl_provider_port (odl, interface);

  return port_name ? place_of (odl, interface->provider_of, port_name) : (OdlPlace){ 0, 0 };
}

static OdlPlace
find_place (const Odl *odl, const OdlInterface *interface)
{
  if (interface->tunnel)
    return find_tunnel_place (odl, interface);
  return interface->provider_of ? find_provider_place (odl, interface) : find_vm_place (odl, interface);
}

/* Compares where the interface is with what the jobs under way will make of it, and queues what is missing. */
static void
settle (Odl *odl, OdlInterface *interface)
{
  gboolean is_tunnel = interface->tunnel != NULL;
  OdlPlace place = find_place (odl, interface), before = interface->sought;

  if (place.dpid == before.dpid && place.of_port == before.of_port)
    return;
  interface->sought = place;
  if (before.of_port)
    (is_tunnel ? odl_tunnel_interface_down : odl_elan_interface_down) (odl, interface->name, before);
  if (place.of_port)
    (is_tunnel ? odl_tunnel_interface_up : odl_elan_interface_up) (odl, interface->name, place);
}

/* It leaves as what it was, to come back as what it is. */
static void
leave (Odl *odl, OdlInterface *interface)
{
  if (interface->sought.of_port == 0)
    return;
  odl_elan_interface_down (odl, interface->name, interface->sought);
  interface->sought = (OdlPlace){ 0, 0 };
}

/* One whose reason is gone goes with its last job, or now. */
static void
settle_leaving (Odl *odl, OdlInterface *interface)
{
  if (interface->sought.of_port == 0 && interface->bound.of_port == 0)
    odl_registry_remove (&odl->interfaces, interface->name);
  else
    settle (odl, interface);
}

/* ---- Neutron ------------------------------------------------------------------------------------------------- */

void
odl_interface_port_added (Odl *odl, OdlObject *object)
{
  const OdlPort *port = (const OdlPort *) object;

  if (port->behind_tor)
    odl_dhcp_port_changed (odl, port);
  else
    settle (odl, add_interface (odl, object->id));
}

/* Port security may change while the port is in use. */
static void
secure (Odl *odl, const OdlInterface *interface, const OdlPort *port)
{
  g_autoptr (OdlAcl) acl = odl_acl_of_port (odl, port);

  if (odl_interface_is_up (interface) && !odl_acl_equal (interface->acl, acl))
    odl_elan_interface_secure (odl, interface->name);
}

void
odl_interface_port_changed (Odl *odl, const OdlObject *before, OdlObject *after)
{
  const OdlPort *old = (const OdlPort *) before, *port = (const OdlPort *) after;
  OdlInterface *interface = odl_interface_find (odl, after->id);

  if (old->behind_tor || port->behind_tor)
    {
      odl_dhcp_port_changed (odl, old);
      odl_dhcp_port_changed (odl, port);
    }
  if (!interface && !port->behind_tor)
    interface = add_interface (odl, after->id);
  if (!interface)
    return;
  if (!net_mac_equal (&old->mac, &port->mac) || !g_str_equal (old->network_id, port->network_id))
    leave (odl, interface);
  else
    secure (odl, interface, port);
  settle (odl, interface);
}

void
odl_interface_port_removed (Odl *odl, const OdlObject *object)
{
  const OdlPort *port = (const OdlPort *) object;
  OdlInterface *interface = odl_interface_find (odl, object->id);

  if (port->behind_tor)
    odl_dhcp_port_changed (odl, port);
  if (interface)
    settle_leaving (odl, interface);
}

/* A port of the network, or its provider port on a compute. */
static gboolean
is_of_network (const Odl *odl, const OdlInterface *interface, const char *network_id)
{
  const OdlPort *port = odl_neutron_port (&odl->neutron, interface->name);

  return g_strcmp0 (port ? port->network_id : interface->network_id, network_id) == 0;
}

static void
each_of_network (Odl *odl, const char *network_id, void (*act) (Odl *odl, OdlInterface *interface))
{
  for (guint i = 0; i < odl_registry_n (&odl->interfaces); i++)
    {
      OdlInterface *interface = odl_registry_at (&odl->interfaces, i);

      if (is_of_network (odl, interface, network_id))
        act (odl, interface);
    }
}

void
odl_interface_network_left (Odl *odl, const char *network_id)
{
  each_of_network (odl, network_id, leave);
}

void
odl_interface_network_joined (Odl *odl, const char *network_id)
{
  each_of_network (odl, network_id, settle);
}

/* ---- databases and switches ---------------------------------------------------------------------------------- */

static void
remove_plug (Odl *odl, const char *iface_id)
{
  const OdlPlug *plug = odl_registry_find (&odl->plugs, iface_id);

  if (!plug)
    return;
  odl_registry_remove (&odl_compute_get (odl, plug->dpid)->plugged, plug->port_name);
  odl_registry_remove (&odl->plugs, iface_id);
}

void
odl_interface_plugged (Odl *odl, const char *iface_id, guint64 dpid, const char *port_name)
{
  OdlPlug *plug = g_new0 (OdlPlug, 1);
  OdlInterface *interface = odl_interface_find (odl, iface_id);
  const OdlPlug *before = odl_registry_find (&odl->plugs, iface_id);

  if (interface && before && before->dpid != dpid)
    interface->migrated = TRUE;
  remove_plug (odl, iface_id);
  plug->dpid = dpid;
  plug->port_name = g_strdup (port_name);
  odl_registry_put (&odl->plugs, iface_id, plug);
  odl_registry_put (&odl_compute_get (odl, dpid)->plugged, port_name, g_strdup (iface_id));
  if (interface)
    settle (odl, interface);
}

void
odl_interface_unplugged (Odl *odl, const char *iface_id, guint64 dpid)
{
  const OdlPlug *plug = odl_registry_find (&odl->plugs, iface_id);
  OdlInterface *interface = odl_interface_find (odl, iface_id);

  if (!plug || plug->dpid != dpid) /* it was plugged in elsewhere meanwhile */
    return;
  remove_plug (odl, iface_id);
  if (interface)
    settle (odl, interface);
}

/* Whatever stands on that port: the tunnel of that name, the VM that is plugged into it, or networks of which it is the
 * provider port. */
static void
settle_port (Odl *odl, const OdlCompute *compute, const char *port_name)
{
  const char *iface_id = odl_registry_find (&compute->plugged, port_name);
  OdlInterface *interface = odl_interface_find (odl, port_name);

  if (interface && interface->tunnel)
    settle (odl, interface);
  interface = iface_id ? odl_interface_find (odl, iface_id) : NULL;
  if (interface)
    settle (odl, interface);
  odl_provider_port_changed (odl, compute, port_name);
}

void
odl_interface_of_port_added (Odl *odl, guint64 dpid, const char *port_name, guint32 number)
{
  OdlCompute *compute = odl_compute_get (odl, dpid);

  odl_registry_put (&compute->ports, port_name, GUINT_TO_POINTER (number));
  settle_port (odl, compute, port_name);
}

void
odl_interface_of_port_removed (Odl *odl, guint64 dpid, const char *port_name)
{
  OdlCompute *compute = odl_compute_get (odl, dpid);

  odl_registry_remove (&compute->ports, port_name);
  settle_port (odl, compute, port_name);
}

/* ---- tunnels ------------------------------------------------------------------------------------------------- */

void
odl_interface_tunnel_added (Odl *odl, OdlTunnel *tunnel)
{
  OdlInterface *interface = add_interface (odl, tunnel->port_name);

  g_free (interface->tunnel);
  interface->tunnel = g_strdup (tunnel->key);
  settle (odl, interface);
}

void
odl_interface_tunnel_removed (Odl *odl, const OdlTunnel *tunnel)
{
  OdlInterface *interface = odl_interface_find (odl, tunnel->port_name);

  if (interface)
    settle_leaving (odl, interface);
}

/* ---- provider ports ------------------------------------------------------------------------------------------ */

void
odl_interface_provider_changed (Odl *odl, const char *name, guint64 dpid, const char *network_id)
{
  OdlInterface *interface = add_interface (odl, name);

  if (!interface->network_id)
    interface->network_id = g_strdup (network_id);
  interface->provider_of = dpid;
  if (find_place (odl, interface).of_port)
    settle (odl, interface);
  else
    settle_leaving (odl, interface);
}

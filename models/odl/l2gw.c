/* The cache of TORs, and who hears of gateways, connections and switches.  What a connection does is in l2gw-join.c. */
#include "models/odl/l2gw.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw-join.h"

void
odl_device_free (gpointer data)
{
  OdlDevice *device = data;

  odl_registry_clear (&device->gateways);
  g_free (device->name);
  g_free (device);
}

OdlDevice *
odl_device_find (const Odl *odl, const char *name)
{
  return odl_registry_find (&odl->devices, name);
}

OdlDevice *
odl_device_get (Odl *odl, const char *name)
{
  OdlDevice *device = odl_device_find (odl, name);

  if (device)
    return device;
  device = g_new0 (OdlDevice, 1);
  device->name = g_strdup (name);
  odl_registry_init (&device->gateways, NULL);
  odl_registry_put (&odl->devices, name, device);
  return device;
}

const char *
odl_device_node_id (const OdlDevice *device)
{
  return device->hwvtep ? device->hwvtep->node_id : NULL;
}

OdlElanTor *
odl_l2gw_elan_tor_of (const OdlElan *elan, const OdlHwvtep *hwvtep)
{
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      OdlElanTor *tor = odl_registry_at (&elan->tors, i);

      if (tor->device->hwvtep == hwvtep)
        return tor;
    }
  return NULL;
}

gboolean
odl_l2gw_elan_has_node (const OdlElan *elan, const char *node_id)
{
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    if (g_strcmp0 (odl_device_node_id (((OdlElanTor *) odl_registry_at (&elan->tors, i))->device), node_id)
        == 0)
      return TRUE;
  return FALSE;
}

gboolean
odl_l2gw_all_up (const Odl *odl)
{
  for (guint i = 0; i < odl_registry_n (&odl->devices); i++)
    {
      const OdlDevice *device = odl_registry_at (&odl->devices, i);

      if (odl_registry_n (&device->gateways) > 0 && (!device->hwvtep || !odl_hwvtep_is_up (device->hwvtep)))
        return FALSE;
    }
  return TRUE;
}

/* ---- tunnels to devices -------------------------------------------------------------------------------------- */

/* Is another switch of the same node meshed?  Tunnels are the node's. */
static gboolean
has_sibling_in_itm (const Odl *odl, const OdlDevice *device)
{
  for (guint i = 0; i < odl_registry_n (&odl->devices); i++)
    {
      const OdlDevice *other = odl_registry_at (&odl->devices, i);

      if (other != device && other->hwvtep == device->hwvtep && other->in_itm)
        return TRUE;
    }
  return FALSE;
}

void
odl_l2gw_unmesh_device (Odl *odl, OdlDevice *device)
{
  if (device->in_itm && !has_sibling_in_itm (odl, device))
    odl_itm_remove_device (odl, device->hwvtep->node_id);
  device->in_itm = FALSE;
}

/* A TOR that a gateway names and that is there is meshed with the transport zones. */
void
odl_l2gw_mesh_device (Odl *odl, OdlDevice *device)
{
  gboolean wanted = odl_registry_n (&device->gateways) > 0 && device->hwvtep && device->tunnel_ip;

  if (!wanted)
    {
      odl_l2gw_unmesh_device (odl, device);
      return;
    }
  odl_itm_add_device (odl, device->hwvtep->node_id, device->tunnel_ip);
  device->in_itm = TRUE;
}

void
odl_l2gw_zones_changed (Odl *odl)
{
  for (guint i = 0; i < odl_registry_n (&odl->devices); i++)
    {
      OdlDevice *device = odl_registry_at (&odl->devices, i);

      if (device->in_itm)
        odl_l2gw_mesh_device (odl, device);
    }
}

/* ---- gateways and connections -------------------------------------------------------------------------------- */

static void
refresh_gateway (Odl *odl, const char *gateway_id)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.connections); i++)
    {
      const OdlConnection *connection = odl_registry_at (&odl->neutron.connections, i);

      if (g_str_equal (connection->gateway_id, gateway_id))
        odl_l2gw_refresh (odl, connection->object.id, connection->network_id);
    }
}

static void
enter_devices (Odl *odl, const OdlGateway *gateway)
{
  for (guint i = 0; i < gateway->devices->len; i++)
    {
      const OdlGatewayDevice *named = g_ptr_array_index (gateway->devices, i);
      OdlDevice *device = odl_device_get (odl, named->device_name);

      odl_registry_put (&device->gateways, gateway->object.id, ODL_PRESENT);
      odl_l2gw_mesh_device (odl, device);
    }
}

static void
leave_devices (Odl *odl, const OdlGateway *gateway)
{
  for (guint i = 0; i < gateway->devices->len; i++)
    {
      const OdlGatewayDevice *named = g_ptr_array_index (gateway->devices, i);

      odl_registry_remove (&odl_device_get (odl, named->device_name)->gateways, gateway->object.id);
    }
}

void
odl_l2gw_gateway_added (Odl *odl, OdlObject *gateway)
{
  enter_devices (odl, (OdlGateway *) gateway);
  if (!odl_has_bug (odl, ODL_BUG_RESTART_ORDER)) /* connections have been looked at already */
    refresh_gateway (odl, gateway->id);
  odl_converge_changed (odl);
}

void
odl_l2gw_gateway_changed (Odl *odl, const OdlObject *before, OdlObject *after)
{
  const OdlGateway *old = (const OdlGateway *) before;

  leave_devices (odl, old);
  enter_devices (odl, (OdlGateway *) after);
  for (guint i = 0; i < old->devices->len; i++)
    odl_l2gw_mesh_device (
        odl, odl_device_get (odl, ((OdlGatewayDevice *) g_ptr_array_index (old->devices, i))->device_name));
  if (!odl_has_bug (odl, ODL_BUG_L2GW_UPDATE)) /* an update is not looked at */
    refresh_gateway (odl, after->id);
}

/* The gateway's connections are cleared first: only then do the devices leave ITM. */
static gint64
leave_itm_step (Odl *odl, gpointer data, guint step)
{
  OdlDevice *device = odl_device_find (odl, data);

  (void) step;
  if (device)
    odl_l2gw_mesh_device (odl, device);
  return ODL_JOB_DONE;
}

void
odl_l2gw_gateway_removed (Odl *odl, const OdlObject *object)
{
  const OdlGateway *gateway = (const OdlGateway *) object;

  leave_devices (odl, gateway);
  if (!odl_has_bug (odl, ODL_BUG_L2GW_DELETE)) /* only the gateway's own entry is deleted */
    refresh_gateway (odl, object->id);
  for (guint i = 0; i < gateway->devices->len; i++)
    {
      const char *name = ((OdlGatewayDevice *) g_ptr_array_index (gateway->devices, i))->device_name;

      odl_jobs_add (odl, name, leave_itm_step, g_strdup (name), g_free);
    }
  odl_converge_changed (odl);
}

void
odl_l2gw_connection_added (Odl *odl, OdlObject *object)
{
  odl_l2gw_refresh (odl, object->id, ((OdlConnection *) object)->network_id);
}

void
odl_l2gw_connection_changed (Odl *odl, const OdlObject *before, OdlObject *after)
{
  const char *old_network = ((const OdlConnection *) before)->network_id;

  odl_l2gw_refresh (odl, before->id, old_network);
  if (!g_str_equal (old_network, ((OdlConnection *) after)->network_id))
    odl_l2gw_refresh (odl, after->id, ((OdlConnection *) after)->network_id);
}

void
odl_l2gw_connection_removed (Odl *odl, const OdlObject *object)
{
  odl_l2gw_refresh (odl, object->id, ((const OdlConnection *) object)->network_id);
}

void
odl_l2gw_refresh_device (Odl *odl, const OdlDevice *device)
{
  for (guint i = 0; i < odl_registry_n (&device->gateways); i++)
    refresh_gateway (odl, odl_registry_key (&device->gateways, i));
}

static void
refresh_network (Odl *odl, const char *network_id)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.connections); i++)
    {
      const OdlConnection *connection = odl_registry_at (&odl->neutron.connections, i);

      if (g_str_equal (connection->network_id, network_id))
        odl_l2gw_refresh (odl, connection->object.id, network_id);
    }
}

void
odl_l2gw_elan_added (Odl *odl, OdlElan *elan)
{
  refresh_network (odl, elan->name);
}

void
odl_l2gw_elan_removed (Odl *odl, OdlElan *elan)
{
  if (!odl_has_bug (odl, ODL_BUG_NET_DELETE)) /* nobody tells the connections */
    refresh_network (odl, elan->name);
}

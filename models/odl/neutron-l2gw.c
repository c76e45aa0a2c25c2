/* L2 gateways and their connections: which physical switch and ports, and which network and VLAN they join. */
#include "models/odl/neutron.h"

#define VLAN_MAX 4094u /* 0 is untagged */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlGateway, odl_gateway_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlConnection, odl_connection_free)

static void
interface_free (gpointer data)
{
  OdlGatewayInterface *interface = data;

  g_array_unref (interface->vlans);
  g_free (interface->name);
  g_free (interface);
}

static void
device_free (gpointer data)
{
  OdlGatewayDevice *device = data;

  g_ptr_array_unref (device->interfaces);
  g_free (device->device_name);
  g_free (device);
}

static gboolean
read_vlans (OdlGatewayInterface *interface, const json_t *item, GError **error)
{
  const json_t *list;

  if (!odl_read_array (item, "l2_gateway: interface", "segmentation_id", ODL_OPTIONAL, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const json_t *number = json_array_get (list, i);
      guint16 vlan;

      if (!json_is_integer (number) || json_integer_value (number) < 0
          || json_integer_value (number) > VLAN_MAX)
        {
          g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                       "l2_gateway: interface '%s': 'segmentation_id' must be a list of numbers from 0 to %u",
                       interface->name, VLAN_MAX);
          return FALSE;
        }
      vlan = (guint16) json_integer_value (number);
      g_array_append_val (interface->vlans, vlan);
    }
  return TRUE;
}

static gboolean
read_interfaces (OdlGatewayDevice *device, const json_t *item, GError **error)
{
  const json_t *list;

  if (!odl_read_array (item, "l2_gateway: device", "interfaces", ODL_REQUIRED, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const json_t *entry = json_array_get (list, i);
      OdlGatewayInterface *interface = g_new0 (OdlGatewayInterface, 1);
      const char *name = NULL;

      interface->vlans = g_array_new (FALSE, FALSE, sizeof (guint16));
      g_ptr_array_add (device->interfaces, interface);
      if (!odl_read_text (entry, "l2_gateway: interface", "name", ODL_REQUIRED, &name, error))
        return FALSE;
      interface->name = g_strdup (name);
      if (!read_vlans (interface, entry, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_devices (OdlGateway *gateway, const json_t *body, GError **error)
{
  const json_t *list;

  if (!odl_read_array (body, "l2_gateway", "devices", ODL_REQUIRED, &list, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      const json_t *item = json_array_get (list, i);
      OdlGatewayDevice *device = g_new0 (OdlGatewayDevice, 1);
      const char *name = NULL;

      device->interfaces = g_ptr_array_new_with_free_func (interface_free);
      g_ptr_array_add (gateway->devices, device);
      if (!odl_read_text (item, "l2_gateway: device", "device_name", ODL_REQUIRED, &name, error))
        return FALSE;
      device->device_name = g_strdup (name);
      if (!read_interfaces (device, item, error))
        return FALSE;
    }
  return TRUE;
}

OdlObject *
odl_gateway_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  g_autoptr (OdlGateway) gateway = g_new0 (OdlGateway, 1);

  (void) neutron;
  gateway->devices = g_ptr_array_new_with_free_func (device_free);
  if (!odl_object_read (&gateway->object, "l2_gateway", body, error) || !read_devices (gateway, body, error))
    return NULL;
  return (OdlObject *) g_steal_pointer (&gateway);
}

void
odl_gateway_free (gpointer data)
{
  OdlGateway *gateway = data;

  if (!gateway)
    return;
  g_ptr_array_unref (gateway->devices);
  odl_object_clear (&gateway->object);
  g_free (gateway);
}

/* Network and gateway need not be there yet: the connection waits for them. */
OdlObject *
odl_connection_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  g_autoptr (OdlConnection) connection = g_new0 (OdlConnection, 1);
  const char *network_id = NULL, *gateway_id = NULL;
  guint64 vlan = G_MAXUINT64;

  (void) neutron;
  if (!odl_object_read (&connection->object, "l2gateway_connection", body, error)
      || !odl_read_text (body, "l2gateway_connection", "network_id", ODL_REQUIRED, &network_id, error)
      || !odl_read_text (body, "l2gateway_connection", "gateway_id", ODL_REQUIRED, &gateway_id, error)
      || !odl_read_number (body, "l2gateway_connection", "segmentation_id", ODL_OPTIONAL, 0, VLAN_MAX, &vlan,
                           error))
    return NULL;
  connection->network_id = g_strdup (network_id);
  connection->gateway_id = g_strdup (gateway_id);
  connection->has_vlan = vlan != G_MAXUINT64;
  connection->vlan = connection->has_vlan ? (guint16) vlan : 0;
  return (OdlObject *) g_steal_pointer (&connection);
}

void
odl_connection_free (gpointer data)
{
  OdlConnection *connection = data;

  if (!connection)
    return;
  g_free (connection->network_id);
  g_free (connection->gateway_id);
  odl_object_clear (&connection->object);
  g_free (connection);
}

/* Cables that were reported, compared with the gateways. */
#include "models/odl/discovery.h"
#include "models/odl/core.h"
#include "models/odl/northbound.h"

#include <string.h>

#define DISCOVERED "discovered" /* member of an interface that was filled in */

void
odl_cable_free (gpointer data)
{
  OdlCable *cable = data;

  g_free (cable->host);
  g_free (cable->card);
  g_free (cable->physnet);
  g_free (cable->device);
  g_free (cable->port);
  g_free (cable);
}

static void
record (Odl *odl, const char *op, const OdlCable *cable)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", cable->host, cable->card);
  g_autofree char *at = g_strdup_printf ("%s/%s", cable->device, cable->port);

  odl_record (odl, "cable", op, key, json_pack ("{s:s, s:b}", "at", at, "contradicts", cable->contradicts));
}

/* ---- what it serves ------------------------------------------------------------------------------------------ */

/* Does the network have a VF port behind this cable? */
static gboolean
serves_network (const Odl *odl, const OdlCable *cable, const char *network_id)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.ports); i++)
    {
      const OdlPort *port = odl_registry_at (&odl->neutron.ports, i);

      if (port->behind_tor && g_strcmp0 (port->host, cable->host) == 0
          && g_str_equal (port->network_id, network_id)
          && (!port->physnet || !cable->physnet || g_str_equal (port->physnet, cable->physnet)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
gateway_has (const OdlGateway *gateway, const OdlCable *cable)
{
  for (guint d = 0; gateway && d < gateway->devices->len; d++)
    {
      const OdlGatewayDevice *device = g_ptr_array_index (gateway->devices, d);

      for (guint i = 0; g_str_equal (device->device_name, cable->device) && i < device->interfaces->len; i++)
        if (g_str_equal (((OdlGatewayInterface *) g_ptr_array_index (device->interfaces, i))->name,
                         cable->port))
          return TRUE;
    }
  return FALSE;
}

/* ---- filling ------------------------------------------------------------------------------------------------- */

/* The gateway's devices without what was filled in earlier.  *n_static: interfaces that a person named. */
static json_t *
static_devices (const OdlGateway *gateway, guint *n_static)
{
  json_t *result = json_array (), *device, *interface;
  gsize d, i;

  *n_static = 0;
  json_array_foreach (json_object_get (gateway->object.json, "devices"), d, device)
  {
    json_t *copy = json_copy (device), *interfaces = json_array ();

    json_array_foreach (json_object_get (device, "interfaces"), i, interface)
    {
      if (!json_is_true (json_object_get (interface, DISCOVERED)))
        json_array_append (interfaces, interface);
    }
    *n_static += (guint) json_array_size (interfaces);
    json_object_set_new (copy, "interfaces", interfaces);
    if (!json_is_true (json_object_get (device, DISCOVERED)) || json_array_size (interfaces) > 0)
      json_array_append_new (result, copy);
    else
      json_decref (copy);
  }
  return result;
}

static json_t *
find_device (json_t *devices, const char *name)
{
  json_t *device;
  gsize i;

  json_array_foreach (devices, i, device)
  {
    if (g_strcmp0 (json_string_value (json_object_get (device, "device_name")), name) == 0)
      return device;
  }
  device = json_pack ("{s:s, s:[], s:b}", "device_name", name, "interfaces", DISCOVERED, 1);
  json_array_append_new (devices, device);
  return device;
}

static gboolean
serves_gateway (const Odl *odl, const OdlCable *cable, const char *gateway_id)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.connections); i++)
    {
      const OdlConnection *connection = odl_registry_at (&odl->neutron.connections, i);

      if (g_str_equal (connection->gateway_id, gateway_id)
          && serves_network (odl, cable, connection->network_id))
        return TRUE;
    }
  return FALSE;
}

/* Two cards of a host, or two hosts, may say the same port. */
static void
fill_interface (json_t *devices, const OdlCable *cable)
{
  json_t *interfaces = json_object_get (find_device (devices, cable->device), "interfaces"), *interface;
  gsize i;

  json_array_foreach (interfaces, i, interface)
  {
    if (g_strcmp0 (json_string_value (json_object_get (interface, "name")), cable->port) == 0)
      return;
  }
  json_array_append_new (
      interfaces, json_pack ("{s:s, s:[], s:b}", "name", cable->port, "segmentation_id", DISCOVERED, 1));
}

/* Through the northbound door, as a person's change would come. */
static void
fill_gateway (Odl *odl, const OdlGateway *gateway)
{
  g_autofree char *path = g_strconcat ("/controller/nb/v2/neutron/l2-gateways/", gateway->object.id, NULL);
  guint n_static;
  json_t *devices = static_devices (gateway, &n_static), *body;

  for (guint i = 0; n_static == 0 && i < odl_registry_n (&odl->cables); i++)
    {
      const OdlCable *cable = odl_registry_at (&odl->cables, i);

      if (serves_gateway (odl, cable, gateway->object.id))
        fill_interface (devices, cable);
    }
  body = json_pack ("{s:{s:O}}", "l2_gateway", "devices", devices);
  if (!json_equal (devices, json_object_get (gateway->object.json, "devices")))
    odl_northbound_request (odl, "PUT", path, body, NULL);
  json_decref (devices);
  json_decref (body);
}

/* ---- comparing ----------------------------------------------------------------------------------------------- */

/* A cable contradicts when a network that needs it is connected by gateways, and none of them has its port; but one of
 * two cables of a host to the same physical network is enough (a bond). */
static gboolean
is_covered (const Odl *odl, const OdlCable *cable, const char *network_id, gboolean *is_connected)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.connections); i++)
    {
      const OdlConnection *connection = odl_registry_at (&odl->neutron.connections, i);
      const OdlGateway *gateway = odl_neutron_gateway (&odl->neutron, connection->gateway_id);

      if (!g_str_equal (connection->network_id, network_id) || !gateway)
        continue;
      *is_connected = TRUE;
      for (guint c = 0; c < odl_registry_n (&odl->cables); c++)
        {
          const OdlCable *other = odl_registry_at (&odl->cables, c);

          if (g_str_equal (other->host, cable->host) && g_strcmp0 (other->physnet, cable->physnet) == 0
              && gateway_has (gateway, other))
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
contradicts (const Odl *odl, const OdlCable *cable)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.networks); i++)
    {
      const char *network_id = odl_registry_key (&odl->neutron.networks, i);
      gboolean is_connected = FALSE;

      if (serves_network (odl, cable, network_id) && !is_covered (odl, cable, network_id, &is_connected)
          && is_connected)
        return TRUE;
    }
  return FALSE;
}

static void
compare (Odl *odl, OdlCable *cable)
{
  gboolean before = cable->contradicts;

  cable->contradicts = contradicts (odl, cable);
  if (cable->contradicts == before)
    return;
  record (odl, "change", cable);
  if (cable->contradicts)
    net_world_log (odl->world, NET_LOG_WARNING, "discovery",
                   "%s/%s is plugged into %s/%s, which no gateway of its networks has", cable->host,
                   cable->card, cable->device, cable->port);
}

static gint64
look_step (Odl *odl, gpointer data, guint step)
{
  (void) data, (void) step;
  odl->looks = FALSE;
  for (guint i = 0; i < odl_registry_n (&odl->neutron.gateways); i++)
    fill_gateway (odl, odl_registry_at (&odl->neutron.gateways, i));
  for (guint i = 0; i < odl_registry_n (&odl->cables); i++)
    compare (odl, odl_registry_at (&odl->cables, i));
  return ODL_JOB_DONE;
}

void
odl_discovery_look (Odl *odl)
{
  if (odl->looks || !odl->discovers)
    return;
  odl->looks = TRUE;
  odl_jobs_add (odl, "discovery", look_step, NULL, NULL);
}

/* ---- reports ------------------------------------------------------------------------------------------------- */

static void
forget (Odl *odl, gpointer data)
{
  OdlCable *cable = odl_registry_steal (&odl->cables, data);

  if (!cable)
    return;
  record (odl, "remove", cable);
  odl_cable_free (cable);
  odl_discovery_look (odl);
}

static gboolean
says (const OdlCable *cable, const NetLldp *neighbor)
{
  return net_mac_equal (&cable->chassis, &neighbor->chassis) && g_str_equal (cable->device, neighbor->system)
         && g_str_equal (cable->port, neighbor->port);
}

void
odl_discovery_report (Odl *odl, const char *host, const char *card, const char *physnet,
                      const NetLldp *neighbor)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", host, card);
  g_autofree char *delay = g_strconcat ("cable ", key, NULL);
  OdlCable *cable = odl_registry_find (&odl->cables, key);

  odl->discovers = TRUE;
  odl_delay_set (odl, delay, neighbor->ttl_s * NET_SEC, forget, g_strdup (key), g_free);
  if (cable && says (cable, neighbor))
    return;
  if (cable)
    record (odl, "remove", cable);
  cable = g_new0 (OdlCable, 1);
  cable->host = g_strdup (host);
  cable->card = g_strdup (card);
  cable->physnet = g_strdup (physnet);
  cable->chassis = neighbor->chassis;
  cable->device = g_strdup (neighbor->system);
  cable->port = g_strdup (neighbor->port);
  odl_registry_put (&odl->cables, key, cable);
  record (odl, "add", cable);
  odl_discovery_look (odl);
}

json_t *
odl_discovery_to_json (const Odl *odl)
{
  json_t *list = json_array ();
  char mac[NET_MAC_TEXT];

  for (guint i = 0; i < odl_registry_n (&odl->cables); i++)
    {
      const OdlCable *cable = odl_registry_at (&odl->cables, i);

      json_array_append_new (
          list, json_pack ("{s:s, s:s, s:s, s:s, s:s, s:b}", "host", cable->host, "interface", cable->card,
                           "chassis-id", net_mac_format (&cable->chassis, mac), "system-name", cable->device,
                           "port-id", cable->port, "contradicts", cable->contradicts));
    }
  return list;
}

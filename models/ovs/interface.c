/* Interface rows. */
#include "models/ovs/interface.h"

#include "models/ovs/bfd-rows.h"
#include "models/ovs/rows.h"
#include "ovsdb/build.h"

#include <jansson.h>

void
ovs_interface_clear (OvsInterface *interface)
{
  g_clear_pointer (&interface->error, g_free);
}

static void
read_vxlan (const OvsdbRow *row, OvsInterface *out)
{
  const char *remote = ovsdb_row_map_text (row, "options", "remote_ip");
  const char *key = ovsdb_row_map_text (row, "options", "key");
  guint64 number;

  out->port.kind = OVS_PORT_VXLAN;
  out->port.link_up = TRUE;
  if (!remote)
    out->error = g_strdup_printf ("%s: vxlan type requires valid 'remote_ip' argument", out->port.name);
  else if (strcmp (remote, "flow") != 0 && !net_ipv4_from_text (remote, &out->port.tunnel.remote))
    out->error = g_strdup_printf ("%s: bad vxlan 'remote_ip': %s", out->port.name, remote);
  if (key && strcmp (key, "flow") == 0)
    out->port.tunnel.key_flow = TRUE;
  else if (key && g_ascii_string_to_unsigned (key, 10, 0, NET_VXLAN_VNI_MAX, &number, NULL))
    out->port.tunnel.key = (guint32) number;
}

static void
read_device (const OvsBridgeConfig *config, OvsInterface *out)
{
  OvsDevice device;

  out->port.kind = OVS_PORT_PLAIN;
  if (!config->find_device (out->port.name, &device, config->user))
    {
      out->error = g_strdup_printf ("could not open network device %s (No such device)", out->port.name);
      return;
    }
  out->port.world_port = device.world_port;
  out->port.mac = device.mac;
  out->port.link_up = device.up;
}

void
ovs_interface_read (const OvsBridgeConfig *config, const OvsdbRow *row, OvsInterface *out)
{
  const char *type = ovsdb_row_text (row, "type");
  gint64 requested = ovsdb_row_integer (row, "ofport_request", 0);

  *out = (OvsInterface){ 0 };
  g_strlcpy (out->port.name, ovsdb_row_text (row, "name"), sizeof out->port.name);
  out->requested = requested > 0 ? (guint32) requested : 0;
  out->has_bfd = ovs_bfd_rows_read (row, &out->bfd);
  if (strcmp (type, "vxlan") == 0)
    read_vxlan (row, out);
  else if (strcmp (out->port.name, OVS_BRIDGE) == 0)
    {
      out->port.kind = OVS_PORT_LOCAL;
      out->port.mac = config->mac;
    }
  else if (*type == '\0' || strcmp (type, "system") == 0 || strcmp (type, "internal") == 0
           || strcmp (type, "tap") == 0)
    read_device (config, out);
  else
    out->error = g_strdup_printf ("could not create %s: type '%s' is not supported", out->port.name, type);
}

/* ---- writing back -------------------------------------------------------------------------------------------- */

static void
want_text (json_t *columns, const OvsdbRow *row, const char *column, const char *text)
{
  const char *now = ovsdb_row_text (row, column);

  if (g_strcmp0 (now, text) != 0)
    json_object_set_new (columns, column, text ? json_string (text) : ovsdb_json_set (json_array ()));
}

static gboolean
is_taken_down (const OvsPort *port)
{
  return port->kind == OVS_PORT_LOCAL || (port->config & OPENFLOW_PORT_CONFIG_DOWN);
}

json_t *
ovs_interface_status (const OvsdbRow *row, const OvsPort *port, const OvsBfdStatus *bfd, const char *error)
{
  json_t *columns = json_object (), *bfd_status = ovs_bfd_rows_status (row, bfd);
  gint64 ofport = !port ? -1 : port->kind == OVS_PORT_LOCAL ? 65534 : (gint64) port->number;
  char mac[NET_MAC_TEXT];

  if (ovsdb_row_integer (row, "ofport", 0) != ofport)
    json_object_set_new (columns, "ofport", json_integer (ofport));
  want_text (columns, row, "error", error);
  want_text (columns, row, "mac_in_use", port ? net_mac_format (&port->mac, mac) : NULL);
  want_text (columns, row, "link_state", !port ? NULL : ovs_port_has_link (port) ? "up" : "down");
  want_text (columns, row, "admin_state", !port ? NULL : is_taken_down (port) ? "down" : "up");
  if (bfd_status)
    json_object_set_new (columns, "bfd_status", bfd_status);
  if (json_object_size (columns))
    return ovsdb_op_update ("Interface", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns);
  json_decref (columns);
  return NULL;
}

/* Monitoring of tunnels: its configuration, and the states that come back. */
#include "models/odl/monitor.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/hwvtep.h"
#include "models/odl/interface.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw.h"
#include "models/odl/ovs-session.h"

/* Where both kinds of ends send their packets when nothing else is said. */
#define BFD_MAC "00:23:20:00:00:01"

/* ---- configuration ------------------------------------------------------------------------------------------- */

void
odl_monitor_set (Odl *odl, gboolean enabled, guint interval_ms)
{
  odl->monitor = (OdlMonitor){ .is_set = TRUE, .enabled = enabled, .interval_ms = interval_ms };
  odl_ovs_monitor_changed (odl);
  for (guint i = 0; i < odl_registry_n (&odl->hwvteps); i++)
    {
      OdlHwvtep *hwvtep = odl_registry_at (&odl->hwvteps, i);

      odl_hwvtep_touch_tunnels (hwvtep);
      odl_hwvtep_commit (hwvtep);
    }
}

json_t *
odl_monitor_params (const Odl *odl, OdlMonitorEnd end)
{
  const OdlMonitor *monitor = &odl->monitor;
  json_t *params;

  if (!monitor->is_set)
    return NULL;
  params = json_pack ("{s:s, s:o, s:o}", "enable", monitor->enabled ? "true" : "false", "min_rx",
                      json_sprintf ("%u", monitor->interval_ms), "min_tx",
                      json_sprintf ("%u", monitor->interval_ms));
  /* Without the address a compute takes every packet to BFD's port for its session's, those of guests too. */
  if (end == ODL_MONITOR_COMPUTE && !odl_has_bug (odl, ODL_BUG_BFD_VNF))
    json_object_set_new (params, "bfd_remote_dst_mac", json_string (BFD_MAC));
  return params;
}

gboolean
odl_monitor_differs (const Odl *odl, OdlMonitorEnd end, const OvsdbRow *row)
{
  static const char *const columns[] = { "bfd", "bfd_params" };
  const char *column = columns[end];
  json_t *wanted = odl_monitor_params (odl, end), *value;
  gboolean differs = wanted && ovsdb_row_get (row, column)->n != json_object_size (wanted);
  const char *key;

  json_object_foreach (wanted, key, value)
  {
    if (g_strcmp0 (ovsdb_row_map_text (row, column, key), json_string_value (value)) != 0)
      differs = TRUE;
  }
  json_decref (wanted);
  return differs;
}

/* ---- states -------------------------------------------------------------------------------------------------- */

gboolean
odl_monitor_row_is_up (const Odl *odl, const OvsdbRow *row)
{
  const char *state = odl->monitor.enabled && row ? ovsdb_row_map_text (row, "bfd_status", "state") : NULL;

  return !state || g_str_equal (state, "up");
}

gboolean
odl_monitor_tunnel_is_up (const Odl *odl, const OdlTunnel *tunnel)
{
  return odl_itm_lport (odl, tunnel) != 0
         && odl_monitor_row_is_up (odl, odl_ovs_tunnel_interface (odl, tunnel));
}

char *
odl_monitor_destination (const Odl *odl, NetIpv4 remote)
{
  for (guint i = 0; i < odl->computes->len; i++)
    {
      const OdlCompute *compute = g_ptr_array_index (odl->computes, i);

      if (compute->in_zone && compute->tunnel_ip == remote)
        return g_strdup (compute->key);
    }
  for (guint i = 0; i < odl_registry_n (&odl->devices); i++)
    {
      const OdlDevice *device = odl_registry_at (&odl->devices, i);

      if (device->tunnel_ip == remote)
        return g_strdup (odl_device_node_id (device));
    }
  return NULL;
}

static void
record (Odl *odl, gboolean is_up, const char *key)
{
  odl_record (odl, "tunnel", is_up ? "up" : "down", key, NULL);
}

/* Only the controller's DHCP server asks for the state: a TOR's designated compute is one whose tunnel works.  Flood
 * lists and groups go by which tunnels there are. */
void
odl_monitor_compute_reported (Odl *odl, const char *port_name)
{
  const OdlInterface *interface = odl_interface_find (odl, port_name);
  const OdlTunnel *tunnel
      = interface && interface->tunnel ? odl_registry_find (&odl->tunnels, interface->tunnel) : NULL;

  if (!tunnel)
    return;
  record (odl, odl_monitor_tunnel_is_up (odl, tunnel), tunnel->key);
  if (!tunnel->peer)
    odl_dhcp_tunnel_changed (odl, tunnel->destination);
}

void
odl_monitor_tor_reported (Odl *odl, const OdlHwvtep *hwvtep, const OvsdbRow *row)
{
  const OvsdbRow *locator = ovsdb_row_ref (row, "remote");
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;
  g_autofree char *destination = NULL, *key = NULL;
  NetIpv4 remote;

  if (!text || !net_ipv4_from_text (text, &remote))
    return;
  destination = odl_monitor_destination (odl, remote);
  key = g_strconcat (hwvtep->node_id, " ", destination ? destination : text, NULL);
  record (odl, odl_monitor_row_is_up (odl, row), key);
}

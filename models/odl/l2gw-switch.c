/* Physical switches that come, change their address, go and come back. */
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw-join.h"
#include "models/odl/l2gw-rows.h"

#define TUNNEL_IP_DOWN_NS   (10 * NET_SEC) /* from the old tunnels' end to the new ones */
#define TUNNEL_IP_REPLAY_NS (20 * NET_SEC) /* from these to the connections' replay */

/* ---- a changed tunnel address -------------------------------------------------------------------------------- */

/* What the other TORs hold of this one. */
static void
replay_address (Odl *odl, gpointer data)
{
  OdlDevice *device = odl_device_find (odl, data);

  for (guint e = 0; device && e < odl_registry_n (&odl->elans); e++)
    {
      OdlElan *elan = odl_registry_at (&odl->elans, e);
      OdlElanTor *tor = odl_elan_tor (elan, device->name);

      if (!tor)
        continue;
      odl_l2gw_tor_left (odl, elan); /* every list anew: the old address goes, the new one comes */
      for (guint i = 0; i < odl_registry_n (&tor->macs); i++)
        odl_l2gw_tor_mac_added (odl, elan, tor, odl_registry_at (&tor->macs, i));
    }
}

static void
enter_new_address (Odl *odl, gpointer data)
{
  OdlDevice *device = odl_device_find (odl, data);
  g_autofree char *key = g_strconcat ("tunnel-ip-replay ", (const char *) data, NULL);

  if (!device)
    return;
  odl_l2gw_mesh_device (odl, device);
  odl_delay_set (odl, key, TUNNEL_IP_REPLAY_NS, replay_address, g_strdup (device->name), g_free);
}

static void
change_address (Odl *odl, OdlDevice *device, NetIpv4 tunnel_ip)
{
  g_autofree char *key = g_strconcat ("tunnel-ip ", device->name, NULL);

  odl_l2gw_unmesh_device (odl, device);
  device->tunnel_ip = tunnel_ip;
  odl_delay_set (odl, key, TUNNEL_IP_DOWN_NS, enter_new_address, g_strdup (device->name), g_free);
}

/* ---- up ------------------------------------------------------------------------------------------------------ */

void
odl_l2gw_switch_up (Odl *odl, const char *name, OdlHwvtep *hwvtep, NetIpv4 tunnel_ip)
{
  OdlDevice *device = odl_device_get (odl, name);

  /* An empty column is a TOR that is starting, not one that lost its address. */
  if (device->hwvtep == hwvtep && (tunnel_ip == 0 || device->tunnel_ip == tunnel_ip))
    return;
  if (device->hwvtep == hwvtep && device->tunnel_ip)
    {
      change_address (odl, device, tunnel_ip);
      return;
    }
  if (device->hwvtep && device->hwvtep != hwvtep)
    {
      odl_l2gw_leave_device (odl, device);
      odl_l2gw_unmesh_device (odl, device);
    }
  device->hwvtep = hwvtep;
  if (tunnel_ip)
    device->tunnel_ip = tunnel_ip;
  if (!odl_has_bug (odl,
                    ODL_BUG_L2GW_BROKEN_2017)) /* its gateway came, found no such switch, and that was that */
    odl_l2gw_mesh_device (odl, device);
  if (!odl_has_bug (odl, ODL_BUG_PREPROVISION)) /* connections that waited for it are forgotten */
    odl_l2gw_refresh_device (odl, device);
}

/* ---- content of unknown networks ----------------------------------------------------------------------------- */

static void
clean_member (const OdlHwvtep *face, OdlHwvtep *member)
{
  OvsdbDatabase *replica = odl_hwvtep_replica (member);
  const OvsdbTable *table = replica ? ovsdb_database_table (replica, "Logical_Switch") : NULL;

  for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
    {
      const char *name = ovsdb_row_text (row, "name");

      if (name && !odl_registry_find (&face->switches, name))
        odl_hwvtep_remove_stale_switch (member, name);
    }
  odl_hwvtep_commit (member);
}

/* Logical switches that nothing wants, with the bindings that point to them. */
static void
clean_stale (Odl *odl, gpointer data)
{
  OdlHwvtep *hwvtep = odl_hwvtep_find (odl, data);

  for (guint i = 0; hwvtep && i < odl_hwvtep_n_members (hwvtep); i++)
    clean_member (hwvtep, odl_hwvtep_member (hwvtep, i));
}

void
odl_l2gw_node_up (Odl *odl, OdlHwvtep *hwvtep)
{
  g_autofree char *key = g_strconcat ("stale-switches ", hwvtep->node_id, NULL);

  for (guint i = 0; i < odl_registry_n (&odl->elans); i++)
    {
      OdlElan *elan = odl_registry_at (&odl->elans, i);
      OdlElanTor *tor = odl_l2gw_elan_tor_of (elan, hwvtep);

      if (tor)
        odl_l2gw_pull_macs (odl, elan, tor);
    }
  if (!odl_has_bug (odl, ODL_BUG_STALE_CONN)) /* there was no cleaner */
    odl_delay_set (odl, key, ODL_STALE_SWITCH_DELAY_NS, clean_stale, g_strdup (hwvtep->node_id), g_free);
}

/* ---- down ---------------------------------------------------------------------------------------------------- */

/* Nothing is withdrawn from computes or other TORs: its database keeps working on its own. */
void
odl_l2gw_node_down (Odl *odl, OdlHwvtep *hwvtep)
{
  g_autofree char *key = g_strconcat ("stale-switches ", hwvtep->node_id, NULL);

  for (guint i = 0; i < odl_hwvtep_n_members (hwvtep); i++)
    if (odl_hwvtep_replica (odl_hwvtep_member (hwvtep, i))) /* the other one of a pair */
      return;
  odl_delay_cancel (odl, key);
}

void
odl_l2gw_node_forgotten (Odl *odl, OdlHwvtep *hwvtep)
{
  odl_l2gw_node_down (odl, hwvtep);
  for (guint i = 0; i < odl_registry_n (&odl->devices); i++)
    {
      OdlDevice *device = odl_registry_at (&odl->devices, i);

      if (device->hwvtep != hwvtep)
        continue;
      odl_l2gw_leave_device (odl, device);
      odl_l2gw_unmesh_device (odl, device);
      device->hwvtep = NULL;
    }
}

/* Flood lists: the locators of each TOR's unknown-dst row. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw-rows.h"

/* Keeps the list ascending and free of duplicates. */
static void
add_locator (GArray *list, NetIpv4 ip)
{
  guint place = 0;

  while (place < list->len && g_array_index (list, NetIpv4, place) < ip)
    place++;
  if (place == list->len || g_array_index (list, NetIpv4, place) != ip)
    g_array_insert_val (list, place, ip);
}

static void
remove_locator (GArray *list, NetIpv4 ip)
{
  for (guint i = list->len; i > 0; i--)
    if (g_array_index (list, NetIpv4, i - 1) == ip)
      g_array_remove_index (list, i - 1);
}

GArray *
odl_l2gw_flood_list (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
  const char *node_id = odl_device_node_id (tor->device);
  NetIpv4 designated = odl_dhcp_designated_ip (odl, elan, tor);

  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *other = odl_registry_at (&elan->tors, i);

      /* It is the other one of a pair by name, but not by address. */
      if (other != tor && other->device->tunnel_ip)
        add_locator (list, other->device->tunnel_ip);
    }
  for (guint i = 0; i < elan->computes->len; i++)
    {
      guint64 dpid = ((OdlElanCompute *) g_ptr_array_index (elan->computes, i))->dpid;
      const OdlTunnel *tunnel = odl_itm_external_tunnel (odl, dpid, node_id);

      if (tunnel) /* a compute without one is left out, until the tunnel's event comes */
        add_locator (list, tunnel->local_ip);
    }
  /* Two writers each make the list of what they know; the one that knows the designated compute comes first. */
  if (designated && !odl_has_bug (odl, ODL_BUG_DHCP_MCAST_RACE))
    add_locator (list, designated);
  if (!odl_has_bug (odl, ODL_BUG_SELF_LOCATOR)) /* a tunnel to itself would be a loop */
    remove_locator (list, tor->device->tunnel_ip);
  return list;
}

static gboolean
holds_all (const GArray *list, const GArray *wanted)
{
  guint n_found = 0;

  for (guint i = 0; list && i < list->len; i++)
    for (guint j = 0; j < wanted->len; j++)
      n_found += g_array_index (list, NetIpv4, i) == g_array_index (wanted, NetIpv4, j);
  return list && n_found == wanted->len;
}

static void
write_list (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor, gboolean only_adding)
{
  g_autoptr (GArray) wanted = odl_l2gw_flood_list (odl, elan, tor);

  if (only_adding && holds_all (odl_hwvtep_flood (tor->device->hwvtep, elan->name), wanted))
    return;
  odl_hwvtep_set_flood (tor->device->hwvtep, elan->name, wanted);
  odl_hwvtep_commit (tor->device->hwvtep);
}

void
odl_l2gw_flood_lists_changed (Odl *odl, const OdlElan *elan)
{
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    write_list (odl, elan, odl_registry_at (&elan->tors, i), TRUE);
}

void
odl_l2gw_node_flood_lists_changed (Odl *odl, const char *node_id)
{
  for (guint e = 0; e < odl_registry_n (&odl->elans); e++)
    {
      const OdlElan *elan = odl_registry_at (&odl->elans, e);

      for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
        {
          const OdlElanTor *tor = odl_registry_at (&elan->tors, i);

          if (g_strcmp0 (odl_device_node_id (tor->device), node_id) == 0)
            write_list (odl, elan, tor, TRUE);
        }
    }
}

void
odl_l2gw_compute_left (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  gboolean just_started = net_world_now (odl->world) - odl->started_ns < ODL_JUST_STARTED_NS;
  const OdlCompute *compute = odl_compute_find (odl, dpid);

  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *tor = odl_registry_at (&elan->tors, i);
      const GArray *list = odl_hwvtep_flood (tor->device->hwvtep, elan->name);

      if (just_started && list && compute)
        {
          g_autoptr (GArray) rest = g_array_copy ((GArray *) list);

          if (odl_dhcp_designated_ip (odl, elan, tor) != compute->tunnel_ip
              || odl_has_bug (odl, ODL_BUG_DHCP_DESIGNATED_MISSING)) /* nobody asks who else needs it */
            remove_locator (rest, compute->tunnel_ip);
          odl_hwvtep_set_flood (tor->device->hwvtep, elan->name, rest);
          odl_hwvtep_commit (tor->device->hwvtep);
        }
      else
        write_list (odl, elan, tor, FALSE);
    }
}

void
odl_l2gw_tor_left (Odl *odl, const OdlElan *elan)
{
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    write_list (odl, elan, odl_registry_at (&elan->tors, i), FALSE);
}

/* Remote unicast rows: where a TOR finds the addresses that are not behind its own ports. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw-rows.h"

static NetIpv4
tunnel_ip_of (const Odl *odl, const OdlElanMac *entry)
{
  const OdlCompute *compute = odl_compute_find (odl, entry->interface->bound.dpid);

  return compute ? compute->tunnel_ip : 0;
}

/* The address as Neutron wrote it, beside the one in small letters: two keys of one row. */
static void
set_as_written (const Odl *odl, const OdlElan *elan, const OdlElanMac *entry, OdlHwvtep *hwvtep, NetIpv4 ip)
{
  const OdlPort *port = odl_neutron_port (&odl->neutron, entry->interface->name);
  const char *text = port ? json_string_value (json_object_get (port->object.json, "mac_address")) : NULL;

  if (text && entry->is_static)
    odl_hwvtep_set_ucast_text (hwvtep, elan->name, text, ip);
}

void
odl_l2gw_mac_added (Odl *odl, const OdlElan *elan, const OdlElanMac *entry)
{
  NetIpv4 ip = tunnel_ip_of (odl, entry);
  guint n_tors = odl_registry_n (&elan->tors);

  if (odl_has_bug (odl, ODL_BUG_ONE_SWITCH_ONLY)) /* the loop ends with the first */
    n_tors = MIN (n_tors, 1);
  for (guint i = 0; ip && i < n_tors; i++)
    {
      OdlHwvtep *hwvtep = ((OdlElanTor *) odl_registry_at (&elan->tors, i))->device->hwvtep;

      odl_hwvtep_set_ucast (hwvtep, elan->name, &entry->mac, ip);
      if (odl_has_bug (odl, ODL_BUG_DUP_CASE))
        set_as_written (odl, elan, entry, hwvtep, ip);
      odl_hwvtep_commit (hwvtep);
    }
}

void
odl_l2gw_mac_removed (Odl *odl, const OdlElan *elan, const OdlElanMac *entry)
{
  /* It is plugged in elsewhere already, and is taken for one that stays. */
  if (odl_has_bug (odl, ODL_BUG_MIGRATE_ROWS) && entry->interface->migrated)
    return;
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      OdlHwvtep *hwvtep = ((OdlElanTor *) odl_registry_at (&elan->tors, i))->device->hwvtep;

      odl_hwvtep_remove_ucast (hwvtep, elan->name, &entry->mac);
      odl_hwvtep_commit (hwvtep);
    }
}

void
odl_l2gw_compute_addressed (Odl *odl, guint64 dpid)
{
  for (guint e = 0; e < odl_registry_n (&odl->elans); e++)
    {
      const OdlElan *elan = odl_registry_at (&odl->elans, e);

      for (guint i = 0; i < odl_registry_n (&elan->macs); i++)
        {
          const OdlElanMac *entry = odl_registry_at (&elan->macs, i);

          if (entry->interface->bound.dpid == dpid)
            odl_l2gw_mac_added (odl, elan, entry);
        }
    }
}

/* TORs that share a tunnel address are a pair: each has the other's MACs behind its own ports. */
static gboolean
is_peer (const OdlElanTor *tor, const OdlElanTor *other)
{
  return tor == other || tor->device->tunnel_ip == other->device->tunnel_ip;
}

void
odl_l2gw_tor_mac_added (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac)
{
  (void) odl;
  for (guint i = 0; tor->device->tunnel_ip && i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *other = odl_registry_at (&elan->tors, i);

      if (is_peer (tor, other))
        continue;
      odl_hwvtep_set_ucast (other->device->hwvtep, elan->name, mac, tor->device->tunnel_ip);
      odl_hwvtep_commit (other->device->hwvtep);
    }
}

void
odl_l2gw_tor_mac_removed (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac)
{
  (void) odl;
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *other = odl_registry_at (&elan->tors, i);

      if (is_peer (tor, other))
        continue;
      odl_hwvtep_remove_ucast (other->device->hwvtep, elan->name, mac);
      odl_hwvtep_commit (other->device->hwvtep);
    }
}

/* One transaction for all of them. */
void
odl_l2gw_write_all_macs (Odl *odl, const OdlElan *elan, const OdlElanTor *tor)
{
  for (guint i = 0; i < odl_registry_n (&elan->macs); i++)
    {
      const OdlElanMac *entry = odl_registry_at (&elan->macs, i);
      NetIpv4 ip = tunnel_ip_of (odl, entry);

      if (ip)
        odl_hwvtep_set_ucast (tor->device->hwvtep, elan->name, &entry->mac, ip);
    }
  for (guint t = 0; t < odl_registry_n (&elan->tors); t++)
    {
      const OdlElanTor *other = odl_registry_at (&elan->tors, t);

      for (guint i = 0;
           !is_peer (tor, other) && other->device->tunnel_ip && i < odl_registry_n (&other->macs); i++)
        odl_hwvtep_set_ucast (tor->device->hwvtep, elan->name, odl_registry_at (&other->macs, i),
                              other->device->tunnel_ip);
    }
  odl_hwvtep_commit (tor->device->hwvtep);
}

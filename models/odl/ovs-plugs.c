/* Comparing and telling. */
#include "models/odl/ovs-plugs.h"
#include "models/odl/core.h"
#include "models/odl/interface.h"

/* Interfaces with a Neutron port's id: → the interface's name. */
static void
collect_plugs (OvsdbDatabase *replica, OdlRegistry *out)
{
  const OvsdbTable *table = ovsdb_database_table (replica, "Interface");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const char *iface_id = ovsdb_row_map_text (row, "external_ids", "iface-id");
      const char *name = ovsdb_row_text (row, "name");

      if (iface_id && name)
        odl_registry_put (out, iface_id, g_strdup (name));
    }
}

/* What the controller knows of this compute, from this session or one before it. */
static void
collect_known_plugs (const Odl *odl, guint64 dpid, OdlRegistry *out)
{
  for (guint i = 0; i < odl_registry_n (&odl->plugs); i++)
    {
      const OdlPlug *plug = odl_registry_at (&odl->plugs, i);

      if (plug->dpid == dpid)
        odl_registry_put (out, odl_registry_key (&odl->plugs, i), g_strdup (plug->port_name));
    }
}

void
odl_ovs_compare_plugs (Odl *odl, guint64 dpid, OvsdbDatabase *replica)
{
  OdlRegistry now, before;

  odl_registry_init (&now, g_free);
  odl_registry_init (&before, g_free);
  collect_plugs (replica, &now);
  collect_known_plugs (odl, dpid, &before);
  for (guint i = 0; i < odl_registry_n (&before); i++)
    if (!odl_registry_find (&now, odl_registry_key (&before, i)))
      odl_interface_unplugged (odl, odl_registry_key (&before, i), dpid);
  for (guint i = 0; i < odl_registry_n (&now); i++)
    if (g_strcmp0 (odl_registry_find (&before, odl_registry_key (&now, i)), odl_registry_at (&now, i)) != 0)
      odl_interface_plugged (odl, odl_registry_key (&now, i), dpid, odl_registry_at (&now, i));
  odl_registry_clear (&before);
  odl_registry_clear (&now);
}

void
odl_ovs_interface_changed (Odl *odl, guint64 dpid, const OvsdbChange *change)
{
  const char *before
      = change->before ? ovsdb_row_map_text (change->before, "external_ids", "iface-id") : NULL;
  const char *after = change->after ? ovsdb_row_map_text (change->after, "external_ids", "iface-id") : NULL;

  if (!ovsdb_change_touches (change, "external_ids") && !ovsdb_change_touches (change, "name"))
    return;
  if (before && g_strcmp0 (before, after) != 0)
    odl_interface_unplugged (odl, before, dpid);
  if (after)
    odl_interface_plugged (odl, after, dpid, ovsdb_row_text (change->after, "name"));
}

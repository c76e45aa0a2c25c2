/* Reading other_config:provider_mappings; rows of Port and Interface. */
#include "models/odl/ovs-provider.h"
#include "models/odl/core.h"
#include "models/odl/provider.h"
#include "ovsdb/build.h"

static gboolean
has_row (OvsdbDatabase *replica, const char *table, const char *name)
{
  return ovsdb_table_find_text (ovsdb_database_table (replica, table), "name", name) != NULL;
}

static void
add_port (json_t *ops, const OvsdbRow *bridge, const char *name, guint index)
{
  g_autofree char *interface = g_strdup_printf ("provider_interface%u", index);
  g_autofree char *port = g_strdup_printf ("provider_port%u", index);

  json_array_append_new (ops, ovsdb_op_insert ("Interface", interface, json_pack ("{s:s}", "name", name)));
  json_array_append_new (ops, ovsdb_op_insert ("Port", port,
                                               json_pack ("{s:s, s:o}", "name", name, "interfaces",
                                                          ovsdb_json_named_uuid (interface))));
  json_array_append_new (ops, ovsdb_op_mutate ("Bridge", ovsdb_where_uuid (ovsdb_row_uuid (bridge)), "ports",
                                               "insert", ovsdb_json_named_uuid (port)));
}

/* Two physical networks may share a port. */
static gboolean
is_named_before (const OdlRegistry *providers, guint index)
{
  for (guint i = 0; i < index; i++)
    if (g_str_equal (odl_registry_at (providers, i), odl_registry_at (providers, index)))
      return TRUE;
  return FALSE;
}

static json_t *
missing_ports (Odl *odl, const OdlRegistry *providers, OvsdbDatabase *replica, const OvsdbRow *bridge)
{
  json_t *ops = json_array ();

  for (guint i = 0; i < odl_registry_n (providers); i++)
    {
      const char *name = odl_registry_at (providers, i);

      if (has_row (replica, "Bridge", name))
        net_world_log (odl->world, NET_LOG_WARNING, "provider",
                       "provider_mappings names the bridge %s for %s; only ports are used", name,
                       odl_registry_key (providers, i));
      else if (!has_row (replica, "Port", name) && !is_named_before (providers, i))
        add_port (ops, bridge, name, i);
    }
  if (json_array_size (ops) > 0)
    return ops;
  json_decref (ops);
  return NULL;
}

json_t *
odl_ovs_provider_look (Odl *odl, OdlCompute *compute, OvsdbDatabase *replica, const OvsdbRow *bridge)
{
  const OvsdbRow *root = ovsdb_table_first (ovsdb_database_table (replica, "Open_vSwitch"));

  odl_provider_mappings_changed (
      odl, compute, root ? ovsdb_row_map_text (root, "other_config", "provider_mappings") : NULL);
  return bridge ? missing_ports (odl, &compute->providers, replica, bridge) : NULL;
}

/* Transactions on the Open_vSwitch database. */
#include "models/ovs/rows.h"

#include "ovsdb/build.h"

#define OVS_VERSION "3.1.0" /* the one whose behaviour is modelled */

OvsdbDatabase *
ovs_rows_database (NetWorld *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OvsdbSchema) schema = NULL;
  gsize length;
  const char *text = ovsdb_schema_open_vswitch (&length);

  schema = ovsdb_schema_parse (text, length, &error);
  g_assert_no_error (error); /* it is our own text */
  return ovsdb_database_new (schema, world);
}

static gboolean
execute (OvsdbDatabase *db, NetWorld *world, json_t *operations)
{
  g_autoptr (GError) error = NULL;

  if (ovsdb_database_execute (db, operations, &error))
    return TRUE;
  net_world_log (world, NET_LOG_WARNING, "ovs", "the database refuses: %s", error->message);
  return FALSE;
}

/* A Port with one Interface of the same name, by the names "port" and "interface"; takes the interface's
 * columns. */
static void
add_port (json_t *operations, const char *name, json_t *interface)
{
  json_object_set_new (interface, "name", json_string (name));
  json_array_append_new (operations, ovsdb_op_insert ("Interface", "interface", interface));
  json_array_append_new (operations, ovsdb_op_insert ("Port", "port",
                                                      json_pack ("{s:s, s:o}", "name", name, "interfaces",
                                                                 ovsdb_json_named_uuid ("interface"))));
}

static json_t *
bridge_columns (const OvsConfig *config)
{
  char dpid[17];

  g_snprintf (dpid, sizeof dpid, "%016" G_GINT64_MODIFIER "x", config->datapath_id);
  return json_pack ("{s:s, s:s, s:s, s:o, s:o}", "name", OVS_BRIDGE, "fail_mode", "secure", "protocols",
                    "OpenFlow13", "ports", ovsdb_json_named_uuid ("port"), "other_config",
                    ovsdb_json_map (json_pack ("{s:s}", "datapath-id", dpid)));
}

static json_t *
root_columns (const char *host_name, const OvsConfig *config)
{
  char ip[NET_IPV4_TEXT];
  json_t *external_ids = json_pack ("{s:s, s:s}", "hostname", host_name, "system-id", host_name);
  json_t *other_config = json_pack ("{s:s}", "local_ip", net_ipv4_format (config->tunnel_ip, ip));

  if (config->provider_mappings)
    json_object_set_new (other_config, "provider_mappings", json_string (config->provider_mappings));
  return json_pack ("{s:o, s:s, s:o, s:o}", "bridges", ovsdb_json_named_uuid ("bridge"), "ovs_version",
                    OVS_VERSION, "external_ids", ovsdb_json_map (external_ids), "other_config",
                    ovsdb_json_map (other_config));
}

void
ovs_rows_begin (OvsdbDatabase *db, const char *host_name, const OvsConfig *config)
{
  json_t *operations = json_array (), *bridge = bridge_columns (config),
         *root = root_columns (host_name, config);
  g_autoptr (GError) error = NULL;

  add_port (operations, OVS_BRIDGE, json_pack ("{s:s}", "type", "internal"));
  if (config->controller)
    {
      json_array_append_new (operations, ovsdb_op_insert ("Controller", "controller",
                                                          json_pack ("{s:s}", "target", config->controller)));
      json_object_set_new (bridge, "controller", ovsdb_json_named_uuid ("controller"));
    }
  if (config->manager)
    {
      json_array_append_new (
          operations, ovsdb_op_insert ("Manager", "manager", json_pack ("{s:s}", "target", config->manager)));
      json_object_set_new (root, "manager_options", ovsdb_json_named_uuid ("manager"));
    }
  json_array_append_new (operations, ovsdb_op_insert ("Bridge", "bridge", bridge));
  json_array_append_new (operations, ovsdb_op_insert ("Open_vSwitch", NULL, root));
  ovsdb_database_execute (db, operations, &error);
  g_assert_no_error (error); /* a fresh database, our own rows */
}

static const OvsdbRow *
find_row (OvsdbDatabase *db, const char *table, const char *name)
{
  return ovsdb_table_find_text (ovsdb_database_table (db, table), "name", name);
}

static json_t *
bridge_ports (OvsdbDatabase *db, const char *mutator, json_t *port)
{
  const OvsdbRow *bridge = find_row (db, "Bridge", OVS_BRIDGE);

  if (bridge)
    return ovsdb_op_mutate ("Bridge", ovsdb_where_uuid (ovsdb_row_uuid (bridge)), "ports", mutator, port);
  json_decref (port);
  return NULL;
}

gboolean
ovs_rows_add_tap (OvsdbDatabase *db, NetWorld *world, const char *name, const OvsTapConfig *config)
{
  char mac[NET_MAC_TEXT];
  json_t *operations = json_array ();
  json_t *ids = json_pack ("{s:s, s:s}", "attached-mac", net_mac_format (&config->attached_mac, mac),
                           "iface-status", "active");
  json_t *mutation;

  if (config->iface_id)
    json_object_set_new (ids, "iface-id", json_string (config->iface_id));
  if (config->vm_uuid)
    json_object_set_new (ids, "vm-uuid", json_string (config->vm_uuid));
  add_port (operations, name, json_pack ("{s:o}", "external_ids", ovsdb_json_map (ids)));
  mutation = bridge_ports (db, "insert", ovsdb_json_named_uuid ("port"));
  if (!mutation)
    {
      json_decref (operations);
      net_world_log (world, NET_LOG_WARNING, "ovs", "there is no %s to plug %s into", OVS_BRIDGE, name);
      return FALSE;
    }
  json_array_append_new (operations, mutation);
  return execute (db, world, operations);
}

void
ovs_rows_remove_port (OvsdbDatabase *db, NetWorld *world, const char *name)
{
  const OvsdbRow *port = find_row (db, "Port", name);
  json_t *mutation, *operations;

  if (!port)
    return;
  mutation = bridge_ports (db, "delete", ovsdb_json_uuid (ovsdb_row_uuid (port)));
  if (!mutation)
    return;
  operations = json_array ();
  json_array_append_new (operations, mutation);
  execute (db, world, operations);
}

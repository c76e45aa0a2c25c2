/* Reads what is there, writes the difference. */
#include "gateway/inventory.h"

#include "gateway/own-rows.h"
#include "ovsdb/build.h"

/* A set of at most one address, as text. */
static json_t *
addresses (NetIpv4 address)
{
  char text[NET_IPV4_TEXT];
  json_t *set = json_array ();

  if (address)
    json_array_append_new (set, json_string (net_ipv4_format (address, text)));
  return ovsdb_json_set (set);
}

/* The configuration's ports as a set of references; rows that are missing are inserted first. */
static json_t *
ports (const OvsdbRow *physical_switch, const VtepGatewayConfig *config, json_t *operations)
{
  json_t *set = json_array ();

  for (guint i = 0; i < config->n_ports; i++)
    {
      const OvsdbRow *row = vtep_own_port (physical_switch, config->ports[i].name);
      g_autofree char *name = g_strdup_printf ("port_%u", i);

      if (row)
        {
          json_array_append_new (set, ovsdb_json_uuid (ovsdb_row_uuid (row)));
          continue;
        }
      json_array_append_new (
          operations,
          ovsdb_op_insert ("Physical_Port", name, json_pack ("{s:s}", "name", config->ports[i].name)));
      json_array_append_new (set, ovsdb_json_named_uuid (name));
    }
  return ovsdb_json_set (set);
}

static void
put_global (OvsdbDatabase *database, json_t *reference, json_t *operations)
{
  const OvsdbRow *global = ovsdb_table_first (ovsdb_database_table (database, "Global"));

  if (global)
    json_array_append_new (operations, ovsdb_op_mutate ("Global", ovsdb_where_uuid (ovsdb_row_uuid (global)),
                                                        "switches", "insert", reference));
  else
    json_array_append_new (operations,
                           ovsdb_op_insert ("Global", NULL, json_pack ("{s:o}", "switches", reference)));
}

gboolean
vtep_inventory_write (OvsdbDatabase *database, const VtepGatewayConfig *config, GError **error)
{
  const OvsdbRow *row = vtep_own_switch (database, config->switch_name);
  json_t *operations = json_array (), *port_set = ports (row, config, operations);
  json_t *values = json_pack ("{s:s, s:s, s:o, s:o, s:o}", "name", config->switch_name, "description",
                              config->description ? config->description : "", "management_ips",
                              addresses (config->management_ip), "tunnel_ips", addresses (config->tunnel_ip),
                              "ports", port_set);

  if (row)
    json_array_append_new (
        operations, ovsdb_op_update ("Physical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row)), values));
  else
    json_array_append_new (operations, ovsdb_op_insert ("Physical_Switch", "switch", values));
  put_global (database, row ? ovsdb_json_uuid (ovsdb_row_uuid (row)) : ovsdb_json_named_uuid ("switch"),
              operations);
  return ovsdb_database_execute (database, operations, error);
}

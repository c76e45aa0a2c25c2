/* From wanted content to OVSDB operations: what differs from the replica, in the order of the hwvtep southbound plugin
 * (switches, logical switches, ports, remote multicast, remote unicast; updates before removals). */
#include "models/odl/core.h"
#include "models/odl/hwvtep-writer.h"
#include "ovsdb/build.h"

#include <string.h>

#define ENCAPSULATION "vxlan_over_ipv4"

void
odl_writer_add (OdlWriter *writer, json_t *op)
{
  json_array_append_new (writer->ops, op);
}

/* ---- references ---------------------------------------------------------------------------------------------- */

static const OvsdbRow *
find_switch (const OdlWriter *writer, const char *name)
{
  return ovsdb_table_find_text (ovsdb_database_table (writer->replica, "Logical_Switch"), "name", name);
}

/* Names of rows in a transaction may hold letters, digits and underscores. */
char *
odl_writer_uuid_name (const char *prefix, const char *text)
{
  char *name = g_strconcat (prefix, text, NULL);

  return g_strdelimit (name, "-.: ", '_');
}

/* NULL when the switch is neither there nor made here. */
json_t *
odl_writer_switch_ref (const OdlWriter *writer, const char *name)
{
  const OvsdbRow *row = find_switch (writer, name);
  g_autofree char *named = odl_writer_uuid_name ("LogicalSwitch_", name);

  if (row)
    return ovsdb_json_uuid (ovsdb_row_uuid (row));
  return odl_registry_find (&writer->new_switches, name) ? ovsdb_json_named_uuid (named) : NULL;
}

static const OvsdbRow *
find_locator (const OdlWriter *writer, const char *ip)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, "Physical_Locator");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    if (g_strcmp0 (ovsdb_row_text (row, "dst_ip"), ip) == 0
        && (!ovsdb_table_schema_column (ovsdb_table_schema (table), "tunnel_key")
            || ovsdb_row_integer (row, "tunnel_key", -1) < 0))
      return row;
  return NULL;
}

/* With the bug the id of a row is kept for good, though the server collects rows that nothing refers to. */
static json_t *
remembered_locator (const OdlWriter *writer, const char *ip, const OvsdbRow *row)
{
  OdlRegistry *locators = &writer->hwvtep->locators;
  const OvsdbUuid *uuid = odl_registry_find (locators, ip);

  if (!uuid && row)
    odl_registry_put (locators, ip, g_memdup2 (ovsdb_row_uuid (row), sizeof (OvsdbUuid)));
  return uuid ? ovsdb_json_uuid (uuid) : NULL;
}

/* The index on locators makes the existing row the only possible one; otherwise the first use makes it. */
json_t *
odl_writer_locator_ref (OdlWriter *writer, NetIpv4 address)
{
  char ip[NET_IPV4_TEXT];
  const OvsdbRow *row = find_locator (writer, net_ipv4_format (address, ip));
  g_autofree char *named = odl_writer_uuid_name ("Locator_", ip);
  json_t *old = NULL;

  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_LOCATOR_CONSTRAINT)) /* nobody looks whether it is there */
    row = NULL;
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_LOCATOR_GC))
    old = remembered_locator (writer, ip, row);
  if (old)
    return old;
  if (row)
    return ovsdb_json_uuid (ovsdb_row_uuid (row));
  if (!odl_registry_find (&writer->new_locators, ip))
    {
      odl_registry_put (&writer->new_locators, ip, ODL_PRESENT);
      odl_writer_add (writer, ovsdb_op_insert ("Physical_Locator", named,
                                               json_pack ("{s:s, s:s}", "encapsulation_type", ENCAPSULATION,
                                                          "dst_ip", ip)));
    }
  return ovsdb_json_named_uuid (named);
}

/* ---- logical switches ---------------------------------------------------------------------------------------- */

gboolean
odl_hwvtep_has_replication_mode (const OdlHwvtep *hwvtep)
{
  guint64 major = 0, minor = 0;
  g_auto (GStrv) words = g_strsplit (ovsdb_client_server_version (odl_hwvtep_client (hwvtep)), ".", 3);

  if (g_strv_length (words) < 2 || !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXUINT32, &major, NULL)
      || !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT32, &minor, NULL))
    return FALSE;
  return major > 1 || (major == 1 && minor >= 6);
}

static gboolean
wants_source_node (const OdlWriter *writer)
{
  /* With the bug the column stays empty, and the TOR takes that as service_node: it floods to one locator. */
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_REPL_MODE_UNSET))
    return FALSE;
  return odl_hwvtep_has_replication_mode (writer->hwvtep);
}

static void
write_switch (OdlWriter *writer, const char *name)
{
  const OdlSwitchConfig *config = odl_registry_find (&writer->hwvtep->switches, name);
  const OvsdbRow *row = find_switch (writer, name);
  g_autofree char *named = odl_writer_uuid_name ("LogicalSwitch_", name);
  gboolean source_node = wants_source_node (writer);
  json_t *columns;

  if (!config)
    return;
  columns = json_pack ("{s:i}", "tunnel_key", (int) config->vni);
  if (source_node)
    json_object_set_new (columns, "replication_mode", json_string ("source_node"));
  if (!row)
    {
      json_object_set_new (columns, "name", json_string (name));
      json_object_set_new (columns, "description", json_string (""));
      odl_registry_put (&writer->new_switches, name, ODL_PRESENT);
      odl_writer_add (writer, ovsdb_op_insert ("Logical_Switch", named, columns));
    }
  else if (ovsdb_row_integer (row, "tunnel_key", -1) != config->vni
           || (source_node && g_strcmp0 (ovsdb_row_text (row, "replication_mode"), "source_node") != 0))
    odl_writer_add (writer,
                    ovsdb_op_update ("Logical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns));
  else
    json_decref (columns);
}

/* From the second attempt on, bindings that somebody else made are taken away too: they keep the switch referenced. */
static void
strip_bindings (OdlWriter *writer, const OvsdbUuid *logical_switch)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, "Physical_Port");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const OvsdbDatum *bindings = ovsdb_row_get (row, "vlan_bindings");
      const OvsdbAtom *vlans = ovsdb_datum_keys (bindings), *switches = ovsdb_datum_values (bindings);
      json_t *pairs = json_array ();

      for (guint i = 0; i < bindings->n; i++)
        if (ovsdb_uuid_equal (&switches[i].uuid, logical_switch))
          json_array_append_new (
              pairs, json_pack ("[I, o]", (json_int_t) vlans[i].integer, ovsdb_json_uuid (logical_switch)));
      if (json_array_size (pairs) > 0)
        odl_writer_add (writer,
                        ovsdb_op_mutate ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                         "vlan_bindings", "delete", json_pack ("[s, O]", "map", pairs)));
      json_decref (pairs);
    }
}

static void
remove_switch (OdlWriter *writer, const char *name)
{
  static const char *const mac_tables[]
      = { "Ucast_Macs_Remote", "Mcast_Macs_Remote", "Ucast_Macs_Local", "Mcast_Macs_Local" };
  const OvsdbRow *row = find_switch (writer, name);

  if (!row || odl_registry_find (&writer->hwvtep->switches, name))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (mac_tables); i++)
    odl_writer_add (
        writer, ovsdb_op_delete (mac_tables[i], ovsdb_where_equal ("logical_switch",
                                                                   ovsdb_json_uuid (ovsdb_row_uuid (row)))));
  if (writer->strip)
    strip_bindings (writer, ovsdb_row_uuid (row));
  odl_writer_add (writer, ovsdb_op_delete ("Logical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row))));
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

static const OvsdbRow *
find_port (const OdlWriter *writer, const OdlPortConfig *config)
{
  const OvsdbRow *physical_switch = ovsdb_table_find_text (
      ovsdb_database_table (writer->replica, "Physical_Switch"), "name", config->physical_switch);
  guint n = physical_switch ? ovsdb_row_get (physical_switch, "ports")->n : 0;

  for (guint i = 0; i < n; i++)
    {
      const OvsdbRow *port = ovsdb_row_ref_at (physical_switch, "ports", i);

      if (port && g_strcmp0 (ovsdb_row_text (port, "name"), config->port) == 0)
        return port;
    }
  return NULL;
}

/* The VLAN's logical switch on the port, NULL when it is not bound. */
static const char *
bound_switch (const OvsdbRow *row, guint16 vlan)
{
  const OvsdbDatum *bindings = ovsdb_row_get (row, "vlan_bindings");

  for (guint i = 0; i < bindings->n; i++)
    if (ovsdb_datum_keys (bindings)[i].integer == vlan)
      {
        const OvsdbRow *logical_switch = ovsdb_row_ref_at (row, "vlan_bindings", i);

        return logical_switch ? ovsdb_row_text (logical_switch, "name") : NULL;
      }
  return NULL;
}

static gboolean
has_binding (const OvsdbRow *row, const OdlBinding *binding)
{
  return g_strcmp0 (bound_switch (row, binding->vlan), binding->logical_switch) == 0;
}

/* Pairs for the bindings that are wanted; those whose switch is not there yet wait.  `row` NULL: all of them, else those
 * that it lacks. */
static json_t *
binding_pairs (OdlWriter *writer, const char *key, const OdlPortConfig *config, const OvsdbRow *row)
{
  json_t *pairs = json_array ();

  for (guint i = 0; i < config->bindings->len; i++)
    {
      const OdlBinding *binding = g_ptr_array_index (config->bindings, i);
      json_t *ref;

      /* The switch that is made along with it is looked for among those that the TOR has, and nothing waits. */
      if (writer->copied && !find_switch (writer, binding->logical_switch))
        continue;
      ref = odl_writer_switch_ref (writer, binding->logical_switch);
      if (!ref)
        odl_registry_put (&writer->waiting->ports, key, ODL_PRESENT);
      else if (row && has_binding (row, binding))
        json_decref (ref);
      else
        json_array_append_new (pairs, json_pack ("[i, o]", (int) binding->vlan, ref));
    }
  return pairs;
}

static gboolean
bindings_equal (const OdlPortConfig *config, const OvsdbRow *row)
{
  for (guint i = 0; i < config->bindings->len; i++)
    if (!has_binding (row, g_ptr_array_index (config->bindings, i)))
      return FALSE;
  return ovsdb_row_get (row, "vlan_bindings")->n == config->bindings->len;
}

/* The whole column, as the plugin does it: what somebody else bound on the port is lost. */
static void
overwrite_bindings (OdlWriter *writer, const char *key, const OdlPortConfig *config, const OvsdbRow *row)
{
  json_t *pairs;

  if (bindings_equal (config, row))
    return;
  pairs = binding_pairs (writer, key, config, NULL);
  odl_writer_add (writer, ovsdb_op_update ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                           json_pack ("{s:[s, o]}", "vlan_bindings", "map", pairs)));
}

static void
mutate_bindings (OdlWriter *writer, const OvsdbRow *row, const char *mutator, const char *kind, json_t *items)
{
  if (json_array_size (items) > 0)
    odl_writer_add (writer, ovsdb_op_mutate ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                             "vlan_bindings", mutator, json_pack ("[s, O]", kind, items)));
  json_decref (items);
}

/* Only our own: an insertion leaves a key that is there as it is, so what changes is taken away first. */
static void
change_bindings (OdlWriter *writer, const char *key, const OdlPortConfig *config, const OvsdbRow *row)
{
  json_t *gone = json_array ();

  for (guint i = 0; i < config->unbound->len; i++)
    if (bound_switch (row, g_array_index (config->unbound, guint16, i)))
      json_array_append_new (gone, json_integer (g_array_index (config->unbound, guint16, i)));
  for (guint i = 0; i < config->bindings->len; i++)
    {
      const OdlBinding *binding = g_ptr_array_index (config->bindings, i);

      if (bound_switch (row, binding->vlan) && !has_binding (row, binding))
        json_array_append_new (gone, json_integer (binding->vlan));
    }
  mutate_bindings (writer, row, "delete", "set", gone);
  mutate_bindings (writer, row, "insert", "map", binding_pairs (writer, key, config, row));
}

static void
write_port (OdlWriter *writer, const char *key)
{
  const OdlPortConfig *config = odl_registry_find (&writer->hwvtep->ports, key);
  const OvsdbRow *row = config ? find_port (writer, config) : NULL;

  if (!config)
    return;
  if (!row)
    odl_registry_put (&writer->waiting->ports, key, ODL_PRESENT);
  else if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_BINDINGS_OVERWRITE))
    overwrite_bindings (writer, key, config, row);
  else
    change_bindings (writer, key, config, row);
}

/* ---- the switch itself --------------------------------------------------------------------------------------- */

/* With the bug the configuration, which knows of no address, is taken for more than what the TOR says. */
static void
clear_tunnel_ips (OdlWriter *writer)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, "Physical_Switch");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    odl_writer_add (writer, ovsdb_op_update ("Physical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                             json_pack ("{s:[s, []]}", "tunnel_ips", "set")));
}

/* The TOR makes the rows, one for each locator that it sends to; what they are to do is the controller's to say. */
static void
write_tunnels (OdlWriter *writer)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, "Tunnel");
  const Odl *odl = writer->hwvtep->odl;

  for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
    if (odl_monitor_differs (odl, ODL_MONITOR_TOR, row))
      odl_writer_add (
          writer, ovsdb_op_update ("Tunnel", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                   json_pack ("{s:o}", "bfd_params",
                                              ovsdb_json_map (odl_monitor_params (odl, ODL_MONITOR_TOR)))));
}

/* -------------------------------------------------------------------------------------------------------------- */

static void
each (OdlWriter *writer, const OdlRegistry *touched, void (*write) (OdlWriter *writer, const char *key))
{
  for (guint i = 0; i < odl_registry_n (touched); i++)
    write (writer, odl_registry_key (touched, i));
}

json_t *
odl_hwvtep_build (OdlHwvtep *hwvtep, const OdlHwvtepBatch *batch, OdlHwvtepBatch *waiting)
{
  OdlWriter writer = { .hwvtep = hwvtep,
                       .replica = odl_hwvtep_replica (hwvtep),
                       .ops = json_array (),
                       .waiting = waiting,
                       .strip = batch->strip,
                       .copied = batch->copied };

  odl_registry_init (&writer.new_switches, NULL);
  odl_registry_init (&writer.new_locators, NULL);
  /* A second attempt strips: something still refers to what was to go. */
  if (batch->attempts > 0 && !odl_has_bug (hwvtep->odl, ODL_BUG_LS_REF))
    writer.strip = TRUE;
  if (batch->clears_tunnel_ips)
    clear_tunnel_ips (&writer);
  each (&writer, &batch->switches, write_switch);
  each (&writer, &batch->switches, remove_switch);
  each (&writer, &batch->ports, write_port);
  each (&writer, &batch->floods, odl_writer_flood);
  each (&writer, &batch->floods, odl_writer_remove_flood);
  each (&writer, &batch->ucasts, odl_writer_ucast);
  each (&writer, &batch->ucasts, odl_writer_remove_ucast);
  if (batch->tunnels)
    write_tunnels (&writer);
  odl_registry_clear (&writer.new_switches);
  odl_registry_clear (&writer.new_locators);
  return writer.ops;
}

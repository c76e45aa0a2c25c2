/* From wanted content to OVSDB operations: what differs from the replica, in the order of the hwvtep southbound plugin
 * (logical switches, ports, remote multicast, remote unicast; updates before removals). */
#include "models/odl/core.h"
#include "models/odl/hwvtep.h"
#include "ovsdb/build.h"

#include <string.h>

#define ENCAPSULATION "vxlan_over_ipv4"

/* One transaction in the making. */
typedef struct
{
  OdlHwvtep *hwvtep;
  OvsdbDatabase *replica;
  json_t *ops;
  OdlRegistry new_switches; /* logical switches that this transaction inserts; a set */
  OdlRegistry new_locators; /* the same of locators, by address */
  guint n_sets;
  OdlHwvtepBatch *waiting;
  gboolean strip;
} Writer;

static void
add_op (Writer *writer, json_t *op)
{
  json_array_append_new (writer->ops, op);
}

/* ---- references ---------------------------------------------------------------------------------------------- */

static const OvsdbRow *
find_switch (const Writer *writer, const char *name)
{
  return ovsdb_table_find_text (ovsdb_database_table (writer->replica, "Logical_Switch"), "name", name);
}

/* Names of rows in a transaction may hold letters, digits and underscores. */
static char *
uuid_name (const char *prefix, const char *text)
{
  char *name = g_strconcat (prefix, text, NULL);

  return g_strdelimit (name, "-.: ", '_');
}

/* NULL when the switch is neither there nor made here. */
static json_t *
switch_ref (const Writer *writer, const char *name)
{
  const OvsdbRow *row = find_switch (writer, name);
  g_autofree char *named = uuid_name ("LogicalSwitch_", name);

  if (row)
    return ovsdb_json_uuid (ovsdb_row_uuid (row));
  return odl_registry_find (&writer->new_switches, name) ? ovsdb_json_named_uuid (named) : NULL;
}

static const OvsdbRow *
find_locator (const Writer *writer, const char *ip)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, "Physical_Locator");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    if (g_strcmp0 (ovsdb_row_text (row, "dst_ip"), ip) == 0
        && (!ovsdb_table_schema_column (ovsdb_table_schema (table), "tunnel_key")
            || ovsdb_row_integer (row, "tunnel_key", -1) < 0))
      return row;
  return NULL;
}

/* The index on locators makes the existing row the only possible one; otherwise the first use makes it. */
static json_t *
locator_ref (Writer *writer, NetIpv4 address)
{
  char ip[NET_IPV4_TEXT];
  const OvsdbRow *row = find_locator (writer, net_ipv4_format (address, ip));
  g_autofree char *named = uuid_name ("Locator_", ip);

  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_LOCATOR_CONSTRAINT)) /* nobody looks whether it is there */
    row = NULL;
  if (row)
    return ovsdb_json_uuid (ovsdb_row_uuid (row));
  if (!odl_registry_find (&writer->new_locators, ip))
    {
      odl_registry_put (&writer->new_locators, ip, ODL_PRESENT);
      add_op (writer,
              ovsdb_op_insert ("Physical_Locator", named,
                               json_pack ("{s:s, s:s}", "encapsulation_type", ENCAPSULATION, "dst_ip", ip)));
    }
  return ovsdb_json_named_uuid (named);
}

/* ---- logical switches ---------------------------------------------------------------------------------------- */

/* "1.7.0" ≥ 1.6: the versions that have the column. */
static gboolean
has_replication_mode (const Writer *writer)
{
  guint64 major = 0, minor = 0;
  g_auto (GStrv) words = g_strsplit (ovsdb_database_schema (writer->replica)->version, ".", 3);

  if (g_strv_length (words) < 2 || !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXUINT32, &major, NULL)
      || !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT32, &minor, NULL))
    return FALSE;
  return major > 1 || (major == 1 && minor >= 6);
}

static gboolean
wants_source_node (const Writer *writer)
{
  /* With the bug the column stays empty, and the TOR takes that as service_node: it floods to one locator. */
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_REPL_MODE_UNSET))
    return FALSE;
  return has_replication_mode (writer);
}

static void
write_switch (Writer *writer, const char *name)
{
  const OdlSwitchConfig *config = odl_registry_find (&writer->hwvtep->switches, name);
  const OvsdbRow *row = find_switch (writer, name);
  g_autofree char *named = uuid_name ("LogicalSwitch_", name);
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
      add_op (writer, ovsdb_op_insert ("Logical_Switch", named, columns));
    }
  else if (ovsdb_row_integer (row, "tunnel_key", -1) != config->vni
           || (source_node && g_strcmp0 (ovsdb_row_text (row, "replication_mode"), "source_node") != 0))
    add_op (writer, ovsdb_op_update ("Logical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns));
  else
    json_decref (columns);
}

/* From the second attempt on, bindings that somebody else made are taken away too: they keep the switch referenced. */
static void
strip_bindings (Writer *writer, const OvsdbUuid *logical_switch)
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
        add_op (writer, ovsdb_op_mutate ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                         "vlan_bindings", "delete", json_pack ("[s, O]", "map", pairs)));
      json_decref (pairs);
    }
}

static void
remove_switch (Writer *writer, const char *name)
{
  static const char *const mac_tables[]
      = { "Ucast_Macs_Remote", "Mcast_Macs_Remote", "Ucast_Macs_Local", "Mcast_Macs_Local" };
  const OvsdbRow *row = find_switch (writer, name);

  if (!row || odl_registry_find (&writer->hwvtep->switches, name))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (mac_tables); i++)
    add_op (writer,
            ovsdb_op_delete (mac_tables[i],
                             ovsdb_where_equal ("logical_switch", ovsdb_json_uuid (ovsdb_row_uuid (row)))));
  if (writer->strip)
    strip_bindings (writer, ovsdb_row_uuid (row));
  add_op (writer, ovsdb_op_delete ("Logical_Switch", ovsdb_where_uuid (ovsdb_row_uuid (row))));
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

static const OvsdbRow *
find_port (const Writer *writer, const OdlPortConfig *config)
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

static gboolean
bindings_equal (const OdlPortConfig *config, const OvsdbRow *row)
{
  const OvsdbDatum *bindings = ovsdb_row_get (row, "vlan_bindings");

  if (bindings->n != config->bindings->len)
    return FALSE;
  for (guint i = 0; i < bindings->n; i++)
    {
      const OdlBinding *wanted = g_ptr_array_index (config->bindings, i);
      const OvsdbRow *logical_switch = ovsdb_row_ref_at (row, "vlan_bindings", i);

      if (ovsdb_datum_keys (bindings)[i].integer != wanted->vlan || !logical_switch
          || g_strcmp0 (ovsdb_row_text (logical_switch, "name"), wanted->logical_switch) != 0)
        return FALSE;
    }
  return TRUE;
}

/* The whole column is written, as the plugin does: what somebody else bound on the port is lost. */
static void
write_port (Writer *writer, const char *key)
{
  const OdlPortConfig *config = odl_registry_find (&writer->hwvtep->ports, key);
  const OvsdbRow *row = config ? find_port (writer, config) : NULL;
  json_t *pairs;

  if (!config || (row && bindings_equal (config, row)))
    return;
  if (!row)
    {
      odl_registry_put (&writer->waiting->ports, key, ODL_PRESENT);
      return;
    }
  pairs = json_array ();
  for (guint i = 0; i < config->bindings->len; i++)
    {
      const OdlBinding *binding = g_ptr_array_index (config->bindings, i);
      json_t *ref = switch_ref (writer, binding->logical_switch);

      if (ref)
        json_array_append_new (pairs, json_pack ("[i, o]", (int) binding->vlan, ref));
      else
        odl_registry_put (&writer->waiting->ports, key, ODL_PRESENT);
    }
  add_op (writer, ovsdb_op_update ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                   json_pack ("{s:[s, o]}", "vlan_bindings", "map", pairs)));
}

/* ---- remote MACs --------------------------------------------------------------------------------------------- */

/* The first row of the address and switch in a remote table. */
static const OvsdbRow *
find_mac (const Writer *writer, const char *table_name, const char *mac, const char *logical_switch)
{
  const OvsdbTable *table = ovsdb_database_table (writer->replica, table_name);

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const OvsdbRow *its_switch = ovsdb_row_ref (row, "logical_switch");
      const char *its_mac = ovsdb_row_text (row, "MAC");

      if (its_switch && its_mac && g_ascii_strcasecmp (its_mac, mac) == 0
          && g_strcmp0 (ovsdb_row_text (its_switch, "name"), logical_switch) == 0)
        return row;
    }
  return NULL;
}

static gboolean
locators_equal (const GArray *wanted, const OvsdbRow *row)
{
  const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");
  guint n = set ? ovsdb_row_get (set, "locators")->n : 0;

  if (n != wanted->len)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const OvsdbRow *locator = ovsdb_row_ref_at (set, "locators", i);
      const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;
      gboolean found = FALSE;
      NetIpv4 ip;

      for (guint j = 0; text && net_ipv4_from_text (text, &ip) && j < wanted->len; j++)
        found |= g_array_index (wanted, NetIpv4, j) == ip;
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/* A changed list is a new set: sets cannot be edited. */
static void
write_flood (Writer *writer, const char *logical_switch)
{
  const OdlFloodConfig *config = odl_registry_find (&writer->hwvtep->floods, logical_switch);
  const OvsdbRow *row = find_mac (writer, "Mcast_Macs_Remote", ODL_UNKNOWN_DST, logical_switch);
  g_autofree char *named = NULL;
  json_t *locators, *columns, *ref;

  /* A row whose set would be empty is not sent at all: an older one stays as it is. */
  if (!config || config->locators->len == 0 || (row && locators_equal (config->locators, row)))
    return;
  ref = switch_ref (writer, logical_switch);
  if (!ref)
    {
      odl_registry_put (&writer->waiting->floods, logical_switch, ODL_PRESENT);
      return;
    }
  locators = json_array ();
  for (guint i = 0; i < config->locators->len; i++)
    json_array_append_new (locators, locator_ref (writer, g_array_index (config->locators, NetIpv4, i)));
  named = g_strdup_printf ("LocatorSet_%u", writer->n_sets++);
  add_op (writer, ovsdb_op_insert ("Physical_Locator_Set", named,
                                   json_pack ("{s:o}", "locators", ovsdb_json_set (locators))));
  columns = json_pack ("{s:o}", "locator_set", ovsdb_json_named_uuid (named));
  if (row)
    {
      json_decref (ref);
      add_op (writer,
              ovsdb_op_update ("Mcast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns));
      return;
    }
  json_object_set_new (columns, "MAC", json_string (ODL_UNKNOWN_DST));
  json_object_set_new (columns, "logical_switch", ref);
  json_object_set_new (columns, "ipaddr", json_string (""));
  add_op (writer, ovsdb_op_insert ("Mcast_Macs_Remote", NULL, columns));
}

static void
remove_flood (Writer *writer, const char *logical_switch)
{
  const OvsdbRow *row = find_mac (writer, "Mcast_Macs_Remote", ODL_UNKNOWN_DST, logical_switch);

  if (row && !odl_registry_find (&writer->hwvtep->floods, logical_switch))
    add_op (writer, ovsdb_op_delete ("Mcast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row))));
}

static gboolean
locator_is (const OvsdbRow *row, NetIpv4 wanted)
{
  const OvsdbRow *locator = ovsdb_row_ref (row, "locator");
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;
  NetIpv4 ip;

  return text && net_ipv4_from_text (text, &ip) && ip == wanted;
}

static void
write_ucast (Writer *writer, const char *key)
{
  const OdlUcastConfig *config = odl_registry_find (&writer->hwvtep->ucasts, key);
  const OvsdbRow *row;
  json_t *ref, *columns;

  if (!config)
    return;
  row = find_mac (writer, "Ucast_Macs_Remote", config->mac, config->logical_switch);
  if (odl_has_bug (writer->hwvtep->odl, ODL_BUG_DUP_UCAST)) /* nobody looks for the row: it must be new */
    row = NULL;
  if (row && locator_is (row, config->locator))
    return;
  ref = switch_ref (writer, config->logical_switch);
  if (!ref)
    {
      odl_registry_put (&writer->waiting->ucasts, key, ODL_PRESENT);
      return;
    }
  columns = json_pack ("{s:o}", "locator", locator_ref (writer, config->locator));
  if (row)
    {
      json_decref (ref);
      add_op (writer,
              ovsdb_op_update ("Ucast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row)), columns));
      return;
    }
  json_object_set_new (columns, "MAC", json_string (config->mac));
  json_object_set_new (columns, "logical_switch", ref);
  json_object_set_new (columns, "ipaddr", json_string (""));
  add_op (writer, ovsdb_op_insert ("Ucast_Macs_Remote", NULL, columns));
}

static void
remove_ucast (Writer *writer, const char *key)
{
  g_auto (GStrv) words = g_strsplit (key, " ", 2);
  const OvsdbRow *row = find_mac (writer, "Ucast_Macs_Remote", words[1], words[0]);

  if (row && !odl_registry_find (&writer->hwvtep->ucasts, key))
    add_op (writer, ovsdb_op_delete ("Ucast_Macs_Remote", ovsdb_where_uuid (ovsdb_row_uuid (row))));
}

/* -------------------------------------------------------------------------------------------------------------- */

static void
each (Writer *writer, const OdlRegistry *touched, void (*write) (Writer *writer, const char *key))
{
  for (guint i = 0; i < odl_registry_n (touched); i++)
    write (writer, odl_registry_key (touched, i));
}

json_t *
odl_hwvtep_build (OdlHwvtep *hwvtep, const OdlHwvtepBatch *batch, OdlHwvtepBatch *waiting)
{
  Writer writer = { .hwvtep = hwvtep,
                    .replica = odl_hwvtep_replica (hwvtep),
                    .ops = json_array (),
                    .waiting = waiting,
                    .strip = batch->strip || batch->attempts > 0 };

  odl_registry_init (&writer.new_switches, NULL);
  odl_registry_init (&writer.new_locators, NULL);
  each (&writer, &batch->switches, write_switch);
  each (&writer, &batch->switches, remove_switch);
  each (&writer, &batch->ports, write_port);
  each (&writer, &batch->floods, write_flood);
  each (&writer, &batch->floods, remove_flood);
  each (&writer, &batch->ucasts, write_ucast);
  each (&writer, &batch->ucasts, remove_ucast);
  odl_registry_clear (&writer.new_switches);
  odl_registry_clear (&writer.new_locators);
  return writer.ops;
}

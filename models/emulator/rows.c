/* Each write is a transaction of its own; one that is refused is logged, and the emulator goes on. */
#include "models/emulator/rows.h"

#include "gateway/older.h"
#include "gateway/own-locator.h"
#include "gateway/own-rows.h"
#include "ovsdb/build.h"

#define UNKNOWN_DST "unknown-dst"

/* ---- reading ------------------------------------------------------------------------------------------------- */

void
emulator_remote_init (EmulatorRemote *remote)
{
  *remote = (EmulatorRemote){ .stations = g_array_new (FALSE, FALSE, sizeof (EmulatorStation)),
                              .unknown = g_array_new (FALSE, FALSE, sizeof (NetIpv4)),
                              .locators = g_array_new (FALSE, FALSE, sizeof (NetIpv4)) };
}

void
emulator_remote_clear (EmulatorRemote *remote)
{
  g_clear_pointer (&remote->stations, g_array_unref);
  g_clear_pointer (&remote->unknown, g_array_unref);
  g_clear_pointer (&remote->locators, g_array_unref);
}

static void
add_address (GArray *addresses, NetIpv4 address)
{
  guint at = 0;

  while (at < addresses->len && g_array_index (addresses, NetIpv4, at) < address)
    at++;
  if (at == addresses->len || g_array_index (addresses, NetIpv4, at) != address)
    g_array_insert_val (addresses, at, address);
}

/* A second row of one address takes the first one's place, as in the emulator's dictionary. */
static void
add_station (GArray *stations, EmulatorStation station)
{
  guint at = 0;

  while (at < stations->len && g_array_index (stations, EmulatorStation, at).mac < station.mac)
    at++;
  if (at < stations->len && g_array_index (stations, EmulatorStation, at).mac == station.mac)
    g_array_index (stations, EmulatorStation, at) = station;
  else
    g_array_insert_val (stations, at, station);
}

static gboolean
is_of_switch (const OvsdbRow *row, const char *logical_switch)
{
  const OvsdbRow *of = ovsdb_row_ref (row, "logical_switch");

  return of && g_strcmp0 (ovsdb_row_text (of, "name"), logical_switch) == 0;
}

static gboolean
locator_address (const OvsdbRow *locator, NetIpv4 *out)
{
  const char *text = locator ? ovsdb_row_text (locator, "dst_ip") : NULL;

  return text && net_ipv4_from_text (text, out);
}

static void
read_unicast (const EmulatorLife *life, const char *logical_switch, EmulatorRemote *out)
{
  const OvsdbTable *table = ovsdb_database_table (life->database, "Ucast_Macs_Remote");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      EmulatorStation station;
      NetMac mac;
      if (!is_of_switch (row, logical_switch) || !net_mac_from_text (ovsdb_row_text (row, "MAC"), &mac)
          || !locator_address (ovsdb_row_ref (row, "locator"), &station.locator))
        continue;
      station.mac = net_mac_to_u64 (&mac);
      add_station (out->stations, station);
      add_address (out->locators, station.locator);
    }
}

/* Tunnels are made for the members of every group; floods go by unknown-dst alone. */
static void
read_multicast (const EmulatorLife *life, const char *logical_switch, EmulatorRemote *out)
{
  const OvsdbTable *table = ovsdb_database_table (life->database, "Mcast_Macs_Remote");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");
      gboolean unknown = g_strcmp0 (ovsdb_row_text (row, "MAC"), UNKNOWN_DST) == 0;
      guint n = set && is_of_switch (row, logical_switch) ? ovsdb_row_get (set, "locators")->n : 0;
      for (guint i = 0; i < n; i++)
        {
          NetIpv4 address;
          if (!locator_address (ovsdb_row_ref_at (set, "locators", i), &address))
            continue;
          add_address (out->locators, address);
          if (unknown)
            add_address (out->unknown, address);
        }
    }
}

static const OvsdbRow *
find_switch (const EmulatorLife *life, const char *logical_switch)
{
  return ovsdb_table_find_text (ovsdb_database_table (life->database, "Logical_Switch"), "name",
                                logical_switch);
}

void
emulator_remote_read (const EmulatorLife *life, const char *logical_switch, EmulatorRemote *out)
{
  const OvsdbRow *row = find_switch (life, logical_switch);

  if (!row)
    return;
  out->has_key = ovsdb_row_get (row, "tunnel_key")->n > 0;
  out->key = (guint32) ovsdb_row_integer (row, "tunnel_key", 0) & NET_VXLAN_VNI_MAX;
  out->source_node = vtep_row_has (row, "replication_mode")
                     && g_strcmp0 (ovsdb_row_text (row, "replication_mode"), "source_node") == 0;
  read_unicast (life, logical_switch, out);
  read_multicast (life, logical_switch, out);
}

gboolean
emulator_rows_tunnel_ip (OvsdbDatabase *database, const char *switch_name, NetIpv4 *out)
{
  const OvsdbRow *row = vtep_own_switch (database, switch_name);
  const OvsdbDatum *addresses = row ? ovsdb_row_get (row, "tunnel_ips") : NULL;

  return addresses && addresses->n == 1 && net_ipv4_from_text (ovsdb_datum_keys (addresses)[0].text, out);
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* Takes the operations. */
static void
execute (const EmulatorLife *life, json_t *operations)
{
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (life->database, operations, &error))
    net_world_log (life->world, NET_LOG_WARNING, "emulator", "the database refuses: %s", error->message);
}

static gboolean
has_row (const EmulatorLife *life, const char *logical_switch, const char *table, const char *mac)
{
  const OvsdbTable *rows = ovsdb_database_table (life->database, table);

  for (const OvsdbRow *row = ovsdb_table_first (rows); row; row = ovsdb_table_next (row))
    if (is_of_switch (row, logical_switch) && g_strcmp0 (ovsdb_row_text (row, "MAC"), mac) == 0)
      return TRUE;
  return FALSE;
}

/* Adds a row of a logical switch that refers to the own locator, or to a set of it; one that is there will do. */
static void
add_row (const EmulatorLife *life, const char *logical_switch, const char *table, const char *mac,
         gboolean as_set)
{
  const OvsdbRow *of = find_switch (life, logical_switch);
  json_t *operations, *locator;
  char address[NET_IPV4_TEXT];
  VtepOwnLocator own;

  if (!of || has_row (life, logical_switch, table, mac))
    return;
  operations = json_array ();
  own = (VtepOwnLocator){ .database = life->database,
                          .address = net_ipv4_format (life->tunnel_ip, address),
                          .operations = operations };
  locator = vtep_own_locator (&own);
  if (as_set)
    {
      json_array_append_new (operations, ovsdb_op_insert ("Physical_Locator_Set", "own_set",
                                                          json_pack ("{s:o}", "locators", locator)));
      locator = ovsdb_json_named_uuid ("own_set");
    }
  json_array_append_new (
      operations, ovsdb_op_insert (table, NULL,
                                   json_pack ("{s:s, s:o, s:o, s:s}", "MAC", mac, "logical_switch",
                                              ovsdb_json_uuid (ovsdb_row_uuid (of)),
                                              as_set ? "locator_set" : "locator", locator, "ipaddr", "")));
  execute (life, operations);
}

/* Deletes the rows of a logical switch (NULL: of every one) that have this MAC (NULL: any). */
static void
delete_rows (const EmulatorLife *life, const char *table, const char *logical_switch, const char *mac)
{
  const OvsdbTable *rows = ovsdb_database_table (life->database, table);
  json_t *operations = json_array ();

  for (const OvsdbRow *row = ovsdb_table_first (rows); row; row = ovsdb_table_next (row))
    if ((!logical_switch || is_of_switch (row, logical_switch))
        && (!mac || g_strcmp0 (ovsdb_row_text (row, "MAC"), mac) == 0))
      json_array_append_new (operations, ovsdb_op_delete (table, ovsdb_where_uuid (ovsdb_row_uuid (row))));
  execute (life, operations);
}

void
emulator_rows_add_local (const EmulatorLife *life, const char *logical_switch, guint64 mac)
{
  NetMac address = net_mac_from_u64 (mac);
  char text[NET_MAC_TEXT];

  add_row (life, logical_switch, "Ucast_Macs_Local", net_mac_format (&address, text), FALSE);
}

void
emulator_rows_delete_local (const EmulatorLife *life, const char *logical_switch, guint64 mac)
{
  NetMac address = net_mac_from_u64 (mac);
  char text[NET_MAC_TEXT];

  delete_rows (life, "Ucast_Macs_Local", logical_switch, net_mac_format (&address, text));
}

void
emulator_rows_add_flood (const EmulatorLife *life, const char *logical_switch)
{
  add_row (life, logical_switch, "Mcast_Macs_Local", UNKNOWN_DST, TRUE);
}

void
emulator_rows_clear_local (const EmulatorLife *life, const char *logical_switch)
{
  delete_rows (life, "Ucast_Macs_Local", logical_switch, NULL);
  delete_rows (life, "Mcast_Macs_Local", logical_switch, NULL);
}

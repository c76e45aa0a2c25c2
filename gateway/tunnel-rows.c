/* Rows are compared with what they should say before anything is written. */
#include "gateway/tunnel-rows.h"

#include "gateway/bfd-status.h"
#include "gateway/older.h"
#include "gateway/tunnel-config.h"
#include "ovsdb/build.h"

void
vtep_tunnel_rows_init (VtepTunnelRows *rows, OvsdbDatabase *database, const char *switch_name,
                       const char *own_address, json_t *operations)
{
  *rows = (VtepTunnelRows){
    .database = database,
    .switch_name = switch_name,
    .own = { .database = database, .address = own_address, .operations = operations },
  };
}

void
vtep_tunnel_rows_clear (VtepTunnelRows *rows)
{
  g_clear_pointer (&rows->locators, g_hash_table_unref);
}

static void
append (VtepTunnelRows *rows, json_t *operation)
{
  json_array_append_new (rows->own.operations, operation);
}

/* ---- coming and going ---------------------------------------------------------------------------------------- */

/* All rows by address; among several of one address the one without a key of its own counts, which the index of the
 * table makes the only one. */
static void
read_locators (VtepTunnelRows *rows)
{
  const OvsdbTable *table = ovsdb_database_table (rows->database, "Physical_Locator");

  rows->locators = g_hash_table_new (NULL, NULL);
  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const char *text = ovsdb_row_text (row, "dst_ip");
      NetIpv4 address;

      if (!text || !net_ipv4_from_text (text, &address))
        continue;
      if (vtep_row_n (row, "tunnel_key") == 0
          || !g_hash_table_lookup (rows->locators, GUINT_TO_POINTER (address)))
        g_hash_table_insert (rows->locators, GUINT_TO_POINTER (address), (gpointer) ovsdb_row_uuid (row));
    }
}

/* In Physical_Switch.tunnels, "insert" or "delete". */
static void
mutate (VtepTunnelRows *rows, const char *mutator, json_t *reference)
{
  append (rows,
          ovsdb_op_mutate ("Physical_Switch", ovsdb_where_equal ("name", json_string (rows->switch_name)),
                           "tunnels", mutator, reference));
}

void
vtep_tunnel_rows_insert (VtepTunnelRows *rows, NetIpv4 remote)
{
  const OvsdbUuid *locator;
  json_t *local;
  g_autofree char *name = g_strdup_printf ("tunnel_%08x", remote);

  if (!rows->locators)
    read_locators (rows);
  locator = g_hash_table_lookup (rows->locators, GUINT_TO_POINTER (remote));
  if (!locator)
    return;
  local = vtep_own_locator (&rows->own);
  append (rows, ovsdb_op_insert (
                    "Tunnel", name,
                    json_pack ("{s:o, s:o, s:o}", "local", local, "remote", ovsdb_json_uuid (locator),
                               "bfd_config_local",
                               ovsdb_json_map (json_pack ("{s:s, s:s}", "bfd_dst_mac", VTEP_BFD_MAC_DEFAULT,
                                                          "bfd_dst_ip", VTEP_BFD_LOCAL_IP_DEFAULT)))));
  mutate (rows, "insert", ovsdb_json_named_uuid (name));
}

void
vtep_tunnel_rows_remove (VtepTunnelRows *rows, const OvsdbUuid *row)
{
  mutate (rows, "delete", ovsdb_json_uuid (row));
}

/* ---- what rows say ------------------------------------------------------------------------------------------- */

/* Takes both. */
static void
update (VtepTunnelRows *rows, const OvsdbRow *row, const char *column, json_t *map)
{
  append (rows, ovsdb_op_update ("Tunnel", ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                 json_pack ("{s:o}", column, ovsdb_json_map (map))));
}

static json_t *
status_map (const VtepBfdStatus *status, const char *info)
{
  json_t *map;

  if (!status)
    return json_object ();
  map = vtep_bfd_status_map (status);
  json_object_set_new (map, "enabled", json_string ("true"));
  if (info[0])
    json_object_set_new (map, "info", json_string (info));
  return map;
}

void
vtep_tunnel_rows_update (VtepTunnelRows *rows, const OvsdbRow *row, const VtepBfdStatus *status,
                         const char *info)
{
  const char *mac = ovsdb_row_map_text (row, "bfd_config_local", "bfd_dst_mac"),
             *ip = ovsdb_row_map_text (row, "bfd_config_local", "bfd_dst_ip");
  json_t *map = status_map (status, info);

  if (!mac || !ip)
    update (rows, row, "bfd_config_local",
            json_pack ("{s:s, s:s}", "bfd_dst_mac", mac ? mac : VTEP_BFD_MAC_DEFAULT, "bfd_dst_ip",
                       ip ? ip : VTEP_BFD_LOCAL_IP_DEFAULT));
  if (vtep_bfd_status_is_said (row, "bfd_status", map))
    json_decref (map);
  else
    update (rows, row, "bfd_status", map);
}

/* Updates in place; the locator of the new address is made when something has to refer to it. */
#include "gateway/own-address.h"

#include "gateway/own-locator.h"
#include "ovsdb/build.h"

#define SET "own_locator_set"

static gboolean
has_rows (const VtepOwnLocator *own, const char *table)
{
  return ovsdb_table_n_rows (ovsdb_database_table (own->database, table)) > 0;
}

static void
move_macs (VtepOwnLocator *own)
{
  json_t *locator;

  if (has_rows (own, "Ucast_Macs_Local"))
    {
      locator = vtep_own_locator (own);
      json_array_append_new (own->operations, ovsdb_op_update ("Ucast_Macs_Local", json_array (),
                                                               json_pack ("{s:o}", "locator", locator)));
    }
  if (has_rows (own, "Mcast_Macs_Local"))
    {
      locator = vtep_own_locator (own);
      json_array_append_new (own->operations, ovsdb_op_insert ("Physical_Locator_Set", SET,
                                                               json_pack ("{s:o}", "locators", locator)));
      json_array_append_new (
          own->operations, ovsdb_op_update ("Mcast_Macs_Local", json_array (),
                                            json_pack ("{s:o}", "locator_set", ovsdb_json_named_uuid (SET))));
    }
}

static gboolean
is_at (const OvsdbRow *tunnel, const char *column, const char *address)
{
  const OvsdbRow *locator = ovsdb_row_ref (tunnel, column);
  return locator && g_strcmp0 (ovsdb_row_text (locator, "dst_ip"), address) == 0;
}

static void
move_tunnels (VtepOwnLocator *own, const char *switch_name, const char *was)
{
  const OvsdbTable *table = ovsdb_database_table (own->database, "Tunnel");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    {
      const OvsdbUuid *uuid = ovsdb_row_uuid (row);
      if (!is_at (row, "local", was))
        continue;
      if (is_at (row, "remote", own->address))
        json_array_append_new (own->operations,
                               ovsdb_op_mutate ("Physical_Switch",
                                                ovsdb_where_equal ("name", json_string (switch_name)),
                                                "tunnels", "delete", ovsdb_json_uuid (uuid)));
      else
        {
          json_t *locator = vtep_own_locator (own);
          json_array_append_new (own->operations, ovsdb_op_update ("Tunnel", ovsdb_where_uuid (uuid),
                                                                   json_pack ("{s:o}", "local", locator)));
        }
    }
}

gboolean
vtep_own_address_move (OvsdbDatabase *database, const char *switch_name, NetIpv4 was, NetIpv4 is,
                       GError **error)
{
  char old_text[NET_IPV4_TEXT], new_text[NET_IPV4_TEXT];
  json_t *operations = json_array ();
  VtepOwnLocator own
      = { .database = database, .address = net_ipv4_format (is, new_text), .operations = operations };

  move_macs (&own);
  move_tunnels (&own, switch_name, net_ipv4_format (was, old_text));
  if (json_array_size (operations) > 0)
    return ovsdb_database_execute (database, operations, error);
  json_decref (operations);
  return TRUE;
}

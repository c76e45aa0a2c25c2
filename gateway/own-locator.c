/* Found by a walk: locators are few, and transactions seldom. */
#include "gateway/own-locator.h"

#include "gateway/older.h"
#include "ovsdb/build.h"

#define NAME "own_locator"

static gboolean
find (const VtepOwnLocator *own, OvsdbUuid *out)
{
  const OvsdbTable *table = ovsdb_database_table (own->database, "Physical_Locator");

  for (const OvsdbRow *row = ovsdb_table_first (table); row; row = ovsdb_table_next (row))
    if (g_strcmp0 (ovsdb_row_text (row, "dst_ip"), own->address) == 0
        && vtep_row_n (row, "tunnel_key") == 0)
      {
        *out = *ovsdb_row_uuid (row);
        return TRUE;
      }
  return FALSE;
}

json_t *
vtep_own_locator (VtepOwnLocator *own)
{
  if (!own->looked_up)
    {
      own->looked_up = TRUE;
      own->exists = find (own, &own->row);
      if (!own->exists)
        json_array_append_new (own->operations,
                               ovsdb_op_insert ("Physical_Locator", NAME,
                                                json_pack ("{s:s, s:s}", "encapsulation_type",
                                                           "vxlan_over_ipv4", "dst_ip", own->address)));
    }
  return own->exists ? ovsdb_json_uuid (&own->row) : ovsdb_json_named_uuid (NAME);
}

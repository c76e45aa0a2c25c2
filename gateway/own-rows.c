/* Walks: a database holds few switches, and a switch few ports. */
#include "gateway/own-rows.h"

const OvsdbRow *
vtep_own_switch (OvsdbDatabase *database, const char *switch_name)
{
  return ovsdb_table_find_text (ovsdb_database_table (database, "Physical_Switch"), "name", switch_name);
}

const OvsdbRow *
vtep_own_port (const OvsdbRow *physical_switch, const char *port_name)
{
  guint n = physical_switch ? ovsdb_row_get (physical_switch, "ports")->n : 0;

  for (guint i = 0; i < n; i++)
    {
      const OvsdbRow *port = ovsdb_row_ref_at (physical_switch, "ports", i);
      if (port && g_strcmp0 (ovsdb_row_text (port, "name"), port_name) == 0)
        return port;
    }
  return NULL;
}

/* The rig's making and reading. */
#include "odl-rig.h"
#include "ovsdb/build.h"
#include "ovsdb/server.h"
#include "tap.h"

#include <string.h>

#define TOPOLOGY "/restconf/config/network-topology:network-topology/topology/hwvtep:1/"

void
odl_rig_execute (OdlRig *rig, const char *operations)
{
  g_autoptr (GError) error = NULL;

  if (!ovsdb_database_execute (rig->db, json_of (operations), &error))
    g_error ("%s: %s", operations, error->message);
}

/* A controller, and the database of "tor1" with ports eth2 and eth3, which waits at port 7640. */
OdlRig
odl_rig_begin_with (const char *bugs, OvsdbSchema *schema)
{
  OdlRig rig = { .bench = odl_bench_new (bugs) };
  NetWorld *world = fake_world (rig.bench->fake);

  rig.db = ovsdb_database_new (schema, world);
  odl_rig_execute (&rig,
                   "[{'op':'insert','table':'Physical_Port','uuid-name':'p2','row':{'name':'eth2'}},"
                   "{'op':'insert','table':'Physical_Port','uuid-name':'p3','row':{'name':'eth3'}},"
                   "{'op':'insert','table':'Physical_Switch','uuid-name':'ps','row':{'name':'tor1',"
                   "'tunnel_ips':'192.168.10.50','ports':['set',[['named-uuid','p2'],['named-uuid','p3']]]}},"
                   "{'op':'insert','table':'Global','row':{'switches':['named-uuid','ps']}}]");
  rig.server = ovsdb_server_new (world);
  ovsdb_server_add_database (rig.server, rig.db);
  g_assert (ovsdb_server_add_remote (rig.server, "ptcp:7640", NULL, NULL));
  g_assert (odl_start (rig.bench->odl, NULL));
  odl_bench_zone (rig.bench, "1 192.168.10.1 2 192.168.10.2");
  odl_bench_network (rig.bench, "n1", 100);
  odl_bench_gateway (rig.bench);
  odl_bench_connect (rig.bench, 2901);
  odl_bench_port (rig.bench, "vm1", "n1", "FA:16:3E:00:00:01", "normal");
  odl_bench_plug (rig.bench, "vm1", 1, 3);
  odl_bench_port (rig.bench, "vm2", "n1", "fa:16:3e:00:00:02", "normal");
  odl_bench_plug (rig.bench, "vm2", 2, 3);
  return rig;
}

OdlRig
odl_rig_begin (const char *bugs)
{
  gsize length;
  const char *text = ovsdb_schema_hardware_vtep (&length);
  g_autoptr (OvsdbSchema) schema = ovsdb_schema_parse (text, length, NULL);

  return odl_rig_begin_with (bugs, schema);
}

void
odl_rig_dial (OdlRig *rig)
{
  CU_ASSERT_EQUAL (
      odl_bench_request (rig->bench, "POST", TOPOLOGY,
                         "{'network-topology:node': [{'node-id': 'hwvtep://tor1',"
                         " 'hwvtep:connection-info': {'remote-ip': '127.0.0.1', 'remote-port': 7640}}]}"),
      204);
  odl_bench_run (rig->bench, 2 * NET_SEC);
}

void
odl_rig_end (OdlRig *rig)
{
  odl_bench_run (rig->bench, 0);
  odl_free (g_steal_pointer (&rig->bench->odl));
  ovsdb_server_free (rig->server);
  ovsdb_database_free (rig->db);
  odl_bench_free (rig->bench);
}

/* ---- reading the database ------------------------------------------------------------------------------------ */

const OvsdbTable *
odl_rig_table (OdlRig *rig, const char *name)
{
  return ovsdb_database_table (rig->db, name);
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* "n1 fa:16:3e:00:00:01 192.168.10.1" of every row, in order. */
char *
odl_rig_ucasts (OdlRig *rig)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  char *text;

  for (const OvsdbRow *row = ovsdb_table_first (odl_rig_table (rig, "Ucast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    g_ptr_array_add (lines, g_strdup_printf ("%s %s %s%s",
                                             ovsdb_row_text (ovsdb_row_ref (row, "logical_switch"), "name"),
                                             ovsdb_row_text (row, "MAC"),
                                             ovsdb_row_text (ovsdb_row_ref (row, "locator"), "dst_ip"),
                                             ovsdb_row_text (row, "ipaddr")));
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv (", ", (char **) lines->pdata);
  g_ptr_array_unref (lines);
  return text;
}

/* "n1 unknown-dst 192.168.10.1 192.168.10.2". */
char *
odl_rig_floods (OdlRig *rig)
{
  GString *text = g_string_new (NULL);

  for (const OvsdbRow *row = ovsdb_table_first (odl_rig_table (rig, "Mcast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    {
      const OvsdbRow *set = ovsdb_row_ref (row, "locator_set");
      GPtrArray *ips = g_ptr_array_new ();

      for (guint i = 0; i < ovsdb_row_get (set, "locators")->n; i++)
        g_ptr_array_add (ips, (gpointer) ovsdb_row_text (ovsdb_row_ref_at (set, "locators", i), "dst_ip"));
      g_ptr_array_sort (ips, compare_texts);
      g_string_append_printf (text, "%s %s", ovsdb_row_text (ovsdb_row_ref (row, "logical_switch"), "name"),
                              ovsdb_row_text (row, "MAC"));
      for (guint i = 0; i < ips->len; i++)
        g_string_append_printf (text, " %s", (const char *) g_ptr_array_index (ips, i));
      g_ptr_array_unref (ips);
    }
  return g_string_free (text, FALSE);
}

/* "2901=n1" of a port. */
char *
odl_rig_bindings (OdlRig *rig, const char *port)
{
  const OvsdbRow *row = ovsdb_table_find_text (odl_rig_table (rig, "Physical_Port"), "name", port);
  const OvsdbDatum *map = ovsdb_row_get (row, "vlan_bindings");
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < map->n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "=%s", i ? " " : "",
                            ovsdb_datum_keys (map)[i].integer,
                            ovsdb_row_text (ovsdb_row_ref_at (row, "vlan_bindings", i), "name"));
  return g_string_free (text, FALSE);
}

/* "n1 100 source_node" of every logical switch. */
char *
odl_rig_switches (OdlRig *rig)
{
  GString *text = g_string_new (NULL);

  for (const OvsdbRow *row = ovsdb_table_first (odl_rig_table (rig, "Logical_Switch")); row;
       row = ovsdb_table_next (row))
    {
      const char *mode = ovsdb_row_text (row, "replication_mode");

      g_string_append_printf (text, "%s%s %" G_GINT64_FORMAT " %s", text->len ? ", " : "",
                              ovsdb_row_text (row, "name"), ovsdb_row_integer (row, "tunnel_key", -1),
                              mode ? mode : "unset");
    }
  return g_string_free (text, FALSE);
}

void
odl_rig_assert_complete (OdlRig *rig)
{
  ODL_ASSERT_TEXT (odl_rig_switches (rig), "n1 100 source_node");
  ODL_ASSERT_TEXT (odl_rig_bindings (rig, "eth2"), "2901=n1");
  ODL_ASSERT_TEXT (odl_rig_floods (rig), ODL_RIG_FLOODS);
  ODL_ASSERT_TEXT (odl_rig_ucasts (rig), ODL_RIG_UCASTS);
}

/* Logical_Binding_Stats and the tunnels' counters. */
#include "fixture.h"
#include "gateway/stats.h"
#include "gateway/tables.h"
#include "tap.h"

#define PERIOD VTEP_STATS_PERIOD_NS

static const OvsdbRow *
stats_row (Fixture *f, const char *port, guint vlan)
{
  const OvsdbRow *row = ovsdb_table_find_text (ovsdb_database_table (f->db, "Physical_Port"), "name", port);
  const OvsdbDatum *map = ovsdb_row_get (row, "vlan_stats");

  for (guint i = 0; i < map->n; i++)
    if (ovsdb_datum_keys (map)[i].integer == vlan)
      return ovsdb_row_ref_at (row, "vlan_stats", i);
  return NULL;
}

/* "packets/bytes from, packets/bytes to". */
static gboolean
stats_are (Fixture *f, const char *port, guint vlan, const char *expected)
{
  const OvsdbRow *row = stats_row (f, port, vlan);
  g_autofree char *text = NULL;

  if (row)
    text = g_strdup_printf ("%d/%d %d/%d", (int) ovsdb_row_integer (row, "packets_from_local", -1),
                            (int) ovsdb_row_integer (row, "bytes_from_local", -1),
                            (int) ovsdb_row_integer (row, "packets_to_local", -1),
                            (int) ovsdb_row_integer (row, "bytes_to_local", -1));
  if (g_strcmp0 (text, expected) != 0)
    g_print ("# %s vlan %u: %s, expected %s\n", port, vlan, text ? text : "no row",
             expected ? expected : "no row");
  return g_strcmp0 (text, expected) == 0;
}

static void
bound_vlans_have_rows (void)
{
  Fixture f;

  start_blue (&f);
  CU_ASSERT (stats_are (&f, "em3", 2901, NULL));
  test_world_advance (f.world, PERIOD);
  CU_ASSERT (stats_are (&f, "em3", 2901, "1/16 0/0")); /* the frame that start_blue sent: 12 + 4 bytes */
  CU_ASSERT (stats_are (&f, "em4", 2901, "0/0 1/16"));
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Logical_Binding_Stats")), 2);
  put_binding (&f, "em4", 2901, NULL);
  put_binding (&f, "em4", 0, "blue");
  test_world_advance (f.world, PERIOD);
  CU_ASSERT (stats_are (&f, "em4", 2901, NULL));
  CU_ASSERT (stats_are (&f, "em4", 0, "0/0 0/0"));
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Logical_Binding_Stats")), 2);
  fixture_clear (&f);
}

static void
frames_are_counted (void)
{
  Fixture f;

  start_blue (&f);
  test_world_advance (f.world, PERIOD);
  receive (&f, EM3, BCAST VM2 TAG DATA);           /* to em4 and .18 */
  receive (&f, UPLINK, FROM_PEER ("001389"));      /* to VM2 at em3 */
  receive (&f, EM3, VM1 VM2 TAG DATA);             /* to em4 and .18: VM1 is unknown */
  receive (&f, EM3, VM2 VM2 TAG DATA);             /* dropped, yet it belongs to the binding */
  receive (&f, EM3, BCAST VM2 " 8100 0b56 " DATA); /* no binding's */
  receive (&f, UPLINK, FROM_PEER ("00138a"));      /* no switch's */
  CU_ASSERT (stats_are (&f, "em3", 2901, "1/16 0/0"));
  test_world_advance (f.world, PERIOD);
  CU_ASSERT (stats_are (&f, "em3", 2901, "4/64 1/16"));
  CU_ASSERT (stats_are (&f, "em4", 2901, "0/0 3/48"));
  fixture_clear (&f);
}

static void
count_changes (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  (void) db;
  (void) changes;
  *(guint *) user += n_changes;
}

static void
idle_switch_writes_nothing (void)
{
  Fixture f;
  guint n = 0;

  start_blue (&f);
  test_world_advance (f.world, 3 * PERIOD);
  ovsdb_database_listen (f.db, count_changes, &n);
  test_world_advance (f.world, 100 * PERIOD);
  CU_ASSERT_EQUAL (n, 0);
  receive (&f, EM3, BCAST VM1 TAG DATA);
  test_world_advance (f.world, 2 * PERIOD);
  CU_ASSERT_EQUAL (n, 3); /* a row each for em3 and em4, and VM1 */
  ovsdb_database_unlisten (f.db, count_changes, &n);
  fixture_clear (&f);
}

static void
rebinding_begins_anew (void)
{
  Fixture f;

  start_blue (&f);
  put_switch (&f, "green", 5002, NULL);
  test_world_advance (f.world, PERIOD);
  put_binding (&f, "em3", 2901, "green");
  test_world_advance (f.world, PERIOD);
  CU_ASSERT (stats_are (&f, "em3", 2901, "0/0 0/0"));
  fixture_clear (&f);
}

static void
deleted_rows_come_back (void)
{
  Fixture f;

  start_blue (&f);
  test_world_advance (f.world, PERIOD);
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("Physical_Port", json_array (),
                                                          json_pack ("{s:o}", "vlan_stats",
                                                                     ovsdb_json_map (json_object ())))));
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Logical_Binding_Stats")), 0);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, PERIOD);
  CU_ASSERT (stats_are (&f, "em3", 2901, "2/32 0/0"));
  fixture_clear (&f);
}

static void
four_thousand_bindings (void)
{
  Fixture f;
  json_t *map = json_array ();

  fixture_init (&f, NULL);
  put_switch (&f, "blue", 5001, NULL);
  for (guint vlan = 0; vlan < 4095; vlan++)
    json_array_append_new (map, json_pack ("[i, o]", vlan,
                                           ovsdb_json_uuid (ovsdb_row_uuid (ovsdb_table_first (
                                               ovsdb_database_table (f.db, "Logical_Switch"))))));
  fixture_execute (
      &f, json_pack ("[o]", ovsdb_op_update ("Physical_Port", json_array (),
                                             json_pack ("{s:[s, o]}", "vlan_bindings", "map", map))));
  test_world_advance (f.world, PERIOD + NET_SEC);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Logical_Binding_Stats")), 2 * 4095);
  fixture_clear (&f);
}

static void
tunnels_count_too (void)
{
  Fixture f;
  const VtepPeer *peer;

  start_blue (&f);
  peer = vtep_peers_find (vtep_tables_peers (vtep_gateway_tables (f.gateway)), 0x0a087d12);
  CU_ASSERT_PTR_NOT_NULL_FATAL (peer);
  CU_ASSERT_EQUAL (peer->out.packets, 1); /* of start_blue */
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (peer->out.packets, 2);
  CU_ASSERT_EQUAL (peer->out.bytes, 2 * 16);
  receive (&f, UPLINK, FROM_PEER ("001389"));
  CU_ASSERT_EQUAL (peer->in.packets, 1);
  CU_ASSERT_EQUAL (peer->in.bytes, 16);
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main ("stats",
                   (TapTest[]){
                       { "each bound VLAN has a row, and no other", bound_vlans_have_rows },
                       { "frames from and to a binding are counted without its tag", frames_are_counted },
                       { "a switch that carries nothing writes nothing", idle_switch_writes_nothing },
                       { "a VLAN that is bound elsewhere counts from zero", rebinding_begins_anew },
                       { "rows that somebody deletes come back with the next frame", deleted_rows_come_back },
                       { "eight thousand bindings get their rows", four_thousand_bindings },
                       { "tunnels count what they bring and take", tunnels_count_too },
                       { NULL, NULL },
                   });
}

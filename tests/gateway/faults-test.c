/* Fault columns: set while something cannot be done as asked, cleared when it is over. */
#include "fixture.h"
#include "gateway/faults.h"
#include "gateway/report.h"
#include "tap.h"

/* A set of strings, joined by blanks. */
static gboolean
says (Fixture *f, const char *table, const char *name_column, const char *name, const char *column,
      const char *expected)
{
  const OvsdbRow *row = ovsdb_table_find_text (ovsdb_database_table (f->db, table), name_column, name);
  const OvsdbDatum *datum = ovsdb_row_get (row, column);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < datum->n; i++)
    g_string_append_printf (text, "%s%s", i ? " " : "", ovsdb_datum_keys (datum)[i].text);
  if (!g_str_equal (text->str, expected))
    g_print ("# %s %s: '%s', expected '%s'\n", table, name, text->str, expected);
  return g_str_equal (text->str, expected);
}

static gboolean
switch_says (Fixture *f, const char *expected)
{
  test_world_advance (f->world, 100 * NET_MSEC);
  return says (f, "Physical_Switch", "name", "tor1", "switch_fault_status", expected);
}

static gboolean
port_says (Fixture *f, const char *port, const char *expected)
{
  test_world_advance (f->world, 100 * NET_MSEC);
  return says (f, "Physical_Port", "name", port, "port_fault_status", expected);
}

static void
duplicate_tunnel_key (void)
{
  Fixture f;

  fixture_init (&f, NULL);
  put_switch (&f, "blue", 5001, NULL);
  CU_ASSERT (switch_says (&f, ""));
  put_switch (&f, "twin", 5001, NULL);
  put_switch (&f, "triplet", 5001, NULL);
  CU_ASSERT (switch_says (&f, "unspecified_fault"));
  set_tunnel_key (&f, "blue", 5002);
  CU_ASSERT (switch_says (&f, "unspecified_fault"));
  drop_switch (&f, "twin");
  CU_ASSERT (switch_says (&f, ""));
  fixture_clear (&f);
}

static void
impossible_tunnel_key (void)
{
  Fixture f;

  fixture_init (&f, NULL);
  put_switch (&f, "blue", 16777216, NULL);
  CU_ASSERT (switch_says (&f, "unspecified_fault"));
  set_tunnel_key (&f, "blue", 16777215);
  CU_ASSERT (switch_says (&f, ""));
  set_tunnel_key (&f, "blue", 99999999);
  CU_ASSERT (switch_says (&f, "unspecified_fault"));
  drop_switch (&f, "blue");
  CU_ASSERT (switch_says (&f, ""));
  fixture_clear (&f);
}

static void
reserved_vlan (void)
{
  Fixture f;

  start_blue (&f);
  CU_ASSERT (port_says (&f, "em3", ""));
  put_binding (&f, "em3", 4095, "blue");
  CU_ASSERT (port_says (&f, "em3", "invalid_vlan_map"));
  CU_ASSERT (port_says (&f, "em4", ""));
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 " 8100 0fff " DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  receive (&f, EM4, BCAST VM2 TAG DATA); /* the other bindings hold; nothing goes to VLAN 4095 */
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  put_binding (&f, "em3", 4095, NULL);
  CU_ASSERT (port_says (&f, "em3", ""));
  fixture_clear (&f);
}

/* A controller makes a port that the switch does not have, and a second row for one that it has. */
static void
rows_of_no_port (void)
{
  static const char *const names[] = { "em9", "em3" };
  Fixture f;

  start_blue (&f);
  for (guint i = 0; i < 2; i++)
    {
      const OvsdbRow *blue
          = ovsdb_table_find_text (ovsdb_database_table (f.db, "Logical_Switch"), "name", "blue");
      json_t *bindings = json_pack ("[s, [[i, o]]]", "map", 7, ovsdb_json_uuid (ovsdb_row_uuid (blue)));

      fixture_execute (
          &f, json_pack ("[o, o]",
                         ovsdb_op_insert ("Physical_Port", "port",
                                          json_pack ("{s:s, s:s, s:o}", "name", names[i], "description",
                                                     "made by a controller", "vlan_bindings", bindings)),
                         ovsdb_op_mutate ("Physical_Switch", json_array (), "ports", "insert",
                                          ovsdb_json_named_uuid ("port"))));
      test_world_advance (f.world, NET_SEC);
    }
  CU_ASSERT (port_says (&f, "em9", "invalid_vlan_map"));
  {
    guint faulty = 0;
    for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f.db, "Physical_Port")); row;
         row = ovsdb_table_next (row))
      if (g_str_equal (ovsdb_row_text (row, "name"), "em3"))
        faulty += ovsdb_row_get (row, "port_fault_status")->n;
    CU_ASSERT_EQUAL (faulty, 1); /* of two rows */
  }
  fixture_execute (
      &f, json_pack ("[o]", ovsdb_op_update (
                                "Physical_Port", ovsdb_where_equal ("name", json_string ("em9")),
                                json_pack ("{s:o}", "vlan_bindings", ovsdb_json_map (json_object ())))));
  CU_ASSERT (port_says (&f, "em9", ""));
  fixture_clear (&f);
}

static void
few_macs (VtepGatewayConfig *config)
{
  config->max_macs = 32;
}

static void
learn (Fixture *f, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *frame = g_strdup_printf (BCAST "02000000%04x" TAG DATA, i);
      receive (f, EM3, frame);
    }
}

static void
full_mac_table (void)
{
  Fixture f;

  fixture_init (&f, few_macs);
  put_switch (&f, "blue", 5001, NULL);
  put_binding (&f, "em3", 2901, "blue");
  learn (&f, 0, 32);
  CU_ASSERT (switch_says (&f, ""));
  learn (&f, 32, 1);
  CU_ASSERT (switch_says (&f, "mac_table_exhaustion"));
  test_world_advance (f.world, 200 * NET_SEC);
  learn (&f, 2, 31); /* all but one are heard again */
  test_world_advance (f.world, 110 * NET_SEC);
  CU_ASSERT (switch_says (&f, "mac_table_exhaustion"));
  test_world_advance (f.world, 200 * NET_SEC); /* all aged */
  CU_ASSERT (switch_says (&f, ""));
  fixture_clear (&f);
}

static void
faults_add_up (void)
{
  Fixture f;

  fixture_init (&f, few_macs);
  put_switch (&f, "blue", 5001, NULL);
  put_switch (&f, "twin", 5001, NULL);
  put_binding (&f, "em3", 2901, "blue");
  learn (&f, 0, 33);
  CU_ASSERT (switch_says (&f, "mac_table_exhaustion unspecified_fault"));
  drop_switch (&f, "twin");
  CU_ASSERT (switch_says (&f, "mac_table_exhaustion"));
  fixture_clear (&f);
}

static void
earlier_life (void)
{
  Fixture f;

  start_blue (&f);
  put_switch (&f, "twin", 5001, NULL);
  put_binding (&f, "em3", 4095, "blue");
  CU_ASSERT (switch_says (&f, "unspecified_fault"));
  vtep_gateway_free (f.gateway);
  put_binding (&f, "em3", 4095, NULL);
  drop_switch (&f, "twin");
  f.gateway = NULL;
  fixture_restart (&f, NULL);
  CU_ASSERT (switch_says (&f, ""));
  CU_ASSERT (port_says (&f, "em3", ""));
  fixture_clear (&f);
}

/* 65535 logical switches are served; one more is a fault until it goes. */
static void
too_many_switches (void)
{
  Fixture f;
  json_t *operations = json_array ();

  fixture_init (&f, NULL);
  for (guint i = 0; i < 65535; i++)
    {
      g_autofree char *name = g_strdup_printf ("ls-%05u", i);
      json_array_append_new (operations,
                             ovsdb_op_insert ("Logical_Switch", NULL,
                                              json_pack ("{s:s, s:i}", "name", name, "tunnel_key", (int) i)));
    }
  fixture_execute (&f, operations);
  CU_ASSERT (switch_says (&f, ""));
  put_switch (&f, "the last straw", 70000, NULL);
  put_binding (&f, "em3", 7, "the last straw");
  CU_ASSERT (switch_says (&f, "unspecified_fault"));
  CU_ASSERT (port_says (&f, "em3", "invalid_vlan_map"));
  put_binding (&f, "em3", 7, NULL);
  drop_switch (&f, "the last straw");
  CU_ASSERT (switch_says (&f, ""));
  CU_ASSERT (port_says (&f, "em3", ""));
  fixture_clear (&f);
}

/* What a storm leaves in the queue is bounded by the MAC table: half a million addresses pass through 32 places before
 * anything could be written. */
static void
storm_before_any_write (void)
{
  Fixture f;

  fixture_init (&f, few_macs);
  put_switch (&f, "blue", 5001, NULL);
  put_binding (&f, "em3", 2901, "blue");
  test_world_advance (f.world, NET_SEC);
  f.world->world.detail = FALSE;
  for (guint i = 0; i < 200000; i++)
    {
      guint8 bytes[20]
          = { 0xff,       0xff, 0xff, 0xff, 0xff, 0xff, 2,   0, 0, (guint8) (i >> 16), (guint8) (i >> 8),
              (guint8) i, 0x81, 0,    0x0b, 0x55, 0x88, 0xb5 };
      vtep_gateway_receive (f.gateway, EM3, net_frame_new_from (f.world->world.frames, bytes, sizeof bytes));
      if (i % 1000 == 0)
        test_world_forget (f.world);
    }
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Ucast_Macs_Local")), 32);
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "faults",
      (TapTest[]){
          { "two logical switches with one tunnel_key are a fault of the switch", duplicate_tunnel_key },
          { "a tunnel_key that is no VNI is a fault of the switch", impossible_tunnel_key },
          { "VLAN 4095 cannot be bound, and the port says so", reserved_vlan },
          { "bindings of ports that are not there are faults of their rows", rows_of_no_port },
          { "a full MAC table is a fault until a sixteenth is free", full_mac_table },
          { "faults of different sources add up", faults_add_up },
          { "what an earlier life said is cleared", earlier_life },
          { "a logical switch beyond 65535 is a fault of switch and port", too_many_switches },
          { "a storm before any write leaves what the table holds", storm_before_any_write },
          { NULL, NULL },
      });
}

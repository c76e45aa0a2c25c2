/* What frames do to rows: the switch's own rows, learned MACs, ageing, storms. */
#include "fixture.h"
#include "gateway/report.h"
#include "tap.h"

#define AGE  (300 * NET_SEC)
#define TICK (AGE / 512)

static void
own_rows (void)
{
  Fixture f;
  const OvsdbRow *global, *row;

  fixture_init (&f, NULL);
  global = ovsdb_table_first (ovsdb_database_table (f.db, "Global"));
  CU_ASSERT_PTR_NOT_NULL_FATAL (global);
  row = ovsdb_row_ref_at (global, "switches", 0);
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "name"), "tor1");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "tunnel_ips"), "10.8.125.20");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "management_ips"), "192.168.0.20");
  CU_ASSERT_EQUAL (ovsdb_row_get (row, "ports")->n, 2);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Physical_Port")), 2);
  fixture_restart (&f, NULL);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Global")), 1);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Physical_Switch")), 1);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Physical_Port")), 2);
  fixture_clear (&f);
}

/* Writes these addresses (NULL: none) into the switch's tunnel_ips. */
static void
put_tunnel_ips (Fixture *f, json_t *addresses)
{
  fixture_execute (
      f, json_pack ("[o]", ovsdb_op_update ("Physical_Switch", json_array (),
                                            json_pack ("{s:o}", "tunnel_ips", ovsdb_json_set (addresses)))));
}

static gboolean
tunnel_ips_are (Fixture *f, const char *expected)
{
  const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f->db, "Physical_Switch"));
  const OvsdbDatum *column = ovsdb_row_get (row, "tunnel_ips");

  return column->n == 1 && g_str_equal (ovsdb_datum_keys (column)[0].text, expected);
}

static void
tunnel_ips_come_back (void)
{
  Fixture f;

  start_blue (&f);
  put_tunnel_ips (&f, json_array ());
  test_world_advance (f.world, 0);
  CU_ASSERT (tunnel_ips_are (&f, "10.8.125.20"));
  put_tunnel_ips (&f, json_pack ("[s]", "10.8.125.99"));
  CU_ASSERT (tunnel_ips_are (&f, "10.8.125.99"));
  test_world_advance (f.world, VTEP_REPORT_INTERVAL_NS - 1); /* who insists is not answered at once */
  CU_ASSERT (tunnel_ips_are (&f, "10.8.125.99"));
  test_world_advance (f.world, 1);
  CU_ASSERT (tunnel_ips_are (&f, "10.8.125.20"));
  put_tunnel_ips (&f, json_pack ("[s, s]", "10.8.125.20", "10.8.125.99"));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (tunnel_ips_are (&f, "10.8.125.20"));
  /* the tunnels never moved */
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           "020a087d0018 020a087d0020 0800 4500 0034 0000 4000 40 11 ???? 0a087d14 0a087d12"
                           "???? 12b5 0020 0000 08000000 00138900" BCAST VM2 DATA));
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("Global", json_array (),
                                                          json_pack ("{s:o}", "switches",
                                                                     ovsdb_json_set (json_array ())))));
  put_tunnel_ips (&f, json_array ());
  test_world_advance (f.world, NET_SEC);
  fixture_clear (&f);
}

static void
learned_mac_is_reported (void)
{
  Fixture f;
  const OvsdbRow *row;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT (test_world_told (f.world, "fdb add blue " VM2_TEXT " {\"port\":\"em3\",\"vlan\":2901}"));
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_advance (f.world, 0);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  row = ovsdb_table_first (ovsdb_database_table (f.db, "Ucast_Macs_Local"));
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (ovsdb_row_ref (row, "locator"), "dst_ip"), "10.8.125.20");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "ipaddr"), "");
  fixture_clear (&f);
}

static void
ageing_ends_the_row (void)
{
  Fixture f;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  for (guint i = 0; i < 60; i++) /* ten minutes of talk */
    {
      test_world_advance (f.world, 10 * NET_SEC);
      receive (&f, EM3, BCAST VM2 TAG DATA);
      CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
    }
  for (guint i = 0; i < 29; i++) /* frames *to* it do not keep it */
    {
      test_world_advance (f.world, 10 * NET_SEC);
      receive (&f, UPLINK, FROM_PEER ("001389"));
    }
  test_world_advance (f.world, 10 * NET_SEC - 1);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  test_world_forget (f.world);
  test_world_advance (f.world, TICK + VTEP_REPORT_INTERVAL_NS);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  CU_ASSERT (test_world_told (f.world, "fdb remove blue " VM2_TEXT " {\"port\":\"em3\",\"vlan\":2901}"));
  fixture_clear (&f);
}

static void
unknown_dst_while_bound (void)
{
  Fixture f;

  start_blue (&f);
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  put_binding (&f, "em3", 2901, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  put_binding (&f, "em4", 2901, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", ""));
  put_binding (&f, "em4", 2901, "blue");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  fixture_clear (&f);
}

static void
own_locator_is_reused (void)
{
  Fixture f;
  guint own = 0;

  fixture_init (&f, NULL);
  put_switch (&f, "blue", 5001, "source_node");
  put_flood (&f, "blue", "10.8.125.20 10.8.125.18"); /* a careless controller lists us too */
  put_binding (&f, "em3", 2901, "blue");
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f.db, "Physical_Locator")); row;
       row = ovsdb_table_next (row))
    own += g_str_equal (ovsdb_row_text (row, "dst_ip"), "10.8.125.20");
  CU_ASSERT_EQUAL (own, 1);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  /* and nothing is sent to ourselves: one ARP request each second, for .18 only */
  for (guint i = 0; i < f.world->sent->len; i++)
    CU_ASSERT (test_sent_is (
        f.world, i, UPLINK,
        BCAST "020a087d0020 0806 0001 0800 06 04 0001 020a087d0020 0a087d14 000000000000 0a087d12"));
  fixture_clear (&f);
}

static void
move_between_ports (void)
{
  Fixture f;
  OvsdbUuid before;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  before = *ovsdb_row_uuid (ovsdb_table_first (ovsdb_database_table (f.db, "Ucast_Macs_Local")));
  receive (&f, EM4, BCAST VM2 TAG DATA);
  CU_ASSERT (test_world_told (f.world, "fdb move blue " VM2_TEXT " {\"port\":\"em4\",\"vlan\":2901}"));
  test_world_forget (f.world);
  receive (&f, UPLINK, FROM_PEER ("001389"));
  CU_ASSERT (test_sent_is (f.world, 0, EM4, VM2 VM1 TAG DATA));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (ovsdb_uuid_equal (
      &before, ovsdb_row_uuid (ovsdb_table_first (ovsdb_database_table (f.db, "Ucast_Macs_Local")))));
  fixture_clear (&f);
}

static void
port_down_forgets (void)
{
  Fixture f;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  receive (&f, EM4, BCAST VM1 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  vtep_gateway_port_changed (f.gateway, EM3, FALSE);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11"));
  fixture_clear (&f);
}

static void
deleted_local_row_comes_back (void)
{
  Fixture f;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  fixture_execute (&f, json_pack ("[o, o]", ovsdb_op_delete ("Ucast_Macs_Local", json_array ()),
                                  ovsdb_op_delete ("Mcast_Macs_Local", json_array ())));
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  fixture_clear (&f);
}

static void
restart_begins_clean (void)
{
  Fixture f;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  fixture_restart (&f, NULL);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  fixture_clear (&f);
}

static void
storm_is_reported_in_portions (void)
{
  enum
  {
    MACS = 2500
  };
  Fixture f;
  const OvsdbTable *table;

  start_blue (&f);
  table = ovsdb_database_table (f.db, "Ucast_Macs_Local");
  for (guint i = 0; i < MACS; i++)
    {
      g_autofree char *frame = g_strdup_printf (BCAST "02000000%04x" TAG DATA, i);
      receive (&f, EM3, frame);
    }
  CU_ASSERT_EQUAL (f.world->sent->len, 2 * MACS); /* nothing waits for the database */
  test_world_advance (f.world, 0);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (table), VTEP_REPORT_ROWS);
  test_world_advance (f.world, VTEP_REPORT_INTERVAL_NS - 1);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (table), VTEP_REPORT_ROWS);
  test_world_advance (f.world, 1);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (table), 2 * VTEP_REPORT_ROWS);
  test_world_advance (f.world, VTEP_REPORT_INTERVAL_NS);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (table), MACS);
  fixture_clear (&f);
}

static void
flapping_mac_is_written_once (void)
{
  Fixture f;

  start_blue (&f);
  for (guint i = 0; i < 5; i++)
    {
      receive (&f, EM3, BCAST VM2 TAG DATA);
      vtep_gateway_port_changed (f.gateway, EM3, FALSE);
    }
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  fixture_clear (&f);
}

static void
few_macs (VtepGatewayConfig *config)
{
  config->max_macs = 2;
}

static void
full_table_still_forwards (void)
{
  Fixture f;

  fixture_init (&f, few_macs);
  put_switch (&f, "blue", 5001, NULL);
  put_binding (&f, "em3", 2901, "blue");
  put_binding (&f, "em4", 2901, "blue");
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *frame = g_strdup_printf (BCAST "02000000%04x" TAG DATA, i);
      receive (&f, EM3, frame);
    }
  CU_ASSERT_EQUAL (f.world->sent->len, 4);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "02:00:00:00:00:02 02:00:00:00:00:03"));
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "report",
      (TapTest[]){
          { "the switch's own rows are there from the start, and once", own_rows },
          { "a tunnel address that somebody writes gives way to the configured one, and moves no tunnel",
            tunnel_ips_come_back },
          { "a learned MAC is reported at the own tunnel address in the same instant",
            learned_mac_is_reported },
          { "a row goes 300 s after the last frame from the MAC, whatever was sent to it",
            ageing_ends_the_row },
          { "unknown-dst is reported while the logical switch has a binding", unknown_dst_while_bound },
          { "the own locator row is reused, and nothing is tunnelled to ourselves", own_locator_is_reused },
          { "a MAC that moves between ports keeps its row", move_between_ports },
          { "a port that goes down forgets its MACs", port_down_forgets },
          { "a local row that somebody deletes comes back while it is true", deleted_local_row_comes_back },
          { "a gateway that starts removes local rows of its earlier life", restart_begins_clean },
          { "a storm of MACs is forwarded at once and reported in portions", storm_is_reported_in_portions },
          { "a MAC that comes and goes within an instant is written once", flapping_mac_is_written_once },
          { "a full MAC table still forwards", full_table_still_forwards },
          { NULL, NULL },
      });
}

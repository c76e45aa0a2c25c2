/* The gateway and its database: what rows do to frames, and what frames do to rows. */
#include "fixture.h"
#include "gateway/fdb.h"
#include "gateway/report.h"
#include "tap.h"

#define BCAST "ffffffffffff"
#define VM2 "fa163e000012"
#define VM1 "fa163e000011"
#define VM2_TEXT "fa:16:3e:00:00:12"
#define TAG " 8100 0b55 " /* VLAN 2901 */
#define DATA "88b5 cafe"
#define AGE (300 * NET_SEC)
#define TICK (AGE / 512)

/* A VXLAN packet from 10.8.125.18: VNI 5001 to VM2. */
#define FROM_PEER(vni)                                                                                        \
  "020a087d0020 020a087d0018 0800 4500 0034 0000 4000 40 11 2c83 0a087d12 0a087d14 8001 12b5 0020 0000"     \
  "08000000" vni "00" VM2 VM1 DATA

static void
start (Fixture *f)
{
  fixture_init (f, NULL);
  put_switch (f, "blue", 5001, NULL);
  put_binding (f, "em3", 2901, "blue");
  put_binding (f, "em4", 2901, "blue");
  put_flood (f, "blue", "10.8.125.18");
  test_world_advance (f->world, NET_SEC);
  receive (f, EM3, BCAST VM1 TAG DATA);
  answer_arp (f, "0a087d12", "020a087d0018");
  vtep_gateway_port_changed (f->gateway, EM3, FALSE);
  test_world_advance (f->world, NET_SEC);
  test_world_forget (f->world);
}

static gboolean
macs_are (Fixture *f, const char *table, const char *expected)
{
  g_autofree char *macs = local_macs (f, table, "blue");

  if (!g_str_equal (macs, expected))
    g_print ("# %s: %s\n", table, macs);
  return g_str_equal (macs, expected);
}

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

static void
binding_holds_at_once (void)
{
  Fixture f;

  start (&f);
  put_binding (&f, "em4", 2901, NULL);
  receive (&f, EM4, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  put_binding (&f, "em4", 2901, "blue");
  receive (&f, EM4, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, BCAST VM2 TAG DATA));
  fixture_clear (&f);
}

static void
moved_binding_forgets (void)
{
  Fixture f;

  start (&f);
  put_switch (&f, "green", 5002, NULL);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  put_binding (&f, "em3", 2901, "green");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA); /* unknown now: flooded, and blue has no other place */
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  fixture_clear (&f);
}

static void
learned_mac_is_reported (void)
{
  Fixture f;
  const OvsdbRow *row;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT (test_world_told (f.world, "fdb add blue " VM2_TEXT " {\"port\":\"em3\",\"vlan\":2901}"));
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_advance (f.world, 0);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  row = ovsdb_table_first (ovsdb_database_table (f.db, "Ucast_Macs_Local"));
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (ovsdb_row_ref (row, "locator"), "dst_ip"), "10.8.125.20");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row, "ipaddr"), "");
  fixture_clear (&f);
}

static void
ageing_ends_the_row (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  for (guint i = 0; i < 60; i++) /* ten minutes of talk */
    {
      test_world_advance (f.world, 10 * NET_SEC);
      receive (&f, EM3, BCAST VM2 TAG DATA);
      CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
    }
  for (guint i = 0; i < 29; i++) /* frames *to* it do not keep it */
    {
      test_world_advance (f.world, 10 * NET_SEC);
      receive (&f, UPLINK, FROM_PEER ("001389"));
    }
  test_world_advance (f.world, 10 * NET_SEC - 1);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  test_world_forget (f.world);
  test_world_advance (f.world, TICK + VTEP_REPORT_INTERVAL_NS);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", ""));
  CU_ASSERT (test_world_told (f.world, "fdb remove blue " VM2_TEXT " {\"port\":\"em3\",\"vlan\":2901}"));
  fixture_clear (&f);
}

static void
unknown_dst_while_bound (void)
{
  Fixture f;

  start (&f);
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  put_binding (&f, "em3", 2901, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  put_binding (&f, "em4", 2901, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", ""));
  put_binding (&f, "em4", 2901, "blue");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
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
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  /* and nothing is sent to ourselves: one ARP request each second, for .18 only */
  for (guint i = 0; i < f.world->sent->len; i++)
    CU_ASSERT (test_sent_is (f.world, i, UPLINK,
                             BCAST "020a087d0020 0806 0001 0800 06 04 0001 020a087d0020 0a087d14 000000000000 0a087d12"));
  fixture_clear (&f);
}

static void
last_speaker_is_believed (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  put_remote (&f, "blue", VM2_TEXT, "10.8.125.18"); /* the controller: it is at .18 */
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11"));
  receive (&f, EM3, BCAST VM2 TAG DATA); /* the MAC itself: it is here */
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG DATA));
  drop_remote (&f, "blue", VM2_TEXT); /* the controller withdraws: it stays here */
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG DATA));
  fixture_clear (&f);
}

static void
remote_holds_again_after_ageing (void)
{
  Fixture f;

  start (&f);
  put_remote (&f, "blue", VM2_TEXT, "10.8.125.18");
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, AGE + NET_SEC);
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  fixture_clear (&f);
}

static void
tunnel_key_acts_at_once (void)
{
  Fixture f;
  const guint8 *bytes;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_forget (f.world);
  receive (&f, UPLINK, FROM_PEER ("001389"));
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  set_tunnel_key (&f, "blue", 6000);
  test_world_forget (f.world);
  receive (&f, UPLINK, FROM_PEER ("001389"));
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_VNI_UNKNOWN);
  receive (&f, UPLINK, FROM_PEER ("001770")); /* 6000 */
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2);
  bytes = net_frame_bytes (test_world_sent (f.world, 1)->frame);
  TAP_ASSERT_BYTES (bytes + 46, 3, 0x00, 0x17, 0x70);
  fixture_clear (&f);
}

static void
move_between_ports (void)
{
  Fixture f;
  OvsdbUuid before;

  start (&f);
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

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  receive (&f, EM4, BCAST VM1 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  vtep_gateway_port_changed (f.gateway, EM3, FALSE);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11"));
  fixture_clear (&f);
}

static void
deleted_local_row_comes_back (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  fixture_execute (&f, json_pack ("[o, o]", ovsdb_op_delete ("Ucast_Macs_Local", json_array ()),
                                  ovsdb_op_delete ("Mcast_Macs_Local", json_array ())));
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  fixture_clear (&f);
}

static void
restart_begins_clean (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  fixture_restart (&f, NULL);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  fixture_clear (&f);
}

static void
removed_port_has_no_bindings (void)
{
  Fixture f;
  const OvsdbRow *port;

  start (&f);
  port = ovsdb_table_find_text (ovsdb_database_table (f.db, "Physical_Port"), "name", "em3");
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_mutate ("Physical_Switch", json_array (), "ports", "delete",
                                                          ovsdb_json_uuid (ovsdb_row_uuid (port)))));
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_VLAN_UNBOUND);
  fixture_clear (&f);
}

static void
switch_taken_down_and_up (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  put_binding (&f, "em3", 2901, NULL);
  put_binding (&f, "em4", 2901, NULL);
  put_flood (&f, "blue", "");
  test_world_advance (f.world, NET_SEC);
  drop_switch (&f, "blue");
  put_switch (&f, "blue", 5001, NULL);
  put_binding (&f, "em3", 2901, "blue");
  put_flood (&f, "blue", "10.8.125.18");
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  CU_ASSERT (macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  fixture_clear (&f);
}

static void
storm_is_reported_in_portions (void)
{
  enum { MACS = 2500 };
  Fixture f;
  const OvsdbTable *table;

  start (&f);
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

  start (&f);
  for (guint i = 0; i < 5; i++)
    {
      receive (&f, EM3, BCAST VM2 TAG DATA);
      vtep_gateway_port_changed (f.gateway, EM3, FALSE);
    }
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  fixture_clear (&f);
}

static void
nonsense_rows (void)
{
  Fixture f;

  start (&f);
  put_remote (&f, "blue", "nonsense", "10.8.125.18");
  put_remote (&f, "blue", "unknown-dst", "10.8.125.18");
  put_remote (&f, "blue", "01:00:5e:00:00:01", "10.8.125.18");
  put_remote (&f, "blue", "00:00:00:00:00:00", "10.8.125.18");
  put_remote (&f, "blue", VM2_TEXT, "300.1.1.1");
  put_switch (&f, "odd", 16777216, NULL);
  put_flood (&f, "blue", "300.1.1.2 10.8.125.18");
  receive (&f, EM3, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 2); /* VM2 is unknown: em4 and .18 */
  drop_remote (&f, "blue", VM2_TEXT);
  drop_remote (&f, "blue", "nonsense");
  put_remote (&f, "blue", VM2_TEXT, "10.8.125.18");
  test_world_forget (f.world);
  receive (&f, EM3, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  fixture_clear (&f);
}

static void
same_key_goes_to_the_lower_name (void)
{
  Fixture f;

  start (&f); /* blue has 5001 */
  put_switch (&f, "azure", 5001, NULL);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 1); /* em4 only */
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_TUNNEL_KEY);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "tunnel_key 5001 of blue belongs to azure");
  drop_switch (&f, "azure");
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
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
  CU_ASSERT (macs_are (&f, "Ucast_Macs_Local", "02:00:00:00:00:00 02:00:00:00:00:01"));
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "agent",
      (TapTest[]){
          { "the switch's own rows are there from the start, and once", own_rows },
          { "a binding holds for the next frame", binding_holds_at_once },
          { "a binding that moves to another logical switch forgets its MACs", moved_binding_forgets },
          { "a learned MAC is reported at the own tunnel address in the same instant", learned_mac_is_reported },
          { "a row goes 300 s after the last frame from the MAC, whatever was sent to it", ageing_ends_the_row },
          { "unknown-dst is reported while the logical switch has a binding", unknown_dst_while_bound },
          { "the own locator row is reused, and nothing is tunnelled to ourselves", own_locator_is_reused },
          { "a written remote row and a frame from the MAC: the later one is believed", last_speaker_is_believed },
          { "a remote row holds again when the local place has aged", remote_holds_again_after_ageing },
          { "a changed tunnel_key acts at once in both directions", tunnel_key_acts_at_once },
          { "a MAC that moves between ports keeps its row", move_between_ports },
          { "a port that goes down forgets its MACs", port_down_forgets },
          { "a local row that somebody deletes comes back while it is true", deleted_local_row_comes_back },
          { "a gateway that starts removes local rows of its earlier life", restart_begins_clean },
          { "a port that leaves the switch has no bindings", removed_port_has_no_bindings },
          { "a logical switch can be taken down and put up again", switch_taken_down_and_up },
          { "a storm of MACs is forwarded at once and reported in portions", storm_is_reported_in_portions },
          { "a MAC that comes and goes within an instant is written once", flapping_mac_is_written_once },
          { "rows that say nothing usable are passed over", nonsense_rows },
          { "of two logical switches with one tunnel_key the lower name has it", same_key_goes_to_the_lower_name },
          { "a full MAC table still forwards", full_table_still_forwards },
          { NULL, NULL },
      });
}

/* What rows do to frames: bindings, remote MACs, tunnel keys, and rows that make no sense. */
#include "fixture.h"
#include "tap.h"

#define AGE (300 * NET_SEC)

static void
binding_holds_at_once (void)
{
  Fixture f;

  start_blue (&f);
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

  start_blue (&f);
  put_switch (&f, "green", 5002, NULL);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  put_binding (&f, "em3", 2901, "green");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA); /* unknown now: flooded, and blue has no other place */
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  fixture_clear (&f);
}

static void
last_speaker_is_believed (void)
{
  Fixture f;

  start_blue (&f);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  put_remote (&f, "blue", VM2_TEXT, "10.8.125.18"); /* the controller: it is at .18 */
  test_world_forget (f.world);
  receive (&f, EM4, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11"));
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

  start_blue (&f);
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

  start_blue (&f);
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
removed_port_has_no_bindings (void)
{
  Fixture f;
  const OvsdbRow *port;

  start_blue (&f);
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

  start_blue (&f);
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
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst"));
  fixture_clear (&f);
}

static void
nonsense_rows (void)
{
  Fixture f;

  start_blue (&f);
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

  start_blue (&f); /* blue has 5001 */
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

int
main (void)
{
  return tap_main (
      "agent",
      (TapTest[]){
          { "a binding holds for the next frame", binding_holds_at_once },
          { "a binding that moves to another logical switch forgets its MACs", moved_binding_forgets },
          { "a written remote row and a frame from the MAC: the later one is believed",
            last_speaker_is_believed },
          { "a remote row holds again when the local place has aged", remote_holds_again_after_ageing },
          { "a changed tunnel_key acts at once in both directions", tunnel_key_acts_at_once },
          { "a port that leaves the switch has no bindings", removed_port_has_no_bindings },
          { "a logical switch can be taken down and put up again", switch_taken_down_and_up },
          { "rows that say nothing usable are passed over", nonsense_rows },
          { "of two logical switches with one tunnel_key the lower name has it",
            same_key_goes_to_the_lower_name },
          { NULL, NULL },
      });
}

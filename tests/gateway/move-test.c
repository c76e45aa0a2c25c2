/* A running gateway that gets another underlay or another tunnel address: what moves along, and what stays. */
#include "fixture.h"
#include "tap.h"

static const OvsdbRow *
row_of (Fixture *f, const char *table, const char *column, const char *text)
{
  return ovsdb_table_find_text (ovsdb_database_table (f->db, table), column, text);
}

static guint
n_rows (Fixture *f, const char *table)
{
  return ovsdb_table_n_rows (ovsdb_database_table (f->db, table));
}

/* blue on em3 and em4, VM2 learned at em3 and in the database. */
static void
start_with_vm2 (Fixture *f)
{
  start_blue (f);
  receive (f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f->world, NET_SEC);
  test_world_forget (f->world);
}

/* ---- the underlay ------------------------------------------------------------------------------------------------ */

#define BLUE_FLOOD(outer)                                                                                    \
  outer "0800 4500 0034 0000 4000 40 11 ???? 0a087d14 0a087d12 ???? 12b5 0020 0000 08000000 00138900" BCAST  \
      VM2 DATA

static void
no_cable_yet (VtepGatewayConfig *config)
{
  config->underlay_port = 4096;
  config->underlay_mac = (NetMac){ { 0 } };
  config->prefix_length = 32;
}

/* An untagged binding keeps the bytes short. */
static void
underlay_comes_late (void)
{
  Fixture f;

  fixture_init (&f, no_cable_yet);
  put_switch (&f, "blue", 5001, NULL);
  put_binding (&f, "em3", 0, "blue");
  put_flood (&f, "blue", "10.8.125.18");
  receive (&f, EM3, BCAST VM2 DATA);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_ROUTE);
  fixture_change (&f, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 DATA);
  CU_ASSERT (test_sent_is (
      f.world, 0, UPLINK,
      BCAST "020a087d0020 0806 0001 0800 06 04 0001 020a087d0020 0a087d14 000000000000 0a087d12"));
  answer_arp (&f, "0a087d12", "020a087d0018");
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK, BLUE_FLOOD ("020a087d0018 020a087d0020")));
  fixture_clear (&f);
}

static void
elsewhere (VtepGatewayConfig *config)
{
  config->underlay_port = 8;
  config->underlay_mac = (NetMac){ { 2, 0, 0, 0, 0, 8 } };
}

/* Neighbours on another wire have other MACs. */
static void
underlay_elsewhere (void)
{
  Fixture f;

  start_blue (&f);
  put_flood (&f, "blue", "10.8.125.18 10.8.125.21");
  receive (&f, EM3, VM2 VM1 TAG DATA);
  test_world_forget (f.world);
  put_remote (&f, "blue", VM2_TEXT, "10.8.125.21");
  receive (&f, EM3, VM2 VM1 TAG DATA); /* waits for .21 */
  fixture_change (&f, elsewhere);
  CU_ASSERT_EQUAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_LOCATOR_UNRESOLVED);
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM1 TAG DATA); /* .18 was known there, and is asked for here */
  CU_ASSERT (test_sent_is (
      f.world, 1, 8,
      BCAST "020000000008 0806 0001 0800 06 04 0001 020000000008 0a087d14 000000000000 0a087d12"));
  receive (&f, UPLINK, FROM_PEER ("001389"));
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NOT_FOR_US);
  fixture_clear (&f);
}

/* ---- the tunnel address ------------------------------------------------------------------------------------------ */

static void
at_77 (VtepGatewayConfig *config)
{
  config->tunnel_ip = 0x0a087d4d; /* 10.8.125.77 */
}

static const char *
locator_of (const OvsdbRow *row, const char *column)
{
  return ovsdb_row_text (ovsdb_row_ref (row, column), "dst_ip");
}

static void
rows_move_along (void)
{
  Fixture f;
  OvsdbUuid mac, unknown, tunnel;
  const OvsdbRow *row;

  start_with_vm2 (&f);
  mac = *ovsdb_row_uuid (row_of (&f, "Ucast_Macs_Local", "MAC", VM2_TEXT));
  unknown = *ovsdb_row_uuid (row_of (&f, "Mcast_Macs_Local", "MAC", "unknown-dst"));
  tunnel = *ovsdb_row_uuid (ovsdb_table_first (ovsdb_database_table (f.db, "Tunnel")));
  fixture_change (&f, at_77);
  test_world_advance (f.world, NET_SEC);
  row = row_of (&f, "Ucast_Macs_Local", "MAC", VM2_TEXT);
  CU_ASSERT_PTR_NOT_NULL_FATAL (row);
  CU_ASSERT (ovsdb_uuid_equal (ovsdb_row_uuid (row), &mac));
  CU_ASSERT_STRING_EQUAL (locator_of (row, "locator"), "10.8.125.77");
  row = row_of (&f, "Mcast_Macs_Local", "MAC", "unknown-dst");
  CU_ASSERT_PTR_NOT_NULL_FATAL (row);
  CU_ASSERT (ovsdb_uuid_equal (ovsdb_row_uuid (row), &unknown));
  CU_ASSERT_STRING_EQUAL (locator_of (ovsdb_row_ref (row, "locator_set"), "locators"), "10.8.125.77");
  CU_ASSERT_EQUAL_FATAL (n_rows (&f, "Tunnel"), 1);
  row = ovsdb_table_first (ovsdb_database_table (f.db, "Tunnel"));
  CU_ASSERT (ovsdb_uuid_equal (ovsdb_row_uuid (row), &tunnel));
  CU_ASSERT_STRING_EQUAL (locator_of (row, "local"), "10.8.125.77");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row_of (&f, "Physical_Switch", "name", "tor1"), "tunnel_ips"),
                          "10.8.125.77");
  CU_ASSERT_PTR_NULL (row_of (&f, "Physical_Locator", "dst_ip", "10.8.125.20"));
  receive (&f, EM4, BCAST VM1 TAG DATA); /* what is learned from now on is there, too */
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_STRING_EQUAL (locator_of (row_of (&f, "Ucast_Macs_Local", "MAC", "fa:16:3e:00:00:11"), "locator"),
                          "10.8.125.77");
  fixture_clear (&f);
}

/* An ARP question for an address (eight digits), from 10.8.125.18. */
#define ASKED(address)                                                                                       \
  BCAST "020a087d0018 0806 0001 0800 06 04 0001 020a087d0018 0a087d12 000000000000" address

static void
packets_move_along (void)
{
  Fixture f;

  start_with_vm2 (&f);
  fixture_change (&f, at_77);
  receive (&f, UPLINK, FROM_PEER ("001389")); /* to 10.8.125.20 */
  CU_ASSERT_EQUAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NOT_FOR_US);
  receive (&f, UPLINK, ASKED ("0a087d14"));
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  receive (&f, UPLINK, ASKED ("0a087d4d"));
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (
      f.world, 0, UPLINK,
      "020a087d0018 020a087d0020 0806 0001 0800 06 04 0002 020a087d0020 0a087d4d 020a087d0018 0a087d12"));
  receive (&f, EM4, VM2 VM1 TAG DATA); /* and VM2 is where it was */
  CU_ASSERT (test_sent_is (f.world, 1, EM3, VM2 VM1 TAG DATA));
  fixture_clear (&f);
}

static void
at_the_peer (VtepGatewayConfig *config)
{
  config->tunnel_ip = 0x0a087d12; /* 10.8.125.18 */
}

/* Rows that name 10.8.125.20 begin to hold when it is not ours any more; those that name 10.8.125.18 cease. */
static void
rows_of_both_addresses (void)
{
  Fixture f;

  start_blue (&f);
  put_flood (&f, "blue", "10.8.125.18 10.8.125.20");
  put_remote (&f, "blue", VM2_TEXT, "10.8.125.20");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_rows (&f, "Tunnel"), 1);
  fixture_change (&f, at_the_peer);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL_FATAL (n_rows (&f, "Tunnel"), 1);
  CU_ASSERT_STRING_EQUAL (locator_of (ovsdb_table_first (ovsdb_database_table (f.db, "Tunnel")), "remote"),
                          "10.8.125.20");
  test_world_forget (f.world);
  receive (&f, EM3, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (
      f.world, 0, UPLINK,
      BCAST "020a087d0020 0806 0001 0800 06 04 0001 020a087d0020 0a087d12 000000000000 0a087d14"));
  fixture_change (&f, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_STRING_EQUAL (locator_of (ovsdb_table_first (ovsdb_database_table (f.db, "Tunnel")), "remote"),
                          "10.8.125.18");
  fixture_clear (&f);
}

/* ---- BFD --------------------------------------------------------------------------------------------------------- */

/* Two gateways, each on its own side of the wire. */
typedef struct
{
  Fixture here, there;
} Pair;

static void
at_peer_with_its_mac (VtepGatewayConfig *config)
{
  at_the_peer (config);
  config->underlay_mac = (NetMac){ { 2, 0x0a, 8, 0x7d, 0, 0x18 } };
}

static void
carry (Fixture *from, Fixture *to)
{
  for (guint i = 0; i < from->world->sent->len; i++)
    {
      const TestSent *sent = test_world_sent (from->world, i);
      if (sent->port == UPLINK)
        vtep_gateway_receive (
            to->gateway, UPLINK,
            net_frame_new_from (to->world->world.frames, net_frame_bytes (sent->frame), sent->frame->length));
    }
  test_world_forget (from->world);
}

static void
run_pair (Pair *pair, guint n_ms)
{
  for (guint i = 0; i < n_ms; i += 10)
    {
      test_world_advance (pair->here.world, 10 * NET_MSEC);
      test_world_advance (pair->there.world, 10 * NET_MSEC);
      carry (&pair->here, &pair->there);
      carry (&pair->there, &pair->here);
    }
}

static void
watch (Fixture *f, const char *remote)
{
  put_switch (f, "blue", 5001, NULL);
  put_binding (f, "em3", 2901, "blue");
  put_flood (f, "blue", remote);
  test_world_advance (f->world, NET_SEC);
  fixture_execute (f, json_pack ("[o]", ovsdb_op_update ("Tunnel", json_array (),
                                                         json_pack ("{s:[s, [[s, s], [s, s], [s, s]]]}",
                                                                    "bfd_params", "map", "enable", "true",
                                                                    "min_rx", "100", "min_tx", "100"))));
}

static const char *
session (Fixture *f)
{
  const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f->db, "Tunnel"));
  const char *text = ovsdb_row_map_text (row, "bfd_status", "state");
  return text ? text : "none";
}

/* Whether any change of a session's state was told since test_world_forget(). */
static gboolean
session_was_disturbed (Fixture *f)
{
  for (guint i = 0; i < f->world->states->len; i++)
    if (g_str_has_prefix (f->world->states->pdata[i], "bfd "))
      return TRUE;
  return FALSE;
}

static const VtepPortConfig other_ports[] = { { "em7", 7 }, { "em3", EM3 } };

static void
em7_for_em4 (VtepGatewayConfig *config)
{
  config->ports = other_ports;
}

static void
sessions_stay (void)
{
  Pair pair;

  fixture_init (&pair.here, NULL);
  fixture_init (&pair.there, at_peer_with_its_mac);
  watch (&pair.here, "10.8.125.18");
  watch (&pair.there, "10.8.125.20");
  run_pair (&pair, 5000);
  CU_ASSERT_STRING_EQUAL (session (&pair.here), "up");
  CU_ASSERT_STRING_EQUAL (session (&pair.there), "up");
  fixture_change (&pair.here, em7_for_em4);
  CU_ASSERT (!session_was_disturbed (&pair.here));
  for (guint i = 0; i < 100; i++)
    {
      run_pair (&pair, 10);
      CU_ASSERT_STRING_EQUAL (session (&pair.here), "up");
      CU_ASSERT_STRING_EQUAL (session (&pair.there), "up");
    }
  fixture_clear (&pair.here);
  fixture_clear (&pair.there);
}

static void
session_goes_on_from_the_new_address (void)
{
  Fixture f;

  start_blue (&f);
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("Tunnel", json_array (),
                                                          json_pack ("{s:[s, [[s, s]]]}", "bfd_params", "map",
                                                                     "enable", "true"))));
  test_world_advance (f.world, 10 * NET_SEC);
  fixture_change (&f, at_77);
  test_world_forget (f.world);
  CU_ASSERT (!session_was_disturbed (&f));
  test_world_advance (f.world, 2 * NET_SEC);
  CU_ASSERT_FATAL (f.world->sent->len >= 1);
  CU_ASSERT (test_sent_is (
      f.world, 0, UPLINK,
      BCAST "020a087d0020 0806 0001 0800 06 04 0001 020a087d0020 0a087d4d 000000000000 0a087d12"));
  CU_ASSERT_STRING_EQUAL (session (&f), "down"); /* and not "none" */
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "move",
      (TapTest[]){
          { "an underlay that comes late serves what was learned before", underlay_comes_late },
          { "on another underlay neighbours are asked for anew, and what waited is dropped for a reason",
            underlay_elsewhere },
          { "rows at the own address move to the new one and stay the same rows", rows_move_along },
          { "packets come to the new address and leave from it, and learned MACs stay", packets_move_along },
          { "rows that name the old address begin to hold, those that name the new one cease",
            rows_of_both_addresses },
          { "BFD sessions do not hear of ports that come and go", sessions_stay },
          { "a BFD session goes on from the new address", session_goes_on_from_the_new_address },
          { NULL, NULL },
      });
}

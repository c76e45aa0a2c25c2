/* Tunnel rows and BFD through tunnels: the packet, the rows, the choice of service nodes, and two gateways that watch
 * each other. */
#include "fixture.h"
#include "gateway/bfd-frame.h"
#include "net/vxlan.h"
#include "tap.h"

#define PEER    0x0a087d12u /* 10.8.125.18 */
#define OTHER   0x0a087d15u /* 10.8.125.21 */
#define OWN_MAC "020a087d0020"

static const NetMac bfd_mac = { { 0x00, 0x23, 0x20, 0x00, 0x00, 0x01 } };

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static const OvsdbRow *
tunnel_row (Fixture *f, const char *remote)
{
  const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f->db, "Tunnel"));

  for (; row; row = ovsdb_table_next (row))
    if (g_str_equal (ovsdb_row_text (ovsdb_row_ref (row, "remote"), "dst_ip"), remote))
      break;
  return row;
}

static guint
n_tunnels (Fixture *f)
{
  return ovsdb_table_n_rows (ovsdb_database_table (f->db, "Tunnel"));
}

/* params: "enable=true min_tx=200". */
static void
set_map (Fixture *f, const char *remote, const char *column, const char *params)
{
  json_t *map = json_object ();
  g_auto (GStrv) words = g_strsplit (params, " ", -1);

  for (guint i = 0; words[i] && words[i][0]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      json_object_set_new (map, pair[0], json_string (pair[1]));
    }
  fixture_execute (
      f,
      json_pack ("[o]", ovsdb_op_update ("Tunnel", ovsdb_where_uuid (ovsdb_row_uuid (tunnel_row (f, remote))),
                                         json_pack ("{s:o}", column, ovsdb_json_map (map)))));
}

static gboolean
status_is (Fixture *f, const char *remote, const char *key, const char *expected)
{
  const char *text = ovsdb_row_map_text (tunnel_row (f, remote), "bfd_status", key);

  if (g_strcmp0 (text, expected) != 0)
    g_print ("# %s is %s, expected %s\n", key, text ? text : "absent", expected ? expected : "absent");
  return g_strcmp0 (text, expected) == 0;
}

/* blue floods to .18 and .21, both resolved; BFD towards .18 as `params` say. */
static void
start_watched (Fixture *f, const char *params)
{
  start_blue (f);
  put_flood (f, "blue", "10.8.125.18 10.8.125.21");
  test_world_advance (f->world, NET_SEC);
  set_map (f, "10.8.125.18", "bfd_params", params);
  test_world_advance (f->world, NET_MSEC);
}

/* ---- the peer's packets ------------------------------------------------------------------------------------------ */

typedef struct
{
  NetBfd bfd;
  VtepBfdPath path;
  NetIpv4 from;
  guint32 vni;
  guint ttl;
} PeerPacket;

static PeerPacket
peer_packet (NetBfdState state, guint32 your_discriminator)
{
  return (PeerPacket){ .bfd = { .state = state,
                                .multiplier = 3,
                                .my_discriminator = 0x77,
                                .your_discriminator = your_discriminator,
                                .desired_min_tx_us = 1000000,
                                .required_min_rx_us = 1000000 },
                       .path = { .destination = bfd_mac,
                                 .source = { { 2, 0, 0, 0, 0, 1 } },
                                 .destination_ip = 0xa9fe0100,
                                 .source_ip = 0xa9fe0101,
                                 .source_port = 50000 },
                       .from = PEER,
                       .ttl = 255 };
}

static void
receive_packet (Fixture *f, const PeerPacket *packet)
{
  NetFrame *frame = vtep_bfd_frame (f->world->world.frames, &packet->path, &packet->bfd);

  if (packet->ttl != 255)
    {
      guint8 *ip = net_frame_data (frame) + NET_ETHERNET_HEADER;
      ip[8] = (guint8) packet->ttl;
      net_put_be16 (ip + 10, 0);
      net_put_be16 (ip + 10, net_checksum_finish (net_checksum_add (0, ip, NET_IPV4_HEADER)));
    }
  frame = net_vxlan_encapsulate (frame, &(NetVxlan){ .destination_mac = { { 2, 0x0a, 8, 0x7d, 0, 0x20 } },
                                                     .source_mac = { { 2, 0x0a, 8, 0x7d, 0, 0x18 } },
                                                     .destination_ip = 0x0a087d14,
                                                     .source_ip = packet->from,
                                                     .vni = packet->vni,
                                                     .source_port = 40000 });
  vtep_gateway_receive (f->gateway, UPLINK, frame);
}

/* Our discriminator, from the last packet sent: behind Ethernet, IP, UDP, VXLAN, Ethernet, IP and UDP. */
static guint32
discriminator (Fixture *f)
{
  const TestSent *sent = test_world_sent (f->world, f->world->sent->len - 1);
  return net_get_be32 (net_frame_bytes (sent->frame) + 50 + 42 + 4);
}

static void
bring_up (Fixture *f)
{
  PeerPacket packet = peer_packet (NET_BFD_DOWN, 0);

  receive_packet (f, &packet); /* Down → Init */
  packet = peer_packet (NET_BFD_UP, discriminator (f));
  receive_packet (f, &packet);
  test_world_advance (f->world, NET_MSEC);
}

/* ---- the rules ------------------------------------------------------------------------------------------------- */

static void
rows_follow_locators (void)
{
  Fixture f;
  const OvsdbRow *row;

  start_blue (&f);
  CU_ASSERT_EQUAL (n_tunnels (&f), 1);
  row = tunnel_row (&f, "10.8.125.18");
  CU_ASSERT_PTR_NOT_NULL_FATAL (row);
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (ovsdb_row_ref (row, "local"), "dst_ip"), "10.8.125.20");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_map_text (row, "bfd_config_local", "bfd_dst_mac"), "00:23:20:00:00:01");
  CU_ASSERT_STRING_EQUAL (ovsdb_row_map_text (row, "bfd_config_local", "bfd_dst_ip"), "169.254.1.0");
  CU_ASSERT_EQUAL (ovsdb_row_get (row, "bfd_status")->n, 0);
  put_remote (&f, "blue", "fa:16:3e:00:00:11", "10.8.125.21");
  put_remote (&f, "blue", "fa:16:3e:00:00:12", "10.8.125.21");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  CU_ASSERT_EQUAL (
      ovsdb_row_get (ovsdb_table_first (ovsdb_database_table (f.db, "Physical_Switch")), "tunnels")->n, 2);
  drop_remote (&f, "blue", "fa:16:3e:00:00:11");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  drop_remote (&f, "blue", "fa:16:3e:00:00:12");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 1);
  CU_ASSERT_PTR_NULL (
      ovsdb_table_find_text (ovsdb_database_table (f.db, "Physical_Locator"), "dst_ip", "10.8.125.21"));
  fixture_clear (&f);
}

static void
packet_on_the_wire (void)
{
  Fixture f;

  start_watched (&f, "enable=true");
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK,
                           "020a087d0018 " OWN_MAC " 0800"
                           "4500 0066 0000 4000 40 11 ???? 0a087d14 0a087d12" /* DSCP 0, DF, TTL 64 */
                           "???? 12b5 0052 0000"
                           "08000000 000000 00" /* VNI 0 */
                           "002320000001 " OWN_MAC " 0800"
                           "45c0 0034 0000 4000 ff 11 ???? a9fe0100 a9fe0101" /* CS6, TTL 255 */
                           "???? 0ec8 0020 ????"
                           "20 40 03 18 ???????? 00000000" /* Down, multiplier 3 */
                           "000f4240 000f4240 00000000")); /* 1 s, 1 s, no echo */
  CU_ASSERT (discriminator (&f) != 0);
  fixture_clear (&f);
}

static void
status_is_reported (void)
{
  Fixture f;
  PeerPacket packet;

  start_watched (&f, "enable=true");
  CU_ASSERT (status_is (&f, "10.8.125.18", "enabled", "true"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "state", "down"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "forwarding", "false"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "remote_state", "down"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "info", NULL));
  CU_ASSERT_EQUAL (ovsdb_row_get (tunnel_row (&f, "10.8.125.21"), "bfd_status")->n, 0);
  bring_up (&f);
  test_world_advance (f.world, 100 * NET_MSEC);
  CU_ASSERT (status_is (&f, "10.8.125.18", "state", "up"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "forwarding", "true"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "diagnostic", "No Diagnostic"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "remote_state", "up"));
  CU_ASSERT (test_world_told (f.world, "bfd change 10.8.125.18 {\"state\":\"up\",\"remote_state\":\"up\","
                                       "\"forwarding\":true,\"diagnostic\":\"No Diagnostic\"}"));
  packet = peer_packet (NET_BFD_UP, discriminator (&f));
  packet.bfd.diagnostic = NET_BFD_CONCATENATED_PATH_DOWN;
  receive_packet (&f, &packet);
  test_world_advance (f.world, 100 * NET_MSEC);
  CU_ASSERT (status_is (&f, "10.8.125.18", "state", "up"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "forwarding", "false"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "remote_diagnostic", "Concatenated Path Down"));
  test_world_advance (f.world, 3 * NET_SEC);
  CU_ASSERT (status_is (&f, "10.8.125.18", "state", "down"));
  CU_ASSERT (status_is (&f, "10.8.125.18", "diagnostic", "Control Detection Time Expired"));
  fixture_clear (&f);
}

/* Where a broadcast of em3 goes on the tunnel side: the outer destinations' last octets. */
static char *
flooded_to (Fixture *f)
{
  GString *text = g_string_new (NULL);

  answer_arp (f, "0a087d15", "020a087d0021");
  test_world_forget (f->world);
  receive (f, EM3, BCAST VM2 TAG DATA);
  answer_arp (f, "0a087d15", "020a087d0021"); /* when it was asked for just now */
  for (guint i = 0; i < f->world->sent->len; i++)
    {
      const TestSent *sent = test_world_sent (f->world, i);
      const guint8 *bytes = net_frame_bytes (sent->frame);
      if (sent->port == UPLINK && sent->frame->length > 50 && net_get_be32 (bytes + 46) == 5001 << 8)
        g_string_append_printf (text, ".%u", bytes[33]);
    }
  return g_string_free (text, FALSE);
}

static void
service_node_choice (void)
{
  Fixture f;
  g_autofree char *unwatched = NULL, *down = NULL, *up = NULL, *silent = NULL, *off = NULL;

  start_watched (&f, "");
  unwatched = flooded_to (&f);
  CU_ASSERT_STRING_EQUAL (unwatched, ".18");
  set_map (&f, "10.8.125.18", "bfd_params", "enable=true");
  down = flooded_to (&f); /* at once */
  CU_ASSERT_STRING_EQUAL (down, ".21");
  test_world_advance (f.world, NET_MSEC);
  bring_up (&f);
  up = flooded_to (&f);
  CU_ASSERT_STRING_EQUAL (up, ".18");
  test_world_advance (f.world, 4 * NET_SEC);
  silent = flooded_to (&f);
  CU_ASSERT_STRING_EQUAL (silent, ".21");
  set_map (&f, "10.8.125.18", "bfd_params", "enable=false");
  off = flooded_to (&f);
  CU_ASSERT_STRING_EQUAL (off, ".18");
  fixture_clear (&f);
}

static void
switched_off (void)
{
  Fixture f;
  const guint8 *bytes;

  start_watched (&f, "enable=true");
  bring_up (&f);
  test_world_advance (f.world, 100 * NET_MSEC);
  test_world_forget (f.world);
  set_map (&f, "10.8.125.18", "bfd_params", "");
  test_world_advance (f.world, 100 * NET_MSEC);
  CU_ASSERT_EQUAL (ovsdb_row_get (tunnel_row (&f, "10.8.125.18"), "bfd_status")->n, 0);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  bytes = net_frame_bytes (test_world_sent (f.world, 0)->frame) + 50 + 42;
  CU_ASSERT_EQUAL (bytes[0], 0x27);          /* Administratively Down */
  CU_ASSERT_EQUAL (bytes[1] >> 6, 0);        /* AdminDown */
  test_world_advance (f.world, 4 * NET_SEC); /* told for three seconds, then silent */
  test_world_forget (f.world);
  test_world_advance (f.world, 60 * NET_SEC);
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  set_map (&f, "10.8.125.18", "bfd_params", "enable=true");
  test_world_advance (f.world, NET_MSEC);
  bring_up (&f);
  test_world_advance (f.world, 100 * NET_MSEC);
  CU_ASSERT (status_is (&f, "10.8.125.18", "state", "up"));
  fixture_clear (&f);
}

static NetDropReason
refusal (Fixture *f, const PeerPacket *packet)
{
  test_world_forget (f->world);
  receive_packet (f, packet);
  return f->world->drops->len ? test_world_drop (f->world, 0)->reason : NET_DROP_NONE;
}

static void
what_is_no_packet_for_us (void)
{
  Fixture f;
  PeerPacket good = peer_packet (NET_BFD_DOWN, 0), bad;

  start_watched (&f, "enable=true");
  bad = good;
  bad.ttl = 254;
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_BFD_SESSION);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->table, "Tunnel");
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "10.8.125.18");
  bad = good;
  bad.path.destination_ip = 0xa9fe0102;
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_BFD_SESSION);
  bad = good;
  bad.path.source = (NetMac){ { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } }; /* our own packet, sent back */
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_BFD_SESSION);
  bad = good;
  bad.bfd.your_discriminator = 1;
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_BFD_SESSION);
  bad = good;
  bad.bfd.multiplier = 0;
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_MALFORMED);
  bad = good;
  bad.path.destination.octet[5] = 2; /* an inner frame as any other */
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_VNI_UNKNOWN);
  bad = good;
  bad.from = OTHER; /* no session there */
  CU_ASSERT_EQUAL (refusal (&f, &bad), NET_DROP_VNI_UNKNOWN);
  CU_ASSERT (status_is (&f, "10.8.125.18", "remote_state", "down"));
  good.path.destination_ip = 0xa9fe0101; /* the other default */
  good.vni = 5001;                       /* any key will do */
  CU_ASSERT_EQUAL (refusal (&f, &good), NET_DROP_NONE);
  set_map (&f, "10.8.125.18", "bfd_params", "enable=true check_tnl_key=true");
  CU_ASSERT_EQUAL (refusal (&f, &good), NET_DROP_BFD_SESSION);
  good.vni = 0;
  CU_ASSERT_EQUAL (refusal (&f, &good), NET_DROP_NONE);
  fixture_clear (&f);
}

static void
own_addresses (void)
{
  Fixture f;
  PeerPacket packet = peer_packet (NET_BFD_DOWN, 0);

  start_watched (&f, "enable=true");
  set_map (&f, "10.8.125.18", "bfd_config_local", "bfd_dst_mac=02:00:00:00:00:99 bfd_dst_ip=169.254.7.7");
  set_map (&f, "10.8.125.18", "bfd_config_remote", "bfd_dst_mac=02:00:00:00:00:98 bfd_dst_ip=169.254.7.8");
  test_world_forget (f.world);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (test_sent_is (f.world, f.world->sent->len - 1, UPLINK,
                           "020a087d0018 " OWN_MAC " 0800 4500 0066 0000 4000 40 11 ???? 0a087d14 0a087d12"
                           "???? 12b5 0052 0000 08000000 00000000 020000000098 " OWN_MAC " 0800"
                           "45c0 0034 0000 4000 ff 11 ???? a9fe0707 a9fe0708 ???? 0ec8 0020 ????"
                           "20 40 03 18 ???????? 00000000 000f4240 000f4240 00000000"));
  packet.path.destination = (NetMac){ { 2, 0, 0, 0, 0, 0x99 } };
  CU_ASSERT_EQUAL (refusal (&f, &packet),
                   NET_DROP_BFD_SESSION); /* the default address is not ours any more */
  packet.path.destination_ip = 0xa9fe0707;
  CU_ASSERT_EQUAL (refusal (&f, &packet), NET_DROP_NONE);
  fixture_clear (&f);
}

static void
nonsense_in_the_row (void)
{
  Fixture f;

  start_watched (&f, "enable=true min_rx=abc");
  CU_ASSERT (status_is (&f, "10.8.125.18", "enabled", "true"));
  CU_ASSERT (status_is (
      &f, "10.8.125.18", "info",
      "bfd_params:min_rx 'abc' is not a number of milliseconds up to 4294967; the default is used"));
  set_map (&f, "10.8.125.18", "bfd_params", "enable=perhaps");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (ovsdb_row_get (tunnel_row (&f, "10.8.125.18"), "bfd_status")->n, 0);
  set_map (&f, "10.8.125.18", "bfd_params", "enable=true min_tx=0 role=quiet");
  set_map (&f, "10.8.125.18", "bfd_config_remote", "bfd_dst_mac=x bfd_dst_ip=y");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (
      status_is (&f, "10.8.125.18", "info",
                 "bfd_params:min_tx '0' is not a number of milliseconds up to 4294967; the default is used"));
  set_map (&f, "10.8.125.18", "bfd_params", "enable=true");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (status_is (&f, "10.8.125.18", "info",
                        "bfd_config_remote:bfd_dst_mac 'x' is not a MAC address; the default is used"));
  fixture_clear (&f);
}

static void
passive_tunnel (void)
{
  Fixture f;
  PeerPacket packet = peer_packet (NET_BFD_DOWN, 0);

  start_watched (&f, "enable=true role=passive");
  test_world_forget (f.world);
  test_world_advance (f.world, 10 * NET_SEC);
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  receive_packet (&f, &packet);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  fixture_clear (&f);
}

/* A controller's own row: kept while BFD is enabled on it, though no MAC row names its far end. */
static void
row_of_a_controller (void)
{
  Fixture f;
  const char *const row
      = "[{\"op\":\"insert\",\"table\":\"Physical_Locator\",\"uuid-name\":\"far\",\"row\":"
        "{\"encapsulation_type\":\"vxlan_over_ipv4\",\"dst_ip\":\"10.8.125.77\"}},"
        "{\"op\":\"insert\",\"table\":\"Tunnel\",\"uuid-name\":\"t\",\"row\":{\"local\":"
        "[\"uuid\",\"%s\"],\"remote\":[\"named-uuid\",\"far\"],\"bfd_params\":"
        "[\"map\",[[\"enable\",\"true\"]]]}},{\"op\":\"mutate\",\"table\":\"Physical_Switch\","
        "\"where\":[],\"mutations\":[[\"tunnels\",\"insert\",[\"named-uuid\",\"t\"]]]}]";
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *text = NULL;

  start_blue (&f);
  ovsdb_uuid_format (ovsdb_row_uuid (ovsdb_table_find_text (ovsdb_database_table (f.db, "Physical_Locator"),
                                                            "dst_ip", "10.8.125.20")),
                     uuid);
  text = g_strdup_printf (row, uuid);
  fixture_execute (&f, json_loads (text, 0, NULL));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  CU_ASSERT (status_is (&f, "10.8.125.77", "state", "down"));
  CU_ASSERT_STRING_EQUAL (
      ovsdb_row_map_text (tunnel_row (&f, "10.8.125.77"), "bfd_config_local", "bfd_dst_ip"), "169.254.1.0");
  put_remote (&f, "blue", "fa:16:3e:00:00:11", "10.8.125.77"); /* adopted, not doubled */
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  drop_remote (&f, "blue", "fa:16:3e:00:00:11");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  set_map (&f, "10.8.125.77", "bfd_params", "");
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 1);
  fixture_clear (&f);
}

static void
deleted_row_comes_back (void)
{
  Fixture f;

  start_watched (&f, "enable=true");
  bring_up (&f);
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("Physical_Switch", json_array (),
                                                          json_pack ("{s:o}", "tunnels",
                                                                     ovsdb_json_set (json_array ())))));
  CU_ASSERT_EQUAL (n_tunnels (&f), 0);
  test_world_advance (f.world, 5 * NET_SEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  CU_ASSERT_EQUAL (ovsdb_row_get (tunnel_row (&f, "10.8.125.18"), "bfd_status")->n,
                   0); /* its settings went with it */
  fixture_clear (&f);
}

static void
restart_takes_rows_up (void)
{
  Fixture f;
  OvsdbUuid before;

  start_watched (&f, "enable=true");
  bring_up (&f);
  test_world_advance (f.world, 100 * NET_MSEC);
  before = *ovsdb_row_uuid (tunnel_row (&f, "10.8.125.18"));
  fixture_restart (&f, NULL);
  test_world_advance (f.world, 100 * NET_MSEC);
  CU_ASSERT_EQUAL (n_tunnels (&f), 2);
  CU_ASSERT (ovsdb_uuid_equal (&before, ovsdb_row_uuid (tunnel_row (&f, "10.8.125.18"))));
  CU_ASSERT (status_is (&f, "10.8.125.18", "state", "down"));
  fixture_clear (&f);
}

/* ---- two gateways ------------------------------------------------------------------------------------------------ */

static void
other_end (VtepGatewayConfig *config)
{
  config->tunnel_ip = PEER;
  config->underlay_mac = (NetMac){ { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18 } };
}

/* What each sent on its uplink reaches the other, millisecond by millisecond. */
static void
run_both (Fixture *a, Fixture *b, gint64 for_ns, gboolean cut)
{
  Fixture *ends[] = { a, b };

  for (gint64 t = 0; t < for_ns; t += NET_MSEC)
    for (guint i = 0; i < 2; i++)
      {
        g_autoptr (GPtrArray) frames = g_ptr_array_new ();
        TestWorld *world = ends[i]->world;

        test_world_advance (world, NET_MSEC);
        for (guint k = 0; k < world->sent->len; k++)
          if (test_world_sent (world, k)->port == UPLINK)
            g_ptr_array_add (frames, net_frame_new_from (ends[1 - i]->world->world.frames,
                                                         net_frame_bytes (test_world_sent (world, k)->frame),
                                                         test_world_sent (world, k)->frame->length));
        test_world_forget (world);
        for (guint k = 0; k < frames->len; k++)
          if (cut)
            net_frame_unref (frames->pdata[k]);
          else
            vtep_gateway_receive (ends[1 - i]->gateway, UPLINK, frames->pdata[k]);
      }
}

static void
two_gateways (void)
{
  Fixture a, b;

  fixture_init (&a, NULL);
  fixture_init (&b, other_end);
  put_switch (&a, "blue", 5001, NULL);
  put_switch (&b, "blue", 5001, NULL);
  put_flood (&a, "blue", "10.8.125.18");
  put_flood (&b, "blue", "10.8.125.20");
  run_both (&a, &b, 100 * NET_MSEC, FALSE);
  set_map (&a, "10.8.125.18", "bfd_params", "enable=true min_rx=300");
  set_map (&b, "10.8.125.20", "bfd_params", "enable=true");
  run_both (&a, &b, 5 * NET_SEC, FALSE);
  CU_ASSERT (status_is (&a, "10.8.125.18", "state", "up"));
  CU_ASSERT (status_is (&b, "10.8.125.20", "state", "up"));
  CU_ASSERT (status_is (&a, "10.8.125.18", "forwarding", "true"));
  run_both (&a, &b, 1000 * NET_MSEC, TRUE); /* three times 300 ms */
  CU_ASSERT (status_is (&a, "10.8.125.18", "state", "down"));
  CU_ASSERT (status_is (&b, "10.8.125.20", "state", "up")); /* three times 1000 ms */
  run_both (&a, &b, 2100 * NET_MSEC, TRUE);
  CU_ASSERT (status_is (&b, "10.8.125.20", "state", "down"));
  run_both (&a, &b, 5 * NET_SEC, FALSE);
  CU_ASSERT (status_is (&a, "10.8.125.18", "state", "up"));
  CU_ASSERT (status_is (&b, "10.8.125.20", "state", "up"));
  fixture_clear (&a);
  fixture_clear (&b);
}

int
main (void)
{
  return tap_main (
      "tunnels",
      (TapTest[]){
          { "there is a Tunnel row for each address that remote MACs are at", rows_follow_locators },
          { "a BFD packet has the headers of RFC 5881 in VNI 0", packet_on_the_wire },
          { "a session's state is in bfd_status", status_is_reported },
          { "a service node whose session is down is not chosen", service_node_choice },
          { "a session that is switched off says so, and its status goes", switched_off },
          { "packets that are not the session's are refused with a reason", what_is_no_packet_for_us },
          { "addresses of BFD packets are configurable", own_addresses },
          { "what cannot be understood in a row counts as its default, and is told", nonsense_in_the_row },
          { "a passive tunnel waits for the other end", passive_tunnel },
          { "a controller's own row is served and kept while BFD is enabled", row_of_a_controller },
          { "a Tunnel row that somebody deletes comes back while it is true", deleted_row_comes_back },
          { "a gateway that starts takes up the rows that are there", restart_takes_rows_up },
          { "two gateways left to their defaults watch each other", two_gateways },
          { NULL, NULL },
      });
}

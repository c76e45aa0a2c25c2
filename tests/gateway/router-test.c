/* Logical routers, byte by byte: answers, next hops, routes, errors, tunnels, what the database says and hears. */
#include "fixture.h"
#include "gateway/neighbor.h"
#include "gateway/router-rows.h"
#include "tap.h"

#define ROUTER "027200000001"
#define SELF   "020a087d0020" /* in the name of which this switch asks */
#define A      "fa163e000012" /* 10.0.1.12, em3 vlan 2901, blue */
#define B      "fa163e000021" /* 10.0.2.12, em4 vlan 2902, green */
#define TAG_A  "8100 0b55"
#define TAG_B  "8100 0b56"

/* ARP: operation, sender, target */
#define ARP(op, mac, ip, target_mac, target_ip) "0806 0001 0800 06 04 000" op mac ip target_mac target_ip
#define NOBODY                                  "000000000000"

#define IP_A                  "0a00010c"
#define IP_B                  "0a00020c"
#define GW_A                  "0a000101"
#define GW_B                  "0a000201"
#define A_TO_B(ttl, checksum) "0800 4500001e00010000" ttl "11" checksum IP_A IP_B "12340035000a0000cafe"
#define B_TO_A(ttl, checksum) "0800 4500001e00010000" ttl "11" checksum IP_B IP_A "12340035000a0000cafe"
#define A_AWAY(ttl, checksum)                                                                                \
  "0800 4500001e00010000" ttl "11" checksum IP_A "0a090001"                                                  \
  "12340035000a0000cafe"

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* "10.0.1.1/24=blue 10.0.2.1/24=green" */
static json_t *
bindings (Fixture *f, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  json_t *pairs = json_array ();

  for (guint i = 0; words[i] && words[i][0]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      const OvsdbRow *row
          = ovsdb_table_find_text (ovsdb_database_table (f->db, "Logical_Switch"), "name", pair[1]);
      json_array_append_new (pairs, json_pack ("[s, o]", pair[0], ovsdb_json_uuid (ovsdb_row_uuid (row))));
    }
  return json_pack ("[s, o]", "map", pairs);
}

/* "10.9.0.0/16=10.0.2.254" */
static json_t *
text_map (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  json_t *object = json_object ();

  for (guint i = 0; words[i] && words[i][0]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      json_object_set_new (object, pair[0], json_string (pair[1]));
    }
  return ovsdb_json_map (object);
}

static void
put_router (Fixture *f, const char *name, const char *switch_binding, const char *static_routes,
            const char *other_config)
{
  json_t *row
      = json_pack ("{s:s, s:o, s:o, s:o}", "name", name, "switch_binding", bindings (f, switch_binding),
                   "static_routes", text_map (static_routes), "other_config", text_map (other_config));

  if (ovsdb_table_find_text (ovsdb_database_table (f->db, "Logical_Router"), "name", name))
    fixture_execute (
        f, json_pack ("[o]", ovsdb_op_update ("Logical_Router",
                                              ovsdb_where_equal ("name", json_string (name)), row)));
  else
    fixture_execute (f, json_pack ("[o]", ovsdb_op_insert ("Logical_Router", NULL, row)));
}

static void
drop_routers (Fixture *f)
{
  fixture_execute (f, json_pack ("[o]", ovsdb_op_delete ("Logical_Router", json_array ())));
}

#define BOTH "10.0.1.1/24=blue 10.0.2.1/24=green 2001:db8:1::1/64=blue 2001:db8:2::1/64=green"
#define MAC  "mac=02:72:00:00:00:01"

static void
start (Fixture *f)
{
  fixture_init (f, NULL);
  put_switch (f, "blue", 5001, "source_node");
  put_switch (f, "green", 5002, "source_node");
  put_binding (f, "em3", 2901, "blue");
  put_binding (f, "em4", 2902, "green");
  put_router (f, "r1", BOTH, "", MAC);
  test_world_advance (f->world, NET_SEC);
  test_world_forget (f->world);
}

/* B tells its address, so that a packet to it need not wait. */
static void
hear_of_b (Fixture *f)
{
  receive (f, EM4, SELF B TAG_B ARP ("2", B, IP_B, SELF, GW_B));
  test_world_forget (f->world);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void
answers_arp (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, A ROUTER TAG_A ARP ("2", ROUTER, GW_A, A, IP_A)));
  test_world_forget (f.world);
  /* asked directly, to see whether it is still there */
  receive (&f, EM3, ROUTER A TAG_A ARP ("1", A, IP_A, ROUTER, GW_A));
  CU_ASSERT (test_sent_is (f.world, 0, EM3, A ROUTER TAG_A ARP ("2", ROUTER, GW_A, A, IP_A)));
  test_world_forget (f.world);
  /* another interface's address is not asked for here: the question is switched like any other */
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_B));
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_FLOOD_TARGET);
  fixture_clear (&f);
}

static void
answers_echo (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A)); /* so A is known */
  test_world_forget (f.world);
  receive (&f, EM3, ROUTER A TAG_A "0800 4500001e00010000400164d2" IP_A GW_A "0800 2cf9 0007 0001 cafe");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (
      f.world, 0, EM3, A ROUTER TAG_A "0800 4500001e00000000400164d3" GW_A IP_A "0000 34f9 0007 0001 cafe"));
  test_world_forget (f.world);
  /* UDP to the router: it has no such protocol, and says so (type 3 code 2) */
  receive (&f, EM3, ROUTER A TAG_A "0800 4500001e00010000401164c2" IP_A GW_A "12340035000a0000cafe");
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_UNKNOWN_PROTOCOL);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  fixture_clear (&f);
}

static void
answers_ipv6 (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3,
           "3333ff000001" A TAG_A "86dd 6000000000203aff20010db8000100000000000000000012"
           "ff0200000000000000000001ff000001 8700e5ed00000000 20010db8000100000000000000000001"
           "0101fa163e000012");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM3,
                           A ROUTER TAG_A "86dd 6000000000203aff20010db8000100000000000000000001"
                                          "20010db8000100000000000000000012 880009eee0000000"
                                          "20010db8000100000000000000000001 0201027200000001"));
  fixture_clear (&f);
}

/* ---- routing ----------------------------------------------------------------------------------------------------- */

static void
first_packet_waits (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM4, BCAST SELF TAG_B ARP ("1", SELF, GW_B, NOBODY, IP_B)));
  receive (&f, EM4, SELF B TAG_B ARP ("2", B, IP_B, SELF, GW_B));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 1, EM4, B ROUTER TAG_B A_TO_B ("3f", "64b7")));
  CU_ASSERT_EQUAL (f.world->drops->len, 0);
  /* the next one goes at once; its priority (PCP 5, DEI) stays */
  receive (&f, EM3, ROUTER A "8100 bb55" A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 3);
  CU_ASSERT (test_sent_is (f.world, 2, EM4, B ROUTER "8100 bb56" A_TO_B ("3f", "64b7")));
  fixture_clear (&f);
}

static void
own_address_claimed (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  receive (&f, EM4, SELF B TAG_B ARP ("2", ROUTER, IP_B, SELF, GW_B));
  receive (&f, EM4, SELF B TAG_B ARP ("2", SELF, IP_B, SELF, GW_B));
  CU_ASSERT_EQUAL (f.world->sent->len, 1); /* the question alone */
  receive (&f, EM4, SELF B TAG_B ARP ("2", B, IP_B, SELF, GW_B));
  CU_ASSERT_EQUAL (f.world->sent->len, 2);
  fixture_clear (&f);
}

static void
no_answer (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  test_world_forget (f.world);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  test_world_advance (f.world, 10 * NET_SEC);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 4); /* three questions, and ICMP: host unreachable */
  CU_ASSERT (test_sent_is (f.world, 3, EM3,
                           A ROUTER TAG_A "0800 45c0003a00000000400163f7" GW_A IP_A "0301 1f8d 00000000"
                                          "4500001e000100003f1164b7" IP_A IP_B "12340035000a0000cafe"));
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NEIGHBOR_FAILED);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "10.0.2.12");
  fixture_clear (&f);
}

static void
queue_is_bounded (void)
{
  Fixture f;

  start (&f);
  for (guint i = 0; i < VTEP_NEIGHBOR_QUEUE + 3; i++)
    receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 3);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NEIGHBOR_QUEUE_FULL);
  receive (&f, EM4, SELF B TAG_B ARP ("2", B, IP_B, SELF, GW_B));
  CU_ASSERT_EQUAL (f.world->sent->len, 1 + VTEP_NEIGHBOR_QUEUE);
  fixture_clear (&f);
}

static void
errors (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  test_world_forget (f.world);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("01", "a2b7"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM3,
                           A ROUTER TAG_A "0800 45c0003a00000000400163f7" GW_A IP_A "0b00 178e 00000000"
                                          "4500001e000100000111a2b7" IP_A IP_B "12340035000a0000cafe"));
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_TTL_EXPIRED);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "r1 to 10.0.2.12");
  test_world_forget (f.world);
  receive (&f, EM3, ROUTER A TAG_A A_AWAY ("40", "65b9"));
  CU_ASSERT (test_sent_is (f.world, 0, EM3,
                           A ROUTER TAG_A "0800 45c0003a00000000400163f7" GW_A IP_A "0300 1f8e 00000000"
                                          "4500001e0001000040 1165b9" IP_A "0a090001 12340035000a0000cafe"));
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_ROUTE);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "r1 has no route to 10.9.0.1");
  test_world_forget (f.world);
  /* an ICMP error (3/1) that cannot go on causes none; nor does what is sent to all of a subnet */
  receive (&f, EM3, ROUTER A TAG_A "0800 4500001c00010000400165cb" IP_A "0a090001 0301 fcfe 00000000");
  receive (&f, EM3, ROUTER A TAG_A "0800 4500001e00010000401162c4" IP_A "0a0002ff 12340035000a0000cafe");
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL (f.world->drops->len, 2);
  fixture_clear (&f);
}

static void
errors_are_limited (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  test_world_forget (f.world);
  for (guint i = 0; i < 3 * VTEP_ROUTER_ERRORS; i++)
    receive (&f, EM3, ROUTER A TAG_A A_TO_B ("01", "a2b7"));
  CU_ASSERT_EQUAL (f.world->sent->len, VTEP_ROUTER_ERRORS);
  CU_ASSERT_EQUAL (f.world->drops->len, 3 * VTEP_ROUTER_ERRORS);
  test_world_advance (f.world, NET_SEC);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("01", "a2b7"));
  CU_ASSERT_EQUAL (f.world->sent->len, VTEP_ROUTER_ERRORS + 1);
  fixture_clear (&f);
}

static void
static_routes (void)
{
  Fixture f;

  start (&f);
  put_router (&f, "r1", BOTH, "0.0.0.0/0=10.0.2.254 10.9.0.0/16=10.0.2.12 10.9.8.0/24=10.0.2.253", MAC);
  hear_of_b (&f);
  receive (&f, EM3, ROUTER A TAG_A A_AWAY ("40", "65b9"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM4, B ROUTER TAG_B A_AWAY ("3f", "66b9")));
  /* the longer prefix is gone: the default route's next hop is asked for */
  put_router (&f, "r1", BOTH, "0.0.0.0/0=10.0.2.254", MAC);
  test_world_forget (f.world);
  receive (&f, EM3, ROUTER A TAG_A A_AWAY ("40", "65b9"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM4, BCAST SELF TAG_B ARP ("1", SELF, GW_B, NOBODY, "0a0002fe")));
  fixture_clear (&f);
}

static void
routes_ipv6 (void)
{
  Fixture f;

  start (&f);
  receive (&f, EM3,
           ROUTER A TAG_A "86dd 60000000000a1140 20010db8000100000000000000000012"
                          "20010db8000200000000000000000012 12340035000a0000cafe");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM4,
                           "3333ff000012" SELF TAG_B "86dd 6000000000203aff20010db8000200000000000000000001"
                           "ff0200000000000000000001ff000012 8700135d00000000"
                           "20010db8000200000000000000000012 0101020a087d0020"));
  receive (&f, EM4,
           SELF B TAG_B "86dd 6000000000203aff20010db8000200000000000000000012"
                        "20010db8000200000000000000000001 8800541560000000 20010db8000200000000000000000012"
                        "0201fa163e000021");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 1, EM4,
                           B ROUTER TAG_B "86dd 60000000000a113f 20010db8000100000000000000000012"
                                          "20010db8000200000000000000000012 12340035000a0000cafe"));
  test_world_forget (f.world);
  receive (&f, EM3,
           ROUTER A TAG_A "86dd 60000000000a1101 20010db8000100000000000000000012"
                          "20010db8000200000000000000000012 12340035000a0000cafe");
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_TTL_EXPIRED);
  fixture_clear (&f);
}

/* ---- tunnels ----------------------------------------------------------------------------------------------------- */

static void
into_a_tunnel (void)
{
  Fixture f;

  start (&f);
  put_remote (&f, "green", "fa:16:3e:00:00:21", "10.8.125.18");
  put_flood (&f, "green", "10.8.125.18");
  hear_of_b (&f); /* from em4, then it moves behind the tunnel */
  put_remote (&f, "green", "fa:16:3e:00:00:21", "10.8.125.18");
  put_binding (&f, "em4", 2902, NULL);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  answer_arp (&f, "0a087d12", "020a087d0018");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2);
  /* under green's VNI 5002 = 0x138a, without a tag; 36 + 44 = 80 = 0x50 bytes */
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           "020a087d0018 020a087d0020 0800 4500 0050 0000 4000 40 11 2c67 0a087d14 0a087d12"
                           "????12b5 003c 0000 08000000 00138a00" B ROUTER A_TO_B ("3f", "64b7")));
  fixture_clear (&f);
}

/* What .18 sends under blue's VNI: 44 bytes inside. */
#define FROM_18                                                                                              \
  "020a087d0020 020a087d0018 0800 4500 0050 0000 4000 40 11 2c67 0a087d12 0a087d14 8001 12b5 003c 0000"      \
  "08000000 00138900"

static void
out_of_a_tunnel (void)
{
  Fixture f;

  start (&f);
  put_remote (&f, "blue", "fa:16:3e:00:00:12", "10.8.125.18");
  put_remote (&f, "green", "fa:16:3e:00:00:31", "10.8.125.18");
  hear_of_b (&f);
  receive (&f, UPLINK, FROM_18 ROUTER A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM4, B ROUTER TAG_B A_TO_B ("3f", "64b7")));
  test_world_forget (f.world);
  /* B is behind the tunnel now: what a tunnel brought goes into none, routed or not */
  receive (
      &f, UPLINK,
      "020a087d0020 020a087d0018 0800 4500 004e 0000 4000 40 11 2c69 0a087d12 0a087d14 8001 12b5 003a 0000"
      "08000000 00138a00" SELF "fa163e000031" ARP ("2", "fa163e000031", IP_B, SELF, GW_B));
  receive (&f, UPLINK, FROM_18 ROUTER A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_SPLIT_HORIZON);
  fixture_clear (&f);
}

static void
put_twin (Fixture *f, const char *mac)
{
  fixture_execute (f, json_pack ("[o, o]",
                                 ovsdb_op_insert ("Physical_Locator", "twin",
                                                  json_pack ("{s:s, s:s}", "encapsulation_type",
                                                             "vxlan_over_ipv4", "dst_ip", "10.8.125.21")),
                                 ovsdb_op_insert ("Arp_Sources_Remote", NULL,
                                                  json_pack ("{s:s, s:o}", "src_mac", mac, "locator",
                                                             ovsdb_json_named_uuid ("twin")))));
}

static void
twins (void)
{
  Fixture f;

  start (&f);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Arp_Sources_Local")), 1);
  CU_ASSERT_STRING_EQUAL (
      ovsdb_row_text (ovsdb_table_first (ovsdb_database_table (f.db, "Arp_Sources_Local")), "src_mac"),
      "02:0a:08:7d:00:20");
  put_twin (&f, "02:0a:08:7d:00:21");
  hear_of_b (&f);
  /* the answer to a question of 10.8.125.21 goes there */
  receive (&f, EM3, "020a087d0021" A TAG_A ARP ("2", A, IP_A, "020a087d0021", GW_A));
  answer_arp (&f, "0a087d15", "020a087d0021");
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2);
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK,
                           "020a087d0021 020a087d0020 0800 4500 004e 0000 4000 40 11 2c66 0a087d14 0a087d15"
                           "????12b5 003a 0000 08000000 00138900"
                           "020a087d0021" A ARP ("2", A, IP_A, "020a087d0021", GW_A)));
  test_world_forget (f.world);
  /* a packet to the same address is routed here */
  receive (&f, EM3, "020a087d0021" A TAG_A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM4, B ROUTER TAG_B A_TO_B ("3f", "64b7")));
  /* no router, no row; what somebody deletes comes again while it is true */
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_delete ("Arp_Sources_Local", json_array ())));
  test_world_advance (f.world, NET_MSEC);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Arp_Sources_Local")), 1);
  drop_routers (&f);
  test_world_advance (f.world, NET_MSEC);
  CU_ASSERT_EQUAL (ovsdb_table_n_rows (ovsdb_database_table (f.db, "Arp_Sources_Local")), 0);
  fixture_clear (&f);
}

/* ---- configuration ----------------------------------------------------------------------------------------------- */

static void
changes_act_at_once (void)
{
  Fixture f;

  start (&f);
  hear_of_b (&f);
  put_router (&f, "r1", "10.0.1.1/24=blue", "", MAC);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_ROUTE);
  test_world_forget (f.world);
  put_router (&f, "r1", BOTH, "", MAC);
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7")); /* the neighbour was forgotten with its subnet */
  CU_ASSERT (test_sent_is (f.world, 0, EM4, BCAST SELF TAG_B ARP ("1", SELF, GW_B, NOBODY, IP_B)));
  test_world_forget (f.world);
  /* what waits for a neighbour that nobody routes to any more is not lost in silence */
  put_router (&f, "r1", "10.0.1.1/24=blue", "", MAC);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NO_ROUTE);
  /* without other_config:mac, the address follows from the name: 02 and 40 bits of FNV-1a ("r1") */
  put_router (&f, "r1", BOTH, "", "");
  test_world_forget (f.world);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 2); /* behind what had waited to be told A */
  CU_ASSERT (test_sent_is (f.world, 1, EM3, A "0207b57be76c" TAG_A ARP ("2", "0207b57be76c", GW_A, A, IP_A)));
  drop_routers (&f);
  test_world_forget (f.world);
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  fixture_clear (&f);
}

static gboolean
faults_are (Fixture *f, const char *router, const char *physical_switch)
{
  const struct
  {
    const char *table, *column, *expected;
  } both[] = { { "Logical_Router", "LR_fault_status", router },
               { "Physical_Switch", "switch_fault_status", physical_switch } };

  test_world_advance (f->world, 100 * NET_MSEC);
  for (guint k = 0; k < 2; k++)
    {
      const OvsdbDatum *datum
          = ovsdb_row_get (ovsdb_table_first (ovsdb_database_table (f->db, both[k].table)), both[k].column);
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint i = 0; i < datum->n; i++)
        g_string_append_printf (text, "%s%s", i ? " " : "", ovsdb_datum_keys (datum)[i].text);
      if (!g_str_equal (text->str, both[k].expected))
        {
          g_print ("# %s: '%s', expected '%s'\n", both[k].column, text->str, both[k].expected);
          return FALSE;
        }
    }
  return TRUE;
}

static void
faults (void)
{
  static const struct
  {
    const char *bindings, *routes, *config, *router, *physical_switch;
  } cases[] = {
    { BOTH, "", "", "", "" },
    { "10.0.1.1/33=blue", "", "", "unspecified_fault", "lr_switch_bindings_fault" },
    { "10.0.1=blue", "", "", "unspecified_fault", "lr_switch_bindings_fault" },
    { "224.0.0.1/24=blue", "", "", "unspecified_fault", "lr_switch_bindings_fault" },
    { "10.0.1.1/24=blue 10.0.1.2/24=green", "", "", "unspecified_fault", "lr_switch_bindings_fault" },
    { "10.0.1.1/24=blue 10.0.1.2/24=blue", "", "", "", "" },
    { "10.0.1.1/24=blue", "10.9.0.0/16=10.0.2.1", "", "unspecified_fault", "lr_static_routes_fault" },
    { "10.0.1.1/24=blue", "10.9.0.0/16=10.0.1.1", "", "unspecified_fault", "lr_static_routes_fault" },
    { "10.0.1.1/24=blue", "10.0.1.0/24=10.0.1.9", "", "unspecified_fault", "lr_static_routes_fault" },
    { "10.0.1.1/24=blue", "10.9.0.0/16=fe80::1", "", "unspecified_fault", "lr_static_routes_fault" },
    { "10.0.1.1/24=blue", "10.9.0.0/16=10.0.1.9", "", "", "" },
    { "10.0.1.1/24=blue", "", "mac=01:00:5e:00:00:01", "unspecified_fault", "" },
    { "10.0.1.1/24=blue", "", "", "", "" },
  };
  Fixture f;

  start (&f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      put_router (&f, "r1", cases[i].bindings, cases[i].routes, cases[i].config);
      if (!faults_are (&f, cases[i].router, cases[i].physical_switch))
        {
          g_print ("# %s | %s | %s\n", cases[i].bindings, cases[i].routes, cases[i].config);
          CU_FAIL ("another fault than expected");
        }
    }
  fixture_clear (&f);
}

static void
lists (void)
{
  Fixture f;

  start (&f);
  hear_of_b (&f);
  fixture_execute (&f,
                   json_pack ("[o, o, o]",
                              ovsdb_op_insert ("ACL_entry", "entry",
                                               json_pack ("{s:i, s:s, s:s, s:i}", "sequence", 7, "direction",
                                                          "egress", "action", "deny", "dest_port_min", 53)),
                              ovsdb_op_insert ("ACL", "list",
                                               json_pack ("{s:s, s:o}", "acl_name", "web", "acl_entries",
                                                          ovsdb_json_named_uuid ("entry"))),
                              ovsdb_op_update ("Logical_Router", json_array (),
                                               json_pack ("{s:[s, [[s, o]]]}", "acl_binding", "map",
                                                          "10.0.2.1", ovsdb_json_named_uuid ("list")))));
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_ACL_DENY);
  CU_ASSERT_STRING_EQUAL (test_world_drop (f.world, 0)->rule, "web sequence 7 at r1 10.0.2.1/24");
  CU_ASSERT (faults_are (&f, "", ""));
  test_world_forget (f.world);
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("ACL_entry", json_array (),
                                                          json_pack ("{s:i}", "dest_port_min", 54))));
  receive (&f, EM3, ROUTER A TAG_A A_TO_B ("40", "63b7"));
  CU_ASSERT (test_sent_is (f.world, 0, EM4, B ROUTER TAG_B A_TO_B ("3f", "64b7")));
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("ACL_entry", json_array (),
                                                          json_pack ("{s:i}", "dest_port_min", 70000))));
  CU_ASSERT (faults_are (&f, "invalid_ACL_binding", ""));
  fixture_clear (&f);
}

static void
too_big (void)
{
  g_autoptr (GString) frame = g_string_new (ROUTER A TAG_A "0800 450005dc000140004011");
  Fixture f;

  start (&f);
  put_remote (&f, "green", "fa:16:3e:00:00:21", "10.8.125.18");
  receive (&f, EM3, BCAST A TAG_A ARP ("1", A, IP_A, NOBODY, GW_A));
  hear_of_b (&f);
  put_binding (&f, "em4", 2902, NULL);
  g_string_append (frame, "1df9" IP_A IP_B "12340035 05c8 0000");
  for (guint i = 0; i < 1472; i++)
    g_string_append (frame, "00");
  receive (&f, EM3, frame->str);
  CU_ASSERT_EQUAL_FATAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_FRAME_TOO_LONG);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  /* type 3 code 4, next hop's MTU 1450 = 0x5aa: 1500 less 36 of outer headers and 14 of the inner Ethernet */
  CU_ASSERT_EQUAL (memcmp (net_frame_bytes (test_world_sent (f.world, 0)->frame) + 38, "\3\4", 2), 0);
  CU_ASSERT_EQUAL (memcmp (net_frame_bytes (test_world_sent (f.world, 0)->frame) + 42, "\0\0\5\xaa", 4), 0);
  fixture_clear (&f);
}

static void
longest_prefix (void)
{
  VtepInterface interface = { .has_address = TRUE, .logical_switch = 1 };
  VtepRoute routes[40];
  guint bad_interfaces, bad_routes, n = 0;
  g_autoptr (VtepRouter) router = NULL;
  NetIpv6 address;

  vtep_prefix_from_text ("10.0.0.1/8", &interface.address, &interface.prefix_length);
  interface.prefix = vtep_address_mask (&interface.address, interface.prefix_length);
  for (guint length = 9; length <= 32; length++, n++)
    {
      g_autofree char *hop = g_strdup_printf ("10.0.0.%u", length + 1);
      routes[n] = (VtepRoute){ .prefix_length = VTEP_IPV4_BITS + length };
      vtep_address_from_text ("10.255.255.255", &address);
      routes[n].prefix = vtep_address_mask (&address, routes[n].prefix_length);
      vtep_address_from_text (hop, &routes[n].next_hop);
    }
  router = vtep_router_new (
      &(VtepRouterConfig){
          .name = "r", .interfaces = &interface, .n_interfaces = 1, .routes = routes, .n_routes = n },
      &bad_interfaces, &bad_routes);
  CU_ASSERT_EQUAL (bad_interfaces + bad_routes, 0);
  for (guint length = 9; length <= 32; length++)
    {
      /* differs from the prefix of the next length in its last bit */
      NetIpv4 ipv4 = 0x0affffff ^ (length < 32 ? 1u << (31 - length) : 0);
      address = vtep_address_from_ipv4 (ipv4);
      CU_ASSERT_EQUAL (vtep_router_find (router, &address)->prefix_length, VTEP_IPV4_BITS + length);
    }
  vtep_address_from_text ("10.1.1.1", &address);
  CU_ASSERT (vtep_router_find (router, &address)->connected);
  vtep_address_from_text ("11.1.1.1", &address);
  CU_ASSERT_PTR_NULL (vtep_router_find (router, &address));
}

int
main (void)
{
  return tap_main (
      "router",
      (TapTest[]){
          { "a question for a router's address is answered here, and goes no further", answers_arp },
          { "a router answers echo requests, and tells who wants anything else", answers_echo },
          { "a neighbour solicitation is answered", answers_ipv6 },
          { "the first packet waits for its next hop and leaves with its TTL one less", first_packet_waits },
          { "who claims an address of the router's own is not believed", own_address_claimed },
          { "three questions without an answer: host unreachable", no_answer },
          { "at most VTEP_NEIGHBOR_QUEUE packets wait for a neighbour", queue_is_bounded },
          { "TTL expired and no route are told to the sender, but not about errors", errors },
          { "ICMP errors are limited", errors_are_limited },
          { "of static routes the longest prefix decides", static_routes },
          { "IPv6 is routed, its neighbours are solicited", routes_ipv6 },
          { "a routed packet enters a tunnel under the VNI of the switch it was routed to", into_a_tunnel },
          { "what a tunnel brought is routed to access ports and into no tunnel", out_of_a_tunnel },
          { "replies to another switch's questions go there; packets to it are routed here", twins },
          { "a changed router holds for the next frame", changes_act_at_once },
          { "what cannot be served is a fault, and none when it is over", faults },
          { "a list at a router's interface denies, with its entry", lists },
          { "a packet too long for a tunnel is answered with the MTU", too_big },
          { "every prefix length is found before the shorter ones", longest_prefix },
          { NULL, NULL },
      });
}

/* What a gateway makes of another configuration while it runs: ports that come and go, another MAC table; and all that
 * it must not disturb. */
#include "fixture.h"
#include "gateway/tables.h"
#include "tap.h"

#define EM7 7u

static const VtepPortConfig three_ports[] = { { "em4", EM4 }, { "em7", EM7 }, { "em3", EM3 } };

static void
with_em7 (VtepGatewayConfig *config)
{
  config->ports = three_ports;
  config->n_ports = 3;
}

static void
em3_alone (VtepGatewayConfig *config)
{
  config->n_ports = 1;
}

static void
em7_for_em4 (VtepGatewayConfig *config)
{
  config->ports = three_ports + 1;
  config->n_ports = 2;
}

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

static const VtepBinding *
binding_of (Fixture *f, const char *port, guint16 vlan)
{
  VtepPort place = vtep_access_ports_find (vtep_gateway_ports (f->gateway), port);
  return vtep_tables_binding (vtep_gateway_tables (f->gateway), (VtepPlace){ .port = place, .vlan = vlan });
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

/* ---- ports ------------------------------------------------------------------------------------------------------- */

static void
port_comes (void)
{
  Fixture f;

  start_with_vm2 (&f);
  fixture_change (&f, with_em7);
  CU_ASSERT_PTR_NOT_NULL_FATAL (row_of (&f, "Physical_Port", "name", "em7"));
  CU_ASSERT_EQUAL (ovsdb_row_get (row_of (&f, "Physical_Switch", "name", "tor1"), "ports")->n, 3);
  put_binding (&f, "em7", 30, "blue");
  receive (&f, EM7, VM2 VM1 " 8100 001e " DATA); /* VM1 is behind it */
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG DATA)); /* VM2 is where it was */
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11 " VM2_TEXT));
  fixture_clear (&f);
}

static void
port_goes (void)
{
  Fixture f;

  start_with_vm2 (&f);
  receive (&f, EM4, BCAST VM1 TAG DATA);
  test_world_advance (f.world, 6 * NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11 " VM2_TEXT));
  CU_ASSERT_EQUAL (n_rows (&f, "Logical_Binding_Stats"), 2);
  test_world_forget (f.world);
  fixture_change (&f, em3_alone);
  CU_ASSERT (test_world_told (f.world, "fdb remove blue fa:16:3e:00:00:11 {\"port\":\"em4\",\"vlan\":2901}"));
  CU_ASSERT_PTR_NULL (row_of (&f, "Physical_Port", "name", "em4"));
  CU_ASSERT_EQUAL (n_rows (&f, "Logical_Binding_Stats"), 1);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", "unknown-dst")); /* em3 is bound still */
  receive (&f, EM4, BCAST VM1 TAG DATA);
  CU_ASSERT_EQUAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_NOT_FOR_US);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL (f.world->sent->len, 1); /* to the tunnel, and to no em4 */
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  fixture_clear (&f);
}

static void
last_binding_goes_with_its_port (void)
{
  Fixture f;

  start_with_vm2 (&f);
  fixture_change (&f, em7_for_em4);
  put_binding (&f, "em3", 2901, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Mcast_Macs_Local", ""));
  fixture_clear (&f);
}

static void
successor_inherits_nothing (void)
{
  Fixture f;

  start_with_vm2 (&f);
  fixture_execute (
      &f, json_pack ("[o, o, o]",
                     ovsdb_op_insert ("ACL_entry", "entry",
                                      json_pack ("{s:i, s:s, s:s}", "sequence", 1, "direction", "ingress",
                                                 "action", "deny")),
                     ovsdb_op_insert ("ACL", "list",
                                      json_pack ("{s:s, s:o}", "acl_name", "nothing", "acl_entries",
                                                 ovsdb_json_named_uuid ("entry"))),
                     ovsdb_op_mutate (
                         "Physical_Port", ovsdb_where_equal ("name", json_string ("em4")), "acl_bindings",
                         "insert", json_pack ("[s, [[i, o]]]", "map", 0, ovsdb_json_named_uuid ("list")))));
  receive (&f, EM4, BCAST VM1 TAG DATA);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_ACL_DENY);
  fixture_change (&f, em7_for_em4); /* em7 takes em4's place */
  CU_ASSERT_EQUAL (vtep_access_ports_find (vtep_gateway_ports (f.gateway), "em7"), 1);
  CU_ASSERT_PTR_NULL (binding_of (&f, "em7", 2901));
  put_binding (&f, "em7", 2901, "blue");
  test_world_forget (f.world);
  receive (&f, EM7, VM2 VM1 TAG DATA);
  CU_ASSERT_EQUAL (f.world->drops->len, 0);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG DATA));
  fixture_clear (&f);
}

static void
number_exchanged (VtepGatewayConfig *config)
{
  static const VtepPortConfig ports[] = { { "em3", EM4 }, { "em4", EM3 } };

  config->ports = ports;
}

static void
ports_exchange_numbers (void)
{
  Fixture f;

  start_with_vm2 (&f);
  fixture_change (&f, number_exchanged);
  receive (&f, EM3, VM2 VM1 TAG DATA); /* em4's frame now */
  CU_ASSERT (test_world_told (f.world, "fdb add blue fa:16:3e:00:00:11 {\"port\":\"em4\",\"vlan\":2901}"));
  CU_ASSERT (test_sent_is (f.world, 0, EM4, VM2 VM1 TAG DATA)); /* em3 is there now */
  fixture_clear (&f);
}

#define N_MANY VTEP_PORTS_MAX

static VtepPortConfig many[N_MANY];
static char many_names[N_MANY][8];

static void
with_many (VtepGatewayConfig *config)
{
  for (guint i = 0; i < N_MANY; i++)
    {
      g_snprintf (many_names[i], sizeof many_names[i], "p%u", i);
      many[i] = (VtepPortConfig){ many_names[i], 100 + i };
    }
  many[N_MANY - 1] = (VtepPortConfig){ "em3", EM3 };
  config->ports = many;
  config->n_ports = N_MANY;
}

static void
as_many_as_there_may_be (void)
{
  Fixture f;
  const VtepBinding *before;

  start_with_vm2 (&f);
  before = binding_of (&f, "em3", 2901);
  CU_ASSERT_PTR_NOT_NULL_FATAL (before);
  CU_ASSERT_EQUAL (before->from_local.packets, 2);
  fixture_change (&f, with_many);
  CU_ASSERT_EQUAL (n_rows (&f, "Physical_Port"), N_MANY);
  put_binding (&f, "p1022", 2901, "blue");
  receive (&f, 100 + 1022, VM2 VM1 TAG DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG DATA));
  CU_ASSERT_EQUAL (binding_of (&f, "em3", 2901)->from_local.packets, 2);
  fixture_change (&f, NULL);
  CU_ASSERT_EQUAL (n_rows (&f, "Physical_Port"), 2);
  CU_ASSERT_EQUAL (vtep_gateway_ports (f.gateway)->n, 2);
  CU_ASSERT_EQUAL (binding_of (&f, "em3", 2901)->to_local.packets, 1);
  fixture_clear (&f);
}

/* A manager writes the row, and its binding, before anybody plugs the port in. */
static void
row_comes_first (void)
{
  Fixture f;
  json_t *blue;

  start_with_vm2 (&f);
  blue = ovsdb_json_uuid (ovsdb_row_uuid (row_of (&f, "Logical_Switch", "name", "blue")));
  fixture_execute (
      &f, json_pack ("[o, o]",
                     ovsdb_op_insert ("Physical_Port", "port",
                                      json_pack ("{s:s, s:[s, [[i, o]]]}", "name", "em7", "vlan_bindings",
                                                 "map", 2901, blue)),
                     ovsdb_op_mutate ("Physical_Switch", ovsdb_where_equal ("name", json_string ("tor1")),
                                      "ports", "insert", ovsdb_json_named_uuid ("port"))));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_STRING_EQUAL (ovsdb_row_text (row_of (&f, "Physical_Port", "name", "em7"), "port_fault_status"),
                          "invalid_vlan_map");
  fixture_change (&f, with_em7);
  CU_ASSERT_EQUAL (n_rows (&f, "Physical_Port"), 3);
  CU_ASSERT_PTR_NOT_NULL (binding_of (&f, "em7", 2901));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (ovsdb_row_get (row_of (&f, "Physical_Port", "name", "em7"), "port_fault_status")->n, 0);
  fixture_clear (&f);
}

/* ---- the MAC table ----------------------------------------------------------------------------------------------- */

static void
ten_seconds (VtepGatewayConfig *config)
{
  config->mac_age_ns = 10 * NET_SEC;
}

static void
another_age (void)
{
  Fixture f;

  start_with_vm2 (&f); /* a second ago */
  test_world_advance (f.world, 7 * NET_SEC);
  receive (&f, EM4, BCAST VM1 TAG DATA);
  fixture_change (&f, ten_seconds);
  test_world_advance (f.world, 2 * NET_SEC - 1);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11 " VM2_TEXT));
  test_world_advance (f.world, 100 * NET_MSEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11"));
  fixture_change (&f, NULL);
  test_world_advance (f.world, 200 * NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "fa:16:3e:00:00:11"));
  fixture_change (&f, ten_seconds); /* which are long over */
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  fixture_clear (&f);
}

static void
three_macs (VtepGatewayConfig *config)
{
  config->max_macs = 3;
}

/* One MAC behind em4, eight behind em3: the crowd makes room. */
static void
smaller_table (void)
{
  Fixture f;

  start_blue (&f);
  receive (&f, EM4, BCAST VM1 TAG DATA);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *frame = g_strdup_printf (BCAST "02000000000%u" TAG DATA, i);
      receive (&f, EM3, frame);
    }
  fixture_change (&f, three_macs);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", "02:00:00:00:00:06 02:00:00:00:00:07 fa:16:3e:00:00:11"));
  receive (&f, EM3, BCAST VM2 TAG DATA);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_STRING_EQUAL (
      ovsdb_row_text (row_of (&f, "Physical_Switch", "name", "tor1"), "switch_fault_status"),
      "mac_table_exhaustion");
  fixture_change (&f, NULL);
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT_EQUAL (ovsdb_row_get (row_of (&f, "Physical_Switch", "name", "tor1"), "switch_fault_status")->n,
                   0);
  fixture_clear (&f);
}

static void
carrying (VtepGatewayConfig *config)
{
  config->inner_vlan = VTEP_INNER_VLAN_CARRY;
  config->mtu = 80; /* 36 bytes are the tunnel's */
}

static void
inner_tags_and_mtu (void)
{
  Fixture f;

  start_with_vm2 (&f);
  receive (&f, EM4, VM2 VM1 TAG "8100 0064" DATA);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_INNER_VLAN);
  fixture_change (&f, carrying);
  receive (&f, EM4, VM2 VM1 TAG "8100 0064" DATA);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG "8100 0064" DATA));
  test_world_forget (f.world);
  receive (&f, EM4,
           "fa163e000099" VM1 TAG DATA "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00");
  CU_ASSERT_EQUAL (f.world->drops->len, 1);
  CU_ASSERT_EQUAL (test_world_drop (f.world, 0)->reason, NET_DROP_FRAME_TOO_LONG);
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "change",
      (TapTest[]){
          { "a port that comes is served from its first binding on, and others keep what they learned",
            port_comes },
          { "a port that goes takes its row, its bindings and its MACs along, and nothing else", port_goes },
          { "a logical switch whose last binding goes with a port is not told of any more",
            last_binding_goes_with_its_port },
          { "a port in the place of another inherits no binding and no list", successor_inherits_nothing },
          { "ports that exchange their numbers keep their MACs", ports_exchange_numbers },
          { "ports may come up to the most there may be, and go again", as_many_as_there_may_be },
          { "a row that was there before its port holds from the port's first frame", row_comes_first },
          { "another age counts for what is known already", another_age },
          { "a smaller table lets the largest share go first", smaller_table },
          { "inner tags and the MTU follow", inner_tags_and_mtu },
          { NULL, NULL },
      });
}

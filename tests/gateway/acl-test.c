/* Access control lists through the database: matching, order, directions, faults. */
#include "fixture.h"
#include "gateway/acl.h"
#include "tap.h"

/* Untagged, as the logical switch sees them; on the wire with TAG behind the addresses. */
#define UDP_IP "4500 001e 0001 0000 40 11 66b8 0a00000c 0a00000b" /* 10.0.0.12 > 10.0.0.11 */
#define UDP_53 "0800 " UDP_IP "1234 0035 000a 0000 abcd"          /* 4660 > 53 */
#define TCP_80                                                                                               \
  "0800 4500 0028 0001 0000 40 06 66b9 0a00000c 0a00000b 1234 0050 00000001 00000000 5002 ffff 0000 0000" /* SYN */
#define ECHO     "0800 4500 001c 0001 0000 40 01 66ca 0a00000c 0a00000b 0800 f7fe 0000 0001"
#define FRAGMENT "0800 4500 001e 0001 0001 40 11 66b7 0a00000c 0a00000b 1234 0035 000a 0000 abcd"
#define IPV6_UDP                                                                                             \
  "86dd 60000000 000a 11 40 20010db8000000000000000000000012 20010db8000000000000000000000011"               \
  "1234 0035 000a 0000 abcd"
#define ARP "0806 0001 0800 06 04 0001 " VM2 " 0a00000c 000000000000 0a00000b"

/* ---- writing lists --------------------------------------------------------------------------------------------- */

/* An entry in JSON without quotes' noise: "sequence=10 direction=ingress action=deny dest_port_min=53". */
static json_t *
entry_row (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  json_t *row = json_object ();

  for (guint i = 0; words[i]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      gboolean is_text
          = strstr ("direction action source_mac dest_mac ethertype source_ip source_mask dest_ip dest_mask",
                    pair[0])
            != NULL;
      json_object_set_new (
          row, pair[0], is_text ? json_string (pair[1]) : json_integer (g_ascii_strtoll (pair[1], NULL, 10)));
    }
  return row;
}

/* Puts a list of these entries (NULL ends) in place of the one of this name, and binds it. */
static void
put_acl (Fixture *f, const char *name, const char *port, guint vlan, const char *const *entries)
{
  json_t *operations = json_array (), *references = json_array (),
         *where = ovsdb_where_equal ("name", json_string (port));

  json_array_append_new (operations, ovsdb_op_mutate ("Physical_Port", json_deep_copy (where), "acl_bindings",
                                                      "delete", ovsdb_json_set (json_pack ("[i]", vlan))));
  json_array_append_new (operations,
                         ovsdb_op_delete ("ACL", ovsdb_where_equal ("acl_name", json_string (name))));
  for (guint i = 0; entries[i]; i++)
    {
      g_autofree char *row = g_strdup_printf ("entry_%u", i);
      json_array_append_new (operations, ovsdb_op_insert ("ACL_entry", row, entry_row (entries[i])));
      json_array_append_new (references, ovsdb_json_named_uuid (row));
    }
  json_array_append_new (operations,
                         ovsdb_op_insert ("ACL", "acl",
                                          json_pack ("{s:s, s:o}", "acl_name", name, "acl_entries",
                                                     ovsdb_json_set (references))));
  json_array_append_new (
      operations, ovsdb_op_mutate ("Physical_Port", where, "acl_bindings", "insert",
                                   json_pack ("[s, [[i, o]]]", "map", vlan, ovsdb_json_named_uuid ("acl"))));
  fixture_execute (f, operations);
}

static void
unbind (Fixture *f, const char *port)
{
  fixture_execute (
      f, json_pack ("[o]",
                    ovsdb_op_update ("Physical_Port", ovsdb_where_equal ("name", json_string (port)),
                                     json_pack ("{s:o}", "acl_bindings", ovsdb_json_map (json_object ())))));
}

/* Whether a frame of em3 vlan 2901 from VM2 passes: FALSE when acl-deny was the answer to all of it. */
static gboolean
passes (Fixture *f, const char *payload)
{
  g_autofree char *frame = g_strdup_printf (BCAST VM2 " 8100 0b55 %s", payload);

  test_world_forget (f->world);
  receive (f, EM3, frame);
  for (guint i = 0; i < f->world->drops->len; i++)
    CU_ASSERT_EQUAL (test_world_drop (f->world, i)->reason, NET_DROP_ACL_DENY);
  return f->world->sent->len > 0;
}

static gboolean
told (Fixture *f, const char *rule)
{
  if (f->world->drops->len == 1 && g_str_equal (test_world_drop (f->world, 0)->rule, rule)
      && g_str_equal (test_world_drop (f->world, 0)->table, "ACL"))
    return TRUE;
  for (guint i = 0; i < f->world->drops->len; i++)
    g_print ("# told: %s %s\n", test_world_drop (f->world, i)->table, test_world_drop (f->world, i)->rule);
  return FALSE;
}

static gboolean
column_is (Fixture *f, const char *table, const char *column, const char *expected)
{
  const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (f->db, table));

  test_world_advance (f->world, 100 * NET_MSEC);
  row = ovsdb_table_first (ovsdb_database_table (f->db, table));
  if (ovsdb_row_get (row, column)->n == 0)
    return expected[0] == '\0';
  return g_str_equal (ovsdb_row_text (row, column), expected);
}

/* ---- the rules --------------------------------------------------------------------------------------------------- */

static const char *const payloads[] = { UDP_53, TCP_80, ECHO, FRAGMENT, IPV6_UDP, ARP };

/* What one entry that denies lets through, a letter a payload: Udp, Tcp, Echo, Fragment, ipv6 (6), Arp. */
static void
each_field (void)
{
  static const struct
  {
    const char *match, *through;
  } cases[] = {
    { "sequence=1", "" },
    { "source_mac=fa:16:3e:00:00:12", "" },
    { "source_mac=fa:16:3e:00:00:13", "UTEF6A" },
    { "dest_mac=ff:ff:ff:ff:ff:ff", "" },
    { "dest_mac=fa:16:3e:00:00:12", "UTEF6A" },
    { "ethertype=0x0806", "UTEF6" },
    { "ethertype=0x0800", "6A" },
    { "ethertype=0x86DD", "UTEFA" },
    { "source_ip=10.0.0.12", "6A" },
    { "source_ip=10.0.0.13", "UTEF6A" },
    { "source_ip=10.0.0.13 source_mask=255.255.255.252", "6A" },
    { "source_ip=10.0.0.99 source_mask=0.0.0.0", "6A" },
    { "dest_ip=10.0.0.11 source_ip=10.0.0.12", "6A" },
    { "dest_ip=10.0.0.12", "UTEF6A" },
    { "dest_ip=2001:db8::11", "UTEFA" },
    { "dest_ip=2001:db8:: dest_mask=ffff:ffff::", "UTEFA" },
    { "dest_ip=2001:db8::12", "UTEF6A" },
    { "protocol=17", "TEA" },
    { "protocol=6", "UEF6A" },
    { "protocol=0", "UTEF6A" },
    { "dest_port_min=53 dest_port_max=53", "TEFA" },
    { "dest_port_min=54 dest_port_max=80", "UEF6A" },
    { "dest_port_min=54", "UEF6A" },
    { "dest_port_max=53", "TEFA" },
    { "dest_port_min=53 dest_port_max=80", "EFA" },
    { "source_port_min=4660 source_port_max=4660 protocol=6", "UEF6A" },
    { "source_port_min=4661", "UTEF6A" },
    { "tcp_flags=2 tcp_flags_mask=2", "UEF6A" },
    { "tcp_flags=2", "UEF6A" },
    { "tcp_flags=18", "UTEF6A" },
    { "tcp_flags=18 tcp_flags_mask=2", "UEF6A" },
    { "tcp_flags=0 tcp_flags_mask=2", "UTEF6A" },
    { "icmp_type=8", "UTF6A" },
    { "icmp_type=8 icmp_code=0", "UTF6A" },
    { "icmp_type=8 icmp_code=1", "UTEF6A" },
    { "icmp_type=0", "UTEF6A" },
    { "icmp_code=0", "UTF6A" },
  };
  Fixture f;

  start_blue (&f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *entry = g_strdup_printf ("direction=ingress action=deny %s", cases[i].match);
      g_autoptr (GString) through = g_string_new (NULL);

      put_acl (&f, "web", "em3", 2901, (const char *const[]){ entry, NULL });
      for (guint k = 0; k < G_N_ELEMENTS (payloads); k++)
        if (passes (&f, payloads[k]))
          g_string_append_c (through, "UTEF6A"[k]);
      if (!g_str_equal (through->str, cases[i].through))
        g_print ("# %s: %s, expected %s\n", cases[i].match, through->str, cases[i].through);
      CU_ASSERT_STRING_EQUAL (through->str, cases[i].through);
      CU_ASSERT (column_is (&f, "ACL", "acl_fault_status", ""));
    }
  fixture_clear (&f);
}

static void
lowest_sequence_decides (void)
{
  Fixture f;

  start_blue (&f);
  put_acl (&f, "web", "em3", 2901,
           (const char *const[]){ "sequence=30 direction=ingress action=deny",
                                  "sequence=10 direction=ingress action=permit protocol=17",
                                  "sequence=20 direction=ingress action=deny protocol=17", NULL });
  CU_ASSERT (passes (&f, UDP_53));
  CU_ASSERT_FALSE (passes (&f, TCP_80));
  CU_ASSERT (told (&f, "web sequence 30 at em3 vlan 2901"));
  /* of one number, deny comes first; negative numbers are numbers */
  put_acl (&f, "web", "em3", 2901,
           (const char *const[]){ "sequence=-5 direction=ingress action=permit",
                                  "sequence=-5 direction=ingress action=deny protocol=6", NULL });
  CU_ASSERT (passes (&f, UDP_53));
  CU_ASSERT_FALSE (passes (&f, TCP_80));
  fixture_clear (&f);
}

static void
what_is_denied_is_not_learned (void)
{
  Fixture f;

  start_blue (&f);
  put_acl (&f, "web", "em3", 2901, (const char *const[]){ "sequence=1 direction=ingress action=deny", NULL });
  CU_ASSERT_FALSE (passes (&f, UDP_53));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", ""));
  unbind (&f, "em3");
  CU_ASSERT (passes (&f, UDP_53));
  test_world_advance (f.world, NET_SEC);
  CU_ASSERT (blue_macs_are (&f, "Ucast_Macs_Local", VM2_TEXT));
  fixture_clear (&f);
}

/* An egress list stops the copy to its place alone, from ports and from tunnels, and says so. */
static void
egress (void)
{
  Fixture f;

  start_blue (&f);
  put_acl (&f, "out", "em4", 2901, (const char *const[]){ "sequence=1 direction=egress action=deny", NULL });
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 TAG DATA);
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT_EQUAL (test_world_sent (f.world, 0)->port, UPLINK);
  CU_ASSERT (told (&f, "out sequence 1 at em4 vlan 2901"));
  vtep_gateway_port_changed (f.gateway, EM3, FALSE); /* VM2 is unknown again */
  test_world_forget (f.world);
  receive (&f, UPLINK, FROM_PEER ("001389"));
  CU_ASSERT_EQUAL_FATAL (f.world->sent->len, 1);
  CU_ASSERT (test_sent_is (f.world, 0, EM3, VM2 VM1 TAG DATA));
  CU_ASSERT (told (&f, "out sequence 1 at em4 vlan 2901"));
  put_acl (&f, "out3", "em3", 2901, (const char *const[]){ "sequence=2 direction=egress action=deny", NULL });
  test_world_forget (f.world);
  receive (&f, UPLINK, FROM_PEER ("001389")); /* nobody is left */
  CU_ASSERT_EQUAL (f.world->sent->len, 0);
  CU_ASSERT_EQUAL (f.world->drops->len, 2);
  fixture_clear (&f);
}

static void
whole_port (void)
{
  Fixture f;

  start_blue (&f);
  put_binding (&f, "em3", 0, "blue");
  put_acl (&f, "port", "em3", 0,
           (const char *const[]){ "sequence=1 direction=ingress action=deny protocol=17", NULL });
  CU_ASSERT_FALSE (passes (&f, UDP_53));
  CU_ASSERT (passes (&f, TCP_80));
  test_world_forget (f.world);
  receive (&f, EM3, BCAST VM2 UDP_53); /* untagged */
  CU_ASSERT (told (&f, "port sequence 1 at em3 untagged"));
  /* both: the VLAN's permit does not overrule the port's deny */
  put_acl (&f, "vlan", "em3", 2901,
           (const char *const[]){ "sequence=1 direction=ingress action=deny protocol=6",
                                  "sequence=2 direction=ingress action=permit", NULL });
  CU_ASSERT_FALSE (passes (&f, UDP_53));
  CU_ASSERT (told (&f, "port sequence 1 at em3 vlan 2901"));
  CU_ASSERT_FALSE (passes (&f, TCP_80));
  CU_ASSERT (told (&f, "vlan sequence 1 at em3 vlan 2901"));
  CU_ASSERT (passes (&f, ECHO));
  fixture_clear (&f);
}

static void
change_acts_at_once (void)
{
  Fixture f;

  start_blue (&f);
  put_acl (&f, "web", "em3", 2901,
           (const char *const[]){ "sequence=1 direction=ingress action=deny protocol=17", NULL });
  CU_ASSERT_FALSE (passes (&f, UDP_53));
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("ACL_entry", json_array (),
                                                          json_pack ("{s:i}", "protocol", 6))));
  CU_ASSERT (passes (&f, UDP_53));
  CU_ASSERT_FALSE (passes (&f, TCP_80));
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("ACL", json_array (),
                                                          json_pack ("{s:s}", "acl_name", "renamed"))));
  CU_ASSERT_FALSE (passes (&f, TCP_80));
  CU_ASSERT (told (&f, "renamed sequence 1 at em3 vlan 2901"));
  fixture_restart (&f, NULL);
  answer_arp (&f, "0a087d12", "020a087d0018");
  CU_ASSERT_FALSE (passes (&f, TCP_80));
  fixture_execute (
      &f, json_pack ("[o]", ovsdb_op_update ("Physical_Switch", json_array (),
                                             json_pack ("{s:o}", "ports", ovsdb_json_set (json_array ())))));
  test_world_advance (f.world, NET_SEC);
  fixture_clear (&f);
}

static void
faults (void)
{
  static const char *const bad[] = {
    "source_mac=nonsense",
    "dest_mac=",
    "ethertype=2048",
    "ethertype=0xfffff",
    "source_ip=10.0.0",
    "dest_ip=10.0.0.1 dest_mask=ffff::",
    "source_mask=255.0.0.0",
    "source_ip=10.0.0.1 dest_ip=::1",
    "protocol=256",
    "protocol=-1",
    "dest_port_min=70000",
    "dest_port_min=80 dest_port_max=79",
    "dest_port_min=80 protocol=1",
    "tcp_flags=2 protocol=17",
    "tcp_flags_mask=2",
    "icmp_type=8 protocol=6",
    "icmp_type=300",
    "icmp_code=0 dest_port_min=5",
    "ethertype=0x0806 source_ip=10.0.0.1",
    "ethertype=0x0800 source_ip=::1",
  };
  Fixture f;

  start_blue (&f);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *entry = g_strdup_printf ("sequence=1 direction=ingress action=deny %s", bad[i]);

      fixture_execute (
          &f,
          json_pack ("[o, o, o]",
                     ovsdb_op_update ("Physical_Port", json_array (),
                                      json_pack ("{s:o}", "acl_bindings", ovsdb_json_map (json_object ()))),
                     ovsdb_op_delete ("ACL", json_array ()), ovsdb_op_delete ("ACL_entry", json_array ())));
      put_acl (&f, "web", "em3", 2901,
               (const char *const[]){ entry, "sequence=2 direction=ingress action=deny protocol=6", NULL });
      test_world_advance (f.world, 100 * NET_MSEC);
      if (!column_is (&f, "ACL_entry", "acle_fault_status", "invalid_acl_entry"))
        {
          g_print ("# %s\n", bad[i]);
          CU_FAIL ("no fault was found");
        }
      CU_ASSERT (column_is (&f, "ACL", "acl_fault_status", "invalid_acl"));
      CU_ASSERT (column_is (&f, "Physical_Port", "port_fault_status", "invalid_ACL_binding"));
      CU_ASSERT (passes (&f, UDP_53));       /* the bad entry is left out */
      CU_ASSERT_FALSE (passes (&f, TCP_80)); /* the good one holds */
    }
  put_acl (&f, "web", "em3", 2901, (const char *const[]){ "sequence=1 direction=ingress action=deny", NULL });
  CU_ASSERT (column_is (&f, "ACL", "acl_fault_status", ""));
  CU_ASSERT (column_is (&f, "Physical_Port", "port_fault_status", ""));
  fixture_clear (&f);
}

static void
entry_without_list (void)
{
  Fixture f;

  start_blue (&f);
  fixture_execute (
      &f, json_pack ("[o]",
                     ovsdb_op_insert ("ACL_entry", NULL,
                                      entry_row ("sequence=1 direction=ingress action=deny protocol=256"))));
  CU_ASSERT (column_is (&f, "ACL_entry", "acle_fault_status", "invalid_acl_entry"));
  fixture_execute (&f, json_pack ("[o]", ovsdb_op_update ("ACL_entry", json_array (),
                                                          json_pack ("{s:i}", "protocol", 17))));
  CU_ASSERT (column_is (&f, "ACL_entry", "acle_fault_status", ""));
  fixture_clear (&f);
}

static void
reserved_vlan (void)
{
  Fixture f;

  start_blue (&f);
  put_acl (&f, "web", "em3", 4095, (const char *const[]){ "sequence=1 direction=ingress action=deny", NULL });
  CU_ASSERT (column_is (&f, "Physical_Port", "port_fault_status", "invalid_ACL_binding"));
  CU_ASSERT (passes (&f, UDP_53));
  unbind (&f, "em3");
  CU_ASSERT (column_is (&f, "Physical_Port", "port_fault_status", ""));
  fixture_clear (&f);
}

/* Any order of the entries makes the same list: 100 shuffles of twelve entries, every packet. */
static void
order_of_rows (void)
{
  VtepAclEntry entries[12];
  guint64 random = 3;
  g_autofree char *expected = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    entries[i] = (VtepAclEntry){ .sequence = i / 3,
                                 .deny = i % 2,
                                 .fields = VTEP_ACL_PROTOCOL | (i % 4 ? VTEP_ACL_DESTINATION_PORT : 0),
                                 .protocol = i % 3 ? 17 : 6,
                                 .destination_ports = { (guint16) (i * 5), (guint16) (i * 9) } };
  for (guint round = 0; round < 100; round++)
    {
      g_autoptr (VtepAcl) acl = vtep_acl_new ("x");
      GString *text = g_string_new (NULL);
      g_autofree char *got = NULL;

      for (guint i = G_N_ELEMENTS (entries) - 1; i > 0; i--)
        {
          guint k;
          VtepAclEntry held = entries[i];
          random
              = random * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
          k = (guint) (random >> 40) % (i + 1);
          entries[i] = entries[k];
          entries[k] = held;
        }
      vtep_acl_set (acl, entries, G_N_ELEMENTS (entries));
      for (guint port = 0; port < 110; port++)
        for (guint protocol = 6; protocol <= 17; protocol += 11)
          {
            VtepPacket packet = { .address_length = 4,
                                  .protocol = (guint8) protocol,
                                  .has_ports = TRUE,
                                  .destination_port = (guint16) port };
            const VtepAclEntry *entry = vtep_acl_match (acl, VTEP_ACL_INGRESS, &packet);
            g_string_append_printf (text, "%d.%d ", entry ? (int) entry->sequence : -1,
                                    entry ? entry->deny : 0);
          }
      got = g_string_free (text, FALSE);
      if (!expected)
        expected = g_strdup (got);
      CU_ASSERT_STRING_EQUAL (got, expected);
    }
}

int
main (void)
{
  return tap_main (
      "acl", (TapTest[]){
                 { "each field matches what it names and nothing else", each_field },
                 { "the lowest sequence that matches decides, deny before permit", lowest_sequence_decides },
                 { "a source that is denied is not learned", what_is_denied_is_not_learned },
                 { "an egress list stops the copies to its place", egress },
                 { "VLAN 0 is the whole port, and either list may deny", whole_port },
                 { "a changed entry holds for the next frame, and after a restart", change_acts_at_once },
                 { "entries that cannot be served say so, and the others hold", faults },
                 { "an entry has its fault, and is rid of it, whoever refers to it", entry_without_list },
                 { "VLAN 4095 takes no list", reserved_vlan },
                 { "the order of rows does not matter", order_of_rows },
                 { NULL, NULL },
             });
}

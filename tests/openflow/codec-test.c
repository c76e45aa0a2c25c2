/* Flows, groups, packets, ports and statistics, byte for byte. */
#include "wire.h"

#include "openflow/multipart.h"
#include "openflow/packet.h"

/* Bytes read by their rows. */
/* clang-format off */

#define NICIRA 0x00, 0x00, 0x23, 0x20
#define FOUR_FF 0xff, 0xff, 0xff, 0xff
#define FOUR_0 0, 0, 0, 0
#define EIGHT_0 FOUR_0, FOUR_0

static void
flow_mod (void)
{
  g_autoptr (GByteArray) bytes
      = wire_flow ("table=51,cookie=0x803138a,priority=20,metadata=0x138a000000/0xffff000000,dl_dst=fa:16:3e:00:00:02,"
                   "actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220)");
  static const guint8 expected[] = {
    4, 14, 0, 152, 0, 0, 0, 1,                      /* header */
    FOUR_0, 0x08, 0x03, 0x13, 0x8a, EIGHT_0,        /* cookie, mask */
    51, 0, 0, 0, 0, 0, 0, 20,                       /* table, ADD, timeouts, priority */
    FOUR_FF, FOUR_FF, FOUR_FF, 0, 0, 0, 0,          /* buffer, out port, out group, flags, pad */
    0, 1, 0, 34,                                    /* OXM match of 34 bytes */
    0x80, 0x00, 0x05, 16,                           /* metadata with mask */
    0, 0, 0, 0x13, 0x8a, 0, 0, 0,                   /* value */
    0, 0, 0, 0xff, 0xff, 0, 0, 0,                   /* mask */
    0x80, 0x00, 0x06, 6,                            /* eth_dst */
    0xfa, 0x16, 0x3e, 0, 0, 2, 0, 0, 0, 0, 0, 0,    /* value, padding of the match */
    0, 4, 0, 64, FOUR_0,                            /* apply actions */
    0, 25, 0, 16, 0x80, 0x00, 0x4c, 8,              /* set_field tunnel_id */
    0, 0, 0, 0, 0, 0, 0, 0x64,                      /* 100 */
    0xff, 0xff, 0, 24, NICIRA, 0, 7,                /* reg_load */
    0, 31, 0x00, 0x01, 0x0c, 4,                     /* from bit 0, 32 bits; NXM_NX_REG6 */
    0, 0, 0, 0, 0, 0, 0x0e, 0x00,                   /* value */
    0xff, 0xff, 0, 16, NICIRA, 0, 14,               /* resubmit with table */
    0xff, 0xf8, 220, 0, 0, 0,                       /* IN_PORT, table */
  };

  tap_bytes_equal (__FILE__, __LINE__, bytes->data, bytes->len, expected, sizeof expected);
}

static void
learn (void)
{
  g_auto (OpenflowActions) actions = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const guint8 expected[] = {
    0xff, 0xff, 0, 72, NICIRA, 0, 16,               /* learn */
    0, 0, 0, 10, 0, 0,                              /* idle and hard timeout, priority */
    FOUR_0, 0x08, 0x60, 0, 0,                       /* cookie */
    0, 0, 49, 0, 0, 0, 0, 0,                        /* flags, table, pad, FIN timeouts */
    0x00, 48, 0, 0, 0x04, 6, 0, 0, 0, 0, 0x04, 6, 0, 0, /* match 48 bits: NXM_OF_ETH_SRC with itself */
    0x00, 20, 0, 1, 0x02, 4, 0, 0, 0, 1, 0x02, 4, 0, 0, /* match 20 bits: NXM_NX_REG1 with itself */
    0x28, 8, 0, 1, 0, 1, 0x08, 4, 0, 0,             /* load 8 bits immediate: 1 into NXM_NX_REG4 */
    0, 0,                                           /* padding */
  };

  CU_ASSERT (openflow_actions_parse ("learn(table=49,hard_timeout=10,priority=0,cookie=0x8600000,NXM_OF_ETH_SRC[],"
                                     "NXM_NX_REG1[0..19],load:0x1->NXM_NX_REG4[0..7])",
                                     &actions, NULL));
  openflow_actions_encode (&actions, bytes);
  tap_bytes_equal (__FILE__, __LINE__, bytes->data, bytes->len, expected, sizeof expected);
}

static void
expect_match (const char *text, const guint8 *expected, gsize n)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowMatch match, back;
  NetCursor cursor;

  CU_ASSERT_FATAL (openflow_match_parse (text, &match, NULL));
  openflow_match_encode (&match, bytes);
  tap_bytes_equal (__FILE__, __LINE__, bytes->data, bytes->len, expected, n);
  cursor = net_cursor (bytes->data, bytes->len);
  CU_ASSERT (openflow_match_decode (&cursor, &back, NULL));
  CU_ASSERT_EQUAL (net_cursor_left (&cursor), 0);
  CU_ASSERT (openflow_match_equal (&match, &back));
}

static void
vlan_matches (void)
{
  /* No tag: OFPVID_NONE, exact. */
  expect_match ("vlan_tci=0x0000/0x1fff", WIRE (0, 1, 0, 10, 0x80, 0, 0x0c, 2, 0, 0, 0, 0, 0, 0, 0, 0));
  /* 2901 = 0xb55, with OFPVID_PRESENT. */
  expect_match ("dl_vlan=2901", WIRE (0, 1, 0, 10, 0x80, 0, 0x0c, 2, 0x1b, 0x55, 0, 0, 0, 0, 0, 0));
  /* Any tag: OFPVID_PRESENT under itself. */
  expect_match ("vlan_tci=0x1000/0x1000", WIRE (0, 1, 0, 12, 0x80, 0, 0x0d, 4, 0x10, 0, 0x10, 0, 0, 0, 0, 0));
  expect_match ("dl_vlan=5,dl_vlan_pcp=3",
                WIRE (0, 1, 0, 15, 0x80, 0, 0x0c, 2, 0x10, 5, 0x80, 0, 0x0e, 1, 3, 0));
  /* A shape that OXM has not: Nicira's TCI. */
  expect_match ("vlan_tci=0xe000/0xe000", WIRE (0, 1, 0, 12, 0, 0, 0x09, 4, 0xe0, 0, 0xe0, 0, 0, 0, 0, 0));
}

static void
tracking (void)
{
  static const guint8 expected[] = {
    0xff, 0xff, 0, 24, NICIRA, 0, 35, /* ct */
    0, 1, 0, 0, 0, 0, 0, 9,           /* commit, no zone's field, zone 9 */
    4, 0, 0, 0, 0, 0,                 /* table 4, padding, no helper */
    0xff, 0xff, 0, 24, NICIRA, 0, 35, /* ct */
    0, 0, 0, 1, 0, 4, 4, 0x0f,        /* zone of NXM_NX_REG0, from bit 16, 16 bits */
    0xff, 0, 0, 0, 0, 0,              /* no table */
    0xff, 0xff, 0, 16, NICIRA, 0, 43, /* ct_clear */
    0, 0, 0, 0, 0, 0,
  };
  g_auto (OpenflowActions) actions = { 0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  CU_ASSERT_FATAL (openflow_actions_parse ("ct(commit,table=4,zone=9),ct(zone=NXM_NX_REG0[16..31]),ct_clear", &actions, NULL));
  openflow_actions_encode (&actions, bytes);
  tap_bytes_equal (__FILE__, __LINE__, bytes->data, bytes->len, expected, sizeof expected);
  expect_match ("ct_state=+trk-inv,ct_zone=7",
                WIRE (0, 1, 0, 22, 0, 1, 0xd3, 8, 0, 0, 0, 0x20, 0, 0, 0, 0x30, /* NXM_NX_CT_STATE with mask */
                      0, 1, 0xd4, 2, 0, 7, 0, 0));                              /* NXM_NX_CT_ZONE, padding */
}

static void
protocol_matches (void)
{
  expect_match ("arp,arp_op=1,arp_tpa=10.0.0.12",
                WIRE (0, 1, 0, 24, 0x80, 0, 0x0a, 2, 8, 6, 0x80, 0, 0x2e, 4, 10, 0, 0, 12, /* eth_type, arp_tpa */
                      0x80, 0, 0x2a, 2, 0, 1));                                           /* arp_op */
  expect_match ("udp,nw_src=10.0.0.0/8,udp_dst=67",
                WIRE (0, 1, 0, 33, 0x80, 0, 0x0a, 2, 8, 0, 0x80, 0, 0x14, 1, 17, /* eth_type, ip_proto */
                      0x80, 0, 0x17, 8, 10, 0, 0, 0, 255, 0, 0, 0,               /* ipv4_src with mask */
                      0x80, 0, 0x20, 2, 0, 67, 0, 0, 0, 0, 0, 0, 0));            /* udp_dst, padding */
  expect_match ("in_port=LOCAL,tun_id=5,reg1=0x10/0xf0",
                WIRE (0, 1, 0, 36, 0, 1, 0x03, 8, 0, 0, 0, 0x10, 0, 0, 0, 0xf0, /* NXM_NX_REG1 with mask */
                      0x80, 0, 0x4c, 8, 0, 0, 0, 0, 0, 0, 0, 5,                 /* tunnel_id */
                      0x80, 0, 0x00, 4, 0xff, 0xff, 0xff, 0xfe, FOUR_0));       /* in_port, padding */
}

static void
group_mod (void)
{
  g_autoptr (GByteArray) bytes
      = wire_group ("group_id=210003,type=all,bucket=actions=set_field:0x4->tun_id,resubmit(,55)");
  static const guint8 expected[] = {
    4, 15, 0, 64, 0, 0, 0, 1,          /* header */
    0, 0, 0, 0, 0x00, 0x03, 0x34, 0x53, /* ADD, ALL, pad, 210003 */
    0, 48, 0, 0, FOUR_FF, FOUR_FF, FOUR_0, /* bucket: length, weight, watch port, watch group, pad */
    0, 25, 0, 16, 0x80, 0x00, 0x4c, 8, 0, 0, 0, 0, 0, 0, 0, 4,         /* set_field tunnel_id 4 */
    0xff, 0xff, 0, 16, NICIRA, 0, 14, 0xff, 0xf8, 55, 0, 0, 0,         /* resubmit(,55) */
  };

  tap_bytes_equal (__FILE__, __LINE__, bytes->data, bytes->len, expected, sizeof expected);
}

static void
packet_in_and_out (void)
{
  static const guint8 frame[] = { 1, 2, 3 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowPacketIn in = { .buffer_id = OPENFLOW_NO_BUFFER,
                          .total_length = 3,
                          .reason = OPENFLOW_PACKET_IN_ACTION,
                          .table = 50,
                          .cookie = 0x8050000,
                          .frame = frame,
                          .length = 3 };
  g_auto (OpenflowPacketOut) out = { 0 };

  openflow_match_set (&in.match, OPENFLOW_FIELD_IN_PORT, 3);
  openflow_packet_in_encode (&in, 0, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 10, 0, 45, FOUR_0,          /* header */
                    FOUR_FF, 0, 3, 1, 50, FOUR_0, 0x08, 0x05, 0, 0,         /* buffer, length, reason, table, cookie */
                    0, 1, 0, 12, 0x80, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 0,     /* in_port 3, padding */
                    0, 0, 1, 2, 3);                                         /* pad, frame */
  openflow_packet_out_init (&out, frame, 3);
  openflow_actions_output (&out.actions, 4);
  g_byte_array_set_size (bytes, 0);
  openflow_packet_out_encode (&out, 2, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 13, 0, 43, 0, 0, 0, 2,      /* header */
                    FOUR_FF, 0xff, 0xff, 0xff, 0xfd, 0, 16, 0, 0, FOUR_0,   /* buffer, CONTROLLER, actions, pad */
                    0, 0, 0, 16, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3); /* output:4, frame */
}

static void
flow_removed (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const OpenflowFlowRemoved removed = { .cookie = 1,
                                        .priority = 20,
                                        .reason = OPENFLOW_REMOVED_IDLE_TIMEOUT,
                                        .table = 50,
                                        .duration_ns = 300 * G_GINT64_CONSTANT (1000000000) + 7,
                                        .idle_timeout = 300,
                                        .n_packets = 2,
                                        .n_bytes = 84 };

  openflow_flow_removed_encode (&removed, 0, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 11, 0, 56, FOUR_0, 0, 0, 0, 0, 0, 0, 0, 1, /* header, cookie */
                    0, 20, 0, 50, 0, 0, 0x01, 0x2c, 0, 0, 0, 7, 0x01, 0x2c, 0, 0, /* priority … hard timeout */
                    0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 84,              /* packets, bytes */
                    0, 1, 0, 4, 0, 0, 0, 0);                                     /* an empty match */
}

static void
port_status (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const OpenflowPortStatus status = { .reason = OPENFLOW_PORT_ADD,
                                      .port = { .number = 3,
                                                .mac = { { 0xfe, 0x16, 0x3e, 0, 0, 1 } },
                                                .name = "tap1",
                                                .state = OPENFLOW_PORT_STATE_LIVE } };

  openflow_port_status_encode (&status, 0, bytes);
  TAP_ASSERT_BYTES (bytes->data, bytes->len, 4, 12, 0, 80, FOUR_0, 0, 0, 0, 0, 0, 0, 0, 0, /* header, ADD, pad */
                    0, 0, 0, 3, FOUR_0, 0xfe, 0x16, 0x3e, 0, 0, 1, 0, 0,                   /* number, pad, MAC, pad */
                    't', 'a', 'p', '1', FOUR_0, EIGHT_0,                                   /* name */
                    FOUR_0, 0, 0, 0, 4, EIGHT_0, EIGHT_0, EIGHT_0);                        /* config, state LIVE, … */
}

static void
long_replies_come_in_parts (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OpenflowMultipartReply reply;
  OpenflowSplitter splitter;
  OpenflowMessage message;
  guint n_parts = 0, n_ports = 0;

  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_PORT_DESC, 9, bytes);
  for (guint i = 0; i < 3000; i++)
    {
      const OpenflowPort port = { .number = i + 1 };
      openflow_port_encode (&port, bytes);
      openflow_multipart_reply_entry (&reply);
    }
  openflow_multipart_reply_end (&reply);

  openflow_splitter_init (&splitter);
  openflow_splitter_add (&splitter, bytes->data, bytes->len);
  while (openflow_splitter_next (&splitter, &message) == OPENFLOW_SPLIT_MESSAGE)
    {
      OpenflowMultipart part;
      OpenflowPort port;

      CU_ASSERT (openflow_multipart_decode (&message, &part, NULL));
      CU_ASSERT_EQUAL (message.xid, 9);
      n_parts++;
      while (openflow_port_decode (&part.body, &port))
        CU_ASSERT_EQUAL (port.number, ++n_ports);
      CU_ASSERT_EQUAL (net_cursor_left (&part.body), 0);
      CU_ASSERT_EQUAL (part.flags, n_ports < 3000 ? OPENFLOW_MULTIPART_MORE : 0);
    }
  CU_ASSERT_EQUAL (n_ports, 3000);
  CU_ASSERT_EQUAL (n_parts, 3); /* 192,000 bytes in parts of at most 65,535 */
  openflow_splitter_clear (&splitter);
}

static void
flow_statistics_come_back (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_auto (OpenflowFlowMod) mod = { 0 };
  OpenflowFlowStats stats, back;
  NetCursor cursor;

  CU_ASSERT (openflow_flow_parse ("table=3,priority=9,arp,actions=group:4,goto_table:7", &mod, NULL));
  stats = (OpenflowFlowStats){ .table = 3,
                               .duration_ns = 5,
                               .priority = 9,
                               .n_packets = 1,
                               .n_bytes = 42,
                               .match = mod.match,
                               .instructions = mod.instructions };
  openflow_flow_stats_encode (&stats, bytes);
  CU_ASSERT_EQUAL (net_get_be16 (bytes->data), bytes->len);
  cursor = net_cursor (bytes->data, bytes->len);
  CU_ASSERT_FATAL (openflow_flow_stats_decode (&cursor, &back, NULL));
  CU_ASSERT_EQUAL (back.n_bytes, 42);
  CU_ASSERT (openflow_match_equal (&back.match, &mod.match));
  CU_ASSERT (openflow_instructions_equal (&back.instructions, &mod.instructions));
  openflow_flow_stats_clear (&back);
}

static void
notes_are_kept_whole (void)
{
  g_autoptr (GByteArray) bytes
      = wire_flow ("actions=note:01.02.03.04.05.06.07.08.09.0a.0b.0c.0d.0e.0f.10.11.12.13.14.15.16.17.18.19.1a.1b.1c."
                   "1d.1e.1f.20.21.22.23.24.25.26");
  OpenflowMessage message = wire_message (bytes->data, bytes->len);
  g_auto (OpenflowFlowMod) mod = { 0 };
  const OpenflowAction *note;

  CU_ASSERT_EQUAL (bytes->len, 48 + 8 + 8 + 48); /* head, match, instruction, action without padding */
  CU_ASSERT_FATAL (openflow_flow_mod_decode (&message, &mod, NULL));
  CU_ASSERT_EQUAL_FATAL (mod.instructions.apply.n, 1);
  note = &mod.instructions.apply.items[0];
  CU_ASSERT_EQUAL (note->type, OPENFLOW_ACTION_NOTE);
  CU_ASSERT_EQUAL (note->note.n, 38);
  CU_ASSERT_EQUAL (note->note.bytes[0], 1);
  CU_ASSERT_EQUAL (note->note.bytes[37], 0x26);
}

static const TapTest tests[] = {
  { "FLOW_MOD with OXM, set_field and Nicira actions, byte for byte", flow_mod },
  { "a learn action with fields, part of a field and an immediate, byte for byte", learn },
  { "VLAN matches of every shape", vlan_matches },
  { "matches of ARP, UDP, ports, tunnels and registers", protocol_matches },
  { "ct actions, and matches of ct_state and ct_zone, byte for byte", tracking },
  { "GROUP_MOD with a bucket, byte for byte", group_mod },
  { "PACKET_IN and PACKET_OUT, byte for byte", packet_in_and_out },
  { "FLOW_REMOVED, byte for byte", flow_removed },
  { "PORT_STATUS, byte for byte", port_status },
  { "a long reply is cut between entries, all parts but the last marked", long_replies_come_in_parts },
  { "a flow's statistics come back as they went", flow_statistics_come_back },
  { "a note of 38 bytes is kept whole", notes_are_kept_whole },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("openflow-codec", tests);
}

/* Bytes that are wrong: each gets the standard's error, and none is read past its end. */
#include "wire.h"

#include "openflow/multipart.h"
#include "openflow/packet.h"
#include "openflow/session.h"

#include <stdlib.h>

/* Bytes read by their rows. */
/* clang-format off */

#define RANDOM_MESSAGES 60000
#define FLOW_HEAD                                                                                             \
  4, 14, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, \
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0
#define NO_MATCH 0, 1, 0, 4, 0, 0, 0, 0

/* A heap block of its own, so that a sanitizer sees one byte too many. */
static guint8 *
own_block (const guint8 *bytes, gsize n)
{
  guint8 *block = malloc (MAX (n, 1));
  memcpy (block, bytes, n);
  return block;
}

static void
expect_flow_error (gint pair, const guint8 *bytes, gsize n)
{
  guint8 *block = own_block (bytes, n);
  OpenflowMessage message = wire_message (block, n);
  OpenflowFlowMod mod;
  g_autoptr (GError) error = NULL;

  CU_ASSERT_FALSE (openflow_flow_mod_decode (&message, &mod, &error));
  if (error && error->code != pair)
    g_print ("# expected %s, got %s: %s\n", openflow_error_name (pair), openflow_error_name (error->code),
             error->message);
  CU_ASSERT (g_error_matches (error, OPENFLOW_ERROR, pair));
  free (block);
}

static void
bad_matches (void)
{
  expect_flow_error (OPENFLOW_ERROR_BAD_LENGTH, WIRE (4, 14, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_TYPE, WIRE (FLOW_HEAD, 0, 0, 0, 4, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_LENGTH, WIRE (FLOW_HEAD, 0, 1, 0, 3, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_LENGTH, WIRE (FLOW_HEAD, 0, 1, 0, 40, 0x80, 0, 0, 4));
  /* An OXM header of 4 bytes, and 3 behind it. */
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_LENGTH,
                     WIRE (FLOW_HEAD, 0, 1, 0, 11, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_FIELD, /* OXM field 100 */
                     WIRE (FLOW_HEAD, 0, 1, 0, 9, 0x80, 0, 0xc8, 1, 0, 0, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_LENGTH, /* in_port of 2 bytes */
                     WIRE (FLOW_HEAD, 0, 1, 0, 10, 0x80, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_PREREQUISITE, /* arp_op alone */
                     WIRE (FLOW_HEAD, 0, 1, 0, 10, 0x80, 0, 0x2a, 2, 0, 1, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_MASK, /* eth_type with a mask */
                     WIRE (FLOW_HEAD, 0, 1, 0, 12, 0x80, 0, 0x0b, 4, 8, 0, 0xff, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_WILDCARDS, /* vlan_vid 0x1001/0x1000 */
                     WIRE (FLOW_HEAD, 0, 1, 0, 12, 0x80, 0, 0x0d, 4, 0x10, 1, 0x10, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_BAD_VALUE, /* vlan_vid has 13 bits */
                     WIRE (FLOW_HEAD, 0, 1, 0, 10, 0x80, 0, 0x0c, 2, 0x30, 1, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_MATCH_DUPLICATE,
                     WIRE (FLOW_HEAD, 0, 1, 0, 16, 0x80, 0, 0x0a, 2, 8, 0, 0x80, 0, 0x0a, 2, 8, 0));
}

static void
bad_instructions (void)
{
  expect_flow_error (OPENFLOW_ERROR_INSTRUCTION_UNKNOWN, WIRE (FLOW_HEAD, NO_MATCH, 0, 9, 0, 8, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_INSTRUCTION_BAD_LENGTH, WIRE (FLOW_HEAD, NO_MATCH, 0, 1, 0, 7, 1, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_INSTRUCTION_BAD_LENGTH, WIRE (FLOW_HEAD, NO_MATCH, 0, 1, 0, 16, 1, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_INSTRUCTION_DUPLICATE,
                     WIRE (FLOW_HEAD, NO_MATCH, 0, 1, 0, 8, 1, 0, 0, 0, 0, 1, 0, 8, 2, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_INSTRUCTION_BAD_EXPERIMENTER,
                     WIRE (FLOW_HEAD, NO_MATCH, 0xff, 0xff, 0, 8, 1, 2, 3, 4));
}

#define APPLY(n) 0, 4, 0, (n), 0, 0, 0, 0
#define NICIRA(n, subtype) 0xff, 0xff, 0, (n), 0, 0, 0x23, 0x20, 0, (subtype)

static void
bad_actions (void)
{
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_TYPE,
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (16), 0, 99, 0, 8, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_LENGTH,
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (16), 0, 0, 0, 8, 0, 0, 0, 1));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_LENGTH,
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (16), 0, 22, 0, 0, 0, 0, 0, 1));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_LENGTH, /* an output of 24 bytes; it has 16 */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (32), 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                           0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_LENGTH, /* a note of 46 bytes; 38 are kept */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (64), NICIRA (56, 8), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
                           16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
                           41, 42, 43, 44, 45, 46));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_EXPERIMENTER,
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (24), 0xff, 0xff, 0, 16, 1, 2, 3, 4, 0, 1, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_EXPERIMENTER_TYPE,
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (24), NICIRA (16, 200), 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT, /* bits 10 to 41 of a register */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (32), NICIRA (24, 7), 0x02, 0x9f, 0, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0,
                           1));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_ARGUMENT, /* 4 into two bits */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (32), NICIRA (24, 7), 0x00, 0x01, 0, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0,
                           4));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_SET_ARGUMENT, /* eth_type cannot be set */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (24), 0, 25, 0, 16, 0x80, 0, 0x0a, 2, 8, 0, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_SET_TYPE, /* no such field */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (24), 0, 25, 0, 16, 0x80, 0, 0xc8, 2, 8, 0, 0, 0, 0, 0, 0, 0));
  expect_flow_error (OPENFLOW_ERROR_ACTION_BAD_ARGUMENT, /* push_vlan of EtherType 0x0800 */
                     WIRE (FLOW_HEAD, NO_MATCH, APPLY (16), 0, 17, 0, 8, 8, 0, 0, 0));
}

static void
bad_groups (void)
{
  static const struct
  {
    gint pair;
    guint8 bytes[32];
  } cases[] = {
    { OPENFLOW_ERROR_GROUP_BAD_COMMAND, { 4, 15, 0, 32, 0, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 1 } },
    { OPENFLOW_ERROR_GROUP_BAD_TYPE, { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 4, 0, 0, 0, 0, 1 } },
    { OPENFLOW_ERROR_GROUP_INVALID, { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc } },
    { OPENFLOW_ERROR_GROUP_BAD_BUCKET, { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 8 } },
    { OPENFLOW_ERROR_GROUP_BAD_BUCKET, { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 24 } },
    /* A weight in a group of type all; a fast-failover bucket that watches nothing; one of type all that watches port 1. */
    { OPENFLOW_ERROR_GROUP_INVALID, { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 16, 0, 5 } },
    { OPENFLOW_ERROR_GROUP_INVALID,
      { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 1, 0, 16, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255 } },
    { OPENFLOW_ERROR_GROUP_WATCH_UNSUPPORTED,
      { 4, 15, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 16, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      OpenflowMessage message = wire_message (cases[i].bytes, sizeof cases[i].bytes);
      OpenflowGroupMod mod;
      g_autoptr (GError) error = NULL;
      CU_ASSERT_FALSE (openflow_group_mod_decode (&message, &mod, &error));
      CU_ASSERT (g_error_matches (error, OPENFLOW_ERROR, cases[i].pair));
    }
}

/* Reads a message as every type there is. */
static void
read_all (const OpenflowMessage *message)
{
  OpenflowErrorReport report;
  OpenflowFeatures features;
  OpenflowConfig config;
  OpenflowRoleChange role;
  OpenflowAsync async;
  OpenflowPortStatus status;
  OpenflowPortMod port_mod;
  OpenflowFlowRemoved removed;
  OpenflowPacketIn packet_in;
  OpenflowMultipart multipart;
  OpenflowFlowRequest request;
  guint32 versions;
  g_auto (OpenflowFlowMod) flow = { 0 };
  g_auto (OpenflowGroupMod) group = { 0 };
  g_auto (OpenflowPacketOut) packet_out = { 0 };

  openflow_error_decode (message, &report, NULL);
  openflow_hello_decode (message, &versions, NULL);
  openflow_features_decode (message, &features, NULL);
  openflow_config_decode (message, &config, NULL);
  openflow_role_decode (message, &role, NULL);
  openflow_async_decode (message, &async, NULL);
  openflow_port_status_decode (message, &status, NULL);
  openflow_port_mod_decode (message, &port_mod, NULL);
  openflow_flow_removed_decode (message, &removed, NULL);
  openflow_packet_in_decode (message, &packet_in, NULL);
  openflow_flow_mod_decode (message, &flow, NULL);
  openflow_group_mod_decode (message, &group, NULL);
  openflow_packet_out_decode (message, &packet_out, NULL);
  if (openflow_multipart_decode (message, &multipart, NULL))
    {
      OpenflowFlowStats stats;
      OpenflowGroupMod description;
      NetCursor body = multipart.body;
      openflow_flow_request_decode (multipart.body, &request, NULL);
      while (openflow_flow_stats_decode (&body, &stats, NULL))
        openflow_flow_stats_clear (&stats);
      openflow_flow_stats_clear (&stats);
      body = multipart.body;
      while (openflow_group_description_decode (&body, &description, NULL))
        openflow_group_mod_clear (&description);
    }
}

static guint64
next_random (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void
truncated_and_turned (void)
{
  static const char *const flows[] = {
    "table=50,priority=0,actions=CONTROLLER:65535,learn(table=49,hard_timeout=10,NXM_OF_ETH_SRC[],"
    "NXM_NX_REG1[0..19]=NXM_NX_REG2[0..19],load:0x1->NXM_NX_REG4[0..7],output:NXM_OF_IN_PORT[]),goto_table:51",
    "icmp6,icmpv6_type=135,nd_target=fe80::1,ipv6_src=fe80::/10,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],"
    "set_field:fe80::1->ipv6_dst,write_actions(group:5,set_field:5->reg3),write_metadata:1/3,note:01.02.03",
  };
  guint64 state = 2901;

  for (guint f = 0; f < G_N_ELEMENTS (flows); f++)
    {
      g_autoptr (GByteArray) bytes = wire_flow (flows[f]);
      for (guint n = OPENFLOW_HEADER; n <= bytes->len; n++)
        {
          guint8 *block = own_block (bytes->data, n);
          OpenflowMessage message = wire_message (block, n);
          read_all (&message);
          free (block);
        }
      for (guint i = 0; i < RANDOM_MESSAGES / 4; i++)
        {
          guint8 *block = own_block (bytes->data, bytes->len);
          OpenflowMessage message;
          for (guint k = 0; k < 1 + next_random (&state) % 3; k++)
            block[8 + next_random (&state) % (bytes->len - 8)] ^= (guint8) (1u << next_random (&state) % 8);
          message = wire_message (block, bytes->len);
          read_all (&message);
          free (block);
        }
    }
}

static void
random_bytes (void)
{
  guint64 state = 5001;

  for (guint i = 0; i < RANDOM_MESSAGES; i++)
    {
      gsize n = OPENFLOW_HEADER + next_random (&state) % 120;
      guint8 *block = malloc (n);
      OpenflowMessage message;
      for (gsize k = 0; k < n; k++)
        block[k] = (guint8) (next_random (&state) >> 11);
      /* Half of them begin like a match, so that more than the first check is met. */
      if (i & 1 && n >= 64)
        memcpy (block + 48, (const guint8[]){ 0, 1, 0, 12, 0x80, 0, 0x0d, 4 }, 8);
      message = wire_message (block, n);
      read_all (&message);
      free (block);
    }
}

static const TapTest tests[] = {
  { "bad matches get the standard's errors", bad_matches },
  { "bad instructions get the standard's errors", bad_instructions },
  { "bad actions get the standard's errors", bad_actions },
  { "bad groups get the standard's errors", bad_groups },
  { "truncated messages and turned bits are read within their bounds", truncated_and_turned },
  { "random bytes are read within their bounds", random_bytes },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("openflow-refuse", tests);
}

/* A compute's OpenFlow session: connection, liveness, requests, errors, roles. */
#include "ovs-bench.h"

#include "models/ovs/sessions.h"
#include "openflow/multipart.h"
#include "openflow/packet.h"
#include "openflow/session.h"

#define BYTES(...)                                                                                           \
  (const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]) { __VA_ARGS__ }

static void
greets_and_describes_itself (void)
{
  OvsBench bench;
  OpenflowMessage message;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_send (&bench, BYTES (4, 5, 0, 8, 0, 0, 0, 2)); /* FEATURES_REQUEST */
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_FEATURES_REPLY, 0, &message));
  TAP_ASSERT_BYTES (message.bytes, message.length, 4, 6, 0, 32, 0, 0, 0, 2, /* the request's xid */
                    0, 0, 0, 0, 0, 0, 0, 0x2a, 0, 0, 0, 0, 254, 0, 0, 0,    /* datapath id, 254 tables */
                    0, 0, 0, 0x4f, 0, 0, 0, 0);
  ovs_bench_send (&bench, BYTES (4, 7, 0, 8, 0, 0, 0, 3)); /* GET_CONFIG_REQUEST */
  CU_ASSERT (ovs_bench_message (&bench, OPENFLOW_GET_CONFIG_REPLY, 0, &message));
  ovs_bench_send (&bench, BYTES (4, 2, 0, 10, 0, 0, 0, 4, 0xab, 0xcd)); /* ECHO_REQUEST */
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_ECHO_REPLY, 0, &message));
  TAP_ASSERT_BYTES (message.bytes, message.length, 4, 3, 0, 10, 0, 0, 0, 4, 0xab, 0xcd);
  ovs_bench_send (&bench, BYTES (4, 20, 0, 8, 0, 0, 0, 5)); /* BARRIER_REQUEST */
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_BARRIER_REPLY, 0, &message));
  CU_ASSERT_EQUAL (message.xid, 5);
  ovs_bench_clear (&bench);
}

static void
ports_are_described_by_name (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowMultipart multipart;
  OpenflowPort port;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_send (&bench, BYTES (4, 18, 0, 16, 0, 0, 0, 6, 0, 13, 0, 0, 0, 0, 0, 0)); /* PORT_DESC */
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_MULTIPART_REPLY, 0, &message));
  CU_ASSERT_FATAL (openflow_multipart_decode (&message, &multipart, NULL));
  CU_ASSERT_FATAL (openflow_port_decode (&multipart.body, &port));
  CU_ASSERT_EQUAL (port.number, 1);
  CU_ASSERT_STRING_EQUAL (port.name, "tap1");
  CU_ASSERT_EQUAL (port.state, OPENFLOW_PORT_STATE_LIVE);
  CU_ASSERT (net_mac_equal (&port.mac, &(NetMac){ { 0xfe, 0x16, 0x3e, 0, 0, 1 } }));
  CU_ASSERT_FATAL (openflow_port_decode (&multipart.body, &port));
  CU_ASSERT_STRING_EQUAL (port.name, "tap2");
  CU_ASSERT_FATAL (openflow_port_decode (&multipart.body, &port));
  CU_ASSERT_EQUAL (port.number, OPENFLOW_PORT_LOCAL);
  CU_ASSERT_STRING_EQUAL (port.name, "br-int");
  CU_ASSERT_FALSE (openflow_port_decode (&multipart.body, &port));
  ovs_bench_clear (&bench);
}

static void
dials_again_with_a_growing_pause (void)
{
  OvsBench bench;

  ovs_bench_init (&bench);
  ovs_node_start (bench.compute);
  /* Refused at 0 s, then after 1, 2, 4, 8 and 8 s more: at 0, 1, 3, 7, 15, 23. */
  ovs_bench_run (&bench, 15500 * SIM_MSEC);
  ovs_bench_listen (&bench);
  ovs_bench_run (&bench, 7 * SIM_SEC);
  CU_ASSERT_EQUAL (bench.n_accepted, 0);
  ovs_bench_run (&bench, 1 * SIM_SEC);
  CU_ASSERT_EQUAL (bench.n_accepted, 1);
  ovs_bench_clear (&bench);
}

static void
silence_is_probed_and_ends_the_session (void)
{
  OvsBench bench;
  OpenflowMessage message;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  /* An answered probe every five seconds keeps it up. */
  ovs_bench_run (&bench, 21 * SIM_SEC);
  CU_ASSERT_EQUAL (bench.n_closed, 0);
  CU_ASSERT (ovs_bench_message (&bench, OPENFLOW_ECHO_REQUEST, 3, &message));
  CU_ASSERT_FALSE (ovs_bench_message (&bench, OPENFLOW_ECHO_REQUEST, 4, &message));
  bench.silent = TRUE;
  ovs_bench_run (&bench, 11 * SIM_SEC);
  CU_ASSERT_EQUAL (bench.n_closed, 1);
  CU_ASSERT_EQUAL (bench.n_accepted, 2); /* and it dialled again */
  ovs_bench_clear (&bench);
}

static void
refuses_other_versions (void)
{
  OvsBench bench;
  OpenflowMessage message;

  ovs_bench_init (&bench);
  ovs_bench_listen (&bench);
  ovs_node_start (bench.compute);
  ovs_bench_run (&bench, 100 * SIM_MSEC);
  ovs_bench_send (&bench, BYTES (1, 0, 0, 8, 0, 0, 0, 1)); /* HELLO of 1.0 */
  CU_ASSERT (ovs_bench_message (&bench, OPENFLOW_HELLO, 0, &message));
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_HELLO_INCOMPATIBLE);
  CU_ASSERT_EQUAL (bench.n_closed, 1);
  ovs_bench_clear (&bench);
}

static void
wrong_requests_get_the_standard_s_error (void)
{
  OvsBench bench;
  OpenflowMessage message;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_send (&bench, BYTES (4, 77, 0, 8, 0, 0, 0, 9));
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_BAD_TYPE);
  ovs_bench_send (&bench, BYTES (1, 5, 0, 8, 0, 0, 0, 9));
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_BAD_VERSION);
  ovs_bench_send (&bench, BYTES (4, 18, 0, 16, 0, 0, 0, 6, 0, 99, 0, 0, 0, 0, 0, 0));
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_BAD_MULTIPART);
  ovs_bench_forget (&bench);
  ovs_bench_flow (&bench, "table=52,actions=write_actions(group:4)");
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_ACTION_BAD_GROUP);
  CU_ASSERT (ovs_bench_message (&bench, OPENFLOW_ERROR_MESSAGE, 0, &message));
  CU_ASSERT_EQUAL (message.xid, 77); /* the flow-mod's */
  ovs_bench_flow (&bench, "table=1,actions=set_field:10.0.0.1->ip_src");
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_ACTION_MATCH_INCONSISTENT);
  ovs_bench_flow (&bench, "table=1,actions=output:65280");
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_ACTION_BAD_OUT_PORT);
  ovs_bench_group (&bench, "group_id=1,type=all");
  ovs_bench_group (&bench, "group_id=1,type=all");
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_GROUP_EXISTS);
  /* The session has lived through all of it. */
  ovs_bench_send (&bench, BYTES (4, 20, 0, 8, 0, 0, 0, 5));
  CU_ASSERT (ovs_bench_message (&bench, OPENFLOW_BARRIER_REPLY, 0, &message));
  CU_ASSERT_EQUAL (bench.n_closed, 0);
  ovs_bench_clear (&bench);
}

static void
garbage_ends_the_session_only (void)
{
  OvsBench bench;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_send (&bench, BYTES (4, 2, 0, 3, 0, 0, 0, 1));
  CU_ASSERT_EQUAL (bench.n_closed, 1);
  ovs_bench_run (&bench, 2 * SIM_SEC);
  CU_ASSERT_EQUAL (bench.n_accepted, 2);
  ovs_bench_clear (&bench);
}

static void
a_slave_changes_nothing (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowRoleChange role;
  g_autoptr (GByteArray) out = g_byte_array_new ();

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  openflow_role_encode (OPENFLOW_ROLE_REQUEST,
                        &(OpenflowRoleChange){ .role = OPENFLOW_ROLE_SLAVE, .generation = 5 }, 1, out);
  ovs_bench_send (&bench, out->data, out->len);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_ROLE_REPLY, 0, &message));
  CU_ASSERT (openflow_role_decode (&message, &role, NULL));
  CU_ASSERT_EQUAL (role.role, OPENFLOW_ROLE_SLAVE);
  ovs_bench_flow (&bench, "table=1,actions=drop");
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_IS_SLAVE);
  g_byte_array_set_size (out, 0);
  openflow_role_encode (OPENFLOW_ROLE_REQUEST,
                        &(OpenflowRoleChange){ .role = OPENFLOW_ROLE_MASTER, .generation = 4 }, 2, out);
  ovs_bench_send (&bench, out->data, out->len);
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), OPENFLOW_ERROR_ROLE_STALE);
  ovs_bench_clear (&bench);
}

static void
flows_come_and_go_as_asked (void)
{
  OvsBench bench;
  OpenflowMessage message;
  OpenflowFlowRemoved removed;
  g_autofree char *all = NULL, *left = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (OpenflowFlowMod) mod = { 0 };

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  ovs_bench_group (&bench, "group_id=9,type=all");
  ovs_bench_flow (&bench, "table=2,cookie=0x10,priority=5,dl_src=00:00:00:00:00:01,actions=output:1");
  ovs_bench_flow (&bench,
                  "table=2,cookie=0x21,priority=6,dl_src=00:00:00:00:00:02,send_flow_rem,actions=output:2");
  ovs_bench_flow (&bench, "table=3,cookie=0x22,actions=group:9");
  all = ovs_node_dump_flows (bench.compute);
  CU_ASSERT_STRING_EQUAL (
      all, "cookie=0x21,table=2,send_flow_rem,priority=6,dl_src=00:00:00:00:00:02,actions=output:2\n"
           "cookie=0x10,table=2,priority=5,dl_src=00:00:00:00:00:01,actions=output:1\n"
           "cookie=0x22,table=3,priority=32768,actions=group:9\n");
  /* By cookie under a mask, and by output port: only one of the two in table 2. */
  openflow_flow_mod_init (&mod, OPENFLOW_FLOW_DELETE, OPENFLOW_TABLE_ALL, 0);
  mod.cookie = 0x20;
  mod.cookie_mask = 0xf0;
  mod.out_port = 2;
  openflow_flow_mod_encode (&mod, 5, out);
  ovs_bench_send (&bench, out->data, out->len);
  CU_ASSERT_FATAL (ovs_bench_message (&bench, OPENFLOW_FLOW_REMOVED, 0, &message));
  CU_ASSERT (openflow_flow_removed_decode (&message, &removed, NULL));
  CU_ASSERT_EQUAL (removed.reason, OPENFLOW_REMOVED_DELETE);
  CU_ASSERT_EQUAL (removed.cookie, 0x21);
  /* The group takes its flow with it. */
  ovs_bench_send (&bench, BYTES (4, 15, 0, 16, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 9));
  left = ovs_node_dump_flows (bench.compute);
  CU_ASSERT_STRING_EQUAL (left, "cookie=0x10,table=2,priority=5,dl_src=00:00:00:00:00:01,actions=output:1\n");
  ovs_bench_clear (&bench);
}

static void
an_unknown_reason_is_told_to_nobody (void)
{
  OvsBench bench;
  OpenflowMessage message;

  ovs_bench_init (&bench);
  ovs_bench_up (&bench);
  /* PACKET_OUT of 14 bytes with controller(reason=33): one beyond the masks' bits, and 1 (action) modulo 32. */
  ovs_bench_send (&bench, BYTES (4, 13, 0, 54, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 16, 0, 0, 0,
                                 0, 0, 0, 0xff, 0xff, 0, 16, 0, 0, 0x23, 0x20, 0, 20, 0xff, 0xff, 0, 0, 33,
                                 0, /* the action */
                                 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x12, 0x34));
  CU_ASSERT_EQUAL (ovs_bench_error (&bench), 0);
  CU_ASSERT_FALSE (ovs_bench_message (&bench, OPENFLOW_PACKET_IN, 0, &message));
  ovs_bench_clear (&bench);
}

static const TapTest tests[] = {
  { "the switch greets, describes itself, echoes, and answers barriers", greets_and_describes_itself },
  { "ports are described with number, name, MAC and state", ports_are_described_by_name },
  { "a refused connection is dialled again after 1, 2, 4, 8 and 8 seconds",
    dials_again_with_a_growing_pause },
  { "silence is probed after five seconds and ends the session after ten",
    silence_is_probed_and_ends_the_session },
  { "a controller without 1.3 is refused in the standard's words", refuses_other_versions },
  { "wrong requests get the standard's error and the session lives on",
    wrong_requests_get_the_standard_s_error },
  { "a broken stream ends the session, and the switch dials again", garbage_ends_the_session_only },
  { "a slave changes nothing, and an old generation is stale", a_slave_changes_nothing },
  { "flows are deleted by cookie, by output and with their group", flows_come_and_go_as_asked },
  { "a packet-in's reason that no mask has is told to nobody", an_unknown_reason_is_told_to_nobody },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-session", tests);
}

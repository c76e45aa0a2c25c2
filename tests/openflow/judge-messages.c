/* Writes one message of every kind that we send, for judges to read.  Usage: judge-messages FILE. */
#include "openflow/bundle.h"
#include "openflow/meter.h"
#include "openflow/multipart.h"
#include "openflow/packet.h"
#include "openflow/session.h"
#include "openflow/text.h"

#include <stdio.h>

static const char *const flow_texts[] = {
  "table=51,cookie=0x803138a,priority=20,metadata=0x138a000000/0xffff000000,dl_dst=fa:16:3e:00:00:02,"
  "actions=set_field:0x64->tun_id,load:0xe00->NXM_NX_REG6[],resubmit(,220)",
  "table=50,priority=0,actions=CONTROLLER:65535,learn(table=49,hard_timeout=10,priority=0,cookie=0x8600000,"
  "NXM_OF_ETH_SRC[],NXM_NX_REG1[0..19],load:0x1->NXM_NX_REG4[0..7]),goto_table:51",
  "priority=4,in_port=3,vlan_tci=0x0000/0x1fff,"
  "actions=write_metadata:0x40000000000/0xffffff0000000001,goto_table:17",
  "table=1,icmp6,ipv6_src=fe80::/10,icmpv6_type=135,nd_target=fe80::1,idle_timeout=10,send_flow_rem,"
  "actions=clear_actions,write_actions(set_field:0x1->reg0,output:3)",
  "table=2,tcp,dl_vlan=5,tcp_dst=80,actions=pop_vlan,set_field:10.0.0.1->ip_src,dec_ttl,IN_PORT",
};

static const char *const group_text = "group_id=210004,type=all,bucket=actions=group:210003,bucket=actions="
                                      "load:0xe00->NXM_NX_REG6[],resubmit(,220)";

static const guint8 frame[]
    = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x16, 0x3e, 0, 0,  1, 8, 6, 0, 1, 8, 0,  6, 4, 0,
        1,    0xfa, 0x16, 0x3e, 0,    0,    1,    10,   0,    0, 11, 0, 0, 0, 0, 0, 0, 10, 0, 0, 12 };

static void
add_session (GByteArray *out)
{
  const OpenflowFeatures features = { .datapath_id = 0x2a, .n_tables = 254, .capabilities = 0x4f };
  const OpenflowConfig config = { .miss_send_len = 0xffff };
  const OpenflowRoleChange role = { .role = OPENFLOW_ROLE_MASTER, .generation = 3 };
  const OpenflowAsync async = { .packet_in = { 3, 0 }, .port_status = { 7, 7 }, .flow_removed = { 15, 0 } };

  openflow_hello_encode (1u << 4, 1, out);
  openflow_plain_encode (OPENFLOW_FEATURES_REQUEST, 2, out);
  openflow_features_encode (&features, 2, out);
  openflow_echo_request_encode ((const guint8 *) "vteplab", 7, 3, out);
  openflow_config_encode (OPENFLOW_SET_CONFIG, &config, 4, out);
  openflow_plain_encode (OPENFLOW_GET_CONFIG_REQUEST, 5, out);
  openflow_config_encode (OPENFLOW_GET_CONFIG_REPLY, &config, 5, out);
  openflow_role_encode (OPENFLOW_ROLE_REQUEST, &role, 6, out);
  openflow_role_encode (OPENFLOW_ROLE_REPLY, &role, 6, out);
  openflow_role_status_encode (&role, OPENFLOW_ROLE_MASTER_REQUEST, 0, out);
  openflow_async_encode (OPENFLOW_SET_ASYNC, &async, 7, out);
  openflow_plain_encode (OPENFLOW_BARRIER_REQUEST, 8, out);
  openflow_plain_encode (OPENFLOW_BARRIER_REPLY, 8, out);
}

static void
add_changes (GByteArray *out)
{
  g_auto (OpenflowGroupMod) group = { 0 };

  if (openflow_group_parse (group_text, &group, NULL))
    openflow_group_mod_encode (&group, 9, out);
  for (guint i = 0; i < G_N_ELEMENTS (flow_texts); i++)
    {
      g_auto (OpenflowFlowMod) mod = { 0 };
      if (openflow_flow_parse (flow_texts[i], &mod, NULL))
        openflow_flow_mod_encode (&mod, 10 + i, out);
    }
}

static void
add_packets (GByteArray *out)
{
  OpenflowPacketIn in = { .buffer_id = OPENFLOW_NO_BUFFER,
                          .total_length = sizeof frame,
                          .reason = OPENFLOW_PACKET_IN_ACTION,
                          .table = 50,
                          .cookie = 0x8050000,
                          .frame = frame,
                          .length = sizeof frame };
  g_auto (OpenflowPacketOut) packet_out = { 0 };
  OpenflowFlowRemoved removed
      = { .priority = 20, .reason = 0, .table = 50, .idle_timeout = 300, .n_packets = 2 };
  const OpenflowPortStatus status
      = { .port = { .number = 3, .mac = { { 0xfe, 0, 0, 0, 0, 1 } }, .name = "tap1", .state = 4 } };

  openflow_match_set (&in.match, OPENFLOW_FIELD_IN_PORT, 3);
  openflow_match_set (&in.match, OPENFLOW_FIELD_METADATA, 0x40000000000);
  openflow_match_set (&in.match, OPENFLOW_FIELD_REG (1), 4);
  openflow_packet_in_encode (&in, 0, out);
  openflow_packet_out_init (&packet_out, frame, sizeof frame);
  openflow_actions_output (&packet_out.actions, 4);
  openflow_packet_out_encode (&packet_out, 20, out);
  openflow_match_set_mac (&removed.match, OPENFLOW_FIELD_ETH_SRC, &(NetMac){ { 2, 0, 0, 0, 0, 5 } });
  openflow_flow_removed_encode (&removed, 0, out);
  openflow_port_status_encode (&status, 0, out);
}

static void
add_statistics (GByteArray *out)
{
  g_auto (OpenflowFlowMod) mod = { 0 };
  g_auto (OpenflowGroupMod) group = { 0 };
  OpenflowMultipartReply reply;
  OpenflowFlowRequest request;
  const OpenflowPort port = { .number = 3, .name = "tap1" };
  const OpenflowPortStats port_stats = { .port = 3, .rx_packets = 5 };
  const OpenflowBucketStats buckets[2] = { { 1, 42 } };
  const OpenflowGroupStats group_stats = { .id = 210004, .buckets = buckets, .n_buckets = 2 };
  OpenflowFlowStats flow_stats = { .table = 51, .priority = 20, .n_packets = 7 };

  openflow_flow_request_init (&request);
  openflow_flow_request_encode (&request, OPENFLOW_MULTIPART_FLOW, 30, out);
  if (!openflow_flow_parse (flow_texts[0], &mod, NULL) || !openflow_group_parse (group_text, &group, NULL))
    return;
  flow_stats.match = mod.match;
  flow_stats.instructions = mod.instructions;
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_FLOW, 30, out);
  openflow_flow_stats_encode (&flow_stats, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_PORT_DESC, 31, out);
  openflow_port_encode (&port, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_PORT_STATS, 32, out);
  openflow_port_stats_encode (&port_stats, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_GROUP, 33, out);
  openflow_group_stats_encode (&group_stats, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_GROUP_DESC, 34, out);
  openflow_group_description_encode (group.type, group.id, &group.buckets, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_AGGREGATE, 35, out);
  openflow_aggregate_encode (&(OpenflowAggregate){ .n_flows = 3 }, out);
  openflow_multipart_reply_end (&reply);
}

static void
add_meters (GByteArray *out)
{
  const OpenflowMeterMod meter = { .flags = OPENFLOW_METER_KBPS | OPENFLOW_METER_BURST,
                                   .id = 7,
                                   .n_bands = 2,
                                   .bands = { { .type = OPENFLOW_BAND_DROP, .rate = 900, .burst = 90 },
                                              { OPENFLOW_BAND_DSCP_REMARK, 500, 50, 1 } } };
  const OpenflowBandStats bands[2] = { { 3, 300 }, { 1, 100 } };
  const OpenflowMeterStats stats = { .id = 7, .n_flows = 2, .n_packets = 9, .bands = bands, .n_bands = 2 };
  const OpenflowMeterFeatures features
      = { .n_meters = 16, .band_types = 6, .flags = OPENFLOW_METER_KBPS, .n_bands = 8 };
  OpenflowMultipartReply reply;

  openflow_meter_mod_encode (&meter, 36, out);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_METER, 37, out);
  openflow_meter_stats_encode (&stats, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_METER_CONFIG, 38, out);
  openflow_meter_config_encode (&meter, out);
  openflow_multipart_reply_end (&reply);
  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_METER_FEATURES, 39, out);
  openflow_meter_features_encode (&features, out);
  openflow_multipart_reply_end (&reply);
}

static void
add_table_features (GByteArray *out)
{
  OpenflowMultipartReply reply;

  openflow_multipart_reply_begin (&reply, OPENFLOW_MULTIPART_TABLE_FEATURES, 41, out);
  for (guint i = 252; i < 254; i++)
    {
      openflow_table_features_encode (
          &(OpenflowTableFeatures){ .table = (guint8) i, .n_tables = 254, .max_flows = 1000 }, out);
      openflow_multipart_reply_entry (&reply);
    }
  openflow_multipart_reply_end (&reply);
}

static void
add_errors (GByteArray *out)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  const OpenflowRoleChange role = { .role = OPENFLOW_ROLE_MASTER, .generation = 2 };
  OpenflowMessage message;

  openflow_role_encode (OPENFLOW_ROLE_REQUEST, &role, 40, request);
  message = (OpenflowMessage){ .length = (guint16) request->len, .xid = 40, .bytes = request->data };
  openflow_bundle_control_encode (&(OpenflowBundleControl){ .id = 5, .type = OPENFLOW_BUNDLE_COMMIT + 1 }, 42,
                                  out);
  openflow_error_encode (OPENFLOW_ERROR_BUNDLE_FAILED, &message, out);
  openflow_error_encode (OPENFLOW_ERROR_BUNDLE_TIMEOUT, &message, out);
  openflow_error_encode (OPENFLOW_ERROR_ROLE_STALE, &message, out);
}

int
main (int argc, char **argv)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  FILE *file = argc > 1 ? fopen (argv[1], "wb") : NULL;

  if (!file)
    return 2;
  add_session (out);
  add_changes (out);
  add_packets (out);
  add_statistics (out);
  add_meters (out);
  add_table_features (out);
  add_errors (out);
  fwrite (out->data, 1, out->len, file);
  return fclose (file) != 0;
}

/* The records of the sample run. */
#include "sample.h"

#include "net/arp.h"
#include "net/vxlan.h"

typedef struct
{
  SimTraceFunc hear;
  gpointer user;
  NetFramePool *pool;
} Sample;

/* Link ends in the order of their interface ids. */
static const struct
{
  const char *name, *kind, *peer;
} ends[] = {
  { "underlay/p1", "switch", "server1/em2" },     { "server1/em2", "compute", "underlay/p1" },
  { "underlay/p2", "switch", "tor1/uplink" },     { "tor1/uplink", "tor", "underlay/p2" },
  { "tor1/em3", "tor", "server2/em1" },           { "server2/em1", "sriov-compute", "tor1/em3" },
  { "server1/tap2", "compute", "vm2/eth0" },      { "vm2/eth0", "guest", "server1/tap2" },
  { "server2/vf0", "sriov-compute", "vm1/eth0" }, { "vm1/eth0", "guest", "server2/vf0" },
};

enum
{
  UNDERLAY_P1,
  SERVER1_EM2,
  UNDERLAY_P2,
  TOR1_UPLINK,
  TOR1_EM3,
  SERVER2_EM1,
  SERVER1_TAP2,
  VM2_ETH0,
  SERVER2_VF0,
  VM1_ETH0
};

static void
emit_start (const Sample *sample)
{
  static const SimTraceName names[] = {
    { "10.0.0.11", "vm1" }, { "10.0.0.12", "vm2" }, { "10.8.125.18", "server1" }, { "10.8.125.20", "tor1" }
  };
  SimTraceRecord section = { .kind = SIM_TRACE_SECTION };

  section.section = (SimTraceSection){ .scenario = "use-case-2", .seed = 2901, .version = "0.1.0" };
  sample->hear (&section, sample->user);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SimTraceRecord name = { .kind = SIM_TRACE_NAME, .name = names[i] };
      sample->hear (&name, sample->user);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      SimTraceRecord interface = { .kind = SIM_TRACE_INTERFACE };
      interface.interface = (SimTraceInterface){ i, ends[i].name, ends[i].kind, ends[i].peer };
      sample->hear (&interface, sample->user);
    }
}

static void
emit_packet (const Sample *sample, gint64 time_ns, guint end, SimTraceDirection direction,
             const NetFrame *frame, const NetDrop *drop)
{
  SimTraceRecord record = { .kind = SIM_TRACE_PACKET, .time_ns = time_ns };
  record.packet = (SimTracePacket){ .interface_id = end,
                                    .direction = direction,
                                    .packet_id = frame->packet_id,
                                    .bytes = net_frame_bytes (frame),
                                    .captured = frame->length,
                                    .length = frame->length };
  if (drop)
    {
      record.packet.drop = drop->reason;
      record.packet.table = drop->table;
      record.packet.rule = drop->rule;
    }
  sample->hear (&record, sample->user);
}

/* Over one link: it leaves at *time_ns and takes a microsecond. */
static void
emit_hop (const Sample *sample, gint64 *time_ns, guint from, guint to, const NetFrame *frame)
{
  emit_packet (sample, *time_ns, from, SIM_TRACE_OUTBOUND, frame, NULL);
  *time_ns += 1000;
  emit_packet (sample, *time_ns, to, SIM_TRACE_INBOUND, frame, NULL);
}

static void
emit_state (const Sample *sample, gint64 time_ns, SimTraceState state)
{
  SimTraceRecord record = { .kind = SIM_TRACE_STATE, .time_ns = time_ns };
  record.state = state;
  sample->hear (&record, sample->user);
}

static NetFrame *
new_question (const Sample *sample, guint64 packet_id)
{
  NetArp arp = { .op = NET_ARP_REQUEST,
                 .sender_mac = { { 2, 0, 0, 0, 0, 0x0b } },
                 .sender_ip = 0x0a00000b,
                 .target_ip = 0x0a00000c };
  NetFrame *frame = net_arp_frame (sample->pool, &net_mac_broadcast, &arp);
  frame->packet_id = packet_id;
  return frame;
}

static NetFrame *
to_tunnel (NetFrame *frame)
{
  return net_vxlan_encapsulate (frame, &(NetVxlan){ .destination_mac = { { 2, 0, 0, 0, 1, 18 } },
                                                    .source_mac = { { 2, 0, 0, 0, 1, 20 } },
                                                    .destination_ip = 0x0a087d12,
                                                    .source_ip = 0x0a087d14,
                                                    .vni = 5001,
                                                    .source_port = 40000 });
}

static void
emit_answered_question (const Sample *sample)
{
  gint64 time_ns = NET_SEC;
  NetFrame *frame = new_question (sample, (guint64) 6 << 40 | 1);

  emit_hop (sample, &time_ns, VM1_ETH0, SERVER2_VF0, frame);
  frame = net_vlan_push (frame, (NetVlanTag){ NET_ETHERTYPE_VLAN, 2901 });
  emit_hop (sample, &time_ns, SERVER2_EM1, TOR1_EM3, frame);
  emit_state (
      sample, time_ns,
      (SimTraceState){ "tor1", "fdb", "add", "02:00:00:00:00:0b", "{\"port\":\"em3\",\"vlan\":2901}" });
  frame = to_tunnel (net_vlan_pop (frame));
  emit_hop (sample, &time_ns, TOR1_UPLINK, UNDERLAY_P2, frame);
  emit_hop (sample, &time_ns, UNDERLAY_P1, SERVER1_EM2, frame);
  net_frame_unref (frame);
  frame = new_question (sample, (guint64) 6 << 40 | 1);
  emit_hop (sample, &time_ns, SERVER1_TAP2, VM2_ETH0, frame);
  net_frame_unref (frame);
}

static void
emit_dropped_question (const Sample *sample)
{
  gint64 time_ns = 2 * NET_SEC;
  NetFrame *frame = net_vlan_push (new_question (sample, (guint64) 6 << 40 | 2), (NetVlanTag){ 0x8100, 5 });

  emit_hop (sample, &time_ns, SERVER2_EM1, TOR1_EM3, frame);
  emit_packet (
      sample, time_ns, TOR1_EM3, SIM_TRACE_INBOUND, frame,
      &(NetDrop){ .reason = NET_DROP_VLAN_UNBOUND, .table = "vlan_bindings", .rule = "port em3 vlan 5" });
  net_frame_unref (frame);
}

void
view_sample_emit (SimTraceFunc hear, gpointer user)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  Sample sample = { hear, user, pool };

  emit_start (&sample);
  emit_answered_question (&sample);
  emit_dropped_question (&sample);
  emit_state (&sample, 3 * NET_SEC, (SimTraceState){ "tor1", "port", "down", "em3", NULL });
  emit_state (&sample, 3 * NET_SEC, (SimTraceState){ "server2", "port", "down", "em1", NULL });
}

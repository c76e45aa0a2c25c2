/* BFD on a compute's tunnel port: what it sends, what its rows say, and what follows for port and groups.  The far end is
 * a machine that the test runs behind the peer's cable. */
#include "ovs-bench.h"

#include "gateway/bfd-frame.h"
#include "gateway/bfd.h"
#include "net/vxlan.h"
#include "openflow/port.h"

static const VtepBfdConfig far_config = { .min_tx_ms = 300, .min_rx_ms = 400 };

typedef struct
{
  OvsBench bench;
  VtepBfd *far; /* NULL: nobody is there but ARP */
  guint n_seen; /* of the peer's frames */
  guint32 vni;  /* under which the far end sends */
  guint8 ttl;   /* of its packets, if not 255 */
} Rig;

/* ---- the far end --------------------------------------------------------------------------------------------- */

static void
send_far (Rig *rig, const NetBfd *packet)
{
  NetFramePool *pool = rig->bench.peer->node.world.frames;
  VtepBfdPath path = { .destination = { { 0, 0x23, 0x20, 0, 0, 1 } },
                       .source = { { 2, 0, 0, 0, 0, 9 } },
                       .destination_ip = 0xa9fe0100,
                       .source_ip = 0xa9fe0101,
                       .source_port = 50000 };
  NetFrame *frame = vtep_bfd_frame (pool, &path, packet);

  if (rig->ttl)
    {
      guint8 *header = net_frame_data (frame) + 14;
      net_put_be16 (header + 10, (guint) (net_get_be16 (header + 10) + ((255u - rig->ttl) << 8)));
      header[8] = rig->ttl;
    }
  frame = net_vxlan_encapsulate (frame, &(NetVxlan){ .destination_mac = { { 2, 0x0a, 8, 0x7d, 0, 0x18 } },
                                                     .source_mac = { { 2, 0x0a, 8, 0x7d, 0, 0x20 } },
                                                     .destination_ip = BENCH_TUNNEL_IP,
                                                     .source_ip = BENCH_PEER_IP,
                                                     .source_port = 40000,
                                                     .vni = rig->vni });
  sim_node_send (&rig->bench.peer->node, 0, frame);
}

/* The inner frame of what the compute sent into the tunnel, or NULL. */
static const guint8 *
inner_of (const ProbeFrame *frame, NetVxlan *outer, guint *length)
{
  guint inner;

  if (net_vxlan_parse (frame->bytes, frame->length, outer, &inner, length) != NET_DROP_NONE)
    return NULL;
  return frame->bytes + inner;
}

static void
hear_far (Rig *rig, const ProbeFrame *frame, gint64 now_ns)
{
  NetVxlan outer;
  NetEthernet ethernet;
  NetIpv4 destination;
  NetBfd packet;
  guint length = 0;
  const guint8 *inner = inner_of (frame, &outer, &length);

  if (!inner)
    {
      ovs_bench_answer_arp (&rig->bench);
      return;
    }
  CU_ASSERT_EQUAL (net_ethernet_parse (inner, length, &ethernet), NET_DROP_NONE);
  if (!vtep_bfd_frame_is (&ethernet, inner, length))
    return;
  CU_ASSERT_EQUAL (vtep_bfd_frame_parse (&ethernet, inner, length, &destination, &packet), NET_DROP_NONE);
  if (rig->far)
    vtep_bfd_received (rig->far, &packet, now_ns);
}

/* In steps that are short beside the intervals. */
static void
run (Rig *rig, gint64 by_ns)
{
  SimClock *clock = sim_network_clock (rig->bench.network);
  gint64 end_ns = sim_clock_now (clock) + by_ns;
  NetBfd packet;

  while (sim_clock_now (clock) < end_ns)
    {
      ovs_bench_run (&rig->bench, 10 * SIM_MSEC);
      for (; rig->n_seen < rig->bench.peer->frames->len; rig->n_seen++)
        hear_far (rig, probe_frame (rig->bench.peer, rig->n_seen), sim_clock_now (clock));
      while (rig->far && vtep_bfd_run (rig->far, 0, 0, sim_clock_now (clock), &packet))
        send_far (rig, &packet);
    }
}

static void
far_begins (Rig *rig)
{
  rig->far = vtep_bfd_new (&far_config, 0x0fa40fa4, sim_clock_now (sim_network_clock (rig->bench.network)));
}

static void
far_ends (Rig *rig)
{
  g_clear_pointer (&rig->far, vtep_bfd_free);
}

/* ---- the compute --------------------------------------------------------------------------------------------- */

/* Replaces the column bfd of tun1: "[\"enable\",\"true\"],…". */
static void
set_bfd (Rig *rig, const char *pairs)
{
  g_autofree char *request
      = g_strdup_printf ("{\"id\":1,\"method\":\"transact\",\"params\":[\"Open_vSwitch\",{\"op\":\"update\","
                         "\"table\":\"Interface\","
                         "\"where\":[[\"name\",\"==\",\"tun1\"]],\"row\":{\"bfd\":[\"map\",[%s]]}}]}",
                         pairs);
  g_autofree char *said = ovs_bench_ask_database (&rig->bench, request);

  CU_ASSERT_PTR_NOT_NULL (strstr (said, "\"count\":1"));
}

#define ENABLE "[\"enable\",\"true\"]"

static char *
bfd_status (Rig *rig)
{
  return ovs_bench_ask_database (
      &rig->bench,
      "{\"id\":2,\"method\":\"transact\",\"params\":[\"Open_vSwitch\",{\"op\":\"select\",\"table\":"
      "\"Interface\",\"where\":[[\"name\",\"==\",\"tun1\"]],\"columns\":[\"bfd_status\"]}]}");
}

/* The row's bfd_status has the pair. */
static gboolean
says (Rig *rig, const char *key, const char *value)
{
  g_autofree char *said = bfd_status (rig), *pair = g_strdup_printf ("[\"%s\",\"%s\"]", key, value);

  return strstr (said, pair) != NULL;
}

/* The state of the i-th PORT_STATUS since the last ovs_bench_forget(); it must be tun1's. */
static guint32
told_state (const Rig *rig, guint i)
{
  OpenflowMessage message;
  OpenflowPortStatus status = { 0 };

  CU_ASSERT_FATAL (ovs_bench_message (&rig->bench, OPENFLOW_PORT_STATUS, i, &message));
  CU_ASSERT (openflow_port_status_decode (&message, &status, NULL));
  CU_ASSERT_STRING_EQUAL (status.port.name, "tun1");
  CU_ASSERT_EQUAL (status.reason, OPENFLOW_PORT_MODIFY);
  return status.port.state;
}

static guint
n_port_status (const Rig *rig)
{
  OpenflowMessage message;
  guint n = 0;

  while (ovs_bench_message (&rig->bench, OPENFLOW_PORT_STATUS, n, &message))
    n++;
  return n;
}

static void
rig_init (Rig *rig)
{
  *rig = (Rig){ .n_seen = 0 };
  ovs_bench_init (&rig->bench);
  ovs_bench_up (&rig->bench);
  ovs_bench_plug_tunnel (&rig->bench);
  ovs_bench_forget (&rig->bench);
}

static void
rig_clear (Rig *rig)
{
  far_ends (rig);
  ovs_bench_clear (&rig->bench);
}

/* ---- tests --------------------------------------------------------------------------------------------------- */

static void
packets_are_open_vswitch_s (void)
{
  /* As ovs-vswitchd 3.1 sends it in state Down; what is 0xee here is drawn by chance. */
  static const guint8 expected[66] = {
    0x00, 0x23, 0x20, 0x00, 0x00, 0x01,             /* to the MAC of Open vSwitch's BFD */
    0x0a, 0x00, 0x03, 0x00, 0x00, 0x2a,             /* from the port's */
    0x08, 0x00,                                     /* IPv4 */
    0x45, 0xc0, 0x00, 0x34,                         /* DSCP CS6, 52 bytes */
    0x00, 0x00, 0x00, 0x00,                         /* no identification, may be fragmented */
    0xff, 0x11, 0x64, 0xfb,                         /* TTL 255, UDP, header checksum */
    0xa9, 0xfe, 0x01, 0x01, 0xa9, 0xfe, 0x01, 0x00, /* 169.254.1.1 to 169.254.1.0 */
    0xc0, 0x00, 0x0e, 0xc8, 0x00, 0x20, 0x00, 0x00, /* from port 49152 to 3784, 32 bytes, no checksum */
    0x20, 0x40, 0x03, 0x18, /* version 1, no diagnostic; Down; multiplier 3; 24 bytes */
    0xee, 0xee, 0xee, 0xee, 0x00, 0x00, 0x00, 0x00, /* my discriminator, and none of the other end */
    0x00, 0x0f, 0x42, 0x40, 0x00, 0x0f, 0x42, 0x40, /* sends every second while Down, takes one a second */
    0x00, 0x00, 0x00, 0x00                          /* no echo */
  };
  Rig rig;
  NetVxlan outer;
  guint length = 0;
  const guint8 *inner;

  rig_init (&rig);
  set_bfd (&rig, ENABLE ",[\"min_tx\",\"300\"]");
  run (&rig, SIM_SEC);
  CU_ASSERT_FATAL (rig.bench.peer->frames->len >= 2); /* who has 10.8.125.20; the packet that waited */
  inner = inner_of (probe_frame (rig.bench.peer, 1), &outer, &length);
  CU_ASSERT_PTR_NOT_NULL_FATAL (inner);
  CU_ASSERT_EQUAL (outer.vni, 0);
  CU_ASSERT_EQUAL_FATAL (length, sizeof expected);
  for (guint i = 0; i < sizeof expected; i++)
    CU_ASSERT (expected[i] == 0xee || inner[i] == expected[i]);
  rig_clear (&rig);
}

static void
sessions_come_up_and_go_down (void)
{
  Rig rig;

  rig_init (&rig);
  set_bfd (&rig, ENABLE ",[\"min_rx\",\"500\"],[\"min_tx\",\"200\"]");
  CU_ASSERT (says (&rig, "state", "down"));
  CU_ASSERT (says (&rig, "forwarding", "false"));
  CU_ASSERT (says (&rig, "flap_count", "0"));
  far_begins (&rig);
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT (says (&rig, "state", "up"));
  CU_ASSERT (says (&rig, "remote_state", "up"));
  CU_ASSERT (says (&rig, "forwarding", "true"));
  CU_ASSERT (says (&rig, "diagnostic", "No Diagnostic"));
  far_ends (&rig);
  run (&rig, 2 * SIM_SEC); /* three times 500 ms have passed */
  CU_ASSERT (says (&rig, "state", "down"));
  CU_ASSERT (says (&rig, "diagnostic", "Control Detection Time Expired"));
  CU_ASSERT (says (&rig, "flap_count", "2"));
  far_begins (&rig);
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT (says (&rig, "state", "up"));
  CU_ASSERT (
      says (&rig, "diagnostic", "Control Detection Time Expired")); /* of the last time that it was down */
  CU_ASSERT (probe_trace_count (&rig.bench.heard, "state server1 bfd change tun1 {\"state\":\"up\"") >= 2);
  rig_clear (&rig);
}

static void
liveness_is_told (void)
{
  Rig rig;

  rig_init (&rig);
  set_bfd (&rig, ENABLE);
  run (&rig, 100 * SIM_MSEC);
  CU_ASSERT_EQUAL_FATAL (n_port_status (&rig), 1);
  CU_ASSERT_EQUAL (told_state (&rig, 0), 0); /* there is a link, and nothing lives on it */
  far_begins (&rig);
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT_EQUAL_FATAL (n_port_status (&rig), 2);
  CU_ASSERT_EQUAL (told_state (&rig, 1), OPENFLOW_PORT_STATE_LIVE);
  far_ends (&rig);
  run (&rig, 4 * SIM_SEC);
  CU_ASSERT_EQUAL_FATAL (n_port_status (&rig), 3);
  CU_ASSERT_EQUAL (told_state (&rig, 2), 0);
  set_bfd (&rig, "");
  CU_ASSERT_EQUAL_FATAL (n_port_status (&rig), 4);
  CU_ASSERT_EQUAL (told_state (&rig, 3), OPENFLOW_PORT_STATE_LIVE);
  rig_clear (&rig);
}

/* A frame of vm1 comes to vm2 when the tunnel is not live. */
static gboolean
fails_over (Rig *rig)
{
  static const guint8 frame[64] = { 0xfa, 0x16, 0x3e, 0, 0, 2, 0xfa, 0x16, 0x3e, 0, 0, 1, 0x12, 0x34 };
  guint before = rig->bench.vm2->frames->len;

  probe_send (rig->bench.vm1, 0, frame, sizeof frame);
  ovs_bench_run (&rig->bench, SIM_MSEC);
  return rig->bench.vm2->frames->len > before;
}

static void
groups_fail_over (void)
{
  Rig rig;

  rig_init (&rig);
  ovs_bench_group (&rig.bench, "group_id=1,type=fast_failover,bucket=watch_port:3,actions=output:3,"
                               "bucket=watch_port:2,actions=output:2");
  ovs_bench_flow (&rig.bench, "in_port=1,actions=group:1");
  CU_ASSERT_FALSE (fails_over (&rig));
  rig.n_seen = rig.bench.peer->frames->len;
  ovs_bench_answer_arp (&rig.bench);
  set_bfd (&rig, ENABLE);
  CU_ASSERT (fails_over (&rig));
  far_begins (&rig);
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT_FALSE (fails_over (&rig));
  far_ends (&rig);
  run (&rig, 4 * SIM_SEC);
  CU_ASSERT (fails_over (&rig));
  set_bfd (&rig, "[\"enable\",\"false\"]");
  CU_ASSERT_FALSE (fails_over (&rig));
  rig_clear (&rig);
}

static void
tables_see_no_packet_of_the_session (void)
{
  Rig rig;

  rig_init (&rig);
  ovs_bench_flow (&rig.bench, "in_port=3,actions=output:1");
  run (&rig, 10 * SIM_MSEC);
  far_begins (&rig);
  run (&rig, 100 * SIM_MSEC);
  CU_ASSERT_EQUAL (rig.bench.vm1->frames->len, 1); /* there is no session yet: a packet like any other */
  set_bfd (&rig, ENABLE);
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT (says (&rig, "state", "up"));
  CU_ASSERT_EQUAL (rig.bench.vm1->frames->len, 1);
  rig_clear (&rig);
}

static void
what_is_not_for_the_session (void)
{
  Rig rig;
  guint n;

  rig_init (&rig);
  ovs_bench_flow (&rig.bench, "in_port=3,actions=output:1");
  set_bfd (&rig, ENABLE ",[\"check_tnl_key\",\"true\"]");
  rig.vni = 7;
  far_begins (&rig);
  run (&rig, 1500 * SIM_MSEC);
  n = rig.bench.vm1->frames->len;
  CU_ASSERT (n > 0); /* under a key it goes to the flow tables */
  CU_ASSERT (says (&rig, "remote_state", "down"));
  set_bfd (&rig, ENABLE ",[\"bfd_remote_dst_mac\",\"00:23:20:00:00:02\"]");
  run (&rig, SIM_SEC);
  CU_ASSERT (rig.bench.vm1->frames->len > n); /* and so it does to another MAC */
  set_bfd (&rig, ENABLE ",[\"bfd_src_ip\",\"169.254.9.1\"]");
  n = rig.bench.vm1->frames->len;
  run (&rig, SIM_SEC);
  CU_ASSERT (rig.bench.vm1->frames->len
             > n); /* or to another address than the one that is ours by configuration */
  set_bfd (&rig, ENABLE);
  n = rig.bench.vm1->frames->len;
  rig.ttl = 254;
  run (&rig, 2 * SIM_SEC);
  CU_ASSERT_EQUAL (rig.bench.vm1->frames->len, n); /* what came through a router is dropped */
  CU_ASSERT (probe_trace_count (&rig.bench.heard, "drop bfd-session [tun1]") >= 1);
  CU_ASSERT (says (&rig, "state", "down"));
  rig.ttl = 0;
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT (says (&rig, "state", "up"));
  rig_clear (&rig);
}

static void
settings_are_read_leniently (void)
{
  Rig rig;
  NetVxlan outer;
  guint length = 0;
  const guint8 *inner;

  rig_init (&rig);
  set_bfd (&rig, "[\"enable\",\"yes\"]");
  run (&rig, SIM_SEC);
  CU_ASSERT_EQUAL (rig.bench.peer->frames->len, 0); /* only "true" is */
  set_bfd (&rig, "[\"enable\",\"TRUE\"],[\"min_tx\",\"soon\"],[\"min_rx\",\"-5\"],[\"mult\",\"300\"],"
                 "[\"bfd_local_src_mac\",\"02:00:00:00:00:77\"],[\"bfd_local_dst_mac\",\"nobody\"],"
                 "[\"bfd_src_ip\",\"10.1.1.1\"],[\"bfd_dst_ip\",\"10.1.1.2\"]");
  run (&rig, SIM_SEC);
  CU_ASSERT_FATAL (rig.bench.peer->frames->len >= 2);
  inner = inner_of (probe_frame (rig.bench.peer, 1), &outer, &length);
  CU_ASSERT_PTR_NOT_NULL_FATAL (inner);
  CU_ASSERT_EQUAL (inner[5], 1);                           /* the default's last byte */
  CU_ASSERT_EQUAL (inner[11], 0x77);                       /* bfd_local_src_mac */
  CU_ASSERT_EQUAL (net_get_be32 (inner + 26), 0x0a010101); /* bfd_src_ip */
  CU_ASSERT_EQUAL (net_get_be32 (inner + 30), 0x0a010102); /* bfd_dst_ip */
  CU_ASSERT_EQUAL (inner[44], 3);                          /* mult is 1 to 255 */
  CU_ASSERT_EQUAL (net_get_be32 (inner + 58), 1000);       /* min_rx is at least 1 ms */
  rig_clear (&rig);
}

static void
ports_that_are_taken_down_run_nothing (void)
{
  Rig rig;
  /* PORT_MOD of port 3, 0a:00:03:00:00:2a: config and mask PORT_DOWN. */
  static const guint8 down[40] = { 4,    16, 0, 40, 0, 0,    0, 9, 0, 0, 0, 3, 0, 0, 0, 0,
                                   0x0a, 0,  3, 0,  0, 0x2a, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 };

  rig_init (&rig);
  set_bfd (&rig, ENABLE);
  far_begins (&rig);
  run (&rig, 3 * SIM_SEC);
  CU_ASSERT (says (&rig, "state", "up"));
  ovs_bench_forget (&rig.bench);
  ovs_bench_send (&rig.bench, down, sizeof down);
  /* Open vSwitch tells what was asked for, and then what came of it. */
  CU_ASSERT_EQUAL_FATAL (n_port_status (&rig), 2);
  CU_ASSERT_EQUAL (told_state (&rig, 0), 0);
  CU_ASSERT_EQUAL (told_state (&rig, 1), OPENFLOW_PORT_STATE_LINK_DOWN);
  run (&rig, 5 * SIM_SEC);
  CU_ASSERT (says (&rig, "state", "down"));
  rig_clear (&rig);
}

static const TapTest tests[] = {
  { "packets are Open vSwitch's, byte by byte, under tunnel key 0", packets_are_open_vswitch_s },
  { "a session comes up, goes down after three silent intervals, and the row says so",
    sessions_come_up_and_go_down },
  { "a port whose session does not forward is not live, and controllers are told each time",
    liveness_is_told },
  { "a fast-failover group leaves a tunnel whose session is down, and comes back", groups_fail_over },
  { "flow tables see no packet of a session", tables_see_no_packet_of_the_session },
  { "packets under a key, to another address or through a router are not the session's",
    what_is_not_for_the_session },
  { "settings are read as leniently as Open vSwitch reads them", settings_are_read_leniently },
  { "a port that is taken down says so in two steps, and its session ends",
    ports_that_are_taken_down_run_nothing },
  { NULL, NULL },
};

int
main (void)
{
  return tap_main ("ovs-bfd", tests);
}

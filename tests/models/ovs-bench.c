/* The bench of the compute's tests. */
#include "ovs-bench.h"

#include "openflow/session.h"
#include "sim/host.h"

static const SimLinkConfig plain[2] = { { .delay_ns = 1000 }, { .delay_ns = 1000 } };

static void
plug (OvsBench *bench, Probe *probe, guint port)
{
  sim_link_new ((SimEnd){ &probe->node, 0 }, (SimEnd){ ovs_node_sim (bench->compute), port }, plain);
}

static void
give_host (SimNode *node, guint port, NetIpv4 ip)
{
  sim_host_new (node, &(SimHostConfig){ .port = port,
                                        .mac = net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) | ip),
                                        .ip = ip,
                                        .prefix_length = 24 });
}

void
ovs_bench_init (OvsBench *bench)
{
  SimNode *sim;
  guint mgmt;

  *bench = (OvsBench){ .heard = probe_trace_new (), .network = sim_network_new (7) };
  sim_network_set_trace (bench->network, bench->heard.trace);
  bench->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  openflow_splitter_init (&bench->splitter);
  bench->compute = ovs_node_new (bench->network, "server1",
                                 &(OvsConfig){ .datapath_id = 0x2a,
                                               .tunnel_ip = BENCH_TUNNEL_IP,
                                               .tunnel_prefix_length = 24,
                                               .tunnel_mac = { { 2, 0x0a, 8, 0x7d, 0, 0x18 } },
                                               .underlay_port = "em2",
                                               .controller = "tcp:10.8.0.1:6653" });
  bench->vm1 = probe_new (bench->network, "vm1", 1);
  bench->vm2 = probe_new (bench->network, "vm2", 1);
  bench->peer = probe_new (bench->network, "peer", 1);
  bench->controller = probe_new (bench->network, "controller", 1);
  sim = ovs_node_sim (bench->compute);
  plug (bench, bench->peer, sim_node_find_port (sim, "em2"));
  mgmt = sim_node_add_port (sim, "mgmt");
  plug (bench, bench->controller, mgmt);
  give_host (sim, mgmt, BENCH_MGMT_IP);
  give_host (&bench->controller->node, 0, BENCH_CONTROLLER_IP);
}

void
ovs_bench_clear (OvsBench *bench)
{
  sim_network_free (bench->network);
  probe_trace_clear (&bench->heard);
  g_ptr_array_unref (bench->messages);
  openflow_splitter_clear (&bench->splitter);
}

void
ovs_bench_run (OvsBench *bench, gint64 by_ns)
{
  SimClock *clock = sim_network_clock (bench->network);
  sim_clock_run (clock, sim_clock_now (clock) + by_ns);
}

/* ---- the controller ------------------------------------------------------------------------------------------ */

static void
answer (OvsBench *bench, const OpenflowMessage *message)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (message->type == OPENFLOW_ECHO_REQUEST && !bench->silent)
    openflow_echo_reply_encode (message, out);
  if (out->len)
    net_stream_send (bench->stream, out->data, out->len);
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  OvsBench *bench = user;
  OpenflowMessage message;

  (void) stream;
  openflow_splitter_add (&bench->splitter, bytes, n);
  while (openflow_splitter_next (&bench->splitter, &message) == OPENFLOW_SPLIT_MESSAGE)
    {
      GByteArray *copy = g_byte_array_new ();
      g_byte_array_append (copy, message.bytes, message.length);
      g_ptr_array_add (bench->messages, copy);
      answer (bench, &message);
    }
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  OvsBench *bench = user;

  (void) stream, (void) why;
  bench->stream = NULL;
  bench->n_closed++;
}

static const NetStreamEvents stream_events = { .received = received, .closed = closed };

static void
accepted (NetStream *stream, gpointer user)
{
  OvsBench *bench = user;

  bench->n_accepted++;
  bench->stream = stream;
  openflow_splitter_clear (&bench->splitter);
  openflow_splitter_init (&bench->splitter);
  net_stream_set_events (stream, &stream_events, bench);
}

void
ovs_bench_listen (OvsBench *bench)
{
  g_autoptr (GError) error = NULL;

  bench->listener = net_world_listen (&bench->controller->node.world, "ptcp:6653", accepted, bench, &error);
  g_assert_no_error (error);
}

void
ovs_bench_send (OvsBench *bench, const guint8 *bytes, gsize n)
{
  CU_ASSERT_PTR_NOT_NULL_FATAL (bench->stream);
  net_stream_send (bench->stream, bytes, n);
  ovs_bench_run (bench, 50 * SIM_MSEC);
}

void
ovs_bench_flow (OvsBench *bench, const char *text)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (OpenflowFlowMod) mod = { 0 };
  g_autoptr (GError) error = NULL;

  openflow_flow_parse (text, &mod, &error);
  g_assert_no_error (error);
  openflow_flow_mod_encode (&mod, 77, out);
  ovs_bench_send (bench, out->data, out->len);
}

void
ovs_bench_group (OvsBench *bench, const char *text)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_auto (OpenflowGroupMod) mod = { 0 };
  g_autoptr (GError) error = NULL;

  openflow_group_parse (text, &mod, &error);
  g_assert_no_error (error);
  openflow_group_mod_encode (&mod, 78, out);
  ovs_bench_send (bench, out->data, out->len);
}

void
ovs_bench_up (OvsBench *bench)
{
  static const guint8 hello[] = { 4, 0, 0, 8, 0, 0, 0, 1 };

  ovs_bench_listen (bench);
  ovs_node_start (bench->compute);
  plug (bench, bench->vm1,
        ovs_node_add_tap (bench->compute, "tap1",
                          &(OvsTapConfig){ .iface_id = "port-1",
                                           .attached_mac = { { 0xfa, 0x16, 0x3e, 0, 0, 1 } },
                                           .vm_uuid = "vm-1" }));
  plug (bench, bench->vm2,
        ovs_node_add_tap (
            bench->compute, "tap2",
            &(OvsTapConfig){ .iface_id = "port-2", .attached_mac = { { 0xfa, 0x16, 0x3e, 0, 0, 2 } } }));
  ovs_bench_run (bench, 100 * SIM_MSEC);
  ovs_bench_send (bench, hello, sizeof hello);
  ovs_bench_forget (bench);
}

void
ovs_bench_forget (OvsBench *bench)
{
  g_ptr_array_set_size (bench->messages, 0);
}

gboolean
ovs_bench_message (const OvsBench *bench, OpenflowType type, guint i, OpenflowMessage *out)
{
  for (guint k = 0; k < bench->messages->len; k++)
    {
      const GByteArray *bytes = bench->messages->pdata[k];
      if (bytes->data[1] != type || i-- > 0)
        continue;
      *out = (OpenflowMessage){ .version = bytes->data[0],
                                .type = bytes->data[1],
                                .length = (guint16) bytes->len,
                                .xid = net_get_be32 (bytes->data + 4),
                                .bytes = bytes->data };
      return TRUE;
    }
  return FALSE;
}

gint
ovs_bench_error (const OvsBench *bench)
{
  OpenflowMessage message;
  OpenflowErrorReport report;
  gint pair = 0;

  for (guint i = 0; ovs_bench_message (bench, OPENFLOW_ERROR_MESSAGE, i, &message); i++)
    if (openflow_error_decode (&message, &report, NULL))
      pair = report.pair;
  return pair;
}

/* ---- the database -------------------------------------------------------------------------------------------- */

static const char *const add_tunnel
    = "{\"id\":1,\"method\":\"transact\",\"params\":[\"Open_vSwitch\","
      "{\"op\":\"insert\",\"table\":\"Interface\",\"uuid-name\":\"i\",\"row\":{\"name\":\"tun1\",\"type\":"
      "\"vxlan\","
      "\"options\":[\"map\",[[\"remote_ip\",\"10.8.125.20\"],[\"key\",\"flow\"]]]}},"
      "{\"op\":\"insert\",\"table\":\"Port\",\"uuid-name\":\"p\",\"row\":{\"name\":\"tun1\","
      "\"interfaces\":[\"named-uuid\",\"i\"]}},"
      "{\"op\":\"mutate\",\"table\":\"Bridge\",\"where\":[[\"name\",\"==\",\"br-int\"]],"
      "\"mutations\":[[\"ports\",\"insert\",[\"named-uuid\",\"p\"]]]}]}";

typedef struct
{
  NetStream *stream;
  GString *said;
} Database;

static void
database_said (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  (void) stream;
  g_string_append_len (((Database *) user)->said, (const char *) bytes, (gssize) n);
}

static const NetStreamEvents database_events = { .received = database_said };

char *
ovs_bench_ask_database (OvsBench *bench, const char *request)
{
  Database database = { .said = g_string_new (NULL) };

  database.stream = net_world_connect (&bench->controller->node.world, "tcp:10.8.0.18:6640", &database_events,
                                       &database, NULL);
  ovs_bench_run (bench, 10 * SIM_MSEC);
  net_stream_send (database.stream, (const guint8 *) request, strlen (request));
  ovs_bench_run (bench, 50 * SIM_MSEC);
  net_stream_close (database.stream);
  ovs_bench_run (bench, 10 * SIM_MSEC);
  return g_string_free (database.said, FALSE);
}

void
ovs_bench_plug_tunnel (OvsBench *bench)
{
  g_autofree char *said = ovs_bench_ask_database (bench, add_tunnel);
  CU_ASSERT_PTR_NULL (strstr (said, "error\":\""));
}

void
ovs_bench_answer_arp (OvsBench *bench)
{
  static const guint8 reply[42]
      = { 2, 0x0a, 8, 0x7d, 0, 0x18, 2,  0x0a, 8,   0x7d, 0, 0x20, 8, 6,    0, 1,    8,  0, 6,   4, 0, 2,
          2, 0x0a, 8, 0x7d, 0, 0x20, 10, 8,    125, 20,   2, 0x0a, 8, 0x7d, 0, 0x18, 10, 8, 125, 18 };
  probe_send (bench->peer, 0, reply, sizeof reply);
}

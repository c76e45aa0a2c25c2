/* Answers to MULTIPART_REQUEST (1.3.5 §7.3.5). */
#include "models/ovs/multipart-private.h"

static gboolean
answer_description (OvsAnswer *answer, GError **error)
{
  static const OpenflowDescription description = { .manufacturer = "vteplab",
                                                   .hardware = "simulated Open vSwitch",
                                                   .software = VTEPLAB_VERSION,
                                                   .serial = "None",
                                                   .datapath = "br-int" };
  (void) error;
  openflow_description_encode (&description, answer->out);
  return TRUE;
}

/* ---- flows --------------------------------------------------------------------------------------------------- */

static gboolean
select_flows (OvsAnswer *answer, OpenflowFlowRequest *request, GPtrArray **flows, GError **error)
{
  OvsSelection selection;

  if (!openflow_flow_request_decode (answer->body, request, error))
    return FALSE;
  selection = (OvsSelection){ .table = request->table,
                              .out_port = request->out_port,
                              .out_group = request->out_group,
                              .cookie = request->cookie,
                              .cookie_mask = request->cookie_mask,
                              .match = &request->match };
  if (request->table != OPENFLOW_TABLE_ALL && request->table >= OVS_N_TABLES)
    return openflow_fail (error, OPENFLOW_ERROR_REQUEST_BAD_TABLE, "there is no table %u", request->table);
  *flows = ovs_tables_select (ovs_switch_tables (answer->sw), &selection);
  return TRUE;
}

static gboolean
answer_flows (OvsAnswer *answer, GError **error)
{
  g_autoptr (GPtrArray) flows = NULL;
  OpenflowFlowRequest request;

  if (!select_flows (answer, &request, &flows, error))
    return FALSE;
  for (guint i = 0; i < flows->len; i++)
    {
      const OvsFlow *flow = flows->pdata[i];
      const OpenflowFlowStats stats = { .table = flow->table,
                                        .duration_ns = answer->now_ns - flow->created_ns,
                                        .priority = flow->priority,
                                        .idle_timeout = flow->idle_timeout,
                                        .hard_timeout = flow->hard_timeout,
                                        .flags = flow->flags,
                                        .cookie = flow->cookie,
                                        .n_packets = flow->n_packets,
                                        .n_bytes = flow->n_bytes,
                                        .match = flow->match,
                                        .instructions = flow->instructions };
      openflow_flow_stats_encode (&stats, answer->out);
      openflow_multipart_reply_entry (&answer->reply);
    }
  return TRUE;
}

static gboolean
answer_aggregate (OvsAnswer *answer, GError **error)
{
  g_autoptr (GPtrArray) flows = NULL;
  OpenflowFlowRequest request;
  OpenflowAggregate aggregate = { 0 };

  if (!select_flows (answer, &request, &flows, error))
    return FALSE;
  aggregate.n_flows = flows->len;
  for (guint i = 0; i < flows->len; i++)
    {
      const OvsFlow *flow = flows->pdata[i];
      aggregate.n_packets += flow->n_packets;
      aggregate.n_bytes += flow->n_bytes;
    }
  openflow_aggregate_encode (&aggregate, answer->out);
  return TRUE;
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

static gboolean
answer_port_stats (OvsAnswer *answer, GError **error)
{
  const OvsPorts *ports = ovs_switch_ports (answer->sw);
  guint32 number;

  if (!openflow_number_request_decode (answer->body, &number, error))
    return FALSE;
  if (number != OPENFLOW_PORT_ANY && !ovs_ports_find (ports, number))
    return openflow_fail (error, OPENFLOW_ERROR_REQUEST_BAD_PORT, "there is no port %u", number);
  for (guint i = 0; i < ovs_ports_n (ports); i++)
    {
      const OvsPort *port = ovs_ports_at (ports, i);
      const OpenflowPortStats stats = { .port = port->number,
                                        .rx_packets = port->rx_packets,
                                        .tx_packets = port->tx_packets,
                                        .rx_bytes = port->rx_bytes,
                                        .tx_bytes = port->tx_bytes,
                                        .rx_dropped = port->rx_dropped,
                                        .tx_dropped = port->tx_dropped,
                                        .duration_ns = answer->now_ns - port->created_ns };
      if (number != OPENFLOW_PORT_ANY && number != port->number)
        continue;
      openflow_port_stats_encode (&stats, answer->out);
      openflow_multipart_reply_entry (&answer->reply);
    }
  return TRUE;
}

static gboolean
answer_port_desc (OvsAnswer *answer, GError **error)
{
  const OvsPorts *ports = ovs_switch_ports (answer->sw);

  (void) error;
  for (guint i = 0; i < ovs_ports_n (ports); i++)
    {
      OpenflowPort port;
      ovs_port_describe (ovs_ports_at (ports, i), &port);
      openflow_port_encode (&port, answer->out);
      openflow_multipart_reply_entry (&answer->reply);
    }
  return TRUE;
}

/* ---- groups and queues --------------------------------------------------------------------------------------- */

static guint
count_references (const OvsTables *tables, guint32 id)
{
  const OvsSelection selection
      = { .table = OPENFLOW_TABLE_ALL, .out_port = OPENFLOW_PORT_ANY, .out_group = id };
  g_autoptr (GPtrArray) flows = ovs_tables_select (tables, &selection);
  return flows->len;
}

static void
add_group_stats (OvsAnswer *answer, const OvsGroup *group)
{
  g_autofree OpenflowBucketStats *buckets = g_new0 (OpenflowBucketStats, MAX (group->buckets.n, 1));
  const OpenflowGroupStats stats
      = { .id = group->id,
          .n_references = count_references (ovs_switch_tables (answer->sw), group->id),
          .n_packets = group->count.n_packets,
          .n_bytes = group->count.n_bytes,
          .duration_ns = answer->now_ns - group->created_ns,
          .buckets = buckets,
          .n_buckets = group->buckets.n };

  for (guint b = 0; b < group->buckets.n; b++)
    buckets[b] = (OpenflowBucketStats){ .n_packets = group->bucket_counts[b].n_packets,
                                        .n_bytes = group->bucket_counts[b].n_bytes };
  openflow_group_stats_encode (&stats, answer->out);
  openflow_multipart_reply_entry (&answer->reply);
}

static gboolean
answer_group_stats (OvsAnswer *answer, GError **error)
{
  const OvsGroups *groups = ovs_switch_groups (answer->sw);
  guint32 id;

  if (!openflow_number_request_decode (answer->body, &id, error))
    return FALSE;
  for (guint i = 0; i < ovs_groups_n (groups); i++)
    {
      const OvsGroup *group = ovs_groups_at (groups, i);
      if (id == OPENFLOW_GROUP_ID_ALL || id == group->id)
        add_group_stats (answer, group);
    }
  return TRUE;
}

static gboolean
answer_group_desc (OvsAnswer *answer, GError **error)
{
  const OvsGroups *groups = ovs_switch_groups (answer->sw);

  (void) error;
  for (guint i = 0; i < ovs_groups_n (groups); i++)
    {
      const OvsGroup *group = ovs_groups_at (groups, i);
      openflow_group_description_encode (group->type, group->id, &group->buckets, answer->out);
      openflow_multipart_reply_entry (&answer->reply);
    }
  return TRUE;
}

/* Every type, chaining and select by weight and liveness; the actions of this switch. */
static gboolean
answer_group_features (OvsAnswer *answer, GError **error)
{
  const guint32 actions = 1u << 0 | 1u << 17 | 1u << 18 | 1u << 21 | 1u << 22 | 1u << 24 | 1u << 25;
  guint8 body[40];

  (void) error;
  net_put_be32 (body, 0xf);
  net_put_be32 (body + 4, 0x7);
  for (guint i = 0; i < 4; i++)
    {
      net_put_be32 (body + 8 + i * 4, OVS_GROUPS_MAX);
      net_put_be32 (body + 24 + i * 4, actions);
    }
  g_byte_array_append (answer->out, body, sizeof body);
  return TRUE;
}

#define QUEUE_ALL 0xffffffffu

/* No port has a queue (§7.3.5.9). */
static gboolean
answer_queues (OvsAnswer *answer, GError **error)
{
  const OvsPorts *ports = ovs_switch_ports (answer->sw);
  guint32 port, queue;

  if (!net_cursor_be32 (&answer->body, &port) || !net_cursor_be32 (&answer->body, &queue))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "a queue request is cut short");
  if (port != OPENFLOW_PORT_ANY && !ovs_ports_find (ports, port))
    return openflow_fail (error, OPENFLOW_ERROR_QUEUE_BAD_PORT, "there is no port %u", port);
  return queue == QUEUE_ALL
         || openflow_fail (error, OPENFLOW_ERROR_QUEUE_BAD_QUEUE, "there is no queue %u", queue);
}

static const OvsAnswerer answerers[] = {
  [OPENFLOW_MULTIPART_DESC] = answer_description,
  [OPENFLOW_MULTIPART_FLOW] = answer_flows,
  [OPENFLOW_MULTIPART_AGGREGATE] = answer_aggregate,
  [OPENFLOW_MULTIPART_TABLE] = ovs_answer_tables,
  [OPENFLOW_MULTIPART_PORT_STATS] = answer_port_stats,
  [OPENFLOW_MULTIPART_QUEUE] = answer_queues,
  [OPENFLOW_MULTIPART_GROUP] = answer_group_stats,
  [OPENFLOW_MULTIPART_GROUP_DESC] = answer_group_desc,
  [OPENFLOW_MULTIPART_GROUP_FEATURES] = answer_group_features,
  [OPENFLOW_MULTIPART_METER] = ovs_answer_meters,
  [OPENFLOW_MULTIPART_METER_CONFIG] = ovs_answer_meter_configs,
  [OPENFLOW_MULTIPART_METER_FEATURES] = ovs_answer_meter_features,
  [OPENFLOW_MULTIPART_TABLE_FEATURES] = ovs_answer_table_features,
  [OPENFLOW_MULTIPART_PORT_DESC] = answer_port_desc,
};

static gboolean
refuse_experimenter (NetCursor body, GError **error)
{
  guint32 id;

  if (!net_cursor_be32 (&body, &id))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "an experimenter's request without its number");
  if (id == OPENFLOW_EXPERIMENTER_NICIRA || id == OPENFLOW_EXPERIMENTER_ONF)
    return openflow_fail (error, OPENFLOW_ERROR_BAD_MULTIPART,
                          "a multipart type of 0x%08x that is not had here", id);
  return openflow_fail (error, OPENFLOW_ERROR_BAD_EXPERIMENTER, "experimenter 0x%08x is not known", id);
}

gboolean
ovs_request_multipart (OvsSession *session, const OpenflowMessage *message, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  OvsSwitch *sw = ovs_session_switch (session);
  OvsAnswer answer = { .sw = sw, .now_ns = net_world_now (ovs_switch_world (sw)), .out = out };
  OpenflowMultipart request;

  if (!openflow_multipart_decode (message, &request, error))
    return FALSE;
  if (request.type == OPENFLOW_MULTIPART_EXPERIMENTER)
    return refuse_experimenter (request.body, error);
  if (request.type >= G_N_ELEMENTS (answerers))
    return openflow_fail (error, OPENFLOW_ERROR_BAD_MULTIPART, "multipart type %u is not known",
                          request.type);
  if (request.flags & OPENFLOW_MULTIPART_MORE)
    return openflow_fail (error, OPENFLOW_ERROR_MULTIPART_OVERFLOW, "a request in parts");
  answer.body = request.body;
  openflow_multipart_reply_begin (&answer.reply, (OpenflowMultipartType) request.type, message->xid, out);
  if (!answerers[request.type](&answer, error))
    return FALSE;
  openflow_multipart_reply_end (&answer.reply);
  ovs_session_send (session, out);
  return TRUE;
}

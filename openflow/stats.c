/* The bodies of multipart messages (1.3.5 §7.3.5.1 to §7.3.5.10). */
#include "openflow/multipart.h"

#include "net/world.h"
#include "openflow/put.h"

static gboolean
cut_short (const char *what, GError **error)
{
  return openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "%s is cut short", what);
}

static void
put_duration (GByteArray *out, gint64 duration_ns)
{
  openflow_put_u32 (out, (guint32) (duration_ns / NET_SEC));
  openflow_put_u32 (out, (guint32) (duration_ns % NET_SEC));
}

/* ---- flows --------------------------------------------------------------------------------------------------- */

void
openflow_flow_request_init (OpenflowFlowRequest *request)
{
  *request = (OpenflowFlowRequest){ .table = OPENFLOW_TABLE_ALL,
                                    .out_port = OPENFLOW_PORT_ANY,
                                    .out_group = OPENFLOW_GROUP_ANY };
}

void
openflow_flow_request_encode (const OpenflowFlowRequest *request, OpenflowMultipartType type, guint32 xid,
                              GByteArray *out)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  openflow_put_u8 (body, request->table);
  openflow_put_zero (body, 3);
  openflow_put_u32 (body, request->out_port);
  openflow_put_u32 (body, request->out_group);
  openflow_put_zero (body, 4);
  openflow_put_u64 (body, request->cookie);
  openflow_put_u64 (body, request->cookie_mask);
  openflow_match_encode (&request->match, body);
  openflow_multipart_request_encode (type, body->data, body->len, xid, out);
}

gboolean
openflow_flow_request_decode (NetCursor body, OpenflowFlowRequest *out, GError **error)
{
  if (!net_cursor_u8 (&body, &out->table) || !net_cursor_take (&body, 3)
      || !net_cursor_be32 (&body, &out->out_port) || !net_cursor_be32 (&body, &out->out_group)
      || !net_cursor_take (&body, 4) || !net_cursor_be64 (&body, &out->cookie)
      || !net_cursor_be64 (&body, &out->cookie_mask))
    return cut_short ("a flow request", error);
  return openflow_match_decode (&body, &out->match, error);
}

void
openflow_flow_stats_clear (OpenflowFlowStats *stats)
{
  openflow_instructions_clear (&stats->instructions);
}

void
openflow_flow_stats_encode (const OpenflowFlowStats *stats, GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u16 (out, 0);
  openflow_put_u8 (out, stats->table);
  openflow_put_zero (out, 1);
  put_duration (out, stats->duration_ns);
  openflow_put_u16 (out, stats->priority);
  openflow_put_u16 (out, stats->idle_timeout);
  openflow_put_u16 (out, stats->hard_timeout);
  openflow_put_u16 (out, stats->flags);
  openflow_put_zero (out, 4);
  openflow_put_u64 (out, stats->cookie);
  openflow_put_u64 (out, stats->n_packets);
  openflow_put_u64 (out, stats->n_bytes);
  openflow_match_encode (&stats->match, out);
  openflow_instructions_encode (&stats->instructions, out);
  openflow_put_length (out, begin, 0);
}

gboolean
openflow_flow_stats_decode (NetCursor *body, OpenflowFlowStats *out, GError **error)
{
  gsize left = net_cursor_left (body);
  guint32 seconds, nanoseconds;
  guint16 length;
  NetCursor entry;

  *out = (OpenflowFlowStats){ 0 };
  if (!net_cursor_be16 (body, &length) || length < 2 || length > left)
    return cut_short ("a flow's statistics", error);
  entry = net_cursor (body->at, length - 2u);
  body->at += length - 2u;
  if (!net_cursor_u8 (&entry, &out->table) || !net_cursor_take (&entry, 1)
      || !net_cursor_be32 (&entry, &seconds) || !net_cursor_be32 (&entry, &nanoseconds)
      || !net_cursor_be16 (&entry, &out->priority) || !net_cursor_be16 (&entry, &out->idle_timeout)
      || !net_cursor_be16 (&entry, &out->hard_timeout) || !net_cursor_be16 (&entry, &out->flags)
      || !net_cursor_take (&entry, 4) || !net_cursor_be64 (&entry, &out->cookie)
      || !net_cursor_be64 (&entry, &out->n_packets) || !net_cursor_be64 (&entry, &out->n_bytes))
    return cut_short ("a flow's statistics", error);
  out->duration_ns = (gint64) seconds * NET_SEC + nanoseconds;
  return openflow_match_decode (&entry, &out->match, error)
         && openflow_instructions_decode (&entry, net_cursor_left (&entry), &out->instructions, error);
}

void
openflow_aggregate_encode (const OpenflowAggregate *aggregate, GByteArray *out)
{
  openflow_put_u64 (out, aggregate->n_packets);
  openflow_put_u64 (out, aggregate->n_bytes);
  openflow_put_u32 (out, aggregate->n_flows);
  openflow_put_zero (out, 4);
}

/* ---- switch, tables, ports ----------------------------------------------------------------------------------- */

void
openflow_description_encode (const OpenflowDescription *description, GByteArray *out)
{
  openflow_put_text (out, description->manufacturer, 256);
  openflow_put_text (out, description->hardware, 256);
  openflow_put_text (out, description->software, 256);
  openflow_put_text (out, description->serial, 32);
  openflow_put_text (out, description->datapath, 256);
}

void
openflow_table_stats_encode (const OpenflowTableStats *stats, GByteArray *out)
{
  openflow_put_u8 (out, stats->table);
  openflow_put_zero (out, 3);
  openflow_put_u32 (out, stats->active);
  openflow_put_u64 (out, stats->lookups);
  openflow_put_u64 (out, stats->matched);
}

void
openflow_port_stats_encode (const OpenflowPortStats *stats, GByteArray *out)
{
  openflow_put_u32 (out, stats->port);
  openflow_put_zero (out, 4);
  openflow_put_u64 (out, stats->rx_packets);
  openflow_put_u64 (out, stats->tx_packets);
  openflow_put_u64 (out, stats->rx_bytes);
  openflow_put_u64 (out, stats->tx_bytes);
  openflow_put_u64 (out, stats->rx_dropped);
  openflow_put_u64 (out, stats->tx_dropped);
  openflow_put_u64 (out, stats->rx_errors);
  openflow_put_u64 (out, stats->tx_errors);
  openflow_put_zero (out, 4 * 8); /* frame, overrun and CRC errors, collisions */
  put_duration (out, stats->duration_ns);
}

/* ---- groups -------------------------------------------------------------------------------------------------- */

void
openflow_group_stats_encode (const OpenflowGroupStats *stats, GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u16 (out, 0);
  openflow_put_zero (out, 2);
  openflow_put_u32 (out, stats->id);
  openflow_put_u32 (out, stats->n_references);
  openflow_put_zero (out, 4);
  openflow_put_u64 (out, stats->n_packets);
  openflow_put_u64 (out, stats->n_bytes);
  put_duration (out, stats->duration_ns);
  for (guint i = 0; i < stats->n_buckets; i++)
    {
      openflow_put_u64 (out, stats->buckets[i].n_packets);
      openflow_put_u64 (out, stats->buckets[i].n_bytes);
    }
  openflow_put_length (out, begin, 0);
}

void
openflow_group_description_encode (OpenflowGroupType type, guint32 id, const OpenflowBuckets *buckets,
                                   GByteArray *out)
{
  guint begin = out->len;

  openflow_put_u16 (out, 0);
  openflow_put_u8 (out, (guint8) type);
  openflow_put_zero (out, 1);
  openflow_put_u32 (out, id);
  openflow_buckets_encode (buckets, out);
  openflow_put_length (out, begin, 0);
}

gboolean
openflow_group_description_decode (NetCursor *body, OpenflowGroupMod *out, GError **error)
{
  gsize left = net_cursor_left (body);
  guint16 length;
  guint8 type, pad;

  *out = (OpenflowGroupMod){ .command = OPENFLOW_GROUP_ADD };
  if (!net_cursor_be16 (body, &length) || length < 8 || length > left || !net_cursor_u8 (body, &type)
      || !net_cursor_u8 (body, &pad) || !net_cursor_be32 (body, &out->id))
    return cut_short ("a group's description", error);
  if (type > OPENFLOW_GROUP_TYPE_FAST_FAILOVER)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_BAD_TYPE, "group type %u is not known", type);
  out->type = (OpenflowGroupType) type;
  return openflow_buckets_decode (body, length - 8u, &out->buckets, error);
}

/* Flows and groups as lines that ovs-ofctl add-flows and add-groups read. */
#include "openflow/text-print.h"

void
openflow_rule_print (guint16 priority, const OpenflowMatch *match, GString *out)
{
  gsize begin;

  g_string_append_printf (out, "priority=%u,", priority);
  begin = out->len;
  openflow_match_print (match, out);
  if (out->len == begin)
    g_string_truncate (out, begin - 1);
}

void
openflow_key_print (guint8 table, guint16 priority, const OpenflowMatch *match, GString *out)
{
  g_string_append_printf (out, "table=%u,", table);
  openflow_rule_print (priority, match, out);
}

void
openflow_flow_print (const OpenflowFlowMod *flow, GString *out)
{
  if (flow->cookie)
    g_string_append_printf (out, "cookie=0x%" G_GINT64_MODIFIER "x,", flow->cookie);
  g_string_append_printf (out, "table=%u,", flow->table);
  if (flow->idle_timeout)
    g_string_append_printf (out, "idle_timeout=%u,", flow->idle_timeout);
  if (flow->hard_timeout)
    g_string_append_printf (out, "hard_timeout=%u,", flow->hard_timeout);
  if (flow->flags & OPENFLOW_FLOW_SEND_REMOVED)
    g_string_append (out, "send_flow_rem,");
  if (flow->flags & OPENFLOW_FLOW_CHECK_OVERLAP)
    g_string_append (out, "check_overlap,");
  if (flow->flags & OPENFLOW_FLOW_RESET_COUNTS)
    g_string_append (out, "reset_counts,");
  if (flow->flags & OPENFLOW_FLOW_NO_PACKET_COUNTS)
    g_string_append (out, "no_packet_counts,");
  if (flow->flags & OPENFLOW_FLOW_NO_BYTE_COUNTS)
    g_string_append (out, "no_byte_counts,");
  openflow_rule_print (flow->priority, &flow->match, out);
  g_string_append (out, ",actions=");
  openflow_instructions_print (&flow->instructions, out);
}

void
openflow_group_print (OpenflowGroupType type, guint32 id, const OpenflowBuckets *buckets, GString *out)
{
  static const char *const types[] = { "all", "select", "indirect", "fast_failover" };

  g_string_append_printf (out, "group_id=%u,type=%s", id, types[type]);
  for (guint i = 0; i < buckets->n; i++)
    {
      const OpenflowBucket *bucket = &buckets->items[i];
      g_string_append (out, ",bucket=");
      if (type == OPENFLOW_GROUP_TYPE_SELECT)
        g_string_append_printf (out, "weight:%u,", bucket->weight);
      if (bucket->watch_port != OPENFLOW_PORT_ANY)
        g_string_append_printf (out, "watch_port:%u,", bucket->watch_port);
      if (bucket->watch_group != OPENFLOW_GROUP_ANY)
        g_string_append_printf (out, "watch_group:%u,", bucket->watch_group);
      g_string_append (out, "actions=");
      openflow_actions_print (&bucket->actions, out);
    }
}

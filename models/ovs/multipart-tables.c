/* Answers about tables (1.3.5 §7.3.5.4, §7.3.5.5). */
#include "models/ovs/multipart-private.h"

gboolean
ovs_answer_tables (OvsAnswer *answer, GError **error)
{
  (void) error;
  for (guint i = 0; i < OVS_N_TABLES; i++)
    {
      const OvsTable *table = ovs_tables_table (ovs_switch_tables (answer->sw), (guint8) i);
      const OpenflowTableStats stats = { .table = (guint8) i,
                                         .active = table->n_flows,
                                         .lookups = table->n_lookups,
                                         .matched = table->n_matched };
      openflow_table_stats_encode (&stats, answer->out);
      openflow_multipart_reply_entry (&answer->reply);
    }
  return TRUE;
}

/* Tables cannot be configured: a request with a body asks for that. */
gboolean
ovs_answer_table_features (OvsAnswer *answer, GError **error)
{
  if (net_cursor_left (&answer->body))
    return openflow_fail (error, OPENFLOW_ERROR_FEATURES_EPERM, "what tables can do is not to be set");
  for (guint i = 0; i < OVS_N_TABLES; i++)
    {
      const OpenflowTableFeatures features
          = { .table = (guint8) i, .n_tables = OVS_N_TABLES, .max_flows = OVS_FLOWS_MAX };
      openflow_table_features_encode (&features, answer->out);
      openflow_multipart_reply_entry (&answer->reply);
    }
  return TRUE;
}

/* Answers about meters (1.3.5 §7.3.5.12 to §7.3.5.14). */
#include "models/ovs/multipart-private.h"

static gboolean
read_request (OvsAnswer *answer, guint32 *id, GError **error)
{
  return openflow_number_request_decode (answer->body, id, error)
         && (*id == OPENFLOW_METER_ALL || ovs_meters_find (ovs_switch_meters (answer->sw), *id)
             || openflow_fail (error, OPENFLOW_ERROR_METER_UNKNOWN, "there is no meter %u", *id));
}

static void
add_statistics (OvsAnswer *answer, const OvsMeter *meter)
{
  OpenflowBandStats bands[OPENFLOW_METER_BANDS];
  const OpenflowMeterStats stats
      = { .id = meter->id,
          .n_flows = ovs_tables_n_metered (ovs_switch_tables (answer->sw), meter->id),
          .n_packets = meter->n_packets,
          .n_bytes = meter->n_bytes,
          .duration_ns = answer->now_ns - meter->created_ns,
          .bands = bands,
          .n_bands = meter->config.n_bands };

  for (guint i = 0; i < stats.n_bands; i++)
    bands[i] = (OpenflowBandStats){ meter->bands[i].n_packets, meter->bands[i].n_bytes };
  openflow_meter_stats_encode (&stats, answer->out);
}

static void
add_config (OvsAnswer *answer, const OvsMeter *meter)
{
  openflow_meter_config_encode (&meter->config, answer->out);
}

static gboolean
answer_each (OvsAnswer *answer, void (*add) (OvsAnswer *answer, const OvsMeter *meter), GError **error)
{
  const OvsMeters *meters = ovs_switch_meters (answer->sw);
  guint32 id;

  if (!read_request (answer, &id, error))
    return FALSE;
  for (guint i = 0; i < ovs_meters_n (meters); i++)
    if (id == OPENFLOW_METER_ALL || id == ovs_meters_at (meters, i)->id)
      {
        add (answer, ovs_meters_at (meters, i));
        openflow_multipart_reply_entry (&answer->reply);
      }
  return TRUE;
}

gboolean
ovs_answer_meters (OvsAnswer *answer, GError **error)
{
  return answer_each (answer, add_statistics, error);
}

gboolean
ovs_answer_meter_configs (OvsAnswer *answer, GError **error)
{
  return answer_each (answer, add_config, error);
}

gboolean
ovs_answer_meter_features (OvsAnswer *answer, GError **error)
{
  static const OpenflowMeterFeatures features
      = { .n_meters = OVS_METERS_MAX,
          .band_types = 1u << OPENFLOW_BAND_DROP | 1u << OPENFLOW_BAND_DSCP_REMARK,
          .flags = OPENFLOW_METER_KBPS | OPENFLOW_METER_PKTPS | OPENFLOW_METER_BURST | OPENFLOW_METER_STATS,
          .n_bands = OPENFLOW_METER_BANDS };

  (void) error;
  openflow_meter_features_encode (&features, answer->out);
  return TRUE;
}

/* Meters on a packet's way (1.3.5 §5.7). */
#include "models/ovs/run.h"

#include "models/ovs/field-present.h"

static guint
times_passed (const OvsRun *run, const OvsMeter *meter)
{
  const GArray *path = run->out->path;
  guint n = 0;

  for (guint i = 0; i < path->len; i++)
    {
      const OvsHop *hop = &g_array_index (path, OvsHop, i);
      n += hop->kind == OVS_HOP_METER && hop->meter == meter;
    }
  return n;
}

gboolean
ovs_run_meter (OvsRun *run, guint32 id)
{
  OvsMeter *meter = run->pipeline->meters ? ovs_meters_find (run->pipeline->meters, id) : NULL;
  const OpenflowBand *band;
  gint exceeded;

  if (!meter)
    return TRUE;
  exceeded = ovs_meter_judge (meter, run->length, times_passed (run, meter), run->pipeline->now_ns);
  ovs_run_hop (run, (OvsHop){ .kind = OVS_HOP_METER, .band = (gint16) exceeded, .meter = meter });
  if (exceeded < 0)
    return TRUE;
  band = &meter->config.bands[exceeded];
  if (band->type == OPENFLOW_BAND_DROP)
    {
      ovs_run_end (run, NET_DROP_RATE_EXCEEDED, 0);
      run->stopped = TRUE;
      return FALSE;
    }
  if (ovs_field_present (&run->now.fields, OPENFLOW_FIELD_IP_DSCP))
    run->now.fields.ip_tos = ovs_meter_remark (run->now.fields.ip_tos, band->precedence);
  return TRUE;
}

/* What a decision notes on its way. */
#include "models/ovs/run.h"

guint
ovs_run_version (OvsRun *run)
{
  GArray *versions = run->out->versions;
  guint n = versions->len;

  if (n == 0 || memcmp (&g_array_index (versions, OvsVersion, n - 1), &run->now, sizeof run->now) != 0)
    {
      g_array_append_val (versions, run->now);
      return n;
    }
  return n - 1;
}

void
ovs_run_end (OvsRun *run, NetDropReason reason, guint32 port)
{
  run->out->end = (OvsEnd){ .reason = reason, .table = run->table, .flow = run->flow, .port = port };
}

void
ovs_run_hop (OvsRun *run, OvsHop hop)
{
  hop.table = run->table;
  hop.depth = (guint8) run->depth;
  g_array_append_val (run->out->path, hop);
}

gboolean
ovs_run_may_go_on (OvsRun *run)
{
  if (!run->failed && run->depth < OVS_DEPTH_MAX && run->resubmits < OVS_RESUBMITS_MAX)
    return TRUE;
  if (!run->failed)
    ovs_run_end (run, NET_DROP_RECURSION, 0);
  run->failed = TRUE;
  return FALSE;
}

/* Action sets and groups. */
#include "models/ovs/run.h"

#include "models/ovs/select.h"

static const OpenflowAction *
last_of (const OpenflowAction *const *set, guint n, OpenflowActionType type)
{
  for (guint i = n; i-- > 0;)
    if (set[i]->type == type)
      return set[i];
  return NULL;
}

static gboolean
is_set (OpenflowActionType type)
{
  return type == OPENFLOW_ACTION_SET_FIELD || type == OPENFLOW_ACTION_LOAD || type == OPENFLOW_ACTION_MOVE;
}

void
ovs_run_set (OvsRun *run, const OpenflowAction *const *set, guint n)
{
  static const OpenflowActionType first[]
      = { OPENFLOW_ACTION_POP_VLAN, OPENFLOW_ACTION_PUSH_VLAN, OPENFLOW_ACTION_DEC_TTL };
  static const OpenflowActionType last[]
      = { OPENFLOW_ACTION_GROUP, OPENFLOW_ACTION_OUTPUT, OPENFLOW_ACTION_RESUBMIT, OPENFLOW_ACTION_CT };
  gboolean old_in_set = run->in_set, goes_on = TRUE;

  run->in_set = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (first) && goes_on; i++)
    {
      const OpenflowAction *action = last_of (set, n, first[i]);
      goes_on = !action || ovs_run_action (run, action);
    }
  for (guint i = 0; i < n; i++)
    if (is_set (set[i]->type))
      ovs_run_action (run, set[i]);
  for (guint i = 0; i < G_N_ELEMENTS (last) && goes_on; i++)
    {
      const OpenflowAction *action = last_of (set, n, last[i]);
      if (action)
        {
          ovs_run_action (run, action);
          break;
        }
    }
  run->in_set = old_in_set;
}

#define SMALL_BUCKET 16u

static void
run_bucket (OvsRun *run, OvsGroup *group, guint index)
{
  const OpenflowActions *actions = &group->buckets.items[index].actions;
  OvsVersion before = run->now;
  const OpenflowAction *small[SMALL_BUCKET], **set = small;
  g_autofree const OpenflowAction **large = NULL;

  if (actions->n > SMALL_BUCKET)
    set = large = g_new (const OpenflowAction *, actions->n);
  for (guint i = 0; i < actions->n; i++)
    set[i] = &actions->items[i];
  ovs_run_hop (run, (OvsHop){ .kind = OVS_HOP_BUCKET, .bucket = (guint16) index, .group = group });
  run->depth++;
  ovs_run_set (run, set, actions->n);
  run->depth--;
  run->now = before;
}

void
ovs_run_group (OvsRun *run, guint32 id)
{
  OvsGroup *group = ovs_groups_find (run->pipeline->groups, id);
  guint chosen;

  if (!ovs_run_may_go_on (run))
    return;
  if (!group || group->buckets.n == 0)
    {
      ovs_run_end (run, NET_DROP_GROUP_EMPTY, id);
      run->out->end.group = group;
      return;
    }
  run->resubmits++;
  ovs_run_hop (run, (OvsHop){ .kind = OVS_HOP_GROUP, .group = group });
  if (group->type == OPENFLOW_GROUP_TYPE_ALL)
    for (guint i = 0; i < group->buckets.n && !run->failed && !run->stopped; i++)
      run_bucket (run, group, i);
  else if (ovs_group_select (run->pipeline, group, &run->now.fields, &chosen))
    run_bucket (run, group, chosen);
  else
    {
      ovs_run_end (run, NET_DROP_GROUP_EMPTY, id);
      run->out->end.group = group;
    }
}

/* The group table: an array by id. */
#include "models/ovs/groups.h"

#include "models/ovs/numbered.h"

struct _OvsGroups
{
  GPtrArray *by_id; /* of OvsGroup */
};

static void
group_free (gpointer data)
{
  OvsGroup *group = data;
  openflow_buckets_clear (&group->buckets);
  g_free (group->bucket_counts);
  g_free (group);
}

OvsGroups *
ovs_groups_new (void)
{
  OvsGroups *groups = g_new0 (OvsGroups, 1);
  groups->by_id = g_ptr_array_new_with_free_func (group_free);
  return groups;
}

void
ovs_groups_free (OvsGroups *groups)
{
  if (!groups)
    return;
  g_ptr_array_unref (groups->by_id);
  g_free (groups);
}

static OvsGroup *
copy_group (const OvsGroup *group)
{
  OvsGroup *copy = g_memdup2 (group, sizeof *group);

  copy->buckets = (OpenflowBuckets){ 0 };
  for (guint i = 0; i < group->buckets.n; i++)
    {
      OpenflowBucket *bucket = openflow_buckets_add (&copy->buckets, group->type);
      *bucket = group->buckets.items[i];
      openflow_actions_copy (&bucket->actions, &group->buckets.items[i].actions);
    }
  copy->bucket_counts = g_memdup2 (group->bucket_counts, group->buckets.n * sizeof (OvsCount));
  return copy;
}

OvsGroups *
ovs_groups_copy (const OvsGroups *groups)
{
  OvsGroups *copy = ovs_groups_new ();

  for (guint i = 0; i < groups->by_id->len; i++)
    g_ptr_array_add (copy->by_id, copy_group (groups->by_id->pdata[i]));
  return copy;
}

OvsGroup *
ovs_groups_find (const OvsGroups *groups, guint32 id)
{
  return ovs_numbered_find (groups->by_id, id);
}

guint
ovs_groups_n (const OvsGroups *groups)
{
  return groups->by_id->len;
}

OvsGroup *
ovs_groups_at (const OvsGroups *groups, guint index)
{
  return groups->by_id->pdata[index];
}

gboolean
ovs_groups_put (OvsGroups *groups, OpenflowGroupMod *mod, gint64 now_ns, GError **error)
{
  OvsGroup *group = ovs_groups_find (groups, mod->id);

  if (mod->command == OPENFLOW_GROUP_ADD && group)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_EXISTS, "group %u exists", mod->id);
  if (mod->command == OPENFLOW_GROUP_MODIFY && !group)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_UNKNOWN, "there is no group %u", mod->id);
  if (!group && groups->by_id->len >= OVS_GROUPS_MAX)
    return openflow_fail (error, OPENFLOW_ERROR_GROUP_OUT_OF_GROUPS, "the table holds %u groups",
                          groups->by_id->len);
  if (!group)
    {
      group = g_new0 (OvsGroup, 1);
      group->id = mod->id;
      group->created_ns = now_ns;
      g_ptr_array_insert (groups->by_id, (gint) ovs_numbered_place (groups->by_id, mod->id), group);
    }
  group->type = mod->type;
  openflow_buckets_clear (&group->buckets);
  group->buckets = mod->buckets;
  mod->buckets = (OpenflowBuckets){ 0 };
  g_free (group->bucket_counts);
  group->bucket_counts = g_new0 (OvsCount, group->buckets.n);
  return TRUE;
}

gboolean
ovs_groups_remove (OvsGroups *groups, guint32 id)
{
  guint at = ovs_numbered_place (groups->by_id, id);

  if (!ovs_groups_find (groups, id))
    return FALSE;
  g_ptr_array_remove_index (groups->by_id, at);
  return TRUE;
}

/* The group table: an array by id. */
#include "models/ovs/groups.h"

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

/* The place of the first group whose id is not below. */
static guint
place_of (const OvsGroups *groups, guint32 id)
{
  guint low = 0, high = groups->by_id->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      if (((const OvsGroup *) groups->by_id->pdata[middle])->id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

OvsGroup *
ovs_groups_find (const OvsGroups *groups, guint32 id)
{
  guint at = place_of (groups, id);
  OvsGroup *group = at < groups->by_id->len ? groups->by_id->pdata[at] : NULL;
  return group && group->id == id ? group : NULL;
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
  if (!group)
    {
      group = g_new0 (OvsGroup, 1);
      group->id = mod->id;
      group->created_ns = now_ns;
      g_ptr_array_insert (groups->by_id, (gint) place_of (groups, mod->id), group);
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
  guint at = place_of (groups, id);

  if (!ovs_groups_find (groups, id))
    return FALSE;
  g_ptr_array_remove_index (groups->by_id, at);
  return TRUE;
}

/* Bucket choice: liveness, and highest random weight without floating point. */
#include "models/ovs/select.h"

#define WATCH_DEPTH_MAX 8u

static gboolean group_is_live (const OvsPipeline *pipeline, guint32 id, guint depth);

static gboolean
bucket_is_live (const OvsPipeline *pipeline, const OpenflowBucket *bucket, guint depth)
{
  const OvsPort *port;

  if (bucket->watch_port != OPENFLOW_PORT_ANY)
    {
      port = ovs_ports_find (pipeline->ports, bucket->watch_port);
      if (!port || !ovs_port_is_live (port))
        return FALSE;
    }
  return bucket->watch_group == OPENFLOW_PORT_ANY || group_is_live (pipeline, bucket->watch_group, depth + 1);
}

static gboolean
group_is_live (const OvsPipeline *pipeline, guint32 id, guint depth)
{
  const OvsGroup *group = ovs_groups_find (pipeline->groups, id);

  if (depth > WATCH_DEPTH_MAX || !group)
    return FALSE;
  for (guint i = 0; i < group->buckets.n; i++)
    if (bucket_is_live (pipeline, &group->buckets.items[i], depth))
      return TRUE;
  return FALSE;
}

static guint32
mix (guint32 hash, guint64 value)
{
  guint64 product = ((guint64) hash ^ value) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (guint32) (product >> 32 ^ product);
}

/* The same for both directions: each pair enters by exclusive or. */
static guint32
conversation_hash (const OpenflowFields *f)
{
  guint32 hash = mix (f->eth_type, f->eth_src ^ f->eth_dst);

  hash = mix (hash, (guint64) (f->ip_src ^ f->ip_dst) << 8 | f->ip_proto);
  hash = mix (hash, f->ipv6_src[0] ^ f->ipv6_dst[0]);
  hash = mix (hash, f->ipv6_src[1] ^ f->ipv6_dst[1]);
  return mix (hash, (guint32) (f->tp_src ^ f->tp_dst));
}

static gboolean
select_by_weight (const OvsPipeline *pipeline, const OvsGroup *group, const OpenflowFields *fields,
                  guint *bucket)
{
  guint32 hash = conversation_hash (fields);
  guint64 best = 0;
  gboolean found = FALSE;

  for (guint i = 0; i < group->buckets.n; i++)
    {
      const OpenflowBucket *candidate = &group->buckets.items[i];
      guint64 score = (guint64) mix (hash, i + 1) * candidate->weight;

      if (candidate->weight == 0 || !bucket_is_live (pipeline, candidate, 0) || (found && score <= best))
        continue;
      best = score;
      *bucket = i;
      found = TRUE;
    }
  return found;
}

gboolean
ovs_group_select (const OvsPipeline *pipeline, const OvsGroup *group, const OpenflowFields *fields,
                  guint *bucket)
{
  *bucket = 0;
  if (group->type == OPENFLOW_GROUP_TYPE_INDIRECT)
    return TRUE;
  if (group->type == OPENFLOW_GROUP_TYPE_SELECT)
    return select_by_weight (pipeline, group, fields, bucket);
  for (guint i = 0; i < group->buckets.n; i++)
    if (bucket_is_live (pipeline, &group->buckets.items[i], 0))
      {
        *bucket = i;
        return TRUE;
      }
  return FALSE;
}

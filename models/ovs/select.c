/* Bucket choice: liveness, and highest random weight without floating point. */
#include "models/ovs/select.h"

/* Groups in a row that watch each other, as Open vSwitch follows them. */
#define WATCH_DEPTH_MAX 128u

/* A group was looked at once when its place here is set: whoever asks again has had the answer, or waits for it in a
 * circle, which is not live. */
typedef struct
{
  const OvsPipeline *pipeline;
  GHashTable *seen; /* of group ids; NULL until there is one */
} Liveness;

static gboolean group_is_live (Liveness *liveness, guint32 id, guint depth);

/* What watches nothing is live, and what watches both needs one of them. */
static gboolean
is_live (Liveness *liveness, const OpenflowBucket *bucket, guint depth)
{
  const OvsPort *port;

  if (bucket->watch_port == OPENFLOW_PORT_ANY && bucket->watch_group == OPENFLOW_GROUP_ANY)
    return TRUE;
  port = bucket->watch_port == OPENFLOW_PORT_ANY
             ? NULL
             : ovs_ports_find (liveness->pipeline->ports, bucket->watch_port);
  if (port && ovs_port_is_live (port))
    return TRUE;
  return bucket->watch_group != OPENFLOW_GROUP_ANY
         && group_is_live (liveness, bucket->watch_group, depth + 1);
}

static gboolean
group_is_live (Liveness *liveness, guint32 id, guint depth)
{
  const OvsGroup *group = ovs_groups_find (liveness->pipeline->groups, id);

  if (!liveness->seen)
    liveness->seen = g_hash_table_new (NULL, NULL);
  if (depth >= WATCH_DEPTH_MAX || !group || !g_hash_table_add (liveness->seen, GUINT_TO_POINTER (id)))
    return FALSE;
  for (guint i = 0; i < group->buckets.n; i++)
    if (is_live (liveness, &group->buckets.items[i], depth))
      return TRUE;
  return FALSE;
}

static gboolean
bucket_is_live (const OvsPipeline *pipeline, const OpenflowBucket *bucket)
{
  Liveness liveness = { .pipeline = pipeline };
  gboolean live = is_live (&liveness, bucket, 0);

  g_clear_pointer (&liveness.seen, g_hash_table_unref);
  return live;
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

      if (candidate->weight == 0 || !bucket_is_live (pipeline, candidate) || (found && score <= best))
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
    if (bucket_is_live (pipeline, &group->buckets.items[i]))
      {
        *bucket = i;
        return TRUE;
      }
  return FALSE;
}

/* The group table (1.3.5 §5.6, §6.5). */
#pragma once

#include "openflow/group.h"

G_BEGIN_DECLS

/* As many as a controller may make; more are OUT_OF_GROUPS. */
#define OVS_GROUPS_MAX 65536u

typedef struct
{
  guint64 n_packets, n_bytes;
} OvsCount;

typedef struct
{
  guint32 id; /* first: see numbered.h */
  OpenflowGroupType type;
  OpenflowBuckets buckets;
  gint64 created_ns;
  OvsCount count;
  OvsCount *bucket_counts; /* as many as buckets */
} OvsGroup;

typedef struct _OvsGroups OvsGroups;

OvsGroups *ovs_groups_new (void);
void ovs_groups_free (OvsGroups *groups);
OvsGroups *ovs_groups_copy (const OvsGroups *groups);

/* NULL when there is none. */
OvsGroup *ovs_groups_find (const OvsGroups *groups, guint32 id);
/* By rising id. */
guint ovs_groups_n (const OvsGroups *groups);
OvsGroup *ovs_groups_at (const OvsGroups *groups, guint index);

/* ADD and MODIFY; the buckets are taken over (left empty in `mod`). */
gboolean ovs_groups_put (OvsGroups *groups, OpenflowGroupMod *mod, gint64 now_ns, GError **error);
/* FALSE when there was none. */
gboolean ovs_groups_remove (OvsGroups *groups, guint32 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsGroups, ovs_groups_free)

G_END_DECLS

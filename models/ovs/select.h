/* Choosing one bucket of an indirect, select or fast-failover group. */
#pragma once

#include "models/ovs/decide.h"

G_BEGIN_DECLS

/* FALSE when no bucket is live.  Select groups share flows by weight: both directions of a conversation,
 * and every packet of it, take the same bucket as long as the buckets stay. */
gboolean ovs_group_select (const OvsPipeline *pipeline, const OvsGroup *group, const OpenflowFields *fields,
                           guint *bucket);

G_END_DECLS

/* A flow entry: what a flow-mod left in a table, with its counters. */
#pragma once

#include "openflow/flow.h"

G_BEGIN_DECLS

typedef struct _OvsFlow OvsFlow;

struct _OvsFlow
{
  OpenflowMatch match;
  guint16 priority;
  guint8 table;
  guint32 hash;             /* of the masked values: the classifier's */
  OvsFlow *chain;           /* of one hash bucket: the classifier's */
  OvsFlow *previous, *next; /* of the table, in order of insertion */
  OpenflowInstructions instructions;
  guint64 cookie;
  guint16 idle_timeout, hard_timeout; /* seconds */
  guint16 flags;                      /* OpenflowFlowFlags */
  gint64 created_ns, modified_ns, used_ns;
  guint64 n_packets, n_bytes;
};

void ovs_flow_free (OvsFlow *flow);

/* Neither matches anything in particular nor outranks anything: the table-miss flow (1.3.5 §5.4). */
gboolean ovs_flow_is_miss (const OvsFlow *flow);

G_END_DECLS

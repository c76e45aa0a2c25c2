/* Carrying out a learn action. */
#pragma once

#include "models/ovs/tables.h"

G_BEGIN_DECLS

/* Adds the flow that the packet's fields give, or renews the one that is there: its hard timeout begins
 * again.  A refusal (a full table) is silent, as in Open vSwitch. */
void ovs_learn (OvsTables *tables, const OpenflowLearn *learn, const OpenflowFields *fields, gint64 now_ns);

G_END_DECLS

/* Carrying out a learn action. */
#pragma once

#include "models/ovs/tables.h"

G_BEGIN_DECLS

/* Adds the flow that the packet's fields give, or modifies the one that is there: its hard timeout begins again, but how
 * long its timeouts are stays as it was, also when it had none.  A refusal (a full table) is silent, as in Open vSwitch. */
void ovs_learn (OvsTables *tables, const OpenflowLearn *learn, const OpenflowFields *fields, gint64 now_ns);

G_END_DECLS

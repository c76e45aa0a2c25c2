/* Tables and groups as text that loads into a real Open vSwitch. */
#pragma once

#include "models/ovs/groups.h"
#include "models/ovs/tables.h"

G_BEGIN_DECLS

/* A line a flow, by table, falling priority, age. */
void ovs_dump_flows (const OvsTables *tables, GString *out);
/* A line a group, by id. */
void ovs_dump_groups (const OvsGroups *groups, GString *out);

G_END_DECLS

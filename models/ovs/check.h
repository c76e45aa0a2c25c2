/* What a switch refuses in a well-formed flow, group or packet-out: actions that do not fit the match,
 * ports and groups that cannot be, tables that go backwards (1.3.5 §7.4.4; where the standard is silent,
 * as Open vSwitch does).  Errors are OPENFLOW_ERROR's. */
#pragma once

#include "models/ovs/groups.h"
#include "models/ovs/meters.h"
#include "openflow/flow.h"

G_BEGIN_DECLS

/* `meters` NULL: there is none. */
gboolean
ovs_check_flow (const OpenflowFlowMod *mod, const OvsGroups *groups, const OvsMeters *meters, GError **error);
/* Buckets may name groups that do not exist yet. */
gboolean ovs_check_group (const OpenflowGroupMod *mod, GError **error);
gboolean ovs_check_packet_out (const OpenflowActions *actions, const OvsGroups *groups, GError **error);

G_END_DECLS

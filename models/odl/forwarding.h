/* What each compute's tables must hold.  Managers write here, whether the compute is there or not; what is new goes
 * out at once when it is, and everything when it comes (again): the real one's forwarding rules manager. */
#pragma once

#include "models/odl/bugs.h"
#include "models/odl/compute.h"

G_BEGIN_DECLS

void odl_forwarding_init (OdlCompute *compute);
void odl_forwarding_clear (OdlCompute *compute);

/* Each takes what the mod owns.  Writing what is already there sends nothing. */
void odl_forwarding_write (OdlCompute *compute, OpenflowFlowMod *flow);
/* Removes the flow of the same table, priority and match. */
void odl_forwarding_remove (OdlCompute *compute, OpenflowFlowMod *flow);
void odl_forwarding_write_group (OdlCompute *compute, OpenflowGroupMod *group);
void odl_forwarding_remove_group (OdlCompute *compute, guint32 id);

/* Sends everything: groups that groups refer to first, then flows.  `present` are the ids (guint32) of the groups that
 * the switch kept: they are modified, for it refuses to add them again.  `bugs` are those that are on. */
void odl_forwarding_push (OdlCompute *compute, const GArray *present, const OdlBugs *bugs);
/* A flow left the switch by itself (a timeout): it is not wanted any more either. */
void odl_forwarding_forget (OdlCompute *compute, guint8 table, guint16 priority, const OpenflowMatch *match);

/* Groups and flows as ovs-ofctl prints them, a line each, in the order of table, priority and match. */
char *odl_forwarding_dump (const OdlCompute *compute);

G_END_DECLS

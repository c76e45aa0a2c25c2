/* State records and drop records of a switch, formatted only where somebody reads them. */
#pragma once

#include "models/ovs/decide.h"
#include "net/world.h"

G_BEGIN_DECLS

/* "flow": key "table=51,priority=20,dl_dst=…". */
void ovs_tell_flow (NetWorld *world, const OvsFlow *flow, OvsFlowEvent event, guint8 reason);
/* "group": key "210003".  `op` is "add", "change" or "remove". */
void ovs_tell_group (NetWorld *world, const OvsGroup *group, const char *op);
/* "port": key "vx-tor". */
void ovs_tell_port (NetWorld *world, const OvsPort *port, const char *op);

/* "punt": op "sent", key the frame's packet id; json {"table","rule"}: what sent it to the controllers. */
void ovs_tell_punt (NetWorld *world, const NetFrame *frame, guint table, const OvsFlow *flow);

/* The drop of a frame that came in by `world_port`, where and by which rule the decision ended.  Borrows
 * the frame. */
void ovs_tell_drop (NetWorld *world, NetFrame *frame, guint world_port, const OvsEnd *end);

G_END_DECLS

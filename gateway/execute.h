/* Carrying out decisions: tags off and on, encapsulation, sending, and the report of drops.  No decision is made here,
 * and a frame that goes out unchanged is shared, not copied. */
#pragma once

#include "gateway/decide.h"
#include "gateway/ecn.h"
#include "gateway/underlay.h"

G_BEGIN_DECLS

/* What frames leave by; all borrowed. */
typedef struct
{
  NetWorld *world;
  VtepUnderlay *underlay;
  const VtepTables *tables;
  const guint *world_ports; /* by access port */
  const char *const *port_names;
  guint underlay_port;
} VtepExits;

/* Counts a frame that came in, where nothing else is done here: a router takes it. */
void vtep_execute_count (const VtepView *view, const VtepActions *actions);

/* A frame of an access port or a router; takes its reference. */
void vtep_execute_access (const VtepExits *exits, NetFrame *frame, const VtepView *view,
                          const VtepActions *actions);

/* A VXLAN packet of the underlay port; takes its reference. */
void vtep_execute_tunnel (const VtepExits *exits, NetFrame *frame, const VtepView *view,
                          const VtepArrival *arrival, VtepEcn ecn, const VtepActions *actions);

G_END_DECLS

/* Logical routers at work: what vtep_route_decide() says is done here.  Packets go on to their next hop, or wait until its
 * address is known; neighbours are asked for, questions answered, senders told why a packet went no further.
 *
 * Questions go out in the name of this switch (Arp_Sources_Local), so that the replies find their way back; answers
 * name the router's own MAC.  Who asks a router is a neighbour it knows from then on.  ICMP errors are limited to
 * VTEP_ROUTER_ERRORS in each second. */
#pragma once

#include "gateway/execute.h"
#include "gateway/route.h"

G_BEGIN_DECLS

#define VTEP_ROUTER_ERRORS 100u

typedef struct _VtepRouterPort VtepRouterPort;

/* All borrowed. */
VtepRouterPort *vtep_router_port_new (const VtepExits *exits);
void vtep_router_port_free (VtepRouterPort *port);

/* A frame (from a tunnel: the inner one) that was decided to be a router's; takes the reference.  `view` is of its
 * bytes. */
void vtep_router_port_receive (VtepRouterPort *port, NetFrame *frame, const VtepView *view,
                               const VtepActions *actions);
/* A frame in a logical switch with routers in which a neighbour tells its address. */
void vtep_router_port_overhear (VtepRouterPort *port, const VtepView *view, const VtepActions *actions);

/* Routers changed, and their logical switches are still there: neighbours that are in no prefix of an interface any more
 * are forgotten, and what waits for them. */
void vtep_router_port_settle (VtepRouterPort *port);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepRouterPort, vtep_router_port_free)

G_END_DECLS

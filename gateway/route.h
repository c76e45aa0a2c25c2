/* What a logical router does with a frame, as a pure function: it sends nothing, resolves nothing and asks nobody.
 *
 * Routing is distributed: each switch routes for its own access ports.  A router has one MAC, the same on every switch
 * that serves it.  What came out of a tunnel is answered and routed as well, but leaves at access ports only. */
#pragma once

#include "gateway/switch.h"
#include "gateway/view.h"

G_BEGIN_DECLS

typedef enum
{
  VTEP_ROUTE_DROP,
  VTEP_ROUTE_HEARD,        /* a neighbour told its address, and wants nothing */
  VTEP_ROUTE_ARP,          /* to answer: who has the address of `in` */
  VTEP_ROUTE_SOLICITATION, /* the same for IPv6 */
  VTEP_ROUTE_ECHO,         /* to answer: an echo request to the address of `in` */
  VTEP_ROUTE_FORWARD
} VtepRouteKind;

/* What the sender of a dropped packet is told. */
typedef enum
{
  VTEP_ROUTE_SILENT,
  VTEP_ROUTE_TTL_EXPIRED,
  VTEP_ROUTE_NO_ROUTE,
  VTEP_ROUTE_NO_HOST,
  VTEP_ROUTE_NO_PROTOCOL,
  VTEP_ROUTE_PROHIBITED,
  VTEP_ROUTE_TOO_BIG
} VtepRouteError;

typedef struct
{
  VtepRouteKind kind;
  NetDropReason reason; /* with DROP */
  VtepRouteError error; /* with DROP */
  const VtepRouter *router;
  const VtepInterface *in;     /* that of an answer, or which faces the sender; may be NULL */
  const VtepRoute *route;      /* with FORWARD, and where an egress list denies */
  NetIpv6 source, destination; /* of the packet; ARP's sender and target */
  NetIpv6 next_hop;            /* with FORWARD */
  const VtepAcl *acl;          /* acl-deny: the list, */
  gint64 sequence;             /* its entry, */
  const VtepInterface *at;     /* and the interface */
  gboolean tells;              /* that `told` is the address of `neighbor` */
  NetIpv6 told;
  NetMac neighbor;
} VtepRouting;

/* The router of the logical switch that takes the frame; NULL: none, it is switched.  `arp_source` is the MAC in the
 * name of which this switch asks; `is_twin`: the destination is that of another switch.
 *   - a unicast frame to a router's MAC, or to arp_source;
 *   - an IP packet to a twin: it was answered by way of its question, but is routed here; replies to the twin are not;
 *   - a broadcast ARP request, or a neighbour solicitation, for a router's address. */
const VtepRouter *vtep_route_addressee (const VtepSwitch *logical_switch, const VtepView *view,
                                        const NetMac *arp_source, gboolean is_twin);

/* Whether the frame is one in which a neighbour tells its address (RFC 826: by any ARP packet). */
gboolean vtep_route_tells (const VtepView *view, NetIpv6 *address, NetMac *mac);

void vtep_route_decide (const VtepRouter *router, const VtepSwitch *logical_switch, const VtepView *view,
                        VtepRouting *out);

G_END_DECLS

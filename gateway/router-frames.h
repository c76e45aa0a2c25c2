/* The frames that a logical router makes: questions for neighbours, answers, and ICMP errors.  Bytes only. */
#pragma once

#include "gateway/route.h"

G_BEGIN_DECLS

#define VTEP_ROUTER_TTL 64u

/* Who has `address`?  Asked from `source`, in the name of `asker` (none: IPv4 as an ARP probe). */
NetFrame *
vtep_router_question (NetFramePool *pool, const NetMac *source, const NetIpv6 *asker, const NetIpv6 *address);
/* The answer to the question in the frame: `mac` has the address that was asked for. */
NetFrame *
vtep_router_answer (NetFramePool *pool, const NetMac *mac, const VtepView *view, const VtepRouting *routing);

/* IP packets without an Ethernet header, with room for it; from `source`.  The echo reply to the request in the frame. */
NetFrame *vtep_router_echo_reply (NetFramePool *pool, const VtepView *view, const VtepRouting *routing);
/* An ICMP error about the packet in the frame; NULL: there must be none about it (RFC 1812 §4.3.2.7, RFC 4443 §2.4).
 * `mtu` belongs to VTEP_ROUTE_TOO_BIG. */
NetFrame *vtep_router_error (NetFramePool *pool, const VtepView *view, VtepRouteError error, guint mtu,
                             const NetIpv6 *source);

/* Takes one from the TTL or hop limit of the frame, which is writable, and makes `mac` its source. */
void vtep_router_rewrite (NetFrame *frame, const NetEthernet *ethernet, const NetMac *mac);

G_END_DECLS

/* A tunnel end point on an underlay port: one address, its ARP, ICMP echo, and VXLAN packets in and out.  It knows no
 * logical switch; whoever has tunnels can use it. */
#pragma once

#include "net/vxlan.h"
#include "net/world.h"

G_BEGIN_DECLS

typedef struct _VtepUnderlay VtepUnderlay;

typedef struct
{
  guint port; /* the world's number */
  NetMac mac;
  NetIpv4 ip;
  guint prefix_length;
  NetIpv4 gateway; /* next hop for what is outside the prefix; 0: none */
} VtepUnderlayConfig;

VtepUnderlay *vtep_underlay_new (NetWorld *world, const VtepUnderlayConfig *config);
void vtep_underlay_free (VtepUnderlay *underlay);

/* Port, address or surroundings are others from now on. */
void vtep_underlay_move (VtepUnderlay *underlay, const VtepUnderlayConfig *config);

/* One packet's way through the tunnel. */
typedef struct
{
  NetIpv4 destination;
  guint32 vni;
  guint16 source_port;
  guint8 tos;
} VtepTunnel;

/* Encapsulates and sends, or drops with a reason (no-route, and those of gateway/neighbors.h).  Takes the reference to
 * `inner`, which may be shared. */
void vtep_underlay_send (VtepUnderlay *underlay, NetFrame *inner, const VtepTunnel *tunnel);

/* A VXLAN packet for us: where its inner frame lies. */
typedef struct
{
  NetVxlan outer;
  guint inner, inner_length;
} VtepArrival;

/* A frame came in.  TRUE: it is a VXLAN packet for this end point, well-formed, and still the caller's.  FALSE: it was
 * dealt with (ARP, ICMP echo) or dropped, and the reference is taken. */
gboolean vtep_underlay_receive (VtepUnderlay *underlay, NetFrame *frame, VtepArrival *arrival);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepUnderlay, vtep_underlay_free)

G_END_DECLS

/* Forwarding as a pure function: what is to be done with a frame, by which rule.  It sends nothing, learns nothing and
 * asks nobody; tests, explain and views look at the same answer that the data path carries out. */
#pragma once

#include "gateway/tables.h"
#include "gateway/view.h"

G_BEGIN_DECLS

/* The overhead that counts against the underlay's MTU: IPv4 20, UDP 8, VXLAN 8; the inner frame is whole. */
#define VTEP_TUNNEL_OVERHEAD 36u

typedef enum
{
  VTEP_ACTION_OUTPUT, /* to an access port, tagged with the place's VLAN or untagged for VLAN 0 */
  VTEP_ACTION_TUNNEL, /* untagged, under the logical switch's VNI, to a locator */
  VTEP_ACTION_ROUTE,  /* to a router of the logical switch, which decides by itself (gateway/route.h) */
  VTEP_ACTION_DROP    /* of the whole frame, of its copies to tunnels, or of the copy to one place */
} VtepActionKind;

typedef struct
{
  VtepActionKind kind;
  union
  {
    VtepPlace place;
    NetIpv4 locator;
    const VtepRouter *router;
    struct
    {
      NetDropReason reason;
      const char *table; /* static: where it was decided */
      /* acl-deny: the list and its entry, and the place that the frame came from or would have gone to */
      const VtepAcl *acl;
      gint64 sequence;
      VtepPlace at;
    } drop;
  };
} VtepAction;

/* Which entry decided where the frame goes. */
typedef enum
{
  VTEP_RULE_REFUSED, /* none: dropped before any look-up of its destination */
  VTEP_RULE_LOCAL,   /* a learned MAC */
  VTEP_RULE_REMOTE,  /* a row of Ucast_Macs_Remote */
  VTEP_RULE_UNKNOWN, /* neither: flooded */
  VTEP_RULE_GROUP,   /* broadcast or multicast: flooded */
  VTEP_RULE_ROUTER,  /* the destination is a router of the logical switch */
  VTEP_RULE_TWIN     /* a row of Arp_Sources_Remote */
} VtepRule;

/* The answer.  Local outputs come first, by port and VLAN, a drop in the place of what an access control list denies;
 * then locators in ascending order; then a drop.  What is routed has one item. */
typedef struct
{
  VtepAction *items;
  guint n, capacity;
  guint n_copies; /* items that are no drops */
  VtepRule rule;
  const VtepSwitch *logical_switch; /* NULL when the frame belongs to none */
  gboolean learn;                   /* the source MAC belongs to `from` */
  VtepKey source;                   /* with learn: its key */
  gboolean from_tunnel;             /* routed, and a tunnel had brought it */
  gboolean overheard;               /* a neighbour tells its address: routers listen, beside what is done */
  VtepPlace from;                   /* port VTEP_PORT_TUNNEL for tunnels, VTEP_PORT_ROUTER for routers */
  VtepBinding *binding;             /* of `from`; NULL for tunnels, and where there is none */
  VtepPeer *peer;                   /* from a tunnel: its far end, once it is known to be one of ours */
} VtepActions;

/* Of a frame that a router sends into a logical switch. */
typedef struct
{
  const VtepSwitch *logical_switch;
  gboolean from_tunnel; /* a tunnel brought the packet that was routed */
} VtepRouted;

void vtep_actions_init (VtepActions *actions);
void vtep_actions_clear (VtepActions *actions);

/* in_port is an access port or VTEP_PORT_TUNNEL.  `actions` is overwritten; at least one item comes out. */
void
vtep_forward_decide (const VtepTables *tables, const VtepView *view, VtepPort in_port, VtepActions *actions);

/* The same for a frame of a router: it has passed the lists of its own interfaces, is not learned from, and may go back
 * where it came from. */
void vtep_forward_decide_routed (const VtepTables *tables, const VtepView *view, const VtepRouted *routed,
                                 VtepActions *actions);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VtepActions, vtep_actions_clear)

G_END_DECLS

/* A logical router as forwarding sees it: its interfaces in logical switches, its routes, and which of them a packet
 * takes.  It knows no row, no frame and no clock.
 *
 * There is one table for both kinds of IP: an IPv4 address is kept as an IPv4-mapped one (RFC 4291 §2.5.5.2), and its
 * prefix is VTEP_IPV4_BITS longer. */
#pragma once

#include "gateway/acl.h"
#include "gateway/types.h"

G_BEGIN_DECLS

#define VTEP_IPV4_BITS             96u
#define VTEP_ROUTER_INTERFACES_MAX 1024u

typedef struct
{
  NetIpv6 address; /* the router's own; with has_address */
  gboolean has_address;
  NetIpv6 prefix;
  guint prefix_length;
  VtepSwitchId logical_switch;
  const VtepAcl *acl; /* borrowed; NULL: none */
} VtepInterface;

typedef struct
{
  NetIpv6 prefix;
  guint prefix_length;
  gboolean connected; /* an interface's own prefix: the destination is the next hop */
  NetIpv6 next_hop;   /* with !connected */
  const VtepInterface *out;
} VtepRoute;

/* To be read only. */
typedef struct
{
  char *name;
  NetMac mac;
  VtepInterface *interfaces; /* by address, or prefix where there is none */
  guint n_interfaces;
  VtepRoute *routes; /* longest prefix first, then by prefix */
  guint n_routes;
  guint lengths[130]; /* where the routes of a length begin: those of L end where those of L - 1 begin */
} VtepRouter;

/* What a router is made of; `routes` have no `out` yet.  The order counts only between interfaces of one address and
 * prefix length. */
typedef struct
{
  const char *name;
  NetMac mac;
  const VtepInterface *interfaces;
  guint n_interfaces;
  const VtepRoute *routes;
  guint n_routes;
} VtepRouterConfig;

/* What of it contradicts itself is left out and counted:
 *   - of two interfaces with one address, or with one prefix in two logical switches, the first by address and prefix
 *     length stays, of equal ones the first given;
 *   - there are VTEP_ROUTER_INTERFACES_MAX of them at most;
 *   - of two static routes for one prefix the one with the lowest next hop stays;
 *   - a static route for an interface's own prefix, or whose next hop is in no interface's prefix, or is the router
 *     itself. */
VtepRouter *vtep_router_new (const VtepRouterConfig *config, guint *bad_interfaces, guint *bad_routes);
void vtep_router_free (VtepRouter *router);

/* NULL: there is no way there; no such address. */
const VtepRoute *vtep_router_find (const VtepRouter *router, const NetIpv6 *destination);
const VtepInterface *vtep_router_own (const VtepRouter *router, const NetIpv6 *address);
/* The interface in a logical switch whose prefix has the address, else the first one there for its kind of IP. */
const VtepInterface *vtep_router_facing (const VtepRouter *router, VtepSwitchId id, const NetIpv6 *address);

/* ---- addresses ----------------------------------------------------------------------------------------------- */

NetIpv6 vtep_address_from_ipv4 (NetIpv4 ipv4);
NetIpv4 vtep_address_to_ipv4 (const NetIpv6 *address);
gboolean vtep_address_is_ipv4 (const NetIpv6 *address);
NetIpv6 vtep_address_mask (const NetIpv6 *address, guint prefix_length);
/* "10.0.1.1/24", "2001:db8::1/64"; without a length, a host.  FALSE: it is neither. */
gboolean vtep_prefix_from_text (const char *text, NetIpv6 *address, guint *prefix_length);
gboolean vtep_address_from_text (const char *text, NetIpv6 *address);
/* As its kind is written. */
const char *vtep_address_format (const NetIpv6 *address, char text[NET_IPV6_TEXT]);
/* Whether it may be a host's, as seen by a router: neither unspecified nor loopback, group, broadcast, or bound to a
 * link (RFC 1812 §5.3.7, RFC 4291 §2.5.6). */
gboolean vtep_address_is_routable (const NetIpv6 *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepRouter, vtep_router_free)

G_END_DECLS

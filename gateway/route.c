/* Asked in this order: is it ARP or ND, is it well-formed, may it in, is it ours, may it go on, where, may it out. */
#include "gateway/route.h"

#include "net/arp.h"
#include "net/icmp.h"
#include "net/nd.h"

static gboolean
parse_arp (const VtepView *view, NetArp *arp)
{
  return view->ethernet.type == NET_ETHERTYPE_ARP
         && net_arp_parse (view->bytes + view->ethernet.payload, view->length - view->ethernet.payload, arp)
                == NET_DROP_NONE;
}

/* IPv4 addresses are ARP's: an IPv4-mapped one would be taken for them. */
static gboolean
parse_nd (const VtepView *view, NetIpv6Header *ip, NetNd *nd)
{
  const guint8 *bytes = view->bytes + view->ethernet.payload;

  return view->ethernet.type == NET_ETHERTYPE_IPV6
         && net_ipv6_parse (bytes, view->length - view->ethernet.payload, ip) == NET_DROP_NONE
         && ip->next_header == NET_IP_ICMPV6 && ip->payload_length > 0
         && (bytes[NET_IPV6_HEADER] == NET_ND_SOLICITATION || bytes[NET_IPV6_HEADER] == NET_ND_ADVERTISEMENT)
         && net_nd_parse (bytes + NET_IPV6_HEADER, ip->payload_length, ip, nd) == NET_DROP_NONE
         && !vtep_address_is_ipv4 (&ip->source) && !vtep_address_is_ipv4 (&nd->target);
}

/* ---- who is meant -------------------------------------------------------------------------------------------- */

static const VtepRouter *
owner_of (const VtepSwitch *logical_switch, const NetIpv6 *address)
{
  for (guint i = 0; i < logical_switch->routers->len; i++)
    {
      const VtepRouter *router = logical_switch->routers->pdata[i];
      const VtepInterface *own = vtep_router_own (router, address);
      if (own && own->logical_switch == logical_switch->id)
        return router;
    }
  return NULL;
}

static const VtepRouter *
owner_of_group (const VtepSwitch *logical_switch, const VtepView *view)
{
  NetIpv6Header ip;
  NetIpv6 target;
  NetArp arp;
  NetNd nd;

  if (parse_arp (view, &arp) && arp.op == NET_ARP_REQUEST)
    target = vtep_address_from_ipv4 (arp.target_ip);
  else if (parse_nd (view, &ip, &nd) && nd.type == NET_ND_SOLICITATION)
    target = nd.target;
  else
    return NULL;
  return owner_of (logical_switch, &target);
}

static gboolean
is_to_route (const VtepView *view)
{
  NetIpv6Header ip;
  NetNd nd;

  return view->ethernet.type == NET_ETHERTYPE_IPV4
         || (view->ethernet.type == NET_ETHERTYPE_IPV6 && !parse_nd (view, &ip, &nd));
}

const VtepRouter *
vtep_route_addressee (const VtepSwitch *logical_switch, const VtepView *view, const NetMac *arp_source,
                      gboolean is_twin)
{
  const NetMac *destination = &view->ethernet.destination;
  const GPtrArray *routers = logical_switch->routers;

  if (net_mac_is_group (destination))
    return owner_of_group (logical_switch, view);
  for (guint i = 0; i < routers->len; i++)
    if (net_mac_equal (&((const VtepRouter *) routers->pdata[i])->mac, destination))
      return routers->pdata[i];
  if (net_mac_equal (arp_source, destination) || (is_twin && is_to_route (view)))
    return routers->pdata[0];
  return NULL;
}

/* ---- ARP and ND ---------------------------------------------------------------------------------------------- */

gboolean
vtep_route_tells (const VtepView *view, NetIpv6 *address, NetMac *mac)
{
  NetIpv6Header ip;
  NetArp arp;
  NetNd nd;

  if (parse_arp (view, &arp))
    {
      *address = vtep_address_from_ipv4 (arp.sender_ip);
      *mac = arp.sender_mac;
    }
  else if (parse_nd (view, &ip, &nd) && nd.has_link_address)
    {
      *address = nd.type == NET_ND_SOLICITATION ? ip.source : nd.target;
      *mac = nd.link_address;
    }
  else
    return FALSE;
  return vtep_address_is_routable (address) && !net_mac_is_group (mac) && !net_mac_is_zero (mac);
}

static void
drop (VtepRouting *out, NetDropReason reason, VtepRouteError error)
{
  out->kind = VTEP_ROUTE_DROP;
  out->reason = reason;
  out->error = error;
}

/* `in` is set when it is a question for the interface of this switch. */
static void
decide_question (const VtepSwitch *logical_switch, gboolean is_question, VtepRouteKind answer,
                 VtepRouting *out)
{
  out->in = vtep_router_own (out->router, &out->destination);
  if (is_question && out->in && out->in->logical_switch == logical_switch->id)
    out->kind = answer;
  else if (out->tells)
    out->kind = VTEP_ROUTE_HEARD;
  else
    drop (out, NET_DROP_NOT_FOR_US, VTEP_ROUTE_SILENT);
}

static void
decide_arp (const VtepSwitch *logical_switch, const VtepView *view, VtepRouting *out)
{
  NetDropReason reason;
  NetArp arp;

  reason = net_arp_parse (view->bytes + view->ethernet.payload, view->length - view->ethernet.payload, &arp);
  if (reason != NET_DROP_NONE)
    {
      drop (out, reason, VTEP_ROUTE_SILENT);
      return;
    }
  out->source = vtep_address_from_ipv4 (arp.sender_ip);
  out->destination = vtep_address_from_ipv4 (arp.target_ip);
  decide_question (logical_switch, arp.op == NET_ARP_REQUEST, VTEP_ROUTE_ARP, out);
}

/* ---- IP ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  guint8 ttl, protocol;
  gboolean fragment;
  const guint8 *data;
  guint length;
  NetIpv6Header ipv6; /* as parsed, for checksums */
} Packet;

static NetDropReason
read_ipv4 (const guint8 *bytes, guint length, Packet *packet, VtepRouting *out)
{
  NetIpv4Header ip;
  NetDropReason reason = net_ipv4_parse (bytes, length, &ip);

  if (reason != NET_DROP_NONE)
    return reason;
  *packet = (Packet){ .ttl = ip.ttl,
                      .protocol = ip.protocol,
                      .fragment = net_ipv4_is_fragment (&ip),
                      .data = bytes + ip.header_length,
                      .length = ip.total_length - ip.header_length };
  out->source = vtep_address_from_ipv4 (ip.source);
  out->destination = vtep_address_from_ipv4 (ip.destination);
  return NET_DROP_NONE;
}

static NetDropReason
read_ipv6 (const guint8 *bytes, guint length, Packet *packet, VtepRouting *out)
{
  NetIpv6Header ip;
  NetDropReason reason = net_ipv6_parse (bytes, length, &ip);

  if (reason != NET_DROP_NONE)
    return reason;
  *packet = (Packet){ .ttl = ip.hop_limit,
                      .protocol = ip.next_header,
                      .data = bytes + NET_IPV6_HEADER,
                      .length = ip.payload_length,
                      .ipv6 = ip };
  out->source = ip.source;
  out->destination = ip.destination;
  return vtep_address_is_ipv4 (&ip.source) || vtep_address_is_ipv4 (&ip.destination) ? NET_DROP_MALFORMED
                                                                                     : NET_DROP_NONE;
}

/* TRUE: the interface's list denies, and `out` says so. */
static gboolean
deny (const VtepInterface *at, VtepAclDirection direction, const VtepView *view, VtepRouting *out)
{
  const VtepAclEntry *entry;
  VtepPacket packet;

  if (!at || !at->acl)
    return FALSE;
  vtep_packet_read (&view->ethernet, view->bytes, view->length, &packet);
  entry = vtep_acl_match (at->acl, direction, &packet);
  if (!entry || !entry->deny)
    return FALSE;
  out->acl = at->acl;
  out->sequence = entry->sequence;
  out->at = at;
  drop (out, NET_DROP_ACL_DENY, VTEP_ROUTE_PROHIBITED);
  return TRUE;
}

/* A packet to an address of the router itself: it answers echo requests, and nothing else. */
static void
decide_own (const Packet *packet, gboolean ipv4, VtepRouting *out)
{
  guint8 echo = ipv4 ? NET_ICMP_ECHO_REQUEST : NET_ICMPV6_ECHO_REQUEST;
  NetDropReason reason;
  NetIcmp icmp;

  if (packet->fragment)
    drop (out, NET_DROP_FRAGMENT, VTEP_ROUTE_SILENT);
  else if (packet->protocol != (ipv4 ? NET_IP_ICMP : NET_IP_ICMPV6))
    drop (out, NET_DROP_UNKNOWN_PROTOCOL, VTEP_ROUTE_NO_PROTOCOL);
  else
    {
      reason = ipv4 ? net_icmp_parse (packet->data, packet->length, &icmp)
                    : net_icmpv6_parse (packet->data, packet->length, &packet->ipv6, &icmp);
      if (reason == NET_DROP_NONE && icmp.type != echo)
        reason = NET_DROP_UNKNOWN_PROTOCOL;
      if (reason == NET_DROP_NONE)
        out->kind = VTEP_ROUTE_ECHO;
      else
        drop (out, reason, VTEP_ROUTE_SILENT);
    }
}

/* RFC 2644: nothing is routed to all hosts of an IPv4 prefix. */
static gboolean
is_directed_broadcast (const VtepRoute *route, const NetIpv6 *destination)
{
  guint host_bits = 128 - route->prefix_length;
  guint32 hosts = host_bits < 32 ? (1u << host_bits) - 1 : G_MAXUINT32, address;

  if (!route->connected || !vtep_address_is_ipv4 (destination) || host_bits < 2)
    return FALSE;
  address = vtep_address_to_ipv4 (destination) & hosts;
  return address == hosts || address == 0;
}

static void
decide_forward (const VtepView *view, const Packet *packet, VtepRouting *out)
{
  if (!vtep_address_is_routable (&out->source) || !vtep_address_is_routable (&out->destination))
    {
      drop (out, NET_DROP_NO_ROUTE, VTEP_ROUTE_SILENT);
      return;
    }
  out->route = vtep_router_find (out->router, &out->destination);
  if (out->route && is_directed_broadcast (out->route, &out->destination))
    drop (out, NET_DROP_NO_ROUTE, VTEP_ROUTE_SILENT);
  else if (packet->ttl <= 1)
    drop (out, NET_DROP_TTL_EXPIRED, VTEP_ROUTE_TTL_EXPIRED);
  else if (!out->route)
    drop (out, NET_DROP_NO_ROUTE, VTEP_ROUTE_NO_ROUTE);
  else if (!deny (out->route->out, VTEP_ACL_EGRESS, view, out))
    {
      out->kind = VTEP_ROUTE_FORWARD;
      out->next_hop = out->route->connected ? out->destination : out->route->next_hop;
    }
}

static void
decide_ip (const VtepSwitch *logical_switch, const VtepView *view, VtepRouting *out)
{
  const guint8 *bytes = view->bytes + view->ethernet.payload;
  guint length = view->length - view->ethernet.payload;
  gboolean ipv4 = view->ethernet.type == NET_ETHERTYPE_IPV4;
  const VtepInterface *own;
  Packet packet;
  NetDropReason reason
      = ipv4 ? read_ipv4 (bytes, length, &packet, out) : read_ipv6 (bytes, length, &packet, out);

  if (reason != NET_DROP_NONE)
    {
      drop (out, reason, VTEP_ROUTE_SILENT);
      return;
    }
  out->in = vtep_router_facing (out->router, logical_switch->id, &out->source);
  if (deny (out->in, VTEP_ACL_INGRESS, view, out))
    return;
  own = vtep_router_own (out->router, &out->destination);
  if (!own)
    {
      decide_forward (view, &packet, out);
      return;
    }
  out->in = own;
  decide_own (&packet, ipv4, out);
}

void
vtep_route_decide (const VtepRouter *router, const VtepSwitch *logical_switch, const VtepView *view,
                   VtepRouting *out)
{
  NetIpv6Header ip;
  NetNd nd;

  *out = (VtepRouting){ .router = router };
  out->tells = vtep_route_tells (view, &out->told, &out->neighbor);
  if (view->ethernet.type == NET_ETHERTYPE_ARP)
    decide_arp (logical_switch, view, out);
  else if (parse_nd (view, &ip, &nd))
    {
      out->source = ip.source;
      out->destination = nd.target;
      decide_question (logical_switch, nd.type == NET_ND_SOLICITATION, VTEP_ROUTE_SOLICITATION, out);
    }
  else if (view->ethernet.type == NET_ETHERTYPE_IPV4 || view->ethernet.type == NET_ETHERTYPE_IPV6)
    decide_ip (logical_switch, view, out);
  else
    drop (out, NET_DROP_UNKNOWN_PROTOCOL, VTEP_ROUTE_SILENT);
}

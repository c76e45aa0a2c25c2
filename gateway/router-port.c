/* A packet that waits is whole but for its destination MAC; its source MAC tells which router it belongs to. */
#include "gateway/router-port.h"

#include "gateway/explain.h"
#include "gateway/hops.h"
#include "gateway/router-frames.h"

struct _VtepRouterPort
{
  const VtepExits *exits;
  NetWorld *world;
  VtepHops *hops;
  gint64 errors_ns; /* the second that n_errors counts */
  guint n_errors;
};

static const NetMac *
arp_source (const VtepRouterPort *port)
{
  return &vtep_tables_config (port->exits->tables)->arp_source;
}

static const VtepRouter *
router_of_mac (const VtepSwitch *logical_switch, const NetMac *mac)
{
  for (guint i = 0; logical_switch->routers && i < logical_switch->routers->len; i++)
    if (net_mac_equal (&((const VtepRouter *) logical_switch->routers->pdata[i])->mac, mac))
      return logical_switch->routers->pdata[i];
  return NULL;
}

/* FALSE: the frame is none; it came from here, so that does not happen. */
static gboolean
look (const NetFrame *frame, VtepView *view)
{
  *view = (VtepView){ .length = frame->length, .bytes = net_frame_bytes (frame) };
  return net_ethernet_parse_frame (frame, &view->ethernet) == NET_DROP_NONE;
}

/* Takes the reference. */
static void
drop (const VtepRouterPort *port, NetFrame *frame, NetDropReason reason, const char *rule)
{
  net_world_drop (
      port->world,
      &(NetDrop){
          .frame = frame, .port = NET_PORT_NONE, .reason = reason, .table = "Logical_Router", .rule = rule });
  net_frame_unref (frame);
}

/* ---- into a logical switch ----------------------------------------------------------------------------------- */

static void tell_sender (VtepRouterPort *port, const VtepRouter *router, const VtepView *view,
                         VtepRouteError error, const VtepInterface *from);

/* Takes the reference to a frame that is complete. */
static void
inject (VtepRouterPort *port, const VtepRouted *routed, NetFrame *frame)
{
  g_auto (VtepActions) actions = { 0 };
  const VtepRouter *router;
  VtepView view;

  if (!look (frame, &view))
    {
      drop (port, frame, NET_DROP_MALFORMED, NULL);
      return;
    }
  vtep_actions_init (&actions);
  vtep_forward_decide_routed (port->exits->tables, &view, routed, &actions);
  router = router_of_mac (routed->logical_switch, &view.ethernet.source);
  if (actions.n_copies == 0 && actions.items[0].drop.reason == NET_DROP_FRAME_TOO_LONG && router)
    tell_sender (port, router, &view, VTEP_ROUTE_TOO_BIG, NULL);
  vtep_execute_access (port->exits, frame, &view, &actions);
}

/* Takes the reference to a frame without destination; `out` is the router's. */
static void
send_to (VtepRouterPort *port, const VtepInterface *out, const NetIpv6 *next_hop, gboolean from_tunnel,
         NetFrame *frame)
{
  VtepHopKey key = { .logical_switch = out->logical_switch, .address = *next_hop };
  VtepHop *hop = vtep_hops_get (port->hops, &key);
  char text[NET_IPV6_TEXT];

  if (!hop)
    {
      drop (port, frame, NET_DROP_NEIGHBOR_QUEUE_FULL, vtep_address_format (next_hop, text));
      return;
    }
  if (out->has_address)
    hop->asker = out->address;
  else
    hop->asker = vtep_address_from_ipv4 (0);
  vtep_neighbor_send (&hop->base, (VtepWaiting){ .frame = frame, .mark = (guint) from_tunnel });
}

/* Takes the reference to an IP packet of the router's own. */
static void
originate (VtepRouterPort *port, const VtepRouter *router, NetFrame *packet, guint16 type,
           const NetIpv6 *destination)
{
  const VtepRoute *route = vtep_router_find (router, destination);
  char text[NET_IPV6_TEXT];

  net_ethernet_push (packet, &(NetEthernet){ .source = router->mac, .type = type });
  if (route)
    send_to (port, route->out, route->connected ? destination : &route->next_hop, FALSE, packet);
  else
    drop (port, packet, NET_DROP_NO_ROUTE, vtep_address_format (destination, text));
}

/* ---- ICMP errors --------------------------------------------------------------------------------------------- */

static gboolean
may_tell (VtepRouterPort *port)
{
  gint64 now_ns = net_world_now (port->world);

  if (port->n_errors == 0 || now_ns - port->errors_ns >= NET_SEC)
    {
      port->errors_ns = now_ns;
      port->n_errors = 0;
    }
  return port->n_errors++ < VTEP_ROUTER_ERRORS;
}

static NetIpv6
source_of (const VtepView *view)
{
  const guint8 *ip = view->bytes + view->ethernet.payload;
  NetIpv6 source;

  if (view->ethernet.type == NET_ETHERTYPE_IPV4)
    return vtep_address_from_ipv4 (net_get_be32 (ip + 12));
  memcpy (&source, ip + 8, sizeof source);
  return source;
}

/* `view` is an IP packet.  `from`: the interface that speaks; NULL: the one toward the sender. */
static void
tell_sender (VtepRouterPort *port, const VtepRouter *router, const VtepView *view, VtepRouteError error,
             const VtepInterface *from)
{
  guint mtu = vtep_tables_config (port->exits->tables)->mtu - VTEP_TUNNEL_OVERHEAD - NET_ETHERNET_HEADER;
  NetIpv6 sender = source_of (view);
  const VtepRoute *back = vtep_router_find (router, &sender);
  NetFrame *packet;

  if (!from && back)
    from = back->out;
  if (!back || !from || !from->has_address || !may_tell (port))
    return;
  packet = vtep_router_error (port->world->frames, view, error, mtu, &from->address);
  if (packet)
    originate (port, router, packet, view->ethernet.type, &sender);
}

/* ---- neighbours ---------------------------------------------------------------------------------------------- */

static VtepRouterPort *
port_of (const VtepNeighbor *neighbor)
{
  return vtep_hop (neighbor)->user;
}

static VtepRouted
way_of (const VtepNeighbor *neighbor, gboolean from_tunnel)
{
  VtepSwitchId id = vtep_hop (neighbor)->key.logical_switch;

  return (VtepRouted){ .logical_switch = vtep_tables_switch (port_of (neighbor)->exits->tables, id),
                       .from_tunnel = from_tunnel };
}

static void
hop_ask (VtepNeighbor *neighbor)
{
  VtepRouterPort *port = port_of (neighbor);
  const VtepHop *hop = vtep_hop (neighbor);
  VtepRouted routed = way_of (neighbor, FALSE);

  inject (port, &routed,
          vtep_router_question (port->world->frames, arp_source (port), &hop->asker, &hop->key.address));
}

static void
hop_send (VtepNeighbor *neighbor, VtepWaiting packet)
{
  VtepRouted routed = way_of (neighbor, (gboolean) packet.mark);

  memcpy (net_frame_data (packet.frame), &neighbor->mac, sizeof neighbor->mac);
  inject (port_of (neighbor), &routed, packet.frame);
}

static void
hop_drop (VtepNeighbor *neighbor, VtepWaiting packet, NetDropReason reason)
{
  VtepRouterPort *port = port_of (neighbor);
  const VtepSwitch *logical_switch = way_of (neighbor, FALSE).logical_switch;
  const VtepRouter *router = NULL;
  char text[NET_IPV6_TEXT];
  VtepView view;

  memset (net_frame_data (packet.frame), 0, sizeof (NetMac)); /* it never had a destination */
  if (look (packet.frame, &view))
    router = router_of_mac (logical_switch, &view.ethernet.source);
  if (router && reason == NET_DROP_NEIGHBOR_FAILED)
    tell_sender (port, router, &view, VTEP_ROUTE_NO_HOST, NULL);
  drop (port, packet.frame, reason, vtep_address_format (&vtep_hop (neighbor)->key.address, text));
}

static void
hop_tell (const VtepNeighbor *neighbor, const char *op)
{
  const VtepHop *hop = vtep_hop (neighbor);
  char address[NET_IPV6_TEXT], mac[NET_MAC_TEXT], json[48];
  g_autofree char *key = NULL;

  if (!neighbor->world->detail)
    return;
  key = g_strdup_printf ("%s %s", way_of (neighbor, FALSE).logical_switch->name,
                         vtep_address_format (&hop->key.address, address));
  g_snprintf (json, sizeof json, "{\"mac\":\"%s\"}", net_mac_format (&neighbor->mac, mac));
  net_world_state (neighbor->world, &(NetState){ .table = "neighbor", .op = op, .key = key, .json = json });
}

static const VtepNeighborClass hop_class = {
  .ask = hop_ask, .send = hop_send, .drop = hop_drop, .tell = hop_tell, .failed = NET_DROP_NEIGHBOR_FAILED
};

/* ---- what frames tell ---------------------------------------------------------------------------------------- */

/* `make`: also when nobody has asked for it.  Who claims an address of our own is not believed. */
static void
hear (VtepRouterPort *port, const VtepSwitch *logical_switch, const NetIpv6 *address, const NetMac *mac,
      gboolean make)
{
  VtepHopKey key = { .logical_switch = logical_switch->id, .address = *address };
  VtepHop *hop = vtep_hops_find (port->hops, &key);

  if (router_of_mac (logical_switch, mac) || net_mac_equal (mac, arp_source (port)))
    return;
  if (!hop && make)
    hop = vtep_hops_get (port->hops, &key);
  if (hop)
    vtep_neighbor_heard (&hop->base, mac);
}

/* Whether the address is a neighbour's of the router in this logical switch. */
static gboolean
is_neighbor (const VtepRouter *router, VtepSwitchId id, const NetIpv6 *address)
{
  const VtepRoute *route = vtep_router_find (router, address);
  return route && route->connected && route->out->logical_switch == id && !vtep_router_own (router, address);
}

void
vtep_router_port_overhear (VtepRouterPort *port, const VtepView *view, const VtepActions *actions)
{
  NetIpv6 address;
  NetMac mac;

  if (vtep_route_tells (view, &address, &mac))
    hear (port, actions->logical_switch, &address, &mac, FALSE);
}

/* ---- a frame of a router ------------------------------------------------------------------------------------- */

static void
answer (VtepRouterPort *port, const VtepRouting *routing, const VtepView *view,
        const VtepSwitch *logical_switch)
{
  VtepRouted routed = { .logical_switch = logical_switch };

  inject (port, &routed, vtep_router_answer (port->world->frames, &routing->router->mac, view, routing));
}

static void
forward (VtepRouterPort *port, const VtepRouting *routing, const VtepView *view, gboolean from_tunnel,
         NetFrame *frame)
{
  frame = net_frame_writable (frame, 0);
  vtep_router_rewrite (frame, &view->ethernet, &routing->router->mac);
  send_to (port, routing->route->out, &routing->next_hop, from_tunnel, frame);
}

static void
refuse (VtepRouterPort *port, const VtepRouting *routing, const VtepView *view, NetFrame *frame)
{
  char text[VTEP_EXPLAIN_TEXT];

  if (routing->error != VTEP_ROUTE_SILENT)
    tell_sender (port, routing->router, view, routing->error, routing->in);
  drop (port, frame, routing->reason,
        port->world->detail ? vtep_explain_routing (port->exits->tables, routing, text) : NULL);
}

void
vtep_router_port_receive (VtepRouterPort *port, NetFrame *frame, const VtepView *view,
                          const VtepActions *actions)
{
  const VtepSwitch *logical_switch = actions->logical_switch;
  gboolean from_tunnel = actions->from.port == VTEP_PORT_TUNNEL;
  VtepRouting routing;
  NetFrame *reply;

  vtep_route_decide (actions->items[0].router, logical_switch, view, &routing);
  if (routing.tells)
    hear (port, logical_switch, &routing.told, &routing.neighbor,
          is_neighbor (routing.router, logical_switch->id, &routing.told));
  switch (routing.kind)
    {
    case VTEP_ROUTE_FORWARD:
      forward (port, &routing, view, from_tunnel, frame);
      return;
    case VTEP_ROUTE_DROP:
      refuse (port, &routing, view, frame);
      return;
    case VTEP_ROUTE_ARP:
    case VTEP_ROUTE_SOLICITATION:
      answer (port, &routing, view, logical_switch);
      break;
    case VTEP_ROUTE_ECHO:
      reply = vtep_router_echo_reply (port->world->frames, view, &routing);
      originate (port, routing.router, reply, view->ethernet.type, &routing.source);
      break;
    case VTEP_ROUTE_HEARD:
      break;
    }
  net_frame_unref (frame);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static gboolean
is_nobodys (const VtepHop *hop, gpointer user)
{
  const VtepRouterPort *port = user;
  const VtepSwitch *logical_switch = vtep_tables_switch (port->exits->tables, hop->key.logical_switch);

  for (guint i = 0; logical_switch->routers && i < logical_switch->routers->len; i++)
    if (is_neighbor (logical_switch->routers->pdata[i], logical_switch->id, &hop->key.address))
      return FALSE;
  return TRUE;
}

void
vtep_router_port_settle (VtepRouterPort *port)
{
  vtep_hops_forget (port->hops, is_nobodys, port);
}

VtepRouterPort *
vtep_router_port_new (const VtepExits *exits)
{
  VtepRouterPort *port = g_new0 (VtepRouterPort, 1);

  port->exits = exits;
  port->world = exits->world;
  port->hops = vtep_hops_new (exits->world, &hop_class, port);
  return port;
}

void
vtep_router_port_free (VtepRouterPort *port)
{
  if (!port)
    return;
  vtep_hops_free (port->hops);
  g_free (port);
}

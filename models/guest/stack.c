/* A host's IP end: its addresses, and what every protocol of it needs to send and drop. */
#include "models/guest/stack-private.h"
#include "models/guest/tell.h"
#include "net/udp.h"

#define IP_HEADERS (NET_ETHERNET_HEADER + NET_IPV6_HEADER + NET_UDP_HEADER)

/* ---- neighbours ---------------------------------------------------------------------------------------------- */

void
guest_stack_put_neighbor (GuestStack *stack, NetIpv4 ip, const NetMac *mac)
{
  GuestIp neighbor = guest_ip_v4 (ip);
  guest_resolver_put (&stack->arp, &neighbor, mac);
}

static void
forget_neighbors (GuestStack *stack, NetDropReason reason)
{
  guest_resolver_flush (&stack->arp, reason);
  guest_resolver_flush (&stack->nd, reason);
}

void
guest_stack_flush_neighbors (GuestStack *stack)
{
  forget_neighbors (stack, NET_DROP_NEIGHBOR_FAILED);
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

void
guest_stack_drop (GuestStack *stack, NetFrame *frame, NetDropReason reason, const char *table,
                  const char *rule)
{
  sim_node_drop (
      stack->config.node, frame,
      &(NetDrop){
          .frame = frame, .port = stack->config.port, .reason = reason, .table = table, .rule = rule });
}

static void
push_ethernet (GuestStack *stack, NetFrame *packet, const NetMac *to)
{
  gboolean is_v6 = packet->length > 0 && net_frame_bytes (packet)[0] >> 4 == 6;
  net_ethernet_push (packet, &(NetEthernet){ .destination = *to,
                                             .source = stack->config.mac,
                                             .type = is_v6 ? NET_ETHERTYPE_IPV6 : NET_ETHERTYPE_IPV4 });
}

/* The echo request that a packet of ours holds. */
static gboolean
find_echo (const NetFrame *packet, GuestEcho *out)
{
  const guint8 *bytes = net_frame_bytes (packet);
  NetIpv4Header ip;
  NetIpv6Header ip6;
  NetIcmp icmp;

  if (net_ipv4_parse (bytes, packet->length, &ip) == NET_DROP_NONE)
    {
      if (ip.protocol != NET_IP_ICMP
          || net_icmp_parse (bytes + ip.header_length, ip.total_length - ip.header_length, &icmp)
                 != NET_DROP_NONE
          || icmp.type != NET_ICMP_ECHO_REQUEST)
        return FALSE;
      out->peer = guest_ip_v4 (ip.destination);
    }
  else
    {
      if (net_ipv6_parse (bytes, packet->length, &ip6) != NET_DROP_NONE || ip6.next_header != NET_IP_ICMPV6
          || net_icmpv6_parse (bytes + NET_IPV6_HEADER, ip6.payload_length, &ip6, &icmp) != NET_DROP_NONE
          || icmp.type != NET_ICMPV6_ECHO_REQUEST)
        return FALSE;
      out->peer = guest_ip_v6 (&ip6.destination);
    }
  out->id = icmp.id;
  out->sequence = icmp.sequence;
  return TRUE;
}

void
guest_stack_refuse (GuestStack *stack, NetFrame *packet, NetDropReason reason)
{
  static const NetMac nobody;
  GuestEcho echo = { 0 };

  if (stack->events->echo_refused && find_echo (packet, &echo))
    stack->events->echo_refused (stack->user, &echo, reason);
  push_ethernet (stack, packet, &nobody);
  guest_stack_drop (stack, packet, reason, "route", NULL);
}

void
guest_stack_transmit (GuestStack *stack, NetFrame *packet, const NetMac *to)
{
  push_ethernet (stack, packet, to);
  sim_node_send (stack->config.node, stack->config.port, packet);
}

void
guest_stack_send_frame (GuestStack *stack, NetFrame *frame)
{
  sim_node_send (stack->config.node, stack->config.port, frame);
}

NetFrame *
guest_stack_payload (GuestStack *stack, guint length)
{
  return net_frame_new (guest_stack_world (stack)->frames, NET_FRAME_HEADROOM + IP_HEADERS, length);
}

static gboolean
is_ours (const GuestStack *stack, const NetMac *destination)
{
  return net_mac_is_group (destination) || net_mac_equal (destination, &stack->config.mac);
}

void
guest_stack_receive (GuestStack *stack, NetFrame *frame)
{
  NetEthernet ethernet;
  NetDropReason reason = net_ethernet_parse_frame (frame, &ethernet);

  if (!stack->up)
    guest_stack_drop (stack, frame, NET_DROP_NODE_STOPPED, NULL, NULL);
  else if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "ethernet", NULL);
  else if (!is_ours (stack, &ethernet.destination))
    guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "ethernet", "another station's address");
  else if (ethernet.n_tags && NET_VLAN_VID (ethernet.tags[0].tci) != 0)
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "ethernet", "no interface for this VLAN");
  else if (ethernet.type == NET_ETHERTYPE_ARP)
    guest_arp_receive (stack, frame, &ethernet);
  else if (ethernet.type == NET_ETHERTYPE_IPV4)
    guest_ipv4_receive (stack, frame, &ethernet);
  else if (ethernet.type == NET_ETHERTYPE_IPV6 && stack->has_ipv6)
    guest_ipv6_receive (stack, frame, &ethernet);
  else
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "ethernet", "EtherType");
}

/* ---- addresses ----------------------------------------------------------------------------------------------- */

static void
tell_address (GuestStack *stack, const char *op, const GuestIp *ip, guint prefix_length, const char *origin)
{
  char text[GUEST_IP_TEXT], key[GUEST_IP_TEXT + 4];

  g_snprintf (key, sizeof key, "%s/%u", guest_ip_format (ip, text), prefix_length);
  guest_tell (guest_stack_world (stack), "address", op, key, "{\"dev\":\"eth0\",\"origin\":\"%s\"}", origin);
}

void
guest_stack_set_ipv4 (GuestStack *stack, const GuestIpv4Config *config)
{
  GuestIp before = guest_ip_v4 (stack->ipv4), after = guest_ip_v4 (config->address);
  gboolean same = stack->ipv4 == config->address && stack->prefix_length == config->prefix_length;

  stack->gateway = config->gateway;
  if (same)
    return;
  if (stack->ipv4)
    {
      guest_resolver_flush (&stack->arp, NET_DROP_NO_ROUTE);
      tell_address (stack, "remove", &before, stack->prefix_length, config->origin);
    }
  stack->ipv4 = config->address;
  stack->prefix_length = config->prefix_length;
  if (stack->ipv4)
    tell_address (stack, "add", &after, stack->prefix_length, config->origin);
}

void
guest_stack_set_ipv6 (GuestStack *stack, const NetIpv6 *address, guint prefix_length)
{
  GuestIp global = guest_ip_v6 (address), local;

  stack->has_ipv6 = TRUE;
  stack->ipv6 = *address;
  stack->ipv6_prefix_length = prefix_length;
  stack->link_local = net_ipv6_link_local (&stack->config.mac);
  local = guest_ip_v6 (&stack->link_local);
  tell_address (stack, "add", &local, 64, "link-local");
  tell_address (stack, "add", &global, prefix_length, "static");
}

gboolean
guest_stack_source (const GuestStack *stack, const GuestIp *to, GuestIp *source)
{
  if (!to->is_v6)
    {
      *source = guest_ip_v4 (stack->ipv4);
      return stack->ipv4 != 0;
    }
  /* Scope first (RFC 6724 §5, rule 2): link-local and link-scoped groups are asked from the link-local address. */
  if ((to->v6.octet[0] == 0xfe && (to->v6.octet[1] & 0xc0) == 0x80)
      || (to->v6.octet[0] == 0xff && (to->v6.octet[1] & 0x0f) == 2))
    *source = guest_ip_v6 (&stack->link_local);
  else
    *source = guest_ip_v6 (&stack->ipv6);
  return stack->has_ipv6;
}

/* ---- senders ------------------------------------------------------------------------------------------------- */

void
guest_stack_send_udp (GuestStack *stack, const GuestUdpSend *send, NetFrame *data)
{
  NetUdp udp
      = { .source_port = send->source_port, .destination_port = send->destination_port, .checksum = TRUE };
  GuestIp source;

  guest_stack_source (stack, &send->to, &source);
  if (send->to.is_v6)
    {
      NetIpv6Header ip = { .traffic_class = send->tos,
                           .hop_limit = GUEST_TTL,
                           .next_header = NET_IP_UDP,
                           .source = source.v6,
                           .destination = send->to.v6 };
      net_udp_push_ipv6 (data, &ip, &udp);
      guest_ipv6_send (stack, data, &ip, FALSE);
    }
  else
    {
      NetIpv4Header ip = { .tos = send->tos,
                           .protocol = NET_IP_UDP,
                           .dont_fragment = send->dont_fragment,
                           .source = source.v4,
                           .destination = send->to.v4 };
      net_udp_push (data, &ip, &udp);
      guest_ipv4_send (stack, data, &ip, FALSE);
    }
}

void
guest_stack_send_echo (GuestStack *stack, const GuestEchoSend *send, NetFrame *data)
{
  NetIcmp icmp = { .type = send->to.is_v6 ? NET_ICMPV6_ECHO_REQUEST : NET_ICMP_ECHO_REQUEST,
                   .id = send->id,
                   .sequence = send->sequence };
  GuestIp source;

  guest_stack_source (stack, &send->to, &source);
  if (send->to.is_v6)
    {
      NetIpv6Header ip = {
        .hop_limit = GUEST_TTL, .next_header = NET_IP_ICMPV6, .source = source.v6, .destination = send->to.v6
      };
      net_icmpv6_push (data, &ip, &icmp);
      guest_ipv6_send (stack, data, &ip, send->confirm);
    }
  else
    {
      NetIpv4Header ip = { .protocol = NET_IP_ICMP, .dont_fragment = TRUE, .destination = send->to.v4 };
      net_icmp_push (data, &icmp);
      guest_ipv4_send (stack, data, &ip, send->confirm);
    }
}

/* ---- what the neighbour tables ask for ------------------------------------------------------------------------ */

static void
transmit_packet (gpointer user, NetFrame *packet, const NetMac *to)
{
  guest_stack_transmit (user, packet, to);
}

static void
refuse_packet (gpointer user, NetFrame *packet, NetDropReason reason)
{
  guest_stack_refuse (user, packet, reason);
}

static void
tell_neighbor (gpointer user, const char *op, const GuestNeighbor *neighbor)
{
  NetWorld *world = guest_stack_world (user);
  char key[GUEST_IP_TEXT], mac[NET_MAC_TEXT];

  if (!world->detail)
    return;
  guest_tell (world, neighbor->ip.is_v6 ? "nd" : "arp", op, guest_ip_format (&neighbor->ip, key),
              "{\"mac\":\"%s\",\"state\":\"%s\"}", net_mac_format (&neighbor->mac, mac),
              guest_neighbor_state_word (neighbor->state));
}

static const GuestNeighborEvents arp_events = {
  .ask = guest_arp_ask,
  .transmit = transmit_packet,
  .refuse = refuse_packet,
  .changed = tell_neighbor,
};

static const GuestNeighborEvents nd_events = {
  .ask = guest_nd_ask,
  .transmit = transmit_packet,
  .refuse = refuse_packet,
  .changed = tell_neighbor,
};

/* ---- life ---------------------------------------------------------------------------------------------------- */

GuestStack *
guest_stack_new (const GuestStackConfig *config, const GuestStackEvents *events, gpointer user)
{
  GuestStack *stack = g_new0 (GuestStack, 1);

  stack->config = *config;
  stack->events = events;
  stack->user = user;
  guest_resolver_init (&stack->arp, config->node, &guest_neighbor_arp, &arp_events, stack);
  guest_resolver_init (&stack->nd, config->node, &guest_neighbor_nd, &nd_events, stack);
  return stack;
}

void
guest_stack_free (GuestStack *stack)
{
  if (!stack)
    return;
  guest_resolver_clear (&stack->arp);
  guest_resolver_clear (&stack->nd);
  g_free (stack);
}

void
guest_stack_up (GuestStack *stack)
{
  stack->up = TRUE;
}

void
guest_stack_down (GuestStack *stack)
{
  if (!stack->up)
    return;
  forget_neighbors (stack, NET_DROP_NODE_STOPPED);
  guest_stack_set_ipv4 (stack, &(GuestIpv4Config){ .origin = "stopped" });
  stack->has_ipv6 = FALSE;
  stack->up = FALSE;
}

gboolean
guest_stack_is_up (const GuestStack *stack)
{
  return stack->up;
}

NetMac
guest_stack_mac (const GuestStack *stack)
{
  return stack->config.mac;
}

guint
guest_stack_mtu (const GuestStack *stack)
{
  return stack->config.mtu;
}

void
guest_stack_set_mtu (GuestStack *stack, guint mtu)
{
  stack->config.mtu = mtu;
}

NetIpv4
guest_stack_ipv4 (const GuestStack *stack)
{
  return stack->ipv4;
}

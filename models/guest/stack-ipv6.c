/* IPv6 of a host: neighbour discovery (RFC 4861 §7), echo (RFC 4443 §4) and UDP.  No routers, no extension headers;
 * addresses are used without duplicate address detection. */
#include "models/guest/stack-private.h"
#include "net/udp.h"

/* ---- neighbour discovery ------------------------------------------------------------------------------------- */

void
guest_nd_ask (gpointer user, const GuestIp *ip, const NetMac *to)
{
  GuestStack *stack = user;
  NetIpv6 group = net_ipv6_solicited_node (&ip->v6);
  NetIpv6Header header = { .destination = to ? ip->v6 : group };
  NetEthernet ethernet
      = { .destination = to ? *to : net_ipv6_group_mac (&group), .source = stack->config.mac };
  NetNd nd = {
    .type = NET_ND_SOLICITATION, .target = ip->v6, .has_link_address = TRUE, .link_address = stack->config.mac
  };
  GuestIp source;

  guest_stack_source (stack, ip, &source);
  header.source = source.v6;
  guest_stack_send_frame (stack, net_nd_frame (guest_stack_world (stack)->frames, &ethernet, &header, &nd));
}

static gboolean
is_own (const GuestStack *stack, const NetIpv6 *address)
{
  return net_ipv6_equal (address, &stack->ipv6) || net_ipv6_equal (address, &stack->link_local);
}

static gboolean
is_unspecified (const NetIpv6 *address)
{
  static const NetIpv6 unspecified;
  return net_ipv6_equal (address, &unspecified);
}

/* To a solicitation from nowhere (duplicate address detection) the answer goes to all nodes, unsolicited. */
static void
advertise (GuestStack *stack, const NetIpv6Header *ip, const NetNd *question, const NetMac *asker)
{
  static const NetIpv6 all_nodes = { .octet = { 0xff, 0x02, [15] = 1 } };
  gboolean to_all = is_unspecified (&ip->source);
  NetIpv6Header header = { .source = question->target, .destination = to_all ? all_nodes : ip->source };
  NetEthernet ethernet
      = { .destination = to_all ? net_ipv6_group_mac (&all_nodes) : *asker, .source = stack->config.mac };
  NetNd nd = { .type = NET_ND_ADVERTISEMENT,
               .solicited = !to_all,
               .override = TRUE,
               .target = question->target,
               .has_link_address = TRUE,
               .link_address = stack->config.mac };

  guest_stack_send_frame (stack, net_nd_frame (guest_stack_world (stack)->frames, &ethernet, &header, &nd));
}

static void
receive_solicitation (GuestStack *stack, NetFrame *frame, const NetIpv6Header *ip, const NetNd *nd,
                      const NetMac *link_source)
{
  GuestIp from = guest_ip_v6 (&ip->source);

  if (!is_own (stack, &nd->target))
    {
      guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "nd", "asks for another address");
      return;
    }
  if (nd->has_link_address)
    guest_resolver_hear (&stack->nd, &from, &nd->link_address, GUEST_HEARD_QUESTION);
  advertise (stack, ip, nd, nd->has_link_address ? &nd->link_address : link_source);
  net_frame_unref (frame);
}

static void
receive_advertisement (GuestStack *stack, NetFrame *frame, const NetNd *nd)
{
  GuestIp from = guest_ip_v6 (&nd->target);
  const GuestNeighbor *known = guest_resolver_find (&stack->nd, &from);
  GuestHeard heard = nd->solicited  ? GUEST_HEARD_ANSWER
                     : nd->override ? GUEST_HEARD_ANNOUNCEMENT
                                    : GUEST_HEARD_PASSING;

  /* §7.2.5: no entry is made, and one without an address learns nothing from an advertisement without one. */
  if (!known || (!nd->has_link_address && net_mac_is_zero (&known->mac)))
    {
      guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "nd", "an advertisement nobody waits for");
      return;
    }
  guest_resolver_hear (&stack->nd, &from, nd->has_link_address ? &nd->link_address : &known->mac, heard);
  net_frame_unref (frame);
}

/* ---- sending ------------------------------------------------------------------------------------------------- */

static gboolean
is_on_link (const GuestStack *stack, const NetIpv6 *to)
{
  guint whole = stack->ipv6_prefix_length / 8, rest = stack->ipv6_prefix_length % 8;

  if (to->octet[0] == 0xfe && (to->octet[1] & 0xc0) == 0x80)
    return TRUE;
  if (memcmp (to->octet, stack->ipv6.octet, whole) != 0)
    return FALSE;
  return rest == 0 || ((to->octet[whole] ^ stack->ipv6.octet[whole]) & (0xff00 >> rest & 0xff)) == 0;
}

void
guest_ipv6_send (GuestStack *stack, NetFrame *packet, const NetIpv6Header *header, gboolean confirm)
{
  GuestIp to = guest_ip_v6 (&header->destination);

  net_ipv6_push (packet, header);
  if (!stack->has_ipv6)
    guest_stack_refuse (stack, packet, NET_DROP_NO_ROUTE);
  else if (packet->length > stack->config.mtu)
    guest_stack_refuse (stack, packet, NET_DROP_FRAME_TOO_LONG);
  else if (header->destination.octet[0] == 0xff)
    {
      NetMac group = net_ipv6_group_mac (&header->destination);
      guest_stack_transmit (stack, packet, &group);
    }
  else if (!is_on_link (stack, &header->destination))
    guest_stack_refuse (stack, packet, NET_DROP_NO_ROUTE);
  else
    guest_resolver_send (&stack->nd, &to, packet, confirm);
}

/* ---- receiving ----------------------------------------------------------------------------------------------- */

static void
answer_echo (GuestStack *stack, const NetIpv6Header *ip, const NetIcmp *request, const guint8 *data,
             guint length)
{
  NetFrame *reply = guest_stack_payload (stack, length);
  NetIcmp icmp = { .type = NET_ICMPV6_ECHO_REPLY, .id = request->id, .sequence = request->sequence };
  GuestIp to = guest_ip_v6 (&ip->source), source = guest_ip_v6 (&ip->destination);
  NetIpv6Header header = { .traffic_class = ip->traffic_class,
                           .hop_limit = GUEST_TTL,
                           .next_header = NET_IP_ICMPV6,
                           .destination = ip->source };

  /* A request to a group is answered from an address of ours. */
  if (!is_own (stack, &ip->destination))
    guest_stack_source (stack, &to, &source);
  header.source = source.v6;
  memcpy (net_frame_data (reply), data, length);
  net_icmpv6_push (reply, &header, &icmp);
  guest_ipv6_send (stack, reply, &header, FALSE);
}

static void
receive_echo (GuestStack *stack, NetFrame *frame, const NetIpv6Header *ip, const guint8 *bytes)
{
  NetIcmp icmp;
  NetDropReason reason = net_icmpv6_parse (bytes, ip->payload_length, ip, &icmp);
  GuestEcho echo = { .peer = guest_ip_v6 (&ip->source), .ttl = ip->hop_limit, .bytes = ip->payload_length };

  if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "icmpv6", NULL);
  else if (icmp.type == NET_ICMPV6_ECHO_REQUEST)
    {
      answer_echo (stack, ip, &icmp, bytes + NET_ICMP_HEADER, ip->payload_length - NET_ICMP_HEADER);
      net_frame_unref (frame);
    }
  else if (icmp.type == NET_ICMPV6_ECHO_REPLY && stack->events->echo_reply)
    {
      echo.id = icmp.id;
      echo.sequence = icmp.sequence;
      stack->events->echo_reply (stack->user, &echo);
      net_frame_unref (frame);
    }
  else
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "icmpv6", "type");
}

static void
receive_icmpv6 (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet, const NetIpv6Header *ip,
                const guint8 *bytes)
{
  NetNd nd;
  NetDropReason reason;

  if (ip->payload_length == 0 || (bytes[0] != NET_ND_SOLICITATION && bytes[0] != NET_ND_ADVERTISEMENT))
    {
      receive_echo (stack, frame, ip, bytes);
      return;
    }
  reason = net_nd_parse (bytes, ip->payload_length, ip, &nd);
  if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "nd", NULL);
  else if (nd.type == NET_ND_SOLICITATION)
    receive_solicitation (stack, frame, ip, &nd, &ethernet->source);
  else
    receive_advertisement (stack, frame, &nd);
}

static void
receive_udp (GuestStack *stack, NetFrame *frame, const NetIpv6Header *ip, const guint8 *bytes)
{
  NetUdp udp;
  NetDropReason reason = net_udp_parse_ipv6 (bytes, ip->payload_length, ip, &udp);
  GuestDatagram datagram
      = { .source = guest_ip_v6 (&ip->source), .destination = guest_ip_v6 (&ip->destination) };

  if (reason != NET_DROP_NONE)
    {
      guest_stack_drop (stack, frame, reason, "udp", NULL);
      return;
    }
  datagram.source_port = udp.source_port;
  datagram.destination_port = udp.destination_port;
  datagram.data = net_cursor (bytes + NET_UDP_HEADER, udp.length - NET_UDP_HEADER);
  if (stack->events->datagram && stack->events->datagram (stack->user, &datagram))
    net_frame_unref (frame);
  else
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "udp", "the port is closed");
}

void
guest_ipv6_receive (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet)
{
  const guint8 *packet = net_frame_bytes (frame) + ethernet->payload;
  NetIpv6Header ip;
  NetDropReason reason = net_ipv6_parse (packet, frame->length - ethernet->payload, &ip);

  if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "ipv6", NULL);
  else if (ip.destination.octet[0] != 0xff && !is_own (stack, &ip.destination))
    guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "ipv6", "another address");
  else if (ip.next_header == NET_IP_ICMPV6)
    receive_icmpv6 (stack, frame, ethernet, &ip, packet + NET_IPV6_HEADER);
  else if (ip.next_header == NET_IP_UDP)
    receive_udp (stack, frame, &ip, packet + NET_IPV6_HEADER);
  else
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "ipv6", "next header");
}

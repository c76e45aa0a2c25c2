/* IPv4, ICMP and UDP of a host (RFC 1122 §3). */
#include "models/guest/stack-private.h"
#include "models/guest/tell.h"
#include "net/udp.h"

#define PRECEDENCE_INTERNETWORK 0xc0 /* Linux's TOS of ICMP errors (RFC 1812 §4.3.2.5) */
#define QUOTE_MAX               548u /* an ICMP error has at most 576 bytes in all */
#define PORT_UNREACHABLE        3

/* ---- sending ------------------------------------------------------------------------------------------------- */

static NetIpv4
subnet_broadcast (const GuestStack *stack)
{
  return stack->ipv4 | ~net_ipv4_mask (stack->prefix_length);
}

static gboolean
is_broadcast (const GuestStack *stack, NetIpv4 address)
{
  return address == G_MAXUINT32
         || (stack->ipv4 && stack->prefix_length < 31 && address == subnet_broadcast (stack));
}

static gboolean
is_multicast (NetIpv4 address)
{
  return address >> 28 == 0xe;
}

/* RFC 1112 §6.4. */
static NetMac
multicast_mac (NetIpv4 group)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x01005e000000) | (group & 0x7fffff));
}

/* The neighbour that a packet goes to first; FALSE: no route. */
static gboolean
find_next_hop (const GuestStack *stack, NetIpv4 destination, NetIpv4 *next_hop)
{
  if (((destination ^ stack->ipv4) & net_ipv4_mask (stack->prefix_length)) == 0)
    *next_hop = destination;
  else
    *next_hop = stack->gateway;
  return *next_hop != 0;
}

void
guest_ipv4_send (GuestStack *stack, NetFrame *packet, NetIpv4Header *header, gboolean confirm)
{
  NetIpv4 next_hop;
  GuestIp neighbor;

  header->source = stack->ipv4;
  header->ttl = GUEST_TTL;
  header->id = guest_ident_next (&stack->ident, header->destination, header->protocol,
                                 &stack->config.node->random, guest_stack_now (stack));
  net_ipv4_push (packet, header);
  if (!stack->ipv4)
    guest_stack_refuse (stack, packet, NET_DROP_NO_ROUTE);
  else if (packet->length > stack->config.mtu)
    guest_stack_refuse (stack, packet, NET_DROP_FRAME_TOO_LONG);
  else if (is_broadcast (stack, header->destination))
    guest_stack_transmit (stack, packet, &net_mac_broadcast);
  else if (is_multicast (header->destination))
    {
      NetMac group = multicast_mac (header->destination);
      guest_stack_transmit (stack, packet, &group);
    }
  else if (!find_next_hop (stack, header->destination, &next_hop))
    guest_stack_refuse (stack, packet, NET_DROP_NO_ROUTE);
  else
    {
      neighbor = guest_ip_v4 (next_hop);
      guest_resolver_send (&stack->arp, &neighbor, packet, confirm);
    }
}

/* ---- ICMP ---------------------------------------------------------------------------------------------------- */

/* The reply has the request's TOS, DF clear, and its data byte for byte. */
static void
answer_echo (GuestStack *stack, const NetIpv4Header *ip, const NetIcmp *request, const guint8 *data,
             guint length)
{
  NetFrame *reply = guest_stack_payload (stack, length);
  NetIcmp icmp = { .type = NET_ICMP_ECHO_REPLY, .id = request->id, .sequence = request->sequence };
  NetIpv4Header header = { .tos = ip->tos, .protocol = NET_IP_ICMP, .destination = ip->source };

  memcpy (net_frame_data (reply), data, length);
  net_icmp_push (reply, &icmp);
  guest_ipv4_send (stack, reply, &header, FALSE);
}

static void
report_closed_port (GuestStack *stack, const NetIpv4Header *ip, const guint8 *packet)
{
  guint length = MIN (ip->total_length, QUOTE_MAX);
  NetFrame *error = guest_stack_payload (stack, length);
  NetIcmp icmp = { .type = NET_ICMP_UNREACHABLE, .code = PORT_UNREACHABLE };
  NetIpv4Header header
      = { .tos = PRECEDENCE_INTERNETWORK, .protocol = NET_IP_ICMP, .destination = ip->source };

  memcpy (net_frame_data (error), packet, length);
  net_icmp_push (error, &icmp);
  guest_ipv4_send (stack, error, &header, FALSE);
}

static void
tell_error (GuestStack *stack, const NetIpv4Header *ip, const NetIcmp *icmp)
{
  char key[NET_IPV4_TEXT];
  guest_tell (guest_stack_world (stack), "icmp",
              icmp->type == NET_ICMP_UNREACHABLE ? "unreachable" : "exceeded",
              net_ipv4_format (ip->source, key), "{\"type\":%u,\"code\":%u}", icmp->type, icmp->code);
}

static void
receive_icmp (GuestStack *stack, NetFrame *frame, const NetIpv4Header *ip, const guint8 *bytes, guint length)
{
  NetIcmp icmp;
  NetDropReason reason = net_icmp_parse (bytes, length, &icmp);
  GuestEcho echo = { .peer = guest_ip_v4 (ip->source), .ttl = ip->ttl, .bytes = length };

  if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "icmp", NULL);
  else if (ip->destination != stack->ipv4)
    guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "icmp", "to a broadcast or group address");
  else if (icmp.type == NET_ICMP_ECHO_REQUEST)
    {
      answer_echo (stack, ip, &icmp, bytes + NET_ICMP_HEADER, length - NET_ICMP_HEADER);
      net_frame_unref (frame);
    }
  else if (icmp.type == NET_ICMP_ECHO_REPLY && stack->events->echo_reply)
    {
      echo.id = icmp.id;
      echo.sequence = icmp.sequence;
      stack->events->echo_reply (stack->user, &echo);
      net_frame_unref (frame);
    }
  else if (icmp.type == NET_ICMP_UNREACHABLE || icmp.type == NET_ICMP_TIME_EXCEEDED)
    {
      tell_error (stack, ip, &icmp);
      net_frame_unref (frame);
    }
  else
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "icmp", "type");
}

/* ---- UDP ----------------------------------------------------------------------------------------------------- */

static gboolean
hand_up (GuestStack *stack, const NetIpv4Header *ip, const NetUdp *udp, const guint8 *bytes)
{
  GuestDatagram datagram = {
    .source = guest_ip_v4 (ip->source),
    .destination = guest_ip_v4 (ip->destination),
    .source_port = udp->source_port,
    .destination_port = udp->destination_port,
    .data = net_cursor (bytes + NET_UDP_HEADER, udp->length - NET_UDP_HEADER),
  };

  return stack->events->datagram && stack->events->datagram (stack->user, &datagram);
}

static void
receive_udp (GuestStack *stack, NetFrame *frame, const NetIpv4Header *ip, const guint8 *packet)
{
  const guint8 *bytes = packet + ip->header_length;
  gboolean for_us = ip->destination == stack->ipv4 || is_broadcast (stack, ip->destination);
  NetUdp udp;
  NetDropReason reason = net_udp_parse (bytes, ip->total_length - ip->header_length, ip, &udp);

  if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "udp", NULL);
  else if (!for_us && (stack->config.raw_port == 0 || udp.destination_port != stack->config.raw_port))
    guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "ipv4", "another address");
  else if (hand_up (stack, ip, &udp, bytes))
    net_frame_unref (frame);
  else
    {
      if (stack->ipv4 && ip->destination == stack->ipv4)
        report_closed_port (stack, ip, packet);
      guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "udp", "the port is closed");
    }
}

/* ---- receiving ----------------------------------------------------------------------------------------------- */

/* A source that no answer could go to (RFC 1812 §5.3.7); 0.0.0.0 may only ask everybody. */
static gboolean
is_martian (const GuestStack *stack, const NetIpv4Header *ip)
{
  if (ip->source == 0)
    return !is_broadcast (stack, ip->destination);
  return is_broadcast (stack, ip->source) || is_multicast (ip->source) || ip->source == stack->ipv4;
}

void
guest_ipv4_receive (GuestStack *stack, NetFrame *frame, const NetEthernet *ethernet)
{
  const guint8 *packet = net_frame_bytes (frame) + ethernet->payload;
  NetIpv4Header ip;
  NetDropReason reason = net_ipv4_parse (packet, frame->length - ethernet->payload, &ip);

  if (reason != NET_DROP_NONE)
    guest_stack_drop (stack, frame, reason, "ipv4", NULL);
  else if (net_ipv4_is_fragment (&ip))
    guest_stack_drop (stack, frame, NET_DROP_FRAGMENT, "ipv4", "this host does not reassemble");
  else if (is_martian (stack, &ip))
    guest_stack_drop (stack, frame, NET_DROP_MALFORMED, "ipv4", "martian source address");
  else if (ip.protocol == NET_IP_UDP)
    receive_udp (stack, frame, &ip, packet);
  else if (!stack->ipv4 || (ip.destination != stack->ipv4 && !is_broadcast (stack, ip.destination)))
    guest_stack_drop (stack, frame, NET_DROP_NOT_FOR_US, "ipv4", "another address");
  else if (ip.protocol == NET_IP_ICMP)
    receive_icmp (stack, frame, &ip, packet + ip.header_length, ip.total_length - ip.header_length);
  else
    guest_stack_drop (stack, frame, NET_DROP_UNKNOWN_PROTOCOL, "ipv4", "protocol");
}

/* Answers reverse the question's addresses; errors quote the beginning of what they are about. */
#include "gateway/router-frames.h"

#include "net/arp.h"
#include "net/icmp.h"
#include "net/nd.h"

/* RFC 1812 §4.3.2.3: at most 576 bytes in all; RFC 4443 §2.4 (c): at most the minimum MTU of IPv6. */
#define QUOTE_IPV4 (576u - NET_IPV4_HEADER - NET_ICMP_HEADER)
#define QUOTE_IPV6 (1280u - NET_IPV6_HEADER - NET_ICMP_HEADER)

static const NetIpv6 unspecified, all_nodes = { { 0xff, 0x02, [15] = 1 } };

/* ---- questions and answers ----------------------------------------------------------------------------------- */

NetFrame *
vtep_router_question (NetFramePool *pool, const NetMac *source, const NetIpv6 *asker, const NetIpv6 *address)
{
  NetIpv6 group;

  if (vtep_address_is_ipv4 (address))
    return net_arp_frame (pool, &net_mac_broadcast,
                          &(NetArp){ .op = NET_ARP_REQUEST,
                                     .sender_mac = *source,
                                     .sender_ip = vtep_address_to_ipv4 (asker),
                                     .target_ip = vtep_address_to_ipv4 (address) });
  group = net_ipv6_solicited_node (address);
  return net_nd_frame (pool, &(NetEthernet){ .destination = net_ipv6_group_mac (&group), .source = *source },
                       &(NetIpv6Header){ .source = *asker, .destination = group },
                       &(NetNd){ .type = NET_ND_SOLICITATION,
                                 .target = *address,
                                 .has_link_address = TRUE,
                                 .link_address = *source });
}

static NetFrame *
advertise (NetFramePool *pool, const NetMac *mac, const VtepView *view, const VtepRouting *routing)
{
  gboolean probe = net_ipv6_equal (&routing->source, &unspecified);
  NetIpv6 to = probe ? all_nodes : routing->source;

  return net_nd_frame (
      pool,
      &(NetEthernet){ .destination = probe ? net_ipv6_group_mac (&to) : view->ethernet.source,
                      .source = *mac },
      &(NetIpv6Header){ .source = routing->destination, .destination = to },
      &(NetNd){ .type = NET_ND_ADVERTISEMENT,
                .router = TRUE,
                .solicited = !probe,
                .override = TRUE,
                .target = routing->destination,
                .has_link_address = TRUE,
                .link_address = *mac });
}

NetFrame *
vtep_router_answer (NetFramePool *pool, const NetMac *mac, const VtepView *view, const VtepRouting *routing)
{
  if (routing->kind == VTEP_ROUTE_SOLICITATION)
    return advertise (pool, mac, view, routing);
  return net_arp_frame (pool, &view->ethernet.source,
                        &(NetArp){ .op = NET_ARP_REPLY,
                                   .sender_mac = *mac,
                                   .sender_ip = vtep_address_to_ipv4 (&routing->destination),
                                   .target_mac = view->ethernet.source,
                                   .target_ip = vtep_address_to_ipv4 (&routing->source) });
}

/* ---- IP packets ---------------------------------------------------------------------------------------------- */

static void
push_ipv4 (NetFrame *frame, guint8 tos, const NetIpv6 *source, NetIpv4 destination, const NetIcmp *icmp)
{
  net_icmp_push (frame, icmp);
  net_ipv4_push (frame, &(NetIpv4Header){ .tos = tos,
                                          .ttl = VTEP_ROUTER_TTL,
                                          .protocol = NET_IP_ICMP,
                                          .source = vtep_address_to_ipv4 (source),
                                          .destination = destination });
}

static void
push_ipv6 (NetFrame *frame, guint8 traffic_class, const NetIpv6 *source, const NetIpv6 *destination,
           const NetIcmp *icmp)
{
  NetIpv6Header ip = { .traffic_class = traffic_class,
                       .hop_limit = VTEP_ROUTER_TTL,
                       .next_header = NET_IP_ICMPV6,
                       .source = *source,
                       .destination = *destination };

  net_icmpv6_push (frame, &ip, icmp);
  net_ipv6_push (frame, &ip);
}

NetFrame *
vtep_router_echo_reply (NetFramePool *pool, const VtepView *view, const VtepRouting *routing)
{
  const guint8 *bytes = view->bytes + view->ethernet.payload, *icmp;
  guint length = view->length - view->ethernet.payload;
  gboolean ipv4 = view->ethernet.type == NET_ETHERTYPE_IPV4;
  NetIpv4Header four = { 0 };
  NetIpv6Header six = { 0 };
  NetIcmp reply = { .type = ipv4 ? NET_ICMP_ECHO_REPLY : NET_ICMPV6_ECHO_REPLY };
  NetFrame *frame;
  guint data;

  if (ipv4)
    net_ipv4_parse (bytes, length, &four);
  else
    net_ipv6_parse (bytes, length, &six);
  icmp = bytes + (ipv4 ? four.header_length : NET_IPV6_HEADER);
  data = (ipv4 ? four.total_length - four.header_length : six.payload_length) - NET_ICMP_HEADER;
  reply.id = net_get_be16 (icmp + 4);
  reply.sequence = net_get_be16 (icmp + 6);
  frame = net_frame_new_from (pool, icmp + NET_ICMP_HEADER, data);
  if (ipv4)
    push_ipv4 (frame, four.tos, &routing->destination, four.source, &reply);
  else
    push_ipv6 (frame, six.traffic_class, &routing->destination, &six.source, &reply);
  return frame;
}

/* Type and code; RFC 792, RFC 1812 §5.2.7.1, RFC 4443 §3. */
static NetIcmp
error_header (VtepRouteError error, gboolean ipv4, guint mtu)
{
  switch (error)
    {
    case VTEP_ROUTE_TTL_EXPIRED:
      return ipv4 ? (NetIcmp){ .type = NET_ICMP_TIME_EXCEEDED }
                  : (NetIcmp){ .type = NET_ICMPV6_TIME_EXCEEDED };
    case VTEP_ROUTE_NO_ROUTE:
      return ipv4 ? (NetIcmp){ .type = NET_ICMP_UNREACHABLE, .code = 0 }
                  : (NetIcmp){ .type = NET_ICMPV6_UNREACHABLE, .code = 0 };
    case VTEP_ROUTE_NO_HOST:
      return ipv4 ? (NetIcmp){ .type = NET_ICMP_UNREACHABLE, .code = 1 }
                  : (NetIcmp){ .type = NET_ICMPV6_UNREACHABLE, .code = 3 };
    case VTEP_ROUTE_NO_PROTOCOL:
      return ipv4 ? (NetIcmp){ .type = NET_ICMP_UNREACHABLE, .code = 2 }
                  : (NetIcmp){ .type = NET_ICMPV6_PARAMETER_PROBLEM, .code = 1, .sequence = 6 };
    case VTEP_ROUTE_PROHIBITED:
      return ipv4 ? (NetIcmp){ .type = NET_ICMP_UNREACHABLE, .code = 13 }
                  : (NetIcmp){ .type = NET_ICMPV6_UNREACHABLE, .code = 1 };
    case VTEP_ROUTE_TOO_BIG:
      return ipv4 ? (NetIcmp){ .type = NET_ICMP_UNREACHABLE, .code = 4, .sequence = (guint16) mtu }
                  : (NetIcmp){ .type = NET_ICMPV6_TOO_BIG, .sequence = (guint16) mtu };
    case VTEP_ROUTE_SILENT:
      break;
    }
  g_assert_not_reached ();
}

/* Nothing is said about ICMP but echo. */
static gboolean
is_error_allowed (gboolean ipv4, guint8 protocol, const guint8 *data, guint length)
{
  if (protocol != (ipv4 ? NET_IP_ICMP : NET_IP_ICMPV6))
    return TRUE;
  return length > 0
         && (ipv4 ? data[0] == NET_ICMP_ECHO_REQUEST || data[0] == NET_ICMP_ECHO_REPLY
                  : data[0] == NET_ICMPV6_ECHO_REQUEST || data[0] == NET_ICMPV6_ECHO_REPLY);
}

static NetFrame *
error_ipv4 (NetFramePool *pool, const guint8 *bytes, guint length, const NetIcmp *icmp, const NetIpv6 *source)
{
  NetIpv4Header ip;
  NetIpv6 sender;
  NetFrame *frame;

  if (net_ipv4_parse (bytes, length, &ip) != NET_DROP_NONE || ip.fragment_offset > 0)
    return NULL;
  sender = vtep_address_from_ipv4 (ip.source);
  if (!vtep_address_is_routable (&sender)
      || !is_error_allowed (TRUE, ip.protocol, bytes + ip.header_length, ip.total_length - ip.header_length))
    return NULL;
  frame = net_frame_new_from (pool, bytes, MIN (ip.total_length, QUOTE_IPV4));
  push_ipv4 (frame, 0xc0, source, ip.source, icmp); /* RFC 1812 §4.3.2.5: internetwork control */
  return frame;
}

static NetFrame *
error_ipv6 (NetFramePool *pool, const guint8 *bytes, guint length, const NetIcmp *icmp, const NetIpv6 *source)
{
  NetFrame *frame;
  NetIpv6Header ip;

  if (net_ipv6_parse (bytes, length, &ip) != NET_DROP_NONE || !vtep_address_is_routable (&ip.source)
      || !is_error_allowed (FALSE, ip.next_header, bytes + NET_IPV6_HEADER, ip.payload_length))
    return NULL;
  frame = net_frame_new_from (pool, bytes, MIN (NET_IPV6_HEADER + ip.payload_length, QUOTE_IPV6));
  push_ipv6 (frame, 0, source, &ip.source, icmp);
  return frame;
}

NetFrame *
vtep_router_error (NetFramePool *pool, const VtepView *view, VtepRouteError error, guint mtu,
                   const NetIpv6 *source)
{
  gboolean ipv4 = view->ethernet.type == NET_ETHERTYPE_IPV4;
  NetIcmp icmp = error_header (error, ipv4, mtu);
  const guint8 *bytes = view->bytes + view->ethernet.payload;
  guint length = view->length - view->ethernet.payload;

  if (net_mac_is_group (&view->ethernet.destination))
    return NULL;
  return ipv4 ? error_ipv4 (pool, bytes, length, &icmp, source)
              : error_ipv6 (pool, bytes, length, &icmp, source);
}

void
vtep_router_rewrite (NetFrame *frame, const NetEthernet *ethernet, const NetMac *mac)
{
  guint8 *ip = net_frame_data (frame) + ethernet->payload;
  guint32 sum;

  memcpy (net_frame_data (frame) + 6, mac, sizeof *mac);
  if (ethernet->type == NET_ETHERTYPE_IPV6)
    {
      ip[7]--;
      return;
    }
  ip[8]--;
  /* RFC 1141: one less in the upper byte of a word is one more there in the checksum. */
  sum = net_get_be16 (ip + 10) + 0x0100u;
  net_put_be16 (ip + 10, (guint16) (sum + (sum >= 0xffff)));
}

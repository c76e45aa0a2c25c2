/* The headers that RFC 5881 asks for. */
#include "gateway/bfd-frame.h"

#include "net/udp.h"

#define TOS_CS6  0xc0u
#define HEADROOM (2 * NET_FRAME_HEADROOM) /* our headers, and a tunnel's */

NetFrame *
vtep_bfd_frame (NetFramePool *pool, const VtepBfdPath *path, const NetBfd *packet)
{
  NetFrame *frame = net_frame_new (pool, HEADROOM, 0);
  NetIpv4Header ip = { .tos = TOS_CS6,
                       .ttl = NET_BFD_TTL,
                       .protocol = NET_IP_UDP,
                       .dont_fragment = !path->unguarded,
                       .source = path->source_ip,
                       .destination = path->destination_ip };

  net_bfd_push (frame, packet);
  net_udp_push (frame, &ip,
                &(NetUdp){ .source_port = path->source_port,
                           .destination_port = NET_BFD_PORT,
                           .checksum = !path->unguarded });
  net_ipv4_push (frame, &ip);
  net_ethernet_push (
      frame,
      &(NetEthernet){ .destination = path->destination, .source = path->source, .type = NET_ETHERTYPE_IPV4 });
  return frame;
}

static NetDropReason
parse_udp (const NetEthernet *ethernet, const guint8 *bytes, guint length, NetIpv4Header *ip, NetUdp *udp)
{
  NetDropReason reason = net_ipv4_parse (bytes + ethernet->payload, length - ethernet->payload, ip);

  if (reason != NET_DROP_NONE)
    return reason;
  if (ip->protocol != NET_IP_UDP || net_ipv4_is_fragment (ip))
    return NET_DROP_UNKNOWN_PROTOCOL;
  return net_udp_parse (bytes + ethernet->payload + ip->header_length, ip->total_length - ip->header_length,
                        ip, udp);
}

gboolean
vtep_bfd_frame_is (const NetEthernet *ethernet, const guint8 *bytes, guint length)
{
  NetDropReason reason;
  NetIpv4Header ip;
  NetUdp udp;

  if (ethernet->n_tags > 0 || ethernet->type != NET_ETHERTYPE_IPV4)
    return FALSE;
  reason = parse_udp (ethernet, bytes, length, &ip, &udp);
  return reason == NET_DROP_NONE && udp.destination_port == NET_BFD_PORT;
}

NetDropReason
vtep_bfd_frame_parse (const NetEthernet *ethernet, const guint8 *bytes, guint length, NetIpv4 *destination,
                      NetBfd *out)
{
  NetIpv4Header ip;
  NetUdp udp;
  NetDropReason reason = parse_udp (ethernet, bytes, length, &ip, &udp);

  if (reason != NET_DROP_NONE)
    return reason;
  *destination = ip.destination;
  if (ip.ttl != NET_BFD_TTL)
    return NET_DROP_BFD_SESSION;
  return net_bfd_parse (bytes + ethernet->payload + ip.header_length + NET_UDP_HEADER,
                        udp.length - NET_UDP_HEADER, out);
}

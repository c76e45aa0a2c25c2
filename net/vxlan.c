/* VXLAN: putting an Ethernet frame into an IPv4/UDP packet and taking it out again. */
#include "net/vxlan.h"

#define FLAG_VNI_VALID 0x08000000u /* I, and every reserved bit of the first word zero */

NetFrame *
net_vxlan_encapsulate (NetFrame *inner, const NetVxlan *outer)
{
  NetFrame *frame = net_frame_writable (inner, NET_VXLAN_OVERHEAD);
  guint8 *at = net_frame_push (frame, NET_VXLAN_OVERHEAD);
  guint ip_length = frame->length - NET_ETHERNET_HEADER;

  memcpy (at, &outer->destination_mac, 6);
  memcpy (at + 6, &outer->source_mac, 6);
  net_put_be16 (at + 12, NET_ETHERTYPE_IPV4);
  at += NET_ETHERNET_HEADER;
  net_ipv4_put (at,
                &(NetIpv4Header){ .tos = outer->tos,
                                  .ttl = 64,
                                  .protocol = NET_IP_UDP,
                                  .dont_fragment = TRUE,
                                  .source = outer->source_ip,
                                  .destination = outer->destination_ip },
                ip_length);
  at += NET_IPV4_HEADER;
  net_put_be32 (at, (guint32) outer->source_port << 16 | NET_VXLAN_PORT);
  net_put_be32 (at + 4, (ip_length - NET_IPV4_HEADER) << 16); /* no checksum (RFC 7348 §5) */
  net_put_be32 (at + 8, FLAG_VNI_VALID);
  net_put_be32 (at + 12, outer->vni << 8);
  return frame;
}

/* Ethernet and IPv4: what carries UDP; *payload is the offset of the UDP header, *end of the IP packet's end. */
static NetDropReason
parse_ip (const guint8 *bytes, gsize length, NetVxlan *out, NetIpv4Header *ip, guint *payload, guint *end)
{
  NetEthernet ethernet;
  NetDropReason reason = net_ethernet_parse (bytes, length, &ethernet);

  if (reason != NET_DROP_NONE)
    return reason;
  out->destination_mac = ethernet.destination;
  out->source_mac = ethernet.source;
  if (ethernet.n_tags > 0 || ethernet.type != NET_ETHERTYPE_IPV4)
    return NET_DROP_UNKNOWN_PROTOCOL;
  reason = net_ipv4_parse (bytes + ethernet.payload, length - ethernet.payload, ip);
  if (reason != NET_DROP_NONE)
    return reason;
  out->destination_ip = ip->destination;
  out->source_ip = ip->source;
  out->tos = ip->tos;
  if (ip->protocol != NET_IP_UDP)
    return NET_DROP_UNKNOWN_PROTOCOL;
  if (net_ipv4_is_fragment (ip))
    return NET_DROP_FRAGMENT;
  *payload = ethernet.payload + ip->header_length;
  *end = ethernet.payload + ip->total_length;
  return NET_DROP_NONE;
}

NetDropReason
net_vxlan_parse (const guint8 *bytes, gsize length, NetVxlan *out, guint *inner, guint *inner_length)
{
  NetIpv4Header ip;
  NetUdp udp;
  NetCursor cursor;
  guint payload, end;
  guint32 flags, vni;
  NetDropReason reason;

  *out = (NetVxlan){ 0 };
  reason = parse_ip (bytes, length, out, &ip, &payload, &end);
  if (reason != NET_DROP_NONE)
    return reason;
  reason = net_udp_parse (bytes + payload, end - payload, &ip, &udp);
  if (reason == NET_DROP_MALFORMED)
    return reason;
  out->source_port = udp.source_port;
  if (udp.destination_port != NET_VXLAN_PORT)
    return NET_DROP_UNKNOWN_PROTOCOL;
  if (reason != NET_DROP_NONE)
    return reason;
  cursor = net_cursor (bytes + payload + NET_UDP_HEADER, udp.length - NET_UDP_HEADER);
  if (!net_cursor_be32 (&cursor, &flags) || !net_cursor_be32 (&cursor, &vni))
    return NET_DROP_MALFORMED;
  out->vni = vni >> 8;
  if (flags != FLAG_VNI_VALID || (vni & 0xff) != 0)
    return NET_DROP_VXLAN_FLAGS;
  if (net_cursor_left (&cursor) < NET_ETHERNET_HEADER)
    return NET_DROP_MALFORMED;
  *inner = (guint) (cursor.at - bytes);
  *inner_length = (guint) net_cursor_left (&cursor);
  return NET_DROP_NONE;
}

NetFrame *
net_vxlan_decapsulate (NetFrame *outer, guint inner, guint inner_length)
{
  NetFrame *frame;

  g_assert (inner <= outer->length && inner_length <= outer->length - inner);
  if (outer->refs == 1)
    {
      net_frame_set_length (outer, inner + inner_length);
      net_frame_pull (outer, inner);
      return outer;
    }
  frame = net_frame_new_from (outer->pool, net_frame_bytes (outer) + inner, inner_length);
  frame->packet_id = outer->packet_id;
  net_frame_unref (outer);
  return frame;
}

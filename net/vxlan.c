/* VXLAN: putting an Ethernet frame into an IPv4/UDP packet and taking it out again. */
#include "net/vxlan.h"

#define FLAG_VNI_VALID 0x08000000u        /* I, and every reserved bit of the first word zero */
#define PLAIN_IPV4     0x45u              /* version 4, a header of five words */
#define NOT_WHOLE      0x3fffu            /* more fragments, or a fragment's offset */
#define LEAST_TOTAL    NET_VXLAN_OVERHEAD /* without the outer Ethernet header, with the inner one */

/* Where the parts of the outer headers begin. */
enum
{
  IP = NET_ETHERNET_HEADER,
  UDP = IP + NET_IPV4_HEADER,
  VXLAN = UDP + NET_UDP_HEADER
};

void
net_vxlan_outer_init (NetVxlanOuter *outer, const NetVxlan *vxlan)
{
  guint8 *at = outer->header;

  memset (at, 0, sizeof outer->header);
  memcpy (at, &vxlan->destination_mac, 6);
  memcpy (at + 6, &vxlan->source_mac, 6);
  net_put_be16 (at + 12, NET_ETHERTYPE_IPV4);
  net_put_be32 (at + IP + 4, NET_IPV4_DONT_FRAGMENT);
  net_put_be32 (at + IP + 8, 64u << 24 | NET_IP_UDP << 16);
  net_put_be32 (at + IP + 12, vxlan->source_ip);
  net_put_be32 (at + IP + 16, vxlan->destination_ip);
  net_put_be32 (at + VXLAN, FLAG_VNI_VALID);
  outer->sum = net_checksum_add (0, at + IP, NET_IPV4_HEADER);
}

/* The words are summed before they are stored: a load that spans several stores of a moment ago would wait for them. */
NetFrame *
net_vxlan_outer_push (const NetVxlanOuter *outer, NetFrame *inner, guint32 vni, guint16 source_port,
                      guint8 tos)
{
  NetFrame *frame = net_frame_writable (inner, NET_VXLAN_OVERHEAD);
  guint8 *at = net_frame_push (frame, NET_VXLAN_OVERHEAD);
  guint ip_length = frame->length - NET_ETHERNET_HEADER;
  guint32 first = PLAIN_IPV4 << 24 | (guint32) tos << 16 | (guint16) ip_length;

  memcpy (at, outer->header, sizeof outer->header);
  net_put_be32 (at + IP, first);
  net_put_be16 (at + IP + 10, net_ipv4_header_checksum ((guint64) outer->sum + first));
  net_put_be32 (at + UDP, (guint32) source_port << 16 | NET_VXLAN_PORT);
  net_put_be32 (at + UDP + 4, (ip_length - NET_IPV4_HEADER) << 16); /* no checksum (RFC 7348 §5) */
  net_put_be32 (at + VXLAN + 4, vni << 8);
  return frame;
}

NetFrame *
net_vxlan_encapsulate (NetFrame *inner, const NetVxlan *vxlan)
{
  NetVxlanOuter outer;

  net_vxlan_outer_init (&outer, vxlan);
  return net_vxlan_outer_push (&outer, inner, vxlan->vni, vxlan->source_port, vxlan->tos);
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

/* Nearly every packet of a tunnel has an IP header without options, is whole, has no UDP checksum, and ends where each of
 * its headers says.  FALSE: not this one, which does not mean that it is wrong. */
static gboolean
parse_plain (const guint8 *bytes, gsize length, NetVxlan *out, guint *inner_length)
{
  const guint8 *ip = bytes + IP, *udp = bytes + UDP, *vxlan = bytes + VXLAN;
  guint total;

  if (length < NET_VXLAN_OVERHEAD + NET_ETHERNET_HEADER)
    return FALSE;
  total = net_get_be16 (ip + 2);
  if (net_get_be16 (bytes + 12) != NET_ETHERTYPE_IPV4 || ip[0] != PLAIN_IPV4 || ip[9] != NET_IP_UDP
      || (net_get_be16 (ip + 6) & NOT_WHOLE) != 0 || total < LEAST_TOTAL
      || total > length - NET_ETHERNET_HEADER || net_get_be16 (udp + 2) != NET_VXLAN_PORT
      || net_get_be32 (udp + 4) != (total - NET_IPV4_HEADER) << 16 || net_get_be32 (vxlan) != FLAG_VNI_VALID
      || vxlan[7] != 0 || !net_ipv4_header_is_right (ip))
    return FALSE;
  memcpy (&out->destination_mac, bytes, sizeof out->destination_mac);
  memcpy (&out->source_mac, bytes + 6, sizeof out->source_mac);
  out->destination_ip = net_get_be32 (ip + 16);
  out->source_ip = net_get_be32 (ip + 12);
  out->vni = net_get_be32 (vxlan + 4) >> 8;
  out->source_port = net_get_be16 (udp);
  out->tos = ip[1];
  *inner_length = total - (NET_VXLAN_OVERHEAD - NET_ETHERNET_HEADER);
  return TRUE;
}

/* Header by header: what is wrong with it, if anything is. */
static NetDropReason
parse_carefully (const guint8 *bytes, gsize length, NetVxlan *out, guint *inner, guint *inner_length)
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

NetDropReason
net_vxlan_parse (const guint8 *bytes, gsize length, NetVxlan *out, guint *inner, guint *inner_length)
{
  if (G_UNLIKELY (!parse_plain (bytes, length, out, inner_length)))
    return parse_carefully (bytes, length, out, inner, inner_length);
  *inner = NET_VXLAN_OVERHEAD;
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

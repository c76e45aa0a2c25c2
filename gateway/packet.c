/* A wrong checksum hides nothing: policy is about what a frame claims to be. */
#include "gateway/packet.h"

#include "net/cursor.h"

#define SCTP           132u
#define TCP_FLAGS_MASK 0x0fffu

static void
read_transport (NetCursor cursor, VtepPacket *out)
{
  guint32 skipped;
  guint16 flags;

  switch (out->protocol)
    {
    case NET_IP_TCP:
    case NET_IP_UDP:
    case SCTP:
      out->has_ports
          = net_cursor_be16 (&cursor, &out->source_port) && net_cursor_be16 (&cursor, &out->destination_port);
      out->has_tcp_flags = out->has_ports && out->protocol == NET_IP_TCP
                           && net_cursor_be32 (&cursor, &skipped) && net_cursor_be32 (&cursor, &skipped)
                           && net_cursor_be16 (&cursor, &flags);
      if (out->has_tcp_flags)
        out->tcp_flags = flags & TCP_FLAGS_MASK;
      break;
    case NET_IP_ICMP:
    case NET_IP_ICMPV6:
      out->has_icmp = net_cursor_u8 (&cursor, &out->icmp_type) && net_cursor_u8 (&cursor, &out->icmp_code);
      break;
    default:
      break;
    }
}

static void
read_ipv4 (const guint8 *bytes, gsize length, VtepPacket *out)
{
  NetIpv4Header ip;
  NetDropReason reason = net_ipv4_parse (bytes, length, &ip);

  if (reason != NET_DROP_NONE && reason != NET_DROP_BAD_CHECKSUM)
    return;
  out->address_length = 4;
  out->protocol = ip.protocol;
  net_put_be32 (out->source_ip, ip.source);
  net_put_be32 (out->destination_ip, ip.destination);
  if (ip.fragment_offset == 0)
    read_transport (net_cursor (bytes + ip.header_length, ip.total_length - ip.header_length), out);
}

static void
read_ipv6 (const guint8 *bytes, gsize length, VtepPacket *out)
{
  NetIpv6Header ip;

  if (net_ipv6_parse (bytes, length, &ip) != NET_DROP_NONE)
    return;
  out->address_length = 16;
  out->protocol = ip.next_header;
  memcpy (out->source_ip, &ip.source, 16);
  memcpy (out->destination_ip, &ip.destination, 16);
  read_transport (net_cursor (bytes + NET_IPV6_HEADER, ip.payload_length), out);
}

void
vtep_packet_read (const NetEthernet *ethernet, const guint8 *bytes, guint length, VtepPacket *out)
{
  *out = (VtepPacket){ .source = ethernet->source,
                       .destination = ethernet->destination,
                       .type = ethernet->type };
  if (ethernet->type == NET_ETHERTYPE_IPV4)
    read_ipv4 (bytes + ethernet->payload, length - ethernet->payload, out);
  else if (ethernet->type == NET_ETHERTYPE_IPV6)
    read_ipv6 (bytes + ethernet->payload, length - ethernet->payload, out);
}

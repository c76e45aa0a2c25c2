/* A sender on this machine leaves the checksum inside a tunnel to hardware too; but a UDP socket, unlike a packet
 * socket, does not tell.  It shows: the field still holds the sum of the pseudo header. */
#include "gateway/linux/restore.h"

#include "net/ipv6.h"
#include "net/tcp.h"
#include "net/udp.h"

#define TCP_CHECKSUM 16u
#define UDP_CHECKSUM 6u

/* The transport header behind an IP header. */
typedef struct
{
  guint8 protocol;
  guint32 pseudo; /* the sum of the pseudo header */
  guint at, length;
} Transport;

static gboolean
find_ipv4 (const guint8 *bytes, guint length, guint at, Transport *out)
{
  NetIpv4Header ip;

  if (net_ipv4_parse (bytes + at, length - at, &ip) != NET_DROP_NONE || net_ipv4_is_fragment (&ip))
    return FALSE;
  out->protocol = ip.protocol;
  out->at = at + ip.header_length;
  out->length = ip.total_length - ip.header_length;
  out->pseudo = net_checksum_pseudo_ipv4 (ip.source, ip.destination, ip.protocol, out->length);
  return TRUE;
}

static gboolean
find_ipv6 (const guint8 *bytes, guint length, guint at, Transport *out)
{
  NetIpv6Header ip;

  if (net_ipv6_parse (bytes + at, length - at, &ip) != NET_DROP_NONE)
    return FALSE;
  out->protocol = ip.next_header;
  out->at = at + NET_IPV6_HEADER;
  out->length = ip.payload_length;
  out->pseudo = net_checksum_pseudo_ipv6 (&ip.source, &ip.destination, ip.next_header, out->length);
  return TRUE;
}

/* Where a complete checksum happens to look like that, it is computed anew, which changes nothing. */
void
linux_restore_hidden_checksum (guint8 *bytes, guint length)
{
  NetEthernet ethernet;
  Transport transport;
  guint8 *field;
  guint16 checksum, left;

  if (net_ethernet_parse (bytes, length, &ethernet) != NET_DROP_NONE)
    return;
  if (!(ethernet.type == NET_ETHERTYPE_IPV4 && find_ipv4 (bytes, length, ethernet.payload, &transport))
      && !(ethernet.type == NET_ETHERTYPE_IPV6 && find_ipv6 (bytes, length, ethernet.payload, &transport)))
    return;
  if (!(transport.protocol == NET_IP_TCP && transport.length >= NET_TCP_HEADER)
      && !(transport.protocol == NET_IP_UDP && transport.length >= NET_UDP_HEADER))
    return;
  field = bytes + transport.at + (transport.protocol == NET_IP_TCP ? TCP_CHECKSUM : UDP_CHECKSUM);
  left = (guint16) ~net_checksum_finish (transport.pseudo);
  if (net_get_be16 (field) != left)
    return;
  checksum = net_checksum_finish (net_checksum_add (0, bytes + transport.at, transport.length));
  net_put_be16 (field, checksum ? checksum : 0xffff);
}

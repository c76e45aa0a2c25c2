/* ARP and neighbour discovery: what parses can be built, and what was built parses as the same; no message that
 * RFC 4861 §7.1 calls invalid is accepted.
 *
 * Input: "a", then an ARP packet; or "n", source and destination address, then an ICMPv6 message whose checksum is put
 * right before; "N": it is left as it is. */
#include "fuzz.h"

#include "net/arp.h"
#include "net/nd.h"

#define ND_LEAST 24u

static void
check_arp (NetFramePool *pool, const guint8 *data, gsize size)
{
  NetArp arp, again;
  NetEthernet ethernet;
  NetFrame *frame;

  if (net_arp_parse (data, size, &arp) != NET_DROP_NONE)
    return;
  FUZZ_CHECK (size >= NET_ARP_LENGTH, "%zu bytes are no ARP packet", size);
  frame = net_arp_frame (pool, &net_mac_broadcast, &arp);
  FUZZ_CHECK (net_ethernet_parse_frame (frame, &ethernet) == NET_DROP_NONE && ethernet.n_tags == 0
                  && ethernet.type == NET_ETHERTYPE_ARP && net_mac_equal (&ethernet.source, &arp.sender_mac),
              "an ARP packet travels untagged in the sender's name");
  FUZZ_CHECK (frame->length == NET_ETHERNET_HEADER + NET_ARP_LENGTH
                  && memcmp (net_frame_bytes (frame) + ethernet.payload, data, NET_ARP_LENGTH) == 0,
              "what was parsed is built byte by byte as it was");
  FUZZ_CHECK (net_arp_parse (net_frame_bytes (frame) + ethernet.payload, NET_ARP_LENGTH, &again)
                      == NET_DROP_NONE
                  && again.op == arp.op && again.target_ip == arp.target_ip,
              "and parses again");
  net_frame_unref (frame);
}

/* ---- neighbour discovery ----------------------------------------------------------------------------------------- */

/* RFC 4861 §7.1.1 and §7.1.2, by the bytes. */
static void
check_valid (const guint8 *data, gsize size, const NetIpv6Header *ip, const NetNd *nd)
{
  static const NetIpv6 unspecified;

  FUZZ_CHECK (size >= ND_LEAST && ip->hop_limit == 255 && data[1] == 0,
              "an accepted message has 24 bytes, hop limit 255 and code 0");
  FUZZ_CHECK (nd->target.octet[0] != 0xff, "no group is asked for");
  if (nd->type == NET_ND_SOLICITATION && net_ipv6_equal (&ip->source, &unspecified))
    FUZZ_CHECK (!nd->has_link_address && ip->destination.octet[0] == 0xff,
                "who has no address asks the group, and names no link address");
  if (nd->type == NET_ND_ADVERTISEMENT && ip->destination.octet[0] == 0xff)
    FUZZ_CHECK (!nd->solicited, "nobody solicited what is told to a group");
}

static void
check_nd_again (NetFramePool *pool, const NetIpv6Header *ip, const NetNd *nd)
{
  NetEthernet ethernet = { .destination = net_mac_broadcast, .source = { { 2, 0, 0, 0, 0, 1 } } };
  NetFrame *frame = net_nd_frame (pool, &ethernet, ip, nd);
  const guint8 *bytes = net_frame_bytes (frame) + NET_ETHERNET_HEADER;
  NetIpv6Header header;
  NetNd again;

  FUZZ_CHECK (net_ipv6_parse (bytes, frame->length - NET_ETHERNET_HEADER, &header) == NET_DROP_NONE
                  && header.next_header == NET_IP_ICMPV6 && header.hop_limit == 255,
              "what was built is an IPv6 packet that no router has touched");
  FUZZ_CHECK (net_nd_parse (bytes + NET_IPV6_HEADER, header.payload_length, &header, &again) == NET_DROP_NONE,
              "and parses");
  FUZZ_CHECK (again.type == nd->type && net_ipv6_equal (&again.target, &nd->target)
                  && again.router == nd->router && again.solicited == nd->solicited
                  && again.override == nd->override && again.has_link_address == nd->has_link_address
                  && (!nd->has_link_address || net_mac_equal (&again.link_address, &nd->link_address)),
              "as what it was built from");
  net_frame_unref (frame);
}

static void
check_nd (NetFramePool *pool, const guint8 *data, gsize size, gboolean put_right)
{
  g_autofree guint8 *message = NULL;
  NetIpv6Header ip = { .hop_limit = 255, .next_header = NET_IP_ICMPV6 };
  NetNd nd;

  if (size <= 2 * sizeof (NetIpv6))
    return;
  memcpy (&ip.source, data, sizeof (NetIpv6));
  memcpy (&ip.destination, data + sizeof (NetIpv6), sizeof (NetIpv6));
  size -= 2 * sizeof (NetIpv6);
  message = g_memdup2 (data + 2 * sizeof (NetIpv6), size);
  if (put_right && size >= 4)
    {
      guint32 sum = net_checksum_pseudo_ipv6 (&ip.source, &ip.destination, NET_IP_ICMPV6, (guint) size);
      message[2] = message[3] = 0;
      net_put_be16 (message + 2, net_checksum_finish (net_checksum_add (sum, message, size)));
    }
  if (net_nd_parse (message, size, &ip, &nd) != NET_DROP_NONE)
    return;
  check_valid (message, size, &ip, &nd);
  check_nd_again (pool, &ip, &nd);
  ip.hop_limit = 254;
  FUZZ_CHECK (net_nd_parse (message, size, &ip, &nd) == NET_DROP_MALFORMED,
              "a message that a router has passed on is refused");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  FuzzInput input = { data, data + size };

  if (size == 0 || size > NET_FRAME_MAX)
    return 0;
  switch (fuzz_choose (&input, "anN"))
    {
    case 0:
      check_arp (pool, data + 1, size - 1);
      break;
    case 1:
      check_nd (pool, data + 1, size - 1, TRUE);
      break;
    default:
      check_nd (pool, data + 1, size - 1, FALSE);
      break;
    }
  FUZZ_CHECK (net_frame_pool_outstanding (pool) == 0, "no frame is left over");
  return 0;
}

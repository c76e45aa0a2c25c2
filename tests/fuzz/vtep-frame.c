/* Frames from bytes: well-formed ones, so that what they lead to is more than a refusal, and any. */
#include "vtep-program.h"

#include "net/arp.h"
#include "net/icmp.h"
#include "net/nd.h"
#include "net/tcp.h"
#include "net/udp.h"

#define TOO_LONG 1480u

/* "10.0.S.N" */
static NetIpv4
choose_ipv4 (FuzzInput *input)
{
  guint net = fuzz_choose (input, "0123456789");
  return 0x0a000000 | net << 8 | fuzz_choose (input, "0123456789");
}

/* "2001:db8:S::N"; 0 is link-local, 9 IPv4-mapped: an address that no packet may have. */
static NetIpv6
choose_ipv6 (FuzzInput *input)
{
  guint8 net = (guint8) fuzz_choose (input, "0123456789"), host = (guint8) fuzz_choose (input, "0123456789");
  NetIpv6 address = { { 0x20, 0x01, 0x0d, 0xb8, 0, net } };

  if (net == 0)
    address = (NetIpv6){ { 0xfe, 0x80 } };
  else if (net == 9)
    address = (NetIpv6){ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 1 } };
  address.octet[15] = host;
  return address;
}

static NetFrame *
ipv4 (FuzzInput *input, NetFramePool *pool, char kind)
{
  static const guint8 data[] = { 0xca, 0xfe };
  NetIpv4Header ip = { .ttl = kind == 'y' ? 1 : 64, .protocol = NET_IP_UDP };
  NetFrame *frame = net_frame_new_from (pool, data, sizeof data);

  ip.source = choose_ipv4 (input);
  ip.destination = choose_ipv4 (input);
  if (kind == 'e')
    {
      ip.protocol = NET_IP_ICMP;
      net_icmp_push (frame, &(NetIcmp){ .type = NET_ICMP_ECHO_REQUEST, .id = 1 });
    }
  else if (kind == 'k')
    {
      ip.protocol = NET_IP_TCP;
      net_tcp_push (frame, &ip,
                    &(NetTcp){ .source_port = 1024, .destination_port = 80, .flags = NET_TCP_SYN });
    }
  else
    net_udp_push (frame, &ip, &(NetUdp){ .source_port = 1024, .destination_port = 53, .checksum = TRUE });
  net_ipv4_push (frame, &ip);
  return frame;
}

static NetFrame *
ipv6 (FuzzInput *input, NetFramePool *pool, char kind)
{
  static const guint8 data[] = { 0xca, 0xfe };
  NetIpv6Header ip = { .hop_limit = 64, .next_header = NET_IP_UDP };
  NetFrame *frame = net_frame_new_from (pool, data, sizeof data);

  ip.source = choose_ipv6 (input);
  ip.destination = choose_ipv6 (input);
  if (kind == 'o')
    {
      ip.next_header = NET_IP_ICMPV6;
      net_icmpv6_push (frame, &ip, &(NetIcmp){ .type = NET_ICMPV6_ECHO_REQUEST, .id = 1 });
    }
  else
    net_udp_push_ipv6 (frame, &ip, &(NetUdp){ .source_port = 1024, .destination_port = 53 });
  net_ipv6_push (frame, &ip);
  return frame;
}

static NetFrame *
arp (FuzzInput *input, NetFramePool *pool, const NetEthernet *ethernet, char kind)
{
  NetArp packet = { .op = kind == 'a' ? NET_ARP_REQUEST : NET_ARP_REPLY, .sender_mac = ethernet->source };
  NetFrame *frame;

  packet.sender_ip = choose_ipv4 (input);
  packet.target_ip = choose_ipv4 (input);
  frame = net_arp_frame (pool, &ethernet->destination, &packet);
  net_frame_pull (frame, NET_ETHERNET_HEADER);
  return frame;
}

static NetFrame *
neighbor (FuzzInput *input, NetFramePool *pool, const NetEthernet *ethernet, char kind)
{
  NetNd nd = { .type = kind == 'n' ? NET_ND_SOLICITATION : NET_ND_ADVERTISEMENT,
               .has_link_address = TRUE,
               .link_address = ethernet->source };
  NetIpv6Header ip = { .hop_limit = 255 };
  NetFrame *frame;

  ip.source = choose_ipv6 (input);
  nd.target = choose_ipv6 (input);
  ip.destination = net_ipv6_solicited_node (&nd.target);
  frame = net_nd_frame (pool, ethernet, &ip, &nd);
  net_frame_pull (frame, NET_ETHERNET_HEADER);
  return frame;
}

static NetFrame *
raw (FuzzInput *input, NetFramePool *pool, NetEthernet *ethernet)
{
  const char *bytes;
  gsize length;

  ethernet->type = fuzz_byte (input);
  ethernet->type = (guint16) (ethernet->type << 8 | fuzz_byte (input));
  bytes = fuzz_until (input, ';', &length);
  return net_frame_new_from (pool, (const guint8 *) bytes, (guint) length);
}

/* The payload, without a header, and its EtherType. */
static NetFrame *
payload (FuzzInput *input, NetFramePool *pool, NetEthernet *ethernet)
{
  char kind = "46eokyapnd!L"[fuzz_choose (input, "46eokyapnd!L")];
  NetFrame *frame;

  switch (kind)
    {
    case '6':
    case 'o':
      ethernet->type = NET_ETHERTYPE_IPV6;
      return ipv6 (input, pool, kind);
    case 'a':
    case 'p':
      ethernet->type = NET_ETHERTYPE_ARP;
      return arp (input, pool, ethernet, kind);
    case 'n':
    case 'd':
      ethernet->type = NET_ETHERTYPE_IPV6;
      return neighbor (input, pool, ethernet, kind);
    case '!':
      return raw (input, pool, ethernet);
    case 'L':
      ethernet->type = 0x88b5;
      frame = net_frame_new (pool, NET_FRAME_HEADROOM, TOO_LONG);
      memset (net_frame_data (frame), 0, TOO_LONG);
      return frame;
    default:
      ethernet->type = NET_ETHERTYPE_IPV4;
      return ipv4 (input, pool, kind);
    }
}

NetFrame *
vtep_program_frame (FuzzInput *input, NetFramePool *pool)
{
  NetEthernet ethernet = { 0 };
  NetFrame *frame;

  while (ethernet.n_tags < NET_VLAN_TAGS_MAX)
    {
      guint16 tpid = fuzz_take (input, 't')   ? NET_ETHERTYPE_VLAN
                     : fuzz_take (input, 'q') ? NET_ETHERTYPE_QINQ
                                              : 0;
      if (!tpid)
        break;
      ethernet.tags[ethernet.n_tags++]
          = (NetVlanTag){ tpid, (guint16) (5 << 13 | vtep_program_vlan (input)) };
    }
  ethernet.destination = vtep_program_mac (input);
  ethernet.source = vtep_program_mac (input);
  frame = payload (input, pool, &ethernet);
  frame = net_frame_writable (frame, NET_ETHERNET_HEADER + NET_VLAN_TAGS_MAX * NET_VLAN_TAG);
  net_ethernet_push (frame, &ethernet);
  return frame;
}

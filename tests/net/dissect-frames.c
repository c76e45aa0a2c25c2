/* Writes frames that the codecs built to a capture file, for tshark to judge.  Usage: dissect-frames FILE */
#include "net/arp.h"
#include "net/bfd.h"
#include "net/lldp.h"
#include "net/dhcp.h"
#include "net/icmp.h"
#include "net/nd.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "net/vxlan.h"

#include <stdio.h>

#define VM1_IP 0x0a00000bu
#define VM2_IP 0x0a00000cu

static const NetMac vm1 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11 } };
static const NetMac vm2 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12 } };

/* Classic pcap, in this machine's byte order: the reader finds out. */
static void
write_header (FILE *file)
{
  guint32 header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1 };
#if G_BYTE_ORDER == G_BIG_ENDIAN
  header[1] = 2 << 16 | 4;
#endif
  fwrite (header, sizeof header, 1, file);
}

static void
write_frame (FILE *file, NetFrame *frame)
{
  static guint32 seconds;
  guint32 header[4] = { seconds++, 0, frame->length, frame->length };

  fwrite (header, sizeof header, 1, file);
  fwrite (net_frame_bytes (frame), frame->length, 1, file);
  net_frame_unref (frame);
}

static NetFrame *
payload (NetFramePool *pool, guint length)
{
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM + 40, length);
  for (guint i = 0; i < length; i++)
    net_frame_data (frame)[i] = (guint8) (i * 7 + length);
  return frame;
}

static NetFrame *
over_ipv4 (NetFrame *frame, NetIpv4Header *ip)
{
  NetEthernet ethernet = { .destination = vm2, .source = vm1, .type = NET_ETHERTYPE_IPV4 };
  net_ipv4_push (frame, ip);
  net_ethernet_push (frame, &ethernet);
  return frame;
}

static NetFrame *
over_ipv6 (NetFrame *frame, NetIpv6Header *ip)
{
  NetEthernet ethernet = { .destination = vm2,
                           .source = vm1,
                           .n_tags = 2,
                           .tags = { { NET_ETHERTYPE_QINQ, 100 }, { NET_ETHERTYPE_VLAN, 0x6b55 } },
                           .type = NET_ETHERTYPE_IPV6 };
  net_ipv6_push (frame, ip);
  net_ethernet_push (frame, &ethernet);
  return frame;
}

static NetFrame *
echo (NetFramePool *pool, guint length)
{
  NetIpv4Header ip = { .ttl = 64, .protocol = NET_IP_ICMP, .id = 7, .source = VM1_IP, .destination = VM2_IP };
  NetFrame *frame = payload (pool, length);
  net_icmp_push (frame, &(NetIcmp){ .type = NET_ICMP_ECHO_REQUEST, .id = 1, .sequence = (guint16) length });
  return over_ipv4 (frame, &ip);
}

static NetFrame *
discover (NetFramePool *pool)
{
  NetIpv4Header ip = { .ttl = 128, .protocol = NET_IP_UDP, .destination = 0xffffffff };
  NetUdp udp = { .source_port = 68, .destination_port = 67, .checksum = TRUE };
  NetDhcpBuilder builder;
  NetFrame *frame;

  net_dhcp_begin (&builder,
                  &(NetDhcp){ .op = 1, .type = NET_DHCP_DISCOVER, .xid = 0xe4662068, .client_mac = vm2 });
  net_dhcp_add (&builder, NET_DHCP_OPTION_HOST_NAME, (const guint8 *) "vm2", 3);
  net_dhcp_add (&builder, NET_DHCP_OPTION_PARAMETERS, (const guint8[]){ 1, 28, 3, 26 }, 4);
  frame = net_frame_writable (net_dhcp_finish (&builder, pool), 42);
  net_udp_push (frame, &ip, &udp);
  return over_ipv4 (frame, &ip);
}

static void
write_ipv4 (FILE *file, NetFramePool *pool)
{
  NetIpv4Header udp_ip
      = { .ttl = 64, .protocol = NET_IP_UDP, .dont_fragment = TRUE, .source = VM1_IP, .destination = VM2_IP };
  NetIpv4Header tcp_ip = { .ttl = 64, .protocol = NET_IP_TCP, .source = VM1_IP, .destination = VM2_IP };
  NetUdp udp = { .source_port = 40000, .destination_port = 50000, .checksum = TRUE };
  NetFrame *frame;

  write_frame (
      file,
      net_arp_frame (
          pool, &net_mac_broadcast,
          &(NetArp){ .op = NET_ARP_REQUEST, .sender_mac = vm1, .sender_ip = VM1_IP, .target_ip = VM2_IP }));
  for (guint length = 0; length < 4; length++)
    {
      write_frame (file, echo (pool, length));
      frame = payload (pool, length);
      net_udp_push (frame, &udp_ip, &udp);
      write_frame (file, over_ipv4 (frame, &udp_ip));
    }
  frame = payload (pool, 0);
  net_tcp_push (frame, &tcp_ip,
                &(NetTcp){ .source_port = 49152,
                           .destination_port = 6640,
                           .sequence = 1000,
                           .flags = NET_TCP_SYN,
                           .window = 65535,
                           .maximum_segment = 1460 });
  write_frame (file, over_ipv4 (frame, &tcp_ip));
  write_frame (file, discover (pool));
}

static void
write_ipv6 (FILE *file, NetFramePool *pool)
{
  NetIpv6Header ip
      = { .hop_limit = 64, .source = net_ipv6_link_local (&vm1), .destination = net_ipv6_link_local (&vm2) };
  NetEthernet ethernet = { .destination = vm2, .source = vm1 };
  NetUdp udp = { .source_port = 40000, .destination_port = 50000 };
  NetNd nd = { .type = NET_ND_ADVERTISEMENT,
               .solicited = TRUE,
               .target = ip.source,
               .has_link_address = TRUE,
               .link_address = vm1 };
  NetFrame *frame;

  write_frame (file, net_nd_frame (pool, &ethernet, &ip, &nd));
  frame = payload (pool, 33);
  ip.next_header = NET_IP_ICMPV6;
  net_icmpv6_push (frame, &ip, &(NetIcmp){ .type = NET_ICMPV6_ECHO_REQUEST, .id = 9, .sequence = 9 });
  write_frame (file, over_ipv6 (frame, &ip));
  frame = payload (pool, 5);
  ip.next_header = NET_IP_UDP;
  net_udp_push_ipv6 (frame, &ip, &udp);
  write_frame (file, over_ipv6 (frame, &ip));
}

static void
write_vxlan (FILE *file, NetFramePool *pool)
{
  NetFrame *inner = echo (pool, 56);
  NetVxlan outer = { .destination_mac = vm2,
                     .source_mac = vm1,
                     .destination_ip = 0x0a087d14,
                     .source_ip = 0x0a087d12,
                     .vni = 5001,
                     .source_port = net_vxlan_source_port (net_frame_bytes (inner), inner->length) };
  write_frame (file, net_vxlan_encapsulate (inner, &outer));
}

/* As a hardware VTEP sends it: VNI 0, addresses of the link-local block. */
static void
write_bfd (FILE *file, NetFramePool *pool)
{
  NetIpv4Header ip = {
    .tos = 0xc0, .ttl = NET_BFD_TTL, .protocol = NET_IP_UDP, .source = 0xa9fe0100, .destination = 0xa9fe0101
  };
  NetUdp udp = { .source_port = NET_BFD_SOURCE_PORT_MIN, .destination_port = NET_BFD_PORT, .checksum = TRUE };
  NetBfd bfd = { .state = NET_BFD_DOWN,
                 .multiplier = 3,
                 .my_discriminator = 0x01020304,
                 .desired_min_tx_us = 1000000,
                 .required_min_rx_us = 1000000 };
  NetVxlan outer
      = { .destination_mac = vm2, .source_mac = vm1, .destination_ip = 0x0a087d14, .source_ip = 0x0a087d12 };
  NetFrame *inner = net_frame_new (pool, 2 * NET_FRAME_HEADROOM, 0);

  net_bfd_push (inner, &bfd);
  net_udp_push (inner, &ip, &udp);
  over_ipv4 (inner, &ip);
  outer.source_port = net_vxlan_source_port (net_frame_bytes (inner), inner->length);
  write_frame (file, net_vxlan_encapsulate (inner, &outer));
}

static void
write_lldp (FILE *file, NetFramePool *pool)
{
  const NetLldp lldp = { .chassis = vm1, .port = "em3", .ttl_s = NET_LLDP_TTL, .system = "tor1" };

  write_frame (file, net_lldp_frame (pool, &vm1, &lldp));
}

int
main (int argc, char **argv)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  FILE *file = argc == 2 ? fopen (argv[1], "wb") : NULL;

  if (!file)
    return 2;
  write_header (file);
  write_ipv4 (file, pool);
  write_ipv6 (file, pool);
  write_vxlan (file, pool);
  write_bfd (file, pool);
  write_lldp (file, pool);
  return fclose (file) == 0 ? 0 : 1;
}

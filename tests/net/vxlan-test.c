/* VXLAN encapsulation and its outer fields; the port vectors were measured on Open vSwitch 3.1. */
#include "net/vxlan.h"
#include "samples.h"
#include "tap.h"

#define OUTER_IP  14
#define OUTER_UDP 34
#define VXLAN     42
#define INNER     50

static const NetVxlan control_to_tor = { .destination_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20 } },
                                         .source_mac = { { 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18 } },
                                         .destination_ip = 0x0a087d14,
                                         .source_ip = 0x0a087d12,
                                         .vni = 5001,
                                         .source_port = 55449 };

static void
frame_is_encapsulated_as_open_vswitch_does (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *inner = net_frame_new_from (pool, sample_arp_request, sizeof sample_arp_request), *outer;

  inner->packet_id = 99;
  outer = net_vxlan_encapsulate (net_frame_ref (inner), &control_to_tor);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (outer), outer->length, sample_vxlan_arp,
                   sizeof sample_vxlan_arp);
  CU_ASSERT_EQUAL (outer->packet_id, 99);
  CU_ASSERT_EQUAL (inner->length, 42);
  net_frame_unref (outer);
  net_frame_unref (inner);
}

static void
encapsulated_frame_is_taken_apart (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *outer = net_frame_new_from (pool, sample_vxlan_arp, sizeof sample_vxlan_arp), *shared, *inner;
  guint at, length;
  NetVxlan vxlan;

  CU_ASSERT_EQUAL (net_vxlan_parse (net_frame_bytes (outer), outer->length, &vxlan, &at, &length),
                   NET_DROP_NONE);
  CU_ASSERT_TRUE (net_mac_equal (&vxlan.destination_mac, &control_to_tor.destination_mac));
  CU_ASSERT_TRUE (net_mac_equal (&vxlan.source_mac, &control_to_tor.source_mac));
  CU_ASSERT_EQUAL (vxlan.destination_ip, 0x0a087d14);
  CU_ASSERT_EQUAL (vxlan.source_ip, 0x0a087d12);
  CU_ASSERT_EQUAL (vxlan.vni, 5001);
  CU_ASSERT_EQUAL (vxlan.source_port, 55449);
  CU_ASSERT_EQUAL (at, INNER);
  CU_ASSERT_EQUAL (length, 42);
  outer->packet_id = 12;
  shared = net_frame_ref (outer);
  inner = net_vxlan_decapsulate (outer, at, length);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (inner), inner->length, sample_arp_request,
                   sizeof sample_arp_request);
  CU_ASSERT_EQUAL (inner->packet_id, 12);
  CU_ASSERT_EQUAL (shared->length, 92);
  net_frame_unref (inner);
  inner = net_vxlan_decapsulate (shared, at, length);
  CU_ASSERT_PTR_EQUAL (inner, shared);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (inner), inner->length, sample_arp_request,
                   sizeof sample_arp_request);
  net_frame_unref (inner);
}

static NetDropReason
parse (const guint8 *bytes, guint n, NetVxlan *out, guint *length)
{
  guint at;
  return net_vxlan_parse (bytes, n, out, &at, length);
}

/* The sample with one byte changed; the IP checksum is made good. */
static NetDropReason
parse_changed (guint at, guint8 value)
{
  guint8 bytes[sizeof sample_vxlan_arp];
  NetVxlan vxlan;
  guint length;

  memcpy (bytes, sample_vxlan_arp, sizeof bytes);
  bytes[at] = value;
  net_put_be16 (bytes + OUTER_IP + 10, 0);
  net_put_be16 (bytes + OUTER_IP + 10, net_checksum_finish (net_checksum_add (0, bytes + OUTER_IP, 20)));
  return parse (bytes, sizeof bytes, &vxlan, &length);
}

static void
what_the_real_switch_refuses_is_refused (void)
{
  CU_ASSERT_EQUAL (parse_changed (VXLAN, 0x00), NET_DROP_VXLAN_FLAGS); /* I clear */
  CU_ASSERT_EQUAL (parse_changed (VXLAN, 0x88), NET_DROP_VXLAN_FLAGS);
  CU_ASSERT_EQUAL (parse_changed (VXLAN, 0xff), NET_DROP_VXLAN_FLAGS);
  CU_ASSERT_EQUAL (parse_changed (VXLAN + 1, 1), NET_DROP_VXLAN_FLAGS);
  CU_ASSERT_EQUAL (parse_changed (VXLAN + 3, 1), NET_DROP_VXLAN_FLAGS);
  CU_ASSERT_EQUAL (parse_changed (VXLAN + 7, 1), NET_DROP_VXLAN_FLAGS);
  CU_ASSERT_EQUAL (parse_changed (OUTER_UDP + 3, 0xb6), NET_DROP_UNKNOWN_PROTOCOL); /* port 4790 */
  CU_ASSERT_EQUAL (parse_changed (OUTER_UDP + 7, 1), NET_DROP_BAD_CHECKSUM);
  CU_ASSERT_EQUAL (parse_changed (OUTER_IP + 6, 0x20), NET_DROP_FRAGMENT);
  CU_ASSERT_EQUAL (parse_changed (OUTER_IP + 9, 6), NET_DROP_UNKNOWN_PROTOCOL);
  CU_ASSERT_EQUAL (parse_changed (12, 0x86), NET_DROP_UNKNOWN_PROTOCOL);
  CU_ASSERT_EQUAL (parse_changed (OUTER_UDP + 5, 29), NET_DROP_MALFORMED); /* inner frame of 13 bytes */
  CU_ASSERT_EQUAL (parse_changed (OUTER_UDP + 5, 30), NET_DROP_NONE);
}

static void
wrong_ip_checksum_is_refused (void)
{
  guint8 bytes[sizeof sample_vxlan_arp];
  NetVxlan vxlan;
  guint length;

  memcpy (bytes, sample_vxlan_arp, sizeof bytes);
  bytes[OUTER_IP + 11] ^= 1;
  CU_ASSERT_EQUAL (parse (bytes, sizeof bytes, &vxlan, &length), NET_DROP_BAD_CHECKSUM);
}

static void
what_the_real_switch_accepts_is_accepted (void)
{
  guint8 bytes[sizeof sample_vxlan_arp + 20];
  NetVxlan vxlan;
  guint length;

  CU_ASSERT_EQUAL (parse_changed (OUTER_IP + 8, 1), NET_DROP_NONE);    /* ttl 1 */
  CU_ASSERT_EQUAL (parse_changed (OUTER_IP + 6, 0), NET_DROP_NONE);    /* DF clear */
  CU_ASSERT_EQUAL (parse_changed (OUTER_IP + 1, 0xb8), NET_DROP_NONE); /* DSCP set */
  CU_ASSERT_EQUAL (parse_changed (OUTER_UDP, 1), NET_DROP_NONE);       /* any source port */
  memcpy (bytes, sample_vxlan_arp, sizeof sample_vxlan_arp);
  memset (bytes + sizeof sample_vxlan_arp, 0, 20); /* padding behind the IP packet */
  CU_ASSERT_EQUAL (parse (bytes, sizeof bytes, &vxlan, &length), NET_DROP_NONE);
  CU_ASSERT_EQUAL (length, 42);
  /* A correct checksum, worked out by hand: 0a08 7d12 0a08 7d14 0011 003a | d899 12b5 003a 0000 0800 0000 0013 8900, the
   * ARP request ffff ffff ffff fa16 3e00 0011 0806 0001 0800 0604 0001 fa16 3e00 0011 0a00 000b 0a00 000c. */
  net_put_be16 (bytes + OUTER_UDP + 6, 0xda6d);
  CU_ASSERT_EQUAL (parse (bytes, sizeof bytes, &vxlan, &length), NET_DROP_NONE);
}

/* ---- the source port ----------------------------------------------------------------------------------------- */

#define VM1        10, 0, 0, 11
#define VM2        10, 0, 0, 12
#define VM3        10, 0, 0, 13
#define QDHCP      10, 0, 0, 2
#define ANY        0, 0, 0, 0
#define ALL        255, 255, 255, 255
#define LINK_LOCAL 169, 254, 1, 1
#define MACS       0xfa, 0x16, 0x3e, 0, 0, 0x12, 0xfa, 0x16, 0x3e, 0, 0, 0x11

#define ARP_FRAME(op, ...)                                                                                   \
  MACS, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, (op), 0xfa, 0x16, 0x3e, 0, 0, 0x11, __VA_ARGS__
#define ARP(op, source, target) ARP_FRAME (op, source, 0, 0, 0, 0, 0, 0, target)
/* A packet of 28 bytes; the header checksum does not enter. */
#define IPV4(protocol, ...) MACS, 0x08, 0x00, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, (protocol), 0, 0, __VA_ARGS__
#define UDP_68_67           0, 68, 0, 67, 0, 8, 0, 0
#define UDP_67_68           0, 67, 0, 68, 0, 8, 0, 0
#define UDP_BFD             0xc0, 0x00, 0x0e, 0xc8, 0, 8, 0, 0 /* 49152 > 3784 */
#define ICMP(type)          (type), 0, 0, 0, 0, 0, 0, 0

#define ASSERT_PORT(port, ...)                                                                               \
  CU_ASSERT_EQUAL (                                                                                          \
      net_vxlan_source_port ((const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]){ __VA_ARGS__ }), port)

static void
source_port_is_the_one_measured (void)
{
  ASSERT_PORT (60515, IPV4 (17, ANY, ALL, UDP_68_67));   /* DISCOVER, REQUEST */
  ASSERT_PORT (60359, IPV4 (17, QDHCP, VM2, UDP_67_68)); /* OFFER, ACK */
  ASSERT_PORT (55498, ARP (1, VM2, VM1));
  ASSERT_PORT (58241, ARP (2, VM2, VM1));
  ASSERT_PORT (55449, ARP (1, VM1, VM2));
  ASSERT_PORT (35001, ARP (2, VM1, VM2));
  ASSERT_PORT (58728, IPV4 (1, VM1, VM2, ICMP (8)));
  ASSERT_PORT (53254, IPV4 (1, VM2, VM1, ICMP (8)));
  ASSERT_PORT (55498, IPV4 (1, VM2, VM1, ICMP (0)));
  ASSERT_PORT (55449, IPV4 (1, VM1, VM2, ICMP (0)));
  ASSERT_PORT (50242, ARP (1, VM2, VM3));
  ASSERT_PORT (54142, IPV4 (17, LINK_LOCAL, LINK_LOCAL, UDP_BFD));
  ASSERT_PORT (33705, MACS, 0x88, 0xb5, 1, 2, 3, 4);
  ASSERT_PORT (33705, MACS, 0x81, 0x00, 0x00, 0x64, 0x08, 0x00, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, VM1,
               VM2, UDP_68_67); /* tagged */
  CU_ASSERT_EQUAL (net_vxlan_source_port (sample_icmp_echo, sizeof sample_icmp_echo), 58728);
  CU_ASSERT_EQUAL (net_vxlan_source_port (sample_dhcp_offer, sizeof sample_dhcp_offer), 60359);
}

/* Words by hand: the protocol is hashed without ports for IGMP; a fragment behind the first has none. */
static void
source_port_does_without_ports_where_there_are_none (void)
{
  guint8 first[] = { IPV4 (17, VM1, VM2, UDP_68_67) }, later[] = { IPV4 (17, VM1, VM2, UDP_67_68) };
  guint8 other[] = { IPV4 (2, VM1, VM2, UDP_68_67) }, same[] = { IPV4 (2, VM1, VM2, UDP_67_68) };

  first[21] = later[21] = 1; /* offset 8 */
  CU_ASSERT_EQUAL (net_vxlan_source_port (first, sizeof first), net_vxlan_source_port (later, sizeof later));
  CU_ASSERT_EQUAL (net_vxlan_source_port (other, sizeof other), net_vxlan_source_port (same, sizeof same));
}

/* Computed by an independent program from the description of the hash. */
static void
source_port_of_ipv6_hashes_whole_addresses (void)
{
  CU_ASSERT_EQUAL (net_vxlan_source_port (sample_icmpv6_echo, sizeof sample_icmpv6_echo), 50901);
  CU_ASSERT_EQUAL (net_vxlan_source_port (sample_udp6, sizeof sample_udp6), 37958);
  CU_ASSERT_EQUAL (net_vxlan_source_port (sample_nd_solicitation, sizeof sample_nd_solicitation), 41059);
}

static void
outer_tos_carries_ecn_alone (void)
{
  guint8 bytes[sizeof sample_udp], six[sizeof sample_udp6];
  static const guint8 expected[4] = { 0, 1, 2, 2 };

  memcpy (bytes, sample_udp, sizeof bytes);
  memcpy (six, sample_udp6, sizeof six);
  for (guint ecn = 0; ecn < 4; ecn++)
    {
      bytes[15] = (guint8) (0xb8 | ecn);
      six[14] = 0x6b;
      six[15] = (guint8) (0x80 | ecn << 4);
      CU_ASSERT_EQUAL (net_vxlan_outer_tos (bytes, sizeof bytes), expected[ecn]);
      CU_ASSERT_EQUAL (net_vxlan_outer_tos (six, sizeof six), expected[ecn]);
    }
  CU_ASSERT_EQUAL (net_vxlan_outer_tos (sample_arp_request, sizeof sample_arp_request), 0);
  CU_ASSERT_EQUAL (net_vxlan_outer_tos (bytes, 20), 0);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a frame is encapsulated as Open vSwitch does", frame_is_encapsulated_as_open_vswitch_does },
    { "an encapsulated frame is taken apart", encapsulated_frame_is_taken_apart },
    { "what the real switch refuses is refused", what_the_real_switch_refuses_is_refused },
    { "a wrong IP checksum is refused", wrong_ip_checksum_is_refused },
    { "what the real switch accepts is accepted", what_the_real_switch_accepts_is_accepted },
    { "the source port is the one measured", source_port_is_the_one_measured },
    { "the source port does without ports where there are none",
      source_port_does_without_ports_where_there_are_none },
    { "the source port of IPv6 hashes whole addresses", source_port_of_ipv6_hashes_whole_addresses },
    { "the outer TOS carries ECN alone", outer_tos_carries_ecn_alone },
    { NULL, NULL },
  };
  return tap_main ("vxlan", tests);
}

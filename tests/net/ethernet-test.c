/* Ethernet headers, 802.1Q tag stacks, and ARP in them. */
#include "net/arp.h"
#include "net/ethernet.h"
#include "samples.h"
#include "tap.h"

static const NetMac vm1 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11 } };
static const NetMac vm2 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12 } };

static void
untagged_header_is_read (void)
{
  NetEthernet header;

  CU_ASSERT_EQUAL (net_ethernet_parse (sample_icmp_echo, sizeof sample_icmp_echo, &header), NET_DROP_NONE);
  CU_ASSERT_TRUE (net_mac_equal (&header.destination, &vm2));
  CU_ASSERT_TRUE (net_mac_equal (&header.source, &vm1));
  CU_ASSERT_EQUAL (header.n_tags, 0);
  CU_ASSERT_EQUAL (header.type, NET_ETHERTYPE_IPV4);
  CU_ASSERT_EQUAL (header.payload, 14);
}

static const guint8 four_tags[] = {
  0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12, 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11, /* */
  0x88, 0xa8, 0xeb, 0x55, /* 802.1ad, PCP 7, no DEI, VID 2901 */
  0x81, 0x00, 0x10, 0x64, /* PCP 0, DEI, VID 100 */
  0x81, 0x00, 0x00, 0x00, /* priority tag */
  0x81, 0x00, 0x0f, 0xff, /* VID 4095 */
  0x08, 0x06,             /* ARP */
};

static void
four_tags_are_read_outermost_first (void)
{
  NetEthernet header;

  CU_ASSERT_EQUAL (net_ethernet_parse (four_tags, sizeof four_tags, &header), NET_DROP_NONE);
  CU_ASSERT_EQUAL (header.n_tags, 4);
  CU_ASSERT_EQUAL (header.tags[0].tpid, NET_ETHERTYPE_QINQ);
  CU_ASSERT_EQUAL (NET_VLAN_PCP (header.tags[0].tci), 7);
  CU_ASSERT_EQUAL (NET_VLAN_DEI (header.tags[0].tci), 0);
  CU_ASSERT_EQUAL (NET_VLAN_VID (header.tags[0].tci), 2901);
  CU_ASSERT_EQUAL (NET_VLAN_DEI (header.tags[1].tci), 1);
  CU_ASSERT_EQUAL (NET_VLAN_VID (header.tags[3].tci), 4095);
  CU_ASSERT_EQUAL (header.type, NET_ETHERTYPE_ARP);
  CU_ASSERT_EQUAL (header.payload, 30);
}

static void
fifth_tag_is_malformed (void)
{
  guint8 bytes[sizeof four_tags + 4];
  NetEthernet header;

  memcpy (bytes, four_tags, 12);
  memcpy (bytes + 12, (const guint8[]){ 0x81, 0x00, 0x00, 0x01 }, 4);
  memcpy (bytes + 16, four_tags + 12, sizeof four_tags - 12);
  CU_ASSERT_EQUAL (net_ethernet_parse (bytes, sizeof bytes, &header), NET_DROP_MALFORMED);
}

static void
header_with_tags_is_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, 0);
  NetEthernet header
      = { .destination = vm2,
          .source = vm1,
          .n_tags = 4,
          .tags = { { 0x88a8, 0xeb55 }, { 0x8100, 0x1064 }, { 0x8100, 0 }, { 0x8100, 0x0fff } },
          .type = NET_ETHERTYPE_ARP };

  net_ethernet_push (frame, &header);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, four_tags, sizeof four_tags);
  net_frame_unref (frame);
}

static void
pushing_and_popping_a_tag_leaves_other_holders_alone (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *plain = net_frame_new_from (pool, sample_icmp_echo, sizeof sample_icmp_echo);
  NetFrame *tagged = net_vlan_push (net_frame_ref (plain), (NetVlanTag){ 0x8100, 2901 }), *popped;

  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (tagged), tagged->length, sample_icmp_tagged,
                   sizeof sample_icmp_tagged);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (plain), plain->length, sample_icmp_echo,
                   sizeof sample_icmp_echo);
  popped = net_vlan_pop (net_frame_ref (tagged));
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (popped), popped->length, sample_icmp_echo,
                   sizeof sample_icmp_echo);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (tagged), tagged->length, sample_icmp_tagged,
                   sizeof sample_icmp_tagged);
  net_frame_unref (plain);
  net_frame_unref (tagged);
  net_frame_unref (popped);
  CU_ASSERT_EQUAL (net_frame_pool_outstanding (pool), 0);
}

static void
arp_request_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetArp arp,
      request
      = { .op = NET_ARP_REQUEST, .sender_mac = vm1, .sender_ip = 0x0a00000b, .target_ip = 0x0a00000c };
  NetFrame *frame;

  CU_ASSERT_EQUAL (net_arp_parse (sample_arp_request + 14, 28, &arp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (arp.op, NET_ARP_REQUEST);
  CU_ASSERT_TRUE (net_mac_equal (&arp.sender_mac, &vm1));
  CU_ASSERT_EQUAL (arp.sender_ip, 0x0a00000b);
  CU_ASSERT_TRUE (net_mac_is_zero (&arp.target_mac));
  CU_ASSERT_EQUAL (arp.target_ip, 0x0a00000c);
  frame = net_arp_frame (pool, &net_mac_broadcast, &request);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_arp_request,
                   sizeof sample_arp_request);
  net_frame_unref (frame);
}

static void
arp_for_another_network_is_unknown_and_wrong_lengths_are_malformed (void)
{
  guint8 bytes[28];
  NetArp arp;

  memcpy (bytes, sample_arp_request + 14, 28);
  bytes[1] = 6; /* IEEE 802 networks */
  CU_ASSERT_EQUAL (net_arp_parse (bytes, 28, &arp), NET_DROP_UNKNOWN_PROTOCOL);
  bytes[1] = 1;
  bytes[2] = 0x86;
  CU_ASSERT_EQUAL (net_arp_parse (bytes, 28, &arp), NET_DROP_UNKNOWN_PROTOCOL);
  bytes[2] = 0x08;
  bytes[4] = 8;
  CU_ASSERT_EQUAL (net_arp_parse (bytes, 28, &arp), NET_DROP_MALFORMED);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "an untagged header is read", untagged_header_is_read },
    { "four tags are read, outermost first", four_tags_are_read_outermost_first },
    { "a fifth tag is malformed", fifth_tag_is_malformed },
    { "a header with tags is built", header_with_tags_is_built },
    { "pushing and popping a tag leaves other holders alone",
      pushing_and_popping_a_tag_leaves_other_holders_alone },
    { "an ARP request is read and built", arp_request_is_read_and_built },
    { "ARP for another network is unknown, wrong lengths are malformed",
      arp_for_another_network_is_unknown_and_wrong_lengths_are_malformed },
    { NULL, NULL },
  };
  return tap_main ("ethernet", tests);
}

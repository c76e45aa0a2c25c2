/* IPv6 neighbour discovery. */
#include "net/nd.h"
#include "samples.h"
#include "tap.h"

#define BEHIND_IPV6 54
#define ND_LENGTH   32

static const NetMac vm1 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11 } };
static const NetMac vm2 = { { 0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12 } };

static NetIpv6Header
ip_of (const guint8 *sample)
{
  NetIpv6Header ip = { 0 };
  CU_ASSERT_EQUAL (net_ipv6_parse (sample + 14, 72, &ip), NET_DROP_NONE);
  return ip;
}

static void
solicitation_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetIpv6Header ip = ip_of (sample_nd_solicitation);
  NetIpv6 target = net_ipv6_link_local (&vm2);
  NetEthernet ethernet = { .destination = { { 0x33, 0x33, 0xff, 0x00, 0x00, 0x12 } }, .source = vm1 };
  NetFrame *frame;
  NetNd nd;

  CU_ASSERT_EQUAL (net_nd_parse (sample_nd_solicitation + BEHIND_IPV6, ND_LENGTH, &ip, &nd), NET_DROP_NONE);
  CU_ASSERT_EQUAL (nd.type, NET_ND_SOLICITATION);
  CU_ASSERT_TRUE (net_ipv6_equal (&nd.target, &target));
  CU_ASSERT_TRUE (nd.has_link_address);
  CU_ASSERT_TRUE (net_mac_equal (&nd.link_address, &vm1));
  ip.hop_limit = 1;
  frame = net_nd_frame (
      pool, &ethernet, &ip,
      &(NetNd){
          .type = NET_ND_SOLICITATION, .target = target, .has_link_address = TRUE, .link_address = vm1 });
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_nd_solicitation,
                   sizeof sample_nd_solicitation);
  net_frame_unref (frame);
}

static void
advertisement_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetIpv6Header ip = ip_of (sample_nd_advertisement);
  NetEthernet ethernet = { .destination = vm1, .source = vm2 };
  NetFrame *frame;
  NetNd nd;

  CU_ASSERT_EQUAL (net_nd_parse (sample_nd_advertisement + BEHIND_IPV6, ND_LENGTH, &ip, &nd), NET_DROP_NONE);
  CU_ASSERT_EQUAL (nd.type, NET_ND_ADVERTISEMENT);
  CU_ASSERT_FALSE (nd.router);
  CU_ASSERT_TRUE (nd.solicited);
  CU_ASSERT_TRUE (nd.override);
  CU_ASSERT_TRUE (net_mac_equal (&nd.link_address, &vm2));
  frame = net_nd_frame (pool, &ethernet, &ip,
                        &(NetNd){ .type = NET_ND_ADVERTISEMENT,
                                  .solicited = TRUE,
                                  .override = TRUE,
                                  .target = net_ipv6_link_local (&vm2),
                                  .has_link_address = TRUE,
                                  .link_address = vm2 });
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_nd_advertisement,
                   sizeof sample_nd_advertisement);
  net_frame_unref (frame);
}

static void
hop_limit_below_255_comes_from_elsewhere_and_is_malformed (void)
{
  NetIpv6Header ip = ip_of (sample_nd_solicitation);
  NetNd nd;

  ip.hop_limit = 254;
  CU_ASSERT_EQUAL (net_nd_parse (sample_nd_solicitation + BEHIND_IPV6, ND_LENGTH, &ip, &nd),
                   NET_DROP_MALFORMED);
}

/* Writes a byte and makes the checksum good, so that only the rule in question is broken. */
static NetDropReason
parse_changed (const guint8 *sample, guint at, guint8 value, const NetIpv6Header *ip)
{
  guint8 bytes[ND_LENGTH];
  guint32 sum;
  NetNd nd;

  memcpy (bytes, sample + BEHIND_IPV6, ND_LENGTH);
  bytes[at] = value;
  bytes[2] = bytes[3] = 0;
  sum = net_checksum_pseudo_ipv6 (&ip->source, &ip->destination, NET_IP_ICMPV6, ND_LENGTH);
  net_put_be16 (bytes + 2, net_checksum_finish (net_checksum_add (sum, bytes, ND_LENGTH)));
  return net_nd_parse (bytes, ND_LENGTH, ip, &nd);
}

static void
messages_that_break_section_7_1_are_malformed (void)
{
  NetIpv6Header ip = ip_of (sample_nd_solicitation);

  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 5, 1, &ip), NET_DROP_NONE); /* reserved: ignored */
  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 0, 128, &ip), NET_DROP_UNKNOWN_PROTOCOL);
  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 1, 1, &ip), NET_DROP_MALFORMED); /* code */
  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 8, 0xff, &ip),
                   NET_DROP_MALFORMED); /* multicast target */
  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 25, 0, &ip),
                   NET_DROP_MALFORMED); /* option of length 0 */
  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 25, 2, &ip), NET_DROP_MALFORMED); /* runs over */
  memset (&ip.source, 0, 16); /* duplicate address detection must not carry the option */
  CU_ASSERT_EQUAL (parse_changed (sample_nd_solicitation, 25, 1, &ip), NET_DROP_MALFORMED);
  ip = ip_of (sample_nd_advertisement);
  ip.destination = (NetIpv6){ { 0xff, 2, [15] = 1 } }; /* solicited, yet to all nodes */
  CU_ASSERT_EQUAL (parse_changed (sample_nd_advertisement, 25, 1, &ip), NET_DROP_MALFORMED);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "a solicitation is read and built", solicitation_is_read_and_built },
    { "an advertisement is read and built", advertisement_is_read_and_built },
    { "a hop limit below 255 comes from elsewhere and is malformed",
      hop_limit_below_255_comes_from_elsewhere_and_is_malformed },
    { "messages that break RFC 4861 section 7.1 are malformed",
      messages_that_break_section_7_1_are_malformed },
    { NULL, NULL },
  };
  return tap_main ("nd", tests);
}

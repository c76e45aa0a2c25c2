/* IPv4 and IPv6 headers, the Internet checksum, ICMP and ICMPv6 echo. */
#include "net/icmp.h"
#include "net/ipv4.h"
#include "net/ipv6.h"
#include "samples.h"
#include "tap.h"

#define ETHERNET    14
#define BEHIND_IPV6 (ETHERNET + 40)

static void
checksum_is_the_one_of_rfc_1071 (void)
{
  static const guint8 example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 }; /* §3: sum ddf2 */
  static const guint8 odd[] = { 0x12, 0x34, 0x56 };
  guint8 ones[4096];

  CU_ASSERT_EQUAL (net_checksum_finish (net_checksum_add (0, example, 8)), (guint16) ~0xddf2);
  CU_ASSERT_EQUAL (net_checksum_finish (net_checksum_add (net_checksum_add (0, example, 2), example + 2, 6)),
                   (guint16) ~0xddf2);
  CU_ASSERT_EQUAL (net_checksum_finish (net_checksum_add (0, odd, 3)), (guint16) ~0x6834);
  CU_ASSERT_EQUAL (net_checksum_finish (net_checksum_add (0, NULL, 0)), 0xffff);
  memset (ones, 0xff, sizeof ones);
  CU_ASSERT_EQUAL (net_checksum_finish (net_checksum_add (0xffffffff, ones, sizeof ones)), 0);
}

static void
ipv4_header_is_read (void)
{
  NetIpv4Header ip;

  CU_ASSERT_EQUAL (net_ipv4_parse (sample_icmp_echo + ETHERNET, 84, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (ip.tos, 0);
  CU_ASSERT_EQUAL (ip.ttl, 64);
  CU_ASSERT_EQUAL (ip.protocol, NET_IP_ICMP);
  CU_ASSERT_TRUE (ip.dont_fragment);
  CU_ASSERT_FALSE (net_ipv4_is_fragment (&ip));
  CU_ASSERT_EQUAL (ip.id, 0x9f93);
  CU_ASSERT_EQUAL (ip.source, 0x0a00000b);
  CU_ASSERT_EQUAL (ip.destination, 0x0a00000c);
  CU_ASSERT_EQUAL (ip.header_length, 20);
  CU_ASSERT_EQUAL (ip.total_length, 84);
}

static void
ipv4_fragment_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  static const guint8 fragment[] = {
    0x45, 0x00, 0x00, 0x1c, 0x00, 0x07, 0x20, 0xb9, /* total length 28; id 7; MF, offset 185 * 8 */
    64,   17,   0x45, 0xfb, 10,   0,    0,    11,   /* ttl; UDP; checksum; source */
    10,   0,    0,    12,   'f',  'r',  'a',  'g',  /* destination; data */
    'm',  'e',  'n',  't',
  };
  NetIpv4Header ip, header = { .ttl = 64,
                               .protocol = NET_IP_UDP,
                               .more_fragments = TRUE,
                               .fragment_offset = 1480,
                               .id = 7,
                               .source = 0x0a00000b,
                               .destination = 0x0a00000c };
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "fragment", 8);

  CU_ASSERT_EQUAL (net_ipv4_parse (fragment, sizeof fragment, &ip), NET_DROP_NONE);
  CU_ASSERT_TRUE (net_ipv4_is_fragment (&ip));
  CU_ASSERT_TRUE (ip.more_fragments);
  CU_ASSERT_EQUAL (ip.fragment_offset, 1480);
  net_ipv4_push (frame, &header);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, fragment, sizeof fragment);
  net_frame_unref (frame);
}

static void
ipv4_with_options_is_read_to_its_payload (void)
{
  static const guint8 packet[] = {
    0x46, 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x00, /* header of 24; total length 24 */
    1,    2,    0x3a, 0xbf, 10,   0,    0,    11,   /* ttl 1; IGMP; checksum; source */
    224,  0,    0,    22,   0x94, 0x04, 0x00, 0x00, /* destination; router alert */
  };
  NetIpv4Header ip;

  CU_ASSERT_EQUAL (net_ipv4_parse (packet, sizeof packet, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (ip.header_length, 24);
}

static void
ipv4_header_that_contradicts_itself_is_malformed (void)
{
  static const struct
  {
    const char *what;
    guint at;
    guint8 value;
  } changes[] = {
    { "version 6", 0, 0x65 },
    { "header of 16 bytes", 0, 0x44 },
    { "header longer than the packet", 3, 19 },
    { "packet longer than the frame", 3, 85 },
  };
  NetIpv4Header ip;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      guint8 bytes[84];
      memcpy (bytes, sample_icmp_echo + ETHERNET, 84);
      bytes[changes[i].at] = changes[i].value;
      CU_ASSERT_EQUAL (net_ipv4_parse (bytes, 84, &ip), NET_DROP_MALFORMED);
    }
}

static void
wrong_ipv4_checksum_is_told_with_the_header_filled (void)
{
  guint8 bytes[84];
  NetIpv4Header ip;

  memcpy (bytes, sample_icmp_echo + ETHERNET, 84);
  bytes[8] = 63;
  CU_ASSERT_EQUAL (net_ipv4_parse (bytes, 84, &ip), NET_DROP_BAD_CHECKSUM);
  CU_ASSERT_EQUAL (ip.source, 0x0a00000b);
  CU_ASSERT_EQUAL (ip.total_length, 84);
}

static void
ipv6_header_is_read (void)
{
  NetIpv6Header ip;
  guint8 bytes[sizeof sample_icmpv6_echo];

  CU_ASSERT_EQUAL (net_ipv6_parse (sample_icmpv6_echo + ETHERNET, 53, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (ip.traffic_class, 0xb9);
  CU_ASSERT_EQUAL (ip.flow_label, 0xabcde);
  CU_ASSERT_EQUAL (ip.payload_length, 13);
  CU_ASSERT_EQUAL (ip.next_header, NET_IP_ICMPV6);
  CU_ASSERT_EQUAL (ip.hop_limit, 64);
  CU_ASSERT_EQUAL (ip.source.octet[15], 0x11);
  CU_ASSERT_EQUAL (ip.destination.octet[15], 0x12);
  memcpy (bytes, sample_icmpv6_echo, sizeof bytes);
  bytes[ETHERNET + 5] = 14;
  CU_ASSERT_EQUAL (net_ipv6_parse (bytes + ETHERNET, 53, &ip), NET_DROP_MALFORMED);
  bytes[ETHERNET + 5] = 13;
  bytes[ETHERNET] = 0x4b;
  CU_ASSERT_EQUAL (net_ipv6_parse (bytes + ETHERNET, 53, &ip), NET_DROP_MALFORMED);
}

static void
icmp_echo_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetIcmp icmp, echo = { .type = NET_ICMP_ECHO_REQUEST, .id = 0x2260, .sequence = 1 };
  NetIpv4Header ip = { .ttl = 64,
                       .protocol = NET_IP_ICMP,
                       .dont_fragment = TRUE,
                       .id = 0x9f93,
                       .source = 0x0a00000b,
                       .destination = 0x0a00000c };
  NetFrame *frame = net_frame_new_from (pool, sample_icmp_echo + 42, 56);
  guint8 bytes[64];

  CU_ASSERT_EQUAL (net_icmp_parse (sample_icmp_echo + 34, 64, &icmp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (icmp.type, NET_ICMP_ECHO_REQUEST);
  CU_ASSERT_EQUAL (icmp.code, 0);
  CU_ASSERT_EQUAL (icmp.id, 0x2260);
  CU_ASSERT_EQUAL (icmp.sequence, 1);
  memcpy (bytes, sample_icmp_echo + 34, 64);
  bytes[63] ^= 1;
  CU_ASSERT_EQUAL (net_icmp_parse (bytes, 64, &icmp), NET_DROP_BAD_CHECKSUM);
  net_icmp_push (frame, &echo);
  net_ipv4_push (frame, &ip);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_icmp_echo + ETHERNET,
                   84);
  net_frame_unref (frame);
}

static void
icmpv6_echo_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetIcmp icmp, echo = { .type = NET_ICMPV6_ECHO_REQUEST, .id = 0x1234, .sequence = 7 };
  NetIpv6Header ip;
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "ping!", 5);

  CU_ASSERT_EQUAL (net_ipv6_parse (sample_icmpv6_echo + ETHERNET, 53, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (net_icmpv6_parse (sample_icmpv6_echo + BEHIND_IPV6, 13, &ip, &icmp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (icmp.type, NET_ICMPV6_ECHO_REQUEST);
  CU_ASSERT_EQUAL (icmp.id, 0x1234);
  CU_ASSERT_EQUAL (icmp.sequence, 7);
  net_icmpv6_push (frame, &ip, &echo);
  net_ipv6_push (frame, &ip);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_icmpv6_echo + ETHERNET,
                   53);
  net_frame_unref (frame);
  ip.source.octet[15] ^= 1; /* the addresses enter the checksum */
  CU_ASSERT_EQUAL (net_icmpv6_parse (sample_icmpv6_echo + BEHIND_IPV6, 13, &ip, &icmp),
                   NET_DROP_BAD_CHECKSUM);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "the checksum is the one of RFC 1071", checksum_is_the_one_of_rfc_1071 },
    { "an IPv4 header is read", ipv4_header_is_read },
    { "an IPv4 fragment is read and built", ipv4_fragment_is_read_and_built },
    { "IPv4 with options is read to its payload", ipv4_with_options_is_read_to_its_payload },
    { "an IPv4 header that contradicts itself is malformed",
      ipv4_header_that_contradicts_itself_is_malformed },
    { "a wrong IPv4 checksum is told with the header filled",
      wrong_ipv4_checksum_is_told_with_the_header_filled },
    { "an IPv6 header is read", ipv6_header_is_read },
    { "an ICMP echo is read and built", icmp_echo_is_read_and_built },
    { "an ICMPv6 echo is read and built", icmpv6_echo_is_read_and_built },
    { NULL, NULL },
  };
  return tap_main ("ip", tests);
}

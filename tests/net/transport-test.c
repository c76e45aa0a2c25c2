/* UDP and TCP headers. */
#include "net/tcp.h"
#include "net/udp.h"
#include "samples.h"
#include "tap.h"

#define ETHERNET    14
#define BEHIND_IPV4 (ETHERNET + 20)
#define BEHIND_IPV6 (ETHERNET + 40)

static void
udp_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "hello", 5);
  NetIpv4Header ip;
  NetUdp udp;

  CU_ASSERT_EQUAL (net_ipv4_parse (sample_udp + ETHERNET, 33, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (net_udp_parse (sample_udp + BEHIND_IPV4, 13, &ip, &udp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (udp.source_port, 40000);
  CU_ASSERT_EQUAL (udp.destination_port, 9);
  CU_ASSERT_EQUAL (udp.length, 13);
  CU_ASSERT_TRUE (udp.checksum);
  net_udp_push (frame, &ip, &(NetUdp){ .source_port = 40000, .destination_port = 9, .checksum = TRUE });
  net_ipv4_push (frame, &ip);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_udp + ETHERNET, 33);
  net_frame_unref (frame);
}

static void
udp_without_a_checksum_is_accepted_and_with_a_wrong_one_refused (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetIpv4Header ip = { .source = 0x0a00000b, .destination = 0x0a00000c };
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "hello", 5);
  guint8 bytes[13];
  NetUdp udp;

  memcpy (bytes, sample_udp + BEHIND_IPV4, 13);
  bytes[6] = bytes[7] = 0;
  CU_ASSERT_EQUAL (net_udp_parse (bytes, 13, &ip, &udp), NET_DROP_NONE);
  CU_ASSERT_FALSE (udp.checksum);
  bytes[7] = 1;
  CU_ASSERT_EQUAL (net_udp_parse (bytes, 13, &ip, &udp), NET_DROP_BAD_CHECKSUM);
  net_udp_push (frame, &ip, &(NetUdp){ .source_port = 40000, .destination_port = 9 });
  bytes[7] = 0;
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, bytes, 13);
  net_frame_unref (frame);
}

static void
udp_checksum_that_comes_out_as_zero_is_sent_as_ffff (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetIpv4Header ip = { .source = 0x0a00000b, .destination = 0x0a00000c };
  NetFrame *frame = net_frame_new_from (pool, (const guint8[]){ 0x4f, 0x7a }, 2);
  NetUdp udp = { .source_port = 40000, .destination_port = 9, .checksum = TRUE };

  net_udp_push (frame, &ip, &udp);
  TAP_ASSERT_BYTES (net_frame_bytes (frame), frame->length, 0x9c, 0x40, 0x00, 0x09, 0x00, 0x0a, 0xff, 0xff,
                    0x4f, 0x7a);
  CU_ASSERT_EQUAL (net_udp_parse (net_frame_bytes (frame), frame->length, &ip, &udp), NET_DROP_NONE);
  net_frame_unref (frame);
}

static void
udp_length_decides_and_padding_is_left_out (void)
{
  NetIpv4Header ip = { .source = 0x0a00000b, .destination = 0x0a00000c };
  guint8 bytes[20] = { 0 };
  NetUdp udp;

  memcpy (bytes, sample_udp + BEHIND_IPV4, 13);
  memset (bytes + 13, 0xee, 7);
  CU_ASSERT_EQUAL (net_udp_parse (bytes, 20, &ip, &udp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (udp.length, 13);
  bytes[5] = 21;
  CU_ASSERT_EQUAL (net_udp_parse (bytes, 20, &ip, &udp), NET_DROP_MALFORMED);
  bytes[5] = 7;
  CU_ASSERT_EQUAL (net_udp_parse (bytes, 20, &ip, &udp), NET_DROP_MALFORMED);
}

static void
udp_over_ipv6_needs_its_checksum (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "abc", 3);
  guint8 bytes[11];
  NetIpv6Header ip;
  NetUdp udp;

  CU_ASSERT_EQUAL (net_ipv6_parse (sample_udp6 + ETHERNET, 51, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (net_udp_parse_ipv6 (sample_udp6 + BEHIND_IPV6, 11, &ip, &udp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (udp.source_port, 5353);
  CU_ASSERT_EQUAL (udp.destination_port, 9999);
  memcpy (bytes, sample_udp6 + BEHIND_IPV6, 11);
  bytes[6] = bytes[7] = 0;
  CU_ASSERT_EQUAL (net_udp_parse_ipv6 (bytes, 11, &ip, &udp), NET_DROP_BAD_CHECKSUM);
  net_udp_push_ipv6 (frame, &ip, &(NetUdp){ .source_port = 5353, .destination_port = 9999 });
  net_ipv6_push (frame, &ip);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_udp6 + ETHERNET, 51);
  net_frame_unref (frame);
}

static void
tcp_syn_is_read_and_built_with_its_segment_size (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new (pool, NET_FRAME_HEADROOM, 0);
  NetTcp tcp, syn = { .source_port = 49152,
                      .destination_port = 6640,
                      .sequence = 0x11223344,
                      .flags = NET_TCP_SYN,
                      .window = 65535,
                      .maximum_segment = 1460 };
  NetIpv4Header ip;

  CU_ASSERT_EQUAL (net_ipv4_parse (sample_tcp_syn + ETHERNET, 44, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (net_tcp_parse (sample_tcp_syn + BEHIND_IPV4, 24, &ip, &tcp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (tcp.source_port, 49152);
  CU_ASSERT_EQUAL (tcp.destination_port, 6640);
  CU_ASSERT_EQUAL (tcp.sequence, 0x11223344);
  CU_ASSERT_EQUAL (tcp.acknowledgment, 0);
  CU_ASSERT_EQUAL (tcp.flags, NET_TCP_SYN);
  CU_ASSERT_EQUAL (tcp.window, 65535);
  CU_ASSERT_EQUAL (tcp.maximum_segment, 1460);
  CU_ASSERT_EQUAL (tcp.header_length, 24);
  net_tcp_push (frame, &ip, &syn);
  net_ipv4_push (frame, &ip);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_tcp_syn + ETHERNET, 44);
  net_frame_unref (frame);
}

static void
tcp_data_is_read_and_built (void)
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  NetFrame *frame = net_frame_new_from (pool, (const guint8 *) "{\"method\":\"echo\"}", 17);
  NetTcp tcp, data = { .source_port = 49152,
                       .destination_port = 6640,
                       .sequence = 0x11223345,
                       .acknowledgment = 0x55667788,
                       .flags = NET_TCP_PSH | NET_TCP_ACK,
                       .window = 64240 };
  NetIpv4Header ip;

  CU_ASSERT_EQUAL (net_ipv4_parse (sample_tcp_data + ETHERNET, 57, &ip), NET_DROP_NONE);
  CU_ASSERT_EQUAL (net_tcp_parse (sample_tcp_data + BEHIND_IPV4, 37, &ip, &tcp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (tcp.flags, NET_TCP_PSH | NET_TCP_ACK);
  CU_ASSERT_EQUAL (tcp.acknowledgment, 0x55667788);
  CU_ASSERT_EQUAL (tcp.maximum_segment, 0);
  CU_ASSERT_EQUAL (tcp.header_length, 20);
  net_tcp_push (frame, &ip, &data);
  net_ipv4_push (frame, &ip);
  tap_bytes_equal (__FILE__, __LINE__, net_frame_bytes (frame), frame->length, sample_tcp_data + ETHERNET,
                   57);
  net_frame_unref (frame);
}

/* A SYN as Linux sends it: MSS, SACK permitted, time stamps, NOP, window scale (from a capture). */
static void
unknown_tcp_options_are_skipped (void)
{
  static const guint8 segment[] = {
    0x83, 0x9c, 0x19, 0xf0, 0xf0, 0x48, 0x60, 0x71, 0,    0,    0, 0,  0xa0, 0x02,
    0xfa, 0xf0, 0xb3, 0x18, 0,    0,    2,    4,    0x05, 0xb4, 4, 2,  8,    10,
    0xf2, 0xd5, 0xaa, 0xa0, 0,    0,    0,    0,    1,    3,    3, 10,
  };
  NetIpv4Header ip = { .source = 0x0a087d12, .destination = 0x0a087d14 };
  guint8 bytes[sizeof segment];
  NetTcp tcp;

  CU_ASSERT_EQUAL (net_tcp_parse (segment, sizeof segment, &ip, &tcp), NET_DROP_NONE);
  CU_ASSERT_EQUAL (tcp.maximum_segment, 1460);
  CU_ASSERT_EQUAL (tcp.header_length, 40);
  memcpy (bytes, segment, sizeof bytes);
  bytes[39] = 11;
  CU_ASSERT_EQUAL (net_tcp_parse (bytes, sizeof bytes, &ip, &tcp), NET_DROP_BAD_CHECKSUM);
  bytes[12] = 0x40;
  CU_ASSERT_EQUAL (net_tcp_parse (bytes, sizeof bytes, &ip, &tcp), NET_DROP_MALFORMED);
  bytes[12] = 0xb0;
  CU_ASSERT_EQUAL (net_tcp_parse (bytes, sizeof bytes, &ip, &tcp), NET_DROP_MALFORMED);
}

/* The window-scale option's length 3 becomes 4 or 0; each change is made good in the checksum by hand. */
static void
tcp_option_that_runs_over_or_stands_still_is_malformed (void)
{
  guint8 segment[24]
      = { 0xc0, 0x00, 0x19, 0xf0, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 0x02, 0, 0, 0, 0, 0, 0, 1, 3, 4, 10 };
  NetIpv4Header ip = { 0 };
  NetTcp tcp;

  /* c000 + 19f0 + 0001 + 6002 + 0103 + 040a + pseudo header 0006 + 0018 = 13f1e, folded 3f1f */
  segment[16] = 0xc0;
  segment[17] = 0xe0;
  CU_ASSERT_EQUAL (net_tcp_parse (segment, sizeof segment, &ip, &tcp), NET_DROP_MALFORMED);
  segment[22] = 0; /* 0400 less in the sum, 0400 more in the checksum */
  segment[16] = 0xc4;
  CU_ASSERT_EQUAL (net_tcp_parse (segment, sizeof segment, &ip, &tcp), NET_DROP_MALFORMED);
  segment[22] = 3;
  segment[16] = 0xc1;
  CU_ASSERT_EQUAL (net_tcp_parse (segment, sizeof segment, &ip, &tcp), NET_DROP_NONE);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "UDP is read and built", udp_is_read_and_built },
    { "UDP without a checksum is accepted, with a wrong one refused",
      udp_without_a_checksum_is_accepted_and_with_a_wrong_one_refused },
    { "a UDP checksum that comes out as zero is sent as ffff",
      udp_checksum_that_comes_out_as_zero_is_sent_as_ffff },
    { "the UDP length decides, and padding is left out", udp_length_decides_and_padding_is_left_out },
    { "UDP over IPv6 needs its checksum", udp_over_ipv6_needs_its_checksum },
    { "a TCP SYN is read and built with its segment size", tcp_syn_is_read_and_built_with_its_segment_size },
    { "TCP data is read and built", tcp_data_is_read_and_built },
    { "unknown TCP options are skipped", unknown_tcp_options_are_skipped },
    { "a TCP option that runs over or stands still is malformed",
      tcp_option_that_runs_over_or_stands_still_is_malformed },
    { NULL, NULL },
  };
  return tap_main ("transport", tests);
}

/* Bytes from outside: every parser meets truncated, changed, random and oversized input, and reads none of it past
 * its end (each input is a heap block of its own, so that a sanitizer sees one byte too many). */
#include "net/arp.h"
#include "net/dhcp.h"
#include "net/icmp.h"
#include "net/nd.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "net/vxlan.h"
#include "samples.h"
#include "tap.h"

#include <stdlib.h>

#define RANDOM_STRINGS 100000

/* A small generator of our own, so that a failure can be repeated. */
static guint64
next_random (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void
read_dhcp (const guint8 *bytes, gsize length)
{
  NetDhcp dhcp;
  NetCursor value;

  if (net_dhcp_parse (bytes, length, &dhcp) == NET_DROP_NONE)
    for (guint option = 0; option < 256; option++)
      if (net_dhcp_option (&dhcp, (guint8) option, &value))
        CU_ASSERT_FATAL (value.at >= bytes && value.end <= bytes + length);
}

/* Whatever comes behind an IP header, read as each protocol in turn. */
static void
read_transports (const guint8 *bytes, gsize length)
{
  NetIpv4Header ip = { .source = 0x0a00000b, .destination = 0x0a00000c };
  NetIpv6Header ip6 = { .hop_limit = 255 };
  NetUdp udp;
  NetTcp tcp;
  NetIcmp icmp;
  NetNd nd;
  NetArp arp;

  if (net_udp_parse (bytes, length, &ip, &udp) == NET_DROP_NONE)
    CU_ASSERT_FATAL (udp.length >= NET_UDP_HEADER && udp.length <= length);
  net_udp_parse_ipv6 (bytes, length, &ip6, &udp);
  if (net_tcp_parse (bytes, length, &ip, &tcp) == NET_DROP_NONE)
    CU_ASSERT_FATAL (tcp.header_length >= NET_TCP_HEADER && tcp.header_length <= length);
  net_icmp_parse (bytes, length, &icmp);
  net_icmpv6_parse (bytes, length, &ip6, &icmp);
  net_nd_parse (bytes, length, &ip6, &nd);
  net_arp_parse (bytes, length, &arp);
  read_dhcp (bytes, length);
}

static void
read_frame (const guint8 *bytes, gsize length)
{
  NetEthernet ethernet;
  NetIpv4Header ip;
  NetIpv6Header ip6;
  NetVxlan vxlan;
  guint inner, inner_length;
  guint16 port = net_vxlan_source_port (bytes, length);

  CU_ASSERT_FATAL (port >= 32768 && port <= 60999);
  net_vxlan_outer_tos (bytes, length);
  if (net_vxlan_parse (bytes, length, &vxlan, &inner, &inner_length) == NET_DROP_NONE)
    CU_ASSERT_FATAL (inner + inner_length <= length && inner_length >= NET_ETHERNET_HEADER);
  if (net_ethernet_parse (bytes, length, &ethernet) != NET_DROP_NONE)
    return;
  CU_ASSERT_FATAL (ethernet.payload <= length);
  bytes += ethernet.payload;
  length -= ethernet.payload;
  if (net_ipv4_parse (bytes, length, &ip) == NET_DROP_NONE)
    {
      CU_ASSERT_FATAL (ip.header_length <= ip.total_length && ip.total_length <= length);
      read_transports (bytes + ip.header_length, ip.total_length - ip.header_length);
    }
  if (net_ipv6_parse (bytes, length, &ip6) == NET_DROP_NONE)
    read_transports (bytes + NET_IPV6_HEADER, ip6.payload_length);
}

static void
read_copy (const guint8 *bytes, gsize length)
{
  guint8 *copy = malloc (length); /* of zero bytes too: not NULL */

  g_assert (copy);
  memcpy (copy, bytes, length);
  read_frame (copy, length);
  read_transports (copy, length);
  free (copy);
}

/* Cut anywhere, a sample never parses as the whole did: some layer notices. */
static void
expect_refusal (const guint8 *bytes, gsize length)
{
  NetEthernet ethernet;
  NetIpv4Header ip;
  NetIpv6Header ip6;
  NetArp arp;

  if (net_ethernet_parse (bytes, length, &ethernet) != NET_DROP_NONE)
    return;
  bytes += ethernet.payload;
  length -= ethernet.payload;
  CU_ASSERT_NOT_EQUAL (net_ipv4_parse (bytes, length, &ip), NET_DROP_NONE);
  CU_ASSERT_NOT_EQUAL (net_ipv6_parse (bytes, length, &ip6), NET_DROP_NONE);
  CU_ASSERT_NOT_EQUAL (net_arp_parse (bytes, length, &arp), NET_DROP_NONE);
}

static void
truncated_frames_are_refused_at_every_length (void)
{
  for (guint i = 0; i < N_SAMPLES; i++)
    for (guint length = 0; length < net_samples[i].length; length++)
      {
        read_copy (net_samples[i].bytes, length);
        expect_refusal (net_samples[i].bytes, length);
      }
}

/* The bytes of a UDP, TCP, ND or DHCP message alone, cut anywhere. */
static void
truncated_messages_are_refused_at_every_length (void)
{
  NetIpv4Header ip = { .source = 0x0a087d12, .destination = 0x0a087d14 };
  NetIpv6Header ip6;
  NetUdp udp;
  NetTcp tcp;
  NetNd nd;
  NetDhcp dhcp;

  for (guint n = 0; n < 13; n++)
    CU_ASSERT_EQUAL (net_udp_parse (sample_udp + 34, n, &ip, &udp), NET_DROP_MALFORMED);
  for (guint n = 0; n < 24; n++)
    CU_ASSERT_EQUAL (net_tcp_parse (sample_tcp_syn + 34, n, &ip, &tcp), NET_DROP_MALFORMED);
  CU_ASSERT_EQUAL (net_ipv6_parse (sample_nd_solicitation + 14, 72, &ip6), NET_DROP_NONE);
  for (guint n = 0; n < 32; n++)
    CU_ASSERT_EQUAL (net_nd_parse (sample_nd_solicitation + 54, n, &ip6, &nd),
                     n < 24 ? NET_DROP_MALFORMED : NET_DROP_BAD_CHECKSUM);
  for (guint n = 0; n < 240; n++)
    CU_ASSERT_EQUAL (net_dhcp_parse (sample_dhcp_offer + 42, n, &dhcp), NET_DROP_MALFORMED);
}

static void
every_bit_of_every_sample_may_be_turned (void)
{
  for (guint i = 0; i < N_SAMPLES; i++)
    {
      guint8 bytes[512];
      guint length = net_samples[i].length;

      memcpy (bytes, net_samples[i].bytes, length);
      for (guint bit = 0; bit < length * 8; bit++)
        {
          bytes[bit / 8] ^= (guint8) (1 << bit % 8);
          read_copy (bytes, length);
          bytes[bit / 8] ^= (guint8) (1 << bit % 8);
        }
    }
}

static void
random_strings_end_in_an_answer (void)
{
  guint64 state = 2901;

  for (guint i = 0; i < RANDOM_STRINGS; i++)
    {
      guint8 bytes[600];
      gsize length = next_random (&state) % sizeof bytes;

      for (gsize at = 0; at < length; at++)
        bytes[at] = (guint8) next_random (&state);
      /* Half of them begin like something known, so that the deeper parsers are reached. */
      if (i % 2)
        {
          const NetSample *sample = &net_samples[next_random (&state) % N_SAMPLES];
          memcpy (bytes, sample->bytes, MIN (length, next_random (&state) % sample->length));
        }
      read_copy (bytes, length);
    }
}

static void
oversized_input_is_read_to_its_end_and_no_further (void)
{
  g_autofree guint8 *bytes = g_malloc0 (200000);

  memcpy (bytes, sample_dhcp_offer, sizeof sample_dhcp_offer);
  read_copy (bytes, 200000);
  memset (bytes + 42 + 240, NET_DHCP_OPTION_PAD, 200000 - 282); /* no End in sight */
  read_copy (bytes, 200000);
  memset (bytes, 0x81, 200000); /* tags without end */
  read_copy (bytes, 200000);
}

int
main (void)
{
  static const TapTest tests[] = {
    { "truncated frames are refused at every length", truncated_frames_are_refused_at_every_length },
    { "truncated messages are refused at every length", truncated_messages_are_refused_at_every_length },
    { "every bit of every sample may be turned", every_bit_of_every_sample_may_be_turned },
    { "random strings end in an answer", random_strings_end_in_an_answer },
    { "oversized input is read to its end and no further",
      oversized_input_is_read_to_its_end_and_no_further },
    { NULL, NULL },
  };
  return tap_main ("hostile", tests);
}

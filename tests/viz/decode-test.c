/* Frames as lines of text. */
#include "viz/decode.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

#define MAC_A 2, 0, 0, 0, 0, 0x0b
#define MAC_B 2, 0, 0, 0, 0, 0x0c
#define BROADCAST 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define IP_A 10, 0, 0, 11
#define IP_B 10, 0, 0, 12
#define SERVER 10, 8, 125, 18
#define TOR 10, 8, 125, 20

#define ARP_REQUEST \
  BROADCAST, MAC_A, 0x08, 0x06,                       /* Ethernet, ARP */ \
      0, 1, 0x08, 0, 6, 4, 0, 1,                      /* Ethernet, IPv4, request */ \
      MAC_A, IP_A, 0, 0, 0, 0, 0, 0, IP_B             /* sender, target */

static const guint8 arp_request[] = { ARP_REQUEST };

static const guint8 arp_reply[] = { MAC_A, MAC_B, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2, MAC_B, IP_B, MAC_A, IP_A };

static const guint8 echo_request[] = {
  MAC_B, MAC_A, 0x08, 0x00,                                       /* Ethernet, IPv4 */
  0x45, 0, 0, 32, 0, 0, 0x40, 0, 64, 1, 0x26, 0xc7, IP_A, IP_B,   /* 32 bytes, DF, TTL 64, ICMP */
  8, 0, 0x33, 0x30, 0, 7, 0, 2, 'a', 'b', 'c', 'd'                /* echo request, id 7, sequence 2 */
};

static const guint8 discover[290] = {
  BROADCAST, MAC_B, 0x81, 0x00, 0x0b, 0x55, 0x08, 0x00,                                   /* VLAN 2901, IPv4 */
  0x45, 0, 1, 0x10, 0, 0, 0, 0, 64, 17, 0x79, 0xde, 0, 0, 0, 0, 255, 255, 255, 255,       /* 272 bytes, UDP */
  0, 68, 0, 67, 0, 252, 0x3e, 0x5e,                                                       /* 68 to 67 */
  1, 1, 6, 0, 0x3d, 0x1d, 0x0b, 0x01, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* xid */
  MAC_B,                                                                                  /* chaddr */
  [282] = 0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255                                           /* cookie, DISCOVER, end */
};

#define VXLAN_OUTER \
  2, 0, 0, 0, 1, 18, 2, 0, 0, 0, 1, 20, 0x08, 0x00,                       /* Ethernet, IPv4 */ \
      0x45, 0, 0, 78, 0, 0, 0x40, 0, 64, 17, 0x2c, 0x69, TOR, SERVER,     /* 78 bytes, UDP */ \
      0x9c, 0x40, 0x12, 0xb5, 0, 58, 0, 0                                 /* 40000 to 4789, 58 bytes, no checksum */

static const guint8 vxlan[] = { VXLAN_OUTER, 0x08, 0, 0, 0, 0, 0x13, 0x89, 0, /* I, VNI 5001 */ ARP_REQUEST };
static const guint8 vxlan_without_vni[] = { VXLAN_OUTER, 0, 0, 0, 0, 0, 0x13, 0x89, 0, ARP_REQUEST };

static const guint8 ovsdb[] = {
  MAC_A, MAC_B, 0x08, 0x00,
  0x45, 0, 0, 42, 0, 0, 0x40, 0, 64, 6, 0x2c, 0x98, SERVER, TOR,                           /* TCP */
  0x9c, 0x40, 0x19, 0xf0, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 3, 0xe8, 0x6b, 0xfb, 0, 0,   /* 40000 to 6640, PSH ACK */
  '{', '}'
};

static const guint8 syn[] = {
  MAC_A, MAC_B, 0x08, 0x00,
  0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0x2c, 0x9a, SERVER, TOR,
  0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 3, 0xe8, 0x01, 0x33, 0, 0 /* 40000 to 80, SYN */
};

static const guint8 fragment[] = {
  MAC_A, MAC_B, 0x08, 0x00,
  0x45, 0, 0, 28, 0, 0, 0x20, 10, 64, 17, 0x46, 0xb1, IP_A, IP_B, /* more fragments, offset 80 */
  1, 2, 3, 4, 5, 6, 7, 8
};

#define LINK_LOCAL(last) 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, last

static const guint8 solicitation[] = {
  0x33, 0x33, 0xff, 0, 0, 0x0c, MAC_A, 0x86, 0xdd,                                   /* IPv6 */
  0x60, 0, 0, 0, 0, 32, 58, 255, LINK_LOCAL (0x0b),                                  /* ICMPv6, hop limit 255 */
  0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0x0c,                           /* solicited-node group */
  135, 0, 0x7c, 0x6f, 0, 0, 0, 0, LINK_LOCAL (0x0c), 1, 1, MAC_A                     /* solicitation */
};

static const guint8 udp[] = {
  MAC_B, MAC_A, 0x08, 0x00,
  0x45, 0, 0, 31, 0, 0, 0x40, 0, 64, 17, 0x26, 0xb8, IP_A, IP_B,
  0x13, 0x88, 0x17, 0x70, 0, 11, 0xce, 0x4f, 'x', 'y', 'z' /* 5000 to 6000 */
};

static void
expect (const guint8 *bytes, guint length, const VizNames *names, VizFrameKind kind, const char *line)
{
  g_autoptr (GString) got = g_string_new (NULL);

  CU_ASSERT_EQUAL (viz_decode (&(VizFrame){ bytes, length, length }, names, got), kind);
  CU_ASSERT_STRING_EQUAL (got->str, line);
  if (g_strcmp0 (got->str, line) != 0)
    printf ("# got      %s\n# expected %s\n", got->str, line);
}

#define EXPECT(frame, kind, line) expect (frame, sizeof frame, NULL, kind, line)

static void
protocols_of_hosts_are_told_in_their_own_words (void)
{
  EXPECT (arp_request, VIZ_FRAME_ARP, "ARP who-has 10.0.0.12 tell 10.0.0.11 (42)");
  EXPECT (arp_reply, VIZ_FRAME_ARP, "ARP 10.0.0.12 is-at 02:00:00:00:00:0c (42)");
  EXPECT (echo_request, VIZ_FRAME_ICMP, "ICMP echo request 10.0.0.11>10.0.0.12 id 7 seq 2 (46)");
  EXPECT (discover, VIZ_FRAME_DHCP, "802.1Q 2901 | DHCP DISCOVER 02:00:00:00:00:0c xid 3d1d0b01 (290)");
  EXPECT (solicitation, VIZ_FRAME_ND, "ND who-has fe80::ff:fe00:c tell fe80::ff:fe00:b (86)");
  EXPECT (udp, VIZ_FRAME_UDP, "UDP 10.0.0.11:5000>10.0.0.12:6000 3 bytes (45)");
  EXPECT (fragment, VIZ_FRAME_OTHER, "IPv4 fragment at 80 10.0.0.11>10.0.0.12 protocol 17 (42)");
}

static void
streams_are_named_by_their_port (void)
{
  EXPECT (ovsdb, VIZ_FRAME_OVSDB, "OVSDB 10.8.125.18:40000>10.8.125.20:6640 [PSH ACK] 2 bytes (56)");
  EXPECT (syn, VIZ_FRAME_TCP, "TCP 10.8.125.18:40000>10.8.125.20:80 [SYN] 0 bytes (54)");
}

static void
a_tunnel_is_entered (void)
{
  EXPECT (vxlan, VIZ_FRAME_ARP,
          "VXLAN vni 5001 10.8.125.20>10.8.125.18 | ARP who-has 10.0.0.12 tell 10.0.0.11 (92)");
  EXPECT (vxlan_without_vni, VIZ_FRAME_OTHER,
          "VXLAN vni 5001 10.8.125.20>10.8.125.18 | [vxlan-flags header] (92)");
}

static void
addresses_become_names_when_asked (void)
{
  g_autoptr (VizNames) names = viz_names_new ();

  viz_names_add (names, "10.0.0.11", "vm1");
  viz_names_add (names, "10.0.0.12", "vm2");
  viz_names_add (names, "10.8.125.20", "tor1");
  expect (vxlan, sizeof vxlan, names, VIZ_FRAME_ARP, "VXLAN vni 5001 tor1>10.8.125.18 | ARP who-has vm2 tell vm1 (92)");
  expect (arp_reply, sizeof arp_reply, names, VIZ_FRAME_ARP, "ARP vm2 is-at 02:00:00:00:00:0c (42)");
}

static void
what_is_wrong_with_a_frame_is_said (void)
{
  guint8 bytes[sizeof echo_request];
  g_autoptr (GString) cut = g_string_new (NULL);

  memcpy (bytes, echo_request, sizeof bytes);
  bytes[45] ^= 1;
  EXPECT (bytes, VIZ_FRAME_ICMP, "[bad-checksum ICMP] (46)");
  bytes[14] = 0x55; /* version 5 */
  EXPECT (bytes, VIZ_FRAME_OTHER, "[malformed IPv4] (46)");
  expect (bytes, 13, NULL, VIZ_FRAME_OTHER, "[malformed Ethernet] (13)");
  viz_decode (&(VizFrame){ arp_request, 20, 42 }, NULL, cut);
  CU_ASSERT_STRING_EQUAL (cut->str, "[malformed ARP] (20 of 42 captured)");
}

/* Every front of every frame, and frames with any one byte changed. */
static void
any_bytes_give_a_line (void)
{
  static const struct
  {
    const guint8 *bytes;
    guint length;
  } frames[] = { { vxlan, sizeof vxlan }, { discover, sizeof discover }, { ovsdb, sizeof ovsdb },
                 { solicitation, sizeof solicitation }, { fragment, sizeof fragment }, { udp, sizeof udp } };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    for (guint n = 0; n <= frames[i].length; n++)
      {
        /* Exactly as long as what there is: a sanitizer sees a read past its end. */
        g_autofree guint8 *copy = g_malloc (MAX (n, 1));
        g_autoptr (GString) line = g_string_new (NULL);
        memcpy (copy, frames[i].bytes, n);
        viz_decode (&(VizFrame){ copy, n, n }, NULL, line);
        CU_ASSERT_TRUE (line->len > 0);
        for (guint value = 0; n && value < 256; value += 5)
          {
            copy[n - 1] = (guint8) value;
            viz_decode (&(VizFrame){ copy, n, n }, NULL, line);
          }
      }
}

int
main (void)
{
  static const TapTest tests[] = {
    { "protocols of hosts are told in their own words", protocols_of_hosts_are_told_in_their_own_words },
    { "streams are named by their port", streams_are_named_by_their_port },
    { "a tunnel is entered", a_tunnel_is_entered },
    { "addresses become names when asked", addresses_become_names_when_asked },
    { "what is wrong with a frame is said", what_is_wrong_with_a_frame_is_said },
    { "any bytes give a line", any_bytes_give_a_line },
    { NULL, NULL },
  };
  return tap_main ("decode", tests);
}

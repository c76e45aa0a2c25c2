/* The sample frames. */
#include "samples.h"

#define VM1_MAC     0xfa, 0x16, 0x3e, 0x00, 0x00, 0x11
#define VM2_MAC     0xfa, 0x16, 0x3e, 0x00, 0x00, 0x12
#define CONTROL_MAC 0x02, 0x0a, 0x08, 0x7d, 0x00, 0x18
#define TOR_MAC     0x02, 0x0a, 0x08, 0x7d, 0x00, 0x20
#define BROADCAST   0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define VM1_IP      10, 0, 0, 11
#define VM2_IP      10, 0, 0, 12
#define CONTROL_IP  10, 8, 125, 18
#define TOR_IP      10, 8, 125, 20
/* fe80::f816:3eff:fe00:11 and :12 */
#define VM1_IPV6 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0xf8, 0x16, 0x3e, 0xff, 0xfe, 0x00, 0x00, 0x11
#define VM2_IPV6 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0xf8, 0x16, 0x3e, 0xff, 0xfe, 0x00, 0x00, 0x12

#define ARP_BODY                                                                                             \
  BROADCAST, VM1_MAC, 0x08, 0x06,               /* Ethernet: ARP */                                          \
      0x00, 0x01, 0x08, 0x00, 6, 4,             /* Ethernet, IPv4, address lengths */                        \
      0x00, 0x01,                               /* request */                                                \
      VM1_MAC, VM1_IP, 0, 0, 0, 0, 0, 0, VM2_IP /* sender, target */

const guint8 sample_arp_request[42] = { ARP_BODY };

#define ECHO_BODY                                                                                            \
  0x45, 0x00, 0x00, 0x54,               /* version, header of 20; tos; total length 84 */                    \
      0x9f, 0x93, 0x40, 0x00,           /* id; DF */                                                         \
      64, 1, 0x86, 0xff,                /* ttl; ICMP; checksum */                                            \
      VM1_IP, VM2_IP, 8, 0, 0x96, 0xac, /* echo request; checksum */                                         \
      0x22, 0x60, 0x00, 0x01,           /* id, sequence */                                                   \
      0x11, 0xde, 0x02, 0x6b, 0, 0, 0, 0, 0x62, 0xd6, 0x09, 0, 0, 0, 0, 0, /* a time */                      \
      0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20,  \
      0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31,  \
      0x32, 0x33, 0x34, 0x35, 0x36, 0x37

const guint8 sample_icmp_echo[98] = { VM2_MAC, VM1_MAC, 0x08, 0x00, ECHO_BODY };

const guint8 sample_icmp_tagged[102]
    = { VM2_MAC, VM1_MAC, 0x81,     0x00, 0x0b, 0x55, /* VLAN 2901, priority 0 */
        0x08,    0x00,    ECHO_BODY };

const guint8 sample_udp[47] = {
  VM2_MAC, VM1_MAC, 0x08, 0x00, /* Ethernet: IPv4 */
  0x45,    0xb8,    0x00, 0x21, /* tos: expedited forwarding; total length 33 */
  0xbe,    0xef,    0x40, 0x00, /* id; DF */
  64,      17,      0x67, 0x0e, /* ttl; UDP; checksum */
  VM1_IP,  VM2_IP,              /* */
  0x9c,    0x40,    0x00, 0x09, /* ports 40000 > 9 */
  0x00,    0x0d,    0x0b, 0xa2, /* length 13; checksum, the odd last byte padded */
  'h',     'e',     'l',  'l',  'o',
};

const guint8 sample_udp6[65] = {
  VM2_MAC,  VM1_MAC,  0x86, 0xdd, /* Ethernet: IPv6 */
  0x60,     0x00,     0x00, 0x00, /* version, class 0, flow label 0 */
  0x00,     0x0b,     17,   64,   /* payload 11; UDP; hop limit */
  VM1_IPV6, VM2_IPV6,             /* */
  0x14,     0xe9,     0x27, 0x0f, /* ports 5353 > 9999 */
  0x00,     0x0b,     0x98, 0x2a, /* length 11; checksum */
  'a',      'b',      'c',
};

const guint8 sample_tcp_syn[58] = {
  TOR_MAC,    CONTROL_MAC, 0x08, 0x00, /* Ethernet: IPv4 */
  0x45,       0x00,        0x00, 0x2c, /* total length 44 */
  0x00,       0x00,        0x40, 0x00, /* id 0; DF */
  64,         6,           0x2c, 0x96, /* ttl; TCP; checksum */
  CONTROL_IP, TOR_IP,                  /* */
  0xc0,       0x00,        0x19, 0xf0, /* ports 49152 > 6640 */
  0x11,       0x22,        0x33, 0x44, /* sequence */
  0x00,       0x00,        0x00, 0x00, /* acknowledgment */
  0x60,       0x02,        0xff, 0xff, /* header of 24; SYN; window */
  0x6b,       0x99,        0x00, 0x00, /* checksum; urgent pointer */
  0x02,       0x04,        0x05, 0xb4, /* maximum segment size 1460 */
};

const guint8 sample_tcp_data[71] = {
  TOR_MAC,    CONTROL_MAC, 0x08, 0x00, /* Ethernet: IPv4 */
  0x45,       0x00,        0x00, 0x39, /* total length 57 */
  0x00,       0x01,        0x40, 0x00, /* id 1; DF */
  64,         6,           0x2c, 0x88, /* ttl; TCP; checksum */
  CONTROL_IP, TOR_IP,                  /* */
  0xc0,       0x00,        0x19, 0xf0, /* ports 49152 > 6640 */
  0x11,       0x22,        0x33, 0x45, /* sequence */
  0x55,       0x66,        0x77, 0x88, /* acknowledgment */
  0x50,       0x18,        0xfa, 0xf0, /* header of 20; PSH, ACK; window 64240 */
  0x5a,       0xce,        0x00, 0x00, /* checksum; urgent pointer */
  '{',        '"',         'm',  'e',  't', 'h', 'o', 'd', '"', ':', '"', 'e', 'c', 'h', 'o', '"', '}',
};

const guint8 sample_icmpv6_echo[67] = {
  VM2_MAC,  VM1_MAC,  0x86, 0xdd, /* Ethernet: IPv6 */
  0x6b,     0x9a,     0xbc, 0xde, /* version, class 0xb9, flow label 0xabcde */
  0x00,     0x0d,     58,   64,   /* payload 13; ICMPv6; hop limit */
  VM1_IPV6, VM2_IPV6,             /* */
  128,      0,        0x06, 0x59, /* echo request; checksum */
  0x12,     0x34,     0x00, 0x07, /* id, sequence */
  'p',      'i',      'n',  'g',  '!',
};

const guint8 sample_nd_solicitation[86] = {
  0x33,     0x33, 0xff,    0x00, 0x00, 0x12, VM1_MAC, 0x86,
  0xdd,                                                     /* Ethernet, to the solicited-node group: IPv6 */
  0x60,     0x00, 0x00,    0x00,                            /* */
  0x00,     0x20, 58,      255,                             /* payload 32; ICMPv6; hop limit 255 */
  VM1_IPV6,                                                 /* */
  0xff,     0x02, 0,       0,    0,    0,    0,       0,    /* ff02::1:ff00:12 */
  0,        0,    0,       0x01, 0xff, 0x00, 0x00,    0x12, /* */
  135,      0,    0xda,    0x11, 0,    0,    0,       0,    /* solicitation; checksum; reserved */
  VM2_IPV6,                                                 /* target */
  1,        1,    VM1_MAC,                                  /* option: source link-layer address */
};

const guint8 sample_nd_advertisement[86] = {
  VM1_MAC,  VM2_MAC,  0x86,    0xdd,                /* Ethernet: IPv6 */
  0x60,     0x00,     0x00,    0x00,                /* */
  0x00,     0x20,     58,      255,                 /* payload 32; ICMPv6; hop limit 255 */
  VM2_IPV6, VM1_IPV6,                               /* */
  136,      0,        0x42,    0x7d, 0x60, 0, 0, 0, /* advertisement; checksum; solicited, override */
  VM2_IPV6,                                         /* target */
  2,        1,        VM2_MAC,                      /* option: target link-layer address */
};

const guint8 sample_vxlan_arp[92] = {
  TOR_MAC,    CONTROL_MAC, 0x08, 0x00, /* outer Ethernet: IPv4 */
  0x45,       0x00,        0x00, 0x4e, /* tos 0; total length 78 */
  0x00,       0x00,        0x40, 0x00, /* id 0; DF */
  64,         17,          0x2c, 0x69, /* ttl 64; UDP; checksum */
  CONTROL_IP, TOR_IP,                  /* */
  0xd8,       0x99,        0x12, 0xb5, /* ports 55449 > 4789 */
  0x00,       0x3a,        0x00, 0x00, /* length 58; no checksum */
  0x08,       0x00,        0x00, 0x00, /* flags: VNI valid; reserved */
  0x00,       0x13,        0x89, 0x00, /* VNI 5001; reserved */
  ARP_BODY,                            /* */
};

const guint8 sample_dhcp_offer[342] = {
  VM2_MAC,
  0xfa,
  0x16,
  0x3e,
  0x00,
  0x00,
  0x02,
  0x08,
  0x00, /* Ethernet: IPv4 */
  0x45,
  0xc0,
  0x01,
  0x48, /* tos; total length 328 */
  0xe8,
  0x07,
  0x00,
  0x00, /* id; no DF */
  64,
  17,
  0x7c,
  0xd0, /* ttl; UDP; checksum */
  10,
  0,
  0,
  2,
  VM2_IP, /* */
  0x00,
  0x43,
  0x00,
  0x44,
  0x01,
  0x34,
  0x40,
  0xa7, /* ports 67 > 68; length 308; checksum */
  2,
  1,
  6,
  0, /* reply, Ethernet, 6, hops */
  0xe4,
  0x66,
  0x20,
  0x68, /* xid */
  0,
  0,
  0,
  0, /* seconds, flags */
  0,
  0,
  0,
  0,
  VM2_IP,
  10,
  0,
  0,
  2,
  0,
  0,
  0,
  0,       /* client, yours, server, relay */
  VM2_MAC, /* chaddr; names are zero */
  [278] = 0x63,
  0x82,
  0x53,
  0x63, /* magic cookie */
  53,
  1,
  2, /* OFFER */
  54,
  4,
  10,
  0,
  0,
  2, /* server */
  51,
  4,
  0x00,
  0x01,
  0x51,
  0x80, /* lease time 86400 */
  58,
  4,
  0x00,
  0x00,
  0xa8,
  0xc0, /* T1 43200 */
  59,
  4,
  0x00,
  0x01,
  0x27,
  0x50, /* T2 75600 */
  1,
  4,
  255,
  255,
  255,
  0, /* mask */
  28,
  4,
  10,
  0,
  0,
  255, /* broadcast */
  3,
  4,
  10,
  0,
  0,
  2, /* router */
  26,
  2,
  0x05,
  0xaa, /* MTU 1450 */
  255,
};

#define SAMPLE(name)                                                                                         \
  {                                                                                                          \
#name, sample_##name, sizeof sample_##name                                                               \
  }

const NetSample net_samples[N_SAMPLES] = {
  SAMPLE (arp_request),
  SAMPLE (icmp_echo),
  SAMPLE (icmp_tagged),
  SAMPLE (udp),
  SAMPLE (udp6),
  SAMPLE (tcp_syn),
  SAMPLE (tcp_data),
  SAMPLE (icmpv6_echo),
  SAMPLE (nd_solicitation),
  SAMPLE (nd_advertisement),
  SAMPLE (vxlan_arp),
  SAMPLE (dhcp_offer),
};

/* The table of fields: names, places, widths, headers (1.3.5 §7.2.3.7; NXM by Open vSwitch's nicira-ext). */
#include "openflow/field-table.h"

/* A table reads by its columns. */
/* clang-format off */
#define OXM(field) (0x80000000u | (field) << 9)
#define NXM_OF(field) (0x00000000u | (field) << 9)
#define NXM_NX(field) (0x00010000u | (field) << 9)

#define AT(member) \
  .offset = G_STRUCT_OFFSET (OpenflowFields, member), .size = sizeof ((OpenflowFields *) 0)->member

/* A field known by both OXM and NXM, by one of them. */
#define BOTH(oxm_id, oxm_text, nxm_value, nxm_text, width)                                                    \
  .oxm_header = OXM (oxm_id), .oxm_name = "OXM_OF_" oxm_text, .oxm_bytes = width, .nxm_header = nxm_value,     \
  .nxm_name = nxm_text, .nxm_bytes = width
#define OXM_ONLY(oxm_id, oxm_text, width)                                                                     \
  .oxm_header = OXM (oxm_id), .oxm_name = "OXM_OF_" oxm_text, .oxm_bytes = width, .nxm_header = OPENFLOW_NO_HEADER
#define NXM_ONLY(nxm_value, nxm_text, width)                                                                  \
  .oxm_header = OPENFLOW_NO_HEADER, .nxm_header = nxm_value, .nxm_name = nxm_text, .nxm_bytes = width

#define REGISTER(n)                                                                                           \
  [OPENFLOW_FIELD_REG0 + n] = { .name = "reg" #n, AT (reg[n]), .bits = 32,                                    \
                                NXM_ONLY (NXM_NX (n), "NXM_NX_REG" #n, 4), .maskable = TRUE,                  \
                                .writable = TRUE, .show = OPENFLOW_SHOW_HEX }

const OpenflowField openflow_fields_table[OPENFLOW_N_FIELDS] = {
  REGISTER (0), REGISTER (1), REGISTER (2), REGISTER (3), REGISTER (4), REGISTER (5), REGISTER (6), REGISTER (7),
  REGISTER (8), REGISTER (9), REGISTER (10), REGISTER (11), REGISTER (12), REGISTER (13), REGISTER (14), REGISTER (15),
  [OPENFLOW_FIELD_TUNNEL_ID] = { .name = "tun_id", AT (tunnel_id), .bits = 64,
                                 BOTH (38, "TUNNEL_ID", NXM_NX (16), "NXM_NX_TUN_ID", 8), .maskable = TRUE,
                                 .writable = TRUE, .show = OPENFLOW_SHOW_HEX },
  [OPENFLOW_FIELD_TUNNEL_SRC] = { .name = "tun_src", AT (tunnel_src), .bits = 32,
                                  NXM_ONLY (NXM_NX (31), "NXM_NX_TUN_IPV4_SRC", 4), .maskable = TRUE,
                                  .writable = TRUE, .show = OPENFLOW_SHOW_IPV4 },
  [OPENFLOW_FIELD_TUNNEL_DST] = { .name = "tun_dst", AT (tunnel_dst), .bits = 32,
                                  NXM_ONLY (NXM_NX (32), "NXM_NX_TUN_IPV4_DST", 4), .maskable = TRUE,
                                  .writable = TRUE, .show = OPENFLOW_SHOW_IPV4 },
  [OPENFLOW_FIELD_METADATA] = { .name = "metadata", AT (metadata), .bits = 64, OXM_ONLY (2, "METADATA", 8),
                                .maskable = TRUE, .writable = TRUE, .show = OPENFLOW_SHOW_HEX },
  [OPENFLOW_FIELD_IN_PORT] = { .name = "in_port", AT (in_port), .bits = 32, OXM_ONLY (0, "IN_PORT", 4),
                               .writable = TRUE, .show = OPENFLOW_SHOW_PORT },
  [OPENFLOW_FIELD_IN_PORT_16] = { .name = "NXM_OF_IN_PORT", AT (in_port), .bits = 16,
                                  NXM_ONLY (NXM_OF (0), "NXM_OF_IN_PORT", 2), .writable = TRUE, .view = TRUE,
                                  .show = OPENFLOW_SHOW_PORT },
  [OPENFLOW_FIELD_VLAN_TCI] = { .name = "vlan_tci", AT (vlan_tci), .bits = 16,
                                NXM_ONLY (NXM_OF (4), "NXM_OF_VLAN_TCI", 2), .maskable = TRUE, .writable = TRUE,
                                .view = TRUE, .show = OPENFLOW_SHOW_HEX },
  [OPENFLOW_FIELD_VLAN_VID] = { .name = "vlan_vid", AT (vlan_tci), .bits = 13, OXM_ONLY (6, "VLAN_VID", 2),
                                .maskable = TRUE, .writable = TRUE, .show = OPENFLOW_SHOW_HEX },
  [OPENFLOW_FIELD_VLAN_PCP] = { .name = "dl_vlan_pcp", AT (vlan_tci), .shift = 13, .bits = 3,
                                OXM_ONLY (7, "VLAN_PCP", 1), .writable = TRUE, .needs = OPENFLOW_NEEDS_VLAN },
  [OPENFLOW_FIELD_ETH_SRC] = { .name = "dl_src", AT (eth_src), .bits = 48,
                               BOTH (4, "ETH_SRC", NXM_OF (2), "NXM_OF_ETH_SRC", 6), .maskable = TRUE,
                               .writable = TRUE, .show = OPENFLOW_SHOW_MAC },
  [OPENFLOW_FIELD_ETH_DST] = { .name = "dl_dst", AT (eth_dst), .bits = 48,
                               BOTH (3, "ETH_DST", NXM_OF (1), "NXM_OF_ETH_DST", 6), .maskable = TRUE,
                               .writable = TRUE, .show = OPENFLOW_SHOW_MAC },
  [OPENFLOW_FIELD_ETH_TYPE] = { .name = "dl_type", AT (eth_type), .bits = 16,
                                BOTH (5, "ETH_TYPE", NXM_OF (3), "NXM_OF_ETH_TYPE", 2), .show = OPENFLOW_SHOW_HEX },
  [OPENFLOW_FIELD_IP_DSCP] = { .name = "ip_dscp", AT (ip_tos), .shift = 2, .bits = 6, OXM_ONLY (8, "IP_DSCP", 1),
                               .writable = TRUE, .needs = OPENFLOW_NEEDS_IP },
  [OPENFLOW_FIELD_IP_ECN] = { .name = "nw_ecn", AT (ip_tos), .bits = 2,
                              BOTH (9, "IP_ECN", NXM_NX (28), "NXM_NX_IP_ECN", 1), .writable = TRUE,
                              .needs = OPENFLOW_NEEDS_IP },
  [OPENFLOW_FIELD_IP_TTL] = { .name = "nw_ttl", AT (ip_ttl), .bits = 8, NXM_ONLY (NXM_NX (29), "NXM_NX_IP_TTL", 1),
                              .writable = TRUE, .needs = OPENFLOW_NEEDS_IP },
  [OPENFLOW_FIELD_IP_FRAG] = { .name = "ip_frag", AT (ip_frag), .bits = 2,
                               NXM_ONLY (NXM_NX (26), "NXM_NX_IP_FRAG", 1), .maskable = TRUE,
                               .show = OPENFLOW_SHOW_FRAGMENT, .needs = OPENFLOW_NEEDS_IP },
  [OPENFLOW_FIELD_IP_PROTO] = { .name = "nw_proto", AT (ip_proto), .bits = 8,
                                BOTH (10, "IP_PROTO", NXM_OF (6), "NXM_OF_IP_PROTO", 1),
                                .needs = OPENFLOW_NEEDS_IP },
  [OPENFLOW_FIELD_IPV4_SRC] = { .name = "nw_src", AT (ip_src), .bits = 32,
                                BOTH (11, "IPV4_SRC", NXM_OF (7), "NXM_OF_IP_SRC", 4), .maskable = TRUE,
                                .writable = TRUE, .show = OPENFLOW_SHOW_IPV4, .needs = OPENFLOW_NEEDS_IPV4 },
  [OPENFLOW_FIELD_IPV4_DST] = { .name = "nw_dst", AT (ip_dst), .bits = 32,
                                BOTH (12, "IPV4_DST", NXM_OF (8), "NXM_OF_IP_DST", 4), .maskable = TRUE,
                                .writable = TRUE, .show = OPENFLOW_SHOW_IPV4, .needs = OPENFLOW_NEEDS_IPV4 },
  [OPENFLOW_FIELD_IPV6_SRC] = { .name = "ipv6_src", AT (ipv6_src), .bits = 128,
                                BOTH (26, "IPV6_SRC", NXM_NX (19), "NXM_NX_IPV6_SRC", 16), .maskable = TRUE,
                                .writable = TRUE, .show = OPENFLOW_SHOW_IPV6, .needs = OPENFLOW_NEEDS_IPV6 },
  [OPENFLOW_FIELD_IPV6_DST] = { .name = "ipv6_dst", AT (ipv6_dst), .bits = 128,
                                BOTH (27, "IPV6_DST", NXM_NX (20), "NXM_NX_IPV6_DST", 16), .maskable = TRUE,
                                .writable = TRUE, .show = OPENFLOW_SHOW_IPV6, .needs = OPENFLOW_NEEDS_IPV6 },
  [OPENFLOW_FIELD_IPV6_LABEL] = { .name = "ipv6_label", AT (ipv6_label), .bits = 20,
                                  BOTH (28, "IPV6_FLABEL", NXM_NX (27), "NXM_NX_IPV6_LABEL", 4), .maskable = TRUE,
                                  .show = OPENFLOW_SHOW_HEX, .needs = OPENFLOW_NEEDS_IPV6 },
  [OPENFLOW_FIELD_ARP_SPA] = { .name = "arp_spa", AT (arp_spa), .bits = 32,
                               BOTH (22, "ARP_SPA", NXM_OF (16), "NXM_OF_ARP_SPA", 4), .maskable = TRUE,
                               .writable = TRUE, .show = OPENFLOW_SHOW_IPV4, .needs = OPENFLOW_NEEDS_ARP },
  [OPENFLOW_FIELD_ARP_TPA] = { .name = "arp_tpa", AT (arp_tpa), .bits = 32,
                               BOTH (23, "ARP_TPA", NXM_OF (17), "NXM_OF_ARP_TPA", 4), .maskable = TRUE,
                               .writable = TRUE, .show = OPENFLOW_SHOW_IPV4, .needs = OPENFLOW_NEEDS_ARP },
  [OPENFLOW_FIELD_ARP_OP] = { .name = "arp_op", AT (arp_op), .bits = 16,
                              BOTH (21, "ARP_OP", NXM_OF (15), "NXM_OF_ARP_OP", 2), .writable = TRUE,
                              .needs = OPENFLOW_NEEDS_ARP },
  [OPENFLOW_FIELD_ARP_SHA] = { .name = "arp_sha", AT (arp_sha), .bits = 48,
                               BOTH (24, "ARP_SHA", NXM_NX (17), "NXM_NX_ARP_SHA", 6), .maskable = TRUE,
                               .writable = TRUE, .show = OPENFLOW_SHOW_MAC, .needs = OPENFLOW_NEEDS_ARP },
  [OPENFLOW_FIELD_ARP_THA] = { .name = "arp_tha", AT (arp_tha), .bits = 48,
                               BOTH (25, "ARP_THA", NXM_NX (18), "NXM_NX_ARP_THA", 6), .maskable = TRUE,
                               .writable = TRUE, .show = OPENFLOW_SHOW_MAC, .needs = OPENFLOW_NEEDS_ARP },
  [OPENFLOW_FIELD_TCP_SRC] = { .name = "tcp_src", AT (tp_src), .bits = 16,
                               BOTH (13, "TCP_SRC", NXM_OF (9), "NXM_OF_TCP_SRC", 2), .maskable = TRUE,
                               .writable = TRUE, .needs = OPENFLOW_NEEDS_TCP },
  [OPENFLOW_FIELD_TCP_DST] = { .name = "tcp_dst", AT (tp_dst), .bits = 16,
                               BOTH (14, "TCP_DST", NXM_OF (10), "NXM_OF_TCP_DST", 2), .maskable = TRUE,
                               .writable = TRUE, .needs = OPENFLOW_NEEDS_TCP },
  [OPENFLOW_FIELD_TCP_FLAGS] = { .name = "tcp_flags", AT (tcp_flags), .bits = 12,
                                 NXM_ONLY (NXM_NX (34), "NXM_NX_TCP_FLAGS", 2), .maskable = TRUE,
                                 .show = OPENFLOW_SHOW_HEX, .needs = OPENFLOW_NEEDS_TCP },
  [OPENFLOW_FIELD_UDP_SRC] = { .name = "udp_src", AT (tp_src), .bits = 16,
                               BOTH (15, "UDP_SRC", NXM_OF (11), "NXM_OF_UDP_SRC", 2), .maskable = TRUE,
                               .writable = TRUE, .needs = OPENFLOW_NEEDS_UDP },
  [OPENFLOW_FIELD_UDP_DST] = { .name = "udp_dst", AT (tp_dst), .bits = 16,
                               BOTH (16, "UDP_DST", NXM_OF (12), "NXM_OF_UDP_DST", 2), .maskable = TRUE,
                               .writable = TRUE, .needs = OPENFLOW_NEEDS_UDP },
  [OPENFLOW_FIELD_SCTP_SRC] = { .name = "sctp_src", AT (tp_src), .bits = 16, OXM_ONLY (17, "SCTP_SRC", 2),
                                .maskable = TRUE, .writable = TRUE, .needs = OPENFLOW_NEEDS_SCTP },
  [OPENFLOW_FIELD_SCTP_DST] = { .name = "sctp_dst", AT (tp_dst), .bits = 16, OXM_ONLY (18, "SCTP_DST", 2),
                                .maskable = TRUE, .writable = TRUE, .needs = OPENFLOW_NEEDS_SCTP },
  [OPENFLOW_FIELD_ICMP_TYPE] = { .name = "icmp_type", AT (tp_src), .bits = 8,
                                 BOTH (19, "ICMPV4_TYPE", NXM_OF (13), "NXM_OF_ICMP_TYPE", 1), .writable = TRUE,
                                 .needs = OPENFLOW_NEEDS_ICMP },
  [OPENFLOW_FIELD_ICMP_CODE] = { .name = "icmp_code", AT (tp_dst), .bits = 8,
                                 BOTH (20, "ICMPV4_CODE", NXM_OF (14), "NXM_OF_ICMP_CODE", 1), .writable = TRUE,
                                 .needs = OPENFLOW_NEEDS_ICMP },
  [OPENFLOW_FIELD_ICMPV6_TYPE] = { .name = "icmpv6_type", AT (tp_src), .bits = 8,
                                   BOTH (29, "ICMPV6_TYPE", NXM_NX (21), "NXM_NX_ICMPV6_TYPE", 1), .writable = TRUE,
                                   .needs = OPENFLOW_NEEDS_ICMPV6 },
  [OPENFLOW_FIELD_ICMPV6_CODE] = { .name = "icmpv6_code", AT (tp_dst), .bits = 8,
                                   BOTH (30, "ICMPV6_CODE", NXM_NX (22), "NXM_NX_ICMPV6_CODE", 1), .writable = TRUE,
                                   .needs = OPENFLOW_NEEDS_ICMPV6 },
  [OPENFLOW_FIELD_ND_TARGET] = { .name = "nd_target", AT (nd_target), .bits = 128,
                                 BOTH (31, "IPV6_ND_TARGET", NXM_NX (23), "NXM_NX_ND_TARGET", 16), .maskable = TRUE,
                                 .writable = TRUE, .show = OPENFLOW_SHOW_IPV6, .needs = OPENFLOW_NEEDS_ND },
  [OPENFLOW_FIELD_ND_SLL] = { .name = "nd_sll", AT (nd_sll), .bits = 48,
                              BOTH (32, "IPV6_ND_SLL", NXM_NX (24), "NXM_NX_ND_SLL", 6), .maskable = TRUE,
                              .writable = TRUE, .show = OPENFLOW_SHOW_MAC, .needs = OPENFLOW_NEEDS_ND_SOLICITATION },
  [OPENFLOW_FIELD_ND_TLL] = { .name = "nd_tll", AT (nd_tll), .bits = 48,
                              BOTH (33, "IPV6_ND_TLL", NXM_NX (25), "NXM_NX_ND_TLL", 6), .maskable = TRUE,
                              .writable = TRUE, .show = OPENFLOW_SHOW_MAC, .needs = OPENFLOW_NEEDS_ND_ADVERTISEMENT },
};
/* clang-format on */

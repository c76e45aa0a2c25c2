/* VXLAN over IPv4 (RFC 7348 §5), with the outer fields that Open vSwitch writes. */
#pragma once

#include "net/ethernet.h"
#include "net/ipv4.h"
#include "net/udp.h"

G_BEGIN_DECLS

#define NET_VXLAN_PORT     4789u
#define NET_VXLAN_HEADER   8u
#define NET_VXLAN_OVERHEAD 50u /* Ethernet 14, IPv4 20, UDP 8, VXLAN 8 */
#define NET_VXLAN_VNI_MAX  0xffffffu

typedef struct
{
  NetMac destination_mac, source_mac;
  NetIpv4 destination_ip, source_ip;
  guint32 vni;
  guint16 source_port;
  guint8 tos;
} NetVxlan;

/* Takes the inner frame (the caller's reference) and returns the outer one: id 0, DF, TTL 64, UDP checksum 0.  The
 * packet id stays. */
NetFrame *net_vxlan_encapsulate (NetFrame *inner, const NetVxlan *outer);

/* The outer headers of one tunnel end's packets, made once: what changes from packet to packet is filled in. */
typedef struct
{
  guint8 header[NET_VXLAN_OVERHEAD];
  guint32 sum; /* of the IP header's words that do not change */
} NetVxlanOuter;

/* Of `vxlan` only the addresses are read. */
void net_vxlan_outer_init (NetVxlanOuter *outer, const NetVxlan *vxlan);
/* As net_vxlan_encapsulate(). */
NetFrame *net_vxlan_outer_push (const NetVxlanOuter *outer, NetFrame *inner, guint32 vni, guint16 source_port,
                                guint8 tos);

/* Takes an untagged IPv4/UDP/VXLAN frame apart without changing it: *out is filled as far as parsing came, *inner is
 * the offset of the inner Ethernet header and *inner_length its bytes (padding behind the IP packet is left out).
 * NET_DROP_UNKNOWN_PROTOCOL: not IPv4/UDP/4789; NET_DROP_VXLAN_FLAGS: I flag clear, other flags or reserved bits
 * set; NET_DROP_FRAGMENT, NET_DROP_BAD_CHECKSUM, NET_DROP_MALFORMED (inner frame shorter than an Ethernet header
 * included). */
NetDropReason
net_vxlan_parse (const guint8 *bytes, gsize length, NetVxlan *out, guint *inner, guint *inner_length);

/* Takes the outer frame and returns the inner one (the same buffer where it is not shared). */
NetFrame *net_vxlan_decapsulate (NetFrame *outer, guint inner, guint inner_length);

/* The UDP source port that Open vSwitch's userspace datapath gives this inner frame: 32768 + (h * 28232 >> 32), h a
 * 32-bit MurmurHash3 over source and destination address, protocol and ports (or ICMP type and code; ARP counts its
 * opcode as the protocol); MACs, VLAN and VNI do not enter.  What is not IP or ARP, a tagged frame included, gets 33705:
 * a frame still tagged behind its binding had two tags at reception, and Open vSwitch looks behind one. */
guint16 net_vxlan_source_port (const guint8 *inner, gsize length);

/* Both of a frame that was parsed already and that goes in without its outermost `n_popped` tags. */
void net_vxlan_outer_fields (const NetEthernet *ethernet, guint n_popped, const guint8 *bytes, gsize length,
                             NetVxlan *out);

/* The outer TOS byte: DSCP 0 and the inner packet's ECN bits, CE becoming ECT(0); 0 for what is not IP. */
guint8 net_vxlan_outer_tos (const guint8 *inner, gsize length);

G_END_DECLS

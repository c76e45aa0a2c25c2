/* ARP for IPv4 over Ethernet (RFC 826; announcements and probes as RFC 5227 §1.1 defines them). */
#pragma once

#include "net/ethernet.h"

G_BEGIN_DECLS

#define NET_ARP_LENGTH 28u

typedef enum
{
  NET_ARP_REQUEST = 1,
  NET_ARP_REPLY = 2
} NetArpOp;

typedef struct
{
  guint16 op;
  NetMac sender_mac;
  NetIpv4 sender_ip;
  NetMac target_mac;
  NetIpv4 target_ip;
} NetArp;

/* Any opcode parses; another hardware or protocol type is NET_DROP_UNKNOWN_PROTOCOL. */
NetDropReason net_arp_parse (const guint8 *bytes, gsize length, NetArp *out);

/* A whole untagged frame of 42 bytes, source = sender_mac. */
NetFrame *net_arp_frame (NetFramePool *pool, const NetMac *destination, const NetArp *arp);

G_END_DECLS

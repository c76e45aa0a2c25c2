/* LLDP data units (IEEE 802.1AB-2016 §8, §9): who a neighbour is, and by which of its ports. */
#pragma once

#include "net/address.h"
#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define NET_LLDP_TEXT    256u /* the longest text and its NUL */
#define NET_LLDP_TTL     121u /* seconds: four intervals and one (§9.2.5.22) */
#define NET_LLDP_FOREVER 65535u

/* Texts are UTF-8; what is not is refused. */
typedef struct
{
  NetMac chassis;             /* chassis ID of subtype 4 (MAC address) */
  char port[NET_LLDP_TEXT];   /* port ID of subtype 5 (interface name) or 7 (local) */
  guint16 ttl_s;              /* 0: the neighbour is leaving */
  char system[NET_LLDP_TEXT]; /* system name; empty: none */
} NetLldp;

/* 01:80:c2:00:00:0e, which no bridge forwards (IEEE 802.1Q-2018 table 8-1). */
extern const NetMac net_lldp_group;

/* An untagged frame of 60 bytes at least, from the source's own address: chassis, port, TTL, system name, end. */
NetFrame *net_lldp_frame (NetFramePool *pool, const NetMac *source, const NetLldp *lldp);

/* The bytes behind the Ethernet header.  NET_DROP_MALFORMED: cut short, mandatory TLVs missing or out of order (§9.2.7.7),
 * or one of them twice; NET_DROP_UNKNOWN_PROTOCOL: chassis or port ID of another subtype.  Other TLVs are passed over. */
NetDropReason net_lldp_parse (const guint8 *bytes, gsize length, NetLldp *out);

G_END_DECLS

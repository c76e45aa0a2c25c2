/* Ethernet II frames (IEEE 802.3 §3) with stacks of 802.1Q / 802.1ad tags (IEEE 802.1Q-2018 §9).
 * Parsers return NET_DROP_NONE or the reason why the bytes are no such header, and never copy. */
#pragma once

#include "net/address.h"
#include "net/cursor.h"
#include "net/drop.h"
#include "net/frame.h"

G_BEGIN_DECLS

#define NET_ETHERNET_HEADER 14u
#define NET_VLAN_TAG 4u
#define NET_VLAN_TAGS_MAX 4u /* deeper stacks are malformed to us */

typedef enum
{
  NET_ETHERTYPE_IPV4 = 0x0800,
  NET_ETHERTYPE_ARP = 0x0806,
  NET_ETHERTYPE_VLAN = 0x8100,
  NET_ETHERTYPE_IPV6 = 0x86dd,
  NET_ETHERTYPE_QINQ = 0x88a8,
  NET_ETHERTYPE_LLDP = 0x88cc
} NetEthertype;

/* tci: PCP in bits 15-13, DEI in 12, VID in 11-0. */
typedef struct
{
  guint16 tpid;
  guint16 tci;
} NetVlanTag;

#define NET_VLAN_VID(tci) ((guint) ((tci) & 0x0fff))
#define NET_VLAN_DEI(tci) ((guint) ((tci) >> 12 & 1))
#define NET_VLAN_PCP(tci) ((guint) ((tci) >> 13))

typedef struct
{
  NetMac destination, source;
  guint n_tags;
  NetVlanTag tags[NET_VLAN_TAGS_MAX]; /* outermost first */
  guint16 type;                       /* EtherType behind the tags; values below 1536 are an 802.3 length */
  guint payload;                      /* offset of the byte after the type, from the start of the frame */
} NetEthernet;

NetDropReason net_ethernet_parse (const guint8 *bytes, gsize length, NetEthernet *out);

static inline NetDropReason
net_ethernet_parse_frame (const NetFrame *frame, NetEthernet *out)
{
  return net_ethernet_parse (net_frame_bytes (frame), frame->length, out);
}

/* Puts a header before the payload that `frame` holds, with the tags and type of `header` (its payload field is not
 * read).  The frame must be writable with room (net_frame_writable). */
void net_ethernet_push (NetFrame *frame, const NetEthernet *header);

/* Adds or takes the outermost tag.  Both take the caller's reference and return the changed frame, a private copy if
 * the frame was shared.  Popping needs a tag to be there. */
NetFrame *net_vlan_push (NetFrame *frame, NetVlanTag tag);
NetFrame *net_vlan_pop (NetFrame *frame);

G_END_DECLS

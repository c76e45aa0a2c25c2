/* The fields that OpenFlow matches and sets: OXM (1.3.5 §7.2.3.7), NXM and the Nicira extensions, in one
 * table.
 *
 * A packet's fields, a match's values and its mask are the same plain struct of numbers in host byte
 * order.  Several fields may be views of one member: vlan_vid, vlan_pcp and vlan_tci of the TCI; the ports
 * of TCP, UDP and SCTP and the types of ICMP of tp_src and tp_dst.  Prerequisites keep them apart. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define OPENFLOW_REGISTERS    16
#define OPENFLOW_VLAN_PRESENT 0x1000u /* in vlan_vid and vlan_tci: there is a tag */

/* Bits of ct_state, as Open vSwitch numbers them. */
#define OPENFLOW_CT_NEW         0x01u
#define OPENFLOW_CT_ESTABLISHED 0x02u
#define OPENFLOW_CT_RELATED     0x04u
#define OPENFLOW_CT_REPLY       0x08u
#define OPENFLOW_CT_INVALID     0x10u
#define OPENFLOW_CT_TRACKED     0x20u

/* No padding: match shapes hash and compare it as 64-bit words. */
typedef struct
{
  guint64 metadata;
  guint64 tunnel_id;
  guint64 eth_dst, eth_src; /* net_mac_to_u64 */
  guint64 arp_sha, arp_tha;
  guint64 nd_sll, nd_tll;
  guint64 ipv6_src[2], ipv6_dst[2], nd_target[2]; /* high half, low half */
  guint64 ct_label[2];                            /* high half, low half */
  guint32 in_port;
  guint32 tunnel_src, tunnel_dst;
  guint32 ip_src, ip_dst;
  guint32 arp_spa, arp_tpa;
  guint32 ipv6_label;
  guint32 reg[OPENFLOW_REGISTERS];
  guint32 ct_mark;
  guint16 eth_type;
  guint16 vlan_tci; /* bit 12 set: tagged, as OPENFLOW_VLAN_PRESENT */
  guint16 arp_op;
  guint16 tp_src, tp_dst;
  guint16 tcp_flags;
  guint16 ct_zone;
  guint8 ip_proto;
  guint8 ip_tos; /* DSCP in bits 7-2, ECN in 1-0 */
  guint8 ip_ttl;
  guint8 ip_frag;  /* bit 0: a fragment, bit 1: not the first */
  guint8 ct_state; /* OPENFLOW_CT_…; 0: not tracked */
  guint8 unused;   /* 0: there is no padding */
} OpenflowFields;

#define OPENFLOW_FIELD_WORDS (sizeof (OpenflowFields) / 8)
G_STATIC_ASSERT (sizeof (OpenflowFields) == 31 * 8);

/* The fields as words; may alias the members. */
typedef guint64 __attribute__ ((may_alias)) OpenflowWord;

static inline const OpenflowWord *
openflow_fields_words (const OpenflowFields *fields)
{
  return (const OpenflowWord *) (gconstpointer) fields;
}

typedef enum
{
  OPENFLOW_FIELD_REG0,
  OPENFLOW_FIELD_REG15 = OPENFLOW_FIELD_REG0 + 15,
  OPENFLOW_FIELD_TUNNEL_ID,
  OPENFLOW_FIELD_TUNNEL_SRC,
  OPENFLOW_FIELD_TUNNEL_DST,
  OPENFLOW_FIELD_METADATA,
  OPENFLOW_FIELD_IN_PORT,
  OPENFLOW_FIELD_IN_PORT_16, /* NXM's 16-bit view */
  OPENFLOW_FIELD_VLAN_TCI,
  OPENFLOW_FIELD_VLAN_VID,
  OPENFLOW_FIELD_VLAN_PCP,
  OPENFLOW_FIELD_ETH_SRC,
  OPENFLOW_FIELD_ETH_DST,
  OPENFLOW_FIELD_ETH_TYPE,
  OPENFLOW_FIELD_IP_DSCP,
  OPENFLOW_FIELD_IP_ECN,
  OPENFLOW_FIELD_IP_TTL,
  OPENFLOW_FIELD_IP_FRAG,
  OPENFLOW_FIELD_IP_PROTO,
  OPENFLOW_FIELD_IPV4_SRC,
  OPENFLOW_FIELD_IPV4_DST,
  OPENFLOW_FIELD_IPV6_SRC,
  OPENFLOW_FIELD_IPV6_DST,
  OPENFLOW_FIELD_IPV6_LABEL,
  OPENFLOW_FIELD_ARP_SPA,
  OPENFLOW_FIELD_ARP_TPA,
  OPENFLOW_FIELD_ARP_OP,
  OPENFLOW_FIELD_ARP_SHA,
  OPENFLOW_FIELD_ARP_THA,
  OPENFLOW_FIELD_TCP_SRC,
  OPENFLOW_FIELD_TCP_DST,
  OPENFLOW_FIELD_TCP_FLAGS,
  OPENFLOW_FIELD_UDP_SRC,
  OPENFLOW_FIELD_UDP_DST,
  OPENFLOW_FIELD_SCTP_SRC,
  OPENFLOW_FIELD_SCTP_DST,
  OPENFLOW_FIELD_ICMP_TYPE,
  OPENFLOW_FIELD_ICMP_CODE,
  OPENFLOW_FIELD_ICMPV6_TYPE,
  OPENFLOW_FIELD_ICMPV6_CODE,
  OPENFLOW_FIELD_ND_TARGET,
  OPENFLOW_FIELD_ND_SLL,
  OPENFLOW_FIELD_ND_TLL,
  OPENFLOW_FIELD_CT_STATE,
  OPENFLOW_FIELD_CT_ZONE,
  OPENFLOW_FIELD_CT_MARK,
  OPENFLOW_FIELD_CT_LABEL,
  OPENFLOW_N_FIELDS
} OpenflowFieldId;

#define OPENFLOW_FIELD_REG(n) ((OpenflowFieldId) (OPENFLOW_FIELD_REG0 + (n)))

typedef enum
{
  OPENFLOW_SHOW_DECIMAL,
  OPENFLOW_SHOW_HEX,
  OPENFLOW_SHOW_MAC,
  OPENFLOW_SHOW_IPV4,
  OPENFLOW_SHOW_IPV6,
  OPENFLOW_SHOW_PORT,
  OPENFLOW_SHOW_FRAGMENT
} OpenflowShow;

/* What else a match must say before it may say this (§7.2.3.6). */
typedef enum
{
  OPENFLOW_NEEDS_NOTHING,
  OPENFLOW_NEEDS_VLAN,
  OPENFLOW_NEEDS_ARP,
  OPENFLOW_NEEDS_IP, /* version 4 or 6 */
  OPENFLOW_NEEDS_IPV4,
  OPENFLOW_NEEDS_IPV6,
  OPENFLOW_NEEDS_TCP,
  OPENFLOW_NEEDS_UDP,
  OPENFLOW_NEEDS_SCTP,
  OPENFLOW_NEEDS_ICMP,
  OPENFLOW_NEEDS_ICMPV6,
  OPENFLOW_NEEDS_ND,
  OPENFLOW_NEEDS_ND_SOLICITATION,
  OPENFLOW_NEEDS_ND_ADVERTISEMENT
} OpenflowNeeds;

typedef struct
{
  const char *name;     /* "dl_dst": what ovs-ofctl prints in a match */
  const char *oxm_name; /* "OXM_OF_ETH_DST": in load, move, learn */
  const char *nxm_name; /* "NXM_OF_ETH_DST", NULL without one */
  guint16 offset, size; /* the member of OpenflowFields */
  guint8 shift;         /* of the field's lowest bit in the member */
  guint8 bits;
  guint8 oxm_bytes, nxm_bytes;    /* width on the wire */
  guint32 oxm_header, nxm_header; /* class << 16 | field << 9, hasmask and length 0; OPENFLOW_NO_HEADER */
  gboolean maskable;
  gboolean view; /* another field covers the same bits; matches are encoded and printed without this one */
  gboolean writable; /* by set_field, load, move */
  OpenflowShow show;
  OpenflowNeeds needs;
} OpenflowField;

const OpenflowField *openflow_field (OpenflowFieldId id);
/* By an OXM or NXM header (hasmask and length are not looked at); -1 when unknown. */
gint openflow_field_from_header (guint32 header);
/* By any of its names; -1 when unknown. */
gint openflow_field_from_name (const char *name, gsize length);

/* A number of up to 128 bits. */
typedef struct
{
  guint64 high, low;
} OpenflowValue;

OpenflowValue openflow_field_get (const OpenflowFields *fields, OpenflowFieldId id);
void openflow_field_set (OpenflowFields *fields, OpenflowFieldId id, OpenflowValue value);
/* All ones in the field's width. */
OpenflowValue openflow_field_all_ones (OpenflowFieldId id);

/* Some bits of a field: NXM_NX_REG1[0..19]. */
typedef struct
{
  OpenflowFieldId field;
  guint8 first; /* lowest bit */
  guint8 n_bits;
} OpenflowSubfield;

static inline OpenflowSubfield
openflow_subfield_whole (OpenflowFieldId field)
{
  return (OpenflowSubfield){ .field = field, .first = 0, .n_bits = openflow_field (field)->bits };
}

OpenflowValue openflow_subfield_get (const OpenflowFields *fields, OpenflowSubfield subfield);
void openflow_subfield_set (OpenflowFields *fields, OpenflowSubfield subfield, OpenflowValue value);

G_END_DECLS

/* The numbers of netvirt's pipeline: tables, metadata, registers, cookies, group ids. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  ODL_TABLE_INGRESS = 0,          /* in_port → lport tag, split horizon */
  ODL_TABLE_DISPATCHER = 17,      /* next service of the lport */
  ODL_TABLE_DHCP_EXTERNAL = 18,   /* DHCP of what comes from TORs */
  ODL_TABLE_INTERNAL_TUNNEL = 36, /* VNI → ELAN tag, from computes */
  ODL_TABLE_EXTERNAL_TUNNEL = 38, /* VNI → ELAN tag, from TORs */
  ODL_TABLE_ARP_CHECK = 43,       /* start of the ELAN service */
  ODL_TABLE_ELAN_BASE = 48,
  ODL_TABLE_LEARNT_SMAC = 49, /* by the switch itself */
  ODL_TABLE_SMAC = 50,
  ODL_TABLE_DMAC = 51,
  ODL_TABLE_UNKNOWN_DMAC = 52,
  ODL_TABLE_FILTER_EQUALS = 55, /* not back to the sender */
  ODL_TABLE_DHCP = 60,          /* of local ports, while the controller's DHCP is on */
  ODL_TABLE_ARP_RESPONDER = 81,
  ODL_TABLE_ARP_LEARN = 195,
  ODL_TABLE_ARP_LEARN_SPA = 196,
  ODL_TABLE_ACL_FROM_VM = 210,
  ODL_TABLE_EGRESS = 220, /* reg6 → output */
  ODL_TABLE_ACL_TO_VM = 239,
  ODL_TABLE_ACL_TO_VM_SPOOF = 240
};

/* metadata: service index 63-60, lport tag 59-40, ELAN tag 39-24, VRF 23-1, split horizon 0. */
#define ODL_META_SH               G_GUINT64_CONSTANT (1)
#define ODL_META_ELAN_MASK        G_GUINT64_CONSTANT (0x000000ffff000000)
#define ODL_META_ELAN_SH_MASK     (ODL_META_ELAN_MASK | ODL_META_SH)
#define ODL_META_LPORT_MASK       G_GUINT64_CONSTANT (0x0fffff0000000000)
#define ODL_META_LPORT_SH_MASK    (ODL_META_LPORT_MASK | ODL_META_SH)
#define ODL_META_LPORT_ELAN_MASK  (ODL_META_LPORT_MASK | ODL_META_ELAN_MASK)
#define ODL_META_INDEX_LPORT_MASK G_GUINT64_CONSTANT (0xffffff0000000000)
#define ODL_META_DISPATCHER_MASK  G_GUINT64_CONSTANT (0xfffffffffffffffe)

/* Service indexes: the first service of a port is matched with 0, the others with their own; each writes the next
 * one's, the last its own and one. */
#define ODL_SERVICE_FIRST      0u
#define ODL_SERVICE_DHCP       5u
#define ODL_SERVICE_ELAN       11u
#define ODL_SERVICE_AFTER_ELAN 12u

static inline guint64
odl_meta_lport (guint32 lport)
{
  return (guint64) (lport & 0xfffff) << 40;
}

static inline guint64
odl_meta_elan (guint16 tag)
{
  return (guint64) tag << 24;
}

static inline guint64
odl_meta_index (guint index)
{
  return (guint64) index << 60;
}

static inline guint32
odl_meta_to_lport (guint64 metadata)
{
  return (guint32) (metadata >> 40 & 0xfffff);
}

static inline guint16
odl_meta_to_elan (guint64 metadata)
{
  return (guint16) (metadata >> 24 & 0xffff);
}

/* reg6 of table 220: egress service index 31-28, lport tag 27-8. */
static inline guint32
odl_reg6 (guint32 lport)
{
  return lport << 8;
}

/* On the way out the output itself is a service; only behind another one is its index asked for. */
#define ODL_EGRESS_OUTPUT 9u

static inline guint32
odl_reg6_index (guint index)
{
  return (guint32) index << 28;
}

#define ODL_COOKIE_VM_INGRESS      0x8000000u
#define ODL_COOKIE_TUNNEL_INGRESS  0x8000001u
#define ODL_COOKIE_EGRESS          0x8000007u
#define ODL_COOKIE_DISPATCHER      0x8040000u
#define ODL_COOKIE_DHCP            0x6800000u
#define ODL_COOKIE_ACL             0x6900000u
#define ODL_COOKIE_BASE            0x8500000u
#define ODL_COOKIE_LEARNT_SMAC     0x8600000u
#define ODL_COOKIE_SMAC            0x8050000u /* + ELAN tag */
#define ODL_COOKIE_DMAC            0x8030000u /* + ELAN tag */
#define ODL_COOKIE_UNKNOWN         0x8700000u /* + ELAN tag */
#define ODL_COOKIE_FILTER          0x8800000u /* + lport tag */
#define ODL_COOKIE_INTERNAL_TUNNEL 0x9000000u /* + ELAN tag */
#define ODL_COOKIE_EXTERNAL_TUNNEL 0x9050000u /* + ELAN tag */
#define ODL_COOKIE_ARP             0x8220000u
#define ODL_COOKIE_ARP_PUNT        0x88880000u

#define ODL_GROUP_ARP 5000u

/* The ELAN's two flood groups. */
static inline guint32
odl_group_full (guint16 tag)
{
  return 200000u + 2u * (tag % 200000u);
}

static inline guint32
odl_group_local (guint16 tag)
{
  return odl_group_full (tag) - 1u;
}

#define ODL_TEMP_SMAC_SECONDS 10u
#define ODL_ARP_PUNT_SECONDS  5u

G_END_DECLS

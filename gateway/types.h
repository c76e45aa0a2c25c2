/* The small values that the gateway's tables and decisions share. */
#pragma once

#include "net/address.h"

G_BEGIN_DECLS

/* A logical switch: 1 … 65535, given out by VtepTables and reused after removal.  Never observable outside. */
typedef guint16 VtepSwitchId;
#define VTEP_SWITCH_NONE 0u

/* An access port: its index in the configuration; or a router; or the tunnel side. */
typedef guint16 VtepPort;
#define VTEP_PORT_ROUTER 0xfffdu /* where a router's own frames and those that it routed come from */
#define VTEP_PORT_TUNNEL 0xfffeu
#define VTEP_PORT_NO     0xffffu

/* VLAN 0 stands for untagged frames, as in Physical_Port.vlan_bindings. */
#define VTEP_VLAN_UNTAGGED 0u
#define VTEP_VLANS         4096u
#define VTEP_VLAN_RESERVED 4095u /* IEEE 802.1Q-2018 table 9-2: not to be used */
#define VTEP_VLAN_ANY      0xffffu

/* Where a frame enters or leaves on the access side. */
typedef struct
{
  VtepPort port;
  guint16 vlan;
} VtepPlace;

static inline gboolean
vtep_place_equal (VtepPlace a, VtepPlace b)
{
  return a.port == b.port && a.vlan == b.vlan;
}

static inline gint
vtep_place_compare (VtepPlace a, VtepPlace b)
{
  return a.port != b.port ? (gint) a.port - b.port : (gint) a.vlan - b.vlan;
}

/* A MAC in a logical switch: the id in the upper 16 bits.  Never 0, as ids begin at 1. */
typedef guint64 VtepKey;

static inline VtepKey
vtep_key (VtepSwitchId logical_switch, const NetMac *mac)
{
  return (guint64) logical_switch << 48 | net_mac_to_u64 (mac);
}

static inline VtepSwitchId
vtep_key_switch (VtepKey key)
{
  return (VtepSwitchId) (key >> 48);
}

static inline NetMac
vtep_key_mac (VtepKey key)
{
  return net_mac_from_u64 (key & G_GUINT64_CONSTANT (0xffffffffffff));
}

/* RFC 7348 §5: 24 bits; schema hardware_vtep: Logical_Switch.tunnel_key. */
#define VTEP_VNI_NONE G_MAXUINT32

/* A frame that carries a further VLAN tag behind the one of its binding, or any tag inside a tunnel. */
typedef enum
{
  VTEP_INNER_VLAN_REFUSE, /* dropped: inner-vlan */
  VTEP_INNER_VLAN_CARRY   /* the inner tag travels as payload */
} VtepInnerVlan;

typedef enum
{
  VTEP_REPLICATION_SERVICE_NODE, /* also when the column is empty */
  VTEP_REPLICATION_SOURCE_NODE
} VtepReplication;

G_END_DECLS

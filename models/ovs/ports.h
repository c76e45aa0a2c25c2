/* The OpenFlow ports of a bridge: taps, VXLAN tunnels and LOCAL. */
#pragma once

#include "openflow/port.h"

G_BEGIN_DECLS

typedef enum
{
  OVS_PORT_PLAIN, /* a frame port of the world */
  OVS_PORT_VXLAN, /* a tunnel over the underlay */
  OVS_PORT_LOCAL  /* the bridge's own interface: there, but down */
} OvsPortKind;

typedef struct
{
  NetIpv4 remote;    /* 0: remote_ip=flow: tun_dst of each packet */
  gboolean key_flow; /* key=flow: tun_id of each packet; else `key` */
  guint32 key;
} OvsTunnel;

typedef struct
{
  guint32 number; /* first: see numbered.h */
  char name[OPENFLOW_PORT_NAME];
  NetMac mac;
  OvsPortKind kind;
  guint world_port; /* OVS_PORT_PLAIN */
  OvsTunnel tunnel; /* OVS_PORT_VXLAN */
  gboolean link_up; /* of the device, were it not for `config` */
  guint32 config;   /* OpenflowPortConfig, by PORT_MOD */
  gboolean faulty;  /* it runs BFD, and the session does not forward */
  gint64 created_ns;
  guint64 rx_packets, rx_bytes, tx_packets, tx_bytes, rx_dropped, tx_dropped;
} OvsPort;

typedef struct _OvsPorts OvsPorts;

OvsPorts *ovs_ports_new (void);
void ovs_ports_free (OvsPorts *ports);
OvsPorts *ovs_ports_copy (const OvsPorts *ports);

OvsPort *ovs_ports_find (const OvsPorts *ports, guint32 number);
OvsPort *ovs_ports_find_name (const OvsPorts *ports, const char *name);
OvsPort *ovs_ports_find_world (const OvsPorts *ports, guint world_port);
/* The tunnel that a packet from `remote` with this VNI arrives by: an exact key before key=flow, a remote
 * address before remote_ip=flow. */
OvsPort *ovs_ports_find_tunnel (const OvsPorts *ports, NetIpv4 remote, guint32 vni);
/* By rising number. */
guint ovs_ports_n (const OvsPorts *ports);
OvsPort *ovs_ports_at (const OvsPorts *ports, guint index);

/* A copy; its number must be free.  The pointer is good until the port is removed. */
OvsPort *ovs_ports_add (OvsPorts *ports, const OvsPort *port);
void ovs_ports_remove (OvsPorts *ports, guint32 number);

/* Frames may leave by it, as far as its configuration says. */
static inline gboolean
ovs_port_forwards (const OvsPort *port)
{
  return !(port->config & (OPENFLOW_PORT_CONFIG_DOWN | OPENFLOW_PORT_CONFIG_NO_FWD));
}

/* A port that is taken down takes its device down. */
static inline gboolean
ovs_port_has_link (const OvsPort *port)
{
  return port->link_up && !(port->config & OPENFLOW_PORT_CONFIG_DOWN);
}

/* OFPPS_LIVE; counts as live for groups. */
static inline gboolean
ovs_port_is_live (const OvsPort *port)
{
  return ovs_port_has_link (port) && !port->faulty;
}

/* As PORT_DESC and PORT_STATUS show it. */
void ovs_port_describe (const OvsPort *port, OpenflowPort *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsPorts, ovs_ports_free)

G_END_DECLS

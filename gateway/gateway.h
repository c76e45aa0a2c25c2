/* The hardware VTEP: frames of access ports and of the underlay port in, frames out, configured by a hardware_vtep
 * database alone.  The same object code runs in the laboratory's TORs and in vtepd; it knows no simulator and no
 * operating system, only its NetWorld. */
#pragma once

#include "gateway/access-ports.h"
#include "net/world.h"

G_BEGIN_DECLS

typedef struct _OvsdbDatabase OvsdbDatabase;
typedef struct _VtepGateway VtepGateway;
typedef struct _VtepTables VtepTables;

#define VTEP_MAC_AGE_DEFAULT_NS (300 * NET_SEC)
#define VTEP_MAX_MACS_DEFAULT   131072u
#define VTEP_MTU_DEFAULT        1500u

typedef struct
{
  const char *switch_name; /* Physical_Switch.name */
  const char *description; /* NULL: "" */
  NetIpv4 management_ip;   /* 0: none is written */

  const VtepPortConfig *ports;
  guint n_ports; /* at most VTEP_PORTS_MAX */

  guint underlay_port; /* the world's number */
  NetMac underlay_mac;
  NetIpv4 tunnel_ip;
  guint prefix_length;
  NetIpv4 underlay_gateway; /* next hop for locators outside the prefix; 0: none */
  guint mtu;                /* of the underlay, as an IP packet; 0: VTEP_MTU_DEFAULT */

  gint64
      mac_age_ns; /* a MAC is forgotten this long after the last frame *from* it; 0: VTEP_MAC_AGE_DEFAULT_NS */
  guint max_macs; /* locally learned MACs at a time; 0: VTEP_MAX_MACS_DEFAULT */
  VtepInnerVlan inner_vlan;
} VtepGatewayConfig;

/* `world` and `database` (schema hardware_vtep) outlive the gateway; the configuration is copied.  Writes Global,
 * Physical_Switch and Physical_Port rows that are missing, removes local MAC rows that an earlier life left, and acts
 * on what the database already says. */
VtepGateway *vtep_gateway_new (NetWorld *world, OvsdbDatabase *database, const VtepGatewayConfig *config);
void vtep_gateway_free (VtepGateway *gateway);

/* A frame arrived at a port of the world; takes the caller's reference.  Ports that are neither an access port nor
 * the underlay port drop it: not-for-us. */
void vtep_gateway_receive (VtepGateway *gateway, guint world_port, NetFrame *frame);

/* The carrier of a port came or went.  MACs learned at an access port that went down are forgotten. */
void vtep_gateway_port_changed (VtepGateway *gateway, guint world_port, gboolean up);

/* Becomes what this configuration says, under the switch's old name, with everything in it that does not contradict
 * what there was: ports that stay keep their place, their learned MACs and their counters, whatever else comes, goes or
 * changes its number in the world; tunnels and BFD sessions go on from a new underlay port or tunnel address.
 * Rows that name ports and addresses follow before this returns. */
void vtep_gateway_change (VtepGateway *gateway, const VtepGatewayConfig *config);

/* The access ports by place. */
const VtepAccessPorts *vtep_gateway_ports (const VtepGateway *gateway);

/* What forwarding reads; borrowed, for tests and views. */
const VtepTables *vtep_gateway_tables (const VtepGateway *gateway);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepGateway, vtep_gateway_free)

G_END_DECLS

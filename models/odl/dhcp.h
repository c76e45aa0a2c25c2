/* DHCP of clients behind TORs: exactly one designated compute for each TOR and network lets the controller see their
 * requests, all others drop them (table 18).  Only while the controller's own DHCP is on. */
#pragma once

#include "models/odl/compute.h"
#include "models/odl/elan.h"
#include "openflow/packet.h"

G_BEGIN_DECLS

/* The compute that punts for a TOR in a network; kept in odl->designated. */
typedef struct
{
  char *key;    /* "<tunnel ip> <network>" */
  guint64 dpid; /* 0: nobody can */
} OdlDesignation;

void odl_designation_free (gpointer designation);
/* The designated compute's tunnel address, 0 while there is none or the controller's DHCP is off. */
NetIpv4 odl_dhcp_designated_ip (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor);

/* Told by other managers: a TOR joined or left a network; tunnels to it came or went; it reported or withdrew a MAC; a
 * direct port came, changed or went. */
void odl_dhcp_tor_joined (Odl *odl, OdlElan *elan, OdlElanTor *tor);
void odl_dhcp_tor_left (Odl *odl, OdlElan *elan, OdlElanTor *tor);
void odl_dhcp_tunnel_changed (Odl *odl, const char *node_id);
void odl_dhcp_mac_changed (Odl *odl, OdlElan *elan, const NetMac *mac);
void odl_dhcp_port_changed (Odl *odl, const OdlPort *port);

/* A request that tables 18 or 60 punted (dhcp-packet.c). */
void odl_dhcp_packet_in (Odl *odl, const OdlCompute *compute, const OpenflowPacketIn *packet_in);

G_END_DECLS

/* The controller's own DHCP: what a port is told, as a decision and as a frame.  No sessions, no flows. */
#pragma once

#include "models/odl/neutron.h"
#include "net/dhcp.h"

G_BEGIN_DECLS

#define ODL_DHCP_LEASE_SECONDS 86400u

typedef struct
{
  NetMac server_mac;
  NetIpv4 server_ip, your_ip, mask;
  NetIpv4 router; /* 0: none */
} OdlLease;

/* From the port's first address on a subnet that has DHCP; the server is the subnet's DHCP port, or else its gateway.
 * FALSE when there is nothing to give. */
gboolean odl_dhcp_find_lease (const OdlNeutron *neutron, const OdlPort *port, OdlLease *out);
/* OFFER, ACK or NAK as an untagged Ethernet frame; NULL when the message wants no answer. */
NetFrame *odl_dhcp_answer (const OdlLease *lease, const NetDhcp *message, NetFramePool *pool);

G_END_DECLS

/* Every flow and group of the pipeline as a function of its numbers: no state, no session.
 *
 * A builder initialises `out`, which the caller clears.  The flows' meaning stands in the table that each belongs to
 * (models/odl/pipeline.h). */
#pragma once

#include "models/odl/pipeline.h"
#include "net/address.h"
#include "openflow/flow.h"
#include "openflow/group.h"

G_BEGIN_DECLS

/* ---- ports: flows-port.c ------------------------------------------------------------------------------------- */

/* Untagged frames of a VM's port: its lport, split horizon off. */
void odl_flow_vm_ingress (OpenflowFlowMod *out, guint32 of_port, guint32 lport);
/* Frames out of a tunnel: its lport and split horizon on; table 36 from computes, 18 from TORs. */
void odl_flow_tunnel_ingress (OpenflowFlowMod *out, guint32 of_port, guint32 lport, guint8 next_table);
/* The port's ELAN service, reached with this index: ODL_SERVICE_FIRST, or behind DHCP ODL_SERVICE_ELAN. */
void odl_flow_elan_dispatcher (OpenflowFlowMod *out, guint32 lport, guint16 tag, guint index);
/* The port's DHCP service, first (ODL_SERVICE_FIRST) or behind the ACL (ODL_SERVICE_DHCP). */
void odl_flow_dhcp_dispatcher (OpenflowFlowMod *out, guint32 lport, guint index);
/* Out by the port, as its first service (ODL_SERVICE_FIRST) or behind its ACL (ODL_EGRESS_OUTPUT). */
void odl_flow_egress (OpenflowFlowMod *out, guint32 lport, guint32 of_port, guint index);
/* Its ACL as the first service, both ways; `next` is the ingress service behind it. */
void odl_flow_acl_dispatcher (OpenflowFlowMod *out, guint32 lport, guint next);
void odl_flow_acl_egress (OpenflowFlowMod *out, guint32 lport);
/* A network on a provider port, `vlan` 0 for a flat one: frames with its tag, which goes; split horizon on. */
void odl_flow_provider_ingress (OpenflowFlowMod *out, guint32 of_port, guint32 lport, guint16 vlan);
/* The tag comes back on the way out; and what a provider port brought never goes out there again. */
void odl_flow_provider_egress (OpenflowFlowMod *out, guint32 lport, guint32 of_port, guint16 vlan);
void odl_flow_provider_stop (OpenflowFlowMod *out, guint32 lport);

/* ---- fixed flows of every compute: flows-default.c ----------------------------------------------------------- */

guint odl_flow_n_defaults (void);
void odl_flow_default (OpenflowFlowMod *out, guint index);
/* Table 18's miss, which comes with the first tunnel to a TOR. */
void odl_flow_dhcp_external_miss (OpenflowFlowMod *out);
void odl_group_arp (OpenflowGroupMod *out);

/* ---- an ELAN on a compute: flows-elan.c ---------------------------------------------------------------------- */

void odl_flow_internal_tunnel (OpenflowFlowMod *out, guint16 tag, guint32 vni);
void odl_flow_external_tunnel (OpenflowFlowMod *out, guint16 tag, guint32 vni);
/* Unknown destinations: the full group for frames of local ports, the local one for those that a tunnel brought. */
void odl_flow_unknown_dmac (OpenflowFlowMod *out, guint16 tag, gboolean split_horizon);
/* The flood's copy for a port, and the drop of the copy that would return to its sender. */
void odl_flow_filter_pass (OpenflowFlowMod *out, guint32 lport);
void odl_flow_filter_sender (OpenflowFlowMod *out, guint32 lport);

/* ---- MAC addresses: flows-mac.c ------------------------------------------------------------------------------ */

/* A known source; idle_seconds 0 for a port's own address, else the switch tells when it goes. */
void
odl_flow_smac (OpenflowFlowMod *out, guint16 tag, guint32 lport, const NetMac *mac, guint16 idle_seconds);
/* On this port: a VM's, or the provider port that the address is beyond. */
void odl_flow_dmac_local (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint32 lport);
/* On another compute, by a tunnel's lport; local_only: not for a frame that a tunnel brought. */
void odl_flow_dmac_compute (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint32 vni, guint32 lport,
                            gboolean local_only);
/* Behind a TOR: by the tunnel, but never for a frame that a tunnel brought. */
void odl_flow_dmac_tor (OpenflowFlowMod *out, guint16 tag, const NetMac *mac, guint32 vni, guint32 lport);
/* The drop of frames that a tunnel brought. */
void odl_flow_dmac_stop (OpenflowFlowMod *out, guint16 tag, const NetMac *mac);

/* ---- DHCP: flows-dhcp.c ---------------------------------------------------------------------------- */

/* A DHCP client's request from this source, behind a TOR: to the controller, or dropped; `vni` NULL: of any network. */
void odl_flow_dhcp_external (OpenflowFlowMod *out, const NetMac *mac, const guint32 *vni, gboolean punt);
/* The same of a local port: to the controller; and table 60's miss, back to the dispatcher. */
void odl_flow_dhcp_local (OpenflowFlowMod *out, const NetMac *mac);
void odl_flow_dhcp_local_miss (OpenflowFlowMod *out);

/* ---- ARP for the controller's DHCP server: flows-arp.c -------------------------------------------------------- */

/* A request that came from a TOR, to the responder; the responder's answer, back into the tunnel. */
void odl_flow_arp_external (OpenflowFlowMod *out, guint16 tag, guint32 vni, NetIpv4 server);
void odl_flow_arp_responder (OpenflowFlowMod *out, guint16 tag, NetIpv4 server, const NetMac *mac);

/* ---- flood groups: groups.c ---------------------------------------------------------------------------------- */

/* A bucket for each lport. */
void odl_group_local_flood (OpenflowGroupMod *out, guint16 tag, const guint32 *lports, guint n_lports);
/* The local group, then a bucket for each tunnel: those to computes first, then those to TORs. */
void odl_group_full_flood (OpenflowGroupMod *out, guint16 tag, guint32 vni, const guint32 *tunnels,
                           guint n_tunnels);
/* One more bucket of it: out by a provider port. */
void odl_group_add_provider (OpenflowGroupMod *group, guint32 lport);

G_END_DECLS

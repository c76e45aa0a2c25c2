/* An OpenFlow switch with Open vSwitch's semantics: tables, groups, ports and the packets between them.  It
 * runs on any NetWorld; sessions with controllers (session.h) are told what happens and change it. */
#pragma once

#include "gateway/underlay.h"
#include "models/ovs/bfd.h"
#include "models/ovs/decide.h"
#include "openflow/packet.h"
#include "openflow/session.h"

G_BEGIN_DECLS

typedef struct _OvsSwitch OvsSwitch;

typedef struct
{
  guint64 datapath_id;
  VtepUnderlay *underlay; /* borrowed; NULL: no tunnels */
  guint underlay_port;    /* the world's number, for drop records */
  guint underlay_mtu;     /* 0: 1500 */
} OvsSwitchConfig;

OvsSwitch *ovs_switch_new (NetWorld *world, const OvsSwitchConfig *config);
/* A copy to try changes on: it tells nobody and sends nothing.  `sw` outlives it. */
OvsSwitch *ovs_switch_new_trial (const OvsSwitch *sw);
void ovs_switch_free (OvsSwitch *sw);

guint64 ovs_switch_datapath_id (const OvsSwitch *sw);
NetWorld *ovs_switch_world (const OvsSwitch *sw);
OvsTables *ovs_switch_tables (OvsSwitch *sw);
OvsGroups *ovs_switch_groups (OvsSwitch *sw);
OvsMeters *ovs_switch_meters (OvsSwitch *sw);
OvsPorts *ovs_switch_ports (OvsSwitch *sw);
OpenflowConfig ovs_switch_config (const OvsSwitch *sw);
/* Reassembly is not had: the handling of fragments stays as it was, as in Open vSwitch. */
void ovs_switch_set_config (OvsSwitch *sw, const OpenflowConfig *config);

/* ---- what happens to it -------------------------------------------------------------------------------------- */

/* Hears of what controllers are told, as whole values; any member may be NULL. */
typedef struct
{
  void (*packet_in) (const OpenflowPacketIn *packet_in, gpointer user);
  void (*flow_removed) (const OpenflowFlowRemoved *removed, gpointer user);
  void (*port_status) (const OpenflowPortStatus *status, gpointer user);
  void (*bfd_changed) (guint32 port, gpointer user); /* ovs_switch_bfd_status() says something new */
} OvsSwitchEvents;

void ovs_switch_listen (OvsSwitch *sw, const OvsSwitchEvents *events, gpointer user);
void ovs_switch_unlisten (OvsSwitch *sw, gpointer user);

/* ---- ports --------------------------------------------------------------------------------------------------- */

/* Copies it (created_ns is set here) and tells PORT_STATUS ADD; the number must be free. */
void ovs_switch_add_port (OvsSwitch *sw, const OvsPort *port);
void ovs_switch_remove_port (OvsSwitch *sw, guint32 number);
void ovs_switch_set_link (OvsSwitch *sw, guint32 number, gboolean up);
gboolean ovs_switch_port_mod (OvsSwitch *sw, const OpenflowPortMod *mod, GError **error);

/* Begins BFD on a port, changes its settings, or ends it (NULL).  While the session does not forward, the port is not
 * live; LOCAL runs none. */
void ovs_switch_set_bfd (OvsSwitch *sw, guint32 number, const OvsBfdConfig *config);
/* NULL when the port runs none. */
const OvsBfdStatus *ovs_switch_bfd_status (const OvsSwitch *sw, guint32 number);

/* ---- packets ------------------------------------------------------------------------------------------------- */

/* A frame came in by one of the world's ports; takes the reference. */
void ovs_switch_receive (OvsSwitch *sw, guint world_port, NetFrame *frame);
/* A VXLAN packet for our tunnel end point; takes the reference. */
void ovs_switch_receive_tunnel (OvsSwitch *sw, NetFrame *frame, const VtepArrival *arrival);
gboolean ovs_switch_packet_out (OvsSwitch *sw, const OpenflowPacketOut *packet_out, GError **error);

/* ---- changes ------------------------------------------------------------------------------------------------- */

/* Both take over what they keep of the mod. */
gboolean ovs_switch_flow_mod (OvsSwitch *sw, OpenflowFlowMod *mod, GError **error);
gboolean ovs_switch_group_mod (OvsSwitch *sw, OpenflowGroupMod *mod, GError **error);
gboolean ovs_switch_meter_mod (OvsSwitch *sw, const OpenflowMeterMod *mod, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsSwitch, ovs_switch_free)

G_END_DECLS

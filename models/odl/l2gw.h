/* L2 gateways: which TORs are known, and which networks their ports are joined to. */
#pragma once

#include "models/odl/elan.h"
#include "models/odl/hwvtep.h"

G_BEGIN_DECLS

#define ODL_LOGICAL_SWITCH_DELAY_NS (20 * NET_SEC)  /* from the last connection's end to the switch's */
#define ODL_MAC_MOVE_DELAY_NS       (15 * NET_SEC)  /* from the old TOR's withdrawal to the new one's entry */
#define ODL_STALE_MAC_DELAY_NS      (600 * NET_SEC) /* from a reconnect that no longer brings a MAC */
#define ODL_STALE_SWITCH_DELAY_NS   (900 * NET_SEC) /* from a TOR's appearance with unknown networks */

/* A physical switch by its name: of a gateway, of a database, or both. */
struct _OdlDevice
{
  char *name;
  OdlRegistry gateways; /* ids of the gateways that name it; a set */
  OdlHwvtep *hwvtep;    /* NULL until its database was seen; borrowed */
  NetIpv4 tunnel_ip;
  gboolean in_itm;
};

/* A connection as a device was told of it. */
typedef struct
{
  char *connection_id, *network_id;
  OdlDevice *device;   /* borrowed */
  GPtrArray *bindings; /* of OdlJoinBinding */
} OdlJoin;

typedef struct
{
  char *port;
  guint16 vlan;
} OdlJoinBinding;

void odl_device_free (gpointer device);
void odl_join_free (gpointer join);
OdlDevice *odl_device_find (const Odl *odl, const char *name);
/* NULL until its database was seen. */
const char *odl_device_node_id (const OdlDevice *device);

/* Told by the northbound. */
void odl_l2gw_gateway_added (Odl *odl, OdlObject *gateway);
void odl_l2gw_gateway_changed (Odl *odl, const OdlObject *before, OdlObject *after);
void odl_l2gw_gateway_removed (Odl *odl, const OdlObject *gateway);
void odl_l2gw_connection_added (Odl *odl, OdlObject *connection);
void odl_l2gw_connection_changed (Odl *odl, const OdlObject *before, OdlObject *after);
void odl_l2gw_connection_removed (Odl *odl, const OdlObject *connection);
/* Told by other managers. */
void odl_l2gw_elan_added (Odl *odl, OdlElan *elan);
void odl_l2gw_elan_removed (Odl *odl, OdlElan *elan);
void odl_l2gw_zones_changed (Odl *odl);
/* A compute has a tunnel address, or another one: TORs find its addresses there. */
void odl_l2gw_compute_addressed (Odl *odl, guint64 dpid);

/* Told by a TOR's session: a switch and its tunnel address (again, when that changed); everything it holds is known;
 * it is away; nobody will come back to it. */
void odl_l2gw_switch_up (Odl *odl, const char *name, OdlHwvtep *hwvtep, NetIpv4 tunnel_ip);
void odl_l2gw_node_up (Odl *odl, OdlHwvtep *hwvtep);
void odl_l2gw_node_down (Odl *odl, OdlHwvtep *hwvtep);
void odl_l2gw_node_forgotten (Odl *odl, OdlHwvtep *hwvtep);
/* It reported a MAC in Ucast_Macs_Local, or took it back. */
void odl_l2gw_mac_reported (Odl *odl, OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac);
void odl_l2gw_mac_withdrawn (Odl *odl, OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac);

/* The network's TOR in this database, NULL when the network is not on it. */
OdlElanTor *odl_l2gw_elan_tor_of (const OdlElan *elan, const OdlHwvtep *hwvtep);
gboolean odl_l2gw_elan_has_node (const OdlElan *elan, const char *node_id);
/* Every device that a gateway names is connected. */
gboolean odl_l2gw_all_up (const Odl *odl);

/* Every device leaves the network, at once. */
void odl_l2gw_leave_network (Odl *odl, const OdlElan *elan);

/* Makes what devices were told of a connection equal to what follows from the objects that are there now: a job behind
 * the network's others. */
void odl_l2gw_refresh (Odl *odl, const char *connection_id, const char *network_id);

G_END_DECLS

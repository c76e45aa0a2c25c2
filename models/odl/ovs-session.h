/* Sessions with computes' Open_vSwitch databases, and the tunnels' ports there. */
#pragma once

#include "models/odl/compute.h"
#include "models/odl/itm.h"
#include "net/world.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

/* For RESTCONF; ODL_ERROR_CONFLICT when the node is there already. */
gboolean odl_ovs_dial (Odl *odl, const char *node_id, const char *target, GError **error);
/* Node id and target of the session, if the controller dials; else NULL. */
const char *odl_ovs_session_node (const OdlOvsSession *session, const char **target);
gboolean odl_ovs_hang_up (Odl *odl, const char *node_id);
/* A compute dialled us. */
void odl_ovs_accept (Odl *odl, NetStream *stream);
void odl_ovs_session_free (gpointer session);

/* The compute gets or loses the tunnel's port, now or when its database comes. */
void odl_ovs_tunnel_added (Odl *odl, const OdlTunnel *tunnel);
void odl_ovs_tunnel_removed (Odl *odl, const OdlTunnel *tunnel);

/* Monitoring is asked of every tunnel port that is there. */
void odl_ovs_monitor_changed (Odl *odl);
/* The tunnel's row of Interface, NULL while the compute's database does not show it. */
const OvsdbRow *odl_ovs_tunnel_interface (const Odl *odl, const OdlTunnel *tunnel);

/* The replica is complete and every transaction is answered. */
gboolean odl_ovs_session_idle (const OdlOvsSession *session);

G_END_DECLS

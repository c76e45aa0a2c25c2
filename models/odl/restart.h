/* A restart of the controller: what its data store keeps, and in which order it is told again. */
#pragma once

#include "models/odl/core.h"

G_BEGIN_DECLS

#define ODL_RESTART_TORS_NS (1 * NET_SEC) /* listeners of TOR nodes start later than the others */

/* Frees the controller and returns its successor, which has started: the same world, name and options, northbound
 * objects, transport zones, dialled nodes, ELAN tags and lports; no sessions, no MAC tables, no jobs and delays.  Everything
 * else is found again by replay, for which connections come before their gateways. */
Odl *odl_restart (Odl *odl);
/* Of odl->to_dial. */
void odl_restart_node_free (gpointer node);

G_END_DECLS

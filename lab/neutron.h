/* What Neutron, the L2GW service and an operator tell the controller: a scenario's networks, ports, gateways and
 * transport zone as the JSON objects of networking-odl, through the one northbound door. */
#pragma once

#include "lab/build.h"

G_BEGIN_DECLS

#define LAB_UUID_TEXT 37

/* The UUID of an object, made from the scenario's seed and the object's own name ("network/blue", "port/vm2"). */
void lab_neutron_uuid (const LabScenario *scenario, const char *object, char text[LAB_UUID_TEXT]);

/* Everything, in the order of facts 9 that works: transport zone and TORs, networks and subnets, gateways and
 * connections, ports.  The first refusal of the controller is returned as a sentence (free it); NULL: all accepted. */
char *lab_neutron_tell_all (LabNet *net);

/* A connection of a gateway made or ended later; the same result. */
char *lab_neutron_connect (LabNet *net, guint gateway, guint network, guint vlan);
char *lab_neutron_disconnect (LabNet *net, guint gateway, guint network);
/* A port more for a gateway; the gateway's end. */
char *lab_neutron_add_port (LabNet *net, guint gateway, const LabGatewayPort *port);
char *lab_neutron_delete_gateway (LabNet *net, guint gateway);

G_END_DECLS

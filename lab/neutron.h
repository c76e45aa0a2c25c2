/* What Neutron, the L2GW service and an operator tell the controller: a scenario's networks, ports, gateways and
 * transport zone as the JSON objects of networking-odl, through the one northbound door.
 *
 * Each call's result is its refusal, a sentence to be freed, or NULL when it was accepted. */
#pragma once

#include "lab/build.h"

G_BEGIN_DECLS

typedef struct
{
  LabCallKind kind;
  guint index;       /* of the node, network, gateway or VM */
  guint member;      /* LAB_CALL_CONNECTIONS: of the gateway's connections */
  gboolean of_agent; /* LAB_CALL_PORTS: the DHCP agent's port on the network of that index */
} LabCall;

char *lab_neutron_tell (LabNet *net, const LabCall *call);

/* A connection of a gateway made or ended later. */
char *lab_neutron_connect (LabNet *net, guint gateway, guint network, guint vlan);
char *lab_neutron_disconnect (LabNet *net, guint gateway, guint network);
/* A port more for a gateway; the gateway's end. */
char *lab_neutron_add_port (LabNet *net, guint gateway, const LabGatewayPort *port);
char *lab_neutron_delete_gateway (LabNet *net, guint gateway);
/* The network with its ports and its subnet; its connections stay. */
char *lab_neutron_delete_network (LabNet *net, guint network);
/* The network has these segments (LabSegment) from now on. */
char *lab_neutron_change_segments (LabNet *net, guint network, const GArray *segments);
/* A VM's port is on another host now: that of net->homes. */
char *lab_neutron_move_port (LabNet *net, guint vm);

G_END_DECLS

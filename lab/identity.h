/* Who is who in a lab: the addresses and numbers that follow from the scenario alone, the same wherever they are asked
 * for. */
#pragma once

#include "lab/scenario.h"

G_BEGIN_DECLS

#define LAB_UUID_TEXT 37

/* The UUID of an object, made from the scenario's seed and the object's own name ("network/blue", "port/vm2"). */
void lab_identity_uuid (const LabScenario *scenario, const char *object, char text[LAB_UUID_TEXT]);

/* The MAC of a network's DHCP port: the file's, or one made from the network's place in it. */
NetMac lab_identity_dhcp_mac (const LabScenario *scenario, const LabNetwork *network);

/* The management address of a node, by its place in the scenario; the controller's own. */
NetIpv4 lab_identity_management_ip (guint node);
NetIpv4 lab_identity_controller_ip (void);

/* The datapath id of a compute, by its place in the scenario. */
guint64 lab_identity_datapath_id (guint node);

/* The compute on which DHCP agents run, by its place; G_MAXUINT: none. */
guint lab_identity_dhcp_agent (const LabScenario *scenario);

G_END_DECLS

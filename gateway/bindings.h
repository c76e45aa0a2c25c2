/* Physical_Port.vlan_bindings into the tables: for each port of the configuration, the row of that name among the
 * switch's ports decides.  A binding that the gateway cannot serve is left out, and the row says invalid_vlan_map: VLAN 4095,
 * which IEEE 802.1Q-2018 table 9-2 reserves; a logical switch beyond those that can be served; any binding of a port that
 * is not there. */
#pragma once

#include "gateway/agent.h"
#include "gateway/refs.h"

G_BEGIN_DECLS

typedef struct _VtepBindings VtepBindings;

/* Borrows both. */
VtepBindings *vtep_bindings_new (const VtepAgentConfig *config, const VtepRefs *refs);
void vtep_bindings_free (VtepBindings *bindings);

/* Ports or bindings changed somewhere: makes the tables equal to the rows, and lets MACs go whose place has gone. */
void vtep_bindings_follow (VtepBindings *bindings);
/* The port goes, and its bindings with it, whatever its row says. */
void vtep_bindings_drop_port (VtepBindings *bindings, VtepPort port);

G_END_DECLS

/* Provider networks: a flat network or a VLAN of a physical network, which every compute reaches by a port of its own.
 *
 * A compute's database says which port leads to which physical network (Open_vSwitch's other_config:provider_mappings,
 * "physnet1:em1,physnet2:em4").  Each network has an interface on that port of each such compute, named
 * "<datapath id>:<port>:<VLAN or flat>". */
#pragma once

#include "models/odl/compute.h"
#include "models/odl/elan.h"

G_BEGIN_DECLS

/* Told by a compute's database; NULL: none.  What is no mapping is logged and left out. */
void odl_provider_mappings_changed (Odl *odl, OdlCompute *compute, const char *text);
/* Told by the ELAN manager: it came or is about to go; of others than provider networks nothing follows. */
void odl_provider_elan_changed (Odl *odl, const OdlElan *elan);
/* Told by the interface manager: the switch has or lost a port of that name. */
void odl_provider_port_changed (Odl *odl, const OdlCompute *compute, const char *port_name);
/* Told when a network's interface on the compute's provider port is gone: another network of the same tag may wait for its
 * name. */
void odl_provider_name_freed (Odl *odl, guint64 dpid, const char *network_id);

/* The name of the port that the interface is on; NULL when nothing calls for it any more. */
const char *odl_provider_port (const Odl *odl, const OdlInterface *interface);

G_END_DECLS

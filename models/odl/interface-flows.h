/* The flows that an interface brings to its compute, and takes along: where it is (tables 0 and 220), who may speak there
 * (port security), whose copies of floods are whose (table 55), and its services (table 17). */
#pragma once

#include "models/odl/compute.h"
#include "models/odl/elan.h"
#include "models/odl/interface.h"

G_BEGIN_DECLS

/* odl_forwarding_write or odl_forwarding_remove. */
typedef void (*OdlApply) (OdlCompute *compute, OpenflowFlowMod *flow);

void
odl_interface_apply_port (OdlCompute *compute, const OdlInterface *interface, OdlPlace place, OdlApply apply);
void odl_interface_apply_filter (OdlCompute *compute, const OdlInterface *interface, OdlApply apply);
void odl_interface_apply_services (const Odl *odl, OdlCompute *compute, const OdlInterface *interface,
                                   const OdlElan *elan, OdlApply apply);

G_END_DECLS

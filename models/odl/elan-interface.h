/* What happens when a VM's interface comes up on a compute, or goes: the jobs, in netvirt's order. */
#pragma once

#include "models/odl/interface.h"
#include "models/odl/jobs.h"

G_BEGIN_DECLS

/* From writing the local group to writing the full ones, for the first interface of a network on a compute. */
#define ODL_FULL_GROUP_DELAY_NS (300 * NET_MSEC)

/* Queue behind the interface's other jobs. */
void odl_elan_interface_up (Odl *odl, const char *name, OdlPlace place);
void odl_elan_interface_down (Odl *odl, const char *name, OdlPlace place);
/* The addresses under which it may speak are others now. */
void odl_elan_interface_secure (Odl *odl, const char *name);

G_END_DECLS

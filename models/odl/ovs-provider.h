/* Provider ports in a compute's database: which physical networks it says its ports lead to, and putting those ports on
 * br-int. */
#pragma once

#include <jansson.h>

#include "models/odl/compute.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

/* Takes the mappings as they stand there.  The operations that add to the bridge (NULL: there is none yet) the ports that
 * it lacks; NULL when it has all. */
json_t *odl_ovs_provider_look (Odl *odl, OdlCompute *compute, OvsdbDatabase *replica, const OvsdbRow *bridge);

G_END_DECLS

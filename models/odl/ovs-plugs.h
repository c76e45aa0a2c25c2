/* What is plugged into a compute: rows of Interface whose external_ids:iface-id names a Neutron port. */
#pragma once

#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;

/* The whole replica, against what was known of the compute before: tells the interface manager what came and went. */
void odl_ovs_compare_plugs (Odl *odl, guint64 dpid, OvsdbDatabase *replica);
/* The same of one changed row of Interface. */
void odl_ovs_interface_changed (Odl *odl, guint64 dpid, const OvsdbChange *change);

G_END_DECLS

/* Rows of a compute's Open_vSwitch database as its installation and os-vif write them. */
#pragma once

#include "models/ovs/ovs-node.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

#define OVS_BRIDGE "br-int"

OvsdbDatabase *ovs_rows_database (NetWorld *world);
/* Open_vSwitch, br-int with its Port and Interface, Controller and Manager. */
void ovs_rows_begin (OvsdbDatabase *db, const char *host_name, const OvsConfig *config);
/* Port and Interface of a tap; FALSE (logged) when the database refuses. */
gboolean ovs_rows_add_tap (OvsdbDatabase *db, NetWorld *world, const char *name, const OvsTapConfig *config);
void ovs_rows_remove_port (OvsdbDatabase *db, NetWorld *world, const char *name);

G_END_DECLS

/* Rows of Logical_Router into the tables, and what of them cannot be served into the fault columns.
 *
 * A router is made anew from its row whenever the row changes.  Its MAC is other_config:mac, else one that follows from
 * its name: 02 and 40 bits of the name's FNV-1a hash, the same on every switch that serves it.
 * A key of switch_binding whose host part is zero (IPv4, prefixes of at most 30 bits) is a subnet in which the router has
 * no address.
 *
 *   LR_fault_status   unspecified_fault     a binding or a route is left out, or other_config:mac is no address of a host
 *                     invalid_ACL_binding   a list is bound to what is no address of the router, or is not wholly served
 *   of the switch     lr_switch_bindings_fault, lr_static_routes_fault    some router lacks one of them */
#pragma once

#include "gateway/acl-rows.h"
#include "gateway/refs.h"

G_BEGIN_DECLS

typedef struct _VtepRouterRows VtepRouterRows;

/* Borrows all.  The routers end with it; the tables must not be asked any more by then. */
VtepRouterRows *
vtep_router_rows_new (const VtepAgentConfig *config, const VtepRefs *refs, const VtepAclRows *acls);
void vtep_router_rows_free (VtepRouterRows *rows);

/* A commit: after logical switches appeared and lists were read, before logical switches go.  `lists_changed`: any ACL
 * did. */
void vtep_router_rows_follow (VtepRouterRows *rows, const OvsdbChange *changes, guint n_changes,
                              gboolean lists_changed);

/* The MAC of a router that its row gives none. */
NetMac vtep_router_mac (const char *name);

G_END_DECLS

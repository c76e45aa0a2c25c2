/* Rows of ACL and ACL_entry into lists, Physical_Port.acl_bindings into the tables, and what of it cannot be served into
 * the fault columns.
 *
 * An entry that cannot be served is left out and says invalid_acl_entry; its list says invalid_acl and serves the others;
 * a port that binds such a list, or binds a list to VLAN 4095, says invalid_ACL_binding. */
#pragma once

#include "gateway/agent.h"

G_BEGIN_DECLS

typedef struct _VtepAclRows VtepAclRows;

/* Borrowed. */
VtepAclRows *vtep_acl_rows_new (const VtepAgentConfig *config);
void vtep_acl_rows_free (VtepAclRows *rows);

/* A commit: whatever in it is about access control.  TRUE: some list is not what it was. */
gboolean vtep_acl_rows_follow (VtepAclRows *rows, const OvsdbChange *changes, guint n_changes);

/* Ports came; one goes, and its bindings with it, whatever its row says. */
void vtep_acl_rows_follow_ports (VtepAclRows *rows);
void vtep_acl_rows_drop_port (VtepAclRows *rows, VtepPort port);

/* The list of a row of ACL; NULL: unknown.  *valid: all of it is served.  For other bindings than those of ports. */
const VtepAcl *vtep_acl_rows_find (const VtepAclRows *rows, const OvsdbUuid *uuid, gboolean *valid);

G_END_DECLS

/* Which access control lists hold at a port: one for the whole port (VLAN 0 in Physical_Port.acl_bindings) and one a
 * VLAN.  Where both are bound, both are asked, the VLAN's first, and either may deny. */
#pragma once

#include "gateway/acl.h"
#include "gateway/types.h"

G_BEGIN_DECLS

typedef struct _VtepPortAcls VtepPortAcls;

VtepPortAcls *vtep_port_acls_new (guint n_ports);
void vtep_port_acls_free (VtepPortAcls *acls);

/* Room for more ports. */
void vtep_port_acls_make_room (VtepPortAcls *acls, guint n_ports);

/* NULL takes the list away; borrowed until then. */
void vtep_port_acls_bind (VtepPortAcls *acls, VtepPort port, guint16 vlan, const VtepAcl *acl);
/* The beginning of VtepPortAcls: what is bound, by port; NULL: nothing. */
static inline gboolean
vtep_port_acls_any (const VtepPortAcls *acls, VtepPort port)
{
  return (*(gpointer *const *) acls)[port] != NULL;
}

/* The list and the entry by which the packet may not pass at this place; NULL: it may. */
const VtepAclEntry *
vtep_port_acls_deny (const VtepPortAcls *acls, VtepPlace place, VtepAclDirection direction,
                     const VtepPacket *packet, const VtepAcl **by);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepPortAcls, vtep_port_acls_free)

G_END_DECLS

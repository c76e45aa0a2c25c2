/* Who may speak at a compute's port, and what is brought to it.  Which tables that takes is told in acl.c. */
#pragma once

#include "models/odl/compute.h"
#include "models/odl/neutron.h"

G_BEGIN_DECLS

/* Addresses under which a guest may send: one of the port's own, or an allowed pair. */
typedef struct
{
  NetMac mac;
  NetIpv4 ip;
  guint prefix_length;
} OdlAclPair;

typedef struct
{
  /* The DHCP agent's port: it says what it likes, and hears what a DHCP server has to.  Else port security: a guest speaks
   * as who it is, and hears what is for it. */
  gboolean of_server;
  GArray *pairs; /* of OdlAclPair; IPv4 only, others of a guest's packets are stopped */
} OdlAcl;

/* NULL: the port has none. */
OdlAcl *odl_acl_of_port (const Odl *odl, const OdlPort *port);
gboolean odl_acl_equal (const OdlAcl *a, const OdlAcl *b);
void odl_acl_free (OdlAcl *acl);

/* The flows of an lport's ACL, which may be NULL: `apply` is odl_forwarding_write or odl_forwarding_remove. */
void odl_acl_apply (OdlCompute *compute, guint32 lport, const OdlAcl *acl,
                    void (*apply) (OdlCompute *compute, OpenflowFlowMod *flow));

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlAcl, odl_acl_free)

G_END_DECLS

/* Port security on computes: a guest sends as who it is, and to it comes what is for it.  Which tables that takes is told
 * in acl.c. */
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

/* Of OdlAclPair; NULL when the port's security is off.  IPv4 only: others of the guest's packets are stopped. */
GArray *odl_acl_of_port (const OdlPort *port);
gboolean odl_acl_equal (const GArray *a, const GArray *b);
void odl_acl_free (GArray *acl); /* accepts NULL */

/* The flows of an lport's ACL: `apply` is odl_forwarding_write or odl_forwarding_remove. */
void odl_acl_apply (OdlCompute *compute, guint32 lport, const GArray *acl,
                    void (*apply) (OdlCompute *compute, OpenflowFlowMod *flow));

G_END_DECLS

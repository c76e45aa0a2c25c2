/* A port without lists costs one pointer. */
#include "gateway/port-acls.h"

typedef struct
{
  guint n;
  const VtepAcl *by_vlan[VTEP_VLANS]; /* 0: the whole port */
} Port;

struct _VtepPortAcls
{
  gpointer *ports; /* of Port; NULL where nothing is bound */
  guint n_ports;
};

VtepPortAcls *
vtep_port_acls_new (guint n_ports)
{
  VtepPortAcls *acls = g_new0 (VtepPortAcls, 1);

  acls->n_ports = n_ports;
  acls->ports = g_new0 (gpointer, n_ports);
  return acls;
}

void
vtep_port_acls_free (VtepPortAcls *acls)
{
  if (!acls)
    return;
  for (guint i = 0; i < acls->n_ports; i++)
    g_free (acls->ports[i]);
  g_free (acls->ports);
  g_free (acls);
}

void
vtep_port_acls_make_room (VtepPortAcls *acls, guint n_ports)
{
  acls->ports = g_renew (gpointer, acls->ports, n_ports);
  for (; acls->n_ports < n_ports; acls->n_ports++)
    acls->ports[acls->n_ports] = NULL;
}

void
vtep_port_acls_bind (VtepPortAcls *acls, VtepPort port, guint16 vlan, const VtepAcl *acl)
{
  Port *bound = acls->ports[port];

  if (!bound && !acl)
    return;
  if (!bound)
    bound = acls->ports[port] = g_new0 (Port, 1);
  bound->n += (acl != NULL) - (bound->by_vlan[vlan] != NULL);
  bound->by_vlan[vlan] = acl;
  if (bound->n == 0)
    g_free (g_steal_pointer (&acls->ports[port]));
}

static const VtepAclEntry *
ask (const VtepAcl *acl, VtepAclDirection direction, const VtepPacket *packet, const VtepAcl **by)
{
  const VtepAclEntry *entry = acl ? vtep_acl_match (acl, direction, packet) : NULL;

  if (!entry || !entry->deny)
    return NULL;
  *by = acl;
  return entry;
}

const VtepAclEntry *
vtep_port_acls_deny (const VtepPortAcls *acls, VtepPlace place, VtepAclDirection direction,
                     const VtepPacket *packet, const VtepAcl **by)
{
  const Port *port = acls->ports[place.port];
  const VtepAclEntry *entry = NULL;

  if (!port)
    return NULL;
  if (place.vlan != VTEP_VLAN_UNTAGGED)
    entry = ask (port->by_vlan[place.vlan], direction, packet, by);
  return entry ? entry : ask (port->by_vlan[0], direction, packet, by);
}

/* The store of northbound objects, and what all kinds share. */
#include "models/odl/neutron.h"

void
odl_neutron_init (OdlNeutron *neutron)
{
  odl_registry_init (&neutron->networks, odl_network_free);
  odl_registry_init (&neutron->subnets, odl_subnet_free);
  odl_registry_init (&neutron->ports, odl_port_free);
  odl_registry_init (&neutron->gateways, odl_gateway_free);
  odl_registry_init (&neutron->connections, odl_connection_free);
  odl_registry_init (&neutron->security_groups, odl_security_group_free);
  odl_registry_init (&neutron->security_rules, odl_security_rule_free);
}

void
odl_neutron_clear (OdlNeutron *neutron)
{
  odl_registry_clear (&neutron->security_rules);
  odl_registry_clear (&neutron->security_groups);
  odl_registry_clear (&neutron->connections);
  odl_registry_clear (&neutron->gateways);
  odl_registry_clear (&neutron->ports);
  odl_registry_clear (&neutron->subnets);
  odl_registry_clear (&neutron->networks);
}

gboolean
odl_object_read (OdlObject *object, const char *what, const json_t *body, GError **error)
{
  const char *id = NULL;

  if (!odl_read_text (body, what, "id", ODL_REQUIRED, &id, error))
    return FALSE;
  object->id = g_strdup (id);
  object->json = json_deep_copy (body);
  return TRUE;
}

void
odl_object_clear (OdlObject *object)
{
  g_free (object->id);
  json_decref (object->json);
}

gboolean
odl_neutron_needs_network (const OdlNeutron *neutron, const char *what, const char *network_id,
                           GError **error)
{
  if (odl_neutron_network (neutron, network_id))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "%s: there is no network %s; it must be sent first",
               what, network_id);
  return FALSE;
}

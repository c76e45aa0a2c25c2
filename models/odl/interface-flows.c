/* One interface's flows on one compute. */
#include "models/odl/interface-flows.h"
#include "models/odl/core.h"
#include "models/odl/flows.h"

/* A network on a provider port: its tag tells it from the others there. */
static void
apply_provider (OdlCompute *compute, const OdlInterface *interface, OdlPlace place, OdlApply apply)
{
  OpenflowFlowMod flow;

  odl_flow_provider_ingress (&flow, place.of_port, interface->lport, interface->vlan);
  apply (compute, &flow);
  odl_flow_provider_egress (&flow, interface->lport, place.of_port, interface->vlan);
  apply (compute, &flow);
  odl_flow_provider_stop (&flow, interface->lport);
  apply (compute, &flow);
}

/* With an ACL the port is its second service on the way out. */
void
odl_interface_apply_port (OdlCompute *compute, const OdlInterface *interface, OdlPlace place, OdlApply apply)
{
  OpenflowFlowMod flow;

  if (interface->provider_of)
    {
      apply_provider (compute, interface, place, apply);
      return;
    }
  odl_flow_vm_ingress (&flow, place.of_port, interface->lport);
  apply (compute, &flow);
  odl_acl_apply (compute, interface->lport, interface->acl, apply);
  if (interface->acl)
    {
      odl_flow_acl_egress (&flow, interface->lport);
      apply (compute, &flow);
    }
  odl_flow_egress (&flow, interface->lport, place.of_port,
                   interface->acl ? ODL_EGRESS_OUTPUT : ODL_SERVICE_FIRST);
  apply (compute, &flow);
}

void
odl_interface_apply_filter (OdlCompute *compute, const OdlInterface *interface, OdlApply apply)
{
  OpenflowFlowMod flow;

  odl_flow_filter_sender (&flow, interface->lport);
  apply (compute, &flow);
  odl_flow_filter_pass (&flow, interface->lport);
  apply (compute, &flow);
}

/* A guest's ACL if it has one, the controller's DHCP if that is on and a VM is there, and the ELAN: each leads to the next. */
void
odl_interface_apply_services (const Odl *odl, OdlCompute *compute, const OdlInterface *interface,
                              const OdlElan *elan, OdlApply apply)
{
  gboolean has_dhcp = odl->options.dhcp_enabled && !interface->provider_of;
  guint index = ODL_SERVICE_FIRST;
  OpenflowFlowMod flow;

  if (interface->acl && !interface->acl->of_server)
    {
      guint next = has_dhcp ? ODL_SERVICE_DHCP : ODL_SERVICE_ELAN;

      odl_flow_acl_dispatcher (&flow, interface->lport, next);
      apply (compute, &flow);
      index = next;
    }
  if (has_dhcp)
    {
      odl_flow_dhcp_local (&flow, &interface->mac);
      apply (compute, &flow);
      odl_flow_dhcp_dispatcher (&flow, interface->lport, index);
      apply (compute, &flow);
      index = ODL_SERVICE_ELAN;
    }
  odl_flow_elan_dispatcher (&flow, interface->lport, elan->tag, index);
  apply (compute, &flow);
}

/* Tunnel ports: their own flows, and all that waited for the tunnel. */
#include "models/odl/tunnel-interface.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/elan-program.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface-job.h"
#include "models/odl/l2gw.h"
#include "models/odl/l2gw-rows.h"

/* Groups and table 51 of the compute, for every network that this tunnel serves. */
static void
reprogram_elans (Odl *odl, const OdlTunnel *tunnel)
{
  for (guint i = 0; i < odl_registry_n (&odl->elans); i++)
    {
      OdlElan *elan = odl_registry_at (&odl->elans, i);

      if (!odl_elan_compute (elan, tunnel->source))
        continue;
      if (tunnel->peer ? odl_elan_compute (elan, tunnel->peer) != NULL
                       : odl_l2gw_elan_has_node (elan, tunnel->destination))
        {
          odl_elan_write_full_group (odl, elan, tunnel->source);
          /* With the bug this write is lost to a lock conflict, and what stands there stays. */
          if (!odl_has_bug (odl, ODL_BUG_DMAC_DROP))
            odl_elan_write_remote_macs (odl, elan, tunnel->source, FALSE);
        }
    }
}

static gint64
up_step (Odl *odl, gpointer data, guint step)
{
  OdlInterfaceJob *job = data;
  OdlInterface *interface = odl_interface_find (odl, job->name);
  OdlTunnel *tunnel = interface ? odl_registry_find (&odl->tunnels, interface->tunnel) : NULL;
  OdlCompute *compute = odl_compute_get (odl, job->place.dpid);
  OpenflowFlowMod flow;

  (void) step;
  if (!tunnel)
    return ODL_JOB_DONE;
  if (interface->lport == 0)
    interface->lport = odl_interface_new_lport (odl, interface->name);
  interface->bound = job->place;
  if (tunnel->peer)
    {
      odl_flow_tunnel_ingress (&flow, job->place.of_port, interface->lport, ODL_TABLE_INTERNAL_TUNNEL);
      odl_forwarding_write (compute, &flow);
    }
  odl_flow_egress (&flow, interface->lport, job->place.of_port, ODL_SERVICE_FIRST);
  odl_forwarding_write (compute, &flow);
  reprogram_elans (odl, tunnel);
  if (!tunnel->peer)
    {
      odl_dhcp_tunnel_changed (odl, tunnel->destination);
      odl_l2gw_node_flood_lists_changed (odl, tunnel->destination);
    }
  return ODL_JOB_DONE;
}

static gint64
down_step (Odl *odl, gpointer data, guint step)
{
  OdlInterfaceJob *job = data;
  OdlInterface *interface = odl_interface_find (odl, job->name);
  OdlCompute *compute = odl_compute_get (odl, job->place.dpid);
  const OdlTunnel *tunnel;
  OpenflowFlowMod flow;

  (void) step;
  if (!interface)
    return ODL_JOB_DONE;
  odl_flow_tunnel_ingress (&flow, job->place.of_port, interface->lport, ODL_TABLE_INTERNAL_TUNNEL);
  odl_forwarding_remove (compute, &flow);
  odl_flow_egress (&flow, interface->lport, job->place.of_port, ODL_SERVICE_FIRST);
  odl_forwarding_remove (compute, &flow);
  interface->bound = (OdlPlace){ 0, 0 };
  tunnel = odl_registry_find (&odl->tunnels, interface->tunnel);
  if (tunnel && !tunnel->peer)
    {
      odl_dhcp_tunnel_changed (odl, tunnel->destination);
      odl_l2gw_node_flood_lists_changed (odl, tunnel->destination);
    }
  if (!tunnel && interface->sought.of_port == 0)
    odl_registry_remove (&odl->interfaces, job->name);
  return ODL_JOB_DONE;
}

void
odl_tunnel_interface_up (Odl *odl, const char *port_name, OdlPlace place)
{
  odl_interface_job_add (odl, port_name, place, up_step);
}

void
odl_tunnel_interface_down (Odl *odl, const char *port_name, OdlPlace place)
{
  odl_interface_job_add (odl, port_name, place, down_step);
}

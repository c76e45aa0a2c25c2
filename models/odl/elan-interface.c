/* Interfaces joining and leaving ELANs (facts of the first and the last one on a compute included). */
#include "models/odl/elan-interface.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/elan-outside.h"
#include "models/odl/elan-program.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface-flows.h"
#include "models/odl/interface-job.h"
#include "models/odl/l2gw-rows.h"
#include "models/odl/provider.h"

/* ---- up ------------------------------------------------------------------------------------------------------ */

/* Takes network and address from the Neutron port.  FALSE when that has gone meanwhile. */
static gboolean
take_port (const Odl *odl, OdlInterface *interface)
{
  const OdlPort *port = odl_neutron_port (&odl->neutron, interface->name);

  if (!port)
    return FALSE;
  g_free (interface->network_id);
  interface->network_id = g_strdup (port->network_id);
  interface->mac = port->mac;
  odl_acl_free (interface->acl);
  interface->acl = odl_acl_of_port (odl, port);
  return TRUE;
}

/* Binds the interface to its place and enters it in the local group.  FALSE when what it stood for has gone. */
static gboolean
bind_interface (Odl *odl, OdlInterfaceJob *job)
{
  OdlInterface *interface = odl_interface_find (odl, job->name);
  OdlElanCompute *here;
  OdlElan *elan;
  gboolean again;

  if (!interface)
    return FALSE;
  again = !interface->provider_of && interface->network_id;
  if (!interface->provider_of && !take_port (odl, interface))
    return FALSE;
  elan = odl_elan_find (odl, interface->network_id);
  if (interface->provider_of && !elan)
    return FALSE;
  if (interface->provider_of)
    interface->vlan = elan->vlan;
  if (interface->lport == 0)
    interface->lport = odl_interface_new_lport (odl, interface->name);
  interface->bound = job->place;
  odl_interface_apply_port (odl_compute_get (odl, job->place.dpid), interface, job->place,
                            odl_forwarding_write);
  if (!elan)
    return FALSE;
  here = odl_elan_compute_get (elan, job->place.dpid);
  job->first = here->interfaces->len == 0;
  here->by_migration |= job->first && interface->migrated;
  if (again && odl_has_bug (odl, ODL_BUG_DHCP_ELAN_STATE)) /* it is entered anew, and only half of it */
    elan->nulled = TRUE;
  g_ptr_array_add (here->interfaces, interface);
  odl_elan_write_local_group (odl, elan, job->place.dpid);
  return TRUE;
}

/* Groups of the computes that were there already, and of the new one, which floods to nobody without it. */
static void
open_groups (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  for (guint i = 0; i < elan->computes->len; i++)
    {
      const OdlElanCompute *member = g_ptr_array_index (elan->computes, i);

      /* The new member's interface is not known to the interface manager yet, and it is passed over. */
      if (member->dpid == dpid && odl_has_bug (odl, ODL_BUG_BC_FIRST_VM))
        continue;
      odl_elan_write_full_group (odl, elan, member->dpid);
    }
}

/* The network is new on this compute: the others learn of it, and it of them. */
static void
open_network (Odl *odl, OdlElan *elan, guint64 dpid)
{
  open_groups (odl, elan, dpid);
  odl_elan_write_ways_in (odl, elan, dpid);
  odl_elan_write_remote_macs (odl, elan, dpid, FALSE);
  odl_l2gw_flood_lists_changed (odl, elan);
}

/* The network was here before its provider port: what leads out of the compute waited for it. */
static void
provider_came (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  odl_elan_write_full_group (odl, elan, dpid);
  odl_elan_write_remote_macs (odl, elan, dpid, FALSE);
}

static gint64
up_step (Odl *odl, gpointer data, guint step)
{
  OdlInterfaceJob *job = data;
  OdlInterface *interface;
  OdlElan *elan;

  if (step == 0)
    {
      if (!bind_interface (odl, job))
        return ODL_JOB_DONE;
      return job->first ? ODL_FULL_GROUP_DELAY_NS : 0;
    }
  interface = odl_interface_find (odl, job->name);
  elan = interface ? odl_elan_find (odl, interface->network_id) : NULL;
  if (!elan)
    return ODL_JOB_DONE;
  if (job->first)
    open_network (odl, elan, job->place.dpid);
  else if (interface->provider_of)
    provider_came (odl, elan, job->place.dpid);
  odl_interface_apply_filter (odl_compute_get (odl, job->place.dpid), interface, odl_forwarding_write);
  odl_interface_apply_services (odl, odl_compute_get (odl, job->place.dpid), interface, elan,
                                odl_forwarding_write);
  if (!interface->provider_of)
    odl_elan_add_mac (odl, elan, interface, &interface->mac, TRUE);
  return ODL_JOB_DONE;
}

void
odl_elan_interface_up (Odl *odl, const char *name, OdlPlace place)
{
  odl_interface_job_add (odl, name, place, up_step);
}

/* ---- port security ------------------------------------------------------------------------------------------- */

/* By the old addresses it leaves, by the new ones it comes back.  One that is not up yet takes them when it comes. */
static gint64
secure_step (Odl *odl, gpointer data, guint step)
{
  OdlInterfaceJob *job = data;
  OdlInterface *interface = odl_interface_find (odl, job->name);
  OdlElan *elan = interface && interface->network_id ? odl_elan_find (odl, interface->network_id) : NULL;
  OdlCompute *compute;

  (void) step;
  if (!elan || !odl_interface_is_up (interface))
    return ODL_JOB_DONE;
  compute = odl_compute_get (odl, interface->bound.dpid);
  odl_interface_apply_services (odl, compute, interface, elan, odl_forwarding_remove);
  odl_interface_apply_port (compute, interface, interface->bound, odl_forwarding_remove);
  if (!take_port (odl, interface))
    return ODL_JOB_DONE;
  odl_interface_apply_port (compute, interface, interface->bound, odl_forwarding_write);
  odl_interface_apply_services (odl, compute, interface, elan, odl_forwarding_write);
  return ODL_JOB_DONE;
}

void
odl_elan_interface_secure (Odl *odl, const char *name)
{
  odl_interface_job_add (odl, name, (OdlPlace){ 0, 0 }, secure_step);
}

/* ---- down ---------------------------------------------------------------------------------------------------- */

static void
remove_macs_of (Odl *odl, OdlElan *elan, const OdlInterface *interface)
{
  for (guint i = odl_registry_n (&elan->macs); i > 0; i--)
    {
      const OdlElanMac *entry = odl_registry_at (&elan->macs, i - 1);
      NetMac mac = entry->mac;

      if (entry->interface == interface)
        odl_elan_remove_mac (odl, elan, &mac);
    }
}

/* The network's last interface on this compute is gone. */
static void
close_network (Odl *odl, OdlElan *elan, guint64 dpid)
{
  odl_elan_write_remote_macs (odl, elan, dpid, TRUE);
  odl_elan_remove_ways_in (odl, elan, dpid);
  odl_elan_remove_groups (odl, elan, dpid);
  odl_elan_compute_remove (elan, dpid);
  if (!odl_has_bug (odl, ODL_BUG_TOR_BUCKETS)) /* nobody tells the others */
    odl_elan_write_full_groups (odl, elan);
  odl_l2gw_compute_left (odl, elan, dpid);
}

/* Nothing leaves the compute any more. */
static void
provider_left (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  odl_elan_remove_all_outside (odl, elan, dpid);
  odl_elan_write_remote_macs (odl, elan, dpid, TRUE);
  odl_elan_write_full_group (odl, elan, dpid);
}

static void
leave_elan (Odl *odl, OdlElan *elan, OdlInterface *interface, guint64 dpid)
{
  OdlElanCompute *here = odl_elan_compute (elan, dpid);
  OdlCompute *compute = odl_compute_get (odl, dpid);

  if (!here || !g_ptr_array_remove (here->interfaces, interface))
    return;
  remove_macs_of (odl, elan, interface);
  if (interface->provider_of)
    provider_left (odl, elan, dpid);
  odl_interface_apply_services (odl, compute, interface, elan, odl_forwarding_remove);
  odl_interface_apply_filter (compute, interface, odl_forwarding_remove);
  if (here->interfaces->len > 0)
    odl_elan_write_local_group (odl, elan, dpid);
  else
    close_network (odl, elan, dpid);
  odl_elan_settle (odl, elan);
}

/* Nothing calls for it any more. */
static void
forget_interface (Odl *odl, const OdlInterface *interface)
{
  g_autofree char *network_id = g_strdup (interface->network_id);
  guint64 dpid = interface->provider_of;

  odl_registry_remove (&odl->interfaces, interface->name);
  if (dpid)
    odl_provider_name_freed (odl, dpid, network_id);
}

static gint64
down_step (Odl *odl, gpointer data, guint step)
{
  OdlInterfaceJob *job = data;
  OdlInterface *interface = odl_interface_find (odl, job->name);
  OdlElan *elan = interface && interface->network_id ? odl_elan_find (odl, interface->network_id) : NULL;

  (void) step;
  if (!interface)
    return ODL_JOB_DONE;
  if (elan)
    leave_elan (odl, elan, interface, job->place.dpid);
  odl_interface_apply_port (odl_compute_get (odl, job->place.dpid), interface, job->place,
                            odl_forwarding_remove);
  interface->bound = (OdlPlace){ 0, 0 };
  if (!odl_neutron_port (&odl->neutron, job->name) && interface->sought.of_port == 0)
    forget_interface (odl, interface);
  return ODL_JOB_DONE;
}

void
odl_elan_interface_down (Odl *odl, const char *name, OdlPlace place)
{
  odl_interface_job_add (odl, name, place, down_step);
}

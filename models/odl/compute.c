/* The sorted list of computes, and what each gets when it comes. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"

/* The place of the id, or where it would be put. */
static guint
find_place (const Odl *odl, guint64 dpid)
{
  guint place = 0;

  while (place < odl->computes->len && ((OdlCompute *) g_ptr_array_index (odl->computes, place))->dpid < dpid)
    place++;
  return place;
}

OdlCompute *
odl_compute_find (const Odl *odl, guint64 dpid)
{
  guint place = find_place (odl, dpid);
  OdlCompute *compute = place < odl->computes->len ? g_ptr_array_index (odl->computes, place) : NULL;

  return compute && compute->dpid == dpid ? compute : NULL;
}

OdlCompute *
odl_compute_get (Odl *odl, guint64 dpid)
{
  OdlCompute *compute = odl_compute_find (odl, dpid);

  if (compute)
    return compute;
  compute = g_new0 (OdlCompute, 1);
  compute->dpid = dpid;
  compute->key = g_strdup_printf ("%" G_GUINT64_FORMAT, dpid);
  odl_registry_init (&compute->ports, NULL);
  odl_registry_init (&compute->plugged, g_free);
  odl_registry_init (&compute->providers, g_free);
  odl_forwarding_init (compute);
  g_ptr_array_insert (odl->computes, (gint) find_place (odl, dpid), compute);
  return compute;
}

void
odl_compute_free (gpointer data)
{
  OdlCompute *compute = data;

  odl_forwarding_clear (compute);
  odl_registry_clear (&compute->ports);
  odl_registry_clear (&compute->plugged);
  odl_registry_clear (&compute->providers);
  g_free (compute->zone_asked);
  g_free (compute->key);
  g_free (compute);
}

void
odl_compute_write_defaults (const Odl *odl, OdlCompute *compute)
{
  OpenflowGroupMod group;
  OpenflowFlowMod flow;

  odl_group_arp (&group);
  odl_forwarding_write_group (compute, &group);
  for (guint i = 0; i < odl_flow_n_defaults (); i++)
    {
      odl_flow_default (&flow, i);
      odl_forwarding_write (compute, &flow);
    }
  if (odl->options.dhcp_enabled)
    {
      odl_flow_dhcp_local_miss (&flow);
      odl_forwarding_write (compute, &flow);
    }
}

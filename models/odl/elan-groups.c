/* An ELAN's flood groups and the flows that lead into it, compute by compute. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/elan-program.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"

#define GROUP_ADDRESS G_GUINT64_CONSTANT (0x010000000000) /* the bit of multicast and broadcast */

void
odl_elan_write_local_group (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  const OdlElanCompute *here = odl_elan_compute (elan, dpid);
  g_autoptr (GArray) lports = g_array_new (FALSE, FALSE, sizeof (guint32));
  OpenflowGroupMod group;

  for (guint i = 0; here && i < here->interfaces->len; i++)
    {
      const OdlInterface *interface = g_ptr_array_index (here->interfaces, i);

      if (!interface->provider_of)
        g_array_append_val (lports, interface->lport);
    }
  odl_group_local_flood (&group, elan->tag, (const guint32 *) (gpointer) lports->data, lports->len);
  odl_forwarding_write_group (odl_compute_get (odl, dpid), &group);
}

gboolean
odl_elan_meshes (const Odl *odl, const OdlElan *elan)
{
  /* The top level alone is asked for a VNI: a network with segments is flat, and has none. */
  if (odl_has_bug (odl, ODL_BUG_MP_VNI_TOPLEVEL) && elan->type == ODL_NETWORK_FLAT)
    return FALSE;
  return elan->has_vni;
}

/* ---- the full group ------------------------------------------------------------------------------------------ */

/* The tunnel by which a TOR's flood bucket leaves a compute. */
static OdlTunnel *
find_bucket_tunnel (const Odl *odl, const OdlElan *elan, guint64 dpid, const OdlDevice *device)
{
  char ip[NET_IPV4_TEXT];

  /* The compute that was handled last stands in for the one whose group this is; here its tunnels mean nothing. */
  if (odl_has_bug (odl, ODL_BUG_WRONG_DPN_BUCKETS))
    dpid = ((OdlElanCompute *) g_ptr_array_index (elan->computes, elan->computes->len - 1))->dpid;

  /* ITM keys external tunnels by node id; with the bug the text of the tunnel address is asked for instead. */
  if (odl_has_bug (odl, ODL_BUG_TOR_BUCKET_IP))
    return odl_itm_external_tunnel (odl, dpid, net_ipv4_format (device->tunnel_ip, ip));
  return odl_itm_external_tunnel (odl, dpid, odl_device_node_id (device));
}

/* What a TOR sends must get in: table 0 of its tunnel, and table 18's miss. */
static void
write_tor_ingress (Odl *odl, guint64 dpid, const OdlElanTor *tor)
{
  const OdlTunnel *tunnel = odl_itm_external_tunnel (odl, dpid, odl_device_node_id (tor->device));
  const OdlInterface *interface = tunnel ? odl_interface_find (odl, tunnel->port_name) : NULL;
  OdlCompute *compute = odl_compute_get (odl, dpid);
  OpenflowFlowMod flow;

  if (!interface || !odl_interface_is_up (interface))
    return;
  odl_flow_tunnel_ingress (&flow, interface->bound.of_port, interface->lport, ODL_TABLE_DHCP_EXTERNAL);
  if (odl_has_bug (odl, ODL_BUG_VXLAN_RESEND)) /* without the bit, the full group is taken */
    openflow_instructions_write_metadata (&flow.instructions, odl_meta_lport (interface->lport),
                                          ODL_META_LPORT_SH_MASK);
  odl_forwarding_write (compute, &flow);
  odl_flow_dhcp_external_miss (&flow);
  odl_forwarding_write (compute, &flow);
}

static void
add_tunnel (const Odl *odl, GArray *lports, const OdlTunnel *tunnel)
{
  guint32 lport = odl_itm_lport (odl, tunnel);

  if (lport)
    g_array_append_val (lports, lport);
}

/* Broadcasts of a provider network leave by the provider port. */
static void
add_provider (const Odl *odl, const OdlElan *elan, guint64 dpid, OpenflowGroupMod *group)
{
  const OdlElanCompute *here = odl_elan_compute (elan, dpid);
  const OdlInterface *provider = here ? odl_elan_compute_provider (here) : NULL;

  /* The bucket is looked for among tunnels, whatever the network's type. */
  if (odl_has_bug (odl, ODL_BUG_VLAN_GROUPS))
    return;
  if (provider)
    odl_group_add_provider (group, provider->lport);
}

void
odl_elan_write_full_group (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  g_autoptr (GArray) lports = g_array_new (FALSE, FALSE, sizeof (guint32));
  OpenflowGroupMod group;

  for (guint i = 0; odl_elan_meshes (odl, elan) && i < elan->computes->len; i++)
    {
      const OdlElanCompute *other = g_ptr_array_index (elan->computes, i);

      if (other->dpid != dpid)
        add_tunnel (odl, lports, odl_itm_internal_tunnel (odl, dpid, other->dpid));
    }
  for (guint i = 0; elan->has_vni && i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *tor = odl_registry_at (&elan->tors, i);

      add_tunnel (odl, lports, find_bucket_tunnel (odl, elan, dpid, tor->device));
      write_tor_ingress (odl, dpid, tor);
    }
  odl_group_full_flood (&group, elan->tag, elan->vni, (const guint32 *) (gpointer) lports->data, lports->len);
  add_provider (odl, elan, dpid, &group);
  if (odl_has_bug (
          odl, ODL_BUG_DUP_LOCAL_BUCKET)) /* it is added where the others' buckets are, for each of them */
    for (guint i = 1; i < elan->computes->len; i++)
      openflow_actions_group (&openflow_buckets_add (&group.buckets, OPENFLOW_GROUP_TYPE_ALL)->actions,
                              odl_group_local (elan->tag));
  odl_forwarding_write_group (odl_compute_get (odl, dpid), &group);
}

void
odl_elan_write_full_groups (Odl *odl, const OdlElan *elan)
{
  for (guint i = 0; i < elan->computes->len; i++)
    odl_elan_write_full_group (odl, elan, ((OdlElanCompute *) g_ptr_array_index (elan->computes, i))->dpid);
}

void
odl_elan_remove_groups (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  OdlCompute *compute = odl_compute_get (odl, dpid);

  odl_forwarding_remove_group (compute, odl_group_full (elan->tag));
  odl_forwarding_remove_group (compute, odl_group_local (elan->tag));
}

/* ---- tables 36, 38 and 52 ------------------------------------------------------------------------------------ */

static void
each_way_in (Odl *odl, const OdlElan *elan, guint64 dpid,
             void (*apply) (OdlCompute *compute, OpenflowFlowMod *flow))
{
  OdlCompute *compute = odl_compute_get (odl, dpid);
  OpenflowFlowMod flow;

  if (odl_elan_meshes (odl, elan) && !elan->nulled)
    {
      odl_flow_internal_tunnel (&flow, elan->tag, elan->vni);
      apply (compute, &flow);
    }
  if (elan->has_vni)
    {
      odl_flow_external_tunnel (&flow, elan->tag, elan->vni);
      apply (compute, &flow);
    }
  odl_flow_unknown_dmac (&flow, elan->tag, FALSE);
  if (odl_has_bug (odl,
                   ODL_BUG_UNKNOWN_UNICAST_REPLY)) /* what is not for all is for a port that would be known */
    openflow_match_set_masked (&flow.match, OPENFLOW_FIELD_ETH_DST, GROUP_ADDRESS, GROUP_ADDRESS);
  apply (compute, &flow);
  if (elan->nulled)
    return;
  odl_flow_unknown_dmac (&flow, elan->tag, TRUE);
  apply (compute, &flow);
}

void
odl_elan_write_ways_in (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  each_way_in (odl, elan, dpid, odl_forwarding_write);
}

void
odl_elan_remove_ways_in (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  each_way_in (odl, elan, dpid, odl_forwarding_remove);
}

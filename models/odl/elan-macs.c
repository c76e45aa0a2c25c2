/* MAC addresses of an ELAN on computes and TORs: tables 50 and 51, remote unicast rows. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/elan-outside.h"
#include "models/odl/elan-program.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"
#include "models/odl/l2gw-rows.h"

typedef void (*Apply) (OdlCompute *compute, OpenflowFlowMod *flow);

static void
record (Odl *odl, const char *op, const OdlElan *elan, const OdlElanMac *entry)
{
  char mac[NET_MAC_TEXT];
  g_autofree char *key = g_strdup_printf ("%s %s", elan->name, net_mac_format (&entry->mac, mac));

  odl_record (odl, "elan-mac", op, key,
              json_pack ("{s:i, s:s, s:s}", "lport", (int) entry->interface->lport, "interface",
                         entry->interface->name, "kind", entry->is_static ? "static" : "learnt"));
}

/* ---- one address on one compute ------------------------------------------------------------------------------ */

/* Is the flow to another compute or a TOR written without actions? */
static gboolean
drops_remote (const Odl *odl, const OdlElan *elan, guint32 lport)
{
  /* The egress action is chosen by the network's top-level type, and flat comes before a vxlan segment. */
  if (odl_has_bug (odl, ODL_BUG_MP_T51_DROP) && elan->type == ODL_NETWORK_FLAT)
    return TRUE;
  /* The flow is written although the tunnel is not up. */
  return odl_has_bug (odl, ODL_BUG_DMAC_DROP) && lport == 0;
}

/* In a provider network the way to other computes is the provider port.  What came by it does not go out there again:
 * table 220 sees to that. */
static void
apply_by_provider (Odl *odl, const OdlElan *elan, guint64 dpid, const OdlElanMac *entry, Apply apply)
{
  const OdlElanCompute *here = odl_elan_compute (elan, dpid);
  const OdlInterface *provider = here ? odl_elan_compute_provider (here) : NULL;
  OpenflowFlowMod flow;

  if (!provider && apply == odl_forwarding_write)
    return;
  odl_flow_dmac_local (&flow, elan->tag, &entry->mac, provider ? provider->lport : 0);
  apply (odl_compute_get (odl, dpid), &flow);
}

/* Table 51 of a compute that does not have the address itself.  Without a tunnel there is nothing to write: a flow
 * with no actions would be a black hole, where flooding may still work. */
static void
apply_remote (Odl *odl, const OdlElan *elan, guint64 dpid, const OdlElanMac *entry, Apply apply)
{
  guint32 lport = odl_itm_lport (odl, odl_itm_internal_tunnel (odl, dpid, entry->interface->bound.dpid));
  /* Whoever sent by a tunnel to one compute has sent to all: a TOR that floods reaches the other one itself. */
  gboolean stops_tunnels = !odl_has_bug (odl, ODL_BUG_T51_DUP_PATH);
  gboolean drops = drops_remote (odl, elan, lport);
  OpenflowFlowMod flow;

  if (elan->physnet)
    {
      apply_by_provider (odl, elan, dpid, entry, apply);
      return;
    }
  if (!odl_elan_meshes (odl, elan) || (lport == 0 && !drops && apply == odl_forwarding_write))
    return;
  odl_flow_dmac_compute (&flow, elan->tag, &entry->mac, elan->vni, lport, stops_tunnels);
  if (drops)
    openflow_instructions_clear (&flow.instructions);
  apply (odl_compute_get (odl, dpid), &flow);
  if (!stops_tunnels)
    return;
  odl_flow_dmac_stop (&flow, elan->tag, &entry->mac);
  apply (odl_compute_get (odl, dpid), &flow);
}

static void
apply_local (Odl *odl, const OdlElan *elan, const OdlElanMac *entry, Apply apply)
{
  OdlCompute *compute = odl_compute_get (odl, entry->interface->bound.dpid);
  guint16 idle = entry->is_static ? 0 : (guint16) MIN (odl->options.mac_timeout_ns / NET_SEC, G_MAXUINT16);
  OpenflowFlowMod flow;

  odl_flow_smac (&flow, elan->tag, entry->interface->lport, &entry->mac, idle);
  apply (compute, &flow);
  odl_flow_dmac_local (&flow, elan->tag, &entry->mac, entry->interface->lport);
  apply (compute, &flow);
}

/* One deleter leaves the other computes' flows to the next, and that to the first: what a migrated VM had there stays,
 * and is taken for what it should have. */
static gboolean
forgets_others (const Odl *odl, const OdlElanMac *entry)
{
  return odl_has_bug (odl, ODL_BUG_STALE_T51) && entry->interface->migrated;
}

static void
apply_everywhere (Odl *odl, const OdlElan *elan, const OdlElanMac *entry, Apply apply)
{
  apply_local (odl, elan, entry, apply);
  for (guint i = 0; !forgets_others (odl, entry) && i < elan->computes->len; i++)
    {
      const OdlElanCompute *other = g_ptr_array_index (elan->computes, i);

      if (other->dpid != entry->interface->bound.dpid)
        apply_remote (odl, elan, other->dpid, entry, apply);
    }
}

/* ---- the MAC table ------------------------------------------------------------------------------------------- */

void
odl_elan_add_mac (Odl *odl, OdlElan *elan, OdlInterface *interface, const NetMac *mac, gboolean is_static)
{
  char text[NET_MAC_TEXT];
  OdlElanMac *entry;

  odl_elan_remove_outside (odl, elan, interface->bound.dpid, mac);
  net_mac_format (mac, text);
  entry = odl_registry_find (&elan->macs, text);
  if (entry && entry->interface != interface)
    {
      odl_elan_remove_mac (odl, elan, mac);
      entry = NULL;
    }
  if (!entry)
    {
      entry = g_new0 (OdlElanMac, 1);
      *entry = (OdlElanMac){ .mac = *mac, .is_static = is_static, .interface = interface };
      odl_registry_put (&elan->macs, text, entry);
      entry->learnt_ns = net_world_now (odl->world);
      record (odl, "add", elan, entry);
    }
  entry->is_static |= is_static;
  apply_everywhere (odl, elan, entry, odl_forwarding_write);
  odl_l2gw_mac_added (odl, elan, entry);
}

void
odl_elan_remove_mac (Odl *odl, OdlElan *elan, const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  OdlElanMac *entry = odl_registry_find (&elan->macs, net_mac_format (mac, text));
  NetMac gone = *mac; /* it may be the entry's own */

  if (!entry)
    return;
  apply_everywhere (odl, elan, entry, odl_forwarding_remove);
  odl_l2gw_mac_removed (odl, elan, entry);
  record (odl, "remove", elan, entry);
  odl_registry_remove (&elan->macs, text);
  odl_elan_write_outside (odl, elan, &gone);
}

/* ---- addresses behind TORs ----------------------------------------------------------------------------------- */

/* The cache of tunnels has no entry for a compute that the network came to with a migrated VM, and the flow is written
 * without what the exception left out. */
static gboolean
finds_no_tunnel (const Odl *odl, const OdlElan *elan, guint64 dpid)
{
  const OdlElanCompute *compute = odl_elan_compute (elan, dpid);

  return odl_has_bug (odl, ODL_BUG_TOR_MAC_NPE) && compute && compute->by_migration;
}

/* A frame that a tunnel brought is never sent to a TOR: split horizon, whatever the tunnel's state. */
static void
write_tor_mac_on (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac, guint64 dpid)
{
  OdlCompute *compute = odl_compute_get (odl, dpid);
  guint32 lport = odl_itm_lport (odl, odl_itm_external_tunnel (odl, dpid, odl_device_node_id (tor->device)));
  gboolean drops = drops_remote (odl, elan, lport) || finds_no_tunnel (odl, elan, dpid);
  OpenflowFlowMod flow;

  if (!elan->has_vni || (lport == 0 && !drops))
    return;
  if (odl_has_bug (odl, ODL_BUG_UNKNOWN_UNICAST_REPLY)) /* reported addresses are nobody's business here */
    return;
  odl_flow_dmac_tor (&flow, elan->tag, mac, elan->vni, lport);
  if (drops)
    openflow_instructions_clear (&flow.instructions);
  odl_forwarding_write (compute, &flow);
  odl_flow_dmac_stop (&flow, elan->tag, mac);
  odl_forwarding_write (compute, &flow);
}

static void
remove_tor_mac_on (Odl *odl, const OdlElan *elan, const NetMac *mac, guint64 dpid)
{
  OdlCompute *compute = odl_compute_get (odl, dpid);
  OpenflowFlowMod flow;

  odl_flow_dmac_tor (&flow, elan->tag, mac, elan->vni, 0);
  odl_forwarding_remove (compute, &flow);
  odl_flow_dmac_stop (&flow, elan->tag, mac);
  odl_forwarding_remove (compute, &flow);
}

void
odl_elan_write_tor_mac (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac)
{
  for (guint i = 0; i < elan->computes->len; i++)
    write_tor_mac_on (odl, elan, tor, mac, ((OdlElanCompute *) g_ptr_array_index (elan->computes, i))->dpid);
}

void
odl_elan_remove_tor_mac (Odl *odl, const OdlElan *elan, const NetMac *mac)
{
  for (guint i = 0; i < elan->computes->len; i++)
    remove_tor_mac_on (odl, elan, mac, ((OdlElanCompute *) g_ptr_array_index (elan->computes, i))->dpid);
}

void
odl_elan_write_remote_macs (Odl *odl, const OdlElan *elan, guint64 dpid, gboolean remove)
{
  for (guint i = 0; i < odl_registry_n (&elan->macs); i++)
    {
      const OdlElanMac *entry = odl_registry_at (&elan->macs, i);

      if (entry->interface->bound.dpid != dpid)
        apply_remote (odl, elan, dpid, entry, remove ? odl_forwarding_remove : odl_forwarding_write);
    }
  for (guint t = 0; t < odl_registry_n (&elan->tors); t++)
    {
      const OdlElanTor *tor = odl_registry_at (&elan->tors, t);

      for (guint i = 0; i < odl_registry_n (&tor->macs); i++)
        if (remove)
          remove_tor_mac_on (odl, elan, odl_registry_at (&tor->macs, i), dpid);
        else
          write_tor_mac_on (odl, elan, tor, odl_registry_at (&tor->macs, i), dpid);
    }
}

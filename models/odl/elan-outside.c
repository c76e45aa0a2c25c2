/* Tables 50 and 51 of what is beyond provider ports. */
#include "models/odl/elan-outside.h"
#include "models/odl/core.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"

static void
record (Odl *odl, const char *op, const OdlElan *elan, const OdlElanMac *entry)
{
  char mac[NET_MAC_TEXT];
  g_autofree char *key
      = g_strdup_printf ("%s %s %s", elan->name, net_mac_format (&entry->mac, mac), entry->interface->name);

  odl_record (odl, "elan-mac", op, key,
              json_pack ("{s:i, s:s, s:s}", "lport", (int) entry->interface->lport, "interface",
                         entry->interface->name, "kind", "outside"));
}

static const OdlElanMac *
find (const OdlElan *elan, guint64 dpid, const NetMac *mac)
{
  const OdlElanCompute *here = odl_elan_compute (elan, dpid);
  char text[NET_MAC_TEXT];

  return here ? odl_registry_find (&here->outside, net_mac_format (mac, text)) : NULL;
}

gboolean
odl_elan_is_outside (const OdlElan *elan, guint64 dpid, const NetMac *mac)
{
  return find (elan, dpid, mac) != NULL;
}

static void
apply (const Odl *odl, const OdlElan *elan, const OdlElanMac *entry,
       void (*act) (OdlCompute *compute, OpenflowFlowMod *flow))
{
  OdlCompute *compute = odl_compute_find (odl, entry->interface->provider_of);
  guint16 idle = (guint16) MIN (odl->options.mac_timeout_ns / NET_SEC, G_MAXUINT16);
  char text[NET_MAC_TEXT];
  OpenflowFlowMod flow;

  odl_flow_smac (&flow, elan->tag, entry->interface->lport, &entry->mac, idle);
  act (compute, &flow);
  if (odl_registry_find (&elan->macs, net_mac_format (&entry->mac, text)))
    return;
  odl_flow_dmac_local (&flow, elan->tag, &entry->mac, entry->interface->lport);
  act (compute, &flow);
}

void
odl_elan_add_outside (Odl *odl, OdlElan *elan, OdlInterface *provider, const NetMac *mac)
{
  OdlElanCompute *here = odl_elan_compute (elan, provider->bound.dpid);
  char text[NET_MAC_TEXT];
  OdlElanMac *entry;

  if (!here || find (elan, here->dpid, mac))
    return;
  entry = g_new0 (OdlElanMac, 1);
  *entry = (OdlElanMac){ .mac = *mac, .interface = provider, .learnt_ns = net_world_now (odl->world) };
  odl_registry_put (&here->outside, net_mac_format (mac, text), entry);
  record (odl, "add", elan, entry);
  apply (odl, elan, entry, odl_forwarding_write);
}

void
odl_elan_write_outside (Odl *odl, const OdlElan *elan, const NetMac *mac)
{
  for (guint i = 0; i < elan->computes->len; i++)
    {
      const OdlElanCompute *compute = g_ptr_array_index (elan->computes, i);
      const OdlElanMac *entry = find (elan, compute->dpid, mac);

      if (entry)
        apply (odl, elan, entry, odl_forwarding_write);
    }
}

void
odl_elan_remove_outside (Odl *odl, const OdlElan *elan, guint64 dpid, const NetMac *mac)
{
  const OdlElanMac *entry = find (elan, dpid, mac);
  char text[NET_MAC_TEXT];

  if (!entry)
    return;
  apply (odl, elan, entry, odl_forwarding_remove);
  record (odl, "remove", elan, entry);
  odl_registry_remove (&odl_elan_compute (elan, dpid)->outside, net_mac_format (mac, text));
}

void
odl_elan_remove_all_outside (Odl *odl, const OdlElan *elan, guint64 dpid)
{
  const OdlElanCompute *here = odl_elan_compute (elan, dpid);

  for (guint i = here ? odl_registry_n (&here->outside) : 0; i > 0; i--)
    {
      NetMac mac = ((const OdlElanMac *) odl_registry_at (&here->outside, i - 1))->mac;

      odl_elan_remove_outside (odl, elan, dpid, &mac);
    }
}

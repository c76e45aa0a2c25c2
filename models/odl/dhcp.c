/* Designated computes, and the flows of table 18. */
#include "models/odl/dhcp.h"
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/dhcp-answer.h"
#include "models/odl/flows.h"
#include "models/odl/forwarding.h"
#include "models/odl/itm.h"
#include "models/odl/l2gw.h"

/* Does the controller take part in the DHCP of clients behind TORs? */
static gboolean
is_active (const Odl *odl)
{
  /* With the bug the listeners are started whether or not anybody here will answer. */
  if (odl_has_bug (odl, ODL_BUG_DHCP_PUNT_OFF))
    return TRUE;
  return odl->options.dhcp_enabled;
}

void
odl_designation_free (gpointer data)
{
  OdlDesignation *designation = data;

  g_free (designation->key);
  g_free (designation);
}

static char *
designation_key (const OdlElan *elan, const OdlElanTor *tor)
{
  char ip[NET_IPV4_TEXT];

  return g_strdup_printf ("%s %s", net_ipv4_format (tor->device->tunnel_ip, ip), elan->name);
}

static OdlDesignation *
find_designation (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor)
{
  g_autofree char *key = designation_key (elan, tor);

  return odl_registry_find (&odl->designated, key);
}

NetIpv4
odl_dhcp_designated_ip (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor)
{
  const OdlDesignation *designation = odl->options.dhcp_enabled ? find_designation (odl, elan, tor) : NULL;
  const OdlCompute *compute = designation ? odl_compute_find (odl, designation->dpid) : NULL;

  return compute ? compute->tunnel_ip : 0;
}

/* ---- the choice ---------------------------------------------------------------------------------------------- */

static gboolean
can_punt (const Odl *odl, guint64 dpid, const OdlElanTor *tor)
{
  return odl_monitor_tunnel_is_up (odl,
                                   odl_itm_external_tunnel (odl, dpid, odl_device_node_id (tor->device)));
}

static guint
n_designations (const Odl *odl, guint64 dpid)
{
  guint n = 0;

  for (guint i = 0; i < odl_registry_n (&odl->designated); i++)
    n += ((OdlDesignation *) odl_registry_at (&odl->designated, i))->dpid == dpid;
  return n;
}

/* The compute with the fewest designations, of those with an interface in the network or, where it has none anywhere,
 * of all; 0 when no tunnel to the TOR is up. */
static guint64
choose (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor)
{
  guint64 best = 0;

  for (guint i = 0; i < odl->computes->len; i++)
    {
      guint64 dpid = ((OdlCompute *) g_ptr_array_index (odl->computes, i))->dpid;

      if ((elan->computes->len > 0 && !odl_elan_compute (elan, dpid)) || !can_punt (odl, dpid, tor))
        continue;
      if (best == 0 || n_designations (odl, dpid) < n_designations (odl, best))
        best = dpid;
    }
  return best;
}

/* ---- table 18 ------------------------------------------------------------------------------------------------ */

static gboolean
is_direct_port (const Odl *odl, const OdlElan *elan, const NetMac *mac)
{
  for (guint i = 0; i < odl_registry_n (&odl->neutron.ports); i++)
    {
      const OdlPort *port = odl_registry_at (&odl->neutron.ports, i);

      if (port->behind_tor && net_mac_equal (&port->mac, mac) && g_str_equal (port->network_id, elan->name))
        return TRUE;
    }
  return FALSE;
}

/* The TOR that reported the address, NULL when none did. */
static const OdlElanTor *
find_reporter (const OdlElan *elan, const NetMac *mac)
{
  char text[NET_MAC_TEXT];

  net_mac_format (mac, text);
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *tor = odl_registry_at (&elan->tors, i);

      if (odl_registry_find (&tor->macs, text))
        return tor;
    }
  return NULL;
}

/* The TOR whose floods bring the client's requests; NULL while none is known. */
static const OdlElanTor *
find_way_in (const Odl *odl, const OdlElan *elan, const NetMac *mac)
{
  const OdlElanTor *reporter = find_reporter (elan, mac);

  /* It takes the client's first request for its TOR to report it. */
  if (reporter || odl_has_bug (odl, ODL_BUG_DHCP_FIRST_LOST))
    return reporter;
  /* Behind which TOR the port is nobody knows yet; all of them flood to the computes of the network. */
  for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
    {
      const OdlElanTor *tor = odl_registry_at (&elan->tors, i);
      const OdlDesignation *designation = find_designation (odl, elan, tor);

      if (designation && designation->dpid)
        return tor;
    }
  return NULL;
}

/* TORs flood to all computes: only one of them may bring a request here. */
static gboolean
may_punt (const Odl *odl, const OdlDesignation *designation, const OdlCompute *compute)
{
  /* Designations are read before they are filled again: nobody is the designated one. */
  if (odl_has_bug (odl, ODL_BUG_DHCP_RESTART_DROP) && odl->restarted)
    return FALSE;
  if (odl_has_bug (odl, ODL_BUG_DHCP_MANY_REPLIES)) /* there was no designation */
    return TRUE;
  return compute->dpid == designation->dpid;
}

static void
write_mac (Odl *odl, const OdlElan *elan, const NetMac *mac)
{
  const OdlElanTor *tor = find_way_in (odl, elan, mac);
  const OdlDesignation *designation = tor ? find_designation (odl, elan, tor) : NULL;
  gboolean wanted = designation && is_direct_port (odl, elan, mac);
  /* The flow is for the address on whatever network, and the network that writes it last has it. */
  const guint32 *vni = odl_has_bug (odl, ODL_BUG_DHCP_SAME_MAC) ? NULL : &elan->vni;

  for (guint i = 0; i < odl->computes->len; i++)
    {
      OdlCompute *compute = g_ptr_array_index (odl->computes, i);
      OpenflowFlowMod flow;

      odl_flow_dhcp_external (&flow, mac, vni, wanted && may_punt (odl, designation, compute));
      if (wanted)
        odl_forwarding_write (compute, &flow);
      else
        odl_forwarding_remove (compute, &flow);
    }
}

/* ---- ARP ----------------------------------------------------------------------------------------------------- */

/* Renewals are unicast: clients behind TORs ask who the server is, and the designated compute answers.  Without a
 * designation the flows go from all. */
static void
write_responder (Odl *odl, const OdlElan *elan, const OdlDesignation *designation, const OdlLease *lease)
{
  for (guint i = 0; elan->has_vni && i < odl->computes->len; i++)
    {
      OdlCompute *compute = g_ptr_array_index (odl->computes, i);
      gboolean answers = designation && designation->dpid == compute->dpid;
      void (*apply) (OdlCompute * compute, OpenflowFlowMod * flow)
          = answers ? odl_forwarding_write : odl_forwarding_remove;
      OpenflowFlowMod flow;

      odl_flow_arp_external (&flow, elan->tag, elan->vni, lease->server_ip);
      apply (compute, &flow);
      odl_flow_arp_responder (&flow, elan->tag, lease->server_ip, &lease->server_mac);
      apply (compute, &flow);
    }
}

/* For the servers of the network's direct ports; `designation` NULL: nobody answers any more. */
static void
write_responders (Odl *odl, const OdlElan *elan, const OdlDesignation *designation)
{
  if (!odl->options.dhcp_enabled || odl_has_bug (odl, ODL_BUG_DHCP_ARP)) /* it was thought of for DHCP only */
    return;
  for (guint i = 0; i < odl_registry_n (&odl->neutron.ports); i++)
    {
      const OdlPort *port = odl_registry_at (&odl->neutron.ports, i);
      OdlLease lease;

      if (port->behind_tor && g_str_equal (port->network_id, elan->name)
          && odl_dhcp_find_lease (&odl->neutron, port, &lease))
        write_responder (odl, elan, designation, &lease);
    }
}

/* Of what the TOR reported, and of the ports that no TOR has reported yet. */
static void
write_all_macs (Odl *odl, const OdlElan *elan, const OdlElanTor *tor)
{
  for (guint i = 0; i < odl_registry_n (&tor->macs); i++)
    write_mac (odl, elan, odl_registry_at (&tor->macs, i));
  if (odl_has_bug (odl, ODL_BUG_DHCP_FIRST_LOST)) /* these are not looked for */
    return;
  for (guint i = 0; i < odl_registry_n (&odl->neutron.ports); i++)
    {
      const OdlPort *port = odl_registry_at (&odl->neutron.ports, i);

      if (port->behind_tor && g_str_equal (port->network_id, elan->name) && !find_reporter (elan, &port->mac))
        write_mac (odl, elan, &port->mac);
    }
}

/* ---- designations -------------------------------------------------------------------------------------------- */

static void
designate (Odl *odl, OdlElan *elan, OdlElanTor *tor)
{
  OdlDesignation *designation = find_designation (odl, elan, tor);
  gboolean is_new = !designation;

  if (designation && designation->dpid && can_punt (odl, designation->dpid, tor))
    return;
  if (is_new)
    {
      designation = g_new0 (OdlDesignation, 1);
      designation->key = designation_key (elan, tor);
      odl_registry_put (&odl->designated, designation->key, designation);
    }
  designation->dpid = 0;
  designation->dpid = choose (odl, elan, tor);
  odl_record (odl, "designated-switch", is_new ? "add" : "change", designation->key,
              json_pack ("{s:I}", "dpn", (json_int_t) designation->dpid));
  write_all_macs (odl, elan, tor);
  write_responders (odl, elan, designation);
}

void
odl_dhcp_tor_joined (Odl *odl, OdlElan *elan, OdlElanTor *tor)
{
  if (is_active (odl))
    designate (odl, elan, tor);
}

void
odl_dhcp_tor_left (Odl *odl, OdlElan *elan, OdlElanTor *tor)
{
  g_autofree char *key = designation_key (elan, tor);

  if (odl_registry_remove (&odl->designated, key))
    {
      odl_record (odl, "designated-switch", "remove", key, NULL);
      write_all_macs (odl, elan, tor);
      write_responders (odl, elan, NULL);
    }
}

void
odl_dhcp_tunnel_changed (Odl *odl, const char *node_id)
{
  for (guint e = 0; is_active (odl) && e < odl_registry_n (&odl->elans); e++)
    {
      OdlElan *elan = odl_registry_at (&odl->elans, e);

      for (guint i = 0; i < odl_registry_n (&elan->tors); i++)
        {
          OdlElanTor *tor = odl_registry_at (&elan->tors, i);

          if (g_strcmp0 (odl_device_node_id (tor->device), node_id) != 0)
            continue;
          /* The events of the compute and of its tunnel each find the other unknown. */
          if (odl_has_bug (odl, ODL_BUG_DHCP_NO_FLOW) && odl_dhcp_designated_ip (odl, elan, tor) == 0)
            continue;
          designate (odl, elan, tor);
        }
    }
}

void
odl_dhcp_mac_changed (Odl *odl, OdlElan *elan, const NetMac *mac)
{
  const OdlElanTor *tor = find_reporter (elan, mac);

  if (!is_active (odl))
    return;
  write_mac (odl, elan, mac);
  if (tor)
    write_responders (odl, elan, find_designation (odl, elan, tor));
}

void
odl_dhcp_port_changed (Odl *odl, const OdlPort *port)
{
  OdlElan *elan = odl_elan_find (odl, port->network_id);

  if (elan && is_active (odl))
    write_mac (odl, elan, &port->mac);
}

/* The administrator's settings of a VF: `ip link set em1 vf N …` with ixgbe's checks. */
#include "models/nic/device.h"

#define MBIT              G_GUINT64_CONSTANT (1000000)
#define RATED_LINK_MBPS   10000u /* ixgbe limits VFs only at 10 Gbit/s */
#define SLOWEST_RATE_MBPS 11u

gboolean
nic_device_set_mac (NicDevice *device, guint vf, const NetMac *mac, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);
  char text[NET_MAC_TEXT];

  if (!function)
    return FALSE;
  if (net_mac_is_group (mac))
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID,
                   "VF %u cannot have the group address %s; take a unicast one", vf,
                   net_mac_format (mac, text));
      return FALSE;
    }
  function->info.mac = *mac;
  function->info.mac_set_by_admin = !net_mac_is_zero (mac);
  return TRUE;
}

/* A port VLAN revokes what the guest had asked for; taking it away leaves untagged access. */
gboolean
nic_device_set_vlan (NicDevice *device, guint vf, guint vlan, guint qos, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function)
    return FALSE;
  if (vlan > 4095 || qos > 7)
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID,
                   "VF %u cannot have VLAN %u with priority %u; VLANs are 0 to 4095, priorities 0 to 7", vf,
                   vlan, qos);
      return FALSE;
    }
  function->info.vlan = vlan;
  function->info.qos = qos;
  g_array_set_size (function->vlans, 0);
  return TRUE;
}

gboolean
nic_device_set_spoofchk (NicDevice *device, guint vf, gboolean on, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function)
    return FALSE;
  function->info.spoofchk = on;
  return TRUE;
}

/* A change makes the VF's driver start over. */
gboolean
nic_device_set_trust (NicDevice *device, guint vf, gboolean on, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function)
    return FALSE;
  if (function->info.trust == on)
    return TRUE;
  function->info.trust = on;
  return nic_device_reset_vf (device, vf, error);
}

gboolean
nic_device_set_link_state (NicDevice *device, guint vf, NicLinkState state, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function)
    return FALSE;
  if (state != NIC_LINK_ENABLE)
    function->info.link_state = state;
  return TRUE;
}

gboolean
nic_device_set_rate (NicDevice *device, guint vf, guint min_tx_mbps, guint max_tx_mbps, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);
  guint64 link_mbps = device->link_rate_bps / MBIT;

  if (!function)
    return FALSE;
  if (!device->wire_up)
    g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID, "VF %u cannot be limited while the link is down", vf);
  else if (link_mbps != RATED_LINK_MBPS)
    g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID,
                 "VF %u cannot be limited on a link of %" G_GUINT64_FORMAT " Mbit/s; only at %u Mbit/s", vf,
                 link_mbps, RATED_LINK_MBPS);
  else if (min_tx_mbps != 0)
    g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID,
                 "VF %u cannot have a minimum rate; this card knows only 0", vf);
  else if (max_tx_mbps != 0 && (max_tx_mbps < SLOWEST_RATE_MBPS || max_tx_mbps > RATED_LINK_MBPS))
    g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID,
                 "VF %u cannot be limited to %u Mbit/s; 0 for no limit, or %u to %u Mbit/s", vf, max_tx_mbps,
                 SLOWEST_RATE_MBPS, RATED_LINK_MBPS);
  else
    {
      function->info.max_tx_mbps = max_tx_mbps;
      return TRUE;
    }
  return FALSE;
}

gboolean
nic_device_add_pf_mac (NicDevice *device, const NetMac *mac, GError **error)
{
  char text[NET_MAC_TEXT];

  if (net_mac_is_group (mac) || net_mac_is_zero (mac))
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID, "%s is no address for a filter; take a unicast one",
                   net_mac_format (mac, text));
      return FALSE;
    }
  if (nic_pf_owns_mac (device, mac))
    return TRUE;
  if (device->pf_macs->len > NIC_PF_ADDRESS_ENTRIES)
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_NO_SPACE, "the PF's %u address filters are in use",
                   NIC_PF_ADDRESS_ENTRIES);
      return FALSE;
    }
  g_array_append_val (device->pf_macs, *mac);
  return TRUE;
}

/* What a VF's driver asks of the PF's over the mailbox, and what ixgbe grants. */
#include "models/nic/device.h"

static gboolean
is_own_business (const NicVf *vf)
{
  return !vf->info.mac_set_by_admin || vf->info.trust;
}

/* Port VLAN, administrator's MAC, trust, rates and link state outlive a reset. */
gboolean
nic_device_reset_vf (NicDevice *device, guint vf, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function)
    return FALSE;
  g_array_set_size (function->vlans, 0);
  g_array_set_size (function->groups, 0);
  g_array_set_size (function->extra_macs, 0);
  function->info.rx_mode = NIC_RX_MULTI;
  return TRUE;
}

static gboolean
check_unicast (guint vf, const NetMac *mac, GError **error)
{
  char text[NET_MAC_TEXT];

  if (!net_mac_is_group (mac) && !net_mac_is_zero (mac))
    return TRUE;
  g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID, "VF %u asked for %s, which is no unicast address", vf,
               net_mac_format (mac, text));
  return FALSE;
}

gboolean
nic_device_request_mac (NicDevice *device, guint vf, const NetMac *mac, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function || !check_unicast (vf, mac, error))
    return FALSE;
  if (!is_own_business (function) && !net_mac_equal (mac, &function->info.mac))
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_NOT_PERMITTED,
                   "VF %u attempted to override its administratively set MAC; set trust on to allow it", vf);
      return FALSE;
    }
  function->info.mac = *mac;
  return TRUE;
}

/* The address entries that PF and VFs have not reserved are shared by all VFs. */
static guint
n_free_entries (const NicDevice *device)
{
  guint n = NIC_ADDRESS_ENTRIES - NIC_PF_ADDRESS_ENTRIES - 1 - device->n_vfs;

  for (guint i = 0; i < device->n_vfs; i++)
    n -= device->vfs[i].extra_macs->len;
  return n;
}

gboolean
nic_device_request_extra_mac (NicDevice *device, guint vf, const NetMac *mac, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function || !check_unicast (vf, mac, error))
    return FALSE;
  if (!is_own_business (function))
    {
      g_set_error (
          error, NIC_ERROR, NIC_ERROR_NOT_PERMITTED,
          "VF %u asked for a further address, which is administratively denied; set trust on to allow it",
          vf);
      return FALSE;
    }
  if (nic_vf_owns_mac (function, mac))
    return TRUE;
  if (n_free_entries (device) == 0)
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_NO_SPACE, "no address filter is free for VF %u", vf);
      return FALSE;
    }
  g_array_append_val (function->extra_macs, *mac);
  return TRUE;
}

/* Distinct VLANs of all VFs: the filter table has one entry a VLAN. */
static guint
n_vlans_in_use (const NicDevice *device)
{
  guint8 seen[4096 / 8] = { 0 };
  guint n = 0;

  for (guint i = 0; i < device->n_vfs; i++)
    {
      const NicVf *vf = &device->vfs[i];
      seen[vf->info.vlan / 8] |= (guint8) (1u << vf->info.vlan % 8);
      for (guint j = 0; j < vf->vlans->len; j++)
        {
          guint vlan = g_array_index (vf->vlans, guint16, j);
          seen[vlan / 8] |= (guint8) (1u << vlan % 8);
        }
    }
  for (guint vlan = 0; vlan < 4096; vlan++)
    n += seen[vlan / 8] >> vlan % 8 & 1;
  return n;
}

gboolean
nic_device_request_vlan (NicDevice *device, guint vf, guint vlan, gboolean add, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);
  guint16 value = (guint16) vlan;

  if (!function)
    return FALSE;
  if (vlan > 4095)
    g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID, "VF %u asked for VLAN %u; VLANs are 0 to 4095", vf,
                 vlan);
  else if (nic_vf_has_port_vlan (function))
    g_set_error (
        error, NIC_ERROR, NIC_ERROR_NOT_PERMITTED,
        "VF %u attempted to override its administratively set VLAN; take the port VLAN %u away first", vf,
        function->info.vlan);
  else if (vlan == NIC_VLAN_NONE)
    return TRUE;
  else if (!add)
    {
      for (guint i = 0; i < function->vlans->len; i++)
        if (g_array_index (function->vlans, guint16, i) == vlan)
          g_array_remove_index (function->vlans, i--);
      return TRUE;
    }
  else if (nic_vf_allows_vlan (function, vlan))
    return TRUE;
  else if (n_vlans_in_use (device) >= NIC_VLAN_ENTRIES)
    g_set_error (error, NIC_ERROR, NIC_ERROR_NO_SPACE, "the card's %u VLAN filters are in use",
                 NIC_VLAN_ENTRIES);
  else
    {
      g_array_append_val (function->vlans, value);
      return TRUE;
    }
  return FALSE;
}

gboolean
nic_device_request_group (NicDevice *device, guint vf, const NetMac *group, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);
  char text[NET_MAC_TEXT];

  if (!function)
    return FALSE;
  if (!net_mac_is_group (group))
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_INVALID, "VF %u asked for %s, which is no group address", vf,
                   net_mac_format (group, text));
      return FALSE;
    }
  if (function->info.rx_mode == NIC_RX_NONE)
    function->info.rx_mode = NIC_RX_MULTI;
  if (nic_vf_wants_group (function, group))
    return TRUE;
  if (function->groups->len == NIC_VF_GROUPS)
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_NO_SPACE,
                   "VF %u has %u groups already, which is all it may have", vf, NIC_VF_GROUPS);
      return FALSE;
    }
  g_array_append_val (function->groups, *group);
  return TRUE;
}

/* A VF that is not trusted and asks for more gets multicast, and is not told. */
gboolean
nic_device_request_rx_mode (NicDevice *device, guint vf, NicRxMode mode, GError **error)
{
  NicVf *function = nic_device_vf (device, vf, error);

  if (!function)
    return FALSE;
  if (mode > NIC_RX_MULTI && !function->info.trust)
    mode = NIC_RX_MULTI;
  if (mode == NIC_RX_PROMISC && device->card == NIC_CARD_82599)
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_NOT_SUPPORTED,
                   "VF %u cannot be promiscuous: the 82599 has no such mode", vf);
      return FALSE;
    }
  if (mode == NIC_RX_PROMISC && !device->pf_promisc)
    {
      g_set_error (error, NIC_ERROR, NIC_ERROR_NOT_PERMITTED,
                   "VF %u cannot be promiscuous while the PF is not; set the PF promiscuous first", vf);
      return FALSE;
    }
  function->info.rx_mode = mode;
  return TRUE;
}

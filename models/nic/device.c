/* The card's registers and what the filters among them match. */
#include "models/nic/device.h"

#define DEFAULT_RATE_BPS (10 * G_GUINT64_CONSTANT (1000000000))

G_DEFINE_QUARK (nic - error - quark, nic_error)

NicDevice *
nic_device_new (const NicPfConfig *config)
{
  NicDevice *device = g_new0 (NicDevice, 1);

  g_assert (config->n_vfs <= NIC_MAX_VFS);
  device->card = config->card;
  device->mode = config->mode;
  device->link_rate_bps = config->link_rate_bps ? config->link_rate_bps : DEFAULT_RATE_BPS;
  device->pf_listens = config->host_port;
  device->pf_macs = g_array_new (FALSE, FALSE, sizeof (NetMac));
  g_array_append_val (device->pf_macs, config->mac);
  device->n_vfs = config->n_vfs;
  device->vfs = g_new0 (NicVf, config->n_vfs);
  for (guint i = 0; i < device->n_vfs; i++)
    {
      device->vfs[i].info
          = (NicVfInfo){ .spoofchk = TRUE, .link_state = NIC_LINK_AUTO, .rx_mode = NIC_RX_NONE };
      device->vfs[i].extra_macs = g_array_new (FALSE, FALSE, sizeof (NetMac));
      device->vfs[i].groups = g_array_new (FALSE, FALSE, sizeof (NetMac));
      device->vfs[i].vlans = g_array_new (FALSE, FALSE, sizeof (guint16));
    }
  return device;
}

void
nic_device_free (NicDevice *device)
{
  if (!device)
    return;
  for (guint i = 0; i < device->n_vfs; i++)
    {
      g_array_unref (device->vfs[i].extra_macs);
      g_array_unref (device->vfs[i].groups);
      g_array_unref (device->vfs[i].vlans);
    }
  g_array_unref (device->pf_macs);
  g_free (device->vfs);
  g_free (device);
}

NicVf *
nic_device_vf (NicDevice *device, guint vf, GError **error)
{
  if (vf < device->n_vfs)
    return &device->vfs[vf];
  if (device->n_vfs == 0)
    g_set_error (error, NIC_ERROR, NIC_ERROR_NO_SUCH_VF, "there is no VF %u; the PF has none", vf);
  else
    g_set_error (error, NIC_ERROR, NIC_ERROR_NO_SUCH_VF, "there is no VF %u; the PF has 0 to %u", vf,
                 device->n_vfs - 1);
  return NULL;
}

static gboolean
contains (const GArray *macs, const NetMac *mac)
{
  for (guint i = 0; i < macs->len; i++)
    if (net_mac_equal (&g_array_index (macs, NetMac, i), mac))
      return TRUE;
  return FALSE;
}

gboolean
nic_vf_owns_mac (const NicVf *vf, const NetMac *mac)
{
  if (net_mac_is_zero (mac))
    return FALSE;
  return net_mac_equal (&vf->info.mac, mac) || contains (vf->extra_macs, mac);
}

gboolean
nic_vf_allows_vlan (const NicVf *vf, guint vlan)
{
  if (nic_vf_has_port_vlan (vf))
    return vlan == vf->info.vlan;
  if (vlan == NIC_VLAN_NONE)
    return TRUE;
  for (guint i = 0; i < vf->vlans->len; i++)
    if (g_array_index (vf->vlans, guint16, i) == vlan)
      return TRUE;
  return FALSE;
}

gboolean
nic_vf_wants_group (const NicVf *vf, const NetMac *group)
{
  if (net_mac_equal (group, &net_mac_broadcast) || vf->info.rx_mode >= NIC_RX_ALLMULTI)
    return TRUE;
  return vf->info.rx_mode == NIC_RX_MULTI && contains (vf->groups, group);
}

gboolean
nic_pf_owns_mac (const NicDevice *device, const NetMac *mac)
{
  return contains (device->pf_macs, mac);
}

/* The administrator's and the guest driver's calls on a server's card: passed to the card's registers, told to the
 * trace. */
#include "models/nic/host-private.h"

static NetWorld *
world (NicPf *pf)
{
  return &((SimNode *) pf->host)->world;
}

/* ---- state records ------------------------------------------------------------------------------------------- */

static void
tell (NicPf *pf, const char *table, const char *op, const char *key, const char *json)
{
  net_world_state (world (pf), &(NetState){ .table = table, .op = op, .key = key, .json = json });
}

void
nic_pf_tell (NicPf *pf, const char *op)
{
  const NicDevice *device = pf->device;
  g_autofree char *json = NULL;
  char mac[NET_MAC_TEXT];

  if (!world (pf)->detail)
    return;
  json = g_strdup_printf ("{\"mac\":\"%s\",\"mode\":\"%s\",\"vfs\":%u,\"promisc\":%s,\"up\":%s}",
                          net_mac_format (&g_array_index (device->pf_macs, NetMac, 0), mac),
                          device->mode == NIC_VEB ? "veb" : "vepa", device->n_vfs,
                          device->pf_promisc ? "true" : "false", device->wire_up ? "true" : "false");
  tell (pf, "pf", op, pf->name, json);
}

static const char *
link_state_word (NicLinkState state)
{
  static const char *const words[] = { "auto", "enable", "disable" };
  return words[state];
}

void
nic_vf_tell (NicPf *pf, guint vf, const char *op)
{
  const NicVfInfo *info = &pf->device->vfs[vf].info;
  g_autofree char *json = NULL, *key = NULL;
  char mac[NET_MAC_TEXT];

  if (!world (pf)->detail)
    return;
  key = g_strdup_printf ("%sv%u", pf->name, vf);
  json = g_strdup_printf ("{\"mac\":\"%s\",\"vlan\":%u,\"qos\":%u,\"spoofchk\":\"%s\",\"trust\":\"%s\","
                          "\"link_state\":\"%s\",\"max_tx_rate\":%u,\"min_tx_rate\":%u}",
                          net_mac_format (&info->mac, mac), info->vlan, info->qos,
                          info->spoofchk ? "on" : "off", info->trust ? "on" : "off",
                          link_state_word (info->link_state), info->max_tx_mbps, info->min_tx_mbps);
  tell (pf, "vf", op, key, json);
}

/* A setting that was granted is told. */
static gboolean
granted (NicPf *pf, guint vf, gboolean ok)
{
  if (ok)
    nic_vf_tell (pf, vf, "change");
  return ok;
}

/* ---- the administrator --------------------------------------------------------------------------------------- */

const NicVfInfo *
nic_pf_vf (const NicPf *pf, guint vf)
{
  g_assert (vf < pf->device->n_vfs);
  return &pf->device->vfs[vf].info;
}

gboolean
nic_vf_set_mac (NicPf *pf, guint vf, const NetMac *mac, GError **error)
{
  return granted (pf, vf, nic_device_set_mac (pf->device, vf, mac, error));
}

gboolean
nic_vf_set_vlan (NicPf *pf, guint vf, guint vlan, guint qos, GError **error)
{
  return granted (pf, vf, nic_device_set_vlan (pf->device, vf, vlan, qos, error));
}

gboolean
nic_vf_set_spoofchk (NicPf *pf, guint vf, gboolean on, GError **error)
{
  return granted (pf, vf, nic_device_set_spoofchk (pf->device, vf, on, error));
}

gboolean
nic_vf_set_trust (NicPf *pf, guint vf, gboolean on, GError **error)
{
  return granted (pf, vf, nic_device_set_trust (pf->device, vf, on, error));
}

gboolean
nic_vf_set_link_state (NicPf *pf, guint vf, NicLinkState state, GError **error)
{
  if (state == NIC_LINK_ENABLE)
    net_world_log (world (pf), NET_LOG_WARNING, "nic", "%s: VF %u: link state enable is not supported",
                   pf->name, vf);
  return granted (pf, vf, nic_device_set_link_state (pf->device, vf, state, error));
}

gboolean
nic_vf_set_rate (NicPf *pf, guint vf, guint min_tx_mbps, guint max_tx_mbps, GError **error)
{
  if (!nic_device_set_rate (pf->device, vf, min_tx_mbps, max_tx_mbps, error))
    return FALSE;
  nic_host_apply_rate (pf, vf);
  return granted (pf, vf, TRUE);
}

void
nic_pf_set_mode (NicPf *pf, NicMode mode)
{
  pf->device->mode = mode;
  nic_pf_tell (pf, "change");
}

void
nic_pf_set_promisc (NicPf *pf, gboolean on)
{
  pf->device->pf_promisc = on;
  nic_pf_tell (pf, "change");
}

gboolean
nic_pf_add_mac (NicPf *pf, const NetMac *mac, GError **error)
{
  return nic_device_add_pf_mac (pf->device, mac, error);
}

/* ---- the guest's driver -------------------------------------------------------------------------------------- */

gboolean
nic_vf_load_driver (NicPf *pf, guint vf, const NetMac *mac, GError **error)
{
  if (!nic_device_reset_vf (pf->device, vf, error))
    return FALSE;
  if (mac && !pf->device->vfs[vf].info.mac_set_by_admin
      && !nic_device_request_mac (pf->device, vf, mac, error))
    return FALSE;
  return granted (pf, vf, TRUE);
}

gboolean
nic_vf_request_mac (NicPf *pf, guint vf, const NetMac *mac, GError **error)
{
  return granted (pf, vf, nic_device_request_mac (pf->device, vf, mac, error));
}

gboolean
nic_vf_request_extra_mac (NicPf *pf, guint vf, const NetMac *mac, GError **error)
{
  return granted (pf, vf, nic_device_request_extra_mac (pf->device, vf, mac, error));
}

gboolean
nic_vf_request_vlan (NicPf *pf, guint vf, guint vlan, gboolean add, GError **error)
{
  return granted (pf, vf, nic_device_request_vlan (pf->device, vf, vlan, add, error));
}

gboolean
nic_vf_request_group (NicPf *pf, guint vf, const NetMac *group, GError **error)
{
  return granted (pf, vf, nic_device_request_group (pf->device, vf, group, error));
}

gboolean
nic_vf_request_rx_mode (NicPf *pf, guint vf, NicRxMode mode, GError **error)
{
  return granted (pf, vf, nic_device_request_rx_mode (pf->device, vf, mode, error));
}

void
nic_pf_free (NicPf *pf)
{
  for (guint i = 0; i < pf->device->n_vfs; i++)
    {
      net_world_timer_cancel (world (pf), &pf->lanes[i].timer);
      nic_shaper_clear (&pf->lanes[i].shaper);
    }
  g_free (pf->lanes);
  nic_device_free (pf->device);
  g_free (pf->name);
  g_free (pf);
}

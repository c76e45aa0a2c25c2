/* One function a kind of value; the first mistake is what `info` tells. */
#include "gateway/tunnel-config.h"

static void
complain (VtepTunnelConfig *out, const char *column, const char *key, const char *text, const char *expected)
{
  if (!out->info[0])
    g_snprintf (out->info, sizeof out->info, "%s:%s '%s' is not %s; the default is used", column, key, text,
                expected);
}

static gboolean
read_boolean (VtepTunnelConfig *out, const OvsdbRow *row, const char *key)
{
  const char *text = ovsdb_row_map_text (row, "bfd_params", key);

  if (!text || strcmp (text, "false") == 0)
    return FALSE;
  if (strcmp (text, "true") != 0)
    complain (out, "bfd_params", key, text, "true or false");
  return strcmp (text, "true") == 0;
}

static guint32
read_interval (VtepTunnelConfig *out, const OvsdbRow *row, const char *key, guint32 lowest, guint32 fallback)
{
  const char *text = ovsdb_row_map_text (row, "bfd_params", key);
  guint64 value;

  if (!text)
    return fallback;
  if (g_ascii_string_to_unsigned (text, 10, lowest, VTEP_BFD_INTERVAL_MAX, &value, NULL))
    return (guint32) value;
  complain (out, "bfd_params", key, text, "a number of milliseconds up to 4294967");
  return fallback;
}

static gboolean
read_role (VtepTunnelConfig *out, const OvsdbRow *row)
{
  const char *text = ovsdb_row_map_text (row, "bfd_params", "role");

  if (!text || strcmp (text, "active") == 0)
    return FALSE;
  if (strcmp (text, "passive") != 0)
    complain (out, "bfd_params", "role", text, "active or passive");
  return strcmp (text, "passive") == 0;
}

static void
read_mac (VtepTunnelConfig *out, const OvsdbRow *row, const char *column, NetMac *mac)
{
  const char *text = ovsdb_row_map_text (row, column, "bfd_dst_mac");

  net_mac_from_text (VTEP_BFD_MAC_DEFAULT, mac);
  if (text && !net_mac_from_text (text, mac))
    complain (out, column, "bfd_dst_mac", text, "a MAC address");
}

static void
read_ip (VtepTunnelConfig *out, const OvsdbRow *row, const char *column, const char *fallback, NetIpv4 *ip)
{
  const char *text = ovsdb_row_map_text (row, column, "bfd_dst_ip");

  net_ipv4_from_text (fallback, ip);
  if (text && !net_ipv4_from_text (text, ip))
    complain (out, column, "bfd_dst_ip", text, "an IPv4 address");
}

void
vtep_tunnel_config_read (const OvsdbRow *row, VtepTunnelConfig *out)
{
  *out = (VtepTunnelConfig){ .enabled = FALSE };
  out->enabled = read_boolean (out, row, "enable");
  out->check_key = read_boolean (out, row, "check_tnl_key");
  out->bfd.min_rx_ms = read_interval (out, row, "min_rx", 1, VTEP_BFD_MIN_RX_DEFAULT);
  out->bfd.min_tx_ms = read_interval (out, row, "min_tx", 1, VTEP_BFD_MIN_TX_DEFAULT);
  out->bfd.decay_min_rx_ms = read_interval (out, row, "decay_min_rx", 0, 0);
  out->bfd.forwarding_if_rx = read_boolean (out, row, "forwarding_if_rx");
  out->bfd.cpath_down = read_boolean (out, row, "cpath_down");
  out->bfd.passive = read_role (out, row);
  read_mac (out, row, "bfd_config_local", &out->local_mac);
  read_mac (out, row, "bfd_config_remote", &out->remote_mac);
  read_ip (out, row, "bfd_config_local", VTEP_BFD_LOCAL_IP_DEFAULT, &out->local_ip);
  read_ip (out, row, "bfd_config_remote", VTEP_BFD_REMOTE_IP_DEFAULT, &out->remote_ip);
}

gboolean
vtep_tunnel_config_expects (const VtepTunnelConfig *config, NetIpv4 destination)
{
  NetIpv4 local_default, remote_default;

  net_ipv4_from_text (VTEP_BFD_LOCAL_IP_DEFAULT, &local_default);
  net_ipv4_from_text (VTEP_BFD_REMOTE_IP_DEFAULT, &remote_default);
  return destination == config->local_ip
         || (config->local_ip == local_default && destination == remote_default);
}

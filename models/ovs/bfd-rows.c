/* Maps of strings, read leniently. */
#include "models/ovs/bfd-rows.h"

#include "gateway/bfd-status.h"
#include "ovsdb/build.h"

static gboolean
read_boolean (const OvsdbRow *row, const char *key)
{
  const char *text = ovsdb_row_map_text (row, "bfd", key);

  return text && g_ascii_strcasecmp (text, "true") == 0;
}

/* What is below `lowest` counts as that. */
static guint32
read_interval (const OvsdbRow *row, const char *key, gint64 lowest, guint32 fallback)
{
  const char *text = ovsdb_row_map_text (row, "bfd", key);
  gint64 number;

  if (!text || !g_ascii_string_to_signed (text, 10, G_MININT32, G_MAXINT32, &number, NULL))
    return fallback;
  return (guint32) CLAMP (number, lowest, (gint64) VTEP_BFD_INTERVAL_MAX);
}

static guint8
read_multiplier (const OvsdbRow *row)
{
  const char *text = ovsdb_row_map_text (row, "bfd", "mult");
  guint64 number = 0;

  if (text && !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT8, &number, NULL))
    number = 0;
  return (guint8) number;
}

static NetMac
read_mac (const OvsdbRow *row, const char *key, const char *fallback)
{
  const char *text = ovsdb_row_map_text (row, "bfd", key);
  NetMac mac = { 0 };

  if (!text || !net_mac_from_text (text, &mac) || net_mac_is_zero (&mac))
    net_mac_from_text (fallback, &mac);
  return mac;
}

static NetIpv4
read_ip (const OvsdbRow *row, const char *key, NetIpv4 fallback)
{
  const char *text = ovsdb_row_map_text (row, "bfd", key);
  NetIpv4 ip;

  return text && net_ipv4_from_text (text, &ip) ? ip : fallback;
}

gboolean
ovs_bfd_rows_read (const OvsdbRow *row, OvsBfdConfig *out)
{
  static const char nothing[] = "00:00:00:00:00:00";

  *out = (OvsBfdConfig){
    .machine = { .min_tx_ms = read_interval (row, "min_tx", 1, VTEP_BFD_MIN_TX_DEFAULT),
                 .min_rx_ms = read_interval (row, "min_rx", 1, VTEP_BFD_MIN_RX_DEFAULT),
                 .decay_min_rx_ms = read_interval (row, "decay_min_rx", 0, 0),
                 .forwarding_if_rx = read_boolean (row, "forwarding_if_rx"),
                 .cpath_down = read_boolean (row, "cpath_down"),
                 .multiplier = read_multiplier (row),
                 .keeps_diagnostic = TRUE },
    .check_key = read_boolean (row, "check_tnl_key"),
    .source = read_mac (row, "bfd_local_src_mac", nothing),
    .destination = read_mac (row, "bfd_local_dst_mac", OVS_BFD_MAC),
    .expected = read_mac (row, "bfd_remote_dst_mac", nothing),
    .source_ip = read_ip (row, "bfd_src_ip", OVS_BFD_SOURCE_IP),
    .destination_ip = read_ip (row, "bfd_dst_ip", OVS_BFD_DESTINATION_IP),
  };
  return read_boolean (row, "enable");
}

json_t *
ovs_bfd_rows_status (const OvsdbRow *row, const OvsBfdStatus *status)
{
  json_t *map = status ? vtep_bfd_status_map (&status->session) : json_object ();

  if (status)
    json_object_set_new (map, "flap_count", json_sprintf ("%" G_GUINT64_FORMAT, status->n_flaps));
  if (!vtep_bfd_status_is_said (row, "bfd_status", map))
    return ovsdb_json_map (map);
  json_decref (map);
  return NULL;
}

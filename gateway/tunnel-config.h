/* What a controller wrote into a Tunnel row, read; schema hardware_vtep, Tunnel.  Reading never fails: what cannot be
 * understood counts as its default, and `info` says so.
 *
 *   bfd_config_local:bfd_dst_mac, bfd_dst_ip     where we expect BFD packets    00:23:20:00:00:01, 169.254.1.0
 *   bfd_config_remote:bfd_dst_mac, bfd_dst_ip    where we send them             00:23:20:00:00:01, 169.254.1.1
 *   bfd_params:enable                            true or false                  false
 *   bfd_params:min_rx, min_tx                    milliseconds, 1 … 4294967      1000, 100
 *   bfd_params:decay_min_rx                      milliseconds, 0: off           0
 *   bfd_params:forwarding_if_rx, cpath_down, check_tnl_key                      false
 *   bfd_params:role                              active or passive, our own key active */
#pragma once

#include "gateway/bfd.h"
#include "net/address.h"
#include "ovsdb/row.h"

G_BEGIN_DECLS

#define VTEP_BFD_MAC_DEFAULT       "00:23:20:00:00:01"
#define VTEP_BFD_LOCAL_IP_DEFAULT  "169.254.1.0"
#define VTEP_BFD_REMOTE_IP_DEFAULT "169.254.1.1"

#define VTEP_TUNNEL_INFO 160u

typedef struct
{
  gboolean enabled;
  gboolean check_key; /* BFD packets count under VNI 0 only */
  VtepBfdConfig bfd;
  NetMac local_mac, remote_mac;
  NetIpv4 local_ip, remote_ip;
  char info[VTEP_TUNNEL_INFO]; /* "": all is well */
} VtepTunnelConfig;

void vtep_tunnel_config_read (const OvsdbRow *row, VtepTunnelConfig *out);

/* Whether a BFD packet to this address is for us.  While ours is the schema's default, the default of the other side is
 * taken as well: two hardware VTEPs left to their defaults send to 169.254.1.1 and expect 169.254.1.0. */
gboolean vtep_tunnel_config_expects (const VtepTunnelConfig *config, NetIpv4 destination);

G_END_DECLS

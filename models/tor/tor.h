/* A top-of-rack switch: the gateway library on a simulated node, or Open vSwitch's VTEP emulator in its place, with its
 * hardware_vtep database served on the management port.
 *
 * Ports, in this order: those of the configuration (em3 …), then "uplink" (the underlay), then "mgmt".  The lab gives
 * the node its management host by sim_host_new() on "mgmt", and then calls tor_start(). */
#pragma once

#include "models/emulator/emulator.h"
#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _TorNode TorNode;

#define TOR_PORT_UPLINK "uplink"
#define TOR_PORT_MGMT   "mgmt"

typedef struct
{
  const char *const *ports; /* names of the access ports */
  guint n_ports;
  const char *switch_name; /* Physical_Switch.name; NULL: the node's */
  const char *description; /* NULL: "" */
  NetIpv4 management_ip;   /* as written to Physical_Switch.management_ips; 0: none */

  NetMac uplink_mac;
  NetIpv4 tunnel_ip;
  guint prefix_length;
  NetIpv4 underlay_gateway; /* 0: none */
  guint mtu;                /* of the underlay; 0: 1500 */

  const char *schema; /* the version of its database, one of tor_schema_versions; NULL: 1.7.0 */
  const char *listen; /* NULL: "ptcp:6640"; "": does not listen */
  const char *const
      *managers; /* "tcp:10.8.125.18:6640", entered as Manager rows, so that the server dials them */
  guint n_managers;
  const char *ha_id; /* the Manager rows say that it is one of an HA pair; NULL: it is none */

  gboolean emulated; /* by Open vSwitch and its VTEP emulator, not by the gateway library */
  EmulatorBugs emulator_bugs;

  /* The gateway's. */
  gint64 mac_age_ns; /* 0: 300 s */
  guint max_macs;    /* 0: the library's default */
  VtepInnerVlan inner_vlan;

  gboolean
      lldp; /* access ports say every 30 s which they are (IEEE 802.1AB): system and port by their database names */
} TorConfig;

/* The network owns the node.  Its database has the Global, Physical_Switch and Physical_Port rows at once. */
TorNode *tor_new (SimNetwork *network, const char *name, const TorConfig *config);

/* Listens and dials; needs the management host.  FALSE when a target's text is wrong. */
gboolean tor_start (TorNode *tor, GError **error);

/* Restarts the database server: every session with it ends, and it listens and dials anew.  The rows stay, and so does
 * what is forwarded by them. */
void tor_restart_server (TorNode *tor);

/* The emulator's program; the bridges go on without it.  Nothing happens where there is none. */
void tor_stop_emulator (TorNode *tor);
void tor_start_emulator (TorNode *tor);

SimNode *tor_node (TorNode *tor);
/* NULL: the TOR is emulated. */
VtepGateway *tor_gateway (TorNode *tor);
OvsdbDatabase *tor_database (TorNode *tor);

G_END_DECLS

/* The controller: OpenDaylight's netvirt, genius and hwvtep southbound, as far as an SR-IOV and hardware-VTEP overlay
 * uses them.  Neutron and L2 gateway objects come in by one northbound door; flows and groups go to the computes over
 * OpenFlow 1.3, rows to the TORs over OVSDB.
 *
 * The controller is a node with one port, "mgmt".  It listens on ptcp:6653 (OpenFlow, computes dial), ptcp:6640 (OVSDB:
 * TORs and computes dial; told apart by their schema), ptcp:8181 and ptcp:8080 (REST), and dials the databases that
 * RESTCONF names.  It starts when the clock runs, so the caller first gives it its management address with
 * sim_host_new(). */
#pragma once

#include <jansson.h>

#include "sim/node.h"

G_BEGIN_DECLS

typedef struct _OdlController OdlController;

/* All zero is the real one's default. */
typedef struct
{
  gboolean dhcp_enabled; /* controller-dhcp-enabled: ODL itself answers DHCP */
  gboolean limit_bum;    /* limit-bumtraffic-to-dhcpserver: the agent's port hears DHCP, ARP and pings only */
  gint64 mac_timeout_ns; /* idle time of a learnt MAC; 0 = 300 s */
  const char *const *bugs;  /* NULL-terminated slugs, each one known to odl_bug_exists(); may be NULL */
  const char *const *fixes; /* the same for odl_fix_exists() */
} OdlConfig;

/* Bugs of the real one that can be switched on.  The names end with NULL; `odl_bug_about` is one sentence for a person,
 * NULL for an unknown slug. */
gboolean odl_bug_exists (const char *slug);
const char *const *odl_bug_names (void);
/* Those that the real one has to this day are on without being asked for, and can be switched off. */
gboolean odl_fix_exists (const char *slug);
const char *const *odl_fix_names (void);
const char *odl_bug_about (const char *slug);

/* The network owns the node.  An unknown bug or fix is a programmer's error (the caller has asked odl_bug_exists()). */
OdlController *odl_controller_new (SimNetwork *network, const char *name, const OdlConfig *config);

/* Ends every session, forgets all but the configuration (northbound objects, transport zones, dialled nodes, numbers that
 * were given out), and starts again at once. */
void odl_controller_restart (OdlController *controller);

static inline SimNode *
odl_controller_node (OdlController *controller)
{
  return (SimNode *) controller;
}

/* The northbound door.  Method and path as in HTTP, body and reply as JSON; returns the HTTP status.  `body` is
 * borrowed and may be NULL.  `reply` (may be NULL) receives a new reference, or NULL where HTTP has no body; for an
 * error it is {"error": {"status": 404, "message": "one sentence"}}.
 *
 *   POST GET PUT DELETE  /controller/nb/v2/neutron/{networks,subnets,ports,security-groups,security-group-rules,
 *     l2-gateways,l2gateway-connections}[/<id>]
 *     POST body {"network": {…}}, {"subnet": {…}}, {"port": {…}}, {"security_group": {…}}, {"security_group_rule": {…}},
 *     {"l2_gateway": {…}}, {"l2gateway_connection": {…}}
 *     201, 200, 200, 204; 400 a body that cannot be, 404 no such object, 409 it exists or is in use.
 *   POST  /restconf/config/itm:transport-zones/
 *     {"transport-zone": [{"zone-name", "tunnel-type": "odl-interface:tunnel-type-vxlan",
 *       "vteps": [{"dpn-id": 1, "ip-address": "10.8.125.18"}], "device-vteps": […]}]}                       → 204
 *     Computes that are named here are expected to come by OpenFlow and OVSDB before the controller is converged.
 *   GET   /restconf/config/itm:transport-zones/
 *   POST  /restconf/config/network-topology:network-topology/topology/hwvtep:1/      the controller dials a TOR's
 *     {"network-topology:node": [{"node-id": "hwvtep://10.8.125.20:6640",
 *       "hwvtep:connection-info": {"remote-ip": "10.8.125.20", "remote-port": 6640}}]}          database       → 204
 *   POST  …/topology/ovsdb:1/    the same with "ovsdb:connection-info": it dials a compute's database           → 204
 *   DELETE …/topology/{hwvtep:1,ovsdb:1}/node/<node-id, percent-encoded or not>                                 → 200
 *   PUT   /restconf/config/itm-config:tunnel-monitor-params     {"tunnel-monitor-params": {"enabled": true}}           → 204
 *   PUT   /restconf/config/itm-config:tunnel-monitor-interval   {"tunnel-monitor-interval": {"interval": 1000}}, in ms   → 204
 *     Computes (Interface.bfd) and TORs (Tunnel.bfd_params) are asked to watch their tunnels; GET shows the setting.
 *   PUT   /restconf/config/lldp-discovery:neighbors     an agent saw its neighbour                                    → 204
 *     {"neighbor": {"host": "server2", "interface": "em1", "physical-network": "physnet1", "ttl": 121,
 *       "chassis-id": "02:0a:08:7d:00:14", "system-name": "tor1", "port-id": "em3"}}
 *   GET   /restconf/config/lldp-discovery:neighbors     with "contradicts": the gateways say otherwise
 *   PUT   /restconf/config/itm-config:itm-config     {"itm-config": {"def-tz-enabled": true}}                          → 204
 *     Computes enter the default zone by their databases' other_config:local_ip, and with external_ids:transport-zone the
 *     zone of that name.  GET   /restconf/operational/itm:not-hosted-transport-zones shows those whose zone is not there.
 *   GET   /restconf/operational/network-topology:network-topology/topology/hwvtep:1[/node/<node-id>]   what TORs hold
 *   GET   /restconf/operational/itm-state:tunnels_state, /restconf/config/itm-state:{external-tunnel-list,dpn-endpoints}
 *
 * What it tells the trace (NetState; table, op, key):
 *   "controller", "converged" | "busy", the node's name    idle: no job queued, running or delayed by an event, every
 *                                                          transaction and barrier answered, every expected session up
 *   "session", "up" | "down", "openflow 1" | "hwvtep tor1" | "ovsdb 1" (datapath ids in decimal)
 *   "misuse", what a peer did against its protocol (net/misuse.h), the session; before it is known who that is, with the
 *                                                          peer's address: "openflow tcp:172.31.0.3"
 *   "tunnel", "up" | "down", "<datapath id or node id> <destination>"   monitored: its end says another state than before
 *   "elan-mac", "add" | "change" | "remove", "<network id> <mac>"; behind it the provider port by which one from outside came
 *   "elan", "add" | "change" | "remove", "<network id>"               with tag and vni
 *   "cable", "add" | "change" | "remove", "<host>/<card>"  with at ("tor1/em3") and contradicts
 *   "designated-switch", "add" | "change" | "remove", "<tunnel ip> <network id>" */
guint odl_northbound (OdlController *controller, const char *method, const char *path, const json_t *body,
                      json_t **reply);

G_END_DECLS

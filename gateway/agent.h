/* The hardware_vtep agent, reading side: keeps the gateway's tables equal to the database.  It hears every commit and
 * has applied it when the commit is over, so a row holds for the very next frame. */
#pragma once

#include "gateway/access-ports.h"
#include "gateway/arp-report.h"
#include "gateway/faults.h"
#include "gateway/locals.h"
#include "gateway/report.h"
#include "gateway/router-port.h"
#include "gateway/stats.h"
#include "gateway/tunnel-ips.h"
#include "gateway/tunnels.h"

G_BEGIN_DECLS

typedef struct _VtepAgent VtepAgent;

/* All borrowed. */
typedef struct
{
  NetWorld *world;
  OvsdbDatabase *database;
  VtepTables *tables;
  VtepLocals *locals;
  VtepReport *report;
  VtepTunnels *tunnels;
  VtepStats *stats;
  VtepFaults *faults;
  VtepRouterPort *router_port;
  VtepArpReport *arp_report;
  VtepTunnelIps *tunnel_ips;
  const char *switch_name;
  const VtepAccessPorts *ports;
  NetIpv4 tunnel_ip; /* rows that name it as a remote locator do not count */
} VtepAgentConfig;

/* Reads what the database holds, and listens from then on. */
VtepAgent *vtep_agent_new (const VtepAgentConfig *config);
void vtep_agent_free (VtepAgent *agent);

/* Access ports came: what their rows say holds.  One is about to go: nothing that was said of it does. */
void vtep_agent_follow_ports (VtepAgent *agent);
void vtep_agent_drop_port (VtepAgent *agent, VtepPort port);

/* The switch's own locator is another from now on. */
void vtep_agent_set_tunnel_ip (VtepAgent *agent, NetIpv4 tunnel_ip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepAgent, vtep_agent_free)

G_END_DECLS

/* A scenario as a network of nodes and links.  The lab holds the handles by which it acts on them (start a VM, cut a
 * link, tell Neutron); what it shows it reads from the trace. */
#pragma once

#include "lab/scenario.h"
#include "models/dhcp/dhcp-server.h"
#include "models/guest/guest.h"
#include "models/nic/nic.h"
#include "models/odl/odl.h"
#include "models/ovs/ovs-node.h"
#include "models/tor/tor.h"
#include "sim/link.h"
#include "sim/trace.h"

G_BEGIN_DECLS

/* By the indices of the scenario's arrays; members of other kinds are NULL. */
typedef struct
{
  const LabScenario *scenario;
  SimNetwork *network;
  OdlController *controller; /* NULL: nothing in the scenario needs one */
  SimNode **nodes;
  OvsNode **computes;
  TorNode **tors;
  NicHost **nic_hosts;
  Guest **guests;       /* by VM */
  guint *homes;         /* by VM: the node on which it is now */
  DhcpServer **servers; /* by network */
  gboolean telling;     /* the controller has not been told everything yet */
  gint64 told_ns;       /* the last call so far */
  SimLink **links;      /* those of the file, then the management links: see lab_scenario_find_link() */
} LabNet;

/* Builds everything at time 0 and starts nothing.  `trace` may be NULL; names of all addresses go to it. */
LabNet *lab_net_new (const LabScenario *scenario, SimTrace *trace);
void lab_net_free (LabNet *net);

/* Plugs a guest's eth0 into a port of the server it lives on: no wire, no time. */
void lab_net_connect_inside (SimNode *guest, SimNode *server, guint port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabNet, lab_net_free)

G_END_DECLS

/* Making nodes and cables. */
#include "lab/build.h"

#include <string.h>

#include "lab/identity.h"
#include "lab/names.h"
#include "models/tor/schema.h"
#include "models/underlay/switch.h"
#include "sim/host.h"

#define MANAGEMENT_PREFIX 16u
#define MANAGEMENT_MAC    G_GUINT64_CONSTANT (0x0200ac1f0000)

static const SimLinkConfig management_link = { .rate_bps = SIM_GBIT, .delay_ns = 250 * SIM_USEC };
/* A VF's or tap's end inside one host: no wire, no time. */
static const SimLinkConfig inner_link = { 0 };

static SimLink *
connect_both (SimEnd a, SimEnd b, const SimLinkConfig *config)
{
  const SimLinkConfig both[2] = { *config, *config };
  return sim_link_new (a, b, both);
}

void
lab_net_connect_inside (SimNode *guest, SimNode *server, guint port)
{
  connect_both ((SimEnd){ guest, 0 }, (SimEnd){ server, port }, &inner_link);
}

/* Gives the node a management host on its port "mgmt", and a cable to the management switch. */
static SimLink *
add_management (LabNet *net, SimNode *node, NetIpv4 ip)
{
  SimNode *bridge = sim_network_find (net->network, LAB_MANAGEMENT_NODE);
  guint port = sim_node_find_port (node, LAB_MANAGEMENT_PORT);
  const SimHostConfig config
      = { .port = port == NET_PORT_NONE ? sim_node_add_port (node, LAB_MANAGEMENT_PORT) : port,
          .mac = net_mac_from_u64 (MANAGEMENT_MAC | (ip & 0xffff)),
          .ip = ip,
          .prefix_length = MANAGEMENT_PREFIX };

  sim_host_new (node, &config);
  return connect_both ((SimEnd){ node, config.port },
                       (SimEnd){ bridge, sim_node_add_port (bridge, node->name) }, &management_link);
}

static void
build_controller (LabNet *net)
{
  const LabScenario *s = net->scenario;
  const OdlConfig config = { .dhcp_enabled = s->controller.dhcp,
                             .limit_bum = s->controller.limit_bum,
                             .mac_timeout_ns = s->controller.mac_timeout_ns,
                             .bugs = (const char *const *) s->controller.bugs->pdata,
                             .fixes = (const char *const *) s->controller.fixes->pdata };
  gboolean needed = FALSE;

  for (guint i = 0; i < s->nodes->len; i++)
    needed |= ((const LabNode *) s->nodes->pdata[i])->is_controller;
  if (!needed)
    return;
  underlay_switch_new (net->network, LAB_MANAGEMENT_NODE, NULL);
  net->controller = odl_controller_new (net->network, LAB_CONTROLLER_NODE, &config);
  net->links[lab_scenario_management_link (s, LAB_CONTROLLER_NODE)]
      = add_management (net, odl_controller_node (net->controller), lab_identity_controller_ip ());
}

/* Its cards are what Neutron's bridge mappings are to other drivers: "physnet1:em1,physnet2:em4"; NULL without any. */
static char *
provider_mappings (const LabNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < node->nics->len; i++)
    {
      const LabNic *nic = &g_array_index (node->nics, LabNic, i);
      g_string_append_printf (text, "%s%s:%s", i ? "," : "", nic->physnet, nic->name);
    }
  return text->len ? g_strdup (text->str) : NULL;
}

static void
build_compute (LabNet *net, guint index, const LabNode *node)
{
  char ip[NET_IPV4_TEXT];
  g_autofree char *target
      = g_strdup_printf ("tcp:%s:6653", net_ipv4_format (lab_identity_controller_ip (), ip));
  g_autofree char *manager = g_strdup_printf ("tcp:%s:6640", ip);
  g_autofree char *mappings = provider_mappings (node);
  g_autofree const char **devices = g_new0 (const char *, node->nics->len + 1);
  const OvsConfig config = { .datapath_id = lab_identity_datapath_id (index),
                             .tunnel_ip = node->ip,
                             .tunnel_prefix_length = node->prefix_length,
                             .tunnel_mac = node->mac,
                             .underlay_port = node->uplink,
                             .devices = devices,
                             .provider_mappings = mappings,
                             .controller = target,
                             .manager = manager };

  for (guint i = 0; i < node->nics->len; i++)
    devices[i] = g_array_index (node->nics, LabNic, i).name;
  net->computes[index] = ovs_node_new (net->network, node->name, &config);
  net->nodes[index] = ovs_node_sim (net->computes[index]);
  net->links[lab_scenario_management_link (net->scenario, node->name)]
      = add_management (net, net->nodes[index], lab_identity_management_ip (index));
}

static EmulatorBugs
emulator_bugs (const LabNode *node)
{
  EmulatorBugs bugs = 0;

  for (guint i = 0; i < node->bugs->len; i++)
    bugs |= 1u << emulator_bug_from_slug (node->bugs->pdata[i]);
  return bugs;
}

static void
build_tor (LabNet *net, guint index, const LabNode *node)
{
  char ip[NET_IPV4_TEXT];
  g_autofree char *target
      = g_strdup_printf ("tcp:%s:6640", net_ipv4_format (lab_identity_controller_ip (), ip));
  const char *const managers[] = { target };
  const TorConfig config = { .ports = (const char *const *) node->ports->pdata,
                             .n_ports = node->ports->len,
                             .management_ip = lab_identity_management_ip (index),
                             .uplink_mac = node->mac,
                             .tunnel_ip = node->ip,
                             .prefix_length = node->prefix_length,
                             .mtu = node->mtu,
                             .managers = managers,
                             .n_managers = node->dials ? 1 : 0,
                             .schema = tor_schema_versions[node->schema],
                             .ha_id = node->ha,
                             .switch_name = node->switch_name,
                             .emulated = node->emulated,
                             .emulator_bugs = emulator_bugs (node),
                             .mac_age_ns = node->mac_age_ns,
                             .lldp = net->scenario->controller.lldp };

  net->tors[index] = tor_new (net->network, node->name, &config);
  net->nodes[index] = tor_node (net->tors[index]);
  net->links[lab_scenario_management_link (net->scenario, node->name)]
      = add_management (net, net->nodes[index], lab_identity_management_ip (index));
}

static void
build_nic_host (LabNet *net, guint index, const LabNode *node)
{
  net->nic_hosts[index] = nic_host_new (net->network, node->name);
  net->nodes[index] = nic_host_node (net->nic_hosts[index]);
  for (guint i = 0; i < node->nics->len; i++)
    {
      const LabNic *nic = &g_array_index (node->nics, LabNic, i);
      const NicPfConfig config = { .n_vfs = nic->n_vfs, .mode = (NicMode) nic->mode };
      nic_host_add_pf (net->nic_hosts[index], nic->name, &config);
    }
}

static void
build_node (LabNet *net, guint index)
{
  const LabNode *node = net->scenario->nodes->pdata[index];
  switch (node->kind)
    {
    case LAB_NODE_SWITCH:
      net->nodes[index] = underlay_switch_new (net->network, node->name, NULL);
      break;
    case LAB_NODE_COMPUTE:
      build_compute (net, index, node);
      break;
    case LAB_NODE_TOR:
      build_tor (net, index, node);
      break;
    case LAB_NODE_SRIOV_COMPUTE:
      build_nic_host (net, index, node);
      break;
    }
}

/* A switch port is made when a cable needs it, and named after what hangs on it. */
static SimEnd
find_end (LabNet *net, const LabEnd *end, const LabEnd *other)
{
  SimNode *node = sim_network_find (net->network, end->node);
  guint port = end->port ? sim_node_find_port (node, end->port) : NET_PORT_NONE;

  if (port == NET_PORT_NONE)
    {
      g_autofree char *name = g_strdup (end->port ? end->port : other->node);
      for (guint n = 2; sim_node_find_port (node, name) != NET_PORT_NONE; n++)
        {
          g_free (name);
          name = g_strdup_printf ("%s.%u", other->node, n);
        }
      port = sim_node_add_port (node, name);
    }
  return (SimEnd){ node, port };
}

static void
build_link (LabNet *net, guint index)
{
  const LabLink *link = net->scenario->links->pdata[index];
  const SimLinkConfig config = { .rate_bps = link->rate_bps,
                                 .delay_ns = link->delay_ns,
                                 .queue_bytes = link->queue_bytes,
                                 .loss_ppb = link->loss_ppb,
                                 .duplicate_ppb = link->duplicate_ppb,
                                 .reorder_ppb = link->reorder_ppb,
                                 .reorder_ns = 10 * MAX (link->delay_ns, SIM_USEC),
                                 .corrupt_ppb = link->corrupt_ppb };
  const SimLinkConfig both[2] = { config, config };

  net->links[index] = sim_link_new (find_end (net, &link->ends[0], &link->ends[1]),
                                    find_end (net, &link->ends[1], &link->ends[0]), both);
}

static void
build_guest (LabNet *net, guint index)
{
  const LabVm *vm = lab_scenario_vm (net->scenario, index);
  const GuestConfig config = { .mac = vm->mac,
                               .ipv4 = vm->dhcp ? 0 : vm->ip,
                               .prefix_length = vm->network->prefix_length,
                               .has_ipv6 = vm->has_ipv6,
                               .ipv6 = vm->ipv6,
                               .ipv6_prefix_length = vm->ipv6_prefix_length,
                               .mtu = vm->network->mtu };

  net->guests[index] = guest_new (net->network, vm->name, &config);
  if (vm->direct)
    {
      NicHost *host = net->nic_hosts[lab_scenario_node_index (net->scenario, vm->node)];
      guint port = nic_pf_vf_port (nic_host_find_pf (host, vm->nic->name), vm->vf);
      lab_net_connect_inside (guest_node (net->guests[index]), nic_host_node (host), port);
    }
}

static void
build_server (LabNet *net, guint index)
{
  const LabScenario *s = net->scenario;
  const LabNetwork *network = s->networks->pdata[index];
  g_autofree char *name = g_strdup_printf (LAB_DHCP_NODE_PREFIX "%s", network->name);
  const DhcpServerConfig config = { .mac = lab_identity_dhcp_mac (s, network),
                                    .ip = network->dhcp_ip,
                                    .prefix_length = network->prefix_length,
                                    .router = network->gateway == network->subnet + 1 ? 0 : network->gateway,
                                    .mtu = network->mtu };

  if (network->dhcp != LAB_DHCP_AGENT)
    return;
  net->servers[index] = dhcp_server_new (net->network, name, &config);
  for (guint i = 0; i < s->vms->len; i++)
    if (lab_scenario_vm (s, i)->network == network)
      dhcp_server_set_host (net->servers[index], &lab_scenario_vm (s, i)->mac, lab_scenario_vm (s, i)->ip);
}

LabNet *
lab_net_new (const LabScenario *s, SimTrace *trace)
{
  LabNet *net = g_new0 (LabNet, 1);

  net->scenario = s;
  net->network = sim_network_new (s->seed);
  sim_network_set_trace (net->network, trace);
  if (trace)
    lab_names_tell (s, trace);
  net->nodes = g_new0 (SimNode *, s->nodes->len + 1);
  net->computes = g_new0 (OvsNode *, s->nodes->len + 1);
  net->tors = g_new0 (TorNode *, s->nodes->len + 1);
  net->nic_hosts = g_new0 (NicHost *, s->nodes->len + 1);
  net->guests = g_new0 (Guest *, s->vms->len + 1);
  net->homes = g_new (guint, s->vms->len + 1);
  for (guint i = 0; i < s->vms->len; i++)
    net->homes[i] = lab_scenario_node_index (s, lab_scenario_vm (s, i)->node);
  net->servers = g_new0 (DhcpServer *, s->networks->len + 1);
  net->links = g_new0 (SimLink *, s->links->len + s->nodes->len + 1);
  build_controller (net);
  for (guint i = 0; i < s->nodes->len; i++)
    build_node (net, i);
  for (guint i = 0; i < s->links->len; i++)
    build_link (net, i);
  for (guint i = 0; i < s->vms->len; i++)
    build_guest (net, i);
  for (guint i = 0; i < s->networks->len; i++)
    build_server (net, i);
  return net;
}

void
lab_net_free (LabNet *net)
{
  if (!net)
    return;
  sim_network_free (net->network);
  g_free (net->nodes);
  g_free (net->computes);
  g_free (net->tors);
  g_free (net->nic_hosts);
  g_free (net->guests);
  g_free (net->homes);
  g_free (net->servers);
  g_free (net->links);
  g_free (net);
}

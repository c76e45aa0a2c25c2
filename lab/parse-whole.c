/* What is wrong with a scenario as a whole, though every section is right by itself. */
#include "lab/parse.h"

#include <string.h>

static void
check_controller (LabScenario *s, LabReader *top)
{
  const LabNode *controller = NULL;
  const LabYaml *nodes = lab_yaml_get (top->map, "nodes");
  gboolean needed = FALSE;

  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      if (node->is_controller && controller)
        lab_problem (top->problems, node->at, "'%s' and '%s' both have the role controller; the lab runs one",
                     controller->name, node->name);
      if (node->is_controller)
        controller = node;
      needed |= node->kind == LAB_NODE_COMPUTE || node->kind == LAB_NODE_TOR;
    }
  if (needed && !controller && nodes)
    lab_problem (top->problems, nodes,
                 "nobody programs the computes and TORs; give a compute roles: [ controller ]");
}

static void
check_dhcp (LabScenario *s, LabReader *top)
{
  gboolean agent = FALSE;

  for (guint i = 0; i < s->nodes->len; i++)
    agent |= ((const LabNode *) s->nodes->pdata[i])->is_dhcp_agent;
  for (guint i = 0; i < s->networks->len; i++)
    {
      const LabNetwork *network = s->networks->pdata[i];
      if (network->dhcp == LAB_DHCP_AGENT && !agent)
        lab_problem (top->problems, network->at,
                     "network '%s' has dhcp: agent, but no compute has roles: [ dhcp-agent ]", network->name);
      if (network->dhcp == LAB_DHCP_CONTROLLER && !s->controller.dhcp)
        lab_problem (top->problems, network->at,
                     "network '%s' has dhcp: controller, which needs controller: { dhcp: true }",
                     network->name);
    }
}

/* TORs of an HA pair have one tunnel address. */
static gboolean
may_share (const LabNode *a, const LabNode *b)
{
  return a->ha && b->ha && strcmp (a->ha, b->ha) == 0;
}

static void
check_addresses (LabScenario *s, LabReader *top)
{
  for (guint i = 0; i < s->nodes->len; i++)
    for (guint j = 0; j < i; j++)
      {
        const LabNode *a = s->nodes->pdata[j], *b = s->nodes->pdata[i];
        if (b->ip && a->ip == b->ip && !may_share (a, b))
          lab_problem (top->problems, b->at, "'%s' and '%s' have the same address", a->name, b->name);
      }
  for (guint i = 0; i < s->vms->len; i++)
    for (guint j = 0; j < i; j++)
      {
        const LabVm *a = lab_scenario_vm (s, j), *b = lab_scenario_vm (s, i);
        if (a->network != b->network)
          continue;
        if (net_mac_equal (&a->mac, &b->mac))
          lab_problem (top->problems, b->at, "vms '%s' and '%s' have the same MAC on network '%s'", a->name,
                       b->name, a->network ? a->network->name : "");
        if (b->ip && a->ip == b->ip)
          lab_problem (top->problems, b->at, "vms '%s' and '%s' have the same address", a->name, b->name);
      }
}

static gboolean
is_tunnel_end (const LabNode *node)
{
  return node->ip && (node->kind == LAB_NODE_COMPUTE || node->kind == LAB_NODE_TOR);
}

/* Tunnels go from end to end without a router. */
static void
check_underlay (LabScenario *s, LabReader *top)
{
  const LabNode *first = NULL;

  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      char a[NET_IPV4_TEXT], b[NET_IPV4_TEXT];
      if (!is_tunnel_end (node))
        continue;
      if (!first)
        first = node;
      if (node->prefix_length == first->prefix_length
          && ((node->ip ^ first->ip) & net_ipv4_mask (node->prefix_length)) == 0)
        continue;
      lab_problem (top->problems, node->at,
                   "%s/%u of '%s' and %s/%u of '%s' are in different subnets, and the underlay has no router",
                   net_ipv4_format (node->ip, a), node->prefix_length, node->name,
                   net_ipv4_format (first->ip, b), first->prefix_length, first->name);
    }
}

static gboolean
has_cable (const LabScenario *s, const char *node, const char *port)
{
  for (guint i = 0; i < s->links->len; i++)
    for (guint e = 0; e < 2; e++)
      {
        const LabEnd *end = &((const LabLink *) s->links->pdata[i])->ends[e];
        if (end->node && strcmp (end->node, node) == 0
            && (!port || (end->port && strcmp (end->port, port) == 0)))
          return TRUE;
      }
  return FALSE;
}

/* With two tunnel ends or more, each needs its cable to the underlay. */
static void
check_uplinks (LabScenario *s, LabReader *top)
{
  guint n_ends = 0;

  for (guint i = 0; i < s->nodes->len; i++)
    n_ends += is_tunnel_end (s->nodes->pdata[i]);
  for (guint i = 0; n_ends > 1 && i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      if (is_tunnel_end (node) && !has_cable (s, node->name, node->uplink))
        lab_problem (top->problems, node->at, "the uplink %s/%s has no cable; add a link to it", node->name,
                     node->uplink);
    }
}

/* A VM whose function leads nowhere is a mistake that costs an hour to find on a rack.  With a link misspelt, whose
 * cable is missing is not known. */
static void
check_cables (LabScenario *s, LabReader *top)
{
  for (guint i = 0; i < s->links->len; i++)
    if (!((const LabLink *) s->links->pdata[i])->good)
      return;
  check_uplinks (s, top);
  for (guint i = 0; i < s->vms->len; i++)
    {
      const LabVm *vm = lab_scenario_vm (s, i);
      if (vm->nic && !has_cable (s, vm->node->name, vm->nic->name))
        lab_problem (top->problems, vm->at, "'%s' uses %s/%s, which has no cable; add a link to it", vm->name,
                     vm->node->name, vm->nic->name);
    }
  for (guint i = 0; i < s->gateways->len; i++)
    {
      const LabGateway *gateway = s->gateways->pdata[i];
      for (guint p = 0; p < gateway->ports->len; p++)
        {
          const LabGatewayPort *port = &g_array_index (gateway->ports, LabGatewayPort, p);
          if (!has_cable (s, port->tor, port->port))
            lab_problem (top->problems, gateway->at,
                         "the gateway's interface %s/%s has no cable; add a link to it", port->tor,
                         port->port);
        }
    }
}

/* Two ways between two switches would carry a broadcast round for ever: no spanning tree runs in the underlay. */
static guint
root_of (guint *parent, guint node)
{
  while (parent[node] != node)
    node = parent[node] = parent[parent[node]];
  return node;
}

static void
check_loops (LabScenario *s, LabReader *top)
{
  g_autofree guint *parent = g_new (guint, s->nodes->len + 1);

  for (guint i = 0; i < s->nodes->len; i++)
    parent[i] = i;
  for (guint i = 0; i < s->links->len; i++)
    {
      const LabLink *link = s->links->pdata[i];
      guint ends[2] = { G_MAXUINT, G_MAXUINT };
      for (guint e = 0; e < 2; e++)
        for (guint n = 0; n < s->nodes->len; n++)
          {
            const LabNode *node = s->nodes->pdata[n];
            if (link->ends[e].node && node->kind == LAB_NODE_SWITCH
                && strcmp (node->name, link->ends[e].node) == 0)
              ends[e] = root_of (parent, n);
          }
      if (ends[0] == G_MAXUINT || ends[1] == G_MAXUINT)
        continue;
      if (ends[0] == ends[1])
        lab_problem (
            top->problems, link->at,
            "this link closes a loop between switches, and the underlay runs no spanning tree; remove it");
      parent[ends[0]] = ends[1];
    }
}

static void
check_connections (LabScenario *s, LabReader *top)
{
  for (guint g = 0; g < s->gateways->len; g++)
    {
      const LabGateway *gateway = s->gateways->pdata[g];
      for (guint c = 0; c < gateway->connections->len; c++)
        {
          const LabConnection *b = &g_array_index (gateway->connections, LabConnection, c);
          for (guint d = 0; d < c; d++)
            if (g_array_index (gateway->connections, LabConnection, d).vlan == b->vlan)
              lab_problem (
                  top->problems, b->at,
                  "gateway '%s' connects VLAN %u twice; a port and VLAN belong to one logical switch",
                  gateway->name, b->vlan);
        }
    }
}

void
lab_parse_whole (LabScenario *s, LabReader *top)
{
  check_controller (s, top);
  check_dhcp (s, top);
  check_addresses (s, top);
  check_underlay (s, top);
  check_cables (s, top);
  check_loops (s, top);
  check_connections (s, top);
}

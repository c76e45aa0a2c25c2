/* Name records from a scenario. */
#include "lab/names.h"

#include "lab/identity.h"

static void
tell (SimTrace *trace, const char *address, const char *name)
{
  const SimTraceRecord record = { .kind = SIM_TRACE_NAME, .name = { .address = address, .name = name } };
  sim_trace_emit (trace, &record);
}

static void
tell_ipv4 (SimTrace *trace, NetIpv4 ip, const char *name)
{
  char text[NET_IPV4_TEXT];
  if (ip)
    tell (trace, net_ipv4_format (ip, text), name);
}

static void
tell_mac (SimTrace *trace, const NetMac *mac, const char *name)
{
  char text[NET_MAC_TEXT];
  if (!net_mac_is_zero (mac))
    tell (trace, net_mac_format (mac, text), name);
}

void
lab_names_tell (const LabScenario *s, SimTrace *trace)
{
  tell_ipv4 (trace, lab_identity_controller_ip (), LAB_CONTROLLER_NODE);
  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      g_autofree char *management = g_strdup_printf ("%s-mgmt", node->name);
      tell_ipv4 (trace, node->ip, node->name);
      tell_mac (trace, &node->mac, node->name);
      if (node->kind == LAB_NODE_COMPUTE || node->kind == LAB_NODE_TOR)
        tell_ipv4 (trace, lab_identity_management_ip (i), management);
    }
  for (guint i = 0; i < s->vms->len; i++)
    {
      const LabVm *vm = lab_scenario_vm (s, i);
      char text[NET_IPV6_TEXT];
      tell_ipv4 (trace, vm->ip, vm->name);
      tell_mac (trace, &vm->mac, vm->name);
      if (vm->has_ipv6)
        tell (trace, net_ipv6_format (&vm->ipv6, text), vm->name);
    }
  for (guint i = 0; i < s->networks->len; i++)
    {
      const LabNetwork *network = s->networks->pdata[i];
      g_autofree char *name = g_strdup_printf (LAB_DHCP_NODE_PREFIX "%s", network->name);
      const NetMac mac = lab_identity_dhcp_mac (s, network);
      if (network->dhcp != LAB_DHCP_AGENT)
        continue;
      tell_ipv4 (trace, network->dhcp_ip, name);
      tell_mac (trace, &mac, name);
    }
}

/* Switching on and off: what Nova, libvirt and os-vif do around a guest. */
#include "lab/power.h"

#include "lab/identity.h"
#include "lab/neutron.h"

/* Plugs a guest or namespace into br-int, as os-vif does. */
static void
plug_tap (LabNet *net, guint compute, SimNode *guest, const char *port_name, const OvsTapConfig *config)
{
  SimEnd tap = { net->nodes[compute], ovs_node_add_tap (net->computes[compute], port_name, config) };
  SimLink *link = sim_node_port (guest, 0)->link;

  if (!link)
    lab_net_connect_inside (guest, tap.node, tap.port);
  else if (sim_link_end (link, 1).node != tap.node)
    sim_link_move (link, 1, tap);
}

static void
plug_vm (LabNet *net, guint index)
{
  const LabVm *vm = lab_scenario_vm (net->scenario, index);
  g_autofree char *port = g_strdup_printf (LAB_TAP_PREFIX "%s", vm->name);
  g_autofree char *port_object = g_strdup_printf ("port/%s", vm->name),
                  *vm_object = g_strdup_printf ("vm/%s", vm->name);
  char iface[LAB_UUID_TEXT], instance[LAB_UUID_TEXT];
  const OvsTapConfig config = { .iface_id = iface, .attached_mac = vm->mac, .vm_uuid = instance };

  lab_identity_uuid (net->scenario, port_object, iface);
  lab_identity_uuid (net->scenario, vm_object, instance);
  plug_tap (net, net->homes[index], guest_node (net->guests[index]), port, &config);
}

/* What Nova and libvirt set on the VF before the guest starts, and the agent within two seconds (facts 7.4). */
static void
set_up_vf (LabNet *net, const LabVm *vm)
{
  NicPf *pf
      = nic_host_find_pf (net->nic_hosts[lab_scenario_node_index (net->scenario, vm->node)], vm->nic->name);
  g_autoptr (GError) error = NULL;

  if (!nic_vf_set_mac (pf, vm->vf, &vm->mac, &error) || !nic_vf_set_vlan (pf, vm->vf, vm->vlan, 0, &error)
      || !nic_vf_set_spoofchk (pf, vm->vf, vm->spoofcheck, &error)
      || !nic_vf_set_trust (pf, vm->vf, vm->trust, &error)
      || !nic_vf_set_link_state (pf, vm->vf, NIC_LINK_AUTO, &error)
      || !nic_vf_load_driver (pf, vm->vf, &vm->mac, &error))
    net_world_log (&nic_host_node (net->nic_hosts[lab_scenario_node_index (net->scenario, vm->node)])->world,
                   NET_LOG_WARNING, "nova", "VF %u of %s for %s: %s", vm->vf, vm->nic->name, vm->name,
                   error->message);
}

/* The guest's driver tells the card which multicast groups it listens to. */
static void
join_groups (LabNet *net, guint index)
{
  const LabVm *vm = lab_scenario_vm (net->scenario, index);
  NicPf *pf
      = nic_host_find_pf (net->nic_hosts[lab_scenario_node_index (net->scenario, vm->node)], vm->nic->name);
  NetMac groups[GUEST_GROUPS_MAX];
  guint n = guest_groups (net->guests[index], groups);

  for (guint i = 0; i < n; i++)
    nic_vf_request_group (pf, vm->vf, &groups[i], NULL);
  if (n > 0)
    nic_vf_request_rx_mode (pf, vm->vf, NIC_RX_MULTI, NULL);
}

void
lab_power_on (LabNet *net, guint index)
{
  const LabVm *vm = lab_scenario_vm (net->scenario, index);

  if (guest_is_running (net->guests[index]))
    return;
  if (vm->direct)
    set_up_vf (net, vm);
  else
    plug_vm (net, index);
  guest_start (net->guests[index]);
  if (vm->direct)
    join_groups (net, index);
}

void
lab_power_off (LabNet *net, guint index)
{
  const LabVm *vm = lab_scenario_vm (net->scenario, index);
  g_autofree char *port = g_strdup_printf (LAB_TAP_PREFIX "%s", vm->name);

  if (!guest_is_running (net->guests[index]))
    return;
  guest_stop (net->guests[index]);
  if (vm->direct)
    nic_vf_set_link_state (
        nic_host_find_pf (net->nic_hosts[lab_scenario_node_index (net->scenario, vm->node)], vm->nic->name),
        vm->vf, NIC_LINK_DISABLE, NULL);
  else
    ovs_node_remove_tap (net->computes[net->homes[index]], port);
}

char *
lab_power_migrate (LabNet *net, guint index, guint host)
{
  net->homes[index] = host;
  if (guest_is_running (net->guests[index]))
    plug_vm (net, index);
  return lab_neutron_move_port (net, index);
}

void
lab_power_unplug (LabNet *net, guint index, guint host)
{
  g_autofree char *port = g_strdup_printf (LAB_TAP_PREFIX "%s", lab_scenario_vm (net->scenario, index)->name);

  if (net->homes[index] != host)
    ovs_node_remove_tap (net->computes[host], port);
}

void
lab_power_on_all (LabNet *net)
{
  const LabScenario *s = net->scenario;
  guint agent = lab_identity_dhcp_agent (s);

  for (guint i = 0; i < s->nodes->len; i++)
    {
      if (net->tors[i])
        tor_start (net->tors[i], NULL);
      if (net->computes[i])
        ovs_node_start (net->computes[i]);
    }
  for (guint i = 0; i < s->networks->len; i++)
    if (net->servers[i])
      {
        const LabNetwork *network = s->networks->pdata[i];
        g_autofree char *object = g_strdup_printf ("port/dhcp-%s", network->name);
        g_autofree char *port = g_strdup_printf (LAB_TAP_PREFIX "dhcp-%s", network->name);
        char iface[LAB_UUID_TEXT];
        const OvsTapConfig config = { .iface_id = iface, .attached_mac = lab_identity_dhcp_mac (s, network) };
        lab_identity_uuid (s, object, iface);
        plug_tap (net, agent, dhcp_server_node (net->servers[i]), port, &config);
      }
  for (guint i = 0; i < s->vms->len; i++)
    if (!lab_scenario_vm (s, i)->stopped)
      lab_power_on (net, i);
}

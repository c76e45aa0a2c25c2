/* The section `vms`: guests, where they run, and the function or tap that they get. */
#include "lab/parse.h"

#include <string.h>

static const char *const vm_keys[]
    = { "on",   "network", "vnic",  "nic",        "vf",    "vlan",          "mac",     "ip",
        "ipv6", "address", "start", "spoofcheck", "trust", "port-security", "allowed", NULL };
static const char *const vf_keys[] = { "nic", "vf", "vlan", "spoofcheck", "trust", NULL };
static const char *const tap_keys[] = { "port-security", "allowed", NULL };
static const char *const vnic_words[] = { "normal", "direct", NULL };
static const char *const address_words[] = { "static", "dhcp", NULL };

void
lab_vm_free (gpointer data)
{
  LabVm *vm = data;
  g_free (vm->name);
  g_ptr_array_unref (vm->allowed);
  g_free (vm);
}

static const LabSegment *
vlan_segment (const LabNetwork *network, const LabNic *nic)
{
  for (guint i = 0; i < network->segments->len; i++)
    {
      const LabSegment *segment = &g_array_index (network->segments, LabSegment, i);
      if (segment->type != LAB_SEGMENT_VXLAN && segment->physnet
          && (!nic || g_strcmp0 (segment->physnet, nic->physnet) == 0))
        return segment;
    }
  return NULL;
}

static gboolean
vf_is_taken (const LabScenario *s, const LabVm *vm, const LabNic *nic, guint vf)
{
  for (guint i = 0; i < s->vms->len; i++)
    {
      const LabVm *other = lab_scenario_vm (s, i);
      if (other != vm && other->nic == nic && other->vf == vf)
        return TRUE;
    }
  return FALSE;
}

/* Nova's choice: the first card on a physical network of the VM's network. */
static const LabNic *
choose_nic (const LabVm *vm)
{
  for (guint i = 0; i < vm->node->nics->len; i++)
    {
      const LabNic *nic = &g_array_index (vm->node->nics, LabNic, i);
      if (vlan_segment (vm->network, nic))
        return nic;
    }
  return NULL;
}

static const LabNic *
named_nic (const LabVm *vm, LabReader *reader, const char *name)
{
  for (guint i = 0; i < vm->node->nics->len; i++)
    {
      const LabNic *nic = &g_array_index (vm->node->nics, LabNic, i);
      if (strcmp (nic->name, name) == 0)
        return nic;
    }
  lab_problem (reader->problems, lab_yaml_get (reader->map, "nic"), "node '%s' has no nic '%s'",
               vm->node->name, name);
  return NULL;
}

static void
parse_vf (LabScenario *s, LabVm *vm, LabReader *reader)
{
  const LabSegment *segment;
  const LabNic *nic;
  const char *name;

  nic = lab_read_text (reader, "nic", &name) ? named_nic (vm, reader, name) : choose_nic (vm);
  if (!nic)
    {
      if (!lab_yaml_get (reader->map, "nic"))
        lab_problem (reader->problems, vm->at,
                     "no valid host: no nic of '%s' is on a physical network of '%s'; give the network a "
                     "vlan segment on that physnet",
                     vm->node->name, vm->network->name);
      return;
    }
  segment = vlan_segment (vm->network, nic);
  vm->vlan = segment ? segment->id : 0;
  lab_read_uint (reader, "vlan", 0, 4094, &vm->vlan);
  if (lab_read_uint (reader, "vf", 0, nic->n_vfs - 1, &vm->vf))
    {
      if (vf_is_taken (s, vm, nic, vm->vf))
        lab_problem (reader->problems, lab_yaml_get (reader->map, "vf"), "VF %u of %s is given to another vm",
                     vm->vf, nic->name);
    }
  else
    while (vm->vf < nic->n_vfs && vf_is_taken (s, vm, nic, vm->vf))
      vm->vf++;
  if (vm->vf >= nic->n_vfs)
    lab_problem (reader->problems, vm->at, "%s of '%s' has only %u VFs, all given away; raise vfs", nic->name,
                 vm->node->name, nic->n_vfs);
  vm->nic = nic;
}

/* Keys of the other kind of port. */
static void
refuse_keys (LabReader *reader, const char *const *keys, const char *vnic)
{
  for (guint i = 0; keys[i]; i++)
    if (lab_yaml_get (reader->map, keys[i]))
      lab_problem (reader->problems, lab_yaml_get (reader->map, keys[i]), "%s goes with vnic: %s", keys[i],
                   vnic);
}

static void
parse_placement (LabScenario *s, LabVm *vm, LabReader *reader)
{
  const char *text;
  guint vnic = 0;

  if (lab_read_require (reader, "on") && lab_read_text (reader, "on", &text))
    vm->node = lab_parse_node_ref (s, reader->problems, lab_yaml_get (reader->map, "on"), text);
  if (lab_read_require (reader, "network") && lab_read_text (reader, "network", &text))
    vm->network = lab_parse_network_ref (s, reader->problems, lab_yaml_get (reader->map, "network"), text);
  lab_read_word (reader, "vnic", vnic_words, &vnic);
  vm->direct = vnic == 1;
  if (!vm->node || !vm->node->has_kind || !vm->network)
    return;
  if (vm->direct && vm->node->kind == LAB_NODE_SRIOV_COMPUTE)
    parse_vf (s, vm, reader);
  else if (vm->direct)
    lab_problem (reader->problems, vm->at, "'%s' is no SR-IOV compute, so it has no VF for vnic: direct",
                 vm->node->name);
  else if (vm->node->kind == LAB_NODE_COMPUTE && vm->network->is_provider && !choose_nic (vm))
    lab_problem (reader->problems, vm->at,
                 "Neutron cannot bind the port: no nic of '%s' is on the physical network of '%s'; give the "
                 "compute nics: { em1: { physnet: %s } }",
                 vm->node->name, vm->network->name,
                 g_array_index (vm->network->segments, LabSegment, 0).physnet);
  else if (vm->node->kind != LAB_NODE_COMPUTE)
    lab_problem (reader->problems, vm->at, "vnic: normal needs Open vSwitch, and '%s' is no compute%s",
                 vm->node->name, vm->node->kind == LAB_NODE_SRIOV_COMPUTE ? "; say vnic: direct" : "");
  refuse_keys (reader, vm->direct ? tap_keys : vf_keys, vm->direct ? "normal" : "direct");
}

/* Neutron's allocation: the lowest address that nobody has; vms with an address of their own come first. */
static NetIpv4
allocate_ip (const LabScenario *s, const LabNetwork *network)
{
  for (NetIpv4 ip = network->subnet + 2; ip < (network->subnet | ~net_ipv4_mask (network->prefix_length));
       ip++)
    {
      gboolean taken = ip == network->gateway || ip == network->dhcp_ip;
      for (guint i = 0; i < s->vms->len && !taken; i++)
        taken = lab_scenario_vm (s, i)->network == network && lab_scenario_vm (s, i)->ip == ip;
      if (!taken)
        return ip;
    }
  return 0;
}

static void
parse_ipv6 (LabVm *vm, LabReader *reader)
{
  const char *text, *slash;
  g_autofree char *address = NULL;
  guint64 prefix = 64;

  if (!lab_read_text (reader, "ipv6", &text))
    return;
  slash = strchr (text, '/');
  address = slash ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  vm->has_ipv6 = net_ipv6_from_text (address, &vm->ipv6)
                 && (!slash || g_ascii_string_to_unsigned (slash + 1, 10, 1, 128, &prefix, NULL));
  vm->ipv6_prefix_length = (guint) prefix;
  if (!vm->has_ipv6)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "ipv6"),
                 "ipv6 is '%s'; it must be an address, as fd00::11/64", text);
}

/* Neutron's port security: allowed_address_pairs mean nothing without it. */
static void
parse_security (LabVm *vm, LabReader *reader)
{
  const LabYaml *list = lab_yaml_get (reader->map, "allowed");
  NetIpv4 ip;
  guint length;

  lab_read_boolean (reader, "port-security", &vm->port_security);
  if (list && list->kind != LAB_YAML_LIST)
    lab_problem (reader->problems, list,
                 "allowed must be a list of addresses, as [ 10.0.0.50, 10.0.1.0/24 ]");
  else if (list && !vm->port_security)
    lab_problem (reader->problems, list, "allowed goes with port-security: true; without it all are");
  for (guint i = 0; i < lab_yaml_n (list); i++)
    {
      const LabYaml *item = lab_yaml_item (list, i);
      const char *text = lab_read_scalar (reader->problems, item, "an allowed address");
      if (!text)
        continue;
      if (net_ipv4_from_text (text, &ip) || net_ipv4_prefix_from_text (text, &ip, &length))
        g_ptr_array_add (vm->allowed, g_strdup (text));
      else
        lab_problem (reader->problems, item, "'%s' is no IPv4 address or prefix, as 10.0.0.50 or 10.0.1.0/24",
                     text);
    }
}

static void
parse_addresses (LabVm *vm, LabReader *reader, guint index)
{
  guint word;
  gboolean start = TRUE;

  /* Neutron's base MAC, then the VM's place in the file. */
  vm->mac = net_mac_from_u64 (G_GUINT64_CONSTANT (0xfa163e000000) | 0x100000 | index);
  if (lab_read_mac (reader, "mac", &vm->mac))
    lab_read_text (reader, "mac", &vm->mac_text);
  if (lab_read_ipv4 (reader, "ip", &vm->ip) && vm->network && vm->network->subnet
      && (vm->ip & net_ipv4_mask (vm->network->prefix_length)) != vm->network->subnet)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "ip"),
                 "ip lies outside the subnet of network '%s'", vm->network->name);
  vm->dhcp = vm->ip == 0;
  if (lab_read_word (reader, "address", address_words, &word))
    vm->dhcp = word == 1;
  parse_ipv6 (vm, reader);
  lab_read_boolean (reader, "start", &start);
  vm->stopped = !start;
  vm->spoofcheck = TRUE;
  lab_read_boolean (reader, "spoofcheck", &vm->spoofcheck);
  lab_read_boolean (reader, "trust", &vm->trust);
}

static void
parse_vm (LabScenario *s, LabProblems *problems, const LabYaml *key, const LabYaml *map)
{
  g_autofree char *what = g_strdup_printf ("vm '%s'", key->text);
  LabReader reader = { problems, map, what };
  LabVm *vm = g_new0 (LabVm, 1);

  vm->at = key;
  vm->name = g_strdup (key->text);
  vm->allowed = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (s->vms, vm);
  if (lab_scenario_find_node (s, key->text) || strcmp (key->text, LAB_CONTROLLER_NODE) == 0
      || strcmp (key->text, LAB_MANAGEMENT_NODE) == 0)
    lab_problem (problems, key, "the name '%s' is taken by a node; vms and nodes share one set of names",
                 key->text);
  if (g_strv_contains (lab_parse_entry_keys, key->text))
    lab_problem (problems, key, "'%s' is a key of timeline entries; give the vm another name", key->text);
  lab_parse_name (problems, key);
  if (!lab_read_map (&reader, vm_keys))
    return;
  parse_placement (s, vm, &reader);
  parse_addresses (vm, &reader, s->vms->len);
  parse_security (vm, &reader);
}

void
lab_parse_vms (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (!section)
    return;
  if (section->kind != LAB_YAML_MAP)
    {
      lab_problem (problems, section, "vms must be a map of names, each with on and network");
      return;
    }
  for (guint i = 0; i < lab_yaml_n (section); i++)
    parse_vm (s, problems, lab_yaml_key (section, i), lab_yaml_item (section, i));
  for (guint i = 0; i < s->vms->len; i++)
    {
      LabVm *vm = lab_scenario_vm (s, i);
      if (vm->ip || !vm->network || !vm->network->subnet)
        continue;
      vm->ip = allocate_ip (s, vm->network);
      if (!vm->ip)
        lab_problem (problems, vm->at, "the subnet of network '%s' has no address left for vm '%s'",
                     vm->network->name, vm->name);
    }
}

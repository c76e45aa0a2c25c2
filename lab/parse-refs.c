/* References by name, each refusal with the name that was probably meant. */
#include "lab/parse.h"

#include <pcap/pcap.h>
#include <string.h>

static char **
names_of (const GPtrArray *things, gsize name_offset)
{
  GStrvBuilder *names = g_strv_builder_new ();
  char **result;

  for (guint i = 0; i < things->len; i++)
    g_strv_builder_add (names, G_STRUCT_MEMBER (char *, things->pdata[i], name_offset));
  result = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return result;
}

static void
unknown (LabProblems *problems, const LabYaml *at, const char *kind, const char *name, char **names)
{
  g_autofree char *hint = lab_problem_hint (name, (const char *const *) names);
  lab_problem (problems, at, "there is no %s '%s'%s", kind, name, hint);
  g_strfreev (names);
}

const LabNode *
lab_parse_node_ref (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *name)
{
  const LabNode *node = lab_scenario_find_node (s, name);
  if (!node)
    unknown (problems, at, "node", name, names_of (s->nodes, G_STRUCT_OFFSET (LabNode, name)));
  return node;
}

const LabNetwork *
lab_parse_network_ref (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *name)
{
  const LabNetwork *network = lab_scenario_find_network (s, name);
  if (!network)
    unknown (problems, at, "network", name, names_of (s->networks, G_STRUCT_OFFSET (LabNetwork, name)));
  return network;
}

guint
lab_parse_vm_ref (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *name)
{
  guint vm = lab_scenario_find_vm (s, name);
  if (vm == G_MAXUINT)
    unknown (problems, at, "vm", name, names_of (s->vms, G_STRUCT_OFFSET (LabVm, name)));
  return vm;
}

gboolean
lab_parse_any_node_ref (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  char **all;

  for (guint i = 0; i < s->nodes->len; i++)
    g_ptr_array_add (names, g_strdup (((const LabNode *) s->nodes->pdata[i])->name));
  for (guint i = 0; i < s->vms->len; i++)
    g_ptr_array_add (names, g_strdup (lab_scenario_vm (s, i)->name));
  for (guint i = 0; i < s->networks->len; i++)
    {
      const LabNetwork *network = s->networks->pdata[i];
      if (network->dhcp == LAB_DHCP_AGENT)
        g_ptr_array_add (names, g_strdup_printf (LAB_DHCP_NODE_PREFIX "%s", network->name));
    }
  if (lab_scenario_management_link (s, LAB_CONTROLLER_NODE) != G_MAXUINT)
    {
      g_ptr_array_add (names, g_strdup (LAB_CONTROLLER_NODE));
      g_ptr_array_add (names, g_strdup (LAB_MANAGEMENT_NODE));
    }
  if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    return TRUE;
  g_ptr_array_add (names, NULL);
  all = (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
  unknown (problems, at, "node or vm", name, all);
  return FALSE;
}

static void
take (GPtrArray *ends, char *name)
{
  g_ptr_array_add (ends, name);
}

static void
add_node_ends (GPtrArray *ends, const LabNode *node)
{
  for (guint i = 0; i < node->ports->len; i++)
    take (ends, g_strdup_printf ("%s/%s", node->name, (char *) node->ports->pdata[i]));
  for (guint i = 0; i < node->nics->len; i++)
    {
      const LabNic *nic = &g_array_index (node->nics, LabNic, i);
      take (ends, g_strdup_printf ("%s/%s", node->name, nic->name));
      for (guint vf = 0; vf < nic->n_vfs; vf++)
        take (ends, g_strdup_printf ("%s/%sv%u", node->name, nic->name, vf));
    }
  if (node->kind == LAB_NODE_COMPUTE || node->kind == LAB_NODE_TOR)
    {
      take (ends, g_strdup_printf ("%s/%s", node->name, node->uplink));
      take (ends, g_strdup_printf ("%s/" LAB_MANAGEMENT_PORT, node->name));
    }
}

static char **
all_ends (const LabScenario *s)
{
  GPtrArray *ends = g_ptr_array_new ();

  for (guint i = 0; i < s->nodes->len; i++)
    add_node_ends (ends, s->nodes->pdata[i]);
  for (guint i = 0; i < s->vms->len; i++)
    {
      const LabVm *vm = lab_scenario_vm (s, i);
      take (ends, g_strdup_printf ("%s/eth0", vm->name));
      if (vm->node && !vm->direct)
        take (ends, g_strdup_printf ("%s/" LAB_TAP_PREFIX "%s", vm->node->name, vm->name));
    }
  for (guint i = 0; i < s->networks->len; i++)
    {
      const LabNetwork *network = s->networks->pdata[i];
      if (network->dhcp == LAB_DHCP_AGENT)
        take (ends, g_strdup_printf (LAB_DHCP_NODE_PREFIX "%s/eth0", network->name));
    }
  for (guint i = 0; i < s->links->len; i++)
    for (guint e = 0; e < 2; e++)
      {
        const LabEnd *end = &((const LabLink *) s->links->pdata[i])->ends[e];
        if (end->node && end->port)
          take (ends, g_strdup_printf ("%s/%s", end->node, end->port));
      }
  take (ends, g_strdup (LAB_CONTROLLER_NODE "/" LAB_MANAGEMENT_PORT));
  g_ptr_array_add (ends, NULL);
  return (char **) g_ptr_array_free (ends, FALSE);
}

gboolean
lab_parse_end_ref (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *text)
{
  g_auto (GStrv) ends = all_ends (s);
  const char *near;

  if (g_strv_contains ((const char *const *) ends, text))
    return TRUE;
  near = lab_problem_nearest (text, (const char *const *) ends);
  if (near)
    lab_problem (problems, at, "there is no link end '%s'; did you mean '%s'?", text, near);
  else
    lab_problem (problems, at, "there is no link end '%s'; a link end is written node/port, as vm2/eth0",
                 text);
  return FALSE;
}

gboolean
lab_parse_filter (LabProblems *problems, const LabYaml *at, const char *filter)
{
  pcap_t *pcap = pcap_open_dead (DLT_EN10MB, 65535);
  struct bpf_program program;
  gboolean good = pcap_compile (pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;

  if (good)
    pcap_freecode (&program);
  else
    lab_problem (problems, at, "libpcap does not take the filter '%s': %s", filter, pcap_geterr (pcap));
  pcap_close (pcap);
  return good;
}

void
lab_parse_slugs (LabReader *reader, const LabSlugKind *kind, GPtrArray *slugs)
{
  const LabYaml *list = lab_yaml_get (reader->map, kind->key);

  if (list && list->kind != LAB_YAML_LIST)
    {
      lab_problem (reader->problems, list, "%s must be a list of names, as [ %s ]", kind->key,
                   kind->names ()[0]);
      return;
    }
  for (guint i = 0; i < lab_yaml_n (list); i++)
    {
      const LabYaml *item = lab_yaml_item (list, i);
      const char *slug = lab_read_scalar (reader->problems, item, kind->what);
      if (!slug)
        continue;
      if (kind->exists (slug))
        g_ptr_array_add (slugs, g_strdup (slug));
      else
        {
          g_autofree char *hint = lab_problem_hint (slug, kind->names ());
          lab_problem (reader->problems, item, "there is no %s '%s'%s", kind->what, slug, hint);
        }
    }
}

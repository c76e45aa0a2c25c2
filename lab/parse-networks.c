/* The section `networks`: what Neutron is told of subnets and segments. */
#include "lab/parse.h"

#include <string.h>

static const char *const network_keys[]
    = { "subnet", "gateway", "dhcp", "dhcp-ip", "dhcp-mac", "mtu", "segments", NULL };
static const char *const segment_keys[] = { "vxlan", "vlan", "flat", "physnet", NULL };
static const char *const dhcp_words[] = { "none", "agent", "controller", NULL };

static void
segment_clear (gpointer data)
{
  g_free (((LabSegment *) data)->physnet);
}

void
lab_network_free (gpointer data)
{
  LabNetwork *network = data;
  g_free (network->name);
  g_array_unref (network->segments);
  g_free (network);
}

static void
parse_segment (GArray *segments, LabProblems *problems, const LabYaml *node)
{
  LabReader reader = { problems, node, "a segment" };
  LabSegment segment = { 0 };
  const char *physnet;
  guint n_types = 0;
  gboolean flat = FALSE;

  if (!lab_read_map (&reader, segment_keys))
    return;
  for (guint i = 0; i < 3; i++)
    n_types += lab_yaml_get (node, segment_keys[i]) != NULL;
  if (n_types != 1)
    {
      lab_problem (problems, node,
                   "a segment has one of the keys vxlan: VNI, vlan: VLAN or flat: true; this one has %s",
                   n_types ? "several" : "none");
      return;
    }
  /* A bad number still tells the type, so that nothing else is said to be missing. */
  segment.type = lab_yaml_get (node, "vxlan")  ? LAB_SEGMENT_VXLAN
                 : lab_yaml_get (node, "vlan") ? LAB_SEGMENT_VLAN
                                               : LAB_SEGMENT_FLAT;
  lab_read_uint (&reader, "vxlan", 1, 16777215, &segment.id);
  lab_read_uint (&reader, "vlan", 1, 4094, &segment.id);
  if (lab_read_boolean (&reader, "flat", &flat) && !flat)
    lab_problem (problems, lab_yaml_get (node, "flat"), "a flat segment is written flat: true");
  if (lab_read_text (&reader, "physnet", &physnet))
    segment.physnet = g_strdup (physnet);
  if (segment.type != LAB_SEGMENT_VXLAN && !segment.physnet)
    lab_problem (problems, node, "a %s segment needs physnet: the physical network it is on",
                 segment.type == LAB_SEGMENT_VLAN ? "vlan" : "flat");
  g_array_append_val (segments, segment);
}

GArray *
lab_segments_new (void)
{
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (LabSegment));

  g_array_set_clear_func (segments, segment_clear);
  return segments;
}

void
lab_parse_segments (LabProblems *problems, const LabYaml *list, GArray *segments)
{
  if (list->kind != LAB_YAML_LIST || lab_yaml_n (list) == 0)
    lab_problem (problems, list,
                 "segments must be a list, as [ { vxlan: 5001 }, { vlan: 2901, physnet: physnet1 } ]");
  else
    for (guint i = 0; i < lab_yaml_n (list); i++)
      parse_segment (segments, problems, lab_yaml_item (list, i));
}

static void
parse_subnet (LabNetwork *network, LabReader *reader)
{
  const LabYaml *node = lab_yaml_get (reader->map, "subnet");
  const char *text;

  if (!lab_read_require (reader, "subnet") || !lab_read_text (reader, "subnet", &text))
    return;
  if (!net_ipv4_prefix_from_text (text, &network->subnet, &network->prefix_length)
      || network->prefix_length < 8 || network->prefix_length > 29)
    {
      lab_problem (reader->problems, node,
                   "subnet is '%s'; it must be an IPv4 network with a prefix of /8 to /29, as 10.0.0.0/24",
                   text);
      network->subnet = 0;
      return;
    }
  network->subnet &= net_ipv4_mask (network->prefix_length);
  network->gateway = network->subnet + 1;
  network->dhcp_ip = network->subnet + 2;
}

static void
check_in_subnet (const LabNetwork *network, LabReader *reader, const char *key, NetIpv4 ip)
{
  if (network->subnet && (ip & net_ipv4_mask (network->prefix_length)) != network->subnet)
    lab_problem (reader->problems, lab_yaml_get (reader->map, key), "%s lies outside the subnet of %s", key,
                 reader->what);
}

static void
parse_network (LabScenario *s, LabProblems *problems, const LabYaml *key, const LabYaml *node)
{
  g_autofree char *what = g_strdup_printf ("network '%s'", key->text);
  LabReader reader = { problems, node, what };
  LabNetwork *network = g_new0 (LabNetwork, 1);
  const LabYaml *segments;
  const LabSegment *first;
  guint dhcp = LAB_DHCP_NONE;

  network->at = key;
  network->name = g_strdup (key->text);
  network->mtu = 1450;
  network->segments = lab_segments_new ();
  g_ptr_array_add (s->networks, network);
  lab_parse_name (problems, key);
  if (!lab_read_map (&reader, network_keys))
    return;
  parse_subnet (network, &reader);
  lab_read_word (&reader, "dhcp", dhcp_words, &dhcp);
  network->dhcp = (LabDhcp) dhcp;
  if (lab_read_ipv4 (&reader, "gateway", &network->gateway))
    check_in_subnet (network, &reader, "gateway", network->gateway);
  if (lab_read_ipv4 (&reader, "dhcp-ip", &network->dhcp_ip))
    check_in_subnet (network, &reader, "dhcp-ip", network->dhcp_ip);
  lab_read_mac (&reader, "dhcp-mac", &network->dhcp_mac);
  lab_read_uint (&reader, "mtu", 576, 9000, &network->mtu);
  segments = lab_yaml_get (node, "segments");
  if (lab_read_require (&reader, "segments"))
    lab_parse_segments (problems, segments, network->segments);
  first = (const LabSegment *) (gpointer) network->segments->data;
  network->is_provider = network->segments->len == 1 && lab_yaml_n (segments) == 1
                         && first->type != LAB_SEGMENT_VXLAN && first->physnet;
}

void
lab_parse_networks (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (!section)
    return;
  if (section->kind != LAB_YAML_MAP)
    lab_problem (problems, section, "networks must be a map of names, each with subnet and segments");
  else
    for (guint i = 0; i < lab_yaml_n (section); i++)
      parse_network (s, problems, lab_yaml_key (section, i), lab_yaml_item (section, i));
}

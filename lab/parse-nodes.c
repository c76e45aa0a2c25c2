/* The section `nodes`: computes, TORs, SR-IOV computes and switches. */
#include "lab/parse.h"

#include "models/emulator/bugs.h"
#include "models/tor/schema.h"

#include <string.h>

#define LATEST_SCHEMA 2u /* of tor_schema_versions */

static const char *const switch_keys[] = { "kind", NULL };
static const char *const compute_keys[] = { "kind", "ip", "mac", "uplink", "roles", "mtu", "nics", NULL };
static const char *const tor_keys[] = { "kind", "ip",     "mac",    "ports", "mac-age", "mtu", "dials",
                                        "ha",   "switch", "schema", "runs",  "bugs",    NULL };
static const char *const sriov_keys[] = { "kind", "ip", "nics", NULL };
static const char *const *const keys_by_kind[] = { switch_keys, compute_keys, tor_keys, sriov_keys };
static const char *const nic_keys[] = { "physnet", "vfs", "mode", NULL };
static const char *const provider_keys[] = { "physnet", NULL };
/* What makes a TOR one; the first is the default. */
static const char *const tor_programs[] = { "gateway", "ovs-vtep", NULL };
static const LabSlugKind emulator_bugs
    = { "bugs", "bug of ovs-vtep", emulator_bug_exists, emulator_bug_names };
static const char *const roles[] = { "controller", "dhcp-agent", NULL };

static void
nic_clear (gpointer data)
{
  LabNic *nic = data;
  g_free (nic->name);
  g_free (nic->physnet);
}

void
lab_node_free (gpointer data)
{
  LabNode *node = data;
  g_free (node->name);
  g_free (node->uplink);
  g_free (node->ha);
  g_free (node->switch_name);
  g_ptr_array_unref (node->ports);
  g_ptr_array_unref (node->bugs);
  g_array_unref (node->nics);
  g_free (node);
}

static void
parse_ip (LabNode *node, LabReader *reader, gboolean needed)
{
  const char *text;

  node->prefix_length = 24;
  if ((needed && !lab_read_require (reader, "ip")) || !lab_read_text (reader, "ip", &text))
    return;
  if (!(strchr (text, '/') ? net_ipv4_prefix_from_text (text, &node->ip, &node->prefix_length)
                           : net_ipv4_from_text (text, &node->ip)))
    lab_problem (reader->problems, lab_yaml_get (reader->map, "ip"),
                 "ip is '%s'; it must be an IPv4 address, as 10.8.125.20 or 10.8.125.20/24", text);
}

static void
parse_roles (LabNode *node, LabReader *reader)
{
  const LabYaml *list = lab_yaml_get (reader->map, "roles");

  if (!list)
    return;
  if (list->kind != LAB_YAML_LIST)
    {
      lab_problem (reader->problems, list, "roles must be a list, as [ controller, dhcp-agent ]");
      return;
    }
  for (guint i = 0; i < lab_yaml_n (list); i++)
    {
      const LabYaml *item = lab_yaml_item (list, i);
      const char *role = lab_read_scalar (reader->problems, item, "a role");
      if (!role)
        continue;
      if (strcmp (role, "controller") == 0)
        node->is_controller = TRUE;
      else if (strcmp (role, "dhcp-agent") == 0)
        node->is_dhcp_agent = TRUE;
      else
        {
          g_autofree char *hint = lab_problem_hint (role, roles);
          lab_problem (reader->problems, item, "there is no role '%s'%s", role, hint);
        }
    }
}

static void
parse_ports (LabNode *node, LabReader *reader)
{
  const LabYaml *list = lab_yaml_get (reader->map, "ports");

  if (!lab_read_require (reader, "ports"))
    return;
  if (list->kind != LAB_YAML_LIST || lab_yaml_n (list) == 0)
    {
      lab_problem (reader->problems, list, "ports must be a list of names, as [ em3 ]");
      return;
    }
  for (guint i = 0; i < lab_yaml_n (list); i++)
    {
      const LabYaml *item = lab_yaml_item (list, i);
      const char *name = lab_read_scalar (reader->problems, item, "a port");
      if (!name || !lab_parse_name (reader->problems, item))
        continue;
      if (strcmp (name, LAB_MANAGEMENT_PORT) == 0 || strcmp (name, node->uplink) == 0)
        lab_problem (reader->problems, item,
                     "the port name '%s' is taken: every TOR has the ports uplink and mgmt", name);
      else if (g_ptr_array_find_with_equal_func (node->ports, name, g_str_equal, NULL))
        lab_problem (reader->problems, item, "%s has the port '%s' twice", reader->what, name);
      else
        g_ptr_array_add (node->ports, g_strdup (name));
    }
}

/* A card of a compute is a port of br-int: one for each name, and none that the host needs itself. */
static void
check_provider (const LabNode *node, LabProblems *problems, const LabYaml *key)
{
  if (strcmp (key->text, LAB_MANAGEMENT_PORT) == 0 || strcmp (key->text, node->uplink) == 0
      || g_str_has_prefix (key->text, LAB_TAP_PREFIX))
    lab_problem (problems, key,
                 "the card's name '%s' is taken: a compute has the ports %s and mgmt and taps of vms",
                 key->text, node->uplink);
}

static void
parse_nic (LabNode *node, LabProblems *problems, const LabYaml *key, const LabYaml *map)
{
  g_autofree char *what = g_strdup_printf ("nic '%s'", key->text);
  LabReader reader = { problems, map, what };
  gboolean has_vfs = node->kind == LAB_NODE_SRIOV_COMPUTE;
  LabNic nic = { .n_vfs = has_vfs ? 4 : 0 };
  const char *physnet;

  if (!lab_parse_name (problems, key) || !lab_read_map (&reader, has_vfs ? nic_keys : provider_keys))
    return;
  if (lab_read_require (&reader, "physnet") && lab_read_text (&reader, "physnet", &physnet))
    nic.physnet = g_strdup (physnet);
  if (has_vfs)
    {
      lab_read_uint (&reader, "vfs", 1, 63, &nic.n_vfs);
      lab_read_word (&reader, "mode", lab_nic_modes, &nic.mode);
    }
  else
    check_provider (node, problems, key);
  nic.name = g_strdup (key->text);
  g_array_append_val (node->nics, nic);
}

static void
parse_nics (LabNode *node, LabReader *reader)
{
  const LabYaml *map = lab_yaml_get (reader->map, "nics");

  if (node->kind == LAB_NODE_SRIOV_COMPUTE && !lab_read_require (reader, "nics"))
    return;
  if (!map)
    return;
  if (map->kind != LAB_YAML_MAP || lab_yaml_n (map) == 0)
    lab_problem (reader->problems, map,
                 node->kind == LAB_NODE_SRIOV_COMPUTE
                     ? "nics must be a map of physical functions, as { em1: { physnet: physnet1, vfs: 4 } }"
                     : "nics must be a map of cards, as { em1: { physnet: physnet1 } }");
  else
    for (guint i = 0; i < lab_yaml_n (map); i++)
      parse_nic (node, reader->problems, lab_yaml_key (map, i), lab_yaml_item (map, i));
}

/* 02:0a:08:7d:00:14 for 10.8.125.20: the address in the MAC, locally administered. */
static NetMac
mac_of_ip (NetIpv4 ip)
{
  return net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) | (guint64) (ip >> 8) << 16 | (ip & 0xff));
}

/* A name of its own, as a node has it. */
static char *
parse_word (LabReader *reader, const char *key)
{
  const LabYaml *item = lab_yaml_get (reader->map, key);
  const char *text;

  return lab_read_text (reader, key, &text) && lab_parse_name (reader->problems, item) ? g_strdup (text)
                                                                                       : NULL;
}

/* What makes a TOR one of an HA pair stands in the row by which it dials. */
static void
parse_manager (LabNode *node, LabReader *reader)
{
  const LabYaml *dials = lab_yaml_get (reader->map, "dials");

  lab_read_boolean (reader, "dials", &node->dials);
  node->ha = parse_word (reader, "ha");
  node->switch_name = parse_word (reader, "switch");
  if (node->ha && dials && !node->dials)
    lab_problem (reader->problems, dials, "%s is of the HA pair '%s', and such a TOR dials the controller",
                 reader->what, node->ha);
  node->dials |= node->ha != NULL;
  node->schema = LATEST_SCHEMA;
  lab_read_word (reader, "schema", tor_schema_versions, &node->schema);
}

/* The emulator has no setting for the age of addresses, and the gateway none of these bugs. */
static void
parse_program (LabNode *node, LabReader *reader)
{
  guint program = 0;
  const char *other;

  lab_read_word (reader, "runs", tor_programs, &program);
  node->emulated = program == 1;
  lab_parse_slugs (reader, &emulator_bugs, node->bugs);
  other = node->emulated ? "mac-age" : "bugs";
  if (lab_yaml_get (reader->map, other))
    lab_problem (reader->problems, lab_yaml_get (reader->map, other),
                 "%s has no %s; that goes with runs: %s", reader->what, other, tor_programs[!program]);
}

static void
parse_kind (LabNode *node, LabReader *reader)
{
  const char *text;

  node->mac_age_ns = 300 * G_GINT64_CONSTANT (1000000000);
  node->mtu = 1500;
  node->uplink = g_strdup (node->kind == LAB_NODE_TOR ? "uplink" : "em2");
  if (node->kind == LAB_NODE_SWITCH)
    return;
  parse_ip (node, reader, node->kind != LAB_NODE_SRIOV_COMPUTE);
  node->mac = mac_of_ip (node->ip);
  if (node->kind == LAB_NODE_SRIOV_COMPUTE)
    {
      parse_nics (node, reader);
      return;
    }
  lab_read_mac (reader, "mac", &node->mac);
  lab_read_uint (reader, "mtu", 576, 9216, &node->mtu);
  if (node->kind == LAB_NODE_TOR)
    {
      parse_ports (node, reader);
      lab_read_duration (reader, "mac-age", &node->mac_age_ns);
      parse_manager (node, reader);
      parse_program (node, reader);
      return;
    }
  if (lab_read_text (reader, "uplink", &text))
    {
      g_free (node->uplink);
      node->uplink = g_strdup (text);
    }
  parse_nics (node, reader);
  parse_roles (node, reader);
}

static void
parse_node (LabScenario *s, LabProblems *problems, const LabYaml *key, const LabYaml *map)
{
  g_autofree char *what = g_strdup_printf ("node '%s'", key->text);
  LabReader reader = { problems, map, what };
  LabNode *node = g_new0 (LabNode, 1);
  guint kind = 0;

  node->at = key;
  node->name = g_strdup (key->text);
  node->ports = g_ptr_array_new_with_free_func (g_free);
  node->bugs = g_ptr_array_new_with_free_func (g_free);
  node->nics = g_array_new (FALSE, FALSE, sizeof (LabNic));
  g_array_set_clear_func (node->nics, nic_clear);
  g_ptr_array_add (s->nodes, node);
  lab_parse_name (problems, key);
  if (strcmp (key->text, LAB_CONTROLLER_NODE) == 0 || strcmp (key->text, LAB_MANAGEMENT_NODE) == 0
      || g_str_has_prefix (key->text, LAB_DHCP_NODE_PREFIX))
    lab_problem (problems, key,
                 "the name '%s' is taken: the lab adds the nodes odl, mgmt and qdhcp-… by itself", key->text);
  if (map->kind != LAB_YAML_MAP)
    {
      lab_problem (problems, map, "%s must be a map, as { kind: switch }", what);
      return;
    }
  if (!lab_read_require (&reader, "kind") || !lab_read_word (&reader, "kind", lab_node_kinds, &kind))
    return;
  node->has_kind = TRUE;
  node->kind = (LabNodeKind) kind;
  lab_read_map (&reader, keys_by_kind[kind]);
  parse_kind (node, &reader);
}

void
lab_parse_nodes (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (section->kind != LAB_YAML_MAP)
    lab_problem (problems, section, "nodes must be a map of names, each with its kind");
  else
    for (guint i = 0; i < lab_yaml_n (section); i++)
      parse_node (s, problems, lab_yaml_key (section, i), lab_yaml_item (section, i));
}

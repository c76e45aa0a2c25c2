/* The section `l2gw`: L2 gateways and their connections, as an operator gives them to Neutron. */
#include "lab/parse.h"

#include <string.h>

static const char *const gateway_keys[] = { "interfaces", "connect", NULL };

void
lab_gateway_port_clear (gpointer data)
{
  LabGatewayPort *port = data;
  g_free (port->tor);
  g_free (port->port);
}

void
lab_gateway_free (gpointer data)
{
  LabGateway *gateway = data;
  g_free (gateway->name);
  g_array_unref (gateway->ports);
  g_array_unref (gateway->connections);
  g_free (gateway);
}

gboolean
lab_parse_gateway_port (LabScenario *s, LabProblems *problems, const LabYaml *item, LabGatewayPort *out)
{
  const char *text = lab_read_scalar (problems, item, "an interface"), *slash;
  g_autofree char *name = NULL;
  const LabNode *node;

  if (!text)
    return FALSE;
  slash = strchr (text, '/');
  name = slash ? g_strndup (text, (gsize) (slash - text)) : g_strdup (text);
  node = lab_parse_node_ref (s, problems, item, name);
  if (!node || !node->has_kind)
    return FALSE;
  if (node->kind != LAB_NODE_TOR || !slash)
    {
      lab_problem (problems, item, "'%s' is no port of a TOR; write it as tor1/em3", text);
      return FALSE;
    }
  if (!g_ptr_array_find_with_equal_func (node->ports, slash + 1, g_str_equal, NULL))
    {
      g_ptr_array_add (node->ports, NULL);
      {
        const char *const *names = (const char *const *) node->ports->pdata;
        g_autofree char *hint = lab_problem_hint (slash + 1, names);
        lab_problem (problems, item, "node '%s' has no port '%s'%s", name, slash + 1, hint);
      }
      g_ptr_array_set_size (node->ports, (int) node->ports->len - 1);
      return FALSE;
    }
  *out = (LabGatewayPort){ g_strdup (name), g_strdup (slash + 1) };
  return TRUE;
}

static void
parse_interface (LabScenario *s, LabProblems *problems, LabGateway *gateway, const LabYaml *item)
{
  LabGatewayPort port;

  if (lab_parse_gateway_port (s, problems, item, &port))
    g_array_append_val (gateway->ports, port);
}

static void
parse_connection (LabScenario *s, LabProblems *problems, LabGateway *gateway, const LabYaml *key,
                  const LabYaml *node)
{
  LabConnection connection = { .at = key };

  connection.network = lab_parse_network_ref (s, problems, key, key->text);
  if (lab_read_node_uint (problems, node, "the VLAN of a connection", 0, 4094, &connection.vlan)
      && connection.network)
    g_array_append_val (gateway->connections, connection);
}

/* The gateway names no ports: the controller fills them in. */
static void
refuse_blind_discovery (const LabScenario *s, LabProblems *problems, const LabYaml *at)
{
  if (!s->controller.lldp)
    lab_problem (problems, at, "nobody discovers ports; say controller: { lldp: true }");
}

static void
parse_gateway (LabScenario *s, LabProblems *problems, const LabYaml *key, const LabYaml *map)
{
  g_autofree char *what = g_strdup_printf ("gateway '%s'", key->text);
  LabReader reader = { problems, map, what };
  LabGateway *gateway = g_new0 (LabGateway, 1);
  const LabYaml *interfaces, *connect;

  gateway->at = key;
  gateway->name = g_strdup (key->text);
  gateway->ports = g_array_new (FALSE, FALSE, sizeof (LabGatewayPort));
  g_array_set_clear_func (gateway->ports, lab_gateway_port_clear);
  gateway->connections = g_array_new (FALSE, FALSE, sizeof (LabConnection));
  g_ptr_array_add (s->gateways, gateway);
  lab_parse_name (problems, key);
  if (!lab_read_map (&reader, gateway_keys))
    return;
  interfaces = lab_yaml_get (map, "interfaces");
  if (lab_read_require (&reader, "interfaces"))
    {
      if (interfaces->kind == LAB_YAML_SCALAR && strcmp (interfaces->text, "discover") == 0)
        refuse_blind_discovery (s, problems, interfaces);
      else if (interfaces->kind != LAB_YAML_LIST || lab_yaml_n (interfaces) == 0)
        lab_problem (problems, interfaces,
                     "interfaces must be a list of TOR ports, as [ tor1/em3 ], or discover");
      else
        for (guint i = 0; i < lab_yaml_n (interfaces); i++)
          parse_interface (s, problems, gateway, lab_yaml_item (interfaces, i));
    }
  connect = lab_yaml_get (map, "connect");
  if (connect && connect->kind != LAB_YAML_MAP)
    lab_problem (problems, connect, "connect must be a map of networks and VLANs, as { blue: 2901 }");
  else
    for (guint i = 0; i < lab_yaml_n (connect); i++)
      parse_connection (s, problems, gateway, lab_yaml_key (connect, i), lab_yaml_item (connect, i));
}

void
lab_parse_gateways (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (!section)
    return;
  if (section->kind != LAB_YAML_MAP)
    lab_problem (problems, section, "l2gw must be a map of gateway names, each with interfaces and connect");
  else
    for (guint i = 0; i < lab_yaml_n (section); i++)
      parse_gateway (s, problems, lab_yaml_key (section, i), lab_yaml_item (section, i));
}

/* What the timeline does to networks and devices: TORs and computes. */
#include "lab/parse.h"

#include <string.h>

static const char *const tor_action_keys[]
    = { "tor", "bind", "network", "remove", "add", "restart", "transact", "emulator", NULL };
static const char *const compute_action_keys[] = { "compute", "restart", NULL };
static const char *const network_action_keys[] = { "network", "delete", "segments", NULL };

/* NULL when there is none of that name and kind. */
static const LabNode *
parse_device (LabScenario *s, LabReader *reader, const char *key, LabNodeKind kind, LabAction *action)
{
  const LabYaml *at = lab_yaml_get (reader->map, key);
  const LabNode *node;
  const char *name;

  if (!lab_read_text (reader, key, &name))
    return NULL;
  node = lab_parse_node_ref (s, reader->problems, at, name);
  if (!node || !node->has_kind)
    return NULL;
  if (node->kind != kind)
    {
      lab_problem (reader->problems, at, "'%s' is no %s", name, lab_node_kinds[kind]);
      return NULL;
    }
  action->node = lab_scenario_node_index (s, node);
  return node;
}

static void
parse_flag (LabReader *reader, const char *key)
{
  gboolean yes = TRUE;

  if (lab_read_boolean (reader, key, &yes) && !yes)
    lab_problem (reader->problems, lab_yaml_get (reader->map, key), "%s can only be true", key);
}

static void
parse_network_name (LabScenario *s, LabReader *reader, LabAction *action)
{
  const LabNetwork *network;
  const char *name;

  if (!lab_read_text (reader, "network", &name))
    return;
  network = lab_parse_network_ref (s, reader->problems, lab_yaml_get (reader->map, "network"), name);
  if (network)
    g_ptr_array_find (s->networks, network, &action->network);
}

/* "em4" or, with a VLAN, "em4/300": a port of the TOR that acts. */
static void
parse_port (const LabNode *tor, LabReader *reader, const char *key, gboolean has_vlan, LabAction *action)
{
  const LabYaml *at = lab_yaml_get (reader->map, key);
  g_auto (GStrv) words = NULL;
  const char *text;
  guint64 vlan = 0;

  if (!tor || !lab_read_text (reader, key, &text))
    return;
  words = g_strsplit (text, "/", 2);
  if (has_vlan != (words[1] != NULL)
      || (has_vlan && !g_ascii_string_to_unsigned (words[1], 10, 0, 4094, &vlan, NULL)))
    lab_problem (reader->problems, at, has_vlan ? "write it as %s: em4/300" : "write it as %s: em4", key);
  else if (!g_ptr_array_find_with_equal_func (tor->ports, words[0], g_str_equal, NULL))
    lab_problem (reader->problems, at, "node '%s' has no port '%s'", tor->name, words[0]);
  else
    {
      action->port_at = (LabGatewayPort){ g_strdup (tor->name), g_strdup (words[0]) };
      action->vlan = (guint) vlan;
    }
}

/* A mistake in it is found by the database, when its time comes; only what is no JSON is found here. */
static void
parse_operations (LabReader *reader, LabAction *action)
{
  const LabYaml *at = lab_yaml_get (reader->map, "transact");
  const char *text;
  json_error_t error;

  if (!lab_read_text (reader, "transact", &text))
    return;
  action->operations = json_loads (text, JSON_REJECT_DUPLICATES, &error);
  if (!action->operations)
    lab_problem (reader->problems, at, "transact: %s at its line %d, column %d", error.text, error.line,
                 error.column);
  else if (!json_is_array (action->operations))
    lab_problem (reader->problems, at, "transact must be a list of operations, as RFC 7047 has them");
}

static void
parse_emulator (const LabNode *tor, LabReader *reader, LabAction *action)
{
  static const char *const emulator_words[] = { "stop", "start", NULL };
  guint word = 0;

  lab_read_word (reader, "emulator", emulator_words, &word);
  action->kind = word ? LAB_ACTION_START_EMULATOR : LAB_ACTION_STOP_EMULATOR;
  if (tor && !tor->emulated)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "emulator"),
                 "node '%s' has no emulator; runs: ovs-vtep gives it one", tor->name);
}

/* What a TOR's entry says, each with what it needs. */
static void
parse_tor_word (LabScenario *s, const LabNode *tor, LabReader *reader, const char *word, LabAction *action)
{
  if (strcmp (word, "bind") == 0)
    {
      action->kind = LAB_ACTION_BIND;
      parse_port (tor, reader, word, TRUE, action);
      if (lab_read_require (reader, "network"))
        parse_network_name (s, reader, action);
    }
  else if (strcmp (word, "restart") == 0)
    {
      action->kind = LAB_ACTION_RESTART_SERVER;
      parse_flag (reader, word);
    }
  else if (strcmp (word, "transact") == 0)
    {
      action->kind = LAB_ACTION_TRANSACT;
      parse_operations (reader, action);
    }
  else if (strcmp (word, "emulator") == 0)
    parse_emulator (tor, reader, action);
  else
    {
      action->kind = strcmp (word, "remove") == 0 ? LAB_ACTION_REMOVE_PORT : LAB_ACTION_INSERT_PORT;
      parse_port (tor, reader, word, FALSE, action);
    }
}

void
lab_parse_tor_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  static const char *const tor_words[] = { "bind", "remove", "add", "restart", "transact", "emulator" };
  const char *word = NULL;
  const LabNode *tor;
  guint n = 0;

  lab_parse_refuse_others (reader, NULL, tor_action_keys, "tor");
  tor = parse_device (s, reader, "tor", LAB_NODE_TOR, action);
  for (guint i = 0; i < G_N_ELEMENTS (tor_words); i++)
    if (lab_yaml_get (reader->map, tor_words[i]))
      {
        word = tor_words[i];
        n++;
      }
  if (n != 1)
    lab_problem (
        reader->problems, lab_yaml_get (reader->map, "tor"),
        "say bind: em4/300 with a network, remove: em3, add: em3, restart: true, transact: '[ ... ]', "
        "emulator: stop or emulator: start");
  else
    parse_tor_word (s, tor, reader, word, action);
}

void
lab_parse_compute_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  lab_parse_refuse_others (reader, NULL, compute_action_keys, "compute");
  action->kind = LAB_ACTION_RESTART_SWITCH;
  parse_device (s, reader, "compute", LAB_NODE_COMPUTE, action);
  if (lab_read_require (reader, "restart"))
    parse_flag (reader, "restart");
}

void
lab_parse_network_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  lab_parse_refuse_others (reader, NULL, network_action_keys, "network");
  action->kind
      = lab_yaml_get (reader->map, "segments") ? LAB_ACTION_CHANGE_SEGMENTS : LAB_ACTION_DELETE_NETWORK;
  parse_network_name (s, reader, action);
  if (!lab_yaml_get (reader->map, "segments") == !lab_yaml_get (reader->map, "delete"))
    lab_problem (reader->problems, lab_yaml_get (reader->map, "network"),
                 "say delete: true or segments: with the list that is to take the place of the old one");
  else if (action->kind == LAB_ACTION_DELETE_NETWORK)
    parse_flag (reader, "delete");
  else
    {
      action->segments = lab_segments_new ();
      lab_parse_segments (reader->problems, lab_yaml_get (reader->map, "segments"), action->segments);
    }
}

/* What an actor of the timeline does: a VM, a link, a gateway, the controller. */
#include "lab/parse.h"

#include <string.h>

typedef struct
{
  const char *word;
  LabActionKind kind;
  gboolean has_target;
  const char *keys[5]; /* besides at and after */
} Verb;

static const Verb verbs[] = {
  { "ping", LAB_ACTION_PING, TRUE, { "count", "every", "size", "timeout" } },
  { "ping6", LAB_ACTION_PING, TRUE, { "count", "every", "size", "timeout" } },
  { "arping", LAB_ACTION_ARPING, TRUE, { "count", "every", "size" } },
  { "dhcp", LAB_ACTION_DHCP, FALSE, { NULL } },
  { "udp", LAB_ACTION_UDP, TRUE, { "port", "size", "count", "every" } },
  { "send", LAB_ACTION_SEND, FALSE, { "frame", "count", "every" } },
  { "start", LAB_ACTION_START, FALSE, { NULL } },
  { "stop", LAB_ACTION_STOP, FALSE, { NULL } },
  { "flush", LAB_ACTION_FLUSH, FALSE, { NULL } },
  { "migrate", LAB_ACTION_MIGRATE, TRUE, { NULL } },
};

static const char *const link_action_keys[] = { "link", "state", "for", "loss", NULL };
static const char *const gateway_action_keys[]
    = { "gateway", "connect", "disconnect", "add", "delete", NULL };
static const char *const controller_action_keys[] = { "controller", NULL };

static GBytes *
parse_hex (LabProblems *problems, const LabYaml *node)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *p = lab_read_scalar (problems, node, "frame");

  if (!p)
    return NULL;
  for (; *p; p++)
    {
      guint8 byte;
      if (*p == ' ' || *p == ':' || *p == '\n')
        continue;
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        {
          lab_problem (problems, node,
                       "frame must be bytes in hexadecimal, as ff:ff:ff:ff:ff:ff:fa:16:3e:00:00:12:08:06…");
          return NULL;
        }
      byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
      g_byte_array_append (bytes, &byte, 1);
      p++;
    }
  if (bytes->len < 14 || bytes->len > 9216)
    {
      lab_problem (problems, node, "the frame has %u bytes; it must have 14 (an Ethernet header) to 9216",
                   bytes->len);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* Live migration, which a VF does not take part in. */
static void
parse_host (LabScenario *s, LabProblems *problems, LabAction *action, const LabYaml *node, const char *name)
{
  const LabNode *host = lab_parse_node_ref (s, problems, node, name);

  if (lab_scenario_vm (s, action->vm)->direct)
    lab_problem (problems, node, "a VM with a VF cannot migrate");
  else if (host && host->has_kind && host->kind != LAB_NODE_COMPUTE)
    lab_problem (problems, node, "'%s' is no compute that a VM can migrate to", name);
  else if (host)
    action->node = lab_scenario_node_index (s, host);
}

static void
parse_target (LabScenario *s, LabProblems *problems, LabAction *action, const LabYaml *node,
              const char *target)
{
  action->to = lab_scenario_find_vm (s, target);
  if (action->to != G_MAXUINT)
    {
      if (action->ipv6 && !lab_scenario_vm (s, action->to)->has_ipv6)
        lab_problem (problems, node, "vm '%s' has no ipv6 address to ping", target);
      return;
    }
  if (!action->ipv6 && net_ipv4_from_text (target, &action->to_ip))
    return;
  lab_parse_vm_ref (s, problems, node, target);
}

void
lab_parse_refuse_others (LabReader *reader, const char *actor, const char *const *allowed, const char *word)
{
  for (guint i = 0; i < lab_yaml_n (reader->map); i++)
    {
      const LabYaml *key = lab_yaml_key (reader->map, i);
      gboolean good = strcmp (key->text, "at") == 0 || strcmp (key->text, "after") == 0
                      || (actor && strcmp (key->text, actor) == 0);
      for (guint k = 0; allowed[k] && !good; k++)
        good = strcmp (key->text, allowed[k]) == 0;
      if (!good)
        lab_problem (reader->problems, key, "'%s' does not go with %s", key->text, word);
    }
}

static void
refuse_verb (LabProblems *problems, const LabYaml *value, const char *word)
{
  const char *names[G_N_ELEMENTS (verbs) + 1] = { NULL };
  g_autofree char *hint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    names[i] = verbs[i].word;
  hint = lab_problem_hint (word, names);
  lab_problem (problems, value, "a vm cannot '%s'%s", word, hint);
}

void
lab_parse_vm_action (LabScenario *s, LabReader *reader, LabAction *action, const LabYaml *key,
                     const LabYaml *value)
{
  const char *text = lab_read_scalar (reader->problems, value, "an action");
  g_auto (GStrv) words = NULL;
  const Verb *verb = NULL;
  guint64 size = 56;

  action->vm = lab_scenario_find_vm (s, key->text);
  if (!text)
    return;
  words = g_strsplit_set (text, " ", 3);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].word, words[0]) == 0)
      verb = &verbs[i];
  if (!verb)
    {
      refuse_verb (reader->problems, value, words[0]);
      return;
    }
  action->kind = verb->kind;
  action->ipv6 = strcmp (verb->word, "ping6") == 0;
  lab_parse_refuse_others (reader, key->text, verb->keys, verb->word);
  if (verb->has_target && (!words[1] || words[2]))
    lab_problem (reader->problems, value, "write it as '%s vm1'", verb->word);
  else if (!verb->has_target && words[1])
    lab_problem (reader->problems, value, "'%s' takes nothing behind it", verb->word);
  else if (verb->kind == LAB_ACTION_MIGRATE)
    parse_host (s, reader->problems, action, value, words[1]);
  else if (verb->has_target)
    parse_target (s, reader->problems, action, value, words[1]);
  if (action->ipv6 && !lab_scenario_vm (s, action->vm)->has_ipv6)
    lab_problem (reader->problems, key, "vm '%s' has no ipv6 address to ping from", key->text);
  if (action->kind == LAB_ACTION_ARPING)
    size = 0;
  if (lab_read_size (reader, "size", &size) && size > 9000)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "size"), "size is at most 9000 bytes");
  action->payload_bytes = (guint) size;
  if (action->kind == LAB_ACTION_SEND && lab_read_require (reader, "frame"))
    action->frame = parse_hex (reader->problems, lab_yaml_get (reader->map, "frame"));
}

void
lab_parse_link_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  static const char *const states[] = { "down", "up", NULL };
  const LabYaml *node = lab_yaml_get (reader->map, "link");
  const char *text;
  guint state = 0;
  gboolean has_state;

  action->kind = LAB_ACTION_LINK;
  lab_parse_refuse_others (reader, NULL, link_action_keys, "link");
  if (lab_read_text (reader, "link", &text))
    {
      action->link = lab_scenario_find_link (s, text);
      if (action->link == G_MAXUINT)
        lab_problem (reader->problems, node,
                     "there is no link '%s'; name it by one end or both, as in the section links", text);
    }
  has_state = lab_read_word (reader, "state", states, &state);
  action->has_state = has_state;
  action->up = state == 1;
  action->has_loss = lab_read_percent (reader, "loss", &action->loss_ppb);
  if (!lab_yaml_get (reader->map, "state") && !lab_yaml_get (reader->map, "loss"))
    lab_problem (reader->problems, node, "say what happens to the link: state: down, state: up or loss: 5%%");
  lab_parse_time (reader, "for", &action->for_ns);
}

static guint
network_index (LabScenario *s, LabProblems *problems, const LabYaml *at, const char *name)
{
  const LabNetwork *network = lab_parse_network_ref (s, problems, at, name);
  guint index = 0;
  if (network)
    g_ptr_array_find (s->networks, network, &index);
  return index;
}

static void
parse_gateway_name (LabScenario *s, LabReader *reader, LabAction *action)
{
  const char *text;

  action->gateway = G_MAXUINT;
  if (!lab_read_text (reader, "gateway", &text))
    return;
  for (guint i = 0; i < s->gateways->len; i++)
    if (strcmp (((const LabGateway *) s->gateways->pdata[i])->name, text) == 0)
      action->gateway = i;
  if (action->gateway == G_MAXUINT)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "gateway"),
                 "there is no gateway '%s' in the section l2gw", text);
}

static void
parse_connect (LabScenario *s, LabReader *reader, LabAction *action, const LabYaml *connect)
{
  if (connect->kind != LAB_YAML_MAP || lab_yaml_n (connect) != 1)
    {
      lab_problem (reader->problems, connect, "connect must be one network with its VLAN, as { blue: 2901 }");
      return;
    }
  action->network = network_index (s, reader->problems, connect, lab_yaml_key (connect, 0)->text);
  lab_read_node_uint (reader->problems, lab_yaml_item (connect, 0), "the VLAN of a connection", 0, 4094,
                      &action->vlan);
}

void
lab_parse_gateway_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  const LabYaml *connect = lab_yaml_get (reader->map, "connect"),
                *disconnect = lab_yaml_get (reader->map, "disconnect"),
                *add = lab_yaml_get (reader->map, "add"), *remove = lab_yaml_get (reader->map, "delete");
  const char *text;
  gboolean yes = TRUE;

  lab_parse_refuse_others (reader, NULL, gateway_action_keys, "gateway");
  parse_gateway_name (s, reader, action);
  if ((connect != NULL) + (disconnect != NULL) + (add != NULL) + (remove != NULL) != 1)
    {
      lab_problem (reader->problems, lab_yaml_get (reader->map, "gateway"),
                   "say connect: { network: VLAN }, disconnect: network, add: tor1/em3 or delete: true");
      return;
    }
  if (connect)
    {
      action->kind = LAB_ACTION_CONNECT;
      parse_connect (s, reader, action, connect);
    }
  else if (disconnect)
    {
      action->kind = LAB_ACTION_DISCONNECT;
      if (lab_read_text (reader, "disconnect", &text))
        action->network = network_index (s, reader->problems, disconnect, text);
    }
  else if (add)
    {
      action->kind = LAB_ACTION_ADD_PORT;
      lab_parse_gateway_port (s, reader->problems, add, &action->port_at);
    }
  else
    {
      action->kind = LAB_ACTION_DELETE_GATEWAY;
      if (lab_read_boolean (reader, "delete", &yes) && !yes)
        lab_problem (reader->problems, remove, "delete can only be true");
    }
}

void
lab_parse_controller_action (LabReader *reader, LabAction *action)
{
  static const char *const controller_words[] = { "restart", NULL };
  guint word;

  lab_parse_refuse_others (reader, NULL, controller_action_keys, "controller");
  action->kind = LAB_ACTION_RESTART;
  lab_read_word (reader, "controller", controller_words, &word);
}

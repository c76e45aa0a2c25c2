/* The section `timeline`: who does what, and when. */
#include "lab/parse.h"

#include <string.h>

#include "net/frame.h"

static const char *const common_keys[]
    = { "at",         "after", "count",  "every",      "size", "timeout", "port",
        "frame",      "link",  "state",  "for",        "loss", "gateway", "connect",
        "disconnect", "add",   "delete", "controller", NULL };

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
};

static const char *const link_action_keys[] = { "link", "state", "for", "loss", NULL };
static const char *const gateway_action_keys[]
    = { "gateway", "connect", "disconnect", "add", "delete", NULL };
static const char *const controller_action_keys[] = { "controller", NULL };

void
lab_action_free (gpointer data)
{
  LabAction *action = data;
  g_clear_pointer (&action->frame, g_bytes_unref);
  lab_gateway_port_clear (&action->added);
  g_free (action);
}

/* A time of the timeline, which no run outlasts; without the key *out_ns stays.  FALSE after a mistake. */
static gboolean
read_time (LabReader *reader, const char *key, gint64 *out_ns)
{
  const LabYaml *node = lab_yaml_get (reader->map, key);
  gint64 time_ns;

  if (!node)
    return TRUE;
  if (!lab_read_duration (reader, key, &time_ns))
    return FALSE;
  if (time_ns > LAB_LONGEST)
    lab_problem (reader->problems, node, "%s is later than 24h, when every run ends", key);
  else
    *out_ns = time_ns;
  return time_ns <= LAB_LONGEST;
}

static void
parse_when (LabAction *action, LabReader *reader, gboolean first)
{
  const LabYaml *at = lab_yaml_get (reader->map, "at"), *after = lab_yaml_get (reader->map, "after");
  const char *word;

  action->when = LAB_AFTER_DONE;
  if (at && after)
    lab_problem (reader->problems, after, "an entry has at: or after:, not both");
  else if (at)
    {
      action->when = LAB_AT_TIME;
      read_time (reader, "at", &action->time_ns);
    }
  else if (!after)
    {
      if (first)
        action->when = LAB_AT_TIME;
    }
  else if ((word = lab_read_scalar (reader->problems, after, "after")))
    {
      if (strcmp (word, "converged") == 0)
        action->when = LAB_AFTER_CONVERGED;
      else if (strcmp (word, "done") == 0)
        action->when = LAB_AFTER_DONE;
      else if (g_ascii_isdigit (*word))
        {
          action->when = LAB_AFTER_PREVIOUS;
          read_time (reader, "after", &action->time_ns);
        }
      else
        lab_problem (reader->problems, after, "after is '%s'; it must be converged, done or a time, as 500ms",
                     word);
      if (first && action->when == LAB_AFTER_DONE)
        action->when = LAB_AT_TIME;
    }
}

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

/* Keys that belong to another kind of entry are mistakes, not decoration. */
static void
refuse_others (LabReader *reader, const char *actor, const char *const *allowed, const char *word)
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
parse_vm_action (LabScenario *s, LabReader *reader, LabAction *action, const LabYaml *key,
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
      static const char *const names[]
          = { "ping", "ping6", "arping", "dhcp", "udp", "send", "start", "stop", "flush", NULL };
      g_autofree char *hint = lab_problem_hint (words[0], names);
      lab_problem (reader->problems, value, "a vm cannot '%s'%s", words[0], hint);
      return;
    }
  action->kind = verb->kind;
  action->ipv6 = strcmp (verb->word, "ping6") == 0;
  refuse_others (reader, key->text, verb->keys, verb->word);
  if (verb->has_target && (!words[1] || words[2]))
    lab_problem (reader->problems, value, "write it as '%s vm1'", verb->word);
  else if (!verb->has_target && words[1])
    lab_problem (reader->problems, value, "'%s' takes nothing behind it", verb->word);
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

static void
parse_link_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  static const char *const states[] = { "down", "up", NULL };
  const LabYaml *node = lab_yaml_get (reader->map, "link");
  const char *text;
  guint state = 0;
  gboolean has_state;

  action->kind = LAB_ACTION_LINK;
  refuse_others (reader, NULL, link_action_keys, "link");
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
  read_time (reader, "for", &action->for_ns);
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

static void
parse_gateway_action (LabScenario *s, LabReader *reader, LabAction *action)
{
  const LabYaml *connect = lab_yaml_get (reader->map, "connect"),
                *disconnect = lab_yaml_get (reader->map, "disconnect"),
                *add = lab_yaml_get (reader->map, "add"), *remove = lab_yaml_get (reader->map, "delete");
  const char *text;
  gboolean yes = TRUE;

  refuse_others (reader, NULL, gateway_action_keys, "gateway");
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
      lab_parse_gateway_port (s, reader->problems, add, &action->added);
    }
  else
    {
      action->kind = LAB_ACTION_DELETE_GATEWAY;
      if (lab_read_boolean (reader, "delete", &yes) && !yes)
        lab_problem (reader->problems, remove, "delete can only be true");
    }
}

static void
parse_controller_action (LabReader *reader, LabAction *action)
{
  static const char *const words[] = { "restart", NULL };
  guint word;

  refuse_others (reader, NULL, controller_action_keys, "controller");
  action->kind = LAB_ACTION_RESTART;
  lab_read_word (reader, "controller", words, &word);
}

/* The key that says who acts: a VM's name. */
static gboolean
find_actor (LabScenario *s, LabReader *reader, const LabYaml **key, const LabYaml **value)
{
  guint n = 0;

  for (guint i = 0; i < lab_yaml_n (reader->map); i++)
    {
      const LabYaml *k = lab_yaml_key (reader->map, i);
      if (lab_scenario_find_vm (s, k->text) != G_MAXUINT)
        {
          *key = k;
          *value = lab_yaml_item (reader->map, i);
          n++;
        }
      else if (!g_strv_contains (common_keys, k->text))
        {
          g_autoptr (GPtrArray) names = g_ptr_array_new ();
          g_autofree char *hint = NULL;
          for (guint v = 0; v < s->vms->len; v++)
            g_ptr_array_add (names, lab_scenario_vm (s, v)->name);
          for (guint c = 0; common_keys[c]; c++)
            g_ptr_array_add (names, (gpointer) common_keys[c]);
          g_ptr_array_add (names, NULL);
          hint = g_strdup (lab_problem_nearest (k->text, (const char *const *) names->pdata));
          lab_problem (reader->problems, k, "'%s' is neither a vm nor a key of a timeline entry%s%s%s",
                       k->text, hint ? "; did you mean '" : "", hint ? hint : "", hint ? "'?" : "");
          n += 2;
        }
    }
  return n == 1;
}

/* What is repeated comes to its end within the longest run. */
static void
parse_every (LabReader *reader, LabAction *action)
{
  const LabYaml *every = lab_yaml_get (reader->map, "every");

  if (!read_time (reader, "every", &action->every_ns))
    return;
  if (every && action->every_ns == 0)
    lab_problem (reader->problems, every, "every must be more than 0");
  else if (action->every_ns > LAB_LONGEST / action->count)
    lab_problem (reader->problems, every ? every : lab_yaml_get (reader->map, "count"),
                 "count times every is more than 24h, when every run ends");
}

/* Entries begin one after the other, so a time before that of an entry above would not be kept. */
static void
check_order (const LabScenario *s, LabProblems *problems)
{
  gint64 latest_ns = 0;

  for (guint i = 0; i < s->actions->len; i++)
    {
      const LabAction *action = s->actions->pdata[i];
      if (action->when != LAB_AT_TIME)
        continue;
      if (action->time_ns < latest_ns)
        lab_problem (problems, lab_yaml_get (action->at, "at") ? lab_yaml_get (action->at, "at") : action->at,
                     "an entry above begins later; put the entries in the order of their times");
      latest_ns = MAX (latest_ns, action->time_ns);
    }
}

static void
parse_entry (LabScenario *s, LabProblems *problems, const LabYaml *node)
{
  LabReader reader = { problems, node, "a timeline entry" };
  LabAction *action = g_new0 (LabAction, 1);
  const LabYaml *key = NULL, *value = NULL;
  gboolean has_actor;

  action->at = node;
  action->to = G_MAXUINT;
  action->count = 1;
  action->every_ns = G_GINT64_CONSTANT (1000000000);
  g_ptr_array_add (s->actions, action);
  if (node->kind != LAB_YAML_MAP)
    {
      lab_problem (problems, node, "a timeline entry must be a map, as { at: 1s, vm2: dhcp }");
      return;
    }
  parse_when (action, &reader, s->actions->len == 1);
  lab_read_uint (&reader, "count", 1, 1000000, &action->count);
  parse_every (&reader, action);
  read_time (&reader, "timeout", &action->timeout_ns);
  lab_read_uint (&reader, "port", 1, 65535, &action->port);
  has_actor = find_actor (s, &reader, &key, &value);
  if (lab_yaml_get (node, "link") && !key)
    parse_link_action (s, &reader, action);
  else if (lab_yaml_get (node, "gateway") && !key)
    parse_gateway_action (s, &reader, action);
  else if (lab_yaml_get (node, "controller") && !key)
    parse_controller_action (&reader, action);
  else if (has_actor)
    parse_vm_action (s, &reader, action, key, value);
  else if (key || lab_yaml_n (node) == 0 || !lab_problems_n (problems))
    lab_problem (problems, node, "a timeline entry names one actor: a vm, link:, gateway: or controller:");
}

void
lab_parse_timeline (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (!section)
    return;
  if (section->kind != LAB_YAML_LIST)
    lab_problem (problems, section, "timeline must be a list of entries, as [ { at: 1s, vm2: dhcp } ]");
  else
    for (guint i = 0; i < lab_yaml_n (section); i++)
      parse_entry (s, problems, lab_yaml_item (section, i));
  check_order (s, problems);
}

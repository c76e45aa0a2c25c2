/* The section `timeline`: who does what, and when. */
#include "lab/parse.h"

#include <string.h>

const char *const lab_parse_entry_keys[]
    = { "at",         "after",  "count",   "every",      "size",     "timeout",  "port",
        "frame",      "link",   "state",   "for",        "loss",     "gateway",  "connect",
        "disconnect", "add",    "delete",  "controller", "tor",      "compute",  "network",
        "bind",       "remove", "restart", "segments",   "transact", "emulator", NULL };

void
lab_action_free (gpointer data)
{
  LabAction *action = data;
  g_clear_pointer (&action->frame, g_bytes_unref);
  g_clear_pointer (&action->segments, g_array_unref);
  json_decref (action->operations);
  lab_gateway_port_clear (&action->port_at);
  g_free (action);
}

gboolean
lab_parse_time (LabReader *reader, const char *key, gint64 *out_ns)
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
      lab_parse_time (reader, "at", &action->time_ns);
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
          lab_parse_time (reader, "after", &action->time_ns);
        }
      else
        lab_problem (reader->problems, after, "after is '%s'; it must be converged, done or a time, as 500ms",
                     word);
      if (first && action->when == LAB_AFTER_DONE)
        action->when = LAB_AT_TIME;
    }
}

static void
refuse_stranger (LabScenario *s, LabProblems *problems, const LabYaml *key)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *near;

  for (guint v = 0; v < s->vms->len; v++)
    g_ptr_array_add (names, lab_scenario_vm (s, v)->name);
  for (guint i = 0; lab_parse_entry_keys[i]; i++)
    g_ptr_array_add (names, (gpointer) lab_parse_entry_keys[i]);
  g_ptr_array_add (names, NULL);
  near = lab_problem_nearest (key->text, (const char *const *) names->pdata);
  lab_problem (problems, key, "'%s' is neither a vm nor a key of a timeline entry%s%s%s", key->text,
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* The key that says who acts: a VM's name.  FALSE when a key is neither that nor one of an entry's. */
static gboolean
find_actor (LabScenario *s, LabReader *reader, const LabYaml **key, const LabYaml **value, guint *n_actors)
{
  gboolean good = TRUE;

  for (guint i = 0; i < lab_yaml_n (reader->map); i++)
    {
      const LabYaml *k = lab_yaml_key (reader->map, i);
      if (lab_scenario_find_vm (s, k->text) != G_MAXUINT)
        {
          *key = k;
          *value = lab_yaml_item (reader->map, i);
          ++*n_actors;
        }
      else if (!g_strv_contains (lab_parse_entry_keys, k->text))
        {
          refuse_stranger (s, reader->problems, k);
          good = FALSE;
        }
    }
  return good;
}

/* What is repeated comes to its end within the longest run. */
static void
parse_every (LabReader *reader, LabAction *action)
{
  const LabYaml *every = lab_yaml_get (reader->map, "every");

  if (!lab_parse_time (reader, "every", &action->every_ns))
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
  guint n_actors = 0;

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
  lab_parse_time (&reader, "timeout", &action->timeout_ns);
  lab_read_uint (&reader, "port", 1, 65535, &action->port);
  if (!find_actor (s, &reader, &key, &value, &n_actors))
    return;
  if (lab_yaml_get (node, "link") && !key)
    lab_parse_link_action (s, &reader, action);
  else if (lab_yaml_get (node, "gateway") && !key)
    lab_parse_gateway_action (s, &reader, action);
  else if (lab_yaml_get (node, "controller") && !key)
    lab_parse_controller_action (&reader, action);
  else if (lab_yaml_get (node, "tor") && !key)
    lab_parse_tor_action (s, &reader, action);
  else if (lab_yaml_get (node, "compute") && !key)
    lab_parse_compute_action (s, &reader, action);
  else if (lab_yaml_get (node, "network") && !key)
    lab_parse_network_action (s, &reader, action);
  else if (n_actors == 1)
    lab_parse_vm_action (s, &reader, action, key, value);
  else
    lab_problem (problems, node,
                 "a timeline entry names one actor: a vm, link:, gateway:, network:, "
                 "tor:, compute: or controller:");
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

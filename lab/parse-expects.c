/* The section `expect`: what must be true at the end. */
#include "lab/parse.h"

#include <string.h>

#include "lab/units.h"
#include "sim/trace.h"

static const char *const lease_keys[] = { "lease", "ip", "within", NULL };
static const char *const replies_keys[]
    = { "replies", "at-least", "at-most", "exactly", "none", "within", NULL };
static const char *const frames_keys[] = { "frames", NULL };
static const char *const frames_inner_keys[]
    = { "at",    "filter",   "outer",   "inner",   "vni",  "direction", "from",
        "until", "at-least", "at-most", "exactly", "none", NULL };
static const char *const row_keys[] = { "row", "at-least", "at-most", "exactly", "none", NULL };
static const char *const mac_keys[] = { "mac", "none", NULL };
static const char *const mac_inner_keys[] = { "on", "vm", "network", "port", NULL };
static const char *const drops_keys[] = { "drops", "on", "at-least", "at-most", "exactly", "none", NULL };
static const char *const converged_keys[] = { "converged", "within", NULL };

static void
cell_clear (gpointer data)
{
  LabCell *cell = data;
  g_free (cell->column);
  g_free (cell->value);
}

void
lab_expect_free (gpointer data)
{
  LabExpect *expect = data;
  g_free (expect->text);
  g_free (expect->end);
  g_free (expect->outer);
  g_free (expect->inner);
  g_free (expect->node);
  g_free (expect->table);
  g_free (expect->port);
  g_array_unref (expect->cells);
  g_free (expect);
}

/* at-least, at-most, exactly or none; without any of them: at least one, so that silence is never a success. */
static void
parse_counts (LabExpect *expect, LabReader *reader)
{
  gint64 n;
  gboolean none = FALSE;
  guint given = 0;

  expect->at_least = 1;
  expect->at_most = G_MAXUINT64;
  if (lab_read_integer (reader, "exactly", 0, G_MAXINT64, &n))
    {
      expect->at_least = expect->at_most = (guint64) n;
      given++;
    }
  if (lab_read_boolean (reader, "none", &none) && none)
    {
      expect->at_least = expect->at_most = 0;
      given++;
    }
  if (lab_read_integer (reader, "at-least", 1, G_MAXINT64, &n))
    {
      expect->at_least = (guint64) n;
      given += given > 0;
    }
  if (lab_read_integer (reader, "at-most", 0, G_MAXINT64, &n))
    {
      expect->at_most = (guint64) n;
      if (!lab_yaml_get (reader->map, "at-least") && !given)
        expect->at_least = 0;
      given += given > 0;
    }
  if (given > 1)
    lab_problem (reader->problems, reader->map, "exactly, none and at-least/at-most exclude each other");
  else if (expect->at_least > expect->at_most)
    lab_problem (reader->problems, reader->map, "at-least is more than at-most: nothing can meet it");
}

static char *
counts_text (const LabExpect *expect)
{
  if (expect->at_most == 0)
    return g_strdup ("none");
  if (expect->at_least == expect->at_most)
    return g_strdup_printf ("exactly %" G_GUINT64_FORMAT, expect->at_least);
  if (expect->at_most == G_MAXUINT64)
    return g_strdup_printf ("at least %" G_GUINT64_FORMAT, expect->at_least);
  return g_strdup_printf ("%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, expect->at_least, expect->at_most);
}

static char *
within_text (const LabExpect *expect)
{
  g_autofree char *duration = NULL;
  if (expect->within_ns < 0)
    return g_strdup ("");
  duration = lab_units_format_duration (expect->within_ns);
  return g_strdup_printf (" within %s", duration);
}

static void
parse_lease (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  g_autofree char *within = NULL;
  const char *name;

  expect->kind = LAB_EXPECT_LEASE;
  expect->vm = G_MAXUINT;
  lab_read_map (reader, lease_keys);
  if (lab_read_text (reader, "lease", &name))
    expect->vm = lab_parse_vm_ref (s, reader->problems, lab_yaml_get (reader->map, "lease"), name);
  lab_read_ipv4 (reader, "ip", &expect->ip);
  lab_read_duration (reader, "within", &expect->within_ns);
  within = within_text (expect);
  expect->text = g_strdup_printf ("%s gets a lease%s", expect->vm == G_MAXUINT ? "?" : name, within);
}

static void
parse_replies (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const LabYaml *pair = lab_yaml_get (reader->map, "replies");
  g_autofree char *within = NULL, *counts = NULL;
  const char *to;

  expect->kind = LAB_EXPECT_REPLIES;
  lab_read_map (reader, replies_keys);
  if (pair->kind != LAB_YAML_MAP || lab_yaml_n (pair) != 1)
    {
      lab_problem (reader->problems, pair,
                   "replies must be one pair, as { vm2: vm1 }: echoes of vm2 that vm1 answered");
      return;
    }
  expect->vm = lab_parse_vm_ref (s, reader->problems, lab_yaml_key (pair, 0), lab_yaml_key (pair, 0)->text);
  to = lab_read_scalar (reader->problems, lab_yaml_item (pair, 0), "the other end");
  expect->peer = G_MAXUINT;
  if (to && !net_ipv4_from_text (to, &expect->ip))
    expect->peer = lab_parse_vm_ref (s, reader->problems, lab_yaml_item (pair, 0), to);
  lab_read_duration (reader, "within", &expect->within_ns);
  parse_counts (expect, reader);
  within = within_text (expect);
  counts = counts_text (expect);
  expect->text = g_strdup_printf ("%s pings %s: %s replies%s", lab_yaml_key (pair, 0)->text, to ? to : "?",
                                  counts, within);
}

static void
read_filter (LabReader *reader, const char *key, char **out)
{
  const char *text;
  if (lab_read_text (reader, key, &text)
      && lab_parse_filter (reader->problems, lab_yaml_get (reader->map, key), text))
    {
      if (*out)
        lab_problem (reader->problems, lab_yaml_get (reader->map, key),
                     "filter and outer are the same; give one");
      else
        *out = g_strdup (text);
    }
}

static char *
frames_text (const LabExpect *expect)
{
  g_autofree char *counts = counts_text (expect);
  GString *text = g_string_new ("frames at ");

  g_string_append (text, expect->end ? expect->end : "?");
  if (expect->outer)
    g_string_append_printf (text, " [%s]", expect->outer);
  if (expect->inner)
    g_string_append_printf (text, " inner [%s]", expect->inner);
  if (expect->vni >= 0)
    g_string_append_printf (text, " vni %d", (int) expect->vni);
  if (expect->direction)
    g_string_append (text, expect->direction == SIM_TRACE_INBOUND ? " inbound" : " outbound");
  if (expect->from_ns > 0)
    {
      g_autofree char *t = lab_units_format_duration (expect->from_ns);
      g_string_append_printf (text, " from %s", t);
    }
  if (expect->until_ns >= 0)
    {
      g_autofree char *t = lab_units_format_duration (expect->until_ns);
      g_string_append_printf (text, " until %s", t);
    }
  g_string_append_printf (text, ": %s", counts);
  return g_string_free (text, FALSE);
}

static void
parse_frames (LabScenario *s, LabExpect *expect, LabReader *outer_reader)
{
  static const char *const directions[] = { "both", "in", "out", NULL };
  LabReader reader = { outer_reader->problems, lab_yaml_get (outer_reader->map, "frames"), "frames" };
  const char *end;
  guint direction = 0, vni;

  expect->kind = LAB_EXPECT_FRAMES;
  lab_read_map (outer_reader, frames_keys);
  if (!lab_read_map (&reader, frames_inner_keys))
    return;
  if (lab_read_require (&reader, "at") && lab_read_text (&reader, "at", &end)
      && lab_parse_end_ref (s, reader.problems, lab_yaml_get (reader.map, "at"), end))
    expect->end = g_strdup (end);
  read_filter (&reader, "outer", &expect->outer);
  read_filter (&reader, "filter", &expect->outer);
  read_filter (&reader, "inner", &expect->inner);
  if (lab_read_uint (&reader, "vni", 0, 16777215, &vni))
    expect->vni = vni;
  lab_read_word (&reader, "direction", directions, &direction);
  expect->direction = direction == 1 ? SIM_TRACE_INBOUND : direction == 2 ? SIM_TRACE_OUTBOUND : 0;
  lab_read_duration (&reader, "from", &expect->from_ns);
  lab_read_duration (&reader, "until", &expect->until_ns);
  parse_counts (expect, &reader);
  expect->text = frames_text (expect);
}

static const char *const vtep_tables[] = { "Global",
                                           "Physical_Switch",
                                           "Physical_Port",
                                           "Tunnel",
                                           "Logical_Binding_Stats",
                                           "Logical_Switch",
                                           "Ucast_Macs_Local",
                                           "Ucast_Macs_Remote",
                                           "Mcast_Macs_Local",
                                           "Mcast_Macs_Remote",
                                           "Logical_Router",
                                           "Arp_Sources_Local",
                                           "Arp_Sources_Remote",
                                           "Physical_Locator_Set",
                                           "Physical_Locator",
                                           "ACL_entry",
                                           "ACL",
                                           "Manager",
                                           NULL };

static void
parse_row (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const LabYaml *map = lab_yaml_get (reader->map, "row");
  GString *text = g_string_new (NULL);
  g_autofree char *counts = NULL;

  expect->kind = LAB_EXPECT_ROW;
  lab_read_map (reader, row_keys);
  parse_counts (expect, reader);
  for (guint i = 0; i < lab_yaml_n (map) && map->kind == LAB_YAML_MAP; i++)
    {
      const LabYaml *key = lab_yaml_key (map, i);
      const char *value = lab_read_scalar (reader->problems, lab_yaml_item (map, i), key->text);
      LabCell cell;

      if (!value)
        continue;
      if (i > 0)
        {
          cell = (LabCell){ g_strdup (key->text), g_strdup (value) };
          g_array_append_val (expect->cells, cell);
          g_string_append_printf (text, " %s=%s", key->text, value);
          continue;
        }
      if (!lab_parse_node_ref (s, reader->problems, key, key->text))
        continue;
      expect->node = g_strdup (key->text);
      expect->table = g_strdup (value);
      g_string_append_printf (text, "%s has %s", key->text, value);
      if (lab_scenario_find_node (s, key->text)->kind != LAB_NODE_TOR)
        lab_problem (reader->problems, key, "'%s' is no TOR, so it has no hardware_vtep database", key->text);
      else if (!g_strv_contains (vtep_tables, value))
        {
          g_autofree char *near = g_strdup (lab_problem_nearest (value, vtep_tables));
          lab_problem (reader->problems, lab_yaml_item (map, i), "hardware_vtep has no table '%s'%s%s%s",
                       value, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        }
    }
  if (!expect->table && map->kind != LAB_YAML_MAP)
    lab_problem (reader->problems, map,
                 "row must be a TOR with a table, then columns, as { tor1: Ucast_Macs_Local, MAC: vm2 }");
  counts = counts_text (expect);
  g_string_append_printf (text, ": %s", counts);
  expect->text = g_string_free (text, FALSE);
}

static void
parse_mac (LabScenario *s, LabExpect *expect, LabReader *outer_reader)
{
  LabReader reader = { outer_reader->problems, lab_yaml_get (outer_reader->map, "mac"), "mac" };
  gboolean none = FALSE;
  const char *text, *on = "?", *vm = "?";

  expect->kind = LAB_EXPECT_MAC;
  expect->vm = G_MAXUINT;
  lab_read_map (outer_reader, mac_keys);
  if (!lab_read_map (&reader, mac_inner_keys))
    return;
  if (lab_read_require (&reader, "on") && lab_read_text (&reader, "on", &on)
      && lab_parse_node_ref (s, reader.problems, lab_yaml_get (reader.map, "on"), on))
    {
      LabNodeKind kind = lab_scenario_find_node (s, on)->kind;
      expect->node = g_strdup (on);
      if (kind != LAB_NODE_TOR && kind != LAB_NODE_SWITCH)
        lab_problem (reader.problems, lab_yaml_get (reader.map, "on"),
                     "'%s' learns no MACs; name a TOR or a switch", on);
    }
  if (lab_read_require (&reader, "vm") && lab_read_text (&reader, "vm", &vm))
    expect->vm = lab_parse_vm_ref (s, reader.problems, lab_yaml_get (reader.map, "vm"), vm);
  if (lab_read_text (&reader, "network", &text))
    expect->network = lab_parse_network_ref (s, reader.problems, lab_yaml_get (reader.map, "network"), text);
  if (lab_read_text (&reader, "port", &text))
    expect->port = g_strdup (text);
  lab_read_boolean (outer_reader, "none", &none);
  expect->at_least = none ? 0 : 1;
  expect->at_most = none ? 0 : G_MAXUINT64;
  expect->text = g_strdup_printf ("%s %s %s's MAC%s%s", on, none ? "does not know" : "has learned", vm,
                                  expect->port ? " on " : "", expect->port ? expect->port : "");
}

static void
parse_drops (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  g_autofree char *counts = NULL;
  const char *word = "?", *on;

  expect->kind = LAB_EXPECT_DROPS;
  lab_read_map (reader, drops_keys);
  parse_counts (expect, reader);
  if (lab_read_text (reader, "drops", &word) && strcmp (word, "any") != 0)
    {
      expect->reason = net_drop_from_word (word);
      if (expect->reason == NET_DROP_NONE)
        {
          const char *words[NET_DROP_N];
          const char *near;
          for (guint i = 1; i < NET_DROP_N; i++)
            words[i - 1] = net_drop_word (i);
          words[NET_DROP_N - 1] = NULL;
          near = lab_problem_nearest (word, words);
          lab_problem (reader->problems, lab_yaml_get (reader->map, "drops"),
                       "there is no drop reason '%s'%s%s%s", word,
                       near ? "; did you mean '" : "; see vteplab-scenario(5)", near ? near : "",
                       near ? "'?" : "");
        }
    }
  if (lab_read_text (reader, "on", &on)
      && lab_parse_any_node_ref (s, reader->problems, lab_yaml_get (reader->map, "on"), on))
    expect->node = g_strdup (on);
  counts = counts_text (expect);
  expect->text = g_strdup_printf ("frames dropped for %s%s%s: %s", word, expect->node ? " on " : "",
                                  expect->node ? expect->node : "", counts);
}

static void
parse_converged (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  gboolean on = TRUE;
  g_autofree char *within = NULL;

  (void) s;
  expect->kind = LAB_EXPECT_CONVERGED;
  lab_read_map (reader, converged_keys);
  if (lab_read_boolean (reader, "converged", &on) && !on)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "converged"),
                 "converged: true is what can be expected");
  lab_read_duration (reader, "within", &expect->within_ns);
  within = within_text (expect);
  expect->text = g_strdup_printf ("the controller converges%s", within);
}

static const struct
{
  const char *key;
  void (*parse) (LabScenario *s, LabExpect *expect, LabReader *reader);
} kinds[] = {
  { "lease", parse_lease },
  { "replies", parse_replies },
  { "frames", parse_frames },
  { "row", parse_row },
  { "mac", parse_mac },
  { "drops", parse_drops },
  { "converged", parse_converged },
};

static void
parse_expect (LabScenario *s, LabProblems *problems, const LabYaml *node)
{
  static const char *const names[]
      = { "lease", "replies", "frames", "row", "mac", "drops", "converged", NULL };
  LabReader reader = { problems, node, "an expectation" };
  LabExpect *expect;

  if (node->kind != LAB_YAML_MAP || lab_yaml_n (node) == 0)
    {
      lab_problem (problems, node, "an expectation must be a map, as { lease: vm2 }");
      return;
    }
  expect = g_new0 (LabExpect, 1);
  expect->at = node;
  expect->vni = -1;
  expect->until_ns = -1;
  expect->within_ns = -1;
  expect->cells = g_array_new (FALSE, FALSE, sizeof (LabCell));
  g_array_set_clear_func (expect->cells, cell_clear);
  g_ptr_array_add (s->expects, expect);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (lab_yaml_get (node, kinds[i].key))
      {
        kinds[i].parse (s, expect, &reader);
        return;
      }
  {
    g_autofree char *hint = lab_problem_hint (lab_yaml_key (node, 0)->text, names);
    lab_problem (problems, lab_yaml_key (node, 0), "there is no expectation '%s'%s",
                 lab_yaml_key (node, 0)->text, hint);
  }
}

void
lab_parse_expects (LabScenario *s, LabProblems *problems, const LabYaml *section)
{
  if (!section)
    return;
  if (section->kind != LAB_YAML_LIST)
    lab_problem (problems, section, "expect must be a list of expectations, as [ { lease: vm2 } ]");
  else
    for (guint i = 0; i < lab_yaml_n (section); i++)
      parse_expect (s, problems, lab_yaml_item (section, i));
}

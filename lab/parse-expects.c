/* The section `expect`: what must be true at the end. */
#include "lab/parse.h"

#include <string.h>

#include "sim/trace.h"

static const char *const lease_keys[] = { "lease", "ip", "within", NULL };
static const char *const replies_keys[]
    = { "replies", "at-least", "at-most", "exactly", "none", "within", NULL };
static const char *const frames_keys[] = { "frames", NULL };
static const char *const frames_inner_keys[]
    = { "at",    "filter",   "outer",   "inner",   "vni",  "direction", "from",
        "until", "at-least", "at-most", "exactly", "none", NULL };
static const char *const drops_keys[]
    = { "drops", "on", "table", "at-least", "at-most", "exactly", "none", NULL };
static const char *const refusal_keys[] = { "refusal", "at-least", "at-most", "exactly", "none", NULL };
static const char *const bound_keys[] = { "bound", "segment", NULL };
static const char *const cable_keys[] = { "cable", "at", "contradicts", "none", NULL };
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
  g_free (expect->phrase);
  g_array_unref (expect->cells);
  g_free (expect);
}

/* at-least, at-most, exactly or none; without any of them: at least one, so that silence is never a success. */
void
lab_parse_counts (LabExpect *expect, LabReader *reader)
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

static void
parse_lease (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const char *name;

  expect->vm = G_MAXUINT;
  lab_read_map (reader, lease_keys);
  if (lab_read_text (reader, "lease", &name))
    expect->vm = lab_parse_vm_ref (s, reader->problems, lab_yaml_get (reader->map, "lease"), name);
  lab_read_ipv4 (reader, "ip", &expect->ip);
  lab_read_duration (reader, "within", &expect->within_ns);
}

static guint
vm_with_address (const LabScenario *s, NetIpv4 ip)
{
  for (guint i = 0; i < s->vms->len; i++)
    if (lab_scenario_vm (s, i)->ip == ip)
      return i;
  return G_MAXUINT;
}

static void
parse_replies (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const LabYaml *pair = lab_yaml_get (reader->map, "replies");
  const char *to;

  lab_read_map (reader, replies_keys);
  if (pair->kind != LAB_YAML_MAP || lab_yaml_n (pair) != 1)
    {
      lab_problem (reader->problems, pair,
                   "replies must be one pair, as { vm2: vm1 }: echoes of vm2 that vm1 answered");
      return;
    }
  expect->vm = lab_parse_vm_ref (s, reader->problems, lab_yaml_key (pair, 0), lab_yaml_key (pair, 0)->text);
  expect->peer = G_MAXUINT;
  to = lab_read_scalar (reader->problems, lab_yaml_item (pair, 0), "the other end");
  if (to && net_ipv4_from_text (to, &expect->ip))
    expect->peer = vm_with_address (s, expect->ip);
  else if (to)
    expect->peer = lab_parse_vm_ref (s, reader->problems, lab_yaml_item (pair, 0), to);
  lab_read_duration (reader, "within", &expect->within_ns);
  lab_parse_counts (expect, reader);
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

static void
parse_frames (LabScenario *s, LabExpect *expect, LabReader *outer_reader)
{
  static const char *const directions[] = { "both", "in", "out", NULL };
  LabReader reader = { outer_reader->problems, lab_yaml_get (outer_reader->map, "frames"), "frames" };
  const char *end;
  guint direction = 0, vni;

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
  lab_parse_counts (expect, &reader);
}

static void
refuse_reason (LabReader *reader, const char *word)
{
  const char *words[NET_DROP_N], *near;

  for (guint i = 1; i < NET_DROP_N; i++)
    words[i - 1] = net_drop_word (i);
  words[NET_DROP_N - 1] = NULL;
  near = lab_problem_nearest (word, words);
  lab_problem (reader->problems, lab_yaml_get (reader->map, "drops"), "there is no drop reason '%s'%s%s%s",
               word, near ? "; did you mean '" : "; see vteplab-drops(7)", near ? near : "",
               near ? "'?" : "");
}

static void
parse_drops (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const char *word, *on, *table;

  lab_read_map (reader, drops_keys);
  lab_parse_counts (expect, reader);
  if (lab_read_text (reader, "drops", &word) && strcmp (word, "any") != 0)
    {
      expect->reason = net_drop_from_word (word);
      if (expect->reason == NET_DROP_NONE)
        refuse_reason (reader, word);
    }
  if (lab_read_text (reader, "on", &on)
      && lab_parse_any_node_ref (s, reader->problems, lab_yaml_get (reader->map, "on"), on))
    expect->node = g_strdup (on);
  if (lab_read_text (reader, "table", &table))
    expect->table = g_strdup (table);
}

static void
parse_refusal (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const char *phrase;

  (void) s;
  lab_read_map (reader, refusal_keys);
  lab_parse_counts (expect, reader);
  if (lab_read_text (reader, "refusal", &phrase))
    expect->phrase = g_strdup (phrase);
}

static void
parse_cable (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const char *card, *at;

  lab_read_map (reader, cable_keys);
  lab_parse_counts (expect, reader);
  lab_read_boolean (reader, "contradicts", &expect->contradicts);
  if (lab_read_text (reader, "cable", &card)
      && lab_parse_end_ref (s, reader->problems, lab_yaml_get (reader->map, "cable"), card))
    expect->phrase = g_strdup (card);
  if (lab_read_text (reader, "at", &at)
      && lab_parse_end_ref (s, reader->problems, lab_yaml_get (reader->map, "at"), at))
    expect->end = g_strdup (at);
}

static void
parse_bound (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  const char *vm;

  lab_read_map (reader, bound_keys);
  if (lab_read_text (reader, "bound", &vm))
    expect->vm = lab_parse_vm_ref (s, reader->problems, lab_yaml_get (reader->map, "bound"), vm);
  if (lab_read_require (reader, "segment"))
    lab_read_word (reader, "segment", lab_segment_words, &expect->segment);
}

static void
parse_converged (LabScenario *s, LabExpect *expect, LabReader *reader)
{
  gboolean on = TRUE;

  (void) s;
  lab_read_map (reader, converged_keys);
  if (lab_read_boolean (reader, "converged", &on) && !on)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "converged"),
                 "converged: true is what can be expected");
  lab_read_duration (reader, "within", &expect->within_ns);
}

static const struct
{
  const char *key;
  LabExpectKind kind;
  void (*parse) (LabScenario *s, LabExpect *expect, LabReader *reader);
} kinds[] = {
  { "lease", LAB_EXPECT_LEASE, parse_lease },       { "replies", LAB_EXPECT_REPLIES, parse_replies },
  { "frames", LAB_EXPECT_FRAMES, parse_frames },    { "row", LAB_EXPECT_ROW, lab_parse_row_expect },
  { "mac", LAB_EXPECT_MAC, lab_parse_mac_expect },  { "drops", LAB_EXPECT_DROPS, parse_drops },
  { "refusal", LAB_EXPECT_REFUSAL, parse_refusal }, { "cable", LAB_EXPECT_CABLE, parse_cable },
  { "bound", LAB_EXPECT_BOUND, parse_bound },       { "converged", LAB_EXPECT_CONVERGED, parse_converged },
};

static void
refuse_kind (LabProblems *problems, const LabYaml *key)
{
  const char *names[G_N_ELEMENTS (kinds) + 1] = { NULL };
  g_autofree char *hint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    names[i] = kinds[i].key;
  hint = lab_problem_hint (key->text, names);
  lab_problem (problems, key, "there is no expectation '%s'%s", key->text, hint);
}

static void
parse_expect (LabScenario *s, LabProblems *problems, const LabYaml *node)
{
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
        expect->kind = kinds[i].kind;
        kinds[i].parse (s, expect, &reader);
        return;
      }
  refuse_kind (problems, lab_yaml_key (node, 0));
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

/* A scenario's life: variant and overrides applied, sections read in the order in which they refer to each other. */
#include "lab/scenario.h"

#include <string.h>

#include "lab/expect-text.h"
#include "lab/parse.h"
#include "lab/read.h"

const char *const lab_nic_modes[] = { "veb", "vepa", NULL };
const char *const lab_segment_words[] = { "vxlan", "vlan", "flat", NULL };
const char *const lab_node_kinds[] = { "switch", "compute", "tor", "sriov-compute", NULL };

static const char *const top_keys[]
    = { "scenario", "about",      "seed",     "until",  "networks", "nodes",   "links", "vms",
        "l2gw",     "controller", "timeline", "expect", "variants", "capture", NULL };
/* What a variant may change: all but the identity of the file. */
static const char *const variant_keys[]
    = { "about", "seed",       "until",    "networks", "nodes",   "links", "vms",
        "l2gw",  "controller", "timeline", "expect",   "capture", NULL };

static LabScenario *
scenario_new (const char *file, LabYamlSource *source)
{
  LabScenario *s = g_new0 (LabScenario, 1);
  s->file = g_strdup (file);
  s->source = source;
  s->more_sources = g_ptr_array_new_with_free_func ((GDestroyNotify) lab_yaml_source_free);
  s->seed = 1;
  s->until_ns = -1;
  s->networks = g_ptr_array_new_with_free_func (lab_network_free);
  s->nodes = g_ptr_array_new_with_free_func (lab_node_free);
  s->links = g_ptr_array_new_with_free_func (lab_link_free);
  s->vms = g_ptr_array_new_with_free_func (lab_vm_free);
  s->gateways = g_ptr_array_new_with_free_func (lab_gateway_free);
  s->actions = g_ptr_array_new_with_free_func (lab_action_free);
  s->expects = g_ptr_array_new_with_free_func (lab_expect_free);
  s->controller.bugs = g_ptr_array_new_with_free_func (g_free);
  s->controller.fixes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < LAB_CALL_N; i++)
    s->controller.order[i] = i;
  s->capture.ends = g_ptr_array_new_with_free_func (g_free);
  return s;
}

void
lab_scenario_free (LabScenario *s)
{
  if (!s)
    return;
  g_ptr_array_unref (s->expects);
  g_ptr_array_unref (s->actions);
  g_ptr_array_unref (s->gateways);
  g_ptr_array_unref (s->vms);
  g_ptr_array_unref (s->links);
  g_ptr_array_unref (s->nodes);
  g_ptr_array_unref (s->networks);
  g_ptr_array_unref (s->controller.bugs);
  g_ptr_array_unref (s->controller.fixes);
  g_ptr_array_unref (s->capture.ends);
  g_free (s->capture.filter);
  g_free (s->name);
  g_free (s->about);
  g_free (s->variant);
  g_free (s->file);
  g_ptr_array_unref (s->more_sources);
  lab_yaml_source_free (s->source);
  g_free (s);
}

static gboolean
is_plain_name (const char *text)
{
  return *text && strlen (text) <= 48
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-._ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                == strlen (text)
         && g_ascii_isalnum (*text);
}

gboolean
lab_parse_name (LabProblems *problems, const LabYaml *key)
{
  if (is_plain_name (key->text))
    return TRUE;
  lab_problem (problems, key,
               "'%s' is not usable as a name; take letters, digits, '-', '_' and '.', a letter or digit "
               "first, 48 at most",
               key->text);
  return FALSE;
}

/* A variant's expectations come after the file's own; everything else of it replaces. */
static const LabYaml *
apply_variant (LabScenario *s, const LabYaml *root, const char *variant, LabProblems *problems)
{
  const LabYaml *variants = lab_yaml_get (root, "variants"), *over, *base_expect, *more;
  LabYaml *merged, *joined;

  over = lab_yaml_get (variants, variant);
  if (!over)
    {
      g_auto (GStrv) names = lab_parse_keys (variants);
      g_autofree char *hint = lab_problem_hint (variant, (const char *const *) names);
      g_autofree char *message = g_strdup_printf ("there is no variant '%s'%s", variant,
                                                  *names ? hint : "; the file has no variants");
      lab_problem_at (problems, NULL, s->file, 1, 1, message);
      return root;
    }
  if (over->kind != LAB_YAML_MAP)
    return root; /* check_variants() has said it */
  base_expect = lab_yaml_get (root, "expect");
  more = lab_yaml_get (over, "expect");
  merged = (LabYaml *) lab_yaml_merge (s->source, root, over);
  if (!base_expect || !more || base_expect->kind != LAB_YAML_LIST || more->kind != LAB_YAML_LIST)
    return merged;
  joined = (LabYaml *) lab_yaml_join (s->source, base_expect, more);
  for (guint i = 0; i < lab_yaml_n (merged); i++)
    if (strcmp (lab_yaml_key (merged, i)->text, "expect") == 0)
      merged->items->pdata[i] = joined;
  return merged;
}

static void
check_variants (LabProblems *problems, const LabYaml *root)
{
  const LabYaml *variants = lab_yaml_get (root, "variants");

  if (!variants)
    return;
  if (variants->kind != LAB_YAML_MAP || lab_yaml_n (variants) == 0)
    {
      lab_problem (problems, variants, "variants must be a map of names, each with what it changes");
      return;
    }
  for (guint i = 0; i < lab_yaml_n (variants); i++)
    {
      g_autofree char *what = g_strdup_printf ("variant '%s'", lab_yaml_key (variants, i)->text);
      LabReader reader = { problems, lab_yaml_item (variants, i), what };
      if (lab_parse_name (problems, lab_yaml_key (variants, i)))
        lab_read_map (&reader, variant_keys);
    }
}

static const LabYaml *
apply_set (LabScenario *s, const LabYaml *root, const char *set, LabProblems *problems)
{
  const char *equals = strchr (set, '=');
  g_autofree char *name = g_strdup_printf ("--set %s", set), *path = NULL, *failed = NULL;
  LabYamlMistake mistake;
  LabYamlSource *source;
  const LabYaml *changed;

  if (!equals || equals == set)
    {
      lab_problem_at (problems, NULL, name, 1, 1,
                      "write it as key=value, with dots between the keys, as nodes.tor1.ip=10.8.125.21");
      return root;
    }
  path = g_strndup (set, (gsize) (equals - set));
  source = lab_yaml_parse (name, equals + 1, strlen (equals + 1), &mistake);
  g_ptr_array_add (s->more_sources, source);
  if (mistake.message || !source->root)
    {
      lab_problem_at (problems, NULL, name, 1, 1, mistake.message ? mistake.message : "the value is empty");
      g_free (mistake.message);
      return root;
    }
  changed = lab_yaml_replace (source, root, path, source->root, &failed);
  if (!changed)
    {
      g_autofree char *message
          = g_strdup_printf ("the scenario has no '%s' on the way to '%s'", failed, path);
      lab_problem_at (problems, NULL, name, 1, 1, message);
      return root;
    }
  return changed;
}

static void
parse_head (LabScenario *s, LabReader *reader)
{
  const char *text;
  gint64 seed;

  if (lab_read_require (reader, "scenario") && lab_read_text (reader, "scenario", &text)
      && lab_parse_name (reader->problems, lab_yaml_get (reader->map, "scenario")))
    s->name = g_strdup (text);
  if (lab_read_text (reader, "about", &text))
    s->about = g_strdup (text);
  if (lab_read_integer (reader, "seed", 0, G_MAXINT64, &seed))
    s->seed = (guint64) seed;
  if (lab_read_duration (reader, "until", &s->until_ns) && s->until_ns > LAB_LONGEST)
    lab_problem (reader->problems, lab_yaml_get (reader->map, "until"), "until is at most 24h");
}

static void
parse_sections (LabScenario *s, LabReader *reader)
{
  parse_head (s, reader);
  lab_parse_networks (s, reader->problems, lab_yaml_get (reader->map, "networks"));
  if (lab_read_require (reader, "nodes"))
    lab_parse_nodes (s, reader->problems, lab_yaml_get (reader->map, "nodes"));
  lab_parse_links (s, reader->problems, lab_yaml_get (reader->map, "links"));
  lab_parse_vms (s, reader->problems, lab_yaml_get (reader->map, "vms"));
  lab_parse_controller (s, reader->problems, lab_yaml_get (reader->map, "controller"));
  lab_parse_gateways (s, reader->problems, lab_yaml_get (reader->map, "l2gw"));
  lab_parse_capture (s, reader->problems, lab_yaml_get (reader->map, "capture"));
  lab_parse_timeline (s, reader->problems, lab_yaml_get (reader->map, "timeline"));
  lab_parse_expects (s, reader->problems, lab_yaml_get (reader->map, "expect"));
  lab_parse_whole (s, reader);
}

LabScenario *
lab_scenario_parse (const char *file, const char *text, gsize length, const LabOverrides *overrides,
                    LabProblems *problems)
{
  LabYamlMistake mistake;
  LabYamlSource *source = lab_yaml_parse (file, text, length, &mistake);
  g_autoptr (LabScenario) s = scenario_new (file, source);
  const LabYaml *root = source->root;
  LabReader reader = { problems, root, "the scenario" };

  if (mistake.message)
    lab_problem_at (problems, source, file, mistake.line, mistake.column, mistake.message);
  else if (!root || root->kind != LAB_YAML_MAP)
    lab_problem_at (problems, NULL, file, 1, 1, "a scenario is a map that begins with 'scenario: name'");
  g_free (mistake.message);
  if (lab_problems_n (problems))
    {
      lab_problems_keep (problems, g_steal_pointer (&s), (GDestroyNotify) lab_scenario_free);
      return NULL;
    }
  check_variants (problems, root);
  if (overrides->variant)
    {
      root = apply_variant (s, root, overrides->variant, problems);
      s->variant = g_strdup (overrides->variant);
    }
  for (guint i = 0; overrides->sets && overrides->sets[i]; i++)
    root = apply_set (s, root, overrides->sets[i], problems);
  reader.map = root;
  if (lab_read_map (&reader, top_keys))
    parse_sections (s, &reader);
  g_ptr_array_add (s->controller.bugs, NULL);
  g_ptr_array_add (s->controller.fixes, NULL);
  if (overrides->has_seed)
    s->seed = overrides->seed;
  if (overrides->until_ns >= 0)
    s->until_ns = overrides->until_ns;
  if (lab_problems_n (problems))
    {
      lab_problems_keep (problems, g_steal_pointer (&s), (GDestroyNotify) lab_scenario_free);
      return NULL;
    }
  for (guint i = 0; i < s->expects->len; i++)
    {
      LabExpect *expect = s->expects->pdata[i];
      expect->text = lab_expect_text (s, expect);
    }
  return g_steal_pointer (&s);
}

char **
lab_scenario_variants (const char *file, const char *text, gsize length)
{
  LabYamlMistake mistake;
  g_autoptr (LabYamlSource) source = lab_yaml_parse (file, text, length, &mistake);
  char **names = lab_parse_keys (source->root ? lab_yaml_get (source->root, "variants") : NULL);
  g_free (mistake.message);
  return names;
}

char **
lab_parse_keys (const LabYaml *map)
{
  GStrvBuilder *names = g_strv_builder_new ();
  char **result;

  if (map && map->kind == LAB_YAML_MAP)
    for (guint i = 0; i < lab_yaml_n (map); i++)
      g_strv_builder_add (names, lab_yaml_key (map, i)->text);
  result = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return result;
}

const LabNode *
lab_scenario_find_node (const LabScenario *s, const char *name)
{
  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      if (strcmp (node->name, name) == 0)
        return node;
    }
  return NULL;
}

const LabNetwork *
lab_scenario_find_network (const LabScenario *s, const char *name)
{
  for (guint i = 0; i < s->networks->len; i++)
    {
      const LabNetwork *network = s->networks->pdata[i];
      if (strcmp (network->name, name) == 0)
        return network;
    }
  return NULL;
}

guint
lab_scenario_find_vm (const LabScenario *s, const char *name)
{
  for (guint i = 0; i < s->vms->len; i++)
    if (strcmp (lab_scenario_vm (s, i)->name, name) == 0)
      return i;
  return G_MAXUINT;
}

gboolean
lab_scenario_has_bug (const LabScenario *s, const char *slug)
{
  return g_strv_contains ((const char *const *) s->controller.bugs->pdata, slug);
}

gboolean
lab_scenario_has_fix (const LabScenario *s, const char *slug)
{
  return g_strv_contains ((const char *const *) s->controller.fixes->pdata, slug);
}

guint
lab_scenario_node_index (const LabScenario *s, const LabNode *node)
{
  guint index = 0;
  g_ptr_array_find (s->nodes, node, &index);
  return index;
}

guint
lab_scenario_management_link (const LabScenario *s, const char *name)
{
  gboolean has_controller = FALSE;

  for (guint i = 0; i < s->nodes->len; i++)
    {
      const LabNode *node = s->nodes->pdata[i];
      if (strcmp (node->name, name) == 0 && (node->kind == LAB_NODE_COMPUTE || node->kind == LAB_NODE_TOR))
        return s->links->len + i;
      has_controller |= node->is_controller;
    }
  return has_controller && strcmp (name, LAB_CONTROLLER_NODE) == 0 ? s->links->len + s->nodes->len
                                                                   : G_MAXUINT;
}

static gboolean
is_end (const LabEnd *end, const char *text)
{
  g_autofree char *name = end->port ? g_strdup_printf ("%s/%s", end->node, end->port) : g_strdup (end->node);
  return strcmp (name, text) == 0;
}

guint
lab_scenario_find_link (const LabScenario *s, const char *text)
{
  const char *dashes = strstr (text, " -- ");
  g_autofree char *a = dashes ? g_strndup (text, (gsize) (dashes - text)) : g_strdup (text);
  g_autofree char *b = dashes ? g_strdup (dashes + 4) : NULL;

  g_strstrip (a);
  if (b)
    g_strstrip (b);
  if (!b && g_str_has_suffix (a, "/" LAB_MANAGEMENT_PORT))
    {
      a[strlen (a) - strlen ("/" LAB_MANAGEMENT_PORT)] = '\0';
      return lab_scenario_management_link (s, a);
    }
  for (guint i = 0; i < s->links->len; i++)
    {
      const LabLink *link = s->links->pdata[i];
      if (!b
          && ((link->ends[0].port && is_end (&link->ends[0], a))
              || (link->ends[1].port && is_end (&link->ends[1], a))))
        return i;
      if (b
          && ((is_end (&link->ends[0], a) && is_end (&link->ends[1], b))
              || (is_end (&link->ends[0], b) && is_end (&link->ends[1], a))))
        return i;
    }
  return G_MAXUINT;
}

/* The configuration file: a YAML map of the settings' keys. */
#include "vtepd/config.h"

#include "lab/problem.h"

static void
read_scalar (VtepdConfig *config, const VtepdSetting *setting, const LabYaml *node, LabProblems *problems)
{
  g_autofree char *wrong = NULL;

  if (node->kind != LAB_YAML_SCALAR)
    {
      lab_problem (problems, node, "'%s' must be a single value", setting->key);
      return;
    }
  wrong = vtepd_config_set (config, setting, node->text);
  if (wrong)
    lab_problem (problems, node, "%s", wrong);
}

static void
read_value (VtepdConfig *config, const VtepdSetting *setting, const LabYaml *node, LabProblems *problems)
{
  if (!vtepd_setting_is_list (setting) || node->kind == LAB_YAML_SCALAR)
    read_scalar (config, setting, node, problems);
  else if (node->kind == LAB_YAML_LIST)
    for (guint i = 0; i < lab_yaml_n (node); i++)
      read_scalar (config, setting, lab_yaml_item (node, i), problems);
  else
    lab_problem (problems, node, "'%s' must be a value or a list of values", setting->key);
}

static void
refuse_key (const LabYaml *key, LabProblems *problems)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL;

  for (const VtepdSetting *setting = vtepd_settings; setting->key; setting++)
    g_ptr_array_add (names, (gpointer) setting->key);
  g_ptr_array_add (names, NULL);
  hint = lab_problem_hint (key->text, (const char *const *) names->pdata);
  lab_problem (problems, key, "there is no setting '%s'%s", key->text, hint);
}

static void
read_map (VtepdConfig *config, const LabYaml *root, LabProblems *problems)
{
  if (root->kind != LAB_YAML_MAP)
    {
      lab_problem (problems, root, "the file must be a map of settings and values, as 'name: tor1'");
      return;
    }
  for (guint i = 0; i < lab_yaml_n (root); i++)
    {
      const LabYaml *key = lab_yaml_key (root, i);
      const VtepdSetting *setting = vtepd_setting_find (key->text);
      if (setting)
        read_value (config, setting, lab_yaml_item (root, i), problems);
      else
        refuse_key (key, problems);
    }
}

/* FALSE, with the place of the first byte that is none of a text's. */
static gboolean
is_text (const char *name, const char *text, gsize length, LabProblems *problems)
{
  const char *end, *line_start = text;
  guint line = 1;

  if (g_utf8_validate_len (text, length, &end))
    return TRUE;
  for (const char *at = text; at < end; at++)
    if (*at == '\n')
      {
        line++;
        line_start = at + 1;
      }
  lab_problem_at (problems, NULL, name, line, (guint) (end - line_start) + 1,
                  "this byte is no UTF-8; the file must be a text");
  return FALSE;
}

gboolean
vtepd_config_parse (VtepdConfig *config, const char *name, const char *text, gsize length, char **mistakes)
{
  g_autoptr (LabProblems) problems = lab_problems_new ();
  g_autoptr (LabYamlSource) source = NULL;
  LabYamlMistake mistake = { 0 };

  if (is_text (name, text, length, problems))
    {
      source = lab_yaml_parse (name, text, length, &mistake);
      if (mistake.message)
        lab_problem_at (problems, source, name, mistake.line, mistake.column, mistake.message);
      else if (source->root)
        read_map (config, source->root, problems);
    }
  g_free (mistake.message);
  if (lab_problems_n (problems) == 0)
    return TRUE;
  *mistakes = lab_problems_format (problems);
  return FALSE;
}

/* Reading scenario files. */
#include "cli/source.h"

#define MAX_FILE (4u * 1024u * 1024u)

CliSource *
cli_source_load (const char *path, const char *variant)
{
  g_autoptr (CliSource) source = g_new0 (CliSource, 1);
  g_autoptr (GError) error = NULL;

  source->path = g_strdup (path);
  if (!g_file_get_contents (path, &source->text, &source->length, &error))
    {
      g_printerr ("vteplab: %s\n", error->message);
      return NULL;
    }
  if (source->length > MAX_FILE)
    {
      g_printerr ("vteplab: %s has %zu bytes; a scenario has at most %u\n", path, source->length, MAX_FILE);
      return NULL;
    }
  if (variant)
    {
      source->variants = g_new0 (char *, 2);
      source->variants[0] = g_strdup (variant);
      source->n_variants = 1;
      return g_steal_pointer (&source);
    }
  source->variants = lab_scenario_variants (path, source->text, source->length);
  source->n_variants = g_strv_length (source->variants);
  if (source->n_variants == 0)
    source->n_variants = 1;
  return g_steal_pointer (&source);
}

void
cli_source_free (CliSource *source)
{
  if (!source)
    return;
  g_free (source->path);
  g_free (source->text);
  g_strfreev (source->variants);
  g_free (source);
}

LabScenario *
cli_source_parse (const CliSource *source, guint variant, const LabOverrides *overrides)
{
  g_autoptr (LabProblems) problems = lab_problems_new ();
  LabOverrides with_variant = *overrides;
  LabScenario *scenario;
  g_autofree char *text = NULL;

  with_variant.variant = source->variants[variant];
  scenario = lab_scenario_parse (source->path, source->text, source->length, &with_variant, problems);
  if (scenario)
    return scenario;
  text = lab_problems_format (problems);
  g_printerr ("%s", text);
  return NULL;
}

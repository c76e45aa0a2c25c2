/* vteplab check: every mistake of every file, and nothing is run. */
#include "cli/commands.h"
#include "cli/source.h"

int
cli_check (int argc, char **argv)
{
  static char **sets;
  const GOptionEntry entries[]
      = { { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets, "Change a value of the file first", "KEY=VALUE" },
          { NULL } };
  int status = CLI_MET;

  if (!cli_parse_options (entries, "SCENARIO…", "Validates scenario files, all variants of each.", &argc,
                          &argv))
    return CLI_MISTAKE;
  if (argc < 2)
    {
      g_printerr ("vteplab check: name at least one scenario file\n");
      return CLI_MISTAKE;
    }
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (CliSource) source = cli_source_load (argv[i], NULL);
      const LabOverrides overrides = { .sets = (const char *const *) sets, .until_ns = -1 };
      gboolean good = source != NULL;

      for (guint v = 0; good && v < source->n_variants; v++)
        {
          g_autoptr (LabScenario) scenario = cli_source_parse (source, v, &overrides);
          good = scenario != NULL;
        }
      if (good)
        g_print ("%s: good\n", argv[i]);
      else
        status = CLI_MISTAKE;
    }
  return status;
}

/* GOption with one manner of refusing. */
#include "cli/commands.h"

gboolean
cli_parse_options (const GOptionEntry *entries, const char *arguments, const char *about, int *argc,
                   char ***argv)
{
  g_autofree char *command = g_strdup ((*argv)[0]);
  g_autofree char *program = g_strdup_printf ("vteplab %s", command);
  GOptionContext *context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;
  gboolean good;

  (*argv)[0] = program;
  g_set_prgname (program);
  g_option_context_set_summary (context, about);
  g_option_context_add_main_entries (context, entries, NULL);
  good = g_option_context_parse (context, argc, argv, &error);
  (*argv)[0] = NULL;
  if (!good)
    g_printerr ("vteplab %s: %s; 'vteplab %s --help' lists the options\n", command, error->message, command);
  g_option_context_free (context);
  return good;
}

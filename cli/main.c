/* vteplab: finds the subcommand. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *about;
} commands[] = {
  { "run", cli_run, "run scenarios and judge what they expect" },
  { "check", cli_check, "validate scenarios, run nothing" },
  { "view", cli_view, "watch a scenario or a trace in the terminal" },
  { "ovsdb-server", cli_ovsdb_server, "serve an OVSDB schema to real clients" },
  { "switch", cli_switch, "serve an OpenFlow switch to real controllers and ovs-ofctl" },
};

static void
print_help (void)
{
  g_print ("Usage: vteplab COMMAND …\n\n"
           "A laboratory of SR-IOV NICs, hardware VTEPs and their controller on a virtual clock.\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-14s %s\n", commands[i].name, commands[i].about);
  g_print ("\n'vteplab COMMAND --help' tells more; so does 'man vteplab'.\n");
}

/* UTF-8 as it is, whatever the locale: the same run prints the same bytes everywhere. */
static void
print_raw (const char *text)
{
  fputs (text, stdout);
}

static void
print_error_raw (const char *text)
{
  fflush (stdout);
  fputs (text, stderr);
}

int
main (int argc, char **argv)
{
  setlocale (LC_CTYPE, "");
  g_set_print_handler (print_raw);
  g_set_printerr_handler (print_error_raw);
  if (argc < 2)
    {
      print_help ();
      return CLI_MISTAKE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return CLI_MET;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("vteplab " VTEPLAB_VERSION "\n");
      return CLI_MET;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  g_printerr ("vteplab: there is no command '%s'; 'vteplab --help' lists them\n", argv[1]);
  return CLI_MISTAKE;
}

/* The subcommands of vteplab, a file each.  argv[0] is the subcommand's name. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  CLI_MET = 0,     /* every expectation was met */
  CLI_FAILED = 1,  /* one was not, or the timeline did not come to its end */
  CLI_MISTAKE = 2, /* the command line, a scenario or a file is wrong */
  CLI_DIFFER = 3,  /* two traces differ */
  CLI_INTERNAL = 4
};

int cli_run (int argc, char **argv);
int cli_check (int argc, char **argv);
int cli_view (int argc, char **argv);
int cli_ovsdb_server (int argc, char **argv);
int cli_switch (int argc, char **argv);

/* Parses options into `entries`; what is left stays in argv, from argv[1] on.  FALSE after saying on stderr what is
 * wrong and where help is. */
gboolean cli_parse_options (const GOptionEntry *entries, const char *arguments, const char *about, int *argc,
                            char ***argv);

G_END_DECLS

/* The subcommand as a program of its own, for tests that need nothing else of the command. */
#include "cli/commands.h"

int
main (int argc, char **argv)
{
  static char name[] = "ovsdb-server";

  argv[0] = name;
  return cli_ovsdb_server (argc, argv);
}

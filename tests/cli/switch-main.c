/* The subcommand as a program of its own, for tests that need nothing else of the command. */
#include "cli/commands.h"

int
main (int argc, char **argv)
{
  static char name[] = "switch";

  argv[0] = name;
  return cli_switch (argc, argv);
}

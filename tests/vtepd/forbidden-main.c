/* Gives up its rights as vtepd does, then does what vtepd never does: forbidden-main exec|raw|ptrace. */
#include "vtepd/privileges.h"

#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static void
do_what_is_forbidden (const char *what)
{
  if (strcmp (what, "exec") == 0)
    execl ("/bin/true", "true", NULL);
  else if (strcmp (what, "raw") == 0)
    socket (AF_PACKET, SOCK_RAW, 0);
  else if (strcmp (what, "ptrace") == 0)
    ptrace (PTRACE_TRACEME, 0, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  VtepdUser user;
  gboolean done = vtepd_user_find (NULL, &user, &error) && vtepd_privileges_drop (&user, &error)
                  && vtepd_syscalls_restrict (&error);

  if (!done)
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  if (argc > 1)
    do_what_is_forbidden (argv[1]);
  vtepd_user_clear (&user);
  return 0;
}

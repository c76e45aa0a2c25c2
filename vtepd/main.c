/* vtepd: the daemon, or 'vtepd ctl …', which talks to one. */
#include "vtepd/ctl.h"
#include "vtepd/daemon.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void
print_error_raw (const char *text)
{
  fputs (text, stderr);
}

static VtepdConfig *
configure (int argc, char **argv, VtepdFlags **flags)
{
  g_autoptr (GPtrArray) wrong = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *mistakes = NULL;
  VtepdConfig *config;

  *flags = vtepd_flags_new (argc, argv, wrong);
  for (guint i = 0; i < wrong->len; i++)
    g_printerr ("vtepd: %s\n", (char *) g_ptr_array_index (wrong, i));
  if (wrong->len)
    return NULL;
  config = vtepd_config_read (*flags, NULL, &mistakes);
  if (!config)
    g_printerr ("%s", mistakes);
  return config;
}

int
main (int argc, char **argv)
{
  g_autoptr (VtepdFlags) flags = NULL;
  VtepdConfig *config;

  setlocale (LC_CTYPE, "");
  g_set_printerr_handler (print_error_raw);
  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    {
      printf ("vtepd " VTEPLAB_VERSION "\n");
      return VTEPD_STOPPED;
    }
  if (argc > 1 && strcmp (argv[1], "ctl") == 0)
    return vtepd_ctl_main (argc - 1, argv + 1);
  umask (S_IXUSR | S_IXGRP | S_IRWXO);
  config = configure (argc, argv, &flags);
  return config ? vtepd_run (flags, config) : VTEPD_MISTAKE;
}

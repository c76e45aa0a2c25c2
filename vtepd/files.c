/* Owners and directories. */
#include "vtepd/files.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_MODE (S_IRWXU | S_IRGRP | S_IXGRP)

void
vtepd_files_give (const char *path, const VtepdUser *user)
{
  /* Who may not do this has made the file as the user already. */
  if (geteuid () == 0 && lchown (path, user->user, user->group) < 0)
    g_printerr ("vtepd: '%s' cannot be given to its user\n", path);
}

void
vtepd_files_make_directory (const char *path, const VtepdUser *user)
{
  if (mkdir (path, DIRECTORY_MODE) < 0)
    return;
  chmod (path, DIRECTORY_MODE);
  vtepd_files_give (path, user);
}

void
vtepd_files_give_database (const char *path, const VtepdUser *user)
{
  g_autofree char *directory = g_path_get_dirname (path), *base = g_path_get_basename (path);
  g_autofree char *lock = g_strdup_printf ("%s/.%s.~lock~", directory, base);

  vtepd_files_give (path, user);
  vtepd_files_give (lock, user);
}

char *
vtepd_files_database_problem (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);

  if (access (directory, W_OK | X_OK) == 0)
    return NULL;
  return g_strdup_printf (
      "the directory '%s' is not this daemon's to write in: the database there cannot be made small "
      "when it has grown; give the directory to the daemon's user",
      directory);
}

gboolean
vtepd_files_write_pid (const char *path, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%d\n", (int) getpid ());

  return g_file_set_contents (path, text, -1, error);
}

/* Owners and directories. */
#include "vtepd/files.h"

#include "gateway/linux/world.h"

#include <errno.h>
#include <fcntl.h>
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

int
vtepd_files_open_pid (const char *path, GError **error)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);

  if (fd >= 0 && fcntl (fd, F_OFD_SETLK, &lock) == 0 && ftruncate (fd, 0) == 0
      && dprintf (fd, "%d\n", (int) getpid ()) > 0)
    return fd;
  if (fd >= 0 && (errno == EAGAIN || errno == EACCES))
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE,
                 "the pid file '%s' is that of another daemon, which runs", path);
  else
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE,
                 "the pid file '%s' cannot be written: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

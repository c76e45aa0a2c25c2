/* A lock beside the file that it guards: the file itself is replaced, and its locks would go with it. */
#include "gateway/linux/storage.h"
#include "gateway/linux/world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
say_not_locked (const char *path, const char *lock_path, int why, GError **error)
{
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s' cannot be locked: %s: %s", path,
               lock_path, g_strerror (why));
}

/* A lock of an open file description has no process to name; one of a process, such as Open vSwitch takes, has. */
static void
say_held (const char *path, int fd, GError **error)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  if (fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s' is in use by process %d", path,
                 lock.l_pid);
  else
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s' is in use by another process",
                 path);
}

int
linux_file_lock (const char *path, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path), *base = g_path_get_basename (path);
  g_autofree char *lock_path = g_strdup_printf ("%s/.%s.~lock~", directory, base);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

  if (fd < 0 && errno == ENOENT)
    g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s': there is no directory '%s'",
                 path, directory);
  else if (fd < 0)
    say_not_locked (path, lock_path, errno, error);
  else if (fcntl (fd, F_OFD_SETLK, &lock) == 0)
    return fd;
  else if (errno == EAGAIN)
    say_held (path, fd, error);
  else
    say_not_locked (path, lock_path, errno, error);
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Files that survive a crash at any moment. */
#include "gateway/linux/storage.h"
#include "gateway/linux/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE (S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) /* less the umask */

typedef struct
{
  char *path;
  int lock;
  int fd;         /* open for appending; -1: not now */
  guint64 length; /* of what fd shows */
} Stored;

struct _LinuxStorage
{
  char *directory;    /* NULL: only names with a file of their own */
  GHashTable *paths;  /* name → path */
  GHashTable *stored; /* name → Stored: those in use */
};

/* ---- names ------------------------------------------------------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *path, const char *what)
{
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s' %s: %s", path, what,
               g_strerror (errno));
  return FALSE;
}

static char *
path_of (const LinuxStorage *storage, const char *name, GError **error)
{
  const char *path = g_hash_table_lookup (storage->paths, name);

  if (path)
    return g_strdup (path);
  if (storage->directory && *name && *name != '.' && !strchr (name, '/'))
    return g_build_filename (storage->directory, name, NULL);
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "there is no place to store '%s'", name);
  return NULL;
}

/* Where a link points: replacing must not replace the link. */
static char *
resolve (char *path)
{
  char *real = realpath (path, NULL), *copy;

  if (!real)
    return path;
  copy = g_strdup (real);
  free (real);
  g_free (path);
  return copy;
}

static void
close_file (Stored *stored)
{
  if (stored->fd >= 0)
    close (stored->fd);
  stored->fd = -1;
}

static void
stored_free (gpointer data)
{
  Stored *stored = data;

  close_file (stored);
  close (stored->lock);
  g_free (stored->path);
  g_free (stored);
}

static Stored *
find (LinuxStorage *storage, const char *name, GError **error)
{
  Stored *stored = g_hash_table_lookup (storage->stored, name);
  g_autofree char *path = NULL;
  int lock;

  if (stored)
    return stored;
  path = path_of (storage, name, error);
  if (!path)
    return NULL;
  path = resolve (g_steal_pointer (&path));
  lock = linux_file_lock (path, error);
  if (lock < 0)
    return NULL;
  stored = g_new0 (Stored, 1);
  *stored = (Stored){ .path = g_steal_pointer (&path), .lock = lock, .fd = -1 };
  g_hash_table_insert (storage->stored, g_strdup (name), stored);
  return stored;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static gboolean
write_all (int fd, const guint8 *bytes, gsize n)
{
  while (n)
    {
      gssize done = write (fd, bytes, n);
      if (done < 0 && errno == EINTR)
        continue;
      if (done <= 0)
        return FALSE;
      bytes += done;
      n -= (gsize) done;
    }
  return TRUE;
}

/* The names in the directory of `path` outlive a crash. */
static gboolean
sync_directory (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean good = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return good;
}

/* ---- load -------------------------------------------------------------------------------------------------------- */

static GBytes *
read_whole (int fd, const char *path, GError **error)
{
  struct stat file;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize at = 0;
  gssize n;

  if (fstat (fd, &file) < 0 || !S_ISREG (file.st_mode))
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s' is no regular file", path);
      return NULL;
    }
  if (file.st_size > (off_t) (G_MAXUINT / 2))
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE,
                   "'%s' is too long: %" G_GINT64_FORMAT " bytes", path, (gint64) file.st_size);
      return NULL;
    }
  g_byte_array_set_size (bytes, (guint) file.st_size);
  while (at < bytes->len)
    {
      n = pread (fd, bytes->data + at, bytes->len - at, (off_t) at);
      if (n < 0 && errno != EINTR)
        {
          refuse (error, path, "cannot be read");
          return NULL;
        }
      if (n == 0)
        break; /* somebody made it shorter */
      at += (gsize) MAX (n, 0);
    }
  g_byte_array_set_size (bytes, (guint) at);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

GBytes *
linux_storage_load (LinuxStorage *storage, const char *name, GError **error)
{
  Stored *stored = find (storage, name, error);
  GBytes *bytes;
  int fd;

  if (!stored)
    return NULL;
  fd = open (stored->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    {
      if (errno != ENOENT)
        refuse (error, stored->path, "cannot be opened");
      return NULL;
    }
  bytes = read_whole (fd, stored->path, error);
  close (fd);
  return bytes;
}

/* ---- append ------------------------------------------------------------------------------------------------------ */

static gboolean
open_to_append (Stored *stored, GError **error)
{
  struct stat file;

  if (stored->fd >= 0)
    return TRUE;
  stored->fd = open (stored->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, FILE_MODE);
  if (stored->fd < 0)
    return refuse (error, stored->path, "cannot be opened");
  if (fstat (stored->fd, &file) == 0 && sync_directory (stored->path))
    {
      stored->length = (guint64) file.st_size;
      return TRUE;
    }
  refuse (error, stored->path, "cannot be opened");
  close_file (stored);
  return FALSE;
}

gboolean
linux_storage_append (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  Stored *stored = find (storage, name, error);

  if (!stored || !open_to_append (stored, error))
    return FALSE;
  if (write_all (stored->fd, bytes, n) && fdatasync (stored->fd) == 0)
    {
      stored->length += n;
      return TRUE;
    }
  refuse (error, stored->path, "cannot be written");
  /* Half a record must not stand before the next one. */
  if (ftruncate (stored->fd, (off_t) stored->length) < 0)
    g_prefix_error (error, "and its torn end stays: ");
  close_file (stored);
  return FALSE;
}

/* ---- replace ----------------------------------------------------------------------------------------------------- */

/* A new file with the bytes, as readable as the old one was. */
static gboolean
write_new (const char *path, const char *old_path, const guint8 *bytes, gsize n, GError **error)
{
  struct stat old;
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
  gboolean good;

  if (fd < 0)
    return refuse (error, path, "cannot be made");
  good = (stat (old_path, &old) < 0 || fchmod (fd, old.st_mode & 07777) == 0) && write_all (fd, bytes, n)
         && fsync (fd) == 0;
  if (!good)
    refuse (error, path, "cannot be written");
  close (fd);
  return good;
}

gboolean
linux_storage_replace (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  Stored *stored = find (storage, name, error);
  g_autofree char *new_path = stored ? g_strconcat (stored->path, ".new", NULL) : NULL;

  if (!stored)
    return FALSE;
  if (!write_new (new_path, stored->path, bytes, n, error))
    {
      unlink (new_path);
      return FALSE;
    }
  if (rename (new_path, stored->path) < 0)
    {
      refuse (error, stored->path, "cannot be replaced");
      unlink (new_path);
      return FALSE;
    }
  close_file (stored);
  return sync_directory (stored->path) || refuse (error, stored->path, "may be lost in a crash");
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

LinuxStorage *
linux_storage_new (void)
{
  LinuxStorage *storage = g_new0 (LinuxStorage, 1);

  storage->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  storage->stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, stored_free);
  return storage;
}

void
linux_storage_free (LinuxStorage *storage)
{
  g_hash_table_unref (storage->stored);
  g_hash_table_unref (storage->paths);
  g_free (storage->directory);
  g_free (storage);
}

void
linux_storage_set_directory (LinuxStorage *storage, const char *directory)
{
  g_free (storage->directory);
  storage->directory = g_strdup (directory);
}

void
linux_storage_set_file (LinuxStorage *storage, const char *name, const char *path)
{
  g_hash_table_insert (storage->paths, g_strdup (name), g_strdup (path));
}

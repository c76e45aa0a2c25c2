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
  int fd;              /* open for appending; -1: not now */
  guint64 length;      /* of whole records in what fd shows, or showed last */
  gboolean torn;       /* behind them stands half a one, which could not be cut off */
  GByteArray *waiting; /* appended, and to be written before the world is told anything */
  char *new_path;      /* where a replacement is made */
  int new_fd;          /* -1: none is being made */
} Stored;

/* What waits is written when it is more than this, so that it stays small. */
#define MOST_WAITING 65536u

struct _LinuxStorage
{
  gboolean waits;     /* something may wait somewhere */
  char *directory;    /* NULL: only names with a file of their own */
  GHashTable *paths;  /* name → path */
  GHashTable *stored; /* name → Stored: those in use */
};

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

static gboolean
refuse (GError **error, const char *path, const char *what)
{
  g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "'%s' %s: %s", path, what,
               g_strerror (errno));
  return FALSE;
}

static void
close_file (Stored *stored)
{
  if (stored->fd >= 0)
    close (stored->fd);
  stored->fd = -1;
}

static gboolean
open_to_append (Stored *stored, GError **error)
{
  struct stat file;

  if (stored->fd >= 0)
    return TRUE;
  stored->fd = open (stored->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, FILE_MODE);
  if (stored->fd < 0)
    return refuse (error, stored->path, "cannot be opened");
  if (fstat (stored->fd, &file) == 0 && sync_directory (stored->path)
      && (!stored->torn || ftruncate (stored->fd, (off_t) stored->length) == 0))
    {
      if (!stored->torn)
        stored->length = (guint64) file.st_size;
      stored->torn = FALSE;
      return TRUE;
    }
  refuse (error, stored->path, "cannot be opened");
  close_file (stored);
  return FALSE;
}

/* Half a record must not stand before the next one: what cannot be cut off now is when the file is opened next. */
static gboolean
cut_torn (Stored *stored, GError **error)
{
  refuse (error, stored->path, "cannot be written");
  stored->torn = ftruncate (stored->fd, (off_t) stored->length) < 0;
  if (stored->torn)
    g_prefix_error (error, "and its torn end stays: ");
  close_file (stored);
  return FALSE;
}

/* FALSE: it waits on. */
static gboolean
write_waiting (Stored *stored, GError **error)
{
  if (stored->waiting->len == 0)
    return TRUE;
  if (!open_to_append (stored, error))
    return FALSE;
  if (!write_all (stored->fd, stored->waiting->data, stored->waiting->len))
    return cut_torn (stored, error);
  stored->length += stored->waiting->len;
  g_byte_array_set_size (stored->waiting, 0);
  return TRUE;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

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
give_up_new (Stored *stored)
{
  if (stored->new_fd < 0)
    return;
  close (stored->new_fd);
  unlink (stored->new_path);
  stored->new_fd = -1;
}

static void
stored_free (gpointer data)
{
  Stored *stored = data;

  write_waiting (stored, NULL);
  close_file (stored);
  give_up_new (stored);
  close (stored->lock);
  g_byte_array_unref (stored->waiting);
  g_free (stored->path);
  g_free (stored->new_path);
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
  *stored = (Stored){
    .path = g_steal_pointer (&path), .lock = lock, .fd = -1, .new_fd = -1, .waiting = g_byte_array_new ()
  };
  stored->new_path = g_strconcat (stored->path, ".new", NULL);
  g_hash_table_insert (storage->stored, g_strdup (name), stored);
  return stored;
}

/* ---- load -------------------------------------------------------------------------------------------------------- */

static GBytes *
read_whole (int fd, const char *path, GError **error)
{
  struct stat file;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize at = 0;
  gssize n;

  if (fstat (fd, &file) < 0)
    {
      refuse (error, path, "cannot be read");
      return NULL;
    }
  if (!S_ISREG (file.st_mode))
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

  if (!stored || !write_waiting (stored, error))
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

/* Behind what waits. */
static gboolean
write_now (Stored *stored, const guint8 *bytes, gsize n, gboolean durable, GError **error)
{
  if (!write_waiting (stored, error) || !open_to_append (stored, error))
    return FALSE;
  if (!write_all (stored->fd, bytes, n) || (durable && fdatasync (stored->fd) < 0))
    return cut_torn (stored, error);
  stored->length += n;
  return TRUE;
}

gboolean
linux_storage_append (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  Stored *stored = find (storage, name, error);

  return stored && write_now (stored, bytes, n, TRUE, error);
}

gboolean
linux_storage_append_soon (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n,
                           GError **error)
{
  Stored *stored = find (storage, name, error);

  if (!stored)
    return FALSE;
  if (n > MOST_WAITING)
    return write_now (stored, bytes, n, FALSE, error);
  /* A file that is not open, or was closed because it could not be written, is tried before more is taken. */
  if ((stored->fd < 0 || stored->waiting->len + n > MOST_WAITING) && !write_waiting (stored, error))
    return FALSE;
  if (!open_to_append (stored, error))
    return FALSE;
  g_byte_array_append (stored->waiting, bytes, (guint) n);
  storage->waits = TRUE;
  return TRUE;
}

gboolean
linux_storage_write_out (LinuxStorage *storage, GError **error)
{
  GHashTableIter files;
  gpointer stored;
  gboolean all = TRUE;

  if (!storage->waits)
    return TRUE;
  g_hash_table_iter_init (&files, storage->stored);
  while (g_hash_table_iter_next (&files, NULL, &stored))
    all &= write_waiting (stored, all ? error : NULL);
  storage->waits = !all;
  return all;
}

/* ---- replace ----------------------------------------------------------------------------------------------------- */

/* A new file, as readable as the old one is. */
static gboolean
begin_new (Stored *stored, GError **error)
{
  struct stat old;

  give_up_new (stored);
  stored->new_fd = open (stored->new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
  if (stored->new_fd < 0)
    return refuse (error, stored->new_path, "cannot be made");
  if (stat (stored->path, &old) < 0 || fchmod (stored->new_fd, old.st_mode & 07777) == 0)
    return TRUE;
  refuse (error, stored->new_path, "cannot be made");
  give_up_new (stored);
  return FALSE;
}

static gboolean
add_to_new (Stored *stored, const guint8 *bytes, gsize n, GError **error)
{
  if (write_all (stored->new_fd, bytes, n) && fdatasync (stored->new_fd) == 0)
    return TRUE;
  refuse (error, stored->new_path, "cannot be written");
  give_up_new (stored);
  return FALSE;
}

static gboolean
end_new (Stored *stored, GError **error)
{
  if (fsync (stored->new_fd) < 0 || rename (stored->new_path, stored->path) < 0)
    {
      refuse (error, stored->path, "cannot be replaced");
      give_up_new (stored);
      return FALSE;
    }
  close (stored->new_fd);
  stored->new_fd = -1;
  close_file (stored);
  stored->torn = FALSE;                       /* the old file was, */
  g_byte_array_set_size (stored->waiting, 0); /* and this was for it */
  return sync_directory (stored->path) || refuse (error, stored->path, "may be lost in a crash");
}

gboolean
linux_storage_replace_step (LinuxStorage *storage, const char *name, NetReplaceStep step, const guint8 *bytes,
                            gsize n, GError **error)
{
  Stored *stored = find (storage, name, error);

  if (!stored)
    return FALSE;
  if (step == NET_REPLACE_BEGIN)
    return begin_new (stored, error);
  if (step == NET_REPLACE_GIVE_UP)
    {
      give_up_new (stored);
      return TRUE;
    }
  if (stored->new_fd < 0)
    {
      g_set_error (error, LINUX_WORLD_ERROR, LINUX_WORLD_ERROR_STORAGE, "nothing is there to replace '%s'",
                   stored->path);
      return FALSE;
    }
  return step == NET_REPLACE_ADD ? add_to_new (stored, bytes, n, error) : end_new (stored, error);
}

gboolean
linux_storage_replace (LinuxStorage *storage, const char *name, const guint8 *bytes, gsize n, GError **error)
{
  return linux_storage_replace_step (storage, name, NET_REPLACE_BEGIN, NULL, 0, error)
         && linux_storage_replace_step (storage, name, NET_REPLACE_ADD, bytes, n, error)
         && linux_storage_replace_step (storage, name, NET_REPLACE_END, NULL, 0, error);
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

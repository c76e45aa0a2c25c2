/* Values, and how much of each is on the disk. */
#include "fake-storage.h"

typedef struct
{
  GByteArray *bytes;
  guint synced;
  GByteArray *parts; /* of a replacement that goes on; NULL: none does */
} Stored;

struct _FakeStorage
{
  GHashTable *stored; /* name to Stored */
  gsize left;
};

static void
stored_free (gpointer data)
{
  Stored *stored = data;

  g_clear_pointer (&stored->bytes, g_byte_array_unref);
  g_clear_pointer (&stored->parts, g_byte_array_unref);
  g_free (stored);
}

FakeStorage *
fake_storage_new (void)
{
  FakeStorage *storage = g_new0 (FakeStorage, 1);

  storage->stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, stored_free);
  storage->left = G_MAXSIZE;
  return storage;
}

void
fake_storage_free (FakeStorage *storage)
{
  g_hash_table_unref (storage->stored);
  g_free (storage);
}

void
fake_storage_limit (FakeStorage *storage, gsize bytes)
{
  storage->left = bytes;
}

static gboolean
lose_unsynced (gpointer name, gpointer value, gpointer user)
{
  Stored *stored = value;

  (void) name;
  (void) user;
  g_clear_pointer (&stored->parts, g_byte_array_unref);
  if (stored->bytes)
    g_byte_array_set_size (stored->bytes, stored->synced);
  return FALSE;
}

void
fake_storage_power_off (FakeStorage *storage)
{
  g_hash_table_foreach_remove (storage->stored, lose_unsynced, NULL);
}

GBytes *
fake_storage_load (FakeStorage *storage, const char *name)
{
  const Stored *stored = g_hash_table_lookup (storage->stored, name);
  return stored && stored->bytes ? g_bytes_new (stored->bytes->data, stored->bytes->len) : NULL;
}

static Stored *
find (FakeStorage *storage, const char *name)
{
  Stored *stored = g_hash_table_lookup (storage->stored, name);

  if (!stored)
    g_hash_table_insert (storage->stored, g_strdup (name), stored = g_new0 (Stored, 1));
  return stored;
}

/* As much as fits. */
static gboolean
write_to (FakeStorage *storage, GByteArray *bytes, const guint8 *more, gsize n, GError **error)
{
  gsize fits = MIN (n, storage->left);

  g_byte_array_append (bytes, more, (guint) fits);
  if (storage->left != G_MAXSIZE)
    storage->left -= fits;
  if (fits == n)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no space left");
  return FALSE;
}

gboolean
fake_storage_append (FakeStorage *storage, const char *name, const guint8 *bytes, gsize n, gboolean durable,
                     GError **error)
{
  Stored *stored = find (storage, name);

  if (!stored->bytes)
    stored->bytes = g_byte_array_new ();
  if (!write_to (storage, stored->bytes, bytes, n, error))
    return FALSE;
  if (durable)
    stored->synced = stored->bytes->len;
  return TRUE;
}

gboolean
fake_storage_step (FakeStorage *storage, const char *name, NetReplaceStep step, const guint8 *bytes, gsize n,
                   GError **error)
{
  Stored *stored = find (storage, name);

  switch (step)
    {
    case NET_REPLACE_BEGIN:
    case NET_REPLACE_GIVE_UP:
      g_clear_pointer (&stored->parts, g_byte_array_unref);
      if (step == NET_REPLACE_BEGIN)
        stored->parts = g_byte_array_new ();
      break;
    case NET_REPLACE_ADD:
      g_assert (stored->parts);
      return write_to (storage, stored->parts, bytes, n, error);
    case NET_REPLACE_END:
      g_assert (stored->parts);
      g_clear_pointer (&stored->bytes, g_byte_array_unref);
      stored->bytes = g_steal_pointer (&stored->parts);
      stored->synced = stored->bytes->len;
      break;
    }
  return TRUE;
}

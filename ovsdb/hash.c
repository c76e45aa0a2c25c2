/* Linear probing; at most three quarters full. */
#include "ovsdb/hash.h"

#include <string.h>

/* In the place of a hash; real ones that look like these take the next value. */
#define FREE 0u
#define GONE 1u

static guint32
mark_of (guint32 hash)
{
  return hash > GONE ? hash : hash + 2;
}

gpointer
ovsdb_hash_find (const OvsdbHash *set, guint32 hash, OvsdbHashEqual equal, gconstpointer key)
{
  guint32 mark = mark_of (hash);
  guint mask = set->size - 1;

  if (set->size == 0)
    return NULL;
  for (guint i = mark & mask; set->hashes[i] != FREE; i = (i + 1) & mask)
    if (set->hashes[i] == mark && equal (set->items[i], key))
      return set->items[i];
  return NULL;
}

static void
put (OvsdbHash *set, guint32 mark, gpointer item)
{
  guint mask = set->size - 1, i = mark & mask;

  while (set->hashes[i] != FREE)
    i = (i + 1) & mask;
  set->hashes[i] = mark;
  set->items[i] = item;
  set->used++;
  set->full++;
}

static void
resize (OvsdbHash *set, guint size)
{
  OvsdbHash old = *set;
  gpointer *items = g_malloc ((sizeof (gpointer) + sizeof (guint32)) * (gsize) size);

  *set = (OvsdbHash){ .items = items, .hashes = (guint32 *) (gpointer) (items + size), .size = size };
  memset (set->hashes, 0, sizeof (guint32) * (gsize) size);
  for (guint i = 0; i < old.size; i++)
    if (old.hashes[i] > GONE)
      put (set, old.hashes[i], old.items[i]);
  g_free (old.items);
}

void
ovsdb_hash_add (OvsdbHash *set, guint32 hash, gpointer item)
{
  if ((set->full + 1) * 4 > set->size * 3)
    resize (set, MAX (8u, set->used * 2 >= set->size ? set->size * 2 : set->size));
  put (set, mark_of (hash), item);
}

gboolean
ovsdb_hash_remove (OvsdbHash *set, guint32 hash, gconstpointer item)
{
  guint32 mark = mark_of (hash);
  guint mask = set->size - 1;

  if (set->size == 0)
    return FALSE;
  for (guint i = mark & mask; set->hashes[i] != FREE; i = (i + 1) & mask)
    if (set->hashes[i] == mark && set->items[i] == item)
      {
        set->hashes[i] = GONE;
        set->used--;
        if (set->size > 64 && set->used * 8 < set->size)
          resize (set, set->size / 2);
        return TRUE;
      }
  return FALSE;
}

void
ovsdb_hash_clear (OvsdbHash *set)
{
  g_free (set->items);
  *set = (OvsdbHash){ 0 };
}

static guint64
mix (guint64 h)
{
  h ^= h >> 32;
  h *= G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  h ^= h >> 32;
  h *= G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  return h ^ h >> 32;
}

guint32
ovsdb_hash_bytes (gconstpointer bytes, gsize n, guint64 key)
{
  const guint8 *at = bytes;
  guint64 h = key ^ n * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  while (n > 0)
    {
      guint64 word = 0;
      gsize part = MIN (n, sizeof word);
      memcpy (&word, at, part);
      h = mix (h ^ word) + key;
      at += part;
      n -= part;
    }
  return (guint32) (h ^ h >> 32);
}

/* Linear probing; at most three quarters full. */
#include "ovsdb/hash.h"

#include <string.h>

static char gone;
#define GONE ((gpointer) &gone)

gpointer
ovsdb_hash_find (const OvsdbHash *set, guint32 hash, OvsdbHashEqual equal, gconstpointer key)
{
  guint mask = set->size - 1;

  if (set->size == 0)
    return NULL;
  for (guint i = hash & mask; set->slots[i].item; i = (i + 1) & mask)
    if (set->slots[i].hash == hash && set->slots[i].item != GONE && equal (set->slots[i].item, key))
      return set->slots[i].item;
  return NULL;
}

static void
put (OvsdbHash *set, guint32 hash, gpointer item)
{
  guint mask = set->size - 1, i = hash & mask;

  while (set->slots[i].item)
    i = (i + 1) & mask;
  set->slots[i] = (OvsdbHashSlot){ hash, item };
  set->used++;
  set->full++;
}

static void
resize (OvsdbHash *set, guint size)
{
  OvsdbHash old = *set;

  *set = (OvsdbHash){ .slots = g_new0 (OvsdbHashSlot, size), .size = size };
  for (guint i = 0; i < old.size; i++)
    if (old.slots[i].item && old.slots[i].item != GONE)
      put (set, old.slots[i].hash, old.slots[i].item);
  g_free (old.slots);
}

void
ovsdb_hash_add (OvsdbHash *set, guint32 hash, gpointer item)
{
  if ((set->full + 1) * 4 > set->size * 3)
    resize (set, MAX (8u, set->used * 2 >= set->size ? set->size * 2 : set->size));
  put (set, hash, item);
}

gboolean
ovsdb_hash_remove (OvsdbHash *set, guint32 hash, gconstpointer item)
{
  guint mask = set->size - 1;

  if (set->size == 0)
    return FALSE;
  for (guint i = hash & mask; set->slots[i].item; i = (i + 1) & mask)
    if (set->slots[i].item == item)
      {
        set->slots[i].item = GONE;
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
  g_free (set->slots);
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

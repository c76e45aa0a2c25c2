/* A map from 64-bit numbers to 32-bit numbers by open addressing: the small look-ups beside the MAC table.
 * Its order is nobody's: there is no way to walk it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 key;
  guint32 value;
  guint32 used;
} VtepIndexSlot;

/* Open for the inline look-up; only index.c writes it. */
typedef struct
{
  VtepIndexSlot *slots;
  guint64 multiplier;
  guint32 mask, shift;
  guint32 n;
} VtepIndex;

/* The seed makes collisions unpredictable to those who choose the keys. */
void vtep_index_init (VtepIndex *index, guint64 seed);
void vtep_index_clear (VtepIndex *index);

static inline const VtepIndexSlot *
vtep_index_find (const VtepIndex *index, guint64 key)
{
  guint32 i = (guint32) (key * index->multiplier >> index->shift);

  while (index->slots[i].used)
    {
      if (index->slots[i].key == key)
        return &index->slots[i];
      i = (i + 1) & index->mask;
    }
  return NULL;
}

static inline guint32
vtep_index_get (const VtepIndex *index, guint64 key, guint32 fallback)
{
  const VtepIndexSlot *slot = vtep_index_find (index, key);
  return slot ? slot->value : fallback;
}

void vtep_index_put (VtepIndex *index, guint64 key, guint32 value);
void vtep_index_remove (VtepIndex *index, guint64 key);

G_END_DECLS

/* Linear probing at a load of at most one half; removal shifts back, so there are no tombstones. */
#include "gateway/index.h"

#define MIN_SLOTS_LOG2 4u

static void
allocate (VtepIndex *index, guint log2_slots)
{
  index->slots = g_new0 (VtepIndexSlot, (gsize) 1 << log2_slots);
  index->mask = (1u << log2_slots) - 1;
  index->shift = 64 - log2_slots;
}

void
vtep_index_init (VtepIndex *index, guint64 seed)
{
  index->multiplier = seed | 1;
  index->n = 0;
  allocate (index, MIN_SLOTS_LOG2);
}

void
vtep_index_clear (VtepIndex *index)
{
  g_clear_pointer (&index->slots, g_free);
}

static guint32
home (const VtepIndex *index, guint64 key)
{
  return (guint32) (key * index->multiplier >> index->shift);
}

static VtepIndexSlot *
slot_for (VtepIndex *index, guint64 key)
{
  guint32 i = home (index, key);

  while (index->slots[i].used && index->slots[i].key != key)
    i = (i + 1) & index->mask;
  return &index->slots[i];
}

static void
grow (VtepIndex *index)
{
  VtepIndexSlot *old = index->slots;
  guint32 n_old = index->mask + 1;

  allocate (index, 64 - index->shift + 1);
  for (guint32 i = 0; i < n_old; i++)
    if (old[i].used)
      *slot_for (index, old[i].key) = old[i];
  g_free (old);
}

static VtepIndexSlot *
ensure (VtepIndex *index, guint64 key)
{
  VtepIndexSlot *slot = slot_for (index, key);

  if (slot->used)
    return slot;
  if (2 * (index->n + 1) > index->mask + 1)
    {
      grow (index);
      slot = slot_for (index, key);
    }
  index->n++;
  *slot = (VtepIndexSlot){ .key = key, .used = 1 };
  return slot;
}

void
vtep_index_put (VtepIndex *index, guint64 key, guint32 value)
{
  ensure (index, key)->value = value;
}

void
vtep_index_remove (VtepIndex *index, guint64 key)
{
  guint32 hole = (guint32) (slot_for (index, key) - index->slots);

  if (!index->slots[hole].used)
    return;
  index->n--;
  for (guint32 i = (hole + 1) & index->mask; index->slots[i].used; i = (i + 1) & index->mask)
    {
      guint32 from_home = (i - home (index, index->slots[i].key)) & index->mask;
      if (from_home < ((i - hole) & index->mask))
        continue;
      index->slots[hole] = index->slots[i];
      hole = i;
    }
  index->slots[hole] = (VtepIndexSlot){ .used = 0 };
}

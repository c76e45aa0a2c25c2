/* The least that a pending-event set can be: a hierarchical wheel of 4096 slots a level over events that are
 * numbers below a bound fixed at the start, each pending at most once.  Nothing is cancelled, nothing ordered
 * within a tick, nothing allocated.  What the lab's clock is measured against. */
#pragma once

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define WHEEL_BITS   12u
#define WHEEL_SLOTS  (1u << WHEEL_BITS)
#define WHEEL_LEVELS 4u /* 2^48 ticks: three days */
#define WHEEL_NONE   G_MAXUINT32

typedef struct
{
  guint64 time;
  guint32 next;
} WheelNode;

typedef struct
{
  guint32 first[WHEEL_SLOTS];
  guint64 words, word[WHEEL_SLOTS / 64];
} WheelLevel;

typedef struct
{
  guint64 now;
  WheelNode *nodes;
  WheelLevel levels[WHEEL_LEVELS];
} Wheel;

/* Zeroed, on huge pages where the system has them. */
static inline gpointer
limit_alloc (gsize size)
{
  gsize unit = size < (1u << 20) ? 64 : 1u << 21;
  gsize whole = (size + unit - 1) / unit * unit;
  gpointer memory = aligned_alloc (unit, whole);

  if (!memory)
    g_error ("out of memory: no room for %zu bytes", whole);
  if (unit > 64)
    (void)madvise (memory, whole, MADV_HUGEPAGE);
  return memset (memory, 0, whole);
}

static inline Wheel *
wheel_new (guint32 n_events)
{
  Wheel *wheel = limit_alloc (sizeof *wheel);

  wheel->nodes = limit_alloc (n_events * sizeof (WheelNode));
  for (guint i = 0; i < WHEEL_LEVELS; i++)
    memset (wheel->levels[i].first, 0xff, sizeof wheel->levels[i].first);
  return wheel;
}

static inline void
wheel_file (Wheel *wheel, guint32 event, guint64 time)
{
  guint64 differs = time ^ wheel->now;
  guint number = differs < WHEEL_SLOTS ? 0 : (63 - (guint)__builtin_clzll (differs)) / WHEEL_BITS;
  WheelLevel *level = &wheel->levels[number];
  guint slot = (guint)(time >> number * WHEEL_BITS) % WHEEL_SLOTS;

  wheel->nodes[event].next = level->first[slot];
  level->first[slot] = event;
  level->word[slot / 64] |= G_GUINT64_CONSTANT (1) << slot % 64;
  level->words |= G_GUINT64_CONSTANT (1) << slot / 64;
}

static inline void
wheel_add (Wheel *wheel, guint32 event, guint64 time)
{
  wheel->nodes[event].time = time;
  wheel_file (wheel, event, time);
}

/* The first slot at or behind `from` that is not empty, or WHEEL_NONE. */
static inline guint
wheel_find (const WheelLevel *level, guint from)
{
  guint64 bits, words;

  if (from >= WHEEL_SLOTS)
    return WHEEL_NONE;
  bits = level->word[from / 64] >> from % 64;
  if (bits)
    return from + (guint)__builtin_ctzll (bits);
  words = level->words & ~G_GUINT64_CONSTANT (1) << from / 64;
  if (!words)
    return WHEEL_NONE;
  from = (guint)__builtin_ctzll (words) * 64;
  return from + (guint)__builtin_ctzll (level->word[from / 64]);
}

static inline guint32
wheel_empty_slot (WheelLevel *level, guint slot)
{
  guint32 first = level->first[slot];

  level->first[slot] = WHEEL_NONE;
  level->word[slot / 64] &= ~(G_GUINT64_CONSTANT (1) << slot % 64);
  if (!level->word[slot / 64])
    level->words &= ~(G_GUINT64_CONSTANT (1) << slot / 64);
  return first;
}

/* Files the next slot of the upper levels anew.  Something must be pending there. */
static inline void
wheel_turn (Wheel *wheel)
{
  for (guint number = 1; number < WHEEL_LEVELS; number++)
    {
      guint shift = number * WHEEL_BITS;
      guint slot = wheel_find (&wheel->levels[number], (guint)(wheel->now >> shift) % WHEEL_SLOTS + 1);

      if (slot == WHEEL_NONE)
        continue;
      wheel->now = ((wheel->now >> shift & ~(guint64)(WHEEL_SLOTS - 1)) | slot) << shift;
      for (guint32 event = wheel_empty_slot (&wheel->levels[number], slot), next; event != WHEEL_NONE;
           event = next)
        {
          next = wheel->nodes[event].next;
          __builtin_prefetch (&wheel->nodes[next == WHEEL_NONE ? 0 : next]);
          wheel_file (wheel, event, wheel->nodes[event].time);
        }
      return;
    }
}

/* The next event; its time is wheel->now.  Something must be pending. */
static inline guint32
wheel_take (Wheel *wheel)
{
  WheelLevel *level = &wheel->levels[0];
  guint slot;
  guint32 event;

  while ((slot = wheel_find (level, (guint)wheel->now % WHEEL_SLOTS)) == WHEEL_NONE)
    wheel_turn (wheel);
  wheel->now = (wheel->now & ~(guint64)(WHEEL_SLOTS - 1)) | slot;
  event = level->first[slot];
  level->first[slot] = wheel->nodes[event].next;
  if (level->first[slot] == WHEEL_NONE)
    (void)wheel_empty_slot (level, slot);
  return event;
}

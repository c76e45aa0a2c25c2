/* The pending-event set: a hierarchical timing wheel.  Private to event.c and wheel.c.
 *
 * Six levels of 4096 slots: an event lies at the level of the highest base-4096 digit in which its time
 * differs from the cursor's, in the slot of that digit.  Slots are not ordered; reaching a slot above level 0
 * spreads its events over the levels below.  Events at the cursor itself are the present: a pairing heap by
 * order, because only there does order decide.  What runs for each event is here, inline; what runs for many
 * at once is in wheel.c. */
#pragma once

#include "sim/event.h"

G_BEGIN_DECLS

#define SIM_WHEEL_BITS    12u
#define SIM_WHEEL_SLOTS   (1u << SIM_WHEEL_BITS)
#define SIM_WHEEL_LEVELS  6u /* 72 bits: every time there is */
#define SIM_WHEEL_WORDS   (SIM_WHEEL_SLOTS / 64u)
#define SIM_WHEEL_LANES   7u
#define SIM_WHEEL_NO_SLOT G_MAXUINT

/* One cache line. */
struct _SimEvent
{
  gint64 at_ns;
  guint64 order;
  SimEventFunc fire; /* NULL: cancelled while in the present */
  gpointer target, payload;
  SimEvent *next;   /* in its slot; the sibling in the heap; the free list */
  SimEvent **place; /* in its slot: what points to it, a head or another's next; NULL in the present */
  SimEvent *child;  /* in the heap */
};

G_STATIC_ASSERT (sizeof (gpointer) != 8 || sizeof (SimEvent) == 64);

/* Which slots of a level are occupied: a bit a slot, and a bit a word that is not zero. */
typedef struct
{
  guint64 words;
  guint64 word[SIM_WHEEL_WORDS];
} SimSlotMap;

G_STATIC_ASSERT (SIM_WHEEL_WORDS == 64);

/* A slot above level 0 is several lists, filled in turn: spreading it walks all of them at once, so that the
 * memory's answers overlap.  One cache line. */
typedef struct
{
  SimEvent *lanes[SIM_WHEEL_LANES];
  guint32 next_lane;
  guint32 n_lanes; /* filled since the slot was empty; removing may have left holes */
} SimSlot;

typedef struct
{
  gint64 cursor_ns;  /* no event before it; those at it are the present */
  SimEvent *present; /* root of the heap */
  SimEvent *free;
  SimEvent *fresh, *fresh_end; /* never used, in the newest slab */
  GPtrArray *slabs;
  SimSlotMap occupied[SIM_WHEEL_LEVELS];
  SimEvent *near[SIM_WHEEL_SLOTS];                    /* level 0 */
  SimSlot far[SIM_WHEEL_LEVELS - 1][SIM_WHEEL_SLOTS]; /* the levels above */
} SimWheel;

/* ---- wheel.c ------------------------------------------------------------------------------------------- */

void sim_wheel_init (SimWheel *wheel); /* the memory is zero */
void sim_wheel_clear (SimWheel *wheel);
void sim_wheel_grow (SimWheel *wheel);
/* Melds the children of a heap's taken root; NULL without children. */
SimEvent *sim_wheel_meld_children (SimEvent *child);
/* With nothing left at level 0: moves the cursor to the next occupied slot above, at most to limit_ns, and
 * spreads it. FALSE when there is none. */
gboolean sim_wheel_turn (SimWheel *wheel, gint64 limit_ns);
/* The time of the next event, or -1. */
gint64 sim_wheel_next (SimWheel *wheel);
/* Takes out an event that is pending, and its memory back. */
void sim_wheel_remove (SimWheel *wheel, SimEvent *event);
/* Visits all that is pending; the visitor may change what an event calls, or remove it. */
void sim_wheel_visit (SimWheel *wheel, void (*visit) (SimWheel *wheel, SimEvent *event, gpointer user),
                      gpointer user);

/* ---- memory -------------------------------------------------------------------------------------------- */

static inline SimEvent *
sim_wheel_allocate (SimWheel *wheel)
{
  SimEvent *event = wheel->free;

  if (G_LIKELY (event))
    {
      wheel->free = event->next;
      return event;
    }
  if (wheel->fresh == wheel->fresh_end)
    sim_wheel_grow (wheel);
  return wheel->fresh++;
}

static inline void
sim_wheel_release (SimWheel *wheel, SimEvent *event)
{
  event->next = wheel->free;
  wheel->free = event;
}

/* ---- the present --------------------------------------------------------------------------------------- */

static inline SimEvent *
sim_wheel_meld (SimEvent *a, SimEvent *b)
{
  SimEvent *least = a->order < b->order ? a : b;
  SimEvent *other = a->order < b->order ? b : a;

  other->next = least->child;
  least->child = other;
  return least;
}

static inline void
sim_wheel_add_present (SimWheel *wheel, SimEvent *event)
{
  event->place = NULL;
  event->child = NULL;
  wheel->present = wheel->present ? sim_wheel_meld (wheel->present, event) : event;
}

static inline SimEvent *
sim_wheel_take_present (SimWheel *wheel)
{
  SimEvent *event = wheel->present;

  wheel->present = event->child ? sim_wheel_meld_children (event->child) : NULL;
  return event;
}

/* Removed events leave the heap when they come to its top. */
static inline void
sim_wheel_purge_present (SimWheel *wheel)
{
  while (wheel->present && G_UNLIKELY (!wheel->present->fire))
    sim_wheel_release (wheel, sim_wheel_take_present (wheel));
}

/* ---- the slots ----------------------------------------------------------------------------------------- */

/* The level and slot of a time that is not the cursor's. */
static inline guint
sim_wheel_level (const SimWheel *wheel, gint64 at_ns, guint *slot)
{
  guint64 differs = (guint64)at_ns ^ (guint64)wheel->cursor_ns;
  guint level = differs < SIM_WHEEL_SLOTS ? 0 : (63u - (guint)__builtin_clzll (differs)) / SIM_WHEEL_BITS;

  *slot = (guint)((guint64)at_ns >> (level * SIM_WHEEL_BITS)) % SIM_WHEEL_SLOTS;
  return level;
}

static inline void
sim_slot_map_set (SimSlotMap *map, guint slot)
{
  map->word[slot / 64] |= G_GUINT64_CONSTANT (1) << slot % 64;
  map->words |= G_GUINT64_CONSTANT (1) << slot / 64;
}

static inline void
sim_slot_map_clear (SimSlotMap *map, guint slot)
{
  map->word[slot / 64] &= ~(G_GUINT64_CONSTANT (1) << slot % 64);
  if (!map->word[slot / 64])
    map->words &= ~(G_GUINT64_CONSTANT (1) << slot / 64);
}

/* The first occupied slot behind `slot`, or SIM_WHEEL_NO_SLOT. */
static inline guint
sim_slot_map_after (const SimSlotMap *map, guint slot)
{
  guint word = slot / 64;
  guint64 rest = map->word[word] & ~G_GUINT64_CONSTANT (1) << slot % 64;

  if (!rest)
    {
      guint64 words = map->words & ~G_GUINT64_CONSTANT (1) << word;
      if (!words)
        return SIM_WHEEL_NO_SLOT;
      word = (guint)__builtin_ctzll (words);
      rest = map->word[word];
    }
  return word * 64 + (guint)__builtin_ctzll (rest);
}

static inline SimEvent **
sim_slot_lane (SimSlot *slot)
{
  guint lane = slot->next_lane;

  slot->next_lane = lane + 1 < SIM_WHEEL_LANES ? lane + 1 : 0;
  slot->n_lanes = MAX (slot->n_lanes, lane + 1);
  return &slot->lanes[lane];
}

/* Files an event at the cursor, or later. */
static inline void
sim_wheel_file (SimWheel *wheel, SimEvent *event)
{
  guint level, slot;
  SimEvent **head;

  if (event->at_ns == wheel->cursor_ns)
    {
      sim_wheel_add_present (wheel, event);
      return;
    }
  level = sim_wheel_level (wheel, event->at_ns, &slot);
  head = level == 0 ? &wheel->near[slot] : sim_slot_lane (&wheel->far[level - 1][slot]);
  event->next = *head;
  event->place = head;
  if (event->next)
    event->next->place = &event->next;
  *head = event;
  sim_slot_map_set (&wheel->occupied[level], slot);
}

/* The cursor has come to a slot of level 0: its event, or the first of several, which become the present. */
static inline SimEvent *
sim_wheel_take_slot (SimWheel *wheel, guint slot)
{
  SimEvent *event = wheel->near[slot];
  guint ahead;

  wheel->near[slot] = NULL;
  sim_slot_map_clear (&wheel->occupied[0], slot);
  ahead = sim_slot_map_after (&wheel->occupied[0], slot);
  if (ahead != SIM_WHEEL_NO_SLOT)
    { /* what the next event will touch comes while this one fires */
      __builtin_prefetch (wheel->near[ahead]->target);
      __builtin_prefetch (wheel->near[ahead]->payload);
    }
  if (G_LIKELY (!event->next))
    return event;
  while (event)
    {
      SimEvent *next = event->next;
      sim_wheel_add_present (wheel, event);
      event = next;
    }
  return sim_wheel_take_present (wheel);
}

/* Takes out the next event, with the cursor at its time; NULL when there is none up to limit_ns. */
static inline SimEvent *
sim_wheel_take (SimWheel *wheel, gint64 limit_ns)
{
  guint slot;
  gint64 at_ns;

  for (;;)
    {
      sim_wheel_purge_present (wheel);
      if (wheel->present)
        return wheel->cursor_ns <= limit_ns ? sim_wheel_take_present (wheel) : NULL;
      slot = sim_slot_map_after (&wheel->occupied[0], (guint)wheel->cursor_ns % SIM_WHEEL_SLOTS);
      if (slot != SIM_WHEEL_NO_SLOT)
        break;
      if (!sim_wheel_turn (wheel, limit_ns))
        return NULL;
    }
  at_ns = (wheel->cursor_ns & ~(gint64)(SIM_WHEEL_SLOTS - 1)) | slot;
  if (at_ns > limit_ns)
    return NULL;
  wheel->cursor_ns = at_ns;
  return sim_wheel_take_slot (wheel, slot);
}

G_END_DECLS

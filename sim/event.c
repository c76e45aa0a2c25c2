/* The timing wheel.  Six levels of 4096 slots: an event lies at the level of the highest base-4096 digit in which its
 * time differs from the cursor's, in the slot of that digit.  Slots are not ordered; reaching a slot above level 0
 * spreads its events over the levels below.  Events at the cursor itself are the present: a pairing heap by
 * order, because only there does order decide.  Knows nothing of what events mean. */
#include "sim/event.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LEVEL_BITS 12u
#define N_SLOTS (1u << LEVEL_BITS)
#define N_LEVELS 6u /* 72 bits: every time there is */
#define WORD_BITS 64u
#define N_WORDS (N_SLOTS / WORD_BITS)
#define N_LANES 7u
#define NO_SLOT G_MAXUINT

#define SLAB_FIRST (64u * 1024u)
#define SLAB_HUGE (2u * 1024u * 1024u) /* bytes: a huge page, and its alignment */

/* One cache line. */
struct _SimEvent
{
  gint64 at_ns;
  guint64 order;
  SimEventFunc fire; /* NULL: cancelled while in the present */
  gpointer target, payload;
  SimEvent *next;   /* in its slot; the sibling in the heap; the free list */
  SimEvent **place; /* what points to it: a slot's head or another's next; NULL in the present */
  SimEvent *child;  /* in the heap */
};

G_STATIC_ASSERT (sizeof (gpointer) != 8 || sizeof (SimEvent) == 64);
G_STATIC_ASSERT (N_WORDS == WORD_BITS);

/* Which slots of a level are occupied: a bit a slot, and a bit a word that is not zero. */
typedef struct
{
  guint64 words;
  guint64 word[N_WORDS];
} SlotMap;

/* A slot above level 0 is several lists, filled in turn: spreading it walks all of them at once, so that the memory's
 * answers overlap.  One cache line. */
typedef struct
{
  SimEvent *lanes[N_LANES];
  guint32 next_lane;
  guint32 n_lanes; /* filled since the slot was empty; cancelling may have left holes */
} Slot;

struct _SimClock
{
  gint64 now_ns;
  gint64 cursor_ns;  /* <= now_ns; no event before it, those at it are the present */
  SimEvent *present; /* root of the heap */
  SimEvent *free;
  SimEvent *fresh, *fresh_end; /* never used, in the newest slab */
  gboolean stopped;
  guint64 n_added, n_cancelled, n_fired;
  GPtrArray *slabs;
  SlotMap occupied[N_LEVELS];
  SimEvent *near[N_SLOTS];         /* level 0 */
  Slot far[N_LEVELS - 1][N_SLOTS]; /* the levels above */
};

/* ---- memory -------------------------------------------------------------------------------------------------- */

static void
grow (SimClock *clock)
{
  gboolean huge = clock->slabs->len > 0;
  gsize size = huge ? SLAB_HUGE : SLAB_FIRST;
  SimEvent *slab = aligned_alloc (huge ? SLAB_HUGE : sizeof (SimEvent), size);

  if (!slab)
    g_error ("out of memory: no room for %zu bytes of events", size);
  if (huge)
    (void) madvise (slab, size, MADV_HUGEPAGE); /* refused: slower, no harm */
  g_ptr_array_add (clock->slabs, slab);
  clock->fresh = slab;
  clock->fresh_end = slab + size / sizeof (SimEvent);
}

static inline SimEvent *
take_free (SimClock *clock)
{
  SimEvent *event = clock->free;

  if (G_LIKELY (event))
    {
      clock->free = event->next;
      return event;
    }
  if (clock->fresh == clock->fresh_end)
    grow (clock);
  return clock->fresh++;
}

static inline void
give_back (SimClock *clock, SimEvent *event)
{
  event->next = clock->free;
  clock->free = event;
}

SimClock *
sim_clock_new (void)
{
  SimClock *clock = g_new0 (SimClock, 1);
  clock->slabs = g_ptr_array_new_with_free_func (free);
  return clock;
}

void
sim_clock_free (SimClock *clock)
{
  if (!clock)
    return;
  g_ptr_array_unref (clock->slabs);
  g_free (clock);
}

/* ---- the present: a pairing heap ----------------------------------------------------------------------------- */

static inline SimEvent *
meld (SimEvent *a, SimEvent *b)
{
  SimEvent *least = a->order < b->order ? a : b;
  SimEvent *other = a->order < b->order ? b : a;

  other->next = least->child;
  least->child = other;
  return least;
}

static inline void
present_add (SimClock *clock, SimEvent *event)
{
  event->place = NULL;
  event->child = NULL;
  clock->present = clock->present ? meld (clock->present, event) : event;
}

/* The root's children become one heap: melded in pairs, then the pairs together. */
static SimEvent *
meld_children (SimEvent *child)
{
  SimEvent *pairs = NULL, *root;

  while (child)
    {
      SimEvent *pair = child, *second = child->next;
      child = NULL;
      if (second)
        {
          child = second->next;
          pair = meld (pair, second);
        }
      pair->next = pairs;
      pairs = pair;
    }
  root = pairs;
  pairs = root->next;
  while (pairs)
    {
      SimEvent *rest = pairs->next;
      root = meld (root, pairs);
      pairs = rest;
    }
  return root;
}

static inline SimEvent *
present_take (SimClock *clock)
{
  SimEvent *event = clock->present;
  clock->present = G_LIKELY (!event->child) ? NULL : meld_children (event->child);
  return event;
}

/* Cancelled events leave the heap when they come to its top. */
static inline void
present_purge (SimClock *clock)
{
  while (clock->present && G_UNLIKELY (!clock->present->fire))
    give_back (clock, present_take (clock));
}

/* ---- the future: the wheel ----------------------------------------------------------------------------------- */

/* The level and slot of a time that is not the cursor's. */
static inline guint
level_of (const SimClock *clock, gint64 at_ns, guint *slot)
{
  guint64 differs = (guint64) at_ns ^ (guint64) clock->cursor_ns;
  guint level = differs < N_SLOTS ? 0 : (63u - (guint) __builtin_clzll (differs)) / LEVEL_BITS;

  *slot = (guint) ((guint64) at_ns >> (level * LEVEL_BITS)) & (N_SLOTS - 1);
  return level;
}

static inline void
mark_occupied (SlotMap *map, guint slot)
{
  map->word[slot / WORD_BITS] |= G_GUINT64_CONSTANT (1) << (slot % WORD_BITS);
  map->words |= G_GUINT64_CONSTANT (1) << (slot / WORD_BITS);
}

static inline SimEvent **
next_lane (Slot *slot)
{
  guint lane = slot->next_lane;

  slot->next_lane = lane + 1 < N_LANES ? lane + 1 : 0;
  slot->n_lanes = MAX (slot->n_lanes, lane + 1);
  return &slot->lanes[lane];
}

/* Files an event at the cursor, or later. */
static inline void
file (SimClock *clock, SimEvent *event)
{
  guint level, slot;
  SimEvent **head;

  if (event->at_ns == clock->cursor_ns)
    {
      present_add (clock, event);
      return;
    }
  level = level_of (clock, event->at_ns, &slot);
  head = level == 0 ? &clock->near[slot] : next_lane (&clock->far[level - 1][slot]);
  event->next = *head;
  event->place = head;
  if (event->next)
    event->next->place = &event->next;
  *head = event;
  mark_occupied (&clock->occupied[level], slot);
}

static inline void
mark_empty (SlotMap *map, guint slot)
{
  map->word[slot / WORD_BITS] &= ~(G_GUINT64_CONSTANT (1) << (slot % WORD_BITS));
  if (!map->word[slot / WORD_BITS])
    map->words &= ~(G_GUINT64_CONSTANT (1) << (slot / WORD_BITS));
}

/* The first occupied slot behind `slot`, or NO_SLOT. */
static inline guint
occupied_after (const SlotMap *map, guint slot)
{
  guint word = slot / WORD_BITS;
  guint64 rest = map->word[word] & ~G_GUINT64_CONSTANT (1) << (slot % WORD_BITS);

  if (!rest)
    {
      guint64 words = map->words & ~G_GUINT64_CONSTANT (1) << word;
      if (!words)
        return NO_SLOT;
      word = (guint) __builtin_ctzll (words);
      rest = map->word[word];
    }
  return word * WORD_BITS + (guint) __builtin_ctzll (rest);
}

/* The next occupied slot: its level, number and first instant.  FALSE when no event is pending in the wheel. */
static inline gboolean
next_slot (const SimClock *clock, guint *level, guint *slot, gint64 *start_ns)
{
  for (guint l = 0; l < N_LEVELS; l++)
    {
      guint shift = l * LEVEL_BITS;
      guint64 cursor = (guint64) clock->cursor_ns >> shift;
      guint s = occupied_after (&clock->occupied[l], (guint) cursor & (N_SLOTS - 1));

      if (s == NO_SLOT)
        continue;
      *level = l;
      *slot = s;
      *start_ns = (gint64) (((cursor & ~(guint64) (N_SLOTS - 1)) | s) << shift);
      return TRUE;
    }
  return FALSE;
}

static void
make_present (SimClock *clock, guint slot)
{
  SimEvent *event = clock->near[slot];
  guint ahead = occupied_after (&clock->occupied[0], slot);

  if (ahead != NO_SLOT)
    __builtin_prefetch (clock->near[ahead]); /* it comes while this instant's events fire */
  clock->near[slot] = NULL;
  while (event)
    {
      SimEvent *next = event->next;
      present_add (clock, event);
      event = next;
    }
}

/* Files the events of a slot, whose first instant is the cursor, at the levels below. */
static void
spread (SimClock *clock, Slot *slot)
{
  SimEvent *lists[N_LANES];
  guint n = 0;

  for (guint i = 0; i < slot->n_lanes; i++)
    if (slot->lanes[i])
      lists[n++] = slot->lanes[i];
  *slot = (Slot){ .next_lane = 0 };
  while (n > 0)
    for (guint i = 0; i < n;)
      {
        SimEvent *event = lists[i], *next = event->next;
        __builtin_prefetch (next);
        file (clock, event);
        if (next)
          lists[i++] = next;
        else
          lists[i] = lists[--n];
      }
}

/* Moves the cursor to the next instant that has events, at most to limit_ns, and makes them the present. */
static inline gboolean
advance (SimClock *clock, gint64 limit_ns)
{
  guint level, slot;
  gint64 start_ns;

  while (!clock->present)
    {
      if (!next_slot (clock, &level, &slot, &start_ns) || start_ns > limit_ns)
        return FALSE;
      clock->cursor_ns = start_ns;
      mark_empty (&clock->occupied[level], slot);
      if (level == 0)
        make_present (clock, slot);
      else
        spread (clock, &clock->far[level - 1][slot]);
    }
  return TRUE;
}

/* ---- the clock ----------------------------------------------------------------------------------------------- */

gint64
sim_clock_now (const SimClock *clock)
{
  return clock->now_ns;
}

gsize
sim_clock_pending (const SimClock *clock)
{
  return clock->n_added - clock->n_cancelled - clock->n_fired;
}

guint64
sim_clock_fired (const SimClock *clock)
{
  return clock->n_fired;
}

SimEvent *
sim_clock_add (SimClock *clock, gint64 at_ns, guint64 order, SimEventFunc fire, gpointer target, gpointer payload)
{
  SimEvent *event = take_free (clock);

  g_assert (at_ns >= clock->now_ns && fire);
  event->at_ns = at_ns;
  event->order = order;
  event->fire = fire;
  event->target = target;
  event->payload = payload;
  file (clock, event);
  clock->n_added++;
  return event;
}

static gboolean
is_empty (const SimClock *clock, guint level, guint slot)
{
  if (level == 0)
    return clock->near[slot] == NULL;
  for (guint i = 0; i < N_LANES; i++)
    if (clock->far[level - 1][slot].lanes[i])
      return FALSE;
  return TRUE;
}

void
sim_clock_cancel (SimClock *clock, SimEvent *event)
{
  guint level, slot;

  clock->n_cancelled++;
  if (!event->place)
    {
      event->fire = NULL;
      return;
    }
  *event->place = event->next;
  if (event->next)
    event->next->place = event->place;
  level = level_of (clock, event->at_ns, &slot);
  if (is_empty (clock, level, slot))
    mark_empty (&clock->occupied[level], slot);
  give_back (clock, event);
}

gint64
sim_clock_next (SimClock *clock)
{
  guint level, slot;
  gint64 start_ns, least_ns = G_MAXINT64;

  present_purge (clock);
  if (clock->present)
    return clock->cursor_ns;
  if (!next_slot (clock, &level, &slot, &start_ns))
    return -1;
  if (level == 0)
    return start_ns;
  /* The cursor must not pass the present time, so the slot is searched where it lies. */
  for (guint i = 0; i < N_LANES; i++)
    for (const SimEvent *event = clock->far[level - 1][slot].lanes[i]; event; event = event->next)
      least_ns = MIN (least_ns, event->at_ns);
  return least_ns;
}

static inline gboolean
step (SimClock *clock, gint64 limit_ns)
{
  SimEvent *event;
  SimEventFunc fire;
  gpointer target, payload;

  present_purge (clock);
  if (!advance (clock, limit_ns) || clock->cursor_ns > limit_ns)
    {
      clock->now_ns = MAX (clock->now_ns, limit_ns);
      return FALSE;
    }
  event = present_take (clock);
  fire = event->fire;
  target = event->target;
  payload = event->payload;
  give_back (clock, event);
  clock->now_ns = clock->cursor_ns;
  clock->n_fired++;
  fire (target, payload, clock->now_ns);
  return TRUE;
}

gboolean
sim_clock_step (SimClock *clock, gint64 limit_ns)
{
  return step (clock, limit_ns);
}

void
sim_clock_run (SimClock *clock, gint64 limit_ns)
{
  clock->stopped = FALSE;
  while (!clock->stopped && step (clock, limit_ns))
    continue;
}

void
sim_clock_stop (SimClock *clock)
{
  clock->stopped = TRUE;
}

/* ---- looking at all that is pending -------------------------------------------------------------------------- */

/* What is asked of the pending events of one function. */
typedef struct
{
  SimEventFunc fire;
  void (*release) (gpointer target, gpointer payload); /* to discard them */
  gconstpointer target;
  SimEventFunc instead; /* to redirect those of one target */
} Request;

static void
answer (SimClock *clock, SimEvent *event, const Request *request)
{
  if (event->fire != request->fire)
    return;
  if (request->release)
    {
      request->release (event->target, event->payload);
      sim_clock_cancel (clock, event);
    }
  else if (event->target == request->target)
    event->fire = request->instead;
}

static void
ask_list (SimClock *clock, SimEvent *event, const Request *request)
{
  while (event)
    {
      SimEvent *next = event->next;
      answer (clock, event, request);
      event = next;
    }
}

static void
ask_present (SimClock *clock, const Request *request)
{
  SimEvent *all = NULL;

  for (present_purge (clock); clock->present; present_purge (clock))
    {
      SimEvent *event = present_take (clock);
      event->next = all;
      all = event;
    }
  while (all)
    {
      SimEvent *event = all;
      all = event->next;
      present_add (clock, event);
      answer (clock, event, request);
    }
}

static void
ask_all (SimClock *clock, const Request *request)
{
  ask_present (clock, request);
  for (guint level = 0; level < N_LEVELS; level++)
    for (guint slot = 0; slot < N_SLOTS; slot++)
      if (!(clock->occupied[level].word[slot / WORD_BITS] >> slot % WORD_BITS & 1))
        continue;
      else if (level == 0)
        ask_list (clock, clock->near[slot], request);
      else
        for (guint i = 0; i < N_LANES; i++)
          ask_list (clock, clock->far[level - 1][slot].lanes[i], request);
}

void
sim_clock_discard (SimClock *clock, SimEventFunc fire, void (*release) (gpointer target, gpointer payload))
{
  ask_all (clock, &(Request){ .fire = fire, .release = release });
}

void
sim_clock_redirect (SimClock *clock, SimEventFunc fire, gconstpointer target, SimEventFunc instead)
{
  ask_all (clock, &(Request){ .fire = fire, .target = target, .instead = instead });
}

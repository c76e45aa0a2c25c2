/* The wheel's work for many events at once: memory, spreading a slot, melding heaps, and looking at all. */
#include "sim/wheel.h"

#include <stdlib.h>
#include <sys/mman.h>

#define SLAB_FIRST (64u * 1024u)
#define SLAB_HUGE  (2u * 1024u * 1024u) /* bytes: a huge page, and its alignment */

void
sim_wheel_init (SimWheel *wheel)
{
  wheel->slabs = g_ptr_array_new_with_free_func (free);
}

void
sim_wheel_clear (SimWheel *wheel)
{
  g_ptr_array_unref (wheel->slabs);
}

void
sim_wheel_grow (SimWheel *wheel)
{
  gboolean huge = wheel->slabs->len > 0;
  gsize size = huge ? SLAB_HUGE : SLAB_FIRST;
  SimEvent *slab = aligned_alloc (huge ? SLAB_HUGE : sizeof (SimEvent), size);

  if (!slab)
    g_error ("out of memory: no room for %zu bytes of events", size);
  if (huge)
    (void)madvise (slab, size, MADV_HUGEPAGE); /* refused: slower, no harm */
  g_ptr_array_add (wheel->slabs, slab);
  wheel->fresh = slab;
  wheel->fresh_end = slab + size / sizeof (SimEvent);
}

/* In pairs, and then the pairs together: what makes taking the least cheap in the long run. */
SimEvent *
sim_wheel_meld_children (SimEvent *child)
{
  SimEvent *pairs = NULL, *root;

  while (child)
    {
      SimEvent *pair = child, *second = child->next;
      child = NULL;
      if (second)
        {
          child = second->next;
          pair = sim_wheel_meld (pair, second);
        }
      pair->next = pairs;
      pairs = pair;
    }
  root = pairs;
  pairs = root->next;
  while (pairs)
    {
      SimEvent *rest = pairs->next;
      root = sim_wheel_meld (root, pairs);
      pairs = rest;
    }
  return root;
}

/* ---- turning ------------------------------------------------------------------------------------------- */

/* The next occupied slot: its level, number and first instant.  FALSE when all slots are empty. */
static gboolean
next_slot (const SimWheel *wheel, guint *level, guint *slot, gint64 *start_ns)
{
  for (guint l = 0; l < SIM_WHEEL_LEVELS; l++)
    {
      guint shift = l * SIM_WHEEL_BITS;
      guint64 cursor = (guint64)wheel->cursor_ns >> shift;
      guint s = sim_slot_map_after (&wheel->occupied[l], (guint)cursor % SIM_WHEEL_SLOTS);

      if (s == SIM_WHEEL_NO_SLOT)
        continue;
      *level = l;
      *slot = s;
      *start_ns = (gint64)(((cursor & ~(guint64)(SIM_WHEEL_SLOTS - 1)) | s) << shift);
      return TRUE;
    }
  return FALSE;
}

/* Files the events of a slot, whose first instant is the cursor, at the levels below. */
static void
spread (SimWheel *wheel, SimSlot *slot)
{
  SimEvent *lists[SIM_WHEEL_LANES];
  guint n = 0;

  for (guint i = 0; i < slot->n_lanes; i++)
    if (slot->lanes[i])
      lists[n++] = slot->lanes[i];
  *slot = (SimSlot){ .next_lane = 0 };
  while (n > 0)
    for (guint i = 0; i < n;)
      {
        SimEvent *event = lists[i], *next = event->next;
        __builtin_prefetch (next);
        sim_wheel_file (wheel, event);
        if (next)
          lists[i++] = next;
        else
          lists[i] = lists[--n];
      }
}

gboolean
sim_wheel_turn (SimWheel *wheel, gint64 limit_ns)
{
  guint level, slot;
  gint64 start_ns;

  if (!next_slot (wheel, &level, &slot, &start_ns) || start_ns > limit_ns)
    return FALSE;
  wheel->cursor_ns = start_ns;
  sim_slot_map_clear (&wheel->occupied[level], slot);
  spread (wheel, &wheel->far[level - 1][slot]);
  return TRUE;
}

gint64
sim_wheel_next (SimWheel *wheel)
{
  guint level, slot;
  gint64 start_ns, least_ns = G_MAXINT64;

  sim_wheel_purge_present (wheel);
  if (wheel->present)
    return wheel->cursor_ns;
  if (!next_slot (wheel, &level, &slot, &start_ns))
    return -1;
  if (level == 0)
    return start_ns;
  /* The cursor must not pass the present time, so the slot is searched where it lies. */
  for (guint i = 0; i < SIM_WHEEL_LANES; i++)
    for (const SimEvent *event = wheel->far[level - 1][slot].lanes[i]; event; event = event->next)
      least_ns = MIN (least_ns, event->at_ns);
  return least_ns;
}

/* ---- removing and visiting ----------------------------------------------------------------------------- */

static gboolean
is_empty (const SimWheel *wheel, guint level, guint slot)
{
  if (level == 0)
    return wheel->near[slot] == NULL;
  for (guint i = 0; i < SIM_WHEEL_LANES; i++)
    if (wheel->far[level - 1][slot].lanes[i])
      return FALSE;
  return TRUE;
}

void
sim_wheel_remove (SimWheel *wheel, SimEvent *event)
{
  guint level, slot;

  if (!event->place)
    {
      event->fire = NULL;
      return;
    }
  *event->place = event->next;
  if (event->next)
    event->next->place = event->place;
  level = sim_wheel_level (wheel, event->at_ns, &slot);
  if (is_empty (wheel, level, slot))
    sim_slot_map_clear (&wheel->occupied[level], slot);
  sim_wheel_release (wheel, event);
}

static void
visit_present (SimWheel *wheel, void (*visit) (SimWheel *wheel, SimEvent *event, gpointer user),
               gpointer user)
{
  SimEvent *all = NULL;

  for (sim_wheel_purge_present (wheel); wheel->present; sim_wheel_purge_present (wheel))
    {
      SimEvent *event = sim_wheel_take_present (wheel);
      event->next = all;
      all = event;
    }
  while (all)
    {
      SimEvent *event = all;
      all = event->next;
      sim_wheel_add_present (wheel, event);
      visit (wheel, event, user);
    }
}

static void
visit_slot (SimWheel *wheel, guint level, guint slot,
            void (*visit) (SimWheel *wheel, SimEvent *event, gpointer user), gpointer user)
{
  SimEvent **heads = level == 0 ? &wheel->near[slot] : wheel->far[level - 1][slot].lanes;

  for (guint i = 0; i < (level == 0 ? 1 : SIM_WHEEL_LANES); i++)
    for (SimEvent *event = heads[i], *next; event; event = next)
      {
        next = event->next;
        visit (wheel, event, user);
      }
}

void
sim_wheel_visit (SimWheel *wheel, void (*visit) (SimWheel *wheel, SimEvent *event, gpointer user),
                 gpointer user)
{
  visit_present (wheel, visit, user);
  for (guint level = 0; level < SIM_WHEEL_LEVELS; level++)
    for (guint slot = 0; slot < SIM_WHEEL_SLOTS; slot++)
      if (wheel->occupied[level].word[slot / 64] >> slot % 64 & 1)
        visit_slot (wheel, level, slot, visit, user);
}

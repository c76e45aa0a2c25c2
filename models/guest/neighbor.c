/* The neighbour table: a sorted array of entries and the state machine of each. */
#include "models/guest/neighbor.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

const GuestNeighborConfig guest_neighbor_arp = {
  .reachable_ns = 30 * SECOND,
  .delay_ns = 5 * SECOND,
  .retransmit_ns = 1 * SECOND,
  .lock_ns = 1 * SECOND,
  .unicast_probes = 3,
  .multicast_probes = 3,
  .queue_packets = 101,
  .max_entries = 1024,
};

const GuestNeighborConfig guest_neighbor_nd = {
  .reachable_ns = 30 * SECOND,
  .delay_ns = 5 * SECOND,
  .retransmit_ns = 1 * SECOND,
  .lock_ns = 0,
  .unicast_probes = 3,
  .multicast_probes = 3,
  .queue_packets = 101,
  .max_entries = 1024,
};

struct _GuestNeighbors
{
  GuestNeighborConfig config;
  const GuestNeighborEvents *events;
  gpointer user;
  GPtrArray *entries; /* of GuestNeighbor, by address */
  gint64 due_ns;      /* no later than the earliest due entry */
};

const char *
guest_neighbor_state_word (GuestNeighborState state)
{
  static const char *const words[] = { "incomplete", "reachable", "stale", "delay", "probe", "failed" };
  g_assert (state < G_N_ELEMENTS (words));
  return words[state];
}

GuestNeighbors *
guest_neighbors_new (const GuestNeighborConfig *config, const GuestNeighborEvents *events, gpointer user)
{
  GuestNeighbors *table = g_new0 (GuestNeighbors, 1);
  table->config = *config;
  table->events = events;
  table->user = user;
  table->entries = g_ptr_array_new_with_free_func (g_free);
  table->due_ns = GUEST_NEVER;
  return table;
}

void
guest_neighbors_free (GuestNeighbors *table)
{
  if (!table)
    return;
  for (guint i = 0; i < table->entries->len; i++)
    {
      GuestNeighbor *entry = g_ptr_array_index (table->entries, i);
      g_queue_clear_full (&entry->waiting, (GDestroyNotify) net_frame_unref);
    }
  g_ptr_array_unref (table->entries);
  g_free (table);
}

void
guest_neighbors_set_reachable (GuestNeighbors *table, gint64 reachable_ns)
{
  table->config.reachable_ns = reachable_ns;
}

/* ---- the array ----------------------------------------------------------------------------------------------- */

/* The index of the entry, or of the place where it would stand. */
static guint
find_place (const GuestNeighbors *table, const GuestIp *ip, gboolean *found)
{
  guint low = 0, high = table->entries->len;

  *found = FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const GuestNeighbor *entry = g_ptr_array_index (table->entries, middle);
      int order = guest_ip_compare (ip, &entry->ip);
      if (order == 0)
        {
          *found = TRUE;
          return middle;
        }
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static GuestNeighbor *
find (const GuestNeighbors *table, const GuestIp *ip)
{
  gboolean found;
  guint place = find_place (table, ip, &found);
  return found ? g_ptr_array_index (table->entries, place) : NULL;
}

const GuestNeighbor *
guest_neighbors_find (const GuestNeighbors *table, const GuestIp *ip)
{
  return find (table, ip);
}

static void
refuse_waiting (GuestNeighbors *table, GuestNeighbor *entry, NetDropReason reason)
{
  NetFrame *packet;
  while ((packet = g_queue_pop_head (&entry->waiting)))
    table->events->refuse (table->user, packet, reason);
}

/* A full table gives up the entry that nobody waits for and that changed longest ago. */
static gboolean
make_room (GuestNeighbors *table)
{
  guint victim = G_MAXUINT;
  gint64 oldest_ns = GUEST_NEVER;

  if (table->entries->len < table->config.max_entries)
    return TRUE;
  for (guint i = 0; i < table->entries->len; i++)
    {
      const GuestNeighbor *entry = g_ptr_array_index (table->entries, i);
      if (entry->due_ns == GUEST_NEVER && entry->updated_ns < oldest_ns)
        {
          victim = i;
          oldest_ns = entry->updated_ns;
        }
    }
  if (victim == G_MAXUINT)
    return FALSE;
  table->events->changed (table->user, "remove", g_ptr_array_index (table->entries, victim));
  g_ptr_array_remove_index (table->entries, victim);
  return TRUE;
}

/* NULL when the table is full of entries in use. */
static GuestNeighbor *
add (GuestNeighbors *table, const GuestIp *ip, GuestNeighborState state, const NetMac *mac, gint64 now_ns)
{
  GuestNeighbor *entry;
  gboolean found;

  if (!make_room (table))
    return NULL;
  entry = g_new0 (GuestNeighbor, 1);
  entry->ip = *ip;
  entry->state = state;
  if (mac)
    entry->mac = *mac;
  entry->due_ns = GUEST_NEVER;
  entry->updated_ns = now_ns;
  entry->confirmed_ns = now_ns - 2 * table->config.reachable_ns;
  entry->used_ns = now_ns;
  g_queue_init (&entry->waiting);
  g_ptr_array_insert (table->entries, (gint) find_place (table, ip, &found), entry);
  table->events->changed (table->user, "add", entry);
  return entry;
}

/* ---- the state machine --------------------------------------------------------------------------------------- */

static gboolean
has_mac (const GuestNeighbor *entry)
{
  return entry->state != GUEST_NEIGHBOR_INCOMPLETE && entry->state != GUEST_NEIGHBOR_FAILED;
}

static void
set_due (GuestNeighbors *table, GuestNeighbor *entry, gint64 due_ns)
{
  entry->due_ns = due_ns;
  table->due_ns = MIN (table->due_ns, due_ns);
}

static void
enter (GuestNeighbors *table, GuestNeighbor *entry, GuestNeighborState state, gint64 due_ns, gint64 now_ns)
{
  entry->state = state;
  entry->updated_ns = now_ns;
  set_due (table, entry, due_ns);
  table->events->changed (table->user, "change", entry);
}

static void
ask (GuestNeighbors *table, GuestNeighbor *entry, gint64 now_ns)
{
  entry->probes++;
  set_due (table, entry, now_ns + table->config.retransmit_ns);
  table->events->ask (table->user, &entry->ip, entry->state == GUEST_NEIGHBOR_PROBE ? &entry->mac : NULL);
}

static void
wait_for_answer (GuestNeighbors *table, GuestNeighbor *entry, NetFrame *packet)
{
  if (g_queue_get_length (&entry->waiting) >= table->config.queue_packets)
    table->events->refuse (table->user, g_queue_pop_head (&entry->waiting), NET_DROP_NEIGHBOR_QUEUE_FULL);
  g_queue_push_tail (&entry->waiting, packet);
}

static void
resolve (GuestNeighbors *table, GuestNeighbor *entry, NetFrame *packet, gint64 now_ns)
{
  gboolean asking = entry->state == GUEST_NEIGHBOR_INCOMPLETE && entry->due_ns != GUEST_NEVER;

  wait_for_answer (table, entry, packet);
  if (asking)
    return;
  if (entry->state == GUEST_NEIGHBOR_FAILED)
    enter (table, entry, GUEST_NEIGHBOR_INCOMPLETE, GUEST_NEVER, now_ns);
  entry->probes = 0;
  ask (table, entry, now_ns);
}

void
guest_neighbors_send (GuestNeighbors *table, const GuestIp *to, NetFrame *packet, gboolean confirm,
                      gint64 now_ns)
{
  GuestNeighbor *entry = find (table, to);

  if (!entry)
    entry = add (table, to, GUEST_NEIGHBOR_INCOMPLETE, NULL, now_ns);
  if (!entry)
    {
      table->events->refuse (table->user, packet, NET_DROP_NEIGHBOR_QUEUE_FULL);
      return;
    }
  if (confirm)
    entry->confirmed_ns = now_ns;
  if (!has_mac (entry))
    {
      resolve (table, entry, packet, now_ns);
      return;
    }
  if (entry->state == GUEST_NEIGHBOR_STALE)
    enter (table, entry, GUEST_NEIGHBOR_DELAY, now_ns + table->config.delay_ns, now_ns);
  if (entry->state != GUEST_NEIGHBOR_REACHABLE)
    entry->used_ns = now_ns;
  table->events->transmit (table->user, packet, &entry->mac);
}

static void
release_waiting (GuestNeighbors *table, GuestNeighbor *entry)
{
  NetFrame *packet;
  while ((packet = g_queue_pop_head (&entry->waiting)))
    table->events->transmit (table->user, packet, &entry->mac);
}

/* Whether what was heard may put another MAC in the place of a known one. */
static gboolean
may_override (const GuestNeighbors *table, const GuestNeighbor *entry, GuestHeard heard, gint64 now_ns)
{
  if (heard == GUEST_HEARD_QUESTION || heard == GUEST_HEARD_ANNOUNCEMENT)
    return TRUE;
  return table->config.lock_ns == 0 || now_ns > entry->updated_ns + table->config.lock_ns;
}

void
guest_neighbors_hear (GuestNeighbors *table, const GuestIp *from, const NetMac *mac, GuestHeard heard,
                      gint64 now_ns)
{
  GuestNeighbor *entry = find (table, from);
  gboolean known, same;

  if (!entry)
    {
      if (heard == GUEST_HEARD_QUESTION)
        add (table, from, GUEST_NEIGHBOR_STALE, mac, now_ns);
      return;
    }
  known = has_mac (entry);
  same = known && net_mac_equal (&entry->mac, mac);
  if (heard == GUEST_HEARD_ANSWER)
    entry->confirmed_ns = now_ns;
  if (known && !same && !may_override (table, entry, heard, now_ns))
    return;
  if (!same)
    {
      entry->mac = *mac;
      if (heard != GUEST_HEARD_ANSWER)
        entry->confirmed_ns = now_ns - 2 * table->config.reachable_ns;
    }
  if (heard == GUEST_HEARD_ANSWER)
    {
      if (!same || entry->state != GUEST_NEIGHBOR_REACHABLE)
        enter (table, entry, GUEST_NEIGHBOR_REACHABLE, now_ns + table->config.reachable_ns, now_ns);
    }
  else if (!same)
    enter (table, entry, GUEST_NEIGHBOR_STALE, GUEST_NEVER, now_ns);
  if (!known && !g_queue_is_empty (&entry->waiting))
    {
      if (entry->state == GUEST_NEIGHBOR_STALE)
        enter (table, entry, GUEST_NEIGHBOR_DELAY, now_ns + table->config.delay_ns, now_ns);
      release_waiting (table, entry);
    }
}

void
guest_neighbors_put (GuestNeighbors *table, const GuestIp *ip, const NetMac *mac, gint64 now_ns)
{
  guest_neighbors_hear (table, ip, mac, GUEST_HEARD_QUESTION, now_ns);
}

/* ---- time ---------------------------------------------------------------------------------------------------- */

gint64
guest_neighbors_due (const GuestNeighbors *table)
{
  return table->due_ns;
}

static void
expire_reachable (GuestNeighbors *table, GuestNeighbor *entry, gint64 now_ns)
{
  gint64 until_ns = entry->confirmed_ns + table->config.reachable_ns;

  if (now_ns < until_ns)
    set_due (table, entry, until_ns);
  else if (now_ns <= entry->used_ns + table->config.delay_ns)
    enter (table, entry, GUEST_NEIGHBOR_DELAY, now_ns + table->config.delay_ns, now_ns);
  else
    enter (table, entry, GUEST_NEIGHBOR_STALE, GUEST_NEVER, now_ns);
}

static void
expire_delay (GuestNeighbors *table, GuestNeighbor *entry, gint64 now_ns)
{
  if (now_ns <= entry->confirmed_ns + table->config.delay_ns)
    {
      enter (table, entry, GUEST_NEIGHBOR_REACHABLE, entry->confirmed_ns + table->config.reachable_ns,
             now_ns);
      return;
    }
  entry->probes = 0;
  enter (table, entry, GUEST_NEIGHBOR_PROBE, GUEST_NEVER, now_ns);
  ask (table, entry, now_ns);
}

static void
expire_asking (GuestNeighbors *table, GuestNeighbor *entry, gint64 now_ns)
{
  guint limit
      = entry->state == GUEST_NEIGHBOR_PROBE ? table->config.unicast_probes : table->config.multicast_probes;

  if (entry->probes < limit)
    {
      ask (table, entry, now_ns);
      return;
    }
  memset (&entry->mac, 0, sizeof entry->mac);
  enter (table, entry, GUEST_NEIGHBOR_FAILED, GUEST_NEVER, now_ns);
  refuse_waiting (table, entry, NET_DROP_NEIGHBOR_FAILED);
}

static void
expire_entry (GuestNeighbors *table, GuestNeighbor *entry, gint64 now_ns)
{
  entry->due_ns = GUEST_NEVER;
  switch (entry->state)
    {
    case GUEST_NEIGHBOR_REACHABLE:
      expire_reachable (table, entry, now_ns);
      break;
    case GUEST_NEIGHBOR_DELAY:
      expire_delay (table, entry, now_ns);
      break;
    case GUEST_NEIGHBOR_INCOMPLETE:
    case GUEST_NEIGHBOR_PROBE:
      expire_asking (table, entry, now_ns);
      break;
    case GUEST_NEIGHBOR_STALE:
    case GUEST_NEIGHBOR_FAILED:
      break;
    }
}

void
guest_neighbors_expire (GuestNeighbors *table, gint64 now_ns)
{
  table->due_ns = GUEST_NEVER;
  for (guint i = 0; i < table->entries->len; i++)
    {
      GuestNeighbor *entry = g_ptr_array_index (table->entries, i);
      if (entry->due_ns <= now_ns)
        expire_entry (table, entry, now_ns);
      else
        table->due_ns = MIN (table->due_ns, entry->due_ns);
    }
}

void
guest_neighbors_flush (GuestNeighbors *table, NetDropReason reason)
{
  while (table->entries->len)
    {
      GuestNeighbor *entry = g_ptr_array_index (table->entries, table->entries->len - 1);
      refuse_waiting (table, entry, reason);
      table->events->changed (table->user, "remove", entry);
      g_ptr_array_set_size (table->entries, (gint) table->entries->len - 1);
    }
  table->due_ns = GUEST_NEVER;
}

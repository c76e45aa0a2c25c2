/* Entries lie in the hash table itself.  Ageing is a ring of ticks, each with the keys that are to be looked at then;
 * a refresh only notes the time, and a key whose entry was refreshed meanwhile moves on to a later tick. */
#include "gateway/fdb.h"

#include "gateway/shares.h"

#define MIN_SLOTS_LOG2 6u
#define AGE_TICKS      512u
#define RING           1024u /* more than AGE_TICKS + 2; a power of two */
#define MIN_TICK_NS    G_GINT64_CONSTANT (1000000)
#define SWEEP_MIN      4096u
#define SWEPT          0x80000000u /* in VtepMac.due: no tick of the ring */

struct _VtepFdb
{
  VtepFdbSlots table;
  guint n, n_local, max_local;
  VtepShares *shares; /* of the local ones */

  gint64 age_ns, tick_ns;
  guint64 tick;       /* the next one to look at */
  guint position;     /* in its keys */
  guint n_scheduled;  /* keys in the ring */
  GArray *ring[RING]; /* of VtepKey; NULL until used */
};

static void
allocate (VtepFdb *fdb, guint log2_slots)
{
  fdb->table.slots = g_new0 (VtepMac, (gsize) 1 << log2_slots);
  fdb->table.mask = (1u << log2_slots) - 1;
  fdb->table.shift = 64 - log2_slots;
}

static VtepShareState look (VtepKey key, guint32 stamp, gint64 since_ns, gpointer user);

VtepFdb *
vtep_fdb_new (const VtepFdbConfig *config)
{
  VtepFdb *fdb = g_new0 (VtepFdb, 1);

  fdb->table.multiplier = config->seed | 1;
  fdb->max_local = config->max_local;
  fdb->age_ns = config->age_ns;
  fdb->tick_ns = MAX (config->age_ns / AGE_TICKS, MIN_TICK_NS);
  fdb->shares = vtep_shares_new (config->seed, look, fdb);
  allocate (fdb, MIN_SLOTS_LOG2);
  return fdb;
}

void
vtep_fdb_free (VtepFdb *fdb)
{
  if (!fdb)
    return;
  for (guint i = 0; i < RING; i++)
    if (fdb->ring[i])
      g_array_unref (fdb->ring[i]);
  vtep_shares_free (fdb->shares);
  g_free (fdb->table.slots);
  g_free (fdb);
}

/* ---- the hash table ------------------------------------------------------------------------------------------ */

static inline guint32
home (const VtepFdb *fdb, VtepKey key)
{
  return (guint32) (key * fdb->table.multiplier >> fdb->table.shift);
}

guint
vtep_fdb_n_local (const VtepFdb *fdb)
{
  return fdb->n_local;
}

static void
grow (VtepFdb *fdb)
{
  VtepMac *old = fdb->table.slots;
  guint32 n_old = fdb->table.mask + 1;

  allocate (fdb, 64 - fdb->table.shift + 1);
  for (guint32 i = 0; i < n_old; i++)
    if (old[i].key)
      *vtep_fdb_slot (fdb, old[i].key) = old[i];
  g_free (old);
}

/* The entry of the key, made if it is not there: neither local nor remote. */
static VtepMac *
ensure (VtepFdb *fdb, VtepKey key)
{
  VtepMac *slot = vtep_fdb_slot (fdb, key);

  if (slot->key)
    return slot;
  if (3 * (guint64) (fdb->table.mask + 1) < 4 * (guint64) (fdb->n + 1))
    {
      grow (fdb);
      slot = vtep_fdb_slot (fdb, key);
    }
  fdb->n++;
  *slot = (VtepMac){ .key = key, .place.port = VTEP_PORT_NO };
  return slot;
}

static void
remove_slot (VtepFdb *fdb, VtepMac *slot)
{
  guint32 hole = (guint32) (slot - fdb->table.slots);

  fdb->n--;
  for (guint32 i = (hole + 1) & fdb->table.mask; fdb->table.slots[i].key; i = (i + 1) & fdb->table.mask)
    {
      guint32 from_home = (i - home (fdb, fdb->table.slots[i].key)) & fdb->table.mask;
      if (from_home < ((i - hole) & fdb->table.mask))
        continue;
      fdb->table.slots[hole] = fdb->table.slots[i];
      hole = i;
    }
  fdb->table.slots[hole] = (VtepMac){ .key = 0 };
}

/* ---- ageing -------------------------------------------------------------------------------------------------- */

/* The first tick that ends after the entry's time. */
static guint64
due_tick (const VtepFdb *fdb, gint64 seen_ns)
{
  return (guint64) (seen_ns + fdb->age_ns) / (guint64) fdb->tick_ns + 1;
}

static void
go_to_tick (VtepFdb *fdb, guint64 tick)
{
  g_clear_pointer (&fdb->ring[fdb->tick % RING], g_array_unref);
  fdb->position = 0;
  fdb->tick = tick;
}

/* Leaves of a tick's keys those that are due in it, each once.  Returns how many. */
static guint
sweep_tick (VtepFdb *fdb, guint64 tick)
{
  GArray *keys = fdb->ring[tick % RING];
  guint first = tick == fdb->tick ? fdb->position : 0, kept = 0;

  for (guint i = first; keys && i < keys->len; i++)
    {
      VtepKey key = g_array_index (keys, VtepKey, i);
      VtepMac *mac = vtep_fdb_slot (fdb, key);
      if (!mac->key || !vtep_mac_is_local (mac) || mac->due != (guint32) tick)
        continue;
      mac->due ^= SWEPT; /* so that it is not met again */
      g_array_index (keys, VtepKey, kept++) = key;
    }
  if (!keys)
    return 0;
  g_array_set_size (keys, kept);
  for (guint i = 0; i < kept; i++)
    vtep_fdb_slot (fdb, g_array_index (keys, VtepKey, i))->due ^= SWEPT;
  if (tick == fdb->tick)
    fdb->position = 0;
  return kept;
}

/* A storm leaves keys behind whose entries are long forgotten; when they are the majority, they go. */
static void
sweep (VtepFdb *fdb)
{
  if (fdb->n_scheduled < 2 * fdb->n_local + SWEEP_MIN)
    return;
  fdb->n_scheduled = 0;
  for (guint i = 0; i < RING; i++)
    fdb->n_scheduled += sweep_tick (fdb, fdb->tick + i);
}

static void
schedule (VtepFdb *fdb, VtepMac *mac)
{
  guint64 tick = due_tick (fdb, mac->seen_ns);
  GArray **keys;

  sweep (fdb);
  if (fdb->n_scheduled++ == 0)
    go_to_tick (fdb, tick);
  /* Only when nobody asked for a long time; the entry is then looked at early, and scheduled again. */
  tick = MIN (tick, fdb->tick + RING - 1);
  mac->due = (guint32) tick;
  keys = &fdb->ring[tick % RING];
  if (!*keys)
    *keys = g_array_new (FALSE, FALSE, sizeof (VtepKey));
  g_array_append_val (*keys, mac->key);
}

static gboolean
expire (VtepFdb *fdb, gint64 now_ns, VtepMac *out)
{
  while (fdb->n_scheduled && (gint64) fdb->tick * fdb->tick_ns <= now_ns)
    {
      GArray *keys = fdb->ring[fdb->tick % RING];
      VtepMac *mac;

      if (!keys || fdb->position == keys->len)
        {
          go_to_tick (fdb, fdb->tick + 1);
          continue;
        }
      mac = vtep_fdb_slot (fdb, g_array_index (keys, VtepKey, fdb->position++));
      fdb->n_scheduled--;
      if (!mac->key || !vtep_mac_is_local (mac) || mac->due != (guint32) fdb->tick)
        continue; /* forgotten since, or scheduled anew */
      if (due_tick (fdb, mac->seen_ns) > fdb->tick)
        {
          schedule (fdb, mac);
          continue;
        }
      *out = *mac;
      vtep_fdb_forget (fdb, mac->key);
      return TRUE;
    }
  return FALSE;
}

gint64
vtep_fdb_next_expiry (const VtepFdb *fdb)
{
  guint64 tick = fdb->tick;

  if (fdb->n_local > fdb->max_local)
    return 0;
  if (fdb->n_scheduled == 0)
    return -1;
  while (!fdb->ring[tick % RING] || (tick == fdb->tick && fdb->position == fdb->ring[tick % RING]->len))
    tick++;
  return (gint64) tick * fdb->tick_ns;
}

/* ---- shares ---------------------------------------------------------------------------------------------------- */

static VtepShareState
look (VtepKey key, guint32 stamp, gint64 since_ns, gpointer user)
{
  const VtepMac *mac = vtep_fdb_slot (user, key);

  if (!mac->key || !vtep_mac_is_local (mac) || mac->stamp != stamp)
    return VTEP_SHARE_GONE;
  return mac->seen_ns > since_ns ? VTEP_SHARE_HEARD : VTEP_SHARE_IDLE;
}

static void
restamp (VtepKey key, guint32 stamp, gpointer user)
{
  vtep_fdb_slot (user, key)->stamp = stamp;
}

/* The one that the fair rule lets go, copied to *out; nobody comes in its place yet. */
static gboolean
evict (VtepFdb *fdb, VtepPort port, VtepKey newcomer, gint64 now_ns, VtepMac *out)
{
  VtepKey victim;

  if (!vtep_shares_victim (fdb->shares, port, newcomer, now_ns, restamp, &victim))
    return FALSE;
  *out = *vtep_fdb_slot (fdb, victim);
  vtep_fdb_forget (fdb, victim);
  return TRUE;
}

gboolean
vtep_fdb_expire (VtepFdb *fdb, gint64 now_ns, VtepMac *out)
{
  if (expire (fdb, now_ns, out))
    return TRUE;
  return fdb->n_local > fdb->max_local && evict (fdb, VTEP_PORT_NO, 0, now_ns, out);
}

/* ---- what happened ------------------------------------------------------------------------------------------- */

static void
move (VtepFdb *fdb, VtepMac *mac, VtepPlace place, gint64 now_ns)
{
  if (mac->place.port != place.port)
    {
      vtep_shares_remove (fdb->shares, mac->place.port, mac->key);
      mac->stamp = vtep_shares_add (fdb->shares, place.port, mac->key, now_ns);
    }
  mac->place = place;
}

static VtepLearn
add (VtepFdb *fdb, VtepKey key, VtepPlace place, gint64 now_ns, VtepMac *forgotten)
{
  VtepLearn result = VTEP_LEARN_ADDED;
  VtepMac *mac;

  if (fdb->n_local >= fdb->max_local)
    {
      if (!evict (fdb, place.port, key, now_ns, forgotten))
        return VTEP_LEARN_FULL;
      result = VTEP_LEARN_REPLACED;
    }
  mac = ensure (fdb, key);
  mac->place = place;
  mac->seen_ns = now_ns;
  mac->stamp = vtep_shares_add (fdb->shares, place.port, key, now_ns);
  fdb->n_local++;
  schedule (fdb, mac);
  return result;
}

VtepLearn
vtep_fdb_learn (VtepFdb *fdb, VtepKey key, VtepPlace place, gint64 now_ns, VtepMac *forgotten)
{
  VtepMac *mac = vtep_fdb_slot (fdb, key);

  if (G_UNLIKELY (!mac->key || !vtep_mac_is_local (mac)))
    return add (fdb, key, place, now_ns, forgotten);
  mac->seen_ns = now_ns;
  if (G_LIKELY (vtep_place_equal (mac->place, place)))
    return VTEP_LEARN_REFRESHED;
  move (fdb, mac, place, now_ns);
  return VTEP_LEARN_MOVED;
}

gboolean
vtep_fdb_forget (VtepFdb *fdb, VtepKey key)
{
  VtepMac *mac = vtep_fdb_slot (fdb, key);

  if (!mac->key || !vtep_mac_is_local (mac))
    return FALSE;
  vtep_shares_remove (fdb->shares, mac->place.port, key);
  mac->place = (VtepPlace){ .port = VTEP_PORT_NO };
  fdb->n_local--;
  if (!mac->locator)
    remove_slot (fdb, mac);
  return TRUE;
}

void
vtep_fdb_set_remote (VtepFdb *fdb, VtepKey key, NetIpv4 locator)
{
  VtepMac *mac = locator ? ensure (fdb, key) : vtep_fdb_slot (fdb, key);

  if (!mac->key)
    return;
  mac->locator = locator;
  if (!locator && !vtep_mac_is_local (mac))
    remove_slot (fdb, mac);
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

static gint
compare_keys (gconstpointer a, gconstpointer b)
{
  VtepKey x = *(const VtepKey *) a, y = *(const VtepKey *) b;
  return x < y ? -1 : x > y;
}

GArray *
vtep_fdb_keys_at (const VtepFdb *fdb, VtepPlace place, VtepSwitchId id)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (VtepKey));
  guint kept = 0;

  vtep_shares_collect (fdb->shares, place.port, id, keys);
  for (guint i = 0; i < keys->len; i++)
    {
      VtepKey key = g_array_index (keys, VtepKey, i);
      if (place.vlan == VTEP_VLAN_ANY || vtep_fdb_slot (fdb, key)->place.vlan == place.vlan)
        g_array_index (keys, VtepKey, kept++) = key;
    }
  g_array_set_size (keys, kept);
  g_array_sort (keys, compare_keys);
  return keys;
}

GArray *
vtep_fdb_keys (const VtepFdb *fdb)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (VtepKey));

  for (guint64 i = 0; i <= fdb->table.mask; i++)
    if (fdb->table.slots[i].key)
      g_array_append_val (keys, fdb->table.slots[i].key);
  g_array_sort (keys, compare_keys);
  return keys;
}

/* ---- another configuration ------------------------------------------------------------------------------------- */

typedef struct
{
  VtepKey key;
  gint64 seen_ns;
} Seen;

/* By key where the time is the same, so that the order of the table does not show. */
static gint
compare_seen (gconstpointer a, gconstpointer b)
{
  const Seen *x = a, *y = b;

  if (x->seen_ns != y->seen_ns)
    return x->seen_ns < y->seen_ns ? -1 : 1;
  return compare_keys (&x->key, &y->key);
}

static GArray *
by_last_frame (const VtepFdb *fdb)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Seen));

  for (guint64 i = 0; i <= fdb->table.mask; i++)
    {
      const VtepMac *mac = &fdb->table.slots[i];
      Seen seen = { .key = mac->key, .seen_ns = mac->seen_ns };
      if (mac->key && vtep_mac_is_local (mac))
        g_array_append_val (all, seen);
    }
  g_array_sort (all, compare_seen);
  return all;
}

/* The ring begins with the entry that is due first, and its ticks are others. */
static void
set_age (VtepFdb *fdb, gint64 age_ns)
{
  g_autoptr (GArray) all = by_last_frame (fdb);

  for (guint i = 0; i < RING; i++)
    g_clear_pointer (&fdb->ring[i], g_array_unref);
  fdb->n_scheduled = 0;
  fdb->age_ns = age_ns;
  fdb->tick_ns = MAX (age_ns / AGE_TICKS, MIN_TICK_NS);
  for (guint i = 0; i < all->len; i++)
    schedule (fdb, vtep_fdb_slot (fdb, g_array_index (all, Seen, i).key));
}

void
vtep_fdb_configure (VtepFdb *fdb, const VtepFdbConfig *config)
{
  fdb->max_local = config->max_local;
  if (fdb->age_ns != config->age_ns)
    set_age (fdb, config->age_ns);
}

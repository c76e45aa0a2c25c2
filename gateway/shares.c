/* A line a share, which may hold entries that are gone: they are skipped, and swept out when they are the majority.
 * The shares lie in a heap by size, so that the largest is at its top. */
#include "gateway/shares.h"

#define SWEEP_MIN 64u

typedef struct
{
  VtepKey key;
  gint64 since_ns;
  guint32 stamp;
} Entry;

typedef struct
{
  guint64 name; /* port and logical switch */
  guint n;      /* MACs; the line may be longer */
  guint heap_place;
  guint first;  /* in the line: what is before has been taken */
  GArray *line; /* of Entry */
} Share;

struct _VtepShares
{
  VtepShareLook look;
  gpointer user;
  guint32 stamp;
  VtepIndex by_name;   /* → place in shares */
  GPtrArray *shares;   /* of Share; NULL where free */
  GArray *free_places; /* of guint */
  GPtrArray *heap;     /* of Share */
};

VtepShares *
vtep_shares_new (guint64 seed, VtepShareLook look, gpointer user)
{
  VtepShares *shares = g_new0 (VtepShares, 1);

  shares->look = look;
  shares->user = user;
  vtep_index_init (&shares->by_name, seed);
  shares->shares = g_ptr_array_new ();
  shares->free_places = g_array_new (FALSE, FALSE, sizeof (guint));
  shares->heap = g_ptr_array_new ();
  return shares;
}

static void
share_free (Share *share)
{
  g_array_unref (share->line);
  g_free (share);
}

void
vtep_shares_free (VtepShares *shares)
{
  if (!shares)
    return;
  for (guint i = 0; i < shares->heap->len; i++)
    share_free (shares->heap->pdata[i]);
  vtep_index_clear (&shares->by_name);
  g_ptr_array_unref (shares->shares);
  g_array_unref (shares->free_places);
  g_ptr_array_unref (shares->heap);
  g_free (shares);
}

static guint64
name_of (VtepPort port, VtepKey key)
{
  return (guint64) port << 16 | vtep_key_switch (key);
}

static Share *
find (const VtepShares *shares, guint64 name)
{
  const VtepIndexSlot *slot = vtep_index_find (&shares->by_name, name);
  return slot ? shares->shares->pdata[slot->value] : NULL;
}

/* ---- the heap ------------------------------------------------------------------------------------------------ */

/* Of equal ones the lower name is on top, so that the order of growth does not show. */
static gboolean
is_above (const Share *a, const Share *b)
{
  return a->n != b->n ? a->n > b->n : a->name < b->name;
}

static void
put (VtepShares *shares, guint place, Share *share)
{
  shares->heap->pdata[place] = share;
  share->heap_place = place;
}

static void
grown (VtepShares *shares, Share *share)
{
  guint place = share->heap_place;

  while (place > 0 && is_above (share, shares->heap->pdata[(place - 1) / 2]))
    {
      put (shares, place, shares->heap->pdata[(place - 1) / 2]);
      place = (place - 1) / 2;
    }
  put (shares, place, share);
}

static void
shrunk (VtepShares *shares, Share *share)
{
  guint place = share->heap_place;

  for (guint child; (child = 2 * place + 1) < shares->heap->len; place = child)
    {
      if (child + 1 < shares->heap->len
          && is_above (shares->heap->pdata[child + 1], shares->heap->pdata[child]))
        child++;
      if (is_above (share, shares->heap->pdata[child]))
        break;
      put (shares, place, shares->heap->pdata[child]);
    }
  put (shares, place, share);
}

/* ---- shares that come and go ----------------------------------------------------------------------------------- */

static Share *
ensure (VtepShares *shares, guint64 name)
{
  Share *share = find (shares, name);
  guint place = shares->shares->len;

  if (share)
    return share;
  if (shares->free_places->len > 0)
    {
      place = g_array_index (shares->free_places, guint, shares->free_places->len - 1);
      g_array_set_size (shares->free_places, shares->free_places->len - 1);
    }
  else
    g_ptr_array_add (shares->shares, NULL);
  share = g_new0 (Share, 1);
  share->name = name;
  share->line = g_array_new (FALSE, FALSE, sizeof (Entry));
  share->heap_place = shares->heap->len;
  g_ptr_array_add (shares->heap, share);
  shares->shares->pdata[place] = share;
  vtep_index_put (&shares->by_name, name, place);
  return share;
}

/* An empty share: the last of the heap, as nobody is smaller, takes its place. */
static void
drop_share (VtepShares *shares, Share *share)
{
  Share *last = shares->heap->pdata[shares->heap->len - 1];
  guint place = vtep_index_get (&shares->by_name, share->name, 0);

  g_ptr_array_set_size (shares->heap, (gint) shares->heap->len - 1);
  if (last != share)
    {
      put (shares, share->heap_place, last);
      grown (shares, last);
      shrunk (shares, last);
    }
  vtep_index_remove (&shares->by_name, share->name);
  shares->shares->pdata[place] = NULL;
  g_array_append_val (shares->free_places, place);
  share_free (share);
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

/* Takes out what is gone, when it is most of the line. */
static void
sweep (const VtepShares *shares, Share *share)
{
  guint kept = 0;

  if (share->line->len < 2 * share->n + SWEEP_MIN)
    return;
  for (guint i = share->first; i < share->line->len; i++)
    {
      Entry entry = g_array_index (share->line, Entry, i);
      if (shares->look (entry.key, entry.stamp, entry.since_ns, shares->user) != VTEP_SHARE_GONE)
        g_array_index (share->line, Entry, kept++) = entry;
    }
  g_array_set_size (share->line, kept);
  share->first = 0;
}

static guint32
queue (VtepShares *shares, Share *share, VtepKey key, gint64 now_ns)
{
  Entry entry = { .key = key, .since_ns = now_ns, .stamp = ++shares->stamp };

  sweep (shares, share);
  g_array_append_val (share->line, entry);
  return entry.stamp;
}

guint32
vtep_shares_add (VtepShares *shares, VtepPort port, VtepKey key, gint64 now_ns)
{
  Share *share = ensure (shares, name_of (port, key));

  share->n++;
  grown (shares, share);
  return queue (shares, share, key, now_ns);
}

void
vtep_shares_remove (VtepShares *shares, VtepPort port, VtepKey key)
{
  Share *share = find (shares, name_of (port, key));

  share->n--;
  shrunk (shares, share);
  if (share->n == 0)
    drop_share (shares, share);
}

/* ---- who goes -------------------------------------------------------------------------------------------------- */

gboolean
vtep_shares_victim (VtepShares *shares, VtepPort port, VtepKey newcomer, gint64 now_ns,
                    void (*restamp) (VtepKey key, guint32 stamp, gpointer user), VtepKey *victim)
{
  Share *own = find (shares, name_of (port, newcomer)), *share;
  guint chances = VTEP_SHARES_CHANCES;

  if (shares->heap->len == 0)
    return FALSE;
  share = shares->heap->pdata[0];
  if (own && own->n == share->n)
    share = own;
  for (;;)
    {
      Entry entry = g_array_index (share->line, Entry, share->first++);
      VtepShareState state = shares->look (entry.key, entry.stamp, entry.since_ns, shares->user);

      if (state == VTEP_SHARE_HEARD && chances > 0)
        {
          chances--;
          restamp (entry.key, queue (shares, share, entry.key, now_ns), shares->user);
        }
      else if (state != VTEP_SHARE_GONE)
        {
          *victim = entry.key;
          return TRUE;
        }
    }
}

static void
collect_share (const VtepShares *shares, const Share *share, GArray *keys)
{
  for (guint i = share->first; i < share->line->len; i++)
    {
      const Entry *entry = &g_array_index (share->line, Entry, i);
      if (shares->look (entry->key, entry->stamp, entry->since_ns, shares->user) != VTEP_SHARE_GONE)
        g_array_append_val (keys, entry->key);
    }
}

void
vtep_shares_collect (const VtepShares *shares, VtepPort port, VtepSwitchId id, GArray *keys)
{
  const Share *one = find (shares, (guint64) port << 16 | id);

  if (id != VTEP_SWITCH_NONE && one)
    collect_share (shares, one, keys);
  for (guint i = 0; id == VTEP_SWITCH_NONE && i < shares->heap->len; i++)
    {
      const Share *share = shares->heap->pdata[i];
      if (share->name >> 16 == port)
        collect_share (shares, share, keys);
    }
}

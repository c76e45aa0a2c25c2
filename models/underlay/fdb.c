/* The filtering database's memory: growing, ageing, flushing.  Knows no frames. */
#include "models/underlay/fdb.h"

#define PLACES_FIRST_LOG2 6u

static void
set_places (UnderlayFdb *fdb, guint log2)
{
  fdb->entries = g_new0 (UnderlayEntry, (gsize)1 << log2);
  fdb->mask = (guint32)(((guint64)1 << log2) - 1);
  fdb->shift = 64 - log2;
}

void
underlay_fdb_init (UnderlayFdb *fdb, guint max, gint64 ageing_ns)
{
  *fdb = (UnderlayFdb){ .max = MIN (max, 1u << 30), .ageing_ns = ageing_ns };
  set_places (fdb, PLACES_FIRST_LOG2);
}

void
underlay_fdb_clear (UnderlayFdb *fdb)
{
  g_free (fdb->entries);
  fdb->entries = NULL;
}

static void
grow (UnderlayFdb *fdb)
{
  UnderlayEntry *old = fdb->entries;
  gsize n_old = (gsize)fdb->mask + 1;

  set_places (fdb, 64 - fdb->shift + 1);
  for (gsize i = 0; i < n_old; i++)
    if (old[i].key)
      *underlay_fdb_place (fdb, old[i].key) = old[i];
  g_free (old);
}

UnderlayLearn
underlay_fdb_learn_new (UnderlayFdb *fdb, UnderlayKey key, guint32 port, gint64 now_ns)
{
  if (fdb->n >= fdb->max)
    return UNDERLAY_LEARN_FULL;
  if (fdb->n >= (fdb->mask + 1) / 2)
    grow (fdb);
  *underlay_fdb_place (fdb, key) = (UnderlayEntry){ .key = key, .seen_ns = now_ns, .port = port };
  fdb->n++;
  return UNDERLAY_LEARN_ADDED;
}

static gint
compare_keys (gconstpointer a, gconstpointer b)
{
  UnderlayKey left = ((const UnderlayEntry *)a)->key, right = ((const UnderlayEntry *)b)->key;
  return left < right ? -1 : left > right;
}

/* Takes out what is older than seen_ns, and what is at `port`; the rest is filed anew, because a hole would
 * cut chains of probing. */
static GArray *
take_out (UnderlayFdb *fdb, gint64 seen_ns, guint32 port)
{
  GArray *gone = g_array_new (FALSE, FALSE, sizeof (UnderlayEntry));
  UnderlayEntry *old = fdb->entries;
  gsize n_old = (gsize)fdb->mask + 1;

  for (gsize i = 0; i < n_old; i++)
    if (old[i].key && (old[i].seen_ns <= seen_ns || old[i].port == port))
      g_array_append_val (gone, old[i]);
  if (gone->len == 0)
    return gone;
  fdb->n -= gone->len;
  set_places (fdb, 64 - fdb->shift);
  for (gsize i = 0; i < n_old; i++)
    if (old[i].key && old[i].seen_ns > seen_ns && old[i].port != port)
      *underlay_fdb_place (fdb, old[i].key) = old[i];
  g_free (old);
  g_array_sort (gone, compare_keys);
  return gone;
}

GArray *
underlay_fdb_sweep (UnderlayFdb *fdb, gint64 now_ns)
{
  return take_out (fdb, now_ns - fdb->ageing_ns, UNDERLAY_FDB_NOWHERE);
}

GArray *
underlay_fdb_flush_port (UnderlayFdb *fdb, guint32 port)
{
  return take_out (fdb, G_MININT64, port);
}

gint64
underlay_fdb_next_expiry (const UnderlayFdb *fdb)
{
  gint64 oldest_ns = G_MAXINT64;

  for (gsize i = 0; i <= fdb->mask; i++)
    if (fdb->entries[i].key)
      oldest_ns = MIN (oldest_ns, fdb->entries[i].seen_ns);
  return fdb->n ? oldest_ns + fdb->ageing_ns : -1;
}

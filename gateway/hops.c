/* A hash table to find them, and an array to look at all. */
#include "gateway/hops.h"

struct _VtepHops
{
  NetWorld *world;
  const VtepNeighborClass *klass;
  gpointer user;
  GHashTable *by_key; /* VtepHopKey → VtepHop; only looked up, never walked */
  GPtrArray *hops;    /* of VtepHop */
  gint64 swept_ns;
};

static guint
key_hash (gconstpointer key)
{
  const VtepHopKey *hop = key;
  guint hash = hop->logical_switch;

  for (guint i = 0; i < sizeof hop->address; i++)
    hash = hash * 31 + hop->address.octet[i];
  return hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const VtepHopKey *x = a, *y = b;
  return x->logical_switch == y->logical_switch && net_ipv6_equal (&x->address, &y->address);
}

VtepHops *
vtep_hops_new (NetWorld *world, const VtepNeighborClass *klass, gpointer user)
{
  VtepHops *hops = g_new0 (VtepHops, 1);

  hops->world = world;
  hops->klass = klass;
  hops->user = user;
  hops->by_key = g_hash_table_new (key_hash, key_equal);
  hops->hops = g_ptr_array_new ();
  return hops;
}

static void
remove_hop (VtepHops *hops, VtepHop *hop)
{
  VtepHop *last = hops->hops->pdata[hops->hops->len - 1];

  vtep_neighbor_clear (&hop->base);
  g_hash_table_remove (hops->by_key, &hop->key);
  hops->hops->pdata[hop->place] = last;
  last->place = hop->place;
  g_ptr_array_set_size (hops->hops, (gint) hops->hops->len - 1);
  g_free (hop);
}

void
vtep_hops_free (VtepHops *hops)
{
  if (!hops)
    return;
  while (hops->hops->len > 0)
    remove_hop (hops, hops->hops->pdata[hops->hops->len - 1]);
  g_ptr_array_unref (hops->hops);
  g_hash_table_unref (hops->by_key);
  g_free (hops);
}

void
vtep_hops_forget (VtepHops *hops, gboolean (*is_over) (const VtepHop *hop, gpointer user), gpointer user)
{
  for (guint i = hops->hops->len; i-- > 0;)
    if (is_over (hops->hops->pdata[i], user))
      {
        vtep_neighbor_refuse (hops->hops->pdata[i], NET_DROP_NO_ROUTE);
        remove_hop (hops, hops->hops->pdata[i]);
      }
}

/* Idle, or not confirmed for so long that it would be asked for anyway. */
static gboolean
is_stale (const VtepHop *hop, gpointer now_ns)
{
  return vtep_neighbor_is_idle (&hop->base)
         || (hop->base.known && !hop->base.retry.pending
             && *(const gint64 *) now_ns - hop->base.confirmed_ns >= VTEP_NEIGHBOR_LIFE_NS);
}

VtepHop *
vtep_hops_find (const VtepHops *hops, const VtepHopKey *key)
{
  return g_hash_table_lookup (hops->by_key, key);
}

VtepHop *
vtep_hops_get (VtepHops *hops, const VtepHopKey *key)
{
  VtepHop *hop = vtep_hops_find (hops, key);
  gint64 now_ns;

  if (hop)
    return hop;
  now_ns = net_world_now (hops->world);
  if (hops->hops->len == VTEP_HOPS_MAX && now_ns - hops->swept_ns >= VTEP_HOPS_SWEEP_NS)
    {
      hops->swept_ns = now_ns;
      vtep_hops_forget (hops, is_stale, &now_ns);
    }
  if (hops->hops->len == VTEP_HOPS_MAX)
    return NULL;
  hop = g_new0 (VtepHop, 1);
  vtep_neighbor_init (&hop->base, hops->klass, hops->world);
  hop->user = hops->user;
  hop->key = *key;
  hop->place = hops->hops->len;
  g_ptr_array_add (hops->hops, hop);
  g_hash_table_insert (hops->by_key, &hop->key, hop);
  return hop;
}

guint
vtep_hops_n (const VtepHops *hops)
{
  return hops->hops->len;
}

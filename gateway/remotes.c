/* A multiset of locators a contested MAC; one row is the normal case and costs nothing here. */
#include "gateway/remotes.h"

void
vtep_remotes_init (VtepRemotes *remotes)
{
  remotes->contested
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
}

void
vtep_remotes_clear (VtepRemotes *remotes)
{
  g_clear_pointer (&remotes->contested, g_hash_table_unref);
}

static gint
compare_addresses (gconstpointer a, gconstpointer b)
{
  NetIpv4 x = *(const NetIpv4 *) a, y = *(const NetIpv4 *) b;
  return x < y ? -1 : x > y;
}

NetIpv4
vtep_remotes_add (VtepRemotes *remotes, VtepKey key, NetIpv4 current, NetIpv4 added)
{
  GArray *locators;

  if (!current)
    return added;
  locators = g_hash_table_lookup (remotes->contested, &key);
  if (!locators)
    {
      locators = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
      g_array_append_val (locators, current);
      g_hash_table_insert (remotes->contested, g_memdup2 (&key, sizeof key), locators);
    }
  g_array_append_val (locators, added);
  g_array_sort (locators, compare_addresses);
  return g_array_index (locators, NetIpv4, 0);
}

NetIpv4
vtep_remotes_remove (VtepRemotes *remotes, VtepKey key, NetIpv4 current, NetIpv4 removed)
{
  GArray *locators = g_hash_table_lookup (remotes->contested, &key);
  NetIpv4 lowest;

  if (!locators)
    return removed == current ? 0 : current;
  for (guint i = 0; i < locators->len; i++)
    if (g_array_index (locators, NetIpv4, i) == removed)
      {
        g_array_remove_index (locators, i);
        break;
      }
  lowest = g_array_index (locators, NetIpv4, 0);
  if (locators->len == 1)
    g_hash_table_remove (remotes->contested, &key);
  return lowest;
}

/* Sorted arrays: flood lists are read for each frame and changed for few. */
#include "gateway/flood.h"

/* The place of the locator, or where it belongs. */
static guint
lower_bound (const VtepFlood *flood, NetIpv4 locator)
{
  guint low = 0, high = flood->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (flood->locators[middle] < locator)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
vtep_flood_add (VtepFlood *flood, NetIpv4 locator)
{
  guint i = lower_bound (flood, locator);

  if (i < flood->n && flood->locators[i] == locator)
    {
      flood->rows[i]++;
      return;
    }
  flood->locators = g_renew (NetIpv4, flood->locators, flood->n + 1);
  flood->rows = g_renew (guint32, flood->rows, flood->n + 1);
  memmove (flood->locators + i + 1, flood->locators + i, (flood->n - i) * sizeof *flood->locators);
  memmove (flood->rows + i + 1, flood->rows + i, (flood->n - i) * sizeof *flood->rows);
  flood->locators[i] = locator;
  flood->rows[i] = 1;
  flood->n++;
}

void
vtep_flood_remove (VtepFlood *flood, NetIpv4 locator)
{
  guint i = lower_bound (flood, locator);

  if (i == flood->n || flood->locators[i] != locator || --flood->rows[i])
    return;
  flood->n--;
  memmove (flood->locators + i, flood->locators + i + 1, (flood->n - i) * sizeof *flood->locators);
  memmove (flood->rows + i, flood->rows + i + 1, (flood->n - i) * sizeof *flood->rows);
}

void
vtep_flood_clear (VtepFlood *flood)
{
  g_free (flood->locators);
  g_free (flood->rows);
  *flood = (VtepFlood){ .n = 0 };
}

const NetIpv4 *
vtep_flood_choose (const VtepFlood *flood, VtepReplication mode, const VtepIndex *down, guint *n)
{
  if (mode == VTEP_REPLICATION_SOURCE_NODE)
    {
      *n = flood->n;
      return flood->locators;
    }
  for (guint i = 0; i < flood->n; i++)
    if (!vtep_index_find (down, flood->locators[i]))
      {
        *n = 1;
        return flood->locators + i;
      }
  *n = 0;
  return flood->locators;
}

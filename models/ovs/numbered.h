/* Arrays of entries in rising order of their number, a guint32 that each entry begins with. */
#pragma once

#include <glib.h>

static inline guint32
ovs_numbered_at (const GPtrArray *entries, guint index)
{
  return *(const guint32 *) entries->pdata[index];
}

/* The place of the first entry whose number is not below. */
static inline guint
ovs_numbered_place (const GPtrArray *entries, guint32 number)
{
  guint low = 0, high = entries->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      if (ovs_numbered_at (entries, middle) < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* NULL when there is none. */
static inline gpointer
ovs_numbered_find (const GPtrArray *entries, guint32 number)
{
  guint at = ovs_numbered_place (entries, number);
  return at < entries->len && ovs_numbered_at (entries, at) == number ? entries->pdata[at] : NULL;
}

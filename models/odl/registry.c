/* The sorted map behind registry.h.  Knows no model. */
#include "models/odl/registry.h"

#include <string.h>

void
odl_registry_init (OdlRegistry *registry, GDestroyNotify free_item)
{
  registry->entries = g_array_new (FALSE, FALSE, sizeof (OdlRegistryEntry));
  registry->free_item = free_item;
}

static void
entry_clear (const OdlRegistry *registry, OdlRegistryEntry *entry)
{
  g_free (entry->key);
  if (registry->free_item && entry->item)
    registry->free_item (entry->item);
}

void
odl_registry_clear (OdlRegistry *registry)
{
  if (!registry->entries)
    return;
  for (guint i = 0; i < registry->entries->len; i++)
    entry_clear (registry, &g_array_index (registry->entries, OdlRegistryEntry, i));
  g_clear_pointer (&registry->entries, g_array_unref);
}

/* The place of the key, or where it would be put. */
static guint
find_place (const OdlRegistry *registry, const char *key, gboolean *found)
{
  guint low = 0, high = registry->entries->len;

  *found = FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strcmp (key, odl_registry_key (registry, middle));

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

gpointer
odl_registry_find (const OdlRegistry *registry, const char *key)
{
  gboolean found;
  guint place = find_place (registry, key, &found);

  return found ? odl_registry_at (registry, place) : NULL;
}

void
odl_registry_put (OdlRegistry *registry, const char *key, gpointer item)
{
  gboolean found;
  guint place = find_place (registry, key, &found);
  OdlRegistryEntry entry = { g_strdup (key), item };

  if (found)
    {
      entry_clear (registry, &g_array_index (registry->entries, OdlRegistryEntry, place));
      g_array_index (registry->entries, OdlRegistryEntry, place) = entry;
    }
  else
    g_array_insert_val (registry->entries, place, entry);
}

gpointer
odl_registry_steal (OdlRegistry *registry, const char *key)
{
  gboolean found;
  guint place = find_place (registry, key, &found);
  gpointer item;

  if (!found)
    return NULL;
  item = odl_registry_at (registry, place);
  g_free (g_array_index (registry->entries, OdlRegistryEntry, place).key);
  g_array_remove_index (registry->entries, place);
  return item;
}

gboolean
odl_registry_remove (OdlRegistry *registry, const char *key)
{
  gpointer item = odl_registry_steal (registry, key);

  if (item && registry->free_item)
    registry->free_item (item);
  return item != NULL;
}

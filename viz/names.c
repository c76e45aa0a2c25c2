/* A dictionary of addresses. */
#include "viz/names.h"

struct _VizNames
{
  GHashTable *by_address; /* look-up only */
};

VizNames *
viz_names_new (void)
{
  VizNames *names = g_new0 (VizNames, 1);
  names->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return names;
}

void
viz_names_free (VizNames *names)
{
  if (!names)
    return;
  g_hash_table_unref (names->by_address);
  g_free (names);
}

void
viz_names_add (VizNames *names, const char *address, const char *name)
{
  g_hash_table_insert (names->by_address, g_strdup (address), g_strdup (name));
}

const char *
viz_names_of (const VizNames *names, const char *address)
{
  const char *name = names ? g_hash_table_lookup (names->by_address, address) : NULL;
  return name ? name : address;
}

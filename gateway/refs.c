/* UUIDs are chance, so four of their bytes are a hash. */
#include "gateway/refs.h"

guint
vtep_uuid_hash (gconstpointer key)
{
  guint hash;
  memcpy (&hash, ((const OvsdbUuid *) key)->octet, sizeof hash);
  return hash;
}

gboolean
vtep_uuid_equal (gconstpointer a, gconstpointer b)
{
  return ovsdb_uuid_equal (a, b);
}

void
vtep_refs_init (VtepRefs *refs)
{
  refs->switches = g_hash_table_new_full (vtep_uuid_hash, vtep_uuid_equal, g_free, NULL);
  refs->locators = g_hash_table_new_full (vtep_uuid_hash, vtep_uuid_equal, g_free, NULL);
  refs->sets
      = g_hash_table_new_full (vtep_uuid_hash, vtep_uuid_equal, g_free, (GDestroyNotify) g_array_unref);
}

void
vtep_refs_clear (VtepRefs *refs)
{
  g_clear_pointer (&refs->switches, g_hash_table_unref);
  g_clear_pointer (&refs->locators, g_hash_table_unref);
  g_clear_pointer (&refs->sets, g_hash_table_unref);
}

static void
put (GHashTable *map, const OvsdbUuid *uuid, gpointer value)
{
  g_hash_table_replace (map, g_memdup2 (uuid, sizeof *uuid), value);
}

void
vtep_refs_add_switch (VtepRefs *refs, const OvsdbUuid *uuid, VtepSwitchId id)
{
  put (refs->switches, uuid, GUINT_TO_POINTER (id));
}

void
vtep_refs_add_locator (VtepRefs *refs, const OvsdbUuid *uuid, NetIpv4 address)
{
  put (refs->locators, uuid, GUINT_TO_POINTER (address));
}

void
vtep_refs_add_set (VtepRefs *refs, const OvsdbUuid *uuid, GArray *addresses)
{
  put (refs->sets, uuid, addresses);
}

void
vtep_refs_remove (VtepRefs *refs, const OvsdbUuid *uuid)
{
  g_hash_table_remove (refs->switches, uuid);
  g_hash_table_remove (refs->locators, uuid);
  g_hash_table_remove (refs->sets, uuid);
}

VtepSwitchId
vtep_refs_switch (const VtepRefs *refs, const OvsdbUuid *uuid)
{
  return uuid ? (VtepSwitchId) GPOINTER_TO_UINT (g_hash_table_lookup (refs->switches, uuid))
              : VTEP_SWITCH_NONE;
}

NetIpv4
vtep_refs_locator (const VtepRefs *refs, const OvsdbUuid *uuid)
{
  return uuid ? GPOINTER_TO_UINT (g_hash_table_lookup (refs->locators, uuid)) : 0;
}

const GArray *
vtep_refs_set (const VtepRefs *refs, const OvsdbUuid *uuid)
{
  return uuid ? g_hash_table_lookup (refs->sets, uuid) : NULL;
}

/* A map from text to objects that is walked in the order of its keys, so that nothing observable follows a hash. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *key;
  gpointer item; /* not NULL */
} OdlRegistryEntry;

/* The item of a registry that is a set of keys. */
#define ODL_PRESENT GUINT_TO_POINTER (1)

typedef struct
{
  GArray *entries; /* of OdlRegistryEntry, sorted by key */
  GDestroyNotify free_item;
} OdlRegistry;

/* `free_item` may be NULL: then the items are somebody else's. */
void odl_registry_init (OdlRegistry *registry, GDestroyNotify free_item);
void odl_registry_clear (OdlRegistry *registry);
gpointer odl_registry_find (const OdlRegistry *registry, const char *key);
/* Takes the item; one that stood there under the key is freed. */
void odl_registry_put (OdlRegistry *registry, const char *key, gpointer item);
/* FALSE when there was none. */
gboolean odl_registry_remove (OdlRegistry *registry, const char *key);
/* Takes the item out without freeing it; NULL when there was none. */
gpointer odl_registry_steal (OdlRegistry *registry, const char *key);

static inline guint
odl_registry_n (const OdlRegistry *registry)
{
  return registry->entries->len;
}

static inline gpointer
odl_registry_at (const OdlRegistry *registry, guint i)
{
  return g_array_index (registry->entries, OdlRegistryEntry, i).item;
}

static inline const char *
odl_registry_key (const OdlRegistry *registry, guint i)
{
  return g_array_index (registry->entries, OdlRegistryEntry, i).key;
}

G_END_DECLS

/* A set of pointers found by hash: the index of a table by uuid, a unique index by its key.
 *
 * Open addressing with a caller's hash and a caller's idea of equality.  There is no iteration: its order would depend
 * on the hash, and nothing observable may. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 hash;
  gpointer item; /* NULL: free; a mark of hash.c's: was in use */
} OvsdbHashSlot;

typedef struct
{
  OvsdbHashSlot *slots;
  guint size; /* a power of two, or 0 */
  guint used; /* items */
  guint full; /* items and gone ones */
} OvsdbHash;

typedef gboolean (*OvsdbHashEqual) (gconstpointer item, gconstpointer key);

/* NULL when no item with this hash equals the key. */
gpointer ovsdb_hash_find (const OvsdbHash *set, guint32 hash, OvsdbHashEqual equal, gconstpointer key);
/* The caller knows that the item is not there. */
void ovsdb_hash_add (OvsdbHash *set, guint32 hash, gpointer item);
/* FALSE when it was not there. */
gboolean ovsdb_hash_remove (OvsdbHash *set, guint32 hash, gconstpointer item);
void ovsdb_hash_clear (OvsdbHash *set);

/* Keyed, so that a peer that chooses names cannot choose collisions. */
guint32 ovsdb_hash_bytes (gconstpointer bytes, gsize n, guint64 key);

G_END_DECLS

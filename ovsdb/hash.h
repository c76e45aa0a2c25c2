/* A set of pointers found by hash: the index of a table by uuid, a unique index by its key.
 *
 * Open addressing with a caller's hash and a caller's idea of equality.  There is no iteration: its order would depend
 * on the hash, and nothing observable may.  Hashes and items are apart: a search reads hashes side by side, and a place
 * takes 12 bytes and not 16. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gpointer *items; /* `size` of them, and behind them as many hashes, in one block of memory */
  guint32 *hashes; /* as hash.c marks them: free, was in use, or in use */
  guint size;      /* a power of two, or 0 */
  guint used;      /* items */
  guint full;      /* items and gone ones */
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

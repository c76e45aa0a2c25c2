/* Learned addresses: a hash table that nobody sees the order of. */
#include "models/ovs/macs.h"

#include "net/world.h"

#define AGE_NS (OVS_MACS_AGE_S * NET_SEC)

typedef struct
{
  gint64 key; /* first: the table's */
  guint32 port;
  gint64 used_ns;
} Entry;

struct _OvsMacs
{
  GHashTable *by_key; /* of Entry */
};

static gint64
key_of (guint16 vlan, guint64 mac)
{
  return (gint64) ((guint64) vlan << 48 | mac);
}

OvsMacs *
ovs_macs_new (void)
{
  OvsMacs *macs = g_new0 (OvsMacs, 1);
  macs->by_key = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  return macs;
}

void
ovs_macs_free (OvsMacs *macs)
{
  if (!macs)
    return;
  g_hash_table_unref (macs->by_key);
  g_free (macs);
}

guint32
ovs_macs_find (const OvsMacs *macs, guint16 vlan, guint64 mac, gint64 now_ns)
{
  gint64 key = key_of (vlan, mac);
  const Entry *entry = g_hash_table_lookup (macs->by_key, &key);

  return entry && now_ns - entry->used_ns < AGE_NS ? entry->port : 0;
}

static gboolean
is_aged (gpointer key, gpointer value, gpointer user)
{
  const gint64 *now_ns = user;
  (void) key;
  return *now_ns - ((const Entry *) value)->used_ns >= AGE_NS;
}

void
ovs_macs_learn (OvsMacs *macs, guint16 vlan, guint64 mac, guint32 port, gint64 now_ns)
{
  gint64 key = key_of (vlan, mac);
  Entry *entry = g_hash_table_lookup (macs->by_key, &key);

  if (!entry && g_hash_table_size (macs->by_key) >= OVS_MACS_MAX
      && g_hash_table_foreach_remove (macs->by_key, is_aged, &now_ns) == 0)
    return;
  if (!entry)
    {
      entry = g_new0 (Entry, 1);
      entry->key = key;
      g_hash_table_insert (macs->by_key, &entry->key, entry);
    }
  entry->port = port;
  entry->used_ns = now_ns;
}

static gboolean
is_of (gpointer key, gpointer value, gpointer user)
{
  (void) key;
  return ((const Entry *) value)->port == GPOINTER_TO_UINT (user);
}

void
ovs_macs_forget (OvsMacs *macs, guint32 port)
{
  g_hash_table_foreach_remove (macs->by_key, is_of, GUINT_TO_POINTER (port));
}

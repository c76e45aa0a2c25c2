/* Learned addresses: a hash table that nobody sees the order of, and by port the order of their use. */
#include "models/ovs/macs.h"

#include "models/ovs/numbered.h"
#include "net/world.h"

#define AGE_NS (OVS_MACS_AGE_S * NET_SEC)

/* A port and the addresses behind it. */
typedef struct
{
  guint32 number; /* first: see numbered.h */
  GQueue entries; /* of Entry; the one that was used longest ago is the head */
} Place;

typedef struct
{
  gint64 key; /* first: the table's */
  Place *place;
  GList link; /* in the place's entries */
  gint64 used_ns;
} Entry;

struct _OvsMacs
{
  guint max;
  GHashTable *by_key; /* of Entry */
  GPtrArray *places;  /* of Place; those without entries stay */
};

static gint64
key_of (guint16 vlan, guint64 mac)
{
  return (gint64) ((guint64) vlan << 48 | mac);
}

OvsMacs *
ovs_macs_new (guint max)
{
  OvsMacs *macs = g_new0 (OvsMacs, 1);

  macs->max = max;
  macs->by_key = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  macs->places = g_ptr_array_new_with_free_func (g_free);
  return macs;
}

void
ovs_macs_free (OvsMacs *macs)
{
  if (!macs)
    return;
  g_hash_table_unref (macs->by_key);
  g_ptr_array_unref (macs->places);
  g_free (macs);
}

guint32
ovs_macs_find (const OvsMacs *macs, guint16 vlan, guint64 mac, gint64 now_ns)
{
  gint64 key = key_of (vlan, mac);
  const Entry *entry = g_hash_table_lookup (macs->by_key, &key);

  return entry && now_ns - entry->used_ns < AGE_NS ? entry->place->number : 0;
}

/* ---- coming and going ---------------------------------------------------------------------------------------- */

static Place *
ensure_place (OvsMacs *macs, guint32 number)
{
  Place *place = ovs_numbered_find (macs->places, number);

  if (place)
    return place;
  place = g_new0 (Place, 1);
  place->number = number;
  g_ptr_array_insert (macs->places, (gint) ovs_numbered_place (macs->places, number), place);
  return place;
}

static void
drop (OvsMacs *macs, Entry *entry)
{
  g_queue_unlink (&entry->place->entries, &entry->link);
  g_hash_table_remove (macs->by_key, &entry->key);
}

static Entry *
oldest (const Place *place)
{
  return place->entries.head ? place->entries.head->data : NULL;
}

/* What has aged goes; if nothing has, the oldest address behind the port that has the most, so that one port cannot push
 * out the others'. */
static void
make_room (OvsMacs *macs, gint64 now_ns)
{
  Place *fullest = macs->places->pdata[0];
  gboolean aged = FALSE;

  for (guint i = 0; i < macs->places->len; i++)
    {
      Place *place = macs->places->pdata[i];
      for (Entry *entry; (entry = oldest (place)) && now_ns - entry->used_ns >= AGE_NS; aged = TRUE)
        drop (macs, entry);
      if (place->entries.length > fullest->entries.length)
        fullest = place;
    }
  if (!aged)
    drop (macs, oldest (fullest));
}

void
ovs_macs_learn (OvsMacs *macs, guint16 vlan, guint64 mac, guint32 port, gint64 now_ns)
{
  gint64 key = key_of (vlan, mac);
  Entry *entry = g_hash_table_lookup (macs->by_key, &key);

  if (!entry && g_hash_table_size (macs->by_key) >= macs->max)
    make_room (macs, now_ns);
  if (entry)
    g_queue_unlink (&entry->place->entries, &entry->link);
  else
    {
      entry = g_new0 (Entry, 1);
      entry->key = key;
      entry->link.data = entry;
      g_hash_table_insert (macs->by_key, &entry->key, entry);
    }
  entry->place = ensure_place (macs, port);
  entry->used_ns = now_ns;
  g_queue_push_tail_link (&entry->place->entries, &entry->link);
}

void
ovs_macs_forget (OvsMacs *macs, guint32 port)
{
  const Place *place = ovs_numbered_find (macs->places, port);

  while (place && oldest (place))
    drop (macs, oldest (place));
}

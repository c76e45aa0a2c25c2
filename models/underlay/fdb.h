/* A bridge's filtering database: (VLAN, MAC) to port, with ageing and a bound (IEEE 802.1Q-2018 §8.7, §8.8).
 * Time is an argument; what happened is the answer. */
#pragma once

#include "net/address.h"

G_BEGIN_DECLS

#define UNDERLAY_FDB_NOWHERE G_MAXUINT32

/* VLAN above the MAC: numbers that sort as a person would.  Never 0, because no station has MAC 0. */
typedef guint64 UnderlayKey;

static inline UnderlayKey
underlay_key (guint vid, guint64 mac)
{
  return (guint64)vid << 48 | mac;
}

typedef struct
{
  UnderlayKey key; /* 0: an empty place */
  gint64 seen_ns;
  guint32 port;
} UnderlayEntry;

/* Open for speed; only fdb.c writes. */
typedef struct
{
  UnderlayEntry *entries; /* open addressing, linear probing, at most half full; a power of two of places */
  guint32 mask;
  guint shift; /* 64 - log2 of the places */
  guint n, max;
  gint64 ageing_ns;
} UnderlayFdb;

typedef enum
{
  UNDERLAY_LEARN_REFRESHED,
  UNDERLAY_LEARN_ADDED,
  UNDERLAY_LEARN_MOVED, /* from another port */
  UNDERLAY_LEARN_FULL
} UnderlayLearn;

void underlay_fdb_init (UnderlayFdb *fdb, guint max, gint64 ageing_ns);
void underlay_fdb_clear (UnderlayFdb *fdb);

/* Fibonacci hashing: the high bits of a product with 2^64 over the golden ratio. */
static inline guint32
underlay_fdb_home (const UnderlayFdb *fdb, UnderlayKey key)
{
  return (guint32)(key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> fdb->shift);
}

/* The key's place: where it is, or the empty one where it would be. */
static inline UnderlayEntry *
underlay_fdb_place (const UnderlayFdb *fdb, UnderlayKey key)
{
  guint32 i = underlay_fdb_home (fdb, key);

  while (fdb->entries[i].key != key && fdb->entries[i].key != 0)
    i = (i + 1) & fdb->mask;
  return &fdb->entries[i];
}

/* The port, or UNDERLAY_FDB_NOWHERE when the key is unknown or aged out. */
static inline guint32
underlay_fdb_lookup (const UnderlayFdb *fdb, UnderlayKey key, gint64 now_ns)
{
  const UnderlayEntry *entry = underlay_fdb_place (fdb, key);
  return entry->key && now_ns - entry->seen_ns < fdb->ageing_ns ? entry->port : UNDERLAY_FDB_NOWHERE;
}

UnderlayLearn underlay_fdb_learn_new (UnderlayFdb *fdb, UnderlayKey key, guint32 port, gint64 now_ns);

static inline UnderlayLearn
underlay_fdb_learn (UnderlayFdb *fdb, UnderlayKey key, guint32 port, gint64 now_ns)
{
  UnderlayEntry *entry = underlay_fdb_place (fdb, key);

  if (G_UNLIKELY (entry->key == 0))
    return underlay_fdb_learn_new (fdb, key, port, now_ns);
  entry->seen_ns = now_ns;
  if (G_LIKELY (entry->port == port))
    return UNDERLAY_LEARN_REFRESHED;
  entry->port = port;
  return UNDERLAY_LEARN_MOVED;
}

/* Removes what has aged out, or all of a port; the removed, of UnderlayEntry, sorted by key, are the
 * caller's. */
GArray *underlay_fdb_sweep (UnderlayFdb *fdb, gint64 now_ns);
GArray *underlay_fdb_flush_port (UnderlayFdb *fdb, guint32 port);
/* When the next entry ages out, or -1. */
gint64 underlay_fdb_next_expiry (const UnderlayFdb *fdb);

G_END_DECLS

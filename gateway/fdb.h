/* The MAC table: what is known of a MAC in a logical switch, from frames and from Ucast_Macs_Remote.
 * Open addressing, one cache line a look-up.  It knows no frame, no database and no clock.
 *
 * Local against remote.  A MAC may be known both ways.  The local place is believed while it lives, because the frame
 * that taught it is younger than the row.  It ends by ageing, with its place, or when the controller writes a remote
 * row for the MAC (an insert or a change: the row is younger then).  So whoever spoke last is believed, and both ways
 * back are open: a frame from the MAC restores the local place, a written row the remote one.
 *
 * Ageing counts from the last frame *from* the MAC.  An entry goes at the first tick (age / 512, at least 1 ms) after
 * its time, so it lives at most one tick too long and never too short.
 *
 * The number of learned MACs is bounded.  A new one beyond it takes the place of another, fairly (gateway/shares.h). */
#pragma once

#include "gateway/types.h"

G_BEGIN_DECLS

typedef struct _VtepFdb VtepFdb;

/* 32 bytes.  To be read only. */
typedef struct
{
  VtepKey key;     /* 0: a free slot */
  gint64 seen_ns;  /* the last frame from the MAC at `place` */
  guint32 due;     /* the ageing tick that looks at the entry next */
  NetIpv4 locator; /* of the remote row; 0: no such row */
  VtepPlace place; /* port VTEP_PORT_NO: not local */
  guint32 stamp;   /* of its entry in line (gateway/shares.h) */
} VtepMac;

static inline gboolean
vtep_mac_is_local (const VtepMac *mac)
{
  return mac->place.port != VTEP_PORT_NO;
}

typedef struct
{
  gint64 age_ns;
  guint max_local; /* learned MACs; remote rows do not count */
  guint64 seed;    /* of the hash */
} VtepFdbConfig;

VtepFdb *vtep_fdb_new (const VtepFdbConfig *config);
void vtep_fdb_free (VtepFdb *fdb);

/* Another age, which counts for what is known already, too, and another bound.  The seed is of no account. */
void vtep_fdb_configure (VtepFdb *fdb, const VtepFdbConfig *config);

/* The beginning of a VtepFdb, open for the inline look-up; only fdb.c writes it. */
typedef struct
{
  VtepMac *slots;
  guint64 multiplier;
  guint32 mask, shift;
} VtepFdbSlots;

/* The entry of the key, or the free slot where it would be. */
static inline VtepMac *
vtep_fdb_slot (const VtepFdb *fdb, VtepKey key)
{
  const VtepFdbSlots *table = (const VtepFdbSlots *) fdb;
  guint32 i = (guint32) (key * table->multiplier >> table->shift);

  while (table->slots[i].key && table->slots[i].key != key)
    i = (i + 1) & table->mask;
  return &table->slots[i];
}

/* NULL: unknown.  Valid until the table changes. */
static inline const VtepMac *
vtep_fdb_find (const VtepFdb *fdb, VtepKey key)
{
  const VtepMac *mac = vtep_fdb_slot (fdb, key);
  return mac->key ? mac : NULL;
}

guint vtep_fdb_n_local (const VtepFdb *fdb);

typedef enum
{
  VTEP_LEARN_REFRESHED, /* known there already */
  VTEP_LEARN_ADDED,
  VTEP_LEARN_REPLACED, /* added, and another one forgotten */
  VTEP_LEARN_MOVED,    /* known at another place */
  VTEP_LEARN_FULL      /* not learned: max_local is 0 */
} VtepLearn;

/* What nearly every frame is: from a MAC that is known at this place.  FALSE: it is not. */
static inline gboolean
vtep_fdb_refresh (VtepFdb *fdb, VtepKey key, VtepPlace place, gint64 now_ns)
{
  VtepMac *mac = vtep_fdb_slot (fdb, key);

  if (mac->key != key || !vtep_place_equal (mac->place, place))
    return FALSE;
  mac->seen_ns = now_ns;
  return TRUE;
}

/* A frame from this MAC came in at this place.  With VTEP_LEARN_REPLACED *forgotten is the other entry as it was. */
VtepLearn vtep_fdb_learn (VtepFdb *fdb, VtepKey key, VtepPlace place, gint64 now_ns, VtepMac *forgotten);

/* Forgets the local place; TRUE when there was one. */
gboolean vtep_fdb_forget (VtepFdb *fdb, VtepKey key);

/* The remote row's locator; 0: there is no such row any more.  A local place stays: who hears of a written row
 * forgets it too. */
void vtep_fdb_set_remote (VtepFdb *fdb, VtepKey key, NetIpv4 locator);

/* Takes out one entry whose age is over and copies it to *out, the oldest tick first, in it in order of learning (after
 * a change of the age: of last frames); then those that are beyond the bound, fairly.  FALSE when there is none at this
 * time.  Call until then. */
gboolean vtep_fdb_expire (VtepFdb *fdb, gint64 now_ns, VtepMac *out);
/* When vtep_fdb_expire() has something to look at next (0: it has); -1: never. */
gint64 vtep_fdb_next_expiry (const VtepFdb *fdb);

/* Both return a new array of VtepKey, ascending.  The local entries at a place (VTEP_VLAN_ANY: at a port) of one logical
 * switch (VTEP_SWITCH_NONE: of all); all entries, remote ones too. */
GArray *vtep_fdb_keys_at (const VtepFdb *fdb, VtepPlace place, VtepSwitchId id);
GArray *vtep_fdb_keys (const VtepFdb *fdb);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepFdb, vtep_fdb_free)

G_END_DECLS

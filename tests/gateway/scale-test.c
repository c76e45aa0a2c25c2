/* MAC tables at their size: a million learned and a million remote addresses, what they cost, who gives way. */
#include "gateway/fdb.h"
#include "gateway/shares.h"
#include "tap.h"

#include <malloc.h>

#define MILLION        1000000u
#define PORTS          16u
#define BYTES_AN_ENTRY 128u /* at most, tables and queues, on average over all entries */

static VtepKey
key_of (VtepSwitchId id, guint n)
{
  NetMac mac = net_mac_from_u64 (G_GUINT64_CONSTANT (0x020000000000) + n);
  return vtep_key (id, &mac);
}

static gsize
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();
  return info.uordblks + info.hblkhd;
}

static VtepPlace
place_of (guint n)
{
  return (VtepPlace){ .port = (VtepPort) (n % PORTS), .vlan = 2901 };
}

/* Learned ones in two logical switches, remote ones in a third. */
static VtepFdb *
full_table (void)
{
  VtepFdb *fdb = vtep_fdb_new (&(VtepFdbConfig){ .age_ns = 300 * G_GINT64_CONSTANT (1000000000),
                                                 .max_local = MILLION,
                                                 .seed = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) });
  VtepMac forgotten;

  for (guint i = 0; i < MILLION; i++)
    {
      vtep_fdb_learn (fdb, key_of (1 + i % 2, i), place_of (i), 1000 + i, &forgotten);
      vtep_fdb_set_remote (fdb, key_of (3, i), 0x0a087d12 + i % 1000);
    }
  return fdb;
}

static void
two_million (void)
{
  gsize before = allocated (), used;
  VtepFdb *fdb = full_table ();
  guint wrong = 0;

  used = allocated () - before;
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), MILLION);
  for (guint i = 0; i < MILLION; i++)
    {
      const VtepMac *local = vtep_fdb_find (fdb, key_of (1 + i % 2, i)),
                    *remote = vtep_fdb_find (fdb, key_of (3, i));
      wrong += !local || !vtep_place_equal (local->place, place_of (i));
      wrong += !remote || remote->locator != 0x0a087d12 + i % 1000;
    }
  CU_ASSERT_EQUAL (wrong, 0);
  if (before == 0)
    g_print ("# this allocator does not say what it gave\n");
  else
    g_print ("# %" G_GSIZE_FORMAT " bytes an entry\n", used / (2 * MILLION));
  CU_ASSERT (before == 0 || used <= (gsize) BYTES_AN_ENTRY * 2 * MILLION);
  vtep_fdb_free (fdb);
}

/* 200,000 addresses of a storm at one port, in one logical switch: each costs an address of the same share, once that is
 * the largest, and the table stays as large as it is. */
static void
storm (void)
{
  VtepFdb *fdb = full_table ();
  guint lost_of_others = 0, share = MILLION / PORTS;
  VtepMac forgotten;

  for (guint i = 0; i < 200000; i++)
    {
      VtepLearn learn
          = vtep_fdb_learn (fdb, key_of (1, 2 * MILLION + i), place_of (0), 2 * MILLION + i, &forgotten);
      CU_ASSERT_EQUAL_FATAL (learn, VTEP_LEARN_REPLACED);
      lost_of_others += forgotten.place.port != 0;
    }
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), MILLION);
  /* all shares are alike at first, so the storm's is the largest from its first address on */
  CU_ASSERT_EQUAL (lost_of_others, 0);
  for (guint port = 1; port < PORTS; port++)
    {
      g_autoptr (GArray) keys = vtep_fdb_keys_at (
          fdb, (VtepPlace){ .port = (VtepPort) port, .vlan = VTEP_VLAN_ANY }, VTEP_SWITCH_NONE);
      CU_ASSERT_EQUAL (keys->len, share);
    }
  vtep_fdb_free (fdb);
}

/* ---- what choosing a victim costs -------------------------------------------------------------------------------- */

typedef struct
{
  guint64 n_looks;
  guint32 *stamps; /* by MAC; 0: gone */
} Owner;

static guint
number_of (VtepKey key)
{
  return (guint) (key & 0xffffffff);
}

static VtepShareState
look (VtepKey key, guint32 stamp, gint64 since_ns, gpointer user)
{
  Owner *owner = user;

  (void) since_ns;
  owner->n_looks++;
  /* every address has been heard since: the worst for who looks for a victim */
  return owner->stamps[number_of (key)] == stamp ? VTEP_SHARE_HEARD : VTEP_SHARE_GONE;
}

static void
restamp (VtepKey key, guint32 stamp, gpointer user)
{
  ((Owner *) user)->stamps[number_of (key)] = stamp;
}

/* A newcomer looks at VTEP_SHARES_CHANCES + 1 addresses that are there; three times as much again pays for those that are
 * gone and for sweeping them out. */
static void
bounded_eviction (void)
{
  enum
  {
    HELD = 100000,
    NEWCOMERS = 1000000
  };
  Owner owner = { .stamps = g_new0 (guint32, HELD + NEWCOMERS) };
  VtepShares *shares = vtep_shares_new (1, look, &owner);
  guint64 most = 0;

  for (guint i = 0; i < HELD; i++)
    owner.stamps[i] = vtep_shares_add (shares, (VtepPort) (i % PORTS), key_of (1, i), i);
  for (guint i = HELD; i < HELD + NEWCOMERS; i++)
    {
      VtepPort port = (VtepPort) (i % PORTS);
      VtepKey victim;

      CU_ASSERT_FATAL (vtep_shares_victim (shares, port, key_of (1, i), i, restamp, &victim));
      owner.stamps[number_of (victim)] = 0;
      vtep_shares_remove (shares, (VtepPort) (number_of (victim) % PORTS), victim);
      owner.stamps[i] = vtep_shares_add (shares, port, key_of (1, i), i);
      most = MAX (most, owner.n_looks);
    }
  g_print ("# %.1f looks a newcomer\n", (double) most / NEWCOMERS);
  CU_ASSERT (most <= (guint64) NEWCOMERS * 4 * (VTEP_SHARES_CHANCES + 1));
  vtep_shares_free (shares);
  g_free (owner.stamps);
}

int
main (void)
{
  return tap_main ("scale", (TapTest[]){
                                { "a million learned and a million remote MACs are found, at 128 bytes each",
                                  two_million },
                                { "a storm at a full table costs only the share it belongs to", storm },
                                { "who gives way is found in a bounded number of looks", bounded_eviction },
                                { NULL, NULL },
                            });
}

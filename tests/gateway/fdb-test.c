/* The MAC table: learning, moving, ageing, remote rows. */
#include "gateway/fdb.h"
#include "tap.h"

#define SEC  G_GINT64_CONSTANT (1000000000)
#define AGE  (300 * SEC)
#define TICK (AGE / 512)

static const VtepPlace em3_2901 = { .port = 0, .vlan = 2901 }, em3_2902 = { .port = 0, .vlan = 2902 },
                       em4_2901 = { .port = 1, .vlan = 2901 };

static VtepFdb *
new_fdb (guint max_local)
{
  return vtep_fdb_new (&(VtepFdbConfig){ .age_ns = AGE, .max_local = max_local, .seed = 0x9e3779b97f4a7c15 });
}

static VtepKey
key (guint i)
{
  NetMac mac = { { 0xfa, 0x16, 0x3e, (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i } };
  return vtep_key (1, &mac);
}

static guint
expire_all (VtepFdb *fdb, gint64 now_ns)
{
  VtepMac mac;
  guint n = 0;

  while (vtep_fdb_expire (fdb, now_ns, &mac))
    n++;
  return n;
}

static void
learning (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  CU_ASSERT_PTR_NULL (vtep_fdb_find (fdb, key (1)));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 0), VTEP_LEARN_ADDED);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 1), VTEP_LEARN_REFRESHED);
  CU_ASSERT (vtep_place_equal (vtep_fdb_find (fdb, key (1))->place, em3_2901));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em4_2901, 2), VTEP_LEARN_MOVED);
  CU_ASSERT (vtep_place_equal (vtep_fdb_find (fdb, key (1))->place, em4_2901));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2902, 3), VTEP_LEARN_MOVED);
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), 1);
}

static void
same_mac_in_two_switches (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);
  NetMac mac = { { 0xfa, 0x16, 0x3e, 0, 0, 1 } };

  vtep_fdb_learn (fdb, vtep_key (1, &mac), em3_2901, 0);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, vtep_key (2, &mac), em3_2902, 0), VTEP_LEARN_ADDED);
  CU_ASSERT (vtep_place_equal (vtep_fdb_find (fdb, vtep_key (1, &mac))->place, em3_2901));
}

static void
ageing_counts_from_the_last_frame (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0);
  for (gint64 t = 0; t <= 1000 * SEC; t += 2 * SEC)
    {
      CU_ASSERT_EQUAL (expire_all (fdb, t), 0);
      CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, t), VTEP_LEARN_REFRESHED);
    }
  CU_ASSERT_EQUAL (expire_all (fdb, 1000 * SEC + AGE - 1), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, 1000 * SEC + AGE + TICK), 1);
  CU_ASSERT_PTR_NULL (vtep_fdb_find (fdb, key (1)));
  CU_ASSERT_EQUAL (vtep_fdb_next_expiry (fdb), -1);
}

static void
expiry_time_is_neither_early_nor_late (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);
  gint64 at;

  CU_ASSERT_EQUAL (vtep_fdb_next_expiry (fdb), -1);
  vtep_fdb_learn (fdb, key (1), em3_2901, 7 * SEC);
  at = vtep_fdb_next_expiry (fdb);
  CU_ASSERT (at >= 7 * SEC + AGE && at <= 7 * SEC + AGE + TICK);
  CU_ASSERT_EQUAL (expire_all (fdb, at - 1), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, at), 1);
}

static void
relearned_entry_ages_anew (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0);
  CU_ASSERT (vtep_fdb_forget (fdb, key (1)));
  CU_ASSERT_FALSE (vtep_fdb_forget (fdb, key (1)));
  vtep_fdb_learn (fdb, key (1), em3_2901, 200 * SEC);
  CU_ASSERT_EQUAL (expire_all (fdb, 499 * SEC), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, 502 * SEC), 1);
}

static void
long_silence_of_the_owner (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0);
  vtep_fdb_learn (fdb, key (2), em3_2901, 5000 * SEC);
  CU_ASSERT_EQUAL (expire_all (fdb, 5000 * SEC), 1);
  CU_ASSERT_EQUAL (expire_all (fdb, 5299 * SEC), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, 5301 * SEC), 1);
}

static void
full_table_learns_nothing_new (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (2);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0);
  vtep_fdb_learn (fdb, key (2), em3_2901, 0);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (3), em3_2901, 0), VTEP_LEARN_FULL);
  CU_ASSERT_PTR_NULL (vtep_fdb_find (fdb, key (3)));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em4_2901, 0), VTEP_LEARN_MOVED);
  vtep_fdb_set_remote (fdb, key (3), 0x0a087d12);
  CU_ASSERT_PTR_NOT_NULL (vtep_fdb_find (fdb, key (3)));
  vtep_fdb_forget (fdb, key (2));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (3), em3_2901, 0), VTEP_LEARN_ADDED);
}

static void
local_wins_over_remote (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_set_remote (fdb, key (1), 0x0a087d12);
  CU_ASSERT_FALSE (vtep_mac_is_local (vtep_fdb_find (fdb, key (1))));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 0), VTEP_LEARN_ADDED);
  CU_ASSERT (vtep_mac_is_local (vtep_fdb_find (fdb, key (1))));
  CU_ASSERT_EQUAL (expire_all (fdb, AGE + TICK), 1);
  CU_ASSERT_FALSE (vtep_mac_is_local (vtep_fdb_find (fdb, key (1))));
  CU_ASSERT_EQUAL (vtep_fdb_find (fdb, key (1))->locator, 0x0a087d12);
  vtep_fdb_set_remote (fdb, key (1), 0);
  CU_ASSERT_PTR_NULL (vtep_fdb_find (fdb, key (1)));
}

static void
removed_remote_leaves_local (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_set_remote (fdb, key (1), 0x0a087d12);
  vtep_fdb_learn (fdb, key (1), em3_2901, 0);
  vtep_fdb_set_remote (fdb, key (1), 0);
  CU_ASSERT (vtep_mac_is_local (vtep_fdb_find (fdb, key (1))));
  CU_ASSERT_EQUAL (vtep_fdb_find (fdb, key (1))->locator, 0);
}

/* Against a plain model: every key in turn learned, refreshed, forgotten, made remote, aged, by a fixed sequence. */
static void
agrees_with_a_plain_model (void)
{
  enum
  {
    KEYS = 3000,
    STEPS = 200000
  };
  g_autoptr (VtepFdb) fdb = new_fdb (G_MAXUINT);
  g_autofree gint64 *seen = g_new (gint64, KEYS);
  g_autofree NetIpv4 *remote = g_new0 (NetIpv4, KEYS);
  guint64 random = 42;
  gint64 now_ns = 0;
  guint wrong = 0;

  for (guint i = 0; i < KEYS; i++)
    seen[i] = -1;
  for (guint step = 0; step < STEPS; step++)
    {
      guint i;
      VtepMac mac;
      random = random * G_GUINT64_CONSTANT (6364136223846793005) + 1;
      i = (guint) (random >> 40) % KEYS;
      now_ns += 10 * SEC / 1000;
      while (vtep_fdb_expire (fdb, now_ns, &mac))
        {
          guint k = (guint) (mac.key & 0xffffff);
          wrong += seen[k] < 0 || now_ns < seen[k] + AGE;
          seen[k] = -1;
        }
      switch ((guint) (random >> 33) % 8)
        {
        case 0:
          vtep_fdb_forget (fdb, key (i));
          seen[i] = -1;
          break;
        case 1:
          remote[i] = (random >> 50 & 1) ? 0x0a087d12 : 0;
          vtep_fdb_set_remote (fdb, key (i), remote[i]);
          break;
        default:
          if (i % 3 == 0 && seen[i] >= 0)
            break; /* lets some of them age */
          vtep_fdb_learn (fdb, key (i), em3_2901, now_ns);
          seen[i] = now_ns;
        }
    }
  for (guint i = 0; i < KEYS; i++)
    {
      const VtepMac *mac = vtep_fdb_find (fdb, key (i));
      gboolean local = mac && vtep_mac_is_local (mac);
      wrong += local != (seen[i] >= 0) || (mac ? mac->locator : 0) != remote[i];
      wrong += local && now_ns > seen[i] + AGE + TICK;
    }
  CU_ASSERT_EQUAL (wrong, 0);
}

static void
keys_at_a_place (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);
  g_autoptr (GArray) at_place = NULL, at_port = NULL, all = NULL;

  vtep_fdb_learn (fdb, key (3), em3_2901, 0);
  vtep_fdb_learn (fdb, key (2), em3_2902, 0);
  vtep_fdb_learn (fdb, key (1), em4_2901, 0);
  vtep_fdb_set_remote (fdb, key (4), 0x0a087d12);
  at_place = vtep_fdb_keys (fdb, &em3_2901);
  at_port = vtep_fdb_keys (fdb, &(VtepPlace){ .port = 0, .vlan = VTEP_VLAN_ANY });
  all = vtep_fdb_keys (fdb, NULL);
  CU_ASSERT_EQUAL (at_place->len, 1);
  CU_ASSERT_EQUAL (at_port->len, 2);
  CU_ASSERT_EQUAL (g_array_index (at_port, VtepKey, 0), key (2));
  CU_ASSERT_EQUAL (g_array_index (at_port, VtepKey, 1), key (3));
  CU_ASSERT_EQUAL (all->len, 4);
}

int
main (void)
{
  return tap_main (
      "fdb",
      (TapTest[]){
          { "a MAC is added, refreshed and moved by frames from it", learning },
          { "the same MAC in two logical switches is two entries", same_mac_in_two_switches },
          { "ageing counts from the last frame from the MAC", ageing_counts_from_the_last_frame },
          { "an entry goes within one tick of its time", expiry_time_is_neither_early_nor_late },
          { "an entry forgotten and learned again ages anew", relearned_entry_ages_anew },
          { "nothing is lost when nobody asks for a long time", long_silence_of_the_owner },
          { "a full table refuses new local MACs but moves known ones", full_table_learns_nothing_new },
          { "a local place wins over a remote row until it ages", local_wins_over_remote },
          { "removing a remote row leaves the local place", removed_remote_leaves_local },
          { "200,000 operations end as in a plain model", agrees_with_a_plain_model },
          { "the keys at a place or port come in ascending order", keys_at_a_place },
          { NULL, NULL },
      });
}

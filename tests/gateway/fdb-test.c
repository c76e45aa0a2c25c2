/* The MAC table: learning, moving, ageing, remote rows. */
#include "gateway/fdb.h"
#include "tap.h"

#define SEC  G_GINT64_CONSTANT (1000000000)
#define AGE  (300 * SEC)
#define TICK (AGE / 512)

static const VtepPlace em3_2901 = { .port = 0, .vlan = 2901 }, em3_2902 = { .port = 0, .vlan = 2902 },
                       em4_2901 = { .port = 1, .vlan = 2901 };

static VtepMac other; /* the one that was displaced last */

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
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other), VTEP_LEARN_ADDED);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 1, &other), VTEP_LEARN_REFRESHED);
  CU_ASSERT (vtep_place_equal (vtep_fdb_find (fdb, key (1))->place, em3_2901));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em4_2901, 2, &other), VTEP_LEARN_MOVED);
  CU_ASSERT (vtep_place_equal (vtep_fdb_find (fdb, key (1))->place, em4_2901));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2902, 3, &other), VTEP_LEARN_MOVED);
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), 1);
}

static void
same_mac_in_two_switches (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);
  NetMac mac = { { 0xfa, 0x16, 0x3e, 0, 0, 1 } };

  vtep_fdb_learn (fdb, vtep_key (1, &mac), em3_2901, 0, &other);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, vtep_key (2, &mac), em3_2902, 0, &other), VTEP_LEARN_ADDED);
  CU_ASSERT (vtep_place_equal (vtep_fdb_find (fdb, vtep_key (1, &mac))->place, em3_2901));
}

static void
ageing_counts_from_the_last_frame (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other);
  for (gint64 t = 0; t <= 1000 * SEC; t += 2 * SEC)
    {
      CU_ASSERT_EQUAL (expire_all (fdb, t), 0);
      CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, t, &other), VTEP_LEARN_REFRESHED);
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
  vtep_fdb_learn (fdb, key (1), em3_2901, 7 * SEC, &other);
  at = vtep_fdb_next_expiry (fdb);
  CU_ASSERT (at >= 7 * SEC + AGE && at <= 7 * SEC + AGE + TICK);
  CU_ASSERT_EQUAL (expire_all (fdb, at - 1), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, at), 1);
}

static void
relearned_entry_ages_anew (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other);
  CU_ASSERT (vtep_fdb_forget (fdb, key (1)));
  CU_ASSERT_FALSE (vtep_fdb_forget (fdb, key (1)));
  vtep_fdb_learn (fdb, key (1), em3_2901, 200 * SEC, &other);
  CU_ASSERT_EQUAL (expire_all (fdb, 499 * SEC), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, 502 * SEC), 1);
}

static void
long_silence_of_the_owner (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other);
  vtep_fdb_learn (fdb, key (2), em3_2901, 5000 * SEC, &other);
  CU_ASSERT_EQUAL (expire_all (fdb, 5000 * SEC), 1);
  CU_ASSERT_EQUAL (expire_all (fdb, 5299 * SEC), 0);
  CU_ASSERT_EQUAL (expire_all (fdb, 5301 * SEC), 1);
}

static void
full_table_forgets_the_oldest (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (2);

  vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other);
  vtep_fdb_learn (fdb, key (2), em3_2901, 1, &other);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (3), em3_2901, 2, &other), VTEP_LEARN_REPLACED);
  CU_ASSERT_EQUAL (other.key, key (1));
  CU_ASSERT (vtep_place_equal (other.place, em3_2901));
  CU_ASSERT_PTR_NULL (vtep_fdb_find (fdb, key (1)));
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), 2);
  vtep_fdb_learn (fdb, key (2), em3_2901, 3, &other); /* heard again: 3 is the one that is silent */
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (4), em3_2901, 4, &other), VTEP_LEARN_REPLACED);
  CU_ASSERT_EQUAL (other.key, key (3));
  vtep_fdb_set_remote (fdb, key (5), 0x0a087d12); /* rows do not count */
  CU_ASSERT_PTR_NOT_NULL (vtep_fdb_find (fdb, key (5)));
  vtep_fdb_set_remote (fdb, key (2), 0x0a087d12);
  vtep_fdb_learn (fdb, key (6), em3_2901, 5, &other);
  vtep_fdb_learn (fdb, key (7), em3_2901, 6, &other);
  CU_ASSERT_EQUAL (vtep_fdb_find (fdb, key (2))->locator, 0x0a087d12); /* a displaced one keeps its row */
  CU_ASSERT_FALSE (vtep_mac_is_local (vtep_fdb_find (fdb, key (2))));
}

static void
table_for_none (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (0);

  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other), VTEP_LEARN_FULL);
  CU_ASSERT_PTR_NULL (vtep_fdb_find (fdb, key (1)));
}

/* 1000 places: em4 has 100 stations that speak now and then; em3 sends a million sources.  em4 keeps its own. */
static void
storm_displaces_its_own (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (1000);
  guint lost = 0, wrong = 0;

  for (guint i = 0; i < 100; i++)
    vtep_fdb_learn (fdb, key (i), em4_2901, 0, &other);
  for (guint i = 0; i < 1000000; i++)
    {
      VtepMac victim;
      if (vtep_fdb_learn (fdb, key (1000 + i), em3_2901, 1 + i, &victim) == VTEP_LEARN_REPLACED)
        wrong += victim.place.port != em3_2901.port;
    }
  for (guint i = 0; i < 100; i++)
    lost += vtep_fdb_find (fdb, key (i)) == NULL;
  CU_ASSERT_EQUAL (wrong, 0);
  CU_ASSERT_EQUAL (lost, 0);
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), 1000);
}

/* Two storms share the table in halves; each logical switch of a port has a share of its own. */
static void
equal_storms_share (void)
{
  static const VtepPlace places[] = { { 0, 1 }, { 1, 1 }, { 1, 2 } };
  g_autoptr (VtepFdb) fdb = new_fdb (900);
  guint n[3] = { 0 };
  g_autoptr (GArray) keys = NULL;

  for (guint i = 0; i < 30000; i++)
    {
      guint who = i % 7 == 0 ? 0 : i % 7 < 3 ? 1 : 2; /* one sends once while the third sends four times */
      NetMac mac = net_mac_from_u64 (0x020000000000 + i);
      vtep_fdb_learn (fdb, vtep_key (who == 2 ? 2 : 1, &mac), places[who], i, &other);
    }
  keys = vtep_fdb_keys (fdb);
  for (guint i = 0; i < keys->len; i++)
    {
      const VtepMac *mac = vtep_fdb_find (fdb, g_array_index (keys, VtepKey, i));
      n[mac->place.port == 0 ? 0 : vtep_key_switch (mac->key)]++;
    }
  CU_ASSERT_EQUAL (n[0], 300);
  CU_ASSERT_EQUAL (n[1], 300);
  CU_ASSERT_EQUAL (n[2], 300);
}

/* Those that speak survive a storm on their own port. */
static void
speakers_survive (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (1000);
  guint lost = 0;

  for (guint i = 0; i < 100000; i++)
    {
      vtep_fdb_learn (fdb, key (10000 + i), em3_2901, i, &other);
      if (i % 5 == 0) /* each of twenty speakers once in a hundred frames */
        lost += vtep_fdb_learn (fdb, key (i / 5 % 20), em3_2901, i, &other) != VTEP_LEARN_REFRESHED;
    }
  CU_ASSERT_EQUAL (lost, 20); /* when each was new */
}

/* A model of a few lines: each share a list in order of learning, those heard since moved back, eight at most. */
typedef struct
{
  VtepKey key;
  gint64 since, seen;
} Modelled;

static guint
model_find (GArray *line, VtepKey wanted)
{
  for (guint i = 0; i < line->len; i++)
    if (g_array_index (line, Modelled, i).key == wanted)
      return i;
  return G_MAXUINT;
}

static VtepKey
model_victim (GArray *lines[4], guint own, gint64 now)
{
  guint largest = 0;
  GArray *line;

  for (guint i = 1; i < 4; i++)
    if (lines[i]->len > lines[largest]->len)
      largest = i;
  line = lines[lines[own]->len == lines[largest]->len ? own : largest];
  for (guint chances = 8;; chances--)
    {
      Modelled first = g_array_index (line, Modelled, 0);
      g_array_remove_index (line, 0);
      if (first.seen <= first.since || chances == 0)
        return first.key;
      first.since = now;
      g_array_append_val (line, first);
    }
}

static void
agrees_with_a_model_of_shares (void)
{
  enum
  {
    ROOM = 40,
    KEYS = 90,
    STEPS = 200000
  };
  static const VtepPlace places[4] = { { 0, 5 }, { 0, 6 }, { 1, 5 }, { 1, 6 } };
  g_autoptr (VtepFdb) fdb = new_fdb (ROOM);
  GArray *lines[4];
  guint64 random = 7;
  guint wrong = 0;

  for (guint i = 0; i < 4; i++)
    lines[i] = g_array_new (FALSE, FALSE, sizeof (Modelled));
  for (gint64 now = 1; now <= STEPS; now++)
    {
      guint where, i, total = 0;
      VtepKey k;
      NetMac mac;
      Modelled entry;

      random = random * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
      where = (random >> 33) % 10 < 6 ? 0 : (random >> 37) % 4; /* port and logical switch: uneven */
      mac = net_mac_from_u64 (1 + (random >> 40) % KEYS);
      k = vtep_key ((VtepSwitchId) (1 + where % 2), &mac);
      if ((random >> 50) % 16 == 0)
        {
          vtep_fdb_forget (fdb, k);
          for (guint s = 0; s < 4; s++)
            if ((i = model_find (lines[s], k)) != G_MAXUINT)
              g_array_remove_index (lines[s], i);
          continue;
        }
      entry = (Modelled){ .key = k, .since = now, .seen = now };
      i = model_find (lines[where], k);
      if (i != G_MAXUINT)
        g_array_index (lines[where], Modelled, i).seen = now;
      else if ((i = model_find (lines[where ^ 2], k)) != G_MAXUINT) /* at the other port */
        {
          g_array_remove_index (lines[where ^ 2], i);
          g_array_append_val (lines[where], entry);
        }
      else
        {
          VtepKey victim = 0;
          for (guint s = 0; s < 4; s++)
            total += lines[s]->len;
          if (total == ROOM)
            victim = model_victim (lines, where, now);
          g_array_append_val (lines[where], entry);
          other.key = 0;
          vtep_fdb_learn (fdb, k, places[where], now, &other);
          wrong += other.key != victim;
          continue;
        }
      vtep_fdb_learn (fdb, k, places[where], now, &other);
    }
  CU_ASSERT_EQUAL (wrong, 0);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GArray) keys
          = vtep_fdb_keys_at (fdb, (VtepPlace){ places[i].port, VTEP_VLAN_ANY }, (VtepSwitchId) (1 + i % 2));
      CU_ASSERT_EQUAL (keys->len, lines[i]->len);
      g_array_unref (lines[i]);
    }
}

static void
a_million (void)
{
  enum
  {
    MACS = 1000000
  };
  g_autoptr (VtepFdb) fdb = new_fdb (MACS);
  g_autoptr (GArray) keys = NULL;
  guint missing = 0;

  for (guint i = 0; i < MACS; i++)
    vtep_fdb_learn (fdb, key (i), i % 2 ? em3_2901 : em4_2901, i, &other);
  CU_ASSERT_EQUAL (vtep_fdb_n_local (fdb), MACS);
  for (guint i = 0; i < MACS; i++)
    missing += vtep_fdb_find (fdb, key (i)) == NULL;
  CU_ASSERT_EQUAL (missing, 0);
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (MACS), em3_2901, MACS, &other), VTEP_LEARN_REPLACED);
  keys = vtep_fdb_keys_at (fdb, em4_2901, 1);
  CU_ASSERT_EQUAL (keys->len, MACS / 2);
  CU_ASSERT_EQUAL (expire_all (fdb, MACS + AGE + TICK), MACS);
  CU_ASSERT_EQUAL (vtep_fdb_next_expiry (fdb), -1);
}

static void
local_wins_over_remote (void)
{
  g_autoptr (VtepFdb) fdb = new_fdb (10);

  vtep_fdb_set_remote (fdb, key (1), 0x0a087d12);
  CU_ASSERT_FALSE (vtep_mac_is_local (vtep_fdb_find (fdb, key (1))));
  CU_ASSERT_EQUAL (vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other), VTEP_LEARN_ADDED);
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
  vtep_fdb_learn (fdb, key (1), em3_2901, 0, &other);
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
          vtep_fdb_learn (fdb, key (i), em3_2901, now_ns, &other);
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

  vtep_fdb_learn (fdb, key (3), em3_2901, 0, &other);
  vtep_fdb_learn (fdb, key (2), em3_2902, 0, &other);
  vtep_fdb_learn (fdb, key (1), em4_2901, 0, &other);
  vtep_fdb_set_remote (fdb, key (4), 0x0a087d12);
  at_place = vtep_fdb_keys_at (fdb, em3_2901, VTEP_SWITCH_NONE);
  at_port = vtep_fdb_keys_at (fdb, (VtepPlace){ .port = 0, .vlan = VTEP_VLAN_ANY }, VTEP_SWITCH_NONE);
  all = vtep_fdb_keys (fdb);
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
      "fdb", (TapTest[]){
                 { "a MAC is added, refreshed and moved by frames from it", learning },
                 { "the same MAC in two logical switches is two entries", same_mac_in_two_switches },
                 { "ageing counts from the last frame from the MAC", ageing_counts_from_the_last_frame },
                 { "an entry goes within one tick of its time", expiry_time_is_neither_early_nor_late },
                 { "an entry forgotten and learned again ages anew", relearned_entry_ages_anew },
                 { "nothing is lost when nobody asks for a long time", long_silence_of_the_owner },
                 { "a full table forgets the oldest that is silent", full_table_forgets_the_oldest },
                 { "a table for no addresses learns none", table_for_none },
                 { "a storm on one port displaces its own addresses only", storm_displaces_its_own },
                 { "storms of unequal strength share the table equally", equal_storms_share },
                 { "addresses that speak survive a storm on their own port", speakers_survive },
                 { "200,000 steps agree with a plain model of shares", agrees_with_a_model_of_shares },
                 { "a million addresses are learned, found and aged", a_million },
                 { "a local place wins over a remote row until it ages", local_wins_over_remote },
                 { "removing a remote row leaves the local place", removed_remote_leaves_local },
                 { "200,000 operations end as in a plain model", agrees_with_a_plain_model },
                 { "the keys at a place or port come in ascending order", keys_at_a_place },
                 { NULL, NULL },
             });
}

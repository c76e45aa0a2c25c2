/* What was put in is found, whatever its hash is and whatever went before. */
#include "ovsdb/hash.h"
#include "tap.h"

#define N 5000u

static gboolean
same (gconstpointer item, gconstpointer key)
{
  return item == key;
}

static gpointer
find (const OvsdbHash *set, guint32 hash, gconstpointer item)
{
  return ovsdb_hash_find (set, hash, same, item);
}

static void
every_hash_may_be_used (void)
{
  static const guint32 hashes[] = { 0, 1, 2, 3, 4, 7, 8, G_MAXUINT32 - 1, G_MAXUINT32 };
  static char items[G_N_ELEMENTS (hashes)][3];
  OvsdbHash set = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    for (guint k = 0; k < 3; k++)
      {
        CU_ASSERT_PTR_NULL (find (&set, hashes[i], &items[i][k]));
        ovsdb_hash_add (&set, hashes[i], &items[i][k]);
      }
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    for (guint k = 0; k < 3; k++)
      CU_ASSERT_PTR_EQUAL (find (&set, hashes[i], &items[i][k]), &items[i][k]);
  /* The middle one of each three goes; its neighbours are found behind its place. */
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    CU_ASSERT_TRUE (ovsdb_hash_remove (&set, hashes[i], &items[i][1]));
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      CU_ASSERT_FALSE (ovsdb_hash_remove (&set, hashes[i], &items[i][1]));
      CU_ASSERT_PTR_NULL (find (&set, hashes[i], &items[i][1]));
      CU_ASSERT_PTR_EQUAL (find (&set, hashes[i], &items[i][0]), &items[i][0]);
      CU_ASSERT_PTR_EQUAL (find (&set, hashes[i], &items[i][2]), &items[i][2]);
    }
  ovsdb_hash_clear (&set);
}

static void
an_empty_set_has_nothing (void)
{
  OvsdbHash set = { 0 };

  CU_ASSERT_PTR_NULL (find (&set, 0, &set));
  CU_ASSERT_FALSE (ovsdb_hash_remove (&set, 0, &set));
  ovsdb_hash_clear (&set);
}

/* All with one of four hashes' low bits, so that they stand in long rows. */
static guint32
crowded (guint i)
{
  return i << 16 | i % 4;
}

static void
a_set_grows_and_shrinks_and_keeps_what_is_in_it (void)
{
  static char items[N];
  OvsdbHash set = { 0 };
  guint largest;

  for (guint i = 0; i < N; i++)
    ovsdb_hash_add (&set, crowded (i), &items[i]);
  largest = set.size;
  CU_ASSERT_EQUAL (set.used, N);
  for (guint i = 0; i < N; i++)
    {
      CU_ASSERT_TRUE (ovsdb_hash_remove (&set, crowded (i), &items[i]));
      if (i % 100 == 0)
        for (guint k = 0; k < N; k += 7)
          CU_ASSERT_PTR_EQUAL (find (&set, crowded (k), &items[k]), k > i ? &items[k] : NULL);
    }
  CU_ASSERT_EQUAL (set.used, 0);
  CU_ASSERT (set.size < largest / 8);
  ovsdb_hash_clear (&set);
}

/* Places of those that went are cleaned up, and not kept until the set is larger than it need be. */
static void
coming_and_going_does_not_make_it_grow (void)
{
  static char items[N];
  OvsdbHash set = { 0 };

  for (guint i = 0; i < N; i++)
    {
      ovsdb_hash_add (&set, i * 2654435761u, &items[i]);
      if (i >= 10)
        CU_ASSERT_TRUE (ovsdb_hash_remove (&set, (i - 10) * 2654435761u, &items[i - 10]));
    }
  CU_ASSERT_EQUAL (set.used, 10);
  CU_ASSERT (set.size <= 64);
  ovsdb_hash_clear (&set);
}

int
main (void)
{
  return tap_main ("ovsdb-hash", (const TapTest[]){ { "every hash may be used", every_hash_may_be_used },
                                                    { "an empty set has nothing", an_empty_set_has_nothing },
                                                    { "a set grows and shrinks, and keeps what is in it",
                                                      a_set_grows_and_shrinks_and_keeps_what_is_in_it },
                                                    { "coming and going does not make it grow",
                                                      coming_and_going_does_not_make_it_grow },
                                                    { NULL } });
}

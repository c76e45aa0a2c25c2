/* What it costs at the least to keep one row more among N, whose places in memory no cache holds: entries as large as a
 * Ucast_Macs_Remote row, found by a random key of 16 bytes in a hash table that is looked up once and added to once.
 *
 *   limit-rows ROWS PRELOAD
 *
 * Prints "ns_per_row=…". */
#include "../bench.h"

#include <stdio.h>
#include <string.h>

#define ROW_BYTES 264u /* a row, its columns and its texts */

typedef struct
{
  guint64 key[2];
  guint8 rest[ROW_BYTES - 16];
} Row;

static guint
hash (gconstpointer key)
{
  return (guint) ((const guint64 *) key)[0];
}

static gboolean
equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 16) == 0;
}

static void
insert (GHashTable *rows, guint64 n, guint64 *seed)
{
  for (guint64 i = 0; i < n; i++)
    {
      Row *row = g_new0 (Row, 1);
      row->key[0] = bench_random (seed);
      row->key[1] = bench_random (seed);
      if (!g_hash_table_lookup (rows, row))
        g_hash_table_add (rows, row);
    }
}

int
main (int argc, char **argv)
{
  guint64 n = bench_argument (argc, argv, 1, 20000), preload = bench_argument (argc, argv, 2, 0),
          seed = BENCH_SEED;
  g_autoptr (GHashTable) rows = g_hash_table_new_full (hash, equal, g_free, NULL);
  double cpu;

  insert (rows, preload, &seed);
  cpu = bench_cpu_seconds ();
  insert (rows, n, &seed);
  cpu = bench_cpu_seconds () - cpu;
  printf ("ns_per_row=%.1f\n", cpu / (double) n * 1e9);
  return 0;
}

/* Streams of chance by name: each user draws from its own, named by (seed, owner), so that a node added or a fault
 * drawn elsewhere moves nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* xoshiro256**; a value type. */
typedef struct
{
  guint64 state[4];
} SimRandom;

/* Seeded from a hash of both; the same on every machine. */
void sim_random_init (SimRandom *random, guint64 seed, const char *name);
guint64 sim_random_u64 (SimRandom *random);
/* Uniform in 0 … bound-1, without modulo bias; bound > 0. */
guint64 sim_random_below (SimRandom *random, guint64 bound);
/* TRUE with probability per_billion / 10^9; nothing is drawn for 0. */
gboolean sim_random_chance (SimRandom *random, guint32 per_billion);
void sim_random_bytes (SimRandom *random, guint8 *bytes, gsize n);

G_END_DECLS

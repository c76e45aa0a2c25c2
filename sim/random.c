/* xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state
 * filled by SplitMix64 from an FNV-1a hash of seed and name.  Integers only, and the same on every machine.
 */
#include "sim/random.h"

#define FNV_OFFSET G_GUINT64_CONSTANT (0xcbf29ce484222325)
#define FNV_PRIME  G_GUINT64_CONSTANT (0x100000001b3)

static guint64
split_mix (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

void
sim_random_init (SimRandom *random, guint64 seed, const char *name)
{
  guint64 hash = FNV_OFFSET;

  for (guint i = 0; i < 8; i++)
    hash = (hash ^ (seed >> (8 * i) & 0xff)) * FNV_PRIME;
  for (const char *c = name; *c; c++)
    hash = (hash ^ (guint8)*c) * FNV_PRIME;
  /* SplitMix64 is a bijection of a counter, so the four words are never all zero. */
  for (guint i = 0; i < G_N_ELEMENTS (random->state); i++)
    random->state[i] = split_mix (&hash);
}

static inline guint64
rotate_left (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

guint64
sim_random_u64 (SimRandom *random)
{
  guint64 *s = random->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 shifted = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate_left (s[3], 45);
  return result;
}

guint64
sim_random_below (SimRandom *random, guint64 bound)
{
  guint64 surplus, value;

  g_assert (bound > 0);
  surplus = -bound % bound; /* 2^64 mod bound: that many low values would be drawn once too often */
  do
    value = sim_random_u64 (random);
  while (value < surplus);
  return value % bound;
}

gboolean
sim_random_chance (SimRandom *random, guint32 per_billion)
{
  return per_billion > 0 && sim_random_below (random, 1000000000) < per_billion;
}

void
sim_random_bytes (SimRandom *random, guint8 *bytes, gsize n)
{
  guint64 word = 0;

  for (gsize i = 0; i < n; i++, word >>= 8)
    {
      if (i % 8 == 0)
        word = sim_random_u64 (random);
      bytes[i] = (guint8)word;
    }
}

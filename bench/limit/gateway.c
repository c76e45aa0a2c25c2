/* One table of MACs, one of VLANs, one of VNIs, one of peers; headers written in place. */
#include "limit/gateway.h"

#include "bench.h"

#include <string.h>

#define STRIDE       1792u
#define DATA         112u /* of a tagged frame in its slot */
#define VNI          5001u
#define VID          2901u
#define OWN_IP       0x0a087d14u
#define UNDERLAY_MAC G_GUINT64_CONSTANT (0x020000000100)
#define MULTIPLIER   G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

typedef struct
{
  guint64 key, seen;
  guint32 locator; /* 0: local, at `vid` */
  guint32 vid;
  guint64 rest;
} Entry;

struct _Limit
{
  guint n, n_locators, length, flood;
  Entry *entries;
  guint32 mask, shift;
  guint32 vni_of_vid[4096];
  guint32 vni_slots[16];
  guint32 peers[4096]; /* by hash of the address */
  guint64 now;
  guint8 *ring, *copies;
  guint32 starts[LIMIT_RING];
  guint64 in, out; /* bytes */
};

static inline guint64
load48 (const guint8 *at)
{
  guint32 low;
  guint16 high;

  memcpy (&high, at, 2);
  memcpy (&low, at + 2, 4);
  return (guint64) GUINT16_FROM_BE (high) << 32 | GUINT32_FROM_BE (low);
}

static inline guint32
load32 (const guint8 *at)
{
  guint32 value;
  memcpy (&value, at, 4);
  return GUINT32_FROM_BE (value);
}

static inline void
store32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, 4);
}

static inline Entry *
find (const Limit *limit, guint64 key)
{
  guint32 i = (guint32) (key * MULTIPLIER >> limit->shift);

  while (limit->entries[i].key != key && limit->entries[i].key != 0)
    i = (i + 1) & limit->mask;
  return &limit->entries[i];
}

static guint32
locator_of (const Limit *limit, guint i)
{
  return 0x0a087d64 + i % limit->n_locators;
}

static guint64
local_mac (guint i)
{
  return G_GUINT64_CONSTANT (0x020000000000) + i;
}

static guint64
remote_mac (guint i)
{
  return G_GUINT64_CONSTANT (0x020100000000) + i;
}

Limit *
limit_gateway_new (guint n, guint n_locators, guint length, guint flood)
{
  Limit *limit = g_new0 (Limit, 1);
  guint log2 = 6;

  limit->n = n;
  limit->n_locators = n_locators;
  limit->length = length;
  limit->flood = flood;
  while (3u << log2 < 4 * 2 * n)
    log2++;
  limit->mask = (1u << log2) - 1;
  limit->shift = 64 - log2;
  limit->entries = g_new0 (Entry, (gsize) 1 << log2);
  limit->vni_of_vid[VID] = VNI;
  limit->vni_slots[VNI & 15] = VNI;
  limit->ring = g_malloc0 ((gsize) LIMIT_RING * STRIDE);
  limit->copies = g_malloc0 ((gsize) MAX (flood, 1) * STRIDE);
  for (guint i = 0; i < n; i++)
    {
      *find (limit, local_mac (i)) = (Entry){ .key = local_mac (i), .vid = VID };
      *find (limit, remote_mac (i)) = (Entry){ .key = remote_mac (i), .locator = locator_of (limit, i) };
      limit->peers[locator_of (limit, i) & 4095] = locator_of (limit, i);
    }
  return limit;
}

void
limit_gateway_free (Limit *limit)
{
  g_free (limit->entries);
  g_free (limit->ring);
  g_free (limit->copies);
  g_free (limit);
}

/* ---- the ring ------------------------------------------------------------------------------------------------ */

static void
store_mac (guint8 *at, guint64 mac)
{
  for (guint i = 0; i < 6; i++)
    at[i] = (guint8) (mac >> (40 - 8 * i));
}

static inline void
push_outer (guint8 *at, guint length, guint32 locator, guint vni, guint32 from)
{
  guint32 first = 0x45000000u | (length + 36), second = 0x4000, third = 0x40110000u;
  guint64 sum = (guint64) first + second + third + from + locator;

  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  store32 (at, 0x02000000);
  store32 (at + 4, 0x01000200);
  store32 (at + 8, 0x00000001);
  at[12] = 8;
  at[13] = 0;
  store32 (at + 14, first);
  store32 (at + 18, second);
  store32 (at + 22, third | (guint16) ~sum);
  store32 (at + 26, from);
  store32 (at + 30, locator);
  store32 (at + 34, 0x83a912b5);
  store32 (at + 38, (length + 16) << 16);
  store32 (at + 42, 0x08000000);
  store32 (at + 46, vni << 8);
}

void
limit_gateway_fill (Limit *limit, gboolean encapsulated, guint64 *random)
{
  for (guint i = 0; i < LIMIT_RING; i++)
    {
      guint a = (guint) (bench_random (random) % limit->n), b = (guint) (bench_random (random) % limit->n);
      guint8 *slot = limit->ring + (gsize) i * STRIDE, *at = slot + DATA;

      memset (at, 0, limit->length);
      limit->starts[i] = DATA;
      if (encapsulated)
        {
          at += 4;
          limit->starts[i] = DATA + 4 - 50;
          push_outer (at - 50, limit->length - 4, OWN_IP, VNI, locator_of (limit, b));
        }
      store_mac (at, encapsulated ? local_mac (a) : remote_mac (b));
      store_mac (at + 6, encapsulated ? remote_mac (b) : local_mac (a));
      if (!encapsulated)
        store32 (at + 12, 0x81000000u | VID);
      at[encapsulated ? 12 : 16] = 0x88;
      at[encapsulated ? 13 : 17] = 0xb5;
    }
}

/* ---- the data path ------------------------------------------------------------------------------------------- */

static inline void
move_macs (guint8 *to, const guint8 *from)
{
  guint64 first;
  guint32 rest;

  memcpy (&first, from, 8);
  memcpy (&rest, from + 8, 4);
  memcpy (to, &first, 8);
  memcpy (to + 8, &rest, 4);
}

guint
limit_gateway_encap (Limit *limit)
{
  guint out = 0;

  for (guint i = 0; i < LIMIT_RING; i++)
    {
      guint8 *at = limit->ring + (gsize) i * STRIDE + limit->starts[i];
      guint32 tag = load32 (at + 12), vni = limit->vni_of_vid[tag & 4095];
      Entry *source = find (limit, load48 (at + 6)), *destination = find (limit, load48 (at));

      if (tag >> 16 != 0x8100 || !vni || !source->key || !destination->locator)
        continue;
      source->seen = ++limit->now;
      source->vid = tag & 4095;
      move_macs (at + 4, at);
      push_outer (at + 4 - 50, limit->length - 4, destination->locator, vni, OWN_IP);
      limit->in += limit->length;
      out++;
    }
  return out;
}

/* The sum of a header without options, its checksum included, is all ones. */
static inline gboolean
is_summed (const guint8 *at)
{
  guint64 sum = 0;

  for (guint i = 0; i < 20; i += 4)
    sum += load32 (at + i);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

guint
limit_gateway_decap (Limit *limit)
{
  guint out = 0;

  for (guint i = 0; i < LIMIT_RING; i++)
    {
      guint8 *at = limit->ring + (gsize) i * STRIDE + limit->starts[i], *inner = at + 50;
      guint32 source = load32 (at + 26), vni = load32 (at + 46) >> 8;
      Entry *destination;

      if (load48 (at) != UNDERLAY_MAC || at[12] != 8 || at[14] != 0x45 || at[23] != 17
          || (load32 (at + 34) & 0xffff) != 4789 || !is_summed (at + 14) || load32 (at + 42) != 0x08000000
          || limit->vni_slots[vni & 15] != vni || limit->peers[source & 4095] != source
          || load32 (at + 30) != OWN_IP)
        continue;
      destination = find (limit, load48 (inner));
      if (!destination->key || destination->locator)
        continue;
      move_macs (inner - 4, inner);
      store32 (inner + 8, 0x81000000u | destination->vid);
      limit->in += limit->length;
      out++;
    }
  return out;
}

guint
limit_gateway_flood (Limit *limit)
{
  guint out = 0;

  for (guint i = 0; i < LIMIT_RING; i++)
    {
      guint8 *at = limit->ring + (gsize) i * STRIDE + limit->starts[i];
      Entry *source = find (limit, load48 (at + 6));

      source->seen = ++limit->now;
      move_macs (at + 4, at);
      for (guint k = 0; k < limit->flood; k++)
        {
          guint8 *copy = limit->copies + (gsize) k * STRIDE + DATA;
          memcpy (copy, at + 4, limit->length - 4);
          push_outer (copy - 50, limit->length - 4, locator_of (limit, k), VNI, OWN_IP);
          out++;
        }
    }
  return out;
}

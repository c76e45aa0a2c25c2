/* Ways to get frames out of the kernel and into it, one beside the other: what gateway/linux/ could be built on.
 * Measured by frames.c; a way knows no clock. */
#pragma once

#include <glib.h>
#include <string.h>

/* Frames of one call, and of one burst: less than any ring holds. */
#define WAY_BATCH      64u
#define WAY_BURST      256u
#define WAY_SLOT_BYTES 2048u

typedef struct _Way Way;

typedef struct
{
  const char *name;
  /* NULL with errno where the kernel does not offer it. */
  Way *(*open) (const char *interface);
  /* Copies what is there, at most WAY_BURST frames, to where the gateway would have them.  Returns how many. */
  guint (*receive) (Way *way);
  /* The same frame `n` times, at most WAY_BURST; returns how many the kernel took. */
  guint (*send) (Way *way, const guint8 *frame, guint length, guint n);
  void (*close) (Way *way);
} WayClass;

/* A way begins with this. */
struct _Way
{
  const WayClass *klass;
  int fd; /* readable when there is something to receive */
  guint8
      copies[64
             * WAY_SLOT_BYTES]; /* received frames, round and round: what a pool's frames are to the cache */
  guint next_copy;
};

static inline void
way_keep (Way *way, const guint8 *bytes, guint length)
{
  memcpy (way->copies + way->next_copy * WAY_SLOT_BYTES, bytes, MIN (length, WAY_SLOT_BYTES));
  way->next_copy = (way->next_copy + 1) % 64;
}

/* Both NULL-terminated. */
extern const WayClass *const way_receivers[];
extern const WayClass *const way_senders[];

/* packet-ways.c */
extern const WayClass way_recvmmsg, way_ring_v2, way_ring_v3, way_sendmmsg, way_sendmmsg_bypass,
    way_transmit_ring;
/* xdp-ways.c: receiving and sending with the program in the driver or behind it; frames are copied in both. */
extern const WayClass way_xdp_driver, way_xdp_generic;

/* A VF's transmit limit: frames that come too fast wait in its ring, and the ring is finite.  Time is an argument. */
#pragma once

#include "net/frame.h"

G_BEGIN_DECLS

#define NIC_RING_FRAMES 512u

typedef struct
{
  guint64 rate_bps; /* 0: no limit */
  gint64 free_ns;   /* the next frame may leave from then on */
  GQueue ring;      /* of NetFrame */
} NicShaper;

typedef enum
{
  NIC_SHAPER_PASS, /* may leave now; the caller keeps the frame */
  NIC_SHAPER_WAIT, /* the shaper took the frame: ask nic_shaper_next() at free_ns */
  NIC_SHAPER_FULL  /* the ring is full; the caller keeps the frame */
} NicShaperVerdict;

void nic_shaper_init (NicShaper *shaper);
void nic_shaper_clear (NicShaper *shaper);
NicShaperVerdict nic_shaper_offer (NicShaper *shaper, NetFrame *frame, gint64 now_ns);
/* The frame that may leave now, handed to the caller; NULL: none waits, or its time has not come. */
NetFrame *nic_shaper_next (NicShaper *shaper, gint64 now_ns);

G_END_DECLS

/* Frames and bytes that went one way.  Bytes are those of the frame as the logical switch sees it: without the tag of a
 * binding, without a tunnel's outer headers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 packets, bytes;
} VtepCounter;

static inline void
vtep_counter_add (VtepCounter *counter, guint bytes)
{
  counter->packets++;
  counter->bytes += bytes;
}

G_END_DECLS

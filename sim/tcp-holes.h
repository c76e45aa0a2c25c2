/* Bytes of a TCP stream that came before their turn, kept until the hole in front of them is filled; bounded in
 * number and, by the receive window, in bytes.  Private to sim/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GQueue pieces; /* by sequence number */
} SimTcpHoles;

void sim_tcp_holes_init (SimTcpHoles *holes);
void sim_tcp_holes_clear (SimTcpHoles *holes);
/* Keeps a copy, `ahead` bytes beyond the next one expected at `next`.  Forgets it when there is no room: it will come
 * again. */
void sim_tcp_holes_put (SimTcpHoles *holes, guint32 next, guint32 sequence, const guint8 *bytes, guint n);
/* Appends to `out` what continues the stream at `next`, and returns the new next. */
guint32 sim_tcp_holes_take (SimTcpHoles *holes, guint32 next, GByteArray *out);

G_END_DECLS

/* When to dial again: the pause doubles from a minimum to a maximum while attempts fail, and begins anew after one
 * that did some good. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 min_ns, max_ns;
  gint64 next_ns; /* the pause before the next attempt */
} OvsdbBackoff;

static inline void
ovsdb_backoff_init (OvsdbBackoff *backoff, gint64 min_ns, gint64 max_ns)
{
  *backoff
      = (OvsdbBackoff){ .min_ns = MIN (min_ns, max_ns), .max_ns = max_ns, .next_ns = MIN (min_ns, max_ns) };
}

/* Other bounds; the pause that has begun goes on. */
static inline void
ovsdb_backoff_limit (OvsdbBackoff *backoff, gint64 min_ns, gint64 max_ns)
{
  backoff->min_ns = MIN (min_ns, max_ns);
  backoff->max_ns = max_ns;
  backoff->next_ns = CLAMP (backoff->next_ns, backoff->min_ns, max_ns);
}

/* The other end said something sensible. */
static inline void
ovsdb_backoff_worked (OvsdbBackoff *backoff)
{
  backoff->next_ns = backoff->min_ns;
}

/* A connection or an attempt ended: the pause from now on. */
static inline gint64
ovsdb_backoff_failed (OvsdbBackoff *backoff)
{
  gint64 pause_ns = backoff->next_ns;
  backoff->next_ns = MIN (2 * pause_ns, backoff->max_ns);
  return pause_ns;
}

G_END_DECLS

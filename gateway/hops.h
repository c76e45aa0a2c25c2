/* The neighbours of logical routers: next hops by logical switch and address, bounded in number.  What is done with a
 * packet whose next hop is known, and how one is asked for, is its owner's (gateway/neighbor.h). */
#pragma once

#include "gateway/neighbor.h"
#include "gateway/types.h"

G_BEGIN_DECLS

#define VTEP_HOPS_MAX      65536u
#define VTEP_HOPS_SWEEP_NS (1 * NET_SEC)

typedef struct _VtepHops VtepHops;

typedef struct
{
  VtepSwitchId logical_switch;
  NetIpv6 address; /* IPv4 as IPv4-mapped */
} VtepHopKey;

typedef struct
{
  VtepNeighbor base;
  gpointer user;
  VtepHopKey key;
  NetIpv6 asker; /* in whose name it was asked for last */
  guint place;
} VtepHop;

/* All borrowed. */
VtepHops *vtep_hops_new (NetWorld *world, const VtepNeighborClass *klass, gpointer user);
void vtep_hops_free (VtepHops *hops);

static inline const VtepHop *
vtep_hop (const VtepNeighbor *neighbor)
{
  return (const VtepHop *) neighbor;
}

/* NULL: there is none. */
VtepHop *vtep_hops_find (const VtepHops *hops, const VtepHopKey *key);
/* Made when there is none.  NULL: there are VTEP_HOPS_MAX that are known or asked for. */
VtepHop *vtep_hops_get (VtepHops *hops, const VtepHopKey *key);
/* Forgets those that `is_over` says so of; what waits for them is dropped: no-route. */
void
vtep_hops_forget (VtepHops *hops, gboolean (*is_over) (const VtepHop *hop, gpointer user), gpointer user);
guint vtep_hops_n (const VtepHops *hops);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepHops, vtep_hops_free)

G_END_DECLS

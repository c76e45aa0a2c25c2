/* The far ends of tunnels: which addresses the rows of each logical switch name, and what went to and from each.
 *
 * An address is there from the first row that names it, or the first that holds it, to the last.  It knows no row, no
 * frame and no clock. */
#pragma once

#include "gateway/counters.h"
#include "gateway/index.h"
#include "gateway/types.h"

G_BEGIN_DECLS

typedef struct _VtepPeers VtepPeers;

/* Only the counters are for others to write. */
typedef struct
{
  NetIpv4 address;
  guint rows;  /* of remote MACs, unicast or multicast, that name it */
  guint holds; /* by who wants it kept without rows */
  VtepCounter in, out;
  gboolean noted; /* among the changed ones */
} VtepPeer;

VtepPeers *vtep_peers_new (guint64 seed);
void vtep_peers_free (VtepPeers *peers);

/* A row of the logical switch names the address, or does not any more. */
void vtep_peers_add (VtepPeers *peers, VtepSwitchId id, NetIpv4 address);
void vtep_peers_remove (VtepPeers *peers, VtepSwitchId id, NetIpv4 address);

/* Keeps the address, with its counters, until it is released. */
VtepPeer *vtep_peers_hold (VtepPeers *peers, NetIpv4 address);
void vtep_peers_release (VtepPeers *peers, NetIpv4 address);

/* The beginning of VtepPeers, open for the inline look-ups; only peers.c writes it. */
typedef struct
{
  VtepIndex by_address; /* → place in peers */
  GPtrArray *peers;     /* of VtepPeer; NULL where free */
  VtepIndex by_member;  /* (logical switch, address) → place in member_peers, and in members */
  GPtrArray *member_peers;
} VtepPeersFront;

/* NULL: nobody names or holds it. */
static inline VtepPeer *
vtep_peers_find (const VtepPeers *peers, NetIpv4 address)
{
  const VtepPeersFront *front = (const VtepPeersFront *) peers;
  const VtepIndexSlot *slot = vtep_index_find (&front->by_address, address);
  return slot ? front->peers->pdata[slot->value] : NULL;
}

/* The peer that a row of this logical switch names; NULL: there is no such row. */
static inline VtepPeer *
vtep_peers_of_switch (const VtepPeers *peers, VtepSwitchId id, NetIpv4 address)
{
  const VtepPeersFront *front = (const VtepPeersFront *) peers;
  const VtepIndexSlot *slot = vtep_index_find (&front->by_member, (guint64) id << 32 | address);
  return slot ? front->member_peers->pdata[slot->value] : NULL;
}

/* An address that rows began or ceased to name since it was last returned here, in the order of the changes; 0: none
 * any more.  What holds is in its `rows`. */
NetIpv4 vtep_peers_next_changed (VtepPeers *peers);
/* Called when there is a change after none were left. */
void vtep_peers_listen (VtepPeers *peers, void (*changed) (gpointer user), gpointer user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepPeers, vtep_peers_free)

G_END_DECLS

/* Two look-ups: by address, and by logical switch and address, which is what a frame from a tunnel is asked for. */
#include "gateway/peers.h"

struct _VtepPeers
{
  VtepPeersFront front;
  GArray *free_peers;   /* of guint */
  GArray *members;      /* of guint: the rows of each member */
  GArray *free_members; /* of guint */
  GArray *changed;      /* of NetIpv4 */
  guint position;       /* in changed */
  void (*listener) (gpointer user);
  gpointer user;
};

VtepPeers *
vtep_peers_new (guint64 seed)
{
  VtepPeers *peers = g_new0 (VtepPeers, 1);

  vtep_index_init (&peers->front.by_address, seed);
  vtep_index_init (&peers->front.by_member, seed);
  peers->front.peers = g_ptr_array_new_with_free_func (g_free);
  peers->free_peers = g_array_new (FALSE, FALSE, sizeof (guint));
  peers->front.member_peers = g_ptr_array_new ();
  peers->members = g_array_new (FALSE, FALSE, sizeof (guint));
  peers->free_members = g_array_new (FALSE, FALSE, sizeof (guint));
  peers->changed = g_array_new (FALSE, FALSE, sizeof (NetIpv4));
  return peers;
}

void
vtep_peers_free (VtepPeers *peers)
{
  if (!peers)
    return;
  vtep_index_clear (&peers->front.by_address);
  vtep_index_clear (&peers->front.by_member);
  g_ptr_array_unref (peers->front.peers);
  g_array_unref (peers->free_peers);
  g_ptr_array_unref (peers->front.member_peers);
  g_array_unref (peers->members);
  g_array_unref (peers->free_members);
  g_array_unref (peers->changed);
  g_free (peers);
}

/* A free place in an array of `length`, or the one behind its end. */
static guint
take_place (GArray *free_places, guint length)
{
  guint place;

  if (free_places->len == 0)
    return length;
  place = g_array_index (free_places, guint, free_places->len - 1);
  g_array_set_size (free_places, free_places->len - 1);
  return place;
}

/* ---- by address ---------------------------------------------------------------------------------------------- */

static VtepPeer *
ensure (VtepPeers *peers, NetIpv4 address)
{
  VtepPeer *peer = vtep_peers_find (peers, address);
  guint place;

  if (peer)
    return peer;
  place = take_place (peers->free_peers, peers->front.peers->len);
  if (place == peers->front.peers->len)
    g_ptr_array_add (peers->front.peers, NULL);
  peer = g_new0 (VtepPeer, 1);
  peer->address = address;
  peers->front.peers->pdata[place] = peer;
  vtep_index_put (&peers->front.by_address, address, place);
  return peer;
}

static void
remove_unused (VtepPeers *peers, VtepPeer *peer)
{
  guint place;

  if (peer->rows || peer->holds || peer->noted)
    return;
  place = vtep_index_get (&peers->front.by_address, peer->address, 0);
  vtep_index_remove (&peers->front.by_address, peer->address);
  g_clear_pointer (&peers->front.peers->pdata[place], g_free);
  g_array_append_val (peers->free_peers, place);
}

VtepPeer *
vtep_peers_hold (VtepPeers *peers, NetIpv4 address)
{
  VtepPeer *peer = ensure (peers, address);

  peer->holds++;
  return peer;
}

void
vtep_peers_release (VtepPeers *peers, NetIpv4 address)
{
  VtepPeer *peer = vtep_peers_find (peers, address);

  peer->holds--;
  remove_unused (peers, peer);
}

/* ---- what changed -------------------------------------------------------------------------------------------- */

static void
note (VtepPeers *peers, VtepPeer *peer)
{
  gboolean first = peers->position == peers->changed->len;

  if (peer->noted)
    return;
  peer->noted = TRUE;
  g_array_append_val (peers->changed, peer->address);
  if (first && peers->listener)
    peers->listener (peers->user);
}

NetIpv4
vtep_peers_next_changed (VtepPeers *peers)
{
  NetIpv4 address;
  VtepPeer *peer;

  if (peers->position == peers->changed->len)
    {
      g_array_set_size (peers->changed, 0);
      peers->position = 0;
      return 0;
    }
  address = g_array_index (peers->changed, NetIpv4, peers->position++);
  peer = vtep_peers_find (peers, address);
  peer->noted = FALSE;
  remove_unused (peers, peer);
  return address;
}

void
vtep_peers_listen (VtepPeers *peers, void (*changed) (gpointer user), gpointer user)
{
  peers->listener = changed;
  peers->user = user;
  if (changed && peers->position < peers->changed->len)
    changed (user);
}

/* ---- by logical switch and address --------------------------------------------------------------------------- */

static guint64
member_key (VtepSwitchId id, NetIpv4 address)
{
  return (guint64) id << 32 | address;
}

/* NULL: no row of the logical switch names the address. */
static guint *
rows_of_member (const VtepPeers *peers, VtepSwitchId id, NetIpv4 address)
{
  const VtepIndexSlot *slot = vtep_index_find (&peers->front.by_member, member_key (id, address));
  return slot ? &g_array_index (peers->members, guint, slot->value) : NULL;
}

void
vtep_peers_add (VtepPeers *peers, VtepSwitchId id, NetIpv4 address)
{
  VtepPeer *peer = ensure (peers, address);
  guint *rows = rows_of_member (peers, id, address), place;

  if (peer->rows++ == 0)
    note (peers, peer);
  if (rows)
    {
      ++*rows;
      return;
    }
  place = take_place (peers->free_members, peers->members->len);
  if (place == peers->members->len)
    {
      g_array_set_size (peers->members, place + 1);
      g_ptr_array_set_size (peers->front.member_peers, (gint) place + 1);
    }
  g_array_index (peers->members, guint, place) = 1;
  peers->front.member_peers->pdata[place] = peer;
  vtep_index_put (&peers->front.by_member, member_key (id, address), place);
}

void
vtep_peers_remove (VtepPeers *peers, VtepSwitchId id, NetIpv4 address)
{
  guint *rows = rows_of_member (peers, id, address), place;
  VtepPeer *peer = vtep_peers_of_switch (peers, id, address);

  if (!rows)
    return;
  if (--*rows == 0)
    {
      place = vtep_index_get (&peers->front.by_member, member_key (id, address), 0);
      vtep_index_remove (&peers->front.by_member, member_key (id, address));
      g_array_append_val (peers->free_members, place);
    }
  if (--peer->rows == 0)
    note (peers, peer);
}

/* Which locator counts when several rows of Ucast_Macs_Remote name one MAC: the numerically lowest.  The schema has no
 * index that forbids such rows, and controllers have written them.  Only these contested MACs are kept here; the MAC
 * table holds the locator that counts. */
#pragma once

#include "gateway/types.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable
      *contested; /* VtepKey → GArray of NetIpv4, ascending, one for each row; only looked up, never walked */
} VtepRemotes;

void vtep_remotes_init (VtepRemotes *remotes);
void vtep_remotes_clear (VtepRemotes *remotes);

/* `current` is the locator that counts so far (0: no row).  Both return the one that counts from now on. */
NetIpv4 vtep_remotes_add (VtepRemotes *remotes, VtepKey key, NetIpv4 current, NetIpv4 added);
NetIpv4 vtep_remotes_remove (VtepRemotes *remotes, VtepKey key, NetIpv4 current, NetIpv4 removed);

G_END_DECLS

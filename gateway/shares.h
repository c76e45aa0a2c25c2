/* Who holds how much of the MAC table: the learned MACs of each (port, logical switch), and whose goes when there is no
 * room for another.
 *
 * The largest share gives way, the newcomer counted in its own: so a storm of addresses on one port displaces its own
 * addresses and leaves those of others alone, as long as they hold less.  Within a share the MAC goes that was learned
 * first, but one that was heard since it was last considered goes to the end of the line instead, up to
 * VTEP_SHARES_CHANCES of them a time: those that speak stay. */
#pragma once

#include "gateway/index.h"
#include "gateway/types.h"

G_BEGIN_DECLS

#define VTEP_SHARES_CHANCES 8u

typedef struct _VtepShares VtepShares;

/* What a line's entry has become; the owner of the MACs knows. */
typedef enum
{
  VTEP_SHARE_GONE, /* forgotten, or in line again with another stamp */
  VTEP_SHARE_IDLE,
  VTEP_SHARE_HEARD /* since `since_ns` */
} VtepShareState;

typedef VtepShareState (*VtepShareLook) (VtepKey key, guint32 stamp, gint64 since_ns, gpointer user);

VtepShares *vtep_shares_new (guint64 seed, VtepShareLook look, gpointer user);
void vtep_shares_free (VtepShares *shares);

/* The MAC was learned at the port: it is in line from now on, under the stamp returned. */
guint32 vtep_shares_add (VtepShares *shares, VtepPort port, VtepKey key, gint64 now_ns);
/* The MAC is learned there no more. */
void vtep_shares_remove (VtepShares *shares, VtepPort port, VtepKey key);

/* Whose place a newcomer at this port takes; FALSE: nobody is there.  The caller forgets it, and removes it here.
 * `restamp` is called for each that goes to the end of the line. */
gboolean vtep_shares_victim (VtepShares *shares, VtepPort port, VtepKey newcomer, gint64 now_ns,
                             void (*restamp) (VtepKey key, guint32 stamp, gpointer user), VtepKey *victim);

/* Appends the MACs learned at the port in one logical switch, or with VTEP_SWITCH_NONE in all, to an array of VtepKey,
 * in no particular order. */
void vtep_shares_collect (const VtepShares *shares, VtepPort port, VtepSwitchId id, GArray *keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepShares, vtep_shares_free)

G_END_DECLS

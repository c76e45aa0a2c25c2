/* How far a frame came on its way to a node, and what happened to it there.  A flooded frame has many copies, and most
 * of them end in an ordinary drop somewhere; the one that counts is the copy that came nearest to the node. */
#pragma once

#include "lab/ledger.h"

G_BEGIN_DECLS

typedef enum
{
  LAB_WAY_FORGOTTEN, /* too long ago */
  LAB_WAY_ARRIVED,
  LAB_WAY_LOST
} LabWay;

/* Follows a frame towards node `to`.  When it is lost, says so behind `out`: "came as far as tor1/em3 at 1.5 s; dropped
 * there: vlan-unbound, …".  The cables are those of the trace's interface records; `host` is the server of a guest `to`,
 * for one that was never plugged in, or NULL. */
LabWay
lab_way_follow (const LabLedger *ledger, guint64 packet_id, const char *to, const char *host, GString *out);

G_END_DECLS

/* Where broadcast, unknown unicast and multicast go on the tunnel side: the locators of Mcast_Macs_Remote, and which
 * of them a replication mode chooses. */
#pragma once

#include "gateway/index.h"
#include "gateway/types.h"

G_BEGIN_DECLS

/* Locators with the number of rows that name each (the schema allows several rows for one MAC): their union counts,
 * so that the order of writes cannot matter.  All zero is empty. */
typedef struct
{
  NetIpv4 *locators; /* ascending */
  guint32 *rows;
  guint n;
} VtepFlood;

void vtep_flood_add (VtepFlood *flood, NetIpv4 locator);
void vtep_flood_remove (VtepFlood *flood, NetIpv4 locator);
void vtep_flood_clear (VtepFlood *flood);

/* What the mode chooses, a stretch of flood->locators.
 * source_node: all, in ascending order, as this switch itself makes a copy for each.
 * service_node: one, which replicates for us: the numerically lowest address that is not in `down` (a set by
 * address); none when all are down. */
const NetIpv4 *
vtep_flood_choose (const VtepFlood *flood, VtepReplication mode, const VtepIndex *down, guint *n);

G_END_DECLS

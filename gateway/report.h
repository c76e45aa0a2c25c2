/* What the switch tells the database of itself: Ucast_Macs_Local for learned MACs, Mcast_Macs_Local `unknown-dst` for
 * logical switches that have a binding, both at its own tunnel address.
 *
 * Level-triggered: callers say what may have changed, and the rows are made equal to the tables a moment later, in the
 * order of the changes.  The first change goes out within the same instant; in a storm at most VTEP_REPORT_ROWS rows
 * are written each VTEP_REPORT_INTERVAL_NS, so forwarding never waits for the database. */
#pragma once

#include "gateway/tables.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _VtepReport VtepReport;

#define VTEP_REPORT_ROWS        1000u
#define VTEP_REPORT_INTERVAL_NS (20 * NET_MSEC)

/* All borrowed.  Rows that an earlier life of the switch left in both tables are removed at once. */
VtepReport *
vtep_report_new (NetWorld *world, OvsdbDatabase *database, const VtepTables *tables, NetIpv4 tunnel_ip);
void vtep_report_free (VtepReport *report);

/* Rows are written at this tunnel address from now on; those that there are, are the caller's to move. */
void vtep_report_move (VtepReport *report, NetIpv4 tunnel_ip);

/* A MAC became local or is local no more. */
void vtep_report_mac (VtepReport *report, VtepKey key);
/* Bindings of a logical switch came or went. */
void vtep_report_switch (VtepReport *report, VtepSwitchId id);

/* The row that stands for a logical switch; said before any of the above names it, and again (NULL) when it is gone. */
void vtep_report_set_switch_row (VtepReport *report, VtepSwitchId id, const OvsdbUuid *uuid);

/* A row of Ucast_Macs_Local or Mcast_Macs_Local was deleted, by whomever; while it is true it is written again. */
void vtep_report_mac_row_gone (VtepReport *report, VtepKey key, const OvsdbUuid *uuid);
void vtep_report_switch_row_gone (VtepReport *report, VtepSwitchId id, const OvsdbUuid *uuid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepReport, vtep_report_free)

G_END_DECLS

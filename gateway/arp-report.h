/* Arp_Sources_Local: the MAC in the name of which this switch asks for neighbours of logical routers, at its own
 * locator, while it serves any.  Level-triggered, and written from a timer. */
#pragma once

#include "net/address.h"
#include "net/world.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _VtepArpReport VtepArpReport;

/* World and database are borrowed.  Rows that an earlier life of the switch left are removed. */
VtepArpReport *
vtep_arp_report_new (NetWorld *world, OvsdbDatabase *database, const NetMac *mac, NetIpv4 tunnel_ip);
/* Who asks, and from where, is another from now on. */
void vtep_arp_report_move (VtepArpReport *report, const NetMac *mac, NetIpv4 tunnel_ip);
void vtep_arp_report_free (VtepArpReport *report);

void vtep_arp_report_set (VtepArpReport *report, gboolean serves);
/* Somebody changed a row of the table. */
void vtep_arp_report_touched (VtepArpReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepArpReport, vtep_arp_report_free)

G_END_DECLS

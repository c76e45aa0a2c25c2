/* The remote rows of TORs: flood lists (l2gw-mcast.c) and addresses (l2gw-ucast.c). */
#pragma once

#include "models/odl/l2gw.h"

G_BEGIN_DECLS

/* Within this time of the controller's start its caches may be incomplete: a compute that leaves takes only its own
 * locator along. */
#define ODL_JUST_STARTED_NS (60 * 60 * NET_SEC)

/* The flood list of a TOR, ascending, without duplicates: every other TOR of the network, every compute with an
 * interface in it and a tunnel to this TOR, the designated DHCP compute; never itself.  A new array of NetIpv4. */
GArray *odl_l2gw_flood_list (const Odl *odl, const OdlElan *elan, const OdlElanTor *tor);
/* Somebody joined: lists that lack nothing are not written. */
void odl_l2gw_flood_lists_changed (Odl *odl, const OdlElan *elan);
/* A tunnel to this TOR changed: its lists, in every network. */
void odl_l2gw_node_flood_lists_changed (Odl *odl, const char *node_id);
void odl_l2gw_compute_left (Odl *odl, const OdlElan *elan, guint64 dpid);
void odl_l2gw_tor_left (Odl *odl, const OdlElan *elan);

/* An address of a compute's interface, on every TOR of the network. */
void odl_l2gw_mac_added (Odl *odl, const OdlElan *elan, const OdlElanMac *entry);
void odl_l2gw_mac_removed (Odl *odl, const OdlElan *elan, const OdlElanMac *entry);
/* An address behind a TOR, on every other TOR. */
void odl_l2gw_tor_mac_added (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac);
void odl_l2gw_tor_mac_removed (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac);
/* Every address that is known, on a TOR that joins. */
void odl_l2gw_write_all_macs (Odl *odl, const OdlElan *elan, const OdlElanTor *tor);

G_END_DECLS

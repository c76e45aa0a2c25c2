/* What an ELAN makes the computes hold: groups, the ways in, MAC addresses.  Written as of now; a tunnel that is not
 * up yet is left out, and the caller of its up event writes again. */
#pragma once

#include "models/odl/elan.h"

G_BEGIN_DECLS

/* ---- elan-groups.c ------------------------------------------------------------------------------------------- */

void odl_elan_write_local_group (Odl *odl, const OdlElan *elan, guint64 dpid);
/* The full group of one compute, with table 0 and 18 of the tunnels to TORs that stand in it; and of every compute. */
void odl_elan_write_full_group (Odl *odl, const OdlElan *elan, guint64 dpid);
void odl_elan_write_full_groups (Odl *odl, const OdlElan *elan);
void odl_elan_remove_groups (Odl *odl, const OdlElan *elan, guint64 dpid);
/* Tables 36, 38 and 52. */
void odl_elan_write_ways_in (Odl *odl, const OdlElan *elan, guint64 dpid);
void odl_elan_remove_ways_in (Odl *odl, const OdlElan *elan, guint64 dpid);

/* Do the network's computes send to each other by its VNI? */
gboolean odl_elan_meshes (const Odl *odl, const OdlElan *elan);

/* ---- elan-macs.c --------------------------------------------------------------------------------------------- */

/* Enters an address where an interface has it: table 50 there, table 51 on every compute, a row on every TOR. */
void
odl_elan_add_mac (Odl *odl, OdlElan *elan, OdlInterface *interface, const NetMac *mac, gboolean is_static);
/* Takes it out of the MAC table and from everywhere. */
void odl_elan_remove_mac (Odl *odl, OdlElan *elan, const NetMac *mac);
/* Table 51 of one compute: every address that is on another compute, or behind a TOR.  `remove` takes them away. */
void odl_elan_write_remote_macs (Odl *odl, const OdlElan *elan, guint64 dpid, gboolean remove);
/* The address behind a TOR, on every compute. */
void odl_elan_write_tor_mac (Odl *odl, const OdlElan *elan, const OdlElanTor *tor, const NetMac *mac);
void odl_elan_remove_tor_mac (Odl *odl, const OdlElan *elan, const NetMac *mac);

G_END_DECLS

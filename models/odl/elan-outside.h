/* Addresses of a provider network that are beyond a compute's provider port, as that compute's frames show them.  Each
 * compute has its own: the same address comes by the provider ports of all of them. */
#pragma once

#include "models/odl/elan.h"

G_BEGIN_DECLS

/* Enters an address where it came in: table 50, and table 51 unless the address is a VM's, whose flow leads there anyway. */
void odl_elan_add_outside (Odl *odl, OdlElan *elan, OdlInterface *provider, const NetMac *mac);
void odl_elan_remove_outside (Odl *odl, const OdlElan *elan, guint64 dpid, const NetMac *mac);
void odl_elan_remove_all_outside (Odl *odl, const OdlElan *elan, guint64 dpid);
/* The address is no VM's any more: its flows are again what they are for one beyond. */
void odl_elan_write_outside (Odl *odl, const OdlElan *elan, const NetMac *mac);
gboolean odl_elan_is_outside (const OdlElan *elan, guint64 dpid, const NetMac *mac);

G_END_DECLS

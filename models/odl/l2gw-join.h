/* Between the files of l2gw: the device cache, and a connection on a device, joined and left. */
#pragma once

#include "models/odl/l2gw.h"

G_BEGIN_DECLS

/* Makes it when it is new. */
OdlDevice *odl_device_get (Odl *odl, const char *name);
/* Enters a TOR that a gateway names and that was seen in the transport zones, or takes it out. */
void odl_l2gw_mesh_device (Odl *odl, OdlDevice *device);
void odl_l2gw_unmesh_device (Odl *odl, OdlDevice *device);
/* Refreshes every connection of the device's gateways. */
void odl_l2gw_refresh_device (Odl *odl, const OdlDevice *device);
/* Leaves every network that the device is joined to, at once. */
void odl_l2gw_leave_device (Odl *odl, OdlDevice *device);

/* Takes in what the TOR's database reports for a network (l2gw-mac.c). */
void odl_l2gw_pull_macs (Odl *odl, OdlElan *elan, OdlElanTor *tor);
/* Takes back all that the TOR reported. */
void odl_l2gw_drop_macs (Odl *odl, OdlElan *elan, OdlElanTor *tor);

G_END_DECLS

/* What happens when a tunnel's port comes up on a compute, or goes. */
#pragma once

#include "models/odl/interface.h"

G_BEGIN_DECLS

/* Queue behind the tunnel's other jobs. */
void odl_tunnel_interface_up (Odl *odl, const char *port_name, OdlPlace place);
void odl_tunnel_interface_down (Odl *odl, const char *port_name, OdlPlace place);

G_END_DECLS

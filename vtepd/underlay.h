/* What this host's interfaces and routes say of the underlay. */
#pragma once

#include "vtepd/settings.h"

G_BEGIN_DECLS

/* The interface that the configuration names, or the one that has the tunnel address; NULL with an error. */
char *vtepd_underlay_interface (const VtepdConfig *config, GError **error);
/* Whether the kernel has the address too. */
gboolean vtepd_underlay_is_shared (const char *interface, NetIpv4 tunnel_ip);

/* The length of the subnet on this interface that the address belongs to; 0: none does. */
guint vtepd_underlay_prefix (const char *interface, NetIpv4 tunnel_ip);
/* The next hop of the default route through the interface; 0: there is none. */
NetIpv4 vtepd_underlay_gateway (const char *interface);

G_END_DECLS

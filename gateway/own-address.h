/* The rows that stand at the switch's tunnel address, when it gets another one: they keep their identity, so that who
 * watches them sees a locator change and nothing go. */
#pragma once

#include "net/address.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

/* Ucast_Macs_Local and Mcast_Macs_Local, and the Tunnel rows that begin at `was`.  A Tunnel to `is` would end where it
 * begins, and goes.  One transaction, or none. */
gboolean vtep_own_address_move (OvsdbDatabase *database, const char *switch_name, NetIpv4 was, NetIpv4 is,
                                GError **error);

G_END_DECLS

/* A lease as a server's OFFER or ACK states it. */
#pragma once

#include "models/guest/dhcp-client.h"

G_BEGIN_DECLS

/* FALSE: no address, no server identifier, or a lease time of zero or none, so it is no lease.  T1 and T2 that are
 * absent or out of order become a half and seven eighths of the lease (RFC 2131 §4.4.5); a missing mask is that of the
 * address class. */
gboolean guest_lease_read (const NetDhcp *message, GuestLease *out);

G_END_DECLS

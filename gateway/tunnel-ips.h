/* Physical_Switch.tunnel_ips: where others begin their tunnels to this switch.  It is what the switch says of itself, no
 * setting: a manager that writes another value, or none, finds the true one there again, and the log says why.
 *
 * Level-triggered, and written from a timer: at once, but a manager that insists is answered each
 * VTEP_REPORT_INTERVAL_NS at most, and told of once a second. */
#pragma once

#include "net/address.h"
#include "net/world.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _VtepTunnelIps VtepTunnelIps;

/* All borrowed.  The row may be absent; whoever makes it writes the column, too. */
VtepTunnelIps *
vtep_tunnel_ips_new (NetWorld *world, OvsdbDatabase *database, const char *switch_name, NetIpv4 tunnel_ip);
void vtep_tunnel_ips_free (VtepTunnelIps *tunnel_ips);

/* The address is another from now on; who says so writes the row. */
void vtep_tunnel_ips_move (VtepTunnelIps *tunnel_ips, NetIpv4 tunnel_ip);

/* Somebody changed the column. */
void vtep_tunnel_ips_touched (VtepTunnelIps *tunnel_ips);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepTunnelIps, vtep_tunnel_ips_free)

G_END_DECLS

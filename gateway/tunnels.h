/* Tunnels and their BFD sessions.
 *
 * There is a Tunnel row from our tunnel address to each address that a row of remote MACs names.  A row whose far end
 * nobody names any more goes, unless BFD is enabled on it: then a controller wants it watched.  Of several rows for one
 * far end the one that was there first counts.
 * A session that does not forward takes its far end out of the choice of service nodes.  Rows are written from a timer:
 * the first change within the same instant, in a storm at most VTEP_REPORT_ROWS each VTEP_REPORT_INTERVAL_NS. */
#pragma once

#include "gateway/decide.h"
#include "gateway/underlay.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _VtepTunnels VtepTunnels;

/* All borrowed. */
typedef struct
{
  NetWorld *world;
  OvsdbDatabase *database;
  VtepTables *tables;
  VtepUnderlay *underlay;
  guint underlay_port;
  const char *switch_name;
  NetMac mac; /* of BFD packets */
  NetIpv4 tunnel_ip;
} VtepTunnelsConfig;

VtepTunnels *vtep_tunnels_new (const VtepTunnelsConfig *config);
void vtep_tunnels_free (VtepTunnels *tunnels);

/* This end is another from now on: sessions go on from there.  When the address is another, the caller moves the rows
 * next, and then says so. */
void vtep_tunnels_move (VtepTunnels *tunnels, guint underlay_port, const NetMac *mac, NetIpv4 tunnel_ip);
void vtep_tunnels_moved (VtepTunnels *tunnels);

/* A row of Tunnel was inserted, changed or deleted, by whomever. */
void vtep_tunnels_row_changed (VtepTunnels *tunnels, const OvsdbChange *change);

/* An inner frame came out of a tunnel; `inner` are its bytes.  TRUE: it is BFD for a session here and was dealt with;
 * the reference to the outer frame is taken. */
gboolean
vtep_tunnels_receive (VtepTunnels *tunnels, NetFrame *frame, const VtepView *view, const guint8 *inner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepTunnels, vtep_tunnels_free)

G_END_DECLS

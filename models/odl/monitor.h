/* ITM's monitoring: whether tunnels are watched with BFD (RFC 5880), how that is asked of computes (Interface.bfd) and
 * TORs (Tunnel.bfd_params), and what follows when one of them reports another state.  The sessions themselves are run
 * by the ends of a tunnel; the controller only configures them and hears of them. */
#pragma once

#include <jansson.h>

#include "net/address.h"
#include "ovsdb/database.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;
typedef struct _OdlHwvtep OdlHwvtep;
typedef struct _OdlTunnel OdlTunnel;

#define ODL_MONITOR_INTERVAL_MS     1000u
#define ODL_MONITOR_INTERVAL_MS_MAX 30000u

typedef struct
{
  gboolean is_set; /* somebody has configured it: before that nothing is written */
  gboolean enabled;
  guint interval_ms;
} OdlMonitor;

/* Asks it of every compute and TOR that is connected; the others are asked when they come. */
void odl_monitor_set (Odl *odl, gboolean enabled, guint interval_ms);
/* The columns by which the ends of a tunnel are asked. */
typedef enum
{
  ODL_MONITOR_COMPUTE, /* Interface.bfd */
  ODL_MONITOR_TOR      /* Tunnel.bfd_params */
} OdlMonitorEnd;

/* What the column is to hold, as a JSON object; NULL: it is left alone. */
json_t *odl_monitor_params (const Odl *odl, OdlMonitorEnd end);
/* Whether the row's column holds something else; FALSE while nothing is configured. */
gboolean odl_monitor_differs (const Odl *odl, OdlMonitorEnd end, const OvsdbRow *row);

/* Whether the tunnel carries traffic as far as the controller knows: its port is there and, with monitoring, its end
 * does not say otherwise.  An end that says nothing of BFD counts as up. */
gboolean odl_monitor_tunnel_is_up (const Odl *odl, const OdlTunnel *tunnel);
/* The state in a bfd_status column: FALSE for down, init and admin_down. */
gboolean odl_monitor_row_is_up (const Odl *odl, const OvsdbRow *row);
/* Whom the far end of a TOR's tunnel belongs to: a datapath id in decimal or a node id; NULL when nobody has the
 * address.  The caller frees it. */
char *odl_monitor_destination (const Odl *odl, NetIpv4 remote);

/* Told by the sessions: this compute's tunnel port, or this row of a TOR, says something else than before. */
void odl_monitor_compute_reported (Odl *odl, const char *port_name);
void odl_monitor_tor_reported (Odl *odl, const OdlHwvtep *hwvtep, const OvsdbRow *row);

G_END_DECLS

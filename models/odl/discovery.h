/* Which server hangs on which port of which TOR, as LLDP agents of the servers report it.  The real controller knows
 * nothing of the kind: a person says it in the l2-gateways.  Here it is compared with what the person said, and said where
 * the person left it out.
 *
 * A gateway that names no port of its own is filled: with the ports behind which its networks have VF ports.  Ports that
 * stand in a gateway are never taken out. */
#pragma once

#include "models/odl/registry.h"
#include "net/lldp.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef struct _Odl Odl;

/* What one card of a server sees.  Kept in odl->cables, by "<host>/<card>". */
typedef struct
{
  char *host, *card, *physnet; /* physnet NULL: not said */
  NetMac chassis;
  char *device, *port;  /* Physical_Switch.name and Physical_Port.name */
  gboolean contradicts; /* the gateways say otherwise */
} OdlCable;

void odl_cable_free (gpointer cable);

/* A report, for as long as its time to live; a ttl of 0 takes it back. */
void odl_discovery_report (Odl *odl, const char *host, const char *card, const char *physnet,
                           const NetLldp *neighbor);
/* Ports, gateways or connections changed: cables are looked at again, in a job of their own. */
void odl_discovery_look (Odl *odl);
json_t *odl_discovery_to_json (const Odl *odl);

G_END_DECLS

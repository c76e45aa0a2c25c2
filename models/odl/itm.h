/* Transport zones and the tunnels between their members: compute to compute (internal), compute to TOR (external).
 * A tunnel here is a VXLAN port on a compute; a TOR's own end is the locator of the rows that use it. */
#pragma once

#include <jansson.h>

#include "models/odl/registry.h"
#include "net/address.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;
typedef struct _OdlDevice OdlDevice;

#define ODL_DEFAULT_ZONE "default-transport-zone"

typedef struct
{
  guint64 dpid;  /* 0 for a TOR */
  char *node_id; /* of a TOR; NULL for a compute */
  NetIpv4 ip;
  gboolean by_itself; /* a compute that is here because its database says so */
} OdlVtep;

typedef struct
{
  char *name;
  GPtrArray *vteps;        /* of OdlVtep, computes */
  GPtrArray *device_vteps; /* of OdlVtep, TORs */
} OdlZone;

typedef struct _OdlTunnel
{
  char *key; /* "<source datapath id> <destination>" */
  guint64 source;
  char *destination; /* the other compute's datapath id in decimal, or the TOR's node id */
  guint64 peer;      /* the other compute; 0: external */
  NetIpv4 local_ip, remote_ip;
  char *port_name; /* "tun" and eleven hexadecimal digits */
} OdlTunnel;

OdlZone *odl_zone_new (const char *name);
/* The compute's place in the zone, NULL when it has none. */
OdlVtep *odl_zone_vtep (const OdlZone *zone, guint64 dpid);
void odl_zone_free (gpointer zone);
void odl_tunnel_free (gpointer tunnel);

/* Sets the zones of a RESTCONF body; zones that it does not name stay. */
gboolean odl_itm_set_zones (Odl *odl, const json_t *list, GError **error);
json_t *odl_itm_zones_to_json (const Odl *odl);
/* Zones have other members than before: tunnels and all that follows from them. */
void odl_itm_members_changed (Odl *odl);

/* Computes that enter a zone by themselves: itm-zone.c.  A compute's database says which zone it is for
 * (external_ids:transport-zone) and its tunnel address (other_config:local_ip); without a name it is for the default zone
 * if there is one.  In a zone that is not there it is not hosted, and has no tunnels. */
void odl_itm_compute_says (Odl *odl, guint64 dpid, const char *zone_name, NetIpv4 local_ip);
/* def-tz-enabled: the default zone comes or goes. */
void odl_itm_set_default_zone (Odl *odl, gboolean enabled);
/* Enters computes in zones that are new; TRUE when there were some. */
gboolean odl_itm_place_computes (Odl *odl);
/* The list tepsInNotHostedTransportZone of itm.yang. */
json_t *odl_itm_not_hosted_to_json (const Odl *odl);

/* Enters a TOR in every zone, or takes it out; computes get or lose their tunnels to it. */
void odl_itm_add_device (Odl *odl, const char *node_id, NetIpv4 ip);
void odl_itm_remove_device (Odl *odl, const char *node_id);

/* A compute's tunnel to another compute, or to the TOR of this node id; NULL when there is none. */
OdlTunnel *odl_itm_internal_tunnel (const Odl *odl, guint64 source, guint64 peer);
OdlTunnel *odl_itm_external_tunnel (const Odl *odl, guint64 source, const char *node_id);
/* "tun" and eleven digits that follow from what has the port ("br-int", a TOR's node id) and the addresses. */
char *odl_itm_tunnel_name (const char *parent, NetIpv4 local_ip, NetIpv4 remote_ip);
/* The lport of such a tunnel, 0 while its port is not up; the tunnel may be NULL. */
guint32 odl_itm_lport (const Odl *odl, const OdlTunnel *tunnel);

G_END_DECLS

/* Computes, as the controller knows them: by their datapath id. */
#pragma once

#include "models/odl/registry.h"
#include "net/address.h"
#include "openflow/flow.h"
#include "openflow/group.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;
typedef struct _OdlOfSession OdlOfSession;
typedef struct _OdlOvsSession OdlOvsSession;

typedef struct
{
  guint64 dpid;
  char *key;             /* the datapath id in decimal */
  gboolean in_zone;      /* named in a transport zone: expected to be there */
  NetIpv4 tunnel_ip;     /* of the zone that it is in, or was in last; 0: of none yet */
  NetIpv4 local_ip;      /* other_config:local_ip of its database; 0: none */
  char *zone_asked;      /* external_ids:transport-zone of its database; NULL: none */
  gboolean was_up;       /* its tables were written before */
  OdlRegistry ports;     /* OpenFlow ports: name → GUINT_TO_POINTER (number) */
  OdlRegistry plugged;   /* its ports that carry a Neutron port: name → that port\'s id */
  OdlRegistry providers; /* physical network → name of the port that leads to it */
  OdlRegistry flows;     /* what its tables must hold (forwarding.h) */
  OdlRegistry groups;
  OdlOfSession *openflow; /* NULL while away; borrowed */
  OdlOvsSession *ovs;     /* NULL while away; borrowed */
} OdlCompute;

OdlCompute *odl_compute_find (const Odl *odl, guint64 dpid);
/* Makes it when it is new. */
OdlCompute *odl_compute_get (Odl *odl, guint64 dpid);
/* The flows and the group that every compute gets when it comes. */
void odl_compute_write_defaults (const Odl *odl, OdlCompute *compute);
void odl_compute_free (gpointer compute);

G_END_DECLS

/* ELAN instances: a Neutron network as netvirt runs it, with its tag, its VNI, the computes and TORs that it is on, and
 * its MAC table. */
#pragma once

#include "models/odl/neutron.h"
#include "models/odl/registry.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;
typedef struct _OdlInterface OdlInterface;
typedef struct _OdlDevice OdlDevice;

#define ODL_ELAN_TAG_FIRST 5000u
#define ODL_ELAN_TAG_LAST  10000u

/* The network on a compute: from its first interface there to its last. */
typedef struct
{
  guint64 dpid;
  GPtrArray *interfaces; /* of OdlInterface, in the order in which they came; borrowed */
  OdlRegistry outside;   /* of OdlElanMac, by text: addresses that came by its provider port */
  gboolean by_migration; /* the first of them came from another compute */
} OdlElanCompute;

/* The network on a TOR: from its first connection there to its last. */
typedef struct
{
  OdlDevice *device;       /* borrowed */
  OdlRegistry connections; /* ids of the connections that join them; no items */
  OdlRegistry macs;        /* of NetMac, by text: what the TOR reported */
} OdlElanTor;

typedef struct
{
  NetMac mac;
  gboolean is_static;      /* a port's own address; else learnt from a frame */
  OdlInterface *interface; /* where it is; borrowed */
  gint64 learnt_ns;
} OdlElanMac;

typedef struct
{
  char *name; /* the network's id */
  guint16 tag;
  OdlNetworkType type; /* the network's top level */
  gboolean has_vni;
  guint32 vni;
  char *physnet;       /* of a flat or VLAN network, which computes reach by a provider port; else NULL */
  guint16 vlan;        /* 0: flat */
  GPtrArray *computes; /* of OdlElanCompute, by datapath id */
  OdlRegistry macs;    /* of OdlElanMac, by text */
  gboolean nulled;     /* dhcp-elan-state: what the computes are told by was overwritten */
  OdlRegistry tors;    /* of OdlElanTor, by device name */
  gboolean removed;    /* its network is gone; it goes when the last compute and TOR have left it */
} OdlElan;

void odl_elan_free (gpointer elan);
OdlElan *odl_elan_find (const Odl *odl, const char *network_id);
OdlElan *odl_elan_by_tag (const Odl *odl, guint16 tag);
OdlElanCompute *odl_elan_compute (const OdlElan *elan, guint64 dpid);
/* Makes it when it is new. */
OdlElanCompute *odl_elan_compute_get (OdlElan *elan, guint64 dpid);
void odl_elan_compute_remove (OdlElan *elan, guint64 dpid);
/* Its provider port of this network, NULL while it has none. */
OdlInterface *odl_elan_compute_provider (const OdlElanCompute *compute);
OdlElanTor *odl_elan_tor (const OdlElan *elan, const char *device_name);
OdlElanTor *odl_elan_tor_get (OdlElan *elan, OdlDevice *device);

/* Frees an elan whose network was removed and that nobody is on any more. */
void odl_elan_settle (Odl *odl, OdlElan *elan);

/* Writes an elan whose network has come, or has other segments than before, in a job: its interfaces and connections
 * leave as what they were and come back as what they are (elan-change.c). */
void odl_elan_change (Odl *odl, const char *network_id);
/* Makes the elan of a network that has none, where its types allow one; else takes type and VNI from the network. */
void odl_elan_read_network (Odl *odl, OdlObject *network);

/* Told by the northbound. */
void odl_elan_network_added (Odl *odl, OdlObject *network);
void odl_elan_network_changed (Odl *odl, const OdlObject *before, OdlObject *after);
void odl_elan_network_removed (Odl *odl, const OdlObject *network);

G_END_DECLS

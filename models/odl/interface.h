/* Logical ports: a Neutron port that is plugged into a compute, a tunnel, or a network on a provider port, with its lport
 * tag.
 *
 * A VM's interface is up while three things are there: the Neutron port, the Interface row with its id in
 * external_ids:iface-id, and the OpenFlow port of the row's name.  They come in any order. */
#pragma once

#include "models/odl/acl.h"
#include "models/odl/itm.h"
#include "models/odl/neutron.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;

/* The row that carries a Neutron port's id. */
typedef struct
{
  guint64 dpid;
  char *port_name;
} OdlPlug;

typedef struct
{
  guint64 dpid;
  guint32 of_port; /* 0: nowhere */
} OdlPlace;

struct _OdlInterface
{
  char *name;          /* the Neutron port's id, the tunnel's port name, or "1:em1:2901" (provider.h) */
  guint32 lport;       /* from its first binding on */
  OdlPlace sought;     /* what the last job in the queue makes of it */
  OdlPlace bound;      /* what computes were told */
  char *network_id;    /* of a VM's interface and of one on a provider port; NULL for a tunnel */
  NetMac mac;          /* of a VM's interface */
  OdlAcl *acl;         /* of a VM's interface: who may speak there; NULL: anybody */
  char *tunnel;        /* key in odl->tunnels; NULL for others */
  guint64 provider_of; /* the compute whose provider port it is on; 0 for others */
  guint16 vlan;        /* of one on a provider port, once it is bound: the network's tag, 0 for none */
  gboolean migrated;   /* of a VM's interface: it was plugged into another compute before */
};

typedef struct _OdlInterface OdlInterface;

void odl_interface_free (gpointer interface);
void odl_plug_free (gpointer plug);
OdlInterface *odl_interface_find (const Odl *odl, const char *name);
OdlInterface *odl_interface_by_lport (const Odl *odl, guint32 lport);

/* The number for an interface that has none: the one from before a restart, or the next. */
guint32 odl_interface_new_lport (Odl *odl, const char *name);

static inline gboolean
odl_interface_is_up (const OdlInterface *interface)
{
  return interface->bound.of_port != 0;
}

/* Told by the northbound. */
void odl_interface_port_added (Odl *odl, OdlObject *port);
void odl_interface_port_changed (Odl *odl, const OdlObject *before, OdlObject *after);
void odl_interface_port_removed (Odl *odl, const OdlObject *port);
/* The interfaces of a network leave it, as if they were unplugged, and come back. */
void odl_interface_network_left (Odl *odl, const char *network_id);
void odl_interface_network_joined (Odl *odl, const char *network_id);
/* Told by a compute's database. */
void odl_interface_plugged (Odl *odl, const char *iface_id, guint64 dpid, const char *port_name);
void odl_interface_unplugged (Odl *odl, const char *iface_id, guint64 dpid);
/* Told by a compute's OpenFlow session. */
void odl_interface_of_port_added (Odl *odl, guint64 dpid, const char *port_name, guint32 number);
void odl_interface_of_port_removed (Odl *odl, guint64 dpid, const char *port_name);
/* A network on a provider port came, changed or went. */
void odl_interface_provider_changed (Odl *odl, const char *name, guint64 dpid, const char *network_id);
/* Told by the tunnel manager. */
void odl_interface_tunnel_added (Odl *odl, OdlTunnel *tunnel);
void odl_interface_tunnel_removed (Odl *odl, const OdlTunnel *tunnel);

G_END_DECLS

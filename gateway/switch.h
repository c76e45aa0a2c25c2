/* A logical switch as forwarding sees it. */
#pragma once

#include "gateway/flood.h"
#include "gateway/router.h"

G_BEGIN_DECLS

/* A group MAC with an entry of its own in Mcast_Macs_Remote. */
typedef struct
{
  guint64 mac; /* as net_mac_to_u64() */
  VtepFlood flood;
} VtepGroup;

/* Only tables.c writes it. */
typedef struct
{
  VtepSwitchId id;
  char *name;
  guint32 tunnel_key; /* as configured; VTEP_VNI_NONE: empty */
  guint32 vni;        /* in force: the tunnel_key, or VTEP_VNI_NONE when another logical switch has it */
  VtepReplication replication;
  GArray *places;     /* of VtepPlace: its bindings, ascending */
  VtepFlood unknown;  /* unknown-dst: broadcast, unknown unicast, and groups without an entry of their own */
  GArray *groups;     /* of VtepGroup, ascending by MAC */
  GPtrArray *routers; /* of VtepRouter: those with an interface here, by name; NULL: none; borrowed */
} VtepSwitch;

G_END_DECLS

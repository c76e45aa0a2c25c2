/* What forwarding reads: bindings, logical switches and their VNIs, remote MACs, flood lists, tunnel peers, and the
 * MAC table.  The agent writes it from the database; it knows no row, no frame and no clock.
 *
 * The state is a function of the set of facts that hold, never of the order in which they were told:
 *   - two logical switches with one tunnel_key: the one with the lower name (byte order) has it, the other has none;
 *   - several remote rows for one MAC: the numerically lowest locator counts;
 *   - several multicast rows for one address: the union of their locators counts;
 *   - several rows of Arp_Sources_Remote for one MAC: the numerically lowest locator counts;
 *   - several routers with one MAC, or one address, in a logical switch: the one with the lower name answers. */
#pragma once

#include "gateway/fdb.h"
#include "gateway/peers.h"
#include "gateway/port-acls.h"
#include "gateway/switch.h"

G_BEGIN_DECLS

typedef struct _VtepTables VtepTables;

typedef struct
{
  guint n_ports; /* places of ports that there is room for */
  guint mtu;     /* of the underlay, as an IP packet */
  VtepInnerVlan inner_vlan;
  NetMac arp_source; /* in the name of which this switch asks for neighbours of routers */
  VtepFdbConfig fdb;
} VtepTablesConfig;

/* A port and VLAN that belong to a logical switch.  Only the counters are for others to write. */
typedef struct
{
  VtepSwitch *logical_switch;
  VtepCounter from_local, to_local; /* frames in from the place, out to it; from zero with each binding */
} VtepBinding;

VtepTables *vtep_tables_new (const VtepTablesConfig *config);
void vtep_tables_free (VtepTables *tables);

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* The beginning of VtepTables: what a frame's way reads, open for the look-ups below; only tables.c writes it. */
typedef struct
{
  VtepTablesConfig config;
  VtepBinding **bindings; /* by port * VTEP_VLANS + vlan; NULL: not bound */
  GPtrArray *switches;    /* of VtepSwitch, by id; NULL where free, and at 0 */
  VtepIndex by_vni;       /* VNI → id of the switch that has it */
  VtepIndex down;
  VtepPeers *peers;
  VtepFdb *fdb;
  VtepPortAcls *acls;
} VtepTablesFront;

static inline const VtepTablesFront *
vtep_tables_front (const VtepTables *tables)
{
  return (const VtepTablesFront *) tables;
}

static inline const VtepTablesConfig *
vtep_tables_config (const VtepTables *tables)
{
  return &vtep_tables_front (tables)->config;
}

/* NULL, and VTEP_SWITCH_NONE: not bound. */
static inline VtepBinding *
vtep_tables_binding (const VtepTables *tables, VtepPlace place)
{
  return vtep_tables_front (tables)->bindings[place.port * VTEP_VLANS + place.vlan];
}

VtepSwitchId vtep_tables_bound (const VtepTables *tables, VtepPlace place);

static inline const VtepSwitch *
vtep_tables_switch (const VtepTables *tables, VtepSwitchId id)
{
  return vtep_tables_front (tables)->switches->pdata[id];
}

/* How many logical switches have a tunnel_key that another one has. */
guint vtep_tables_n_without_vni (const VtepTables *tables);
/* NULL: no logical switch has this VNI. */
static inline const VtepSwitch *
vtep_tables_switch_of_vni (const VtepTables *tables, guint32 vni)
{
  const VtepTablesFront *front = vtep_tables_front (tables);
  return front->switches->pdata[vtep_index_get (&front->by_vni, vni, VTEP_SWITCH_NONE)];
}

/* The tunnel ends that remote rows name. */
static inline const VtepPeers *
vtep_tables_peers (const VtepTables *tables)
{
  return vtep_tables_front (tables)->peers;
}

static inline const VtepFdb *
vtep_tables_fdb (const VtepTables *tables)
{
  return vtep_tables_front (tables)->fdb;
}

static inline const VtepPortAcls *
vtep_tables_acls (const VtepTables *tables)
{
  return vtep_tables_front (tables)->acls;
}

/* The flood list of a group MAC: its own entry's, else unknown-dst's. */
const VtepFlood *vtep_switch_flood (const VtepSwitch *logical_switch, const NetMac *group);
/* The switch that asks for neighbours of routers in the name of this MAC; 0: none that is known. */
NetIpv4 vtep_tables_arp_source (const VtepTables *tables, const NetMac *mac);
/* The set, by address, of locators that are known not to forward. */
const VtepIndex *vtep_tables_down (const VtepTables *tables);

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* Another configuration.  Room for ports only grows, the hash keeps its seed; when fewer MACs may be learned than are,
 * vtep_fdb_expire() has work. */
void vtep_tables_configure (VtepTables *tables, const VtepTablesConfig *config);

typedef struct
{
  const char *name;
  guint32 tunnel_key; /* VTEP_VNI_NONE: empty */
  VtepReplication replication;
} VtepSwitchConfig;

/* VTEP_SWITCH_NONE: there are 65535 already. */
VtepSwitchId vtep_tables_add_switch (VtepTables *tables, const VtepSwitchConfig *config);
void vtep_tables_change_switch (VtepTables *tables, VtepSwitchId id, const VtepSwitchConfig *config);
/* Bindings and remote entries of it must be gone. */
void vtep_tables_remove_switch (VtepTables *tables, VtepSwitchId id);

/* Binds, moves, or with VTEP_SWITCH_NONE unbinds.  MACs learned at the place are the caller's to forget first. */
void vtep_tables_bind (VtepTables *tables, VtepPlace place, VtepSwitchId id);

/* A row of Ucast_Macs_Remote came or went.  A local place of the MAC is left to the caller (vtep_locals_yield). */
void vtep_tables_add_remote (VtepTables *tables, VtepKey key, NetIpv4 locator);
void vtep_tables_remove_remote (VtepTables *tables, VtepKey key, NetIpv4 locator);

/* A row of Mcast_Macs_Remote names this locator for this MAC (NULL: unknown-dst), or does not any more. */
void vtep_tables_add_flood (VtepTables *tables, VtepSwitchId id, const NetMac *group, NetIpv4 locator);
void vtep_tables_remove_flood (VtepTables *tables, VtepSwitchId id, const NetMac *group, NetIpv4 locator);

/* A row of Arp_Sources_Remote came or went. */
void vtep_tables_add_arp_source (VtepTables *tables, const NetMac *mac, NetIpv4 locator);
void vtep_tables_remove_arp_source (VtepTables *tables, const NetMac *mac, NetIpv4 locator);

/* A router, borrowed until it is removed; it does not change meanwhile. */
void vtep_tables_add_router (VtepTables *tables, const VtepRouter *router);
void vtep_tables_remove_router (VtepTables *tables, const VtepRouter *router);

void vtep_tables_set_down (VtepTables *tables, NetIpv4 locator, gboolean down);

/* For learning and ageing; for counting and watching. */
VtepFdb *vtep_tables_fdb_writable (VtepTables *tables);
VtepPeers *vtep_tables_peers_writable (VtepTables *tables);
/* For binding access control lists. */
VtepPortAcls *vtep_tables_acls_writable (VtepTables *tables);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepTables, vtep_tables_free)

G_END_DECLS

/* A TOR's hardware_vtep database as the controller holds it: the wanted content (the config tree), the session, and
 * the transactions between them.
 *
 * Managers change the wanted content and call odl_hwvtep_commit(); each commit becomes one transaction, sent when the
 * one before it is answered.  What it contains is found at that time, by comparing what is wanted with the replica:
 * a row that stands as wanted is not written again. */
#pragma once

#include "models/odl/registry.h"
#include "net/address.h"
#include "net/world.h"
#include "ovsdb/client.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;
typedef struct _OdlHwvtepSession OdlHwvtepSession;

#define ODL_HWVTEP_KEEP_NS (10 * NET_SEC) /* from a restart to the first removal of rows that nobody wants */

#define ODL_UNKNOWN_DST "unknown-dst"

typedef struct
{
  guint32 vni;
} OdlSwitchConfig;

typedef struct
{
  guint16 vlan;
  char *logical_switch;
} OdlBinding;

typedef struct
{
  char *physical_switch, *port;
  GPtrArray *bindings; /* of OdlBinding, by VLAN */
  GArray *unbound;     /* of guint16: VLANs that were ours, and are to be taken off the port */
} OdlPortConfig;

typedef struct
{
  char *logical_switch;
  GArray *locators; /* of NetIpv4, ascending */
} OdlFloodConfig;

typedef struct
{
  char *logical_switch;
  char mac[NET_MAC_TEXT];
  NetIpv4 locator;
} OdlUcastConfig;

/* Keys of what a commit touched. */
typedef struct
{
  OdlRegistry switches, ports, floods, ucasts;
  guint attempts;
  gboolean tunnels;           /* every row of Tunnel */
  gboolean clears_tunnel_ips; /* tunnel-ips-cleared */
  gboolean strip;             /* of a switch to be removed: take away bindings that somebody else made, too */
  gboolean copied;            /* bindings-ha: all that a parent has, for a child that joins */
} OdlHwvtepBatch;

typedef struct _OdlHwvtep
{
  Odl *odl;
  char *node_id; /* "hwvtep://10.8.125.20:6640" or "hwvtep://uuid/<Global row>" */
  gboolean dialled;

  OdlRegistry switches; /* of OdlSwitchConfig, by name */
  OdlRegistry ports;    /* of OdlPortConfig, by "<physical switch> <port>" */
  OdlRegistry floods;   /* of OdlFloodConfig, by logical switch */
  OdlRegistry ucasts;   /* of OdlUcastConfig, by "<logical switch> <mac>" */
  OdlRegistry locators; /* locator-gc: ids of rows, by address */

  OdlHwvtepBatch *open;      /* what was changed since the last commit; NULL: nothing */
  GQueue batches;            /* of OdlHwvtepBatch: committed, not sent yet */
  OdlHwvtepBatch *in_flight; /* sent, not answered */
  OdlHwvtepBatch *waiting;   /* items that need a row that is not there yet; NULL: none */
  NetTimer retry;            /* for a batch that the server refused; it stands at the queue's head */
  NetTimer patience;         /* for the answer to the one in flight */
  guint n_late;              /* transactions whose answer is not waited for any more, but will come */

  OdlHwvtepSession *session; /* NULL while away */
  gboolean was_up;           /* there was a complete session */
  gboolean keeps; /* the next session leaves alone what nobody wants yet: the controller restarted */

  struct _OdlHwvtep *parent; /* of a child of an HA pair, else NULL; borrowed */
  GPtrArray *children;       /* of a parent, in the order in which they came, else NULL; borrowed */
} OdlHwvtep;

void odl_hwvtep_free (gpointer hwvtep);
OdlHwvtep *odl_hwvtep_find (const Odl *odl, const char *node_id);
/* A node that was not there, without a session. */
OdlHwvtep *odl_hwvtep_add (Odl *odl, const char *node_id);

/* ---- sessions: hwvtep-session.c ------------------------------------------------------------------------------ */

/* For RESTCONF; ODL_ERROR_CONFLICT when the node is there already. */
gboolean odl_hwvtep_dial (Odl *odl, const char *node_id, const char *target, GError **error);
/* The target of a node that is dialled: "tcp:10.8.125.20:6640". */
const char *odl_hwvtep_target (const OdlHwvtep *hwvtep);
/* Forgets the node; FALSE when there is none. */
gboolean odl_hwvtep_hang_up (Odl *odl, const char *node_id);
/* A TOR dialled us. */
void odl_hwvtep_accept (Odl *odl, NetStream *stream);
void odl_hwvtep_session_free (OdlHwvtepSession *session);
/* Frees sessions whose node is not known yet, too. */
void odl_hwvtep_close_all (Odl *odl);
/* The replica, NULL while it is not complete. */
OvsdbDatabase *odl_hwvtep_replica (const OdlHwvtep *hwvtep);
OvsdbClient *odl_hwvtep_client (const OdlHwvtep *hwvtep);
/* The logical switch's name and the address of a row of Ucast_Macs_Local; FALSE when the row is not to be used. */
gboolean odl_hwvtep_read_local_mac (const OvsdbRow *row, const char **logical_switch, NetMac *mac);

/* ---- wanted content: hwvtep-config.c ------------------------------------------------------------------------- */

void odl_hwvtep_set_switch (OdlHwvtep *hwvtep, const char *logical_switch, guint32 vni);
void odl_hwvtep_remove_switch (OdlHwvtep *hwvtep, const char *logical_switch);
/* One that is there though nothing wants it, with all that refers to it. */
void odl_hwvtep_remove_stale_switch (OdlHwvtep *hwvtep, const char *logical_switch);
void odl_hwvtep_bind (OdlHwvtep *hwvtep, const char *physical_switch, const char *port, guint16 vlan,
                      const char *logical_switch);
void odl_hwvtep_unbind (OdlHwvtep *hwvtep, const char *physical_switch, const char *port, guint16 vlan);
/* Ascending, without duplicates. */
void odl_hwvtep_set_flood (OdlHwvtep *hwvtep, const char *logical_switch, const GArray *locators);
void odl_hwvtep_remove_flood (OdlHwvtep *hwvtep, const char *logical_switch);
const GArray *odl_hwvtep_flood (const OdlHwvtep *hwvtep, const char *logical_switch);
void odl_hwvtep_set_ucast (OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac, NetIpv4 locator);
/* The address as a text, which is taken as it is. */
void
odl_hwvtep_set_ucast_text (OdlHwvtep *hwvtep, const char *logical_switch, const char *mac, NetIpv4 locator);
void odl_hwvtep_remove_ucast (OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac);
/* Of a whole logical switch. */
void odl_hwvtep_remove_ucasts (OdlHwvtep *hwvtep, const char *logical_switch);
/* As they stand in another node's content. */
void odl_hwvtep_copy_port (OdlHwvtep *hwvtep, const OdlPortConfig *port);
void odl_hwvtep_copy_ucast (OdlHwvtep *hwvtep, const OdlUcastConfig *ucast);
void odl_hwvtep_remove_ucast_key (OdlHwvtep *hwvtep, const char *key);
/* Touches a port, or all, so that they are compared again. */
void odl_hwvtep_touch_port (OdlHwvtep *hwvtep, const char *physical_switch, const char *port);
/* Every row of Tunnel is compared with what monitoring asks for. */
void odl_hwvtep_touch_tunnels (OdlHwvtep *hwvtep);
void odl_hwvtep_touch_ports (OdlHwvtep *hwvtep);
void odl_hwvtep_touch_everything (OdlHwvtep *hwvtep);

void odl_hwvtep_config_init (OdlHwvtep *hwvtep);
void odl_hwvtep_config_clear (OdlHwvtep *hwvtep);
char *odl_hwvtep_ucast_key (const char *logical_switch, const char *mac);
char *odl_hwvtep_port_key (const char *physical_switch, const char *port);

OdlHwvtepBatch *odl_hwvtep_batch_new (void);
void odl_hwvtep_batch_free (gpointer batch); /* accepts NULL */
gboolean odl_hwvtep_batch_is_empty (const OdlHwvtepBatch *batch);

/* ---- HA pairs: hwvtep-ha.c ------------------------------------------------------------------------------------ */

/* TORs whose Manager rows say ha_enabled and the same ha_id are one TOR to all that is above: their parent, a node
 * without a session.  What is wanted of it is copied to its children, and what they hold is what it holds. */

/* Reads the Manager rows of a node whose replica is complete.  TRUE when it has become a child now; what its parent
 * wants is its content from then on. */
gboolean odl_hwvtep_ha_look (OdlHwvtep *hwvtep);
/* A parent's commit, for its children. */
void odl_hwvtep_ha_copy (OdlHwvtep *parent);
/* The child is forgotten, and with the last one its parent. */
void odl_hwvtep_ha_leave (OdlHwvtep *child);

/* The node that others know: a child's parent, else itself. */
OdlHwvtep *odl_hwvtep_face (OdlHwvtep *hwvtep);
/* The nodes with a database: a parent's children, else itself. */
guint odl_hwvtep_n_members (const OdlHwvtep *hwvtep);
OdlHwvtep *odl_hwvtep_member (OdlHwvtep *hwvtep, guint i);
/* All of them are here. */
gboolean odl_hwvtep_is_up (OdlHwvtep *hwvtep);
/* Does any of them report the address? */
gboolean odl_hwvtep_reports (OdlHwvtep *hwvtep, const char *logical_switch, const NetMac *mac);

/* ---- transactions: hwvtep-transact.c ------------------------------------------------------------------------- */

void odl_hwvtep_commit (OdlHwvtep *hwvtep);
/* A new session: everything is compared. */
void odl_hwvtep_reconcile (OdlHwvtep *hwvtep);
/* Rows came: what waited for them is tried again. */
void odl_hwvtep_wake (OdlHwvtep *hwvtep);
/* The session ended: what was queued is forgotten; the next session compares everything. */
void odl_hwvtep_abandon (OdlHwvtep *hwvtep);
gboolean odl_hwvtep_idle (const OdlHwvtep *hwvtep);

/* ---- operations: hwvtep-write.c ------------------------------------------------------------------------------ */

/* The version of its schema has replication_mode: 1.6.0 or later. */
gboolean odl_hwvtep_has_replication_mode (const OdlHwvtep *hwvtep);
/* The operations that make the touched rows as wanted, in the plugin's order; an empty array when they are.  What
 * needs a row that is neither there nor made here is moved to `waiting`. */
json_t *odl_hwvtep_build (OdlHwvtep *hwvtep, const OdlHwvtepBatch *batch, OdlHwvtepBatch *waiting);

G_END_DECLS

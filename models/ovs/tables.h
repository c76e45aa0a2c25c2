/* The flow tables of a switch: 254 of them, as Open vSwitch gives controllers (0 to 253), and what
 * flow-mods do to them (1.3.5 §6.4).  Time is an argument; removals are told to the owner, who tells the
 * controllers. */
#pragma once

#include "models/ovs/classifier.h"

G_BEGIN_DECLS

#define OVS_N_TABLES  254u
#define OVS_FLOWS_MAX 200000u /* of all tables together, as Open vSwitch's flow-limit keeps memory bounded */

typedef struct _OvsTables OvsTables;

typedef struct
{
  OvsClassifier classifier;
  OvsFlow *first, *last; /* in order of insertion */
  guint n_flows;
  guint64 n_lookups, n_matched;
} OvsTable;

typedef enum
{
  OVS_FLOW_ADDED,
  OVS_FLOW_MODIFIED,
  OVS_FLOW_REMOVED
} OvsFlowEvent;

/* `reason` is an OpenflowRemovedReason where the event is OVS_FLOW_REMOVED.  The flow is still whole. */
typedef void (*OvsFlowFunc) (const OvsFlow *flow, OvsFlowEvent event, guint8 reason, gint64 now_ns,
                             gpointer user);

OvsTables *ovs_tables_new (OvsFlowFunc hear, gpointer user);
void ovs_tables_free (OvsTables *tables);
/* Flows, with their counters and in their order. */
OvsTables *ovs_tables_copy (const OvsTables *tables, OvsFlowFunc hear, gpointer user);

const OvsTable *ovs_tables_table (const OvsTables *tables, guint8 table);
OvsFlow *ovs_tables_lookup (OvsTables *tables, guint8 table, const OpenflowFields *fields);

/* ADD, MODIFY, DELETE as the standard has them; the instructions are taken over (left empty in `mod`)
 * where they are kept.  Checks of actions against ports and groups are the caller's.  Errors are
 * OPENFLOW_ERROR's. */
gboolean ovs_tables_change (OvsTables *tables, OpenflowFlowMod *mod, gint64 now_ns, GError **error);
/* A flow of this match and priority is there: it gets the instructions and the cookie, keeps its timeouts, and is as
 * if modified now.  FALSE when there is none. */
gboolean ovs_tables_renew (OvsTables *tables, const OpenflowFlowMod *mod, gint64 now_ns);
/* Flows whose actions lead to the group, which is deleted. */
void ovs_tables_forget_group (OvsTables *tables, guint32 group, gint64 now_ns);
/* Flows that go through the meter, which is deleted. */
void ovs_tables_forget_meter (OvsTables *tables, guint32 meter, gint64 now_ns);
guint ovs_tables_n_metered (const OvsTables *tables, guint32 meter);
/* Removes flows whose idle or hard timeout has passed; TRUE while some flow has a timeout. */
gboolean ovs_tables_expire (OvsTables *tables, gint64 now_ns);

/* Flows that a request selects (table or OPENFLOW_TABLE_ALL, out port and group, cookie, match), by table,
 * falling priority, age: an array of borrowed OvsFlow. */
typedef struct
{
  guint8 table;
  guint32 out_port, out_group;
  guint64 cookie, cookie_mask;
  const OpenflowMatch *match; /* NULL: any */
} OvsSelection;

GPtrArray *ovs_tables_select (const OvsTables *tables, const OvsSelection *selection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsTables, ovs_tables_free)

G_END_DECLS

/* The switch as a whole has a fault while a tunnel_key is none or somebody else's, or a row is one too many. */
#include "gateway/switch-rows.h"

#include "gateway/older.h"
#include "net/vxlan.h"

#define NO_KEY G_MININT64

struct _VtepSwitchRows
{
  VtepAgentConfig config;
  VtepRefs *refs;
  guint n_unserved; /* rows beyond those that the tables take; not served for the rest of their lives */
  guint n_bad_keys; /* rows whose tunnel_key is no VNI */
};

VtepSwitchRows *
vtep_switch_rows_new (const VtepAgentConfig *config, VtepRefs *refs)
{
  VtepSwitchRows *rows = g_new0 (VtepSwitchRows, 1);

  rows->config = *config;
  rows->refs = refs;
  return rows;
}

void
vtep_switch_rows_free (VtepSwitchRows *rows)
{
  g_free (rows);
}

static void
tell (const VtepSwitchRows *rows, const char *op, const OvsdbRow *row)
{
  const char *name = ovsdb_row_text (row, "name");

  if (rows->config.world->detail)
    net_world_state (rows->config.world, &(NetState){ .table = "logical-switch", .op = op, .key = name });
}

static gboolean
is_vni (gint64 key)
{
  return key >= 0 && key <= (gint64) NET_VXLAN_VNI_MAX;
}

/* NULL: none there. */
static guint
bad_keys (const OvsdbRow *row)
{
  gint64 key = row ? ovsdb_row_integer (row, "tunnel_key", NO_KEY) : NO_KEY;
  return key != NO_KEY && !is_vni (key);
}

static VtepSwitchConfig
read_row (const OvsdbRow *row)
{
  gint64 key = ovsdb_row_integer (row, "tunnel_key", NO_KEY);
  gboolean source_node = vtep_row_has (row, "replication_mode")
                         && g_strcmp0 (ovsdb_row_text (row, "replication_mode"), "source_node") == 0;

  return (VtepSwitchConfig){
    .name = ovsdb_row_text (row, "name"),
    .tunnel_key = is_vni (key) ? (guint32) key : VTEP_VNI_NONE,
    .replication = source_node ? VTEP_REPLICATION_SOURCE_NODE : VTEP_REPLICATION_SERVICE_NODE,
  };
}

static void
add (VtepSwitchRows *rows, const OvsdbUuid *uuid, const OvsdbRow *row)
{
  VtepSwitchConfig config = read_row (row);
  VtepSwitchId id = vtep_tables_add_switch (rows->config.tables, &config);

  if (id == VTEP_SWITCH_NONE)
    {
      rows->n_unserved++;
      net_world_log (rows->config.world, NET_LOG_WARNING, "gateway",
                     "logical switch %s is not served: there are too many", config.name);
      return;
    }
  vtep_refs_add_switch (rows->refs, uuid, id);
  vtep_report_set_switch_row (rows->config.report, id, uuid);
  tell (rows, "add", row);
}

void
vtep_switch_rows_put (VtepSwitchRows *rows, const OvsdbChange *change)
{
  VtepSwitchId id = vtep_refs_switch (rows->refs, &change->uuid);
  VtepSwitchConfig config;

  rows->n_bad_keys += bad_keys (change->after) - bad_keys (change->before);
  if (!change->before)
    add (rows, &change->uuid, change->after);
  if (!change->before || id == VTEP_SWITCH_NONE)
    return;
  config = read_row (change->after);
  vtep_tables_change_switch (rows->config.tables, id, &config);
}

void
vtep_switch_rows_remove (VtepSwitchRows *rows, const OvsdbChange *change)
{
  VtepSwitchId id = vtep_refs_switch (rows->refs, &change->uuid);

  rows->n_bad_keys -= bad_keys (change->before);
  if (id == VTEP_SWITCH_NONE)
    {
      rows->n_unserved--;
      return;
    }
  vtep_tables_remove_switch (rows->config.tables, id);
  vtep_report_set_switch_row (rows->config.report, id, NULL);
  vtep_refs_remove (rows->refs, &change->uuid);
  tell (rows, "remove", change->before);
}

void
vtep_switch_rows_settle (VtepSwitchRows *rows)
{
  gboolean fault
      = rows->n_unserved > 0 || rows->n_bad_keys > 0 || vtep_tables_n_without_vni (rows->config.tables) > 0;

  vtep_faults_set_switch (rows->config.faults, VTEP_FAULT_FROM_SWITCHES,
                          fault ? VTEP_FAULT (UNSPECIFIED) : 0);
}

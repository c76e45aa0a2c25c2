/* Level-triggered: rows are compared with the counters, port by port; what they say already is not written again. */
#include "gateway/stats.h"

#include "gateway/own-rows.h"
#include "gateway/report.h"
#include "ovsdb/build.h"

struct _VtepStats
{
  VtepStatsConfig config;
  NetTimer timer;
  guint port;       /* the next one to look at */
  gboolean changed; /* since the first port was looked at */
};

static json_t *
counters (const VtepBinding *binding)
{
  return json_pack ("{s:I, s:I, s:I, s:I}", "packets_from_local", (json_int_t) binding->from_local.packets,
                    "bytes_from_local", (json_int_t) binding->from_local.bytes, "packets_to_local",
                    (json_int_t) binding->to_local.packets, "bytes_to_local",
                    (json_int_t) binding->to_local.bytes);
}

static gboolean
says (const OvsdbRow *row, const VtepBinding *binding)
{
  return ovsdb_row_integer (row, "packets_from_local", 0) == (gint64) binding->from_local.packets
         && ovsdb_row_integer (row, "bytes_from_local", 0) == (gint64) binding->from_local.bytes
         && ovsdb_row_integer (row, "packets_to_local", 0) == (gint64) binding->to_local.packets
         && ovsdb_row_integer (row, "bytes_to_local", 0) == (gint64) binding->to_local.bytes;
}

/* ---- one port ------------------------------------------------------------------------------------------------ */

typedef struct
{
  const OvsdbRow *port;
  json_t *operations;
  json_t *added, *removed; /* pairs and keys of vlan_stats */
} Batch;

static void
settle_place (const VtepStats *stats, Batch *batch, VtepPlace place, const OvsdbRow *row, gboolean mapped)
{
  const VtepBinding *binding = vtep_tables_binding (stats->config.tables, place);
  g_autofree char *name = NULL;

  if (!binding && mapped)
    json_array_append_new (batch->removed, json_integer (place.vlan));
  if (!binding || (row && says (row, binding)))
    return;
  if (row)
    {
      json_array_append_new (batch->operations,
                             ovsdb_op_update ("Logical_Binding_Stats",
                                              ovsdb_where_uuid (ovsdb_row_uuid (row)), counters (binding)));
      return;
    }
  name = g_strdup_printf ("stats_%u_%u", place.port, place.vlan);
  json_array_append_new (batch->operations,
                         ovsdb_op_insert ("Logical_Binding_Stats", name, counters (binding)));
  json_array_append_new (batch->added, json_pack ("[i, o]", place.vlan, ovsdb_json_named_uuid (name)));
}

static void
mutate (Batch *batch, const char *mutator, json_t *value)
{
  json_array_append_new (batch->operations,
                         ovsdb_op_mutate ("Physical_Port", ovsdb_where_uuid (ovsdb_row_uuid (batch->port)),
                                          "vlan_stats", mutator, value));
}

/* Adds what the port's rows lack to the operations. */
static void
settle_port (const VtepStats *stats, guint port, json_t *operations)
{
  const VtepStatsConfig *config = &stats->config;
  const OvsdbRow *row
      = vtep_own_port (vtep_own_switch (config->database, config->switch_name), config->ports->names[port]);
  Batch batch = { .port = row, .operations = operations, .added = json_array (), .removed = json_array () };
  const OvsdbDatum *mapped = row ? ovsdb_row_get (row, "vlan_stats") : NULL;
  guint k = 0;

  for (guint vlan = 0; row && vlan < VTEP_VLANS; vlan++)
    {
      gboolean is_mapped = k < mapped->n && ovsdb_datum_keys (mapped)[k].integer == vlan;
      const OvsdbRow *stats_row = is_mapped ? ovsdb_row_ref_at (row, "vlan_stats", k++) : NULL;
      settle_place (stats, &batch, (VtepPlace){ .port = (VtepPort) port, .vlan = (guint16) vlan }, stats_row,
                    is_mapped);
    }
  if (json_array_size (batch.removed) > 0)
    mutate (&batch, "delete", ovsdb_json_set (json_incref (batch.removed)));
  if (json_array_size (batch.added) > 0)
    mutate (&batch, "insert", json_pack ("[s, O]", "map", batch.added));
  json_decref (batch.added);
  json_decref (batch.removed);
}

/* ---- all of them --------------------------------------------------------------------------------------------- */

static void
run (const VtepStats *stats, json_t *operations)
{
  g_autoptr (GError) error = NULL;

  if (json_array_size (operations) == 0)
    json_decref (operations);
  else if (!ovsdb_database_execute (stats->config.database, operations, &error))
    net_world_log (stats->config.world, NET_LOG_ERROR, "gateway", "the database refused statistics: %s",
                   error->message);
}

static void
work (NetTimer *timer, gint64 now_ns)
{
  VtepStats *stats = timer->owner;
  const VtepAccessPorts *ports = stats->config.ports;
  json_t *operations = json_array ();

  if (stats->port == 0)
    stats->changed = FALSE;
  for (; stats->port < ports->n && json_array_size (operations) < VTEP_REPORT_ROWS; stats->port++)
    if (ports->names[stats->port])
      settle_port (stats, stats->port, operations);
  run (stats, operations);
  if (stats->port < ports->n)
    {
      net_world_timer_set (stats->config.world, timer, now_ns + VTEP_REPORT_INTERVAL_NS);
      return;
    }
  stats->port = 0;
  if (stats->changed)
    vtep_stats_changed (stats);
}

void
vtep_stats_changed (VtepStats *stats)
{
  NetWorld *world = stats->config.world;

  stats->changed = TRUE;
  if (!stats->timer.pending)
    net_world_timer_set (world, &stats->timer, net_world_now (world) + VTEP_STATS_PERIOD_NS);
}

VtepStats *
vtep_stats_new (const VtepStatsConfig *config)
{
  VtepStats *stats = g_new0 (VtepStats, 1);

  stats->config = *config;
  net_timer_init (&stats->timer, work, stats);
  return stats;
}

void
vtep_stats_free (VtepStats *stats)
{
  if (!stats)
    return;
  net_world_timer_cancel (stats->config.world, &stats->timer);
  g_free (stats);
}

/* A queue of keys that may differ from their rows, and a timer that works it off. */
#include "gateway/report.h"

#include "gateway/own-locator.h"
#include "ovsdb/build.h"

#define UNKNOWN_DST "unknown-dst"
#define SWEEP_MIN   65536u

/* Per logical switch. */
typedef struct
{
  gboolean exists;
  OvsdbUuid uuid;    /* its row in Logical_Switch */
  gboolean reported; /* unknown-dst is written */
  OvsdbUuid row;     /* with reported: in Mcast_Macs_Local */
} Switch;

struct _VtepReport
{
  NetWorld *world;
  OvsdbDatabase *database;
  const VtepTables *tables;
  char tunnel_ip[NET_IPV4_TEXT];
  NetTimer timer;
  gint64 next_ns;   /* not before */
  GArray *queue;    /* of VtepKey; a key without a MAC stands for the switch's unknown-dst */
  guint position;   /* in queue */
  guint sweep_at;   /* length of the queue at which it is swept */
  GArray *switches; /* of Switch, by id */
  GHashTable *rows; /* VtepKey → OvsdbUuid of the row in Ucast_Macs_Local; only looked up, never walked */
};

/* One transaction in the making. */
typedef struct
{
  json_t *operations;
  GArray *inserted; /* of Inserted */
  VtepOwnLocator own;
} Batch;

typedef struct
{
  VtepKey key;
  guint operation; /* its place, and its result's */
} Inserted;

static Switch *
switch_of (VtepReport *report, VtepSwitchId id)
{
  if (id >= report->switches->len)
    g_array_set_size (report->switches, id + 1u);
  return &g_array_index (report->switches, Switch, id);
}

static gboolean
is_mac (VtepKey key)
{
  return (key & G_GUINT64_CONSTANT (0xffffffffffff)) != 0;
}

static VtepKey
switch_key (VtepSwitchId id)
{
  return (VtepKey) id << 48;
}

/* What stands for the key in the database: a row, one whose uuid is not known yet (zero), or none (NULL). */
static void
note_row (VtepReport *report, VtepKey key, const OvsdbUuid *row)
{
  Switch *state = switch_of (report, vtep_key_switch (key));

  if (!is_mac (key))
    {
      state->reported = row != NULL;
      if (row)
        state->row = *row;
    }
  else if (row)
    g_hash_table_replace (report->rows, g_memdup2 (&key, sizeof key), g_memdup2 (row, sizeof *row));
  else
    g_hash_table_remove (report->rows, &key);
}

/* ---- building a transaction ---------------------------------------------------------------------------------- */

static void
insert (Batch *batch, VtepKey key, const char *table, json_t *row)
{
  Inserted inserted = { .key = key, .operation = (guint) json_array_size (batch->operations) };

  json_array_append_new (batch->operations, ovsdb_op_insert (table, NULL, row));
  g_array_append_val (batch->inserted, inserted);
}

static void
insert_mac (VtepReport *report, Batch *batch, VtepKey key)
{
  const Switch *logical_switch = switch_of (report, vtep_key_switch (key));
  NetMac mac = vtep_key_mac (key);
  char text[NET_MAC_TEXT];
  json_t *locator = vtep_own_locator (&batch->own);

  note_row (report, key, &(OvsdbUuid){ { 0 } });
  insert (batch, key, "Ucast_Macs_Local",
          json_pack ("{s:s, s:o, s:o, s:s}", "MAC", net_mac_format (&mac, text), "logical_switch",
                     ovsdb_json_uuid (&logical_switch->uuid), "locator", locator, "ipaddr", ""));
}

static void
insert_unknown (VtepReport *report, Batch *batch, VtepKey key)
{
  const Switch *logical_switch = switch_of (report, vtep_key_switch (key));
  json_t *locator = vtep_own_locator (&batch->own);
  g_autofree char *set = g_strdup_printf ("set_%u", vtep_key_switch (key));

  note_row (report, key, &(OvsdbUuid){ { 0 } });
  json_array_append_new (batch->operations, ovsdb_op_insert ("Physical_Locator_Set", set,
                                                             json_pack ("{s:o}", "locators", locator)));
  insert (batch, key, "Mcast_Macs_Local",
          json_pack ("{s:s, s:o, s:o, s:s}", "MAC", UNKNOWN_DST, "logical_switch",
                     ovsdb_json_uuid (&logical_switch->uuid), "locator_set", ovsdb_json_named_uuid (set),
                     "ipaddr", ""));
}

static void
delete_row (Batch *batch, const char *table, const OvsdbUuid *row)
{
  json_array_append_new (batch->operations, ovsdb_op_delete (table, ovsdb_where_uuid (row)));
}

static gboolean
is_wanted (VtepReport *report, VtepKey key)
{
  const VtepMac *mac = vtep_fdb_find (vtep_tables_fdb (report->tables), key);
  return mac && vtep_mac_is_local (mac) && switch_of (report, vtep_key_switch (key))->exists;
}

static void
settle_mac (VtepReport *report, Batch *batch, VtepKey key)
{
  const OvsdbUuid *row = g_hash_table_lookup (report->rows, &key);
  gboolean wanted = is_wanted (report, key);

  if (wanted && !row)
    insert_mac (report, batch, key);
  else if (!wanted && row)
    {
      delete_row (batch, "Ucast_Macs_Local", row);
      note_row (report, key, NULL);
    }
}

static void
settle_unknown (VtepReport *report, Batch *batch, VtepKey key)
{
  const VtepSwitch *logical_switch = vtep_tables_switch (report->tables, vtep_key_switch (key));
  Switch *state = switch_of (report, vtep_key_switch (key));
  gboolean wanted = state->exists && logical_switch && logical_switch->places->len > 0;

  if (wanted && !state->reported)
    insert_unknown (report, batch, key);
  else if (!wanted && state->reported)
    {
      delete_row (batch, "Mcast_Macs_Local", &state->row);
      note_row (report, key, NULL);
    }
}

/* ---- running it ---------------------------------------------------------------------------------------------- */

/* The uuids of what was inserted; where nothing was, nothing is written. */
static void
note_results (VtepReport *report, const Batch *batch, const json_t *results, gboolean done)
{
  for (guint i = 0; i < batch->inserted->len; i++)
    {
      const Inserted *inserted = &g_array_index (batch->inserted, Inserted, i);
      OvsdbUuid row;

      if (done && ovsdb_result_uuid (json_array_get (results, inserted->operation), &row))
        note_row (report, inserted->key, &row);
      else
        note_row (report, inserted->key, NULL);
    }
}

static void
run (VtepReport *report, const Batch *batch)
{
  g_autoptr (GError) error = NULL;
  gboolean done;
  json_t *results;

  if (json_array_size (batch->operations) == 0)
    return;
  results = ovsdb_database_transact (report->database, batch->operations);
  done = ovsdb_results_check (results, &error);
  if (!done)
    net_world_log (report->world, NET_LOG_ERROR, "gateway", "the database refused to hear of local MACs: %s",
                   error->message);
  note_results (report, batch, results, done);
  json_decref (results);
}

static gboolean
has_work (const VtepReport *report)
{
  return report->position < report->queue->len;
}

static void
work (NetTimer *timer, gint64 now_ns)
{
  VtepReport *report = timer->owner;
  Batch batch = { .operations = json_array (), .inserted = g_array_new (FALSE, FALSE, sizeof (Inserted)) };

  batch.own = (VtepOwnLocator){ .database = report->database,
                                .address = report->tunnel_ip,
                                .operations = batch.operations };
  while (has_work (report) && json_array_size (batch.operations) < VTEP_REPORT_ROWS)
    {
      VtepKey key = g_array_index (report->queue, VtepKey, report->position++);
      if (is_mac (key))
        settle_mac (report, &batch, key);
      else
        settle_unknown (report, &batch, key);
    }
  if (!has_work (report))
    {
      g_array_set_size (report->queue, 0);
      report->position = 0;
    }
  run (report, &batch);
  json_decref (batch.operations);
  g_array_unref (batch.inserted);
  report->next_ns = now_ns + VTEP_REPORT_INTERVAL_NS;
  if (has_work (report))
    net_world_timer_set (report->world, &report->timer, report->next_ns);
}

/* A storm queues addresses that come and go before their turn: leaves what still differs from its row, once, in order.
 * That is bounded by the MAC table and the rows. */
static void
sweep (VtepReport *report)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  guint kept = 0;

  for (guint i = report->position; i < report->queue->len; i++)
    {
      VtepKey key = g_array_index (report->queue, VtepKey, i),
              *place = &g_array_index (report->queue, VtepKey, kept);
      if (g_hash_table_contains (seen, &key)
          || (is_mac (key) && is_wanted (report, key) == (g_hash_table_lookup (report->rows, &key) != NULL)))
        continue;
      *place = key;
      g_hash_table_add (seen, place);
      kept++;
    }
  g_array_set_size (report->queue, kept);
  report->position = 0;
  report->sweep_at = 2 * kept + SWEEP_MIN;
}

static void
enqueue (VtepReport *report, VtepKey key)
{
  if (report->queue->len >= report->sweep_at)
    sweep (report);
  g_array_append_val (report->queue, key);
  if (!report->timer.pending)
    net_world_timer_set (report->world, &report->timer, MAX (net_world_now (report->world), report->next_ns));
}

/* ---- what callers say ---------------------------------------------------------------------------------------- */

void
vtep_report_mac (VtepReport *report, VtepKey key)
{
  enqueue (report, key);
}

void
vtep_report_switch (VtepReport *report, VtepSwitchId id)
{
  enqueue (report, switch_key (id));
}

void
vtep_report_set_switch_row (VtepReport *report, VtepSwitchId id, const OvsdbUuid *uuid)
{
  *switch_of (report, id) = uuid ? (Switch){ .exists = TRUE, .uuid = *uuid } : (Switch){ .exists = FALSE };
}

void
vtep_report_mac_row_gone (VtepReport *report, VtepKey key, const OvsdbUuid *uuid)
{
  const OvsdbUuid *row = g_hash_table_lookup (report->rows, &key);

  if (!row || !ovsdb_uuid_equal (row, uuid))
    return;
  note_row (report, key, NULL);
  enqueue (report, key);
}

void
vtep_report_switch_row_gone (VtepReport *report, VtepSwitchId id, const OvsdbUuid *uuid)
{
  Switch *state = switch_of (report, id);

  if (!state->reported || !ovsdb_uuid_equal (&state->row, uuid))
    return;
  note_row (report, switch_key (id), NULL);
  enqueue (report, switch_key (id));
}

void
vtep_report_move (VtepReport *report, NetIpv4 tunnel_ip)
{
  net_ipv4_format (tunnel_ip, report->tunnel_ip);
}

VtepReport *
vtep_report_new (NetWorld *world, OvsdbDatabase *database, const VtepTables *tables, NetIpv4 tunnel_ip)
{
  VtepReport *report = g_new0 (VtepReport, 1);
  g_autoptr (GError) error = NULL;
  json_t *operations = json_array ();

  report->world = world;
  report->database = database;
  report->tables = tables;
  net_ipv4_format (tunnel_ip, report->tunnel_ip);
  net_timer_init (&report->timer, work, report);
  report->sweep_at = SWEEP_MIN;
  report->queue = g_array_new (FALSE, FALSE, sizeof (VtepKey));
  report->switches = g_array_new (FALSE, TRUE, sizeof (Switch));
  report->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  json_array_append_new (operations, ovsdb_op_delete ("Ucast_Macs_Local", json_array ()));
  json_array_append_new (operations, ovsdb_op_delete ("Mcast_Macs_Local", json_array ()));
  if (!ovsdb_database_execute (database, operations, &error))
    net_world_log (world, NET_LOG_ERROR, "gateway", "cannot remove old local MACs: %s", error->message);
  return report;
}

void
vtep_report_free (VtepReport *report)
{
  if (!report)
    return;
  net_world_timer_cancel (report->world, &report->timer);
  g_array_unref (report->queue);
  g_array_unref (report->switches);
  g_hash_table_unref (report->rows);
  g_free (report);
}

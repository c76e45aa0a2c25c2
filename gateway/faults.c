/* One entry a row that ever had a fault and is still there. */
#include "gateway/faults.h"

#include "gateway/own-rows.h"
#include "gateway/refs.h"
#include "gateway/report.h"
#include "ovsdb/build.h"

static const char *const words[] = {
#define WORD(id, word) word,
  VTEP_FAULTS (WORD)
#undef WORD
};

typedef struct
{
  OvsdbUuid uuid;
  const OvsdbTable *table; /* NULL: the switch's own row */
  VtepFaultSet of[VTEP_FAULT_SOURCES];
  gboolean queued;
} Entry;

struct _VtepFaults
{
  NetWorld *world;
  OvsdbDatabase *database;
  const char *switch_name;
  Entry own;           /* the switch's */
  GHashTable *entries; /* uuid → Entry; only looked up, never walked */
  GPtrArray *queue;    /* of Entry */
  NetTimer timer;
  gint64 next_ns; /* not before */
};

static const struct
{
  const char *table, *column;
} columns[] = { { "Physical_Switch", "switch_fault_status" },
                { "Physical_Port", "port_fault_status" },
                { "Logical_Router", "LR_fault_status" },
                { "ACL", "acl_fault_status" },
                { "ACL_entry", "acle_fault_status" } };

static const char *
column_of (const OvsdbTable *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (strcmp (ovsdb_table_name (table), columns[i].table) == 0)
      return columns[i].column;
  g_assert_not_reached ();
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static gboolean
says (const OvsdbDatum *datum, VtepFaultSet set)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (set >> i & 1)
      {
        if (ovsdb_datum_find (datum, &(OvsdbAtom){ .text = words[i] }, OVSDB_STRING) < 0)
          return FALSE;
        n++;
      }
  return n == datum->n;
}

static json_t *
word_set (VtepFaultSet set)
{
  json_t *array = json_array ();

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (set >> i & 1)
      json_array_append_new (array, json_string (words[i]));
  return ovsdb_json_set (array);
}

static VtepFaultSet
all_of (const Entry *entry)
{
  VtepFaultSet set = 0;

  for (guint i = 0; i < VTEP_FAULT_SOURCES; i++)
    set |= entry->of[i];
  return set;
}

static void
settle (VtepFaults *faults, Entry *entry, json_t *operations)
{
  VtepFaultSet set = all_of (entry);
  const OvsdbRow *row = entry->table ? ovsdb_table_lookup (entry->table, &entry->uuid)
                                     : vtep_own_switch (faults->database, faults->switch_name);
  const char *column = row ? column_of (ovsdb_row_table (row)) : NULL;

  entry->queued = FALSE;
  if (row && !says (ovsdb_row_get (row, column), set))
    json_array_append_new (operations, ovsdb_op_update (ovsdb_table_name (ovsdb_row_table (row)),
                                                        ovsdb_where_uuid (ovsdb_row_uuid (row)),
                                                        json_pack ("{s:o}", column, word_set (set))));
  if (entry->table && (!row || set == 0))
    g_hash_table_remove (faults->entries, &entry->uuid);
}

static void
work (NetTimer *timer, gint64 now_ns)
{
  VtepFaults *faults = timer->owner;
  json_t *operations = json_array ();
  g_autoptr (GError) error = NULL;
  guint n = MIN (faults->queue->len, VTEP_REPORT_ROWS);

  for (guint i = 0; i < n; i++)
    settle (faults, faults->queue->pdata[i], operations);
  g_ptr_array_remove_range (faults->queue, 0, n);
  faults->next_ns = now_ns + VTEP_REPORT_INTERVAL_NS;
  if (faults->queue->len)
    net_world_timer_set (faults->world, timer, faults->next_ns);
  if (json_array_size (operations) == 0)
    json_decref (operations);
  else if (!ovsdb_database_execute (faults->database, operations, &error))
    net_world_log (faults->world, NET_LOG_ERROR, "gateway", "the database refused fault strings: %s",
                   error->message);
}

/* ---- what sources say ------------------------------------------------------------------------------------------ */

static void
enqueue (VtepFaults *faults, Entry *entry)
{
  if (entry->queued)
    return;
  entry->queued = TRUE;
  g_ptr_array_add (faults->queue, entry);
  if (!faults->timer.pending)
    net_world_timer_set (faults->world, &faults->timer, MAX (net_world_now (faults->world), faults->next_ns));
}

static Entry *
ensure (VtepFaults *faults, const OvsdbRow *row)
{
  Entry *entry = g_hash_table_lookup (faults->entries, ovsdb_row_uuid (row));

  if (entry)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->uuid = *ovsdb_row_uuid (row);
  entry->table = ovsdb_row_table (row);
  g_hash_table_insert (faults->entries, &entry->uuid, entry);
  return entry;
}

static void
set_entry (VtepFaults *faults, Entry *entry, VtepFaultSource source, VtepFaultSet set)
{
  if (entry->of[source] == set)
    return;
  entry->of[source] = set;
  enqueue (faults, entry);
}

void
vtep_faults_set (VtepFaults *faults, const OvsdbRow *row, VtepFaultSource source, VtepFaultSet set)
{
  if (set != 0 || g_hash_table_lookup (faults->entries, ovsdb_row_uuid (row)))
    set_entry (faults, ensure (faults, row), source, set);
}

void
vtep_faults_set_switch (VtepFaults *faults, VtepFaultSource source, VtepFaultSet set)
{
  set_entry (faults, &faults->own, source, set);
}

gboolean
vtep_faults_change_matters (const OvsdbChange *change)
{
  const OvsdbTableSchema *schema = ovsdb_table_schema (change->table);
  const char *own = column_of (change->table);

  for (guint i = 0; i < schema->n_columns; i++)
    {
      const char *name = schema->columns[i]->name;
      if (name[0] != '_' && strcmp (name, own) != 0 && ovsdb_change_touches (change, name))
        return TRUE;
    }
  return FALSE;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

/* Rows that an earlier life of the switch found fault with. */
static void
look_at_all (VtepFaults *faults)
{
  enqueue (faults, &faults->own);
  for (guint i = 1; i < G_N_ELEMENTS (columns); i++)
    {
      const OvsdbTable *table = ovsdb_database_table (faults->database, columns[i].table);
      for (const OvsdbRow *row = table ? ovsdb_table_first (table) : NULL; row; row = ovsdb_table_next (row))
        if (ovsdb_row_get (row, columns[i].column)->n > 0)
          enqueue (faults, ensure (faults, row));
    }
}

VtepFaults *
vtep_faults_new (NetWorld *world, OvsdbDatabase *database, const char *switch_name)
{
  VtepFaults *faults = g_new0 (VtepFaults, 1);

  faults->world = world;
  faults->database = database;
  faults->switch_name = switch_name;
  faults->entries = g_hash_table_new_full (vtep_uuid_hash, vtep_uuid_equal, NULL, g_free);
  faults->queue = g_ptr_array_new ();
  net_timer_init (&faults->timer, work, faults);
  look_at_all (faults);
  return faults;
}

void
vtep_faults_free (VtepFaults *faults)
{
  if (!faults)
    return;
  net_world_timer_cancel (faults->world, &faults->timer);
  g_ptr_array_unref (faults->queue);
  g_hash_table_unref (faults->entries);
  g_free (faults);
}

/* The ledger's book of frames that went no further: drops by node and reason, and the last of each; frames that a
 * compute passed to its controller. */
#include "lab/ledger-private.h"

#include <string.h>

static LabDropCount *
count_of (LabLedger *ledger, const char *node, const char *table)
{
  LabDropCount fresh = { 0 };

  for (guint i = 0; i < ledger->drop_counts->len; i++)
    {
      LabDropCount *count = &g_array_index (ledger->drop_counts, LabDropCount, i);
      if (strcmp (count->node, node) == 0 && g_strcmp0 (count->table, table) == 0)
        return count;
    }
  fresh.node = g_strdup (node);
  fresh.table = g_strdup (table);
  g_array_append_val (ledger->drop_counts, fresh);
  return &g_array_index (ledger->drop_counts, LabDropCount, ledger->drop_counts->len - 1);
}

static gboolean
is_on_node (const LabDrop *drop, const char *node)
{
  gsize length = strcspn (drop->interface, "/");
  return !node || (strncmp (drop->interface, node, length) == 0 && !node[length]);
}

void
lab_ledger_hear_drop (LabLedger *ledger, gint64 time_ns, const SimTracePacket *packet)
{
  const char *name = ledger->interfaces->pdata[packet->interface_id];
  gsize length = strcspn (name, "/");
  g_autofree char *node = g_strndup (name, length);
  LabDrop *drop = NULL;

  count_of (ledger, node, packet->table)->by_reason[packet->drop]++;
  for (guint i = 0; i < ledger->drops->len && !drop; i++)
    {
      LabDrop *d = ledger->drops->pdata[i];
      if (d->reason == packet->drop && is_on_node (d, node) && g_strcmp0 (d->table, packet->table) == 0)
        drop = d;
    }
  if (!drop)
    {
      drop = g_new0 (LabDrop, 1);
      g_ptr_array_add (ledger->drops, drop);
    }
  g_free (drop->interface);
  g_free (drop->table);
  g_free (drop->rule);
  *drop = (LabDrop){ g_strdup (name), g_strdup (packet->table), g_strdup (packet->rule), packet->drop,
                     time_ns,         packet->packet_id };
}

guint64
lab_ledger_drops (const LabLedger *ledger, const LabDropKind *kind)
{
  guint64 n = 0;

  for (guint i = 0; i < ledger->drop_counts->len; i++)
    {
      const LabDropCount *count = &g_array_index (ledger->drop_counts, LabDropCount, i);
      if ((kind->node && strcmp (count->node, kind->node) != 0)
          || (kind->table && g_strcmp0 (count->table, kind->table) != 0))
        continue;
      for (guint r = 1; r < NET_DROP_N; r++)
        if (kind->reason == NET_DROP_NONE || kind->reason == r)
          n += count->by_reason[r];
    }
  return n;
}

const LabDrop *
lab_ledger_last_drop (const LabLedger *ledger, const LabDropKind *kind)
{
  const LabDrop *last = NULL;

  for (guint i = 0; i < ledger->drops->len; i++)
    {
      const LabDrop *drop = ledger->drops->pdata[i];
      if (is_on_node (drop, kind->node) && (kind->reason == NET_DROP_NONE || drop->reason == kind->reason)
          && (!kind->table || g_strcmp0 (drop->table, kind->table) == 0)
          && (!last || drop->time_ns >= last->time_ns))
        last = drop;
    }
  return last;
}

/* ---- punts --------------------------------------------------------------------------------------------------- */

static void
clear_punt (LabPunt *punt)
{
  g_clear_pointer (&punt->node, g_free);
  g_clear_pointer (&punt->by, g_free);
}

void
lab_ledger_clear_punts (LabLedger *ledger)
{
  for (guint i = 0; i < LAB_PUNTS_KEPT; i++)
    clear_punt (&ledger->punts[i]);
}

void
lab_ledger_hear_punt (LabLedger *ledger, const SimTraceState *state)
{
  LabPunt *punt = &ledger->punts[ledger->n_punts++ % LAB_PUNTS_KEPT];
  json_t *json = state->json ? json_loads (state->json, 0, NULL) : NULL;
  const char *rule = json_string_value (json_object_get (json, "rule"));

  clear_punt (punt);
  punt->packet_id = g_ascii_strtoull (state->key, NULL, 10);
  punt->node = g_strdup (state->node);
  punt->by = g_strdup_printf ("table %d, rule %s", (int) json_integer_value (json_object_get (json, "table")),
                              rule ? rule : "");
  json_decref (json);
}

const char *
lab_ledger_punt (const LabLedger *ledger, const char *node, guint64 packet_id)
{
  for (guint i = 0; i < MIN (ledger->n_punts, LAB_PUNTS_KEPT); i++)
    if (ledger->punts[i].packet_id == packet_id && strcmp (ledger->punts[i].node, node) == 0)
      return ledger->punts[i].by;
  return NULL;
}

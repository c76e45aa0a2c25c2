/* The ledger's tables: entries as they stand, and the controller's state. */
#include "lab/ledger-private.h"

#include <string.h>

static void
entry_free (gpointer data)
{
  LabEntry *entry = data;
  if (!entry)
    return;
  g_free (entry->node);
  g_free (entry->table);
  g_free (entry->key);
  json_decref (entry->json);
  g_free (entry);
}

static void
echo_free (gpointer data)
{
  LabEcho *echo = data;
  g_free (echo->node);
  g_free (echo->to);
  g_free (echo);
}

static void
lease_free (gpointer data)
{
  LabLease *lease = data;
  g_free (lease->node);
  g_free (lease->ip);
  g_free (lease);
}

static void
guest_free (gpointer data)
{
  LabGuestFrames *guest = data;

  if (!guest)
    return;
  g_free (guest->node);
  g_array_unref (guest->sent);
  g_free (guest);
}

static void
drop_free (gpointer data)
{
  LabDrop *drop = data;
  g_free (drop->interface);
  g_free (drop->table);
  g_free (drop->rule);
  g_free (drop);
}

static void
drop_count_clear (gpointer data)
{
  g_free (((LabDropCount *) data)->node);
  g_free (((LabDropCount *) data)->table);
}

LabLedger *
lab_ledger_new (void)
{
  LabLedger *ledger = g_new0 (LabLedger, 1);
  ledger->fates = sim_fates_new ();
  ledger->interfaces = g_ptr_array_new_with_free_func (g_free);
  ledger->guests = g_ptr_array_new_with_free_func (guest_free);
  ledger->echoes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, echo_free);
  ledger->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ledger->leases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lease_free);
  ledger->entries = g_ptr_array_new_with_free_func (entry_free);
  ledger->entry_index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ledger->drop_counts = g_array_new (FALSE, TRUE, sizeof (LabDropCount));
  g_array_set_clear_func (ledger->drop_counts, drop_count_clear);
  ledger->drops = g_ptr_array_new_with_free_func (drop_free);
  ledger->converged_since = ledger->first_converged = -1;
  return ledger;
}

void
lab_ledger_free (LabLedger *ledger)
{
  if (!ledger)
    return;
  sim_fates_free (ledger->fates);
  g_ptr_array_unref (ledger->interfaces);
  g_ptr_array_unref (ledger->guests);
  g_hash_table_unref (ledger->echoes);
  g_hash_table_unref (ledger->ended);
  g_hash_table_unref (ledger->leases);
  g_hash_table_unref (ledger->entry_index);
  g_ptr_array_unref (ledger->entries);
  g_array_unref (ledger->drop_counts);
  g_ptr_array_unref (ledger->drops);
  lab_ledger_clear_punts (ledger);
  g_free (ledger);
}

/* Places of removed entries are closed up when they are the most. */
static void
compact (LabLedger *ledger)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&ledger->entries);

  g_ptr_array_set_free_func (old, NULL);
  g_hash_table_remove_all (ledger->entry_index);
  ledger->entries = g_ptr_array_new_with_free_func (entry_free);
  ledger->n_removed = 0;
  for (guint i = 0; i < old->len; i++)
    {
      LabEntry *entry = old->pdata[i];
      if (!entry)
        continue;
      g_ptr_array_add (ledger->entries, entry);
      g_hash_table_insert (ledger->entry_index,
                           g_strdup_printf ("%s\n%s\n%s", entry->node, entry->table, entry->key),
                           GUINT_TO_POINTER (ledger->entries->len));
    }
}

static void
hear_entry (LabLedger *ledger, const SimTraceState *state, const char *table)
{
  g_autofree char *name = g_strdup_printf ("%s\n%s\n%s", state->node, table, state->key);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (ledger->entry_index, name));
  LabEntry *entry;

  if (strcmp (state->op, "remove") == 0 || strcmp (state->op, "delete") == 0)
    {
      if (!place)
        return;
      entry_free (ledger->entries->pdata[place - 1]);
      ledger->entries->pdata[place - 1] = NULL;
      g_hash_table_remove (ledger->entry_index, name);
      if (++ledger->n_removed > 64 && ledger->n_removed > ledger->entries->len / 2)
        compact (ledger);
      return;
    }
  if (!place)
    {
      entry = g_new0 (LabEntry, 1);
      entry->node = g_strdup (state->node);
      entry->table = g_strdup (table);
      entry->key = g_strdup (state->key);
      g_ptr_array_add (ledger->entries, entry);
      g_hash_table_insert (ledger->entry_index, g_steal_pointer (&name),
                           GUINT_TO_POINTER (ledger->entries->len));
    }
  else
    entry = ledger->entries->pdata[place - 1];
  json_decref (entry->json);
  entry->json = state->json ? json_loads (state->json, 0, NULL) : NULL;
}

static void
hear_controller (LabLedger *ledger, gint64 time_ns, const SimTraceState *state)
{
  if (strcmp (state->op, "converged") == 0)
    {
      if (ledger->converged_since < 0)
        ledger->converged_since = time_ns;
      if (ledger->first_converged < 0)
        ledger->first_converged = time_ns;
    }
  else if (strcmp (state->op, "busy") == 0)
    ledger->converged_since = -1;
}

static void
hear_state (LabLedger *ledger, gint64 time_ns, const SimTraceState *state)
{
  if (g_str_has_prefix (state->table, "ovsdb/"))
    hear_entry (ledger, state, state->table + strlen ("ovsdb/"));
  else if (strcmp (state->table, "fdb") == 0 || strcmp (state->table, "cable") == 0
           || strcmp (state->table, "binding") == 0)
    hear_entry (ledger, state, state->table);
  else if (strcmp (state->table, "controller") == 0)
    hear_controller (ledger, time_ns, state);
  else if (strcmp (state->table, "ping") == 0)
    lab_ledger_hear_ping (ledger, time_ns, state);
  else if (strcmp (state->table, "arping") == 0)
    lab_ledger_hear_arping (ledger, state);
  else if (strcmp (state->table, "punt") == 0)
    lab_ledger_hear_punt (ledger, state);
  else if (strcmp (state->table, "dhcp") == 0)
    lab_ledger_hear_dhcp (ledger, time_ns, state);
}

void
lab_ledger_hear (const SimTraceRecord *record, gpointer user)
{
  LabLedger *ledger = user;

  sim_fates_hear (record, ledger->fates);
  switch (record->kind)
    {
    case SIM_TRACE_INTERFACE:
      lab_ledger_hear_interface (ledger, &record->interface);
      break;
    case SIM_TRACE_PACKET:
      lab_ledger_hear_packet (ledger, record->time_ns, &record->packet);
      break;
    case SIM_TRACE_STATE:
      hear_state (ledger, record->time_ns, &record->state);
      break;
    default:
      break;
    }
}

void
lab_ledger_each (const LabLedger *ledger, const char *node, const char *table, LabEntryFunc visit,
                 gpointer user)
{
  for (guint i = 0; i < ledger->entries->len; i++)
    {
      const LabEntry *entry = ledger->entries->pdata[i];
      if (entry && strcmp (entry->node, node) == 0 && strcmp (entry->table, table) == 0)
        visit (entry, user);
    }
}

const LabEntry *
lab_ledger_row (const LabLedger *ledger, const char *node, const char *uuid)
{
  for (guint i = 0; i < ledger->entries->len; i++)
    {
      const LabEntry *entry = ledger->entries->pdata[i];
      if (entry && strcmp (entry->key, uuid) == 0 && strcmp (entry->node, node) == 0)
        return entry;
    }
  return NULL;
}

gint64
lab_ledger_converged_since (const LabLedger *ledger)
{
  return ledger->converged_since;
}

gint64
lab_ledger_first_converged (const LabLedger *ledger)
{
  return ledger->first_converged;
}

const SimFates *
lab_ledger_fates (const LabLedger *ledger)
{
  return ledger->fates;
}

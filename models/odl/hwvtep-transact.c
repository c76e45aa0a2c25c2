/* The queue of transactions to a TOR: one at a time, so that each is made from a replica that knows the one before. */
#include "models/odl/core.h"
#include "models/odl/error.h"
#include "models/odl/hwvtep.h"
#include "ovsdb/build.h"

#define RPC_PATIENCE_NS   (1000 * NET_MSEC) /* for an answer */
#define RETRY_NS          (5 * NET_SEC)
#define MAX_ATTEMPTS      10u
#define WAITING_EXPIRY_NS (90 * NET_SEC)
#define MAX_WAITING       1000u

static void send_next (OdlHwvtep *hwvtep);

/* ---- waiting items ------------------------------------------------------------------------------------------- */

static char *
expiry_key (const OdlHwvtep *hwvtep)
{
  return g_strdup_printf ("waiting %s", hwvtep->node_id);
}

static void
expire (Odl *odl, gpointer data)
{
  OdlHwvtep *hwvtep = odl_hwvtep_find (odl, data);

  if (hwvtep)
    g_clear_pointer (&hwvtep->waiting, odl_hwvtep_batch_free);
}

static guint
batch_size (const OdlHwvtepBatch *batch)
{
  return odl_registry_n (&batch->ports) + odl_registry_n (&batch->floods) + odl_registry_n (&batch->ucasts);
}

static void
merge (OdlRegistry *into, const OdlRegistry *from)
{
  for (guint i = 0; i < odl_registry_n (from); i++)
    odl_registry_put (into, odl_registry_key (from, i), ODL_PRESENT);
}

/* Items wait for 90 s; more than the queue holds are given up at once, to come with the next reconciliation. */
static void
keep_waiting (OdlHwvtep *hwvtep, const OdlHwvtepBatch *items)
{
  g_autofree char *key = expiry_key (hwvtep);

  if (odl_hwvtep_batch_is_empty (items))
    return;
  if (!hwvtep->waiting)
    hwvtep->waiting = odl_hwvtep_batch_new ();
  if (batch_size (hwvtep->waiting) + batch_size (items) > MAX_WAITING)
    {
      net_world_log (hwvtep->odl->world, NET_LOG_WARNING, "hwvtep", "%s: more than %u items wait for rows",
                     hwvtep->node_id, MAX_WAITING);
      return;
    }
  merge (&hwvtep->waiting->ports, &items->ports);
  merge (&hwvtep->waiting->floods, &items->floods);
  merge (&hwvtep->waiting->ucasts, &items->ucasts);
  odl_delay_set (hwvtep->odl, key, WAITING_EXPIRY_NS, expire, g_strdup (hwvtep->node_id), g_free);
}

void
odl_hwvtep_wake (OdlHwvtep *hwvtep)
{
  if (!hwvtep->waiting)
    return;
  g_queue_push_tail (&hwvtep->batches, g_steal_pointer (&hwvtep->waiting));
  send_next (hwvtep);
}

/* ---- sending ------------------------------------------------------------------------------------------------- */

static void
retry_fire (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  send_next (timer->owner);
}

/* A batch that was refused is tried again, a limited number of times: the rows that it needs may change. */
static void
refused (OdlHwvtep *hwvtep, OdlHwvtepBatch *batch, const GError *error)
{
  Odl *odl = hwvtep->odl;

  net_world_log (odl->world, NET_LOG_WARNING, "hwvtep", "%s: transaction refused: %s", hwvtep->node_id,
                 error->message);
  /* With the bug it is forgotten at once, and so is what it held. */
  if (++batch->attempts >= MAX_ATTEMPTS || odl_has_bug (odl, ODL_BUG_TX_LOST))
    {
      odl_hwvtep_batch_free (batch);
      return;
    }
  g_queue_push_head (&hwvtep->batches, batch);
  net_timer_init (&hwvtep->retry, retry_fire, hwvtep);
  net_world_timer_set (odl->world, &hwvtep->retry, net_world_now (odl->world) + RETRY_NS);
}

/* The server may still carry it out: the retry is made from what the replica holds by then. */
static void
timed_out (NetTimer *timer, gint64 now_ns)
{
  OdlHwvtep *hwvtep = timer->owner;
  g_autoptr (GError) failure = g_error_new_literal (ODL_ERROR, ODL_ERROR_TIMEOUT, "no answer within 1000 ms");

  (void) now_ns;
  hwvtep->n_late++;
  refused (hwvtep, g_steal_pointer (&hwvtep->in_flight), failure);
  send_next (hwvtep);
}

static void
answered (OvsdbClient *client, const json_t *results, const GError *error, gpointer user)
{
  OdlHwvtep *hwvtep = user;
  g_autoptr (GError) failure = NULL;
  OdlHwvtepBatch *batch;

  (void) client;
  if (hwvtep->n_late > 0) /* answers come in the order of the requests */
    {
      hwvtep->n_late--;
      return;
    }
  batch = g_steal_pointer (&hwvtep->in_flight);
  net_world_timer_cancel (hwvtep->odl->world, &hwvtep->patience);
  if (!batch) /* the session ended; the next one compares everything */
    return;
  if (error)
    failure = g_error_copy (error);
  else
    ovsdb_results_check (results, &failure);
  if (failure)
    refused (hwvtep, batch, failure);
  else
    odl_hwvtep_batch_free (batch);
  send_next (hwvtep);
  odl_converge_changed (hwvtep->odl);
}

/* FALSE when the batch turned out to need nothing. */
static gboolean
send_batch (OdlHwvtep *hwvtep, OdlHwvtepBatch *batch)
{
  OdlHwvtepBatch *waiting = odl_hwvtep_batch_new ();
  json_t *ops = odl_hwvtep_build (hwvtep, batch, waiting);
  gboolean sent = json_array_size (ops) > 0;

  keep_waiting (hwvtep, waiting);
  odl_hwvtep_batch_free (waiting);
  if (!sent)
    {
      json_decref (ops);
      odl_hwvtep_batch_free (batch);
      return FALSE;
    }
  hwvtep->in_flight = batch;
  net_timer_init (&hwvtep->patience, timed_out, hwvtep);
  net_world_timer_set (hwvtep->odl->world, &hwvtep->patience,
                       net_world_now (hwvtep->odl->world) + RPC_PATIENCE_NS);
  ovsdb_client_transact (odl_hwvtep_client (hwvtep), ops, answered, hwvtep);
  return TRUE;
}

static void
send_next (OdlHwvtep *hwvtep)
{
  while (odl_hwvtep_replica (hwvtep) && !hwvtep->in_flight && !hwvtep->retry.pending
         && !g_queue_is_empty (&hwvtep->batches))
    if (send_batch (hwvtep, g_queue_pop_head (&hwvtep->batches)))
      break;
  odl_converge_changed (hwvtep->odl);
}

/* ---- what managers and sessions call ------------------------------------------------------------------------- */

void
odl_hwvtep_commit (OdlHwvtep *hwvtep)
{
  if (!hwvtep->open)
    return;
  if (hwvtep->children)
    {
      odl_hwvtep_ha_copy (hwvtep);
      return;
    }
  if (!odl_hwvtep_replica (hwvtep)) /* reconciliation will find it */
    {
      g_clear_pointer (&hwvtep->open, odl_hwvtep_batch_free);
      return;
    }
  g_queue_push_tail (&hwvtep->batches, g_steal_pointer (&hwvtep->open));
  send_next (hwvtep);
}

static void
touch_remote_rows (OdlHwvtep *hwvtep)
{
  OvsdbDatabase *replica = odl_hwvtep_replica (hwvtep);

  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (replica, "Mcast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    {
      const OvsdbRow *logical_switch = ovsdb_row_ref (row, "logical_switch");

      if (logical_switch && g_strcmp0 (ovsdb_row_text (row, "MAC"), ODL_UNKNOWN_DST) == 0)
        odl_registry_put (&hwvtep->open->floods, ovsdb_row_text (logical_switch, "name"), ODL_PRESENT);
    }
  for (const OvsdbRow *row = ovsdb_table_first (ovsdb_database_table (replica, "Ucast_Macs_Remote")); row;
       row = ovsdb_table_next (row))
    {
      const OvsdbRow *logical_switch = ovsdb_row_ref (row, "logical_switch");
      g_autofree char *mac = g_ascii_strdown (ovsdb_row_text (row, "MAC"), -1);
      g_autofree char *key
          = logical_switch ? odl_hwvtep_ucast_key (ovsdb_row_text (logical_switch, "name"), mac) : NULL;

      if (key)
        odl_registry_put (&hwvtep->open->ucasts, key, ODL_PRESENT);
    }
}

/* Remote rows that nobody wants go now.  Logical switches and bindings of unknown networks stay until the cleaner
 * comes, for their network may only be late. */
void
odl_hwvtep_reconcile (OdlHwvtep *hwvtep)
{
  odl_hwvtep_touch_everything (hwvtep);
  /* What a child has from its parent is one change, in which the bindings' logical switches are not there yet. */
  hwvtep->open->copied = hwvtep->parent && odl_has_bug (hwvtep->odl, ODL_BUG_BINDINGS_HA);
  hwvtep->open->clears_tunnel_ips = hwvtep->was_up && odl_has_bug (hwvtep->odl, ODL_BUG_TUNNEL_IPS_CLEARED);
  touch_remote_rows (hwvtep);
  odl_hwvtep_commit (hwvtep);
}

void
odl_hwvtep_abandon (OdlHwvtep *hwvtep)
{
  g_queue_clear_full (&hwvtep->batches, odl_hwvtep_batch_free);
  g_queue_init (&hwvtep->batches);
  g_clear_pointer (&hwvtep->open, odl_hwvtep_batch_free);
  g_clear_pointer (&hwvtep->in_flight, odl_hwvtep_batch_free);
  g_clear_pointer (&hwvtep->waiting, odl_hwvtep_batch_free);
  hwvtep->n_late = 0;
  net_world_timer_cancel (hwvtep->odl->world, &hwvtep->retry);
  net_world_timer_cancel (hwvtep->odl->world, &hwvtep->patience);
}

gboolean
odl_hwvtep_idle (const OdlHwvtep *hwvtep)
{
  return !hwvtep->in_flight && hwvtep->batches.length == 0;
}

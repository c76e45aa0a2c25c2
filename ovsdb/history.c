/* Only what was before is kept: what is now, the tables have. */
#include "ovsdb/history.h"
#include "ovsdb/quota.h"

typedef struct
{
  OvsdbTable *table;
  OvsdbUuid uuid;
  OvsdbRow *before; /* NULL: inserted */
} PastRow;

typedef struct
{
  GArray *rows; /* of PastRow */
  gsize n_bytes;
} PastTransaction;

/* ---- ids: the base, and the number of the transaction ------------------------------------------------------------ */

#define VARIANT G_GUINT64_CONSTANT (0x8000000000000000) /* RFC 4122 §4.1.1 */

static void
put_be64 (guint8 *to, guint64 value)
{
  for (guint i = 8; i > 0; i--, value >>= 8)
    to[i - 1] = (guint8) value;
}

static guint64
get_be64 (const guint8 *from)
{
  guint64 value = 0;

  for (guint i = 0; i < 8; i++)
    value = value << 8 | from[i];
  return value;
}

OvsdbUuid
ovsdb_history_now (const OvsdbHistory *history)
{
  OvsdbUuid id;

  put_be64 (id.octet, history->base);
  put_be64 (id.octet + 8, VARIANT | history->n_commits);
  return id;
}

/* ---- keeping ----------------------------------------------------------------------------------------------------- */

static void
transaction_free (gpointer data)
{
  PastTransaction *past = data;

  for (guint i = 0; i < past->rows->len; i++)
    ovsdb_row_free (g_array_index (past->rows, PastRow, i).before);
  g_array_unref (past->rows);
  g_free (past);
}

void
ovsdb_history_init (OvsdbHistory *history, const OvsdbUuid *base)
{
  *history = (OvsdbHistory){ .base = get_be64 (base->octet) };
  g_queue_init (&history->transactions);
}

void
ovsdb_history_clear (OvsdbHistory *history)
{
  g_queue_clear_full (&history->transactions, transaction_free);
  history->n_bytes = 0;
  history->kept_since = history->n_commits;
}

void
ovsdb_history_begin (OvsdbHistory *history)
{
  if (!history->keeps)
    history->kept_since = history->n_commits;
  history->keeps = TRUE;
}

/* NULL: it alone is more than may be kept. */
static PastTransaction *
remember (const OvsdbChange *changes, guint n_changes, gsize max_bytes)
{
  PastTransaction *past = g_new0 (PastTransaction, 1);

  past->rows = g_array_new (FALSE, FALSE, sizeof (PastRow));
  for (guint i = 0; i < n_changes; i++)
    {
      const OvsdbRow *before = changes[i].before;
      PastRow row = { ovsdb_table_of (changes[i].table->db, changes[i].table->schema), changes[i].uuid,
                      before ? ovsdb_row_snapshot (before) : NULL };
      g_array_append_val (past->rows, row);
      past->n_bytes += sizeof row + (before ? ovsdb_row_bytes (before) : 0);
      if (past->n_bytes <= max_bytes)
        continue;
      transaction_free (past);
      return NULL;
    }
  return past;
}

void
ovsdb_history_add (OvsdbHistory *history, const OvsdbChange *changes, guint n_changes, guint max_transactions,
                   gsize max_bytes)
{
  PastTransaction *past;

  history->n_commits++;
  if (!history->keeps)
    return;
  past = remember (changes, n_changes, max_bytes);
  if (!past)
    {
      ovsdb_history_clear (history);
      return;
    }
  g_queue_push_tail (&history->transactions, past);
  history->n_bytes += past->n_bytes;
  while (history->transactions.length > max_transactions || history->n_bytes > max_bytes)
    {
      PastTransaction *oldest = g_queue_pop_head (&history->transactions);
      history->n_bytes -= oldest->n_bytes;
      history->kept_since++;
      transaction_free (oldest);
    }
}

/* ---- looking back ------------------------------------------------------------------------------------------------ */

/* By table and uuid. */
static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  const PastRow *one = *(const PastRow *const *) a, *other = *(const PastRow *const *) b;
  guint table = one->table->schema->index, other_table = other->table->schema->index;

  return table == other_table ? ovsdb_uuid_compare (&one->uuid, &other->uuid) : table < other_table ? -1 : 1;
}

/* The rows of the transactions behind that number; those of one row together, oldest first. */
static GPtrArray *
rows_since (const OvsdbHistory *history, guint64 number)
{
  GPtrArray *rows = g_ptr_array_new ();
  guint64 at = history->kept_since;

  for (const GList *link = history->transactions.head; link; link = link->next, at++)
    {
      const PastTransaction *past = link->data;
      for (guint i = 0; at >= number && i < past->rows->len; i++)
        g_ptr_array_add (rows, &g_array_index (past->rows, PastRow, i));
    }
  g_ptr_array_sort (rows, compare_rows);
  return rows;
}

GArray *
ovsdb_history_since (const OvsdbHistory *history, const OvsdbUuid *id)
{
  guint64 number = get_be64 (id->octet + 8) ^ VARIANT;
  g_autoptr (GPtrArray) rows = NULL;
  GArray *changes;

  if (!history->keeps || get_be64 (id->octet) != history->base || number < history->kept_since
      || number > history->n_commits)
    return NULL;
  rows = rows_since (history, number);
  changes = g_array_new (FALSE, FALSE, sizeof (OvsdbChange));
  for (guint i = 0; i < rows->len; i++)
    {
      const PastRow *row = g_ptr_array_index (rows, i);
      OvsdbChange change = { row->table, row->uuid, row->before, NULL };
      if (i > 0 && compare_rows (&rows->pdata[i - 1], &rows->pdata[i]) == 0)
        continue;
      change.after = ovsdb_table_find (row->table, &row->uuid);
      if (change.before || change.after)
        g_array_append_val (changes, change);
    }
  return changes;
}

/* Weak references and their links. */
#include "ovsdb/weak.h"

typedef struct _Link Link;
struct _Link
{
  OvsdbRow *from, *to;
  Link *previous_out, *next_out;
  Link *previous_in, *next_in;
};

struct _OvsdbWeakLinks
{
  Link *out, *in;
};

static OvsdbWeakLinks *
links_of (OvsdbRow *row)
{
  if (!row->weak)
    row->weak = g_new0 (OvsdbWeakLinks, 1);
  return row->weak;
}

static gboolean
is_weak (const OvsdbBaseType *base)
{
  return ovsdb_base_is_reference (base) && base->weak;
}

/* ---- links --------------------------------------------------------------------------------------------------- */

static void
link_add (OvsdbRow *from, const OvsdbTableSchema *to_table, const OvsdbUuid *uuid)
{
  OvsdbRow *to = ovsdb_table_find (ovsdb_table_of (from->table->db, to_table), uuid);
  Link *link;

  if (!to)
    return;
  link = g_new0 (Link, 1);
  link->from = from;
  link->to = to;
  link->next_out = links_of (from)->out;
  if (link->next_out)
    link->next_out->previous_out = link;
  from->weak->out = link;
  link->next_in = links_of (to)->in;
  if (link->next_in)
    link->next_in->previous_in = link;
  to->weak->in = link;
}

static void
link_drop (Link *link)
{
  *(link->previous_out ? &link->previous_out->next_out : &link->from->weak->out) = link->next_out;
  if (link->next_out)
    link->next_out->previous_out = link->previous_out;
  *(link->previous_in ? &link->previous_in->next_in : &link->to->weak->in) = link->next_in;
  if (link->next_in)
    link->next_in->previous_in = link->previous_in;
  g_free (link);
}

static void
drop_out (OvsdbRow *row)
{
  while (row->weak && row->weak->out)
    link_drop (row->weak->out);
}

void
ovsdb_weak_forget (OvsdbRow *row)
{
  if (!row->weak)
    return;
  drop_out (row);
  /* Whoever still points here goes with the whole database, or has been pruned of it. */
  while (row->weak->in)
    link_drop (row->weak->in);
  g_clear_pointer (&row->weak, g_free);
}

static void
link_column (OvsdbRow *row, guint column)
{
  const OvsdbType *type = &row->table->schema->columns[column]->type;
  const OvsdbDatum *datum = &row->column[column];

  for (guint i = 0; i < datum->n; i++)
    {
      if (is_weak (&type->key))
        link_add (row, type->key.ref, &ovsdb_datum_keys (datum)[i].uuid);
      if (is_weak (&type->value))
        link_add (row, type->value.ref, &ovsdb_datum_values (datum)[i].uuid);
    }
}

/* Whether other rows may be referred to than before. */
static gboolean
refers_anew (const OvsdbTxnRow *entry)
{
  const OvsdbTable *table = entry->row->table;

  if (!entry->before || entry->row->dead)
    return TRUE;
  for (guint c = 0; c < table->n_weak; c++)
    if (ovsdb_row_differs (entry->before, entry->row, table->weak[c]))
      return TRUE;
  return FALSE;
}

void
ovsdb_weak_relink (OvsdbTxn *txn)
{
  for (guint i = 0; i < txn->rows->len; i++)
    {
      const OvsdbTxnRow *entry = ovsdb_txn_row (txn, i);
      OvsdbRow *row = entry->row;
      if (!entry->changed || row->table->n_weak == 0 || !refers_anew (entry))
        continue;
      drop_out (row);
      for (guint c = 0; c < row->table->n_weak && !row->dead; c++)
        link_column (row, row->table->weak[c]);
    }
}

/* ---- pruning ------------------------------------------------------------------------------------------------- */

static gboolean
is_there (const OvsdbRow *row, const OvsdbBaseType *base, const OvsdbUuid *uuid)
{
  return !is_weak (base) || ovsdb_table_lookup (ovsdb_table_of (row->table->db, base->ref), uuid) != NULL;
}

static gboolean
element_stays (const OvsdbRow *row, const OvsdbType *type, const OvsdbDatum *datum, guint i)
{
  return is_there (row, &type->key, &ovsdb_datum_keys (datum)[i].uuid)
         && (!datum->is_map || is_there (row, &type->value, &ovsdb_datum_values (datum)[i].uuid));
}

static gboolean
prune_column (OvsdbTxn *txn, OvsdbRow *row, guint column, GError **error)
{
  const OvsdbColumn *schema = row->table->schema->columns[column];
  const OvsdbDatum *datum = &row->column[column];
  OvsdbGather stay;
  OvsdbDatum pruned;
  guint n = datum->n;
  char uuid[OVSDB_UUID_TEXT];

  ovsdb_gather_begin (&stay, &schema->type, n);
  for (guint i = 0; i < n; i++)
    if (element_stays (row, &schema->type, datum, i))
      {
        OvsdbAtom key = ovsdb_atom_copy (&ovsdb_datum_keys (datum)[i], schema->type.key.kind), value;
        if (datum->is_map)
          value = ovsdb_atom_copy (&ovsdb_datum_values (datum)[i], schema->type.value.kind);
        ovsdb_gather_add (&stay, key, datum->is_map ? &value : NULL);
      }
  ovsdb_gather_end (&stay, &pruned);
  if (pruned.n < schema->type.n_min)
    {
      ovsdb_datum_clear (&pruned, &schema->type);
      g_set_error (
          error, OVSDB_ERROR, OVSDB_ERROR_CONSTRAINT,
          "column \"%s\" of row %s in table \"%s\" would be empty without its weak references to rows that "
          "are gone; it must not be",
          schema->name, ovsdb_uuid_format (ovsdb_row_id (row), uuid), row->table->schema->name);
      return FALSE;
    }
  if (pruned.n == n)
    ovsdb_datum_clear (&pruned, &schema->type);
  else
    ovsdb_txn_set (txn, row, column, pruned);
  return TRUE;
}

/* Once is enough: all that is to be deleted has been by now. */
static gboolean
prune_row (OvsdbTxn *txn, OvsdbRow *row, GError **error)
{
  if (row->dead || (row->change && ovsdb_txn_row (txn, row->change - 1)->pruned))
    return TRUE;
  for (guint i = 0; i < row->table->n_weak; i++)
    if (!prune_column (txn, row, row->table->weak[i], error))
      return FALSE;
  if (row->change)
    ovsdb_txn_row (txn, row->change - 1)->pruned = TRUE;
  return TRUE;
}

gboolean
ovsdb_weak_prune (OvsdbTxn *txn, GError **error)
{
  /* Rows that lose a reference join the transaction, and the list, while it is walked. */
  for (guint i = 0; i < txn->rows->len; i++)
    {
      OvsdbRow *row = ovsdb_txn_row (txn, i)->row;
      if (!prune_row (txn, row, error))
        return FALSE;
      for (const Link *link = row->dead && row->weak ? row->weak->in : NULL; link; link = link->next_in)
        if (!prune_row (txn, link->from, error))
          return FALSE;
    }
  return TRUE;
}

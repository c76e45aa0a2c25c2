/* Changes as <table-updates> (RFC 7047 §4.1.6) and as "update2" has them. */
#include "ovsdb/view-private.h"
#include "ovsdb/put.h"

/* Opens and closes the object of each table around its rows. */
typedef struct
{
  GString *to;
  const OvsdbViewTable *open;
} Pen;

static void
begin_row (Pen *pen, const OvsdbViewTable *table, const OvsdbUuid *uuid)
{
  if (pen->open == table)
    g_string_append_c (pen->to, ',');
  else
    {
      ovsdb_put_text (pen->to, pen->open ? "}," : "{");
      ovsdb_put_member (pen->to, table->table->schema->name);
      OVSDB_PUT (pen->to, "{");
      pen->open = table;
    }
  OVSDB_PUT (pen->to, "\"");
  ovsdb_put_uuid (pen->to, uuid);
  OVSDB_PUT (pen->to, "\":");
}

static gboolean
end_rows (Pen *pen)
{
  if (!pen->open)
    return FALSE;
  OVSDB_PUT (pen->to, "}}");
  return TRUE;
}

/* ---- columns ------------------------------------------------------------------------------------------------------ */

static gboolean
is_default (const OvsdbRow *row, guint column)
{
  const OvsdbType *type = &row->table->schema->columns[column]->type;
  const OvsdbDatum *datum = &row->column[column];
  OvsdbDatum plain;
  gboolean same;

  if (column == OVSDB_COLUMN_UUID || column == OVSDB_COLUMN_VERSION)
    return FALSE;
  if (datum->n != (type->n_min ? 1 : 0))
    return FALSE;
  if (datum->n == 0)
    return TRUE;
  plain = ovsdb_datum_default (type);
  same = ovsdb_datum_equal (datum, &plain, type);
  ovsdb_datum_clear (&plain, type);
  return same;
}

typedef enum
{
  WHOLE,      /* all columns of the row */
  SET_ONLY,   /* those that do not have their default */
  CHANGED_OLD /* those that differ from the other row */
} Which;

/* {"column": value, …} of `row`. */
static void
append_columns (GString *to, const OvsdbViewTable *table, OvsdbShow show, const OvsdbRow *row,
                const OvsdbRow *other, Which which)
{
  gboolean first = TRUE;

  g_string_append_c (to, '{');
  for (guint i = 0; i < table->columns->len; i++)
    {
      const OvsdbViewColumn *column = &g_array_index (table->columns, OvsdbViewColumn, i);
      if (!(column->show & show) || (which == SET_ONLY && is_default (row, column->column))
          || (which == CHANGED_OLD && !ovsdb_row_differs (row, other, column->column)))
        continue;
      if (!first)
        g_string_append_c (to, ',');
      first = FALSE;
      ovsdb_row_append_column (to, row, column->column);
    }
  g_string_append_c (to, '}');
}

static void
append_differences (GString *to, const OvsdbViewTable *table, const OvsdbRow *before, const OvsdbRow *after)
{
  gboolean first = TRUE;

  g_string_append_c (to, '{');
  for (guint i = 0; i < table->columns->len; i++)
    {
      const OvsdbViewColumn *shown = &g_array_index (table->columns, OvsdbViewColumn, i);
      const OvsdbColumn *column = table->table->schema->columns[shown->column];
      OvsdbDatum diff;
      if (!(shown->show & OVSDB_SHOW_MODIFY) || !ovsdb_row_differs (before, after, shown->column))
        continue;
      diff = ovsdb_datum_diff (&before->column[shown->column], &after->column[shown->column], &column->type);
      if (!first)
        g_string_append_c (to, ',');
      ovsdb_put_member (to, column->name);
      ovsdb_datum_append (to, &diff, &column->type);
      ovsdb_datum_clear (&diff, &column->type);
      first = FALSE;
    }
  g_string_append_c (to, '}');
}

static gboolean
shown_differs (const OvsdbViewTable *table, const OvsdbRow *before, const OvsdbRow *after)
{
  for (guint i = 0; i < table->columns->len; i++)
    {
      const OvsdbViewColumn *column = &g_array_index (table->columns, OvsdbViewColumn, i);
      if ((column->show & OVSDB_SHOW_MODIFY) && ovsdb_row_differs (before, after, column->column))
        return TRUE;
    }
  return FALSE;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static void
append_old_and_new (Pen *pen, const OvsdbViewTable *table, OvsdbShow show, const OvsdbRow *before,
                    const OvsdbRow *after)
{
  g_string_append_c (pen->to, '{');
  if (after)
    {
      OVSDB_PUT (pen->to, "\"new\":");
      append_columns (pen->to, table, show, after, NULL, WHOLE);
    }
  if (before)
    {
      ovsdb_put_text (pen->to, after ? ",\"old\":" : "\"old\":");
      append_columns (pen->to, table, show, before, after, after ? CHANGED_OLD : WHOLE);
    }
  g_string_append_c (pen->to, '}');
}

static void
append_difference (Pen *pen, const OvsdbViewTable *table, OvsdbShow show, const OvsdbRow *before,
                   const OvsdbRow *after)
{
  if (!after)
    {
      OVSDB_PUT (pen->to, "{\"delete\":null}");
      return;
    }
  ovsdb_put_text (pen->to, show == OVSDB_SHOW_INITIAL  ? "{\"initial\":"
                           : show == OVSDB_SHOW_INSERT ? "{\"insert\":"
                                                       : "{\"modify\":");
  if (show == OVSDB_SHOW_MODIFY)
    append_differences (pen->to, table, before, after);
  else
    append_columns (pen->to, table, show, after, NULL, SET_ONLY);
  g_string_append_c (pen->to, '}');
}

/* A row appears (`before` NULL), changes, or goes (`after` NULL). */
static void
render_row (Pen *pen, OvsdbViewForm form, const OvsdbViewTable *table, const OvsdbRow *before,
            const OvsdbRow *after, gboolean initial)
{
  OvsdbShow show = initial   ? OVSDB_SHOW_INITIAL
                   : !before ? OVSDB_SHOW_INSERT
                   : !after  ? OVSDB_SHOW_DELETE
                             : OVSDB_SHOW_MODIFY;

  if (!(table->show & show) || (show == OVSDB_SHOW_MODIFY && !shown_differs (table, before, after)))
    return;
  begin_row (pen, table, ovsdb_row_id (after ? after : before));
  if (form == OVSDB_VIEW_UPDATE)
    append_old_and_new (pen, table, show, before, after);
  else
    append_difference (pen, table, show, before, after);
}

static gboolean
admits (const OvsdbViewTable *table, const OvsdbRow *row)
{
  return !table->condition || ovsdb_condition_any (table->condition, row);
}

/* ---- transactions --------------------------------------------------------------------------------------------- */

/* Rows of one table must come together: their changes are gathered table by table, in the order in which the tables
 * were first touched. */
static void
render_table (Pen *pen, const OvsdbView *view, const OvsdbViewTable *table, const OvsdbChange *changes,
              guint n, guint from)
{
  for (guint i = from; i < n; i++)
    {
      const OvsdbRow *before = changes[i].before, *after = changes[i].after;
      if (changes[i].table != table->table)
        continue;
      before = before && admits (table, before) ? before : NULL;
      after = after && admits (table, after) ? after : NULL;
      if (before || after)
        render_row (pen, view->form, table, before, after, FALSE);
    }
}

gboolean
ovsdb_view_append_changes (GString *to, const OvsdbView *view, const OvsdbChange *changes, guint n_changes)
{
  g_autofree gboolean *done = g_new0 (gboolean, view->n_tables + 1);
  Pen pen = { .to = to };

  for (guint i = 0; i < n_changes; i++)
    {
      guint index = changes[i].table->schema->index;
      if (done[index])
        continue;
      done[index] = TRUE;
      if (view->tables[index])
        render_table (&pen, view, view->tables[index], changes, n_changes, i);
    }
  return end_rows (&pen);
}

/* Room for what a row mostly takes; text that needs more grows. */
#define ROW_BYTES 400u
#define MANY_ROWS 1000u

static void
render_view (OvsdbView *view, const OvsdbChange *changes, guint n_changes)
{
  g_autoptr (GString) text = g_string_sized_new ((gsize) MIN (n_changes, MANY_ROWS) * ROW_BYTES);

  g_clear_pointer (&view->rendered, g_bytes_unref);
  if (ovsdb_view_append_changes (text, view, changes, n_changes))
    view->rendered = g_string_free_to_bytes (g_steal_pointer (&text));
}

void
ovsdb_views_render (OvsdbViews *views, const OvsdbChange *changes, guint n_changes)
{
  for (guint i = 0; i < views->views->len; i++)
    render_view (g_ptr_array_index (views->views, i), changes, n_changes);
}

void
ovsdb_view_append_initial (GString *to, const OvsdbView *view)
{
  Pen pen = { .to = to };

  for (guint i = 0; i < view->n_tables; i++)
    {
      const OvsdbViewTable *table = view->tables[i];
      for (const OvsdbRow *row = table ? ovsdb_table_first (table->table) : NULL; row;
           row = ovsdb_table_next (row))
        if (admits (table, row))
          render_row (&pen, view->form, table, NULL, row, TRUE);
    }
  if (!end_rows (&pen))
    OVSDB_PUT (to, "{}");
}

gboolean
ovsdb_view_append_transition (GString *to, const OvsdbView *from, const OvsdbView *to_view)
{
  Pen pen = { .to = to };

  for (guint i = 0; i < from->n_tables; i++)
    {
      const OvsdbViewTable *then = from->tables[i], *now = to_view->tables[i];
      if (!then || g_strcmp0 (then->where, now->where) == 0)
        continue;
      for (const OvsdbRow *row = ovsdb_table_first (then->table); row; row = ovsdb_table_next (row))
        {
          gboolean was = admits (then, row), is = admits (now, row);
          if (was != is)
            render_row (&pen, from->form, now, was ? row : NULL, is ? row : NULL, FALSE);
        }
    }
  return end_rows (&pen);
}

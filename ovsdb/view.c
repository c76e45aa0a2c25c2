/* Monitor requests become views; equal ones become the same view. */
#include "ovsdb/view-private.h"

#include <string.h>

void
ovsdb_views_init (OvsdbViews *views, OvsdbDatabase *db)
{
  views->db = db;
  views->views = g_ptr_array_new ();
}

static void
table_free (OvsdbViewTable *table)
{
  if (!table)
    return;
  g_array_unref (table->columns);
  ovsdb_condition_free (table->condition);
  g_free (table->where);
  g_free (table);
}

static void
view_free (OvsdbView *view)
{
  for (guint i = 0; i < view->n_tables; i++)
    table_free (view->tables[i]);
  g_free (view->tables);
  g_free (view->key);
  g_clear_pointer (&view->rendered, g_bytes_unref);
  g_free (view);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OvsdbView, view_free)

void
ovsdb_views_clear (OvsdbViews *views)
{
  for (guint i = 0; i < views->views->len; i++)
    view_free (g_ptr_array_index (views->views, i));
  g_ptr_array_unref (views->views);
  views->views = NULL;
}

static OvsdbView *
view_new (OvsdbViews *views, OvsdbViewForm form)
{
  OvsdbView *view = g_new0 (OvsdbView, 1);

  view->ref_count = 1;
  view->form = form;
  view->n_tables = views->db->schema->n_tables;
  view->tables = g_new0 (OvsdbViewTable *, view->n_tables + 1);
  return view;
}

/* ---- one request -------------------------------------------------------------------------------------------------- */

/* "select": each of its four is true when absent. */
static gboolean
parse_show (const OvsdbJson *json, OvsdbShow *show, GError **error)
{
  static const char *const names[] = { "initial", "insert", "delete", "modify" };
  OvsdbMembers members;

  *show = OVSDB_SHOW_ALL;
  if (!json)
    return TRUE;
  ovsdb_members_begin (&members, json, "\"select\"");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (ovsdb_json_is (ovsdb_members_may (&members, names[i], OVSDB_ANY_BOOLEAN), OVSDB_JSON_FALSE))
      *show &= ~(1u << i);
  return ovsdb_members_end (&members, error);
}

static gboolean
add_column (OvsdbViewTable *table, guint column, OvsdbShow show, GError **error)
{
  OvsdbViewColumn entry = { column, show };
  guint at = 0;

  while (at < table->columns->len && g_array_index (table->columns, OvsdbViewColumn, at).column < column)
    at++;
  if (at < table->columns->len && g_array_index (table->columns, OvsdbViewColumn, at).column == column)
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "column \"%s\" is asked for twice",
                         table->table->schema->columns[column]->name);
  g_array_insert_val (table->columns, at, entry);
  return TRUE;
}

/* All columns but `_uuid` when none are named. */
static gboolean
parse_columns (OvsdbViewTable *table, const OvsdbJson *json, OvsdbShow show, GError **error)
{
  const OvsdbTableSchema *schema = table->table->schema;

  for (guint i = OVSDB_COLUMN_VERSION; !json && i < schema->n_columns; i++)
    if (!add_column (table, i, show, error))
      return FALSE;
  for (const OvsdbJson *name = json ? json->first : NULL; name; name = name->next)
    {
      const OvsdbColumn *column
          = name->kind == OVSDB_JSON_STRING ? ovsdb_table_schema_column (schema, name->text) : NULL;
      if (!column)
        return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX,
                             "\"columns\" must be names of columns of table \"%s\"", schema->name);
      if (!add_column (table, column->index, show, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_condition (OvsdbViewTable *table, const OvsdbJson *where, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  OvsdbCondition *condition;

  if (where->kind != OVSDB_JSON_ARRAY)
    return ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "\"where\" must be an array of clauses");
  condition = ovsdb_condition_parse (table->table->schema, where, NULL, error);
  if (!condition)
    return FALSE;
  ovsdb_condition_free (table->condition);
  table->condition = condition;
  ovsdb_json_append (text, where);
  g_free (table->where);
  table->where = g_strdup (text->str);
  return TRUE;
}

static gboolean
parse_request (OvsdbViewTable *table, OvsdbViewForm form, const OvsdbJson *json, GError **error)
{
  OvsdbMembers members;
  const OvsdbJson *columns, *select, *where = NULL;
  OvsdbShow show;

  ovsdb_members_begin (&members, json, "a monitor request");
  columns = ovsdb_members_may (&members, "columns", OVSDB_ANY_ARRAY);
  select = ovsdb_members_may (&members, "select", OVSDB_ANY_OBJECT);
  if (form != OVSDB_VIEW_UPDATE)
    where = ovsdb_members_may (&members, "where", OVSDB_ANY_ARRAY);
  if (!ovsdb_members_end (&members, error) || !parse_show (select, &show, error))
    return FALSE;
  table->show |= show;
  return parse_columns (table, columns, show, error) && (!where || set_condition (table, where, error));
}

/* ---- all requests ------------------------------------------------------------------------------------------------- */

static OvsdbViewTable *
table_new (OvsdbTable *table)
{
  OvsdbViewTable *made = g_new0 (OvsdbViewTable, 1);

  made->table = table;
  made->columns = g_array_new (FALSE, FALSE, sizeof (OvsdbViewColumn));
  return made;
}

/* The view's place for the table a member names, or NULL. */
static OvsdbViewTable **
find_place (OvsdbViews *views, OvsdbView *view, const char *name, GError **error)
{
  OvsdbTable *table = ovsdb_database_table (views->db, name);

  if (table)
    return &view->tables[table->schema->index];
  ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "there is no table \"%s\"", name);
  return NULL;
}

static gboolean
parse_table (OvsdbViews *views, OvsdbView *view, const OvsdbJson *member, GError **error)
{
  OvsdbViewTable **place = find_place (views, view, member->key, error);

  if (!place)
    return FALSE;
  if (!*place)
    *place = table_new (ovsdb_database_table (views->db, member->key));
  if (member->kind != OVSDB_JSON_ARRAY)
    return parse_request (*place, view->form, member, error);
  for (const OvsdbJson *request = member->first; request; request = request->next)
    if (!parse_request (*place, view->form, request, error))
      return FALSE;
  return TRUE;
}

static void
append_key (GString *key, const OvsdbViewTable *table)
{
  g_string_append_printf (key, " %s", table->table->schema->name);
  for (guint i = 0; i < table->columns->len; i++)
    {
      const OvsdbViewColumn *column = &g_array_index (table->columns, OvsdbViewColumn, i);
      g_string_append_printf (key, ",%u:%u", column->column, (guint) column->show);
    }
  if (table->where)
    g_string_append (key, table->where);
}

/* The view that there is already, or this one.  Takes the reference. */
static OvsdbView *
share (OvsdbViews *views, OvsdbView *view)
{
  GString *key = g_string_new (NULL);

  g_string_append_printf (key, "%u", (guint) view->form);
  for (guint i = 0; i < view->n_tables; i++)
    if (view->tables[i])
      append_key (key, view->tables[i]);
  view->key = g_string_free (key, FALSE);
  for (guint i = 0; i < views->views->len; i++)
    {
      OvsdbView *other = g_ptr_array_index (views->views, i);
      if (strcmp (other->key, view->key) == 0)
        {
          view_free (view);
          other->ref_count++;
          return other;
        }
    }
  g_ptr_array_add (views->views, view);
  return view;
}

OvsdbView *
ovsdb_views_get (OvsdbViews *views, OvsdbViewForm form, const OvsdbJson *requests, GError **error)
{
  g_autoptr (OvsdbView) view = view_new (views, form);

  if (!ovsdb_json_is (requests, OVSDB_JSON_OBJECT))
    {
      ovsdb_refuse (error, OVSDB_ERROR_SYNTAX,
                    "monitor requests must be an object from table names to requests");
      return NULL;
    }
  for (const OvsdbJson *member = requests->first; member; member = member->next)
    if (!parse_table (views, view, member, error))
      return NULL;
  return share (views, g_steal_pointer (&view));
}

void
ovsdb_views_release (OvsdbViews *views, OvsdbView *view)
{
  if (!view || --view->ref_count > 0)
    return;
  g_ptr_array_remove (views->views, view);
  view_free (view);
}

OvsdbViewForm
ovsdb_view_form (const OvsdbView *view)
{
  return view->form;
}

guint
ovsdb_view_n_clauses (const OvsdbView *view)
{
  guint n = 0;

  for (guint i = 0; i < view->n_tables; i++)
    if (view->tables[i] && view->tables[i]->condition)
      n += ovsdb_condition_weight (view->tables[i]->condition);
  return n;
}

gsize
ovsdb_view_bytes (const OvsdbView *view)
{
  return strlen (view->key);
}

GBytes *
ovsdb_view_rendered (const OvsdbView *view)
{
  return view->rendered;
}

/* ---- other conditions ------------------------------------------------------------------------------------------ */

static gboolean
copy_table (OvsdbView *copy, const OvsdbViewTable *table, GError **error)
{
  OvsdbViewTable *made = table_new (table->table);

  copy->tables[table->table->schema->index] = made;
  g_array_append_vals (made->columns, table->columns->data, table->columns->len);
  made->show = table->show;
  if (table->where)
    {
      g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
      return set_condition (
          made, ovsdb_json_parse (arena, table->where, strlen (table->where), G_MAXUINT, NULL), error);
    }
  return TRUE;
}

static gboolean
change_table (OvsdbViewTable *table, const OvsdbJson *json, GError **error)
{
  const OvsdbJson *request = json->kind == OVSDB_JSON_ARRAY ? json->first : json;
  OvsdbMembers members;
  const OvsdbJson *where;

  for (; request; request = json->kind == OVSDB_JSON_ARRAY ? request->next : NULL)
    {
      ovsdb_members_begin (&members, request, "a change of a monitor's condition");
      ovsdb_members_may (&members, "columns", OVSDB_ANY_ARRAY);
      where = ovsdb_members_need (&members, "where", OVSDB_ANY_ARRAY);
      if (!ovsdb_members_end (&members, error) || !set_condition (table, where, error))
        return FALSE;
    }
  return TRUE;
}

OvsdbView *
ovsdb_views_get_changed (OvsdbViews *views, const OvsdbView *view, const OvsdbJson *requests, GError **error)
{
  g_autoptr (OvsdbView) changed = view_new (views, view->form);

  for (guint i = 0; i < view->n_tables; i++)
    if (view->tables[i] && !copy_table (changed, view->tables[i], error))
      return NULL;
  if (!ovsdb_json_is (requests, OVSDB_JSON_OBJECT))
    {
      ovsdb_refuse (error, OVSDB_ERROR_SYNTAX,
                    "changed conditions must be an object from table names to requests");
      return NULL;
    }
  for (const OvsdbJson *member = requests->first; member; member = member->next)
    {
      OvsdbViewTable **place = find_place (views, changed, member->key, error);
      if (!place)
        return NULL;
      if (!*place)
        {
          ovsdb_refuse (error, OVSDB_ERROR_SYNTAX, "table \"%s\" is not monitored", member->key);
          return NULL;
        }
      if (!change_table (*place, member, error))
        return NULL;
    }
  return share (views, g_steal_pointer (&changed));
}

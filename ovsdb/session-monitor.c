/* monitor, monitor_cond, monitor_cond_since, monitor_cond_change, monitor_cancel, and their updates. */
#include "ovsdb/session.h"
#include "ovsdb/put.h"

#include <string.h>

/* What a session has of a view counts for it from now on, or no more. */
static void
count_view (OvsdbSession *session, const OvsdbView *view, gint sign)
{
  session->n_clauses += (guint) sign * ovsdb_view_n_clauses (view);
  session->kept_bytes += (gsize) sign * ovsdb_view_bytes (view);
}

void
ovsdb_monitor_free (OvsdbMonitor *monitor)
{
  count_view (monitor->session, monitor->view, -1);
  ovsdb_views_release (&monitor->served->views, monitor->view);
  g_free (monitor->id);
  g_free (monitor);
}

static char *
text_of (const OvsdbJson *json)
{
  GString *text = g_string_new (NULL);

  ovsdb_json_append (text, json);
  return g_string_free (text, FALSE);
}

static OvsdbMonitor *
find_monitor (OvsdbSession *session, const char *id)
{
  for (guint i = 0; i < session->monitors->len; i++)
    {
      OvsdbMonitor *monitor = g_ptr_array_index (session->monitors, i);
      if (strcmp (monitor->id, id) == 0)
        return monitor;
    }
  return NULL;
}

static void
refuse (OvsdbSession *session, const OvsdbMessage *message, OvsdbErrorCode code, const char *what)
{
  g_autoptr (GError) error = g_error_new_literal (OVSDB_ERROR, (gint) code, what);
  ovsdb_session_refuse (session, message, error);
}

/* ---- asking for one ---------------------------------------------------------------------------------------------- */

static OvsdbViewForm
form_of (const char *method)
{
  if (strcmp (method, "monitor") == 0)
    return OVSDB_VIEW_UPDATE;
  return strcmp (method, "monitor_cond") == 0 ? OVSDB_VIEW_UPDATE2 : OVSDB_VIEW_UPDATE3;
}

/* ,"id", with the id of the last transaction. */
static void
append_now (GString *to, const OvsdbServed *served)
{
  OvsdbUuid now = ovsdb_history_now (&served->history);
  char text[OVSDB_UUID_TEXT];

  g_string_append_printf (to, ",\"%s\",", ovsdb_uuid_format (&now, text));
}

/* All rows; or, to who says what it saw last, what came after that. */
static void
answer_monitor (OvsdbSession *session, const OvsdbMessage *message, OvsdbServed *served,
                const OvsdbView *view, const OvsdbUuid *since)
{
  g_autoptr (GArray) missed = NULL;

  ovsdb_rpc_begin_reply (session->out, message->id);
  if (since)
    {
      missed = ovsdb_history_since (&served->history, since);
      ovsdb_history_begin (&served->history);
      g_string_append (session->out, missed ? "[true" : "[false");
      append_now (session->out, served);
    }
  if (!missed)
    ovsdb_view_append_initial (session->out, view);
  else if (!ovsdb_view_append_changes (session->out, view, (const OvsdbChange *) (gpointer) missed->data,
                                       missed->len))
    OVSDB_PUT (session->out, "{}");
  if (since)
    g_string_append_c (session->out, ']');
  ovsdb_rpc_end_reply (session->out);
}

/* The fourth parameter of monitor_cond_since. */
static gboolean
read_since (OvsdbSession *session, const OvsdbMessage *message, OvsdbUuid *since)
{
  const OvsdbJson *last = ovsdb_json_at (message->params, 3);

  if (ovsdb_json_is (last, OVSDB_JSON_STRING) && ovsdb_uuid_from_text (last->text, since))
    return TRUE;
  refuse (session, message, OVSDB_ERROR_SYNTAX,
          "the last transaction's id must be a uuid, of zeros for none");
  return FALSE;
}

/* Whether the session may have one more, of that name. */
static gboolean
has_room (OvsdbSession *session, const OvsdbMessage *message, const char *id)
{
  if (find_monitor (session, id))
    refuse (session, message, OVSDB_ERROR_SYNTAX, "duplicate monitor ID");
  else if (session->monitors->len >= session->server->limits.max_monitors
           || strlen (id) > OVSDB_SESSION_MAX_NAME_BYTES)
    refuse (session, message, OVSDB_ERROR_RESOURCES,
            "this session has as many monitors as a session may have, or the monitor's id is too long");
  else
    return TRUE;
  return FALSE;
}

/* The view, which becomes the caller's or is released. */
static gboolean
may_have_view (OvsdbSession *session, const OvsdbMessage *message, OvsdbServed *served, OvsdbView *view,
               guint n_clauses_less)
{
  if (session->n_clauses - n_clauses_less + ovsdb_view_n_clauses (view)
      <= session->server->limits.max_clauses)
    return TRUE;
  ovsdb_views_release (&served->views, view);
  refuse (session, message, OVSDB_ERROR_RESOURCES,
          "the conditions of this session's monitors would have more clauses than they may");
  return FALSE;
}

/* The database that the request names, or NULL after a refusal. */
static OvsdbServed *
served_of (OvsdbSession *session, const OvsdbMessage *message, guint n_params)
{
  const OvsdbJson *name = ovsdb_json_at (message->params, 0);
  OvsdbServed *served;

  if (!ovsdb_json_is (name, OVSDB_JSON_STRING) || message->params->n != n_params)
    {
      refuse (session, message, OVSDB_ERROR_SYNTAX,
              "monitor takes [<db-name>, <id>, <requests>]; monitor_cond_since, the last transaction too");
      return NULL;
    }
  served = ovsdb_server_find (session->server, name->text);
  if (!served)
    refuse (session, message, OVSDB_ERROR_UNKNOWN_DATABASE, "monitor: there is no such database here");
  return served;
}

void
ovsdb_session_monitor (OvsdbSession *session, const OvsdbMessage *message)
{
  OvsdbViewForm form = form_of (message->method);
  OvsdbServed *served = served_of (session, message, form == OVSDB_VIEW_UPDATE3 ? 4 : 3);
  g_autofree char *id = served ? text_of (ovsdb_json_at (message->params, 1)) : NULL;
  gboolean has_since = form == OVSDB_VIEW_UPDATE3;
  OvsdbUuid since;
  OvsdbMonitor *monitor;
  OvsdbView *view;
  g_autoptr (GError) error = NULL;

  if (!served || !has_room (session, message, id) || (has_since && !read_since (session, message, &since)))
    return;
  view = ovsdb_views_get (&served->views, form, ovsdb_json_at (message->params, 2), &error);
  if (!view)
    {
      ovsdb_session_refuse (session, message, error);
      return;
    }
  if (!may_have_view (session, message, served, view, 0))
    return;
  monitor = g_new0 (OvsdbMonitor, 1);
  *monitor = (OvsdbMonitor){ session, served, g_steal_pointer (&id), view };
  count_view (session, view, 1);
  g_ptr_array_add (session->monitors, monitor);
  answer_monitor (session, message, served, view, has_since ? &since : NULL);
}

/* ---- updates ----------------------------------------------------------------------------------------------------- */

#define UPDATE_TAIL "]}"

/* {"id":null,"method":"update…","params":[<id>, …, up to the table updates; UPDATE_TAIL stands behind them. */
static void
append_update_head (GString *to, const OvsdbMonitor *monitor)
{
  static const char *const names[] = { "update", "update2", "update3" };
  OvsdbViewForm form = ovsdb_view_form (monitor->view);

  OVSDB_PUT (to, "{\"id\":null,\"method\":\"");
  ovsdb_put_text (to, names[form]);
  OVSDB_PUT (to, "\",\"params\":[");
  ovsdb_put_text (to, monitor->id);
  if (form == OVSDB_VIEW_UPDATE3)
    append_now (to, monitor->served);
  else
    g_string_append_c (to, ',');
}

void
ovsdb_session_notify (OvsdbSession *session, const OvsdbServed *served)
{
  g_autoptr (GString) head = NULL;

  for (guint i = 0; i < session->monitors->len; i++)
    {
      const OvsdbMonitor *monitor = g_ptr_array_index (session->monitors, i);
      GBytes *updates = monitor->served == served ? ovsdb_view_rendered (monitor->view) : NULL;
      if (!updates)
        continue;
      if (!head)
        head = g_string_new (NULL);
      g_string_truncate (head, 0);
      append_update_head (head, monitor);
      ovsdb_rpc_send_around (session->rpc, head, updates, UPDATE_TAIL);
    }
}

/* ---- changing and cancelling -------------------------------------------------------------------------------------- */

/* The monitor that is to change, or NULL after a refusal. */
static OvsdbMonitor *
changing_monitor (OvsdbSession *session, const OvsdbMessage *message, const char *old_id, const char *new_id)
{
  OvsdbMonitor *monitor = old_id ? find_monitor (session, old_id) : NULL,
               *other = new_id ? find_monitor (session, new_id) : NULL;

  if (message->params->n != 3 || !monitor || ovsdb_view_form (monitor->view) == OVSDB_VIEW_UPDATE)
    refuse (session, message, OVSDB_ERROR_SYNTAX,
            "monitor_cond_change: there is no such conditional monitor");
  else if ((other && other != monitor) || strlen (new_id) > OVSDB_SESSION_MAX_NAME_BYTES)
    refuse (session, message, OVSDB_ERROR_SYNTAX, "duplicate monitor ID, or one that is too long");
  else
    return monitor;
  return NULL;
}

/* [<old id>, <new id>, <requests>]; what comes into view or leaves it is told before the answer. */
void
ovsdb_session_monitor_change (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *old_id = ovsdb_json_at (message->params, 0), *new_id = ovsdb_json_at (message->params, 1);
  g_autofree char *old_text = old_id ? text_of (old_id) : NULL, *new_text = new_id ? text_of (new_id) : NULL;
  OvsdbMonitor *monitor = changing_monitor (session, message, old_text, new_text);
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  OvsdbView *view;

  if (!monitor)
    return;
  view = ovsdb_views_get_changed (&monitor->served->views, monitor->view, ovsdb_json_at (message->params, 2),
                                  &error);
  if (!view)
    {
      ovsdb_session_refuse (session, message, error);
      return;
    }
  if (!may_have_view (session, message, monitor->served, view, ovsdb_view_n_clauses (monitor->view)))
    return;
  g_free (monitor->id);
  monitor->id = g_steal_pointer (&new_text);
  if (ovsdb_view_append_transition (body, monitor->view, view))
    {
      append_update_head (session->out, monitor);
      g_string_append_len (session->out, body->str, (gssize) body->len);
      g_string_append (session->out, UPDATE_TAIL);
    }
  count_view (session, monitor->view, -1);
  count_view (session, view, 1);
  ovsdb_views_release (&monitor->served->views, monitor->view);
  monitor->view = view;
  ovsdb_rpc_begin_reply (session->out, message->id);
  OVSDB_PUT (session->out, "{}");
  ovsdb_rpc_end_reply (session->out);
}

void
ovsdb_session_monitor_cancel (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *id = ovsdb_json_at (message->params, 0);
  g_autofree char *id_text = id ? text_of (id) : NULL;
  OvsdbMonitor *monitor = id_text ? find_monitor (session, id_text) : NULL;

  if (!id || message->params->n != 1)
    ovsdb_rpc_append_error (session->out, message->id, "\"invalid parameters\"");
  else if (!monitor)
    ovsdb_rpc_append_error (session->out, message->id, "\"unknown monitor\"");
  else
    {
      g_ptr_array_remove (session->monitors, monitor);
      ovsdb_rpc_begin_reply (session->out, message->id);
      OVSDB_PUT (session->out, "{}");
      ovsdb_rpc_end_reply (session->out);
    }
}

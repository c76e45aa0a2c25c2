/* transact and cancel; transactions that wait. */
#include "ovsdb/session.h"

#include <string.h>

static gboolean
holds_lock (gpointer owner, const char *name)
{
  const OvsdbSession *session = owner;
  return ovsdb_locks_holds (session->server->locks, session, name);
}

static void
refuse (OvsdbSession *session, const OvsdbMessage *message, OvsdbErrorCode code, const char *what)
{
  g_autoptr (GError) error = g_error_new_literal (OVSDB_ERROR, (gint) code, what);
  ovsdb_session_refuse (session, message, error);
}

/* Runs the operations behind the database's name; `request` says what that took.  On FALSE nothing was appended to `results`. */
static gboolean
execute (OvsdbSession *session, OvsdbServed *served, const OvsdbJson *params, gint64 waited_ms,
         OvsdbRequest *request, GString *results)
{
  *request = (OvsdbRequest){ .operations = params->first->next,
                             .n = params->n - 1,
                             .read_only = served->read_only,
                             .may_block = TRUE,
                             .waited_ms = waited_ms,
                             .holds_lock = holds_lock,
                             .owner = session,
                             .quota = &session->server->limits.transaction };
  return ovsdb_execute (served->db, request, results) == OVSDB_EXECUTED;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

void
ovsdb_waiting_free (OvsdbWaiting *waiting)
{
  net_world_timer_cancel (waiting->session->server->world, &waiting->timeout);
  waiting->session->kept_bytes -= strlen (waiting->id) + strlen (waiting->params);
  g_free (waiting->id);
  g_free (waiting->params);
  g_free (waiting);
}

/* FALSE: it still waits. */
static gboolean
try_again (OvsdbWaiting *waiting, guint64 *work)
{
  OvsdbSession *session = waiting->session;
  gint64 waited_ms = (net_world_now (session->server->world) - waiting->since_ns) / NET_MSEC;
  OvsdbRequest request;
  gboolean done;
  g_autoptr (OvsdbArena) arena = ovsdb_arena_new ();
  const OvsdbJson *params
      = ovsdb_json_parse (arena, waiting->params, strlen (waiting->params), G_MAXUINT, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "{\"id\":%s,\"result\":", waiting->id);
  waiting->tried_at = session->server->n_commits;
  done = execute (session, waiting->served, params, waited_ms, &request, text);
  *work += request.work + request.n;
  if (!done)
    return FALSE;
  ovsdb_rpc_end_reply (text);
  ovsdb_rpc_send (session->rpc, text);
  g_ptr_array_remove (session->waiting, waiting);
  return TRUE;
}

static void
on_timeout (NetTimer *timer, gint64 now_ns)
{
  guint64 work = 0;

  (void) now_ns;
  try_again (timer->owner, &work);
}

static void
begin_waiting (OvsdbSession *session, OvsdbServed *served, const OvsdbMessage *message, gint64 timeout_ms)
{
  OvsdbWaiting *waiting = g_new0 (OvsdbWaiting, 1);
  g_autoptr (GString) id = g_string_new (NULL), params = g_string_new (NULL);
  NetWorld *world = session->server->world;

  ovsdb_json_append (id, message->id);
  ovsdb_json_append (params, message->params);
  waiting->session = session;
  waiting->served = served;
  waiting->id = g_strdup (id->str);
  waiting->params = g_strdup (params->str);
  waiting->since_ns = net_world_now (world);
  waiting->tried_at = session->server->n_commits;
  session->kept_bytes += id->len + params->len;
  net_timer_init (&waiting->timeout, on_timeout, waiting);
  if (timeout_ms < G_MAXINT64 / NET_MSEC - waiting->since_ns / NET_MSEC)
    net_world_timer_set (world, &waiting->timeout, waiting->since_ns + timeout_ms * NET_MSEC);
  g_ptr_array_add (session->waiting, waiting);
}

void
ovsdb_session_retry (OvsdbSession *session, guint64 most, guint64 *work)
{
  for (guint i = 0; i < session->waiting->len && *work < most;)
    {
      OvsdbWaiting *waiting = g_ptr_array_index (session->waiting, i);
      if (waiting->tried_at == session->server->n_commits || !try_again (waiting, work))
        i++;
    }
}

/* ---- methods ----------------------------------------------------------------------------------------------------- */

void
ovsdb_session_transact (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *name = ovsdb_json_at (message->params, 0);
  OvsdbServed *served;
  gsize length = session->out->len;
  OvsdbRequest request;

  if (!ovsdb_json_is (name, OVSDB_JSON_STRING))
    {
      refuse (session, message, OVSDB_ERROR_SYNTAX, "transact takes [<db-name>, <operation>...]");
      return;
    }
  served = ovsdb_server_find (session->server, name->text);
  if (!served)
    {
      refuse (session, message, OVSDB_ERROR_UNKNOWN_DATABASE, "transact: there is no such database here");
      return;
    }
  ovsdb_rpc_begin_reply (session->out, message->id);
  if (execute (session, served, message->params, 0, &request, session->out))
    {
      ovsdb_rpc_end_reply (session->out);
      return;
    }
  g_string_truncate (session->out, length);
  if (session->waiting->len < session->server->limits.max_waiting)
    begin_waiting (session, served, message, request.timeout_ms);
  else
    refuse (session, message, OVSDB_ERROR_RESOURCES,
            "this session has as many waiting transactions as it may have");
}

/* A notification: the answer goes to the request that it names (RFC 7047 §4.1.4). */
void
ovsdb_session_cancel (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *id = ovsdb_json_at (message->params, 0);
  g_autoptr (GString) id_text = g_string_new (NULL);

  if (!id)
    return;
  ovsdb_json_append (id_text, id);
  for (guint i = 0; i < session->waiting->len; i++)
    {
      OvsdbWaiting *waiting = g_ptr_array_index (session->waiting, i);
      if (strcmp (waiting->id, id_text->str) != 0)
        continue;
      ovsdb_rpc_append_error (session->out, id,
                              "{\"details\":\"the transaction was cancelled\",\"error\":\"canceled\"}");
      g_ptr_array_remove (session->waiting, waiting);
      return;
    }
}

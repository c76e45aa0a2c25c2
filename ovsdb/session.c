/* The methods of a session and its end. */
#include "ovsdb/session.h"

#include <string.h>

/* ---- answers ---------------------------------------------------------------------------------------------------- */

void
ovsdb_session_refuse (OvsdbSession *session, const OvsdbMessage *message, const GError *error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_error_append (text, error);
  ovsdb_rpc_append_error (session->out, message->id, text->str);
}

static void
refuse_text (OvsdbSession *session, const OvsdbMessage *message, OvsdbErrorCode code, const char *what)
{
  g_autoptr (GError) error = g_error_new_literal (OVSDB_ERROR, (gint) code, what);
  ovsdb_session_refuse (session, message, error);
}

static void
answer (OvsdbSession *session, const OvsdbMessage *message, const char *result)
{
  ovsdb_rpc_begin_reply (session->out, message->id);
  g_string_append (session->out, result);
  ovsdb_rpc_end_reply (session->out);
}

/* ---- methods about the server ---------------------------------------------------------------------------------- */

static void
list_dbs (OvsdbSession *session, const OvsdbMessage *message)
{
  g_autoptr (GString) names = g_string_new ("[");

  for (guint i = 0; i < session->server->served->len; i++)
    {
      const OvsdbServed *served = g_ptr_array_index (session->server->served, i);
      g_string_append_printf (names, "%s\"%s\"", i ? "," : "", served->db->schema->name);
    }
  g_string_append_c (names, ']');
  answer (session, message, names->str);
}

static void
get_schema (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *name = ovsdb_json_at (message->params, 0);
  const OvsdbServed *served;

  /* Open vSwitch's own IDL for Python sends a second parameter. */
  if (!ovsdb_json_is (name, OVSDB_JSON_STRING))
    {
      refuse_text (session, message, OVSDB_ERROR_SYNTAX, "get_schema takes [<db-name>]");
      return;
    }
  served = ovsdb_server_find (session->server, name->text);
  if (served)
    answer (session, message, served->db->schema->json);
  else
    refuse_text (session, message, OVSDB_ERROR_UNKNOWN_DATABASE,
                 "get_schema: there is no such database here");
}

static void
get_server_id (OvsdbSession *session, const OvsdbMessage *message)
{
  char uuid[OVSDB_UUID_TEXT];
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", ovsdb_uuid_format (&session->server->id, uuid));

  answer (session, message, quoted);
}

static void
set_db_change_aware (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *aware = ovsdb_json_at (message->params, 0);

  if (!aware || message->params->n != 1 || !(OVSDB_JSON_BIT (aware->kind) & OVSDB_ANY_BOOLEAN))
    {
      refuse_text (session, message, OVSDB_ERROR_SYNTAX, "set_db_change_aware takes [true] or [false]");
      return;
    }
  session->change_aware = aware->kind == OVSDB_JSON_TRUE;
  answer (session, message, "{}");
}

/* ---- locks ------------------------------------------------------------------------------------------------------- */

/* The lock's name, or NULL after a refusal. */
static const char *
lock_name (OvsdbSession *session, const OvsdbMessage *message)
{
  const OvsdbJson *name = ovsdb_json_at (message->params, 0);

  if (ovsdb_json_is (name, OVSDB_JSON_STRING) && message->params->n == 1 && ovsdb_is_id (name->text)
      && name->n <= OVSDB_SESSION_MAX_NAME_BYTES)
    return name->text;
  refuse_text (session, message, OVSDB_ERROR_SYNTAX, "a lock's name must be letters, digits and '_'");
  return NULL;
}

static gboolean
may_lock (OvsdbSession *session, const OvsdbMessage *message)
{
  if (session->n_locks < session->server->limits.max_locks)
    return TRUE;
  refuse_text (session, message, OVSDB_ERROR_RESOURCES, "this session has or awaits as many locks as it may");
  return FALSE;
}

static void
answer_lock (OvsdbSession *session, const OvsdbMessage *message, OvsdbLockAnswer got)
{
  session->n_locks += got != OVSDB_LOCK_REFUSED;
  if (got == OVSDB_LOCK_REFUSED)
    refuse_text (session, message, OVSDB_ERROR_SYNTAX,
                 "this session has or awaits the lock; \"unlock\" it first");
  else
    answer (session, message, got == OVSDB_LOCK_TAKEN ? "{\"locked\":true}" : "{\"locked\":false}");
}

static void
lock (OvsdbSession *session, const OvsdbMessage *message)
{
  const char *name = lock_name (session, message);
  if (name && may_lock (session, message))
    answer_lock (session, message, ovsdb_locks_take (session->server->locks, session, name));
}

static void
steal (OvsdbSession *session, const OvsdbMessage *message)
{
  const char *name = lock_name (session, message);
  if (name && may_lock (session, message))
    answer_lock (session, message, ovsdb_locks_steal (session->server->locks, session, name));
}

static void
unlock (OvsdbSession *session, const OvsdbMessage *message)
{
  const char *name = lock_name (session, message);

  if (name && ovsdb_locks_give (session->server->locks, session, name))
    {
      session->n_locks--;
      answer (session, message, "{}");
    }
  else if (name)
    refuse_text (session, message, OVSDB_ERROR_SYNTAX, "this session neither has nor awaits the lock");
}

void
ovsdb_session_send_lock_event (OvsdbSession *session, const char *event, const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "{\"id\":null,\"method\":\"%s\",\"params\":[\"%s\"]}", event, name);
  ovsdb_rpc_send (session->rpc, text);
}

/* ---- dispatch ---------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  OvsdbMethod run;
  gboolean notification;
} methods[] = {
  { "transact", ovsdb_session_transact, FALSE },
  { "monitor", ovsdb_session_monitor, FALSE },
  { "monitor_cond", ovsdb_session_monitor, FALSE },
  { "monitor_cond_since", ovsdb_session_monitor, FALSE },
  { "monitor_cond_change", ovsdb_session_monitor_change, FALSE },
  { "monitor_cancel", ovsdb_session_monitor_cancel, FALSE },
  { "convert", ovsdb_session_convert, FALSE },
  { "list_dbs", list_dbs, FALSE },
  { "get_schema", get_schema, FALSE },
  { "get_server_id", get_server_id, FALSE },
  { "set_db_change_aware", set_db_change_aware, FALSE },
  { "lock", lock, FALSE },
  { "steal", steal, FALSE },
  { "unlock", unlock, FALSE },
  { "cancel", ovsdb_session_cancel, TRUE },
};

/* What is longer is given away, with its buffer; what is not is copied, and the buffer kept. */
#define LONG_BYTES 32768u

static void
on_message (OvsdbRpc *rpc, const OvsdbMessage *message, gpointer user)
{
  OvsdbSession *session = user;

  if (!message->method)
    return; /* a reply: the server asks nothing but echo */
  g_string_truncate (session->out, 0);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (methods[i].name, message->method) == 0 && methods[i].notification == !message->id)
      {
        methods[i].run (session, message);
        break;
      }
    else if (i + 1 == G_N_ELEMENTS (methods) && message->id)
      ovsdb_rpc_append_error (session->out, message->id, "\"unknown method\"");
  if (session->out->len > LONG_BYTES)
    {
      ovsdb_rpc_send_long (rpc, session->out);
      session->out = g_string_new (NULL);
    }
  else if (session->out->len)
    ovsdb_rpc_send (rpc, session->out);
  if (ovsdb_rpc_weight (rpc) + session->kept_bytes > OVSDB_RPC_LIGHT_BYTES)
    ovsdb_server_weigh (session->server);
}

static void
on_ended (OvsdbRpc *rpc, const char *why, gpointer user)
{
  OvsdbSession *session = user;

  net_world_log (session->server->world, NET_LOG_DEBUG, "ovsdb", "session with %s ended: %s",
                 ovsdb_rpc_peer (rpc), why);
  if (session->ended)
    session->ended (session, why, session->owner);
  ovsdb_session_free (session);
}

void
ovsdb_session_set_probe (OvsdbSession *session, gint64 probe_ns)
{
  ovsdb_rpc_set_probe (session->rpc, probe_ns < 0 ? session->server->limits.probe_ns : probe_ns);
}

static void
on_heavy (OvsdbRpc *rpc, gpointer user)
{
  OvsdbSession *session = user;

  (void) rpc;
  ovsdb_server_weigh (session->server);
}

static const OvsdbRpcEvents rpc_events = { .message = on_message, .ended = on_ended, .heavy = on_heavy };

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void
free_monitor (gpointer monitor)
{
  ovsdb_monitor_free (monitor);
}

static void
free_waiting (gpointer waiting)
{
  ovsdb_waiting_free (waiting);
}

OvsdbSession *
ovsdb_session_new (OvsdbServer *server, NetStream *stream, const OvsdbRpcLimits *limits)
{
  OvsdbSession *session = g_new0 (OvsdbSession, 1);

  session->server = server;
  session->since_ns = net_world_now (server->world);
  session->monitors = g_ptr_array_new_with_free_func (free_monitor);
  session->waiting = g_ptr_array_new_with_free_func (free_waiting);
  session->out = g_string_new (NULL);
  session->rpc = ovsdb_rpc_new (server->world, stream, limits, &rpc_events, session);
  g_ptr_array_add (server->sessions, session);
  return session;
}

void
ovsdb_session_free (OvsdbSession *session)
{
  g_ptr_array_remove (session->server->sessions, session);
  ovsdb_locks_forget (session->server->locks, session);
  g_ptr_array_unref (session->monitors);
  g_ptr_array_unref (session->waiting);
  g_string_free (session->out, TRUE);
  ovsdb_rpc_free (session->rpc);
  g_free (session);
}

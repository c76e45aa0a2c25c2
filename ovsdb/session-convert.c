/* convert: another schema for a database that is being served (ovsdb-server(7)). */
#include "ovsdb/convert.h"
#include "ovsdb/session.h"

#include <string.h>

static OvsdbSchema *
schema_of_json (const OvsdbJson *json, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_json_append (text, json);
  return ovsdb_schema_parse (text->str, text->len, error);
}

static gboolean
refuse (GError **error, OvsdbErrorCode code, const char *what)
{
  g_set_error_literal (error, OVSDB_ERROR, (gint) code, what);
  return FALSE;
}

/* [<db-name>, <database-schema>]. */
static gboolean
read_request (OvsdbSession *session, const OvsdbMessage *message, OvsdbServed **served, OvsdbSchema **schema,
              GError **error)
{
  const OvsdbJson *name = ovsdb_json_at (message->params, 0), *json = ovsdb_json_at (message->params, 1);

  if (!ovsdb_json_is (name, OVSDB_JSON_STRING) || !json || message->params->n != 2)
    return refuse (error, OVSDB_ERROR_SYNTAX, "convert takes [<db-name>, <database-schema>]");
  *served = ovsdb_server_find (session->server, name->text);
  if (!*served)
    return refuse (error, OVSDB_ERROR_UNKNOWN_DATABASE, "convert: there is no such database here");
  *schema = schema_of_json (json, error);
  if (!*schema)
    return FALSE;
  if (strcmp ((*schema)->name, name->text) != 0)
    return refuse (error, OVSDB_ERROR_SYNTAX, "convert: the schema is of a database of another name");
  if (!(*served)->may_convert)
    return refuse (error, OVSDB_ERROR_NOT_ALLOWED,
                   "convert: the program that serves this database needs its schema");
  return TRUE;
}

/* Nobody may look at the old tables any more.  A client that did not say that it knows of such changes would not
 * understand what comes: it is to connect again, and the others are told which of their monitors have ended. */
static void
end_monitors (OvsdbSession *session, const OvsdbServed *served)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = session->monitors->len; i > 0; i--)
    {
      const OvsdbMonitor *monitor = g_ptr_array_index (session->monitors, i - 1);
      if (monitor->served != served)
        continue;
      g_string_append_printf (text, "{\"id\":null,\"method\":\"monitor_canceled\",\"params\":[%s]}",
                              monitor->id);
      g_ptr_array_remove_index (session->monitors, i - 1);
    }
  if (session->change_aware && text->len)
    ovsdb_rpc_send (session->rpc, text);
  else if (!session->change_aware)
    ovsdb_rpc_end_soon (session->rpc, "a database has another schema now");
}

static void
finish (OvsdbSession *session, OvsdbServed *served, OvsdbDatabase *prepared)
{
  OvsdbServer *server = session->server;

  /* Before the session is ended, perhaps. */
  ovsdb_rpc_send (session->rpc, session->out);
  g_string_truncate (session->out, 0);
  for (guint i = 0; i < server->sessions->len; i++)
    end_monitors (g_ptr_array_index (server->sessions, i), served);
  g_assert (served->views.views->len == 0);
  ovsdb_history_clear (&served->history);
  ovsdb_convert_finish (served->db, prepared);
  for (guint i = 0; i < server->managers->len; i++)
    ovsdb_managers_rebind (g_ptr_array_index (server->managers, i));
  ovsdb_meta_change (server->meta->db, served->db->schema);
}

void
ovsdb_session_convert (OvsdbSession *session, const OvsdbMessage *message)
{
  OvsdbServed *served = NULL;
  g_autoptr (OvsdbSchema) schema = NULL;
  g_autoptr (GError) error = NULL;
  OvsdbDatabase *prepared = NULL;

  if (read_request (session, message, &served, &schema, &error))
    prepared = ovsdb_convert_prepare (served->db, schema, &error);
  if (!prepared)
    {
      ovsdb_session_refuse (session, message, error);
      return;
    }
  ovsdb_rpc_begin_reply (session->out, message->id);
  g_string_append (session->out, "{}");
  ovsdb_rpc_end_reply (session->out);
  finish (session, served, prepared);
}

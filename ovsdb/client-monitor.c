/* Monitoring: by the best method that the server has, from where the replica stands. */
#include "ovsdb/client-private.h"

#include <string.h>

/* The best first.  A server that lacks one answers with an error, and the next is tried. */
static const struct
{
  const char *name, *notification;
  OvsdbReplicaForm form;
  gboolean has_ids; /* of transactions, in the answer and in each notification */
} methods[] = {
  { "monitor_cond_since", "update3", OVSDB_REPLICA_DIFFERENCES, TRUE },
  { "monitor_cond", "update2", OVSDB_REPLICA_DIFFERENCES, FALSE },
  { "monitor", "update", OVSDB_REPLICA_VALUES, FALSE },
};
#define LAST_METHOD (G_N_ELEMENTS (methods) - 1)

static const OvsdbUuid nowhere;

/* Remembers where the replica stands.  Something that is no uuid is no place. */
static void
stand_at (OvsdbClient *client, const OvsdbJson *id)
{
  client->last = nowhere;
  if (ovsdb_json_is (id, OVSDB_JSON_STRING))
    ovsdb_uuid_from_text (id->text, &client->last);
}

/* Updates the replica.  When that fails it is not known where it stands. */
static gboolean
update (OvsdbClient *client, const OvsdbJson *updates, gboolean complete, const OvsdbJson *id)
{
  g_autoptr (GError) error = NULL;

  if (ovsdb_replica_update (client->replica, updates, methods[client->method].form, complete, &error))
    {
      stand_at (client, id);
      return TRUE;
    }
  client->last = nowhere;
  ovsdb_client_lose_misused (client, error->message);
  return FALSE;
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static void ask (OvsdbClient *client);

/* [found, id, updates]; not found, they are all rows. */
static gboolean
take_since (OvsdbClient *client, const OvsdbJson *result)
{
  const OvsdbJson *found = ovsdb_json_at (result, 0);

  if (!found || result->n != 3)
    {
      ovsdb_client_lose_misused (client,
                                 "the answer to monitor_cond_since is not [<found>, <last id>, <updates>]");
      return FALSE;
    }
  return update (client, ovsdb_json_at (result, 2), found->kind != OVSDB_JSON_TRUE,
                 ovsdb_json_at (result, 1));
}

static void
on_answered (OvsdbClient *client, const OvsdbPending *pending, const OvsdbJson *result, const GError *error)
{
  (void) pending;
  if (error && client->method < LAST_METHOD)
    {
      client->method++;
      ask (client);
      return;
    }
  if (error)
    {
      ovsdb_client_lose (client, error->message);
      return;
    }
  if (!(methods[client->method].has_ids ? take_since (client, result) : update (client, result, TRUE, NULL)))
    return;
  ovsdb_backoff_worked (&client->backoff);
  if (client->freed || !client->rpc)
    return;
  client->ready = TRUE;
  if (client->events->ready)
    client->events->ready (client, client->user);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static void
ask (OvsdbClient *client)
{
  g_autoptr (GString) params = g_string_new (NULL);
  char last[OVSDB_UUID_TEXT];

  g_string_append_printf (params, "[\"%s\",\"%s\",", client->database, client->database);
  g_string_append_len (params, client->requests->str, (gssize) client->requests->len);
  if (methods[client->method].has_ids)
    g_string_append_printf (params, ",\"%s\"", ovsdb_uuid_format (&client->last, last));
  g_string_append_c (params, ']');
  ovsdb_client_ask (client, methods[client->method].name, params->str, on_answered);
}

void
ovsdb_client_monitor (OvsdbClient *client, const OvsdbSchema *there)
{
  g_string_truncate (client->requests, 0);
  ovsdb_replica_append_requests (client->requests, client->schema, there,
                                 (const char *const *) client->tables);
  client->method = client->plain_monitor ? LAST_METHOD : 0;
  ask (client);
}

/* ---- notifications ----------------------------------------------------------------------------------------------- */

static gboolean
is_our_notification (const OvsdbClient *client, const OvsdbMessage *message)
{
  const OvsdbJson *id = ovsdb_json_at (message->params, 0);

  return strcmp (message->method, methods[client->method].notification) == 0
         && ovsdb_json_is (id, OVSDB_JSON_STRING) && strcmp (id->text, client->database) == 0;
}

/* [<id>, <updates>], or [<id>, <transaction>, <updates>]. */
void
ovsdb_client_take_notification (OvsdbClient *client, const OvsdbMessage *message)
{
  gboolean has_ids = methods[client->method].has_ids;

  if (!is_our_notification (client, message))
    ovsdb_client_misused (client, NET_MISUSE_UNASKED, "\"%s\" of no monitor of ours", message->method);
  else if (!client->ready)
    ovsdb_client_misused (client, NET_MISUSE_OUT_OF_ORDER, "\"%s\" before the answer to the monitor",
                          message->method);
  else
    update (client, ovsdb_json_at (message->params, has_ids ? 2 : 1), FALSE,
            has_ids ? ovsdb_json_at (message->params, 1) : NULL);
}

/* A client's requests and their answers: each is answered once, later, whatever becomes of the connection. */
#include "ovsdb/client-private.h"

static void
pending_free (gpointer data)
{
  OvsdbPending *pending = data;

  g_clear_error (&pending->failed);
  g_free (pending);
}

/* What ovsdb_client_transact() and _request() promise. */
static void
answer_user (OvsdbClient *client, const OvsdbPending *pending, const OvsdbJson *result, const GError *error)
{
  json_t *json;

  if (!pending->reply || client->freed)
    return;
  json = result ? ovsdb_json_to_jansson (result) : NULL;
  pending->reply (client, json, error, pending->user);
  if (json)
    json_decref (json);
}

static void
send_request (OvsdbClient *client, const char *method, const char *params, OvsdbPending *pending)
{
  g_autoptr (GString) text = g_string_new (NULL);

  pending->id = client->next_id++;
  g_queue_push_tail (&client->pending, pending);
  g_string_append_printf (text, "{\"id\":%" G_GINT64_FORMAT ",\"method\":\"%s\",\"params\":", pending->id,
                          method);
  g_string_append (text, params);
  g_string_append_c (text, '}');
  ovsdb_rpc_send (client->rpc, text);
}

static void
on_fail_soon (NetTimer *timer, gint64 now_ns)
{
  OvsdbClient *client = timer->owner;
  OvsdbPending *pending;

  (void) now_ns;
  ovsdb_client_enter (client);
  while (!client->freed && (pending = g_queue_pop_head (&client->unsent)))
    {
      pending->answered (client, pending, NULL, pending->failed);
      pending_free (pending);
    }
  ovsdb_client_leave (client);
}

/* Sends now, or answers soon that it cannot be. */
static void
send_or_fail (OvsdbClient *client, const char *method, const char *params, OvsdbReplyFunc reply,
              gpointer user)
{
  OvsdbPending *pending = g_new0 (OvsdbPending, 1);

  pending->answered = answer_user;
  pending->reply = reply;
  pending->user = user;
  if (client->rpc)
    {
      send_request (client, method, params, pending);
      return;
    }
  pending->failed = g_error_new (OVSDB_ERROR, OVSDB_ERROR_DISCONNECTED, "%s is not connected", client->peer);
  g_queue_push_tail (&client->unsent, pending);
  if (!client->fail_soon.pending)
    net_world_timer_set (client->world, &client->fail_soon, net_world_now (client->world));
}

void
ovsdb_client_request (OvsdbClient *client, const char *method, json_t *params, OvsdbReplyFunc reply,
                      gpointer user)
{
  char *text = json_dumps (params, JSON_COMPACT);

  send_or_fail (client, method, text, reply, user);
  free (text);
  json_decref (params);
}

void
ovsdb_client_transact (OvsdbClient *client, json_t *operations, OvsdbReplyFunc reply, gpointer user)
{
  json_array_insert_new (operations, 0, json_string (client->database));
  ovsdb_client_request (client, "transact", operations, reply, user);
}

void
ovsdb_client_ask (OvsdbClient *client, const char *method, const char *params, OvsdbAnswered answered)
{
  OvsdbPending *pending = g_new0 (OvsdbPending, 1);

  pending->answered = answered;
  send_request (client, method, params, pending);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static GError *
error_of (const OvsdbJson *json)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_json_append (text, json);
  return g_error_new (OVSDB_ERROR, OVSDB_ERROR_GENERIC, "the server refused the request: %s", text->str);
}

static GList *
find_pending (OvsdbClient *client, const OvsdbJson *id)
{
  for (GList *link = client->pending.head; ovsdb_json_is (id, OVSDB_JSON_INTEGER) && link; link = link->next)
    if (((const OvsdbPending *) link->data)->id == id->integer)
      return link;
  return NULL;
}

void
ovsdb_client_take_reply (OvsdbClient *client, const OvsdbMessage *message)
{
  GList *link = find_pending (client, message->id);
  g_autoptr (GError) error = message->error ? error_of (message->error) : NULL;
  OvsdbPending *pending;

  if (!link)
    {
      ovsdb_client_misused (client, NET_MISUSE_UNASKED, "an answer to no request of ours");
      return;
    }
  pending = link->data;
  g_queue_delete_link (&client->pending, link);
  pending->answered (client, pending, error ? NULL : message->result, error);
  pending_free (pending);
}

void
ovsdb_client_fail_requests (OvsdbClient *client, const char *why)
{
  g_autoptr (GError) error = g_error_new (OVSDB_ERROR, OVSDB_ERROR_DISCONNECTED, "%s: %s", client->peer, why);
  OvsdbPending *pending;

  while (!client->freed && (pending = g_queue_pop_head (&client->pending)))
    {
      if (pending->answered == answer_user)
        answer_user (client, pending, NULL, error);
      pending_free (pending);
    }
}

void
ovsdb_client_requests_init (OvsdbClient *client)
{
  net_timer_init (&client->fail_soon, on_fail_soon, client);
  g_queue_init (&client->pending);
  g_queue_init (&client->unsent);
}

void
ovsdb_client_requests_clear (OvsdbClient *client)
{
  g_queue_clear_full (&client->pending, pending_free);
  g_queue_clear_full (&client->unsent, pending_free);
}

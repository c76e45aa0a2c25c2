/* A client's connection: dialling, what is asked first on a new one, its end. */
#include "ovsdb/client-private.h"

#include <string.h>

#define MIN_BACKOFF_NS    (1 * NET_SEC)
#define MAX_BACKOFF_NS    (8 * NET_SEC)
#define PROBE_NS          (5 * NET_SEC)
#define MAX_MESSAGE_BYTES (256u * 1024u * 1024u)
#define MAX_DEPTH         100u

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void
destroy (OvsdbClient *client)
{
  ovsdb_client_requests_clear (client);
  g_string_free (client->requests, TRUE);
  ovsdb_database_free (client->replica);
  ovsdb_schema_unref (client->schema);
  g_strfreev (client->tables);
  g_free (client->target);
  g_free (client->database);
  g_free (client->server_version);
  g_free (client->peer);
  g_free (client);
}

void
ovsdb_client_enter (OvsdbClient *client)
{
  client->busy++;
}

void
ovsdb_client_leave (OvsdbClient *client)
{
  if (--client->busy == 0 && client->freed)
    destroy (client);
}

void
ovsdb_client_free (OvsdbClient *client)
{
  if (!client || client->freed)
    return;
  client->freed = TRUE;
  net_world_timer_cancel (client->world, &client->redial);
  net_world_timer_cancel (client->world, &client->fail_soon);
  g_clear_pointer (&client->rpc, ovsdb_rpc_free);
  if (client->dialling)
    net_stream_close (client->dialling);
  client->dialling = NULL;
  ovsdb_client_enter (client);
  ovsdb_client_leave (client);
}

/* ---- a connection ends ------------------------------------------------------------------------------------------- */

static void
dial_later (OvsdbClient *client)
{
  if (client->target && !client->freed)
    net_world_timer_set (client->world, &client->redial,
                         net_world_now (client->world) + ovsdb_backoff_failed (&client->backoff));
}

/* The RPC is gone or is freed here. */
void
ovsdb_client_lose (OvsdbClient *client, const char *why)
{
  g_autofree char *kept = g_strdup (why);

  g_clear_pointer (&client->rpc, ovsdb_rpc_free);
  client->ready = FALSE;
  dial_later (client);
  ovsdb_client_fail_requests (client, kept);
  if (!client->freed && client->events->disconnected)
    client->events->disconnected (client, kept, client->user);
}

void
ovsdb_client_misused (OvsdbClient *client, NetMisuse misuse, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  if (client->freed || !client->events->misused)
    return;
  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  client->events->misused (client, misuse, why, client->user);
}

void
ovsdb_client_lose_misused (OvsdbClient *client, const char *why)
{
  g_autofree char *kept = g_strdup (why);

  ovsdb_client_misused (client, NET_MISUSE_MALFORMED, "%s", kept);
  ovsdb_client_lose (client, kept);
}

/* ---- the steps of a new connection: schema, then monitor (client-monitor.c) -------------------------------------------------------- */

static void
on_replica_changed (OvsdbDatabase *db, const OvsdbChange *changes, guint n_changes, gpointer user)
{
  OvsdbClient *client = user;

  (void) db;
  if (!client->freed && client->events->changed)
    client->events->changed (client, changes, n_changes, client->user);
}

static OvsdbSchema *
schema_of_json (const OvsdbJson *json, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_json_append (text, json);
  return ovsdb_schema_parse (text->str, text->len, error);
}

const char *
ovsdb_client_server_version (const OvsdbClient *client)
{
  return client->server_version;
}

static void
make_replica (OvsdbClient *client, OvsdbSchema *schema)
{
  if (client->replica)
    return;
  if (!client->schema)
    client->schema = ovsdb_schema_ref (schema);
  client->replica = ovsdb_replica_new (client->schema, client->world);
  ovsdb_database_listen (client->replica, on_replica_changed, client);
}

static void
on_schema_answered (OvsdbClient *client, const OvsdbPending *pending, const OvsdbJson *result,
                    const GError *error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OvsdbSchema) schema = error ? NULL : schema_of_json (result, &local);

  (void) pending;
  if (!schema)
    {
      if (error)
        ovsdb_client_lose (client, error->message);
      else
        ovsdb_client_lose_misused (client, local->message);
      return;
    }
  g_free (client->server_version);
  client->server_version = g_strdup (schema->version);
  make_replica (client, schema);
  ovsdb_client_monitor (client, schema);
}

static void
begin (OvsdbClient *client)
{
  g_autofree char *params = g_strdup_printf ("[\"%s\"]", client->database);

  ovsdb_client_ask (client, "get_schema", params, on_schema_answered);
}

/* A client has no methods but "echo", which the RPC answers; whoever asks for another is told so. */
static void
refuse_request (OvsdbClient *client, const OvsdbMessage *message)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_client_misused (client, NET_MISUSE_UNKNOWN, "it asks for \"%s\"", message->method);
  ovsdb_rpc_append_error (text, message->id, "{\"error\":\"unknown method\"}");
  ovsdb_rpc_send (client->rpc, text);
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static void
on_message (OvsdbRpc *rpc, const OvsdbMessage *message, gpointer user)
{
  OvsdbClient *client = user;

  (void) rpc;
  ovsdb_client_enter (client);
  if (message->method && message->id)
    refuse_request (client, message);
  else if (message->method)
    ovsdb_client_take_notification (client, message);
  else
    ovsdb_client_take_reply (client, message);
  ovsdb_client_leave (client);
}

static void
on_ended (OvsdbRpc *rpc, const char *why, gpointer user)
{
  OvsdbClient *client = user;

  ovsdb_client_enter (client);
  if (ovsdb_rpc_was_misused (rpc))
    ovsdb_client_lose_misused (client, why);
  else
    ovsdb_client_lose (client, why);
  ovsdb_client_leave (client);
}

static const OvsdbRpcEvents rpc_events = { .message = on_message, .ended = on_ended };

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static void
take_stream (OvsdbClient *client, NetStream *stream)
{
  g_free (client->peer);
  client->peer = g_strdup (stream->peer ? stream->peer : "?");
  client->rpc = ovsdb_rpc_new (client->world, stream, &client->limits, &rpc_events, client);
  begin (client);
}

static void
on_connected (NetStream *stream, gpointer user)
{
  OvsdbClient *client = user;

  client->dialling = NULL;
  take_stream (client, stream);
}

static void
on_dial_failed (NetStream *stream, const char *why, gpointer user)
{
  OvsdbClient *client = user;

  (void) stream;
  client->dialling = NULL;
  net_world_log (client->world, NET_LOG_DEBUG, "ovsdb", "%s: %s", client->target, why);
  dial_later (client);
}

static const NetStreamEvents dial_events = { .connected = on_connected, .closed = on_dial_failed };

static void
on_redial (NetTimer *timer, gint64 now_ns)
{
  OvsdbClient *client = timer->owner;

  (void) now_ns;
  client->dialling = net_world_connect (client->world, client->target, &dial_events, client, NULL);
  if (!client->dialling)
    dial_later (client);
}

static OvsdbClient *
client_new (NetWorld *world, const OvsdbClientConfig *config, const OvsdbClientEvents *events, gpointer user)
{
  OvsdbClient *client = g_new0 (OvsdbClient, 1);

  client->world = world;
  client->database = g_strdup (config->database);
  client->schema = config->schema ? ovsdb_schema_ref (config->schema) : NULL;
  client->tables = g_strdupv ((char **) config->tables);
  client->plain_monitor = config->plain_monitor;
  client->requests = g_string_new (NULL);
  client->events = events;
  client->user = user;
  client->limits = (OvsdbRpcLimits){ .max_message_bytes = MAX_MESSAGE_BYTES,
                                     .max_depth = MAX_DEPTH,
                                     .max_pending_bytes = G_MAXSIZE,
                                     .probe_ns = config->probe_ns > 0 ? config->probe_ns : PROBE_NS };
  if (config->probe_ns < 0)
    client->limits.probe_ns = 0;
  ovsdb_backoff_init (&client->backoff, config->min_backoff_ns > 0 ? config->min_backoff_ns : MIN_BACKOFF_NS,
                      config->max_backoff_ns > 0 ? config->max_backoff_ns : MAX_BACKOFF_NS);
  net_timer_init (&client->redial, on_redial, client);
  ovsdb_client_requests_init (client);
  if (client->schema)
    make_replica (client, client->schema);
  return client;
}

OvsdbClient *
ovsdb_client_dial (NetWorld *world, const char *target, const OvsdbClientConfig *config,
                   const OvsdbClientEvents *events, gpointer user, GError **error)
{
  OvsdbClient *client = client_new (world, config, events, user);

  client->target = g_strdup (target);
  client->peer = g_strdup (target);
  client->dialling = net_world_connect (world, target, &dial_events, client, error);
  if (client->dialling)
    return client;
  ovsdb_client_free (client);
  return NULL;
}

OvsdbClient *
ovsdb_client_accept (NetWorld *world, NetStream *stream, const OvsdbClientConfig *config,
                     const OvsdbClientEvents *events, gpointer user)
{
  OvsdbClient *client = client_new (world, config, events, user);

  take_stream (client, stream);
  return client;
}

void
ovsdb_client_resume (OvsdbClient *client, NetStream *stream)
{
  ovsdb_client_enter (client);
  if (client->rpc)
    ovsdb_client_lose (client, "another connection takes its place");
  if (client->freed || client->rpc)
    net_stream_close (stream);
  else
    take_stream (client, stream);
  ovsdb_client_leave (client);
}

/* ---- asking the client ------------------------------------------------------------------------------------------- */

gboolean
ovsdb_client_is_ready (const OvsdbClient *client)
{
  return client->ready;
}

const char *
ovsdb_client_peer (const OvsdbClient *client)
{
  return client->peer;
}

OvsdbDatabase *
ovsdb_client_replica (OvsdbClient *client)
{
  return client->replica;
}

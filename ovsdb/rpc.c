/* Messages on a stream, and whether the other end still lives. */
#include "ovsdb/rpc.h"
#include "ovsdb/error.h"
#include "ovsdb/put.h"

#include <string.h>

struct _OvsdbRpc
{
  NetWorld *world;
  NetStream *stream; /* NULL: it has ended */
  OvsdbRpcLimits limits;
  const OvsdbRpcEvents *events;
  gpointer user;
  OvsdbFramer framer;
  OvsdbArena *arena;
  NetTimer probe; /* also delivers an end that a call found */
  const char *end_why;
  gint64 heard_ns;
  gboolean probing;  /* an echo is out */
  gsize long_bytes;  /* the longest answer since nothing waited to be read: it may take its time */
  gsize unread_then; /* what waited to be read when the probe last looked */
  gboolean has_spoken, misused;
  gint64 second_ns; /* when the counted second began */
  guint n_messages;
  GByteArray *unread; /* came faster than it may be answered; NULL: nothing did */
  NetTimer next_second;
  gboolean in_event; /* the events' user is running: freeing waits */
  gboolean freed;
};

/* ---- ending ------------------------------------------------------------------------------------------------------- */

static void
destroy (OvsdbRpc *rpc)
{
  net_world_timer_cancel (rpc->world, &rpc->probe);
  net_world_timer_cancel (rpc->world, &rpc->next_second);
  g_clear_pointer (&rpc->unread, g_byte_array_unref);
  ovsdb_framer_clear (&rpc->framer);
  ovsdb_arena_free (rpc->arena);
  g_free (rpc);
}

void
ovsdb_rpc_free (OvsdbRpc *rpc)
{
  if (!rpc)
    return;
  if (rpc->stream)
    net_stream_close (rpc->stream);
  rpc->stream = NULL;
  net_world_timer_cancel (rpc->world, &rpc->probe);
  net_world_timer_cancel (rpc->world, &rpc->next_second);
  rpc->freed = TRUE;
  if (!rpc->in_event)
    destroy (rpc);
}

/* The last thing that is done with it here: the user frees it, at once or later. */
static void
end (OvsdbRpc *rpc, const char *why)
{
  if (rpc->stream)
    net_stream_close (rpc->stream);
  rpc->stream = NULL;
  net_world_timer_cancel (rpc->world, &rpc->probe);
  rpc->events->ended (rpc, why, rpc->user);
}

/* The same, when the caller is in no state to hear of it now. */
void
ovsdb_rpc_end_soon (OvsdbRpc *rpc, const char *why)
{
  if (!rpc->stream)
    return;
  net_stream_close (rpc->stream);
  rpc->stream = NULL;
  rpc->end_why = why;
  net_world_timer_set (rpc->world, &rpc->probe, net_world_now (rpc->world));
}

/* ---- messages in ---------------------------------------------------------------------------------------------- */

/* A reply without "error", or with a result and without it, is taken as a success: OpenDaylight sends such. */
static gboolean
read_message (const OvsdbJson *json, OvsdbMessage *message)
{
  const OvsdbJson *method = ovsdb_json_member (json, "method");

  if (!ovsdb_json_is (json, OVSDB_JSON_OBJECT))
    return FALSE;
  message->id = ovsdb_json_member (json, "id");
  if (ovsdb_json_is (message->id, OVSDB_JSON_NULL))
    message->id = NULL;
  if (method && method->kind != OVSDB_JSON_NULL)
    {
      message->method = method->kind == OVSDB_JSON_STRING ? method->text : NULL;
      message->params = ovsdb_json_member (json, "params");
      return message->method && ovsdb_json_is (message->params, OVSDB_JSON_ARRAY);
    }
  message->result = ovsdb_json_member (json, "result");
  message->error = ovsdb_json_member (json, "error");
  if (ovsdb_json_is (message->error, OVSDB_JSON_NULL))
    message->error = NULL;
  return message->id && (message->result || message->error);
}

static void
answer_echo (OvsdbRpc *rpc, const OvsdbMessage *message)
{
  g_autoptr (GString) text = g_string_new (NULL);

  ovsdb_rpc_begin_reply (text, message->id);
  ovsdb_json_append (text, message->params);
  ovsdb_rpc_end_reply (text);
  ovsdb_rpc_send (rpc, text);
}

/* The id of the probe's echo; OpenDaylight gives it back as it is, and anything else is not ours. */
#define PROBE_ID "echo"

static gboolean
is_probe_reply (const OvsdbMessage *message)
{
  return !message->method && ovsdb_json_is (message->id, OVSDB_JSON_STRING)
         && strcmp (message->id->text, PROBE_ID) == 0;
}

/* What is wrong with the text, or NULL. */
static const char *
handle_text (OvsdbRpc *rpc, const char *text, gsize length)
{
  OvsdbMessage message = { 0 };
  const OvsdbJsonLimits limits = { rpc->limits.max_depth, rpc->limits.max_values };
  const OvsdbJson *json = ovsdb_json_parse_within (rpc->arena, text, length, &limits, NULL);

  if (!json)
    return "it sent malformed JSON, or more values in it than it may";
  if (!read_message (json, &message))
    return "it sent JSON that is no JSON-RPC message";
  rpc->has_spoken = TRUE;
  if (message.method && message.id && strcmp (message.method, "echo") == 0)
    answer_echo (rpc, &message);
  else if (!is_probe_reply (&message))
    rpc->events->message (rpc, &message, rpc->user);
  return NULL;
}

/* ---- how fast they come ------------------------------------------------------------------------------------------- */

static gboolean
may_answer_more (OvsdbRpc *rpc, gint64 now_ns)
{
  if (rpc->limits.max_messages_per_second == 0)
    return TRUE;
  if (now_ns - rpc->second_ns >= NET_SEC)
    {
      rpc->second_ns = now_ns;
      rpc->n_messages = 0;
    }
  return rpc->n_messages < rpc->limits.max_messages_per_second;
}

/* What is wrong, or NULL. */
static const char *
keep_unread (OvsdbRpc *rpc, const guint8 *bytes, gsize n)
{
  if (!rpc->unread)
    {
      rpc->unread = g_byte_array_new ();
      net_world_timer_set (rpc->world, &rpc->next_second, rpc->second_ns + NET_SEC);
    }
  if (n > rpc->limits.max_message_bytes - MIN (rpc->unread->len, rpc->limits.max_message_bytes))
    return "it sends more messages in a second than it may";
  g_byte_array_append (rpc->unread, bytes, (guint) n);
  return NULL;
}

/* Messages as far as they go.  The last thing that is done with it: the user may have freed it. */
static void
take_bytes (OvsdbRpc *rpc, const guint8 *bytes, gsize n, gint64 now_ns)
{
  const char *text, *why = NULL;
  gsize length;

  rpc->in_event = TRUE;
  while (rpc->stream && !why)
    {
      if (n > 0 && !may_answer_more (rpc, now_ns))
        {
          why = keep_unread (rpc, bytes, n);
          break;
        }
      if (ovsdb_framer_next (&rpc->framer, &bytes, &n, &text, &length, &why) != OVSDB_FRAME_TEXT)
        break;
      rpc->n_messages++;
      why = handle_text (rpc, text, length);
      ovsdb_arena_reset (rpc->arena);
    }
  if (why && rpc->stream)
    {
      rpc->misused = TRUE;
      end (rpc, why);
    }
  else if (rpc->stream && rpc->events->heavy && ovsdb_rpc_weight (rpc) > OVSDB_RPC_LIGHT_BYTES)
    rpc->events->heavy (rpc, rpc->user);
  rpc->in_event = FALSE;
  if (rpc->freed)
    destroy (rpc);
}

static void
on_next_second (NetTimer *timer, gint64 now_ns)
{
  OvsdbRpc *rpc = timer->owner;
  g_autoptr (GByteArray) unread = g_steal_pointer (&rpc->unread);

  take_bytes (rpc, unread->data, unread->len, now_ns);
}

static void
on_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  OvsdbRpc *rpc = user;
  const char *why;

  (void) stream;
  rpc->heard_ns = net_world_now (rpc->world);
  rpc->probing = FALSE;
  if (!rpc->unread)
    {
      take_bytes (rpc, bytes, n, rpc->heard_ns);
      return;
    }
  why = keep_unread (rpc, bytes, n);
  if (why)
    ovsdb_rpc_end_soon (rpc, why);
  else if (rpc->events->heavy && ovsdb_rpc_weight (rpc) > OVSDB_RPC_LIGHT_BYTES)
    rpc->events->heavy (rpc, rpc->user);
}

gboolean
ovsdb_rpc_has_spoken (const OvsdbRpc *rpc)
{
  return rpc->has_spoken;
}

gboolean
ovsdb_rpc_was_misused (const OvsdbRpc *rpc)
{
  return rpc->misused;
}

gsize
ovsdb_rpc_weight (const OvsdbRpc *rpc)
{
  return rpc->framer.kept->len + (rpc->unread ? rpc->unread->len : 0)
         + (rpc->stream ? net_stream_pending (rpc->stream) : 0);
}

static void
on_closed (NetStream *stream, const char *why, gpointer user)
{
  OvsdbRpc *rpc = user;

  (void) stream;
  rpc->stream = NULL;
  end (rpc, why);
}

static const NetStreamEvents stream_events = { .received = on_received, .closed = on_closed };

/* ---- messages out --------------------------------------------------------------------------------------------- */

static gboolean
may_send (OvsdbRpc *rpc)
{
  gsize pending = rpc->stream ? net_stream_pending (rpc->stream) : 0;

  if (!rpc->stream)
    return FALSE;
  if (pending == 0)
    rpc->long_bytes = 0;
  if (pending <= rpc->limits.max_pending_bytes + rpc->long_bytes)
    return TRUE;
  ovsdb_rpc_end_soon (rpc, "it does not read what it is sent");
  return FALSE;
}

void
ovsdb_rpc_send (OvsdbRpc *rpc, const GString *text)
{
  if (may_send (rpc))
    net_stream_send (rpc->stream, (const guint8 *) text->str, text->len);
}

void
ovsdb_rpc_send_long (OvsdbRpc *rpc, GString *text)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  if (!may_send (rpc))
    return;
  rpc->long_bytes = MAX (rpc->long_bytes, g_bytes_get_size (bytes));
  net_stream_send_shared (rpc->stream, bytes);
}

void
ovsdb_rpc_send_around (OvsdbRpc *rpc, const GString *head, GBytes *shared, const char *tail)
{
  if (!may_send (rpc))
    return;
  net_stream_send (rpc->stream, (const guint8 *) head->str, head->len);
  net_stream_send_shared (rpc->stream, shared);
  net_stream_send (rpc->stream, (const guint8 *) tail, strlen (tail));
}

const char *
ovsdb_rpc_peer (const OvsdbRpc *rpc)
{
  return rpc->stream && rpc->stream->peer ? rpc->stream->peer : "?";
}

static void
append_id (GString *to, const OvsdbJson *id)
{
  OVSDB_PUT (to, "{\"id\":");
  if (id)
    ovsdb_json_append (to, id);
  else
    OVSDB_PUT (to, "null");
}

void
ovsdb_rpc_begin_reply (GString *to, const OvsdbJson *id)
{
  append_id (to, id);
  OVSDB_PUT (to, ",\"result\":");
}

void
ovsdb_rpc_end_reply (GString *to)
{
  OVSDB_PUT (to, ",\"error\":null}");
}

void
ovsdb_rpc_append_error (GString *to, const OvsdbJson *id, const char *error_json)
{
  append_id (to, id);
  OVSDB_PUT (to, ",\"result\":null,\"error\":");
  ovsdb_put_text (to, error_json);
  g_string_append_c (to, '}');
}

/* ---- the probe ---------------------------------------------------------------------------------------------------- */

/* Who reads a long answer is alive, and finds the echo behind it. */
static gboolean
has_read (OvsdbRpc *rpc)
{
  gsize pending = net_stream_pending (rpc->stream), then = rpc->unread_then;

  rpc->unread_then = pending;
  return pending < then;
}

static void
on_probe (NetTimer *timer, gint64 now_ns)
{
  OvsdbRpc *rpc = timer->owner;
  gint64 silent_until_ns = rpc->heard_ns + rpc->limits.probe_ns * (rpc->probing ? 2 : 1);
  g_autoptr (GString) echo = NULL;

  if (!rpc->stream)
    {
      end (rpc, rpc->end_why);
      return;
    }
  if (now_ns < silent_until_ns)
    {
      net_world_timer_set (rpc->world, timer, silent_until_ns);
      return;
    }
  if (rpc->probing && has_read (rpc))
    {
      net_world_timer_set (rpc->world, timer, now_ns + rpc->limits.probe_ns);
      return;
    }
  if (rpc->probing)
    {
      end (rpc, "it does not answer");
      return;
    }
  echo = g_string_new ("{\"id\":\"" PROBE_ID "\",\"method\":\"echo\",\"params\":[]}");
  rpc->probing = TRUE;
  net_world_timer_set (rpc->world, timer, now_ns + rpc->limits.probe_ns);
  rpc->unread_then = net_stream_pending (rpc->stream);
  ovsdb_rpc_send (rpc, echo);
}

void
ovsdb_rpc_set_probe (OvsdbRpc *rpc, gint64 probe_ns)
{
  if (!rpc->stream || rpc->limits.probe_ns == probe_ns)
    return;
  rpc->limits.probe_ns = probe_ns;
  rpc->probing = FALSE;
  net_world_timer_cancel (rpc->world, &rpc->probe);
  if (probe_ns > 0)
    net_world_timer_set (rpc->world, &rpc->probe, rpc->heard_ns + probe_ns);
}

gboolean
ovsdb_rpc_is_probing (const OvsdbRpc *rpc)
{
  return rpc->probing;
}

OvsdbRpc *
ovsdb_rpc_new (NetWorld *world, NetStream *stream, const OvsdbRpcLimits *limits, const OvsdbRpcEvents *events,
               gpointer user)
{
  OvsdbRpc *rpc = g_new0 (OvsdbRpc, 1);

  rpc->world = world;
  rpc->stream = stream;
  rpc->limits = *limits;
  rpc->events = events;
  rpc->user = user;
  rpc->arena = ovsdb_arena_new ();
  ovsdb_framer_init (&rpc->framer, limits->max_message_bytes, limits->max_depth);
  rpc->heard_ns = rpc->second_ns = net_world_now (world);
  net_timer_init (&rpc->probe, on_probe, rpc);
  net_timer_init (&rpc->next_second, on_next_second, rpc);
  if (limits->probe_ns > 0)
    net_world_timer_set (world, &rpc->probe, rpc->heard_ns + limits->probe_ns);
  net_stream_set_events (stream, &stream_events, rpc);
  return rpc;
}

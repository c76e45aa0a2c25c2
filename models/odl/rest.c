/* HTTP sessions.  Reading is http-parser's, which does no I/O; a request is answered in the callback that completes
 * it, so that answers keep the requests' order. */
#include "models/odl/rest.h"
#include "models/odl/core.h"
#include "models/odl/northbound.h"

#include <http_parser.h>
#include <string.h>

#define PATIENCE_NS (30 * NET_SEC)       /* for the next byte */
#define MAX_PENDING (4u * 1024u * 1024u) /* answers that the other end does not read */

typedef struct
{
  Odl *odl;
  NetStream *stream;
  NetTimer timeout;
  http_parser parser;
  GString *target; /* path and query */
  GByteArray *body;
  guint refused; /* the status that ends the session; 0: none */
  gboolean last; /* the other end asked for no more than the request that was answered */
} Session;

void
odl_rest_free (gpointer data)
{
  Session *session = data;

  net_world_timer_cancel (session->odl->world, &session->timeout);
  if (session->stream)
    net_stream_close (session->stream);
  g_string_free (session->target, TRUE);
  g_byte_array_unref (session->body);
  g_free (session);
}

static void
end (Session *session)
{
  g_ptr_array_remove (session->odl->rest_sessions, session);
}

/* ---- answers ------------------------------------------------------------------------------------------------- */

static const char *
reason_of (guint status)
{
  static const struct
  {
    guint status;
    const char *reason;
  } reasons[] = {
#define REASON(number, name, text) { number, #text },
    HTTP_STATUS_MAP (REASON)
#undef REASON
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].status == status)
      return reasons[i].reason;
  return "Unknown";
}

/* Takes the reply, which may be NULL. */
static void
answer (Session *session, guint status, json_t *reply, gboolean keep_alive)
{
  g_autofree char *text = reply ? json_dumps (reply, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", status, reason_of (status));
  if (text)
    g_string_append (head, "Content-Type: application/json\r\n");
  if (status != 204) /* RFC 9110 §8.6 */
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", text ? strlen (text) : 0);
  if (!keep_alive)
    g_string_append (head, "Connection: close\r\n");
  g_string_append (head, "\r\n");
  if (text && session->parser.method != HTTP_HEAD)
    g_string_append (head, text);
  net_stream_send (session->stream, (const guint8 *) head->str, head->len);
  json_decref (reply);
}

static json_t *
error_json (guint status, const char *message)
{
  return json_pack ("{s:{s:i, s:s}}", "error", "status", (int) status, "message", message);
}

/* The session's last answer. */
static void
refuse (Session *session, guint status, const char *message)
{
  net_world_log (session->odl->world, NET_LOG_WARNING, "rest", "%s: %s", session->stream->peer, message);
  answer (session, status, error_json (status, message), FALSE);
}

/* ---- one request --------------------------------------------------------------------------------------------- */

/* NULL without a message: no body. */
static json_t *
parse_body (const Session *session, char **message)
{
  json_error_t error;
  json_t *body;

  *message = NULL;
  if (session->body->len == 0)
    return NULL;
  body = json_loadb ((const char *) session->body->data, session->body->len, JSON_REJECT_DUPLICATES, &error);
  if (!body)
    *message = g_strdup_printf ("the body is no JSON: line %d, column %d: %s", error.line, error.column,
                                error.text);
  return body;
}

static void
handle_request (Session *session)
{
  g_autofree char *method = g_strdup (http_method_str ((enum http_method) session->parser.method));
  gboolean keep_alive = http_should_keep_alive (&session->parser);
  g_autofree char *message = NULL;
  json_t *body = parse_body (session, &message), *reply = NULL;
  guint status;

  g_string_truncate (session->target, strcspn (session->target->str, "?#"));
  if (message)
    {
      status = HTTP_STATUS_BAD_REQUEST;
      reply = error_json (status, message);
    }
  else
    status = odl_northbound_request (session->odl, method, session->target->str, body, &reply);
  answer (session, status, reply, keep_alive);
  json_decref (body);
}

/* ---- http-parser's callbacks: other than 0 stops it --------------------------------------------------------- */

static int
stop (Session *session, guint status)
{
  session->refused = status;
  return 1;
}

static int
on_message_begin (http_parser *parser)
{
  Session *session = parser->data;

  g_string_truncate (session->target, 0);
  g_byte_array_set_size (session->body, 0);
  return 0;
}

static int
on_url (http_parser *parser, const char *at, size_t length)
{
  Session *session = parser->data;

  if (session->target->len + length > ODL_REST_MAX_PATH)
    return stop (session, HTTP_STATUS_URI_TOO_LONG);
  g_string_append_len (session->target, at, (gssize) length);
  return 0;
}

static int
on_headers_complete (http_parser *parser)
{
  Session *session = parser->data;

  if (parser->upgrade)
    {
      stop (session, HTTP_STATUS_NOT_IMPLEMENTED);
      return -1;
    }
  if (parser->content_length != G_MAXUINT64 && parser->content_length > ODL_REST_MAX_BODY)
    {
      stop (session, HTTP_STATUS_PAYLOAD_TOO_LARGE);
      return -1;
    }
  return 0;
}

static int
on_body (http_parser *parser, const char *at, size_t length)
{
  Session *session = parser->data;

  if (session->body->len + length > ODL_REST_MAX_BODY) /* in chunks */
    return stop (session, HTTP_STATUS_PAYLOAD_TOO_LARGE);
  g_byte_array_append (session->body, (const guint8 *) at, (guint) length);
  return 0;
}

static int
on_message_complete (http_parser *parser)
{
  Session *session = parser->data;

  handle_request (session);
  session->last = !http_should_keep_alive (parser);
  if (session->last)
    return 1;
  if (net_stream_pending (session->stream) > MAX_PENDING)
    return stop (session, HTTP_STATUS_SERVICE_UNAVAILABLE);
  return 0;
}

static const http_parser_settings settings = { .on_message_begin = on_message_begin,
                                               .on_url = on_url,
                                               .on_headers_complete = on_headers_complete,
                                               .on_body = on_body,
                                               .on_message_complete = on_message_complete };

/* ---- the stream ---------------------------------------------------------------------------------------------- */

static const char *
sentence_of (const Session *session, char **parser_says)
{
  switch (session->refused)
    {
    case HTTP_STATUS_URI_TOO_LONG:
      return "the path is too long";
    case HTTP_STATUS_PAYLOAD_TOO_LARGE:
      return "the body is too long";
    case HTTP_STATUS_NOT_IMPLEMENTED:
      return "only requests of HTTP/1.1 are understood, no tunnels and upgrades";
    case HTTP_STATUS_SERVICE_UNAVAILABLE:
      return "too many answers were not read";
    default:
      *parser_says = g_strdup_printf ("this is no HTTP request: %s",
                                      http_errno_description (HTTP_PARSER_ERRNO (&session->parser)));
      return *parser_says;
    }
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  Session *session = user;
  g_autofree char *parser_says = NULL;
  const char *sentence;

  (void) stream;
  net_world_timer_set (session->odl->world, &session->timeout,
                       net_world_now (session->odl->world) + PATIENCE_NS);
  http_parser_execute (&session->parser, &settings, (const char *) bytes, n);
  if (HTTP_PARSER_ERRNO (&session->parser) == HPE_OK)
    return;
  if (!session->last)
    {
      sentence = sentence_of (session, &parser_says);
      refuse (session, session->refused ? session->refused : HTTP_STATUS_BAD_REQUEST, sentence);
    }
  end (session);
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  Session *session = user;

  (void) stream, (void) why;
  session->stream = NULL;
  end (session);
}

static void
timed_out (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  end (timer->owner);
}

static const NetStreamEvents events = { .received = received, .closed = closed };

void
odl_rest_accept (NetStream *stream, gpointer user)
{
  Odl *odl = user;
  Session *session = g_new0 (Session, 1);

  session->odl = odl;
  session->stream = stream;
  session->target = g_string_new (NULL);
  session->body = g_byte_array_new ();
  http_parser_init (&session->parser, HTTP_REQUEST);
  session->parser.data = session;
  net_timer_init (&session->timeout, timed_out, session);
  net_world_timer_set (odl->world, &session->timeout, net_world_now (odl->world) + PATIENCE_NS);
  g_ptr_array_add (odl->rest_sessions, session);
  net_stream_set_events (stream, &events, session);
}

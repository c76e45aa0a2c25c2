/* HTTP sessions.  Reading is http-parser's, which does no I/O; a request is answered in the callback that completes
 * it, so that answers keep the requests' order. */
#include "models/odl/rest.h"
#include "models/odl/core.h"
#include "models/odl/northbound.h"
#include "models/odl/rest-head.h"
#include "net/misuse.h"

#include <string.h>

#define PATIENCE_NS  (30 * NET_SEC)       /* for the next byte */
#define REQUEST_NS   (300 * NET_SEC)      /* for a whole request */
#define MAX_PENDING  (4u * 1024u * 1024u) /* answers that the other end does not read */
#define MAX_SESSIONS 256u

typedef struct
{
  Odl *odl;
  NetStream *stream;
  NetTimer timeout;
  http_parser parser;
  OdlRestHead head;
  GString *target; /* path and query */
  GByteArray *body;
  gint64 began_ns; /* the request that is being read; -1: none is */
  guint refused;   /* the status that ends the session; 0: none */
  gboolean last;   /* the other end asked for no more than the request that was answered */
  char *title;     /* "rest tcp:172.31.0.9": for the trace */
  NetMisuses misuses;
} Session;

void
odl_rest_free (gpointer data)
{
  Session *session = data;

  net_world_timer_cancel (session->odl->world, &session->timeout);
  if (session->stream)
    net_stream_close (session->stream);
  odl_rest_head_clear (&session->head);
  g_string_free (session->target, TRUE);
  g_byte_array_unref (session->body);
  g_free (session->title);
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

/* Takes the reply, which may be NULL.  `allow`: the methods that a 405 must name (RFC 9110 §15.5.6), else NULL. */
static void
answer (Session *session, guint status, json_t *reply, const char *allow, gboolean keep_alive)
{
  g_autofree char *text = reply ? json_dumps (reply, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", status, reason_of (status));
  if (text)
    g_string_append (head, "Content-Type: application/json\r\n");
  if (status != 204) /* RFC 9110 §8.6 */
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", text ? strlen (text) : 0);
  if (allow)
    g_string_append_printf (head, "Allow: %s\r\n", allow);
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

static void
count_misuse (Session *session, guint status, const char *why)
{
  static const struct
  {
    guint status;
    NetMisuse misuse;
  } kinds[] = {
    { HTTP_STATUS_BAD_REQUEST, NET_MISUSE_MALFORMED },
    { HTTP_STATUS_METHOD_NOT_ALLOWED, NET_MISUSE_UNKNOWN },
    { HTTP_STATUS_REQUEST_TIMEOUT, NET_MISUSE_UNFINISHED },
    { HTTP_STATUS_LENGTH_REQUIRED, NET_MISUSE_MALFORMED },
    { HTTP_STATUS_PAYLOAD_TOO_LARGE, NET_MISUSE_TOO_LARGE },
    { HTTP_STATUS_URI_TOO_LONG, NET_MISUSE_TOO_LARGE },
    { HTTP_STATUS_EXPECTATION_FAILED, NET_MISUSE_UNKNOWN },
    { HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE, NET_MISUSE_TOO_LARGE },
    { HTTP_STATUS_NOT_IMPLEMENTED, NET_MISUSE_UNKNOWN },
    { HTTP_STATUS_SERVICE_UNAVAILABLE, NET_MISUSE_UNREAD },
    { HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED, NET_MISUSE_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].status == status)
      net_misuse_count (&session->misuses, session->odl->world, kinds[i].misuse, session->title, why);
}

/* The session's last answer. */
static void
refuse (Session *session, guint status, const char *message)
{
  count_misuse (session, status, message);
  answer (session, status, error_json (status, message), NULL, FALSE);
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

/* The path alone, of "/path?query" or "http://host/path" (RFC 9112 §3.2); NULL when there is none. */
static char *
path_of_target (const GString *target)
{
  struct http_parser_url url;

  http_parser_url_init (&url);
  if (http_parser_parse_url (target->str, target->len, FALSE, &url) != 0 || !(url.field_set & 1 << UF_PATH))
    return NULL;
  return g_strndup (target->str + url.field_data[UF_PATH].off, url.field_data[UF_PATH].len);
}

static const char *
sentence_in (const json_t *reply)
{
  const char *message = json_string_value (json_object_get (json_object_get (reply, "error"), "message"));
  return message ? message : "refused";
}

static void
handle_request (Session *session)
{
  /* HEAD is GET without the body */
  const char *method = session->parser.method == HTTP_HEAD
                           ? "GET"
                           : http_method_str ((enum http_method) session->parser.method);
  gboolean keep_alive = http_should_keep_alive (&session->parser);
  g_autofree char *message = NULL, *path = path_of_target (session->target);
  json_t *body = parse_body (session, &message), *reply = NULL;
  guint status;

  if (!path)
    message = g_strdup ("the request names no path");
  if (message)
    {
      status = HTTP_STATUS_BAD_REQUEST;
      reply = error_json (status, message);
    }
  else
    status = odl_northbound_request (session->odl, method, path, body, &reply);
  if (status >= HTTP_STATUS_BAD_REQUEST)
    count_misuse (session, status, sentence_in (reply));
  answer (session, status, reply,
          status == HTTP_STATUS_METHOD_NOT_ALLOWED ? odl_northbound_allow (path) : NULL, keep_alive);
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
  odl_rest_head_begin (&session->head);
  session->began_ns = net_world_now (session->odl->world);
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
on_header_field (http_parser *parser, const char *at, size_t length)
{
  odl_rest_head_name (&((Session *) parser->data)->head, at, length);
  return 0;
}

static int
on_header_value (http_parser *parser, const char *at, size_t length)
{
  odl_rest_head_value (&((Session *) parser->data)->head, at, length);
  return 0;
}

static int
on_headers_complete (http_parser *parser)
{
  static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
  Session *session = parser->data;
  guint refusal;

  odl_rest_head_end (&session->head);
  refusal = odl_rest_head_refusal (&session->head, parser);
  if (refusal)
    {
      stop (session, refusal);
      return -1;
    }
  if (session->head.expects_continue && parser->http_minor > 0)
    net_stream_send (session->stream, (const guint8 *) go_on, strlen (go_on));
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

  session->began_ns = -1;
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
                                               .on_header_field = on_header_field,
                                               .on_header_value = on_header_value,
                                               .on_headers_complete = on_headers_complete,
                                               .on_body = on_body,
                                               .on_message_complete = on_message_complete };

/* ---- the stream ---------------------------------------------------------------------------------------------- */

/* What http-parser found, as a status. */
static guint
status_of (enum http_errno found)
{
  switch (found)
    {
    case HPE_HEADER_OVERFLOW:
      return HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE;
    case HPE_INVALID_METHOD:
      return HTTP_STATUS_NOT_IMPLEMENTED;
    case HPE_INVALID_VERSION:
      return HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED;
    default:
      return HTTP_STATUS_BAD_REQUEST;
    }
}

static const char *
sentence_of (const Session *session)
{
  switch (session->refused)
    {
    case HTTP_STATUS_BAD_REQUEST:
      return "a request of HTTP/1.1 names one host";
    case HTTP_STATUS_LENGTH_REQUIRED:
      return "the body has no length";
    case HTTP_STATUS_EXPECTATION_FAILED:
      return "100-continue is all that may be expected";
    case HTTP_STATUS_URI_TOO_LONG:
      return "the path is too long";
    case HTTP_STATUS_PAYLOAD_TOO_LARGE:
      return "the body is too long";
    case HTTP_STATUS_NOT_IMPLEMENTED:
      return "only requests of HTTP/1.1 are understood, no tunnels and upgrades";
    case HTTP_STATUS_SERVICE_UNAVAILABLE:
      return "too many answers were not read";
    default:
      return "only HTTP/1.1 is spoken here";
    }
}

/* The parser has stopped: because of a callback, or of what it read. */
static void
refuse_stopped (Session *session)
{
  enum http_errno found = HTTP_PARSER_ERRNO (&session->parser);
  g_autofree char *sentence = NULL;

  if (session->refused)
    {
      refuse (session, session->refused, sentence_of (session));
      return;
    }
  sentence = g_strdup_printf ("this is no HTTP request: %s", http_errno_description (found));
  refuse (session, status_of (found), sentence);
}

static void
wait_for_more (Session *session)
{
  gint64 until_ns = net_world_now (session->odl->world) + PATIENCE_NS;

  if (session->began_ns >= 0)
    until_ns = MIN (until_ns, session->began_ns + REQUEST_NS);
  net_world_timer_set (session->odl->world, &session->timeout, until_ns);
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  Session *session = user;

  (void) stream;
  http_parser_execute (&session->parser, &settings, (const char *) bytes, n);
  if (HTTP_PARSER_ERRNO (&session->parser) == HPE_OK)
    {
      wait_for_more (session);
      return;
    }
  if (!session->last)
    refuse_stopped (session);
  end (session);
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  Session *session = user;

  (void) stream, (void) why;
  session->stream = NULL;
  if (session->began_ns >= 0)
    count_misuse (session, HTTP_STATUS_REQUEST_TIMEOUT, "the stream ended within a request");
  end (session);
}

static void
timed_out (NetTimer *timer, gint64 now_ns)
{
  Session *session = timer->owner;

  (void) now_ns;
  if (session->began_ns >= 0)
    refuse (session, HTTP_STATUS_REQUEST_TIMEOUT, "the request's end did not come");
  end (session);
}

static const NetStreamEvents events = { .received = received, .closed = closed };

void
odl_rest_accept (NetStream *stream, gpointer user)
{
  Odl *odl = user;
  Session *session = g_new0 (Session, 1);

  session->odl = odl;
  session->stream = stream;
  session->title = g_strconcat ("rest ", stream->peer, NULL);
  session->began_ns = -1;
  odl_rest_head_init (&session->head);
  session->target = g_string_new (NULL);
  session->body = g_byte_array_new ();
  http_parser_init (&session->parser, HTTP_REQUEST);
  session->parser.data = session;
  net_timer_init (&session->timeout, timed_out, session);
  g_ptr_array_add (odl->rest_sessions, session);
  net_stream_set_events (stream, &events, session);
  wait_for_more (session);
  if (odl->rest_sessions->len <= MAX_SESSIONS)
    return;
  refuse (session, HTTP_STATUS_SERVICE_UNAVAILABLE, "there are as many sessions as there may be");
  end (session);
}

/* Connections at the door, and who answers what. */
#include "vtepd/ctl.h"

#include <string.h>

#define MAX_SESSIONS      32u
#define MAX_REQUEST_BYTES (64u << 10)
#define PATIENCE_NS       (10 * NET_SEC) /* for the whole request */

G_DEFINE_QUARK (vtepd - ctl - error - quark, vtepd_ctl_error)

typedef struct
{
  VtepdCtl *ctl;
  NetStream *stream;
  GString *request;
  VtepdTap *tap; /* once it captures */
  NetTimer patience;
} Session;

struct _VtepdCtl
{
  VtepdAbout about;
  NetWorld *world;
  NetListener *listener;
  GPtrArray *sessions;
};

gpointer
vtepd_ctl_refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  *error = g_error_new_valist (VTEPD_CTL_ERROR, VTEPD_CTL_ERROR_REQUEST, format, arguments);
  va_end (arguments);
  return NULL;
}

const char *
vtepd_ctl_text (const json_t *request, const char *key, GError **error)
{
  const char *text = json_string_value (json_object_get (request, key));

  return text ? text : vtepd_ctl_refuse (error, "the request has no text '%s'", key);
}

/* ---- log --------------------------------------------------------------------------------------------------------- */

static json_t *
answer_log (const VtepdAbout *about, const json_t *request, GError **error)
{
  static const char *const words[] = { "debug", "info", "warning", "error" };
  const char *level = vtepd_ctl_text (request, "level", error);

  for (guint i = 0; level && i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], level) == 0)
      {
        linux_world_set_log_level (about->world, (NetLogLevel) i);
        return json_pack ("{s:s}", "log-level", level);
      }
  return level ? vtepd_ctl_refuse (error, "there is no log level '%s'; there is debug, info, warning, error",
                                   level)
               : NULL;
}

/* ---- capture ----------------------------------------------------------------------------------------------------- */

static const char *
port_name (guint port, gpointer user)
{
  return vtepd_switch_port_name (user, port);
}

/* "all", or one. */
static gboolean
find_capture_port (const VtepdAbout *about, const char *name, const char **port, GError **error)
{
  VtepPort access;
  guint number;

  *port = strcmp (name, "all") == 0 ? NULL : name;
  return !*port || vtepd_switch_find_port (about->sw, name, &number, &access, error);
}

static gboolean
begin_capture (Session *session, const json_t *request, GError **error)
{
  const VtepdAbout *about = &session->ctl->about;
  const char *name = vtepd_ctl_text (request, "port", error);
  VtepdTapConfig config = { .drops = json_is_true (json_object_get (request, "drops")),
                            .port_name = port_name,
                            .user = about->sw };
  const char answer[] = "{\"result\":{\"capture\":\"pcapng\"}}\n";

  if (!name || !find_capture_port (about, name, &config.port, error))
    return FALSE;
  net_stream_send (session->stream, (const guint8 *) answer, strlen (answer));
  session->tap = vtepd_tap_new (about->taps, session->stream, &config);
  return TRUE;
}

/* ---- a request --------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *command;
  json_t *(*answer) (const VtepdAbout *about, const json_t *request, GError **error);
} answers[] = {
  { "tables", vtepd_answer_tables },
  { "counters", vtepd_answer_counters },
  { "drops", vtepd_answer_drops },
  { "explain", vtepd_answer_explain },
  { "log", answer_log },
};

static json_t *
answer (const VtepdAbout *about, const json_t *request, GError **error)
{
  const char *command = vtepd_ctl_text (request, "command", error);

  for (guint i = 0; command && i < G_N_ELEMENTS (answers); i++)
    if (strcmp (answers[i].command, command) == 0)
      return answers[i].answer (about, request, error);
  return command ? vtepd_ctl_refuse (error,
                                     "there is no command '%s'; there is tables, counters, drops, capture, "
                                     "explain, log",
                                     command)
                 : NULL;
}

static void
end_session (Session *session)
{
  VtepdCtl *ctl = session->ctl;

  net_world_timer_cancel (ctl->world, &session->patience);
  vtepd_tap_free (session->tap);
  if (session->stream)
    net_stream_close (session->stream);
  g_string_free (session->request, TRUE);
  g_ptr_array_remove (ctl->sessions, session);
  g_free (session);
}

/* Takes the reference to `result`. */
static void
reply (Session *session, json_t *result, const GError *error)
{
  json_t *object
      = error ? json_pack ("{s:s}", "error", error->message) : json_pack ("{s:o}", "result", result);
  char *text = object ? json_dumps (object, JSON_COMPACT) : NULL;

  if (text)
    {
      net_stream_send (session->stream, (const guint8 *) text, strlen (text));
      net_stream_send (session->stream, (const guint8 *) "\n", 1);
    }
  free (text);
  json_decref (object);
}

/* FALSE: the session is over. */
static gboolean
serve (Session *session)
{
  g_autoptr (GError) error = NULL;
  json_error_t wrong;
  json_t *request = json_loadb (session->request->str, session->request->len,
                                JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &wrong),
         *result = NULL;
  const char *command = json_string_value (json_object_get (request, "command"));
  gboolean captures = FALSE;

  if (!json_is_object (request))
    vtepd_ctl_refuse (&error, "the request is no JSON object");
  else if (g_strcmp0 (command, "capture") == 0)
    captures = begin_capture (session, request, &error);
  else
    result = answer (&session->ctl->about, request, &error);
  if (!captures)
    reply (session, result, error);
  json_decref (request);
  return captures;
}

static gboolean
is_whole (Session *session, GError **error)
{
  if (memchr (session->request->str, '\n', session->request->len))
    return TRUE;
  if (session->request->len > MAX_REQUEST_BYTES)
    vtepd_ctl_refuse (error, "a request has at most %u bytes", MAX_REQUEST_BYTES);
  return FALSE;
}

static void
on_received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  Session *session = user;
  g_autoptr (GError) error = NULL;

  (void) stream;
  if (session->tap)
    {
      end_session (session);
      return;
    }
  g_string_append_len (session->request, (const char *) bytes, (gssize) n);
  if (is_whole (session, &error))
    {
      net_world_timer_cancel (session->ctl->world, &session->patience);
      if (!serve (session))
        end_session (session);
    }
  else if (error)
    {
      reply (session, NULL, error);
      end_session (session);
    }
}

static void
on_closed (NetStream *stream, const char *why, gpointer user)
{
  Session *session = user;

  (void) stream;
  (void) why;
  session->stream = NULL;
  if (session->tap)
    vtepd_tap_lose_stream (session->tap);
  end_session (session);
}

static void
on_patience_over (NetTimer *timer, gint64 now_ns)
{
  (void) now_ns;
  end_session (timer->owner);
}

static const NetStreamEvents session_events = { .received = on_received, .closed = on_closed };

static void
on_accept (NetStream *stream, gpointer user)
{
  VtepdCtl *ctl = user;
  Session *session;

  if (ctl->sessions->len >= MAX_SESSIONS)
    {
      net_stream_close (stream);
      return;
    }
  session = g_new0 (Session, 1);
  *session = (Session){ .ctl = ctl, .stream = stream, .request = g_string_new (NULL) };
  net_timer_init (&session->patience, on_patience_over, session);
  net_world_timer_set (ctl->world, &session->patience, net_world_now (ctl->world) + PATIENCE_NS);
  g_ptr_array_add (ctl->sessions, session);
  net_stream_set_events (stream, &session_events, session);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

VtepdCtl *
vtepd_ctl_new (const VtepdAbout *about, const char *path, GError **error)
{
  VtepdCtl *ctl = g_new0 (VtepdCtl, 1);
  g_autofree char *target = g_strdup_printf ("punix:%s", path);

  ctl->about = *about;
  ctl->world = linux_world_seam (about->world);
  ctl->sessions = g_ptr_array_new ();
  ctl->listener = net_world_listen (ctl->world, target, on_accept, ctl, error);
  if (ctl->listener)
    return ctl;
  vtepd_ctl_free (ctl);
  return NULL;
}

void
vtepd_ctl_free (VtepdCtl *ctl)
{
  if (!ctl)
    return;
  net_world_unlisten (ctl->world, ctl->listener);
  while (ctl->sessions->len)
    end_session (g_ptr_array_index (ctl->sessions, 0));
  g_ptr_array_unref (ctl->sessions);
  g_free (ctl);
}

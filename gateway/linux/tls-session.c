/* The thread of TLS: a main loop with a session for each connection, from handshake to end.  It knows no world. */
#include "gateway/linux/tls.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DRAIN_MS  1000u /* for what is still to be sent when the world ends; then all is cut off */
#define LINGER_MS 5000u /* for the peer to end too */

struct _LinuxTlsThread
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  void (*post) (LinuxTlsResult *result, gpointer user);
  gpointer user;
  GQueue sessions; /* in the thread */
  gboolean ending; /* in the thread */
};

typedef struct
{
  LinuxTlsThread *thread;
  LinuxTlsJob *job;
  GList link; /* in thread->sessions */
  GTlsConnection *connection;
  GSocketConnection *plain; /* this side's end of the pair */
  GCancellable *cancel;
  GSource *deadline;
  GTlsCertificateFlags faults; /* of the peer's certificate */
  guint n_pumps;               /* directions that still carry bytes */
} Session;

/* ---- deadlines --------------------------------------------------------------------------------------------------- */

static gboolean
on_deadline (gpointer user)
{
  g_cancellable_cancel (((Session *) user)->cancel);
  return G_SOURCE_REMOVE;
}

static void
clear_deadline (Session *session)
{
  if (!session->deadline)
    return;
  g_source_destroy (session->deadline);
  g_clear_pointer (&session->deadline, g_source_unref);
}

static void
set_deadline (Session *session, guint ms)
{
  clear_deadline (session);
  session->deadline = g_timeout_source_new (ms);
  g_source_set_callback (session->deadline, on_deadline, session, NULL);
  g_source_attach (session->deadline, session->thread->context);
}

/* ---- ends -------------------------------------------------------------------------------------------------------- */

static void
job_free (LinuxTlsJob *job)
{
  if (job->fd >= 0)
    close (job->fd);
  g_object_unref (job->certificate);
  g_object_unref (job->authorities);
  g_free (job);
}

static void
session_free (Session *session)
{
  LinuxTlsThread *thread = session->thread;

  clear_deadline (session);
  g_clear_object (&session->connection);
  g_clear_object (&session->plain);
  g_object_unref (session->cancel);
  job_free (session->job);
  g_queue_unlink (&thread->sessions, &session->link);
  g_free (session);
  if (thread->ending && thread->sessions.length == 0)
    g_main_loop_quit (thread->loop);
}

static void
post (Session *session, int fd, const char *why)
{
  LinuxTlsResult *result = g_new (LinuxTlsResult, 1);

  *result = (LinuxTlsResult){ .id = session->job->id, .fd = fd, .why = g_strdup (why) };
  session->thread->post (result, session->thread->user);
}

static void
fail (Session *session, const char *why)
{
  post (session, -1, why);
  session_free (session);
}

/* ---- carrying bytes ---------------------------------------------------------------------------------------------- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  session_free (user);
}

static void
pump_over (Session *session)
{
  if (--session->n_pumps > 0)
    return;
  set_deadline (session, LINGER_MS);
  g_io_stream_close_async (G_IO_STREAM (session->connection), G_PRIORITY_DEFAULT, session->cancel, on_closed,
                           session);
}

/* The peer sends no more: the world is told, and ends the other direction. */
static void
on_inward_over (GObject *source, GAsyncResult *result, gpointer user)
{
  Session *session = user;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (session->plain), FALSE, TRUE, NULL);
  pump_over (session);
}

/* The world sends no more: the peer was told (close_notify), and has a while to end too. */
static void
on_outward_over (GObject *source, GAsyncResult *result, gpointer user)
{
  Session *session = user;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  if (session->n_pumps == 2)
    set_deadline (session, LINGER_MS);
  pump_over (session);
}

static void
begin_pumps (Session *session)
{
  GIOStream *secret = G_IO_STREAM (session->connection), *plain = G_IO_STREAM (session->plain);

  session->n_pumps = 2;
  g_output_stream_splice_async (g_io_stream_get_output_stream (plain), g_io_stream_get_input_stream (secret),
                                G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT, session->cancel,
                                on_inward_over, session);
  g_output_stream_splice_async (g_io_stream_get_output_stream (secret), g_io_stream_get_input_stream (plain),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, session->cancel,
                                on_outward_over, session);
}

static GSocketConnection *
connection_of (int fd, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);

  if (!socket)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  return g_socket_connection_factory_create_connection (socket);
}

/* Makes the pair and posts the world's end of it. */
static gboolean
open_plain (Session *session, GError **error)
{
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return FALSE;
    }
  session->plain = connection_of (ends[0], error);
  if (session->plain)
    {
      post (session, ends[1], NULL);
      return TRUE;
    }
  close (ends[0]);
  close (ends[1]);
  return FALSE;
}

/* ---- the handshake ----------------------------------------------------------------------------------------------- */

static gboolean
is_recent (GTlsConnection *connection)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (connection);

  return version == G_TLS_PROTOCOL_VERSION_TLS_1_2 || version == G_TLS_PROTOCOL_VERSION_TLS_1_3;
}

/* A server is asked this of every certificate, a client of those with faults; and of a server that is dialled by its
 * address GIO finds that it has no name. */
static gboolean
on_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags faults,
                gpointer user)
{
  Session *session = user;

  (void) connection;
  (void) certificate;
  session->faults = faults & ~(guint) G_TLS_CERTIFICATE_BAD_IDENTITY;
  return session->faults == 0;
}

static const char *
why_not_shaken (const Session *session, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "the TLS handshake timed out";
  if (session->faults & G_TLS_CERTIFICATE_EXPIRED)
    return "its certificate has expired";
  if (session->faults & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return "its certificate is not valid yet";
  if (session->faults & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return "its certificate is of an authority that is not ours";
  if (session->faults & G_TLS_CERTIFICATE_INSECURE)
    return "its certificate is signed by a method that is no longer secure";
  return error->message;
}

static void
on_shaken (GObject *source, GAsyncResult *result, gpointer user)
{
  Session *session = user;
  g_autoptr (GError) error = NULL;
  gboolean shaken = g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);

  clear_deadline (session);
  if (!shaken)
    fail (session, why_not_shaken (session, error));
  else if (!is_recent (session->connection))
    fail (session, "the other end speaks no TLS 1.2 or later");
  else if (open_plain (session, &error))
    begin_pumps (session);
  else
    fail (session, error->message);
}

static GTlsConnection *
make_connection (const LinuxTlsJob *job, GIOStream *base, GError **error)
{
  GIOStream *stream = job->is_server ? g_tls_server_connection_new (base, job->certificate, error)
                                     : g_tls_client_connection_new (base, NULL, error);

  if (!stream)
    return NULL;
  if (job->is_server)
    g_object_set (stream, "authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  else
    g_tls_connection_set_certificate (G_TLS_CONNECTION (stream), job->certificate);
  g_tls_connection_set_database (G_TLS_CONNECTION (stream), job->authorities);
  /* OVSDB's messages end by themselves: a cut connection is no shorter message. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  return G_TLS_CONNECTION (stream);
}

static void
begin_session (Session *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) base = connection_of (session->job->fd, &error);

  if (base)
    {
      session->job->fd = -1;
      session->connection = make_connection (session->job, G_IO_STREAM (base), &error);
    }
  if (!session->connection)
    {
      fail (session, error->message);
      return;
    }
  g_signal_connect (session->connection, "accept-certificate", G_CALLBACK (on_certificate), session);
  set_deadline (session, (guint) (LINUX_TLS_HANDSHAKE_NS / NET_MSEC));
  g_tls_connection_handshake_async (session->connection, G_PRIORITY_DEFAULT, session->cancel, on_shaken,
                                    session);
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

typedef struct
{
  LinuxTlsThread *thread;
  LinuxTlsJob *job;
} Errand;

static gboolean
on_errand (gpointer user)
{
  const Errand *errand = user;
  Session *session = g_new0 (Session, 1);

  *session = (Session){ .thread = errand->thread, .job = errand->job, .cancel = g_cancellable_new () };
  session->link.data = session;
  g_queue_push_tail_link (&errand->thread->sessions, &session->link);
  begin_session (session);
  return G_SOURCE_REMOVE;
}

void
linux_tls_thread_do (LinuxTlsThread *thread, LinuxTlsJob *job)
{
  Errand errand = { thread, job };

  g_main_context_invoke_full (thread->context, G_PRIORITY_DEFAULT, on_errand,
                              g_memdup2 (&errand, sizeof errand), g_free);
}

static gpointer
run (gpointer data)
{
  LinuxTlsThread *thread = data;

  g_main_context_push_thread_default (thread->context);
  g_main_loop_run (thread->loop);
  g_main_context_pop_thread_default (thread->context);
  return NULL;
}

LinuxTlsThread *
linux_tls_thread_new (void (*post_result) (LinuxTlsResult *result, gpointer user), gpointer user)
{
  LinuxTlsThread *thread = g_new0 (LinuxTlsThread, 1);

  thread->post = post_result;
  thread->user = user;
  thread->context = g_main_context_new ();
  thread->loop = g_main_loop_new (thread->context, FALSE);
  thread->thread = g_thread_new ("tls", run, thread);
  return thread;
}

static gboolean
on_drained (gpointer user)
{
  const LinuxTlsThread *thread = user;

  for (GList *link = thread->sessions.head; link; link = link->next)
    g_cancellable_cancel (((Session *) link->data)->cancel);
  return G_SOURCE_REMOVE;
}

static gboolean
on_end (gpointer user)
{
  LinuxTlsThread *thread = user;
  GSource *patience = g_timeout_source_new (DRAIN_MS);

  thread->ending = TRUE;
  g_source_set_callback (patience, on_drained, thread, NULL);
  g_source_attach (patience, thread->context);
  g_source_unref (patience);
  if (thread->sessions.length == 0)
    g_main_loop_quit (thread->loop);
  return G_SOURCE_REMOVE;
}

void
linux_tls_thread_free (LinuxTlsThread *thread)
{
  if (!thread)
    return;
  g_main_context_invoke (thread->context, on_end, thread);
  g_thread_join (thread->thread);
  g_main_loop_unref (thread->loop);
  g_main_context_unref (thread->context);
  g_free (thread);
}

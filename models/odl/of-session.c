/* OpenFlow sessions, from the accepted stream to its end. */
#include "models/odl/of-private.h"

#define IDLE_NS          (15 * NET_SEC)        /* of silence before an echo is asked */
#define ECHO_PATIENCE_NS (2 * NET_SEC)         /* for its answer */
#define HANDSHAKE_NS     (60 * NET_SEC)        /* until the session is up */
#define MAX_PENDING      (64u * 1024u * 1024u) /* bytes that the switch does not read */
#define MAX_BARRIERS     10000u                /* that it does not answer */

static void end (OdlOfSession *session, const char *why);

/* ---- sending ------------------------------------------------------------------------------------------------- */

void
odl_of_session_flush (OdlOfSession *session)
{
  net_stream_send (session->stream, session->out->data, session->out->len);
  g_byte_array_set_size (session->out, 0);
}

/* What the switch has taken from us and not given back, against its limits: why the session must end, or NULL. */
static const char *
overdue (const OdlOfSession *session)
{
  if (net_stream_pending (session->stream) > MAX_PENDING)
    return "it does not read what it is sent";
  return session->barriers->len >= MAX_BARRIERS ? "it answers no barriers" : NULL;
}

static void
flush_fire (NetTimer *timer, gint64 now_ns)
{
  OdlOfSession *session = timer->owner;
  const char *why = overdue (session);

  (void) now_ns;
  if (why)
    {
      odl_of_session_misused (session, NET_MISUSE_UNREAD, "%s", why);
      end (session, why);
      return;
    }
  if (session->wants_barrier)
    {
      guint32 xid = session->next_xid++;

      openflow_plain_encode (OPENFLOW_BARRIER_REQUEST, xid, session->out);
      g_array_append_val (session->barriers, xid);
      session->wants_barrier = FALSE;
    }
  odl_of_session_flush (session);
  odl_converge_changed (session->odl);
}

void
odl_of_session_sent (OdlOfSession *session)
{
  if (!session->flush.pending)
    net_world_timer_set (session->odl->world, &session->flush, net_world_now (session->odl->world));
}

static void
sent_change (OdlOfSession *session)
{
  session->wants_barrier = TRUE;
  odl_of_session_sent (session);
  odl_converge_changed (session->odl);
}

void
odl_of_session_flow (OdlOfSession *session, const OpenflowFlowMod *flow)
{
  openflow_flow_mod_encode (flow, session->next_xid++, session->out);
  sent_change (session);
}

void
odl_of_session_group (OdlOfSession *session, const OpenflowGroupMod *group)
{
  openflow_group_mod_encode (group, session->next_xid++, session->out);
  sent_change (session);
}

void
odl_of_session_packet_out (OdlOfSession *session, const OpenflowPacketOut *packet_out)
{
  openflow_packet_out_encode (packet_out, session->next_xid++, session->out);
  odl_of_session_sent (session);
}

gboolean
odl_of_session_idle (const OdlOfSession *session)
{
  return session->phase == ODL_OF_UP && !session->wants_barrier && session->barriers->len == 0;
}

/* ---- what a switch does wrong -------------------------------------------------------------------------------- */

void
odl_of_session_misused (OdlOfSession *session, NetMisuse misuse, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  net_misuse_count (&session->misuses, session->odl->world, misuse, session->title, why);
}

void
odl_of_session_refuse (OdlOfSession *session, const OpenflowMessage *message, const GError *error)
{
  NetMisuse misuse;

  openflow_error_is_misuse (error->code, &misuse); /* whatever a controller refuses is */
  odl_of_session_misused (session, misuse, "%s refused with %s: %s", openflow_type_name (message->type),
                          openflow_error_name (error->code), error->message);
  openflow_error_encode (error->code, message, session->out);
  odl_of_session_sent (session);
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

void
odl_of_session_record (const OdlOfSession *session, const char *op, const char *name, const char *value)
{
  odl_record (session->odl, "session", op, session->title, json_pack ("{s:s}", name, value));
}

/* The compute stays as it is known: its tables work on without a controller. */
static void
end (OdlOfSession *session, const char *why)
{
  Odl *odl = session->odl;

  net_world_log (odl->world, NET_LOG_INFO, "openflow", "%s", why);
  if (session->compute && session->compute->openflow == session)
    {
      session->compute->openflow = NULL;
      odl_of_session_record (session, "down", "why", why);
    }
  g_ptr_array_remove (odl->of_sessions, session);
  odl_converge_changed (odl);
}

void
odl_of_session_free (gpointer data)
{
  OdlOfSession *session = data;

  net_world_timer_cancel (session->odl->world, &session->flush);
  net_world_timer_cancel (session->odl->world, &session->echo);
  net_world_timer_cancel (session->odl->world, &session->handshake);
  if (session->stream)
    net_stream_close (session->stream);
  openflow_splitter_clear (&session->splitter);
  odl_registry_clear (&session->ports);
  g_array_unref (session->groups);
  g_array_unref (session->barriers);
  g_free (session->title);
  g_byte_array_unref (session->out);
  g_free (session);
}

static void
echo_fire (NetTimer *timer, gint64 now_ns)
{
  OdlOfSession *session = timer->owner;

  if (session->echo_asked)
    {
      end (session, "no answer to an echo request");
      return;
    }
  session->echo_asked = TRUE;
  session->echo_xid = session->next_xid++;
  openflow_echo_request_encode (NULL, 0, session->echo_xid, session->out);
  odl_of_session_sent (session);
  net_world_timer_set (session->odl->world, timer, now_ns + ECHO_PATIENCE_NS);
}

static void
handshake_fire (NetTimer *timer, gint64 now_ns)
{
  OdlOfSession *session = timer->owner;

  (void) now_ns;
  if (session->phase == ODL_OF_UP)
    return;
  odl_of_session_misused (session, NET_MISUSE_UNFINISHED, "the handshake did not end");
  end (session, "the handshake did not end");
}

/* ---- dispatch ------------------------------------------------------------------------------------------------ */

/* A message of its type, whose version is ours. */
static const char *
dispatch (OdlOfSession *session, const OpenflowMessage *message)
{
  static const struct
  {
    OpenflowType type;
    OdlOfHandler *handle;
  } handlers[] = {
    { OPENFLOW_HELLO, odl_of_on_hello },
    { OPENFLOW_FEATURES_REPLY, odl_of_on_features },
    { OPENFLOW_MULTIPART_REPLY, odl_of_on_multipart },
    { OPENFLOW_PORT_STATUS, odl_of_on_port_status },
    { OPENFLOW_PACKET_IN, odl_of_on_packet_in },
    { OPENFLOW_FLOW_REMOVED, odl_of_on_flow_removed },
    { OPENFLOW_BARRIER_REPLY, odl_of_on_barrier_reply },
    { OPENFLOW_ECHO_REQUEST, odl_of_on_echo_request },
    { OPENFLOW_ECHO_REPLY, odl_of_on_echo_reply },
    { OPENFLOW_ERROR_MESSAGE, odl_of_on_error },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].type == message->type)
      return handlers[i].handle (session, message);
  return odl_of_on_other (session, message);
}

/* 1.3.5 §6.3.1: HELLO comes first, whatever its version; HELLO_FAILED is the other thing that may be said then. */
static const char *
handle (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (message->type == OPENFLOW_HELLO
      || (message->type == OPENFLOW_ERROR_MESSAGE && session->phase == ODL_OF_AWAIT_HELLO))
    return dispatch (session, message);
  if (session->phase == ODL_OF_AWAIT_HELLO)
    {
      odl_of_session_misused (session, NET_MISUSE_OUT_OF_ORDER, "%s before HELLO",
                              openflow_type_name (message->type));
      return "a message before HELLO";
    }
  if (message->version == OPENFLOW_VERSION_13)
    return dispatch (session, message);
  openflow_fail (&error, OPENFLOW_ERROR_BAD_VERSION, "version 0x%02x", message->version);
  odl_of_session_refuse (session, message, error);
  return NULL;
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  OdlOfSession *session = user;
  OpenflowMessage message;
  OpenflowSplit split;

  (void) stream;
  session->echo_asked = FALSE;
  net_world_timer_set (session->odl->world, &session->echo, net_world_now (session->odl->world) + IDLE_NS);
  openflow_splitter_add (&session->splitter, bytes, n);
  while ((split = openflow_splitter_next (&session->splitter, &message)) == OPENFLOW_SPLIT_MESSAGE)
    {
      const char *why = handle (session, &message);

      if (why)
        {
          end (session, why);
          return;
        }
    }
  if (split == OPENFLOW_SPLIT_BROKEN)
    {
      odl_of_session_misused (session, NET_MISUSE_MALFORMED, "a message shorter than its header");
      end (session, "what it sent is no OpenFlow");
    }
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  OdlOfSession *session = user;

  (void) stream;
  session->stream = NULL;
  end (session, why);
}

static const NetStreamEvents events = { .received = received, .closed = closed };

void
odl_of_session_accept (NetStream *stream, gpointer user)
{
  Odl *odl = user;
  OdlOfSession *session = g_new0 (OdlOfSession, 1);

  session->odl = odl;
  session->stream = stream;
  session->next_xid = 1;
  openflow_splitter_init (&session->splitter);
  odl_registry_init (&session->ports, NULL);
  session->groups = g_array_new (FALSE, FALSE, sizeof (guint32));
  session->barriers = g_array_new (FALSE, FALSE, sizeof (guint32));
  session->title = g_strconcat ("openflow ", stream->peer, NULL);
  session->out = g_byte_array_new ();
  net_timer_init (&session->flush, flush_fire, session);
  net_timer_init (&session->echo, echo_fire, session);
  net_timer_init (&session->handshake, handshake_fire, session);
  g_ptr_array_add (odl->of_sessions, session);
  net_stream_set_events (stream, &events, session);
  openflow_hello_encode (1u << OPENFLOW_VERSION_13, session->next_xid++, session->out);
  odl_of_session_sent (session);
  net_world_timer_set (odl->world, &session->echo, net_world_now (odl->world) + IDLE_NS);
  net_world_timer_set (odl->world, &session->handshake, net_world_now (odl->world) + HANDSHAKE_NS);
  odl_converge_changed (odl);
}

/* OpenFlow sessions, from the accepted stream to its end. */
#include "models/odl/of-private.h"

#define IDLE_NS          (15 * NET_SEC) /* of silence before an echo is asked */
#define ECHO_PATIENCE_NS (2 * NET_SEC)  /* for its answer */

/* ---- sending ------------------------------------------------------------------------------------------------- */

static void
flush_fire (NetTimer *timer, gint64 now_ns)
{
  OdlOfSession *session = timer->owner;

  (void) now_ns;
  if (session->wants_barrier)
    {
      openflow_plain_encode (OPENFLOW_BARRIER_REQUEST, session->next_xid++, session->out);
      session->wants_barrier = FALSE;
      session->n_barriers++;
    }
  net_stream_send (session->stream, session->out->data, session->out->len);
  g_byte_array_set_size (session->out, 0);
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
  return session->phase == ODL_OF_UP && !session->wants_barrier && session->n_barriers == 0;
}

const char *
odl_of_session_refuse (OdlOfSession *session, const OpenflowMessage *message, const GError *error)
{
  net_world_log (session->odl->world, NET_LOG_WARNING, "openflow", "%s: %s",
                 openflow_type_name (message->type), error->message);
  openflow_error_encode (error->code, message, session->out);
  odl_of_session_sent (session);
  return session->phase == ODL_OF_UP ? NULL : "the handshake failed";
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

void
odl_of_session_record (const OdlOfSession *session, const char *op, const char *name, const char *value)
{
  g_autofree char *key = g_strconcat ("openflow ", session->compute->key, NULL);

  odl_record (session->odl, "session", op, key, json_pack ("{s:s}", name, value));
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
  if (session->stream)
    net_stream_close (session->stream);
  openflow_splitter_clear (&session->splitter);
  odl_registry_clear (&session->ports);
  g_array_unref (session->groups);
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
  openflow_echo_request_encode (NULL, 0, session->next_xid++, session->out);
  odl_of_session_sent (session);
  net_world_timer_set (session->odl->world, timer, now_ns + ECHO_PATIENCE_NS);
}

/* ---- dispatch ------------------------------------------------------------------------------------------------ */

static const char *
handle (OdlOfSession *session, const OpenflowMessage *message)
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
    { OPENFLOW_ERROR_MESSAGE, odl_of_on_error },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].type == message->type)
      return handlers[i].handle (session, message);
  return NULL; /* the rest needs no answer from a controller */
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
    end (session, "what it sent is no OpenFlow");
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
  session->out = g_byte_array_new ();
  net_timer_init (&session->flush, flush_fire, session);
  net_timer_init (&session->echo, echo_fire, session);
  g_ptr_array_add (odl->of_sessions, session);
  net_stream_set_events (stream, &events, session);
  openflow_hello_encode (1u << OPENFLOW_VERSION_13, session->next_xid++, session->out);
  odl_of_session_sent (session);
  net_world_timer_set (odl->world, &session->echo, net_world_now (odl->world) + IDLE_NS);
  odl_converge_changed (odl);
}

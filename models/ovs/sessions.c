/* Sessions: streams cut into messages, liveness, roles, and the messages that nobody asked for. */
#include "models/ovs/sessions-private.h"

#include "models/ovs/requests.h"

#define FIRST_ASYNC_PACKET_IN 0x3u /* no match, action; not invalid TTL */

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
release (OvsSession *session)
{
  openflow_splitter_clear (&session->splitter);
  ovs_bundles_free (session->bundles);
  g_free (session);
}

/* The stream is gone or going; the memory goes with the dispatch that may be running. */
static void
end_session (OvsSession *session, gboolean close_stream)
{
  if (session->ended)
    return;
  session->ended = TRUE;
  net_world_timer_cancel (ovs_switch_world (session->owner->sw), &session->probe);
  net_world_timer_cancel (ovs_switch_world (session->owner->sw), &session->idle_bundles);
  g_ptr_array_remove (session->owner->list, session);
  session->owner->n_snoopers -= session->snooping;
  if (close_stream)
    net_stream_close (session->stream);
  if (!session->in_dispatch)
    release (session);
}

/* Whoever owns it is told, if he wants to be. */
static void
leave (OvsSession *session, const char *why, gboolean close_stream)
{
  if (session->events && session->events->closed)
    session->events->closed (session, why, session->user);
  end_session (session, close_stream);
}

void
ovs_session_lose (OvsSession *session, const char *why, gboolean close_stream)
{
  if (close_stream && !(session->events && session->events->closed))
    net_world_log (ovs_switch_world (session->owner->sw), NET_LOG_WARNING, "openflow", "%s: %s",
                   session->stream->peer, why);
  leave (session, why, close_stream);
}

void
ovs_session_misused (OvsSession *session, NetMisuse misuse, const char *why)
{
  g_autofree char *title = g_strconcat ("openflow ", session->stream->peer, NULL);

  net_misuse_count (&session->misuses, ovs_switch_world (session->owner->sw), misuse, title, why);
}

void
ovs_session_lose_misused (OvsSession *session, NetMisuse misuse, const char *why)
{
  ovs_session_misused (session, misuse, why);
  leave (session, why, TRUE);
}

void
ovs_session_end (OvsSession *session)
{
  end_session (session, TRUE);
}

void
ovs_session_send (OvsSession *session, const GByteArray *bytes)
{
  if (session->ended || bytes->len == 0)
    return;
  net_stream_send (session->stream, bytes->data, bytes->len);
  ovs_session_show (session, bytes->data, bytes->len);
}

OvsSwitch *
ovs_session_switch (OvsSession *session)
{
  return session->owner->sw;
}

OpenflowAsync *
ovs_session_async (OvsSession *session)
{
  return &session->async;
}

/* ---- liveness ------------------------------------------------------------------------------------------------ */

static void
rearm_probe (OvsSession *session)
{
  NetWorld *world = ovs_switch_world (session->owner->sw);

  session->probing = FALSE;
  if (session->probe_ns > 0)
    net_world_timer_set (world, &session->probe, net_world_now (world) + session->probe_ns);
}

static void
probe (NetTimer *timer, gint64 now_ns)
{
  OvsSession *session = timer->owner;
  g_autoptr (GByteArray) bytes = NULL;

  if (session->probing)
    {
      ovs_session_lose (session, "no answer to the inactivity probe", TRUE);
      return;
    }
  session->probing = TRUE;
  bytes = g_byte_array_new ();
  openflow_echo_request_encode (NULL, 0, session->next_xid++, bytes);
  ovs_session_send (session, bytes);
  net_world_timer_set (ovs_switch_world (session->owner->sw), timer, now_ns + session->probe_ns);
}

static void
bundles_idle (NetTimer *timer, gint64 now_ns)
{
  ovs_request_expire_bundles (timer->owner, now_ns);
}

void
ovs_session_await_bundles (OvsSession *session)
{
  NetWorld *world = ovs_switch_world (session->owner->sw);
  gint64 next_ns = ovs_bundles_next (session->bundles);

  if (session->ended || next_ns == G_MAXINT64)
    net_world_timer_cancel (world, &session->idle_bundles);
  else
    net_world_timer_set (world, &session->idle_bundles, next_ns);
}

/* ---- messages in --------------------------------------------------------------------------------------------- */

static void
refuse_versions (OvsSession *session, guint32 xid)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_hello_failed_encode (OPENFLOW_ERROR_HELLO_INCOMPATIBLE, xid,
                                "This switch speaks OpenFlow 1.3 only.", bytes);
  ovs_session_send (session, bytes);
  ovs_session_lose_misused (session, NET_MISUSE_UNKNOWN, "no OpenFlow version in common");
}

static void
handle_hello (OvsSession *session, const OpenflowMessage *message)
{
  guint32 versions = 0;

  if (session->established) /* the first one has settled it */
    {
      ovs_session_misused (session, NET_MISUSE_OUT_OF_ORDER, "HELLO after HELLO");
      return;
    }
  openflow_hello_decode (message, &versions, NULL);
  if (!(versions >> OPENFLOW_VERSION_13 & 1))
    {
      refuse_versions (session, message->xid);
      return;
    }
  session->established = TRUE;
  if (session->events && session->events->established)
    session->events->established (session, session->user);
}

void
ovs_session_refuse (OvsSession *session, const OpenflowMessage *message, const GError *error)
{
  g_autofree char *why = g_strdup_printf ("%s refused with %s: %s", openflow_type_name (message->type),
                                          openflow_error_name (error->code), error->message);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  NetMisuse misuse;

  if (openflow_error_is_misuse (error->code, &misuse))
    ovs_session_misused (session, misuse, why);
  else
    net_world_log (ovs_switch_world (session->owner->sw), NET_LOG_WARNING, "openflow", "%s", why);
  openflow_error_encode (error->code, message, bytes);
  ovs_session_send (session, bytes);
  session->owner->n_refused++;
}

static void
handle (OvsSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;

  ovs_session_show (session, message->bytes, message->length);
  if (net_stream_pending (session->stream) > OVS_PENDING_MAX)
    ovs_session_lose_misused (session, NET_MISUSE_UNREAD, "it does not read what it asks for");
  else if (message->type == OPENFLOW_HELLO)
    handle_hello (session, message);
  else if (message->version != OPENFLOW_VERSION_13)
    {
      openflow_fail (&error, OPENFLOW_ERROR_BAD_VERSION, "version 0x%02x", message->version);
      ovs_session_refuse (session, message, error);
    }
  else if (!session->established && message->type != OPENFLOW_ECHO_REQUEST
           && message->type != OPENFLOW_ERROR_MESSAGE)
    ovs_session_lose_misused (session, NET_MISUSE_OUT_OF_ORDER, "a message before HELLO");
  else if (session->snooping && message->type != OPENFLOW_ECHO_REQUEST
           && message->type != OPENFLOW_ECHO_REPLY)
    {
      openflow_fail (&error, OPENFLOW_ERROR_REQUEST_EPERM, "whoever snoops has no say");
      ovs_session_refuse (session, message, error);
    }
  else if (!ovs_request_handle (session, message, &error))
    ovs_session_refuse (session, message, error);
}

static void
received (NetStream *stream, const guint8 *bytes, gsize n, gpointer user)
{
  OvsSession *session = user;
  OpenflowMessage message;
  OpenflowSplit split = OPENFLOW_SPLIT_MORE;

  (void) stream;
  rearm_probe (session);
  openflow_splitter_add (&session->splitter, bytes, n);
  session->in_dispatch = TRUE;
  while (!session->ended
         && (split = openflow_splitter_next (&session->splitter, &message)) == OPENFLOW_SPLIT_MESSAGE)
    handle (session, &message);
  if (!session->ended && split == OPENFLOW_SPLIT_BROKEN)
    ovs_session_lose_misused (session, NET_MISUSE_MALFORMED, "a message shorter than its header");
  session->in_dispatch = FALSE;
  if (session->ended)
    release (session);
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  (void) stream;
  ovs_session_lose (user, why, FALSE);
}

static const NetStreamEvents stream_events = { .received = received, .closed = closed };

OvsSession *
ovs_session_begin (OvsSessions *sessions, NetStream *stream, gint64 probe_ns, const OvsSessionEvents *events,
                   gpointer user)
{
  OvsSession *session = g_new0 (OvsSession, 1);
  g_autoptr (GByteArray) hello = g_byte_array_new ();

  session->owner = sessions;
  session->stream = stream;
  session->events = events;
  session->user = user;
  session->role = OPENFLOW_ROLE_EQUAL;
  session->bundles = ovs_bundles_new ();
  session->probe_ns = probe_ns;
  session->next_xid = 1;
  session->async = (OpenflowAsync){ .packet_in = { FIRST_ASYNC_PACKET_IN, 0 },
                                    .port_status = { 0x7, 0x7 },
                                    .flow_removed = { 0xf, 0 } };
  openflow_splitter_init (&session->splitter);
  net_timer_init (&session->probe, probe, session);
  net_timer_init (&session->idle_bundles, bundles_idle, session);
  g_ptr_array_add (sessions->list, session);
  net_stream_set_events (stream, &stream_events, session);
  openflow_hello_encode (1u << OPENFLOW_VERSION_13, session->next_xid++, hello);
  ovs_session_send (session, hello);
  rearm_probe (session);
  return session;
}

OvsSession *
ovs_session_begin_snooping (OvsSessions *sessions, NetStream *stream, gint64 probe_ns)
{
  OvsSession *session = ovs_session_begin (sessions, stream, probe_ns, NULL, NULL);

  session->snooping = TRUE;
  sessions->n_snoopers++;
  return session;
}

/* ---- all of them --------------------------------------------------------------------------------------------- */

OvsSessions *
ovs_sessions_new (OvsSwitch *sw)
{
  OvsSessions *sessions = g_new0 (OvsSessions, 1);

  sessions->sw = sw;
  sessions->list = g_ptr_array_new ();
  ovs_switch_listen (sw, &ovs_sessions_switch_events, sessions);
  return sessions;
}

void
ovs_sessions_free (OvsSessions *sessions)
{
  if (!sessions)
    return;
  while (sessions->list->len)
    ovs_session_end (sessions->list->pdata[sessions->list->len - 1]);
  ovs_switch_unlisten (sessions->sw, sessions);
  g_ptr_array_unref (sessions->list);
  g_free (sessions);
}

guint
ovs_sessions_n (const OvsSessions *sessions)
{
  return sessions->list->len;
}

guint64
ovs_sessions_n_refused (const OvsSessions *sessions)
{
  return sessions->n_refused;
}

guint64
ovs_sessions_n_missed (const OvsSessions *sessions)
{
  return sessions->n_missed;
}

OvsBundles *
ovs_session_bundles (OvsSession *session)
{
  return session->bundles;
}

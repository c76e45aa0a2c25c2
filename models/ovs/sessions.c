/* Sessions: streams cut into messages, liveness, roles, and the messages that nobody asked for. */
#include "models/ovs/sessions.h"

#include "models/ovs/requests.h"

/* Packet-ins for a controller that does not read are dropped beyond this … */
#define PACKET_IN_PENDING_MAX ((gsize) 1024 * 1024)
/* … and whoever asks for more without reading what it asked for is not answered any longer. */
#define PENDING_MAX           ((gsize) 64 * 1024 * 1024)
#define FIRST_ASYNC_PACKET_IN 0x3u /* no match, action; not invalid TTL */

struct _OvsSessions
{
  OvsSwitch *sw;
  GPtrArray *list; /* of OvsSession */
  gboolean has_generation;
  guint64 generation;
};

struct _OvsSession
{
  OvsSessions *owner;
  NetStream *stream;
  OpenflowSplitter splitter;
  const OvsSessionEvents *events;
  gpointer user;
  gboolean established;
  gboolean in_dispatch; /* freed when the dispatch is over */
  gboolean ended;
  OpenflowRole role;
  OpenflowAsync async;
  guint32 next_xid;
  gint64 probe_ns;
  gboolean probing;
  NetTimer probe;
};

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
release (OvsSession *session)
{
  openflow_splitter_clear (&session->splitter);
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
  g_ptr_array_remove (session->owner->list, session);
  if (close_stream)
    net_stream_close (session->stream);
  if (!session->in_dispatch)
    release (session);
}

static void
lose_session (OvsSession *session, const char *why, gboolean close_stream)
{
  const OvsSessionEvents *events = session->events;

  if (events && events->closed)
    events->closed (session, why, session->user);
  end_session (session, close_stream);
}

void
ovs_session_end (OvsSession *session)
{
  end_session (session, TRUE);
}

void
ovs_session_send (OvsSession *session, const GByteArray *bytes)
{
  if (!session->ended && bytes->len)
    net_stream_send (session->stream, bytes->data, bytes->len);
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
      lose_session (session, "no answer to the inactivity probe", TRUE);
      return;
    }
  session->probing = TRUE;
  bytes = g_byte_array_new ();
  openflow_echo_request_encode (NULL, 0, session->next_xid++, bytes);
  ovs_session_send (session, bytes);
  net_world_timer_set (ovs_switch_world (session->owner->sw), timer, now_ns + session->probe_ns);
}

/* ---- messages in --------------------------------------------------------------------------------------------- */

static void
refuse_versions (OvsSession *session, guint32 xid)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_hello_failed_encode (OPENFLOW_ERROR_HELLO_INCOMPATIBLE, xid,
                                "This switch speaks OpenFlow 1.3 only.", bytes);
  ovs_session_send (session, bytes);
  lose_session (session, "no OpenFlow version in common", TRUE);
}

static void
handle_hello (OvsSession *session, const OpenflowMessage *message)
{
  guint32 versions = 0;

  openflow_hello_decode (message, &versions, NULL);
  if (!(versions >> OPENFLOW_VERSION_13 & 1))
    {
      refuse_versions (session, message->xid);
      return;
    }
  if (session->established)
    return;
  session->established = TRUE;
  if (session->events && session->events->established)
    session->events->established (session, session->user);
}

static void
refuse (OvsSession *session, const OpenflowMessage *message, const GError *error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  net_world_log (ovs_switch_world (session->owner->sw), NET_LOG_WARNING, "openflow", "%s refused with %s: %s",
                 openflow_type_name (message->type), openflow_error_name (error->code), error->message);
  openflow_error_encode (error->code, message, bytes);
  ovs_session_send (session, bytes);
}

static void
handle (OvsSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (net_stream_pending (session->stream) > PENDING_MAX)
    lose_session (session, "it does not read what it asks for", TRUE);
  else if (message->type == OPENFLOW_HELLO)
    handle_hello (session, message);
  else if (message->version != OPENFLOW_VERSION_13)
    {
      openflow_fail (&error, OPENFLOW_ERROR_BAD_VERSION, "version 0x%02x", message->version);
      refuse (session, message, error);
    }
  else if (!session->established && message->type != OPENFLOW_ECHO_REQUEST
           && message->type != OPENFLOW_ERROR_MESSAGE)
    lose_session (session, "a message before HELLO", TRUE);
  else if (!ovs_request_handle (session, message, &error))
    refuse (session, message, error);
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
    lose_session (session, "a message shorter than its header", TRUE);
  session->in_dispatch = FALSE;
  if (session->ended)
    release (session);
}

static void
closed (NetStream *stream, const char *why, gpointer user)
{
  (void) stream;
  lose_session (user, why, FALSE);
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
  session->probe_ns = probe_ns;
  session->next_xid = 1;
  session->async = (OpenflowAsync){ .packet_in = { FIRST_ASYNC_PACKET_IN, 0 },
                                    .port_status = { 0x7, 0x7 },
                                    .flow_removed = { 0xf, 0 } };
  openflow_splitter_init (&session->splitter);
  net_timer_init (&session->probe, probe, session);
  g_ptr_array_add (sessions->list, session);
  net_stream_set_events (stream, &stream_events, session);
  openflow_hello_encode (1u << OPENFLOW_VERSION_13, session->next_xid++, hello);
  ovs_session_send (session, hello);
  rearm_probe (session);
  return session;
}

/* ---- messages that nobody asked for -------------------------------------------------------------------------- */

/* The masks have 32 bits; a reason beyond them, which a controller action may name, is nobody's. */
static gboolean
wants (const OvsSession *session, const guint32 masks[2], guint reason)
{
  return session->established && reason < 32 && (masks[session->role == OPENFLOW_ROLE_SLAVE] >> reason & 1);
}

/* The masks of a session that say who hears of it. */
typedef const guint32 *(*MasksOf) (const OvsSession *session);

static const guint32 *
packet_in_masks (const OvsSession *session)
{
  return session->async.packet_in;
}

static const guint32 *
flow_removed_masks (const OvsSession *session)
{
  return session->async.flow_removed;
}

static const guint32 *
port_status_masks (const OvsSession *session)
{
  return session->async.port_status;
}

static void
tell (OvsSessions *sessions, MasksOf masks_of, guint reason, gsize pending_max, const GByteArray *bytes)
{
  for (guint i = 0; i < sessions->list->len; i++)
    {
      OvsSession *session = sessions->list->pdata[i];
      if (wants (session, masks_of (session), reason) && net_stream_pending (session->stream) <= pending_max)
        ovs_session_send (session, bytes);
    }
}

static void
hear_packet_in (const OpenflowPacketIn *packet_in, gpointer user)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_packet_in_encode (packet_in, 0, bytes);
  tell (user, packet_in_masks, packet_in->reason, PACKET_IN_PENDING_MAX, bytes);
}

static void
hear_flow_removed (const OpenflowFlowRemoved *removed, gpointer user)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_flow_removed_encode (removed, 0, bytes);
  tell (user, flow_removed_masks, removed->reason, G_MAXSIZE, bytes);
}

static void
hear_port_status (const OpenflowPortStatus *status, gpointer user)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  openflow_port_status_encode (status, 0, bytes);
  tell (user, port_status_masks, status->reason, G_MAXSIZE, bytes);
}

static const OvsSwitchEvents switch_events
    = { .packet_in = hear_packet_in, .flow_removed = hear_flow_removed, .port_status = hear_port_status };

OvsSessions *
ovs_sessions_new (OvsSwitch *sw)
{
  OvsSessions *sessions = g_new0 (OvsSessions, 1);

  sessions->sw = sw;
  sessions->list = g_ptr_array_new ();
  ovs_switch_listen (sw, &switch_events, sessions);
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

/* ---- roles --------------------------------------------------------------------------------------------------- */

OpenflowRole
ovs_session_role (const OvsSession *session)
{
  return session->role;
}

guint64
ovs_session_generation (const OvsSession *session)
{
  return session->owner->has_generation ? session->owner->generation : G_MAXUINT64;
}

gboolean
ovs_session_change_role (OvsSession *session, const OpenflowRoleChange *change, GError **error)
{
  OvsSessions *sessions = session->owner;

  if (change->role == OPENFLOW_ROLE_MASTER || change->role == OPENFLOW_ROLE_SLAVE)
    {
      /* Generations are compared as a circle (§6.3.6). */
      if (sessions->has_generation && (gint64) (change->generation - sessions->generation) < 0)
        return openflow_fail (error, OPENFLOW_ERROR_ROLE_STALE,
                              "generation %" G_GUINT64_FORMAT " is older than %" G_GUINT64_FORMAT,
                              change->generation, sessions->generation);
      sessions->has_generation = TRUE;
      sessions->generation = change->generation;
    }
  if (change->role == OPENFLOW_ROLE_MASTER)
    for (guint i = 0; i < sessions->list->len; i++)
      {
        OvsSession *other = sessions->list->pdata[i];
        if (other->role == OPENFLOW_ROLE_MASTER)
          other->role = OPENFLOW_ROLE_SLAVE;
      }
  if (change->role != OPENFLOW_ROLE_NOCHANGE)
    session->role = (OpenflowRole) change->role;
  return TRUE;
}

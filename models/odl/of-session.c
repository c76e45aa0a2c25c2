/* OpenFlow sessions, from the accepted stream to its end. */
#include "models/odl/of-session.h"
#include "models/odl/core.h"
#include "models/odl/dhcp.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/learning.h"
#include "models/odl/pipeline.h"
#include "openflow/multipart.h"
#include "openflow/packet.h"
#include "openflow/session.h"

#define IDLE_NS          (15 * NET_SEC) /* of silence before an echo is asked */
#define ECHO_PATIENCE_NS (2 * NET_SEC)  /* for its answer */

typedef enum
{
  AWAIT_HELLO,
  AWAIT_FEATURES,
  AWAIT_PORTS,
  AWAIT_GROUPS,
  UP
} Phase;

struct _OdlOfSession
{
  Odl *odl;
  NetStream *stream; /* NULL when it has ended */
  OpenflowSplitter splitter;
  Phase phase;
  guint32 next_xid;
  OdlCompute *compute; /* known after FEATURES; borrowed */
  OdlRegistry ports;   /* as PORT_DESC listed them, → number */
  GArray *groups;      /* ids of the groups that the switch kept */
  GByteArray *out;     /* what this instant has to say */
  NetTimer flush;
  gboolean wants_barrier;
  guint n_barriers; /* not answered */
  NetTimer echo;
  gboolean echo_asked;
};

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

/* What was written to session->out leaves at the end of this instant, in one piece. */
static void
sent (OdlOfSession *session)
{
  if (!session->flush.pending)
    net_world_timer_set (session->odl->world, &session->flush, net_world_now (session->odl->world));
}

static void
sent_change (OdlOfSession *session)
{
  session->wants_barrier = TRUE;
  sent (session);
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
  sent (session);
}

gboolean
odl_of_session_idle (const OdlOfSession *session)
{
  return session->phase == UP && !session->wants_barrier && session->n_barriers == 0;
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

static void
record (const OdlOfSession *session, const char *op, const char *name, const char *value)
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
      record (session, "down", "why", why);
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
  sent (session);
  net_world_timer_set (session->odl->world, timer, now_ns + ECHO_PATIENCE_NS);
}

/* ---- handshake ----------------------------------------------------------------------------------------------- */

static void
ask_multipart (OdlOfSession *session, OpenflowMultipartType type)
{
  openflow_multipart_request_encode (type, NULL, 0, session->next_xid++, session->out);
  sent (session);
}

/* Sent at once, for the session ends here (1.3.5 §6.3.1). */
static const char *
refuse_hello (OdlOfSession *session, const OpenflowMessage *message)
{
  static const char sentence[] = "OpenFlow 1.3 is spoken here";

  openflow_hello_failed_encode (OPENFLOW_ERROR_HELLO_INCOMPATIBLE, message->xid, sentence, session->out);
  net_stream_send (session->stream, session->out->data, session->out->len);
  return "the switch does not speak OpenFlow 1.3";
}

/* A message that cannot be read is answered with an error and the session lives on; but a handshake ends with it. */
static const char *
refuse_message (OdlOfSession *session, const OpenflowMessage *message, const GError *error)
{
  net_world_log (session->odl->world, NET_LOG_WARNING, "openflow", "%s: %s",
                 openflow_type_name (message->type), error->message);
  openflow_error_encode (error->code, message, session->out);
  sent (session);
  return session->phase == UP ? NULL : "the handshake failed";
}

/* NULL, or why the session must end. */
static const char *
on_hello (OdlOfSession *session, const OpenflowMessage *message)
{
  guint32 versions;

  if (session->phase != AWAIT_HELLO)
    return NULL;
  if (!openflow_hello_decode (message, &versions, NULL) || !(versions >> OPENFLOW_VERSION_13 & 1))
    return refuse_hello (session, message);
  openflow_plain_encode (OPENFLOW_FEATURES_REQUEST, session->next_xid++, session->out);
  sent (session);
  session->phase = AWAIT_FEATURES;
  return NULL;
}

static const char *
on_features (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowFeatures features;

  if (session->phase != AWAIT_FEATURES)
    return NULL;
  if (!openflow_features_decode (message, &features, &error))
    return refuse_message (session, message, error);
  session->compute = odl_compute_get (session->odl, features.datapath_id);
  ask_multipart (session, OPENFLOW_MULTIPART_PORT_DESC);
  session->phase = AWAIT_PORTS;
  return NULL;
}

/* Ports of the reply that are not reserved. */
static void
take_ports (OdlOfSession *session, NetCursor body)
{
  OpenflowPort port;

  while (openflow_port_decode (&body, &port))
    if (port.number < OPENFLOW_PORT_MAX)
      odl_registry_put (&session->ports, port.name, GUINT_TO_POINTER (port.number));
}

static void
take_groups (OdlOfSession *session, NetCursor body)
{
  OpenflowGroupMod group;

  while (openflow_group_description_decode (&body, &group, NULL))
    {
      g_array_append_val (session->groups, group.id);
      openflow_group_mod_clear (&group);
    }
}

/* What the switch lists now, against what was known before it went. */
static void
compare_ports (OdlOfSession *session)
{
  OdlCompute *compute = session->compute;

  for (guint i = odl_registry_n (&compute->ports); i > 0; i--)
    {
      g_autofree char *name = g_strdup (odl_registry_key (&compute->ports, i - 1));

      if (odl_registry_find (&session->ports, name) != odl_registry_at (&compute->ports, i - 1))
        odl_interface_of_port_removed (session->odl, compute->dpid, name);
    }
  for (guint i = 0; i < odl_registry_n (&session->ports); i++)
    if (!odl_registry_find (&compute->ports, odl_registry_key (&session->ports, i)))
      odl_interface_of_port_added (session->odl, compute->dpid, odl_registry_key (&session->ports, i),
                                   GPOINTER_TO_UINT (odl_registry_at (&session->ports, i)));
}

static void
come_up (OdlOfSession *session)
{
  OdlCompute *compute = session->compute;

  session->phase = UP;
  odl_compute_write_defaults (session->odl,
                              compute); /* before the session counts: the push below sends them */
  compute->openflow = session;
  record (session, "up", "peer", session->stream->peer);
  odl_forwarding_push (compute, session->groups);
  compare_ports (session);
  odl_converge_changed (session->odl);
}

static const char *
on_multipart (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowMultipart multipart;

  if (!openflow_multipart_decode (message, &multipart, &error))
    return refuse_message (session, message, error);
  if (multipart.type == OPENFLOW_MULTIPART_PORT_DESC && session->phase == AWAIT_PORTS)
    {
      take_ports (session, multipart.body);
      if (multipart.flags & OPENFLOW_MULTIPART_MORE)
        return NULL;
      ask_multipart (session, OPENFLOW_MULTIPART_GROUP_DESC);
      session->phase = AWAIT_GROUPS;
    }
  else if (multipart.type == OPENFLOW_MULTIPART_GROUP_DESC && session->phase == AWAIT_GROUPS)
    {
      take_groups (session, multipart.body);
      if (!(multipart.flags & OPENFLOW_MULTIPART_MORE))
        come_up (session);
    }
  return NULL;
}

/* ---- what a switch says on its own --------------------------------------------------------------------------- */

static const char *
on_port_status (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowPortStatus status;
  guint64 dpid = session->compute ? session->compute->dpid : 0;

  if (!openflow_port_status_decode (message, &status, &error))
    return refuse_message (session, message, error);
  if (status.port.number >= OPENFLOW_PORT_MAX)
    return NULL;
  if (session->phase != UP) /* between the list of ports and the end of the handshake */
    {
      if (status.reason == OPENFLOW_PORT_DELETE)
        odl_registry_remove (&session->ports, status.port.name);
      else
        odl_registry_put (&session->ports, status.port.name, GUINT_TO_POINTER (status.port.number));
    }
  else if (status.reason == OPENFLOW_PORT_DELETE)
    odl_interface_of_port_removed (session->odl, dpid, status.port.name);
  else if (odl_registry_find (&session->compute->ports, status.port.name)
           != GUINT_TO_POINTER (status.port.number))
    odl_interface_of_port_added (session->odl, dpid, status.port.name, status.port.number);
  return NULL;
}

static const char *
on_packet_in (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowPacketIn packet_in;

  if (!openflow_packet_in_decode (message, &packet_in, &error))
    return refuse_message (session, message, error);
  if (session->phase != UP)
    return NULL;
  if (packet_in.table == ODL_TABLE_DHCP_EXTERNAL || packet_in.table == ODL_TABLE_DHCP)
    odl_dhcp_packet_in (session->odl, session->compute, &packet_in);
  else
    odl_learning_packet_in (session->odl, session->compute, &packet_in);
  return NULL;
}

static const char *
on_flow_removed (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowFlowRemoved removed;

  if (!openflow_flow_removed_decode (message, &removed, &error))
    return refuse_message (session, message, error);
  if (session->phase == UP)
    odl_learning_flow_removed (session->odl, session->compute, &removed);
  return NULL;
}

static const char *
on_barrier_reply (OdlOfSession *session, const OpenflowMessage *message)
{
  (void) message;
  if (session->n_barriers > 0)
    session->n_barriers--;
  odl_converge_changed (session->odl);
  return NULL;
}

static const char *
on_echo_request (OdlOfSession *session, const OpenflowMessage *message)
{
  openflow_echo_reply_encode (message, session->out);
  sent (session);
  return NULL;
}

static const char *
on_error (OdlOfSession *session, const OpenflowMessage *message)
{
  OpenflowErrorReport report;

  if (openflow_error_decode (message, &report, NULL))
    net_world_log (session->odl->world, NET_LOG_WARNING, "openflow", "compute %s refused message %u: %s",
                   session->compute ? session->compute->key : "?", message->xid,
                   openflow_error_name (report.pair));
  return session->phase == AWAIT_HELLO ? "the switch refused our HELLO" : NULL;
}

/* ---- dispatch ------------------------------------------------------------------------------------------------ */

static const char *
handle (OdlOfSession *session, const OpenflowMessage *message)
{
  static const struct
  {
    OpenflowType type;
    const char *(*handle) (OdlOfSession *session, const OpenflowMessage *message);
  } handlers[] = {
    { OPENFLOW_HELLO, on_hello },
    { OPENFLOW_FEATURES_REPLY, on_features },
    { OPENFLOW_MULTIPART_REPLY, on_multipart },
    { OPENFLOW_PORT_STATUS, on_port_status },
    { OPENFLOW_PACKET_IN, on_packet_in },
    { OPENFLOW_FLOW_REMOVED, on_flow_removed },
    { OPENFLOW_BARRIER_REPLY, on_barrier_reply },
    { OPENFLOW_ECHO_REQUEST, on_echo_request },
    { OPENFLOW_ERROR_MESSAGE, on_error },
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
  sent (session);
  net_world_timer_set (odl->world, &session->echo, net_world_now (odl->world) + IDLE_NS);
  odl_converge_changed (odl);
}

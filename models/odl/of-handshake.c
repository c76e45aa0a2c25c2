/* The OpenFlow handshake: versions, features, the ports and groups that the switch has; then everything is pushed. */
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/of-private.h"
#include "openflow/multipart.h"

static void
ask_multipart (OdlOfSession *session, OpenflowMultipartType type)
{
  session->asked_xid = session->next_xid++;
  openflow_multipart_request_encode (type, NULL, 0, session->asked_xid, session->out);
  odl_of_session_sent (session);
}

/* Sent at once, for the session ends here (1.3.5 §6.3.1). */
static const char *
refuse_hello (OdlOfSession *session, const OpenflowMessage *message)
{
  static const char sentence[] = "OpenFlow 1.3 is spoken here";

  odl_of_session_misused (session, NET_MISUSE_UNKNOWN, "HELLO without OpenFlow 1.3");
  openflow_hello_failed_encode (OPENFLOW_ERROR_HELLO_INCOMPATIBLE, message->xid, sentence, session->out);
  odl_of_session_flush (session);
  return "the switch does not speak OpenFlow 1.3";
}

/* The same for an answer without which there is no handshake. */
static const char *
give_up (OdlOfSession *session, const OpenflowMessage *message, const GError *error)
{
  odl_of_session_refuse (session, message, error);
  odl_of_session_flush (session);
  return "the handshake failed";
}

/* A second one changes nothing: versions are settled by the first. */
const char *
odl_of_on_hello (OdlOfSession *session, const OpenflowMessage *message)
{
  guint32 versions;

  if (session->phase != ODL_OF_AWAIT_HELLO)
    {
      odl_of_session_misused (session, NET_MISUSE_OUT_OF_ORDER, "HELLO after HELLO");
      return NULL;
    }
  if (!openflow_hello_decode (message, &versions, NULL) || !(versions >> OPENFLOW_VERSION_13 & 1))
    return refuse_hello (session, message);
  session->asked_xid = session->next_xid++;
  openflow_plain_encode (OPENFLOW_FEATURES_REQUEST, session->asked_xid, session->out);
  odl_of_session_sent (session);
  session->phase = ODL_OF_AWAIT_FEATURES;
  return NULL;
}

const char *
odl_of_on_features (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowFeatures features;

  if (session->phase != ODL_OF_AWAIT_FEATURES || message->xid != session->asked_xid)
    {
      odl_of_session_misused (session, NET_MISUSE_UNASKED, "FEATURES_REPLY to xid %u", message->xid);
      return NULL;
    }
  if (!openflow_features_decode (message, &features, &error))
    return give_up (session, message, error);
  session->compute = odl_compute_get (session->odl, features.datapath_id);
  g_free (session->title);
  session->title = g_strconcat ("openflow ", session->compute->key, NULL);
  ask_multipart (session, OPENFLOW_MULTIPART_PORT_DESC);
  session->phase = ODL_OF_AWAIT_PORTS;
  return NULL;
}

/* Ports of the reply that are not reserved. */
static gboolean
take_ports (OdlOfSession *session, NetCursor body, GError **error)
{
  OpenflowPort port;

  while (openflow_port_decode (&body, &port))
    {
      if (port.number >= OPENFLOW_PORT_MAX)
        continue;
      if (odl_registry_n (&session->ports) >= ODL_OF_MAX_PORTS)
        return openflow_fail (error, OPENFLOW_ERROR_MULTIPART_OVERFLOW, "more than %u ports",
                              ODL_OF_MAX_PORTS);
      if (!odl_of_port_is_named (&port, error))
        return FALSE;
      odl_registry_put (&session->ports, port.name, GUINT_TO_POINTER (port.number));
    }
  return net_cursor_left (&body) == 0
         || openflow_fail (error, OPENFLOW_ERROR_BAD_LENGTH, "the last port is cut short");
}

static gboolean
take_groups (OdlOfSession *session, NetCursor body, GError **error)
{
  OpenflowGroupMod group;

  while (net_cursor_left (&body) > 0)
    {
      if (session->groups->len >= ODL_OF_MAX_GROUPS)
        return openflow_fail (error, OPENFLOW_ERROR_MULTIPART_OVERFLOW, "more than %u groups",
                              ODL_OF_MAX_GROUPS);
      if (!openflow_group_description_decode (&body, &group, error))
        return FALSE;
      g_array_append_val (session->groups, group.id);
      openflow_group_mod_clear (&group);
    }
  return TRUE;
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

  session->phase = ODL_OF_UP;
  net_world_timer_cancel (session->odl->world, &session->handshake);
  odl_compute_write_defaults (session->odl,
                              compute); /* before the session counts: the push below sends them */
  compute->openflow = session;
  odl_of_session_record (session, "up", "peer", session->stream->peer);
  odl_forwarding_push (compute, session->groups, &session->odl->bugs);
  compare_ports (session);
  odl_converge_changed (session->odl);
}

/* The phase in which this part is waited for; ODL_OF_UP: in none. */
static OdlOfPhase
phase_of (const OdlOfSession *session, const OpenflowMessage *message, const OpenflowMultipart *multipart)
{
  if (message->xid != session->asked_xid)
    return ODL_OF_UP;
  switch (multipart->type)
    {
    case OPENFLOW_MULTIPART_PORT_DESC:
      return ODL_OF_AWAIT_PORTS;
    case OPENFLOW_MULTIPART_GROUP_DESC:
      return ODL_OF_AWAIT_GROUPS;
    default:
      return ODL_OF_UP;
    }
}

const char *
odl_of_on_multipart (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowMultipart multipart;

  if (!openflow_multipart_decode (message, &multipart, &error))
    {
      odl_of_session_refuse (session, message, error);
      return NULL;
    }
  if (session->phase == ODL_OF_UP || phase_of (session, message, &multipart) != session->phase)
    {
      odl_of_session_misused (session, NET_MISUSE_UNASKED, "MULTIPART_REPLY of type %u to xid %u",
                              multipart.type, message->xid);
      return NULL;
    }
  if (!(session->phase == ODL_OF_AWAIT_PORTS ? take_ports : take_groups) (session, multipart.body, &error))
    return give_up (session, message, error);
  if (multipart.flags & OPENFLOW_MULTIPART_MORE)
    return NULL;
  if (session->phase == ODL_OF_AWAIT_GROUPS)
    {
      come_up (session);
      return NULL;
    }
  ask_multipart (session, OPENFLOW_MULTIPART_GROUP_DESC);
  session->phase = ODL_OF_AWAIT_GROUPS;
  return NULL;
}

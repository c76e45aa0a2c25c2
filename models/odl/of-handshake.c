/* The OpenFlow handshake: versions, features, the ports and groups that the switch has; then everything is pushed. */
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/of-private.h"
#include "openflow/multipart.h"

static void
ask_multipart (OdlOfSession *session, OpenflowMultipartType type)
{
  openflow_multipart_request_encode (type, NULL, 0, session->next_xid++, session->out);
  odl_of_session_sent (session);
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

const char *
odl_of_on_hello (OdlOfSession *session, const OpenflowMessage *message)
{
  guint32 versions;

  if (session->phase != ODL_OF_AWAIT_HELLO)
    return NULL;
  if (!openflow_hello_decode (message, &versions, NULL) || !(versions >> OPENFLOW_VERSION_13 & 1))
    return refuse_hello (session, message);
  openflow_plain_encode (OPENFLOW_FEATURES_REQUEST, session->next_xid++, session->out);
  odl_of_session_sent (session);
  session->phase = ODL_OF_AWAIT_FEATURES;
  return NULL;
}

const char *
odl_of_on_features (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowFeatures features;

  if (session->phase != ODL_OF_AWAIT_FEATURES)
    return NULL;
  if (!openflow_features_decode (message, &features, &error))
    return odl_of_session_refuse (session, message, error);
  session->compute = odl_compute_get (session->odl, features.datapath_id);
  ask_multipart (session, OPENFLOW_MULTIPART_PORT_DESC);
  session->phase = ODL_OF_AWAIT_PORTS;
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

  session->phase = ODL_OF_UP;
  odl_compute_write_defaults (session->odl,
                              compute); /* before the session counts: the push below sends them */
  compute->openflow = session;
  odl_of_session_record (session, "up", "peer", session->stream->peer);
  odl_forwarding_push (compute, session->groups, odl_bugs (session->odl));
  compare_ports (session);
  odl_converge_changed (session->odl);
}

const char *
odl_of_on_multipart (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowMultipart multipart;

  if (!openflow_multipart_decode (message, &multipart, &error))
    return odl_of_session_refuse (session, message, error);
  if (multipart.type == OPENFLOW_MULTIPART_PORT_DESC && session->phase == ODL_OF_AWAIT_PORTS)
    {
      take_ports (session, multipart.body);
      if (multipart.flags & OPENFLOW_MULTIPART_MORE)
        return NULL;
      ask_multipart (session, OPENFLOW_MULTIPART_GROUP_DESC);
      session->phase = ODL_OF_AWAIT_GROUPS;
    }
  else if (multipart.type == OPENFLOW_MULTIPART_GROUP_DESC && session->phase == ODL_OF_AWAIT_GROUPS)
    {
      take_groups (session, multipart.body);
      if (!(multipart.flags & OPENFLOW_MULTIPART_MORE))
        come_up (session);
    }
  return NULL;
}

/* What a switch says on its own, and its answers to what it was told. */
#include "models/odl/dhcp.h"
#include "models/odl/interface.h"
#include "models/odl/learning.h"
#include "models/odl/of-private.h"
#include "models/odl/pipeline.h"
#include "openflow/packet.h"
#include "openflow/port.h"

gboolean
odl_of_port_is_named (const OpenflowPort *port, GError **error)
{
  return (*port->name && g_utf8_validate (port->name, -1, NULL))
         || openflow_fail (error, OPENFLOW_ERROR_REQUEST_BAD_PORT, "the name of port %u is empty or no text",
                           port->number);
}

static gboolean
decode_port_status (const OdlOfSession *session, const OpenflowMessage *message, OpenflowPortStatus *status,
                    GError **error)
{
  const OdlRegistry *ports = session->phase == ODL_OF_UP ? &session->compute->ports : &session->ports;

  if (!openflow_port_status_decode (message, status, error) || !odl_of_port_is_named (&status->port, error))
    return FALSE;
  return status->reason == OPENFLOW_PORT_DELETE || odl_registry_n (ports) < ODL_OF_MAX_PORTS
         || odl_registry_find (ports, status->port.name)
         || openflow_fail (error, OPENFLOW_ERROR_REQUEST_BAD_PORT, "more than %u ports", ODL_OF_MAX_PORTS);
}

const char *
odl_of_on_port_status (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowPortStatus status;
  guint64 dpid = session->compute ? session->compute->dpid : 0;

  if (!decode_port_status (session, message, &status, &error))
    odl_of_session_refuse (session, message, error);
  else if (status.port.number >= OPENFLOW_PORT_MAX)
    return NULL;
  else if (session->phase != ODL_OF_UP) /* between the list of ports and the end of the handshake */
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

const char *
odl_of_on_packet_in (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowPacketIn packet_in;

  if (!openflow_packet_in_decode (message, &packet_in, &error))
    odl_of_session_refuse (session, message, error);
  else if (session->phase != ODL_OF_UP)
    return NULL;
  else if (packet_in.table == ODL_TABLE_DHCP_EXTERNAL || packet_in.table == ODL_TABLE_DHCP)
    odl_dhcp_packet_in (session->odl, session->compute, &packet_in);
  else
    odl_learning_packet_in (session->odl, session->compute, &packet_in);
  return NULL;
}

const char *
odl_of_on_flow_removed (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowFlowRemoved removed;

  if (!openflow_flow_removed_decode (message, &removed, &error))
    odl_of_session_refuse (session, message, error);
  else if (session->phase == ODL_OF_UP)
    odl_learning_flow_removed (session->odl, session->compute, &removed);
  return NULL;
}

const char *
odl_of_on_barrier_reply (OdlOfSession *session, const OpenflowMessage *message)
{
  for (guint i = 0; i < session->barriers->len; i++)
    if (g_array_index (session->barriers, guint32, i) == message->xid)
      {
        g_array_remove_index (session->barriers, i);
        odl_converge_changed (session->odl);
        return NULL;
      }
  odl_of_session_misused (session, NET_MISUSE_UNASKED, "BARRIER_REPLY to xid %u", message->xid);
  return NULL;
}

const char *
odl_of_on_echo_request (OdlOfSession *session, const OpenflowMessage *message)
{
  openflow_echo_reply_encode (message, session->out);
  odl_of_session_sent (session);
  return NULL;
}

const char *
odl_of_on_echo_reply (OdlOfSession *session, const OpenflowMessage *message)
{
  if (session->echo_xid == 0 || message->xid != session->echo_xid)
    odl_of_session_misused (session, NET_MISUSE_UNASKED, "ECHO_REPLY to xid %u", message->xid);
  else
    session->echo_xid = 0;
  return NULL;
}

/* An error is never answered, not even one that cannot be read. */
const char *
odl_of_on_error (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowErrorReport report;

  if (openflow_error_decode (message, &report, &error))
    net_world_log (session->odl->world, NET_LOG_WARNING, "openflow", "compute %s refused message %u: %s",
                   session->compute ? session->compute->key : "?", message->xid,
                   openflow_error_name (report.pair));
  else
    odl_of_session_misused (session, NET_MISUSE_MALFORMED, "%s", error->message);
  return session->phase == ODL_OF_AWAIT_HELLO ? "the switch refused our HELLO" : NULL;
}

/* Answers to what a controller may ask and this one does not. */
static gboolean
is_reply (guint8 type)
{
  return type == OPENFLOW_GET_CONFIG_REPLY || type == OPENFLOW_QUEUE_GET_CONFIG_REPLY
         || type == OPENFLOW_ROLE_REPLY || type == OPENFLOW_GET_ASYNC_REPLY;
}

const char *
odl_of_on_other (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (is_reply (message->type))
    {
      odl_of_session_misused (session, NET_MISUSE_UNASKED, "%s to xid %u", openflow_type_name (message->type),
                              message->xid);
      return NULL;
    }
  if (message->type == OPENFLOW_EXPERIMENTER)
    openflow_fail (&error, OPENFLOW_ERROR_BAD_EXPERIMENTER, "no experimenter is known here");
  else
    openflow_fail (&error, OPENFLOW_ERROR_BAD_TYPE, "type %u is nothing that a switch says", message->type);
  odl_of_session_refuse (session, message, error);
  return NULL;
}

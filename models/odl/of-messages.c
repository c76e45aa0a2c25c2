/* What a switch says on its own, and its answers to what it was told. */
#include "models/odl/dhcp.h"
#include "models/odl/interface.h"
#include "models/odl/learning.h"
#include "models/odl/of-private.h"
#include "models/odl/pipeline.h"
#include "openflow/packet.h"
#include "openflow/port.h"

const char *
odl_of_on_port_status (OdlOfSession *session, const OpenflowMessage *message)
{
  g_autoptr (GError) error = NULL;
  OpenflowPortStatus status;
  guint64 dpid = session->compute ? session->compute->dpid : 0;

  if (!openflow_port_status_decode (message, &status, &error))
    return odl_of_session_refuse (session, message, error);
  if (status.port.number >= OPENFLOW_PORT_MAX)
    return NULL;
  if (session->phase != ODL_OF_UP) /* between the list of ports and the end of the handshake */
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
    return odl_of_session_refuse (session, message, error);
  if (session->phase != ODL_OF_UP)
    return NULL;
  if (packet_in.table == ODL_TABLE_DHCP_EXTERNAL || packet_in.table == ODL_TABLE_DHCP)
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
    return odl_of_session_refuse (session, message, error);
  if (session->phase == ODL_OF_UP)
    odl_learning_flow_removed (session->odl, session->compute, &removed);
  return NULL;
}

const char *
odl_of_on_barrier_reply (OdlOfSession *session, const OpenflowMessage *message)
{
  (void) message;
  if (session->n_barriers > 0)
    session->n_barriers--;
  odl_converge_changed (session->odl);
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
odl_of_on_error (OdlOfSession *session, const OpenflowMessage *message)
{
  OpenflowErrorReport report;

  if (openflow_error_decode (message, &report, NULL))
    net_world_log (session->odl->world, NET_LOG_WARNING, "openflow", "compute %s refused message %u: %s",
                   session->compute ? session->compute->key : "?", message->xid,
                   openflow_error_name (report.pair));
  return session->phase == ODL_OF_AWAIT_HELLO ? "the switch refused our HELLO" : NULL;
}

/* An OpenFlow 1.3 session with a compute: handshake, what is pushed, what comes in. */
#pragma once

#include "models/odl/compute.h"
#include "net/world.h"
#include "openflow/packet.h"

G_BEGIN_DECLS

/* For a listener: takes a stream that a compute opened. */
void odl_of_session_accept (NetStream *stream, gpointer odl);
void odl_of_session_free (gpointer session);

/* Sends; a barrier follows the burst. */
void odl_of_session_flow (OdlOfSession *session, const OpenflowFlowMod *flow);
void odl_of_session_group (OdlOfSession *session, const OpenflowGroupMod *group);

void odl_of_session_packet_out (OdlOfSession *session, const OpenflowPacketOut *packet_out);

/* Handshake done and every barrier answered. */
gboolean odl_of_session_idle (const OdlOfSession *session);

G_END_DECLS

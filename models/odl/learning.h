/* Addresses that ports did not declare: learnt from packet-ins, forgotten by flow-removed messages. */
#pragma once

#include "models/odl/compute.h"
#include "openflow/packet.h"

G_BEGIN_DECLS

/* Further packets of an address from another port within this time do not move it. */
#define ODL_RELEARN_NS (1000 * NET_MSEC)

void odl_learning_packet_in (Odl *odl, const OdlCompute *compute, const OpenflowPacketIn *packet_in);
void odl_learning_flow_removed (Odl *odl, OdlCompute *compute, const OpenflowFlowRemoved *removed);

G_END_DECLS

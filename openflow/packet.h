/* PACKET_IN (1.3.5 §7.4.1) and PACKET_OUT (§7.3.7). */
#pragma once

#include "openflow/action.h"

G_BEGIN_DECLS

typedef enum
{
  OPENFLOW_PACKET_IN_NO_MATCH = 0, /* a table-miss flow (priority 0, matching all) */
  OPENFLOW_PACKET_IN_ACTION = 1,
  OPENFLOW_PACKET_IN_INVALID_TTL = 2
} OpenflowPacketInReason;

typedef struct
{
  guint32 buffer_id;
  guint16 total_length; /* of the frame; `length` may be less */
  guint8 reason;        /* OpenflowPacketInReason */
  guint8 table;
  guint64 cookie; /* of the flow that sent it */
  OpenflowMatch
      match; /* in_port, and what else of the pipeline is not zero: metadata, tunnel_id, registers … */
  const guint8 *frame; /* borrowed */
  guint length;
} OpenflowPacketIn;

void openflow_packet_in_encode (const OpenflowPacketIn *packet_in, guint32 xid, GByteArray *out);
gboolean openflow_packet_in_decode (const OpenflowMessage *message, OpenflowPacketIn *out, GError **error);

typedef struct
{
  guint32 buffer_id; /* OPENFLOW_NO_BUFFER */
  guint32 in_port;   /* OPENFLOW_PORT_CONTROLLER when it has none */
  OpenflowActions actions;
  const guint8 *frame; /* borrowed */
  guint length;
} OpenflowPacketOut;

void openflow_packet_out_init (OpenflowPacketOut *packet_out, const guint8 *frame, guint length);
void openflow_packet_out_clear (OpenflowPacketOut *packet_out);
void openflow_packet_out_encode (const OpenflowPacketOut *packet_out, guint32 xid, GByteArray *out);
gboolean openflow_packet_out_decode (const OpenflowMessage *message, OpenflowPacketOut *out, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenflowPacketOut, openflow_packet_out_clear)

G_END_DECLS
